//! Tools: the ladder from absent to gating.

use super::Context;
use crate::commitment::{Commitment, Gate, When};
use crate::observation::Reason;
use crate::verdict::Judgement;

/// Judges a named tool.
pub fn tool(_context: Context<'_>, _commitment: &Commitment, _tool: &str, _when: When, _every_change: bool) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges that dependencies are watched.
pub fn dependency_monitoring(_context: Context<'_>) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges that findings must be acted on.
pub fn remediation_required(_context: Context<'_>, _gate: Gate) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}
