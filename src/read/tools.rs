//! Tools that the project says it runs, dependencies that it watches, findings that must be acted on.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::moments;
use super::monitoring;
use super::names;
use super::remediation;
use super::sentence::{Sentence, Text, Voice};
use super::words::Hit;
use crate::commitment::{Kind, Strength, When};

/// Reads tools, monitoring and remediation.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        if matches!(text.passage(sentence.passage).map(|passage| passage.role), None | Some(Role::Heading(_))) {
            continue;
        }
        tools(text, sentence, found);
        secret_scanning(text, sentence, found);
        slot(text, sentence, found);
        monitoring::read(text, sentence, found);
        remediation::read(text, sentence, found);
    }
}

/// The first hit of `concept` that is the project's own and not denied.
pub(super) fn own<'s>(text: &Text<'_>, sentence: &'s Sentence, concept: Concept) -> Option<&'s Range<usize>> {
    sentence
        .of(concept)
        .map(|hit| &hit.words)
        .find(|at| is_own(text, sentence, at.start) && !sentence.denied(at) && !sentence.denied_after(at))
}

/// Whether the section describes the software or its design, and is no list of what is in or out of scope.
pub(super) fn is_described(text: &Text<'_>, sentence: &Sentence) -> bool {
    const SCOPE: &[&str] = &[
        "scope",
        "threat",
        "counts",
        "qualifies",
        "vulnerabilities",
        "issues",
        "concerns",
        "limitations",
        "risks",
        "risk",
        "exclusions",
        "assumptions",
        "attacks",
        "attack",
        "goals",
    ];
    text.voice(sentence.passage) == Voice::Scope && !text.around(sentence.passage).take(4).any(|around| around.has_word(SCOPE))
}

/// Whether the words at `at` are the project's own doing here.
pub(super) fn is_own(text: &Text<'_>, sentence: &Sentence, at: usize) -> bool {
    let own_words = || {
        sentence.of(Concept::We).any(|hit| sentence.clause(at).contains(&hit.words.start))
            || sentence.says(Concept::InCi)
            || sentence.says(Concept::Scheduled)
            || sentence.has_word(&["regular", "regularly", "automated", "continuous", "enabled"])
            || at.checked_sub(1).is_some_and(|before| matches!(sentence.words.word(before), "via" | "with" | "by" | "using"))
            || at.checked_sub(2).is_some_and(|before| matches!(sentence.words.word(before), "via" | "with" | "by" | "using"))
    };
    // "Run a scanner (we use cargo audit)" is an aside on ourselves.
    let aside = sentence.of(Concept::We).any(|hit| {
        sentence.words.word(hit.words.start) == "we"
            && sentence.words.word(hit.words.start.saturating_sub(1)) == "("
            && (hit.words.end..hit.words.end + 8).contains(&at)
    });
    if aside {
        return true;
    }
    if is_elsewhere(sentence) || sentence.is_request() {
        return false;
    }
    match text.voice(sentence.passage) {
        Voice::Others | Voice::Reporters | Voice::Elsewhere => false,
        Voice::Scope => (own_words() || is_subject_released(sentence)) && !sentence.asked(at),
        Voice::Ours => !sentence.asked(at) && !is_advice(text, sentence),
    }
}

/// "Best practices: run it regularly": advice to whoever uses the software, unless the heading says whose practices.
pub(super) fn is_advice(text: &Text<'_>, sentence: &Sentence) -> bool {
    const OWN: &[&str] = &["our", "we", "development", "maintainer", "maintainers", "internal", "project", "ci", "engineering", "coding"];
    let best = |heading: &Sentence| heading.has_word(&["best"]) && heading.has_word(&["practices"]) && !heading.has_word(OWN);
    sentence.is_imperative() && !sentence.says(Concept::We) && text.headings(sentence.passage).take(1).any(best)
}

/// Whether it is of what reporters hand in ("Findings of scanners alone are not accepted").
fn is_of_reports(sentence: &Sentence) -> bool {
    let noun = |index: usize| matches!(sentence.words.word(index), "reports" | "findings" | "submissions" | "output" | "results");
    (noun(0) || noun(1) && sentence.words.word(0) != "audit" || sentence.words.word(0) == "issues") && !sentence.says(Concept::We)
}

/// Whether the sentence speaks of what reporters hand in, of what the software does for its users, of past findings.
pub(super) fn is_elsewhere(sentence: &Sentence) -> bool {
    let we = sentence.says(Concept::We);
    let opens = |concept| sentence.of(concept).any(|hit| hit.words.start <= 1);
    is_of_reports(sentence) && !sentence.says(Concept::Remediate) && !sentence.says(Concept::Block)
        || opens(Concept::Feature) && !sentence.says(Concept::InCi)
        || sentence.says(Concept::OutOfScope) && !we
        || opens(Concept::Elsewhere) && !sentence.says(Concept::Changelog)
        || opens(Concept::ToOthers) && !we
        || sentence.of(Concept::ToOthers).any(|hit| sentence.words.word(hit.words.start) == "we")
}

/// "Our images follow the benchmark": a full sentence on what is released.
fn is_subject_released(sentence: &Sentence) -> bool {
    sentence.of(Concept::Released).any(|hit| hit.words.start <= 3)
        && sentence.words.word(sentence.words.len().saturating_sub(1)) != "?"
        && sentence.words.len() > 5
}

fn tools(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    for hit in &sentence.tools {
        if is_promised(text, sentence, hit) {
            let (when, every_change) = moments::when(text, sentence, hit);
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
    // "advisories flagged by it" names findings; "are detected by it" is a doing.
    let is_doing = at.checked_sub(3).is_some_and(|index| matches!(word(index), "is" | "are" | "be" | "automatically"));
    let flagged = !is_doing
        && at.checked_sub(2).is_some_and(|index| matches!(word(index), "flagged" | "reported" | "found" | "detected" | "emitted"))
        && word(at - 1) == "by"
        && !sentence.says(Concept::Remediate)
        && !sentence.says(Concept::Firm);
    // "that Dependabot already reports": what is known of it anyway.
    let known = word(hit.words.end) == "already";
    // "(used by tools like cargo audit)"
    let back = |count: usize| at.checked_sub(count).map_or("", word);
    let used = |count: usize| back(count) == "by" && matches!(back(count + 1), "used" | "consumed" | "read");
    let in_general = matches!(back(1), "like" | "as") && (2..6).any(used);
    // "pre-commit hooks to detect secrets" is a purpose, and no tool's name.
    let purpose = hit.what == "detect-secrets" && at.checked_sub(1).is_some_and(|before| matches!(word(before), "to" | "will" | "that"))
        || hit.what == "pre-commit" && matches!(word(hit.words.end), "to" | "for" | "that" | "which");
    // "some RustSec advisories are ignored for now"
    let ignored = hit.what == "rustsec" && sentence.has_word(&["ignored", "ignore", "suppressed"]);
    let setting = matches!(word(hit.words.end), "configuration" | "config" | "ignore" | "ignores" | "exception" | "exceptions" | "issue")
        && !sentence.says(Concept::Not)
        && !word(at.saturating_sub(1)).starts_with("via");
    if example
        || publishes
        || flagged
        || known
        || in_general
        || purpose
        || ignored
        || setting
        || sentence.conditional(at) && sentence.words.word(0) == "if"
    {
        return false;
    }
    // A fragment ("Dependency auditing via cargo-deny") or a verb of running.
    let runs = sentence.says(Concept::Runs) || sentence.words.len() <= 12;
    let lead_runs = text.leads(sentence.passage).next().is_some_and(|lead| lead.says(Concept::Runs));
    runs || lead_runs
}

/// "Secret scanning enabled" among the features of GitHub is the service of that name.
fn secret_scanning(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let of_github = || text.around(sentence.passage).take(2).any(|around| around.has_word(&["github"])) || sentence.has_word(&["github"]);
    let hit = sentence.first(Concept::SecretScanning).map(|hit| &hit.words).filter(|_| sentence.tools.is_empty() && of_github());
    let own = |at: &&Range<usize>| is_described(text, sentence) || is_own(text, sentence, at.start);
    if let Some(at) = hit.filter(own).filter(|at| !sentence.denied(at)) {
        let kind = Kind::Tool { tool: names::GITHUB_SECRETS.to_owned(), when: When::Unspecified, every_change: false };
        found.push(Found::new(text, sentence, at.clone(), Extent::Part, kind));
    }
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

impl Sentence {
    /// Whether a tool is named among the words `range`.
    pub(super) fn within_tools(&self, range: &Range<usize>) -> bool {
        self.tools.iter().any(|tool| tool.words.start < range.end && tool.words.end > range.start)
    }
}
