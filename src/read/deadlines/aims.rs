//! What a deadline is for: a fix, an answer, disclosure. Said beside it, by a label, or by what stands around.

use std::ops::Range;

use super::super::amount::Duration;
use super::super::lexicon::Concept;
use super::super::sentence::{Sentence, Text};
use crate::commitment::Stage;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    Fix,
    Stage(Stage),
    Disclosure,
}

/// The words that say what a deadline is for. Where several stand before it, the last decides.
pub(super) const AIMS: &[(Concept, Aim)] = &[
    (Concept::Acknowledge, Aim::Stage(Stage::Acknowledge)),
    (Concept::Plan, Aim::Stage(Stage::Assess)),
    (Concept::Assess, Aim::Stage(Stage::Assess)),
    (Concept::Update, Aim::Stage(Stage::Update)),
    (Concept::Fix, Aim::Fix),
    (Concept::Disclose, Aim::Disclosure),
    (Concept::DisclosureWindow, Aim::Disclosure),
];

/// What the words say the deadline is for: the last aim before it, else the first after it.
pub(super) fn aims(sentence: &Sentence, before: &Range<usize>, after: &Range<usize>) -> Vec<Aim> {
    let inside = |range: &Range<usize>| -> Vec<(Range<usize>, Aim)> {
        let mut found: Vec<(Range<usize>, Aim)> = AIMS
            .iter()
            .flat_map(|&(concept, aim)| sentence.of(concept).map(move |hit| (hit.words.clone(), aim)))
            .map(
                |(words, aim)| if aim != Aim::Disclosure && is_title_of_fixes(sentence, &words) { (words, Aim::Fix) } else { (words, aim) },
            )
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
    let Some((last_words, last)) = earlier.last() else {
        // "not adopted within 3 days unless they bring a fix"
        let limit = |at: usize| matches!(sentence.words.word(at), "later" | "more" | "earlier" | "sooner" | "before" | "until");
        let denied = sentence.of(Concept::Not).any(|hit| {
            hit.words.start >= before.start && hit.words.start < before.end && hit.words.end + 4 > before.end && !limit(hit.words.end)
        });
        return inside(after).first().filter(|_| !denied || starts_when(sentence, before.end)).map(|&(_, aim)| aim).into_iter().collect();
    };
    // "respond within 3 days with our assessment": the answer is the assessment.
    let brings = after.start..after.end.min(after.start + 9);
    let with = (after.start..after.start + 2)
        .any(|index| matches!(sentence.words.word(index), "with" | "containing" | "including" | "indicating"));
    if with
        && matches!(last, Aim::Stage(Stage::Acknowledge | Stage::Update))
        && inside(&brings).iter().any(|&(_, aim)| aim == Aim::Stage(Stage::Assess))
    {
        return vec![Aim::Stage(Stage::Assess)];
    }
    let mut all = vec![*last];
    // "acknowledge and assess within 3 days": both, where "and" joins them and no comma parts them.
    let joined = |words: &Range<usize>| {
        let between = words.end..last_words.start;
        between.len() < 8
            && !between.clone().any(|index| matches!(sentence.words.word(index), "," | ":" | "to" | "within"))
            && (between.is_empty() || between.clone().any(|index| sentence.words.word(index) == "and"))
    };
    if let Some((_, aim)) = earlier.iter().rev().nth(1).filter(|(words, aim)| aim != last && joined(words)) {
        all.insert(0, *aim);
    }
    all
}

/// "Fix timeline: 30 days": as a label or title it is the time for the fix, and no plan for one.
fn is_title_of_fixes(sentence: &Sentence, words: &Range<usize>) -> bool {
    let last = sentence.words.word(words.end.saturating_sub(1));
    matches!(last, "timeline" | "timelines" | "schedule" | "eta" | "estimate")
        && words.start < 2
        && matches!(sentence.words.word(words.end), ":" | "" | "|" | "(")
}

/// "after the report was acknowledged", "of verification", "security advisory": names what starts the clock, or a thing.
fn is_name(sentence: &Sentence, words: &Range<usize>, aim: Aim) -> bool {
    let before = words.start.checked_sub(1).map_or("", |index| sentence.words.word(index));
    let two = words.start.checked_sub(2).map_or("", |index| sentence.words.word(index));
    let starts_clock = matches!(before, "after" | "of" | "from" | "upon" | "following" | "since" | "for" | "once")
        || matches!(before, "the" | "initial" | "a" | "an" | "been" | "is" | "are")
            && matches!(two, "after" | "of" | "from" | "upon" | "following" | "since" | "until");
    if starts_when(sentence, words.start) || is_adjective(sentence, words) {
        return true;
    }
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

/// "once the patches are out", "after we received the report": the words say when the clock starts, up to a
/// comma or a second subject.
pub(super) fn starts_when(sentence: &Sentence, at: usize) -> bool {
    let Some(when) = sentence.of(Concept::If).filter(|hit| hit.words.start < at).last() else { return false };
    let inside = when.words.end..at;
    let apart = inside.clone().any(|index| matches!(sentence.words.word(index), "," | ";" | ":" | "or" | ")"));
    let second = sentence.hits.iter().any(|hit| {
        matches!(hit.what, Concept::We | Concept::Firm | Concept::Hedge) && hit.words.start > when.words.end && hit.words.start < at
    });
    !apart && !second
}

/// "confirmed vulnerabilities": tells which ones.
fn is_adjective(sentence: &Sentence, words: &Range<usize>) -> bool {
    let said = sentence.words.word(words.end.saturating_sub(1));
    let noun = sentence.words.word(words.end);
    said.ends_with("ed") && ["vulnerab", "issue", "bug", "report", "finding", "problem"].iter().any(|stem| noun.starts_with(stem))
}

/// "Fix & disclosure: agreed with you; within 30 days": the label goes for the whole sentence.
pub(super) fn aims_of_label(sentence: &Sentence) -> Vec<Aim> {
    let colon = (1..6).find(|&index| sentence.words.word(index) == ":");
    colon.map(|colon| aims(sentence, &(0..colon), &(0..0))).unwrap_or_default()
}

/// What the label, the lead-in or the headings say the deadline is for.
pub(super) fn aims_around(text: &Text<'_>, sentence: &Sentence, duration: &Duration) -> Vec<Aim> {
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
