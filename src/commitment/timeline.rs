//! A policy through time: its promises at each revision of its text.

use jiff::civil::Date;

use super::{Commitment, Kind};

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
    /// Whether it left dependencies out of its windows.
    pub excludes_dependencies: bool,
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

impl Commitment {
    /// Whether an older or newer revision's promise is this one: the words around it, and with these the scope of a
    /// window, may differ.
    pub fn is_same_promise(&self, other: &Self) -> bool {
        let alike = match (&self.kind, &other.kind) {
            (Kind::PatchDeadline { severity: a, window: x, .. }, Kind::PatchDeadline { severity: b, window: y, .. }) => (a, x) == (b, y),
            (a, b) => a == b,
        };
        alike && self.component == other.component && self.placeholder == other.placeholder
    }
}
