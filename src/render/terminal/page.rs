//! A page of text: wrapped, aligned, coloured where asked, and never steered by what it shows.

use owo_colors::{OwoColorize, Style as Paint};
use unicode_width::UnicodeWidthStr;

use super::{Style, Verbosity};
use crate::observation::At;
use crate::render::escape;

/// What a stretch of text is, and so how it is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Text as any other.
    Plain,
    /// A name that the reader looks for.
    Name,
    /// Where something is, or what matters less.
    Dim,
    /// It fails.
    Fail,
    /// It wants attention.
    Warn,
    /// It holds.
    Good,
}

impl Tone {
    fn paint(self) -> Paint {
        match self {
            Self::Plain => Paint::new(),
            Self::Name => Paint::new().bold(),
            Self::Dim => Paint::new().dimmed(),
            Self::Fail => Paint::new().bright_red().bold(),
            Self::Warn => Paint::new().yellow().bold(),
            Self::Good => Paint::new().green(),
        }
    }
}

/// One stretch of text in one tone.
pub(super) type Run<'a> = (Tone, &'a str);

/// A page under way.
pub(super) struct Page {
    style: Style,
    out: String,
}

/// No terminal is narrower than this.
const NARROWEST: usize = 40;
/// How far a section's rows are indented.
const INDENT: usize = 2;
/// A first column is never wider.
const WIDEST_LEAD: usize = 28;

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self { style: Style { width: style.width.max(NARROWEST), ..style }, out: String::new() }
    }

    pub(super) const fn style(&self) -> &Style {
        &self.style
    }

    pub(super) fn verbose(&self) -> bool {
        self.style.verbosity == Verbosity::Verbose
    }

    /// The text, each line without white space at its end.
    pub(super) fn finish(self) -> String {
        let mut out: String = self.out.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    /// A block that is already laid out, with its own heading, between empty lines.
    pub(super) fn block(&mut self, heading: &[Run<'_>], text: &str) {
        self.gap();
        self.flow(0, 2 * INDENT, usize::MAX, heading);
        let text = text.trim_end();
        self.out.push_str(text);
        self.out.push_str(if text.is_empty() { "\n" } else { "\n\n" });
    }

    /// An empty line, where there is not one already.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// The heading of a section.
    pub(super) fn heading(&mut self, runs: &[Run<'_>]) {
        self.gap();
        self.flow(0, 2, usize::MAX, runs);
    }

    /// As many of `names` as stand whole on `lines` lines, and the number of the others: no name is cut.
    pub(super) fn names(&mut self, lead: &str, lines: usize, names: &[String]) {
        let said = |n: usize| {
            let more = if n < names.len() { format!(" and {} more, shown with -v", names.len() - n) } else { String::new() };
            names.iter().take(n).map(String::as_str).collect::<Vec<_>>().join(", ") + &more
        };
        let height = |text: &str| {
            let mut scratch = Self::new(self.style);
            scratch.flow(0, INDENT, usize::MAX, &[(Tone::Name, lead), (Tone::Plain, text)]);
            scratch.out.lines().count()
        };
        let most = names.len().min(self.style.width * lines);
        let n = (1..=most).rev().find(|&n| height(&said(n)) <= lines).unwrap_or(1);
        self.gap();
        self.flow(0, INDENT, usize::MAX, &[(Tone::Name, lead), (Tone::Plain, &said(n))]);
    }

    /// `runs` as one paragraph: its first line indented by `indent`, the others by `hang`. The last run is cut
    /// where it would pass the line numbered `lines`; what stands before it never is.
    pub(super) fn flow(&mut self, indent: usize, hang: usize, lines: usize, runs: &[Run<'_>]) {
        self.out.push_str(&" ".repeat(indent));
        self.fill(indent, hang, lines, runs);
    }

    /// A row of a section: `lead` padded to `width`, then `runs` beside it; under it, where there is no room beside it.
    pub(super) fn row(&mut self, lead: Run<'_>, width: usize, lines: usize, runs: &[Run<'_>]) {
        let text = escape::short(lead.1);
        let column = INDENT + width.min(WIDEST_LEAD) + 2;
        let fits = text.width() <= width.min(WIDEST_LEAD);
        let hang = if self.style.width < column + 40 { 3 * INDENT } else { column };
        let pad = if fits { " ".repeat(column - INDENT - text.width()) } else { "  ".to_owned() };
        let painted = self.paint(lead.0, &text);
        self.out.push_str(&" ".repeat(INDENT));
        self.out.push_str(&painted);
        self.out.push_str(&pad);
        self.fill(INDENT + text.width() + pad.len(), hang, lines, runs);
    }

    /// One line of columns, as they are: nothing is wrapped, and white space stays.
    pub(super) fn line(&mut self, indent: usize, columns: &[Run<'_>]) {
        self.out.push_str(&" ".repeat(indent));
        for (nth, (tone, text)) in columns.iter().enumerate() {
            let painted = self.paint(*tone, &escape::short(text));
            self.out.push_str(if nth == 0 { "" } else { "  " });
            self.out.push_str(&painted);
        }
        self.out.push('\n');
    }

    fn fill(&mut self, start: usize, hang: usize, lines: usize, runs: &[Run<'_>]) {
        let mut line = Line { runs: Vec::new(), width: start };
        let mut written = 1;
        for (index, (tone, text)) in runs.iter().enumerate() {
            let text = escape::short(text);
            for (nth, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
                if !line.fits(word, self.style.width) {
                    if written >= lines && nth > 0 && index + 1 == runs.len() {
                        line.cut(self.style.width, self.ellipsis());
                        self.write(&line);
                        return;
                    }
                    self.write(&line);
                    self.out.push_str(&" ".repeat(hang));
                    line = Line { runs: Vec::new(), width: hang };
                    written += 1;
                }
                line.push(*tone, word);
            }
        }
        self.write(&line);
    }

    fn write(&mut self, line: &Line) {
        let mut first = true;
        for (tone, text) in &line.runs {
            if !first {
                self.out.push(' ');
            }
            first = false;
            let painted = self.paint(*tone, text);
            self.out.push_str(&painted);
        }
        self.out.push('\n');
    }

    /// `text` in `tone`, where colour is asked for.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        if self.style.color && tone != Tone::Plain { text.style(tone.paint()).to_string() } else { text.to_owned() }
    }

    /// `…`, or its ASCII.
    pub(super) const fn ellipsis(&self) -> &'static str {
        if self.style.unicode { "…" } else { "..." }
    }

    /// What stands between two things of one line.
    pub(super) const fn dot(&self) -> &'static str {
        if self.style.unicode { "·" } else { "-" }
    }

    /// What stands between two packages of a path.
    pub(super) const fn arrow(&self) -> &'static str {
        if self.style.unicode { " → " } else { " -> " }
    }
}

struct Line {
    runs: Vec<(Tone, String)>,
    width: usize,
}

impl Line {
    /// Whether `word` stands within `limit`; on an empty line, every word does.
    fn fits(&self, word: &str, limit: usize) -> bool {
        self.runs.is_empty() || self.width + 1 + word.width() <= limit
    }

    fn push(&mut self, tone: Tone, word: &str) {
        self.width += word.width() + usize::from(!self.runs.is_empty());
        match self.runs.last_mut() {
            Some((last, text)) if *last == tone => {
                text.push(' ');
                text.push_str(word);
            }
            Some(_) | None => self.runs.push((tone, word.to_owned())),
        }
    }

    /// Ends the line with `ellipsis`, inside `limit`.
    fn cut(&mut self, limit: usize, ellipsis: &str) {
        if let Some((_, text)) = self.runs.last_mut() {
            let mut over = (self.width + ellipsis.width()).saturating_sub(limit);
            while over > 0 {
                let Some(c) = text.pop() else { break };
                over = over.saturating_sub(c.to_string().width());
            }
            text.truncate(text.trim_end().len());
            text.push_str(ellipsis);
        }
    }
}

/// `path:line`, `path` or a commit's first letters.
pub(super) fn location(at: &At) -> String {
    match at {
        At::Place(place) => format!("{}:{}", place.path(), place.line()),
        At::Path(path) => path.clone(),
        At::Commit(commit) => format!("commit {}", short(commit)),
    }
}

/// A commit's first letters.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// `1 day`, `3 days`: the word with an `s` where it is not one.
pub(super) fn count(n: impl TryInto<i128>, word: &str) -> String {
    let n = n.try_into().unwrap_or(i128::MAX);
    if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
}
