//! What the lockfiles and the advisory database show together.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use semver::Version;

use super::database::{Db, From};
use super::files::Files;
use super::hits::{self, Deep, Index};
use super::lockfile::{self, Contents, Lockfiles};
use super::needs::Needs;
use super::registry::Registry;
use super::release_lines::{Ask, release_lines};
use super::workspace::{self, Located};
use super::{Request, Site, promises};
use crate::commitment::Policy;
use crate::error::Error;
use crate::observation::Observed;
use crate::observation::advisory::{Advisory, Database, Hit, Since};
use crate::observation::git::Git;
use crate::observation::lockfile::{Origin, ReleaseLine};
use crate::observation::workspace::Workspace;
use crate::read;
use crate::settings::Settings;

/// What is looked at, and for which policy.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The workspace in its repository.
    pub site: &'a Site,
    /// How it is looked at.
    pub request: &'a Request,
    /// The policy.
    pub policy: &'a Policy,
    /// The settings.
    pub settings: &'a Settings,
}

/// What was seen.
#[derive(Clone, Debug)]
pub struct Advised {
    /// The database.
    pub database: Observed<Database>,
    /// What it says of the lockfiles.
    pub hits: Vec<Hit>,
    /// Since when the promises whose windows are charged have stood in the policy.
    pub promised_since: BTreeMap<String, Since>,
    /// The advisories for the workspace's own crates.
    pub own: Vec<Advisory>,
    /// What it says of the newest release of each supported line.
    pub release_lines: Vec<ReleaseLine>,
    /// What could not be read.
    pub errors: Vec<Error>,
}

/// What can be read before cargo has named the members: the lockfiles' contents, the advisories of what they
/// lock, and which of it was withdrawn.
#[derive(Debug)]
pub struct Ahead {
    /// What the lockfiles hold.
    pub contents: Contents,
    names: BTreeSet<String>,
    db: Result<Db, Error>,
    registry: Registry,
    yanked: BTreeMap<(String, Version), Option<bool>>,
}

/// Reads ahead. The names of local packages are asked for too: they are those of the members, which may have
/// advisories of their own.
pub fn ahead(files: &Files, located: &Located, request: &Request, settings: &Settings, git: Option<&Git>) -> Ahead {
    let root = workspace::relative(files, &located.root);
    let contents = lockfile::contents(files, git, &root, settings, request.lockfile.as_deref());
    let packages = || contents.values().flatten().flat_map(|locked| &locked.packages);
    let names = packages().filter(|p| matches!(p.origin, Origin::CratesIo | Origin::Local)).map(|p| p.name.clone()).collect();
    let db = Db::open(&request.database, &names, request.now);
    let registry = Registry::open(&located.root, request.flags.offline || request.flags.frozen);
    let (mut yanked, mut buffer) = (BTreeMap::new(), Vec::new());
    for package in packages().filter(|package| package.origin == Origin::CratesIo) {
        let look_up = || registry.cached_yanked(&package.name, &package.version, &mut buffer);
        yanked.entry((package.name.clone(), package.version.clone())).or_insert_with(look_up);
    }
    Ahead { contents, names, db, registry, yanked }
}

/// Matches the lockfiles, and where a promise asks for them those of the supported releases, against the
/// database.
pub fn advised(inputs: Inputs<'_>, ahead: Ahead, workspace: &Workspace, git: Option<&Git>, lockfiles: &Lockfiles) -> Advised {
    let Ahead { contents: _, names, db, registry, yanked } = ahead;
    let own_names = hits::own::packages(workspace);
    let db = match db {
        // A member that no lockfile holds was not asked for.
        Ok(_) if !own_names.is_subset(&names) => Db::open(&offline(&inputs.request.database), &(&names | &own_names), inputs.request.now),
        db => db,
    };
    let db = match db {
        Ok(db) => db,
        Err(error) => return nothing(error),
    };
    let look = Look { inputs, registry: &registry, yanked: &yanked };
    let mut hits = look.hits(&db, lockfiles);
    hits::deepen(&look.deep(&db, lockfiles), &mut hits);
    let own = hits::own::advisories(db.advisories(), workspace, git);
    let mut errors = Vec::new();
    let release_lines = look.release_lines(workspace, git).unwrap_or_else(|error| {
        errors.push(error);
        Vec::new()
    });
    let at_tags = release_lines.iter().filter_map(|line| line.hits.as_ref().ok()).flatten();
    let all: Vec<Hit> = hits.iter().chain(at_tags).cloned().collect();
    let promised_since = look.promised_since(&all, &own);
    Advised { database: Observed::Seen(db.facts), hits, promised_since, own, release_lines, errors }
}

/// The same database, as the copy that was refreshed a moment ago.
fn offline(database: &From) -> From {
    match database {
        From::Folder(folder) => From::Folder(folder.clone()),
        From::Url { url, offline: _ } => From::Url { url: url.clone(), offline: true },
    }
}

fn nothing(error: Error) -> Advised {
    Advised {
        database: Observed::Unavailable(error.message.clone()),
        hits: Vec::new(),
        promised_since: BTreeMap::new(),
        own: Vec::new(),
        release_lines: Vec::new(),
        errors: vec![error],
    }
}

struct Look<'a> {
    inputs: Inputs<'a>,
    registry: &'a Registry,
    yanked: &'a BTreeMap<(String, Version), Option<bool>>,
}

impl<'a> Look<'a> {
    fn hits(&self, db: &Db, lockfiles: &Lockfiles) -> Vec<Hit> {
        let yanked = |name: &str, version: &Version| match self.yanked.get(&(name.to_owned(), version.clone())) {
            Some(known) => *known,
            None => self.registry.cached_yanked(name, version, &mut Vec::new()),
        };
        let cached = Index { yanked: &yanked, published: &|name| self.registry.cached(name) };
        hits::hits(db.advisories(), &cached, lockfiles)
    }

    fn deep<'b>(&'b self, db: &'b Db, lockfiles: &'b Lockfiles) -> Deep<'b>
    where
        'a: 'b,
    {
        let Inputs { site, request, policy, settings } = self.inputs;
        let (files, repo, registry) = (&site.files, site.repo.seen(), self.registry);
        Deep { files, repo, db, registry, lockfiles, policy, settings, flags: request.flags }
    }

    /// The newest release of each supported line, where a promise asks for them.
    ///
    /// The packages at a tag are others than today's, so their advisories are read anew.
    fn release_lines(&self, workspace: &Workspace, git: Option<&Git>) -> Result<Vec<ReleaseLine>, Error> {
        let Inputs { site, request, policy, settings } = self.inputs;
        let (Some(repo), Some(git)) = (site.repo.seen(), git) else { return Ok(Vec::new()) };
        if !Needs::of(&policy.commitments).release_lines {
            return Ok(Vec::new());
        }
        let copy = offline(&request.database);
        let failed = RefCell::new(None);
        let matched = |lockfiles: &Lockfiles| match Db::open(&copy, &hits::packages(lockfiles), request.now) {
            Ok(db) => {
                let mut found = self.hits(&db, lockfiles);
                hits::complete(&self.deep(&db, lockfiles), &mut found);
                found
            }
            Err(error) => {
                failed.replace(Some(error));
                Vec::new()
            }
        };
        let lines = release_lines(Ask { repo, git, workspace, policy, settings }, &matched);
        failed.into_inner().map_or(Ok(lines), Err)
    }

    /// Since when the promises whose windows are charged have stood in the policy.
    fn promised_since(&self, hits: &[Hit], own: &[Advisory]) -> BTreeMap<String, Since> {
        let Inputs { site, request, policy, settings } = self.inputs;
        let charged: BTreeSet<_> = hits::charged_ids(hits, own, policy, settings);
        let path = request.policy.as_ref().map(|source| source.path());
        match path.filter(|path| !Path::new(path).is_absolute()) {
            Some(path) => promises::promised_since(site.repo.seen(), path, policy, &charged, &read::policy),
            None => charged.into_iter().map(|id| (id, Since::Unknown("the policy lies outside the repository".into()))).collect(),
        }
    }
}
