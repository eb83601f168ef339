use std::sync::Arc;

use jiff::civil::{Date, date};

use crate::commitment::{Kind, SeverityClass, Unit, Window};
use crate::observation::advisory::{Advisory, AdvisoryKind, Built, Fix, FixReach, Hit, Public, Severity, Since};
use crate::observation::git::Incomplete;
use crate::observation::lockfile::ReleaseLine;
use crate::observation::workspace::DependencyKind;
use crate::source::{Place, Source};
use crate::testing::World;

fn advisory(id: &str, package: &str, severity: Option<Severity>) -> Advisory {
    Advisory {
        id: id.into(),
        aliases: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        package: package.into(),
        title: "a hole".into(),
        date: date(2026, 2, 1),
        severity,
        patched: vec![">=1.2.1".parse().unwrap()],
        unaffected: vec!["<1.1.0".parse().unwrap()],
        links: Vec::new(),
        path: String::new(),
    }
}

fn hit(id: &str) -> Hit {
    Hit {
        advisory: Some(Arc::new(advisory(id, "holey", Some(Severity::High)))),
        kind: AdvisoryKind::Vulnerability,
        package: "holey".into(),
        version: "1.0.0".parse().unwrap(),
        lockfile: "Cargo.lock".into(),
        place: Place::line_in(&Source::new("Cargo.lock", ""), 1),
        counts: true,
        reach: Some(DependencyKind::Normal),
        paths: Vec::new(),
        built: Built::Yes,
        reaches_users: FixReach::NotALibrary,
        public: Some(Public { from_history: true, ..Public::stated(date(2026, 2, 1)) }),
        fix: Fix::Version { version: "1.0.1".into(), published: Some(date(2026, 2, 3)) },
        entered: Since::NotAsked,
    }
}

fn line(rule: &str, tag: &str, day: Date, hits: Result<Vec<Hit>, String>) -> ReleaseLine {
    ReleaseLine {
        rule: rule.into(),
        component: None,
        tag: tag.into(),
        commit: "abc".into(),
        version: tag.trim_start_matches('v').parse().unwrap(),
        date: day,
        hits,
        libraries_only: false,
    }
}

/// Supports 1.2 and 1.1; the tip is clean, 1.2.0 too; 1.1.9 holds what `hits` says.
fn world(hits: Result<Vec<Hit>, String>) -> World {
    let row = |rule: &str| Kind::SupportedVersions { rule: rule.into(), supported: true, until: None };
    let world =
        World::new().member("app", "1.2.0").locked().tag("v1.2.0", "2026-03-01").tag("v1.1.9", "2026-01-01").tag("v1.1.8", "2025-01-01");
    let mut world = world.promise(Kind::Backport).promise(row("1.2.*")).promise(row("1.1.*"));
    world.observations.release_lines =
        vec![line("1.2.*", "v1.2.0", date(2026, 3, 1), Ok(Vec::new())), line("1.1.*", "v1.1.9", date(2026, 1, 1), hits)];
    world
}

fn with_window(world: World, days: u32) -> World {
    let window = Window { amount: days, unit: Unit::Days };
    let mut world = world.promise(Kind::PatchDeadline { severity: SeverityClass::NonCritical, window, scope: None });
    let since = Since::Day { date: date(2025, 1, 1), commit: "abc".into() };
    world.observations.promised_since = world.policy.commitments.iter().map(|promise| (promise.id.clone(), since.clone())).collect();
    world
}

#[test]
fn lines_that_hold_nothing_that_the_tip_fixed_are_kept() {
    let kept = world(Ok(Vec::new())).judge();
    assert_eq!((kept.outcome.word(), kept.tested), ("kept", 2));
}

#[test]
fn a_line_past_the_window_is_broken_and_inside_it_due() {
    let broken = with_window(world(Ok(vec![hit("RUSTSEC-2026-0001")])), 30).judge();
    assert_eq!(broken.outcome.word(), "broken");
    assert!(broken.reasons[0].text.contains("holey 1.0.0 in 1.1.9") && broken.reasons[0].text.contains("ended on 2026-03-05"));
    let due = with_window(world(Ok(vec![hit("RUSTSEC-2026-0001")])), 132).judge();
    assert_eq!((due.outcome.word(), due.due), ("due", Some(date(2026, 6, 15))), "the due day itself is inside");
}

#[test]
fn a_promise_younger_than_the_vulnerability_starts_the_clock_and_an_unknown_one_accuses_nobody() {
    let mut world = with_window(world(Ok(vec![hit("RUSTSEC-2026-0001")])), 30);
    world.observations.promised_since.values_mut().for_each(|since| *since = Since::Day { date: date(2026, 6, 1), commit: "abc".into() });
    assert_eq!(world.judge().due, Some(date(2026, 7, 1)));
    world.observations.promised_since.clear();
    assert_eq!(world.judge().outcome.word(), "unproven");
}

#[test]
fn windows_that_leave_dependencies_out_are_no_yardstick() {
    let mut world = with_window(world(Ok(vec![hit("RUSTSEC-2026-0001")])), 30);
    world.settings.windows_cover_dependencies = false;
    assert_eq!(world.judge().outcome.word(), "unproven");
}

#[test]
fn what_the_tip_has_too_is_no_missing_backport() {
    let mut world = with_window(world(Ok(vec![hit("RUSTSEC-2026-0001")])), 30);
    world.observations.hits.push(hit("RUSTSEC-2026-0001"));
    assert_eq!(world.judge().outcome.word(), "kept");
}

#[test]
fn what_does_not_ship_is_no_missing_backport() {
    let unreached = Hit { reach: None, ..hit("RUSTSEC-2026-0001") };
    let unbuilt = Hit { built: Built::Never, ..hit("RUSTSEC-2026-0002") };
    let notice = Hit { kind: AdvisoryKind::Unmaintained, ..hit("RUSTSEC-2026-0003") };
    assert_eq!(with_window(world(Ok(vec![unreached, unbuilt, notice])), 30).judge().outcome.word(), "kept");
}

#[test]
fn without_a_window_the_days_are_named_and_only_the_setting_breaks() {
    let mut world = world(Ok(vec![hit("RUSTSEC-2026-0001")]));
    let unproven = world.judge();
    assert_eq!(unproven.outcome.word(), "unproven");
    assert!(unproven.reasons[0].text.contains("has had the fix for 106 days"), "{:?}", unproven.reasons);
    world.settings.backport_after = Some(106);
    assert_eq!(world.judge().outcome.word(), "unproven");
    world.settings.backport_after = Some(105);
    assert_eq!(world.judge().outcome.word(), "broken");
}

#[test]
fn libraries_are_broken_only_where_no_fixed_version_is_allowed() {
    let judge = |reach| {
        let mut world = with_window(world(Ok(vec![Hit { reaches_users: reach, ..hit("RUSTSEC-2026-0001") }])), 30);
        world.observations.release_lines[1].libraries_only = true;
        world.judge().outcome.word()
    };
    assert_eq!(judge(FixReach::Excluded), "broken");
    assert_eq!(judge(FixReach::Admitted), "unproven");
}

#[test]
fn what_was_not_read_is_unproven() {
    assert_eq!(world(Err("there is none".into())).judge().outcome.word(), "unproven");
    let mut unread = world(Ok(Vec::new()));
    unread.observations.release_lines.pop();
    assert_eq!(unread.judge().outcome.word(), "unproven");
    assert_eq!(world(Ok(Vec::new())).incomplete(Incomplete::Shallow).judge().outcome.word(), "unproven");
    let mut no_tip = world(Ok(Vec::new()));
    no_tip.observations.lockfiles.clear();
    assert_eq!(no_tip.judge().outcome.word(), "unproven");
    let row = Kind::SupportedVersions { rule: "0.9.*".into(), supported: true, until: None };
    assert_eq!(world(Ok(Vec::new())).promise(row).judge().outcome.word(), "unproven", "a line without a tag");
    assert_eq!(World::new().promise(Kind::Backport).outcomes(), ["unproven"], "no supported versions");
}

#[test]
fn an_own_advisory_that_leaves_a_line_without_a_fix_is_broken() {
    let mut own = world(Ok(Vec::new()));
    own.observations.own_advisories = vec![advisory("RUSTSEC-2026-0009", "app", None)];
    let judged = own.judge();
    assert_eq!(judged.outcome.word(), "broken");
    assert_eq!(judged.reasons.iter().filter(|reason| reason.text.contains("RUSTSEC-2026-0009")).count(), 2, "1.1.9 and 1.2.0 are affected");
    own.observations.own_advisories[0].patched = vec!["^1.1.9".parse().unwrap()];
    assert_eq!(own.judge().outcome.word(), "kept");
    own.observations.own_advisories = vec![advisory("RUSTSEC-2026-0009", "stranger", None)];
    assert_eq!(own.judge().outcome.word(), "kept");
}
