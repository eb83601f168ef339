//! Looks at everything that the policy's promises ask for, cargo at work beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use super::database::Db;
use super::git::{Repo, Step};
use super::lockfile::{self, Lockfiles};
use super::needs::Needs;
use super::registry::Registry;
use super::{Gathered, Request, Site, changelog, code, hits, ignores, keys, pointed, promises, since, workspace};
use crate::commitment::{Kind, Policy};
use crate::error::Error;
use crate::observation::advisory::{Advisory, Hit, Since};
use crate::observation::code::{Changelog, Key, UnsafeCode};
use crate::observation::git::Git;
use crate::observation::ignore::Ignore;
use crate::observation::lockfile::Counts;
use crate::observation::workspace::Workspace;
use crate::observation::{Observations, Observed, Reason, pipeline};
use crate::read;
use crate::settings::Settings;

/// Looks at what the promises of `policy` ask for.
pub fn observe(site: &Site, request: &Request, policy: &Policy, settings: &Settings) -> Gathered {
    let look = Look { site, request, policy, settings, needs: Needs::of(&policy.commitments) };
    look.at_everything()
}

struct Look<'a> {
    site: &'a Site,
    request: &'a Request,
    policy: &'a Policy,
    settings: &'a Settings,
    needs: Needs,
}

/// What the lockfiles and the database show together.
struct Advised {
    database: Observed<crate::observation::advisory::Database>,
    hits: Vec<Hit>,
    promised_since: BTreeMap<String, Since>,
    own: Vec<Advisory>,
}

impl Look<'_> {
    fn at_everything(&self) -> Gathered {
        let running = workspace::start(&self.site.located, self.request.flags);
        let git = self.git();
        let workspace = running.join(&self.site.files, self.settings, &BTreeSet::new());
        let lockfiles = lockfile::gather(&self.site.files, git.seen(), &workspace, self.settings, self.request.lockfile.as_deref());
        let mut errors = unreadable(&lockfiles);
        let advised = self.advised(&workspace, &lockfiles, &mut errors);
        let mut notes = self.notes(&workspace, &lockfiles);
        let (ignores, unread) = self.ignores(&workspace, &lockfiles);
        notes.extend(unread);
        let code = self.code(&workspace);
        let changelog = self.changelog(&workspace, git.seen());
        let pointed_files = pointed::pointed_files(&self.site.files, &workspace, self.policy);
        let keys = self.keys();
        let observations = Observations {
            workspace,
            // The last: by now every file that the report rests on was read.
            git: self.with_modified(git),
            lockfiles: lockfiles.all,
            database: advised.database,
            hits: advised.hits,
            promised_since: advised.promised_since,
            own_advisories: advised.own,
            pipelines: pipeline::Pipelines::default(),
            updaters: pipeline::Updaters::default(),
            ignores,
            code,
            changelog,
            policy_changed: self.policy_changed(),
            keys,
            release_lines: Vec::new(),
            pointed_files,
            problems: Vec::new(),
        };
        Gathered { observations, errors, notes }
    }

    fn ignores(&self, workspace: &Workspace, lockfiles: &Lockfiles) -> (Vec<Ignore>, Vec<Reason>) {
        let paths: Vec<_> = lockfiles.all.iter().map(|lockfile| lockfile.path.as_str()).collect();
        ignores::ignores(&self.site.files, &workspace.root, &paths, &BTreeSet::new())
    }

    fn code(&self, workspace: &Workspace) -> Observed<UnsafeCode> {
        if !self.needs.code {
            return not_asked();
        }
        let of_unsafe = self.policy.commitments.iter().filter(|c| matches!(c.kind, Kind::UnsafeCode { .. }));
        code::unsafe_code(&self.site.files, workspace, &of_unsafe.filter_map(|c| c.component.as_deref()).collect())
    }

    fn changelog(&self, workspace: &Workspace, git: Option<&Git>) -> Observed<Changelog> {
        if self.needs.changelog { changelog::changelog(&self.site.files, workspace, git) } else { not_asked() }
    }

    fn keys(&self) -> Vec<Key> {
        let source = self.request.policy.as_ref().filter(|_| self.needs.keys);
        source.map_or_else(Vec::new, |source| keys::keys(&self.site.files, source, self.policy))
    }

    /// The day on which the policy was last changed: today where the work tree alone has the change.
    fn policy_changed(&self) -> Observed<Date> {
        let Some(source) = self.request.policy.as_ref().filter(|_| self.needs.policy_changed) else { return not_asked() };
        let Some(repo) = self.repo() else { return Observed::Unavailable("there is no git here".into()) };
        if repo.differs_from_head(source.path(), source.text().as_bytes()) {
            return Observed::Seen(since::day(self.request.now));
        }
        match repo.revisions(source.path()).next() {
            Some(Step::Changed(revision)) => Observed::Seen(since::day(revision.at)),
            Some(Step::CutOff(_)) => Observed::Unavailable("the history is cut off".into()),
            None => Observed::Unavailable("git does not track the policy".into()),
        }
    }

    fn repo(&self) -> Option<&Repo> {
        self.site.repo.seen()
    }

    fn git(&self) -> Observed<Git> {
        match &self.site.repo {
            Observed::Seen(repo) => Observed::Seen(repo.facts(self.needs.tags, self.settings)),
            Observed::Absent(looked) => Observed::Absent(looked.clone()),
            Observed::Unavailable(why) => Observed::Unavailable(why.clone()),
        }
    }

    /// Git, with those of the files that were read that differ from the commit.
    fn with_modified(&self, git: Observed<Git>) -> Observed<Git> {
        match (git, self.repo()) {
            (Observed::Seen(mut git), Some(repo)) => {
                let read = self.site.files.all_read();
                let differing = read.iter().filter(|source| repo.differs_from_head(source.path(), source.text().as_bytes()));
                git.modified = differing.map(|source| source.path().to_owned()).collect();
                Observed::Seen(git)
            }
            (git, _) => git,
        }
    }

    fn advised(&self, workspace: &Workspace, lockfiles: &Lockfiles, errors: &mut Vec<Error>) -> Advised {
        let own_names: BTreeSet<_> = workspace.members.iter().filter(|m| m.publishable).map(|m| m.name.clone()).collect();
        let mut names = hits::packages(lockfiles);
        names.extend(own_names.iter().cloned());
        let db = match Db::open(&self.request.database, &names, self.request.now) {
            Ok(db) => db,
            Err(error) => {
                let database = Observed::Unavailable(error.message.clone());
                errors.push(error);
                return Advised { database, hits: Vec::new(), promised_since: BTreeMap::new(), own: Vec::new() };
            }
        };
        let flags = self.request.flags;
        let registry = Registry::open(&self.site.located.root, flags.offline || flags.frozen);
        let yanked = |name: &str, version: &_| registry.cached_version(name, version).is_some_and(|published| published.yanked);
        let mut hits = hits::hits(db.advisories(), &yanked, lockfiles);
        let (files, repo, policy, settings) = (&self.site.files, self.repo(), self.policy, self.settings);
        let deep = hits::Deep { files, repo, db: &db, registry: &registry, lockfiles, policy, settings, flags };
        hits::deepen(&deep, &mut hits);
        let own: Vec<_> = db.advisories().iter().filter(|advisory| own_names.contains(&advisory.package)).cloned().collect();
        let promised_since = self.promised_since(&hits, &own);
        Advised { database: Observed::Seen(db.facts), hits, promised_since, own }
    }

    /// Since when the promises whose windows are charged have stood in the policy.
    fn promised_since(&self, hits: &[Hit], own: &[Advisory]) -> BTreeMap<String, Since> {
        let charged = hits::charged_ids(hits, own, self.policy, self.settings);
        let path = self.request.policy.as_ref().map(|source| source.path());
        match path.filter(|path| !Path::new(path).is_absolute()) {
            Some(path) => promises::promised_since(self.repo(), path, self.policy, &charged, &read::policy),
            None => charged.into_iter().map(|id| (id, Since::Unknown("the policy lies outside the repository".into()))).collect(),
        }
    }

    /// What is to be said of the run as a whole.
    fn notes(&self, workspace: &Workspace, lockfiles: &Lockfiles) -> Vec<Reason> {
        let mut notes = Vec::new();
        if let Some(problem) = &workspace.cargo_problem {
            notes.push(Reason::new(format!("cargo could not be asked, so the members were read from the manifests: {problem}")));
        }
        if let Observed::Unavailable(why) = &self.site.repo {
            notes.push(Reason::new(format!("git could not be read, so what rests on it is not judged: {why}")));
        }
        if !lockfiles.all.iter().any(|lockfile| lockfile.own) && self.request.lockfile.is_none() {
            let text = "the workspace has no Cargo.lock, so no vulnerability was looked for; `cargo generate-lockfile` makes one, and committing it keeps it";
            notes.push(Reason::new(text));
        }
        for lockfile in lockfiles.all.iter().filter(|lockfile| lockfile.own && lockfile.tracked == Some(false)) {
            notes.push(Reason::in_path(
                "git does not track this lockfile: it shows what was built here, not what others build",
                &lockfile.path,
            ));
        }
        for lockfile in lockfiles.all.iter().filter(|lockfile| lockfile.counts != Counts::Yes) {
            if let Err(why) = &lockfile.content {
                notes.push(Reason::in_path(format!("this lockfile does not count and could not be read: {why}"), &lockfile.path));
            }
        }
        notes
    }
}

/// What no promise asks for is not looked at.
fn not_asked<T>() -> Observed<T> {
    Observed::Unavailable("no promise asks for it".into())
}

/// The lockfiles that count and could not be read.
fn unreadable(lockfiles: &Lockfiles) -> Vec<Error> {
    let counting = lockfiles.all.iter().filter(|lockfile| lockfile.counts == Counts::Yes);
    let broken = counting.filter_map(|lockfile| lockfile.content.as_ref().err().map(|why| (&lockfile.path, why)));
    broken.map(|(path, why)| Error::unreadable(format!("the lockfile {path} could not be read: {why}"))).collect()
}
