use std::collections::BTreeMap;

use semver::{Prerelease, Version, VersionReq};

use super::*;
use crate::error::Class;
use crate::gather::git::testing::Fixture;
use crate::observation::advisory::{AdvisoryKind, Severity};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/advisory-db")
}

fn now() -> Timestamp {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn open(folder: &Path, packages: &[&str]) -> Db {
    Db::open(&From::Folder(folder.to_owned()), &names(packages), now()).unwrap()
}

fn ids(db: &Db) -> Vec<&str> {
    db.advisories().iter().map(|advisory| advisory.id.as_str()).collect()
}

fn text(id: &str, package: &str, date: &str) -> String {
    format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"{date}\"\n\n[versions]\npatched = [\">= 2.0.0\"]\n```\n\n# Title\n\nWords.\n"
    )
}

fn write(database: &Fixture, package: &str, number: u32) -> String {
    let id = format!("RUSTSEC-2024-{number:04}");
    let path = format!("crates/{package}/{id}.md");
    database.write(&path, text(&id, package, "2024-01-01"));
    path
}

#[test]
fn a_plain_folder_is_read_for_the_packages_asked_for() {
    let db = open(&fixture(), &["time", "idna", "slab", "ring", "not-in-it", "../../src"]);
    assert_eq!(ids(&db), ["RUSTSEC-2020-0071", "RUSTSEC-2024-0421", "RUSTSEC-2025-0047"], "a withdrawn one is left out");
    let severities: Vec<_> = db.advisories().iter().map(|advisory| advisory.severity).collect();
    assert_eq!(severities, [Some(Severity::Medium), None, Some(Severity::Medium)]);
    assert_eq!((db.facts.advisories, db.facts.commit.as_ref(), db.facts.has_history), (12, None, false));
    assert_eq!(db.facts.updated.unwrap().to_string(), "2025-08-11T00:00:00Z", "its newest advisory's date");
    assert!(db.facts.unreadable.is_empty() && db.facts.warnings.is_empty());
    assert_eq!(db.first_seen(&db.advisories()[0]), None);
}

#[test]
fn every_advisory_of_the_fixture_is_what_it_is_for() {
    let all = ["smallvec", "rustls", "time", "rsa", "idna", "h2", "openssl", "slab", "ansi_term", "atty", "personnummer", "ring"];
    let db = open(&fixture(), &all);
    let count = |kind| db.advisories().iter().filter(|advisory| advisory.kind == kind).count();
    let kinds = [AdvisoryKind::Vulnerability, AdvisoryKind::Unmaintained, AdvisoryKind::Unsound, AdvisoryKind::Notice];
    assert_eq!(kinds.map(count), [8, 1, 1, 1]);
    let severities: BTreeMap<_, _> = db.advisories().iter().map(|advisory| (advisory.package.as_str(), advisory.severity)).collect();
    assert_eq!(severities["smallvec"], Some(Severity::Critical));
    assert_eq!(severities["rustls"], Some(Severity::High));
}

#[test]
fn what_is_not_yet_public_is_left_out() {
    let at = |now: &str| {
        let db = Db::open(&From::Folder(fixture()), &names(&["idna"]), now.parse().unwrap()).unwrap();
        db.advisories().len()
    };
    assert_eq!((at("2024-12-08T23:59:59Z"), at("2024-12-09T00:00:00Z")), (0, 1));
}

#[test]
fn of_a_checkout_the_commit_is_read() {
    let database = Fixture::new();
    write(&database, "a", 1);
    let commit = database.commit("2024-03-01");
    std::fs::remove_dir_all(database.path.join("crates")).unwrap();
    write(&database, "a", 2);
    let db = open(&database.path, &["a"]);
    assert_eq!(ids(&db), ["RUSTSEC-2024-0001"], "not the work tree");
    assert_eq!(db.facts.commit.as_ref(), Some(&commit));
    assert_eq!(db.facts.updated.unwrap().to_string(), "2024-03-01T00:00:00Z");
    assert_eq!((db.facts.advisories, db.facts.has_history), (1, true));
    let bare = database.beside("bare");
    database.git(&["clone", "-q", "--bare", &database.url(), bare.to_str().unwrap()]);
    assert_eq!(ids(&open(&bare, &["a"])), ["RUSTSEC-2024-0001"]);
}

#[test]
fn the_first_commit_that_holds_an_advisory_is_the_day_it_was_public() {
    let database = Fixture::new();
    database.commit_file("2023-12-01", "crates/z/README.md", "");
    write(&database, "a", 1);
    database.commit("2024-03-01");
    let path = write(&database, "a", 2);
    database.commit("2024-04-01");
    write(&database, "b", 3);
    database.commit("2024-05-01");
    std::fs::remove_file(database.path.join(&path)).unwrap();
    database.commit("2024-06-01");
    write(&database, "a", 2);
    database.commit("2024-07-01");
    let seen = |folder: &Path| {
        let db = open(folder, &["a", "b"]);
        let day = |advisory: &Advisory| db.first_seen(advisory).map(|at| at.strftime("%m-%d").to_string());
        let days: Vec<_> = db.advisories().iter().map(day).collect();
        let again: Vec<_> = db.advisories().iter().map(day).collect();
        assert_eq!(days, again);
        days
    };
    let day = |day: &str| Some(day.to_owned());
    assert_eq!(seen(&database.path), [day("03-01"), day("04-01"), day("05-01")], "one that went and came back too");

    let shallow = database.beside("shallow");
    database.git(&["clone", "-q", "--depth", "4", &database.url(), shallow.to_str().unwrap()]);
    assert_eq!(seen(&shallow), [None, None, day("05-01")], "what the first commit there holds may be older");
    assert!(!open(&shallow, &[]).facts.has_history);
    let whole = database.beside("whole");
    database.git(&["clone", "-q", "--depth", "6", &database.url(), whole.to_str().unwrap()]);
    assert_eq!(seen(&whole)[0], day("03-01"));
}

#[test]
fn one_broken_advisory_is_named_and_the_rest_count() {
    let database = Fixture::new();
    write(&database, "a", 1);
    database.write("crates/a/RUSTSEC-2024-0002.md", "```toml\n[advisory]\n");
    database.write("crates/a/RUSTSEC-2024-0003.md", [0xFF, 0x20]);
    database.write("crates/a/notes.txt", "notes");
    database.write("crates/a/RUSTSEC-0000-0000.md", "a draft");
    database.write("crates/a/.hidden", "");
    std::fs::remove_dir_all(database.path.join(".git")).unwrap();
    let db = open(&database.path, &["a"]);
    assert_eq!(ids(&db), ["RUSTSEC-2024-0001"]);
    let unreadable: Vec<_> = db.facts.unreadable.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(unreadable, ["crates/a/RUSTSEC-2024-0002.md", "crates/a/RUSTSEC-2024-0003.md", "crates/a/notes.txt"]);
    assert!(open(&database.path, &["b"]).facts.unreadable.is_empty(), "what was not asked for is not parsed");
}

#[test]
fn a_folder_that_is_no_database_is_an_error_with_what_to_do() {
    let empty = Fixture::new();
    let expect = |path: &Path, words: &str| {
        let error = Db::open(&From::Folder(path.to_owned()), &names(&[]), now()).unwrap_err();
        assert_eq!(error.class, Class::Unreadable);
        assert!(error.message.contains(words) && error.help.is_some(), "{}", error.message);
    };
    expect(&empty.path, "no commit yet");
    expect(&empty.path.join("missing"), "is no folder");
    empty.commit_file("2024-01-01", "README.md", "no advisories");
    expect(&empty.path, "holds no advisories");
    std::fs::write(empty.path.join(".git/HEAD"), "nonsense").unwrap();
    expect(&empty.path, "cannot be read");
    std::fs::remove_dir_all(empty.path.join(".git")).unwrap();
    expect(&empty.path, "holds no advisories");
    std::fs::create_dir_all(empty.path.join("crates/a")).unwrap();
    expect(&empty.path, "holds no advisories");
}

/// Versions on, beside and between the bounds of `requirements`, with pre-releases and build metadata.
fn versions(requirements: &[VersionReq]) -> Vec<Version> {
    let mut found = vec![Version::new(0, 0, 0), Version::new(999, 0, 0)];
    for bound in requirements.iter().flat_map(|requirement| &requirement.comparators) {
        let mut version = Version::new(bound.major, bound.minor.unwrap_or(0), bound.patch.unwrap_or(0));
        version.pre = bound.pre.clone();
        let (major, minor, patch) = (version.major, version.minor, version.patch);
        let near = [(major, minor, patch + 1), (major, minor + 1, 0), (major + 1, 0, 0), (major, minor, patch.saturating_sub(1))];
        found.extend(near.map(|(major, minor, patch)| Version::new(major, minor, patch)));
        found.extend(["0", "rc.1"].map(|pre| Version { pre: Prerelease::new(pre).unwrap(), ..version.clone() }));
        found.push(Version { build: semver::BuildMetadata::new("1").unwrap(), ..version.clone() });
        found.push(version);
    }
    found
}

/// Every advisory of the database in `folder` hits the same versions as `rustsec` says; gives how many were asked.
fn agrees_with_rustsec(folder: &Path) -> usize {
    let theirs = rustsec::Database::open(folder).unwrap();
    let packages: BTreeSet<_> = theirs.iter().map(|advisory| advisory.metadata.package.to_string()).collect();
    let ours = Db::open(&From::Folder(folder.to_owned()), &packages, now()).unwrap();
    assert!(ours.facts.unreadable.is_empty(), "{:?}", ours.facts.unreadable);
    assert_eq!(ours.facts.advisories, theirs.iter().count());
    let mut by_package: BTreeMap<&str, Vec<&Advisory>> = BTreeMap::new();
    for advisory in ours.advisories() {
        by_package.entry(&advisory.package).or_default().push(advisory);
    }
    let mut asked = 0;
    for package in &packages {
        let known = by_package.get(package.as_str()).cloned().unwrap_or_default();
        let bounds: Vec<_> = known.iter().flat_map(|advisory| advisory.patched.iter().chain(&advisory.unaffected)).cloned().collect();
        for version in versions(&bounds) {
            let query = rustsec::database::Query::new().collection(rustsec::Collection::Crates).withdrawn(false);
            let query = query.package_name(package.parse().unwrap()).package_version(version.clone());
            let mut expected: Vec<_> = theirs.query(&query).iter().map(|advisory| advisory.id().to_string()).collect();
            expected.sort();
            let hits: Vec<_> = known.iter().filter(|advisory| affects(advisory, &version)).map(|advisory| advisory.id.clone()).collect();
            assert_eq!(hits, expected, "{package} {version}");
            asked += 1;
        }
    }
    asked
}

#[test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn matching_is_that_of_rustsec() {
    assert!(agrees_with_rustsec(&fixture()) > 100);
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/advisory-db");
    if real.is_dir() {
        assert!(agrees_with_rustsec(&real) > 5000);
    } else {
        eprintln!("skipped: there is no copy of the real database at {}", real.display());
    }
}
