//! Words of a sentence, and phrases that are looked for among them.
//!
//! A phrase is written as it is said: `cargo audit`, `acknowledg* ?your report|reports`, `fixed .. within`.
//! `a|b` is either word, `fix*` any word that begins so, `?x` a word that may be left out, `..` up to three
//! and `...` up to eight words of any kind within the clause.

use std::collections::BTreeMap;
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

#[derive(Clone, Debug)]
enum Element {
    Word { any_of: Vec<(&'static str, bool)>, may_be_left_out: bool },
    Gap(usize),
}

impl Element {
    fn parse(text: &'static str) -> Self {
        if text.len() > 1 && text.bytes().all(|byte| byte == b'.') {
            return Self::Gap(if text.len() == 2 { 3 } else { 8 });
        }
        let (text, may_be_left_out) = text.strip_prefix('?').filter(|rest| !rest.is_empty()).map_or((text, false), |rest| (rest, true));
        let any_of = text.split('|').map(|word| word.strip_suffix('*').map_or((word, false), |stem| (stem, true))).collect();
        Self::Word { any_of, may_be_left_out }
    }
}

fn is_any_of(any_of: &[(&str, bool)], word: &str) -> bool {
    any_of.iter().any(|&(text, stem)| if stem { word.starts_with(text) } else { word == text })
}

/// Phrases, each with what it says.
#[derive(Debug)]
pub(super) struct Lexicon<T> {
    phrases: Vec<(T, Vec<Element>)>,
    /// Which phrases may begin with a word, by its first three bytes.
    by_start: BTreeMap<[u8; 3], Vec<usize>>,
}

fn start_of(word: &str) -> [u8; 3] {
    let byte = |index| word.as_bytes().get(index).copied().unwrap_or(0);
    [byte(0), byte(1), byte(2)]
}

impl<T: Clone + PartialEq> Lexicon<T> {
    /// A lexicon of `(what, phrase)` rows.
    pub(super) fn new(rows: impl IntoIterator<Item = (T, &'static str)>) -> Self {
        let mut lexicon = Self { phrases: Vec::new(), by_start: BTreeMap::new() };
        for (what, phrase) in rows {
            let elements: Vec<_> = phrase.split(' ').map(Element::parse).collect();
            let index = lexicon.phrases.len();
            for element in &elements {
                let Element::Word { any_of, may_be_left_out } = element else { break };
                for &(word, _) in any_of {
                    let phrases = lexicon.by_start.entry(start_of(word)).or_default();
                    if phrases.last() != Some(&index) {
                        phrases.push(index);
                    }
                }
                if !may_be_left_out {
                    break;
                }
            }
            lexicon.phrases.push((what, elements));
        }
        lexicon
    }

    /// Every phrase found in `words`, by place, without those that lie inside a longer one that begins or ends with them.
    pub(super) fn find(&self, words: &Words) -> Vec<Hit<T>> {
        let mut hits: Vec<Hit<T>> = Vec::new();
        for at in 0..words.len() {
            let key = start_of(words.word(at));
            let short = [[key[0], 0, 0], [key[0], key[1], 0], key];
            for (index, key) in short.iter().enumerate() {
                if short.get(..index).is_some_and(|before| before.contains(key)) {
                    continue;
                }
                for &phrase in self.by_start.get(key).map(Vec::as_slice).unwrap_or_default() {
                    let Some((what, elements)) = self.phrases.get(phrase) else { continue };
                    if let Some(end) = end_of(elements, words, at) {
                        hits.push(Hit { what: what.clone(), words: at..end });
                    }
                }
            }
        }
        hits.sort_by_key(|hit| (hit.words.start, std::cmp::Reverse(hit.words.end)));
        hits
    }
}

/// The end of the phrase `elements` where it begins at the word `at`.
fn end_of(elements: &[Element], words: &Words, at: usize) -> Option<usize> {
    match elements.split_first() {
        None => Some(at),
        Some((Element::Word { any_of, may_be_left_out }, rest)) => {
            let taken = (at < words.len() && is_any_of(any_of, words.word(at))).then(|| end_of(rest, words, at + 1)).flatten();
            taken.or_else(|| may_be_left_out.then(|| end_of(rest, words, at)).flatten())
        }
        Some((Element::Gap(longest), rest)) => {
            for skipped in 0..=*longest {
                if let Some(end) = end_of(rest, words, at + skipped) {
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
