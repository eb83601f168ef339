//! What became of promises from one text to another: softened, hardened, changed, dropped or added. Pure.
//!
//! The one home of that idea: `check --against` and `--baseline` compare two policies with it, and
//! `commitments --history` all revisions of one. What moved or was reworded and promises the same is no change.

mod deadlines;
mod history;
mod measure;
mod pairs;

use crate::commitment::{Commitment, Kind, Strength};

pub use history::{Entered, Event, History, history};

use measure::measures;

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It binds less than before.
    Softened,
    /// It is made no more.
    Dropped,
    /// It binds otherwise, neither more nor less.
    Changed,
    /// It binds more than before.
    Hardened,
    /// It was not made before.
    Added,
    /// It was made already where the history that can be read begins.
    Present,
}

impl Direction {
    /// The word in JSON and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Softened => "softened",
            Self::Dropped => "dropped",
            Self::Changed => "changed",
            Self::Hardened => "hardened",
            Self::Added => "added",
            Self::Present => "present",
        }
    }
}

/// One promise, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What became of it.
    pub direction: Direction,
    /// As it was; `None` where it is added.
    pub old: Option<Commitment>,
    /// As it is; `None` where it is dropped.
    pub new: Option<Commitment>,
    /// What is different: "14 days became 30 days".
    pub what: Vec<String>,
}

impl Change {
    /// The promise that it is about: as it was, where it was made before.
    pub fn subject(&self) -> Option<&Commitment> {
        self.old.as_ref().or(self.new.as_ref())
    }

    /// Whether less is promised than before. "Version 1 is not supported" promises nothing that could be taken back.
    pub fn weakens(&self) -> bool {
        match self.direction {
            Direction::Softened => true,
            Direction::Dropped => !self.old.as_ref().is_some_and(denies),
            Direction::Changed | Direction::Hardened | Direction::Added | Direction::Present => false,
        }
    }
}

/// What became of the promises `old`, now that they are `new`; sorted, what binds less first.
pub fn changes(old: &[Commitment], new: &[Commitment]) -> Vec<Change> {
    let mut changes: Vec<_> = pairs::pairs(old, new).into_iter().filter_map(|pair| pair.change()).collect();
    changes.sort_by(|a, b| {
        let key = |change: &Change| (change.direction, change.subject().map(|one| (one.place.span().start, one.id.clone())));
        key(a).cmp(&key(b))
    });
    changes
}

fn denies(one: &Commitment) -> bool {
    matches!(one.kind, Kind::SupportedVersions { supported: false, .. } | Kind::Bounty { offered: false })
}

/// In what `new` differs from `old`, and how; `None` where both promise the same.
fn weigh(old: &Commitment, new: &Commitment, coverage: &[(Direction, String)]) -> Option<(Direction, Vec<String>)> {
    let mut found: Vec<(Direction, String)> = Vec::new();
    match (old.placeholder, new.placeholder) {
        (true, false) => found.push((Direction::Hardened, "the slot was filled in".into())),
        (false, true) => found.push((Direction::Softened, "it is a slot that was never filled in now".into())),
        // What an unfilled slot would say is nothing to compare with.
        (true, true) => {}
        (false, false) => found.extend(measures(&old.kind).iter().zip(measures(&new.kind).iter()).filter_map(|(a, b)| a.against(b))),
    }
    match (old.strength, new.strength) {
        (Strength::Firm, Strength::BestEffort) => found.push((Direction::Softened, "it was firm and is a best effort now".into())),
        (Strength::BestEffort, Strength::Firm) => found.push((Direction::Hardened, "it was a best effort and is firm now".into())),
        (Strength::Firm, Strength::Firm) | (Strength::BestEffort, Strength::BestEffort) => {}
    }
    found.extend(coverage.iter().cloned());
    let has = |direction: Direction| found.iter().any(|(one, _)| *one == direction);
    // Softer in one way and harder in another: what was taken back is not to be overlooked.
    let direction = [Direction::Softened, Direction::Hardened, Direction::Changed].into_iter().find(|direction| has(*direction))?;
    Some((direction, found.into_iter().map(|(_, text)| text).collect()))
}

#[cfg(test)]
mod tests;
