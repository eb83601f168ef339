use super::*;
use crate::testing::{World, tag};

fn versions(line: &Line) -> Vec<String> {
    line.releases.iter().map(|release| release.version.to_string()).collect()
}

fn lines_of(world: &World, component: Option<&str>) -> Vec<Line> {
    lines(world.observations.git.seen(), &world.observations.workspace, component)
}

fn project(world: &World) -> Line {
    let mut lines = lines_of(world, None);
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

#[test]
fn a_tag_is_a_release_alone_or_after_the_name_of_a_package() {
    let world = World::new().member("app", "1.0.0").member("app-cli", "1.0.0").member("my_lib", "1.0.0");
    let cases = [
        ("1.2.3", Some((None, "1.2.3"))),
        ("v1.2.3", Some((None, "1.2.3"))),
        ("v/1.2.3", Some((None, "1.2.3"))),
        ("v1.2.3-rc.1", Some((None, "1.2.3-rc.1"))),
        ("v1.2.3+5", Some((None, "1.2.3+5"))),
        ("v1.2", Some((None, "1.2.0"))),
        ("app-1.2.3", Some((Some("app"), "1.2.3"))),
        ("app-v1.2.3", Some((Some("app"), "1.2.3"))),
        ("app_v1.2.3", Some((Some("app"), "1.2.3"))),
        ("app/v1.2.3", Some((Some("app"), "1.2.3"))),
        ("app/v/1.2.3", Some((Some("app"), "1.2.3"))),
        ("app@1.2.3", Some((Some("app"), "1.2.3"))),
        ("app-cli-v1.2.3", Some((Some("app-cli"), "1.2.3"))),
        ("my_lib-v0.1.0", Some((Some("my_lib"), "0.1.0"))),
        ("app1.2.3", None),
        ("app--1.2.3", None),
        ("apps-1.2.3", None),
        ("other-v1.2.3", None),
        ("release-1.2.3", None),
        ("refs/v1.2.3", None),
        ("vv1.2.3", None),
        ("v1", None),
        ("v", None),
        ("", None),
        ("v1.2.3.4", None),
        ("v1.2.x", None),
        ("v01.2.3", None),
        ("1-2", None),
        ("v99999999999999999999.0.0", None),
        ("nightly", None),
        ("2024.01.05", None),
        ("2024-01-05", None),
        ("20240105.0.0", None),
        ("ü1.2.3", None),
    ];
    for (name, expected) in cases {
        let found = by_package(&[tag(name, "2026-01-01")], &world.observations.workspace);
        let found = found.iter().next().map(|(package, releases)| (*package, releases[0].version.to_string()));
        assert_eq!(found, expected.map(|(package, version)| (package, version.to_owned())), "{name}");
    }
}

#[test]
fn date_like_tags_are_releases_where_the_version_is_one() {
    let world = World::new().member("app", "2024.1.5").tag("2024.01.05", "2024-01-05").tag("v2024.2.0", "2024-02-01");
    assert_eq!(versions(&project(&world)), ["2024.1.5", "2024.2.0"]);
}

#[test]
fn a_short_tag_counts_unless_its_series_has_full_ones() {
    let world = World::new().member("app", "1.3.0");
    let world = world.tag("v1.2", "2026-01-01").tag("v1.3", "2026-03-02").tag("v1.3.0", "2026-03-01").tag("v1.3.1", "2026-03-02");
    assert_eq!(versions(&project(&world)), ["1.2.0", "1.3.0", "1.3.1"]);
}

#[test]
fn the_projects_line_is_found_among_200_tags_under_35_prefixes() {
    let mut world = World::new().member("app", "5.0.0");
    for n in 0..35 {
        let name = if n < 5 { format!("lib{n}") } else { format!("gone{n}") };
        if n < 5 {
            world = world.member(&name, "9.0.0");
        }
        for minor in 0..5 {
            world = world.tag(&format!("{name}-v9.{minor}.0"), "2026-02-01");
        }
    }
    for minor in 0..25 {
        world = world.tag(&format!("v4.{minor}.0"), "2026-01-01");
    }
    let line = project(&world);
    assert_eq!((line.releases.len(), line.newest().map(|r| r.version.to_string())), (25, Some("4.24.0".into())));
    assert_eq!(by_package(&world.observations.git.seen().unwrap().tags, &world.observations.workspace).len(), 6);
    let component = lines_of(&world, Some("lib3"));
    assert_eq!(versions(&component[0]).last().map(String::as_str), Some("9.4.0"));
}

#[test]
fn the_projects_line_falls_back_by_steps() {
    let two = || World::new().member("root", "1.0.0").member("app", "2.0.0").tag("app-v2.0.0", "2026-01-01");
    assert_eq!(versions(&project(&two().tag("root-v1.0.0", "2026-01-01"))), ["1.0.0"], "the root package's");

    let mut world = two().tag("other-v3.0.0", "2026-01-01").member("other", "3.0.0");
    world.observations.workspace.members[0].is_root = false;
    world.observations.workspace.members[2].inherits_version = true;
    assert_eq!(versions(&project(&world)), ["3.0.0"], "those that inherit the version");

    world.observations.workspace.members[2].inherits_version = false;
    world = world.remote("git@github.com:someone/app.git");
    assert_eq!(versions(&project(&world)), ["2.0.0"], "the package named like the repository");

    world.git_mut().remotes.clear();
    let lines = lines_of(&world, None);
    assert_eq!(lines.iter().filter_map(|line| line.package.as_deref()).collect::<Vec<_>>(), ["app", "other"], "each its own");
}

#[test]
fn a_package_without_tags_of_its_name_has_the_projects_only_where_it_shares_the_version() {
    let world = World::new().member("app", "1.0.0").member("lib", "0.3.0").tag("v1.0.0", "2026-01-01");
    assert_eq!(versions(&lines_of(&world, Some("app"))[0]), ["1.0.0"]);
    assert!(versions(&lines_of(&world, Some("lib"))[0]).is_empty());
}

#[test]
fn highest_and_youngest_are_told_apart() {
    let world = World::new().member("app", "2.0.0");
    let world = world.tag("v2.0.0", "2026-01-01").tag("v1.9.4", "2026-02-01").tag("v2.1.0-rc.1", "2026-01-15");
    let line = project(&world);
    let show = |release: Option<&Release>| release.map(|r| r.version.to_string());
    assert_eq!(show(line.newest()).as_deref(), Some("2.1.0-rc.1"));
    assert_eq!(show(line.newest_stable()).as_deref(), Some("2.0.0"));
    assert_eq!(show(line.younger_than_newest()).as_deref(), Some("1.9.4"));
    assert!(line.next().is_none());
}

#[test]
fn a_rival_under_the_packages_own_name_is_told() {
    let world = World::new().member("app", "2.0.0").tag("v1.0.0", "2020-01-01").tag("app-v2.0.0", "2026-01-01");
    assert_eq!(project(&world).rival.map(|release| release.version.to_string()).as_deref(), Some("2.0.0"));
    let world = World::new().member("app", "2.0.0").tag("v2.1.0", "2020-01-01").tag("app-v2.0.0", "2026-01-01");
    assert!(project(&world).rival.is_none());
    let mut apart = World::new().member("one", "0.9.0").member("two", "0.8.0").tag("v0.3.0", "2020-01-01").tag("two-0.8.0", "2026-01-01");
    assert!(project(&apart).rival.is_none(), "the root package leads");
    apart.observations.workspace.members[0].is_root = false;
    assert_eq!(project(&apart).rival.map(|release| release.version.to_string()).as_deref(), Some("0.8.0"));
}

#[test]
fn rules_hold_what_they_say() {
    let world = World::new().member("app", "1.0.0");
    let world = ["0.9.0", "1.0.0", "1.1.0", "1.1.1", "1.2.0", "2.0.0", "2.1.0-rc.1"].iter().fold(world, |w, v| w.tag(v, "2026-01-01"));
    let line = project(&world);
    let cases: &[(&str, &[&str])] = &[
        ("1.1.*", &["1.1.0", "1.1.1"]),
        ("1.*", &["1.0.0", "1.1.0", "1.1.1", "1.2.0"]),
        ("<1.0", &["0.9.0"]),
        ("=1.1.1", &["1.1.1"]),
        ("2.1.*", &["2.1.0-rc.1"]),
        (">=1.1, <=1.2", &["1.1.0", "1.1.1", "1.2.0"]),
        ("latest", &["2.0.0", "2.1.0-rc.1"]),
        ("latest-minor", &["2.0.0", "2.1.0-rc.1"]),
        ("latest-2-minors", &["1.2.0", "2.0.0", "2.1.0-rc.1"]),
        ("latest-2-majors", &["1.0.0", "1.1.0", "1.1.1", "1.2.0", "2.0.0", "2.1.0-rc.1"]),
        ("latest-3-releases", &["1.1.1", "1.2.0", "2.0.0", "2.1.0-rc.1"]),
        ("branch:main", &[]),
    ];
    for (text, expected) in cases {
        let rule = Rule::parse(text).unwrap_or_else(|| panic!("{text}"));
        let held: Vec<_> = rule.releases(&line, &[]).iter().map(|release| release.version.to_string()).collect();
        assert_eq!(&held, expected, "{text}");
    }
    let others = [Rule::parse("2.*").unwrap(), Rule::parse("1.2.*").unwrap()];
    let older = Rule::Older.releases(&line, &others.iter().collect::<Vec<_>>()).len();
    assert_eq!(older, 4);
}

#[test]
fn a_rule_holds_a_pre_release_exactly_where_it_holds_the_release_it_leads_to() {
    let line = Line::default();
    for rule in ["1.*", "1.2.*", "<1.2", ">=1.2", "=1.2.0", ">=1.1, <=1.2", "<2.0"] {
        let rule = Rule::parse(rule).unwrap();
        for (minor, patch) in (0..4).flat_map(|minor| (0..3).map(move |patch| (minor, patch))) {
            let release = Version::new(1, minor, patch);
            let pre = Version::parse(&format!("{release}-beta.1")).unwrap();
            assert_eq!(rule.holds(&release, &line, &[]), rule.holds(&pre, &line, &[]), "{rule:?} {release}");
        }
    }
}

#[test]
fn words_that_are_no_rule_are_none() {
    for text in ["", "x", "latest-0-minors", "latest-two-minors", "latest-3-weeks", "*", "1.2.3.4"] {
        assert_eq!(Rule::parse(text), None, "{text}");
    }
}

#[test]
fn each_of_the_newest_series_has_a_head() {
    let world = World::new().member("app", "1.0.0");
    let world = ["1.0.0", "1.1.0", "1.1.1", "1.2.0", "1.3.0-rc.1"].iter().fold(world, |w, v| w.tag(v, "2026-01-01"));
    let line = project(&world);
    let heads = |text: &str| -> Vec<String> {
        Rule::parse(text).unwrap().heads(&line, &[]).iter().map(|release| release.version.to_string()).collect()
    };
    assert_eq!(heads("latest-2-minors"), ["1.2.0", "1.1.1"]);
    assert_eq!(heads("latest"), ["1.2.0"]);
    assert_eq!(heads("1.1.*"), ["1.1.1"]);
    assert_eq!(heads("1.3.*"), ["1.3.0-rc.1"]);
    assert!(heads("3.*").is_empty());
}

#[test]
fn a_row_of_the_same_shape_is_offered() {
    let newest = Version::new(2, 5, 1);
    for (rule, expected) in [("1.*", "2.x"), ("1.2.*", "2.5.x"), ("=1.2.3", "2.5.1"), (">=1.0, <2.0", "2.5.x"), ("older", "2.5.x")] {
        assert_eq!(Rule::parse(rule).unwrap().like_it_for(&newest), expected);
    }
}
