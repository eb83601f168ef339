//! `commitments` and the promise through time, from end to end.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::Project;
use serde_json::Value;

const FIRST: &str = "# Security\n\nWe fix vulnerabilities within 14 days.\n\nReport to security@corp.test.\n";
const SOFT: &str = "# Security\n\nWe aim to fix vulnerabilities within 30 days.\n\nReport to security@corp.test.\n";

/// Each change of the history as `date direction id`.
fn changes(list: &Value) -> Vec<String> {
    let events = list["history"]["events"].as_array().expect("events");
    let of = |event: &Value| {
        let date = event["date"].as_str().unwrap_or("not committed").to_owned();
        let say =
            |change: &Value| format!("{date} {} {}", change["direction"].as_str().expect("a word"), change["id"].as_str().expect("an id"));
        event["changes"].as_array().expect("changes").iter().map(say).collect::<Vec<_>>()
    };
    events.iter().flat_map(of).collect()
}

/// A policy that was written, moved, softened, and lost its address in the work tree alone.
fn project() -> Project {
    let project = Project::new();
    project.policy(FIRST).commit("2024-01-01");
    std::fs::create_dir(project.path().join(".github")).expect("a folder");
    project.git("2024-02-01", &["mv", "SECURITY.md", ".github/SECURITY.md"]);
    project.commit("2024-02-01").file(".github/SECURITY.md", SOFT).commit("2024-03-01");
    project.file(".github/SECURITY.md", SOFT.split("Report to").next().unwrap_or_default());
    project
}

#[test]
fn a_history_tells_each_change_with_its_commit_day_and_words() {
    let project = project();
    let list = project.run(&["commitments", "--history", "--format", "json"]).json();
    assert_eq!(
        changes(&list),
        [
            "not committed dropped reporting-channel/email/security@corp.test",
            "2024-03-01 softened patch-deadline/any",
            "2024-01-01 added patch-deadline/any",
            "2024-01-01 added reporting-channel/email/security@corp.test",
        ]
    );
    let history = &list["history"];
    assert_eq!((history["complete"].as_bool(), history["revisions"].as_u64()), (Some(true), Some(4)));
    let softened = &history["events"][1];
    assert_eq!(softened["commit"], project.git("2024-03-01", &["rev-parse", "HEAD"]));
    assert_eq!(softened["changes"][0]["before"]["text"], "We fix vulnerabilities within 14 days.");
    assert_eq!(softened["changes"][0]["after"]["text"], "We aim to fix vulnerabilities within 30 days.");
    assert_eq!(softened["changes"][0]["what"][0], "14 days became 30 days");
    assert_eq!(history["events"][2]["moved_from"], "SECURITY.md");
    assert_eq!(history["since"][0]["date"], "2024-01-01", "a softened promise has stood since it entered");

    let shown = project.run(&["commitments", "--history"]).out;
    for part in ["2024-03-01", "softened", "14 days became 30 days", "moved from SECURITY.md", "not committed"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn any_file_in_any_repository_has_a_history_and_one_outside_says_that_it_has_none() {
    let project = project();
    std::fs::remove_file(project.path().join("Cargo.toml")).expect("removed");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let policy = project.path().join(".github/SECURITY.md");
    let list = |path: &str| project.run_in(elsewhere.path().to_str().expect("UTF-8"), &["commitments", "--history", "--policy", path], &[]);
    let run = list(policy.to_str().expect("UTF-8"));
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("softened"), "{}", run.out);

    std::fs::write(elsewhere.path().join("policy.md"), FIRST).expect("a file");
    let run = list("policy.md");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("no history to tell: it lies in no git repository"), "{}", run.err);
    let plain = project.run_in(elsewhere.path().to_str().expect("UTF-8"), &["commitments", "--policy", "policy.md"], &[]);
    assert_eq!(plain.code, 0, "without a history, any file will do: {}", plain.err);
}

#[test]
fn a_history_that_is_cut_off_is_said() {
    let project = project();
    project.commit("2024-04-01");
    let clone = tempfile::tempdir().expect("a folder");
    let (from, to) = (format!("file://{}", project.path().display()), clone.path().join("it"));
    project.git("2024-04-01", &["clone", "-q", "--depth", "2", &from, to.to_str().expect("UTF-8")]);
    let list = project.run_in(to.to_str().expect("UTF-8"), &["commitments", "--history", "--format", "json"], &[]).json();
    assert_eq!(list["history"]["complete"], false);
    assert!(list["history"]["gaps"][0].as_str().expect("a sentence").contains("git fetch --unshallow"));
    assert_eq!(list["history"]["since"][0]["or_before"], true);
    assert!(changes(&list).iter().any(|change| change.contains("present patch-deadline/any")), "{:?}", changes(&list));
}

#[test]
fn the_list_is_grouped_and_says_each_promise_in_plain_words() {
    let project = Project::new();
    project.policy("# Security\n\n## Response\n\nCritical vulnerabilities are fixed within 14 days of the report.\n\nReporters are credited.\n\nWe acknowledge reports within [48 hours].\n");
    let shown = project.run(&["commitments"]).out;
    let at = |part: &str| shown.find(part).unwrap_or_else(|| panic!("{part}: {shown}"));
    assert!(at("what a repository can prove") < at("fixes critical vulnerabilities within 14 days of the report"), "{shown}");
    assert!(at("fixes critical") < at("what only people can say") && at("what only people can say") < at("credits reporters"), "{shown}");
    assert!(
        shown.contains("SECURITY.md:5") && shown.contains("\"Critical vulnerabilities are fixed within 14 days of the report"),
        "{shown}"
    );
    assert!(at("worth a look") < at("never filled in: "), "{shown}");
}

/// The findings of `check --against HEAD~1` that say what was weakened.
fn weakened(before: &str, after: &str) -> Vec<String> {
    let project = Project::new();
    project.policy(before).commit("2024-01-01").policy(after).commit("2024-02-01");
    let (_, report) = project.report("2024-03-01", &["--against", "HEAD~1"]);
    let findings = report["findings"].as_array().expect("findings");
    let weaker = |finding: &&Value| finding["id"].as_str().is_some_and(|id| id.starts_with("promise-"));
    assert!(findings.iter().skip_while(|f| weaker(f)).all(|f| !weaker(&f)), "named first: {findings:#?}");
    findings.iter().filter(weaker).map(|f| f["text"].as_str().expect("a sentence").to_owned()).collect()
}

#[test]
fn against_a_revision_what_was_softened_dropped_or_silenced_is_named_and_what_was_not_is_not() {
    assert_eq!(
        weakened(FIRST, SOFT),
        ["the promise `patch-deadline/any` is weaker than before: 14 days became 30 days; it was firm and is a best effort now"]
    );
    assert_eq!(weakened(SOFT, FIRST), [""; 0], "hardened");
    assert_eq!(weakened(FIRST, &format!("# Policy\n\nThank you.\n\n{FIRST}")), [""; 0], "moved");
    assert_eq!(weakened(FIRST, &FIRST.replace("security@", "secure@")), [""; 0], "another address is none the weaker");
    let silenced = FIRST.replace("14 days.", "14 days. <!-- secpolicy: not-a-commitment -->");
    assert_eq!(
        weakened(FIRST, &silenced),
        ["the promise `patch-deadline/any` still stands in the policy, and an annotation now silences it"]
    );
    let table = |row: &str| format!("# Supported versions\n\n| Version | Supported |\n| --- | --- |\n| 1.0.x | {row} |\n");
    assert_eq!(
        weakened(&table("until 2027-06-30"), &table("until 2026-06-30")),
        ["the promise `supported-versions/1.0.*` is weaker than before: until 2027-06-30 became until 2026-06-30"]
    );
    assert_eq!(weakened(&format!("{}| 0.9.x | no |\n", table("yes")), &table("yes")), [""; 0], "it promised nothing");
}
