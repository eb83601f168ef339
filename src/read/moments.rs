//! When a tool runs: the moments that words name, and which of them are the tool's.

use std::ops::Range;

use super::found::Found;
use super::lexicon::Concept;
use super::names;
use super::sentence::{Sentence, Text};
use super::words::Hit;
use crate::commitment::{Gate, Kind, When};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    PullRequest,
    EveryChange,
    Push,
    Ci,
    Scheduled,
    Release,
}

/// When the tool `hit` runs: by its own part of the sentence, else by what governs all tools of it, else by
/// what stands around.
pub(super) fn when(text: &Text<'_>, sentence: &Sentence, hit: &Hit<&'static str>) -> (When, bool) {
    let first = sentence.tools.first().map_or(0, |tool| tool.words.start);
    let clause = sentence.clause(hit.words.start);
    let next_subject = sentence
        .tools
        .iter()
        .find(|tool| tool.words.start > hit.words.end && is_subject(sentence, tool))
        .map_or(clause.end, |tool| tool.words.start);
    let governs = |moment: &Hit<Concept>| {
        clause.contains(&moment.words.start)
            && (moment.words.start >= hit.words.end && moment.words.start < next_subject || moment.words.end <= first)
    };
    let part = sentence.part(hit.words.start);
    let near = |moment: &Hit<Concept>| {
        let taken = sentence.tools.iter().any(|tool| tool.words.start >= part.start && tool.words.end <= moment.words.start);
        part.contains(&moment.words.start) && moment.words.start < next_subject && (moment.words.start >= hit.words.end || !taken)
    };
    let named = |moment: &&Hit<Concept>| !in_path(text, sentence, moment);
    let moments = |is: &dyn Fn(&Hit<Concept>) -> bool| -> Vec<Moment> {
        sentence.hits.iter().filter(named).filter(|moment| is(moment)).filter_map(|moment| moment_of(sentence, moment)).collect()
    };
    let signs = names::RELEASE_TOOLS.contains(&hit.what);
    let own = if sentence.tools.len() > 1 || signs { moments(&near) } else { Vec::new() };
    if !own.is_empty() || signs {
        return if own.is_empty() { (When::Release, false) } else { settle(&own) };
    }
    let governing = moments(&governs);
    if !governing.is_empty() {
        return settle(&governing);
    }
    let told = told_after(text, sentence);
    if !told.is_empty() {
        return settle(&told);
    }
    let mut moments = around(text, sentence);
    // A service that opens updates runs in no CI, whatever the heading.
    moments.retain(|moment| *moment != Moment::Ci || !matches!(hit.what, "dependabot" | "renovate"));
    settle(&moments)
}

/// "The check is run on every pull request": what a later sentence of the passage says of the tools before it.
fn told_after(text: &Text<'_>, sentence: &Sentence) -> Vec<Moment> {
    let of_tools = |later: &Sentence| {
        let noun = matches!(later.words.word(1), "check" | "checks" | "scan" | "scans" | "audit" | "tool" | "tools" | "job" | "workflow");
        (matches!(later.words.word(0), "it" | "they" | "this" | "these" | "both") || later.words.word(0) == "the" && noun)
            && (later.says(Concept::Runs) || later.has_word(&["triggered"]))
    };
    let named = |later: &Sentence| -> Vec<Moment> { later.hits.iter().filter_map(|moment| moment_of(later, moment)).collect() };
    let all = text.sentences_of(sentence.passage);
    let next = all.partition_point(|other| other.range.start <= sentence.range.start);
    all.iter()
        .skip(next)
        .take(4)
        .take_while(|later| later.tools.is_empty() || matches!(later.words.word(0), "the" | "this"))
        .filter(|later| later.tools.is_empty() && of_tools(later))
        .flat_map(named)
        .collect()
}

/// The moments of the nearest of the label, lead-in and headings that names any.
fn around(text: &Text<'_>, sentence: &Sentence) -> Vec<Moment> {
    let label =
        text.sentences_of(sentence.passage).first().filter(|first| first.range.start < sentence.range.start && first.words.len() < 6);
    let named = |lead: &Sentence| -> Vec<Moment> { lead.hits.iter().filter_map(|moment| moment_of(lead, moment)).collect() };
    label
        .into_iter()
        .chain(text.leads(sentence.passage).take(2))
        .chain(text.headings(sentence.passage).take(1))
        .map(named)
        .find(|moments| !moments.is_empty())
        .unwrap_or_default()
}

/// "(`.github/workflows/nightly.yml`)": a path says no moment.
fn in_path(text: &Text<'_>, sentence: &Sentence, hit: &Hit<Concept>) -> bool {
    let place = sentence.words.place(hit.words.clone());
    text.passage(sentence.passage).is_some_and(|passage| {
        passage.code.iter().any(|code| code.contains(&place.start) && passage.text.get(code.clone()).is_some_and(|code| code.contains('/')))
    })
}

/// Whether the tool is what its part of the sentence is about: "… and Dependabot keeps dependencies current".
fn is_subject(sentence: &Sentence, tool: &Hit<&'static str>) -> bool {
    let before = tool.words.start.checked_sub(1).map_or("", |index| sentence.words.word(index));
    let after = sentence.words.word(tool.words.end);
    before == "and" && (after.ends_with('s') && !matches!(after, "alerts" | "updates" | "checks" | "lints"))
}

fn moment_of(sentence: &Sentence, hit: &Hit<Concept>) -> Option<Moment> {
    let word = |index: usize| sentence.words.word(index);
    let before = hit.words.start.checked_sub(1).map_or("", word);
    match hit.what {
        Concept::PullRequest => {
            // "opens pull requests": what it makes, not when it runs.
            let makes =
                |word: &str| ["open", "creat", "rais", "propos", "submit", "automat", "fil"].iter().any(|stem| word.starts_with(stem));
            let made = makes(before) || makes(hit.words.start.checked_sub(2).map_or("", word));
            (!made).then_some(Moment::PullRequest)
        }
        Concept::EveryChange => Some(Moment::EveryChange),
        Concept::Push => Some(Moment::Push),
        Concept::InCi if word(hit.words.start) == "github" => {
            // "updates of crates and GitHub Actions": the actions are what is updated.
            let place = ["in", "via", "through", "by", "with", "using", "on", "our"].contains(&before);
            let runs = word(hit.words.end).starts_with("run") || matches!(word(hit.words.end), "ci" | "workflow" | "workflows" | ":");
            (place || runs).then_some(Moment::Ci)
        }
        Concept::InCi => Some(Moment::Ci),
        Concept::Scheduled => Some(Moment::Scheduled),
        Concept::AtRelease => Some(Moment::Release),
        _ => None,
    }
}

/// The most binding of the moments (spec: Settled cases).
fn settle(moments: &[Moment]) -> (When, bool) {
    let any = |moment| moments.contains(&moment);
    let every = any(Moment::EveryChange) || any(Moment::Push);
    let when = if any(Moment::PullRequest) || any(Moment::EveryChange) {
        When::PullRequest
    } else if any(Moment::Ci) || any(Moment::Push) {
        When::Ci
    } else if any(Moment::Release) {
        When::Release
    } else if any(Moment::Scheduled) {
        When::Schedule
    } else {
        When::Unspecified
    };
    (when, every)
}

impl Sentence {
    /// The part between commas, semicolons and cells around the word `at`.
    pub(super) fn part(&self, at: usize) -> Range<usize> {
        let ends = |index: usize| matches!(self.words.word(index), ";" | "," | "—" | "|");
        let start = (0..at).rev().find(|&index| ends(index)).map_or(0, |index| index + 1);
        let end = (at..self.words.len()).find(|&index| ends(index)).unwrap_or(self.words.len());
        start..end.max(start)
    }
}

/// What a sentence on findings ("during pull request approval") adds to the tools of its passage: the more binding moment.
pub(super) fn bind(text: &Text<'_>, found: &mut [Found]) {
    let gates: Vec<usize> = found
        .iter()
        .filter(|one| matches!(one.kind, Kind::RemediationRequired { gate: Gate::Merge }))
        .filter(|one| {
            text.sentences_of(one.passage).iter().any(|sentence| sentence.range == one.sentence && sentence.says(Concept::PullRequest))
        })
        .map(|one| one.passage)
        .take(256)
        .collect();
    let blockers: Vec<_> = found
        .iter()
        .filter(|one| matches!(one.kind, Kind::RemediationRequired { gate: Gate::Release }))
        .map(|one| (one.passage, one.sentence.clone()))
        .take(256)
        .collect();
    for one in found {
        let (passage, sentence) = (one.passage, one.sentence.clone());
        if let Kind::Tool { tool, when, .. } = &mut one.kind {
            if gates.contains(&passage) && names::DEPENDENCY_TOOLS.contains(&tool.as_str()) && matches!(when, When::Ci) {
                *when = When::PullRequest;
            } else if matches!(when, When::Unspecified) && blockers.contains(&(passage, sentence)) {
                *when = When::Release;
            }
        }
    }
}
