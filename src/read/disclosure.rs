//! What happens in public: coordination, announcement, thanks, safe harbour, bounties.

use std::ops::Range;

mod credit;
mod publication;
mod researchers;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use crate::commitment::Kind;

/// Reads them all.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    let mut publications = Vec::new();
    for sentence in &text.sentences {
        let role = text.passage(sentence.passage).map(|passage| passage.role);
        if matches!(role, None | Some(Role::Heading(_))) {
            continue;
        }
        coordinated(text, sentence, found);
        researchers::safe_harbor(text, sentence, found);
        researchers::bounty(text, sentence, found);
        credit::credit(text, sentence, found);
        publication::publication(text, sentence, &mut publications);
    }
    researchers::settle_bounties(found);
    publication::settle_venues(text, publications, found);
}

fn push(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>, kind: Kind, found: &mut Vec<Found>) {
    found.push(Found::new(text, sentence, at.clone(), Extent::Part, kind));
}

/// Whether the words at `at` bind the project: its own voice, and nobody else is asked.
fn binds(text: &Text<'_>, sentence: &Sentence, at: usize) -> bool {
    let asked = sentence.of(Concept::Ask).any(|hit| {
        let first = sentence.words.word(hit.words.start);
        hit.words.start <= at
            && sentence.clause(at).contains(&hit.words.start)
            && !matches!(first, "you" | "your")
            && !sentence
                .hits
                .iter()
                .any(|we| matches!(we.what, Concept::We | Concept::Firm) && we.words.start >= hit.words.end && we.words.start < at)
    });
    let voice = text.voice(sentence.passage);
    !asked
        && !matches!(voice, Voice::Others | Voice::Scope)
        && (voice != Voice::Reporters || sentence.says(Concept::We) && !sentence.is_request())
}

/// The beginnings of words that make a practice of what they stand beside ("we follow responsible disclosure").
const ADHERENCE: &[&str] =
    &["follow", "practi", "believ", "adher", "support", "commit", "work", "coordinat", "engage", "polic", "principle", "process"];

/// The beginnings of words that thank for it or ask for it ("we appreciate responsible disclosure").
const THANKS: &[&str] = &["appreciat", "thank", "grateful", "effort", "welcome"];

fn starts(word: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| word.starts_with(stem))
}

/// Whether the words before `at` thank for the disclosure, or speak of how a report comes in.
fn is_thanks(sentence: &Sentence, at: usize) -> bool {
    (at.saturating_sub(6)..at).any(|index| {
        let word = sentence.words.word(index);
        starts(word, THANKS)
            || matches!(word, "through" | "inform" | "carry")
            || word == "with" && sentence.words.word(index + 1) == "responsible"
    })
}

/// "We follow coordinated disclosure", "your report is kept confidential", "disclosed after the fix".
fn coordinated(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let hits = sentence.hits.iter().filter(|hit| matches!(hit.what, Concept::Coordinated | Concept::Confidential));
    for hit in hits {
        let at = &hit.words;
        let first = sentence.words.word(at.start);
        let bare = matches!(first, "responsible" | "responsibly");
        let by_others = (at.start.saturating_sub(3)..at.start)
            .any(|index| matches!(sentence.words.word(index), "who" | "researchers" | "reporters" | "people" | "contributors" | "please"))
            || sentence.words.word(at.start.saturating_sub(1)) == "you";
        let ours = sentence.says(Concept::We)
            || at.start == 0
            || sentence.words.word(at.start.saturating_sub(1)) == ":"
            || passive(sentence, at)
            || hit.what == Concept::Confidential
            || text.voice(sentence.passage) == Voice::Ours && !bare;
        let adherence = !bare || at.start == 0 || (0..sentence.words.len()).any(|index| starts(sentence.words.word(index), ADHERENCE));
        // "This gives us time to fix it before it is public": why the reporter is asked.
        let reason = sentence.words.word(0) == "this"
            && (1..4)
                .any(|index| matches!(sentence.words.word(index), "gives" | "allows" | "helps" | "enables" | "lets" | "opens" | "ensures"));
        // "a confidential issue", "a private fork" for a reporter to make.
        let place = matches!(first, "confidential" | "private" | "privately")
            && (matches!(sentence.words.word(at.end), "issue" | "form" | "ticket" | "tracker" | "report" | "channel" | "reporting")
                || !sentence.has_word(&["we", "maintainers", "team"])
                    && sentence.has_word(&["you", "your"])
                    && sentence.says(Concept::GithubReporting));
        if reason || place {
            continue;
        }
        // "after our reply to your disclosure": the report.
        let by_others = by_others || first.starts_with("disclos") && sentence.words.word(at.start.saturating_sub(1)) == "your";
        let secret = hit.what == Concept::Confidential
            && (sentence.words.word(at.start.saturating_sub(1)) == "details" && !sentence.says(Concept::Report))
            && sentence.is_request();
        let label_of_request = at.start == 0
            && sentence.of(Concept::Ask).any(|ask| {
                ask.words.start >= at.end && ask.words.start < at.end + 3 && matches!(sentence.words.word(ask.words.start), "please" | "do")
            });
        let action = sentence.conditional(at.start) && bare;
        if binds(text, sentence, at.start)
            && !is_thanks(sentence, at.start)
            && !by_others
            && ours
            && adherence
            && !secret
            && !label_of_request
            && !action
            && !is_denied(sentence, hit.what, at)
            && !sentence.says(Concept::LegalAction)
        {
            push(text, sentence, at, Kind::CoordinatedDisclosure, found);
            return;
        }
    }
}

fn passive(sentence: &Sentence, at: &Range<usize>) -> bool {
    (at.start.saturating_sub(3)..at.end).any(|index| matches!(sentence.words.word(index), "is" | "are" | "be" | "will"))
}

/// "We do not coordinate"; the "not" of "we will not disclose until" is part of the promise.
fn is_denied(sentence: &Sentence, concept: Concept, at: &Range<usize>) -> bool {
    let own_not = sentence.of(Concept::Not).any(|not| at.contains(&not.words.start));
    concept == Concept::Coordinated && !own_not && sentence.denied(at) || concept == Concept::Confidential && sentence.denied(at)
}

impl Sentence {
    /// Whether any of `words` is in it.
    pub(super) fn has_word(&self, words: &[&str]) -> bool {
        (0..self.words.len()).any(|index| words.contains(&self.words.word(index)))
    }
}
