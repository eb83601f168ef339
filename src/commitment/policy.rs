//! One policy as it was read: its promises, and what else is worth saying of its text.

use super::Commitment;
use crate::error::Error;
use crate::source::Place;

/// One policy, as read.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Its promises, sorted by place, each with its id.
    pub commitments: Vec<Commitment>,
    /// What is worth saying of the text and is no promise.
    pub hints: Vec<Hint>,
    /// Where the policy leaves vulnerabilities of dependencies out of its deadlines, if it does.
    pub excludes_dependencies: Option<Place>,
    /// The link or path to which the policy only points, where it makes no promise of its own.
    pub points_to: Option<String>,
    /// Promises that a `not-a-commitment` annotation took out, in the order of the text.
    pub silenced: Vec<Silenced>,
    /// Wrong annotations, each with its line; they end in exit code 2, and the rest is judged all the same.
    pub errors: Vec<Error>,
}

/// A promise that an annotation silences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silenced {
    /// Its id, without a number for a repeat.
    pub id: String,
    /// The annotation.
    pub place: Place,
}

/// Something worth saying of a policy's text that is no promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What sort of hint.
    pub kind: HintKind,
    /// Where it is seen; for a contradiction, both places.
    pub places: Vec<Place>,
    /// What is to be said, one sentence.
    pub text: String,
}

/// The sorts of [`Hint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HintKind {
    /// Two firm promises that cannot both hold.
    Contradiction,
    /// A deadline without a number ("promptly").
    NoNumber,
}
