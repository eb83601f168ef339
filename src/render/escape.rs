//! Hostile text made harmless for a terminal.
//!
//! Whatever a repository says ends up on somebody's screen: control characters could move the cursor or
//! hide a line, bidirectional overrides could turn a sentence around.

use std::borrow::Cow;
use std::ops::Range;

/// One line of text that a terminal shows as it is: white space of any sort becomes one plain space a
/// character, and what could steer the terminal or hide text is spelled out (`\u{1b}`).
pub fn line(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) { Cow::Borrowed(text) } else { Cow::Owned(with_span(text, 0..0).0) }
}

/// No text takes up more than this many characters of a screen.
const LONGEST: usize = 1000;

/// The same, cut where it is far longer than anybody reads.
pub fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(line(text.get(..end).unwrap_or_default()).into_owned() + "..."),
        None => line(text),
    }
}

/// The same as [`line()`], with the place to which the bytes `span` of `text` have moved.
pub fn with_span(text: &str, span: Range<usize>) -> (String, Range<usize>) {
    let mut out = String::with_capacity(text.len());
    let (mut start, mut end) = (None, None);
    for (offset, c) in text.char_indices() {
        if start.is_none() && offset >= span.start {
            start = Some(out.len());
        }
        if end.is_none() && offset >= span.end {
            end = Some(out.len());
        }
        push(&mut out, c);
    }
    let start = start.unwrap_or(out.len());
    let end = end.unwrap_or(out.len()).max(start);
    (out, start..end)
}

fn push(out: &mut String, c: char) {
    if is_plain(c) {
        out.push(c);
    } else if c.is_whitespace() {
        out.push(' ');
    } else {
        out.extend(c.escape_unicode());
    }
}

/// Whether a terminal shows the character and does nothing else.
fn is_plain(c: char) -> bool {
    let hidden = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    c == ' ' || !(c.is_control() || c.is_whitespace() || hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(line("a\u{1b}[2Jb\u{7}\u{9b}31m"), r"a\u{1b}[2Jb\u{7}\u{9b}31m");
        assert_eq!(line("safe\u{202e}gpj.exe\u{2066}\u{200b}\u{e0041}"), r"safe\u{202e}gpj.exe\u{2066}\u{200b}\u{e0041}");
    }

    #[test]
    fn white_space_becomes_plain_and_words_stay() {
        assert_eq!(line("a\tb\r\nc\u{a0}d\u{2028}e"), "a b  c d e");
        assert!(matches!(line("prêt ✅ 👩‍💻 版本"), Cow::Borrowed("prêt ✅ 👩‍💻 版本")));
    }

    #[test]
    fn a_span_moves_with_its_words() {
        let text = "\u{1b}x é\u{202e} word\u{7}!";
        let at = text.find("word").unwrap_or(0);
        let (escaped, span) = with_span(text, at..at + 4);
        assert_eq!(escaped.get(span), Some("word"));
        let (escaped, span) = with_span("ab", 1..99);
        assert_eq!(escaped.get(span), Some("b"));
        assert_eq!(with_span("ab", 7..9).1, 2..2);
    }
}
