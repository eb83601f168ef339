//! A small world for the judges' tests: a workspace, its git, a policy, and a day. Every part is a plain
//! field; the methods only say the common things shortly.

#![allow(dead_code, reason = "not every room uses every part")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use semver::Version;

use crate::commitment::{Commitment, Kind, Policy, Strength, name_all};
use crate::judge::{self, Context};
use crate::observation::git::{Git, Incomplete, Remote, Signature, Tag};
use crate::observation::lockfile::{Counts, Locked, Lockfile, Origin, Package};
use crate::observation::workspace::{Member, Ships, Target, TargetKind, Workspace};
use crate::observation::{Observations, Observed, pipeline};
use crate::settings::Settings;
use crate::source::{Place, Source};
use crate::verdict::{Judgement, Vulnerability};

/// All that a [`Context`] borrows from.
pub(crate) struct World {
    pub(crate) observations: Observations,
    pub(crate) policy: Policy,
    pub(crate) settings: Settings,
    pub(crate) vulnerabilities: Vec<Vulnerability>,
    pub(crate) today: Date,
}

impl World {
    /// An empty workspace in a complete git without tags, an empty policy, 2026-06-15.
    pub(crate) fn new() -> Self {
        Self {
            observations: observations(),
            policy: Policy::default(),
            settings: Settings::default(),
            vulnerabilities: Vec::new(),
            today: jiff::civil::date(2026, 6, 15),
        }
    }

    /// With a publishable library and program that ships; the first one is the root package.
    pub(crate) fn member(mut self, name: &str, version: &str) -> Self {
        let is_root = self.observations.workspace.members.is_empty();
        self.observations.workspace.members.push(member(name, version, is_root));
        self
    }

    /// With a tag at noon of a day (`2026-01-31`); its commit is its name's bytes in hexadecimal.
    pub(crate) fn tag(mut self, name: &str, day: &str) -> Self {
        self.git_mut().tags.push(tag(name, day));
        self
    }

    /// With a tracked lockfile of its own, which holds the members and nothing else.
    pub(crate) fn locked(mut self) -> Self {
        let packages = self.observations.workspace.members.iter().map(|member| Package {
            name: member.name.clone(),
            version: member.version.clone(),
            origin: Origin::Local,
            line: 1,
            dependencies: Vec::new(),
        });
        let locked = Locked { source: Source::new("Cargo.lock", ""), version: 4, packages: packages.collect() };
        let (path, content) = ("Cargo.lock".into(), Ok(locked));
        self.observations.lockfiles.push(Lockfile { path, counts: Counts::Yes, own: true, tracked: Some(true), content });
        self
    }

    /// With git incomplete in something.
    pub(crate) fn incomplete(mut self, what: Incomplete) -> Self {
        self.git_mut().incomplete.insert(what);
        self
    }

    /// With a remote named `origin`.
    pub(crate) fn remote(mut self, url: &str) -> Self {
        self.git_mut().remotes.push(Remote { name: "origin".into(), url: url.into() });
        self
    }

    /// With a firm promise, on a line of its own.
    pub(crate) fn promise(self, kind: Kind) -> Self {
        self.promise_in("the words of the promise", None, kind)
    }

    /// With a firm promise in these words, about one component.
    pub(crate) fn promise_in(mut self, words: &str, component: Option<&str>, kind: Kind) -> Self {
        let line = u32::try_from(self.policy.commitments.len() + 1).unwrap_or(u32::MAX);
        self.policy.commitments.push(commitment(line, words, component, kind));
        name_all(&mut self.policy.commitments);
        self
    }

    /// Git, which every world but one without it has.
    pub(crate) fn git_mut(&mut self) -> &mut Git {
        match &mut self.observations.git {
            Observed::Seen(git) => git,
            Observed::Absent(_) | Observed::Unavailable(_) => panic!("this world has no git"),
        }
    }

    /// What a judge is given.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            observations: &self.observations,
            policy: &self.policy,
            settings: &self.settings,
            vulnerabilities: &self.vulnerabilities,
            today: self.today,
        }
    }

    /// The judgement of every promise, in the policy's order.
    pub(crate) fn judge_all(&self) -> Vec<Judgement> {
        self.policy.commitments.iter().map(|commitment| judge::judge(self.context(), commitment)).collect()
    }

    /// The judgement of the first promise.
    pub(crate) fn judge(&self) -> Judgement {
        self.judge_all().into_iter().next().expect("a promise")
    }

    /// The outcomes' words, in the policy's order.
    pub(crate) fn outcomes(&self) -> Vec<&'static str> {
        self.judge_all().iter().map(|judgement| judgement.outcome.word()).collect()
    }
}

/// A firm promise on a line of a policy of ten lines.
pub(crate) fn commitment(line: u32, words: &str, component: Option<&str>, kind: Kind) -> Commitment {
    let source = Source::new("SECURITY.md", format!("{words}\n").repeat(10));
    Commitment {
        id: String::new(),
        place: Place::line_in(&source, line),
        words: words.into(),
        strength: Strength::Firm,
        placeholder: false,
        component: component.map(str::to_owned),
        kind,
    }
}

/// A tag at noon of a day.
pub(crate) fn tag(name: &str, day: &str) -> Tag {
    let day: Date = day.parse().expect("a date");
    let at = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a time").timestamp();
    let commit = name.bytes().map(|byte| format!("{byte:02x}")).collect();
    Tag { name: name.into(), commit, at, signature: Signature::None }
}

/// A publishable library and program that ships, in a folder of its name unless it is the root package.
pub(crate) fn member(name: &str, version: &str, is_root: bool) -> Member {
    let folder = if is_root { String::new() } else { format!("{name}/") };
    let target = |kind, path: &str| Target { name: name.into(), kind, path: format!("{folder}{path}") };
    Member {
        name: name.into(),
        version: Version::parse(version).expect("a version"),
        inherits_version: false,
        manifest: format!("{folder}Cargo.toml"),
        is_root,
        publishable: true,
        repository: None,
        targets: vec![target(TargetKind::Lib, "src/lib.rs"), target(TargetKind::Bin, "src/main.rs")],
        dependencies: Vec::new(),
        ships: Ships::Yes,
    }
}

fn observations() -> Observations {
    let git = Git {
        head: Some("c0ffee".into()),
        incomplete: BTreeSet::new(),
        default_branch: Some("main".into()),
        branches: vec!["main".into()],
        remotes: Vec::new(),
        tags: Vec::new(),
        tracked: BTreeSet::new(),
        modified: Vec::new(),
    };
    let not_asked = || "it was not asked for".to_owned();
    Observations {
        workspace: Workspace { repository: PathBuf::from("/repository"), root: ".".into(), members: Vec::new(), cargo_problem: None },
        git: Observed::Seen(git),
        lockfiles: Vec::new(),
        database: Observed::Unavailable(not_asked()),
        hits: Vec::new(),
        lockfile_changed: Observed::Unavailable("not looked at".into()),
        promised_since: std::collections::BTreeMap::new(),
        own_advisories: Vec::new(),
        pipelines: pipeline::Pipelines::default(),
        updaters: pipeline::Updaters::default(),
        ignores: Vec::new(),
        code: Observed::Unavailable(not_asked()),
        changelog: Observed::Unavailable(not_asked()),
        policy_changed: Observed::Unavailable(not_asked()),
        keys: Vec::new(),
        release_lines: Vec::new(),
        pointed_files: Vec::new(),
        problems: Vec::new(),
    }
}
