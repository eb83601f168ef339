//! What only people can attest: manual, until a sign-off settles it. Where the repository shows a part of it,
//! the reason says which.

use super::Context;
use crate::commitment::{AccessPractice, Commitment, Kind, TestPractice, Venue};
use crate::observation::Reason;
use crate::observation::git::Signature;
use crate::verdict::{Judgement, Outcome};

/// Judges a promise that no file can prove.
pub fn attested(context: Context<'_>, commitment: &Commitment) -> Judgement {
    let judgement =
        Judgement::new(Outcome::Manual, Reason::at("only people can say; a sign-off in secpolicy.toml settles it", &commitment.place));
    match shown(context, &commitment.kind) {
        Some(part) => judgement.because(part),
        None => judgement,
    }
}

/// The part of the promise that the repository shows, if any.
fn shown(context: Context<'_>, kind: &Kind) -> Option<Reason> {
    let tracked = |names: &[&str], what: &str| {
        let git = context.observations.git.seen()?;
        let path = names.iter().find(|name| git.tracked.contains(**name))?;
        Some(Reason::in_path(format!("the repository shows a part of it: {what}"), *path))
    };
    match kind {
        Kind::CodeReview => tracked(&["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"], "reviewers are named"),
        Kind::SecurityTesting { practice: TestPractice::Fuzzing } => {
            tracked(&["fuzz/Cargo.toml", ".clusterfuzzlite/Dockerfile", ".clusterfuzzlite/project.yaml"], "fuzz targets")
        }
        Kind::SecurityTesting { practice: TestPractice::ThreatModel } => {
            tracked(&["THREAT_MODEL.md", "docs/THREAT_MODEL.md", "docs/threat-model.md", "docs/threat_model.md"], "a threat model")
        }
        Kind::Bounty { .. } | Kind::CoordinatedDisclosure => {
            tracked(&[".well-known/security.txt", "static/.well-known/security.txt"], "a security.txt")
        }
        Kind::Credit => {
            tracked(&["THANKS.md", "THANKS", "ACKNOWLEDGMENTS.md", "ACKNOWLEDGEMENTS.md", "HALL_OF_FAME.md"], "people are thanked by name")
        }
        Kind::AdvisoryPublication { venue: Venue::Rustsec } => {
            let own = &context.observations.own_advisories;
            own.first()
                .map(|first| Reason::new(format!("the database holds {} for this project's crates, such as {}", own.len(), first.id)))
        }
        Kind::AccessControl { practice: AccessPractice::SignedCommits } => {
            let git = context.observations.git.seen()?;
            let signed = git.tags.iter().filter(|tag| tag.signature != Signature::None).count();
            (signed > 0).then(|| Reason::new(format!("{signed} of {} tags are signed; commits are not looked at", git.tags.len())))
        }
        Kind::SecurityTesting { .. }
        | Kind::AccessControl { .. }
        | Kind::AdvisoryPublication { .. }
        | Kind::ResponseDeadline { .. }
        | Kind::DisclosureDeadline { .. }
        | Kind::SafeHarbor
        | Kind::Training
        | Kind::IncidentResponse
        | Kind::Compliance { .. } => None,
        // These are judged by other rooms; nothing of them is for people to attest.
        Kind::SupportedVersions { .. }
        | Kind::PatchDeadline { .. }
        | Kind::Tool { .. }
        | Kind::DependencyMonitoring
        | Kind::RemediationRequired { .. }
        | Kind::Backport
        | Kind::ReleaseArtifact { .. }
        | Kind::LockedDependencies { .. }
        | Kind::CiLeastPrivilege
        | Kind::PinnedActions
        | Kind::UnsafeCode { .. }
        | Kind::Semver
        | Kind::ReleaseChannel { .. }
        | Kind::Changelog { .. }
        | Kind::EncryptionKey { .. }
        | Kind::ReportingChannel { .. }
        | Kind::PolicyDate { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[test]
    fn a_part_that_the_repository_shows_is_named() {
        let mut world = World::new().promise(Kind::CodeReview).promise(Kind::SecurityTesting { practice: TestPractice::Fuzzing });
        world.git_mut().tracked.insert(".github/CODEOWNERS".into());
        let judged = world.judge_all();
        assert_eq!((judged[0].outcome, judged[0].reasons.len()), (Outcome::Manual, 2));
        assert_eq!((judged[1].outcome, judged[1].reasons.len()), (Outcome::Manual, 1));
    }

    #[test]
    fn signed_tags_are_a_part_of_signed_work_and_unsigned_ones_are_not() {
        let kind = Kind::AccessControl { practice: AccessPractice::SignedCommits };
        let mut world = World::new().promise(kind).tag("v1.0.0", "2026-01-01");
        assert_eq!(world.judge().reasons.len(), 1);
        world.git_mut().tags[0].signature = Signature::Pgp;
        assert_eq!(world.judge().reasons.len(), 2);
    }
}
