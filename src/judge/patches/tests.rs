use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::date;

use super::super::testing::World;
use super::*;
use crate::commitment::{Kind, Strength, Unit};
use crate::observation::advisory::{Advisory, AdvisoryKind, Built, Database, Fix, FixReach, Hit, Public, Severity, Since};
use crate::observation::git::Incomplete;
use crate::observation::workspace::DependencyKind;
use crate::settings::{Deny, StatedSeverity, Waiver, WaiverSubject};
use crate::source::{Place, Source};
use crate::waivers::settle;

fn advisory(id: &str, package: &str) -> Advisory {
    Advisory {
        id: id.into(),
        aliases: vec!["CVE-2026-1".into()],
        kind: AdvisoryKind::Vulnerability,
        package: package.into(),
        title: "a hole".into(),
        date: date(2026, 5, 1),
        severity: Some(Severity::High),
        patched: vec![">=1.0.1".parse().unwrap()],
        unaffected: Vec::new(),
        links: Vec::new(),
        path: String::new(),
    }
}

/// Public 2026-05-01, fixed 2026-05-03, in the lockfile since 2026-04-01, reached by `app`.
fn hit() -> Hit {
    Hit {
        advisory: Some(Arc::new(advisory("RUSTSEC-2026-0001", "holey"))),
        kind: AdvisoryKind::Vulnerability,
        package: "holey".into(),
        version: "1.0.0".parse().unwrap(),
        lockfile: "Cargo.lock".into(),
        place: Place::line_in(&Source::new("Cargo.lock", "name = \"holey\"\n"), 1),
        counts: true,
        reach: Some(DependencyKind::Normal),
        paths: vec![vec!["app".into(), "holey".into()]],
        built: Built::Yes,
        reaches_users: FixReach::NotALibrary,
        public: Some(Public { from_history: true, ..Public::stated(date(2026, 5, 1)) }),
        fix: Fix::Version { version: "1.0.1".into(), published: Some(date(2026, 5, 3)) },
        entered: Since::Day { date: date(2026, 4, 1), commit: "c0".into() },
    }
}

fn window(severity: SeverityClass, days: u32, scope: Option<Scope>) -> Kind {
    Kind::PatchDeadline { severity, window: Window { amount: days, unit: Unit::Days }, scope }
}

/// One member, a readable lockfile and database, one promise of `days` for any severity, made long ago.
fn world(days: u32, hits: Vec<Hit>) -> World {
    promising(vec![window(SeverityClass::Any, days, None)], hits)
}

fn promising(kinds: Vec<Kind>, hits: Vec<Hit>) -> World {
    let mut world = kinds.into_iter().fold(World::new().member("app", "1.0.0").locked(), World::promise);
    let since = Since::Day { date: date(2025, 1, 1), commit: "p0".into() };
    world.observations.promised_since = world.policy.commitments.iter().map(|c| (c.id.clone(), since.clone())).collect();
    world.observations.database = Observed::Seen(Database {
        source: PathBuf::from("db").display().to_string(),
        commit: None,
        updated: None,
        advisories: 1,
        ids: std::collections::BTreeSet::new(),
        has_history: true,
        unreadable: Vec::new(),
        warnings: Vec::new(),
    });
    world.observations.hits = hits;
    world
}

fn judged(world: &mut World) -> Vec<Vulnerability> {
    let ledger = Ledger::new(&world.settings, &world.observations.ignores);
    world.vulnerabilities = vulnerabilities(&world.observations, &world.policy, &world.settings, &ledger, world.today);
    world.vulnerabilities.clone()
}

fn status_of(mut world: World) -> (Status, bool) {
    let found = judged(&mut world);
    (found[0].status, found[0].fails)
}

fn outcome(mut world: World) -> Judgement {
    judged(&mut world);
    world.judge()
}

fn waived(mut world: World, until: Date) -> World {
    let subject = WaiverSubject::Advisory { id: "cve-2026-1".into(), package: None };
    let place = Place::line_in(&Source::new("secpolicy.toml", "[[waiver]]"), 1);
    world.settings.waivers.push(Waiver { subject, reason: "not reachable".into(), until, place });
    world
}

#[test]
fn the_due_day_itself_is_inside_and_the_next_is_past() {
    // Start 2026-05-03 + 30 days = 2026-06-02.
    for (today, status, fails) in [(date(2026, 6, 2), Status::Due, false), (date(2026, 6, 3), Status::Overdue, true)] {
        let mut world = world(30, vec![hit()]);
        world.today = today;
        let found = judged(&mut world);
        assert_eq!((found[0].status, found[0].fails, found[0].due), (status, fails, Some(date(2026, 6, 2))), "{today}");
        assert_eq!(
            found[0].reasons[0].text,
            "public 2026-05-01, fix 1.0.1 published 2026-05-03, in this lockfile since 2026-04-01 → due 2026-06-02 (30 days)"
        );
    }
}

#[test]
fn the_first_status_that_fits_goes_before_the_rest() {
    let change = |change: &dyn Fn(&mut Hit)| {
        let mut hit = hit();
        change(&mut hit);
        status_of(waived(world(30, vec![hit]), date(2026, 6, 15)))
    };
    assert_eq!(change(&|_| ()), (Status::Waived, false));
    assert_eq!(change(&|hit| hit.fix = Fix::None), (Status::Waived, false), "waived goes before no-fix");
    assert_eq!(change(&|hit| hit.built = Built::Never), (Status::NotBuilt, false));
    assert_eq!(change(&|hit| (hit.built, hit.reach) = (Built::Never, None)), (Status::NotShipped, false));
    assert_eq!(change(&|hit| (hit.counts, hit.reach) = (false, None)), (Status::Informational, false));
    assert_eq!(change(&|hit| hit.kind = AdvisoryKind::Unsound), (Status::Informational, false));
    assert_eq!(change(&|hit| hit.reaches_users = FixReach::Admitted), (Status::Informational, false));
    let expired = |hit| status_of(waived(world(30, vec![hit]), date(2026, 6, 14)));
    assert_eq!(expired(hit()), (Status::Overdue, true), "an expired waiver counts no more");
    assert_eq!(expired(Hit { fix: Fix::None, ..hit() }), (Status::NoFix, false));
    assert_eq!(expired(Hit { reaches_users: FixReach::Excluded, ..hit() }), (Status::Overdue, true));
}

#[test]
fn what_the_policy_says_nothing_of_has_no_deadline() {
    let critical = || promising(vec![window(SeverityClass::Critical, 7, None)], vec![hit()]);
    assert_eq!(status_of(critical()), (Status::NoDeadline, false));
    let mut denied = critical();
    denied.settings.deny.insert(Deny::NoDeadline);
    assert_eq!(status_of(denied), (Status::NoDeadline, true));
    let mut left_out = world(30, vec![hit()]);
    left_out.policy.excludes_dependencies = Some(left_out.policy.commitments[0].place.clone());
    assert_eq!(status_of(left_out), (Status::NoDeadline, false));
    let mut settings = world(30, vec![hit()]);
    settings.settings.windows_cover_dependencies = false;
    assert_eq!(status_of(settings), (Status::NoDeadline, false));
}

#[test]
fn denying_makes_running_windows_and_news_fail() {
    let with = |deny: Deny, hit: Hit| {
        let mut world = world(90, vec![hit]);
        world.settings.deny.insert(deny);
        status_of(world)
    };
    assert_eq!(with(Deny::Due, hit()), (Status::Due, true));
    let unmaintained = || Hit { kind: AdvisoryKind::Unmaintained, ..hit() };
    assert_eq!(with(Deny::Informational, unmaintained()), (Status::Informational, true));
    assert_eq!(with(Deny::Informational, Hit { counts: false, ..hit() }), (Status::Informational, false), "a fixture breaks nothing");
}

#[test]
fn an_unknown_severity_is_charged_to_the_longest_row_alone() {
    let unknown = || {
        let advisory = Advisory { severity: None, ..advisory("RUSTSEC-2026-0001", "holey") };
        Hit { advisory: Some(Arc::new(advisory)), ..hit() }
    };
    let rows = || vec![window(SeverityClass::Critical, 7, None), window(SeverityClass::NonCritical, 30, None)];
    let mut two = promising(rows(), vec![unknown()]);
    assert_eq!(judged(&mut two)[0].charged_to.as_deref(), Some("patch-deadline/non-critical"));
    assert_eq!(two.outcomes(), ["kept", "broken"]);
    let mut stated = promising(rows(), vec![unknown()]);
    let place = stated.policy.commitments[0].place.clone();
    let severity = StatedSeverity { advisory: "RUSTSEC-2026-0001".into(), severity: Severity::Critical, reason: "remote".into(), place };
    stated.settings.severities.push(severity);
    assert_eq!(judged(&mut stated)[0].charged_to.as_deref(), Some("patch-deadline/critical"));
    let mut one = promising(rows().into_iter().take(1).collect(), vec![unknown()]);
    let found = judged(&mut one);
    assert_eq!((found[0].status, found[0].severity), (Status::NoDeadline, None));
    assert!(found[0].reasons[0].text.contains("[[severity]]"), "{:?}", found[0].reasons);
}

#[test]
fn where_the_history_is_cut_off_nothing_is_overdue() {
    for entered in [Since::AtEarliest(date(2026, 1, 1)), Since::Unknown("there is no git here".into()), Since::NotAsked] {
        let mut world = world(30, vec![Hit { entered: entered.clone(), ..hit() }]);
        let found = judged(&mut world);
        let cause = match &entered {
            Since::Unknown(why) => why,
            Since::NotAsked => "the history was not read",
            Since::AtEarliest(_) | Since::Day { .. } | Since::Today => "the history is cut off",
        };
        assert_eq!((found[0].status, found[0].due), (Status::Due, Some(date(2026, 6, 2))), "{entered:?}");
        assert_eq!(found[0].at_the_earliest.as_deref(), Some(cause));
        assert!(found[0].reasons[1].text.contains("cannot be decided"), "{:?}", found[0].reasons);
        let judgement = world.judge();
        let said = &judgement.reasons[0].text;
        assert_eq!((judgement.outcome, judgement.wants_history), (Outcome::Due, true), "{said}");
        assert!(said.ends_with(&format!("which cannot be decided: {cause}")), "{said}");
    }
    let mut promise = world(30, vec![hit()]);
    promise.observations.promised_since.clear();
    assert_eq!(status_of(promise), (Status::Due, false));
}

#[test]
fn what_only_the_work_tree_has_entered_today() {
    let mut world = world(30, vec![Hit { entered: Since::Today, ..hit() }]);
    let found = judged(&mut world);
    assert_eq!((found[0].status, found[0].due, found[0].at_the_earliest.is_some()), (Status::Due, Some(date(2026, 7, 15)), false));
}

#[test]
fn a_window_s_verdict_goes_by_its_scope() {
    let scoped = |scope, hits| outcome(promising(vec![window(SeverityClass::Any, 30, scope)], hits));
    for scope in [None, Some(Scope::Any), Some(Scope::Dependencies)] {
        let broken = scoped(scope, vec![hit()]);
        assert_eq!((broken.outcome, broken.reasons.len()), (Outcome::Broken, 2), "{scope:?}");
    }
    let reported = scoped(Some(Scope::Reported), vec![hit(), hit()]);
    assert_eq!(reported.outcome, Outcome::Unproven);
    assert!(reported.reasons[0].text.starts_with("2 known vulnerabilities"), "{:?}", reported.reasons);
    let running = outcome(world(90, vec![hit()]));
    assert_eq!((running.outcome, running.due), (Outcome::Due, Some(date(2026, 8, 1))));
    let kept = scoped(None, Vec::new());
    assert_eq!((kept.outcome, kept.tested), (Outcome::Kept, 0));
}

#[test]
fn a_best_effort_is_missed_and_a_waiver_stands_beside() {
    let mut effort = world(30, vec![hit()]);
    effort.policy.commitments[0].strength = Strength::BestEffort;
    assert_eq!(outcome(effort).outcome, Outcome::Missed);
    let mut world = waived(world(30, vec![hit()]), date(2026, 6, 15));
    judged(&mut world);
    let verdict = settle(world.policy.commitments[0].clone(), world.judge(), &world.settings, world.today);
    assert_eq!((verdict.judgement.outcome, verdict.fails), (Outcome::Broken, false));
    let mut other = hit();
    other.advisory = Some(Arc::new(Advisory { aliases: Vec::new(), ..advisory("RUSTSEC-2026-0002", "holey") }));
    world.observations.hits.push(other);
    judged(&mut world);
    let verdict = settle(world.policy.commitments[0].clone(), world.judge(), &world.settings, world.today);
    assert_eq!((verdict.judgement.outcome, verdict.fails), (Outcome::Broken, true), "one of the two is not waived");
}

#[test]
fn what_was_not_read_never_keeps_a_window() {
    let mut database = world(30, Vec::new());
    database.observations.database = Observed::Unavailable("no network".into());
    let mut lockfile = world(30, Vec::new());
    lockfile.observations.lockfiles.clear();
    let mut broken = world(30, Vec::new());
    broken.observations.lockfiles[0].content = Err("it may be cut off".into());
    let lacking = world(30, Vec::new()).member("left-out", "1.0.0");
    let worlds = [(database, "no network"), (lockfile, "cargo generate-lockfile"), (broken, "could not be read"), (lacking, "`left-out`")];
    for (world, word) in worlds {
        let judgement = outcome(world);
        assert_eq!(judgement.outcome, Outcome::Unproven);
        assert!(judgement.reasons[0].text.contains(word), "{:?}", judgement.reasons);
    }
}

/// The project's own `app`, with an advisory of 2026-05-01 that 1.0.1 fixes.
fn own(tags: &[(&str, &str)], promised: Date) -> World {
    let mut world = tags.iter().fold(world(30, Vec::new()), |world, (name, day)| world.tag(name, day));
    world.observations.own_advisories = vec![advisory("RUSTSEC-2026-0009", "app")];
    let since = Since::Day { date: promised, commit: "p0".into() };
    world.observations.promised_since.insert("patch-deadline/any".into(), since);
    world
}

#[test]
fn own_advisories_test_a_window_by_the_first_fixed_release() {
    let long_ago = date(2025, 1, 1);
    let kept = outcome(own(&[("v1.0.0", "2026-01-01"), ("v1.0.1", "2026-05-31")], long_ago));
    assert_eq!((kept.outcome, kept.tested), (Outcome::Kept, 1));
    let late = own(&[("v1.0.0", "2026-01-01"), ("v1.0.1", "2026-06-01")], long_ago);
    assert_eq!(outcome(late).outcome, Outcome::Broken);
    let later_promise = own(&[("v1.0.0", "2026-01-01"), ("v1.0.1", "2026-06-01")], date(2026, 6, 10));
    let judgement = outcome(later_promise);
    assert_eq!((judgement.outcome, judgement.tested), (Outcome::Kept, 0), "fixed before the promise was made");
    let never = own(&[("v1.0.0", "2026-01-01")], long_ago);
    assert_eq!(outcome(never).outcome, Outcome::Broken);
    let mut running = own(&[("v1.0.0", "2026-01-01")], long_ago);
    running.today = date(2026, 5, 31);
    assert_eq!(outcome(running).outcome, Outcome::Due);
    let unknown = outcome(own(&[("v1.0.0", "2026-01-01")], long_ago).incomplete(Incomplete::Shallow));
    assert_eq!(unknown.outcome, Outcome::Unproven);
}

#[test]
fn a_newest_release_that_is_still_hit_is_a_finding() {
    let hit = own(&[("v1.0.0", "2026-01-01")], date(2025, 1, 1));
    let found = own_findings(hit.context());
    assert_eq!((found.len(), found[0].fails, found[0].id.as_str()), (1, true, "own-advisory/RUSTSEC-2026-0009"));
    let fixed = own(&[("v1.0.0", "2026-01-01"), ("v1.0.1", "2026-06-01")], date(2025, 1, 1));
    assert_eq!(own_findings(fixed.context()), []);
    let shallow = own(&[("v1.0.0", "2026-01-01")], date(2025, 1, 1)).incomplete(Incomplete::Shallow);
    assert_eq!(own_findings(shallow.context()), []);
}
