//! Lines of a file as they are quoted under a heading: escaped, inside the page's width, with their marks.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::render::escape;
use crate::source::Place;

/// How much of a place is underlined.
const LINES: u32 = 3;
/// How much of a very long line is looked at, in bytes on either side of a mark's beginning.
const AROUND: (usize, usize) = (60, 240);
/// The columns of ` │ ` beside the line's number.
const FRAME: usize = 3;
/// How many columns before a mark are kept of a line that is cut.
const BEFORE: usize = 12;

/// A place that is underlined.
pub(super) struct Mark {
    /// What is underlined.
    pub(super) place: Place,
    /// What the mark stands for: all the words of the promise whose value it underlines.
    pub(super) of: Place,
    /// What stands beside the underlining.
    pub(super) label: Option<String>,
    /// Whether it is what the diagnostic is about.
    pub(super) primary: bool,
}

/// A stretch of a file, escaped and cut to the page's width, with its marks moved along.
pub(super) struct Quoted {
    path: String,
    first: u32,
    text: String,
    marks: Vec<(Range<usize>, Option<String>, bool)>,
}

impl Quoted {
    /// The lines of these marks, which are near each other in one file, for a page of `width` columns.
    pub(super) fn new(cluster: &[&Mark], width: usize, ellipsis: &str) -> Self {
        let lines = |mark: &Mark| (mark.place.line(), last_line(&mark.place));
        let first = cluster.iter().map(|mark| lines(mark).0).min().unwrap_or(1);
        let last = cluster.iter().map(|mark| lines(mark).1).max().unwrap_or(first);
        let mut quoted = Self { path: String::new(), first, text: String::new(), marks: Vec::new() };
        let Some(source) = cluster.first().map(|mark| mark.place.source()) else { return quoted };
        quoted.path = escape::short(source.path()).into_owned();
        let room = width.saturating_sub(last.to_string().len() + FRAME);
        for line in first..=last {
            let on_line: Vec<&Mark> = cluster.iter().copied().filter(|mark| (lines(mark).0..=lines(mark).1).contains(&line)).collect();
            let shown = Line::new(source.text(), source.line_span(line), &on_line).within(room, ellipsis, |index| {
                on_line.get(index).filter(|mark| lines(mark).1 == line).and_then(|mark| mark.label.as_deref())
            });
            let base = quoted.text.len();
            for (index, (mark, span)) in on_line.iter().zip(shown.marks).enumerate() {
                let label = mark.label.as_ref().filter(|_| line == lines(mark).1 && shown.labelled.get(index) == Some(&true));
                quoted.marks.push((base + span.start..base + span.end, label.map(|label| escape::line(label).into_owned()), mark.primary));
            }
            quoted.text.push_str(&shown.text);
            quoted.text.push('\n');
        }
        quoted
    }

    /// The same, as it is rendered.
    pub(super) fn snippet(self) -> Snippet<'static, Annotation<'static>> {
        let marks = self.marks.into_iter().map(|(span, label, primary)| {
            let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(span).label(label)
        });
        Snippet::source(self.text).line_start(self.first as usize).path(self.path).annotations(marks)
    }
}

/// The column behind the underlining of a place, on the last line that is underlined.
pub(super) fn ends_at(place: &Place) -> usize {
    let line = place.source().line_span(last_line(place));
    let end = place.span().end.clamp(line.start, line.end);
    place.source().text().get(line.start..end).map_or(0, |text| text.width())
}

/// One line, escaped, with the marks on it.
struct Line {
    text: String,
    marks: Vec<Range<usize>>,
    /// Whether the line goes on before and behind the text.
    goes_on: (bool, bool),
}

/// One line as it is shown.
struct Shown {
    text: String,
    marks: Vec<Range<usize>>,
    /// Whether there is room for each mark's label.
    labelled: Vec<bool>,
}

impl Line {
    fn new(text: &str, span: Range<usize>, marks: &[&Mark]) -> Self {
        let window = window(text, span.clone(), marks.first().map_or(span.start, |mark| mark.place.span().start));
        let shown = text.get(window.clone()).unwrap_or_default();
        let moved = |mark: &&Mark| {
            let place = mark.place.span();
            let start = place.start.clamp(window.start, window.end) - window.start;
            let end = place.end.clamp(window.start, window.end) - window.start;
            escape::with_span(shown, indented(shown, start)..end).1
        };
        let goes_on = (window.start > span.start, window.end < span.end);
        Self { marks: marks.iter().map(moved).collect(), text: escape::line(shown).into_owned(), goes_on }
    }

    /// The line inside `room` columns, cut around its first mark where it is longer. Where it is cut, its marks leave
    /// room for their labels; a label for which there is none is left out.
    fn within<'l>(self, room: usize, ellipsis: &str, label: impl Fn(usize) -> Option<&'l str>) -> Shown {
        let beside = |index: usize| label(index).map_or(0, |label| escape::line(label).width() + 1);
        let (text, marks) = if self.text.width() <= room && self.goes_on == (false, false) {
            (self.text, self.marks)
        } else {
            let labels = (0..self.marks.len()).map(beside).max().unwrap_or(0).min(room / 2);
            self.cut(room, ellipsis, labels)
        };
        let column = |at: usize| text.get(..at).map_or(0, UnicodeWidthStr::width);
        let labelled = marks.iter().enumerate().map(|(index, mark)| column(mark.end) + beside(index) <= room).collect();
        Shown { text, marks, labelled }
    }

    fn cut(self, room: usize, ellipsis: &str, labels: usize) -> (String, Vec<Range<usize>>) {
        let mark = self.marks.first().cloned().unwrap_or(0..0);
        let column = |at: usize| self.text.get(..at).map_or(0, UnicodeWidthStr::width);
        let (start, end) = (column(mark.start), column(mark.end));
        let dots = ellipsis.width();
        let content = room.saturating_sub(2 * dots);
        let skipped = if end + labels <= content {
            0
        } else {
            let before = content.saturating_sub(end - start + labels).min(BEFORE);
            start.saturating_sub(before)
        };
        let from = self.at_column(skipped);
        // A mark that goes on behind the cut ends with it, and its label stands beside it.
        let content = if end.saturating_sub(skipped) + labels <= content { content } else { content.saturating_sub(labels) };
        let until = self.at_column(skipped + content).max(from);
        let mut text = String::new();
        if from > 0 || self.goes_on.0 {
            text.push_str(ellipsis);
        }
        let lead = text.len();
        text.push_str(self.text.get(from..until).unwrap_or_default());
        if until < self.text.len() || self.goes_on.1 {
            text.push_str(ellipsis);
        }
        let moved = |at: usize| at.clamp(from, until) - from + lead;
        let marks = self.marks.iter().map(|mark| moved(mark.start)..moved(mark.end)).collect();
        (text, marks)
    }

    /// The byte at which the column `wanted` begins; the end where the line is shorter.
    fn at_column(&self, wanted: usize) -> usize {
        let mut column = 0;
        for (at, c) in self.text.char_indices() {
            column += c.width().unwrap_or(0);
            if column > wanted {
                return at;
            }
        }
        self.text.len()
    }
}

/// The first byte from `start` on that is no white space.
fn indented(text: &str, start: usize) -> usize {
    text.get(start..).map_or(start, |rest| start + rest.len() - rest.trim_start().len())
}

/// The last line of the place that is underlined.
fn last_line(place: &Place) -> u32 {
    let span = place.span();
    let last = place.source().line_of(span.end.saturating_sub(1).max(span.start));
    last.min(place.line().saturating_add(LINES - 1))
}

/// The part of a line that is looked at: all of it, but for one that is far too long.
fn window(text: &str, line: Range<usize>, around: usize) -> Range<usize> {
    if line.len() <= AROUND.0 + AROUND.1 {
        return line;
    }
    let around = around.clamp(line.start, line.end);
    let mut start = around.saturating_sub(AROUND.0).max(line.start);
    let mut end = around.saturating_add(AROUND.1).min(line.end);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line as it is quoted, what is underlined of it, and whether its label is there.
    fn quoted(text: &str, words: &str, width: usize) -> (String, String, bool) {
        let source = crate::source::Source::new("SECURITY.md", text);
        let at = text.find(words).unwrap();
        let place = Place::new(&source, at..at + words.len());
        let mark = Mark { of: place.clone(), place, label: Some("the promise".into()), primary: true };
        let quoted = Quoted::new(&[&mark], width, "…");
        let (span, label, _) = quoted.marks[0].clone();
        let underlined = quoted.text.get(span).unwrap().to_owned();
        let used = quoted.text.trim_end().width() + 4;
        assert!(used <= width, "{used} of {width}: {}", quoted.text);
        (quoted.text.trim_end().to_owned(), underlined, label.is_some())
    }

    #[test]
    fn a_line_that_has_room_stays_as_it_is() {
        let text = "Short words and all of them.";
        assert_eq!(quoted(text, "all of them", 60), (text.into(), "all of them".into(), true));
        let full = "Fifty-five columns of words, so no label stands beside";
        assert_eq!(quoted(full, full, 60), (full.into(), full.into(), false), "the words go before the label");
    }

    #[test]
    fn a_long_line_is_cut_around_the_marked_words() {
        let text = format!("{}fixes within 14 days{}", "long before ".repeat(9), " long after".repeat(9));
        let (shown, underlined, label) = quoted(&text, "fixes within 14 days", 60);
        assert_eq!((underlined.as_str(), label), ("fixes within 14 days", true));
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
    }

    #[test]
    fn a_long_promise_is_shortened_and_keeps_its_label() {
        let text = "Every word of this is promised. ".repeat(8);
        let (shown, underlined, label) = quoted(&text, text.trim(), 60);
        assert!(label && shown.ends_with('…') && shown.starts_with("Every word"), "{shown}");
        assert_eq!(format!("{underlined}…"), shown);
        let wide = "版本".repeat(40);
        let (_, underlined, label) = quoted(&wide, &wide, 60);
        assert!(label && underlined.width() > 30, "{underlined}");
    }
}
