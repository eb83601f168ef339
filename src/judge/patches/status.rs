//! The status of one vulnerability: the first that fits, in the order of the specification.

use jiff::civil::Date;

use super::words;
use crate::clock::{self, Charge};
use crate::commitment::Policy;
use crate::observation::advisory::{AdvisoryKind, Built, Fix, FixReach, Hit, Severity, Since};
use crate::observation::{Observations, Reason};
use crate::settings::{Deny, Settings};
use crate::verdict::{Status, Vulnerability, WaiverRef};
use crate::waivers::Ledger;

/// What a status is decided by.
pub(super) struct Judge<'a> {
    pub(super) observations: &'a Observations,
    pub(super) policy: &'a Policy,
    pub(super) settings: &'a Settings,
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) today: Date,
}

/// A window that runs.
pub(super) struct Running<'p> {
    pub(super) charge: Charge<'p>,
    pub(super) start: clock::Start,
    pub(super) due: Date,
    pub(super) promised: Since,
}

impl Judge<'_> {
    /// The hit with its status and clock.
    pub(super) fn vulnerability(&self, hit: &Hit) -> Vulnerability {
        let severity = hit.advisory.as_ref().and_then(|advisory| self.settings.severity_of(advisory));
        let waiver =
            hit.advisory.as_ref().and_then(|advisory| self.ledger.covering(&advisory.ids(), &hit.package, &hit.version, self.today));
        let running = self.running(hit, severity);
        let status = self.status(hit, waiver.as_ref(), running.as_ref());
        // A window is only shown where the status rests on it, or a waiver stands before it.
        let running = running.filter(|_| matches!(status, Status::Due | Status::Overdue | Status::Waived));
        Vulnerability {
            reasons: self.reasons(hit, severity, status, running.as_ref()),
            fails: waiver.is_none() && self.fails(hit, status),
            hit: hit.clone(),
            severity,
            status,
            charged_to: running.as_ref().map(|running| running.charge.commitment.id.clone()),
            clock_started: running.as_ref().map(|running| running.start.date),
            due: running.as_ref().map(|running| running.due),
            at_the_earliest: running.as_ref().and_then(|running| words::undecided(hit, running)).map(|(_, why)| why),
            waiver,
        }
    }

    fn status(&self, hit: &Hit, waiver: Option<&WaiverRef>, running: Option<&Running<'_>>) -> Status {
        if hit.kind != AdvisoryKind::Vulnerability || !hit.counts || hit.reaches_users == FixReach::Admitted {
            Status::Informational
        } else if hit.reach.is_none() {
            Status::NotShipped
        } else if hit.built == Built::Never {
            Status::NotBuilt
        } else if waiver.is_some() {
            Status::Waived
        } else if hit.fix == Fix::None {
            Status::NoFix
        } else {
            match running {
                None => Status::NoDeadline,
                Some(running) if self.today <= running.due || running.start.at_the_earliest => Status::Due,
                Some(_) => Status::Overdue,
            }
        }
    }

    /// The window that runs for the hit: none without a fix, or where the policy or the settings leave
    /// dependencies out.
    fn running(&self, hit: &Hit, severity: Option<Severity>) -> Option<Running<'_>> {
        let Fix::Version { published, .. } = hit.fix else { return None };
        if self.policy.excludes_dependencies.is_some() || !self.settings.windows_cover_dependencies {
            return None;
        }
        let charge = clock::charged(&self.policy.commitments, severity, &|component| hit.comes_from(component))?;
        let promised = self.observations.promised_since.get(&charge.commitment.id).cloned().unwrap_or(Since::NotAsked);
        let start = clock::start(hit.public?.date, published, &hit.entered, &promised, self.today);
        Some(Running { due: clock::due(start.date, charge.window), charge, start, promised })
    }

    fn fails(&self, hit: &Hit, status: Status) -> bool {
        match status {
            Status::Overdue => true,
            Status::Due => self.settings.denies(Deny::Due),
            Status::NoDeadline => self.settings.denies(Deny::NoDeadline),
            // A lockfile that does not count breaks nothing.
            Status::Informational => hit.counts && self.settings.denies(Deny::Informational),
            Status::NotShipped | Status::NotBuilt | Status::Waived | Status::NoFix => false,
        }
    }

    fn reasons(&self, hit: &Hit, severity: Option<Severity>, status: Status, running: Option<&Running<'_>>) -> Vec<Reason> {
        let mut reasons = match status {
            Status::Informational => vec![words::informational(hit)],
            Status::NotShipped => vec![words::not_shipped(hit)],
            Status::NotBuilt => vec![Reason::at("cargo builds it for no target and with no feature", &hit.place)],
            Status::NoFix => vec![Reason::at("no fixed version is published", &hit.place)],
            Status::NoDeadline => vec![self.no_deadline(severity)],
            Status::Waived | Status::Due | Status::Overdue => Vec::new(),
        };
        if let Some(running) = running {
            reasons.extend(words::clock(hit, severity, running, self.today));
        }
        if matches!(status, Status::NoFix | Status::NoDeadline | Status::Due | Status::Overdue) {
            reasons.extend(words::asides(hit));
        }
        reasons
    }

    /// Why no window is promised.
    fn no_deadline(&self, severity: Option<Severity>) -> Reason {
        if let Some(place) = &self.policy.excludes_dependencies {
            return Reason::at("the policy leaves dependencies out of its windows", place);
        }
        if !self.settings.windows_cover_dependencies {
            return Reason::new("the settings leave dependencies out of the policy's windows");
        }
        match severity {
            Some(severity) => Reason::new(format!("the policy promises no window for {} ones", severity.word())),
            None if clock::promises_any(self.policy) => Reason::new(
                "its severity is not known, and the windows do not cover every severity; [[severity]] in secpolicy.toml states it",
            ),
            None => Reason::new("the policy promises no window"),
        }
    }
}
