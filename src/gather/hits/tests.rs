use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use semver::Version;

use super::super::database::{Db, From};
use super::super::files::Files;
use super::super::git::Repo;
use super::super::git::testing::Fixture;
use super::super::registry::Registry;
use super::super::workspace::cargo::Flags;
use super::super::{lockfile, workspace};
use super::*;
use crate::commitment::{Commitment, Kind, Policy, SeverityClass, Strength, Unit, Window, name_all};
use crate::observation::advisory::Severity;
use crate::observation::git::{Git, Remote};
use crate::observation::workspace::{DependencyKind, Workspace};
use crate::settings::Settings;
use crate::source::Source;

const INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// An index that knows nothing.
const NOTHING: Index<'_> = Index { yanked: &|_, _| None, published: &|_| None };

fn advisory(id: &str, patched: &[&str], unaffected: &[&str]) -> Advisory {
    let requirements = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    Advisory {
        id: id.into(),
        aliases: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        package: "holey".into(),
        title: String::new(),
        date: date(2024, 3, 1),
        severity: Some(Severity::High),
        patched: requirements(patched),
        unaffected: requirements(unaffected),
        links: Vec::new(),
        path: String::new(),
    }
}

fn published(rows: &[(&str, bool)]) -> Vec<Published> {
    let row =
        |(version, yanked): &(&str, bool)| Published { version: version.parse().unwrap(), yanked: *yanked, on: Some(date(2024, 4, 1)) };
    rows.iter().map(row).collect()
}

fn entry(name: &str, version: &str, source: Option<&str>, dependencies: &[&str]) -> String {
    let source = source.map(|source| format!("source = \"{source}\"\n")).unwrap_or_default();
    format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}dependencies = {dependencies:?}\n\n")
}

/// A lockfile of `app`, which depends on `holey` at the version.
fn lock(holey: &str) -> String {
    "version = 4\n\n".to_owned() + &entry("app", "0.1.0", None, &["holey"]) + &entry("holey", holey, Some(INDEX), &[])
}

/// `app` in a repository, which requires `holey` so.
fn app(fixture: &Fixture, requirement: &str, program: bool) {
    fixture.write(
        "Cargo.toml",
        format!("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nholey = \"{requirement}\"\n"),
    );
    fixture.write(if program { "src/main.rs" } else { "src/lib.rs" }, "fn main() {}");
}

/// The lockfiles of the repository as it lies.
fn gathered(fixture: &Fixture) -> (Files, Lockfiles) {
    let files = Files::new(&fixture.path);
    let settings = Settings::default();
    let members = workspace::members_by_manifests(&files, ".", &settings);
    let workspace = Workspace { repository: fixture.path.clone(), root: ".".into(), members, cargo_problem: None };
    let contents = lockfile::contents(&files, None, &workspace.root, &settings, None);
    let lockfiles = lockfile::gather(&files, None, &workspace, &settings, None, contents);
    (files, lockfiles)
}

#[test]
fn only_packages_of_crates_io_are_hit_each_version_by_itself() {
    let fixture = Fixture::new();
    app(&fixture, "1", true);
    let sparse = "sparse+https://index.crates.io/";
    let text = "version = 4\n\n".to_owned()
        + &entry("app", "0.1.0", None, &[])
        + &entry("holey", "1.0.0", Some(INDEX), &[])
        + &entry("holey", "1.1.0", Some(sparse), &[])
        + &entry("holey", "1.2.0", Some(sparse), &[])
        + &entry("holey", "1.0.1", None, &[])
        + &entry("holey", "1.0.2", Some("git+https://git.example/holey#1"), &[])
        + &entry("holey", "1.0.3", Some("registry+https://registry.example/index"), &[]);
    fixture.write("Cargo.lock", text);
    let (_, lockfiles) = gathered(&fixture);
    assert_eq!(packages(&lockfiles), BTreeSet::from(["holey".to_owned()]));
    let advisories = [advisory("RUSTSEC-2024-0002", &[">=1.2.0"], &["<1.1.0"]), advisory("RUSTSEC-2024-0001", &[">=1.1.1"], &[])];
    let yanked = |_: &str, version: &Version| Some(*version == Version::new(1, 1, 0));
    let found = hits(&advisories, &Index { yanked: &yanked, published: &|_| None }, &lockfiles);
    let told: Vec<String> =
        found.iter().map(|hit| format!("{} {}", hit.advisory.as_ref().map_or("yanked", |a| a.id.as_str()), hit.version)).collect();
    assert_eq!(told, ["RUSTSEC-2024-0001 1.0.0", "yanked 1.1.0", "RUSTSEC-2024-0001 1.1.0", "RUSTSEC-2024-0002 1.1.0"]);
    assert_eq!(found[0].place.text(), "name = \"holey\"");
    assert_eq!(found[0].kind, AdvisoryKind::Vulnerability);
    assert_eq!(found[1].kind, AdvisoryKind::Yanked);
}

#[test]
fn the_fix_is_the_lowest_published_one_above_that_is_not_yanked() {
    let locked = Version::new(1, 0, 0);
    let of = |patched: &[&str], rows: &[(&str, bool)]| match fix::of(&advisory("A", patched, &[]), &locked, Some(&published(rows))) {
        Fix::None => String::new(),
        Fix::Version { version, published } => format!("{version} {}", published.is_some()),
    };
    assert_eq!(of(&[">=1.0.2"], &[("1.0.2", true), ("1.0.3", false), ("2.0.0", false)]), "1.0.3 true");
    assert_eq!(of(&["^0.9.5", ">=1.1.0"], &[("0.9.6", false), ("1.1.0", false)]), "1.1.0 true", "not the lower line");
    assert_eq!(of(&["^0.9.5"], &[("0.9.5", false), ("0.9.6", false), ("1.1.0", false)]), "0.9.6 true");
    assert_eq!(of(&[">=2.0.0"], &[("1.0.0", false), ("2.0.0-rc.1", false)]), "", "a pre-release is not yet the fix");
    let unasked = |patched: &[&str]| fix::of(&advisory("A", patched, &[]), &locked, None);
    let version = |text: &str| Fix::Version { version: text.into(), published: None };
    assert_eq!(unasked(&["^0.9.5", ">=1.1"]), version("1.1.0"));
    assert_eq!(unasked(&[">1.0.3"]), version("1.0.4"));
    assert_eq!((unasked(&[]), unasked(&["<0.5"])), (Fix::None, version("<0.5")));
}

#[test]
fn a_fix_reaches_the_users_of_a_library_where_the_requirement_admits_it() {
    let reach = |requirement: &str, program: bool, patched: &str| {
        let fixture = Fixture::new();
        app(&fixture, requirement, program);
        fixture.write("Cargo.lock", lock("1.0.0"));
        let (_, lockfiles) = gathered(&fixture);
        let found = hits(&[advisory("A", &[patched], &[])], &NOTHING, &lockfiles);
        let locked = lockfiles.all[0].content.as_ref().unwrap();
        users::reach(locked, lockfiles.members_of("Cargo.lock"), &found[0], None)
    };
    assert_eq!(reach("1", false, ">=1.0.1"), FixReach::Admitted);
    assert_eq!(reach("=1.0.0", false, ">=1.0.1"), FixReach::Excluded);
    assert_eq!(reach("1", false, ">=2.0.0"), FixReach::Excluded);
    assert_eq!(reach("1", true, ">=1.0.1"), FixReach::NotALibrary);
    let fixture = Fixture::new();
    app(&fixture, "1", false);
    let text = "version = 4\n\n".to_owned()
        + &entry("app", "0.1.0", None, &["mid"])
        + &entry("holey", "1.0.0", Some(INDEX), &[])
        + &entry("mid", "0.3.0", Some(INDEX), &["holey"]);
    fixture.write("Cargo.lock", text);
    let (_, lockfiles) = gathered(&fixture);
    let found = hits(&[advisory("A", &[">=1.0.1"], &[])], &NOTHING, &lockfiles);
    let locked = lockfiles.all[0].content.as_ref().unwrap();
    let reach = users::reach(locked, lockfiles.members_of("Cargo.lock"), &found[0], None);
    assert_eq!(reach, FixReach::Unknown("mid 0.3.0".into()), "mid's own requirement is not known");
}

/// A policy that promises thirty days.
fn policy(severity: SeverityClass) -> Policy {
    let mut commitments = vec![Commitment {
        id: String::new(),
        place: Place::line_in(&Source::new("SECURITY.md", "30 days"), 1),
        words: String::new(),
        strength: Strength::Firm,
        placeholder: false,
        component: None,
        kind: Kind::PatchDeadline { severity, window: Window { amount: 30, unit: Unit::Days }, scope: None },
    }];
    name_all(&mut commitments);
    Policy { commitments, ..Policy::default() }
}

/// Since when the repository's lockfile has been hit by `>=1.0.1`, with a promise for the severity.
fn entered(fixture: &Fixture, severity: SeverityClass) -> Since {
    let (files, lockfiles) = gathered(fixture);
    let (policy, settings) = (policy(severity), Settings::default());
    let repo = Repo::discover(&fixture.path).unwrap();
    let database = tempfile::tempdir().unwrap();
    let crates = database.path().join("crates/holey");
    std::fs::create_dir_all(&crates).unwrap();
    let text = "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"holey\"\ndate = \"2024-03-01\"\n\
                cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N\"\n\n[versions]\npatched = [\">=1.0.1\"]\n```\n\n# A hole\n\nIt leaks.\n";
    std::fs::write(crates.join("RUSTSEC-2024-0001.md"), text).unwrap();
    let now = date(2025, 1, 1).at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let db = Db::open(&From::Folder(database.path().to_owned()), &packages(&lockfiles), now).unwrap();
    let registry = Registry::open(&fixture.path, true);
    let mut found = hits(db.advisories(), &NOTHING, &lockfiles);
    assert_eq!((found.len(), found[0].reach), (1, Some(DependencyKind::Normal)));
    let flags = Flags { offline: true, ..Flags::default() };
    let deep = Deep {
        files: &files,
        repo: repo.as_ref(),
        db: &db,
        registry: &registry,
        lockfiles: &lockfiles,
        policy: &policy,
        settings: &settings,
        flags,
    };
    deepen(&deep, &mut found);
    found[0].entered.clone()
}

fn day_of(since: &Since) -> Option<Date> {
    match since {
        Since::Day { date, .. } => Some(*date),
        Since::Today | Since::AtEarliest(_) | Since::NotAsked | Since::Unknown(_) => None,
    }
}

#[test]
fn the_entry_is_the_day_since_which_the_hit_has_not_left_the_lockfile() {
    let fixture = Fixture::new();
    app(&fixture, "1", true);
    fixture.commit_file("2024-01-01", "Cargo.lock", &lock("1.0.0"));
    fixture.commit_file("2024-02-01", "Cargo.lock", &lock("1.0.1"));
    fixture.commit_file("2024-03-01", "Cargo.lock", &lock("0.9.0"));
    fixture.commit_file("2024-04-01", "Cargo.lock", &lock("1.0.0"));
    fixture.commit_file("2024-05-01", "README.md", "words");
    assert_eq!(day_of(&entered(&fixture, SeverityClass::Any)), Some(date(2024, 3, 1)), "another version that is hit is no break");
    assert_eq!(entered(&fixture, SeverityClass::Critical), Since::NotAsked, "no window covers it, so no history is read");
    fixture.commit_file("2024-06-01", "Cargo.lock", &lock("1.0.1"));
    fixture.write("Cargo.lock", lock("1.0.0"));
    assert_eq!(entered(&fixture, SeverityClass::Any), Since::Today, "only the work tree has it");
}

#[test]
fn a_shallow_history_tells_the_entry_at_the_earliest() {
    let fixture = Fixture::new();
    app(&fixture, "1", true);
    fixture.commit_file("2024-01-01", "Cargo.lock", &lock("1.0.0"));
    fixture.commit_file("2024-05-01", "README.md", "words");
    let clone = Fixture::new();
    std::fs::remove_dir_all(&clone.path).unwrap();
    fixture.git(&["clone", "-q", "--depth", "1", &fixture.url(), &clone.path.display().to_string()]);
    assert_eq!(entered(&clone, SeverityClass::Any), Since::AtEarliest(date(2024, 5, 1)));
}

#[test]
fn own_advisories_lead_into_this_repository() {
    let fixture = Fixture::new();
    app(&fixture, "1", true);
    let files = Files::new(&fixture.path);
    let members = workspace::members_by_manifests(&files, ".", &Settings::default());
    let workspace = Workspace { repository: fixture.path.clone(), root: ".".into(), members, cargo_problem: None };
    let git = Git {
        head: None,
        incomplete: BTreeSet::new(),
        default_branch: None,
        branches: Vec::new(),
        remotes: vec![Remote { name: "origin".into(), url: "git@forge.example:Owner/App.git".into() }],
        tags: Vec::new(),
        tracked: BTreeSet::new(),
        modified: Vec::new(),
    };
    let with = |package: &str, link: &str| Advisory { package: package.into(), links: vec![link.into()], ..advisory("A", &[], &[]) };
    let all = [
        with("app", "https://forge.example/owner/app/security/advisories/1"),
        with("app", "https://forge.example/owner/app-two/issues/1"),
        with("app", "https://forge.example/other/app"),
        with("holey", "https://forge.example/owner/app/issues/1"),
    ];
    let links: Vec<_> = own::advisories(&all, &workspace, Some(&git)).into_iter().map(|advisory| advisory.links).collect();
    assert_eq!(links, [["https://forge.example/owner/app/security/advisories/1".to_owned()]]);
    assert!(own::advisories(&all, &workspace, None).is_empty());
}
