//! All formats of one report. `SNAPSHOTS=overwrite cargo test --test render` writes the snapshots and schemas anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "render/sample.rs"]
mod sample;

use cargo_secpolicy::error::Error;
use cargo_secpolicy::observation::Reason;
use cargo_secpolicy::observation::advisory::AdvisoryKind;
use cargo_secpolicy::observation::git::Incomplete;
use cargo_secpolicy::render::terminal::{Style, Verbosity};
use cargo_secpolicy::render::{json, terminal};
use cargo_secpolicy::report::Report;
use cargo_secpolicy::source::{Place, Source};
use cargo_secpolicy::verdict::{Outcome, Status, Vulnerability};
use serde_json::Value;
use snapbox::{assert_data_eq, file};

const PLAIN: Style = Style { color: false, width: 100, verbosity: Verbosity::Normal, unicode: true };

/// A report of an ordinary project: nothing fails.
fn calm() -> Report {
    let mut report = sample::report();
    report.verdicts.retain(|verdict| !verdict.fails && verdict.judgement.warnings.is_empty());
    report.vulnerabilities.retain(|vulnerability| vulnerability.status == Status::Informational);
    report.findings.clear();
    report
}

#[test]
fn the_terminal_shows_what_fails_first() {
    assert_data_eq!(terminal::render(&sample::report(), &PLAIN), file!["snapshots/report.txt"].raw());
}

#[test]
fn a_narrow_terminal_without_unicode_is_readable_too() {
    let style = Style { width: 60, unicode: false, ..PLAIN };
    let text = terminal::render(&sample::report(), &style);
    // Quoted lines of the policy may hold anything; the frame around them is ASCII.
    assert!(text.lines().filter(|line| !line.contains("0.7.x") && !line.contains("0.6")).all(|line| line.is_ascii()));
    assert_data_eq!(text, file!["snapshots/narrow.txt"].raw());
}

#[test]
fn verbose_opens_what_was_folded_and_quiet_leaves_it_out() {
    let verbose = terminal::render(&sample::report(), &Style { width: 200, verbosity: Verbosity::Verbose, ..PLAIN });
    assert_data_eq!(verbose, file!["snapshots/verbose.txt"].raw());
    let quiet = terminal::render(&sample::report(), &Style { verbosity: Verbosity::Quiet, ..PLAIN });
    assert!(quiet.contains("broken[") && quiet.contains("RUSTSEC-2020-0071"));
    assert!(!quiet.contains("\nkept\n") && !quiet.contains("advisories  "));
}

#[test]
fn an_ordinary_project_is_not_scolded() {
    let report = calm();
    assert_eq!(report.exit_code(), 0);
    assert_data_eq!(terminal::render(&report, &PLAIN), file!["snapshots/calm.txt"].raw());
    assert_eq!(terminal::render(&report, &Style { verbosity: Verbosity::Quiet, ..PLAIN }).trim(), "");
}

#[test]
fn what_was_not_read_is_never_called_clean() {
    let last = |report: &Report| terminal::render(report, &PLAIN).lines().rev().take(2).collect::<Vec<_>>().join(" ");
    let mut report = calm();
    assert!(last(&report).contains("no open vulnerability"));
    report.vulnerabilities = sample::report().vulnerabilities;
    report.vulnerabilities.retain(|vulnerability| vulnerability.status == Status::Overdue);
    report.vulnerabilities[0].status = Status::Waived;
    report.vulnerabilities[0].fails = false;
    assert!(last(&report).contains("1 vulnerability waived"), "{}", last(&report));
    let mut report = calm();
    report.verdicts.clear();
    assert!(last(&report).contains("no promise was found in the policy"), "{}", last(&report));
    for unread in [0, 1, 2] {
        let mut report = calm();
        match unread {
            0 => report.database = None,
            1 => report.lockfiles.clear(),
            _ => report.lockfiles[0].content = Err("it is cut off".into()),
        }
        assert!(!last(&report).contains("vulnerability"), "{}", last(&report));
    }
}

#[test]
fn a_history_that_is_cut_off_is_said_once_and_first_with_what_brings_it() {
    let mut report = calm();
    let before = terminal::render(&report, &PLAIN);
    assert!(!before.contains("not judged"));
    let verdict = report.verdicts.first_mut().unwrap();
    verdict.judgement.outcome = Outcome::Unproven;
    verdict.judgement.wants_history = true;
    let git = report.git.as_mut().unwrap();
    git.incomplete = [Incomplete::Shallow, Incomplete::NoTags, Incomplete::SingleBranch].into();
    let text = terminal::render(&report, &Style { width: 60, ..PLAIN });
    assert!(text.starts_with("warning: 1 promise not judged: the history is cut off and"), "{text}");
    assert!(text.contains("\n      with:\n        fetch-depth: 0\n"), "{text}");
    assert_eq!((text.matches("fetch-depth").count(), text.matches("`git fetch --unshallow --tags`").count()), (1, 1), "{text}");
    // What rests on no history says nothing of it; without git there is nothing to fetch.
    report.git = None;
    let text = terminal::render(&report, &PLAIN);
    assert!(text.starts_with("warning: 1 promise not judged: no git history") && !text.contains("fetch"), "{text}");
    report.verdicts.first_mut().unwrap().judgement.wants_history = false;
    assert!(!terminal::render(&report, &PLAIN).contains("not judged"));
}

#[test]
fn what_is_said_of_many_is_said_once() {
    let mut report = sample::report();
    let why = "cargo could not be asked whether anything builds it (no network), so the lockfile decides";
    for vulnerability in &mut report.vulnerabilities {
        vulnerability.hit.kind = AdvisoryKind::Vulnerability;
        vulnerability.reasons.push(Reason::new(why));
    }
    let informational = |vulnerability: &Vulnerability| vulnerability.status == Status::Informational;
    report.vulnerabilities.retain(informational);
    let mut other = report.vulnerabilities.first().unwrap().clone();
    other.hit.package.push_str("-other");
    report.vulnerabilities.push(other);
    let note = Reason::new("said before");
    for verdict in &mut report.verdicts {
        verdict.judgement.notes = vec![note.clone(), note.clone()];
    }
    report.verdicts.retain(|verdict| verdict.judgement.outcome == Outcome::Kept);
    report.verdicts.truncate(1);
    let text = terminal::render(&report, &Style { width: 400, verbosity: Verbosity::Verbose, ..PLAIN });
    assert_eq!((text.matches(why).count(), text.matches("said before").count()), (1, 1), "{text}");
}

#[test]
fn one_cause_is_one_diagnostic_and_long_lists_are_counted() {
    let mut report = sample::report();
    let broken = report.verdicts.iter_mut().find(|verdict| verdict.commitment.id == "pinned-actions").unwrap();
    broken.judgement.outcome = Outcome::Broken;
    broken.fails = true;
    let yaml = "      - uses: actions/checkout@v4\n\n\n\n\n\n\n".repeat(12);
    let workflow = Source::new(".github/workflows/many.yml", yaml);
    broken.judgement.reasons = vec![Reason::new("12 of 12 actions are not at a full commit hash")];
    let places = (0..12).map(|i| Reason::at("at a tag", &Place::line_in(&workflow, 7 * i + 1)));
    broken.judgement.reasons.extend(places);
    let unproven = report.verdicts.iter().find(|verdict| verdict.commitment.id == "tool/snyk").unwrap().clone();
    report.verdicts.extend(std::iter::repeat_n(unproven, 11));

    let text = terminal::render(&report, &PLAIN);
    assert_eq!(text.matches("supported row holds").count(), 1, "two rows of a stale table are one diagnostic");
    assert_eq!(text.matches("uses: actions/checkout@v4").count(), 4);
    assert!(text.contains("note: 8 places more, shown with -v"), "{text}");
    assert_eq!(text.matches("tool/snyk:").count(), 8);
    assert!(text.contains("  and 4 more, shown with -v"), "{text}");
    let verbose = terminal::render(&report, &Style { verbosity: Verbosity::Verbose, ..PLAIN });
    assert_eq!((verbose.matches("uses: actions/checkout@v4").count(), verbose.matches("tool/snyk:").count()), (12, 12));
}

#[test]
fn an_overdue_vulnerability_stands_with_the_promise_that_it_is_past() {
    let mut report = sample::report();
    let at = report.verdicts.iter().position(|verdict| verdict.commitment.id == "patch-deadline/critical").unwrap();
    assert!(terminal::render(&report, &PLAIN).contains("broken[patch-deadline/critical]: time 0.1.43 has been overdue"));
    report.verdicts[at].judgement.reasons.push(Reason::new("a report of its own waited for 40 days"));
    assert!(terminal::render(&report, &PLAIN).contains("note: a report of its own waited for 40 days"));
    // Promised for what is reported alone: the promise cannot be decided, the vulnerability fails all the same.
    report.verdicts[at].judgement.outcome = Outcome::Unproven;
    report.verdicts[at].fails = false;
    let text = terminal::render(&report, &PLAIN);
    assert!(text.contains("overdue[patch-deadline/critical]: 1 package is past the 14 days promised for critical"), "{text}");
    report.verdicts.remove(at);
    let text = terminal::render(&report, &PLAIN);
    assert!(text.contains("vulnerabilities that fail this run\n  time 0.1.43"), "{text}");
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    for width in [40, 60, 100, 200] {
        let style = Style { width, ..PLAIN };
        let coloured = terminal::render(&sample::report(), &Style { color: true, ..style });
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(without_colour(&coloured), terminal::render(&sample::report(), &style), "{width}");
    }
}

fn without_colour(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap().to_owned();
    let text = parts.fold(first, |text, part| text + part.split_once('m').unwrap().1);
    text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

#[test]
fn the_page_keeps_to_its_width() {
    for width in [60, 100, 200] {
        let text = terminal::render(&sample::report(), &Style { width, ..PLAIN });
        // What cannot be broken (an id) or is quoted may stand over; nothing else does.
        let over: Vec<_> = text.lines().filter(|line| line.chars().count() > width + 2).collect();
        assert!(over.is_empty(), "{width}: {over:#?}");
    }
}

#[test]
fn a_history_is_a_calm_timeline() {
    for (width, unicode, snapshot) in [(100, true, file!["snapshots/history.txt"]), (60, false, file!["snapshots/history-narrow.txt"])] {
        let text = terminal::history(&sample::history(), false, &Style { width, unicode, ..PLAIN });
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert_data_eq!(text, snapshot.raw());
    }
}

#[test]
fn a_hostile_text_steers_no_terminal() {
    for verbosity in [Verbosity::Normal, Verbosity::Verbose] {
        let text = terminal::render(&sample::hostile(), &Style { verbosity, ..PLAIN });
        assert!(text.contains(r"\u{1b}]0;owned\u{7}"));
        let bad =
            |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2060}'..='\u{206f}').contains(&c));
        assert_eq!(text.chars().find(|&c| bad(c)), None);
        assert!(text.len() < 200_000, "long texts are cut: {}", text.len());
    }
    let value: Value = serde_json::from_str(&json::render(&sample::hostile()).unwrap()).unwrap();
    assert_eq!(value["exit_code"], 3);
}

#[test]
fn no_place_in_no_text_makes_it_panic() {
    let letters = ["a", "word ", "\t", "é", "👩‍💻", "\u{202e}", "\u{0}", "\u{301}", "一", "\n", "\r\n", "\r", "| ", "\u{1b}[1m"];
    let mut seed = 7_u64;
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..3000 {
        let length = next(if round % 10 == 0 { 600 } else { 12 });
        let text: String = (0..length).map(|_| letters[next(letters.len())]).collect();
        let source = Source::new("SECURITY.md", text.as_str());
        let (start, long) = (next(text.len() + 2), next(text.len() + 2));
        let error = Error::usage("a mistake").at(Place::new(&source, start..start + long));
        let style = Style { width: [0, 40, 60, 200][next(4)], unicode: next(2) == 0, ..PLAIN };
        assert!(terminal::error(&error, &style).starts_with("error: a mistake"), "{text:?} {start} {long}");
    }
}

#[test]
fn json_is_the_contract_and_the_same_to_the_byte() {
    let text = json::render(&sample::report()).unwrap();
    assert_eq!(text, json::render(&sample::report()).unwrap());
    assert_data_eq!(text.as_str(), file!["snapshots/report.json"].raw());
    let value: Value = serde_json::from_str(&text).unwrap();
    let verdict = &value["verdicts"][0];
    assert_eq!(
        (&verdict["id"], &verdict["outcome"], &verdict["fails"]),
        (&"supported-versions/0.7.*".into(), &"broken".into(), &true.into())
    );
    assert_eq!((&verdict["reasons"][0]["path"], &verdict["reasons"][0]["line"]), (&"Cargo.toml".into(), &3.into()));
    let by_id = |id: &str| value["verdicts"].as_array().unwrap().iter().find(|verdict| verdict["id"] == id).unwrap().clone();
    let snyk = by_id("tool/snyk");
    assert_eq!(snyk["reasons"][0]["line"], snyk["commitment"]["line"], "a reason without a place stands at the promise");
    assert!(by_id("supported-versions/0.6.*")["reasons"][0].get("path").is_none(), "a commit is no path");
    assert_eq!(value["summary"]["signed-off"], 1);
}

#[test]
fn the_committed_schemas_are_the_generated_ones_and_hold() {
    let cases = [
        (json::schema(), json::render(&sample::report()).unwrap(), file!["../docs/report.schema.json"]),
        (
            json::commitments_schema(),
            json::commitments("SECURITY.md", &sample::policy()).unwrap(),
            file!["../docs/commitments.schema.json"],
        ),
        (json::history_schema(), json::history(&sample::history()).unwrap(), file!["../docs/history.schema.json"]),
    ];
    for (schema, rendered, committed) in cases {
        assert_data_eq!(serde_json::to_string_pretty(&schema).unwrap() + "\n", committed.raw());
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
        let mut value: Value = serde_json::from_str(&rendered).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        value["schema_version"] = "one".into();
        assert!(!validator.is_valid(&value), "the schema refuses what is no report");
    }
}

#[test]
fn commitments_are_grouped_by_what_can_be_proved() {
    assert_data_eq!(terminal::commitments("SECURITY.md", &sample::policy(), &PLAIN), file!["snapshots/commitments.txt"].raw());
}

#[test]
fn an_error_says_what_to_do() {
    let error = Error::unreadable("the advisory database is 120 days old").help("run without --offline, or raise --db-max-age");
    let text = terminal::error(&error, &PLAIN);
    assert!(text.starts_with("error: the advisory database is 120 days old\n"), "{text}");
    assert!(text.contains("help: run without --offline, or raise --db-max-age"), "{text}");
}
