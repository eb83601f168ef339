//! Every text that the program reads, and places in them.
//!
//! A [`Place`] keeps its text alive, so that a verdict can show the very line it rests on.
//! This module owns the one conversion from byte offsets to lines and columns.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// One text that was read, under its path relative to the repository's root (`/` as separator).
#[derive(Debug)]
pub struct Source {
    path: String,
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    /// Takes a text and its path. Line ends may be `\n`, `\r\n` or a lone `\r`.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let bytes = text.as_bytes();
        let line_starts = std::iter::once(0)
            .chain(bytes.iter().enumerate().filter_map(|(i, b)| match b {
                b'\n' => Some(i + 1),
                b'\r' if bytes.get(i + 1) != Some(&b'\n') => Some(i + 1),
                _ => None,
            }))
            .collect();
        Arc::new(Self { path: path.into(), text, line_starts })
    }

    /// The path, relative to the repository's root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of lines; an empty text has one.
    pub fn lines(&self) -> u32 {
        u32::try_from(self.line_starts.len()).unwrap_or(u32::MAX)
    }

    /// The 1-based line on which the byte `offset` lies; past the end, the last line.
    pub fn line_of(&self, offset: usize) -> u32 {
        u32::try_from(self.line_starts.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
    }

    /// The 1-based column of the byte `offset`, counted in characters.
    pub fn column_of(&self, offset: usize) -> u32 {
        let start = self.line_span(self.line_of(offset)).start;
        let end = offset.min(self.text.len());
        let chars = self.text.get(start..end).map_or(end - start.min(end), |s| s.chars().count());
        u32::try_from(chars + 1).unwrap_or(u32::MAX)
    }

    /// The bytes of the 1-based `line`, without its line end; empty past the last line.
    pub fn line_span(&self, line: u32) -> Range<usize> {
        let index = line.saturating_sub(1) as usize;
        let Some(&start) = self.line_starts.get(index) else {
            return self.text.len()..self.text.len();
        };
        let end = self.line_starts.get(index + 1).copied().unwrap_or(self.text.len());
        let trimmed = self.text[start..end].trim_end_matches(['\n', '\r']).len();
        start..start + trimmed
    }

    /// The text of the 1-based `line`, without its line end.
    pub fn line_text(&self, line: u32) -> &str {
        &self.text[self.line_span(line)]
    }
}

/// A stretch of one text.
#[derive(Clone, Debug)]
pub struct Place {
    source: Arc<Source>,
    span: Range<usize>,
}

impl Place {
    /// The bytes `span` of `source`. A span past the end is cut to the text; one that cuts a character takes it whole.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        let (text, len) = (&source.text, source.text.len());
        let mut start = span.start.min(len);
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = span.end.clamp(start, len);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Self { source: Arc::clone(source), span: start..end }
    }

    /// The whole 1-based `line` of `source`, without its indentation.
    pub fn line_in(source: &Arc<Source>, line: u32) -> Self {
        let span = source.line_span(line);
        let indent = source.text[span.clone()].len() - source.text[span.clone()].trim_start().len();
        Self::new(source, span.start + indent..span.end)
    }

    /// The text that the place lies in.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The path of that text, relative to the repository's root.
    pub fn path(&self) -> &str {
        self.source.path()
    }

    /// The 1-based line on which the place begins.
    pub fn line(&self) -> u32 {
        self.source.line_of(self.span.start)
    }

    /// The 1-based column, in characters, at which the place begins.
    pub fn column(&self) -> u32 {
        self.source.column_of(self.span.start)
    }

    /// The bytes of the text that the place covers.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The words at the place.
    pub fn text(&self) -> &str {
        self.source.text.get(self.span.clone()).unwrap_or_default()
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |p: &Self| (p.span.start, p.span.end);
        self.path().cmp(other.path()).then(key(self).cmp(&key(other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_from_one_for_every_line_end() {
        let source = Source::new("a", "ab\r\ncd\rü f\n");
        assert_eq!((source.line_of(0), source.line_of(4), source.line_of(7)), (1, 2, 3));
        assert_eq!(source.line_text(2), "cd");
        assert_eq!(source.line_text(3), "ü f");
        assert_eq!(source.column_of(source.text().find('f').unwrap_or(0)), 3);
        assert_eq!(source.line_text(99), "");
    }

    #[test]
    fn a_line_place_leaves_the_indentation_out() {
        let source = Source::new("a", "x\n   - word \n");
        let place = Place::line_in(&source, 2);
        assert_eq!((place.text(), place.line(), place.column()), ("- word ", 2, 4));
    }

    #[test]
    fn a_span_past_the_end_is_cut() {
        let source = Source::new("a", "abc");
        assert_eq!(Place::new(&source, 2..99).text(), "c");
    }

    #[test]
    fn a_span_that_cuts_a_character_takes_it_whole() {
        let source = Source::new("a", "aüb");
        assert_eq!((Place::new(&source, 2..2).text(), Place::new(&source, 0..2).text()), ("ü", "aü"));
    }
}
