//! One promise, and the report of `commitments`, on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use crate::commitment as domain;

use super::SCHEMA_VERSION;
use super::parts::{Hint, Problem};
use super::promises::History;

/// One promise of a policy. Its parameters stand beside `kind`; one that does not apply is left out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Commitment {
    /// The kind, its identifying parameters, `@component`, and `#2`… for a repeat.
    pub id: String,
    /// The kind and its parameters.
    #[serde(flatten)]
    pub kind: domain::Kind,
    /// The file, where it is not the policy itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The 1-based line on which the words that make the promise begin.
    pub line: u32,
    /// Whether it is firm or a best effort.
    pub strength: domain::Strength,
    /// Whether its value is a template slot that was never filled in.
    pub placeholder: bool,
    /// The crate or product that the promise is about, where it is about one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The words of the policy.
    pub text: String,
}

impl Commitment {
    /// The wire form of `commitment`, in the policy at the path `policy`.
    pub fn new(commitment: &domain::Commitment, policy: Option<&str>) -> Self {
        let path = commitment.place.path();
        Self {
            id: commitment.id.clone(),
            kind: commitment.kind.clone(),
            path: (Some(path) != policy).then(|| path.to_owned()),
            line: commitment.place.line(),
            strength: commitment.strength,
            placeholder: commitment.placeholder,
            component: commitment.component.clone(),
            text: commitment.words.clone(),
        }
    }
}

/// What `commitments --format json` prints.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Commitments {
    /// 1.
    pub schema_version: u32,
    /// The policy's path.
    pub policy: String,
    /// Its promises, sorted by place.
    pub commitments: Vec<Commitment>,
    /// What the policy only points to, where it makes no promise of its own.
    pub points_to: Option<String>,
    /// What is worth saying of the text and is no promise.
    pub hints: Vec<Hint>,
    /// Wrong annotations.
    pub errors: Vec<Problem>,
    /// The promises through time, with `--history`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
}

impl Commitments {
    /// The wire form of the policy read from `path`.
    pub fn new(path: &str, policy: &domain::Policy) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            policy: path.to_owned(),
            commitments: policy.commitments.iter().map(|commitment| Commitment::new(commitment, Some(path))).collect(),
            points_to: policy.points_to.clone(),
            hints: policy.hints.iter().map(Hint::from).collect(),
            errors: policy.errors.iter().map(Problem::from).collect(),
            history: None,
        }
    }
}
