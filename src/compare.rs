//! Only what is new: a report against an earlier one (`--baseline`), or against that of another revision
//! (`--against`). Pure.
//!
//! A clock that ran out since is not new: it reddens the default branch, not an unrelated pull request. The
//! gate must not be loosened unseen by what it gates, so a promise that was dropped, silenced or softened and a waiver
//! that is new or longer are findings, named first (spec: "Exit codes").

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use crate::clock;
use crate::commitment::{Commitment, Strength, Window};
use crate::error::{Error, Result};
use crate::observation::At;
use crate::report::{LedgerKind, LedgerState, Report};
use crate::settings::Deny;
use crate::verdict::{Finding, Outcome, Status, Vulnerability};

/// What an earlier report said, as far as the comparison needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    verdicts: BTreeMap<String, Promise>,
    vulnerabilities: BTreeMap<VulnerabilityKey, bool>,
    failing_findings: BTreeSet<String>,
    waivers: BTreeMap<String, Option<Date>>,
}

/// Advisory (or `yanked`), package, lockfile.
type VulnerabilityKey = (String, String, String);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Promise {
    known_failure: bool,
    strength: Strength,
    window: Option<Window>,
}

impl Earlier {
    /// What this report says.
    pub fn of(report: &Report) -> Self {
        let promise = |outcome: Outcome, fails: bool, commitment: &Commitment| Promise {
            known_failure: fails || outcome == Outcome::Due,
            strength: commitment.strength,
            window: commitment.kind.window(),
        };
        Self {
            verdicts: report
                .verdicts
                .iter()
                .map(|v| (v.commitment.id.clone(), promise(v.judgement.outcome, v.fails, &v.commitment)))
                .collect(),
            vulnerabilities: report.vulnerabilities.iter().map(|v| (key(v), v.status >= Status::NoDeadline)).collect(),
            failing_findings: report.findings.iter().filter(|f| f.fails).map(|f| f.id.clone()).collect(),
            waivers: waivers(report),
        }
    }

    /// What a JSON report says.
    ///
    /// # Errors
    /// [`crate::error::Class::Usage`] where the text is no report of schema version 1.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let wire: Wire = serde_json::from_str(text)
            .map_err(|error| Error::usage(format!("{path} is no report of `cargo secpolicy check --format json`: {error}")))?;
        if wire.schema_version != 1 {
            let version = wire.schema_version;
            return Err(Error::usage(format!("{path} has schema version {version}; this program reads version 1")));
        }
        Ok(wire.into())
    }
}

#[derive(Deserialize)]
struct Wire {
    schema_version: u32,
    verdicts: Vec<WireVerdict>,
    vulnerabilities: Vec<WireVulnerability>,
    findings: Vec<WireFinding>,
    waivers: Vec<WireWaiver>,
}

#[derive(Deserialize)]
struct WireVerdict {
    id: String,
    outcome: String,
    fails: bool,
    commitment: WireCommitment,
}

#[derive(Deserialize)]
struct WireCommitment {
    strength: Strength,
    #[serde(flatten)]
    window: Option<Window>,
}

#[derive(Deserialize)]
struct WireVulnerability {
    advisory: Option<String>,
    package: String,
    lockfile: String,
    status: String,
}

#[derive(Deserialize)]
struct WireFinding {
    id: String,
    fails: bool,
}

#[derive(Deserialize)]
struct WireWaiver {
    #[serde(rename = "type")]
    kind: String,
    matches: Vec<String>,
    until: Option<Date>,
    state: String,
}

impl From<Wire> for Earlier {
    fn from(wire: Wire) -> Self {
        let counts = |status: &str| [Status::NoDeadline, Status::Due, Status::Overdue].iter().any(|s| s.word() == status);
        let verdicts = wire.verdicts.into_iter().map(|v| {
            let known_failure = v.fails || v.outcome == Outcome::Due.word();
            (v.id, Promise { known_failure, strength: v.commitment.strength, window: v.commitment.window })
        });
        let vulnerabilities = wire
            .vulnerabilities
            .into_iter()
            .map(|v| ((v.advisory.unwrap_or_else(|| YANKED.into()), v.package, v.lockfile), counts(&v.status)));
        let waiving = wire.waivers.into_iter().filter(|w| w.state == "active" && (w.kind == "waiver" || w.kind == "ignore"));
        Self {
            verdicts: verdicts.collect(),
            vulnerabilities: vulnerabilities.collect(),
            failing_findings: wire.findings.into_iter().filter(|f| f.fails).map(|f| f.id).collect(),
            waivers: waiving.flat_map(|w| w.matches.into_iter().map(move |subject| (subject, w.until))).collect(),
        }
    }
}

const YANKED: &str = "yanked";

fn key(vulnerability: &Vulnerability) -> VulnerabilityKey {
    let hit = &vulnerability.hit;
    let advisory = hit.advisory.as_ref().map_or_else(|| YANKED.to_owned(), |advisory| advisory.id.clone());
    (advisory, hit.package.clone(), hit.lockfile.clone())
}

/// What is waived, and until when at the latest (`None`: without an end).
fn waivers(report: &Report) -> BTreeMap<String, Option<Date>> {
    let waiving = |kind: LedgerKind| matches!(kind, LedgerKind::Waiver | LedgerKind::Ignore);
    let active = report.waivers.iter().filter(|line| line.state == LedgerState::Active && waiving(line.kind));
    active.flat_map(|line| line.matches.iter().map(|subject| (subject.clone(), line.until))).collect()
}

/// Leaves only what is new failing, and puts what was weakened since in front of the findings.
pub fn only_new(report: &mut Report, earlier: &Earlier) {
    for verdict in &mut report.verdicts {
        verdict.fails &= !earlier.verdicts.get(&verdict.commitment.id).is_some_and(|promise| promise.known_failure);
    }
    for vulnerability in &mut report.vulnerabilities {
        vulnerability.fails &= !earlier.vulnerabilities.get(&key(vulnerability)).copied().unwrap_or(false);
    }
    for finding in &mut report.findings {
        finding.fails &= !earlier.failing_findings.contains(&finding.id);
    }
    let deny = report.asked.deny.iter().any(|what| matches!(what, Deny::Findings | Deny::All));
    let weakened: Vec<_> = weakened(report, earlier).into_iter().map(|finding| Finding { fails: deny, ..finding }).collect();
    report.findings.splice(0..0, weakened);
}

fn weakened(report: &Report, earlier: &Earlier) -> Vec<Finding> {
    let now: BTreeMap<_, _> = report.verdicts.iter().map(|v| (v.commitment.id.as_str(), &v.commitment)).collect();
    let mut findings: Vec<_> = earlier
        .verdicts
        .iter()
        .filter_map(|(id, then)| match now.get(id.as_str()) {
            None => Some(gone(report, id)),
            Some(commitment) => {
                let change = softened(then, commitment)?;
                let text = format!("the promise `{id}` is weaker than before: {change}");
                Some(said("promise-softened", id, text, vec![At::Place(commitment.place.clone())]))
            }
        })
        .collect();
    for (subject, until) in waivers(report) {
        let text = match (earlier.waivers.get(&subject), until) {
            (None, Some(until)) => format!("`{subject}` is newly waived until {until}"),
            (None, None) => format!("`{subject}` is newly waived, without an end"),
            (Some(Some(_)), None) => format!("the waiver of `{subject}` has lost its end"),
            (Some(Some(then)), Some(until)) if until > *then => format!("the waiver of `{subject}` now ends on {until} instead of {then}"),
            (Some(_), _) => continue,
        };
        let places = report.waivers.iter().filter(|line| line.matches.contains(&subject)).map(|line| At::Place(line.place.clone()));
        findings.push(said("waiver-widened", &subject, text, places.collect()));
    }
    findings
}

/// A promise that is made no longer: by an annotation that silences its words, or since they are gone.
fn gone(report: &Report, id: &str) -> Finding {
    let unnumbered = id.split_once('#').map_or(id, |(id, _)| id);
    let places: Vec<_> = report.silenced.iter().filter(|one| one.id == unnumbered).map(|one| At::Place(one.place.clone())).collect();
    if places.is_empty() {
        said("promise-dropped", id, format!("the promise `{id}` is no longer made"), places)
    } else {
        said("promise-silenced", id, format!("the promise `{id}` still stands in the policy, and an annotation now silences it"), places)
    }
}

fn said(kind: &str, subject: &str, text: String, places: Vec<At>) -> Finding {
    Finding { id: format!("{kind}/{subject}"), text, places, fails: false }
}

fn softened(then: &Promise, now: &Commitment) -> Option<String> {
    if then.strength == Strength::Firm && now.strength == Strength::BestEffort {
        return Some("it was firm and is a best effort now".to_owned());
    }
    // Two windows are compared on a calendar: 10 business days are longer than 10 days.
    let length = |window: Window| clock::days_between(YARDSTICK, clock::due(YARDSTICK, window));
    match (then.window, now.kind.window()) {
        (Some(old), Some(new)) if length(new) > length(old) => Some(format!("{old} became {new}")),
        _ => None,
    }
}

/// A Monday on which no month is short.
const YARDSTICK: Date = jiff::civil::date(2024, 7, 1);
