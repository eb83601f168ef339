//! Findings that must be acted on before merging or releasing.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::names;
use super::sentence::{Sentence, Text, Voice};
use super::words::Hit;
use crate::commitment::{Gate, Kind, Strength};

/// "Findings must be fixed before merging", "a vulnerable dependency blocks the change".
pub(super) fn read(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    if text.voice(sentence.passage) != Voice::Ours || sentence.is_request() || !(is_of_security(sentence) || opens_findings(text, sentence))
    {
        return;
    }
    let own = |hit: &Hit<Concept>| !sentence.asked(hit.words.start) && !sentence.denied(&hit.words);
    // The name "`acme-gate`" gates nothing.
    let code = text.passage(sentence.passage).map(|passage| passage.code.as_slice()).unwrap_or_default();
    let named = |hit: &Hit<Concept>| code.iter().any(|code| code.contains(&sentence.words.place(hit.words.clone()).start));
    let must = sentence.of(Concept::Remediate).filter(|hit| own(hit)).find(|hit| must_act(sentence, hit));
    let Some(hit) = must.or_else(|| sentence.of(Concept::Block).filter(|hit| own(hit) && !named(hit)).find(|hit| is_gate(sentence, hit)))
    else {
        return;
    };
    let gate = gate(sentence, hit);
    // Where accepting a finding is a way to act on it, or only some findings are meant, the words must tell.
    let qualified = sentence.has_word(&[
        "acknowledge",
        "acknowledged",
        "accept",
        "accepted",
        "waive",
        "waived",
        "justified",
        "justify",
        "critical",
        "high",
        "medium",
        "moderate",
    ]);
    let extent = if qualified { Extent::Sentence } else { Extent::Part };
    let mut one = Found::new(text, sentence, hit.words.clone(), extent, Kind::RemediationRequired { gate });
    // "No change with a finding may be merged" leaves nothing open.
    if sentence.words.word(hit.words.start) == "no" {
        one.strength = Strength::Firm;
    }
    found.push(one);
}

/// Whether it speaks of vulnerabilities, or of what a scan for them finds.
fn is_of_security(sentence: &Sentence) -> bool {
    sentence.says(Concept::Vulnerability)
        || sentence.says(Concept::SecretScanning)
        || sentence.tools.iter().any(|tool| names::DEPENDENCY_TOOLS.contains(&tool.what))
        || sentence.has_word(&["finding", "findings", "secret", "secrets", "fuzz", "advisories", "audit", "scan", "scans"])
}

/// "The following block a release:", and the list names vulnerabilities.
fn opens_findings(text: &Text<'_>, sentence: &Sentence) -> bool {
    sentence.words.word(sentence.words.len().saturating_sub(1)) == ":"
        && (sentence.passage + 1..sentence.passage + 4)
            .any(|index| text.sentences_of(index).first().is_some_and(|next| next.says(Concept::Vulnerability)))
}

/// Whether the words demand that findings are acted on, and not that a report is.
fn must_act(sentence: &Sentence, hit: &Hit<Concept>) -> bool {
    let word = sentence.words.word(hit.words.start);
    let refuses = matches!(word, "not" | "no" | "never");
    let firm = !refuses && !matches!(word, "remediated" | "fixed" | "resolved" | "addressed" | "releases" | "release" | "pass" | "passes");
    let gated = sentence.says(Concept::Merge) || sentence.says(Concept::ReleaseGate);
    let reported = !refuses && (sentence.says(Concept::Report) || sentence.says(Concept::Disclose));
    !reported && (gated || firm && (!sentence.tools.is_empty() || sentence.says(Concept::Dependency)))
}

/// Whether what is blocked is a merge or release: "acts as a security gate", "blocks all traffic" are not.
fn is_gate(sentence: &Sentence, hit: &Hit<Concept>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let near = near(hit);
    let gated = sentence.within(Concept::Merge, &near) || sentence.within(Concept::ReleaseGate, &near);
    let fails = matches!(word(hit.words.start), "fail" | "fails" | "failing");
    let until = sentence.has_word(&["until"]) && (sentence.says(Concept::Merge) || sentence.says(Concept::ReleaseGate));
    (gated
        || fails && (sentence.says(Concept::Merge) || sentence.says(Concept::ReleaseGate))
        || until
        || word(hit.words.start) == "blocker")
        && !matches!(word(hit.words.start + 1), "list" | "list.")
        && !hit.words.start.checked_sub(1).is_some_and(|before| matches!(word(before), "avoid" | "without"))
        && !word(hit.words.end).starts_with("accidental")
}

fn near(hit: &Hit<Concept>) -> Range<usize> {
    hit.words.start.saturating_sub(5)..hit.words.end + 6
}

/// What is gated; "the release pipeline" is a release, a build alone a merge.
fn gate(sentence: &Sentence, hit: &Hit<Concept>) -> Gate {
    let built = |other: &Hit<Concept>| matches!(sentence.words.word(other.words.start), "build" | "builds" | "ci" | "pipeline");
    let merged = sentence.of(Concept::Merge).any(|other| !built(other));
    let release = sentence.says(Concept::ReleaseGate);
    if merged && !sentence.words.word(hit.words.start).starts_with("release") {
        Gate::Merge
    } else if release {
        Gate::Release
    } else if sentence.says(Concept::Merge) {
        Gate::Merge
    } else {
        Gate::Unspecified
    }
}
