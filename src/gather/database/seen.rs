//! When each advisory became public: the first commit of the database's first-parent history that holds it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gix::ObjectId;
use jiff::civil::Date;

use crate::gather::git::Commits;
use crate::gather::git::objects::{self, Commit, day};

/// A commit, and the tree of its folder `crates`.
#[derive(Clone, Copy, Debug)]
struct Snapshot {
    commit: Commit,
    crates: Option<ObjectId>,
}

/// The history as far as it was walked, the newest first. Every advisory that is asked for walks on from what the
/// others before it have read.
#[derive(Debug)]
pub(super) struct Seen {
    git: gix::Repository,
    walked: RefCell<Walked>,
}

#[derive(Debug)]
struct Walked {
    snapshots: Vec<Snapshot>,
    next: Option<ObjectId>,
    cut_off: bool,
    answers: BTreeMap<String, Option<Date>>,
}

impl Seen {
    /// The history behind `commit`.
    pub(super) fn new(git: gix::Repository, commit: ObjectId) -> Self {
        let walked = Walked { snapshots: Vec::new(), next: Some(commit), cut_off: false, answers: BTreeMap::new() };
        Self { git, walked: RefCell::new(walked) }
    }

    /// The day of the first commit that holds `crates/<package>/<file>`; `None` where the history does not tell.
    pub(super) fn first(&self, package: &str, file: &str) -> Option<Date> {
        let mut walked = self.walked.borrow_mut();
        let key = format!("{package}/{file}");
        if let Some(known) = walked.answers.get(&key) {
            return *known;
        }
        let answer = self.find(&mut walked, package, file);
        walked.answers.insert(key, answer);
        answer
    }

    fn find(&self, walked: &mut Walked, package: &str, file: &str) -> Option<Date> {
        let commits = Commits::new(&self.git);
        // An id carries the year in which it was given out: no commit of an earlier year holds its file.
        let year = file.split('-').nth(1).and_then(|year| year.parse::<i16>().ok()).unwrap_or(i16::MIN);
        let mut folder = Folder::new(&self.git, package, file);
        let mut oldest = None;
        for index in 0.. {
            let Some(snapshot) = walked.at(index, &commits) else {
                let unknown = walked.cut_off && oldest == Some(index.saturating_sub(1));
                return if unknown { None } else { Some(day(walked.snapshots.get(oldest?)?.commit.at)) };
            };
            let holds = folder.holds(snapshot.crates)?;
            if holds {
                oldest = Some(index);
            } else if day(snapshot.commit.at).year() < year {
                break;
            }
        }
        Some(day(walked.snapshots.get(oldest?)?.commit.at))
    }
}

impl Walked {
    /// The snapshot `index` commits back; `None` past the end of the history.
    fn at(&mut self, index: usize, commits: &Commits<'_>) -> Option<Snapshot> {
        while self.snapshots.len() <= index {
            let id = self.next.take()?;
            let Some(snapshot) = snapshot(id, commits) else {
                self.cut_off = true;
                return None;
            };
            self.cut_off = commits.is_boundary(id);
            self.next = snapshot.commit.parent.filter(|_| !self.cut_off);
            self.snapshots.push(snapshot);
        }
        self.snapshots.get(index).copied()
    }
}

fn snapshot(id: ObjectId, commits: &Commits<'_>) -> Option<Snapshot> {
    let commit = commits.read(id).ok()?;
    let crates = objects::entry(commits.git, commit.tree, "crates").ok()?.map(|entry| entry.id);
    Some(Snapshot { commit, crates })
}

/// Looks for one file in one package's folder, from snapshot to snapshot; most of them share the folder.
struct Folder<'repo> {
    git: &'repo gix::Repository,
    package: String,
    file: String,
    crates: Option<ObjectId>,
    folder: Option<ObjectId>,
    holds: bool,
}

impl<'repo> Folder<'repo> {
    fn new(git: &'repo gix::Repository, package: &str, file: &str) -> Self {
        Self { git, package: package.to_owned(), file: file.to_owned(), crates: None, folder: None, holds: false }
    }

    /// Whether the file is in the tree `crates`; `None` where that cannot be read.
    fn holds(&mut self, crates: Option<ObjectId>) -> Option<bool> {
        if crates == self.crates {
            return Some(self.holds);
        }
        self.crates = crates;
        let folder = match crates {
            Some(crates) => objects::entry(self.git, crates, &self.package).ok()?.map(|entry| entry.id),
            None => None,
        };
        if folder != self.folder {
            self.folder = folder;
            self.holds = match folder {
                Some(folder) => objects::entry(self.git, folder, &self.file).ok()?.is_some(),
                None => false,
            };
        }
        Some(self.holds)
    }
}
