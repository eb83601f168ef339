//! Commitments in plain English, as a continuation of "the project …".

use super::{
    AccessPractice, Artifact, Bound, Channel, Commitment, Gate, Kind, Record, ReleaseChannel, Scope, SeverityClass, Stage, Strength,
    TestPractice, UnsafeRule, Venue, When, Window,
};

/// What `commitment` promises, in words: "fixes critical vulnerabilities within 14 days of the report".
///
/// A best effort begins with "aims: ", and what is about one component alone ends with its name.
pub fn plain(commitment: &Commitment) -> String {
    let hedge = match commitment.strength {
        Strength::Firm => "",
        Strength::BestEffort => "aims: ",
    };
    let component = commitment.component.as_ref().map(|name| format!(" (`{name}` alone)")).unwrap_or_default();
    let slot = if commitment.placeholder { " (a slot that was never filled in)" } else { "" };
    format!("{hedge}{}{component}{slot}", kind(&commitment.kind))
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::SupportedVersions { rule, supported, until } => versions(rule, *supported, *until),
        Kind::PatchDeadline { severity, window, scope } => patch(*severity, *window, *scope),
        Kind::Tool { tool, when, every_change } => format!("runs {tool}{}", moment(*when, *every_change)),
        Kind::DependencyMonitoring => "watches its dependencies for vulnerabilities".into(),
        Kind::RemediationRequired { gate } => remediation(*gate).into(),
        Kind::Backport => "brings fixes to all supported versions".into(),
        Kind::ReleaseArtifact { artifact } => artifact_words(*artifact).into(),
        Kind::LockedDependencies { exact: true } => "pins its dependencies to exact versions".into(),
        Kind::LockedDependencies { exact: false } => "locks its dependencies".into(),
        Kind::CiLeastPrivilege => "runs CI with minimal permissions".into(),
        Kind::PinnedActions => "pins CI actions to commits".into(),
        Kind::UnsafeCode { rule: UnsafeRule::Forbid } => "has no `unsafe` code".into(),
        Kind::UnsafeCode { rule: UnsafeRule::Restrict } => "keeps `unsafe` code small, documented or reviewed".into(),
        Kind::Semver => "follows Semantic Versioning".into(),
        Kind::ReleaseChannel { channel: ReleaseChannel::PatchRelease } => "ships security fixes in patch releases".into(),
        Kind::Changelog { record: Record::Changelog } => "records security fixes in the changelog".into(),
        Kind::Changelog { record: Record::ReleaseNotes } => "records security fixes in the release notes".into(),
        Kind::EncryptionKey { target } => format!("offers a key for encrypted reports{}", at(target)),
        Kind::ReportingChannel { channel, target } => reporting(*channel, target),
        Kind::PolicyDate { date, cadence } => policy_date(date.as_ref(), *cadence),
        Kind::ResponseDeadline { stage, window } => response(*stage, *window),
        Kind::DisclosureDeadline { window, bound: Bound::Max } => format!("makes details public within {window}"),
        Kind::DisclosureDeadline { window, bound: Bound::Min } => format!("keeps details private for at least {window}"),
        Kind::CoordinatedDisclosure => "keeps reports private until they are fixed, and coordinates disclosure".into(),
        Kind::AdvisoryPublication { venue } => publication(*venue).into(),
        Kind::Credit => "credits reporters".into(),
        Kind::SafeHarbor => "takes no legal action against reporters in good faith".into(),
        Kind::Bounty { offered: true } => "offers a bug bounty".into(),
        Kind::Bounty { offered: false } => "offers no bug bounty".into(),
        Kind::CodeReview => "has changes reviewed by a second person".into(),
        Kind::SecurityTesting { practice } => testing(*practice).into(),
        Kind::AccessControl { practice } => access(*practice).into(),
        Kind::Training => "trains its maintainers in security".into(),
        Kind::IncidentResponse => "follows a process for reports and incidents".into(),
        Kind::Compliance { standard } => format!("follows {standard}"),
    }
}

fn versions(rule: &str, supported: bool, until: Option<jiff::civil::Date>) -> String {
    let what = match rule {
        "latest" => "the latest release".to_owned(),
        "latest-minor" => "the latest minor series".to_owned(),
        "latest-major" => "the latest major series".to_owned(),
        "older" => "older versions".to_owned(),
        "all" => "all versions".to_owned(),
        rule => match (rule.strip_prefix("branch:"), rule.strip_prefix("latest-").and_then(|rest| rest.split_once('-'))) {
            (Some(branch), _) => format!("the branch {branch}"),
            (None, Some((count, what))) => format!("the latest {count} {what}"),
            (None, None) => format!("versions {rule}"),
        },
    };
    let until = until.map(|date| if supported { format!(" until {date}") } else { format!(" (since {date})") }).unwrap_or_default();
    let verb = if supported { "gives security fixes to" } else { "gives no security fixes to" };
    format!("{verb} {what}{until}")
}

fn patch(severity: SeverityClass, window: Window, scope: Option<Scope>) -> String {
    let what = match severity {
        SeverityClass::Any => "vulnerabilities".to_owned(),
        SeverityClass::Critical | SeverityClass::High | SeverityClass::Medium | SeverityClass::Low | SeverityClass::NonCritical => {
            format!("{severity} vulnerabilities")
        }
    };
    match scope {
        Some(Scope::Reported) => format!("fixes {what} within {window} of the report"),
        Some(Scope::Dependencies) => format!("fixes {what} of its dependencies within {window}"),
        Some(Scope::Any) | None => format!("fixes {what} within {window}"),
    }
}

const fn moment(when: When, every_change: bool) -> &'static str {
    match (when, every_change) {
        (When::PullRequest, true) => " on every change, pull requests included",
        (When::PullRequest, false) => " on every pull request",
        (When::Ci, true) => " in CI on every push",
        (When::Ci, false) => " in CI",
        (When::Release, _) => " before every release",
        (When::Schedule, _) => " on a schedule",
        (When::Unspecified, _) => "",
    }
}

const fn remediation(gate: Gate) -> &'static str {
    match gate {
        Gate::Merge => "merges nothing with known vulnerabilities",
        Gate::Release => "releases nothing with known vulnerabilities",
        Gate::Unspecified => "acts on every vulnerability that is found",
    }
}

const fn artifact_words(artifact: Artifact) -> &'static str {
    match artifact {
        Artifact::Signature => "signs every release",
        Artifact::Checksum => "publishes checksums with every release",
        Artifact::Sbom => "publishes an SBOM with every release",
        Artifact::Provenance => "publishes build provenance with every release",
        Artifact::ReproducibleBuild => "makes builds that can be reproduced",
        Artifact::TrustedPublishing => "publishes without a long-lived token",
    }
}

fn at(target: &str) -> String {
    if target.is_empty() { String::new() } else { format!(": {target}") }
}

fn reporting(channel: Channel, target: &str) -> String {
    let what = match channel {
        Channel::Email => "by e-mail",
        Channel::GithubAdvisory => "through GitHub's private vulnerability reporting",
        Channel::Platform => "on a reporting platform",
        Channel::Url => "on a web page",
        Channel::Chat => "in a private chat",
    };
    format!("takes reports {what}{}", at(target))
}

fn policy_date(date: Option<&jiff::civil::Date>, cadence: Option<Window>) -> String {
    match (date, cadence) {
        (_, Some(window)) => format!("reviews this policy every {window}"),
        (Some(date), None) => format!("dates this policy {date}"),
        (None, None) => "dates this policy".into(),
    }
}

fn response(stage: Stage, window: Window) -> String {
    match stage {
        Stage::Acknowledge => format!("acknowledges a report within {window}"),
        Stage::Assess => format!("assesses a report within {window}"),
        Stage::Update => format!("gives news of a report every {window}"),
    }
}

const fn publication(venue: Venue) -> &'static str {
    match venue {
        Venue::GithubAdvisory => "publishes a GitHub security advisory",
        Venue::Rustsec => "files an advisory with RustSec",
        Venue::Cve => "requests a CVE",
        Venue::MailingList => "announces vulnerabilities on a mailing list",
        Venue::ReleaseNotes => "announces vulnerabilities in the release notes",
        Venue::Website => "announces vulnerabilities on its website",
        Venue::Social => "announces vulnerabilities in its community channels",
        Venue::Unspecified => "announces fixed vulnerabilities",
    }
}

const fn testing(practice: TestPractice) -> &'static str {
    match practice {
        TestPractice::Fuzzing => "fuzzes its code",
        TestPractice::StaticAnalysis => "scans its code with static analysis",
        TestPractice::PenetrationTest => "has penetration tests",
        TestPractice::ThirdPartyAudit => "has audits by a third party",
        TestPractice::InternalAudit => "audits its own code",
        TestPractice::Sanitizers => "tests with sanitizers",
        TestPractice::Tests => "has security tests",
        TestPractice::ThreatModel => "keeps a threat model",
        TestPractice::SecretScanning => "scans for secrets",
    }
}

const fn access(practice: AccessPractice) -> &'static str {
    match practice {
        AccessPractice::TwoFactor => "requires two-factor authentication of its maintainers",
        AccessPractice::BranchProtection => "protects its branches",
        AccessPractice::SignedCommits => "signs its commits",
        AccessPractice::SecretManagement => "keeps secrets out of the source",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commitment::Unit;

    #[test]
    fn promises_are_said_as_a_person_would() {
        let window = Window { amount: 14, unit: Unit::Days };
        let words = kind(&Kind::PatchDeadline { severity: SeverityClass::Critical, window, scope: Some(Scope::Reported) });
        assert_eq!(words, "fixes critical vulnerabilities within 14 days of the report");
        let rule = |rule: &str| kind(&Kind::SupportedVersions { rule: rule.into(), supported: true, until: None });
        assert_eq!(rule("latest-2-minors"), "gives security fixes to the latest 2 minors");
        assert_eq!(rule("branch:main"), "gives security fixes to the branch main");
        assert_eq!(rule("1.0.*"), "gives security fixes to versions 1.0.*");
        assert_eq!(
            kind(&Kind::Tool { tool: "cargo-audit".into(), when: When::Ci, every_change: true }),
            "runs cargo-audit in CI on every push"
        );
    }
}
