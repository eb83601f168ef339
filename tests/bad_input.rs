//! Hostile and broken input: a clear error with its place, nothing lost, never a panic.

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::{Project, database, outcome};

const DAY: &str = "2025-03-01";
const WINDOW: &str = "# Security\n\nWe fix vulnerabilities in our dependencies within 30 days.\n\nReport to security@corp.test.\n";
const AUDIT: &str = "# Security\n\nWe run `cargo audit` on every pull request.\n";

fn vulnerable() -> Project {
    let project = Project::new();
    project.locks(&[("idna", "0.5.0")]).policy(WINDOW).commit("2024-05-02");
    project
}

fn listed(report: &serde_json::Value) -> usize {
    report["vulnerabilities"].as_array().map_or(0, Vec::len)
}

#[test]
fn a_lockfile_of_a_future_version_is_exit_3_and_the_promises_are_judged_all_the_same() {
    let project = vulnerable();
    project.file("Cargo.lock", "version = 99\n");
    let (code, report) = project.report(DAY, &[]);
    assert_eq!(code, 3);
    assert_eq!(report["exit_code"], 3);
    assert_eq!(outcome(&report, "patch-deadline/any"), "unproven");
    assert!(project.check(DAY, &[]).out.contains("Cargo.lock"));
}

#[test]
fn a_truncated_lockfile_is_exit_3() {
    let project = vulnerable();
    let whole = common::lockfile(&[("idna", "0.5.0")]);
    project.file("Cargo.lock", &whole[..whole.len() - 40]);
    let (code, report) = project.report(DAY, &[]);
    assert_eq!((code, listed(&report)), (3, 0));
}

#[test]
fn a_policy_of_20_mb_is_read() {
    let project = vulnerable();
    let filler = "Our users come first, and we say so at length in this paragraph.\n\n".repeat(320_000);
    assert!(filler.len() > 20_000_000);
    project.policy(&format!("{WINDOW}\n{filler}\nWe run `cargo audit` on every pull request.\n"));
    let start = Instant::now();
    let run = project.run(&["commitments", "--format", "json", "--policy", "SECURITY.md"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let read = run.json();
    assert_eq!(read["commitments"].as_array().map(Vec::len), Some(3));
    assert!(start.elapsed() < Duration::from_secs(120), "even unoptimised, it is no matter of minutes");
}

#[test]
fn utf_16_is_read_latin_1_is_said_and_mojibake_is_text() {
    let project = vulnerable();
    let utf_16: Vec<u8> = [0xFEFF_u16].into_iter().chain(WINDOW.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    project.bytes("SECURITY.md", &utf_16).commit("2024-05-03");
    let (_, report) = project.report(DAY, &[]);
    assert_eq!(outcome(&report, "patch-deadline/any"), "broken");

    project.bytes("SECURITY.md", b"# Security\n\nGr\xfc\xdfe\n");
    let run = project.check(DAY, &[]);
    assert_eq!(run.code, 4);
    assert!(format!("{}{}", run.out, run.err).contains("UTF-8 (line 3)"), "{}{}", run.out, run.err);

    project.policy(&format!("{WINDOW}\nRustâ€™s borrow checker, KILIÃ‡.\n")).commit("2024-05-04");
    assert_eq!(outcome(&project.report(DAY, &[]).1, "patch-deadline/any"), "broken");
}

#[test]
fn an_anchor_bomb_makes_one_workflow_unavailable_and_accuses_nobody() {
    let project = Project::new();
    let mut bomb = String::from("on: push\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    project.policy(AUDIT).file(".github/workflows/bomb.yml", &bomb).commit("2025-01-01");
    let start = Instant::now();
    assert_eq!(outcome(&project.report(DAY, &[]).1, "tool/cargo-audit"), "unproven");
    assert!(start.elapsed() < Duration::from_secs(20));

    let workflow = "on: pull_request\njobs:\n  audit:\n    runs-on: x\n    steps:\n      - run: cargo audit\n";
    project.file(".github/workflows/ci.yml", workflow);
    assert_eq!(outcome(&project.report(DAY, &[]).1, "tool/cargo-audit"), "kept", "one unreadable file never hides the rest");
}

#[test]
fn a_database_without_advisories_is_exit_3_with_what_to_do() {
    let project = vulnerable();
    fs::create_dir(project.path().join("empty")).expect("a folder");
    let run = project.run(&["check", "--db", "empty", "--offline"]);
    assert_eq!(run.code, 3);
    assert!(format!("{}{}", run.out, run.err).contains("--db"), "{}{}", run.out, run.err);
    assert_eq!(project.run(&["check", "--db", "missing", "--offline"]).code, 3);
}

#[test]
fn an_old_database_is_exit_3_and_allowed_by_a_flag() {
    let project = vulnerable();
    let db = database();
    let args = ["check", "--offline", "--db", db.to_str().expect("UTF-8"), "--as-of", "2030-01-01"];
    assert_eq!(project.run(&args).code, 3);
    assert_eq!(project.run(&[&args[..], &["--db-max-age", "9999"]].concat()).code, 1);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_or_out_of_the_repository_are_not_followed() {
    use std::os::unix::fs::symlink;
    let project = vulnerable();
    fs::remove_file(project.path().join("SECURITY.md")).expect("removed");
    symlink("SECURITY.md", project.path().join("SECURITY.md")).expect("a link");
    assert_eq!(project.check(DAY, &[]).code, 4);

    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("policy.md"), WINDOW).expect("a file");
    fs::remove_file(project.path().join("SECURITY.md")).expect("removed");
    symlink(outside.path().join("policy.md"), project.path().join("SECURITY.md")).expect("a link");
    let run = project.check(DAY, &[]);
    assert_eq!(run.code, 4);
    assert!(format!("{}{}", run.out, run.err).contains("leaves the repository"), "{}{}", run.out, run.err);

    project.file("inner/policy.md", WINDOW);
    fs::remove_file(project.path().join("SECURITY.md")).expect("removed");
    symlink("inner/policy.md", project.path().join("SECURITY.md")).expect("a link");
    project.commit("2024-05-05");
    assert_eq!(project.check(DAY, &[]).code, 1, "a link inside the repository is followed");
}

#[test]
fn a_corrupt_repository_is_said_and_what_can_be_judged_is() {
    let project = vulnerable();
    project.commit("2025-01-01");
    fs::write(project.path().join(".git/HEAD"), "nonsense").expect("a file");
    let (code, report) = project.report(DAY, &[]);
    assert_eq!(listed(&report), 1);
    assert!(code == 1 || code == 0, "exit {code}");
    assert_eq!(report["git"]["head"], serde_json::Value::Null);
}

#[test]
fn a_bare_repository_has_no_workspace() {
    let project = vulnerable();
    project.commit("2025-01-01");
    let bare = tempfile::tempdir().expect("a folder");
    let from = project.path().to_str().expect("UTF-8");
    project.git("2025-01-01", &["clone", "-q", "--bare", from, bare.path().to_str().expect("UTF-8")]);
    let run = project.run_in(bare.path().to_str().expect("UTF-8"), &["check", "--offline"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("Cargo.toml"), "{}", run.err);
}

#[test]
fn a_home_that_cannot_be_written_is_said_and_harmless_with_a_database_at_hand() {
    let project = vulnerable();
    let home = [("CARGO_HOME", "/dev/null/home"), ("HOME", "/dev/null/home")];
    let run = project.run_in("", &["check", "--offline"], &home);
    assert_eq!(run.code, 3);
    assert!(format!("{}{}", run.out, run.err).contains("--db"), "{}{}", run.out, run.err);
    let db = database();
    let args = ["check", "--offline", "--db", db.to_str().expect("UTF-8"), "--db-max-age", "100000", "--as-of", DAY];
    assert_eq!(project.run_in("", &args, &home).code, 1);
}

#[test]
fn a_manifest_that_does_not_parse_is_said_and_the_lockfile_still_counts() {
    let project = vulnerable();
    project.file("Cargo.toml", "[package\n");
    let run = project.check(DAY, &[]);
    assert!(run.code == 1 || run.code == 0, "exit {}: {}{}", run.code, run.out, run.err);
    assert!(format!("{}{}", run.out, run.err).contains("Cargo.toml"), "{}{}", run.out, run.err);
    assert_eq!(listed(&project.report(DAY, &[]).1), 1);
}

#[test]
fn a_toolchain_that_is_not_installed_is_said_and_the_manifests_are_read() {
    let project = vulnerable();
    project.file("rust-toolchain.toml", "[toolchain]\npath = \"./mine\"\n");
    let run = project.run_in(
        "",
        &["check", "--offline", "--db", database().to_str().expect("UTF-8"), "--db-max-age", "100000", "--as-of", DAY, "--format", "json"],
        &[],
    );
    let report = run.json();
    assert_eq!(report["workspace"]["packages"][0]["name"], "app");
    assert_eq!(listed(&report), 1);
}

#[test]
fn a_wrong_setting_is_exit_2_with_its_line() {
    let project = vulnerable();
    project.file("secpolicy.toml", "[settings]\ndb-max-age = 3\ndue-son = 7\n");
    let run = project.check(DAY, &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("secpolicy.toml:3") || run.err.contains("due-son"), "{}", run.err);
}

#[test]
fn without_a_policy_vulnerabilities_are_listed_and_it_is_exit_4() {
    let project = vulnerable();
    fs::remove_file(project.path().join("SECURITY.md")).expect("removed");
    let (code, report) = project.report(DAY, &[]);
    assert_eq!((code, listed(&report)), (4, 1));
    assert_eq!(report["vulnerabilities"][0]["status"], "no-deadline");
}

#[test]
fn nothing_is_clean_that_was_not_matched() {
    let policy = "# Security\n\nPull requests with known vulnerabilities are not merged: `cargo audit` must pass.\n";
    let workflow = "on: pull_request\njobs:\n  audit:\n    runs-on: x\n    steps:\n      - run: cargo audit\n";
    let project = Project::new();
    project.locks(&[("idna", "1.0.3")]).policy(policy).file(".github/workflows/ci.yml", workflow).commit("2024-05-02");
    assert_eq!(outcome(&project.report(DAY, &[]).1, "remediation-required"), "kept");
    let run = project.run(&["check", "--offline", "--db", "missing", "--format", "json"]);
    assert_eq!((run.code, outcome(&run.json(), "remediation-required")), (3, "unproven"));
    project.file("Cargo.lock", "version = 99\n");
    assert_eq!(outcome(&project.report(DAY, &[]).1, "remediation-required"), "unproven");
}
