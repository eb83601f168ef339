//! `draft` from end to end: what it writes is what `check` calls kept.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::{Project, Run, outcome};

const PINNED: &str = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8";
const DEPENDABOT: &str = "version: 2\nupdates:\n  - package-ecosystem: cargo\n    directory: /\n    schedule:\n      interval: weekly\n";

fn workflow(uses: &str, audit: &str) -> String {
    format!(
        "on: pull_request\npermissions:\n  contents: read\njobs:\n  audit:\n    runs-on: x\n    steps:\n      - uses: {uses}\n      - run: {audit}\n"
    )
}

/// A project that does much of what policies promise.
fn diligent() -> Project {
    let project = Project::new();
    let manifest = "[package]\nname = \"app\"\nversion = \"1.2.0\"\nedition = \"2021\"\nrepository = \"https://github.com/Acme/App\"\n\
                    [lints.rust]\nunsafe_code = \"forbid\"\n";
    project
        .file("Cargo.toml", manifest)
        .file("CHANGELOG.md", "# Changelog\n\n## 1.2.0\n\n- a fix\n")
        .file(".github/dependabot.yml", DEPENDABOT)
        .file(".github/workflows/ci.yml", &workflow(PINNED, "cargo audit"))
        .commit("2024-01-01")
        .tag("2024-01-02", "v1.2.0");
    project
}

fn draft(project: &Project, more: &[&str]) -> Run {
    let db = common::database();
    let mut args = vec!["draft", "--offline", "--db", db.to_str().expect("UTF-8"), "--db-max-age", "100000", "--as-of", "2025-01-01"];
    args.extend(more);
    project.run(&args)
}

/// Commits the draft as the policy, and says how many of its promises `check` calls kept; none may be worse than unproven.
fn kept(project: &Project, text: &str) -> u64 {
    project.policy(text).commit("2025-01-01");
    let (code, report) = project.report("2025-01-01", &[]);
    assert_eq!(code, 0, "{report:#}");
    for bad in ["broken", "placeholder", "missed"] {
        assert_eq!(report["summary"][bad].as_u64().unwrap_or(0), 0, "{bad}: {report:#}");
    }
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0));
    report["summary"]["kept"].as_u64().expect("a count")
}

#[test]
fn what_the_repository_does_is_drafted_and_kept() {
    let project = diligent();
    let run = draft(&project, &["-o", "SECURITY.md"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    let text = fs::read_to_string(project.path().join("SECURITY.md")).expect("a policy");
    for sentence in [
        "We aim to provide security fixes for the latest release.\n",
        "https://github.com/Acme/App/security/advisories/new",
        "- Pull requests are checked with cargo-audit.\n",
        "- Updates of our Rust dependencies are proposed by Dependabot.\n",
        "- `Cargo.lock` is committed, so that our dependencies are locked.\n",
        "- The code that we ship contains no `unsafe`.\n",
        "- Workflows in CI run with the least permissions that they need.\n",
        "- Actions in CI are pinned to full commit hashes.\n",
        "- Security fixes are recorded in the [changelog](CHANGELOG.md).\n",
    ] {
        assert!(text.contains(sentence), "{sentence}{text}");
    }
    assert!(!text.contains(|c: char| c.is_ascii_digit()), "no number was typed: {text}");
    assert!(run.err.contains("private vulnerability reporting"), "{}", run.err);
    assert_eq!(kept(&project, &text), 9, "{text}");

    let again = draft(&project, &[]);
    assert_eq!((again.code, again.out.as_str()), (0, ""), "a policy that says it all is left alone");
    assert!(again.err.contains("nothing to add"), "{}", again.err);
}

#[test]
fn the_near_misses_are_not_promised() {
    let project = diligent();
    project
        .file(".github/dependabot.yml", &DEPENDABOT.replace("cargo", "npm"))
        .file(
            ".github/workflows/ci.yml",
            &workflow("actions/checkout@v4", "cargo audit || true").replace("contents: read", "contents: write"),
        )
        .file("Cargo.toml", "[package]\nname = \"app\"\nversion = \"1.2.0\"\nedition = \"2021\"\n")
        .file("CHANGELOG.md", "# Changelog\n\n## 1.1.0\n")
        .file(".gitignore", "Cargo.lock\n")
        .git("2024-02-01", &["rm", "-q", "--cached", "Cargo.lock"]);
    project.commit("2024-02-01");
    let run = draft(&project, &["--contact", "security@acme.io"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.out.contains("## What we do"), "{}", run.out);
    assert_eq!(kept(&project, &run.out), 2, "the address and the versions");
}

#[test]
fn without_a_way_to_report_there_is_no_draft() {
    let project = Project::new();
    project.commit("2024-01-01");
    let run = draft(&project, &[]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("--contact"), "{}", run.err);
    let run = draft(&project, &["--contact", "security@yourdomain.com"]);
    assert_eq!(run.code, 2, "a slot that nobody filled in: {}", run.out);
}

#[test]
fn what_is_typed_is_promised_firmly_or_as_an_aim_and_starts_today() {
    let project = diligent();
    project.file("Cargo.lock", &common::lockfile(&[("idna", "0.5.0")])).commit("2024-05-02");
    let typed = ["--acknowledge", "3 days", "--fix", "critical=14 days", "--fix", "60 days", "--supported", "1.2.x"];
    let aims = draft(&project, &[&typed[..], &["--best-effort"]].concat());
    assert!(aims.out.contains("We aim to acknowledge every report within 3 days.\n"), "{}{}", aims.out, aims.err);
    let run = draft(&project, &typed);
    for sentence in [
        "| 1.2.x | ✅ |\n| Older versions | ❌ |\n",
        "We acknowledge every report within 3 days.\n",
        "We release a fix for critical vulnerabilities within 14 days of the report.\n",
        "We release a fix for vulnerabilities within 60 days of the report.\n",
    ] {
        assert!(run.out.contains(sentence), "{sentence}{}{}", run.out, run.err);
    }
    assert!(!run.out.contains("latest"), "{}", run.out);
    kept(&project, &run.out);
    assert_eq!(draft(&project, &["--fix", "soon"]).code, 2);
}

#[test]
fn what_would_be_broken_today_is_refused() {
    let run = draft(&diligent(), &["--supported", "0.7.x"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("would be broken today"), "{}", run.err);
}

#[test]
fn a_policy_that_is_there_is_added_to_and_its_broken_promises_are_named() {
    let project = diligent();
    let policy = "# Security\n\nReport to security@acme.io.\n\nWe run cargo-deny on every pull request. Releases follow the changelog.\n";
    project.policy(policy).commit("2024-03-01");
    let run = draft(&project, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("## Supported versions\n") && run.out.contains("## What we do\n"), "{}", run.out);
    assert!(!run.out.contains("Reporting") && run.out.contains("cargo-audit") && !run.out.contains("cargo-deny"), "{}", run.out);
    assert!(run.err.contains("SECURITY.md:5: ") && run.err.contains("is broken today"), "{}", run.err);
    let run = draft(&project, &["-o", "SECURITY.md"]);
    assert_eq!((run.code, run.err.contains("stays as it is")), (2, true), "{}", run.err);
    assert_eq!(fs::read_to_string(project.path().join("SECURITY.md")).expect("a policy"), policy);
    assert_eq!(outcome(&project.report("2025-01-01", &[]).1, "tool/cargo-deny"), "broken");
}

#[test]
fn links_lead_from_the_folder_that_it_is_written_to() {
    let project = diligent();
    project.file("docs/security.asc", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n").commit("2024-03-01");
    fs::create_dir_all(project.path().join(".github")).expect("a folder");
    let run = draft(&project, &["-o", ".github/SECURITY.md"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = fs::read_to_string(project.path().join(".github/SECURITY.md")).expect("a policy");
    assert!(text.contains("[changelog](../CHANGELOG.md)"), "{text}");
    let (_, report) = project.report("2025-01-01", &[]);
    assert_eq!(report["policy"]["path"].as_str().or(report["policy"].as_str()), Some(".github/SECURITY.md"));
    assert!(text.contains("[public key](../docs/security.asc)"), "{text}");
}
