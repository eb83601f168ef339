//! What is looked up for live vulnerabilities alone: the index, the database's history, cargo's resolution,
//! and the history of the lockfile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::super::built::{Named, built};
use super::super::database::Db;
use super::super::files::{Files, join};
use super::super::git::Repo;
use super::super::lockfile::{Lockfiles, versions_of};
use super::super::registry::{Published, Registry};
use super::super::since::since;
use super::super::workspace::cargo::Flags;
use super::{fix, users};
use crate::clock;
use crate::commitment::Policy;
use crate::observation::advisory::{Advisory, Built, Fix, FixReach, Hit, Public, Since};
use crate::settings::Settings;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Deep<'a> {
    /// The repository's files.
    pub files: &'a Files,
    /// Its git, where there is one.
    pub repo: Option<&'a Repo>,
    /// The advisory database.
    pub db: &'a Db,
    /// The index of crates.io.
    pub registry: &'a Registry,
    /// The lockfiles.
    pub lockfiles: &'a Lockfiles,
    /// The policy, whose windows tell which histories matter.
    pub policy: &'a Policy,
    /// The settings.
    pub settings: &'a Settings,
    /// What cargo is told.
    pub flags: Flags,
}

/// Fills in what is known of every live vulnerability. The lockfile's history is read only for those that a
/// window covers, and only back to their entry.
pub fn deepen(deep: &Deep<'_>, hits: &mut [Hit]) {
    complete(deep, hits);
    deep.ask_cargo(hits);
    deep.read_histories(hits);
}

/// Fills in what the database and the index tell of every live vulnerability: its fix, the day it was public,
/// and whether the fix reaches a library's users by itself.
pub fn complete(deep: &Deep<'_>, hits: &mut [Hit]) {
    for hit in hits.iter_mut().filter(|hit| hit.is_live()) {
        let published = deep.registry.versions(&hit.package);
        deep.complete(hit, published.as_deref());
    }
}

/// The ids of the promises that a live vulnerability or an advisory of the project's own is charged to: those
/// whose age matters.
pub fn charged_ids(hits: &[Hit], own: &[Advisory], policy: &Policy, settings: &Settings) -> BTreeSet<String> {
    let live = hits.iter().filter(|hit| hit.is_live()).filter_map(|hit| charged_id(hit, policy, settings));
    let charge = |advisory: &Advisory| {
        clock::charged(&policy.commitments, settings.severity_of(advisory), &|component| component == advisory.package)
    };
    let own = own.iter().filter_map(charge).map(|charge| charge.commitment.id.clone());
    live.chain(own).collect()
}

/// The id of the promise whose clock runs for the hit.
fn charged_id(hit: &Hit, policy: &Policy, settings: &Settings) -> Option<String> {
    let leaves_out = policy.excludes_dependencies.is_some() || !settings.windows_cover_dependencies;
    if leaves_out || hit.fix == Fix::None || hit.reaches_users == FixReach::Admitted {
        return None;
    }
    let severity = settings.severity_of(hit.advisory.as_ref()?);
    clock::charged(&policy.commitments, severity, &|component| hit.comes_from(component)).map(|charge| charge.commitment.id.clone())
}

impl Deep<'_> {
    fn complete(&self, hit: &mut Hit, published: Option<&[Published]>) {
        let Some(advisory) = hit.advisory.clone() else { return };
        hit.fix = fix::of(&advisory, &hit.version, published);
        if let Some(seen) = self.db.first_seen(&advisory) {
            hit.public = Some(Public::seen(advisory.date, seen));
        }
        let lockfile = self.lockfiles.all.iter().find(|lockfile| lockfile.path == hit.lockfile);
        if let Some(Ok(locked)) = lockfile.map(|lockfile| &lockfile.content) {
            hit.reaches_users = users::reach(locked, self.lockfiles.members_of(&hit.lockfile), hit, published);
        }
    }

    /// Asks cargo whether anything builds the live ones, once a lockfile.
    fn ask_cargo(&self, hits: &mut [Hit]) {
        for (lockfile, live) in by_lockfile(hits, Hit::is_live) {
            let named: Vec<Named> =
                live.iter().filter_map(|index| hits.get(*index)).map(|hit| (hit.package.clone(), hit.version.clone())).collect();
            let answers = match self.folder_of(&lockfile) {
                Ok(folder) => built(&folder, self.flags, &named),
                Err(why) => vec![Built::Unknown(why); named.len()],
            };
            for (index, answer) in live.into_iter().zip(answers) {
                if let Some(hit) = hits.get_mut(index) {
                    hit.built = answer;
                }
            }
        }
    }

    /// The folder whose workspace the lockfile locks.
    fn folder_of(&self, lockfile: &str) -> Result<std::path::PathBuf, String> {
        let folder = lockfile.strip_suffix("Cargo.lock").map(|folder| folder.trim_end_matches('/'));
        let beside = folder.filter(|folder| self.files.exists(&join(folder, "Cargo.toml")));
        beside.map(|folder| self.files.root().join(Path::new(folder))).ok_or_else(|| "no Cargo.toml lies beside the lockfile".into())
    }

    /// Reads since when the lockfiles have held what a clock runs for.
    fn read_histories(&self, hits: &mut [Hit]) {
        let runs = |hit: &Hit| hit.is_live() && charged_id(hit, self.policy, self.settings).is_some();
        for (lockfile, charged) in by_lockfile(hits, runs) {
            let asked: Vec<Arc<Advisory>> = charged.iter().filter_map(|index| hits.get(*index)?.advisory.clone()).collect();
            let answers = self.entered(&lockfile, &asked);
            for (index, answer) in charged.into_iter().zip(answers) {
                if let Some(hit) = hits.get_mut(index) {
                    hit.entered = answer;
                }
            }
        }
    }

    fn entered(&self, lockfile: &str, asked: &[Arc<Advisory>]) -> Vec<Since> {
        let Some(repo) = self.repo else {
            return vec![Since::Unknown("there is no git here".into()); asked.len()];
        };
        if Path::new(lockfile).is_absolute() {
            return vec![Since::Unknown("the lockfile lies outside the repository".into()); asked.len()];
        }
        let mirrors = &self.settings.crates_io_mirrors;
        let holds = |text: &String, advisory: &Arc<Advisory>| {
            versions_of(text, &advisory.package, mirrors).iter().any(|version| advisory.affects(version))
        };
        since(repo.revisions(lockfile), asked, |text| text, holds)
    }
}

/// The indices of the hits that `wanted` says yes to, by lockfile.
fn by_lockfile(hits: &[Hit], wanted: impl Fn(&Hit) -> bool) -> BTreeMap<String, Vec<usize>> {
    let mut found = BTreeMap::<String, Vec<usize>>::new();
    for (index, hit) in hits.iter().enumerate().filter(|(_, hit)| wanted(hit)) {
        found.entry(hit.lockfile.clone()).or_default().push(index);
    }
    found
}
