//! A described process for a report or incident: at least two of the project's own steps beyond answering.

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use crate::commitment::{Kind, Strength};

/// The kinds of step (spec: Settled cases). Severity counts as a step of its own in running text alone.
const STEPS: &[Concept] =
    &[Concept::StepTriage, Concept::StepSeverity, Concept::StepFix, Concept::StepRelease, Concept::StepAnnounce, Concept::StepReview];

/// Reads the first described process.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < text.document.passages.len() {
        let until = end_of_list(text, at);
        if until > at + 1 {
            if let Some(one) = list(text, at, until) {
                found.push(one);
                return;
            }
            at = until;
            continue;
        }
        if let Some(one) = prose(text, at) {
            found.push(one);
            return;
        }
        at += 1;
    }
}

/// The passage after the list, table or run of labelled lines that begins at `at`.
fn end_of_list(text: &Text<'_>, at: usize) -> usize {
    let Some(first) = text.passage(at) else { return at + 1 };
    let (Role::Item(_) | Role::Row(_)) = first.role else { return at + 1 };
    let same = |index: usize| {
        text.passage(index).is_some_and(|other| other.role == first.role || other.lead.is_some_and(|lead| lead >= at && lead < index))
    };
    (at + 1..text.document.passages.len()).find(|&index| !same(index)).unwrap_or(text.document.passages.len())
}

fn mask(sentence: &Sentence, own: impl Fn(usize) -> bool) -> u8 {
    let mut steps = 0;
    for (bit, &step) in STEPS.iter().enumerate() {
        if sentence.of(step).any(|hit| own(hit.words.start)) {
            steps |= 1 << bit;
        }
    }
    steps
}

/// Whether the sentence is the project's own step: not asked of the reporter, not a bare deadline.
fn is_step(text: &Text<'_>, sentence: &Sentence) -> bool {
    let voice = text.voice(sentence.passage);
    let asked = sentence.of(Concept::Ask).any(|hit| hit.words.start == 0);
    voice == Voice::Ours && !asked && sentence.durations.is_empty() && !sentence.says(Concept::Hedge) && !sentence.says(Concept::Update)
}

fn list(text: &Text<'_>, from: usize, until: usize) -> Option<Found> {
    let lead = text.passage(from)?.lead;
    let lead_sentence = lead.and_then(|lead| text.sentences_of(lead).last());
    let told = [
        "process",
        "processes",
        "steps",
        "response",
        "handling",
        "incident",
        "expect",
        "happens",
        "will",
        "following",
        "follow",
        "commitment",
        "disclosure",
        "procedure",
        "do",
        "commit",
    ];
    let around = text.around(from).take(2).any(|around| around.has_word(&told))
        && text.leads(from).next().is_none_or(|lead| !lead.says(Concept::Hedge));
    if !around {
        return None;
    }
    let mut steps = 0;
    let (mut items, mut deadlines) = (0, 0);
    for index in (from..until).take(64) {
        let mut item = 0;
        deadlines += usize::from(text.sentences_of(index).iter().any(|sentence| !sentence.durations.is_empty()));
        for sentence in text.sentences_of(index).iter().filter(|sentence| is_step(text, sentence) && !sentence.says(Concept::FixSection)) {
            let credit = u8::from(sentence.says(Concept::Credit)) << 4;
            item |= mask(sentence, |at| !asks_only(sentence, at)) & !credit;
        }
        // Severity and triage are one step; coordination of a date is none.
        let counted = (item & 0b11_1100) | u8::from(item & 0b11 != 0);
        items += usize::from(counted != 0);
        steps |= counted;
    }
    if items < 2 || items <= deadlines || steps.count_ones() < 2 || !is_process(text, from, until) {
        return None;
    }
    let sentence = lead_sentence.filter(|lead| !lead.is_request() && lead.words.len() <= 60).or_else(|| text.sentences_of(from).first())?;
    let mut one = Found::new(text, sentence, 0..1, Extent::Sentence, Kind::IncidentResponse);
    one.strength = Strength::Firm;
    Some(one)
}

/// Practices and timetables hold such words too; a process has a step of fixing or releasing beside the others, and no tools.
fn is_process(text: &Text<'_>, from: usize, until: usize) -> bool {
    let sentences: Vec<_> = (from..until).take(64).flat_map(|index| text.sentences_of(index)).collect();
    let tools = sentences.iter().any(|sentence| {
        sentence.tools.iter().any(|tool| tool.what != "rustsec") || sentence.says(Concept::Sbom) || sentence.says(Concept::Signed)
    });
    let fixes = sentences
        .iter()
        .any(|sentence| is_step(text, sentence) && (sentence.says(Concept::StepFix) || sentence.says(Concept::StepRelease)));
    let section = text.around(from).take(3).any(|around| {
        around.has_word(&[
            "practices",
            "measures",
            "lifecycle",
            "versions",
            "principles",
            "compliance",
            "development",
            "roles",
            "scope",
            "supported",
        ]) && !around.has_word(&["process", "incident", "handling", "response"])
    });
    fixes && !tools && !section
}

/// "We ask you to verify our fix": the step is the reporter's.
fn asks_only(sentence: &Sentence, at: usize) -> bool {
    sentence
        .of(Concept::Ask)
        .any(|hit| hit.words.start < at && !matches!(sentence.words.word(hit.words.start), "you" | "your" | "include" | "verify"))
        && !sentence.says(Concept::We)
}

/// "In case of an incident the following process is followed:", and headings tell the steps.
fn opens_steps(text: &Text<'_>, passage: usize) -> Option<Found> {
    let headed = matches!(text.passage(passage + 1)?.role, Role::Heading(_));
    let last = text.sentences_of(passage).last()?;
    let ends = last.words.word(last.words.len().saturating_sub(1)) == ":";
    let told =
        last.has_word(&["process", "steps", "procedure"]) && last.has_word(&["incident", "report", "vulnerability", "issue", "breach"]);
    (headed && ends && told && !last.is_request())
        .then(|| Found::new(text, last, 0..1, Extent::Sentence, Kind::IncidentResponse).strength(Strength::Firm))
}

/// Running text: three kinds of step, firmly, in one paragraph.
fn prose(text: &Text<'_>, passage: usize) -> Option<Found> {
    let role = text.passage(passage)?.role;
    if !matches!(role, Role::Paragraph) {
        return None;
    }
    if let Some(one) = opens_steps(text, passage) {
        return Some(one);
    }
    let mut steps = 0;
    let mut first = None;
    for sentence in text.sentences_of(passage).iter().take(64) {
        let bound = sentence.says(Concept::Firm) && !sentence.says(Concept::Hedge);
        if !is_step(text, sentence) || !bound || sentence.says(Concept::Ask) && !sentence.says(Concept::We) {
            continue;
        }
        let own = mask(sentence, |at| !sentence.conditional(at) && sentence.of(Concept::Firm).any(|firm| firm.words.start < at + 3));
        // Publishing an advisory is one step, not a release beside it.
        let own = if own & 0b1_0000 != 0 && !sentence.says(Concept::Fix) { own & !0b1000 } else { own };
        if own != 0 {
            first = first.or(Some(sentence));
        }
        steps |= own;
    }
    let triaged = steps & 0b11 != 0;
    let sentence = first.filter(|_| steps.count_ones() >= 3 && triaged && steps & 0b110 != 0)?;
    let sentence = text
        .leads(passage)
        .next()
        .filter(|lead| lead.words.word(lead.words.len().saturating_sub(1)) == ":" && !lead.is_request())
        .unwrap_or(sentence);
    let mut one = Found::new(text, sentence, 0..1, Extent::Sentence, Kind::IncidentResponse);
    one.strength = Strength::Firm;
    Some(one)
}
