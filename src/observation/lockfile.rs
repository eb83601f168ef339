//! Lockfiles: what they lock, and which of them count.

use std::sync::Arc;

use jiff::civil::Date;
use semver::Version;

use super::advisory::Hit;
use super::workspace::Member;
use crate::source::Source;

/// One Cargo.lock.
#[derive(Clone, Debug)]
pub struct Lockfile {
    /// Its path, relative to the repository's root.
    pub path: String,
    /// Whether it starts clocks and breaks promises (spec: "Which lockfiles count").
    pub counts: Counts,
    /// Whether it is the checked workspace's own.
    pub own: bool,
    /// Whether git tracks it; `None` without git.
    pub tracked: Option<bool>,
    /// What it locks, or why it could not be read.
    pub content: Result<Locked, String>,
}

impl Lockfile {
    /// That the workspace's own lockfile does not hold some of its `members`, so that not all was looked up;
    /// `None` where it does, of a lockfile of another workspace, and of one that could not be read.
    pub fn lacks(&self, members: &[Member]) -> Option<String> {
        let locked = self.content.as_ref().ok().filter(|_| self.own)?;
        let lacking: Vec<String> =
            members.iter().filter(|member| !locked.holds_local(&member.name)).map(|member| format!("`{}`", member.name)).collect();
        let named = lacking.get(..3).unwrap_or(&lacking).join(", ");
        let more = lacking.len().checked_sub(3).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
        let text = format!(
            "Cargo.lock does not hold {named}{more} of this workspace: it is older than the manifests, or cut off, and not all \
             that ships was looked up; `cargo update --workspace` mends it"
        );
        (!lacking.is_empty()).then_some(text)
    }
}

/// Whether a lockfile counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counts {
    /// It counts.
    Yes,
    /// It does not; why, as a half-sentence ("lies under a folder named `fixtures`").
    No(String),
}

/// What a lockfile locks.
#[derive(Clone, Debug)]
pub struct Locked {
    /// Its text.
    pub source: Arc<Source>,
    /// The format's version, 1 to 4.
    pub version: u32,
    /// Its packages, in the file's order.
    pub packages: Vec<Package>,
}

impl Locked {
    /// Whether it holds a package of the name that comes from the workspace or a path.
    pub fn holds_local(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.origin == Origin::Local && package.name == name)
    }
}

/// One package entry.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Where it comes from.
    pub origin: Origin,
    /// The 1-based line of its entry.
    pub line: u32,
    /// The indices of the packages it depends on.
    pub dependencies: Vec<usize>,
}

/// Where a locked package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// crates.io in any spelling of its index, or a mirror of it named in the settings.
    CratesIo,
    /// Another registry; its address.
    Registry(String),
    /// A git repository; its address.
    Git(String),
    /// The workspace or a path.
    Local,
}

/// The newest release of one supported line, for backports.
#[derive(Clone, Debug)]
pub struct ReleaseLine {
    /// The supported rule that the release is the newest of.
    pub rule: String,
    /// The component that the rule is about.
    pub component: Option<String>,
    /// The release's tag.
    pub tag: String,
    /// Its commit.
    pub commit: String,
    /// The release's version.
    pub version: Version,
    /// The day of the release.
    pub date: Date,
    /// What the database says of the lockfile at the tag (of what ships there), or why it could not be read.
    pub hits: Result<Vec<Hit>, String>,
    /// Whether what ships there are libraries alone.
    pub libraries_only: bool,
}
