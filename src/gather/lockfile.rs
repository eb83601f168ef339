//! Lockfiles: which there are, which count, and what they lock.

pub mod entries;
pub mod parse;
mod scan;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use scan::versions_of;

use super::files::{Files, decode, join, read_bounded};
use super::{manifests, workspace};
use crate::observation::Reason;
use crate::observation::git::Git;
use crate::observation::lockfile::{Counts, Locked, Lockfile, Origin, Package};
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

    /// What a lockfile that could be read seems to lack, for the report's notes.
    pub fn doubts(&self, lockfile: &Lockfile, workspace: &Workspace) -> Vec<Reason> {
        let Ok(locked) = &lockfile.content else { return Vec::new() };
        let mut doubts: Vec<Reason> =
            lockfile.lacks(&workspace.members).map(|lacks| Reason::in_path(lacks, &lockfile.path)).into_iter().collect();
        let members = self.members_of(&lockfile.path);
        if let Some(last) = locked.packages.last() {
            let text = if !members.is_empty() && seems_cut(last, members) {
                Some(format!("its last entry, `{}`, has no source: it is of a path, or the file is cut off in it", last.name))
            } else if !locked.source.text().ends_with('\n') {
                Some(format!("its last line has no end, as cargo writes one: it is edited by hand, or cut off behind `{}`", last.name))
            } else {
                None
            };
            doubts.extend(text.map(|text| Reason::in_path(text, &lockfile.path)));
        }
        if members.is_empty() && !workspace.members.iter().any(|member| locked.holds_local(&member.name)) {
            doubts.push(Reason::in_path("no package of the workspace is in it, so all that it locks counts as reached", &lockfile.path));
        }
        doubts
    }
}

/// Whether an entry reads as one of a path only because its lines after the version are missing.
fn seems_cut(last: &Package, members: &[Member]) -> bool {
    let of_path = |member: &Member| {
        member.name == last.name || member.dependencies.iter().any(|dependency| dependency.local && dependency.name == last.name)
    };
    last.origin == Origin::Local && last.dependencies.is_empty() && !members.iter().any(of_path)
}

/// What the lockfiles hold, by their paths; or why one could not be read.
pub type Contents = BTreeMap<String, Result<Locked, String>>;

/// Finds and parses the lockfiles of the workspace in the folder `root`: its own, and every other that git
/// tracks; or, with `only` (absolute, or relative to the repository's root), that one alone. The members need
/// not be known yet, so that this can be done while cargo is asked for them.
pub fn contents(files: &Files, git: Option<&Git>, root: &str, settings: &Settings, only: Option<&Path>) -> Contents {
    let paths = only.map_or_else(|| paths(files, git, root), |path| vec![named(files, path)]);
    let parsed = |path: &String| read(files, path).and_then(|source| parse::parse(&source, &settings.crates_io_mirrors));
    paths.into_iter().map(|path| (path.clone(), parsed(&path))).collect()
}

/// The lockfiles with these `contents`: which of them count, and the members that each locks.
pub fn gather(
    files: &Files,
    git: Option<&Git>,
    workspace: &Workspace,
    settings: &Settings,
    only: Option<&Path>,
    contents: Contents,
) -> Lockfiles {
    let own = join(&workspace.root, "Cargo.lock");
    let look = Look { files, git, workspace, settings, own: &own, only: only.is_some() };
    let mut found = Lockfiles::default();
    for (path, content) in contents {
        look.at(path, content, &mut found);
    }
    found
}

fn paths(files: &Files, git: Option<&Git>, root: &str) -> Vec<String> {
    let own = join(root, "Cargo.lock");
    let has_own = files.exists(&own) || git.is_some_and(|git| git.tracked.contains(&own));
    let tracked = git.into_iter().flat_map(|git| &git.tracked);
    let others = tracked.filter(|path| **path != own && (path.as_str() == "Cargo.lock" || path.ends_with("/Cargo.lock")));
    others.cloned().chain(has_own.then(|| own.clone())).collect()
}

/// The path of the one lockfile that was asked for.
fn named(files: &Files, path: &Path) -> String {
    let absolute = files.root().join(path);
    workspace::relative(files, &absolute.canonicalize().unwrap_or(absolute))
}

fn read(files: &Files, path: &str) -> Result<Arc<Source>, String> {
    if Path::new(path).is_absolute() {
        return outside(path);
    }
    let source = files.read(path)?.ok_or("git tracks it, and it is not there")?;
    if source.text().len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST / (1024 * 1024)));
    }
    Ok(source)
}

struct Look<'a> {
    files: &'a Files,
    git: Option<&'a Git>,
    workspace: &'a Workspace,
    settings: &'a Settings,
    own: &'a str,
    /// Whether there is but one lockfile, because it was asked for: then it counts.
    only: bool,
}

impl Look<'_> {
    fn at(&self, path: String, content: Result<Locked, String>, found: &mut Lockfiles) {
        let members = self.members(&path);
        let counts = if self.only { Counts::Yes } else { self.counts(&path, &members) };
        let tracked = self.git.map(|git| git.tracked.contains(&path));
        found.members.insert(path.clone(), members);
        found.all.push(Lockfile { own: path == self.own, path, counts, tracked, content });
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
        if let Some(root) = workspace::workspace_root(&self.files.root().join(folders)) {
            let root = workspace::relative(self.files, &root);
            return Counts::No(format!("cargo never reads it: its folder is of the workspace in `{root}`"));
        }
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
