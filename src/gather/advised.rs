//! What the lockfiles and the advisory database show together.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::database::{Db, From};
use super::hits::{self, Deep, Index};
use super::lockfile::Lockfiles;
use super::needs::Needs;
use super::registry::Registry;
use super::release_lines::{Ask, release_lines};
use super::{Request, Site, promises};
use crate::commitment::Policy;
use crate::error::Error;
use crate::observation::Observed;
use crate::observation::advisory::{Advisory, Database, Hit, Since};
use crate::observation::git::Git;
use crate::observation::lockfile::ReleaseLine;
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

/// Matches the lockfiles, and where a promise asks for them those of the supported releases, against the
/// database.
pub fn advised(inputs: Inputs<'_>, workspace: &Workspace, git: Option<&Git>, lockfiles: &Lockfiles) -> Advised {
    let mut names = hits::packages(lockfiles);
    names.extend(hits::own::packages(workspace));
    let db = match Db::open(&inputs.request.database, &names, inputs.request.now) {
        Ok(db) => db,
        Err(error) => return nothing(error),
    };
    let flags = inputs.request.flags;
    let registry = Registry::open(&inputs.site.located.root, flags.offline || flags.frozen);
    let look = Look { inputs, registry: &registry };
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
}

impl<'a> Look<'a> {
    fn hits(&self, db: &Db, lockfiles: &Lockfiles) -> Vec<Hit> {
        let yanked = |name: &str, version: &_| self.registry.cached_version(name, version).map(|published| published.yanked);
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
    /// The packages at a tag are others than today's, so their advisories are read anew, from the copy of the
    /// database that was refreshed a moment ago.
    fn release_lines(&self, workspace: &Workspace, git: Option<&Git>) -> Result<Vec<ReleaseLine>, Error> {
        let Inputs { site, request, policy, settings } = self.inputs;
        let (Some(repo), Some(git)) = (site.repo.seen(), git) else { return Ok(Vec::new()) };
        if !Needs::of(&policy.commitments).release_lines {
            return Ok(Vec::new());
        }
        let copy = match &request.database {
            From::Folder(folder) => From::Folder(folder.clone()),
            From::Url { url, offline: _ } => From::Url { url: url.clone(), offline: true },
        };
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
