//! Lockfiles: which there are, which count, and what they lock.

pub mod parse;
mod scan;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use scan::versions_of;

use super::files::{Files, decode, join, read_bounded};
use super::{manifests, workspace};
use crate::observation::git::Git;
use crate::observation::lockfile::{Counts, Lockfile};
use crate::observation::pattern;
use crate::observation::workspace::{Member, Ships, Workspace};
use crate::settings::Settings;
use crate::source::Source;

/// The largest lockfile that is read, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Names of folders whose lockfiles are data, and count for nothing (spec: "Which lockfiles count").
const DATA_FOLDERS: [&str; 10] =
    ["fixtures", "testdata", "test_data", "test", "tests", "examples", "benches", "fuzz", "vendor", "third_party"];

/// The lockfiles of a repository.
#[derive(Clone, Debug, Default)]
pub struct Lockfiles {
    /// Every one, sorted by path.
    pub all: Vec<Lockfile>,
    /// The members of the workspace that each locks, by the lockfile's path; none where it locks no workspace
    /// that could be read.
    pub members: BTreeMap<String, Vec<Member>>,
}

impl Lockfiles {
    /// The members of the workspace that the lockfile at `path` locks.
    pub fn members_of(&self, path: &str) -> &[Member] {
        self.members.get(path).map_or(&[], Vec::as_slice)
    }
}

/// Finds and reads the lockfiles: the checked workspace's own, and every other that git tracks; or, with
/// `only` (absolute, or relative to the repository's root), that one alone.
pub fn gather(files: &Files, git: Option<&Git>, workspace: &Workspace, settings: &Settings, only: Option<&Path>) -> Lockfiles {
    let own = join(&workspace.root, "Cargo.lock");
    let look = Look { files, git, workspace, settings, own: &own };
    let mut found = Lockfiles::default();
    if let Some(path) = only {
        look.named(path, &mut found);
        return found;
    }
    if files.exists(&own) || git.is_some_and(|git| git.tracked.contains(&own)) {
        look.at(&own, &mut found);
    }
    let tracked = git.into_iter().flat_map(|git| &git.tracked);
    let others = tracked.filter(|path| **path != own && (path.as_str() == "Cargo.lock" || path.ends_with("/Cargo.lock")));
    for path in others {
        look.at(path, &mut found);
    }
    found.all.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

struct Look<'a> {
    files: &'a Files,
    git: Option<&'a Git>,
    workspace: &'a Workspace,
    settings: &'a Settings,
    own: &'a str,
}

impl Look<'_> {
    /// The one lockfile that was asked for: it counts.
    fn named(&self, path: &Path, found: &mut Lockfiles) {
        let absolute = self.files.root().join(path);
        let relative = workspace::relative(self.files, &absolute.canonicalize().unwrap_or(absolute));
        let source = if Path::new(&relative).is_absolute() { outside(&relative) } else { self.read(&relative) };
        let content = source.and_then(|source| parse::parse(&source, &self.settings.crates_io_mirrors));
        found.members.insert(relative.clone(), self.members(&relative));
        found.all.push(Lockfile {
            own: relative == self.own,
            tracked: self.git.map(|git| git.tracked.contains(&relative)),
            path: relative,
            counts: Counts::Yes,
            content,
        });
    }

    fn at(&self, path: &str, found: &mut Lockfiles) {
        let members = self.members(path);
        let content = self.read(path).and_then(|source| parse::parse(&source, &self.settings.crates_io_mirrors));
        found.all.push(Lockfile {
            path: path.to_owned(),
            counts: self.counts(path, &members),
            own: path == self.own,
            tracked: self.git.map(|git| git.tracked.contains(path)),
            content,
        });
        found.members.insert(path.to_owned(), members);
    }

    fn read(&self, path: &str) -> Result<Arc<Source>, String> {
        let source = self.files.read(path)?.ok_or("git tracks it, and it is not there")?;
        if source.text().len() as u64 > LARGEST {
            return Err(format!("it is larger than {} MiB", LARGEST / (1024 * 1024)));
        }
        Ok(source)
    }

    fn members(&self, path: &str) -> Vec<Member> {
        if path == self.own {
            return self.workspace.members.clone();
        }
        let folder = path.strip_suffix("Cargo.lock").unwrap_or_default().trim_end_matches('/');
        let folder = manifests::resolve("", folder).unwrap_or_else(|| ".".into());
        if self.files.exists(&join(&folder, "Cargo.toml")) {
            workspace::members_by_manifests(self.files, &folder, self.settings)
        } else {
            Vec::new()
        }
    }

    fn counts(&self, path: &str, members: &[Member]) -> Counts {
        let listed = |patterns: &[String]| patterns.iter().any(|pattern| pattern::path_matches(pattern, path));
        if listed(&self.settings.lockfiles_exclude) {
            return Counts::No("the settings leave it out".into());
        }
        if path == self.own || listed(&self.settings.lockfiles_include) {
            return Counts::Yes;
        }
        let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
        if let Some(data) = folders.split('/').find(|folder| DATA_FOLDERS.contains(folder)) {
            return Counts::No(format!("it lies under a folder named `{data}`"));
        }
        if !members.is_empty() && members.iter().all(|member| member.ships != Ships::Yes) {
            return Counts::No("none of its members ships".into());
        }
        Counts::Yes
    }
}

/// The text of a lockfile outside the repository, which only a flag can name.
fn outside(path: &str) -> Result<Arc<Source>, String> {
    Ok(Source::new(path, decode(read_bounded(Path::new(path), LARGEST)?)?))
}

#[cfg(test)]
mod tests;
