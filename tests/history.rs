//! `history` from end to end, on small workspaces with histories of fixed dates.

#![expect(clippy::unwrap_used, reason = "a test that fails may stop")]

mod common;

use common::{Project, database};
use serde_json::Value;

const WINDOW: &str = "# Security\n\nWe fix vulnerabilities in our dependencies within 30 days.\n\nReport to security@corp.test.\n";

/// idna 0.5.0 is hit by an advisory of 2024-12-09.
fn fixed_on(day: &str) -> Project {
    let project = Project::new();
    project.policy(WINDOW).locks(&[("idna", "0.5.0")]).commit("2024-05-02");
    project.locks(&[("idna", "1.0.3")]).commit(day);
    project
}

fn history(project: &Project, more: &[&str]) -> Value {
    let db = database();
    let mut args = vec!["history", "--offline", "--db", db.to_str().unwrap(), "--as-of", "2025-06-01", "--format", "json"];
    args.extend(more);
    let run = project.run(&args);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    run.json()
}

#[test]
fn an_exposure_is_told_with_its_days_and_its_window() {
    let report = history(&fixed_on("2024-12-19"), &[]);
    let one = &report["exposures"][0];
    assert_eq!((one["advisory"].as_str(), one["package"].as_str()), (Some("RUSTSEC-2024-0421"), Some("idna")));
    assert_eq!((one["days"].as_f64(), &one["versions"]), (Some(10.5), &serde_json::json!(["0.5.0"])));
    assert_eq!((report["revisions"].as_u64(), report["complete"].as_bool()), (Some(2), Some(true)));
    assert_eq!((report["summary"]["closed"].as_u64(), report["summary"]["median_days"].as_f64()), (Some(1), Some(10.5)));
    assert_eq!(one["window_days"], 30);
}

#[test]
fn what_was_fixed_before_it_was_known_is_none_and_what_is_open_has_no_end() {
    assert_eq!(history(&fixed_on("2024-12-01"), &[])["exposures"].as_array().map(Vec::len), Some(0));
    let open = Project::new();
    open.policy(WINDOW).locks(&[("idna", "0.5.0")]).commit("2024-05-02");
    let report = history(&open, &[]);
    assert_eq!((&report["exposures"][0]["left"], &report["summary"]["open"]), (&Value::Null, &Value::from(1)));
}

#[test]
fn a_release_made_meanwhile_shipped_it_and_the_next_is_free_of_it() {
    let project = Project::new();
    project.locks(&[("idna", "0.5.0")]).commit("2024-05-02").tag("2024-12-15", "v1.2.0");
    project.locks(&[("idna", "1.0.3")]).commit("2024-12-19").tag("2024-12-29", "v1.2.1");
    let report = history(&project, &[]);
    let one = &report["exposures"][0];
    assert_eq!((one["shipped"]["tag"].as_str(), one["days_to_release"].as_f64()), (Some("v1.2.1"), Some(20.5)));
    let known: Vec<usize> =
        report["releases"].as_array().unwrap().iter().map(|release| release["known"].as_array().map_or(9, Vec::len)).collect();
    assert_eq!(known, [1, 0]);
}

#[test]
fn filters_leave_out_what_was_not_asked_for() {
    let project = fixed_on("2024-12-19");
    let count = |more: &[&str]| history(&project, more)["exposures"].as_array().map_or(0, Vec::len);
    assert_eq!(count(&["--since", "2024-12-09"]), 1);
    assert_eq!(count(&["--since", "2024-12-10"]), 0);
    assert_eq!(count(&["--until", "2024-12-08"]), 0);
    assert_eq!(count(&["--kind", "unmaintained"]), 0);
    let severity = history(&project, &[])["exposures"][0]["severity"].as_str().unwrap().to_owned();
    assert_eq!(count(&["--severity", &severity]), 1);
    let other = if severity == "low" { "high" } else { "low" };
    assert_eq!(count(&["--severity", other]), 0);
}

#[test]
fn the_lockfile_is_followed_through_a_broken_revision() {
    let project = Project::new();
    project.locks(&[("idna", "0.5.0")]).commit("2024-05-02");
    let whole = std::fs::read_to_string(project.path().join("Cargo.lock")).unwrap();
    project.file("Cargo.lock", &format!("<<<<<<< ours\n{whole}")).commit("2024-12-12");
    project.file("Cargo.lock", &whole).commit("2024-12-14");
    project.locks(&[("idna", "1.0.3")]).commit("2024-12-19");
    let report = history(&project, &[]);
    assert_eq!((report["exposures"].as_array().map(Vec::len), report["exposures"][0]["days"].as_f64()), (Some(1), Some(10.5)));
    assert!(report["notes"][0].as_str().is_some_and(|note| note.contains("could not be read")), "{}", report["notes"]);
}

#[test]
fn the_terminal_ends_with_the_whole_in_one_breath_and_csv_has_a_row_an_exposure() {
    let project = fixed_on("2024-12-19");
    let db = database();
    let base = ["history", "--offline", "--db", db.to_str().unwrap(), "--as-of", "2025-06-01"];
    let run = |more: &[&str]| project.run(&[&base, more].concat()).out;
    let text = run(&[]);
    assert!(text.contains("idna 2024-0421"), "{text}");
    assert!(text.trim_end().lines().last().is_some_and(|line| line.contains("median 10.5 days")), "{text}");
    let csv = run(&["--format", "csv"]);
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 2, "{csv}");
    assert!(rows[0].starts_with("advisory,package,versions,lockfile") && rows[1].starts_with("RUSTSEC-2024-0421,idna,0.5.0,Cargo.lock"));
}

#[test]
fn without_git_it_says_so() {
    let project = Project::new();
    project.policy(WINDOW);
    let run = project.run(&["history", "--offline", "--db", database().to_str().unwrap()]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains("no git repository"), "{}", run.err);
}

#[test]
fn a_policy_that_moved_promised_before_it_moved() {
    let project = Project::new();
    project.policy(WINDOW).locks(&[("idna", "0.5.0")]).commit("2024-05-02");
    project.git("2025-02-01", &["mv", "SECURITY.md", "policy.md"]);
    project.git("2025-02-01", &["commit", "-q", "-m", "moved"]);
    std::fs::create_dir(project.path().join(".github")).unwrap();
    project.git("2025-03-01", &["mv", "policy.md", ".github/SECURITY.md"]);
    project.git("2025-03-01", &["commit", "-q", "-m", "moved"]);
    let report = history(&project, &[]);
    assert_eq!(report["exposures"][0]["due"], "2025-01-08", "{:#}", report["exposures"][0]);
}

#[test]
fn a_database_that_is_too_old_is_exit_code_3_and_all_is_told() {
    let project = fixed_on("2024-12-19");
    let db = database();
    let base = ["history", "--offline", "--db", db.to_str().unwrap(), "--as-of", "2030-01-01"];
    let run = project.run(&base);
    assert_eq!(run.code, 3, "{}", run.out);
    assert!(run.out.contains("days old") && run.out.contains("idna 2024-0421"), "{}", run.out);
    assert_eq!(project.run(&[&base[..], &["--db-max-age", "10000"]].concat()).code, 0);
}

#[test]
fn releases_are_told_with_what_was_asked_for_alone() {
    let project = Project::new();
    project.locks(&[("ansi_term", "0.11.0"), ("idna", "0.5.0")]).commit("2024-05-02").tag("2024-12-15", "v1.2.0");
    let known = |more: &[&str]| history(&project, more)["releases"][0]["known"].clone();
    assert_eq!(known(&[]), serde_json::json!(["RUSTSEC-2024-0421"]));
    assert_eq!(known(&["--kind", "unmaintained"]), serde_json::json!(["RUSTSEC-2021-0139"]));
}
