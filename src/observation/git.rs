//! What git shows of the repository.

use std::collections::BTreeSet;

use jiff::Timestamp;

/// The repository's git.
#[derive(Clone, Debug)]
pub struct Git {
    /// The commit that is checked out, full hash.
    pub head: Option<String>,
    /// In what it is incomplete, sorted.
    pub incomplete: BTreeSet<Incomplete>,
    /// The default branch, and how it is known.
    pub default_branch: Option<String>,
    /// Local and remote-tracking branches' short names, without the remote's, sorted.
    pub branches: Vec<String>,
    /// The remotes, sorted by name.
    pub remotes: Vec<Remote>,
    /// The tags, sorted by name; only where they were asked for.
    pub tags: Vec<Tag>,
    /// The files that git tracks, relative to the repository's root.
    pub tracked: BTreeSet<String>,
    /// Files that the report rests on and that differ from the commit, sorted.
    pub modified: Vec<String>,
}

/// In what git is incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Incomplete {
    /// The history is cut off.
    Shallow,
    /// Objects are missing, and are never fetched.
    Partial,
    /// Not every file is checked out.
    Sparse,
    /// The remote fetches no tags, or none are there in a shallow clone.
    NoTags,
    /// The remote fetches one branch.
    SingleBranch,
}

impl Incomplete {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shallow => "shallow",
            Self::Partial => "partial",
            Self::Sparse => "sparse",
            Self::NoTags => "no-tags",
            Self::SingleBranch => "single-branch",
        }
    }
}

/// A remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Its name.
    pub name: String,
    /// Its fetch URL, without credentials.
    pub url: String,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// The commit that it leads to, full hash.
    pub commit: String,
    /// The tagger's time, else the commit's committer time.
    pub at: Timestamp,
    /// Whether the tag object carries a signature.
    pub signature: Signature,
}

/// The signature on a tag object. It is seen, not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// A lightweight tag, or an annotated one without a signature.
    None,
    /// PGP.
    Pgp,
    /// SSH.
    Ssh,
    /// X.509.
    X509,
}
