//! What is worth saying of the text and is no promise: contradictions, deadlines without a number,
//! dependencies left out, a policy that only points elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::denials;
use super::lexicon::Concept;
use super::markdown::{Document, Role};
use super::sentence::{Text, Voice};
use crate::commitment::{Commitment, Hint, HintKind, Kind, SeverityClass, Stage, Strength, Unit, Window};
use crate::source::{Place, Source};

/// The most hints of one sort; a policy with more has other troubles.
const MOST: usize = 32;

/// Two firm sentences about the same that cannot both hold: two promises, or a promise and its denial.
pub(super) fn contradictions(source: &Arc<Source>, text: &Text<'_>, commitments: &[Commitment]) -> Vec<Hint> {
    let firm = commitments.iter().filter(|commitment| commitment.strength == Strength::Firm && !commitment.placeholder);
    let mut claims: Vec<Claim> = firm
        .filter_map(|one| {
            let (subject, means, says) = claim(&one.kind)?;
            // A first answer may be promised by severity, which its kind does not hold.
            let graded = matches!(one.kind, Kind::ResponseDeadline { .. }) && is_graded(&one.words);
            (!graded).then(|| Claim { subject: (subject, one.component.clone()), means, says, place: one.place.clone() })
        })
        .collect();
    claims.extend(denials::of(source, text).into_iter().filter_map(|(kind, place)| {
        let (subject, _, says) = claim(&kind)?;
        Some(Claim { subject: (subject, None), means: "no".into(), says: denied(&says), place })
    }));
    claims.sort_by(|a, b| a.place.cmp(&b.place));
    let mut seen: BTreeMap<(String, Option<String>), &Claim> = BTreeMap::new();
    let mut hints = Vec::new();
    for claim in &claims {
        let earlier = *seen.entry(claim.subject.clone()).or_insert(claim);
        if earlier.means != claim.means && hints.len() < MOST {
            let (before, line, says) = (&earlier.says, earlier.place.line(), &claim.says);
            let text = format!("the policy says {before} on line {line} and {says} here; only one can hold, so take one out");
            hints.push(Hint { kind: HintKind::Contradiction, places: vec![earlier.place.clone(), claim.place.clone()], text });
        }
    }
    hints
}

/// Each value that was never filled in.
pub(super) fn slots(commitments: &[Commitment]) -> Vec<Hint> {
    let slots = commitments.iter().filter(|commitment| commitment.placeholder).take(MOST);
    slots
        .map(|one| {
            let text = format!("\"{}\" is a template's slot; write what holds, or take the sentence out", one.words);
            Hint { kind: HintKind::Slot, places: vec![one.place.clone()], text }
        })
        .collect()
}

/// Whether the words are a row of a table, or name a severity.
fn is_graded(words: &str) -> bool {
    let lower = words.to_lowercase();
    let mut parts = lower.split(|c: char| !c.is_alphanumeric());
    words.contains('|')
        || parts.any(|word| word == "severity" || SeverityClass::from_word(word).is_some_and(|class| class != SeverityClass::Any))
}

/// What one sentence says of something of which only one thing can hold.
struct Claim {
    /// What it is about, and the component.
    subject: (String, Option<String>),
    /// What it says, so that two ways to say it are the same.
    means: String,
    /// What it says, in words.
    says: String,
    place: Place,
}

/// "that cargo-audit is run" denied.
fn denied(says: &str) -> String {
    says.replacen(" is ", " is not ", 1).replacen(" carry ", " do not carry ", 1)
}

/// A window so that "14 days" and "2 weeks" mean the same.
fn means(window: Window) -> String {
    match window.unit {
        Unit::Hours => format!("{} hours", window.amount),
        Unit::Days => format!("{} hours", u64::from(window.amount) * 24),
        Unit::Weeks => format!("{} hours", u64::from(window.amount) * 24 * 7),
        Unit::BusinessDays | Unit::Months => window.to_string(),
    }
}

/// What a promise is about, what it means there, and in which words; `None` for kinds that may stand side by side.
fn claim(kind: &Kind) -> Option<(String, String, String)> {
    let yes = |is: bool| (if is { "yes" } else { "no" }).to_owned();
    match kind {
        Kind::SupportedVersions { rule, supported, .. } => {
            let says = format!("that {rule} is {}", if *supported { "supported" } else { "not supported" });
            Some((format!("support of {rule}"), yes(*supported), says))
        }
        Kind::PatchDeadline { severity, window, scope } => {
            Some((format!("fix {severity} {scope:?}"), means(*window), format!("{window} for a fix")))
        }
        // Of assessments and updates a policy may promise several, of different depth.
        Kind::ResponseDeadline { stage: Stage::Acknowledge, window } => {
            Some(("acknowledge".into(), means(*window), format!("{window} for a first answer")))
        }
        Kind::Bounty { offered } => {
            let says = if *offered { "that a bounty is offered" } else { "that no bounty is offered" };
            Some(("bounty".into(), yes(*offered), says.into()))
        }
        Kind::Tool { tool, .. } => Some((format!("tool {tool}"), yes(true), format!("that {tool} is run"))),
        Kind::ReleaseArtifact { artifact } => {
            Some((format!("artifact {artifact}"), yes(true), format!("that releases carry a {artifact}")))
        }
        Kind::UnsafeCode { .. }
        | Kind::DependencyMonitoring
        | Kind::RemediationRequired { .. }
        | Kind::Backport
        | Kind::LockedDependencies { .. }
        | Kind::CiLeastPrivilege
        | Kind::PinnedActions
        | Kind::Semver
        | Kind::ReleaseChannel { .. }
        | Kind::Changelog { .. }
        | Kind::EncryptionKey { .. }
        | Kind::ReportingChannel { .. }
        | Kind::PolicyDate { .. }
        | Kind::ResponseDeadline { stage: Stage::Assess | Stage::Update, .. }
        | Kind::DisclosureDeadline { .. }
        | Kind::CoordinatedDisclosure
        | Kind::AdvisoryPublication { .. }
        | Kind::Credit
        | Kind::SafeHarbor
        | Kind::CodeReview
        | Kind::SecurityTesting { .. }
        | Kind::AccessControl { .. }
        | Kind::Training
        | Kind::IncidentResponse
        | Kind::Compliance { .. } => None,
    }
}

/// "fixed promptly": a deadline without a number.
pub(super) fn without_number(source: &Arc<Source>, text: &Text<'_>) -> Vec<Hint> {
    let vague = text.sentences.iter().filter(|sentence| {
        let ours = text.voice(sentence.passage) == Voice::Ours && !sentence.is_request();
        let about = sentence.says(Concept::Fix) || sentence.says(Concept::Acknowledge) && sentence.says(Concept::We);
        let prose = !matches!(text.passage(sentence.passage).map(|passage| passage.role), None | Some(Role::Heading(_)));
        ours && prose
            && about
            && sentence.durations.is_empty()
            && sentence.of(Concept::NoNumber).any(|hit| !sentence.asked(hit.words.start))
    });
    let hint = |sentence: &super::sentence::Sentence| {
        let passage = text.passage(sentence.passage)?;
        let place = Place::new(source, passage.source(sentence.range.start)..passage.source(sentence.range.end));
        let words = sentence
            .first(Concept::NoNumber)
            .map(|hit| sentence.words.place(hit.words.clone()))
            .and_then(|range| passage.text.get(range))
            .unwrap_or_default();
        let text = format!("\"{words}\" is no deadline that can be kept or broken; give a number of days to have it judged");
        Some(Hint { kind: HintKind::NoNumber, places: vec![place], text })
    };
    vague.take(MOST).filter_map(hint).collect()
}

/// Where vulnerabilities of dependencies are said to be out of scope.
pub(super) fn excludes_dependencies(source: &Arc<Source>, text: &Text<'_>) -> Option<Place> {
    let sentence = text.sentences.iter().find(|sentence| {
        let out =
            sentence.says(Concept::OutOfScope) || text.around(sentence.passage).take(2).any(|around| around.says(Concept::OutOfScope));
        let development = sentence.has_word(&["development", "dev"]);
        let heading = matches!(text.passage(sentence.passage).map(|passage| passage.role), None | Some(Role::Heading(_)));
        out && !heading && sentence.says(Concept::Dependency) && !development && !sentence.has_word(&["reported", "fixed", "misuse"])
    })?;
    let passage = text.passage(sentence.passage)?;
    Some(Place::new(source, passage.source(sentence.range.start)..passage.source(sentence.range.end)))
}

/// The link or path to which a policy without promises points.
pub(super) fn points_to(document: &Document, commitments: &[Commitment]) -> Option<String> {
    let promises = commitments.iter().any(|commitment| !matches!(commitment.kind, Kind::ReportingChannel { .. }));
    if promises || document.passages.len() > 12 {
        return None;
    }
    let told = document.passages.iter().flat_map(|passage| &passage.links).find(|link| {
        let target = link.target.to_lowercase();
        !target.starts_with("mailto:")
            && (target.contains("security") || target.ends_with(".md"))
            && !super::address::is_advisory_form(&target)
    });
    let path = || {
        let text = document.passages.first().filter(|_| document.passages.len() == 1)?.text.trim();
        (text.ends_with(".md") && !text.contains(char::is_whitespace)).then(|| text.to_owned())
    };
    told.map(|link| link.target.clone()).or_else(path)
}
