//! What can be compared of a promise: each parameter with its words, and with a rank where more of it binds more.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::Direction;
use crate::clock;
use crate::commitment::{Bound, Gate, Kind, Unit, UnsafeRule, When, Window};

/// One parameter of a promise. Of two ranks the higher one binds more; of equal ones the words do not matter
/// ("14 days", "2 weeks"). Without a rank, another value binds otherwise, neither more nor less.
pub(super) struct Measure {
    rank: Option<i64>,
    words: String,
}

impl Measure {
    fn new(rank: i64, words: impl Into<String>) -> Self {
        Self { rank: Some(rank), words: words.into() }
    }

    /// A parameter that binds neither more nor less for its value.
    fn value(words: &str) -> Self {
        Self { rank: None, words: if words.is_empty() { "none" } else { words }.to_owned() }
    }

    fn flag(is: bool, yes: &str, no: &str) -> Self {
        Self::new(i64::from(is), if is { yes } else { no })
    }

    /// A time within which something is done.
    fn limit(window: Window) -> Self {
        Self::new(-length(window), window.to_string())
    }

    /// In what `new` differs from this.
    pub(super) fn against(&self, new: &Self) -> Option<(Direction, String)> {
        let direction = match new.rank.cmp(&self.rank) {
            Ordering::Less => Direction::Softened,
            Ordering::Greater => Direction::Hardened,
            Ordering::Equal if self.rank.is_some() || self.words == new.words => return None,
            Ordering::Equal => Direction::Changed,
        };
        Some((direction, format!("{} became {}", self.words, new.words)))
    }
}

/// The days of a window from a Monday on which no month is short: 10 business days are longer than 10 days.
/// Hours are counted apart, for 12 of them are less than 24.
pub(super) fn length(window: Window) -> i64 {
    const START: Date = Date::constant(2024, 7, 1);
    match window.unit {
        Unit::Hours => i64::from(window.amount),
        Unit::Days | Unit::BusinessDays | Unit::Weeks | Unit::Months => clock::days_between(START, clock::due(START, window)) * 24,
    }
}

/// The parameters of a promise that may differ while it is the same promise.
pub(super) fn measures(kind: &Kind) -> Vec<Measure> {
    match kind {
        Kind::SupportedVersions { supported, until, .. } => {
            let end = until.map_or_else(
                || Measure::new(i64::MAX, "no end"),
                |day| Measure::new(clock::days_between(Date::constant(1970, 1, 1), day), format!("until {day}")),
            );
            vec![Measure::flag(*supported, "supported", "not supported"), end]
        }
        Kind::PatchDeadline { window, .. } | Kind::ResponseDeadline { window, .. } => vec![Measure::limit(*window)],
        Kind::DisclosureDeadline { window, bound: Bound::Max } => vec![Measure::limit(*window)],
        Kind::DisclosureDeadline { window, bound: Bound::Min } => vec![Measure::new(length(*window), window.to_string())],
        Kind::Tool { when, every_change, .. } => {
            vec![moment(*when), Measure::flag(*every_change, "on every change", "not on every change")]
        }
        Kind::RemediationRequired { gate } => vec![held_back(*gate)],
        Kind::LockedDependencies { exact } => vec![Measure::flag(*exact, "exact pins", "locked")],
        Kind::UnsafeCode { rule } => vec![Measure::flag(*rule == UnsafeRule::Forbid, "no unsafe code", "little unsafe code")],
        Kind::Bounty { offered } => vec![Measure::flag(*offered, "a bounty", "no bounty")],
        Kind::Changelog { record } => vec![Measure::value(record.word())],
        Kind::EncryptionKey { target } | Kind::ReportingChannel { target, .. } => vec![Measure::value(target)],
        Kind::PolicyDate { date, cadence } => vec![
            Measure::value(&date.map(|day| day.to_string()).unwrap_or_default()),
            cadence.map_or_else(|| Measure::new(i64::MIN, "no review"), |window| Measure::new(-length(window), format!("every {window}"))),
        ],
        Kind::DependencyMonitoring
        | Kind::Backport
        | Kind::ReleaseArtifact { .. }
        | Kind::CiLeastPrivilege
        | Kind::PinnedActions
        | Kind::Semver
        | Kind::ReleaseChannel { .. }
        | Kind::CoordinatedDisclosure
        | Kind::AdvisoryPublication { .. }
        | Kind::Credit
        | Kind::SafeHarbor
        | Kind::CodeReview
        | Kind::SecurityTesting { .. }
        | Kind::AccessControl { .. }
        | Kind::Training
        | Kind::IncidentResponse
        | Kind::Compliance { .. } => Vec::new(),
    }
}

/// The most binding moment has the highest rank.
fn moment(when: When) -> Measure {
    match when {
        When::PullRequest => Measure::new(4, "on every pull request"),
        When::Ci => Measure::new(3, "in CI"),
        When::Release => Measure::new(2, "for every release"),
        When::Schedule => Measure::new(1, "on a schedule"),
        When::Unspecified => Measure::new(0, "at no stated moment"),
    }
}

/// What is not merged is not released either.
fn held_back(gate: Gate) -> Measure {
    match gate {
        Gate::Merge => Measure::new(2, "before merging"),
        Gate::Release => Measure::new(1, "before releasing"),
        Gate::Unspecified => Measure::new(0, "at no stated moment"),
    }
}
