use jiff::civil::date;

use crate::commitment::{Kind, Strength};
use crate::observation::git::Incomplete;
use crate::observation::{At, Observed};
use crate::testing::World;

fn row(rule: &str, supported: bool) -> Kind {
    Kind::SupportedVersions { rule: rule.into(), supported, until: None }
}

fn tagged(tags: &[&str]) -> World {
    let day = |n: usize| format!("2026-01-{:02}", n + 1);
    let world = World::new().member("app", "0.0.0");
    tags.iter().enumerate().fold(world, |world, (n, tag)| world.tag(tag, &day(n)))
}

fn rows(world: World, rows: &[(&str, bool)]) -> World {
    rows.iter().fold(world, |world, (rule, supported)| world.promise(row(rule, *supported)))
}

#[test]
fn a_table_that_holds_the_newest_release_is_kept() {
    let world = rows(tagged(&["v1.0.0", "v1.1.0", "v1.1.1"]), &[("1.1.*", true), ("1.0.*", true), ("older", false)]);
    assert_eq!(world.outcomes(), ["kept", "kept", "kept"]);
    assert_eq!(world.judge_all().iter().map(|judgement| judgement.tested).collect::<Vec<_>>(), [2, 1, 1]);
}

#[test]
fn a_stale_table_is_charged_to_its_highest_supported_row_with_one_cause() {
    let world = rows(tagged(&["v1.0.0", "v1.1.0", "v1.3.0"]), &[("1.1.*", true), ("1.0.*", true), (">=1.3", false), ("<1.0", false)]);
    assert_eq!(world.outcomes(), ["broken", "kept", "broken", "kept"]);
    let judged = world.judge_all();
    assert!(judged[0].cause.is_some());
    assert_eq!(judged[0].cause, judged[2].cause);
    let texts: Vec<_> = judged[0].reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "`1.1.*` is the highest supported row, and the newest release is in no supported row",
            "the newest release is 1.3.0 (tag v1.3.0, 2026-01-03)",
            "a supported row for `1.3.x` would make the table true",
        ]
    );
    assert!(matches!(judged[0].reasons[0].at, Some(At::Place(_))) && matches!(judged[0].reasons[1].at, Some(At::Commit(_))));
}

#[test]
fn a_best_effort_row_is_missed() {
    let mut world = rows(tagged(&["v2.0.0", "v1.1.0"]), &[("1.1.*", true)]);
    world.policy.commitments[0].strength = Strength::BestEffort;
    assert_eq!(world.outcomes(), ["missed"]);
}

#[test]
fn a_supported_row_without_any_release_is_broken_and_shares_the_cause() {
    let world = rows(tagged(&["v2.0.0"]), &[("1.1.*", true), ("1.0.*", true)]);
    let judged = world.judge_all();
    assert_eq!(world.outcomes(), ["broken", "broken"]);
    assert_eq!(judged[0].cause, judged[1].cause);
    assert!(judged[1].reasons[0].text.contains("no release is in `1.0.*`"));
}

#[test]
fn one_of_newest_and_newest_stable_is_enough() {
    assert_eq!(rows(tagged(&["v1.1.0", "v2.0.0-rc.1"]), &[("1.*", true)]).outcomes(), ["kept"]);
    assert_eq!(rows(tagged(&["v1.1.0", "v2.0.0-rc.1"]), &[("2.0.*", true)]).outcomes(), ["kept"]);
    assert_eq!(rows(tagged(&["v1.1.0", "v2.0.0-rc.1"]), &[("1.0.*", true), ("<1.0", false)]).outcomes()[0], "broken");
}

#[test]
fn newest_is_highest_and_the_youngest_is_noted() {
    let world = rows(tagged(&["v1.2.0", "v1.1.9"]), &[("1.2.*", true), ("1.1.*", true)]);
    let judged = world.judge_all();
    assert_eq!(world.outcomes(), ["kept", "kept"]);
    assert!(judged[0].notes.iter().any(|note| note.text.contains("newest by date is 1.1.9")));
    assert!(judged[1].notes.is_empty());
}

#[test]
fn tags_that_may_be_missing_decide_nothing_but_latest() {
    for what in [Incomplete::Shallow, Incomplete::NoTags, Incomplete::SingleBranch] {
        let world = rows(tagged(&["v2.0.0"]), &[("1.1.*", true), ("latest", true), ("older", false)]).incomplete(what);
        assert_eq!(world.outcomes(), ["unproven", "kept", "unproven"], "{what:?}");
        let judgement = world.judge();
        assert!(judgement.wants_history && judgement.reasons[0].text.contains("all tags would decide it"), "{what:?}");
    }
    let world = rows(tagged(&["v1.1.0"]), &[("1.1.*", true)]).incomplete(Incomplete::Sparse);
    assert_eq!(world.outcomes(), ["kept"]);
}

#[test]
fn without_git_nothing_but_latest_is_decided() {
    let mut world = rows(World::new().member("app", "1.1.0"), &[("1.0.*", true), ("latest", true)]);
    world.observations.git = Observed::Absent(vec![".".into()]);
    assert_eq!(world.outcomes(), ["unproven", "kept"]);
}

#[test]
fn latest_is_kept_and_not_tested() {
    let world = rows(tagged(&[]), &[("latest", true), ("latest-2-minors", true), ("all", true)]);
    assert!(world.judge_all().iter().all(|judgement| judgement.outcome.word() == "kept" && judgement.tested == 0));
    let mut world = rows(World::new(), &[("latest", true)]);
    assert_eq!(world.outcomes(), ["unproven"]);
    world.observations.workspace.members.push(crate::testing::member("app", "1.0.0", true));
    assert_eq!(world.outcomes(), ["kept"]);
}

#[test]
fn where_no_tag_is_a_release_the_version_decides() {
    let table = [("1.2.*", true), ("1.1.*", true), ("<1.1", false)];
    let at = |version: &str| rows(World::new().member("app", version).tag("nightly", "2026-01-01"), &table).outcomes();
    assert_eq!(at("1.2.5"), ["kept", "unproven", "kept"]);
    assert_eq!(at("1.3.0"), ["broken", "kept", "kept"]);
    assert_eq!(at("0.9.0"), ["broken", "kept", "broken"]);
    assert_eq!(at("0.0.0"), ["unproven"; 3]);
    assert_eq!(at("1.3.0-dev"), ["unproven"; 3]);
}

#[test]
fn a_version_ahead_of_the_tags_is_the_next_release() {
    let world = |rule| rows(World::new().member("app", "2.0.0").tag("v1.9.0", "2026-01-01"), &[(rule, true)]);
    let kept = world("1.9.*").judge();
    assert_eq!(kept.outcome.word(), "kept");
    assert!(kept.notes[0].text.contains("2.0.0 is ahead of the tags: the next release, in no supported row"));
    assert_eq!(world("2.*").outcomes(), ["unproven"], "the table was written for the release that is being made");
    assert_eq!(world("3.*").outcomes(), ["broken"]);
}

#[test]
fn an_end_that_has_passed_is_broken_from_the_next_day() {
    let until = |day| {
        let kind = Kind::SupportedVersions { rule: "1.1.*".into(), supported: true, until: Some(day) };
        tagged(&["v1.1.0"]).promise(kind).outcomes()
    };
    assert_eq!(until(date(2026, 6, 14)), ["broken"]);
    assert_eq!(until(date(2026, 6, 15)), ["kept"]);
    let kind = Kind::SupportedVersions { rule: "<1.0".into(), supported: false, until: Some(date(2020, 1, 1)) };
    assert_eq!(tagged(&["v1.1.0"]).promise(kind).outcomes(), ["kept"]);
}

#[test]
fn a_branch_is_seen_or_unproven_and_puts_no_release_out_of_the_table() {
    let world = rows(tagged(&["v1.1.0"]), &[("branch:main", true), ("branch:lts", true), ("<1.0", false)]);
    assert_eq!(world.outcomes(), ["kept", "unproven", "kept"]);
    let mut world = rows(tagged(&[]), &[("branch:main", true)]);
    world.git_mut().default_branch = Some("develop".into());
    world.git_mut().branches = vec!["develop".into()];
    assert_eq!(world.outcomes(), ["kept"]);
}

#[test]
fn without_a_supported_row_no_release_is_out_of_the_table() {
    assert_eq!(rows(tagged(&["v1.1.0"]), &[("older", false), (">=1.0", false)]).outcomes(), ["kept", "kept"]);
}

#[test]
fn all_other_versions_may_hold_the_newest_but_older_ones_never_do() {
    let world = |words: &str| tagged(&["v1.0.0", "v2.0.0"]).promise(row("1.*", true)).promise_in(words, None, row("older", false));
    assert_eq!(world("all other versions").outcomes(), ["broken", "broken"]);
    assert_eq!(world("older versions").outcomes(), ["broken", "kept"]);
}

#[test]
fn a_component_is_judged_on_its_package_alone() {
    let world = tagged(&["v2.0.0", "lib-v0.3.0"]).member("lib", "0.3.0");
    let world = world.promise(row("2.*", true)).promise_in("lib", Some("lib"), row("0.2.*", true));
    assert_eq!(world.outcomes(), ["kept", "broken"]);
    let world = tagged(&["v2.0.0"]).member("lib", "0.3.0").promise_in("lib", Some("lib"), row("0.2.*", true));
    assert_eq!(world.outcomes(), ["unproven"]);
}

#[test]
fn packages_with_lines_of_their_own_must_all_break_a_row() {
    let world = |rule| {
        let mut world = tagged(&["app-v2.0.0", "lib-v1.0.0"]).member("lib", "1.0.0").promise(row(rule, true));
        world.observations.workspace.members[0].is_root = false;
        world
    };
    assert_eq!(world("1.*").outcomes(), ["unproven"]);
    assert_eq!(world("3.*").outcomes(), ["broken"]);
    assert_eq!(world(">=1.0").outcomes(), ["kept"]);
    assert!(world("3.*").judge().reasons[0].text.starts_with("`app`: "));
}

#[test]
fn a_row_that_cannot_be_read_might_hold_the_newest() {
    let world = rows(tagged(&["v2.0.0", "v1.1.0"]), &[("1.1.*", true), ("some day", true)]);
    assert_eq!(world.outcomes(), ["unproven", "unproven"]);
}

#[test]
fn a_slot_in_another_row_says_nothing() {
    let mut world = rows(tagged(&["v2.0.0", "v1.1.0"]), &[("1.1.*", true), ("x.y", true)]);
    world.policy.commitments[1].placeholder = true;
    assert_eq!(world.outcomes(), ["broken", "placeholder"]);
}

#[test]
fn whatever_the_tags_a_row_for_the_newest_release_is_kept_and_one_for_a_lower_series_alone_is_not() {
    for (major, minor) in (0..3).flat_map(|major| (0..4).map(move |minor| (major, minor))) {
        let newest = format!("v{major}.{minor}.7");
        let world = || tagged(&["v0.0.1", "v0.0.2", &newest]);
        assert_eq!(rows(world(), &[(&format!("{major}.{minor}.*"), true)]).outcomes(), ["kept"], "{newest}");
        if (major, minor) != (0, 0) {
            assert_eq!(rows(world(), &[("0.0.*", true)]).outcomes(), ["broken"], "{newest}");
        }
    }
}

#[test]
fn a_packages_own_tags_ahead_of_the_projects_decide_nothing_alone() {
    let world = |rules| rows(World::new().member("app", "2.0.0").tag("v1.0.5", "2022-07-22").tag("app-v2.0.6", "2024-10-21"), rules);
    let judged = |rules| {
        let judged = world(rules).judge();
        let told = judged.reasons.iter().chain(&judged.notes).any(|reason| reason.text.contains("2.0.6 (tag app-v2.0.6"));
        (judged.outcome.word(), told)
    };
    assert_eq!(judged(&[("2.*", true)]), ("unproven", true), "no tag without a name is in it, a named one is");
    assert_eq!(judged(&[("1.*", true)]), ("unproven", true), "and the other way around");
    assert_eq!(judged(&[(">=1.0.0", true)]), ("kept", true));
    assert_eq!(judged(&[("latest", true)]), ("kept", true));
    assert_eq!(judged(&[("0.9.*", true)]), ("unproven", true));
}

#[test]
fn a_row_names_its_newest_stable_release() {
    let judged = rows(tagged(&["v1.0.0", "v1.1.0-rc.1", "v2.0.0"]), &[("1.*", true), ("2.*", true)]).judge();
    assert_eq!(judged.reasons[0].text, "`1.*` holds 1.0.0 (tag v1.0.0, 2026-01-01)");
}
