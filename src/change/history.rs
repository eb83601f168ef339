//! All changes of one policy's promises, revision by revision.

use jiff::civil::Date;

use super::pairs::pairs;
use super::{Change, Direction, changes};
use crate::commitment::{Commitment, Edition, Timeline};

/// What one revision changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The commit, full hash; `None` for what only the work tree has.
    pub commit: Option<String>,
    /// Its day.
    pub day: Option<Date>,
    /// Where the policy lay then.
    pub path: String,
    /// Where it lay before, where it was moved.
    pub moved_from: Option<String>,
    /// What became of its promises, what binds less first.
    pub changes: Vec<Change>,
}

/// Since when a promise of today has stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The promise's id today.
    pub id: String,
    /// The commit that brought it; `None` where only the work tree has it.
    pub commit: Option<String>,
    /// That commit's day.
    pub day: Option<Date>,
    /// Whether it may have stood before: the history that can be read begins there.
    pub or_before: bool,
}

/// A policy's promises through time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The revisions that changed a promise, the newest first.
    pub events: Vec<Event>,
    /// Since when each promise of the newest revision has stood, softened or hardened as it may be, sorted as they are.
    pub entered: Vec<Entered>,
    /// How many revisions were read.
    pub revisions: usize,
    /// Why older ones, or one between, are not known.
    pub gaps: Vec<String>,
}

/// What became of the policy's promises over `timeline`.
pub fn history(timeline: &Timeline) -> History {
    let mut events = Vec::new();
    let mut before: Option<&Edition> = None;
    let mut entered: Vec<Entered> = Vec::new();
    for edition in &timeline.editions {
        let or_before = before.is_none() && timeline.cut_off;
        let old = before.map_or(&[][..], |edition| &edition.commitments);
        let mut changes = changes(old, &edition.commitments);
        if or_before {
            changes.iter_mut().for_each(|change| change.direction = Direction::Present);
        }
        let moved_from = before.map(|edition| &edition.path).filter(|path| **path != edition.path && !old.is_empty()).cloned();
        if !changes.is_empty() || moved_from.is_some() {
            let (commit, day, path) = (edition.commit.clone(), edition.day, edition.path.clone());
            events.push(Event { commit, day, path, moved_from, changes });
        }
        entered = carried(old, edition, &entered, or_before);
        before = Some(edition);
    }
    events.reverse();
    History { events, entered, revisions: timeline.editions.len(), gaps: timeline.gaps.clone() }
}

/// Since when each promise of `edition` has stood, where `known` tells it of those before.
fn carried(old: &[Commitment], edition: &Edition, known: &[Entered], or_before: bool) -> Vec<Entered> {
    let pairs = pairs(old, &edition.commitments);
    let since = |one: &Commitment| {
        let here = Entered { id: one.id.clone(), commit: edition.commit.clone(), day: edition.day, or_before };
        let mut befores: Vec<_> = pairs.iter().filter(|pair| pair.new.is_some_and(|new| new.id == one.id)).map(|pair| pair.old).collect();
        if befores.is_empty() {
            // A row that another one for the same always goes before.
            befores.push(old.iter().find(|old| old.id == one.id));
        }
        // The oldest of those that it came from; `known` goes by the days of commits, which may be out of order.
        let oldest = befores
            .into_iter()
            .flatten()
            .filter_map(|old| known.iter().find(|entered| entered.id == old.id))
            .min_by_key(|entered| entered.day);
        oldest.map_or(here, |entered| Entered { id: one.id.clone(), ..entered.clone() })
    };
    edition.commitments.iter().map(since).collect()
}
