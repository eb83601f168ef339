//! What the release pipeline makes, and what CI may do.

use super::Context;
use crate::commitment::Artifact;
use crate::observation::Reason;
use crate::verdict::Judgement;

/// Judges what every release carries.
pub fn release_artifact(_context: Context<'_>, _artifact: Artifact) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges the permissions of CI.
pub fn ci_least_privilege(_context: Context<'_>) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges that actions are pinned.
pub fn pinned_actions(_context: Context<'_>) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges that releases follow Semantic Versioning.
pub fn semver(_context: Context<'_>) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}
