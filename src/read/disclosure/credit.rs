//! Whether those who report are named.

use std::ops::Range;

use super::super::found::{Extent, Found};
use super::super::lexicon::Concept;
use super::super::sentence::{Sentence, Text, Voice};
use super::answer;
use crate::commitment::{Kind, Strength};

/// "Reporters are credited unless they prefer to stay anonymous."
pub(super) fn credit(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    if !is_bound(text, sentence) {
        return;
    }
    let answered = answer(text, sentence) == Some(true);
    let Some(hit) = sentence.of(Concept::Credit).find(|hit| answered || is_given(sentence, &hit.words)) else { return };
    let at = &hit.words;
    let mut one = Found::new(text, sentence, at.clone(), Extent::Part, Kind::Credit);
    one.placeholder = names_nobody(text, sentence);
    if is_on_request(sentence, at.start) {
        one.strength = Strength::BestEffort;
    } else if offers_choice(sentence, at.start) {
        one.strength = Strength::Firm;
    }
    found.push(one);
}

/// Whether the sentence speaks for the project, and not of what a report should hold.
fn is_bound(text: &Text<'_>, sentence: &Sentence) -> bool {
    let asked_by_lead = text
        .leads(sentence.passage)
        .next()
        .is_some_and(|lead| lead.says(Concept::ToReporters) && !lead.says(Concept::Ours) && !lead.says(Concept::We));
    let about_document = sentence.has_word(&["document", "template", "inspired", "adapted"]) && !sentence.says(Concept::Report);
    let bound = match text.voice(sentence.passage) {
        Voice::Ours => true,
        // "Credit reporters in the advisory" asks nothing of them.
        Voice::Reporters if sentence.words.word(0) == "credit" => true,
        Voice::Reporters => sentence.says(Concept::We) && text.leads(sentence.passage).next().is_none(),
        Voice::Others | Voice::Scope | Voice::Elsewhere => false,
    };
    bound && !asked_by_lead && !about_document
}

/// Whether the words `at` give credit, rather than ask after it, thank politely, or acknowledge that a report came in.
fn is_given(sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let first = word(at.start);
    let before = word(at.start.saturating_sub(1));
    let wish = (0..at.start).rev().find(|&index| {
        matches!(word(index), "whether" | "how" | "wish" | "want" | "deserve" | "deserves" | "prefer")
            || word(index) == "would" && word(index + 1) != "receive" && word(index.saturating_sub(1)) != "we"
            || word(index) == "please"
    });
    let answered = |from: usize| {
        sentence.of(Concept::Firm).any(|hit| hit.words.start > from && hit.words.start < at.end)
            || sentence
                .of(Concept::We)
                .any(|hit| hit.words.start > from && hit.words.start < at.start && matches!(word(hit.words.start), "we" | "i"))
    };
    let asked = wish
        .is_some_and(|from| !answered(from) && !matches!(word(from), "how") || matches!(word(from), "whether" | "how") && !answered(from));
    let thing = (at.end..at.end + 4).any(|index| word(index) == "?")
        || before == "your" && first.starts_with("credit")
        || before == "for" && word(at.start.saturating_sub(2)) == "name"
        || word(at.end).starts_with("card")
        || matches!(before, "accept" | "deny" | "or") && first == "credit" && sentence.has_word(&["accept", "deny"]);
    let receipt = first.starts_with("acknowledg")
        && (at.start..at.end + 2).any(|index| {
            ["report", "receipt", "email", "within", "submission", "issue", "mail", "message", "that", "every", "it", "sent"].iter().any(
                |stem| {
                    if stem.len() > 4 {
                        word(index).starts_with(stem) && !word(index).starts_with("reporter")
                    } else {
                        word(index) == *stem
                    }
                },
            )
        });
    // "Acknowledgment: you will receive a confirmation within 48 hours": of the report.
    let label = first.starts_with("acknowledg") && word(at.end.min(at.start + 1)) == ":";
    let receipt = receipt || label && (!sentence.durations.is_empty() || sentence.has_word(&["receipt", "confirmation", "received"]));
    !asked && !thing && !receipt && !sentence.denied(at)
}

/// "You may ask to be credited": at the reporter's request alone.
fn is_on_request(sentence: &Sentence, at: usize) -> bool {
    let modal = (0..at).rev().find(|&index| matches!(sentence.words.word(index), "request" | "may" | "can"));
    modal.is_some_and(|modal| !matches!(sentence.words.word(modal.saturating_sub(1)), "we" | "i"))
        && sentence.says(Concept::Ask)
        && sentence.words.word(0) != "we"
        && !sentence.says(Concept::Firm)
}

/// "… or we can credit you": the hedge before it is the reporter's choice.
fn offers_choice(sentence: &Sentence, at: usize) -> bool {
    (at.saturating_sub(3)..at).any(|index| matches!(sentence.words.word(index), "we" | "i") && sentence.words.word(index + 1) == "can")
}

/// "We thank the following: - [Your name here]"
fn names_nobody(text: &Text<'_>, sentence: &Sentence) -> bool {
    let next = text.passage(sentence.passage + 1);
    next.is_some_and(|next| {
        next.lead == Some(sentence.passage) && next.text.trim_start().starts_with('[') && next.text.to_lowercase().contains("name")
    })
}
