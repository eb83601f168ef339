//! Which observations the promises of a policy ask for: what none asks for is not looked at.

use crate::commitment::{Artifact, Commitment, Kind};

/// What is to be looked at, beyond the lockfiles, the database and CI, which shows what ships.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent question")]
pub struct Needs {
    /// The tags.
    pub tags: bool,
    /// Services that update dependencies.
    pub updaters: bool,
    /// `unsafe` in the sources.
    pub code: bool,
    /// The changelog.
    pub changelog: bool,
    /// Keys that the policy names.
    pub keys: bool,
    /// The lockfiles of the newest release of each supported line.
    pub release_lines: bool,
    /// When the policy was last changed.
    pub policy_changed: bool,
}

impl Needs {
    /// What these promises ask for.
    pub fn of(commitments: &[Commitment]) -> Self {
        commitments.iter().map(|commitment| Self::of_kind(&commitment.kind)).fold(Self::default(), Self::and)
    }

    const fn and(self, other: Self) -> Self {
        Self {
            tags: self.tags || other.tags,
            updaters: self.updaters || other.updaters,
            code: self.code || other.code,
            changelog: self.changelog || other.changelog,
            keys: self.keys || other.keys,
            release_lines: self.release_lines || other.release_lines,
            policy_changed: self.policy_changed || other.policy_changed,
        }
    }

    const fn of_kind(kind: &Kind) -> Self {
        let nothing =
            Self { tags: false, updaters: false, code: false, changelog: false, keys: false, release_lines: false, policy_changed: false };
        match kind {
            Kind::SupportedVersions { .. } | Kind::ReleaseChannel { .. } | Kind::PatchDeadline { .. } => Self { tags: true, ..nothing },
            Kind::Tool { .. } | Kind::DependencyMonitoring => Self { updaters: true, ..nothing },
            Kind::ReleaseArtifact { artifact: Artifact::Signature } | Kind::Semver => Self { tags: true, ..nothing },
            Kind::Backport => Self { tags: true, release_lines: true, ..nothing },
            Kind::UnsafeCode { .. } => Self { code: true, ..nothing },
            Kind::Changelog { .. } => Self { tags: true, changelog: true, ..nothing },
            Kind::EncryptionKey { .. } => Self { keys: true, ..nothing },
            Kind::PolicyDate { .. } => Self { policy_changed: true, ..nothing },
            Kind::RemediationRequired { .. }
            | Kind::LockedDependencies { .. }
            | Kind::CiLeastPrivilege
            | Kind::PinnedActions
            | Kind::ReleaseArtifact {
                artifact:
                    Artifact::Checksum | Artifact::Sbom | Artifact::Provenance | Artifact::ReproducibleBuild | Artifact::TrustedPublishing,
            }
            | Kind::ReportingChannel { .. }
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
            | Kind::Compliance { .. } => nothing,
        }
    }
}
