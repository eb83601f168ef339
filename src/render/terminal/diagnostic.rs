//! The diagnostics: the promise's own line, and the line that proves or breaks it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Element, Group, Level, Renderer};

use super::page::{Page, Run, Tone, count, location};
use super::quiet::with_location;
use super::quoted::{Mark, Quoted, ends_at};
use super::vulnerabilities;
use crate::commitment::{Commitment, Kind};
use crate::error::Error;
use crate::observation::{At, Reason};
use crate::render::escape;
use crate::report::Report;
use crate::source::Place;
use crate::verdict::{Finding, Outcome, Verdict};

/// How many places of one cause are shown in full; `-v` shows all.
const SHOWN: usize = 4;
/// Marks of one file that are no further apart stand in one snippet.
const NEAR: u32 = 4;

/// Verdicts and findings that fail, one diagnostic a cause. A window that vulnerabilities are past stands with them.
pub(super) fn failing(page: &mut Page, report: &Report) {
    let here = |verdict: &&Verdict| verdict.fails && vulnerabilities::past(report, verdict).is_empty();
    let failing: Vec<&Verdict> = report.verdicts.iter().filter(here).collect();
    for group in by_cause(&failing) {
        verdicts(page, &group);
    }
    for finding in report.findings.iter().filter(|finding| finding.fails) {
        self::finding(page, finding);
    }
}

/// What nobody may overlook although the promise is kept.
pub(super) fn warnings(page: &mut Page, report: &Report) {
    for verdict in report.verdicts.iter().filter(|verdict| !verdict.fails) {
        let Some((first, rest)) = verdict.judgement.warnings.split_first() else { continue };
        let mut diagnostic = Diagnostic::new("warning", Tone::Warn, &verdict.commitment.id, &first.text);
        diagnostic.promise(&verdict.commitment);
        diagnostic.seen(first, None);
        for warning in rest {
            diagnostic.seen(warning, Some(&warning.text));
        }
        diagnostic.write(page);
    }
}

/// An error that decides over the exit code.
pub(super) fn error(page: &mut Page, error: &Error) {
    let mut diagnostic = Diagnostic::new("error", Tone::Fail, "", &error.message);
    if let Some(place) = &error.place {
        diagnostic.marks.push(Mark { place: (**place).clone(), of: (**place).clone(), label: None, primary: true });
    }
    diagnostic.notes.extend(error.help.iter().map(|help| ("help", help.clone())));
    diagnostic.write(page);
}

/// The verdicts in their order, those of one outcome and cause together, the worst outcome first.
fn by_cause<'a>(verdicts: &[&'a Verdict]) -> Vec<Vec<&'a Verdict>> {
    let mut groups: Vec<Vec<&Verdict>> = Vec::new();
    for verdict in verdicts {
        let same = |other: &&Verdict| {
            verdict.judgement.cause.is_some()
                && other.judgement.cause == verdict.judgement.cause
                && other.judgement.outcome == verdict.judgement.outcome
        };
        match groups.iter_mut().find(|group| group.iter().any(same)) {
            Some(group) => group.push(verdict),
            None => groups.push(vec![verdict]),
        }
    }
    groups.sort_by_key(|group| group.first().map(|verdict| verdict.judgement.outcome));
    groups
}

fn verdicts(page: &mut Page, group: &[&Verdict]) {
    let Some(first) = group.first() else { return };
    let outcome = first.judgement.outcome;
    let title = first.judgement.reasons.first().map_or_else(|| first.commitment.words.clone(), |reason| reason.text.clone());
    let tone = if matches!(outcome, Outcome::Broken | Outcome::Placeholder) { Tone::Fail } else { Tone::Warn };
    let mut diagnostic = Diagnostic::new(outcome.word(), tone, &first.commitment.id, &title);
    for verdict in group {
        diagnostic.promise(&verdict.commitment);
    }
    for verdict in group {
        for reason in &verdict.judgement.reasons {
            diagnostic.seen(reason, (reason.text != title).then_some(&reason.text));
        }
        for warning in &verdict.judgement.warnings {
            diagnostic.seen(warning, Some(&warning.text));
        }
    }
    let notes = group.iter().flat_map(|verdict| &verdict.judgement.notes);
    diagnostic.notes.extend(notes.map(|note| ("note", with_location(note))));
    if let [_, others @ ..] = group
        && !others.is_empty()
    {
        let ids: Vec<_> = others.iter().map(|verdict| format!("`{}`", verdict.commitment.id)).collect();
        diagnostic.notes.push(("note", format!("the same cause breaks {}", ids.join(", "))));
    }
    diagnostic.write(page);
}

fn finding(page: &mut Page, finding: &Finding) {
    let mut diagnostic = Diagnostic::new("finding", Tone::Fail, &finding.id, &finding.text);
    for at in &finding.places {
        match at {
            At::Place(place) => diagnostic.mark(place, None),
            At::Path(_) | At::Commit(_) => diagnostic.notes.push(("note", format!("seen in {}", location(at)))),
        }
    }
    diagnostic.write(page);
}

/// One diagnostic under way.
pub(super) struct Diagnostic {
    level: &'static str,
    tone: Tone,
    id: String,
    title: String,
    marks: Vec<Mark>,
    notes: Vec<(&'static str, String)>,
}

impl Diagnostic {
    pub(super) fn new(level: &'static str, tone: Tone, id: &str, title: &str) -> Self {
        Self { level, tone, id: id.to_owned(), title: title.to_owned(), marks: Vec::new(), notes: Vec::new() }
    }

    /// Marks where the promise is made.
    pub(super) fn promise(&mut self, commitment: &Commitment) {
        let label = if self.marks.is_empty() { "the promise" } else { "and this one" };
        let of = commitment.place.clone();
        self.marks.push(Mark { place: value(commitment), of, label: Some(label.to_owned()), primary: true });
    }

    /// Shows a reason: its place as a mark where it has one in a text, its words as the label or a note.
    pub(super) fn seen(&mut self, reason: &Reason, text: Option<&String>) {
        match &reason.at {
            Some(At::Place(place)) => self.mark(place, text),
            Some(at @ (At::Path(_) | At::Commit(_))) => match text {
                Some(_) => self.note(with_location(reason)),
                None => self.note(format!("seen in {}", location(at))),
            },
            None => {
                if let Some(text) = text {
                    self.note(text.clone());
                }
            }
        }
    }

    fn mark(&mut self, place: &Place, text: Option<&String>) {
        match self.marks.iter_mut().find(|mark| mark.place == *place || mark.of == *place) {
            Some(mark) if mark.primary && mark.label.is_none() => mark.label = text.cloned(),
            Some(_) => {
                if let Some(text) = text {
                    self.note(text.clone());
                }
            }
            None => self.marks.push(Mark { place: place.clone(), of: place.clone(), label: text.cloned(), primary: false }),
        }
    }

    /// A sentence under the quoted lines; one that is there already is not said twice.
    pub(super) fn note(&mut self, text: String) {
        if !self.notes.iter().any(|(_, other)| *other == text) {
            self.notes.push(("note", text));
        }
    }

    pub(super) fn write(mut self, page: &mut Page) {
        let limit = if page.verbose() { usize::MAX } else { self.marks.iter().filter(|mark| mark.primary).count() + SHOWN };
        if self.marks.len() > limit {
            let more = self.marks.split_off(limit);
            self.notes.push(("note", format!("{} more, shown with -v", count(more.len(), "place"))));
        }
        let width = page.style().width;
        self.move_long_labels(width);
        let quoted: Vec<Quoted> = clusters(&self.marks).iter().map(|cluster| Quoted::new(cluster, width, page.ellipsis())).collect();
        let mut group = Group::with_level(base(self.tone)).elements(quoted.into_iter().map(Quoted::snippet));
        let notes = self.notes.iter().map(|(name, text)| {
            let level = if *name == "help" { Level::HELP } else { Level::NOTE };
            Element::from(level.with_name(*name).message(fold(text, width.saturating_sub(14))))
        });
        group = group.elements(notes);
        let name = if self.id.is_empty() { format!("{}:", self.level) } else { format!("{}[{}]:", self.level, self.id) };
        let heading: [Run<'_>; 2] = [(self.tone, &name), (Tone::Name, &self.title)];
        let body = if group.is_empty() { String::new() } else { renderer(page).render(&[group]) };
        page.block(&heading, &body);
    }

    /// A label that does not stand beside its underlining becomes a note.
    fn move_long_labels(&mut self, width: usize) {
        let mut moved = Vec::new();
        for mark in &mut self.marks {
            let room = width.saturating_sub(ends_at(&mark.place) + 12);
            if let Some(label) = mark.label.take_if(|label| label.chars().count() > room.max(20)) {
                moved.push(("note", format!("{label} ({})", location(&At::Place(mark.place.clone())))));
            }
        }
        self.notes.splice(0..0, moved);
    }
}

/// Where the value of a promise stands in its words: an address is found faster than in the sentence around it.
fn value(commitment: &Commitment) -> Place {
    let place = &commitment.place;
    let (Kind::ReportingChannel { target, .. } | Kind::EncryptionKey { target }) = &commitment.kind else { return place.clone() };
    // Only ASCII letters change their case here, so that every byte stays where it is.
    match place.text().to_ascii_lowercase().find(target.as_str()) {
        Some(at) if !target.is_empty() => {
            let start = place.span().start + at;
            Place::new(place.source(), start..start + target.len())
        }
        Some(_) | None => place.clone(),
    }
}

const fn base(tone: Tone) -> Level<'static> {
    match tone {
        Tone::Fail => Level::ERROR,
        Tone::Warn => Level::WARNING,
        Tone::Plain | Tone::Name | Tone::Dim | Tone::Good => Level::NOTE,
    }
}

fn renderer(page: &Page) -> Renderer {
    let style = page.style();
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(style.width).decor_style(if style.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii })
}

/// `text`, escaped, with a line break before each word that would pass `width`.
fn fold(text: &str, width: usize) -> String {
    let (mut out, mut column) = (String::new(), 0);
    for word in escape::short(text).split(' ').filter(|word| !word.is_empty()) {
        let chars = word.chars().count();
        if column > 0 && column + 1 + chars > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += chars;
    }
    out
}

/// The marks in files and stretches that are shown together: the first mark's file first.
fn clusters(marks: &[Mark]) -> Vec<Vec<&Mark>> {
    let mut clusters: Vec<Vec<&Mark>> = Vec::new();
    for mark in marks {
        let near = |other: &&Mark| other.place.path() == mark.place.path() && other.place.line().abs_diff(mark.place.line()) <= NEAR;
        match clusters.iter_mut().find(|cluster| cluster.iter().any(near)) {
            Some(cluster) => cluster.push(mark),
            None => clusters.push(vec![mark]),
        }
    }
    clusters
}
