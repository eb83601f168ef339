//! Deadlines: for a fix, for an answer, for disclosure. In sentences, in lists, in tables.

mod aims;
mod rows;

use std::ops::Range;

use super::amount::Duration;
use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use super::severity;
use crate::commitment::{Bound, Kind, Scope, SeverityClass, Stage, Strength, Window};
use aims::{Aim, aims, aims_around, aims_of_label};

/// Reads every deadline.
pub(super) fn read(text: &Text<'_>, ranks_from_zero: bool, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        let Some(passage) = text.passage(sentence.passage) else { continue };
        match passage.role {
            Role::Row(table) => rows::row(text, sentence, table, ranks_from_zero, found),
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
        let after = duration.words.end..until;
        let mut aims = aims(sentence, &before, &after);
        // "critical ones within 7 days, others within 30": what the first is for, the next is for.
        let carried = aims.is_empty() && !previous.is_empty();
        if carried {
            aims.clone_from(&previous);
        }
        if aims.is_empty() {
            aims = aims_of_label(sentence);
        }
        if aims.is_empty() {
            aims = aims_around(text, sentence, duration);
        }
        let (severities, end) = severities_beside(text, sentence, &before, &after, ranks_from_zero);
        from = end;
        let repeated = index > 0
            && sentence.words.word(duration.words.start.saturating_sub(1)) == "("
            && sentence.durations.get(index - 1).is_some_and(|earlier| earlier.words.end + 1 == duration.words.start);
        let limit = carried || is_limit(sentence, duration, &before);
        if !repeated && limit && !is_no_promise(sentence, duration) && !requested(text, sentence, duration.words.start) {
            let start = index.checked_sub(1).and_then(|index| sentence.durations.get(index)).map(|earlier| earlier.words.end);
            for &aim in &aims {
                let added = found.len();
                push(text, sentence, duration, aim, &severities, found);
                for one in found.iter_mut().skip(added) {
                    begin_after(sentence, start, one);
                }
            }
        }
        previous = aims;
    }
    inherited(text, sentence, found);
}

/// "We reply within a day and update you every week": the second promise begins after the first.
fn begin_after(sentence: &Sentence, earlier: Option<usize>, one: &mut Found) {
    let Some(first) =
        earlier.and_then(|end| (end..sentence.words.len()).find(|&at| !matches!(sentence.words.word(at), "," | ")" | "." | "and")))
    else {
        return;
    };
    let start = sentence.words.place(first..first + 1).start;
    one.range.start = one.range.start.max(start.min(one.range.end));
}

/// Lengths of time beside the right words that promise nothing: what lies behind, what is not promised,
/// what happens when no answer comes, another matter, a part of a key.
fn is_no_promise(sentence: &Sentence, duration: &Duration) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let at = duration.words.start;
    let before = |back: usize| at.checked_sub(back).map_or("", word);
    let told = (1..5).take_while(|&back| before(back) != ",").any(|back| matches!(before(back), "was" | "were"));
    let behind = told || matches!(before(1), "last" | "past" | "previous" | "preceding");
    let stretched = (1..4).any(|back| before(back).starts_with("exten"));
    let hex = |word: &str| word.len() == 4 && word.chars().all(|c| c.is_ascii_hexdigit()) && word.contains(|c: char| c.is_ascii_digit());
    let of_key = hex(before(1)) || hex(word(duration.words.end));
    let clause = sentence.clause(at);
    let denied = sentence.of(Concept::NoPromise).any(|hit| hit.words.start >= clause.start && hit.words.end <= at);
    behind
        || stretched
        || is_waited(sentence, at)
        || of_key
        || denied
        || sentence.says(Concept::OtherMatter)
        || awaited_in_vain(sentence, at)
}

/// "if waiting a month is too long"
fn is_waited(sentence: &Sentence, at: usize) -> bool {
    (at.saturating_sub(2)..at).any(|index| sentence.words.word(index).starts_with("wait"))
}

/// "If you have not heard from us within a week": a condition that says no is no promise.
fn awaited_in_vain(sentence: &Sentence, at: usize) -> bool {
    let Some(condition) = sentence.of(Concept::If).filter(|hit| hit.words.start < at).last() else { return false };
    let inside = condition.words.end..at;
    let apart = inside.clone().any(|index| matches!(sentence.words.word(index), "," | ";" | ":"));
    let denied = sentence.of(Concept::Not).any(|hit| inside.contains(&hit.words.start));
    let hypothetical = matches!(sentence.words.word(condition.words.start), "if" | "should" | "unless" | "in");
    let ours = sentence.says(Concept::Disclose) && sentence.of(Concept::We).any(|hit| hit.words.start > at);
    !apart && denied && hypothetical && !ours
}

/// Whether the length of time is a limit: "within 48 hours", "48 hours" alone, "a 90-day window"; not "every second year".
fn is_limit(sentence: &Sentence, duration: &Duration, before: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let led = (before.start.max(duration.words.start.saturating_sub(5))..duration.words.start).any(|index| {
        matches!(
            word(index),
            "within"
                | "inside"
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
                | "exceed"
                | "the"
                | "up"
                | "through"
                | "once"
                | "["
                | "until"
        )
    });
    let adjective = !word(duration.words.end.saturating_sub(1)).ends_with('s');
    // "disclosed 90 days after the report"
    let counted = matches!(word(duration.words.end), "after" | "from" | "of" | "following" | "since" | "before" | "at" | "or");
    let about = sentence.of(Concept::Hedge).any(|hit| hit.words.end == duration.words.start);
    led || about || adjective || counted || duration.recurring || duration.words.start == 0
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
    // "Response: within 12 hours" is the project's, wherever it stands.
    let theirs = || text.voice(sentence.passage) == Voice::Reporters && !sentence.says(Concept::We) && aims_of_label(sentence).is_empty();
    asked || theirs()
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
    // "30 days (High)": what stands in brackets behind says it best.
    let bracket = (sentence.words.word(after.start) == "(")
        .then(|| after.clone().find(|&index| sentence.words.word(index) == ")"))
        .flatten()
        .map(|end| (severities(after.start..end), end));
    if let Some((inside, end)) = bracket.filter(|(inside, _)| !inside.is_empty()) {
        return (inside, end);
    }
    let earlier = severities(before.clone());
    if !earlier.is_empty() {
        return (earlier, after.start);
    }
    // "7 days for critical issues and 30 days for the rest"
    let tail_end = after.clone().find(|&index| matches!(sentence.words.word(index), "," | ";" | "and" | "or")).unwrap_or(after.end);
    let leads_on = matches!(sentence.words.word(after.start), "for" | "if" | "of" | "(" | "on" | "when");
    let later = if leads_on { severities(after.start..tail_end) } else { Vec::new() };
    if !later.is_empty() {
        return (later, tail_end);
    }
    // "Critical: a plan within 3 days; a fix within 10": the label goes for all of it.
    let label =
        (1..6).find(|&index| sentence.words.word(index) == ":").filter(|&colon| colon < before.start).map(|colon| severities(0..colon));
    if let Some(label) = label.filter(|label| !label.is_empty()) {
        return (label, after.start);
    }
    let lead = text.leads(sentence.passage).next().map(|lead| severity::severities(&lead.words, 0..lead.words.len(), ranks_from_zero));
    (lead.filter(|severities| severities.len() == 1).unwrap_or_default(), after.start)
}

fn push(text: &Text<'_>, sentence: &Sentence, duration: &Duration, aim: Aim, severities: &[SeverityClass], found: &mut Vec<Found>) {
    let severities = if severities.is_empty() || aim != Aim::Fix { &[SeverityClass::Any] } else { severities };
    // "reviewed monthly" is a habit, no limit; fixes "for 6 months" are a span of support.
    let span = aim == Aim::Fix && is_span(sentence, duration.words.start);
    // "the 7-day window" is told elsewhere.
    let word = |index: usize| sentence.words.word(index);
    let known = duration.words.start.checked_sub(1).is_some_and(|before| matches!(word(before), "the" | "this" | "that" | "same"))
        && !word(duration.words.end - 1).ends_with('s')
        && (aim != Aim::Disclosure || (duration.words.start.saturating_sub(1)..duration.words.end).any(|index| word(index) == "same"));
    // "hours after the list is notified": the list has made it public.
    let told = aim == Aim::Disclosure
        && (duration.words.end..duration.words.end + 6).any(|index| matches!(word(index), "notified" | "announcement" | "announced"));
    // "This policy gets an update twice a year"
    let of_policy = duration.recurring && sentence.words.word(0) == "this" && sentence.says(Concept::ThisPolicy);
    if span || of_policy || known || told || duration.recurring && matches!(aim, Aim::Fix | Aim::Stage(Stage::Assess | Stage::Acknowledge))
    {
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

/// "for 6 months", "for at least a year".
fn is_span(sentence: &Sentence, at: usize) -> bool {
    let mut before = (at.saturating_sub(4)..at).rev().map(|index| sentence.words.word(index));
    before.find(|word| !matches!(*word, "least" | "at" | "up" | "to" | "a" | "period" | "of" | "minimum" | "the")) == Some("for")
}

fn kind_of(text: &Text<'_>, sentence: &Sentence, window: Window, aim: Aim, severity: SeverityClass, bound: Bound) -> Option<Kind> {
    let supports = |around: &Sentence| around.says(Concept::Supports) && around.has_word(&["versions", "releases", "version"]);
    let window_of_support = aim == Aim::Fix && severity == SeverityClass::Any && text.headings(sentence.passage).take(1).any(supports);
    if window_of_support {
        return None;
    }
    Some(match aim {
        Aim::Fix => Kind::PatchDeadline { severity, window, scope: Some(scope(text, sentence)) },
        Aim::Stage(stage) => Kind::ResponseDeadline { stage, window },
        Aim::Disclosure => Kind::DisclosureDeadline { window, bound },
    })
}

/// At the latest, unless the words say not before; a bare "after 90 days" is not before (spec: Settled cases).
fn bound(sentence: &Sentence, duration: &Duration) -> Bound {
    let near = duration.words.start.saturating_sub(6)..duration.words.start;
    let says = |concept| sentence.of(concept).any(|hit| near.contains(&hit.words.start));
    let led = |back: usize| near.end.checked_sub(back).map_or("", |index| sentence.words.word(index));
    let waits = sentence.says(Concept::Not) && matches!(led(1), "before" | "until" | "for");
    // "90 days after the report", and no "within" before it
    let bare = matches!(sentence.words.word(duration.words.end), "after" | "following")
        && !matches!(led(1), "within" | "in" | "the" | "than" | "to");
    if says(Concept::AtLeast) || waits {
        Bound::Min
    } else if sentence.says(Concept::Earlier) || sentence.says(Concept::DisclosureWindow) {
        Bound::Max
    } else if says(Concept::After) || bare {
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
