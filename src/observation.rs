//! What the repository shows: typed facts, each with the places that show it. No I/O, no judgement.

pub mod advisory;
pub mod code;
pub mod git;
pub mod history;
pub mod ignore;
pub mod lockfile;
pub mod pattern;
pub mod pipeline;
pub mod workspace;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::source::Place;

/// The UTC day of a moment.
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The first moment of a day, UTC; the last that can be told where it lies past the calendar.
pub fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// A fact that was looked for: never a bare bool.
#[derive(Clone, Debug)]
pub enum Observed<T> {
    /// It is there.
    Seen(T),
    /// It is not there; where it was looked for.
    Absent(Vec<String>),
    /// It could not be looked for; why.
    Unavailable(String),
}

impl<T> Observed<T> {
    /// The value where it was seen.
    pub const fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(value) => Some(value),
            Self::Absent(_) | Self::Unavailable(_) => None,
        }
    }

    /// The value itself where it was seen.
    pub fn into_seen(self) -> Option<T> {
        match self {
            Self::Seen(value) => Some(value),
            Self::Absent(_) | Self::Unavailable(_) => None,
        }
    }
}

/// Where something is seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// In a text that was read.
    Place(Place),
    /// A file or folder as a whole, relative to the repository's root.
    Path(String),
    /// A commit, by its full hash.
    Commit(String),
}

/// One sentence that carries a verdict, and where it can be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The sentence, without a full stop.
    pub text: String,
    /// Where it can be checked; `None` where there is no such place but the promise's own.
    pub at: Option<At>,
}

impl Reason {
    /// A reason that stands for itself.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), at: None }
    }

    /// A reason that a line shows.
    pub fn at(text: impl Into<String>, place: &Place) -> Self {
        Self { text: text.into(), at: Some(At::Place(place.clone())) }
    }

    /// A reason that a file or folder as a whole shows.
    pub fn in_path(text: impl Into<String>, path: impl Into<String>) -> Self {
        Self { text: text.into(), at: Some(At::Path(path.into())) }
    }

    /// A reason that a commit shows.
    pub fn in_commit(text: impl Into<String>, commit: impl Into<String>) -> Self {
        Self { text: text.into(), at: Some(At::Commit(commit.into())) }
    }
}

/// All that was gathered. What no commitment asked for is [`Observed::Unavailable`] or empty.
#[derive(Clone, Debug)]
pub struct Observations {
    /// The workspace and its members.
    pub workspace: workspace::Workspace,
    /// Git: head, tags, remotes, what is missing of it.
    pub git: Observed<git::Git>,
    /// Every lockfile that was found, sorted by path; those that could not be read too.
    pub lockfiles: Vec<lockfile::Lockfile>,
    /// The day on which the workspace's own lockfile was last changed, where the database may be older.
    pub lockfile_changed: Observed<jiff::civil::Date>,
    /// The advisory database.
    pub database: Observed<advisory::Database>,
    /// What the database says of the lockfiles' packages, sorted by lockfile, package, version, advisory.
    pub hits: Vec<advisory::Hit>,
    /// Since when each promise whose window is charged has stood in the policy, by the commitment's id.
    pub promised_since: std::collections::BTreeMap<String, advisory::Since>,
    /// The database's advisories for the workspace's own publishable crates.
    pub own_advisories: Vec<advisory::Advisory>,
    /// What runs in CI.
    pub pipelines: pipeline::Pipelines,
    /// Services that update dependencies, and how they are configured.
    pub updaters: pipeline::Updaters,
    /// Ignore lists of other tools, sorted by place.
    pub ignores: Vec<ignore::Ignore>,
    /// `unsafe` in the members' sources.
    pub code: Observed<code::UnsafeCode>,
    /// The changelog of the project's line.
    pub changelog: Observed<code::Changelog>,
    /// The day on which the policy was last changed.
    pub policy_changed: Observed<jiff::civil::Date>,
    /// Key files and armored keys that the policy names, in the order of its `encryption-key` promises.
    pub keys: Vec<code::Key>,
    /// The lockfiles of the newest release of each supported line.
    pub release_lines: Vec<lockfile::ReleaseLine>,
    /// The texts of files that a reporting channel points into ("the address in Cargo.toml"), by path; one that
    /// is not there is an empty text, one that could not be read is left out.
    pub pointed_files: Vec<std::sync::Arc<crate::source::Source>>,
    /// What could not be read and belongs to no fact above, for the report's notes.
    pub problems: Vec<Reason>,
}
