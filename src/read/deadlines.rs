//! Deadlines: for a fix, for an answer, for disclosure. In sentences, in lists, in tables.

use std::ops::Range;

use super::amount::Duration;
use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use super::severity;
use crate::commitment::{Bound, Kind, Scope, SeverityClass, Stage, Strength, Window};

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    Fix,
    Stage(Stage),
    Disclosure,
}

/// The words that say what a deadline is for. Where several stand before it, the last decides.
const AIMS: &[(Concept, Aim)] = &[
    (Concept::Acknowledge, Aim::Stage(Stage::Acknowledge)),
    (Concept::Plan, Aim::Stage(Stage::Assess)),
    (Concept::Assess, Aim::Stage(Stage::Assess)),
    (Concept::Update, Aim::Stage(Stage::Update)),
    (Concept::Fix, Aim::Fix),
    (Concept::Disclose, Aim::Disclosure),
    (Concept::DisclosureWindow, Aim::Disclosure),
];

/// Reads every deadline.
pub(super) fn read(text: &Text<'_>, ranks_from_zero: bool, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        let Some(passage) = text.passage(sentence.passage) else { continue };
        match passage.role {
            Role::Row(table) => row(text, sentence, table, ranks_from_zero, found),
            Role::Heading(_) => {}
            Role::Paragraph | Role::Item(_) => prose(text, sentence, ranks_from_zero, found),
        }
    }
}

/// "We acknowledge within 48 hours and fix critical issues within 7 days, others within 30 days."
fn prose(text: &Text<'_>, sentence: &Sentence, ranks_from_zero: bool, found: &mut Vec<Found>) {
    let voice = text.voice(sentence.passage);
    if matches!(voice, Voice::Others | Voice::Scope) || sentence.durations.is_empty() && voice != Voice::Ours {
        return;
    }
    let mut from = 0;
    let mut previous = Vec::new();
    for (index, duration) in sentence.durations.iter().enumerate() {
        let clause = sentence.clause(duration.words.start);
        let until = sentence.durations.get(index + 1).map_or(sentence.words.len(), |next| next.words.start).min(clause.end);
        let before = from.max(clause.start)..duration.words.start;
        let mut aims = aims(sentence, &before, &(duration.words.end..until));
        if aims.is_empty() && clause.start <= from {
            aims.clone_from(&previous);
        }
        if aims.is_empty() {
            aims = aims_of_label(sentence);
        }
        if aims.is_empty() {
            aims = aims_around(text, sentence, duration);
        }
        let (severities, end) = severities_beside(text, sentence, &before, &(duration.words.end..until), ranks_from_zero);
        from = end;
        let repeated = index > 0
            && sentence.words.word(duration.words.start.saturating_sub(1)) == "("
            && sentence.durations.get(index - 1).is_some_and(|earlier| earlier.words.end + 1 == duration.words.start);
        if !repeated && is_limit(sentence, duration, &before) && !requested(text, sentence, duration.words.start) {
            for &aim in &aims {
                push(text, sentence, duration, aim, &severities, found);
            }
        }
        previous = aims;
    }
    inherited(text, sentence, found);
}

/// Whether the length of time is a limit: "within 48 hours", "48 hours" alone, "a 90-day window"; not "every second year".
fn is_limit(sentence: &Sentence, duration: &Duration, before: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let led = (before.start.max(duration.words.start.saturating_sub(5))..duration.words.start).any(|index| {
        matches!(
            word(index),
            "within"
                | "in"
                | "under"
                | "than"
                | "most"
                | "to"
                | "after"
                | "by"
                | "least"
                | ":"
                | "every"
                | "maximum"
                | "max"
                | "approximately"
                | "about"
                | "takes"
                | "take"
                | "is"
                | "are"
                | "<"
                | "—"
                | "–"
                | "or"
                | "and"
                | "("
                | "of"
                | "for"
                | "target"
                | "minimum"
                | "before"
                | "beyond"
                | "the"
                | "up"
                | "through"
                | "once"
                | "["
                | "until"
        )
    });
    let adjective = !word(duration.words.end.saturating_sub(1)).ends_with('s');
    led || adjective || duration.recurring || duration.words.start == 0
}

/// "Please give us 90 days", "we request a 90-day window": asked of the reporter, not promised.
fn requested(text: &Text<'_>, sentence: &Sentence, at: usize) -> bool {
    let clause = sentence.clause(at);
    let asked = sentence.of(Concept::Ask).any(|hit| {
        let first = sentence.words.word(hit.words.start);
        hit.words.start >= clause.start
            && hit.words.start < at
            && !matches!(first, "you" | "your")
            && (hit.words.end - hit.words.start > 1 || matches!(first, "please" | "kindly"))
            && !(hit.words.end..at).any(|index| sentence.words.word(index) == "," && sentence.words.word(index + 1) != "and")
    });
    asked || text.voice(sentence.passage) == Voice::Reporters && !sentence.says(Concept::We)
}

/// What the words say the deadline is for: the last aim before it, else the first after it.
fn aims(sentence: &Sentence, before: &Range<usize>, after: &Range<usize>) -> Vec<Aim> {
    let inside = |range: &Range<usize>| -> Vec<(Range<usize>, Aim)> {
        let mut found: Vec<(Range<usize>, Aim)> = AIMS
            .iter()
            .flat_map(|&(concept, aim)| sentence.of(concept).map(move |hit| (hit.words.clone(), aim)))
            .filter(|(words, aim)| words.start >= range.start && words.end <= range.end && !is_name(sentence, words, *aim))
            .collect();
        // A longer phrase says more than the words in it: "fix or mitigation plan" is a plan.
        let spans: Vec<_> = found.iter().map(|(words, _)| words.clone()).collect();
        found.retain(|(words, _)| {
            !spans.iter().any(|other| other.start <= words.start && other.end >= words.end && other.len() > words.len())
        });
        found.sort_by_key(|(words, _)| (words.end, words.start));
        found
    };
    let earlier = inside(before);
    if let Some((last_words, last)) = earlier.last() {
        let mut all = vec![*last];
        // "acknowledge and assess within 3 days": both, where nothing but "and" lies between.
        if let Some((words, aim)) = earlier.iter().rev().nth(1)
            && aim != last
            && words.end + 2 >= last_words.start
            && (words.end == last_words.start || (words.end..last_words.start).any(|index| matches!(sentence.words.word(index), "and")))
        {
            all.insert(0, *aim);
        }
        return all;
    }
    inside(after).first().map(|&(_, aim)| aim).into_iter().collect()
}

/// "after the report was acknowledged", "of verification", "security advisory": names what starts the clock, or a thing.
fn is_name(sentence: &Sentence, words: &Range<usize>, aim: Aim) -> bool {
    let before = words.start.checked_sub(1).map_or("", |index| sentence.words.word(index));
    let two = words.start.checked_sub(2).map_or("", |index| sentence.words.word(index));
    let starts_clock = matches!(before, "after" | "of" | "from" | "upon" | "following" | "since" | "for" | "once")
        || matches!(before, "the" | "initial" | "a" | "an" | "been" | "is" | "are")
            && matches!(two, "after" | "of" | "from" | "upon" | "following" | "since" | "until");
    let address = sentence.words.word(words.start) == "address" && matches!(before, "email" | "mail" | "e-mail" | "this" | "following");
    match aim {
        Aim::Fix => {
            starts_clock
                && matches!(before, "after" | "of" | "from" | "upon" | "following" | "since" | "the" | "a" | "been" | "is")
                && !matches!(before, "for")
                || address
        }
        Aim::Stage(_) => starts_clock && before != "for" || before == "for" && sentence.words.word(words.start).starts_with("confirmed"),
        // "respond to vulnerability disclosures", "respond to your disclosure": the report.
        Aim::Disclosure
            if matches!(before, "vulnerability" | "your" | "security") && sentence.words.word(words.start).starts_with("disclosure") =>
        {
            (words.start.saturating_sub(4)..words.start)
                .any(|index| matches!(sentence.words.word(index), "to" | "of" | "your" | "receiving"))
        }
        Aim::Disclosure => starts_clock && !matches!(before, "for" | "of") && two != "of",
    }
}

/// "Fix & disclosure: agreed with you; within 30 days": the label goes for the whole sentence.
fn aims_of_label(sentence: &Sentence) -> Vec<Aim> {
    let colon = (1..6).find(|&index| sentence.words.word(index) == ":");
    colon.map(|colon| aims(sentence, &(0..colon), &(0..0))).unwrap_or_default()
}

/// What the label, the lead-in or the headings say the deadline is for.
fn aims_around(text: &Text<'_>, sentence: &Sentence, duration: &Duration) -> Vec<Aim> {
    let label = text.sentences_of(sentence.passage).first().filter(|first| first.range.start < sentence.range.start);
    let around = label.into_iter().chain(text.leads(sentence.passage)).chain(text.headings(sentence.passage).take(1));
    for other in around {
        let all = 0..other.words.len();
        if other.says(Concept::FixSection) && !other.says(Concept::Acknowledge) {
            return vec![Aim::Fix];
        }
        let mut said = aims(other, &all, &(0..0));
        said.truncate(1);
        if let Some(&aim) = said.first() {
            // A lead-in with its own deadline has said it; its items do not say it again.
            let disclosure = aim == Aim::Disclosure && !duration.slot && other.durations.is_empty() && other.words.len() > 6;
            return if disclosure { Vec::new() } else { said };
        }
    }
    Vec::new()
}

/// "within a week with: - an acknowledgement - an initial plan": the lead-in's deadline goes for its items.
fn inherited(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    if !sentence.durations.is_empty() || !matches!(text.passage(sentence.passage).map(|p| p.role), Some(Role::Item(_))) {
        return;
    }
    let Some(lead) = text.leads(sentence.passage).next() else { return };
    let Some(duration) = lead.durations.last().filter(|duration| !requested(text, lead, duration.words.start)) else { return };
    let open = (duration.words.end..lead.words.len())
        .all(|index| matches!(lead.words.word(index), "with" | ":" | "," | "we" | "will" | "the" | "following" | "you" | "to" | "receive"));
    let all = 0..sentence.words.len();
    let Some(&aim) = aims(sentence, &(0..0), &all).first().filter(|aim| open && matches!(aim, Aim::Stage(_))) else { return };
    let strength = lead.strength(&duration.words).unwrap_or(Strength::Firm);
    if let Some(kind) = kind_of(text, sentence, duration.window, aim, SeverityClass::Any, Bound::Max) {
        found.push(Found::new(text, sentence, 0..1, Extent::Clause, kind).strength(strength));
    }
}

/// The severities that the deadline is for, and the word from which the next deadline looks back.
fn severities_beside(
    text: &Text<'_>,
    sentence: &Sentence,
    before: &Range<usize>,
    after: &Range<usize>,
    ranks_from_zero: bool,
) -> (Vec<SeverityClass>, usize) {
    let severities = |range: Range<usize>| severity::severities(&sentence.words, range, ranks_from_zero);
    let earlier = severities(before.clone());
    if !earlier.is_empty() {
        return (earlier, after.start);
    }
    // "7 days for critical issues and 30 days for the rest"
    let tail_end = after.clone().find(|&index| matches!(sentence.words.word(index), "," | ";" | "and")).unwrap_or(after.end);
    let leads_on = matches!(sentence.words.word(after.start), "for" | "if" | "of" | "(" | "on" | "when");
    let later = if leads_on { severities(after.start..tail_end) } else { Vec::new() };
    if !later.is_empty() {
        return (later, tail_end);
    }
    let lead = text.leads(sentence.passage).next().map(|lead| severity::severities(&lead.words, 0..lead.words.len(), ranks_from_zero));
    (lead.filter(|severities| severities.len() == 1).unwrap_or_default(), after.start)
}

fn push(text: &Text<'_>, sentence: &Sentence, duration: &Duration, aim: Aim, severities: &[SeverityClass], found: &mut Vec<Found>) {
    let severities = if severities.is_empty() || aim != Aim::Fix { &[SeverityClass::Any] } else { severities };
    // "reviewed monthly" is a habit, no limit of an answer.
    if duration.recurring && matches!(aim, Aim::Stage(Stage::Assess | Stage::Acknowledge)) {
        return;
    }
    let bound = bound(sentence, duration);
    if aim == Aim::Fix
        && bound == Bound::Min
        && sentence.of(Concept::AtLeast).any(|hit| hit.words.end <= duration.words.start && hit.words.end + 2 >= duration.words.start)
    {
        return;
    }
    for &severity in severities {
        if let Some(kind) = kind_of(text, sentence, duration.window, aim, severity, bound) {
            found.push(Found::new(text, sentence, duration.words.clone(), Extent::Clause, kind).slot(duration.slot));
        }
    }
}

fn kind_of(text: &Text<'_>, sentence: &Sentence, window: Window, aim: Aim, severity: SeverityClass, bound: Bound) -> Option<Kind> {
    let supports = |around: &Sentence| around.says(Concept::Supports) && around.has_word(&["versions", "releases", "version"]);
    let window_of_support = aim == Aim::Fix && severity == SeverityClass::Any && text.headings(sentence.passage).take(1).any(supports);
    if is_to_authorities(sentence) || window_of_support {
        return None;
    }
    Some(match aim {
        Aim::Fix => Kind::PatchDeadline { severity, window, scope: Some(scope(text, sentence)) },
        Aim::Stage(stage) => Kind::ResponseDeadline { stage, window },
        Aim::Disclosure => Kind::DisclosureDeadline { window, bound },
    })
}

/// Notices to authorities and customers are no deadline of these kinds (spec: Settled cases).
fn is_to_authorities(sentence: &Sentence) -> bool {
    (0..sentence.words.len()).any(|index| {
        matches!(
            sentence.words.word(index),
            "enisa"
                | "csirt"
                | "csirts"
                | "authorities"
                | "authority"
                | "regulator"
                | "regulators"
                | "customers"
                | "retention"
                | "backups"
                | "backup"
        )
    })
}

/// At the latest, unless the words say not before; a bare "after 90 days" is not before (spec: Settled cases).
fn bound(sentence: &Sentence, duration: &Duration) -> Bound {
    let near = duration.words.start.saturating_sub(6)..duration.words.start;
    let says = |concept| sentence.of(concept).any(|hit| near.contains(&hit.words.start));
    if sentence.says(Concept::Earlier) && !says(Concept::AtLeast) || sentence.says(Concept::DisclosureWindow) && !says(Concept::AtLeast) {
        Bound::Max
    } else if says(Concept::AtLeast) || says(Concept::After) {
        Bound::Min
    } else {
        Bound::Max
    }
}

/// What a deadline for fixes is about (spec: `scope`).
fn scope(text: &Text<'_>, sentence: &Sentence) -> Scope {
    if sentence.says(Concept::Dependency) {
        return Scope::Dependencies;
    }
    if sentence.says(Concept::Report) {
        return Scope::Reported;
    }
    for around in text.around(sentence.passage) {
        if around.says(Concept::Dependency) || around.says(Concept::DependencySection) {
            return Scope::Dependencies;
        }
        if around.says(Concept::Report)
            || around.says(Concept::ResponseSection)
            || around.says(Concept::Disclose)
            || around.says(Concept::Acknowledge)
        {
            return Scope::Reported;
        }
    }
    Scope::Any
}

/// A table row: the column says what its deadlines are for, else the row's own first cell, else the section.
fn row(text: &Text<'_>, sentence: &Sentence, table: usize, ranks_from_zero: bool, found: &mut Vec<Found>) {
    let Some(passage) = text.passage(sentence.passage) else { return };
    if matches!(text.voice(sentence.passage), Voice::Others | Voice::Reporters) {
        return;
    }
    let head = text.document.tables.get(table).map(Vec::as_slice).unwrap_or_default();
    let severities = severity::severities(&sentence.words, 0..sentence.words.len(), ranks_from_zero);
    let row_aims = aims(sentence, &(0..0), &(0..sentence.words.len()));
    for (index, cell) in passage.cells.iter().enumerate().take(64) {
        let cell_words = sentence.words.at(cell.start)..sentence.words.at(cell.end);
        let title = head.get(index).map(String::as_str).unwrap_or_default();
        let title = Sentence::of_text(title);
        let Some(duration) = cell_duration(sentence, &cell_words, &title) else { continue };
        let of_cell = aims(sentence, &cell_words, &(0..0));
        let of_title = aims(&title, &(0..title.words.len()), &(0..0));
        let aim = match (of_cell.last(), of_title.last(), row_aims.as_slice()) {
            (Some(&aim), ..) | (None, Some(&aim), _) => aim,
            (None, None, [aim, ..]) => *aim,
            (None, None, []) => match aims_around(text, sentence, &duration).first() {
                Some(&aim) => aim,
                None => continue,
            },
        };
        let strength = if title.says(Concept::Hedge) { Some(Strength::BestEffort) } else { None };
        let from = found.len();
        push(text, sentence, &duration, aim, &severities, found);
        for added in found.iter_mut().skip(from) {
            added.range = sentence.range.clone();
            added.strength = strength.unwrap_or(added.strength);
        }
    }
}

/// The length of time in a cell; "14–30" under a title that is a unit ("Day").
fn cell_duration(sentence: &Sentence, cell: &Range<usize>, title: &Sentence) -> Option<Duration> {
    if let Some(duration) = sentence.durations.iter().find(|duration| duration.words.start >= cell.start && duration.words.end <= cell.end)
    {
        return Some(duration.clone());
    }
    let unit = title.words.word(title.words.len().checked_sub(1)?);
    let number = cell.clone().filter_map(|index| sentence.words.word(index).parse::<u32>().ok()).next_back().filter(|_| cell.len() <= 4)?;
    let said = format!("{number} {unit}");
    let mut duration = Sentence::of_text(&said).durations.into_iter().next()?;
    // The day itself is a moment; only what is aimed at another cell's words counts, so it covers the row.
    duration.words = cell.clone();
    Some(duration)
}
