//! The policy's own date, and how often it is reviewed.

use super::date;
use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text};
use crate::commitment::{Kind, Strength};

/// Reads dates and cadences.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        let Some(passage) = text.passage(sentence.passage) else { continue };
        if sentence.words.len() > 40 || matches!(passage.role, Role::Row(_)) && sentence.words.len() > 12 {
            continue;
        }
        let body = passage.text.get(sentence.range.clone()).unwrap_or_default();
        if let Some(hit) = sentence.of(Concept::LastUpdated).find(|hit| is_of_policy(sentence, hit.words.start))
            && let Some((date, at)) = date::first(body)
            && sentence.words.at(sentence.range.start + at) >= hit.words.start
            && sentence.words.at(sentence.range.start + at) <= hit.words.end + 5
        {
            let kind = Kind::PolicyDate { date: Some(date), cadence: None };
            found.push(Found::new(text, sentence, hit.words.clone(), Extent::Clause, kind).strength(Strength::Firm));
        }
        cadence(text, sentence, found);
    }
}

/// "updated", "effective" of the policy, not of a version, a dependency or a release.
fn is_of_policy(sentence: &Sentence, at: usize) -> bool {
    let opens = at <= 2;
    let named = sentence.says(Concept::ThisPolicy);
    let other =
        sentence.has_word(&["version", "versions", "released", "dependency", "release", "advisory", "key", "since", "lts"]) && !named;
    // "As of 2025-01-08, most of the plugins are sandboxed" tells of something else.
    let tells = sentence.words.word(at) == "as" && sentence.words.word(at + 1) == "of" && sentence.words.len() > 9 && !named;
    (opens || named) && !other && !tells
}

/// "This policy is reviewed every six months."
fn cadence(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let reviewed = sentence.says(Concept::ThisPolicy) && sentence.says(Concept::Reviewed)
        || sentence.words.len() <= 8
            && sentence.words.word(0) == "review"
            && sentence.has_word(&["cycle", "cadence", "frequency", "schedule", "interval"])
        || next_review(sentence);
    let Some(duration) = sentence.durations.iter().find(|duration| duration.recurring).filter(|_| reviewed) else { return };
    let kind = Kind::PolicyDate { date: None, cadence: Some(duration.window) };
    found.push(Found::new(text, sentence, duration.words.clone(), Extent::Clause, kind));
}

/// "Next review: 2027-03-18 (quarterly)"
fn next_review(sentence: &Sentence) -> bool {
    let told =
        |at: usize| sentence.words.word(at) == "next" && sentence.words.word(at + 1) == "review" && sentence.words.word(at + 2) == ":";
    sentence.words.len() <= 24 && (0..sentence.words.len()).any(told)
}
