use super::*;
use crate::commitment::{Edition, Timeline};
use crate::read;
use crate::source::Source;
use jiff::civil::date;

fn promises(text: &str) -> Vec<Commitment> {
    read::policy(&Source::new("SECURITY.md", text)).commitments
}

/// Each change as `direction id: what`.
fn told(old: &str, new: &str) -> Vec<String> {
    let say = |change: Change| {
        let id = change.subject().map(|one| one.id.clone()).unwrap_or_default();
        format!("{} {id}: {}", change.direction.word(), change.what.join("; ")).trim_end_matches([' ', ':']).to_owned()
    };
    changes(&promises(old), &promises(new)).into_iter().map(say).collect()
}

const FIRM: &str = "# Security\n\nWe fix critical vulnerabilities within 14 days.\n";

#[test]
fn a_firm_window_made_a_longer_best_effort_is_softened_and_says_both() {
    let new = "# Security\n\nWe aim to fix critical vulnerabilities within 30 days.\n";
    assert_eq!(told(FIRM, new), ["softened patch-deadline/critical: 14 days became 30 days; it was firm and is a best effort now"]);
    assert_eq!(told(new, FIRM), ["hardened patch-deadline/critical: 30 days became 14 days; it was a best effort and is firm now"]);
    let shorter = "# Security\n\nWe aim to fix critical vulnerabilities within 7 days.\n";
    assert!(told(FIRM, shorter)[0].starts_with("softened "), "harder in one way, softer in the other: {:?}", told(FIRM, shorter));
}

#[test]
fn what_moved_or_was_reworded_and_promises_the_same_is_no_change() {
    let moved = "# Security\n\nThank you for helping.\n\n## Fixes\n\n- Critical vulnerabilities will be fixed within 2 weeks.\n";
    assert_eq!(told(FIRM, moved), [""; 0]);
    let two = "# Security\n\nWe acknowledge reports within 2 days.\n\nWe acknowledge reports within 5 days.\n";
    let swapped = "# Security\n\nWe acknowledge reports within 5 days.\n\nWe acknowledge reports within 2 days.\n";
    assert_eq!(told(two, swapped), [""; 0], "an id counts by line; the promise does not");
}

#[test]
fn a_window_that_is_split_is_compared_by_what_it_covers() {
    let any = "# Security\n\nWe fix vulnerabilities within 30 days.\n";
    let split = "# Security\n\n- We fix critical vulnerabilities within 7 days.\n- We fix all other vulnerabilities within 90 days.\n";
    assert_eq!(
        told(any, split),
        ["softened patch-deadline/any: 30 days became 90 days", "hardened patch-deadline/any: 30 days became 7 days"]
    );
    let narrowed = "# Security\n\nWe fix critical vulnerabilities within 30 days.\n";
    assert_eq!(told(any, narrowed), ["softened patch-deadline/any: no window any more for high and medium and low ones"]);
    assert_eq!(told(narrowed, any), ["hardened patch-deadline/critical: a window now for high and medium and low ones"]);
    assert_eq!(told(any, "# Security\n"), ["dropped patch-deadline/any"]);
    assert_eq!(told("# Security\n", any), ["added patch-deadline/any"]);
}

#[test]
fn rows_of_versions_end_move_and_are_taken_back() {
    let table = |row: &str| format!("# Supported versions\n\n| Version | Supported |\n| --- | --- |\n| 1.0.x | {row} |\n");
    assert_eq!(told(&table("yes"), &table("no")), ["softened supported-versions/1.0.*: supported became not supported"]);
    assert_eq!(
        told(&table("until 2027-06-30"), &table("until 2027-01-31")),
        ["softened supported-versions/1.0.*: until 2027-06-30 became until 2027-01-31"]
    );
    assert_eq!(told(&table("until 2027-06-30"), &table("yes")), ["hardened supported-versions/1.0.*: until 2027-06-30 became no end"]);
    let gone = changes(&promises(&table("no")), &[]);
    assert_eq!((gone[0].direction, gone[0].weakens()), (Direction::Dropped, false), "it promised nothing");
    assert!(changes(&promises(&table("yes")), &[])[0].weakens());
}

#[test]
fn tools_addresses_and_slots() {
    let tool = |when: &str| format!("# Security\n\nWe run `cargo audit` {when}.\n");
    assert_eq!(
        told(&tool("on every pull request"), &tool("weekly")),
        ["softened tool/cargo-audit: on every pull request became on a schedule"]
    );
    let mail = |at: &str| format!("# Security\n\nReport vulnerabilities to {at}.\n");
    assert_eq!(
        told(&mail("a@corp.test"), &mail("b@corp.test")),
        ["changed reporting-channel/email/a@corp.test: a@corp.test became b@corp.test"]
    );
    let slot = "# Security\n\nWe acknowledge reports within [48 hours].\n";
    let filled = "# Security\n\nWe acknowledge reports within 48 hours.\n";
    assert_eq!(told(slot, filled), ["hardened response-deadline/acknowledge: the slot was filled in"]);
    assert_eq!(
        told("# Security\n\nThis project has no unsafe code.\n", "# Security\n\nUnsafe code is kept to a minimum.\n"),
        ["softened unsafe-code/forbid: no unsafe code became little unsafe code"]
    );
}

fn edition(day: i8, text: &str) -> Edition {
    Edition {
        commit: Some(format!("c{day}")),
        day: Some(date(2024, 5, day)),
        path: "SECURITY.md".into(),
        commitments: promises(text),
        excludes_dependencies: false,
    }
}

#[test]
fn a_history_tells_every_change_and_since_when_each_promise_stands() {
    let both = "# Security\n\nWe aim to fix critical vulnerabilities within 30 days.\n\nReporters are credited.\n";
    let editions = vec![edition(1, FIRM), edition(2, &FIRM.replace("We fix", "We will fix")), edition(3, both)];
    let told = history(&Timeline { editions: editions.clone(), ..Timeline::default() });
    let events: Vec<_> =
        told.events.iter().map(|event| (event.day, event.changes.iter().map(|change| change.direction).collect::<Vec<_>>())).collect();
    assert_eq!(
        events,
        [(Some(date(2024, 5, 3)), vec![Direction::Softened, Direction::Added]), (Some(date(2024, 5, 1)), vec![Direction::Added])]
    );
    let entered: Vec<_> = told.entered.iter().map(|one| (one.id.as_str(), one.commit.as_deref(), one.or_before)).collect();
    assert_eq!(entered, [("patch-deadline/critical", Some("c1"), false), ("credit", Some("c3"), false)]);

    let cut = history(&Timeline { editions, cut_off: true, gaps: vec!["cut off".into()] });
    assert_eq!(cut.events.last().map(|event| event.changes[0].direction), Some(Direction::Present));
    assert!(cut.entered[0].or_before && !cut.entered[1].or_before);
}
