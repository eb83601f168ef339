//! A policy through time: its promises at each revision of its text.

use jiff::civil::Date;

use super::Commitment;

/// One revision of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The commit that made it, full hash; `None` for what only the work tree has.
    pub commit: Option<String>,
    /// The day of that commit, UTC.
    pub day: Option<Date>,
    /// Where the policy lay then, relative to the repository's root.
    pub path: String,
    /// Its promises, each with its id; none where the policy was deleted.
    pub commitments: Vec<Commitment>,
}

/// The revisions that could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The oldest first.
    pub editions: Vec<Edition>,
    /// Why older revisions are not known, or one between is not; empty where the history is complete.
    pub gaps: Vec<String>,
    /// Whether there may be revisions before the oldest.
    pub cut_off: bool,
}
