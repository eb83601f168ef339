//! `init` from end to end: the first settings, and a baseline where something fails.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::{Project, Run};

const WINDOW: &str = "# Security\n\nWe fix vulnerabilities in our dependencies within 30 days.\n\nReport to security@corp.test.\n";

fn init(project: &Project) -> Run {
    let db = common::database();
    project.run(&["init", "--offline", "--db", db.to_str().expect("UTF-8"), "--db-max-age", "100000", "--as-of", "2025-03-01"])
}

fn read(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).expect("a file")
}

#[test]
fn where_nothing_fails_there_are_settings_alone() {
    let project = Project::new();
    project.policy(WINDOW).commit("2024-01-01");
    let run = init(&project);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("  - run: cargo secpolicy check\n"), "{}", run.out);
    assert!(!project.path().join("secpolicy-baseline.json").exists());
    let text = read(&project, "secpolicy.toml");
    assert!(text.contains("#policy = \"SECURITY.md\"\n") && text.contains("#default-branch = \"main\"\n"), "{text}");
    assert_eq!(project.report("2025-03-01", &[]).0, 0, "the file is accepted");
}

#[test]
fn where_something_fails_a_baseline_keeps_it_from_failing_again() {
    let project = Project::new();
    project.locks(&[("idna", "0.5.0")]).policy(WINDOW).commit("2024-05-02");
    assert_eq!(project.report("2025-03-01", &[]).0, 1);
    let run = init(&project);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("1 promise and 1 vulnerability fail today"), "{}", run.out);
    assert!(run.out.contains("cargo secpolicy check --baseline secpolicy-baseline.json\n"), "{}", run.out);
    assert_eq!(project.report("2025-03-01", &["--baseline", "secpolicy-baseline.json"]).0, 0);
    assert!(read(&project, "secpolicy.toml").contains("# advisory = \"RUSTSEC-2024-0421\"\n# severity = \"\"\n"));
}

#[test]
fn no_file_that_is_there_is_changed() {
    let project = Project::new();
    project.locks(&[("idna", "0.5.0")]).policy(WINDOW).file("secpolicy.toml", "[settings]\ndue-soon = 3\n").commit("2024-05-02");
    let run = init(&project);
    assert_eq!((run.code, run.err.contains("stays as it is")), (2, true), "{}", run.err);
    assert_eq!(read(&project, "secpolicy.toml"), "[settings]\ndue-soon = 3\n");
    assert!(!project.path().join("secpolicy-baseline.json").exists());

    fs::remove_file(project.path().join("secpolicy.toml")).expect("removed");
    project.file("secpolicy-baseline.json", "mine");
    let run = init(&project);
    assert_eq!((run.code, read(&project, "secpolicy-baseline.json").as_str()), (0, "mine"), "{}", run.err);
    assert!(project.path().join("secpolicy.toml").exists());
}

#[test]
fn what_could_not_be_read_makes_no_baseline_and_is_said() {
    let project = Project::new();
    project.file("Cargo.lock", "version = 99\n").commit("2024-05-02");
    let run = init(&project);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("no baseline: ") && run.out.contains("cargo secpolicy draft"), "{}", run.out);
    assert!(!project.path().join("secpolicy-baseline.json").exists());
}
