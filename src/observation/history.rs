//! The history of lockfiles, as far as the advisory database has anything to say of what they locked.

use jiff::Timestamp;
use semver::Version;

/// The first-parent history of one lockfile that counts.
#[derive(Clone, Debug, Default)]
pub struct LockfileHistory {
    /// Its path today.
    pub path: String,
    /// Every package version that it ever locked and that is of a crate with an advisory; [`Revision`]s count in
    /// indices of it.
    pub packages: Vec<(String, Version)>,
    /// The commits that changed it, the oldest first.
    pub revisions: Vec<Revision>,
    /// Why nothing older could be read, where the history is cut off.
    pub cut_off: Option<String>,
    /// The lockfile of each release, the earliest first.
    pub releases: Vec<Tagged>,
}

/// One commit that changed a lockfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The commit's full hash.
    pub commit: String,
    /// Its committer time.
    pub at: Timestamp,
    /// Its author's time, which a rebase or an import keeps.
    pub written: Timestamp,
    /// What it changed.
    pub change: Change,
}

/// What one commit changed in a lockfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Packages came and went; indices, each list sorted.
    Packages {
        /// What it locks since.
        added: Vec<usize>,
        /// What it no longer locks.
        removed: Vec<usize>,
    },
    /// It could not be read; why. What it locks is not known until the next that can.
    Unreadable(String),
}

/// The lockfile at a release's tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// The tag's name.
    pub name: String,
    /// The version that it is.
    pub version: Version,
    /// When it was tagged.
    pub at: Timestamp,
    /// What it locks; `None` where there is no lockfile at the tag, or none that could be read.
    pub locks: Option<Vec<usize>>,
}
