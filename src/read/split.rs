//! Where a passage is cut into sentences: at full stops that end one, at forced line breaks, and where one is too long.

use std::ops::Range;

use super::markdown::{Passage, Role};
use super::words::{self, LONGEST};

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: &[&str] =
    &["e.g", "i.e", "etc", "vs", "approx", "no", "cf", "resp", "incl", "fig", "ca", "st", "mr", "dr", "inc", "ltd", "co"];

/// The sentences of a passage, as ranges of its text.
pub(super) fn sentences(passage: &Passage) -> Vec<Range<usize>> {
    let text = passage.text.as_str();
    if matches!(passage.role, Role::Row(_)) {
        return std::iter::once(0..words::start(text, LONGEST * 16).len()).collect();
    }
    let mut found = Vec::new();
    let mut start = 0;
    let mut forced = passage.breaks.iter().filter(|(_, forced)| *forced).map(|&(at, _)| at).peekable();
    let mut words = 0;
    let mut chars = text.char_indices().peekable();
    let mut in_word = false;
    while let Some((at, c)) = chars.next() {
        while forced.next_if(|&end| end <= at).is_some() {
            if starts_anew(text.get(start..at).unwrap_or_default(), text.get(at..).unwrap_or_default()) {
                found.push(start..at);
                start = at;
                words = 0;
            }
        }
        words += usize::from(in_word && !c.is_alphanumeric());
        in_word = c.is_alphanumeric();
        let next = chars.peek().map(|&(_, next)| next);
        let stop = matches!(c, '.' | '!' | '?')
            && next.is_some_and(char::is_whitespace)
            && !is_abbreviation(text.get(start..at).unwrap_or_default());
        let after = at + c.len_utf8();
        let long = words >= LONGEST && (c.is_whitespace() || words >= 2 * LONGEST && !c.is_alphanumeric());
        if stop && text.get(after..).is_some_and(opens_sentence) || long {
            found.push(start..after);
            start = after;
            words = 0;
        }
    }
    found.push(start..text.len());
    found.retain(|range| text.get(range.clone()).is_some_and(|sentence| !sentence.trim().is_empty()));
    found
}

/// Whether a forced line break between `before` and `after` ends a sentence.
fn starts_anew(before: &str, after: &str) -> bool {
    let ended = before.trim_end().ends_with(['.', ':', ';', '!', '?']);
    ended || after.trim_start().chars().next().is_some_and(|c| !c.is_lowercase())
}

fn opens_sentence(rest: &str) -> bool {
    rest.trim_start().chars().next().is_none_or(|c| !",;:)".contains(c))
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(', '\n']).next().unwrap_or_default();
    ABBREVIATIONS.iter().any(|known| word.eq_ignore_ascii_case(known)) || word.len() == 1 && word.chars().all(char::is_uppercase)
}
