//! The sentences that a draft is made of, as data: each makes one promise, in the strength that is meant.
//!
//! A test reads each of them back.

use crate::commitment::{Artifact, Channel, Commitment, Kind, Record, Scope, SeverityClass, Stage, Strength, UnsafeRule, When};
use crate::source::{Place, Source};

/// The part of the policy that a sentence stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    /// Which versions get fixes.
    Supported,
    /// How to report, and what follows.
    Reporting,
    /// What the project does by itself.
    Practice,
}

/// What of the repository the sentences name.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// The changelog, as a link from the policy.
    pub(super) changelog: Option<String>,
    /// Whether it is the tags of releases that are signed, and not their files.
    pub(super) signs_tags: bool,
    /// Addresses in the letters in which they were written.
    pub(super) addresses: Vec<String>,
}

/// A promise that a draft may make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Promise {
    /// What is promised.
    pub(super) kind: Kind,
    /// How strongly.
    pub(super) strength: Strength,
}

impl Promise {
    /// A firm promise.
    pub(super) const fn firm(kind: Kind) -> Self {
        Self { kind, strength: Strength::Firm }
    }

    /// A best effort.
    pub(super) const fn effort(kind: Kind) -> Self {
        Self { kind, strength: Strength::BestEffort }
    }

    /// The promise as it would be read, for a judge: on a line of its own, under an id of its own.
    pub(super) fn commitment(&self, id: usize) -> Commitment {
        let words = sentence(self, &Facts::default()).unwrap_or_default();
        let source = Source::new("SECURITY.md", words.clone());
        Commitment {
            id: format!("draft/{id}"),
            place: Place::line_in(&source, 1),
            words,
            strength: self.strength,
            placeholder: false,
            component: None,
            kind: self.kind.clone(),
        }
    }

    /// Where its sentence stands.
    pub(super) const fn section(&self) -> Section {
        match &self.kind {
            Kind::SupportedVersions { .. } => Section::Supported,
            Kind::ReportingChannel { .. }
            | Kind::EncryptionKey { .. }
            | Kind::ResponseDeadline { .. }
            | Kind::PatchDeadline { .. }
            | Kind::DisclosureDeadline { .. }
            | Kind::CoordinatedDisclosure
            | Kind::AdvisoryPublication { .. }
            | Kind::Credit
            | Kind::SafeHarbor
            | Kind::Bounty { .. } => Section::Reporting,
            Kind::Tool { .. }
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
            | Kind::PolicyDate { .. }
            | Kind::CodeReview
            | Kind::SecurityTesting { .. }
            | Kind::AccessControl { .. }
            | Kind::Training
            | Kind::IncidentResponse
            | Kind::Compliance { .. } => Section::Practice,
        }
    }
}

/// Tools that a security policy may name, and how they are spelled there. Those that sign a release or list what is
/// in it are left to the sentences about what a release carries.
pub(super) const TOOLS: &[(&str, &str)] = &[
    ("cargo-audit", "cargo-audit"),
    ("cargo-deny", "cargo-deny"),
    ("cargo-vet", "cargo-vet"),
    ("cargo-crev", "cargo-crev"),
    ("cargo-geiger", "cargo-geiger"),
    ("osv-scanner", "OSV-Scanner"),
    ("snyk", "Snyk"),
    ("trivy", "Trivy"),
    ("grype", "Grype"),
    ("clippy", "Clippy"),
    ("miri", "Miri"),
    ("loom", "Loom"),
    ("kani", "Kani"),
    ("proptest", "proptest"),
    ("valgrind", "Valgrind"),
    ("cargo-fuzz", "cargo-fuzz"),
    ("codeql", "CodeQL"),
    ("semgrep", "Semgrep"),
    ("sonarcloud", "SonarCloud"),
    ("coverity", "Coverity"),
    ("gitleaks", "Gitleaks"),
    ("trufflehog", "TruffleHog"),
    ("zizmor", "zizmor"),
    ("openssf-scorecard", "OpenSSF Scorecard"),
];

/// Services that update dependencies.
pub(super) const UPDATERS: &[(&str, &str)] = &[("dependabot", "Dependabot"), ("renovate", "Renovate")];

/// The moments at which a tool may be seen to run, the most telling first: what is promised for CI at large is kept on
/// a schedule too, and its sentence speaks of the default branch.
pub(super) const MOMENTS: &[When] = &[When::PullRequest, When::Schedule, When::Ci, When::Release, When::Unspecified];

/// The words that make exactly this promise, with what is to be filled in in braces; `None` where a draft never
/// makes it.
#[rustfmt::skip]
pub(super) fn template(promise: &Promise, facts: &Facts) -> Option<&'static str> {
    use Strength::{BestEffort, Firm};
    Some(match (&promise.kind, promise.strength) {
        (Kind::SupportedVersions { supported: true, until: None, .. }, Firm) => "| {Versions} | ✅ |",
        (Kind::SupportedVersions { supported: false, until: None, .. }, Firm) => "| {Versions} | ❌ |",
        (Kind::SupportedVersions { supported: true, until: None, .. }, BestEffort) => "We aim to provide security fixes for the {versions}.",
        (Kind::ReportingChannel { channel: Channel::GithubAdvisory, .. }, Firm) => "Please report vulnerabilities privately, through [GitHub's private vulnerability reporting]({address}).",
        (Kind::ReportingChannel { channel: Channel::Email, .. }, Firm) => "Please report vulnerabilities by e-mail to <{address}>.",
        (Kind::ReportingChannel { channel: Channel::Url, .. }, Firm) => "Please report vulnerabilities privately, on [our page for reports]({address}).",
        (Kind::EncryptionKey { .. }, Firm) => "You can encrypt your report with our [public key]({address}).",
        (Kind::ResponseDeadline { stage: Stage::Acknowledge, .. }, Firm) => "We acknowledge every report within {window}.",
        (Kind::ResponseDeadline { stage: Stage::Acknowledge, .. }, BestEffort) => "We aim to acknowledge every report within {window}.",
        (Kind::PatchDeadline { scope: Some(Scope::Reported), .. }, Firm) => "We release a fix for {vulnerabilities} within {window} of the report.",
        (Kind::PatchDeadline { scope: Some(Scope::Reported), .. }, BestEffort) => "We aim to release a fix for {vulnerabilities} within {window} of the report.",
        (Kind::CoordinatedDisclosure, BestEffort) => "We try to answer every report, and to keep it private until a fix is released.",
        (Kind::Credit, BestEffort) => "We try to credit whoever reported a vulnerability, unless they would rather not be named.",
        (Kind::Tool { tool, .. }, Firm) if UPDATERS.iter().any(|(slug, _)| slug == tool) => "Updates of our Rust dependencies are proposed by {tools}.",
        (Kind::Tool { when, every_change: false, .. }, Firm) => tools(*when),
        (Kind::ReleaseArtifact { artifact: Artifact::Signature }, Firm) if facts.signs_tags => "The tags of releases are signed.",
        (Kind::ReleaseArtifact { artifact }, Firm) => self::artifact(*artifact),
        (Kind::LockedDependencies { exact: false }, Firm) => "`Cargo.lock` is committed, so that our dependencies are locked.",
        (Kind::CiLeastPrivilege, Firm) => "Workflows in CI run with the least permissions that they need.",
        (Kind::PinnedActions, Firm) => "Actions in CI are pinned to full commit hashes.",
        (Kind::UnsafeCode { rule: UnsafeRule::Forbid }, Firm) => "The code that we ship contains no `unsafe`.",
        (Kind::Semver, Firm) => "Security releases follow Semantic Versioning.",
        (Kind::Changelog { record: Record::Changelog }, Firm) => "Security fixes are recorded in the [changelog]({changelog}).",
        // Of these kinds, the parameters or the strength that no sentence stands for.
        (Kind::SupportedVersions { .. } | Kind::ReportingChannel { .. } | Kind::EncryptionKey { .. } | Kind::ResponseDeadline { .. }
        | Kind::PatchDeadline { .. } | Kind::CoordinatedDisclosure | Kind::Credit | Kind::Tool { .. } | Kind::ReleaseArtifact { .. }
        | Kind::LockedDependencies { .. } | Kind::CiLeastPrivilege | Kind::PinnedActions | Kind::UnsafeCode { .. } | Kind::Semver
        | Kind::Changelog { .. }, Firm | BestEffort) => return None,
        // What no repository shows, or shows too little of to promise it unasked.
        (Kind::DependencyMonitoring | Kind::RemediationRequired { .. } | Kind::Backport | Kind::PolicyDate { .. } | Kind::ReleaseChannel { .. }
        | Kind::DisclosureDeadline { .. } | Kind::AdvisoryPublication { .. } | Kind::SafeHarbor | Kind::Bounty { .. } | Kind::CodeReview
        | Kind::SecurityTesting { .. } | Kind::AccessControl { .. } | Kind::Training | Kind::IncidentResponse | Kind::Compliance { .. },
        Firm | BestEffort) => return None,
    })
}

/// The sentence for tools that run at one moment.
const fn tools(when: When) -> &'static str {
    match when {
        When::PullRequest => "Pull requests are checked with {tools}.",
        When::Ci => "CI runs {tools} on the default branch.",
        When::Schedule => "On a schedule, we run {tools}.",
        When::Release => "Every release is checked with {tools}.",
        When::Unspecified => "We use {tools}.",
    }
}

const fn artifact(artifact: Artifact) -> &'static str {
    match artifact {
        Artifact::Signature => "Releases are signed.",
        Artifact::Checksum => "Releases come with checksums.",
        Artifact::Sbom => "Releases come with a software bill of materials (SBOM).",
        Artifact::Provenance => "Releases come with build provenance.",
        Artifact::ReproducibleBuild => "Releases have reproducible builds.",
        Artifact::TrustedPublishing => "Releases are published with trusted publishing, so that no token is stored.",
    }
}

/// The sentence or table row that makes this promise; `None` where a draft never makes it.
pub(super) fn sentence(promise: &Promise, facts: &Facts) -> Option<String> {
    let names = if let Kind::Tool { tool, .. } = &promise.kind { vec![shown(tool)?] } else { Vec::new() };
    sentence_of(promise, &names, facts)
}

/// The same; where it is about a tool, for all tools of these names, since one moment is one sentence.
pub(super) fn sentence_of(promise: &Promise, tools: &[&str], facts: &Facts) -> Option<String> {
    let mut words = template(promise, facts)?.to_owned();
    for (slot, value) in slots(&promise.kind, facts) {
        words = words.replace(slot, &value);
    }
    Some(words.replace("{tools}", &list(tools)))
}

/// How a tool is spelled; `None` for one that a draft does not name.
pub(super) fn shown(tool: &str) -> Option<&'static str> {
    TOOLS.iter().chain(UPDATERS).find(|(slug, _)| *slug == tool).map(|(_, name)| *name)
}

/// "a, b and c".
fn list(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}

/// What is filled in.
fn slots(kind: &Kind, facts: &Facts) -> Vec<(&'static str, String)> {
    let mut slots = Vec::new();
    if let Kind::SupportedVersions { rule, .. } = kind {
        let versions = versions(rule);
        let mut letters = versions.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        slots.push(("{Versions}", first + letters.as_str()));
        slots.push(("{versions}", versions));
    }
    if let Kind::ReportingChannel { target, .. } | Kind::EncryptionKey { target } = kind {
        let as_written = facts.addresses.iter().find(|address| address.to_lowercase() == target.to_lowercase());
        slots.push(("{address}", as_written.unwrap_or(target).clone()));
    }
    if let Kind::PatchDeadline { severity, .. } = kind {
        slots.push(("{vulnerabilities}", vulnerabilities(*severity)));
    }
    if let Kind::PatchDeadline { window, .. } | Kind::ResponseDeadline { window, .. } = kind {
        slots.push(("{window}", window.to_string()));
    }
    if let Kind::Changelog { .. } = kind {
        slots.push(("{changelog}", facts.changelog.clone().unwrap_or_default()));
    }
    slots
}

fn vulnerabilities(severity: SeverityClass) -> String {
    if severity == SeverityClass::Any { "vulnerabilities".to_owned() } else { format!("{severity} vulnerabilities") }
}

/// Small numbers as words: a digit beside "releases" would read as a version.
const NUMBERS: [&str; 7] = ["zero", "one", "two", "three", "four", "five", "six"];

/// A rule of versions, as the words of a table.
fn versions(rule: &str) -> String {
    match rule {
        "latest" => "latest release".to_owned(),
        "latest-minor" => "latest minor version".to_owned(),
        "latest-major" => "latest major version".to_owned(),
        "older" => "older versions".to_owned(),
        // Whatever the branch is called.
        "branch:main" => "development version".to_owned(),
        "all" => "all versions".to_owned(),
        _ => {
            let counted = rule.strip_prefix("latest-").and_then(|rest| rest.split_once('-'));
            match counted.and_then(|(count, of)| Some((NUMBERS.get(count.parse::<usize>().ok()?)?, of))) {
                Some((count, "releases")) => format!("last {count} releases"),
                Some((count, series)) => format!("{count} most recent {} releases", series.trim_end_matches('s')),
                None => rule.trim_start_matches('=').replace(".*", ".x"),
            }
        }
    }
}
