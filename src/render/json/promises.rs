//! The promises of one policy through time, on the wire.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::change;

use super::commitment::Commitment;

/// What `commitments --history` adds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct History {
    /// How many revisions of the policy were read.
    pub revisions: usize,
    /// Whether every one since the first was.
    pub complete: bool,
    /// Why not, a sentence each.
    pub gaps: Vec<String>,
    /// Since when each promise of today has stood, sorted by its line; softened or hardened since as it may be.
    pub since: Vec<Since>,
    /// The revisions that changed a promise or moved the policy, the newest first.
    pub events: Vec<Event>,
}

/// Since when a promise has stood.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Since {
    /// The promise's id.
    pub id: String,
    /// The commit that brought it; null where only the work tree has it.
    pub commit: Option<String>,
    /// That commit's day.
    pub date: Option<Date>,
    /// Whether it may have stood before: the history that can be read begins there.
    pub or_before: bool,
}

/// What one revision changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Event {
    /// The commit; null where only the work tree has it.
    pub commit: Option<String>,
    /// Its day.
    pub date: Option<Date>,
    /// Where the policy lay then, relative to the repository's root.
    pub path: String,
    /// Where it lay before, where it was moved.
    pub moved_from: Option<String>,
    /// What became of its promises, what binds less first.
    pub changes: Vec<Change>,
}

/// What became of one promise.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Change {
    /// `softened`, `dropped`, `changed`, `hardened`, `added`, or `present` where the history that can be read begins.
    pub direction: &'static str,
    /// The promise's id, as it was where it was made before.
    pub id: String,
    /// What is different: "14 days became 30 days".
    pub what: Vec<String>,
    /// The promise as it was; null where it is added.
    pub before: Option<Commitment>,
    /// The promise as it is; null where it is dropped.
    pub after: Option<Commitment>,
}

impl From<&change::History> for History {
    fn from(history: &change::History) -> Self {
        let since =
            |one: &change::Entered| Since { id: one.id.clone(), commit: one.commit.clone(), date: one.day, or_before: one.or_before };
        Self {
            revisions: history.revisions,
            complete: history.gaps.is_empty(),
            gaps: history.gaps.clone(),
            since: history.entered.iter().map(since).collect(),
            events: history.events.iter().map(Event::from).collect(),
        }
    }
}

impl From<&change::Event> for Event {
    fn from(event: &change::Event) -> Self {
        let wire = |one: &crate::commitment::Commitment| Commitment::new(one, Some(&event.path));
        let change = |change: &change::Change| Change {
            direction: change.direction.word(),
            id: change.subject().map(|one| one.id.clone()).unwrap_or_default(),
            what: change.what.clone(),
            before: change.old.as_ref().map(wire),
            after: change.new.as_ref().map(wire),
        };
        Self {
            commit: event.commit.clone(),
            date: event.day,
            path: event.path.clone(),
            moved_from: event.moved_from.clone(),
            changes: event.changes.iter().map(change).collect(),
        }
    }
}
