//! The advisory database, and what it says of the locked packages.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use semver::{Version, VersionReq};

use super::workspace::DependencyKind;
use super::{day, midnight};
use crate::source::Place;

/// The database's provenance.
#[derive(Clone, Debug)]
pub struct Database {
    /// The folder or URL that it was read from.
    pub source: String,
    /// The commit that was read, where it is a git checkout or was fetched.
    pub commit: Option<String>,
    /// That commit's time; of a plain folder, its newest advisory's date.
    pub updated: Option<Timestamp>,
    /// How many advisories it holds.
    pub advisories: usize,
    /// Their ids, whether they were read or not.
    pub ids: BTreeSet<String>,
    /// Whether it has a history that tells when each advisory became public.
    pub has_history: bool,
    /// Advisories that could not be read: path and why.
    pub unreadable: Vec<(String, String)>,
    /// What is to be said of how it was got ("could not be refreshed: …"), for the report's warnings.
    pub warnings: Vec<String>,
}

/// What an advisory is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdvisoryKind {
    /// A vulnerability.
    Vulnerability,
    /// A crate nobody maintains.
    Unmaintained,
    /// A soundness hole.
    Unsound,
    /// Other news.
    Notice,
    /// A version withdrawn from the registry; no advisory stands behind it.
    Yanked,
}

impl AdvisoryKind {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Unmaintained => "unmaintained",
            Self::Unsound => "unsound",
            Self::Notice => "notice",
            Self::Yanked => "yanked",
        }
    }
}

/// A severity that a score or `[[severity]]` states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Above 0.
    Low,
    /// From 4.0.
    Medium,
    /// From 7.0.
    High,
    /// From 9.0.
    Critical,
}

impl Severity {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity that the word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Critical].into_iter().find(|s| s.word() == word)
    }
}

/// One advisory that is not withdrawn.
#[derive(Clone, Debug)]
pub struct Advisory {
    /// `RUSTSEC-…`
    pub id: String,
    /// CVE, GHSA and other ids, sorted.
    pub aliases: Vec<String>,
    /// What it is about.
    pub kind: AdvisoryKind,
    /// The package.
    pub package: String,
    /// One line.
    pub title: String,
    /// The advisory's own `date`.
    pub date: Date,
    /// From its CVSS vector, where it has one whose base score is above 0.
    pub severity: Option<Severity>,
    /// The versions that are fixed.
    pub patched: Vec<VersionReq>,
    /// The versions that never were affected.
    pub unaffected: Vec<VersionReq>,
    /// `url` and references.
    pub links: Vec<String>,
    /// Its file, relative to the database's root.
    pub path: String,
}

impl Advisory {
    /// Whether `version` is one that the advisory hits: neither fixed nor never affected, as `rustsec` says.
    pub fn affects(&self, version: &Version) -> bool {
        // `rustsec` compares by precedence, so that 1.0.0-rc.1 lies before `>= 1.0.0`; a requirement's own
        // `matches` would say no to every pre-release.
        rustsec::advisory::Versions::new(self.patched.clone(), self.unaffected.clone()).map_or_else(
            |_| !self.patched.iter().chain(&self.unaffected).any(|requirement| requirement.matches(version)),
            |versions| versions.is_vulnerable(version),
        )
    }

    /// Whether the version holds the fix.
    pub fn is_fixed_in(&self, version: &Version) -> bool {
        self.patched.iter().any(|requirement| requirement.matches(version)) && !self.affects(version)
    }

    /// Its id and its aliases.
    pub fn ids(&self) -> Vec<&str> {
        std::iter::once(self.id.as_str()).chain(self.aliases.iter().map(String::as_str)).collect()
    }
}

/// One advisory (or yanked version) that hits one package version of one lockfile.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The advisory; `None` for a yanked version.
    pub advisory: Option<Arc<Advisory>>,
    /// What sort of hit.
    pub kind: AdvisoryKind,
    /// The package.
    pub package: String,
    /// The locked version.
    pub version: Version,
    /// The lockfile's path.
    pub lockfile: String,
    /// The package's entry in the lockfile.
    pub place: Place,
    /// Whether the lockfile counts.
    pub counts: bool,
    /// The strongest kind of edge by which a shipping member reaches the package; `None`: none does.
    pub reach: Option<DependencyKind>,
    /// The shortest path from each member that it is reached from, the member first; sorted, those from what ships
    /// before the others.
    pub paths: Vec<Vec<String>>,
    /// Whether cargo says that anything builds it.
    pub built: Built,
    /// Where what ships are libraries alone: whether their published requirements admit a fixed version.
    pub reaches_users: FixReach,
    /// When it was public; `None` for a yanked version, which no advisory made public.
    pub public: Option<Public>,
    /// The first fixed version that matters to this one, and when it was published.
    pub fix: Fix,
    /// Since when the branch's lockfile has, without a break, held a version that the advisory hits.
    pub entered: Since,
}

impl Hit {
    /// Whether it is a live vulnerability: of a lockfile that counts, reached by what ships, and built, as far
    /// as is known (spec: "Vulnerabilities").
    pub fn is_live(&self) -> bool {
        self.kind == AdvisoryKind::Vulnerability && self.counts && self.reach.is_some() && self.built != Built::Never
    }

    /// Whether the member reaches the package.
    pub fn comes_from(&self, member: &str) -> bool {
        self.paths.iter().any(|path| path.first().is_some_and(|first| first == member))
    }
}

/// Whether anything builds a package, as cargo's own resolution says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Built {
    /// It was not asked, or something builds it here.
    Yes,
    /// It is built only on these targets or not on this one.
    OtherTargets(String),
    /// Nothing builds it.
    Never,
    /// Cargo could not be asked; why. The lockfile decides.
    Unknown(String),
}

/// Whether the fix reaches a library's users without a release of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FixReach {
    /// The project ships a program, so the lockfile decides.
    NotALibrary,
    /// The published requirements admit the fixed version.
    Admitted,
    /// The published requirements exclude the fixed version.
    Excluded,
    /// Some requirement on the way is not known here; which. The lockfile decides.
    Unknown(String),
}

/// When an advisory became public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Public {
    /// The later of the advisory's `date` and its first commit in the database.
    pub date: Date,
    /// The moment of that: of its `date` the first of the day, UTC.
    pub at: Timestamp,
    /// Whether the database's history was read for it; else it is the `date` alone.
    pub from_history: bool,
}

impl Public {
    /// Public since the advisory's own `date`, as far as is known.
    pub fn stated(date: Date) -> Self {
        Self { date, at: midnight(date), from_history: false }
    }

    /// Public since the later of the advisory's own `date` and its first commit in the database, at `seen`.
    pub fn seen(date: Date, seen: Timestamp) -> Self {
        let at = midnight(date).max(seen);
        Self { date: day(at), at, from_history: true }
    }
}

/// The fix of a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// No fixed version is published.
    None,
    /// The version that fixes it, and the day it was published, where that is known.
    Version {
        /// The lowest published fixed version above the locked one; else the requirement's lower bound.
        version: String,
        /// The day it was published.
        published: Option<Date>,
    },
}

/// Since when something has been so without a break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Since this day, by this commit.
    Day {
        /// The day, UTC.
        date: Date,
        /// The commit.
        commit: String,
    },
    /// Only the work tree has it: since today.
    Today,
    /// At the earliest since this day: the history is cut off there.
    AtEarliest(Date),
    /// It was not looked up, since nothing hung on it.
    NotAsked,
    /// It cannot be told; why.
    Unknown(String),
}
