//! A promised length of time.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Unit};

/// A promised length of time, in the unit as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// How many; 0 where the number is a template slot that was never filled in.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

impl Window {
    /// Whether its number was never filled in.
    pub const fn is_unfilled(self) -> bool {
        self.amount == 0
    }
}

impl fmt::Display for Window {
    /// `14 days`, `1 week`; without a number, `? days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit.word().replace('-', " ");
        let unit = if self.amount == 1 { unit.trim_end_matches('s') } else { &unit };
        if self.is_unfilled() { write!(f, "? {unit}") } else { write!(f, "{} {unit}", self.amount) }
    }
}

impl FromStr for Window {
    type Err = String;

    /// As it is displayed: `14 days`, `1 week`, `3 business days`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no length of time; write it as `14 days`, `48 hours`, `3 business days`, `2 weeks`, `1 month`");
        let (amount, unit) = text.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
        let amount = amount.parse().ok().filter(|amount| *amount > 0).ok_or_else(wrong)?;
        let unit = unit.trim().to_lowercase().replace([' ', '_'], "-");
        let unit = Unit::from_word(&unit).or_else(|| Unit::from_word(&format!("{unit}s"))).ok_or_else(wrong)?;
        Ok(Self { amount, unit })
    }
}

impl Kind {
    /// The length of time that it promises, where it promises one.
    pub const fn window(&self) -> Option<Window> {
        match self {
            Self::PatchDeadline { window, .. } | Self::ResponseDeadline { window, .. } | Self::DisclosureDeadline { window, .. } => {
                Some(*window)
            }
            Self::PolicyDate { cadence, .. } => *cadence,
            Self::SupportedVersions { .. }
            | Self::Tool { .. }
            | Self::DependencyMonitoring
            | Self::RemediationRequired { .. }
            | Self::Backport
            | Self::ReleaseArtifact { .. }
            | Self::LockedDependencies { .. }
            | Self::CiLeastPrivilege
            | Self::PinnedActions
            | Self::UnsafeCode { .. }
            | Self::Semver
            | Self::ReleaseChannel { .. }
            | Self::Changelog { .. }
            | Self::EncryptionKey { .. }
            | Self::ReportingChannel { .. }
            | Self::CoordinatedDisclosure
            | Self::AdvisoryPublication { .. }
            | Self::Credit
            | Self::SafeHarbor
            | Self::Bounty { .. }
            | Self::CodeReview
            | Self::SecurityTesting { .. }
            | Self::AccessControl { .. }
            | Self::Training
            | Self::IncidentResponse
            | Self::Compliance { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_never_filled_in_is_no_number() {
        let window = |amount| Window { amount, unit: Unit::BusinessDays };
        assert_eq!([0, 1, 5].map(|amount| window(amount).to_string()), ["? business days", "1 business day", "5 business days"]);
    }
}
