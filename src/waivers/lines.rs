//! What has become of every waiver, sign-off, stated severity and ignore, and what is to be said of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{ignores, in_effect, waives};
use crate::observation::At;
use crate::observation::ignore::Ignore;
use crate::report::{LedgerKind, LedgerLine, LedgerState};
use crate::settings::{Settings, SignOff, StatedSeverity, Waiver, WaiverSubject};
use crate::verdict::{Finding, Outcome, Verdict, Vulnerability};

/// What the ledger is held against.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The settled verdicts.
    pub verdicts: &'a [Verdict],
    /// The vulnerabilities.
    pub vulnerabilities: &'a [Vulnerability],
    /// Whether every lockfile and the database were read: else nothing is said to be unused.
    pub complete: bool,
    /// The ids of the advisories that the database holds: of one that it lacks, nothing can be said.
    pub known: &'a BTreeSet<String>,
    /// The day of judgement.
    pub today: Date,
}

impl Against<'_> {
    /// Whether the database could hold what the subject names: anything but an advisory that is newer than it.
    fn knows(&self, subject: &str) -> bool {
        !subject.starts_with("RUSTSEC-") || self.known.contains(subject)
    }
}

/// Every line of the ledger, sorted by place, and the findings that they give, sorted by id.
///
/// An expired waiver that still matches something fails the run; unused, inert, open-ended and reasonless
/// entries are said (spec: "Findings").
pub fn lines(settings: &Settings, ignored: &[Ignore], against: Against<'_>) -> (Vec<LedgerLine>, Vec<Finding>) {
    let mut lines: Vec<LedgerLine> = Vec::new();
    lines.extend(settings.waivers.iter().map(|waiver| of_waiver(waiver, against)));
    lines.extend(settings.sign_offs.iter().map(|sign_off| of_sign_off(sign_off, against)));
    lines.extend(settings.severities.iter().map(|severity| of_severity(severity, against)));
    lines.extend(ignored.iter().map(|ignore| of_ignore(ignore, against)));
    lines.sort_by(|a, b| a.place.cmp(&b.place));
    let findings = findings(&lines, ignored);
    (lines, findings)
}

fn state(matches: &[String], expired: bool, complete: bool) -> LedgerState {
    if expired {
        LedgerState::Expired
    } else if matches.is_empty() && complete {
        LedgerState::Unused
    } else {
        LedgerState::Active
    }
}

fn of_waiver(waiver: &Waiver, against: Against<'_>) -> LedgerLine {
    let matches = match &waiver.subject {
        WaiverSubject::Advisory { .. } => vulnerabilities(against, |v| waives(waiver, &ids(v), &v.hit.package)),
        WaiverSubject::Verdict(id) => verdicts(against, id, |outcome| !matches!(outcome, Outcome::Kept | Outcome::SignedOff)),
    };
    let complete = match &waiver.subject {
        WaiverSubject::Advisory { id, .. } => against.complete && against.knows(id),
        WaiverSubject::Verdict(_) => against.complete,
    };
    let state = state(&matches, against.today > waiver.until, complete);
    let (reason, until) = (Some(waiver.reason.clone()), Some(waiver.until));
    LedgerLine { place: waiver.place.clone(), kind: LedgerKind::Waiver, matches, reason, until, state }
}

fn of_sign_off(sign_off: &SignOff, against: Against<'_>) -> LedgerLine {
    let matches =
        verdicts(against, &sign_off.commitment, |outcome| matches!(outcome, Outcome::SignedOff | Outcome::Manual | Outcome::Unproven));
    let state = state(&matches, against.today > sign_off.until, against.complete);
    let (reason, until) = (Some(sign_off.by.clone()), Some(sign_off.until));
    LedgerLine { place: sign_off.place.clone(), kind: LedgerKind::SignOff, matches, reason, until, state }
}

fn of_severity(stated: &StatedSeverity, against: Against<'_>) -> LedgerLine {
    let matches = vulnerabilities(against, |v| ids(v).iter().any(|id| id.eq_ignore_ascii_case(&stated.advisory)));
    let state = state(&matches, false, against.complete);
    let reason = Some(stated.reason.clone());
    LedgerLine { place: stated.place.clone(), kind: LedgerKind::Severity, matches, reason, until: None, state }
}

fn of_ignore(ignore: &Ignore, against: Against<'_>) -> LedgerLine {
    let matches = vulnerabilities(against, |v| ignores(ignore, &ids(v), &v.hit.package, &v.hit.version));
    let expired = ignore.inert.is_none() && !in_effect(ignore, against.today);
    let complete = against.complete && against.knows(&ignore.subject);
    let state = if ignore.inert.is_some() { LedgerState::Inert } else { state(&matches, expired, complete) };
    let (reason, until) = (ignore.reason.clone(), ignore.until);
    LedgerLine { place: ignore.place.clone(), kind: LedgerKind::Ignore, matches, reason, until, state }
}

/// The advisory's id and aliases.
pub(crate) fn ids(vulnerability: &Vulnerability) -> Vec<&str> {
    let advisory = vulnerability.hit.advisory.iter();
    advisory.flat_map(|a| std::iter::once(a.id.as_str()).chain(a.aliases.iter().map(String::as_str))).collect()
}

fn vulnerabilities(against: Against<'_>, covers: impl Fn(&Vulnerability) -> bool) -> Vec<String> {
    let covered = against.vulnerabilities.iter().filter(|v| covers(v));
    let mut names: Vec<_> = covered.map(|v| v.hit.advisory.as_ref().map_or_else(|| v.hit.package.clone(), |a| a.id.clone())).collect();
    names.sort();
    names.dedup();
    names
}

fn verdicts(against: Against<'_>, id: &str, wants: impl Fn(Outcome) -> bool) -> Vec<String> {
    let named = against.verdicts.iter().filter(|v| v.commitment.id == id && wants(v.judgement.outcome));
    named.map(|v| v.commitment.id.clone()).collect()
}

/// What is said of one class of entries; the entries of one file are one finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Expired,
    ExpiredAndMatching,
    Unused,
    Inert,
    NoReason,
    OpenEnded,
}

impl Class {
    /// The adjective of the finding's id.
    const fn word(self) -> &'static str {
        match self {
            Self::Expired | Self::ExpiredAndMatching => "expired",
            Self::Unused => "unused",
            Self::Inert => "inert",
            Self::NoReason => "reasonless",
            Self::OpenEnded => "open-ended",
        }
    }

    fn text(self, file: &str, subjects: &str) -> String {
        match self {
            Self::Expired => format!("{file} names {subjects}, which has expired and matches nothing any more; delete it"),
            Self::ExpiredAndMatching => {
                format!(
                    "{file} covers {subjects} no more: the entry has expired while it still matches; mend what it covers, or renew it with its reason"
                )
            }
            Self::Unused => {
                format!("nothing here matches {subjects} in {file}; with an up-to-date database, delete what is not needed")
            }
            Self::Inert => format!("{file} is read by no tool, so it silences nothing: {subjects}"),
            Self::NoReason => {
                format!("{file} silences {subjects} without saying why; give a reason, or write a [[waiver]] with a reason and an end")
            }
            Self::OpenEnded => format!("{file} silences {subjects} with no end in sight; write a [[waiver]] with an end instead"),
        }
    }
}

fn class_of(line: &LedgerLine) -> Option<Class> {
    let ours = line.kind != LedgerKind::Ignore;
    let silences = !ours && !line.matches.is_empty();
    let reasonless = line.reason.as_ref().is_none_or(|reason| reason.trim().is_empty());
    match line.state {
        LedgerState::Expired if line.matches.is_empty() => Some(Class::Expired),
        LedgerState::Expired => Some(Class::ExpiredAndMatching),
        LedgerState::Unused => Some(Class::Unused),
        LedgerState::Inert => Some(Class::Inert),
        LedgerState::Active if silences && reasonless => Some(Class::NoReason),
        LedgerState::Active if silences && line.until.is_none() => Some(Class::OpenEnded),
        LedgerState::Active => None,
    }
}

fn findings(lines: &[LedgerLine], ignored: &[Ignore]) -> Vec<Finding> {
    let mut classes: BTreeMap<(Class, &'static str, String), Vec<&LedgerLine>> = BTreeMap::new();
    for line in lines {
        if let Some(class) = class_of(line) {
            classes.entry((class, noun(line.kind), line.place.path().to_owned())).or_default().push(line);
        }
    }
    let mut findings: Vec<_> = classes
        .into_iter()
        .map(|((class, noun, file), lines)| {
            let mut subjects: Vec<_> = lines.iter().map(|line| subject(line, ignored)).collect();
            subjects.sort();
            subjects.dedup();
            let inert = ignored.iter().find(|i| i.place.path() == file).and_then(|i| i.inert.clone());
            let text = match (class, inert) {
                (Class::Inert, Some(why)) => format!("{why}, so it silences nothing: {}", subjects.join(", ")),
                (class, _) => class.text(&file, &subjects.join(", ")),
            };
            let mut places: Vec<_> = lines.iter().map(|line| At::Place(line.place.clone())).collect();
            places.dedup_by_key(|at| match at {
                At::Place(place) => Some(place.line()),
                At::Path(_) | At::Commit(_) => None,
            });
            // An expired waiver fails while it matches; a sign-off or an ignore past its end has already
            // stopped covering anything, and its subject speaks for itself.
            let fails = class == Class::ExpiredAndMatching && noun == "waiver";
            Finding { id: format!("{}-{noun}/{file}", class.word()), text, places, fails }
        })
        .collect();
    findings.sort();
    findings
}

const fn noun(kind: LedgerKind) -> &'static str {
    match kind {
        LedgerKind::Waiver => "waiver",
        LedgerKind::SignOff => "sign-off",
        LedgerKind::Severity => "severity",
        LedgerKind::Ignore => "ignore",
    }
}

fn subject(line: &LedgerLine, ignored: &[Ignore]) -> String {
    let written = ignored.iter().find(|ignore| line.kind == LedgerKind::Ignore && ignore.place == line.place);
    match written {
        Some(ignore) => ignore.subject.clone(),
        None if line.matches.is_empty() => format!("the entry on line {}", line.place.line()),
        None => line.matches.join(", "),
    }
}
