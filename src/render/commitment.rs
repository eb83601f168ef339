//! One commitment in JSON: the whole object that `commitments` prints and `check` repeats.

use schemars::JsonSchema;
use serde::Serialize;

use crate::commitment::{Commitment, Kind, Strength};

/// A commitment as JSON carries it (spec: json.md). Parameters stand beside `kind`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CommitmentJson {
    /// Its id.
    pub id: String,
    /// The kind and its parameters.
    #[serde(flatten)]
    pub kind: Kind,
    /// The file, where it is not the policy itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The 1-based line on which its words begin.
    pub line: u32,
    /// Firm or best-effort.
    pub strength: Strength,
    /// Whether its value is a slot that was never filled in.
    pub placeholder: bool,
    /// What it is about alone, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The words of the policy.
    pub text: String,
}

impl CommitmentJson {
    /// The wire form of `commitment`; `policy` is the path of the policy itself.
    pub fn new(commitment: &Commitment, policy: &str) -> Self {
        let path = commitment.place.path();
        Self {
            id: commitment.id.clone(),
            kind: commitment.kind.clone(),
            path: (path != policy).then(|| path.to_owned()),
            line: commitment.place.line(),
            strength: commitment.strength,
            placeholder: commitment.placeholder,
            component: commitment.component.clone(),
            text: commitment.words.clone(),
        }
    }
}
