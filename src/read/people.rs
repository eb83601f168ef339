//! Promises that only people can attest: review, testing, accounts, training, standards.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::names;
use super::sentence::{Sentence, Text, Voice};
use super::tools::{self, is_described, is_own};
use crate::commitment::{AccessPractice, Kind, Strength, TestPractice};

/// Reads them all.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    // A fuzzer named anywhere is what the fuzzing is done with.
    let fuzzed = found.iter().any(|one| matches!(&one.kind, Kind::Tool { tool, .. } if names::FUZZERS.contains(&tool.as_str())));
    let scanned = found.iter().any(|one| matches!(&one.kind, Kind::Tool { tool, .. } if tool == names::GITHUB_SECRETS));
    for sentence in &text.sentences {
        let role = text.passage(sentence.passage).map(|passage| passage.role);
        let spoken = match text.voice(sentence.passage) {
            Voice::Ours | Voice::Scope => true,
            Voice::Others | Voice::Reporters | Voice::Elsewhere => false,
        };
        if matches!(role, None | Some(Role::Heading(_))) || !spoken || sentence.is_request() {
            continue;
        }
        review(text, sentence, found);
        testing(text, sentence, (fuzzed, scanned), found);
        access(text, sentence, found);
        compliance(text, sentence, found);
        training(text, sentence, found);
    }
}

/// "Maintainers get security training": of the project's people, not of its users or of a model.
fn training(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let people =
        sentence.has_word(&["maintainers", "developers", "contributors", "team", "members", "reviewers", "staff", "everyone", "engineers"]);
    let item = sentence.words.len() <= 4 && sentence.has_word(&["security", "secure"]);
    let others =
        sentence.has_word(&["materials", "material", "customers", "users", "data", "model", "models", "pipelines", "documentation"]);
    if let Some(at) = own(text, sentence, Concept::Training).filter(|_| (people || item) && !others) {
        push(text, sentence, at, Kind::Training, found);
    }
}

fn push(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>, kind: Kind, found: &mut Vec<Found>) {
    found.push(Found::new(text, sentence, at.clone(), Extent::Part, kind));
}

/// The first hit of `concept` that is the project's own; where the software is described, its testing is the project's too.
fn own<'s>(text: &Text<'_>, sentence: &'s Sentence, concept: Concept) -> Option<&'s Range<usize>> {
    let described = || {
        let tested = is_described(text, sentence) && !tools::is_elsewhere(sentence);
        sentence.of(concept).map(|hit| &hit.words).find(|at| tested && !sentence.asked(at.start) && !sentence.denied(at))
    };
    tools::own(text, sentence, concept).or_else(described)
}

/// "All changes are reviewed before merging"; "code is reviewed regularly" is an audit.
fn review(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let regular = sentence.has_word(&["regularly", "periodically"]);
    let report = sentence.says(Concept::Report) && !sentence.has_word(&["changes", "contributions", "pull", "prs", "code"]);
    let offer = sentence.conditional(0)
        || sentence.has_word(&["fix", "lead"]) && !sentence.has_word(&["all", "every", "changes"])
        || sentence.has_word(&["unsafe"]) && !sentence.has_word(&["changes", "pull", "prs"]);
    let by_public = (0..sentence.words.len())
        .any(|index| sentence.words.word(index) == "by" && matches!(sentence.words.word(index + 1), "users" | "anyone" | "everyone"));
    let offer = offer || by_public || sentence.says(Concept::InternalAudit) && !sentence.has_word(&["all", "every", "changes", "each"]);
    // "Findings must be fixed and the fix reviewed", "as part of the approval, findings are acted on": of findings.
    let framed = matches!(sentence.words.word(0), "as" | "during" | "before" | "in" | "at");
    let of_findings = |at: &Range<usize>| sentence.of(Concept::Remediate).any(|hit| framed || hit.words.start < at.start);
    if let Some(at) = own(text, sentence, Concept::CodeReview).filter(|at| !regular && !report && !offer && !of_findings(at)) {
        push(text, sentence, at, Kind::CodeReview, found);
    }
}

const TESTING: &[(Concept, TestPractice)] = &[
    (Concept::Fuzzing, TestPractice::Fuzzing),
    (Concept::StaticAnalysis, TestPractice::StaticAnalysis),
    (Concept::PenetrationTest, TestPractice::PenetrationTest),
    (Concept::ThirdPartyAudit, TestPractice::ThirdPartyAudit),
    (Concept::InternalAudit, TestPractice::InternalAudit),
    (Concept::Sanitizers, TestPractice::Sanitizers),
    (Concept::SecurityTests, TestPractice::Tests),
    (Concept::SecretScanning, TestPractice::SecretScanning),
    (Concept::ThreatModel, TestPractice::ThreatModel),
];

/// "Parsers are fuzzed", "regular penetration tests", with no tool named.
fn testing(text: &Text<'_>, sentence: &Sentence, (fuzzed, scanned): (bool, bool), found: &mut Vec<Found>) {
    let passage_tools = || {
        text.sentences_of(sentence.passage)
            .iter()
            .take(64)
            .flat_map(|other| other.tools.iter().map(|tool| tool.what))
            .chain(items_tools(text, sentence))
    };
    for &(concept, practice) in TESTING {
        let Some(at) = audited(text, sentence, concept) else { continue };
        let tooled = match practice {
            TestPractice::Fuzzing => fuzzed,
            TestPractice::StaticAnalysis => passage_tools().next().is_some(),
            TestPractice::SecretScanning => scanned || passage_tools().next().is_some(),
            TestPractice::InternalAudit => {
                sentence.has_word(&["access", "permissions"]) && !sentence.has_word(&["code", "codebase", "security"])
                    || sentence.says(Concept::Dependency) && !sentence.has_word(&["code", "codebase"])
                    || sentence.says(Concept::ThirdPartyAudit)
                    || sentence.says(Concept::CodeReview)
                        && sentence.has_word(&["all", "every", "changes", "pull", "prs", "contributions", "before"])
                        && !sentence.has_word(&["regularly", "periodically", "regular"])
            }
            TestPractice::ThreatModel => {
                !sentence.has_word(&[
                    "maintain",
                    "maintained",
                    "review",
                    "reviewed",
                    "perform",
                    "conduct",
                    "exercise",
                    "sessions",
                    "modeling",
                    "modelling",
                    "update",
                    "updated",
                ]) || sentence.has_word(&["see", "out", "scope"])
            }
            TestPractice::Tests => {
                sentence.has_word(&["welcome", "welcomed", "include"]) && !sentence.has_word(&["we", "suite"])
                    || sentence.says(Concept::Report) && !sentence.says(Concept::Fix)
                    || sentence.says(Concept::PenetrationTest)
            }
            TestPractice::PenetrationTest | TestPractice::ThirdPartyAudit | TestPractice::Sanitizers => false,
        };
        let scanning = practice == TestPractice::StaticAnalysis
            && sentence.says(Concept::Dependency)
            && sentence.has_word(&["dependencies", "dependency"])
            && sentence.words.word(at.start) == "security";
        let finding = (at.end..at.end + 2).any(|index| sentence.words.word(index).starts_with("finding"))
            || sentence.conditional(at.start) && !sentence.says(Concept::Fix);
        let external = practice == TestPractice::InternalAudit
            && text.headings(sentence.passage).take(1).any(|heading| heading.says(Concept::ThirdPartyAudit));
        let practice = if external { TestPractice::ThirdPartyAudit } else { practice };
        if !tooled && !scanning && !finding {
            let mut one = Found::new(text, sentence, at.clone(), Extent::Part, Kind::SecurityTesting { practice });
            if practice == TestPractice::ThirdPartyAudit && sentence.says(Concept::Hedge) {
                one.strength = Strength::BestEffort;
            }
            found.push(one);
        }
    }
}

/// The tools that the sentence's own list names.
fn items_tools<'t>(text: &'t Text<'_>, sentence: &Sentence) -> impl Iterator<Item = &'static str> + use<'t> {
    let passage = sentence.passage;
    (passage + 1..passage + 9)
        .take_while(move |&index| text.passage(index).is_some_and(|item| item.lead == Some(passage)))
        .flat_map(|index| text.sentences_of(index).iter().take(8).flat_map(|other| other.tools.iter().map(|tool| tool.what)))
}

/// The practice as the project's own; "has not yet had an audit … we plan to" is a plan.
fn audited<'s>(text: &Text<'_>, sentence: &'s Sentence, concept: Concept) -> Option<&'s Range<usize>> {
    if let Some(at) = own(text, sentence, concept) {
        return Some(at);
    }
    let planned = concept == Concept::ThirdPartyAudit && sentence.says(Concept::Hedge) && !sentence.has_word(&["undergone", "yet"]);
    sentence.first(concept).map(|hit| &hit.words).filter(|_| planned)
}

const ACCESS: &[(Concept, AccessPractice)] = &[
    (Concept::TwoFactor, AccessPractice::TwoFactor),
    (Concept::BranchProtection, AccessPractice::BranchProtection),
    (Concept::SignedCommits, AccessPractice::SignedCommits),
    (Concept::SecretManagement, AccessPractice::SecretManagement),
];

/// "Maintainers use two-factor authentication", "no secrets in source".
fn access(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    for &(concept, practice) in ACCESS {
        let hit = sentence.of(concept).map(|hit| &hit.words).find(|at| {
            let negated = concept != Concept::SecretManagement && sentence.denied(at);
            is_own(text, sentence, at.start) && !negated
        });
        let Some(at) = hit else { continue };
        let product = practice == AccessPractice::TwoFactor
            && !sentence.has_word(&[
                "maintainers",
                "maintainer",
                "accounts",
                "team",
                "contributors",
                "required",
                "github",
                "publishing",
                "members",
                "owners",
                "all",
                "enforced",
                "access",
                "repository",
            ])
            || practice == AccessPractice::SecretManagement
                && (sentence.says(Concept::Report) || sentence.says(Concept::TrustedPublishing) || sentence.has_word(&["plaintext"]))
            || practice == AccessPractice::BranchProtection
                && sentence.words.word(at.start).starts_with("require")
                && !sentence.has_word(&["ci", "checks", "tests", "status", "branch"]);
        if !product {
            push(text, sentence, at, Kind::AccessControl { practice }, found);
        }
    }
}

/// "We follow the OWASP Top 10", or a list of standards under "Compliance".
fn compliance(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let item = matches!(text.passage(sentence.passage).map(|passage| passage.role), Some(Role::Item(_)));
    let lead = text.leads(sentence.passage).next();
    let listed = item
        && lead.is_some_and(|lead| {
            lead.says(Concept::Comply)
                && lead.has_word(&[
                    "comply",
                    "complies",
                    "align",
                    "aligns",
                    "aligned",
                    "compliance",
                    "conform",
                    "standards",
                    "standard",
                    "practices",
                    "guidelines",
                ])
                && lead.words.word(lead.words.len().saturating_sub(1)) == ":"
        });
    let complies = sentence.says(Concept::Comply)
        || listed
        || text.headings(sentence.passage).take(1).any(|heading| heading.has_word(&["compliance", "standards"]));
    // "SLSA Level 3: …" names a level that is kept.
    let complies = complies || sentence.words.word(0) == "slsa" && sentence.words.word(1) == "level";
    let mut any = false;
    for hit in names::standards(&sentence.words).into_iter().filter(|_| complies) {
        let artifact = hit.what == "slsa"
            && sentence.says(Concept::Provenance)
            && !(hit.words.start == 0 && sentence.words.word(hit.words.start + 1) == "level")
            && (!sentence.has_word(&["follow", "comply", "compliance", "compliant", "level"])
                || sentence.has_word(&["provenance", "attestation", "attestations"]));
        // "its logs support compliance efforts": a feature.
        let feature = sentence.has_word(&["features", "efforts"]) && sentence.has_word(&["support", "supports"]);
        if !artifact && !feature && !sentence.denied(&hit.words) && is_own(text, sentence, hit.words.start) {
            any = true;
            push(text, sentence, &hit.words, Kind::Compliance { standard: hit.what.to_owned() }, found);
        }
    }
    // An item of such a list that no table knows is its own name.
    if listed
        && !any
        && sentence.words.len() <= 8
        && sentence.words.len() > 0
        && lead.is_some_and(|lead| lead.has_word(&["comply", "complies", "align", "aligns", "aligned", "compliance", "conform"]))
    {
        let name: Vec<_> = (0..sentence.words.len())
            .map(|index| sentence.words.word(index))
            .take_while(|word| !matches!(*word, "(" | ":" | "—" | "–" | "."))
            .collect();
        if !name.is_empty() {
            push(text, sentence, &(0..1), Kind::Compliance { standard: names::slug(&name.join(" ")) }, found);
        }
    }
}
