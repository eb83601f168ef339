//! A repository made of a few files, judged for one promise.

use std::collections::BTreeSet;

use cargo_secpolicy::commitment::{Commitment, Kind, Policy, Strength, When};
use cargo_secpolicy::gather::{ci, files::Files, updaters};
use cargo_secpolicy::judge::{Context, judge};
use cargo_secpolicy::observation::advisory::Database;
use cargo_secpolicy::observation::advisory::{Advisory, AdvisoryKind, Built, Fix, FixReach, Hit, Public, Since};
use cargo_secpolicy::observation::git::{Git, Signature, Tag};
use cargo_secpolicy::observation::ignore::Ignore;
use cargo_secpolicy::observation::lockfile::{Counts, Locked, Lockfile};
use cargo_secpolicy::observation::workspace::Workspace;
use cargo_secpolicy::observation::{At, Observations, Observed};
use cargo_secpolicy::settings::Settings;
use cargo_secpolicy::source::{Place, Source};
use cargo_secpolicy::verdict::{Judgement, Status, Vulnerability};

/// A repository of these files, judged for one promise.
pub(crate) struct Project {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) tags: Vec<Tag>,
    pub(crate) ignores: Vec<Ignore>,
    pub(crate) live: Vec<Vulnerability>,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self { folder, tags: Vec::new(), ignores: Vec::new(), live: Vec::new() }
    }

    pub(crate) fn tagged(mut self, names: &[&str], signature: Signature) -> Self {
        self.tags.extend(names.iter().map(|&name| Tag {
            name: name.into(),
            commit: "c".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
            signature,
        }));
        self
    }

    pub(crate) fn observations(&self) -> Observations {
        let files = Files::new(self.folder.path());
        let workspace = Workspace { repository: self.folder.path().into(), root: ".".into(), members: Vec::new(), cargo_problem: None };
        Observations {
            pipelines: ci::pipelines(&files, &ci::Workflows::read(&files), &workspace, Some("main")),
            updaters: updaters::updaters(&files, &["Cargo.lock".into()], Some("main")),
            workspace,
            git: Observed::Seen(Git {
                head: None,
                incomplete: BTreeSet::new(),
                default_branch: Some("main".into()),
                branches: Vec::new(),
                remotes: Vec::new(),
                tags: self.tags.clone(),
                tracked: BTreeSet::new(),
                modified: Vec::new(),
            }),
            lockfiles: vec![lockfile()],
            database: Observed::Seen(database()),
            hits: Vec::new(),
            own_advisories: Vec::new(),
            ignores: Vec::new(),
            code: Observed::Absent(Vec::new()),
            changelog: Observed::Absent(Vec::new()),
            policy_changed: Observed::Absent(Vec::new()),
            lockfile_changed: Observed::Unavailable("not looked at".into()),
            promised_since: std::collections::BTreeMap::new(),
            keys: Vec::new(),
            release_lines: Vec::new(),
            pointed_files: Vec::new(),
            problems: Vec::new(),
        }
    }

    pub(crate) fn judge(&self, kind: Kind) -> Judgement {
        let commitment = Commitment {
            id: String::new(),
            place: Place::line_in(&Source::new("SECURITY.md", "x"), 1),
            words: String::new(),
            strength: Strength::Firm,
            placeholder: false,
            component: None,
            kind,
        };
        let mut observations = self.observations();
        observations.ignores.clone_from(&self.ignores);
        let (policy, settings) = (Policy::default(), Settings::default());
        let today = jiff::civil::date(2026, 1, 1);
        judge(
            Context { observations: &observations, policy: &policy, settings: &settings, vulnerabilities: &self.live, today },
            &commitment,
        )
    }
}

pub(crate) fn tool(slug: &str, when: When) -> Kind {
    Kind::Tool { tool: slug.into(), when, every_change: false }
}

/// One workflow with this `on` and these steps.
pub(crate) fn workflow(on: &str, steps: &str) -> String {
    format!("on:\n  {on}\njobs:\n  j:\n    runs-on: x\n    steps:\n{steps}\n")
}

pub(crate) fn audit(when: When, workflow: &str) -> Judgement {
    Project::new(&[(".github/workflows/a.yml", workflow)]).judge(tool("cargo-audit", when))
}

pub(crate) fn at(judgement: &Judgement) -> Vec<(String, u32)> {
    let place = |at: &At| match at {
        At::Place(place) => Some((place.path().to_owned(), place.line())),
        At::Path(_) | At::Commit(_) => None,
    };
    judgement.reasons.iter().filter_map(|reason| reason.at.as_ref().and_then(place)).collect()
}

pub(crate) const RUN: &str = "      - run: cargo audit";

/// A live vulnerability with this status.
pub(crate) fn vulnerability(status: Status) -> Vulnerability {
    let date = jiff::civil::date(2025, 1, 1);
    let advisory = Advisory {
        id: "RUSTSEC-2025-0001".into(),
        aliases: vec!["CVE-2025-1".into()],
        kind: AdvisoryKind::Vulnerability,
        package: "bad".into(),
        title: String::new(),
        date,
        severity: None,
        patched: Vec::new(),
        unaffected: Vec::new(),
        links: Vec::new(),
        path: String::new(),
    };
    let hit = Hit {
        advisory: Some(advisory.into()),
        kind: AdvisoryKind::Vulnerability,
        package: "bad".into(),
        version: semver::Version::new(1, 0, 0),
        lockfile: "Cargo.lock".into(),
        place: Place::line_in(&Source::new("Cargo.lock", "x"), 1),
        counts: true,
        reach: None,
        paths: Vec::new(),
        built: Built::Yes,
        reaches_users: FixReach::NotALibrary,
        public: Some(Public::stated(date)),
        fix: Fix::None,
        entered: Since::NotAsked,
    };
    Vulnerability {
        hit,
        severity: None,
        status,
        charged_to: None,
        clock_started: None,
        due: None,
        at_the_earliest: None,
        reasons: Vec::new(),
        waiver: None,
        fails: false,
    }
}

/// An empty lockfile that counts.
fn lockfile() -> Lockfile {
    let locked = Locked { source: Source::new("Cargo.lock", "version = 4\n"), version: 4, packages: Vec::new() };
    Lockfile { path: "Cargo.lock".into(), counts: Counts::Yes, own: true, tracked: Some(true), content: Ok(locked) }
}

/// A database that was read.
fn database() -> Database {
    Database {
        source: "db".into(),
        commit: None,
        updated: None,
        advisories: 1,
        ids: BTreeSet::new(),
        has_history: false,
        unreadable: Vec::new(),
        warnings: Vec::new(),
    }
}
