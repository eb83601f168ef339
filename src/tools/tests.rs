use super::*;
use crate::source::{Place, Source};

fn run(what: What) -> Run {
    Run {
        what,
        place: Place::new(&Source::new("a", "a"), 0..1),
        via: Vec::new(),
        definition: String::new(),
        job: String::new(),
        at: Vec::new(),
        hangs_on: Vec::new(),
        tolerated: None,
        printed: true,
        folder: String::new(),
        env: std::sync::Arc::default(),
    }
}

/// `owner/action key=value,…` (a slash and no leading word that is a command) or a command line.
fn used(slug: &str, line: &str) -> Option<Use> {
    let what = match line.strip_prefix("uses ") {
        Some(action) => {
            let (name, inputs) = action.split_once(' ').unwrap_or((action, ""));
            let with = inputs.split(';').filter_map(|input| input.split_once('=')).map(|(key, value)| (key.into(), value.into())).collect();
            What::Action { name: name.into(), with }
        }
        None => What::Command(line.split_whitespace().map(str::to_owned).collect()),
    };
    catalogue().tool(slug).unwrap_or_else(|| panic!("no {slug}")).used_by(&run(what))
}

/// Each tool: what shows that it runs, what only looks like it, and how it runs without being able to fail.
const CASES: &[(&str, &str, &str, &str)] = &[
    ("cargo-audit", "cargo +nightly --locked audit -D warnings", "cargo install cargo-audit", ""),
    ("cargo-deny", "cargo deny --all-features check", "cargo deny --version", ""),
    ("cargo-vet", "cargo vet --locked", "cargo vet suggest", ""),
    ("cargo-crev", "cargo crev verify", "cargo install cargo-crev", ""),
    ("cargo-geiger", "cargo geiger", "cargo geiger --version", ""),
    ("cargo-outdated", "cargo outdated --exit-code 1", "cargo install cargo-outdated", "cargo outdated"),
    ("cargo-semver-checks", "cargo semver-checks check-release", "cargo binstall cargo-semver-checks", ""),
    ("cargo-fuzz", "cargo +nightly fuzz run x", "cargo fuzz build", ""),
    ("libfuzzer", "cargo fuzz run x", "cargo fuzz list", ""),
    ("cargo-auditable", "cargo auditable build --release", "cargo install cargo-auditable", ""),
    ("cargo-cyclonedx", "cargo cyclonedx", "cargo install cargo-cyclonedx", ""),
    ("clippy", "cargo clippy --all -- -D warnings", "rustup component add clippy", "cargo clippy --all"),
    ("miri", "cargo miri test", "cargo miri setup", ""),
    ("loom", "cargo test --test loom_queue", "cargo test", ""),
    ("kani", "cargo kani", "cargo kani setup", ""),
    ("proptest", "cargo test", "cargo build", ""),
    ("valgrind", "valgrind --error-exitcode=1 ./x", "apt-get install valgrind", ""),
    ("renovate", "uses renovatebot/github-action", "npm install renovate", ""),
    ("codeql", "uses github/codeql-action/init languages=rust,actions", "uses github/codeql-action/upload-sarif", ""),
    ("snyk", "snyk sbom test --file=a", "npm install -g snyk", "snyk monitor"),
    ("osv-scanner", "osv-scanner scan -r .", "osv-scanner --version", "uses google/osv-scanner-action/x fail-on-vuln=false"),
    ("oss-fuzz", "uses google/oss-fuzz/infra/cifuzz/actions/run_fuzzers", "cargo fuzz build", ""),
    ("owasp-dependency-check", "dependency-check.sh --failOnCVSS 7", "wget dependency-check.zip", "dependency-check --scan ."),
    ("sonarcloud", "uses sonarsource/sonarqube-scan-action", "echo sonar-scanner", ""),
    ("semgrep", "semgrep ci", "pip install semgrep", ""),
    ("trivy", "trivy fs --exit-code 1 .", "trivy config .", "trivy fs ."),
    ("trivy", "uses aquasecurity/trivy-action exit-code=1", "uses aquasecurity/setup-trivy", "uses aquasecurity/trivy-action exit-code=0"),
    ("grype", "grype dir:. --fail-on high", "grype db update", "grype dir:."),
    ("syft", "syft . -o spdx-json", "syft version", ""),
    ("gitleaks", "gitleaks detect", "gitleaks version", "gitleaks detect --exit-code=0"),
    ("trufflehog", "trufflehog git file://. --fail", "trufflehog --version", "trufflehog git file://."),
    ("openssf-scorecard", "uses ossf/scorecard-action", "uses actions/checkout", "uses ossf/scorecard-action"),
    (
        "dependency-review",
        "uses actions/dependency-review-action",
        "uses actions/checkout",
        "uses actions/dependency-review-action warn-only=true",
    ),
    ("sigstore", "uses actions/attest-build-provenance", "uses sigstore/cosign-installer", ""),
    ("cosign", "cosign sign-blob x", "cosign verify x", ""),
    ("bandit", "bandit -r .", "pip install bandit", "bandit -r . --exit-zero"),
    ("npm-audit", "npm audit", "npm audit fix", ""),
    ("pnpm-audit", "pnpm audit", "pnpm audit --fix", ""),
    ("pip-audit", "pip-audit -r x", "pip install pip-audit", ""),
    ("safety", "safety check", "pip install safety", ""),
    ("zizmor", "zizmor .", "cargo install zizmor", "zizmor --no-exit-codes ."),
    ("socket", "socket ci", "npm i socket", ""),
    ("coverity", "cov-build --dir x make", "wget cov-analysis.tgz", ""),
    ("codecov", "uses codecov/codecov-action", "cargo install x", ""),
];

#[test]
fn the_catalogue_parses_and_every_entry_has_its_cases() {
    assert!(toml::from_str::<Catalogue>(include_str!("../tools.toml")).is_ok());
    // Without a command or an action of their own: observed as a service, a setting, or by other tools.
    let without = ["dependabot", "github-secret-scanning", "rustsec"];
    for tool in &catalogue().tools {
        let cased = CASES.iter().any(|(slug, ..)| *slug == tool.slug);
        assert!(cased != without.contains(&tool.slug.as_str()), "{} has no case", tool.slug);
        assert!(tool.by.iter().all(|slug| catalogue().tool(slug).is_some()), "{}", tool.slug);
    }
}

#[test]
fn each_tool_is_told_from_its_near_miss_and_its_toothless_form() {
    for (slug, positive, near_miss, toothless) in CASES {
        assert!(used(slug, positive).is_some(), "{slug}: {positive}");
        assert_eq!(used(slug, near_miss), None, "{slug}: {near_miss}");
        if !toothless.is_empty() {
            assert!(used(slug, toothless).unwrap().toothless.is_some(), "{slug}: {toothless}");
        }
        let can_only_report = positive == toothless;
        assert_eq!(used(slug, positive).unwrap().toothless.is_some(), can_only_report, "{slug}: {positive}");
    }
}

#[test]
fn what_reads_no_rust_and_what_looks_no_advisory_up_is_known() {
    assert!(!used("codeql", "uses github/codeql-action/init languages=actions").unwrap().rust);
    assert!(!used("snyk", "snyk test").unwrap().rust && used("snyk", "snyk sbom test").unwrap().rust);
    assert!(!used("cargo-deny", "cargo deny check bans licenses").unwrap().advisories);
    assert!(!used("cargo-deny", "uses embarkstudios/cargo-deny-action command=check bans").unwrap().advisories);
    assert!(used("cargo-deny", "uses embarkstudios/cargo-deny-action command=check advisories").unwrap().advisories);
    assert!(used("cargo-deny", "cargo-deny --all-features check").unwrap().advisories);
    assert!(used("cargo-audit", "cargo-audit audit").is_some() && used("cargo-audit", "/root/.cargo/bin/cargo-audit").is_some());
    assert!(used("cargo-audit", "cargo audit --version").is_none());
}

#[test]
fn an_option_that_a_variable_may_hold_is_not_missed() {
    assert_eq!(used("clippy", "cargo clippy -- $FLAGS").unwrap().toothless, None);
}

#[test]
fn installing_is_told_from_running() {
    let tool = catalogue().tool("cargo-audit").unwrap();
    let words = |line: &str| run(What::Command(line.split(' ').map(str::to_owned).collect()));
    assert!(tool.installed_by(&words("cargo install --locked cargo-make cargo-audit@0.21")));
    assert!(!tool.installed_by(&words("cargo audit")));
    let with = BTreeMap::from([("tool".to_owned(), "cargo-deny,cargo-audit".to_owned())]);
    assert!(tool.installed_by(&run(What::Action { name: "taiki-e/install-action".into(), with })));
}

#[test]
fn release_steps_are_told_from_verifying_and_dry_runs() {
    let makes = |kind: &str, line: &str| {
        let run = run(What::Command(line.split(' ').map(str::to_owned).collect()));
        catalogue().artifacts.iter().chain(&catalogue().steps).any(|step| step.kind == kind && step.made_by(&run))
    };
    for (kind, yes, no) in [
        ("signature", "gpg --batch --armor --detach-sign x", "gpg --verify x"),
        ("signature", "cosign sign-blob x", "cosign verify-blob x"),
        ("signature", "git tag -s v1", "git tag -a v1"),
        ("checksum", "sha256sum x", "sha256sum -c x"),
        ("sbom", "cargo cyclonedx", "cargo install cargo-cyclonedx"),
        ("provenance", "cosign attest x", "gh attestation verify x"),
        ("publish-crate", "cargo publish -p x", "cargo publish --dry-run"),
        ("upload", "gh release create v1 x", "gh release view v1"),
        ("tag", "git tag v1", "git tag --list"),
        ("reproducible-build", "diffoscope a b", "diff a b"),
    ] {
        assert!(makes(kind, yes), "{kind}: {yes}");
        assert!(!makes(kind, no), "{kind}: {no}");
    }
}
