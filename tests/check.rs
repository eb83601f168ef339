//! `check` from end to end, on small workspaces with histories of fixed dates.

mod common;

use std::fs;

use common::{Project, outcome, verdict};

const CHANNEL: &str = "# Security\n\nReport vulnerabilities to security@corp.test.\n";
const WINDOW: &str = "# Security\n\nWe fix vulnerabilities in our dependencies within 30 days.\n\nReport to security@corp.test.\n";

/// idna 0.5.0 is hit by an advisory of 2024-12-09, whose window of 30 days ends on 2025-01-08.
fn vulnerable(policy: &str) -> Project {
    let project = Project::new();
    project.locks(&[("idna", "0.5.0")]).policy(policy).commit("2024-05-02");
    project
}

#[test]
fn a_neutral_project_is_silent_and_exits_0() {
    let project = Project::new();
    project.policy(CHANNEL).commit("2024-01-01");
    let run = project.check("2025-01-01", &[]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(!run.out.contains("broken:") && !run.out.contains("unproven:"), "{}", run.out);
    let (_, report) = project.report("2025-01-01", &[]);
    assert_eq!(report["summary"]["kept"], 1);
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_window_is_the_clock_the_due_day_is_inside_and_the_next_is_past() {
    let project = vulnerable(WINDOW);
    for (day, status, code, of_promise) in
        [("2024-12-20", "due", 0, "due"), ("2025-01-08", "due", 0, "due"), ("2025-01-09", "overdue", 1, "broken")]
    {
        let (got, report) = project.report(day, &[]);
        let vulnerability = &report["vulnerabilities"][0];
        assert_eq!((got, vulnerability["status"].as_str()), (code, Some(status)), "{day}");
        assert_eq!(vulnerability["due"], "2025-01-08");
        assert_eq!(vulnerability["clock_started"], "2024-12-09");
        assert_eq!(outcome(&report, "patch-deadline/any"), of_promise, "{day}");
    }
    let (code, report) = project.report("2024-12-08", &[]);
    assert_eq!((code, report["vulnerabilities"].as_array().map(Vec::len)), (0, Some(0)), "not yet public");
    assert_eq!(project.report("2024-12-20", &["--deny", "due"]).0, 1);
}

#[test]
fn the_clock_starts_no_earlier_than_the_lockfile_holds_it_or_the_policy_promises() {
    let late = Project::new();
    late.policy(WINDOW).commit("2024-01-01").locks(&[("idna", "0.5.0")]).commit("2025-02-01");
    let (_, report) = late.report("2025-02-20", &[]);
    assert_eq!(report["vulnerabilities"][0]["due"], "2025-03-03", "{:#}", report["vulnerabilities"]);
    let promised = Project::new();
    promised.locks(&[("idna", "0.5.0")]).policy(CHANNEL).commit("2024-01-01").policy(WINDOW).commit("2025-02-10");
    let (code, report) = promised.report("2025-02-20", &[]);
    assert_eq!((code, report["vulnerabilities"][0]["due"].as_str()), (0, Some("2025-03-12")));
}

#[test]
fn what_is_reported_to_the_project_is_a_yardstick_but_not_its_own_verdict() {
    let reported = "# Security\n\n## Reports\n\nOnce you report a vulnerability to us, we will release a fix within 30 days.\n";
    let (code, report) = vulnerable(reported).report("2025-03-01", &[]);
    assert_eq!((code, report["vulnerabilities"][0]["status"].as_str()), (1, Some("overdue")));
    assert_eq!(outcome(&report, "patch-deadline/any"), "unproven");
}

#[test]
fn a_waiver_stands_beside_the_outcome_and_past_its_end_it_fails() {
    let project = vulnerable(WINDOW);
    let waiver = "[[waiver]]\nadvisory = \"CVE-2024-12224\"\nreason = \"no untrusted names\"\nuntil = 2025-06-30\n";
    project.file("secpolicy.toml", waiver);
    let (code, report) = project.report("2025-03-01", &[]);
    assert_eq!((code, report["vulnerabilities"][0]["status"].as_str()), (0, Some("waived")));
    assert_eq!(report["waivers"][0]["state"], "active");
    let (code, report) = project.report("2025-07-01", &[]);
    assert_eq!((code, report["vulnerabilities"][0]["status"].as_str()), (1, Some("overdue")));
    assert_eq!(report["waivers"][0]["state"], "expired");
    assert!(report["findings"].as_array().expect("findings").iter().any(|f| f["id"] == "expired-waiver/secpolicy.toml"));
}

#[test]
fn a_sign_off_settles_what_only_people_can_say_and_ends() {
    let project = Project::new();
    project.policy("# Security\n\nAll changes are reviewed by a second maintainer.\n").commit("2024-01-01");
    assert_eq!(outcome(&project.report("2025-01-01", &[]).1, "code-review"), "manual");
    project.file(
        "secpolicy.toml",
        "[[sign-off]]\ncommitment = \"code-review\"\nby = \"the maintainers\"\non = 2025-01-01\nuntil = 2025-12-31\n",
    );
    assert_eq!(outcome(&project.report("2025-02-01", &[]).1, "code-review"), "signed-off");
    assert_eq!(outcome(&project.report("2026-01-01", &[]).1, "code-review"), "manual");
    assert_eq!(project.report("2026-01-01", &["--deny", "manual"]).0, 1);
}

#[test]
fn a_slot_that_was_never_filled_in_fails() {
    let project = Project::new();
    project.policy("# Security\n\nReport vulnerabilities to security@yourdomain.com.\n").commit("2024-01-01");
    let (code, report) = project.report("2025-01-01", &[]);
    assert_eq!((code, outcome(&report, "reporting-channel/email/security@yourdomain.com")), (1, "placeholder"));
}

#[test]
fn a_tool_is_kept_where_it_runs_and_broken_where_its_line_is_gone() {
    let project = Project::new();
    let workflow = |line: &str| format!("on: pull_request\njobs:\n  audit:\n    runs-on: x\n    steps:\n      - run: {line}\n");
    project
        .policy("# Security\n\nWe run `cargo audit` on every pull request.\n")
        .file(".github/workflows/ci.yml", &workflow("cargo audit"));
    project.commit("2024-01-01");
    let (_, report) = project.report("2025-01-01", &[]);
    let kept = verdict(&report, "tool/cargo-audit");
    assert_eq!((kept["outcome"].as_str(), kept["tested"].as_u64()), (Some("kept"), Some(1)));
    assert_eq!((kept["reasons"][0]["path"].as_str(), kept["reasons"][0]["line"].as_u64()), (Some(".github/workflows/ci.yml"), Some(6)));

    project.file(".github/workflows/ci.yml", &workflow("cargo audit || true"));
    let (code, report) = project.report("2025-01-01", &[]);
    assert_eq!((code, outcome(&report, "tool/cargo-audit")), (0, "kept"));
    assert!(project.check("2025-01-01", &[]).out.contains("cannot fail"), "a job that cannot fail is not overlooked");

    project.file(".github/workflows/ci.yml", &workflow("cargo test"));
    let (code, report) = project.report("2025-01-01", &[]);
    assert_eq!((code, outcome(&report, "tool/cargo-audit")), (1, "broken"));
}

#[test]
fn a_version_table_that_the_releases_left_behind_is_broken() {
    let project = Project::new();
    let table = |rule: &str| format!("# Security\n\n## Supported versions\n\n| Version | Supported |\n| --- | --- |\n| {rule} | yes |\n");
    project.policy(&table("0.7.x")).commit("2024-01-01").tag("2024-01-02", "v0.7.0").commit("2024-02-01").tag("2024-02-02", "v0.9.3");
    let (code, report) = project.report("2025-01-01", &[]);
    assert_eq!((code, outcome(&report, "supported-versions/0.7.*")), (1, "broken"));
    project.policy(&table("0.9.x"));
    let (code, report) = project.report("2025-01-01", &[]);
    assert_eq!((code, outcome(&report, "supported-versions/0.9.*")), (0, "kept"));
}

#[test]
fn fixtures_and_fuzz_lockfiles_never_fail_a_run() {
    let project = Project::new();
    project.policy(WINDOW).file("fixtures/old/Cargo.lock", &common::lockfile(&[("idna", "0.5.0")]));
    project.file("fuzz/Cargo.lock", "version = 99\n").commit("2024-01-01");
    let (code, report) = project.report("2025-03-01", &[]);
    assert_eq!((code, report["vulnerabilities"][0]["status"].as_str()), (0, Some("informational")));
    assert_eq!(report["lockfiles"].as_array().map(Vec::len), Some(3));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let project = vulnerable(WINDOW);
    let once = project.check("2025-03-01", &["--format", "json"]).out;
    assert_eq!(once, project.check("2025-03-01", &["--format", "json"]).out);
    assert_eq!(project.check("2025-03-01", &[]).out, project.check("2025-03-01", &[]).out);
}

#[test]
fn against_a_revision_only_what_is_new_fails() {
    let project = vulnerable(WINDOW);
    project.file("README.md", "an unrelated change").commit("2025-02-01");
    assert_eq!(project.report("2025-03-01", &[]).0, 1, "the default branch is red");
    let (code, report) = project.report("2025-03-01", &["--against", "HEAD~1"]);
    assert_eq!(code, 0, "a clock that ran out does not redden an unrelated pull request");
    assert_eq!(report["vulnerabilities"][0]["status"], "overdue");

    project.locks(&[("idna", "0.5.0"), ("time", "0.1.43")]).commit("2025-02-02");
    let (code, report) = project.report("2025-06-01", &["--against", "HEAD~1"]);
    let failing: Vec<_> = report["vulnerabilities"].as_array().expect("a list").iter().filter(|v| v["fails"] == true).collect();
    assert_eq!(code, 1, "{report:#}");
    assert_eq!((failing.len(), failing[0]["package"].as_str()), (1, Some("time")));
}

#[test]
fn against_a_revision_a_weaker_promise_and_a_new_waiver_are_named_first() {
    let project = vulnerable(WINDOW);
    project.file("secpolicy.toml", "[[waiver]]\nadvisory = \"RUSTSEC-2024-0421\"\nreason = \"r\"\nuntil = 2025-12-31\n");
    project.policy("# Security\n\nWe aim to fix vulnerabilities in our dependencies within 60 days.\n").commit("2025-02-01");
    let (code, report) = project.report("2025-03-01", &["--against", "HEAD~1"]);
    let ids: Vec<_> = report["findings"].as_array().expect("findings").iter().map(|f| f["id"].as_str().expect("an id")).collect();
    assert_eq!(
        ids,
        [
            "promise-softened/patch-deadline/any",
            "promise-dropped/reporting-channel/email/security@corp.test",
            "waiver-widened/RUSTSEC-2024-0421"
        ]
    );
    assert_eq!(code, 0);
    assert_eq!(project.report("2025-03-01", &["--against", "HEAD~1", "--deny", "findings"]).0, 1);
}

#[test]
fn against_a_revision_an_annotation_that_silences_a_promise_is_named_as_such() {
    let project = vulnerable(WINDOW);
    let silenced = WINDOW.replace("30 days.", "30 days. <!-- secpolicy: not-a-commitment -->");
    project.policy(&silenced).commit("2025-02-01");
    let (_, report) = project.report("2025-03-01", &["--against", "HEAD~1"]);
    let finding = &report["findings"][0];
    assert_eq!(finding["id"], "promise-silenced/patch-deadline/any", "{:#}", report["findings"]);
    assert!(finding["places"][0]["line"].as_u64().is_some(), "the annotation's own place: {finding:#}");
    project.file("README.md", "").commit("2025-02-02");
    let (_, again) = project.report("2025-03-01", &["--against", "HEAD~1"]);
    assert_eq!(again["findings"].as_array().map(Vec::len), Some(0), "it was silenced before, too");
}

#[test]
fn against_a_baseline_a_clock_that_ran_out_is_not_new_and_a_deleted_waiver_is() {
    let project = vulnerable(WINDOW);
    let baseline = project.path().join("baseline.json");
    let save = |day: &str| fs::write(&baseline, project.check(day, &["--format", "json"]).out).expect("a file");
    save("2024-12-20");
    assert_eq!(project.report("2025-03-01", &["--baseline", "baseline.json"]).0, 0);
    project.file("secpolicy.toml", "[[waiver]]\nadvisory = \"RUSTSEC-2024-0421\"\nreason = \"r\"\nuntil = 2025-12-31\n");
    save("2025-03-01");
    fs::remove_file(project.path().join("secpolicy.toml")).expect("removed");
    assert_eq!(project.report("2025-03-01", &["--baseline", "baseline.json"]).0, 1);
    assert_eq!(project.check("2025-03-01", &["--baseline", "Cargo.toml"]).code, 2);
}

#[test]
fn a_workspace_in_a_subfolder_is_judged_by_the_policy_above_it() {
    let project = Project::new();
    for name in ["Cargo.toml", "Cargo.lock", "src"] {
        fs::create_dir_all(project.path().join("rust")).expect("a folder");
        fs::rename(project.path().join(name), project.path().join("rust").join(name)).expect("moved");
    }
    let workflow = "on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: cd rust && cargo audit\n";
    project.policy("We run `cargo audit` on every pull request.\n").file(".github/workflows/ci.yml", workflow).commit("2024-01-01");
    let run = project.check("2025-01-01", &["--manifest-path", "rust/Cargo.toml", "--format", "json"]);
    let report = run.json();
    assert_eq!((report["workspace"]["root"].as_str(), outcome(&report, "tool/cargo-audit")), (Some("rust"), "kept"));
    assert_eq!(report["lockfiles"][0]["path"], "rust/Cargo.lock");
}

#[test]
fn an_ignore_is_unused_only_where_the_database_knows_its_advisory() {
    let project = vulnerable(CHANNEL);
    project.file(".cargo/audit.toml", "[advisories]\nignore = [\n  \"RUSTSEC-2024-0003\",\n  \"RUSTSEC-2099-0001\",\n]\n");
    let (_, report) = project.report("2025-03-01", &[]);
    let states: Vec<_> = report["waivers"].as_array().expect("a list").iter().map(|w| (w["line"].as_u64(), w["state"].as_str())).collect();
    assert_eq!(states, [(Some(3), Some("unused")), (Some(4), Some("active"))]);
    let ids: Vec<_> = report["findings"].as_array().expect("a list").iter().filter_map(|f| f["id"].as_str()).collect();
    assert!(ids.contains(&"unused-ignore/.cargo/audit.toml"), "{ids:?}");
}

#[test]
fn a_database_older_than_the_lockfile_is_said() {
    let project = vulnerable(CHANNEL);
    let has = |project: &Project| {
        let (_, report) = project.report("2026-03-01", &[]);
        report["findings"].as_array().expect("a list").iter().any(|finding| finding["id"] == "old-database")
    };
    assert!(!has(&project), "the fixtures' database is of 2025");
    project.file("README.md", "another change").commit("2026-01-01");
    assert!(!has(&project), "the lockfile is as old as before");
    project.locks(&[("idna", "0.5.0"), ("url", "2.5.0")]).commit("2026-02-01");
    assert!(has(&project));
}

#[test]
fn packages_from_elsewhere_are_said_to_be_not_covered_and_match_nothing() {
    let project = Project::new();
    let git = "source = \"git+https://corp.test/idna#0123456789012345678901234567890123456789\"";
    let lock = common::lockfile(&[("idna", "0.5.0")]).replace("source = \"registry+https://github.com/rust-lang/crates.io-index\"", git);
    project.policy(CHANNEL).file("Cargo.lock", &lock).commit("2024-05-02");
    let (_, report) = project.report("2025-03-01", &[]);
    assert_eq!(report["vulnerabilities"].as_array().map(Vec::len), Some(0));
    assert!(report["notes"].to_string().contains("no advisory covers them: idna"), "{:#}", report["notes"]);
}

#[test]
fn a_policy_that_only_points_elsewhere_is_said_to() {
    let project = Project::new();
    project.policy("# Security\n\nSee our [security policy](https://corp.test/security).\n").commit("2024-05-02");
    let (code, report) = project.report("2025-03-01", &[]);
    assert_eq!(code, 0);
    assert!(report["notes"].to_string().contains("https://corp.test/security"), "{:#}", report["notes"]);
}

#[test]
fn where_the_words_let_a_finding_be_accepted_an_ignore_breaks_nothing() {
    let outcome_of = |words: &str| {
        let project = Project::new();
        project.locks(&[("idna", "0.5.0")]).policy(&format!("# Security\n\n{words}\n\nReport to security@corp.test.\n"));
        project.file(".cargo/audit.toml", "[advisories]\nignore = [\"RUSTSEC-2024-0421\"]\n").commit("2024-05-02");
        let (_, report) = project.report("2025-01-01", &[]);
        outcome(&report, "remediation-required").to_owned()
    };
    assert_eq!(outcome_of("Developers must fix or replace every vulnerable dependency before merging a pull request."), "broken");
    assert_eq!(
        outcome_of("Developers must fix, replace or acknowledge every vulnerable dependency before merging a pull request."),
        "unproven"
    );
}

#[test]
fn what_only_severe_findings_must_not_be_says_nothing_of_the_others() {
    let outcome_of = |words: &str, severity: &str| {
        let project = Project::new();
        project.locks(&[("idna", "0.5.0")]).policy(&format!("# Security\n\n{words}\n\nReport to security@corp.test.\n"));
        if !severity.is_empty() {
            let stated = format!("[[severity]]\nadvisory = \"RUSTSEC-2024-0421\"\nseverity = \"{severity}\"\nreason = \"as used here\"\n");
            project.file("secpolicy.toml", &stated);
        }
        project.file(".cargo/audit.toml", "[advisories]\nignore = [\"RUSTSEC-2024-0421\"]\n").commit("2024-05-02");
        let (_, report) = project.report("2025-01-01", &[]);
        outcome(&report, "remediation-required").to_owned()
    };
    let severe = "CI must pass `cargo audit` with no high or critical vulnerability before a pull request is merged.";
    assert_eq!(outcome_of(severe, "high"), "broken");
    assert_ne!(outcome_of(severe, "medium"), "broken");
    assert_eq!(outcome_of(severe, ""), "unproven", "the severity is not known");
    let every = "CI must pass `cargo audit` with no vulnerability before a pull request is merged.";
    assert_eq!(outcome_of(every, "medium"), "broken");
}
