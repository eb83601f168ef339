//! What a draft may promise: what the judges call kept, and nothing else.

use std::collections::BTreeMap;

use super::words::{MOMENTS, Promise, Section, TOOLS, UPDATERS};
use crate::address::github_home;
use crate::commitment::{Artifact, Channel, Commitment, Kind, Record, UnsafeRule, When};
use crate::judge::{self, Context};
use crate::observation::code::UnsafeLint;
use crate::observation::workspace::Ships;
use crate::observation::{At, Observations};
use crate::verdict::{Judgement, Outcome};

/// Which versions may get fixes where nobody said so.
const RULES: [&str; 2] = ["latest", "branch:main"];

/// Everything that could be promised here, the most telling of alternatives first. `keys` are key files, as
/// links from the policy.
pub(super) fn candidates(keys: &[String]) -> Vec<Promise> {
    let supported = |rule: &&str| Kind::SupportedVersions { rule: (*rule).to_owned(), supported: true, until: None };
    let mut all: Vec<Promise> = RULES.iter().map(supported).map(Promise::effort).collect();
    all.extend(keys.iter().map(|key| Promise::firm(Kind::EncryptionKey { target: key.clone() })));
    for (slug, _) in TOOLS {
        all.extend(MOMENTS.iter().map(|when| Promise::firm(tool(slug, *when))));
    }
    all.extend(UPDATERS.iter().map(|(slug, _)| Promise::firm(tool(slug, When::Unspecified))));
    let practices = [
        Kind::LockedDependencies { exact: false },
        Kind::UnsafeCode { rule: UnsafeRule::Forbid },
        Kind::CiLeastPrivilege,
        Kind::PinnedActions,
        Kind::Semver,
    ];
    all.extend(practices.into_iter().map(Promise::firm));
    all.extend(Artifact::ALL.iter().map(|artifact| Promise::firm(Kind::ReleaseArtifact { artifact: *artifact })));
    all.push(Promise::firm(Kind::Changelog { record: Record::Changelog }));
    all
}

fn tool(slug: &str, when: When) -> Kind {
    Kind::Tool { tool: slug.to_owned(), when, every_change: false }
}

/// A candidate, with the judges' word on it.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// The promise.
    pub(super) promise: Promise,
    /// What keeps it.
    pub(super) judgement: Judgement,
}

/// Those of `candidates` (as they were handed to the observers) that hold today: of several moments of one tool,
/// or several rules of versions, the first.
pub(super) fn kept(context: Context<'_>, candidates: &[(Promise, Commitment)]) -> Vec<Kept> {
    let mut kept: BTreeMap<(String, Vec<String>), usize> = BTreeMap::new();
    let mut all: Vec<Kept> = Vec::new();
    for (promise, commitment) in candidates {
        let judgement = judge::judge(context, commitment);
        if !holds(context.observations, promise, &judgement) {
            continue;
        }
        // Of supported versions and of keys, one is promised.
        let identity = if matches!(promise.section(), Section::Practice) { promise.kind.identity() } else { Vec::new() };
        let next = all.len();
        if *kept.entry((promise.kind.name().to_owned(), identity)).or_insert(next) == next {
            all.push(Kept { promise: promise.clone(), judgement });
        }
    }
    without_attested_signature(all)
}

/// A step that attests provenance signs its attestation, not the release: what it makes is said once.
fn without_attested_signature(mut kept: Vec<Kept>) -> Vec<Kept> {
    let made_at = |artifact: Artifact| {
        let one = kept.iter().find(|one| one.promise.kind == Kind::ReleaseArtifact { artifact });
        one.and_then(|one| one.judgement.reasons.first()?.at.clone())
    };
    if made_at(Artifact::Signature).is_some_and(|at| made_at(Artifact::Provenance) == Some(at)) {
        kept.retain(|one| one.promise.kind != Kind::ReleaseArtifact { artifact: Artifact::Signature });
    }
    kept
}

/// Whether it is promised: kept, resting on something, and with nothing that its sentence would pass over.
fn holds(observations: &Observations, promise: &Promise, judgement: &Judgement) -> bool {
    // That the newest release is supported rests on no test: whatever it is, the rule holds it.
    let rests = judgement.tested > 0 || matches!(promise.kind, Kind::SupportedVersions { .. });
    let sound = judgement.outcome == Outcome::Kept && rests && judgement.warnings.is_empty();
    let settled = match &promise.kind {
        // A condition or a path filter keeps a tool from every pull request; that it is used is true all the same.
        Kind::Tool { when: When::Unspecified, .. } | Kind::SupportedVersions { .. } => true,
        // That there is no `unsafe` today is no promise; that the compiler refuses it is.
        Kind::UnsafeCode { .. } => forbidden(observations),
        Kind::Tool { .. }
        | Kind::PatchDeadline { .. }
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
        | Kind::Bounty { .. }
        | Kind::CodeReview
        | Kind::SecurityTesting { .. }
        | Kind::AccessControl { .. }
        | Kind::Training
        | Kind::IncidentResponse
        | Kind::Compliance { .. } => judgement.notes.is_empty(),
    };
    sound && settled
}

fn forbidden(observations: &Observations) -> bool {
    let lints = observations.code.seen().map(|code| code.lints.as_slice()).unwrap_or_default();
    !lints.is_empty() && lints.iter().all(|lint: &UnsafeLint| lint.level.as_deref() == Some("forbid"))
}

/// Whether the signatures that were seen are those of tags.
pub(super) fn signs_tags(kept: &[Kept]) -> bool {
    let signature = |one: &&Kept| matches!(one.promise.kind, Kind::ReleaseArtifact { artifact: Artifact::Signature });
    let reason = kept.iter().find(signature).and_then(|one| one.judgement.reasons.first());
    reason.is_some_and(|reason| matches!(reason.at, Some(At::Commit(_))))
}

/// GitHub's form for private reports to this project, in the letters of the address that names it: of the
/// manifests' repositories the one that most members that ship name, else `origin`'s.
pub(super) fn github_form(observations: &Observations) -> Option<String> {
    let shipping = observations.workspace.members.iter().filter(|member| member.ships == Ships::Yes);
    let mut homes: BTreeMap<String, usize> = BTreeMap::new();
    for home in shipping.filter_map(|member| spelled(member.repository.as_deref()?)) {
        *homes.entry(home).or_default() += 1;
    }
    let remotes = observations.git.seen().map(|git| git.remotes.as_slice()).unwrap_or_default();
    let origin = remotes.iter().find(|remote| remote.name == "origin").or(remotes.first());
    // Of two that as many name, the first by name: the same input, the same bytes.
    let most = homes.into_iter().rev().max_by_key(|(_, count)| *count).map(|(home, _)| home);
    let home = most.or_else(|| spelled(&origin?.url))?;
    Some(format!("https://github.com/{home}/security/advisories/new"))
}

/// `Owner/Repository` in the letters of `url`, where it is a repository of GitHub's.
fn spelled(url: &str) -> Option<String> {
    let home = github_home(url)?;
    let name = format!("{}/{}", home.owner, home.repository?);
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    let at = url.to_ascii_lowercase().find(&name)?;
    url.get(at..at + name.len()).filter(|_| plain).map(str::to_owned)
}

/// The promise to take reports through GitHub's form at `address`.
pub(super) fn github(address: &str) -> Promise {
    Promise::firm(Kind::ReportingChannel { channel: Channel::GithubAdvisory, target: address.to_lowercase() })
}
