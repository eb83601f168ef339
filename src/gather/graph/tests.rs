use semver::{Version, VersionReq};

use super::*;
use crate::source::Source;

fn member(name: &str, ships: bool, dependencies: &[(&str, &str, DependencyKind)]) -> Member {
    let dependency = |(name, requirement, kind): &(&str, &str, DependencyKind)| Dependency {
        name: (*name).into(),
        requirement: VersionReq::parse(requirement).unwrap(),
        kind: *kind,
        optional: false,
        target: None,
        local: false,
    };
    Member {
        name: name.into(),
        version: Version::new(1, 0, 0),
        inherits_version: false,
        manifest: format!("{name}/Cargo.toml"),
        is_root: false,
        publishable: true,
        repository: None,
        targets: Vec::new(),
        dependencies: dependencies.iter().map(dependency).collect(),
        ships: if ships { Ships::Yes } else { Ships::No("a helper".into()) },
    }
}

/// `name version: dependencies by name-version`; a version 1.0.0 is local.
fn locked(lines: &[(&str, &str, &[usize])]) -> Locked {
    let package = |(name, version, dependencies): &(&str, &str, &[usize])| Package {
        name: (*name).into(),
        version: version.parse().unwrap(),
        origin: if *version == "1.0.0" { Origin::Local } else { Origin::CratesIo },
        line: 1,
        dependencies: dependencies.to_vec(),
    };
    Locked { source: Source::new("Cargo.lock", ""), version: 4, packages: lines.iter().map(package).collect() }
}

use DependencyKind::{Build, Dev, Normal};

#[test]
fn the_shortest_path_from_each_member_and_the_strongest_own_edge() {
    let locked = locked(&[
        ("app", "1.0.0", &[1, 2]),
        ("lib", "1.0.0", &[3]),
        ("long", "0.1.0", &[3]),
        ("mid", "0.1.0", &[4]),
        ("hit", "0.1.0", &[]),
        ("aside", "1.0.0", &[]),
    ]);
    let members = [
        member("app", true, &[("lib", "1", Normal), ("long", "0.1", Build)]),
        member("lib", true, &[("mid", "0.1", Build)]),
        member("aside", true, &[]),
    ];
    let ways = Graph::new(&locked, &members).ways_in(4);
    assert_eq!(ways.reach, Some(Normal), "app's own edge to lib is a normal one");
    assert_eq!(ways.paths, [["app", "lib", "mid", "hit"].map(str::to_owned).to_vec(), ["lib", "mid", "hit"].map(str::to_owned).to_vec()]);
}

#[test]
fn a_dev_dependency_is_no_way_into_what_depends_on_its_member() {
    let locked = locked(&[("app", "1.0.0", &[1]), ("lib", "1.0.0", &[2]), ("hit", "0.1.0", &[])]);
    let members = [member("app", true, &[("lib", "1", Normal)]), member("lib", true, &[("hit", "0.1", Dev)])];
    let ways = Graph::new(&locked, &members).ways_in(2);
    assert_eq!((ways.reach, ways.paths.len()), (Some(Dev), 1));
    let members = [member("app", true, &[("lib", "1", Dev)]), member("lib", true, &[("hit", "0.1", Normal)])];
    let ways = Graph::new(&locked, &members).ways_in(2);
    assert_eq!((ways.reach, ways.paths.len()), (Some(Normal), 2), "the near miss: lib itself needs it");
}

#[test]
fn a_longer_normal_way_goes_before_a_shorter_dev_one() {
    let locked = locked(&[("app", "1.0.0", &[1, 3]), ("lib", "1.0.0", &[2, 3]), ("mid", "0.1.0", &[3]), ("hit", "0.1.0", &[])]);
    let members = [
        member("app", true, &[("lib", "1", Normal), ("hit", "0.1", Dev)]),
        member("lib", true, &[("hit", "0.1", Dev), ("mid", "0.1", Normal)]),
    ];
    let ways = Graph::new(&locked, &members).ways_in(3);
    assert_eq!(ways.reach, Some(Normal));
    assert_eq!(ways.paths[0], ["app", "lib", "mid", "hit"]);
}

#[test]
fn only_members_that_ship_count_for_the_reach() {
    let locked = locked(&[("xtask", "1.0.0", &[1]), ("hit", "0.1.0", &[])]);
    let ways = |ships| Graph::new(&locked, &[member("xtask", ships, &[("hit", "0.1", Normal)])]).ways_in(1);
    assert_eq!(ways(false).reach, None);
    assert_eq!(ways(true).reach, Some(Normal));
    assert_eq!(ways(false).paths, ways(true).paths);
}

#[test]
fn an_edge_that_no_manifest_tells_and_a_root_that_is_no_member_are_normal() {
    let locked = locked(&[("app", "1.0.0", &[1]), ("hit", "0.1.0", &[])]);
    assert_eq!(Graph::new(&locked, &[]).ways_in(1).reach, Some(Normal));
    assert_eq!(Graph::new(&locked, &[member("app", true, &[])]).ways_in(1).reach, Some(Normal));
}

#[test]
fn each_version_of_a_crate_has_its_own_edge() {
    let locked = locked(&[("app", "1.0.0", &[1, 2]), ("hit", "0.1.0", &[]), ("hit", "0.2.0", &[])]);
    let members = [member("app", true, &[("hit", "0.1", Dev), ("hit", "0.2", Normal)])];
    let graph = Graph::new(&locked, &members);
    assert_eq!((graph.ways_in(1).reach, graph.ways_in(2).reach), (Some(Dev), Some(Normal)));
}

#[test]
fn a_circle_and_five_thousand_packages_end() {
    let circle = locked(&[("app", "1.0.0", &[1]), ("a", "0.1.0", &[2]), ("b", "0.1.0", &[1, 3]), ("hit", "0.1.0", &[1])]);
    let members = [member("app", true, &[("a", "0.1", Normal)])];
    assert_eq!(Graph::new(&circle, &members).ways_in(3).paths, [["app", "a", "b", "hit"].map(str::to_owned)]);
    let names: Vec<String> = (0..5_000).map(|n| format!("p{n}")).collect();
    let edges: Vec<Vec<usize>> = (0..5_000).map(|n| (n + 1..5_000.min(n + 30)).collect()).collect();
    let lines: Vec<(&str, &str, &[usize])> =
        names.iter().zip(&edges).map(|(name, edges)| (name.as_str(), "0.1.0", edges.as_slice())).collect();
    let many = locked(&lines);
    let ways = Graph::new(&many, &[]).ways_in(4_999);
    assert_eq!(ways.paths[0].first().map(String::as_str), Some("p0"));
}

#[test]
fn the_first_path_is_one_from_what_ships() {
    let locked = locked(&[("aid", "1.0.0", &[2]), ("app", "1.0.0", &[2]), ("hit", "0.1.0", &[])]);
    let paths = |aid, app| {
        let members = [member("aid", aid, &[("hit", "0.1", Normal)]), member("app", app, &[("hit", "0.1", Normal)])];
        Graph::new(&locked, &members).ways_in(2).paths.into_iter().map(|path| path[0].clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths(false, true), ["app", "aid"]);
    assert_eq!(paths(true, true), ["aid", "app"]);
    assert_eq!(paths(false, false), ["aid", "app"]);
}
