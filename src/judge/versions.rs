//! Versions: supported ones, backports, patch releases, the changelog.

use jiff::civil::Date;

use super::Context;
use crate::commitment::{Commitment, Record, ReleaseChannel};
use crate::observation::Reason;
use crate::verdict::Judgement;

/// Judges one rule of supported versions.
pub fn supported_versions(
    _context: Context<'_>,
    _commitment: &Commitment,
    _rule: &str,
    _supported: bool,
    _until: Option<Date>,
) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges that fixes reach all supported versions.
pub fn backport(_context: Context<'_>, _commitment: &Commitment) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges how a security fix is shipped.
pub fn release_channel(_context: Context<'_>, _channel: ReleaseChannel) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges that security fixes are recorded.
pub fn changelog(_context: Context<'_>, _record: Record) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}
