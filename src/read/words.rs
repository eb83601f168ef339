//! Words of a sentence, and phrases that are looked for among them.
//!
//! A phrase is written as it is said: `cargo audit`, `acknowledg* ?your report|reports`, `fixed .. within`.
//! `a|b` is either word, `fix*` any word that begins so, `?x` a word that may be left out, `..` up to three
//! and `...` up to eight words of any kind within the clause; `¦` is the line between two cells of a row.

use std::collections::HashMap;
use std::ops::Range;

/// At most the first `length` bytes of `text`, cut before a character that would not fit.
pub(super) fn start(text: &str, length: usize) -> &str {
    let end = (0..=length.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// The longest sentence that is read in one piece, in words; a longer one is read in pieces.
pub(super) const LONGEST: usize = 400;

/// The words of one sentence, in lower case, with their places in the passage's text.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    lower: String,
    /// For each word its range in `lower` and in the passage's text.
    all: Vec<(Range<usize>, Range<usize>)>,
}

impl Words {
    /// Splits `text[range]`.
    pub(super) fn new(text: &str, range: Range<usize>) -> Self {
        let mut words = Self::default();
        let mut start = None;
        let mut address = false;
        let body = text.get(range.clone()).unwrap_or_default();
        let mut chars = body.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|&(_, next)| next);
            let joins = match c {
                '.' | '@' => start.is_some() && next.is_some_and(char::is_alphanumeric),
                ':' => start.is_some() && next == Some('/'),
                '\'' | '’' | '‘' => start.is_some() && next.is_some_and(char::is_alphanumeric),
                _ => c.is_alphanumeric(),
            };
            address |= joins && c == ':';
            if joins || address && !c.is_whitespace() && !"<>()[],".contains(c) {
                start.get_or_insert(at);
                continue;
            }
            address = false;
            if let Some(from) = start.take() {
                words.push(body, from..at, range.start);
            }
            if ",;:()[]!?.—–|+".contains(c) {
                words.push(body, at..at + c.len_utf8(), range.start);
            }
        }
        if let Some(from) = start {
            words.push(body, from..body.len(), range.start);
        }
        words
    }

    fn push(&mut self, body: &str, word: Range<usize>, base: usize) {
        let text = body.get(word.clone()).unwrap_or_default();
        let place = base + word.start..base + word.end;
        let mut lower = text.to_lowercase().replace(['’', '‘'], "'");
        // "we'll" is two words, "GitHub's" is GitHub.
        let tail = [("'ll", "will"), ("'re", "are"), ("'ve", "have"), ("'s", "")].iter().find(|(end, _)| lower.ends_with(end));
        if let Some(&(end, second)) = tail {
            lower.truncate(lower.len() - end.len());
            self.add(&lower, place.clone());
            if !second.is_empty() {
                self.add(second, place.end..place.end);
            }
        } else {
            self.add(&lower, place);
        }
    }

    fn add(&mut self, lower: &str, place: Range<usize>) {
        let from = self.lower.len();
        self.lower.push_str(lower);
        self.all.push((from..self.lower.len(), place));
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The word `index` in lower case; empty where there is none.
    pub(super) fn word(&self, index: usize) -> &str {
        self.all.get(index).and_then(|(range, _)| self.lower.get(range.clone())).unwrap_or_default()
    }

    /// Where the words `range` stand in the passage's text.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.all.get(range.start).map_or(0, |(_, place)| place.start);
        let end = self.all.get(range.end.saturating_sub(1)).map_or(start, |(_, place)| place.end);
        start..end.max(start)
    }

    /// The first word at or after the offset `at` of the passage's text.
    pub(super) fn at(&self, at: usize) -> usize {
        self.all.partition_point(|(_, place)| place.start < at)
    }
}

/// A phrase found: what it says, and which words say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit<T> {
    pub(super) what: T,
    pub(super) words: Range<usize>,
}

/// One place of a phrase.
#[derive(Clone, Copy, Debug)]
enum Element {
    /// One of the words of the class `class`.
    Word {
        class: u32,
        may_be_left_out: bool,
    },
    Gap(usize),
}

/// Phrases, each with what it says.
///
/// The words that may stand at one place of a phrase are a class with a number; each word of a sentence is
/// looked up once for the classes it is of, so that trying a phrase compares numbers and no text.
#[derive(Debug)]
pub(super) struct Lexicon<T> {
    phrases: Vec<(T, Vec<Element>)>,
    /// The classes that hold a word.
    words: HashMap<&'static str, Vec<u32>>,
    /// The classes that hold every word with a beginning, by its first two bytes.
    stems: HashMap<[u8; 2], Vec<(&'static str, u32)>>,
    /// For each class the phrases that may begin with a word of it.
    begins: Vec<Vec<u32>>,
}

fn start_of(word: &str) -> [u8; 2] {
    let byte = |index| word.as_bytes().get(index).copied().unwrap_or(0);
    [byte(0), byte(1)]
}

/// The classes of each word of a sentence.
#[derive(Debug, Default)]
struct Classes {
    all: Vec<u32>,
    ends: Vec<usize>,
}

impl Classes {
    fn of(&self, word: usize) -> &[u32] {
        let from = word.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(word).and_then(|&end| self.all.get(from..end)).unwrap_or_default()
    }
}

impl<T: Clone + PartialEq> Lexicon<T> {
    /// A lexicon of `(what, phrase)` rows.
    pub(super) fn new(rows: impl IntoIterator<Item = (T, &'static str)>) -> Self {
        let mut lexicon = Self { phrases: Vec::new(), words: HashMap::new(), stems: HashMap::new(), begins: Vec::new() };
        let mut known = HashMap::new();
        for (what, phrase) in rows {
            let elements: Vec<_> = phrase.split(' ').map(|element| lexicon.element(element, &mut known)).collect();
            let index = u32::try_from(lexicon.phrases.len()).unwrap_or(u32::MAX);
            for element in &elements {
                let &Element::Word { class, may_be_left_out } = element else { break };
                if let Some(begins) = lexicon.begins.get_mut(class as usize) {
                    begins.push(index);
                }
                if !may_be_left_out {
                    break;
                }
            }
            lexicon.phrases.push((what, elements));
        }
        lexicon
    }

    fn element(&mut self, text: &'static str, known: &mut HashMap<&'static str, u32>) -> Element {
        if text.len() > 1 && text.bytes().all(|byte| byte == b'.') {
            return Element::Gap(if text.len() == 2 { 3 } else { 8 });
        }
        let (text, may_be_left_out) = text.strip_prefix('?').filter(|rest| !rest.is_empty()).map_or((text, false), |rest| (rest, true));
        let class = *known.entry(text).or_insert_with(|| {
            let class = u32::try_from(self.begins.len()).unwrap_or(u32::MAX);
            self.begins.push(Vec::new());
            for word in text.split('|') {
                match word.strip_suffix('*') {
                    Some(stem) => self.stems.entry(start_of(stem)).or_default().push((stem, class)),
                    None => self.words.entry(if word == "¦" { "|" } else { word }).or_default().push(class),
                }
            }
            class
        });
        Element::Word { class, may_be_left_out }
    }

    fn classes(&self, words: &Words) -> Classes {
        let mut classes = Classes::default();
        for at in 0..words.len() {
            let word = words.word(at);
            let from = classes.all.len();
            classes.all.extend(self.words.get(word).into_iter().flatten());
            let stems = self.stems.get(&start_of(word)).into_iter().flatten();
            classes.all.extend(stems.filter(|(stem, _)| word.starts_with(stem)).map(|&(_, class)| class));
            classes.all.get_mut(from..).unwrap_or_default().sort_unstable();
            classes.ends.push(classes.all.len());
        }
        classes
    }

    /// Every phrase found in `words`, by place, the longer first.
    pub(super) fn find(&self, words: &Words) -> Vec<Hit<T>> {
        let classes = self.classes(words);
        let mut hits: Vec<Hit<T>> = Vec::new();
        let mut tried: Vec<u32> = Vec::new();
        for at in 0..words.len() {
            tried.clear();
            tried.extend(classes.of(at).iter().filter_map(|&class| self.begins.get(class as usize)).flatten());
            tried.sort_unstable();
            tried.dedup();
            for &phrase in &tried {
                let Some((what, elements)) = self.phrases.get(phrase as usize) else { continue };
                if let Some(end) = end_of(elements, words, &classes, at) {
                    hits.push(Hit { what: what.clone(), words: at..end });
                }
            }
        }
        hits.sort_by_key(|hit| (hit.words.start, std::cmp::Reverse(hit.words.end)));
        hits
    }
}

/// The end of the phrase `elements` where it begins at the word `at`.
fn end_of(elements: &[Element], words: &Words, classes: &Classes, at: usize) -> Option<usize> {
    match elements.split_first() {
        None => Some(at),
        Some((&Element::Word { class, may_be_left_out }, rest)) => {
            let taken = classes.of(at).binary_search(&class).is_ok().then(|| end_of(rest, words, classes, at + 1)).flatten();
            taken.or_else(|| may_be_left_out.then(|| end_of(rest, words, classes, at)).flatten())
        }
        Some((&Element::Gap(longest), rest)) => {
            for skipped in 0..=longest {
                if let Some(end) = end_of(rest, words, classes, at + skipped) {
                    return Some(end);
                }
                if at + skipped >= words.len() || matches!(words.word(at + skipped), ";" | "." | "!" | "?") {
                    return None;
                }
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrase: &'static str, text: &str) -> Option<String> {
        let words = Words::new(text, 0..text.len());
        let hit = Lexicon::new([((), phrase)]).find(&words).into_iter().next()?;
        text.get(words.place(hit.words)).map(str::to_owned)
    }

    #[test]
    fn phrases_are_found_as_they_are_said() {
        assert_eq!(found("cargo audit", "We run `cargo-audit`.").as_deref(), Some("cargo-audit"));
        assert_eq!(found("acknowledg* ?your report|reports", "We acknowledge your report").as_deref(), Some("acknowledge your report"));
        assert_eq!(found("acknowledg* ?your report|reports", "acknowledging reports").as_deref(), Some("acknowledging reports"));
        assert_eq!(found("fixed .. within", "fixed at the latest within").as_deref(), Some("fixed at the latest within"));
        assert_eq!(found("fixed .. within", "fixed; all within"), None);
        assert_eq!(found("we will", "We’ll do it").as_deref(), Some("We’ll"));
        assert_eq!(found("?a b", "b").as_deref(), Some("b"));
    }

    #[test]
    fn addresses_and_versions_stay_whole() {
        let text = "See https://a.example/b-c_d?x=1, v1.0.x or a.b@c.example.";
        let words = Words::new(text, 0..text.len());
        let all: Vec<_> = (0..words.len()).map(|i| words.word(i)).collect();
        assert_eq!(all, ["see", "https://a.example/b-c_d?x=1", ",", "v1.0.x", "or", "a.b@c.example", "."]);
    }
}
