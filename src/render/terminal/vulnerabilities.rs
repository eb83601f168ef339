//! Vulnerabilities, grouped by package: the path to it, the fix, the days left.

use std::collections::BTreeMap;

use super::diagnostic::Diagnostic;
use super::page::{Page, Run, Tone, count, location};
use super::quiet::{left, promised_at, today, with_location};
use crate::clock::days_between;
use crate::commitment::{Kind, SeverityClass};
use crate::observation::advisory::{AdvisoryKind, Built, Fix};
use crate::observation::{At, Reason};
use crate::report::Report;
use crate::verdict::{Status, Verdict, Vulnerability};

/// How many packages are shown without `-v`.
const SHOWN: usize = 6;

/// Those that fail the run: under the promise whose window they are past, else by themselves.
pub(super) fn failing(page: &mut Page, report: &Report) {
    let promised = |verdict: &&Verdict| !past(report, verdict).is_empty();
    for verdict in report.verdicts.iter().filter(promised) {
        let late = past(report, verdict);
        let packages = by_package(&late).len();
        let are = if packages == 1 { "is" } else { "are" };
        let window = window(verdict).unwrap_or_default();
        let counted = format!("{} {are} past the {window}", count(packages, "package"));
        let reason = verdict.judgement.reasons.first().filter(|_| verdict.fails);
        let level = if verdict.fails { verdict.judgement.outcome.word() } else { Status::Overdue.word() };
        let mut diagnostic = Diagnostic::new(level, Tone::Fail, &verdict.commitment.id, reason.map_or(&counted, |reason| &reason.text));
        diagnostic.promise(&verdict.commitment);
        // The packages are listed below; what else the promise was late with is said here.
        let listed = |at: &At| late.iter().any(|v| *at == At::Place(v.hit.place.clone()));
        for other in verdict.judgement.reasons.iter().skip(1).filter(|_| verdict.fails) {
            if !other.at.as_ref().is_some_and(listed) {
                diagnostic.seen(other, Some(&other.text));
            }
        }
        for note in &verdict.judgement.notes {
            diagnostic.note(with_location(note));
        }
        diagnostic.write(page);
        self::packages(page, report, &late, usize::MAX);
    }
    let charged = |v: &&Vulnerability| report.verdicts.iter().any(|verdict| is_past(v, verdict));
    let rest: Vec<_> = report.vulnerabilities.iter().filter(|v| v.fails && !charged(v)).collect();
    if !rest.is_empty() {
        page.heading(&[(Tone::Fail, "vulnerabilities that fail this run")]);
        packages(page, report, &rest, usize::MAX);
    }
}

/// The vulnerabilities that fail the run because they are past the window of this promise.
pub(super) fn past<'a>(report: &'a Report, verdict: &Verdict) -> Vec<&'a Vulnerability> {
    report.vulnerabilities.iter().filter(|v| is_past(v, verdict)).collect()
}

fn is_past(vulnerability: &Vulnerability, verdict: &Verdict) -> bool {
    vulnerability.fails && vulnerability.status == Status::Overdue && vulnerability.charged_to.as_ref() == Some(&verdict.commitment.id)
}

/// Those that do not: what has a clock or wants one by package, the rest folded.
pub(super) fn others(page: &mut Page, report: &Report) {
    let of = |statuses: &[Status]| -> Vec<&Vulnerability> {
        report.vulnerabilities.iter().filter(|v| !v.fails && statuses.contains(&v.status)).collect()
    };
    let open = of(&[Status::Due, Status::Overdue, Status::NoDeadline, Status::NoFix]);
    if !open.is_empty() {
        page.heading(&[(Tone::Name, "vulnerabilities")]);
        packages(page, report, &open, if page.verbose() { usize::MAX } else { SHOWN });
    }
    let folded = [
        (Status::Waived, "waived"),
        (Status::NotBuilt, "locked, but never built"),
        (Status::NotShipped, "not in what ships"),
        (Status::Informational, "informational"),
    ];
    for (status, title) in folded {
        let these = of(&[status]);
        if these.is_empty() {
            continue;
        }
        if page.verbose() {
            page.heading(&[(Tone::Name, title)]);
            packages(page, report, &these, usize::MAX);
        } else {
            fold(page, title, &these);
        }
    }
}

/// One line for many.
fn fold(page: &mut Page, title: &str, these: &[&Vulnerability]) {
    let mut names: Vec<String> = Vec::new();
    for group in by_package(these) {
        let Some(first) = group.first() else { continue };
        let kind = first.hit.kind.word();
        let said = if kind == "vulnerability" { ids(&group) } else { kind.to_owned() };
        let name = format!("{} {} ({said})", first.hit.package, first.hit.version);
        // The same package in two lockfiles is one name.
        if !names.contains(&name) {
            names.push(name);
        }
    }
    page.names(&format!("{title}:"), 2, &names);
}

fn ids(group: &[&Vulnerability]) -> String {
    let ids: Vec<_> = group.iter().filter_map(|v| v.hit.advisory.as_deref()).map(|advisory| advisory.id.as_str()).collect();
    ids.join(", ")
}

/// The groups of one lockfile, package and version, the worst status first.
fn by_package<'a>(these: &[&'a Vulnerability]) -> Vec<Vec<&'a Vulnerability>> {
    let mut groups: Vec<Vec<&Vulnerability>> = Vec::new();
    for vulnerability in these {
        let key = |v: &Vulnerability| (v.hit.lockfile.clone(), v.hit.package.clone(), v.hit.version.clone());
        let same = |group: &&mut Vec<&Vulnerability>| group.first().is_some_and(|first| key(first) == key(vulnerability));
        match groups.iter_mut().find(same) {
            Some(group) => group.push(vulnerability),
            None => groups.push(vec![vulnerability]),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.iter().map(|v| v.status).max()));
    groups
}

fn packages(page: &mut Page, report: &Report, these: &[&Vulnerability], limit: usize) {
    let groups = by_package(these);
    let shared = shared(these);
    for group in groups.iter().take(limit) {
        package(page, report, group, &shared);
    }
    if page.verbose() {
        for (text, number) in &shared {
            let of = if *number == these.len() { "all".to_owned() } else { number.to_string() };
            page.flow(2, 4, usize::MAX, &[(Tone::Name, "note:"), (Tone::Plain, &format!("of {of} of these: {text}"))]);
        }
    }
    if groups.len() > limit {
        page.flow(2, 4, 1, &[(Tone::Dim, &format!("and {} more, shown with -v", count(groups.len() - limit, "package")))]);
    }
}

/// What is said of more than one of these and of no place, with how often: it is said once, under them.
fn shared<'a>(these: &[&'a Vulnerability]) -> BTreeMap<&'a str, usize> {
    let mut said = BTreeMap::new();
    for reason in these.iter().flat_map(|vulnerability| &vulnerability.reasons).filter(|reason| reason.at.is_none()) {
        *said.entry(reason.text.as_str()).or_default() += 1;
    }
    said.retain(|_, number| *number > 1);
    said
}

fn package(page: &mut Page, report: &Report, group: &[&Vulnerability], shared: &BTreeMap<&str, usize>) {
    let Some(first) = group.first() else { return };
    let hit = &first.hit;
    let name = format!("{} {}", hit.package, hit.version);
    let place = format!("{}:{}", hit.place.path(), hit.place.line());
    let path = hit.paths.iter().min_by_key(|path| path.len()).map(|path| path.join(page.arrow())).unwrap_or_default();
    let more = match hit.paths.len() {
        0 | 1 => String::new(),
        n => format!(", and from {}", count(n - 1, "more member")),
    };
    let place = format!("{} {place}", page.dot());
    page.row((Tone::Name, &name), name.chars().count(), usize::MAX, &[(Tone::Plain, &(path + &more)), (Tone::Dim, &place)]);
    for vulnerability in group {
        advisory(page, report, vulnerability, shared);
    }
    if let Some(fix) = fix(group) {
        page.flow(4, 8, usize::MAX, &[(Tone::Good, "fix:"), (Tone::Plain, &fix)]);
    }
}

fn advisory(page: &mut Page, report: &Report, vulnerability: &Vulnerability, shared: &BTreeMap<&str, usize>) {
    let hit = &vulnerability.hit;
    let id = hit.advisory.as_deref().map_or("yanked", |advisory| advisory.id.as_str());
    let severity = match (hit.kind.word(), vulnerability.severity) {
        ("vulnerability", Some(severity)) => severity.word(),
        ("vulnerability", None) => "unknown severity",
        ("yanked", _) => "",
        (kind, _) => kind,
    };
    let title = hit.advisory.as_deref().map_or("withdrawn from the registry", |advisory| advisory.title.as_str());
    let (tone, status) = status(report, vulnerability);
    let targets = targets(&hit.built);
    let said: Vec<&str> = [severity, &targets, title].into_iter().filter(|part| !part.is_empty()).collect();
    let said = said.join(&format!(" {} ", page.dot()));
    let separator = if status.is_empty() { "" } else { page.dot() };
    let runs: [Run<'_>; 4] = [(Tone::Name, id), (tone, &status), (Tone::Dim, separator), (Tone::Plain, &said)];
    page.flow(4, 8, if page.verbose() { usize::MAX } else { 1 }, &runs);
    // Of an advisory that is no vulnerability, its kind says it all.
    let is_vulnerability = hit.kind == AdvisoryKind::Vulnerability;
    if is_vulnerability && (vulnerability.fails || page.verbose()) {
        let how =
            if page.verbose() { how(report, vulnerability, usize::MAX, shared) } else { how(report, vulnerability, 1, &BTreeMap::new()) };
        if !how.is_empty() {
            page.flow(8, 10, usize::MAX, &[(Tone::Dim, &how)]);
        }
    }
}

/// `counted from 2026-01-01 (SECURITY.md:31): how the day came about`, in so many sentences.
fn how(report: &Report, vulnerability: &Vulnerability, sentences: usize, shared: &BTreeMap<&str, usize>) -> String {
    let promise = vulnerability.charged_to.as_ref().and_then(|id| report.verdicts.iter().find(|verdict| verdict.commitment.id == *id));
    let promise = promise.map(|verdict| promised_at(&verdict.commitment));
    let said = |reason: &Reason| match &reason.at {
        Some(at) if promise == Some(location(at)) || *at == At::Place(vulnerability.hit.place.clone()) => reason.text.clone(),
        Some(_) | None => with_location(reason),
    };
    let own = vulnerability.reasons.iter().filter(|reason| reason.at.is_some() || !shared.contains_key(reason.text.as_str()));
    let reasons: Vec<_> = own.take(sentences).map(said).collect();
    let promise = promise.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
    let since = vulnerability.clock_started.map(|day| format!("counted from {day}{promise}"));
    let parts = [since.unwrap_or_default(), reasons.join("; ")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

fn targets(built: &Built) -> String {
    match built {
        Built::OtherTargets(targets) => format!("built on {targets} alone"),
        Built::Yes | Built::Never | Built::Unknown(_) => String::new(),
    }
}

fn status(report: &Report, vulnerability: &Vulnerability) -> (Tone, String) {
    let today = today(report);
    let day = vulnerability.due;
    match vulnerability.status {
        Status::Overdue => {
            let days = day
                .map(|day| format!("{} overdue since {day}", count(days_between(day, today), "day")))
                .unwrap_or_else(|| "overdue".to_owned());
            (Tone::Fail, days)
        }
        Status::Due => {
            let Some(day) = day else { return (Tone::Warn, "due".to_owned()) };
            let earliest = vulnerability.at_the_earliest.as_ref().map(|why| format!(" at the earliest: {why}")).unwrap_or_default();
            (Tone::Warn, format!("due {day}{earliest}, {}", left(today, day)))
        }
        Status::NoDeadline => (Tone::Plain, "no window is promised for it".to_owned()),
        Status::NoFix => (Tone::Plain, "no fixed version is published".to_owned()),
        Status::Waived => {
            let until = vulnerability.waiver.as_ref().map(|waiver| match waiver.until {
                Some(until) => format!("waived until {until} ({}:{})", waiver.place.path(), waiver.place.line()),
                None => format!("waived without an end ({}:{})", waiver.place.path(), waiver.place.line()),
            });
            (Tone::Plain, until.unwrap_or_else(|| "waived".to_owned()))
        }
        Status::NotShipped => (Tone::Plain, "nothing that ships reaches it".to_owned()),
        Status::NotBuilt => (Tone::Plain, "cargo never builds it".to_owned()),
        Status::Informational => (Tone::Plain, String::new()),
    }
}

/// `14 days promised for critical vulnerabilities`
fn window(verdict: &Verdict) -> Option<String> {
    let Kind::PatchDeadline { severity, window, .. } = &verdict.commitment.kind else { return None };
    let which = if *severity == SeverityClass::Any { String::new() } else { format!("{severity} ") };
    Some(format!("{window} promised for {which}vulnerabilities"))
}

/// What fixes all of the group: the highest of the lowest fixed versions, where each is known.
fn fix(group: &[&Vulnerability]) -> Option<String> {
    let mut highest: Option<(Option<semver::Version>, String)> = None;
    for vulnerability in group {
        let Fix::Version { version, published } = &vulnerability.hit.fix else { continue };
        let said = published.map_or_else(|| version.clone(), |day| format!("{version} (published {day})"));
        let parsed = semver::Version::parse(version).ok();
        if highest.as_ref().is_none_or(|(other, _)| parsed > *other) {
            highest = Some((parsed, said));
        }
    }
    highest.map(|(_, said)| format!("{said} or later"))
}
