//! What only people can attest: manual, until a sign-off settles it.

use super::Context;
use crate::commitment::Commitment;
use crate::observation::Reason;
use crate::verdict::{Judgement, Outcome};

/// Judges a promise that no file can prove.
pub fn attested(_context: Context<'_>, commitment: &Commitment) -> Judgement {
    Judgement::new(Outcome::Manual, Reason::at("only people can say", &commitment.place))
}
