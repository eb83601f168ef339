//! Promises in plain English.

use crate::commitment::{
    AccessPractice, Artifact, Bound, Channel, Commitment, Gate, Kind, Record, Scope, SeverityClass, Stage, Strength, TestPractice,
    UnsafeRule, Venue, When,
};

/// What is promised, as the rest of a sentence about the project: "fixes critical vulnerabilities within 14 days".
pub fn describe(commitment: &Commitment) -> String {
    let mut text = kind(&commitment.kind);
    if let Some(component) = &commitment.component {
        text.push_str(&format!(", for {component}"));
    }
    match commitment.strength {
        Strength::Firm => text,
        Strength::BestEffort => text + ", as a best effort",
    }
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::SupportedVersions { rule, supported, until } => {
            let until = until.map(|day| format!(" until {day}")).unwrap_or_default();
            format!("{} {}{until}", if *supported { "supports" } else { "does not support" }, versions(rule))
        }
        Kind::PatchDeadline { severity, window, scope } => {
            format!("fixes {} within {window}{}", vulnerabilities(*severity), covered(*scope))
        }
        Kind::Tool { tool, when, every_change: false } => format!("runs {tool}{}", moment(*when)),
        Kind::Tool { tool, every_change: true, .. } => format!("runs {tool} on every change"),
        Kind::DependencyMonitoring => "watches its dependencies for vulnerabilities".to_owned(),
        Kind::RemediationRequired { gate: Gate::Merge } => "merges nothing with known vulnerabilities".to_owned(),
        Kind::RemediationRequired { gate: Gate::Release } => "releases nothing with known vulnerabilities".to_owned(),
        Kind::RemediationRequired { gate: Gate::Unspecified } => "acts on every vulnerability that is found".to_owned(),
        Kind::Backport => "brings fixes to every supported version".to_owned(),
        Kind::ReleaseArtifact { artifact } => self::artifact(*artifact).to_owned(),
        Kind::LockedDependencies { exact: false } => "locks its dependencies".to_owned(),
        Kind::LockedDependencies { exact: true } => "pins its dependencies to exact versions".to_owned(),
        Kind::CiLeastPrivilege => "runs CI with the least permissions".to_owned(),
        Kind::PinnedActions => "pins the actions of CI to commits".to_owned(),
        Kind::UnsafeCode { rule: UnsafeRule::Forbid } => "has no unsafe code".to_owned(),
        Kind::UnsafeCode { rule: UnsafeRule::Restrict } => "keeps unsafe code to what is justified".to_owned(),
        Kind::Semver => "follows Semantic Versioning".to_owned(),
        Kind::ReleaseChannel { .. } => "ships security fixes as a patch release".to_owned(),
        Kind::Changelog { record: Record::Changelog } => "records security fixes in the changelog".to_owned(),
        Kind::Changelog { record: Record::ReleaseNotes } => "records security fixes in the release notes".to_owned(),
        Kind::EncryptionKey { .. } => "offers a key for encrypted reports".to_owned(),
        Kind::ReportingChannel { channel, target } => format!("takes reports {}{}", way(*channel), bracketed(target)),
        Kind::PolicyDate { date: Some(date), .. } => format!("dates its policy {date}"),
        Kind::PolicyDate { date: None, cadence: Some(window) } => format!("reviews its policy every {window}"),
        Kind::PolicyDate { date: None, cadence: None } => "reviews its policy".to_owned(),
        Kind::ResponseDeadline { stage: Stage::Acknowledge, window } => format!("acknowledges a report within {window}"),
        Kind::ResponseDeadline { stage: Stage::Assess, window } => format!("assesses a report within {window}"),
        Kind::ResponseDeadline { stage: Stage::Update, window } => format!("tells how a report stands every {window}"),
        Kind::DisclosureDeadline { window, bound: Bound::Max } => format!("makes details public after {window} at the latest"),
        Kind::DisclosureDeadline { window, bound: Bound::Min } => format!("keeps details private for at least {window}"),
        Kind::CoordinatedDisclosure => "keeps reports private until they are fixed".to_owned(),
        Kind::AdvisoryPublication { venue } => format!("announces fixed vulnerabilities{}", announced(*venue)),
        Kind::Credit => "credits reporters".to_owned(),
        Kind::SafeHarbor => "takes no legal action against reporters in good faith".to_owned(),
        Kind::Bounty { offered: true } => "offers a bounty".to_owned(),
        Kind::Bounty { offered: false } => "offers no bounty".to_owned(),
        Kind::CodeReview => "reviews changes".to_owned(),
        Kind::SecurityTesting { practice } => testing(*practice).to_owned(),
        Kind::AccessControl { practice } => access(*practice).to_owned(),
        Kind::Training => "trains its maintainers in security".to_owned(),
        Kind::IncidentResponse => "has a process for incidents".to_owned(),
        Kind::Compliance { standard } => format!("follows {standard}"),
    }
}

fn bracketed(target: &str) -> String {
    if target.is_empty() { String::new() } else { format!(" ({target})") }
}

/// A rule of a version table.
fn versions(rule: &str) -> String {
    if let Some(branch) = rule.strip_prefix("branch:") {
        return format!("the branch {branch}");
    }
    match rule {
        "latest" => "the latest release".to_owned(),
        "latest-minor" => "the latest minor series".to_owned(),
        "latest-major" => "the latest major series".to_owned(),
        "older" => "older versions".to_owned(),
        "all" => "all versions".to_owned(),
        _ => match rule.strip_prefix("latest-").and_then(|rest| rest.split_once('-')) {
            Some((n, "releases")) => format!("the latest {n} releases"),
            Some((n, "minors")) => format!("the latest {n} minor series"),
            Some((n, "majors")) => format!("the latest {n} major series"),
            Some(_) | None => rule.to_owned(),
        },
    }
}

fn vulnerabilities(severity: SeverityClass) -> String {
    match severity {
        SeverityClass::Any => "vulnerabilities".to_owned(),
        SeverityClass::Critical | SeverityClass::High | SeverityClass::Medium | SeverityClass::Low | SeverityClass::NonCritical => {
            format!("{severity} vulnerabilities")
        }
    }
}

const fn covered(scope: Option<Scope>) -> &'static str {
    match scope {
        Some(Scope::Reported) => " of the report",
        Some(Scope::Dependencies) => ", in its dependencies",
        Some(Scope::Any) | None => "",
    }
}

const fn moment(when: When) -> &'static str {
    match when {
        When::PullRequest => " on every pull request",
        When::Ci => " in CI",
        When::Release => " for every release",
        When::Schedule => " on a schedule",
        When::Unspecified => "",
    }
}

const fn artifact(artifact: Artifact) -> &'static str {
    match artifact {
        Artifact::Signature => "signs its releases",
        Artifact::Checksum => "publishes checksums with its releases",
        Artifact::Sbom => "publishes a bill of materials with its releases",
        Artifact::Provenance => "publishes provenance with its releases",
        Artifact::ReproducibleBuild => "builds its releases reproducibly",
        Artifact::TrustedPublishing => "publishes without a stored token",
    }
}

const fn way(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "by e-mail",
        Channel::GithubAdvisory => "through GitHub's private reporting",
        Channel::Platform => "on a platform",
        Channel::Url => "on a web page",
        Channel::Chat => "in a private chat",
    }
}

const fn announced(venue: Venue) -> &'static str {
    match venue {
        Venue::GithubAdvisory => " as GitHub advisories",
        Venue::Rustsec => " in the RustSec database",
        Venue::Cve => " with a CVE",
        Venue::MailingList => " on a mailing list",
        Venue::ReleaseNotes => " in the release notes",
        Venue::Website => " on a website",
        Venue::Social => " in its community's channels",
        Venue::Unspecified => "",
    }
}

const fn testing(practice: TestPractice) -> &'static str {
    match practice {
        TestPractice::Fuzzing => "fuzzes its code",
        TestPractice::StaticAnalysis => "runs static analysis",
        TestPractice::PenetrationTest => "has penetration tests",
        TestPractice::ThirdPartyAudit => "has audits by third parties",
        TestPractice::InternalAudit => "audits its own code",
        TestPractice::Sanitizers => "runs sanitizers",
        TestPractice::Tests => "has tests for security",
        TestPractice::ThreatModel => "keeps a threat model",
        TestPractice::SecretScanning => "scans for secrets",
    }
}

const fn access(practice: AccessPractice) -> &'static str {
    match practice {
        AccessPractice::TwoFactor => "uses two-factor authentication",
        AccessPractice::BranchProtection => "protects its branches",
        AccessPractice::SignedCommits => "signs its commits",
        AccessPractice::SecretManagement => "keeps secrets out of its source",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commitment::{Unit, Window};
    use crate::source::{Place, Source};

    fn said(kind: Kind) -> String {
        let source = Source::new("SECURITY.md", "");
        let commitment = Commitment {
            id: String::new(),
            place: Place::line_in(&source, 1),
            words: String::new(),
            strength: Strength::BestEffort,
            placeholder: false,
            component: Some("core".into()),
            kind,
        };
        describe(&commitment)
    }

    #[test]
    fn a_promise_is_the_rest_of_a_sentence() {
        let window = Window { amount: 1, unit: Unit::BusinessDays };
        let deadline = Kind::PatchDeadline { severity: SeverityClass::NonCritical, window, scope: Some(Scope::Reported) };
        assert_eq!(said(deadline), "fixes non-critical vulnerabilities within 1 business day of the report, for core, as a best effort");
        let email = Kind::ReportingChannel { channel: Channel::Email, target: String::new() };
        assert_eq!(said(email), "takes reports by e-mail, for core, as a best effort");
    }

    #[test]
    fn rules_of_a_version_table_are_words() {
        let cases = [
            ("latest-3-minors", "the latest 3 minor series"),
            ("branch:main", "the branch main"),
            ("older", "older versions"),
            ("latest-odd", "latest-odd"),
            (">=0.4, <1.0", ">=0.4, <1.0"),
        ];
        for (rule, words) in cases {
            assert_eq!(versions(rule), words);
        }
    }
}
