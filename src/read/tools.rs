//! Tools that the project says it runs, dependencies that it watches, findings that must be acted on.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::names;
use super::sentence::{Sentence, Text, Voice};
use super::words::Hit;
use crate::commitment::{Gate, Kind, Strength, When};

/// Reads tools, monitoring and remediation.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        if matches!(text.passage(sentence.passage).map(|passage| passage.role), None | Some(Role::Heading(_))) {
            continue;
        }
        tools(text, sentence, found);
        slot(text, sentence, found);
        monitoring(text, sentence, found);
        remediation(text, sentence, found);
    }
}

/// Whether the words at `at` are the project's own doing here.
pub(super) fn is_own(text: &Text<'_>, sentence: &Sentence, at: usize) -> bool {
    let own_words = || {
        sentence.of(Concept::We).any(|hit| sentence.clause(at).contains(&hit.words.start))
            || sentence.says(Concept::InCi)
            || sentence.says(Concept::Scheduled)
            || at.checked_sub(1).is_some_and(|before| matches!(sentence.words.word(before), "via" | "with" | "by" | "using"))
            || at.checked_sub(2).is_some_and(|before| matches!(sentence.words.word(before), "via" | "with" | "by" | "using"))
    };
    match text.voice(sentence.passage) {
        Voice::Others | Voice::Reporters => false,
        Voice::Scope => own_words() && !sentence.asked(at),
        Voice::Ours => !sentence.asked(at),
    }
}

fn tools(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    for hit in &sentence.tools {
        if is_promised(text, sentence, hit) {
            let (when, every_change) = when(text, sentence, hit);
            let kind = Kind::Tool { tool: hit.what.to_owned(), when, every_change };
            let mut one = Found::new(text, sentence, hit.words.clone(), Extent::Part, kind);
            if sentence.of(Concept::HedgeAfter).any(|hedge| hedge.words.start > hit.words.end && hedge.words.start < hit.words.end + 6) {
                one.strength = Strength::BestEffort;
            }
            found.push(one);
        }
    }
}

/// Whether the sentence says that the project runs the tool, rather than mentions it.
fn is_promised(text: &Text<'_>, sentence: &Sentence, hit: &Hit<&'static str>) -> bool {
    let at = hit.words.start;
    let word = |index: usize| sentence.words.word(index);
    if !is_own(text, sentence, at) || sentence.denied(&hit.words) {
        return false;
    }
    // "(e.g. cargo audit)", "such as Snyk", "advisories flagged by cargo audit", "the cargo-deny configuration"
    let clause = sentence.clause(at);
    let example = sentence.of(Concept::Example).any(|example| {
        clause.contains(&example.words.start)
            && example.words.start < at
            && at < example.words.end + 8
            && word(example.words.start) != "such"
    });
    // "Tools such as cargo audit may flag it": of tools in general.
    let general =
        sentence.of(Concept::SuchAs).any(|such| such.words.start <= clause.start + 1 && such.words.end + 6 > at && such.words.start < at);
    if general {
        return false;
    }
    let publishes = sentence.says(Concept::Announce) && matches!(hit.what, "rustsec")
        || hit.what == "rustsec"
            && (text
                .sentences_of(sentence.passage)
                .iter()
                .take(64)
                .any(|other| other.tools.iter().any(|tool| tool.what.starts_with("cargo-")))
                || sentence.says(Concept::Advisory) && sentence.says(Concept::Publish)
                || sentence.tools.len() > 1
                || sentence.says(Concept::Notice)
                || !sentence.says(Concept::Dependency) && !sentence.says(Concept::Monitor) && !sentence.has_word(&["against"]));
    let flagged = at.checked_sub(2).is_some_and(|index| matches!(word(index), "flagged" | "reported" | "found" | "detected" | "emitted"))
        && word(at - 1) == "by"
        && !sentence.says(Concept::Remediate)
        && !sentence.says(Concept::Firm);
    let setting = matches!(word(hit.words.end), "configuration" | "config" | "ignore" | "ignores" | "exception" | "exceptions" | "issue")
        && !sentence.says(Concept::Not)
        && !word(at.saturating_sub(1)).starts_with("via");
    if example || publishes || flagged || setting || sentence.conditional(at) && sentence.words.word(0) == "if" {
        return false;
    }
    // A fragment ("Dependency auditing via cargo-deny") or a verb of running.
    let runs = sentence.says(Concept::Runs) || sentence.words.len() <= 12;
    let lead_runs = text.leads(sentence.passage).next().is_some_and(|lead| lead.says(Concept::Runs));
    runs || lead_runs
}

/// When the tool runs: a moment said after it in its part of the sentence, or before all tools, or by the lead-in.
fn when(text: &Text<'_>, sentence: &Sentence, hit: &Hit<&'static str>) -> (When, bool) {
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
    // A moment in the tool's own part of the sentence goes before those elsewhere in it.
    let part = part(sentence, hit.words.start);
    let near = |moment: &Hit<Concept>| {
        let taken = sentence.tools.iter().any(|tool| tool.words.start >= part.start && tool.words.end <= moment.words.start);
        part.contains(&moment.words.start) && moment.words.start < next_subject && (moment.words.start >= hit.words.end || !taken)
    };
    let shown = |moment: &&Hit<Concept>| !in_path(text, sentence, moment);
    let own: Vec<Moment> =
        sentence.hits.iter().filter(shown).filter(|moment| near(moment)).filter_map(|moment| moment_of(sentence, moment)).collect();
    if !own.is_empty() && sentence.tools.len() > 1 {
        return settle_moment(&own);
    }
    let mut moments: Vec<Moment> =
        sentence.hits.iter().filter(shown).filter(|moment| governs(moment)).filter_map(|moment| moment_of(sentence, moment)).collect();
    if moments.is_empty() {
        let around = text.leads(sentence.passage).next().into_iter().chain(text.headings(sentence.passage).take(1));
        for lead in around {
            moments.extend(
                lead.hits
                    .iter()
                    .filter_map(|moment| moment_of(lead, moment))
                    .filter(|moment| matches!(moment, Moment::PullRequest | Moment::Scheduled)),
            );
        }
    }
    if moments.is_empty() && names::RELEASE_TOOLS.contains(&hit.what) {
        return (When::Release, false);
    }
    settle_moment(&moments)
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    PullRequest,
    EveryChange,
    Push,
    Ci,
    Scheduled,
    Release,
}

fn moment_of(sentence: &Sentence, hit: &Hit<Concept>) -> Option<Moment> {
    let first = sentence.words.word(hit.words.start);
    match hit.what {
        Concept::PullRequest => Some(Moment::PullRequest),
        Concept::EveryChange => Some(Moment::EveryChange),
        Concept::Push => Some(Moment::Push),
        Concept::InCi => {
            (!matches!(first, "github") || sentence.words.word(hit.words.start + 1).starts_with("action")).then_some(Moment::Ci)
        }
        Concept::Scheduled => Some(Moment::Scheduled),
        Concept::AtRelease => Some(Moment::Release),
        _ => None,
    }
}

/// The most binding of the moments (spec: Settled cases).
fn settle_moment(moments: &[Moment]) -> (When, bool) {
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

/// "using tools such as [dependency checker]": a tool that was never named.
fn slot(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    for such in sentence.of(Concept::SuchAs).filter(|such| sentence.words.word(such.words.end) == "[") {
        let end = (such.words.end..sentence.words.len()).find(|&index| sentence.words.word(index) == "]");
        let Some(end) = end.filter(|end| end - such.words.end <= 6 && is_own(text, sentence, such.words.start)) else { continue };
        let name: Vec<_> = (such.words.end + 1..end).map(|index| sentence.words.word(index)).collect();
        let kind = Kind::Tool { tool: names::slug(&name.join("-")), when: When::Unspecified, every_change: false };
        found.push(Found::new(text, sentence, such.words.clone(), Extent::Part, kind).slot(true));
    }
}

/// The range of the part between commas, semicolons and "and we" around the word `at`.
fn part(sentence: &Sentence, at: usize) -> Range<usize> {
    let ends = |index: usize| matches!(sentence.words.word(index), ";" | "," | "—" | "|");
    let start = (0..at).rev().find(|&index| ends(index)).map_or(0, |index| index + 1);
    let end = (at..sentence.words.len()).find(|&index| ends(index)).unwrap_or(sentence.words.len());
    start..end.max(start)
}

/// "Dependencies are regularly scanned", with no tool named in that promise.
fn monitoring(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let label =
        text.sentences_of(sentence.passage).first().filter(|first| first.range.start < sentence.range.start && first.words.len() < 6);
    let topic = label.into_iter().chain(text.leads(sentence.passage)).chain(text.headings(sentence.passage).take(1));
    let topical = topic.take(4).any(|around| around.says(Concept::Dependency) || around.says(Concept::DependencySection));
    let beside = text.sentences_of(sentence.passage);
    let here = beside.partition_point(|other| other.range.end <= sentence.range.start);
    let before = here.checked_sub(1).and_then(|index| beside.get(index));
    let topical = topical
        || before.is_some_and(|before| before.says(Concept::Dependency) && matches!(sentence.words.word(0), "these" | "they" | "this"));
    let nested = (sentence.passage + 1..sentence.passage + 9)
        .take_while(|&index| text.passage(index).is_some_and(|next| next.lead == Some(sentence.passage)))
        .any(|index| text.sentences_of(index).iter().take(8).any(|next| !next.tools.is_empty()));
    let opens_tools = nested
        || sentence.words.word(sentence.words.len().saturating_sub(1)) == ":"
            && (sentence.passage + 1..sentence.passage + 5)
                .any(|index| text.sentences_of(index).first().is_some_and(|next| !next.tools.is_empty()));
    let updates = sentence.of(Concept::UpdateDependency).map(|hit| hit.words.clone());
    let watches = sentence.of(Concept::Monitor).map(|hit| hit.words.clone());
    for at in updates.chain(watches) {
        let part = part(sentence, at.start);
        let named = sentence.within_tools(&part)
            && !(sentence.within(Concept::UpdateDependency, &at)
                && !sentence.within_tools(&(at.start.saturating_sub(2)..at.end + 2))
                && sentence.tools.iter().all(|tool| tool.words.end <= at.start)
                && (part.start..at.start).any(|index| sentence.words.word(index) == "and"));
        let about = sentence.within(Concept::Dependency, &part)
            || topical && !sentence.says(Concept::CodeReview) && sentence.within(Concept::Vulnerability, &(0..sentence.words.len()));
        let update_only = (topical || sentence.says(Concept::Dependency)) && sentence.within(Concept::UpdateDependency, &at);
        let outward = sentence.asked(at.start) || sentence.is_request() || sentence.conditional(at.start) && sentence.words.word(0) == "if";
        let voice = text.voice(sentence.passage);
        let own = match voice {
            Voice::Ours => true,
            Voice::Scope => sentence.says(Concept::We) && sentence.clause(at.start).start <= at.start || sentence.words.word(0) == "these",
            Voice::Reporters | Voice::Others => false,
        };
        let pinned = sentence.within(Concept::Locked, &part) && !sentence.within(Concept::UpdateDependency, &part);
        let covered = sentence.says(Concept::InScope)
            || sentence.says(Concept::OutOfScope)
            || opens_tools
            || lead_names_tools(text, sentence)
            || sentence.says(Concept::Remediate)
            || sentence.of(Concept::SuchAs).any(|such| sentence.words.word(such.words.end) == "[");
        if (about || update_only)
            && !named
            && own
            && !outward
            && !pinned
            && !covered
            && !sentence.denied(&at)
            && !is_noun_only(sentence, &at)
        {
            found.push(Found::new(text, sentence, at, Extent::Part, Kind::DependencyMonitoring));
            return;
        }
    }
}

/// "vulnerability in a dependency … review": words such as "audit" that name a thing and no doing of the project.
fn is_noun_only(sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = sentence.words.word(at.start);
    let report = sentence.says(Concept::Report) && !sentence.says(Concept::We);
    report
        || word.starts_with("track") && sentence.words.word(at.start + 1) == "id"
        || matches!(word, "reviewer" | "reviewers" | "checklist" | "checksum" | "checksums" | "checkbox" | "tracker")
}

fn lead_names_tools(text: &Text<'_>, sentence: &Sentence) -> bool {
    text.leads(sentence.passage).next().is_some_and(|lead| !lead.tools.is_empty())
}

/// "Findings must be fixed before merging", "a vulnerable dependency blocks the change".
fn remediation(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let all = 0..sentence.words.len();
    let security = |range: &Range<usize>| {
        sentence.within(Concept::Vulnerability, range)
            || sentence.tools.iter().any(|tool| names::DEPENDENCY_TOOLS.contains(&tool.what))
            || sentence.within(Concept::SecretScanning, range)
            || (range.clone()).any(|index| {
                matches!(
                    sentence.words.word(index),
                    "finding" | "findings" | "secret" | "secrets" | "fuzz" | "advisories" | "audit" | "scan" | "scans"
                )
            })
    };
    let voice = text.voice(sentence.passage);
    let opens = sentence.words.word(sentence.words.len().saturating_sub(1)) == ":"
        && (sentence.passage + 1..sentence.passage + 4)
            .any(|index| text.sentences_of(index).first().is_some_and(|next| next.says(Concept::Vulnerability)));
    if !matches!(voice, Voice::Ours) || sentence.is_request() || !(security(&all) || opens) {
        return;
    }
    let gated = |range: &Range<usize>| (sentence.within(Concept::Merge, range), sentence.within(Concept::ReleaseGate, range));
    let must = sentence.of(Concept::Remediate).find(|hit| {
        let word = sentence.words.word(hit.words.start);
        let (merge, release) = gated(&all);
        let firm = !matches!(
            word,
            "remediated" | "fixed" | "resolved" | "addressed" | "releases" | "release" | "pass" | "passes" | "not" | "no" | "never"
        );
        let by_us = !sentence.asked(hit.words.start) && !sentence.denied(&hit.words);
        let reported = sentence.says(Concept::Report) || sentence.says(Concept::Disclose);
        by_us && !reported && (merge || release || firm && sentence.tools.len() + usize::from(sentence.says(Concept::Dependency)) > 0)
    });
    let block = sentence.of(Concept::Block).find(|hit| {
        let (merge, release) = gated(&(hit.words.start..sentence.words.len()));
        let (merged, released) = gated(&(0..hit.words.end));
        !sentence.denied(&hit.words)
            && (merge || release || merged || released || sentence.words.word(hit.words.start) == "blocker")
            && !matches!(sentence.words.word(hit.words.start + 1), "list" | "list.")
            && !sentence.words.word(hit.words.end).starts_with("accidental")
            && is_gate(sentence, hit)
    });
    let Some(hit) = must.or(block) else { return };
    let (merge, release) = gated(&all);
    let gate = if merge && !sentence.words.word(hit.words.start).starts_with("release") {
        Gate::Merge
    } else if release {
        Gate::Release
    } else {
        Gate::Unspecified
    };
    found.push(Found::new(text, sentence, hit.words.clone(), Extent::Part, Kind::RemediationRequired { gate }));
}

/// "acts as a security gate", "blocks all traffic": not every gate is one for findings.
fn is_gate(sentence: &Sentence, hit: &Hit<Concept>) -> bool {
    let objects = (hit.words.end..hit.words.end + 6).any(|index| {
        matches!(
            sentence.words.word(index),
            "merge"
                | "merging"
                | "change"
                | "changes"
                | "release"
                | "releases"
                | "build"
                | "deployment"
                | "pr"
                | "pull"
                | "ci"
                | "publishing"
                | "until"
        )
    });
    let gating = hit.words.clone().any(|index| {
        let word = sentence.words.word(index);
        word.starts_with("fail") || word.starts_with("merge") || word.starts_with("requir") || word == "landed"
    });
    objects
        || gating
        || matches!(sentence.words.word(hit.words.start), "fail" | "fails" | "failing" | "blocker")
        || sentence.words.word(hit.words.start.saturating_sub(1)) == "release"
}

impl Sentence {
    /// Whether a tool is named among the words `range`.
    pub(super) fn within_tools(&self, range: &Range<usize>) -> bool {
        self.tools.iter().any(|tool| tool.words.start < range.end && tool.words.end > range.start)
    }
}

/// What a sentence on findings ("during pull request approval") adds to the tools of its passage: the more binding moment.
pub(super) fn bind_moments(text: &Text<'_>, found: &mut [Found]) {
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
