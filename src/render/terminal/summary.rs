//! What the report rests on, and the last line that says the whole in one breath.

use super::page::{Page, Tone, count, short};
use super::quiet::{today, with_location};
use crate::clock::days_between;
use crate::error::{Class, exit};
use crate::observation::advisory::Database;
use crate::observation::git::Git;
use crate::observation::lockfile::Counts;
use crate::observation::workspace::Ships;
use crate::report::Report;
use crate::verdict::{Outcome, Status};

/// How many names a list holds without `-v`.
const SHOWN: usize = 4;

/// What was read, how old it is, and what was left out.
pub(super) fn provenance(page: &mut Page, report: &Report) {
    page.gap();
    for note in &report.notes {
        page.flow(0, 2, usize::MAX, &[(Tone::Name, "note:"), (Tone::Plain, &with_location(note))]);
    }
    if let Some(database) = &report.database {
        for warning in &database.warnings {
            page.flow(0, 2, usize::MAX, &[(Tone::Warn, "warning:"), (Tone::Plain, warning)]);
        }
        if !database.unreadable.is_empty() {
            let paths: Vec<_> = database.unreadable.iter().map(|(path, why)| format!("{path} ({why})")).collect();
            let text = format!("{} could not be read: {}", count(paths.len(), "advisory file"), list(page, &paths));
            page.flow(0, 2, usize::MAX, &[(Tone::Warn, "warning:"), (Tone::Plain, &text)]);
        }
    }
    page.gap();
    let rows = [
        ("policy", Some(policy(report))),
        ("lockfiles", lockfiles(page, report)),
        ("advisories", report.database.as_ref().map(|database| self::database(report, database))),
        ("left out", left_out(page, report)),
        ("git", Some(report.git.as_ref().map_or_else(|| "none".to_owned(), |git| self::git(page, git)))),
    ];
    for (name, text) in rows {
        if let Some(text) = text {
            page.row((Tone::Dim, name), "advisories".len(), usize::MAX, &[(Tone::Dim, &text)]);
        }
    }
}

fn policy(report: &Report) -> String {
    let mut text = report.policy.clone().unwrap_or_else(|| "none found".to_owned());
    text.push_str(&format!(", judged on {}", today(report)));
    if !report.other_policies.is_empty() {
        text.push_str(&format!("; also found and not read: {}", report.other_policies.join(", ")));
    }
    text
}

fn lockfiles(page: &Page, report: &Report) -> Option<String> {
    let mut read = Vec::new();
    let mut out = Vec::new();
    for lockfile in &report.lockfiles {
        match (&lockfile.counts, &lockfile.content) {
            (Counts::Yes, Ok(locked)) => {
                let untracked = if lockfile.tracked == Some(false) { ", untracked" } else { "" };
                read.push(format!("{} ({}{untracked})", lockfile.path, count(locked.packages.len(), "package")));
            }
            (Counts::Yes, Err(why)) => read.push(format!("{} (could not be read: {why})", lockfile.path)),
            (Counts::No(why), _) => out.push(format!("{} ({why})", lockfile.path)),
        }
    }
    let out = if out.is_empty() { String::new() } else { format!("not counted: {}", list(page, &out)) };
    let parts: Vec<_> = [read.join(", "), out].into_iter().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn database(report: &Report, database: &Database) -> String {
    let mut text = format!("{} from {}", database.advisories, database.source);
    if let Some(commit) = &database.commit {
        text.push_str(&format!(" at {}", short(commit)));
    }
    if let Some(updated) = database.updated {
        let day = updated.to_zoned(jiff::tz::TimeZone::UTC).date();
        let age = days_between(day, today(report));
        text.push_str(&format!(", of {day}, {} old", count(age.max(0), "day")));
    }
    text
}

fn left_out(page: &Page, report: &Report) -> Option<String> {
    let left: Vec<_> = report
        .workspace
        .members
        .iter()
        .filter_map(|member| match &member.ships {
            Ships::Yes => None,
            Ships::No(why) => Some(format!("{} ({why})", member.name)),
        })
        .collect();
    (!left.is_empty()).then(|| list(page, &left))
}

fn git(page: &Page, git: &Git) -> String {
    let mut text = git.head.as_deref().map_or_else(|| "no commit yet".to_owned(), |head| format!("at {}", short(head)));
    if !git.incomplete.is_empty() {
        let words: Vec<_> = git.incomplete.iter().map(|what| what.word()).collect();
        text.push_str(&format!(", incomplete: {}", words.join(", ")));
    }
    if !git.modified.is_empty() {
        text.push_str(&format!(", not committed: {}", list(page, &git.modified)));
    }
    text
}

/// The names, the long tail counted.
fn list(page: &Page, names: &[String]) -> String {
    if page.verbose() || names.len() <= SHOWN + 1 {
        return names.join(", ");
    }
    let shown: Vec<_> = names.iter().take(SHOWN).cloned().collect();
    format!("{} and {} more", shown.join(", "), names.len() - SHOWN)
}

/// The whole in one breath. Quiet and nothing failed: nothing.
pub(super) fn last_line(page: &mut Page, report: &Report) {
    let code = report.exit_code();
    if code == exit::OK && page.style().verbosity == super::Verbosity::Quiet {
        return;
    }
    let mut parts: Vec<String> = Vec::new();
    let has = |class: Class| report.errors.iter().any(|error| error.class == class);
    if has(Class::Usage) || has(Class::Unreadable) {
        parts.push("not all could be judged".to_owned());
    }
    if report.policy.is_none() {
        parts.push("no policy to judge".to_owned());
    }
    parts.extend([promises(report), vulnerabilities(report), findings(report)].into_iter().filter(|part| !part.is_empty()));
    page.gap();
    if code == exit::FAILED && page.style().verbosity > super::Verbosity::Quiet {
        let next = "mend what stands first, correct the policy, or write a [[waiver]] with a reason and an end in secpolicy.toml";
        page.flow(0, 2, usize::MAX, &[(Tone::Name, "help:"), (Tone::Plain, next)]);
        page.gap();
    }
    let tone = if code == exit::OK { Tone::Good } else { Tone::Fail };
    page.flow(0, 2, usize::MAX, &[(tone, &parts.join("; "))]);
}

fn promises(report: &Report) -> String {
    if report.verdicts.is_empty() && report.policy.is_some() {
        return "no promise was found in the policy".to_owned();
    }
    let mut parts = Vec::new();
    for outcome in Outcome::ALL {
        let n = report.count(outcome);
        if n == 0 {
            continue;
        }
        let promises = if n == 1 { "promise " } else { "promises " };
        let of = |word: &str| format!("{n} {}{word}", if parts.is_empty() { promises } else { "" });
        let part = match outcome {
            Outcome::Broken => of("broken") + &set_aside(report),
            Outcome::Placeholder => of("never filled in"),
            Outcome::Missed => of("missed"),
            Outcome::Due => of(&format!("due{}", soonest(report))),
            Outcome::Unproven => of("not decidable here"),
            Outcome::Manual => of("for people to say"),
            Outcome::SignedOff => of("signed off"),
            Outcome::Kept => of("kept"),
        };
        parts.push(part);
    }
    parts.join(", ")
}

/// How many broken promises do not fail the run, by a waiver or since they are not new.
fn set_aside(report: &Report) -> String {
    match report.verdicts.iter().filter(|verdict| verdict.judgement.outcome == Outcome::Broken && !verdict.fails).count() {
        0 => String::new(),
        n if n == report.count(Outcome::Broken) => " (set aside)".to_owned(),
        n => format!(" ({n} of them set aside)"),
    }
}

fn soonest(report: &Report) -> String {
    let due = report.verdicts.iter().filter(|verdict| verdict.judgement.outcome == Outcome::Due);
    let Some(day) = due.filter_map(|verdict| verdict.judgement.due).min() else { return String::new() };
    match days_between(today(report), day) {
        0 => " today".to_owned(),
        days if days > 0 => format!(" in {}", count(days, "day")),
        _ => String::new(),
    }
}

fn vulnerabilities(report: &Report) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (status, word) in [
        (Status::Overdue, "overdue"),
        (Status::Due, "due"),
        (Status::NoDeadline, "with no window promised"),
        (Status::NoFix, "without a fix"),
        (Status::Waived, "waived"),
    ] {
        let n = report.vulnerabilities.iter().filter(|v| v.status == status).count();
        let noun = if n == 1 { "vulnerability" } else { "vulnerabilities" };
        if n > 0 && parts.is_empty() {
            parts.push(format!("{n} {noun} {word}"));
        } else if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    }
    if parts.is_empty() && all_read(report) { "no open vulnerability".to_owned() } else { parts.join(", ") }
}

/// Whether there was something to look through, and all of it was.
fn all_read(report: &Report) -> bool {
    let mut counting = report.lockfiles.iter().filter(|lockfile| lockfile.counts == Counts::Yes).peekable();
    report.database.is_some() && counting.peek().is_some() && counting.all(|lockfile| lockfile.content.is_ok())
}

fn findings(report: &Report) -> String {
    match report.findings.iter().filter(|finding| finding.fails).count() {
        0 => String::new(),
        1 => "1 finding that fails".to_owned(),
        n => format!("{n} findings that fail"),
    }
}
