//! What the repository's history shows of its lockfiles and its policy, for the time that remediation took.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use semver::Version;

use super::database::Db;
use super::editions;
use super::git::Repo;
use super::hits::{fix, own};
use super::lockfile;
use super::registry::Registry;
use super::revisions::{self, Wanted};
use super::{Request, Site};
use crate::commitment::Timeline;
use crate::error::{Error, Result};
use crate::observation::Observed;
use crate::observation::advisory::{Advisory, Database, Fix, Public};
use crate::observation::git::{Git, Tag};
use crate::observation::history::LockfileHistory;
use crate::observation::lockfile::Counts;
use crate::observation::workspace::Workspace;
use crate::read;
use crate::releases::{self, Release};
use crate::settings::Settings;

/// What was seen.
#[derive(Debug)]
pub struct Past {
    /// The branch that is checked out.
    pub branch: Option<String>,
    /// The history of each lockfile that counts.
    pub histories: Vec<LockfileHistory>,
    /// The advisories that hit anything in them, and when each was public.
    pub advisories: Vec<(Arc<Advisory>, Public)>,
    /// The advisories for the project's own crates, and when each was public.
    pub own: Vec<(Arc<Advisory>, Public)>,
    /// The project's releases, ascending, with the time of each.
    pub releases: Vec<(Release, Timestamp)>,
    /// The policy's promises through time.
    pub promises: Timeline,
    /// In what the tags may be incomplete.
    pub tags_incomplete: Option<&'static str>,
    /// The database.
    pub database: Database,
    registry: Registry,
}

impl Past {
    /// The fix of an advisory for who holds `version`.
    pub fn fix(&self, advisory: &Advisory, version: &Version) -> Fix {
        fix::of(advisory, version, self.registry.versions(&advisory.package).as_deref())
    }
}

/// Reads the history of the lockfiles that count and of the policy.
///
/// # Errors
/// Where there is no git, or the database cannot be read.
pub fn past(site: &Site, request: &Request, settings: &Settings) -> Result<Past> {
    let repo = repo(site)?;
    let running = site.ask_cargo(request.flags);
    let db = Db::open_whole(&request.database, request.now);
    let workspace = running.join(&site.files, settings);
    let db = db?;
    let git = repo.facts(true, settings);
    let releases = releases_of(&git, &workspace);
    let names: BTreeSet<String> = db.advisories().iter().map(|advisory| advisory.package.clone()).collect();
    let wanted = Wanted { names: &names, mirrors: &settings.crates_io_mirrors };
    let tags: Vec<(Version, &Tag)> =
        releases.iter().filter_map(|release| Some((release.version.clone(), tag_of(&git, release)?))).collect();
    let paths = counting(site, request, settings, &git, &workspace);
    let histories: Vec<_> = paths.iter().map(|path| revisions::history(repo, path, wanted, &tags)).collect();
    let hitting = |advisory: &&Advisory| {
        let mut packages = histories.iter().flat_map(|history| &history.packages);
        packages.any(|(name, version)| *name == advisory.package && advisory.affects(version))
    };
    let known = |advisory: &Advisory| (Arc::new(advisory.clone()), public(&db, advisory));
    let advisories = db.advisories().iter().filter(hitting).map(known).collect();
    let own = own::advisories(db.advisories(), &workspace, Some(&git)).iter().map(known).collect();
    let promises = request.policy.as_ref().filter(|source| !Path::new(source.path()).is_absolute());
    let promises = promises.map(|source| editions::timeline(repo, source, &read::policy)).unwrap_or_default();
    Ok(Past {
        branch: repo.branch(),
        histories,
        advisories,
        own,
        releases: releases.iter().filter_map(|release| Some((release.clone(), tag_of(&git, release)?.at))).collect(),
        promises,
        tags_incomplete: releases::tags_incomplete(&git),
        registry: Registry::open(&site.located.root, request.flags.offline || request.flags.frozen),
        database: db.facts,
    })
}

fn repo(site: &Site) -> Result<&Repo> {
    match &site.repo {
        Observed::Seen(repo) => Ok(repo),
        Observed::Absent(_) => {
            Err(Error::usage("there is no git repository here, so there is no history").help("run it in a clone of the repository"))
        }
        Observed::Unavailable(why) => Err(Error::usage(format!("git could not be read: {why}"))),
    }
}

fn releases_of(git: &Git, workspace: &Workspace) -> Vec<Release> {
    let lines = releases::lines(Some(git), workspace, None);
    lines.into_iter().flat_map(|line| line.releases).filter(|release| release.tag.is_some()).collect()
}

fn tag_of<'g>(git: &'g Git, release: &Release) -> Option<&'g Tag> {
    let name = &release.tag.as_ref()?.name;
    git.tags.iter().find(|tag| tag.name == *name)
}

/// The paths of the lockfiles that count.
fn counting(site: &Site, request: &Request, settings: &Settings, git: &Git, workspace: &Workspace) -> Vec<String> {
    let only = request.lockfile.as_deref();
    let contents = lockfile::contents(&site.files, Some(git), &workspace.root, settings, only);
    let found = lockfile::gather(&site.files, Some(git), workspace, settings, only, contents);
    found.all.into_iter().filter(|lockfile| lockfile.counts == Counts::Yes).map(|lockfile| lockfile.path).collect()
}

fn public(db: &Db, advisory: &Advisory) -> Public {
    db.first_seen(advisory).map_or_else(|| Public::stated(advisory.date), |seen| Public::seen(advisory.date, seen))
}
