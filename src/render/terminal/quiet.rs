//! What does not fail: one line each, long lists folded.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::page::{Page, Run, Tone, count, location};
use crate::clock::days_between;
use crate::commitment::{Commitment, Kind};
use crate::observation::{At, Reason};
use crate::report::Report;
use crate::verdict::{Outcome, Verdict};

/// How many lines of a section are shown without `-v`.
const SHOWN: usize = 8;

/// The day of the report, UTC.
pub(super) fn today(report: &Report) -> Date {
    report.as_of.to_zoned(TimeZone::UTC).date()
}

/// How far away the day is, in words.
pub(super) fn left(today: Date, due: Date) -> String {
    match days_between(today, due) {
        0 => "the last day is today".to_owned(),
        days if days > 0 => format!("{} left", count(days, "day")),
        days => format!("{} past", count(-days, "day")),
    }
}

/// Promised windows that are running, the soonest first.
pub(super) fn due(page: &mut Page, report: &Report) {
    let mut due = quiet(report, &[Outcome::Due]);
    due.sort_by_key(|verdict| verdict.judgement.due);
    section(page, "running out", Tone::Warn, &due, |page, width, verdict| {
        let when = verdict.judgement.due.map(|day| format!("{day}, {}:", left(today(report), day))).unwrap_or_default();
        entry(page, width, verdict, &[(Tone::Warn, &when), (Tone::Plain, text(verdict))]);
    });
}

/// All other verdicts that do not fail.
pub(super) fn verdicts(page: &mut Page, report: &Report) {
    let aside = quiet(report, &[Outcome::Broken, Outcome::Placeholder]);
    section(page, "not held, and not failing this run", Tone::Name, &aside, |page, width, verdict| {
        let why = verdict.waiver.as_ref().map_or_else(
            || "not new since the report or revision compared with".to_owned(),
            |waiver| match waiver.until {
                Some(until) => format!("waived until {until}: {}", waiver.reason),
                None => format!("waived without an end: {}", waiver.reason),
            },
        );
        entry(page, width, verdict, &[(Tone::Plain, text(verdict)), (Tone::Dim, &format!("({why})"))]);
    });
    section(page, "aimed at, and not reached", Tone::Name, &quiet(report, &[Outcome::Missed]), reason_entry);
    section(page, "the repository cannot decide", Tone::Name, &quiet(report, &[Outcome::Unproven]), reason_entry);
    section(page, "kept", Tone::Good, &kept(page, report), |page, width, verdict| {
        let judgement = &verdict.judgement;
        let beside = match (judgement.warnings.is_empty(), judgement.tested) {
            (false, _) => "(see the warning above)",
            (true, 0) if !text(verdict).contains("not tested") => "(not tested yet)",
            (true, _) => "",
        };
        let at = judgement.reasons.first().and_then(|reason| beside_the_words(reason, verdict)).map(|at| format!("({at})"));
        entry(page, width, verdict, &[(Tone::Plain, text(verdict)), (Tone::Dim, beside), (Tone::Dim, at.as_deref().unwrap_or(""))]);
        notes(page, verdict);
    });
    section(page, "signed off", Tone::Name, &quiet(report, &[Outcome::SignedOff]), |page, width, verdict| {
        let by = verdict.waiver.as_ref().map(|waiver| waiver.reason.clone()).unwrap_or_default();
        entry(page, width, verdict, &[(Tone::Plain, &by)]);
    });
    manual(page, &quiet(report, &[Outcome::Manual]));
}

/// What is worth a look and is no verdict.
pub(super) fn findings(page: &mut Page, report: &Report) {
    let findings: Vec<_> = report.findings.iter().filter(|finding| !finding.fails).collect();
    if findings.is_empty() && report.hints.is_empty() {
        return;
    }
    page.heading(&[(Tone::Name, "worth a look")]);
    let shown = shown(page, findings.len());
    for finding in findings.iter().take(shown) {
        // What it is about stands in the sentence; the part of the id that says what it is will do.
        let name = format!("{}:", finding.id.split('/').next().unwrap_or_default());
        page.flow(2, 6, usize::MAX, &[(Tone::Name, &name), (Tone::Plain, &finding.text), (Tone::Dim, &places(&finding.places))]);
    }
    more(page, findings.len() - shown);
    for hint in &report.hints {
        super::policy::hint(page, hint);
    }
}

/// What only people can say: one line, opened by `-v`.
fn manual(page: &mut Page, manual: &[&Verdict]) {
    if page.verbose() {
        section(page, "for people to say (a [[sign-off]] in secpolicy.toml settles one)", Tone::Name, manual, |page, width, verdict| {
            // The first reason is that only people can say, which the heading does; what the repository shows comes after it.
            let shown: Vec<_> = verdict.judgement.reasons.iter().skip(1).map(with_location).collect();
            entry(page, width, verdict, &[(Tone::Plain, &shown.join("; ")), (Tone::Dim, &format!("({})", verdict.commitment.words))]);
        });
    } else if !manual.is_empty() {
        let ids: Vec<_> = manual.iter().map(|verdict| verdict.commitment.id.clone()).collect();
        page.names("for people to say:", 1, &ids);
    }
}

/// Kept promises. A well-formed address is silent: its form is all that was looked at.
fn kept<'a>(page: &Page, report: &'a Report) -> Vec<&'a Verdict> {
    let silent = |verdict: &&Verdict| {
        matches!(verdict.commitment.kind, Kind::ReportingChannel { .. })
            && verdict.judgement.tested == 0
            && verdict.judgement.warnings.is_empty()
    };
    let mut kept = quiet(report, &[Outcome::Kept]);
    if !page.verbose() {
        kept.retain(|verdict| !silent(verdict));
    }
    kept
}

/// The verdicts of these outcomes that do not fail the run.
fn quiet<'a>(report: &'a Report, outcomes: &[Outcome]) -> Vec<&'a Verdict> {
    report.verdicts.iter().filter(|verdict| !verdict.fails && outcomes.contains(&verdict.judgement.outcome)).collect()
}

fn section(page: &mut Page, title: &str, tone: Tone, verdicts: &[&Verdict], mut each: impl FnMut(&mut Page, usize, &Verdict)) {
    if verdicts.is_empty() {
        return;
    }
    page.heading(&[(tone, title)]);
    let shown = shown(page, verdicts.len());
    let width = verdicts.iter().take(shown).map(|verdict| promised_at(&verdict.commitment).len()).max().unwrap_or(0);
    for verdict in verdicts.iter().take(shown) {
        each(page, width, verdict);
    }
    more(page, verdicts.len() - shown);
}

/// How many of `all` are shown: one more than the limit is shown too, where a line saying so would be no shorter.
fn shown(page: &Page, all: usize) -> usize {
    if page.verbose() || all <= SHOWN + 1 { all } else { SHOWN }
}

fn more(page: &mut Page, more: usize) {
    if more > 0 {
        page.flow(2, 4, 1, &[(Tone::Dim, &format!("and {more} more, shown with -v"))]);
    }
}

/// `SECURITY.md:40  tool/cargo-audit: …`, the second column `width` after the first.
fn entry(page: &mut Page, width: usize, verdict: &Verdict, runs: &[Run<'_>]) {
    let id = format!("{}:", verdict.commitment.id);
    let mut all = vec![(Tone::Name, id.as_str())];
    all.extend(runs);
    page.row((Tone::Dim, &promised_at(&verdict.commitment)), width, usize::MAX, &all);
}

/// Where the promise is made.
pub(super) fn promised_at(commitment: &Commitment) -> String {
    format!("{}:{}", commitment.place.path(), commitment.place.line())
}

fn reason_entry(page: &mut Page, width: usize, verdict: &Verdict) {
    let reasons = verdict.judgement.reasons.iter().take(if page.verbose() { usize::MAX } else { 1 });
    let said = |reason: &Reason| match beside_the_words(reason, verdict) {
        Some(at) => format!("{} ({at})", reason.text),
        None => reason.text.clone(),
    };
    let mut texts: Vec<String> = Vec::new();
    for text in reasons.map(said) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    entry(page, width, verdict, &[(Tone::Plain, &texts.join("; "))]);
    notes(page, verdict);
}

/// With `-v`, the notes of a verdict; what a reason or an earlier note says is not said again.
fn notes(page: &mut Page, verdict: &Verdict) {
    let mut said: Vec<&str> = verdict.judgement.reasons.iter().map(|reason| reason.text.as_str()).collect();
    let shown = if page.verbose() { verdict.judgement.notes.as_slice() } else { &[] };
    for note in shown {
        if !said.contains(&note.text.as_str()) {
            said.push(&note.text);
            page.flow(6, 8, usize::MAX, &[(Tone::Dim, "note:"), (Tone::Plain, &with_location(note))]);
        }
    }
}

/// The weightiest reason.
fn text(verdict: &Verdict) -> &str {
    verdict.judgement.reasons.first().map_or("", |reason| reason.text.as_str())
}

/// Where a reason can be checked, unless the row says it already.
fn beside_the_words(reason: &Reason, verdict: &Verdict) -> Option<String> {
    said_nowhere(reason).filter(|at| *at != promised_at(&verdict.commitment))
}

/// Where a reason can be checked, unless its own words name that file, or the tag of that commit.
fn said_nowhere(reason: &Reason) -> Option<String> {
    let at = reason.at.as_ref()?;
    let said = match at {
        At::Commit(_) => reason.text.contains("(tag "),
        At::Path(path) => reason.text.contains(path.as_str()),
        At::Place(_) => false,
    };
    (!said).then(|| location(at))
}

/// The sentence, and in brackets where it can be checked.
pub(super) fn with_location(reason: &Reason) -> String {
    said_nowhere(reason).map_or_else(|| reason.text.clone(), |at| format!("{} ({at})", reason.text))
}

/// `(a:1, b:2)`, each once, or nothing.
pub(super) fn places(places: &[At]) -> String {
    let mut said: Vec<_> = places.iter().map(location).collect();
    said.dedup();
    if said.is_empty() { String::new() } else { format!("({})", said.join(", ")) }
}
