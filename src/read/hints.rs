//! What is worth saying of the text and is no promise: contradictions, deadlines without a number,
//! dependencies left out, a policy that only points elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lexicon::Concept;
use super::markdown::{Document, Role};
use super::sentence::{Text, Voice};
use crate::commitment::{Commitment, Hint, HintKind, Kind, Strength};
use crate::source::{Place, Source};

/// The most hints of one sort; a policy with more has other troubles.
const MOST: usize = 32;

/// Two firm promises of the same kind, component and subject that cannot both hold.
pub(super) fn contradictions(commitments: &[Commitment]) -> Vec<Hint> {
    let mut seen: BTreeMap<(String, Option<String>), &Commitment> = BTreeMap::new();
    let mut hints = Vec::new();
    for commitment in commitments.iter().filter(|commitment| commitment.strength == Strength::Firm && !commitment.placeholder) {
        let Some((subject, says)) = claim(&commitment.kind) else { continue };
        let earlier = *seen.entry((subject, commitment.component.clone())).or_insert(commitment);
        let Some((_, before)) = claim(&earlier.kind).filter(|(_, before)| *before != says) else { continue };
        if hints.len() < MOST {
            let text =
                format!("the policy says {before} on line {} and {says} here; only one can hold, so take one out", earlier.place.line());
            hints.push(Hint { kind: HintKind::Contradiction, places: vec![earlier.place.clone(), commitment.place.clone()], text });
        }
    }
    hints
}

/// What a promise is about, and what it says of it; `None` for kinds that may stand side by side.
fn claim(kind: &Kind) -> Option<(String, String)> {
    match kind {
        Kind::SupportedVersions { rule, supported, .. } => {
            Some((format!("support of {rule}"), format!("that {rule} is {}", if *supported { "supported" } else { "not supported" })))
        }
        Kind::PatchDeadline { severity, window, scope } => Some((format!("fix {severity} {scope:?}"), format!("{window} for a fix"))),
        Kind::Bounty { offered } => {
            Some(("bounty".into(), (if *offered { "that a bounty is offered" } else { "that no bounty is offered" }).into()))
        }
        Kind::UnsafeCode { .. }
        | Kind::Tool { .. }
        | Kind::DependencyMonitoring
        | Kind::RemediationRequired { .. }
        | Kind::Backport
        | Kind::ReleaseArtifact { .. }
        | Kind::LockedDependencies { .. }
        | Kind::CiLeastPrivilege
        | Kind::PinnedActions
        | Kind::Semver
        | Kind::ReleaseChannel { .. }
        | Kind::Changelog { .. }
        | Kind::EncryptionKey { .. }
        | Kind::ReportingChannel { .. }
        | Kind::PolicyDate { .. }
        | Kind::ResponseDeadline { .. }
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
