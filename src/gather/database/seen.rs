//! When each advisory became public: the first commit of the database's first-parent history that holds it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use gix::ObjectId;
use gix::diff::tree::{Recorder, State, recorder::Change};
use gix::objs::TreeRefIter;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::gather::git::Commits;
use crate::gather::git::objects::{self, why};

/// How an advisory's file may end: it was TOML until 2020, and Markdown since.
const FORMATS: [&str; 2] = [".md", ".toml"];

/// The file's name without its ending.
fn id_of(file: &str) -> &str {
    FORMATS.iter().find_map(|format| file.strip_suffix(format)).unwrap_or(file)
}

/// The history, as far back as the advisories that were asked for made it needful to walk.
#[derive(Debug)]
pub(super) struct Seen {
    git: gix::Repository,
    walk: RefCell<Walk>,
}

#[derive(Debug, Default)]
struct Walk {
    /// The oldest commit that was reached; `None` before the first one.
    here: Option<Snapshot>,
    /// The commit to read next; `None` at the end.
    next: Option<ObjectId>,
    /// Whether the end is that of the history itself, not of what can be read of it.
    whole: bool,
    /// By `<package>/<id>`, the time of the oldest commit so far that brought its file in.
    appeared: BTreeMap<String, Timestamp>,
}

/// A commit's time and parent, and its folder `crates`.
#[derive(Clone, Debug)]
struct Snapshot {
    at: Timestamp,
    parent: Option<ObjectId>,
    /// The folder's hash and data; `None` where the commit has no such folder.
    crates: Option<(ObjectId, Arc<Vec<u8>>)>,
}

impl Seen {
    /// The history behind `commit`.
    pub(super) fn new(git: gix::Repository, commit: ObjectId) -> Self {
        Self { git, walk: RefCell::new(Walk { next: Some(commit), ..Walk::default() }) }
    }

    /// The time of the first commit that holds the advisory `crates/<package>/<file>`, whatever the format of its
    /// file was then; `None` where the history does not tell.
    pub(super) fn first(&self, package: &str, file: &str) -> Option<Timestamp> {
        let path = format!("{package}/{}", id_of(file));
        // An id carries the year in which it was given out: no commit of an earlier year holds its file.
        let year = file.split('-').nth(1).and_then(|year| year.parse::<i16>().ok()).unwrap_or(i16::MIN);
        let mut walk = self.walk.borrow_mut();
        let commits = Commits::new(&self.git);
        while walk.next.is_some() && !walk.here.as_ref().is_some_and(|here| here.year() < year && !here.holds(&self.git, &path)) {
            walk.step(&commits);
        }
        let here = walk.here.as_ref()?;
        match (here.holds(&self.git, &path), walk.whole) {
            (true, true) => Some(here.at),
            // It was there before what can be read.
            (true, false) => None,
            (false, _) => walk.appeared.get(&path).copied(),
        }
    }
}

impl Walk {
    /// Goes one commit back, and notes what the newer one brought in. What is broken is where the history ends.
    fn step(&mut self, commits: &Commits<'_>) {
        let Some(id) = self.next.take() else { return };
        let Ok(older) = self.look(commits, id) else { return };
        if let Some(newer) = &self.here {
            let Ok(added) = added(commits.git, &older, newer) else { return };
            self.appeared.extend(added.into_iter().map(|path| (id_of(&path).to_owned(), newer.at)));
        }
        let cut_off = commits.is_boundary(id);
        self.next = older.parent.filter(|_| !cut_off);
        self.whole = older.parent.is_none() && !cut_off;
        self.here = Some(older);
    }

    fn look(&self, commits: &Commits<'_>, id: ObjectId) -> Result<Snapshot, String> {
        let commit = commits.read(id)?;
        let folder = objects::entry(commits.git, commit.tree, "crates")?.filter(|entry| entry.folder);
        let known = self.here.as_ref().and_then(|here| here.crates.as_ref());
        let crates = match (folder, known) {
            (Some(entry), Some(known)) if known.0 == entry.id => Some(known.clone()),
            (Some(entry), _) => Some((entry.id, Arc::new(objects::tree_data(commits.git, entry.id)?))),
            (None, _) => None,
        };
        Ok(Snapshot { at: commit.at, parent: commit.parent, crates })
    }
}

impl Snapshot {
    /// Whether it holds the advisory `<package>/<id>`.
    fn holds(&self, git: &gix::Repository, path: &str) -> bool {
        let Some((id, _)) = &self.crates else { return false };
        FORMATS.iter().any(|format| objects::entry(git, *id, &format!("{path}{format}")).is_ok_and(|entry| entry.is_some()))
    }

    fn year(&self) -> i16 {
        self.at.to_zoned(TimeZone::UTC).year()
    }

    fn data(&self) -> &[u8] {
        self.crates.as_ref().map_or(&[], |(_, data)| data)
    }
}

/// The files in `crates` that `newer` has and `older` has not, as `<package>/<file>`.
fn added(git: &gix::Repository, older: &Snapshot, newer: &Snapshot) -> Result<Vec<String>, String> {
    if older.data() == newer.data() {
        return Ok(Vec::new());
    }
    let tree = |snapshot| TreeRefIter::from_bytes(Snapshot::data(snapshot), git.object_hash());
    let mut recorder = Recorder::default();
    gix::diff::tree(tree(older), tree(newer), State::default(), &git.objects, &mut recorder).map_err(|error| why(&error))?;
    let file = |change| match change {
        Change::Addition { entry_mode, path, .. } if entry_mode.is_blob() => String::from_utf8(path.into()).ok(),
        Change::Addition { .. } | Change::Deletion { .. } | Change::Modification { .. } => None,
    };
    Ok(recorder.records.into_iter().filter_map(file).collect())
}
