//! What a policy promises: the closed vocabulary of commitments.
//!
//! A new kind does not compile until it is judged, named and explained: nothing matches
//! [`Kind`] with a wildcard.

mod policy;
mod window;

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::source::Place;

pub use policy::{Hint, HintKind, Policy, Silenced};
pub use window::Window;

/// One promise of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// The kind, its identifying parameters, the component, and `#2`… for a repeat; see [`name_all`].
    pub id: String,
    /// The words that make the promise, where they stand.
    pub place: Place,
    /// The same words as plain text, white space folded.
    pub words: String,
    /// Whether it is firm or a best effort.
    pub strength: Strength,
    /// Whether its value is a template slot that was never filled in.
    pub placeholder: bool,
    /// The crate or product that the promise is about, as written, where it is about one alone.
    pub component: Option<String>,
    /// What is promised.
    pub kind: Kind,
}

impl Commitment {
    /// The id without `#2`… for a repeat; see [`name_all`].
    pub fn unnumbered_id(&self) -> String {
        let mut id = self.kind.name().to_owned();
        for part in self.kind.identity().iter().filter(|part| !part.is_empty()) {
            id.push('/');
            id.push_str(part);
        }
        if let Some(component) = &self.component {
            id.push('@');
            id.push_str(component);
        }
        id
    }
}

/// How strongly something is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// "will", "must", "are"; plain present tense.
    Firm,
    /// "aim to", "should", "usually", "where possible".
    BestEffort,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("`", $word, "`")] #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the vocabulary.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that stands for it in JSON, in ids and in annotations.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value that `word` stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// A unit of time as the policy writes it.
    Unit { Hours = "hours", Days = "days", BusinessDays = "business-days", Weeks = "weeks", Months = "months", }
}

words! {
    /// The vulnerabilities that a row of deadlines is about.
    SeverityClass {
        Any = "any", Critical = "critical", High = "high", Medium = "medium", Low = "low",
        /// High, medium and low.
        NonCritical = "non-critical",
    }
}

words! {
    /// What a patch deadline is promised for.
    Scope { Reported = "reported", Dependencies = "dependencies", Any = "any", }
}

words! {
    /// The moment at which a tool is promised to run, the most binding first.
    When { PullRequest = "pull-request", Ci = "ci", Release = "release", Schedule = "schedule", Unspecified = "unspecified", }
}

words! {
    /// What every release carries.
    Artifact {
        Signature = "signature", Checksum = "checksum", Sbom = "sbom", Provenance = "provenance",
        ReproducibleBuild = "reproducible-build", TrustedPublishing = "trusted-publishing",
    }
}

words! {
    /// What is promised of `unsafe` code.
    UnsafeRule { Forbid = "forbid", Restrict = "restrict", }
}

words! {
    /// How a security fix is shipped.
    ReleaseChannel { PatchRelease = "patch-release", }
}

words! {
    /// Where a vulnerability is reported privately.
    Channel { Email = "email", GithubAdvisory = "github-advisory", Platform = "platform", Url = "url", Chat = "chat", }
}

words! {
    /// Which answer to a report has a deadline.
    Stage { Acknowledge = "acknowledge", Assess = "assess", Update = "update", }
}

words! {
    /// Whether details become public at the latest after, or not before, the deadline.
    Bound { Max = "max", Min = "min", }
}

words! {
    /// Where a fixed vulnerability is announced.
    Venue {
        GithubAdvisory = "github-advisory", Rustsec = "rustsec", Cve = "cve", MailingList = "mailing-list",
        ReleaseNotes = "release-notes", Website = "website", Social = "social", Unspecified = "unspecified",
    }
}

words! {
    /// A way of testing security, with no tool named.
    TestPractice {
        Fuzzing = "fuzzing", StaticAnalysis = "static-analysis", PenetrationTest = "penetration-test",
        ThirdPartyAudit = "third-party-audit", InternalAudit = "internal-audit", Sanitizers = "sanitizers",
        Tests = "tests", ThreatModel = "threat-model", SecretScanning = "secret-scanning",
    }
}

words! {
    /// A rule for the maintainers' own accounts and infrastructure.
    AccessPractice {
        TwoFactor = "2fa", BranchProtection = "branch-protection", SignedCommits = "signed-commits",
        SecretManagement = "secret-management",
    }
}

words! {
    /// What a promise to act on findings blocks.
    Gate { Merge = "merge", Release = "release", Unspecified = "unspecified", }
}

words! {
    /// Where security fixes are recorded.
    Record { Changelog = "changelog", ReleaseNotes = "release-notes", }
}

/// What is promised, with its parameters.
///
/// The serialised form is the contract of the JSON output: `kind` beside the parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[expect(missing_docs, reason = "the parameters are documented on the kind, and in the types' own docs")]
pub enum Kind {
    /// Which versions get security fixes. `rule` is a Cargo version requirement, or one of
    /// `latest`, `latest-minor`, `latest-major`, `latest-N-minors`, `latest-N-majors`,
    /// `latest-N-releases`, `branch:NAME`, `older`, `all`.
    SupportedVersions {
        rule: String,
        supported: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// A time limit for a fix or a patched release.
    PatchDeadline {
        severity: SeverityClass,
        #[serde(flatten)]
        window: Window,
        #[serde(skip_serializing_if = "Option::is_none")]
        scope: Option<Scope>,
    },
    /// A named tool that the project runs; `every_change` where the words say every push, commit or change.
    Tool {
        tool: String,
        when: When,
        #[serde(skip_serializing_if = "is_false")]
        every_change: bool,
    },
    /// Dependencies are watched for vulnerabilities, with no tool named.
    DependencyMonitoring,
    /// Found vulnerabilities must be acted on before `gate`.
    RemediationRequired { gate: Gate },
    /// Fixes reach all supported versions.
    Backport,
    /// Every release carries the artifact.
    ReleaseArtifact { artifact: Artifact },
    /// Dependencies are locked; `exact` where the words speak of exact pins in the manifests.
    LockedDependencies {
        #[serde(skip_serializing_if = "is_false")]
        exact: bool,
    },
    /// CI runs with minimal permissions.
    CiLeastPrivilege,
    /// CI actions are pinned to commits.
    PinnedActions,
    /// No `unsafe` code, or little of it.
    UnsafeCode { rule: UnsafeRule },
    /// Releases follow Semantic Versioning.
    Semver,
    /// How a security fix is shipped.
    ReleaseChannel { channel: ReleaseChannel },
    /// Security fixes are recorded in the changelog or in release notes.
    Changelog { record: Record },
    /// A key is offered for encrypted reports.
    EncryptionKey { target: String },
    /// Where to report privately.
    ReportingChannel { channel: Channel, target: String },
    /// The policy's own date, or the cadence at which it is reviewed.
    PolicyDate {
        #[serde(skip_serializing_if = "Option::is_none")]
        date: Option<Date>,
        #[serde(flatten)]
        cadence: Option<Window>,
    },
    /// A time limit for an answer to a report.
    ResponseDeadline {
        stage: Stage,
        #[serde(flatten)]
        window: Window,
    },
    /// When details become public.
    DisclosureDeadline {
        #[serde(flatten)]
        window: Window,
        bound: Bound,
    },
    /// Reports or details stay private until fixed.
    CoordinatedDisclosure,
    /// Where a fixed vulnerability is announced.
    AdvisoryPublication { venue: Venue },
    /// Reporters are credited.
    Credit,
    /// No legal action against reporters in good faith.
    SafeHarbor,
    /// A bounty is offered, or expressly is not.
    Bounty { offered: bool },
    /// Changes are reviewed by peers.
    CodeReview,
    /// A way of testing security, with no tool named.
    SecurityTesting { practice: TestPractice },
    /// A rule for the maintainers' own accounts.
    AccessControl { practice: AccessPractice },
    /// Maintainers get security training.
    Training,
    /// There is a process for incidents.
    IncidentResponse,
    /// A named standard is followed.
    Compliance { standard: String },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Kind {
    /// The kind's name in JSON, in ids and in the docs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SupportedVersions { .. } => "supported-versions",
            Self::PatchDeadline { .. } => "patch-deadline",
            Self::Tool { .. } => "tool",
            Self::DependencyMonitoring => "dependency-monitoring",
            Self::RemediationRequired { .. } => "remediation-required",
            Self::Backport => "backport",
            Self::ReleaseArtifact { .. } => "release-artifact",
            Self::LockedDependencies { .. } => "locked-dependencies",
            Self::CiLeastPrivilege => "ci-least-privilege",
            Self::PinnedActions => "pinned-actions",
            Self::UnsafeCode { .. } => "unsafe-code",
            Self::Semver => "semver",
            Self::ReleaseChannel { .. } => "release-channel",
            Self::Changelog { .. } => "changelog",
            Self::EncryptionKey { .. } => "encryption-key",
            Self::ReportingChannel { .. } => "reporting-channel",
            Self::PolicyDate { .. } => "policy-date",
            Self::ResponseDeadline { .. } => "response-deadline",
            Self::DisclosureDeadline { .. } => "disclosure-deadline",
            Self::CoordinatedDisclosure => "coordinated-disclosure",
            Self::AdvisoryPublication { .. } => "advisory-publication",
            Self::Credit => "credit",
            Self::SafeHarbor => "safe-harbor",
            Self::Bounty { .. } => "bounty",
            Self::CodeReview => "code-review",
            Self::SecurityTesting { .. } => "security-testing",
            Self::AccessControl { .. } => "access-control",
            Self::Training => "training",
            Self::IncidentResponse => "incident-response",
            Self::Compliance { .. } => "compliance",
        }
    }

    /// The parameters that tell one promise of a kind from another, in the order they stand in an id.
    pub fn identity(&self) -> Vec<String> {
        match self {
            Self::SupportedVersions { rule, .. } => vec![rule.clone()],
            Self::PatchDeadline { severity, .. } => vec![severity.to_string()],
            Self::Tool { tool, .. } => vec![tool.clone()],
            Self::ReleaseArtifact { artifact } => vec![artifact.to_string()],
            Self::UnsafeCode { rule } => vec![rule.to_string()],
            Self::ReleaseChannel { channel } => vec![channel.to_string()],
            Self::EncryptionKey { target } => vec![target.clone()],
            Self::ReportingChannel { channel, target } => vec![channel.to_string(), target.clone()],
            Self::ResponseDeadline { stage, .. } => vec![stage.to_string()],
            Self::DisclosureDeadline { bound, .. } => vec![bound.to_string()],
            Self::AdvisoryPublication { venue } => vec![venue.to_string()],
            Self::SecurityTesting { practice } => vec![practice.to_string()],
            Self::AccessControl { practice } => vec![practice.to_string()],
            Self::Compliance { standard } => vec![standard.clone()],
            Self::DependencyMonitoring
            | Self::RemediationRequired { .. }
            | Self::Backport
            | Self::LockedDependencies { .. }
            | Self::CiLeastPrivilege
            | Self::PinnedActions
            | Self::Semver
            | Self::Changelog { .. }
            | Self::PolicyDate { .. }
            | Self::CoordinatedDisclosure
            | Self::Credit
            | Self::SafeHarbor
            | Self::Bounty { .. }
            | Self::CodeReview
            | Self::Training
            | Self::IncidentResponse => Vec::new(),
        }
    }

    /// Whether a repository's own files can prove or disprove the kind; else only people can attest it.
    pub const fn provable(&self) -> bool {
        match self {
            Self::SupportedVersions { .. }
            | Self::PatchDeadline { .. }
            | Self::Tool { .. }
            | Self::DependencyMonitoring
            | Self::RemediationRequired { .. }
            | Self::Backport
            | Self::ReleaseArtifact { .. }
            | Self::LockedDependencies { .. }
            | Self::CiLeastPrivilege
            | Self::PinnedActions
            | Self::UnsafeCode { .. }
            | Self::Semver
            | Self::ReleaseChannel { .. }
            | Self::Changelog { .. }
            | Self::EncryptionKey { .. }
            | Self::ReportingChannel { .. }
            | Self::PolicyDate { .. } => true,
            Self::ResponseDeadline { .. }
            | Self::DisclosureDeadline { .. }
            | Self::CoordinatedDisclosure
            | Self::AdvisoryPublication { .. }
            | Self::Credit
            | Self::SafeHarbor
            | Self::Bounty { .. }
            | Self::CodeReview
            | Self::SecurityTesting { .. }
            | Self::AccessControl { .. }
            | Self::Training
            | Self::IncidentResponse
            | Self::Compliance { .. } => false,
        }
    }
}

/// Sorts the commitments by place and gives each its id.
///
/// An id is the kind, then `/` and each identifying parameter, then `@component`, then `#2`… by
/// line for a repeat. Lines, amounts and strength are no part of it, so that it stays when they change.
pub fn name_all(commitments: &mut [Commitment]) {
    commitments.sort_by(|a, b| (&a.place, &a.kind).cmp(&(&b.place, &b.kind)));
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for commitment in commitments {
        let id = commitment.unnumbered_id();
        let count = seen.entry(id.clone()).and_modify(|n| *n += 1).or_insert(1);
        commitment.id = if *count == 1 { id } else { format!("{id}#{count}") };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn commitment(line: u32, kind: Kind, component: Option<&str>) -> Commitment {
        let source = Source::new("SECURITY.md", "a\nb\nc\nd\n");
        Commitment {
            id: String::new(),
            place: Place::line_in(&source, line),
            words: String::new(),
            strength: Strength::Firm,
            placeholder: false,
            component: component.map(str::to_owned),
            kind,
        }
    }

    #[test]
    fn ids_hold_the_identifying_parameters_the_component_and_a_count() {
        let rule = |rule: &str| Kind::SupportedVersions { rule: rule.into(), supported: true, until: None };
        let mut all = vec![
            commitment(3, rule("1.*"), None),
            commitment(1, rule("1.*"), None),
            commitment(2, rule("1.*"), Some("app")),
            commitment(4, Kind::ReportingChannel { channel: Channel::GithubAdvisory, target: String::new() }, None),
        ];
        name_all(&mut all);
        let ids: Vec<_> = all.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(
            ids,
            ["supported-versions/1.*", "supported-versions/1.*@app", "supported-versions/1.*#2", "reporting-channel/github-advisory"]
        );
    }

    #[test]
    fn a_window_is_read_as_it_is_displayed() {
        for text in ["1 day", "14 days", "48 hours", "3 business days", "1 month"] {
            assert_eq!(text.parse::<Window>().map(|window| window.to_string()), Ok(text.to_owned()));
        }
        for wrong in ["", "14", "days", "0 days", "-1 days", "14 dais", "soon", "4294967296 days"] {
            assert!(wrong.parse::<Window>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn parameters_stand_beside_the_kind() -> Result<(), serde_json::Error> {
        let window = Window { amount: 14, unit: Unit::BusinessDays };
        let json = serde_json::to_value(Kind::PatchDeadline { severity: SeverityClass::NonCritical, window, scope: None })?;
        assert_eq!(json, serde_json::json!({"kind": "patch-deadline", "severity": "non-critical", "amount": 14, "unit": "business-days"}));
        let json = serde_json::to_value(Kind::PolicyDate { date: None, cadence: None })?;
        assert_eq!(json, serde_json::json!({"kind": "policy-date"}));
        Ok(())
    }
}
