//! Git, by gix: never a process, never the network.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::observation::git::{Git, Incomplete};
use crate::settings::Settings;

/// An open repository.
#[derive(Debug)]
pub struct Repo {}

/// One first-parent commit that changed a path.
#[derive(Clone, Debug)]
pub struct Revision {
    /// The commit's full hash.
    pub commit: String,
    /// Its committer time.
    pub at: Timestamp,
    /// The path's content after that commit; `None` where it is not there.
    pub content: Option<Vec<u8>>,
}

/// One step of a walk back through a path's history.
#[derive(Clone, Debug)]
pub enum Step {
    /// A commit that changed the path, the newest first.
    Changed(Revision),
    /// The history is cut off here (shallow, or an object is missing); the last commit that could be read.
    CutOff(Revision),
}

impl Repo {
    /// The repository that `start` lies in; `None` where there is none. A linked worktree and a submodule
    /// are repositories of their own.
    ///
    /// # Errors
    /// A half-sentence where there is one that cannot be opened (corrupt, bare, not owned).
    pub fn discover(_start: &Path) -> Result<Option<Self>, String> {
        Ok(None)
    }

    /// The work tree's root folder.
    pub fn root(&self) -> PathBuf {
        PathBuf::new()
    }

    /// What git shows; the tags only where `tags` asks for them. `modified` is left empty.
    pub fn facts(&self, _tags: bool, _settings: &Settings) -> Git {
        Git {
            head: None,
            incomplete: BTreeSet::from([Incomplete::Shallow]),
            default_branch: None,
            branches: Vec::new(),
            remotes: Vec::new(),
            tags: Vec::new(),
            tracked: BTreeSet::new(),
            modified: Vec::new(),
        }
    }

    /// Whether the content of `path` in the commit that is checked out differs from `bytes`; a path that the
    /// commit lacks differs.
    pub fn differs_from_head(&self, _path: &str, _bytes: &[u8]) -> bool {
        false
    }

    /// The first-parent history of `path` from the commit that is checked out, the newest first. The last
    /// item is the commit that brought the path in, or [`Step::CutOff`]. Lazy: nothing is read ahead.
    pub fn revisions(&self, _path: &str) -> Box<dyn Iterator<Item = Step> + '_> {
        Box::new(std::iter::empty())
    }

    /// The content of `path` at `commit`; `None` where it is not there.
    ///
    /// # Errors
    /// A half-sentence where an object is missing or broken.
    pub fn blob_at(&self, _commit: &str, _path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }

    /// Every file path at `commit`, relative to the root, that `wanted` says yes to, sorted.
    ///
    /// # Errors
    /// A half-sentence where an object is missing or broken.
    pub fn paths_at(&self, _commit: &str, _wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }
}
