//! What files show: lockfiles, `unsafe`, keys, addresses, dates.

use jiff::civil::Date;

use super::Context;
use crate::commitment::{Channel, Commitment, UnsafeRule, Window};
use crate::observation::Reason;
use crate::verdict::Judgement;

/// Judges that dependencies are locked.
pub fn locked_dependencies(_context: Context<'_>, _exact: bool) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges what is promised of `unsafe`.
pub fn unsafe_code(_context: Context<'_>, _commitment: &Commitment, _rule: UnsafeRule) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges a key for encrypted reports.
pub fn encryption_key(_context: Context<'_>, _commitment: &Commitment, _target: &str) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges the form of a reporting channel.
pub fn reporting_channel(_context: Context<'_>, _commitment: &Commitment, _channel: Channel, _target: &str) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}

/// Judges the policy's own date and review cadence.
pub fn policy_date(_context: Context<'_>, _commitment: &Commitment, _date: Option<Date>, _cadence: Option<Window>) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}
