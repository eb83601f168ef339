//! Live vulnerabilities, their clocks and statuses, and promised windows.

use super::Context;
use crate::commitment::{Commitment, Policy, Scope, SeverityClass, Window};
use crate::observation::{Observations, Reason};
use crate::settings::Settings;
use crate::verdict::{Judgement, Vulnerability};
use crate::waivers::Ledger;
use jiff::civil::Date;

/// The status and clock of every hit, in the order of the hits.
pub fn vulnerabilities(
    _observations: &Observations,
    _policy: &Policy,
    _settings: &Settings,
    _ledger: &Ledger<'_>,
    _today: Date,
) -> Vec<Vulnerability> {
    Vec::new()
}

/// Judges a promised window.
pub fn patch_deadline(
    _context: Context<'_>,
    _commitment: &Commitment,
    _severity: SeverityClass,
    _window: Window,
    _scope: Option<Scope>,
) -> Judgement {
    Judgement::unproven(Reason::new("not judged yet"))
}
