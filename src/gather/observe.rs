//! Looks at everything that the policy's promises ask for, cargo at work beside it.

use std::collections::BTreeSet;
use std::thread;

use jiff::civil::Date;

use super::advised::{Inputs, advised, ahead};
use super::files::join;
use super::git::{Repo, Step};
use super::lockfile::{self, Lockfiles};
use super::needs::Needs;
use super::workspace::Running;
use super::{Gathered, Request, Site, changelog, ci, code, ignores, keys, pointed, updaters, workspace};
use crate::commitment::{Kind, Policy};
use crate::error::Error;
use crate::observation::advisory::Database;
use crate::observation::code::{Changelog, Key, UnsafeCode};
use crate::observation::git::Git;
use crate::observation::ignore::Ignore;
use crate::observation::lockfile::{Counts, Lockfile, Origin};
use crate::observation::pipeline::Updaters;
use crate::observation::workspace::Workspace;
use crate::observation::{Observations, Observed, Reason, day};
use crate::settings::Settings;

/// Looks at what the promises of `policy` ask for; `cargo` is asked for the members already.
pub fn observe(site: &Site, cargo: Running, request: &Request, policy: &Policy, settings: &Settings) -> Gathered {
    let look = Look { site, request, policy, settings, needs: Needs::of(&policy.commitments) };
    look.at_everything(cargo)
}

/// How many packages a note names.
const NAMED: usize = 10;

struct Look<'a> {
    site: &'a Site,
    request: &'a Request,
    policy: &'a Policy,
    settings: &'a Settings,
    needs: Needs,
}

impl Look<'_> {
    fn at_everything(&self, cargo: Running) -> Gathered {
        let git = self.git();
        let inputs = Inputs { site: self.site, request: self.request, policy: self.policy, settings: self.settings };
        let (files, located, request, settings) = (&self.site.files, &self.site.located, self.request, self.settings);
        let tree = git.seen();
        // Two hands: one reads what needs no members, the other waits for cargo and then reads the pipelines.
        let (ahead, mut workspace, pipelines) = thread::scope(|scope| {
            let ahead = scope.spawn(|| ahead(files, located, request, settings, tree));
            let workflows = ci::Workflows::read(files);
            let workspace = cargo.join(files, settings);
            let pipelines = ci::pipelines(files, &workflows, &workspace, default_branch(tree));
            (ahead.join(), workspace, pipelines)
        });
        let mut ahead = ahead.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let named = ci::members_named_by_release(&pipelines, &workspace.members);
        workspace::ships::add_named(&mut workspace.members, &named, self.settings);
        let only = request.lockfile.as_deref();
        let lockfiles = lockfile::gather(files, git.seen(), &workspace, self.settings, only, std::mem::take(&mut ahead.contents));
        let mut errors = unreadable(&lockfiles);
        let advised = advised(inputs, ahead, &workspace, git.seen(), &lockfiles);
        errors.extend(advised.errors);
        let mut notes = self.notes(&workspace, &lockfiles);
        let (mut ignores, unread) = self.ignores(&workspace, git.seen(), &lockfiles);
        ignores.extend(ci::ignores(&pipelines));
        notes.extend(unread);
        let code = self.code(&workspace);
        let changelog = self.changelog(&workspace, git.seen());
        let pointed_files = pointed::pointed_files(&self.site.files, &workspace, self.policy);
        let keys = self.keys();
        let updaters = self.updaters(&lockfiles, git.seen());
        let lockfile_changed = self.lockfile_changed(&advised.database, git.seen());
        let observations = Observations {
            workspace,
            // The last: by now every file that the report rests on was read.
            git: self.with_modified(git),
            lockfiles: lockfiles.all,
            lockfile_changed,
            database: advised.database,
            hits: advised.hits,
            promised_since: advised.promised_since,
            own_advisories: advised.own,
            pipelines,
            updaters,
            ignores,
            code,
            changelog,
            policy_changed: self.policy_changed(),
            keys,
            release_lines: advised.release_lines,
            pointed_files,
            problems: Vec::new(),
        };
        Gathered { observations, errors, notes }
    }

    fn ignores(&self, workspace: &Workspace, git: Option<&Git>, lockfiles: &Lockfiles) -> (Vec<Ignore>, Vec<Reason>) {
        let paths: Vec<_> = lockfiles.all.iter().map(|lockfile| lockfile.path.as_str()).collect();
        let none = BTreeSet::new();
        ignores::ignores(&self.site.files, &workspace.root, &paths, git.map_or(&none, |git| &git.tracked))
    }

    fn updaters(&self, lockfiles: &Lockfiles, git: Option<&Git>) -> Updaters {
        let counting = lockfiles.all.iter().filter(|lockfile| lockfile.counts == Counts::Yes);
        let paths: Vec<_> = counting.map(|lockfile| lockfile.path.clone()).collect();
        if self.needs.updaters { updaters::updaters(&self.site.files, &paths, default_branch(git)) } else { Updaters::default() }
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
            return Observed::Seen(day(self.request.now));
        }
        match repo.revisions(source.path()).next() {
            Some(Step::Changed(revision)) => Observed::Seen(day(revision.at)),
            Some(Step::CutOff(_)) => Observed::Unavailable("the history is cut off".into()),
            None => Observed::Unavailable("git does not track the policy".into()),
        }
    }

    /// The day on which the workspace's own lockfile was last changed, where the database is older than the
    /// commit that is checked out: else it cannot be older than the lockfile.
    fn lockfile_changed(&self, database: &Observed<Database>, git: Option<&Git>) -> Observed<Date> {
        let (Some(repo), Some(head)) = (self.repo(), git.and_then(|git| git.head.as_deref())) else { return not_asked() };
        let updated = database.seen().and_then(|database| database.updated);
        if !updated.is_some_and(|updated| repo.time_of(head).is_ok_and(|at| at > updated)) {
            return not_asked();
        }
        match repo.revisions(&join(&self.site.workspace, "Cargo.lock")).next() {
            Some(Step::Changed(revision)) => Observed::Seen(day(revision.at)),
            Some(Step::CutOff(_)) | None => Observed::Unavailable("its history cannot be read".into()),
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
        notes.extend(lockfiles.all.iter().filter(|lockfile| lockfile.counts == Counts::Yes).filter_map(not_covered));
        for lockfile in &lockfiles.all {
            notes.extend(lockfiles.doubts(lockfile, workspace));
        }
        for lockfile in lockfiles.all.iter().filter(|lockfile| lockfile.counts != Counts::Yes) {
            if let Err(why) = &lockfile.content {
                notes.push(Reason::in_path(format!("this lockfile does not count and could not be read: {why}"), &lockfile.path));
            }
        }
        notes
    }
}

fn default_branch(git: Option<&Git>) -> Option<&str> {
    git.and_then(|git| git.default_branch.as_deref())
}

/// What no promise asks for is not looked at.
fn not_asked<T>() -> Observed<T> {
    Observed::Unavailable("no promise asks for it".into())
}

/// The packages of the lockfile that no advisory is matched with, since they are not from crates.io.
fn not_covered(lockfile: &Lockfile) -> Option<Reason> {
    let elsewhere = |origin: &Origin| match origin {
        Origin::CratesIo | Origin::Local => false,
        Origin::Registry(_) | Origin::Git(_) => true,
    };
    let packages = lockfile.content.as_ref().ok()?.packages.iter().filter(|package| elsewhere(&package.origin));
    let names: BTreeSet<_> = packages.map(|package| package.name.as_str()).collect();
    let shown: Vec<_> = names.iter().take(NAMED).copied().collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let text = format!("not from crates.io, so no advisory covers them: {}{more}", shown.join(", "));
    (!names.is_empty()).then(|| Reason::in_path(text, &lockfile.path))
}

/// The lockfiles that count and could not be read.
fn unreadable(lockfiles: &Lockfiles) -> Vec<Error> {
    let counting = lockfiles.all.iter().filter(|lockfile| lockfile.counts == Counts::Yes);
    let broken = counting.filter_map(|lockfile| lockfile.content.as_ref().err().map(|why| (&lockfile.path, why)));
    broken.map(|(path, why)| Error::unreadable(format!("the lockfile {path} could not be read: {why}"))).collect()
}
