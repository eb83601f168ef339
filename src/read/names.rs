//! Names, as data: tools and services, standards, platforms, and the pictures that stand for yes and no.

use std::sync::LazyLock;

use super::words::{Hit, Lexicon, Words};

/// Tools under every usual spelling (the phrase is the spelling); hyphens and capitals do not matter.
const TOOLS: &[(&str, &str)] = &[
    ("cargo-audit", "cargo audit"),
    ("cargo-audit", "rustsec audit check|action"),
    ("cargo-audit", "audit check action"),
    ("cargo-deny", "cargo deny"),
    ("cargo-vet", "cargo vet"),
    ("cargo-crev", "cargo crev"),
    ("cargo-geiger", "cargo geiger"),
    ("cargo-outdated", "cargo outdated"),
    ("cargo-semver-checks", "cargo semver check|checks"),
    ("cargo-fuzz", "cargo fuzz"),
    ("libfuzzer", "libfuzzer"),
    ("afl", "afl|afl.rs|aflplusplus"),
    ("honggfuzz", "honggfuzz"),
    ("clusterfuzzlite", "clusterfuzzlite"),
    ("cargo-auditable", "cargo auditable"),
    ("cargo-cyclonedx", "cargo cyclonedx"),
    ("cargo-sbom", "cargo sbom"),
    ("cargo-machete", "cargo machete"),
    ("cargo-udeps", "cargo udeps"),
    ("cargo-mutants", "cargo mutants"),
    ("cargo-nextest", "cargo nextest"),
    ("cargo-careful", "cargo careful"),
    ("cargo-public-api", "cargo public api"),
    ("cargo-msrv", "cargo msrv"),
    ("cargo-hack", "cargo hack"),
    ("cargo-dist", "cargo dist"),
    ("cargo-tarpaulin", "cargo tarpaulin"),
    ("cargo-llvm-cov", "cargo llvm cov"),
    ("clippy", "?cargo clippy"),
    ("miri", "?cargo miri"),
    ("rustsec", "rustsec ?advisory database|db|advisories"),
    ("rustsec", "rust security advisory ?database"),
    ("dependabot", "?github dependabot"),
    ("renovate", "renovate|renovatebot ?bot"),
    ("codeql", "?github codeql"),
    ("snyk", "snyk"),
    ("osv-scanner", "osv scanner|scan|scanning"),
    ("osv-scanner", "osv.dev"),
    ("oss-fuzz", "oss fuzz"),
    ("owasp-dependency-check", "?owasp dependency check"),
    ("sonarcloud", "sonarcloud"),
    ("sonarqube", "sonarqube|sonar"),
    ("semgrep", "semgrep"),
    ("trivy", "trivy"),
    ("grype", "grype"),
    ("syft", "syft"),
    ("gitleaks", "gitleaks"),
    ("trufflehog", "trufflehog"),
    ("git-secrets", "git secrets"),
    ("detect-secrets", "detect secrets"),
    ("github-secret-scanning", "github secret scanning"),
    ("github-secret-scanning", "secret scanning with|and push protection"),
    ("gitguardian", "gitguardian"),
    ("openssf-scorecard", "?openssf|ossf scorecard|scorecards"),
    ("sigstore", "sigstore"),
    ("cosign", "cosign"),
    ("bandit", "bandit"),
    ("npm-audit", "npm audit"),
    ("pnpm-audit", "pnpm audit"),
    ("yarn-audit", "yarn audit"),
    ("pip-audit", "pip audit"),
    ("bundler-audit", "bundler audit"),
    ("govulncheck", "govulncheck"),
    ("safety", "safety cli|check"),
    ("zizmor", "zizmor"),
    ("actionlint", "actionlint"),
    ("step-security-harden-runner", "harden runner"),
    ("allstar", "allstar"),
    ("socket", "socket.dev|socket security"),
    ("coverity", "coverity"),
    ("loom", "loom"),
    ("shuttle", "shuttle"),
    ("kani", "kani"),
    ("prusti", "prusti"),
    ("creusot", "creusot"),
    ("mirai", "mirai"),
    ("rudra", "rudra"),
    ("addresssanitizer", "addresssanitizer|asan"),
    ("addresssanitizer", "address sanitizer"),
    ("threadsanitizer", "threadsanitizer|tsan"),
    ("memorysanitizer", "memorysanitizer|msan"),
    ("undefinedbehaviorsanitizer", "undefinedbehaviorsanitizer|ubsan"),
    ("leaksanitizer", "leaksanitizer|lsan"),
    ("proptest", "proptest"),
    ("bolero", "bolero"),
    ("quickcheck", "quickcheck"),
    ("valgrind", "valgrind"),
    ("codecov", "codecov"),
    ("coveralls", "coveralls"),
    ("deps-rs", "deps.rs"),
    ("lib-rs", "lib.rs"),
    ("fossa", "fossa"),
    ("black-duck", "black duck"),
    ("mend", "mend.io|whitesource"),
    ("veracode", "veracode"),
    ("checkmarx", "checkmarx"),
    ("aikido", "aikido"),
    ("deepsource", "deepsource"),
    ("codacy", "codacy"),
    ("docker-scout", "docker scout"),
    ("hadolint", "hadolint"),
    ("checkov", "checkov"),
    ("tfsec", "tfsec"),
    ("shellcheck", "shellcheck"),
    ("eslint", "eslint"),
    ("pre-commit", "pre commit hooks"),
    ("release-plz", "release plz"),
    ("release-please", "release please"),
    ("dependency-review-action", "dependency review action"),
    ("step-security", "stepsecurity"),
];

/// Fuzzers: where one is named, fuzzing is not promised a second time.
pub(super) const FUZZERS: &[&str] = &["cargo-fuzz", "oss-fuzz", "libfuzzer", "afl", "honggfuzz", "clusterfuzzlite"];
/// Tools that look at dependencies.
pub(super) const DEPENDENCY_TOOLS: &[&str] = &[
    "cargo-audit",
    "cargo-deny",
    "cargo-vet",
    "cargo-crev",
    "cargo-outdated",
    "rustsec",
    "dependabot",
    "renovate",
    "snyk",
    "osv-scanner",
    "owasp-dependency-check",
    "trivy",
    "grype",
    "npm-audit",
    "pnpm-audit",
    "yarn-audit",
    "pip-audit",
    "socket",
    "safety",
];
/// GitHub's own search for secrets.
pub(super) const GITHUB_SECRETS: &str = "github-secret-scanning";
/// Tools that sign what is released, and so run when it is.
pub(super) const RELEASE_TOOLS: &[&str] = &["sigstore", "cosign", "cargo-auditable", "cargo-cyclonedx", "cargo-sbom", "cargo-dist", "syft"];

/// Standards under every usual spelling.
const STANDARDS: &[(&str, &str)] = &[
    ("owasp-top-10", "owasp top 10|ten"),
    ("owasp-asvs", "?owasp asvs"),
    ("owasp-samm", "?owasp samm"),
    ("owasp-secure-coding-practices", "owasp secure coding practices"),
    ("cwe-top-25", "cwe ?sans top 25"),
    ("cwe-top-25", "sans top 25"),
    ("openssf-best-practices", "openssf|cii ?security best practices ?badge|guidelines"),
    ("slsa", "slsa ?level"),
    ("iso-27001", "iso ?iec 27001"),
    ("iso-29147", "iso ?iec 29147"),
    ("iso-30111", "iso ?iec 30111"),
    ("soc-2", "soc 2|ii"),
    ("soc-2", "soc2"),
    ("nist-ssdf", "?nist ssdf"),
    ("nist-ssdf", "nist secure software development framework"),
    ("nist-ssdf", "nist sp 800 218"),
    ("nist-csf", "nist cybersecurity framework"),
    ("nist-csf", "nist csf"),
    ("nist-800-53", "nist ?sp 800 53"),
    ("pci-dss", "pci dss"),
    ("hipaa", "hipaa"),
    ("gdpr", "gdpr"),
    ("fips-140-2", "fips 140 2"),
    ("fips-140-3", "fips 140 3"),
    ("common-criteria", "common criteria"),
    ("cyber-resilience-act", "cyber resilience act"),
    ("cyber-resilience-act", "eu cra"),
    ("anssi-rust-guide", "anssi ?secure rust|guide|guidelines ?guide|guidelines"),
    ("cis-docker-benchmark", "cis docker benchmark|benchmarks"),
    ("cis-kubernetes-benchmark", "cis kubernetes benchmark|benchmarks"),
    ("cis-benchmarks", "cis benchmarks|benchmark|controls"),
    ("rfpolicy", "rfpolicy|rfpolicy2.0 ?2.0"),
    ("rfpolicy", "rain forest puppy"),
    ("sei-cert", "sei|cert ?secure coding ?standard|standards"),
    ("openssf-osps-baseline", "osps baseline"),
    ("openchain", "openchain"),
];

static TOOL_LEXICON: LazyLock<Lexicon<&'static str>> = LazyLock::new(|| Lexicon::new(TOOLS.iter().copied()));
static STANDARD_LEXICON: LazyLock<Lexicon<&'static str>> = LazyLock::new(|| Lexicon::new(STANDARDS.iter().copied()));

/// The tools named in `words`, by slug; of overlapping names the longest.
pub(super) fn tools(words: &Words) -> Vec<Hit<&'static str>> {
    longest(TOOL_LEXICON.find(words))
}

/// The standards named in `words`, by slug.
pub(super) fn standards(words: &Words) -> Vec<Hit<&'static str>> {
    longest(STANDARD_LEXICON.find(words))
}

fn longest(hits: Vec<Hit<&'static str>>) -> Vec<Hit<&'static str>> {
    let mut end = 0;
    hits.into_iter()
        .filter(|hit| {
            let fresh = hit.words.start >= end;
            end = end.max(hit.words.end);
            fresh
        })
        .collect()
}

/// A name as a slug: lower case, letters, digits and dots, all else hyphens.
pub(super) fn slug(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let parts: Vec<_> = lower.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

/// Hosts of platforms on which vulnerabilities are reported.
pub(super) const PLATFORMS: &[&str] = &[
    "hackerone",
    "bugcrowd",
    "huntr",
    "immunefi",
    "tidelift",
    "intigriti",
    "yeswehack",
    "hackenproof",
    "cantina",
    "code4rena",
    "sherlock",
    "openbugbounty",
];

/// The mark that a picture stands for, by its description and address; empty where it stands for neither.
pub(super) fn mark_of_image(alt: &str, address: &str) -> &'static str {
    let name = address.rsplit('/').next().unwrap_or_default().to_lowercase();
    let says = |words: &[&str]| {
        let alt = alt.to_lowercase();
        words.iter().any(|word| name.contains(word) || alt == *word)
    };
    if says(&["tick", "check", "yes", "supported"]) && !says(&["uncheck", "unsupported", "not"]) {
        "✅"
    } else if says(&["cross", "no.", "x.", "uncheck", "unsupported", "no"]) && name.len() < 24 {
        "❌"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<&'static str> {
        tools(&Words::new(text, 0..text.len())).into_iter().map(|hit| hit.what).collect()
    }

    #[test]
    fn tools_are_known_by_every_usual_spelling() {
        assert_eq!(named("`cargo audit`, Cargo-Deny and GitHub's Dependabot"), ["cargo-audit", "cargo-deny", "dependabot"]);
        assert_eq!(
            named("OWASP Dependency Check; secret scanning with push protection"),
            ["owasp-dependency-check", "github-secret-scanning"]
        );
        assert_eq!(named("cargo update and a dependency review"), Vec::<&str>::new());
    }

    #[test]
    fn slugs_and_marks() {
        assert_eq!(slug("Python Security Best Practices"), "python-security-best-practices");
        assert_eq!((mark_of_image("", "/img/tick.svg"), mark_of_image("", "/img/logo.svg")), ("✅", ""));
    }
}
