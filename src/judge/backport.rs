//! Backports: whether the newest release of every supported line holds what the branch's tip has fixed
//! (spec: `backport`).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Context;
use crate::clock;
use crate::commitment::{Commitment, Kind, Policy, SeverityClass, Window};
use crate::observation::Reason;
use crate::observation::advisory::{Advisory, AdvisoryKind, Built, Fix, FixReach, Hit, Severity};
use crate::observation::lockfile::ReleaseLine;
use crate::releases::{Line, Release, Rule, lines, tags_incomplete};
use crate::verdict::{Judgement, Outcome};

/// One supported row, with the releases that it keeps alive.
struct Supported<'a> {
    rule: &'a str,
    component: Option<&'a str>,
    /// The newest release of each line; empty where no tag is one.
    heads: Vec<Release>,
    /// Every release in it, by line.
    all: Vec<(Line, Vec<Release>)>,
}

/// Judges that fixes reach all supported versions.
pub fn backport(context: Context<'_>, commitment: &Commitment) -> Judgement {
    let rows = supported(context, commitment.component.as_deref());
    if rows.is_empty() {
        return Judgement::unproven(Reason::new("the policy names no supported versions whose releases could be looked at"));
    }
    if let Some(why) = context.observations.git.seen().and_then(tags_incomplete) {
        return Judgement::unproven(Reason::new(format!("{why}; `git fetch --tags` would show the newest release of each supported line")));
    }
    let mut lines: Vec<Judgement> = rows.iter().flat_map(|row| row_lines(context, row)).collect();
    lines.extend(rows.iter().flat_map(|row| own_advisories(context, row)));
    lines.extend(tip_unknown(context));
    fold(lines)
}

/// The worst outcome stands, with the reasons of that outcome; `kept` counts the lines.
fn fold(judged: Vec<Judgement>) -> Judgement {
    let rank = [Outcome::Broken, Outcome::Due, Outcome::Unproven, Outcome::Kept];
    let worst = rank.into_iter().find(|outcome| judged.iter().any(|judgement| judgement.outcome == *outcome)).unwrap_or(Outcome::Unproven);
    let mut all = Judgement { reasons: Vec::new(), ..Judgement::new(worst, Reason::new("")) };
    for mut judgement in judged {
        if judgement.outcome == worst {
            all.reasons.append(&mut judgement.reasons);
            all.tested += judgement.tested;
            all.due = [all.due, judgement.due].into_iter().flatten().min();
        } else {
            all.notes.append(&mut judgement.reasons);
        }
        all.notes.append(&mut judgement.notes);
    }
    all
}

fn supported<'a>(context: Context<'a>, component: Option<&str>) -> Vec<Supported<'a>> {
    let of_rules = |of: Option<&str>| -> Vec<(&'a str, Rule)> {
        let rule = |commitment: &'a Commitment| match &commitment.kind {
            Kind::SupportedVersions { rule, .. } if commitment.component.as_deref() == of && !commitment.placeholder => {
                Some((rule.as_str(), Rule::parse(rule)?))
            }
            _ => None,
        };
        context.policy.commitments.iter().filter_map(rule).collect()
    };
    let row = |commitment: &'a Commitment| {
        let Kind::SupportedVersions { rule, supported: true, .. } = &commitment.kind else { return None };
        if commitment.placeholder || (component.is_some() && commitment.component.as_deref() != component) {
            return None;
        }
        let parsed = Rule::parse(rule).filter(|rule| !matches!(rule, Rule::Branch(_)))?;
        let component = commitment.component.as_deref();
        let rules = of_rules(component);
        let others: Vec<&Rule> = rules.iter().filter(|(text, _)| text != rule).map(|(_, rule)| rule).collect();
        let lines = lines(context.observations.git.seen(), &context.observations.workspace, component);
        let heads = lines.iter().flat_map(|line| parsed.heads(line, &others)).cloned().collect();
        let all = lines.into_iter().map(|line| {
            let held = parsed.releases(&line, &others).into_iter().cloned().collect();
            (line, held)
        });
        Some(Supported { rule, component, heads, all: all.collect() })
    };
    context.policy.commitments.iter().filter_map(row).collect()
}

fn row_lines(context: Context<'_>, row: &Supported<'_>) -> Vec<Judgement> {
    if row.heads.is_empty() {
        return vec![Judgement::unproven(Reason::new(format!(
            "no release tag is in the supported `{}`, so nothing can be looked at",
            row.rule
        )))];
    }
    let observed = |release: &Release| {
        let tag = release.tag.as_ref().map(|tag| tag.name.as_str());
        context
            .observations
            .release_lines
            .iter()
            .find(|line| line.rule == row.rule && line.component.as_deref() == row.component && Some(line.tag.as_str()) == tag)
    };
    let judged = |release: &Release| match observed(release) {
        Some(line) => release_line(context, line),
        None => Judgement::unproven(Reason::new(format!("the lockfile of {release} was not read"))),
    };
    row.heads.iter().map(judged).collect()
}

/// One newest release of a supported line against the tip.
fn release_line(context: Context<'_>, line: &ReleaseLine) -> Judgement {
    let hits = match &line.hits {
        Ok(hits) => hits,
        Err(why) => {
            let said = format!("the lockfile of {} (tag {}) could not be read: {why}", line.version, line.tag);
            return Judgement::unproven(Reason::in_commit(said, &line.commit));
        }
    };
    let tip: BTreeSet<_> = context.observations.hits.iter().filter(|hit| hit.counts && live(hit)).filter_map(key).collect();
    let fixed: Vec<&Hit> = hits.iter().filter(|hit| live(hit) && key(hit).is_some_and(|key| !tip.contains(&key))).collect();
    if fixed.is_empty() {
        let said = format!("{} (tag {}, {}) holds no vulnerability that the tip has fixed", line.version, line.tag, line.date);
        return Judgement::kept(1, Reason::in_commit(said, &line.commit));
    }
    fold(fixed.into_iter().map(|hit| lacking(context, line, hit)).collect())
}

/// A fix that the tip has and the line's newest release lacks.
fn lacking(context: Context<'_>, line: &ReleaseLine, hit: &Hit) -> Judgement {
    let id = hit.advisory.as_ref().map_or("", |advisory| advisory.id.as_str());
    let what = format!(
        "{} {} in {} (tag {}, {}) is hit by {id}, which the tip has fixed",
        hit.package, hit.version, line.version, line.tag, line.date
    );
    let reason = |rest: String| Reason::in_commit(format!("{what}{rest}"), &line.commit);
    if line.libraries_only && hit.reaches_users != FixReach::Excluded {
        return Judgement::unproven(reason("; what ships there are libraries, whose users may take the fix by themselves".into()));
    }
    let start = started(line, hit);
    let severity = hit.advisory.as_ref().and_then(|advisory| stated_severity(context, advisory).or(advisory.severity));
    if let Some(window) = window(context.policy, severity) {
        let due = clock::due(start, window);
        return if due < context.today {
            Judgement::broken(reason(format!("; the promised {window} ended on {due}")))
        } else {
            Judgement { due: Some(due), ..Judgement::new(Outcome::Due, reason(format!("; the promised {window} end on {due}"))) }
        };
    }
    let days = days_since_fixed(context, hit);
    let since =
        days.map_or_else(|| "; no release has the fix yet".to_owned(), |days| format!("; the newest line has had the fix for {days} days"));
    match context.settings.backport_after {
        Some(after) if days.is_some_and(|days| days > i64::from(after)) => {
            Judgement::broken(reason(format!("{since}, longer than the {after} days of `backport-after`")))
        }
        Some(_) => Judgement::unproven(reason(format!("{since}, which `backport-after` allows"))),
        None => Judgement::unproven(reason(format!("{since}, and no window is promised (`backport-after` in secpolicy.toml sets one)"))),
    }
}

/// The latest day on which the line's clock can have started: nobody is accused too early.
fn started(line: &ReleaseLine, hit: &Hit) -> Date {
    let published = match &hit.fix {
        Fix::Version { published, .. } => *published,
        Fix::None => None,
    };
    [Some(hit.public.date), Some(line.date), published].into_iter().flatten().max().unwrap_or(line.date)
}

/// How many days the newest release among the observed lines has been free of the hit; `None` where it is not.
fn days_since_fixed(context: Context<'_>, hit: &Hit) -> Option<i64> {
    let newest = context.observations.release_lines.iter().max_by(|a, b| a.version.cmp(&b.version))?;
    let holds = newest.hits.as_ref().ok()?.iter().any(|other| key(other) == key(hit));
    (!holds).then(|| clock::days_between(newest.date, context.today))
}

fn tip_unknown(context: Context<'_>) -> Option<Judgement> {
    let own = context.observations.lockfiles.iter().find(|lockfile| lockfile.own);
    let why = match own.map(|lockfile| &lockfile.content) {
        Some(Ok(_)) => return None,
        Some(Err(why)) => format!("the tip's own lockfile could not be read: {why}"),
        None => "the tip has no lockfile, so what it has fixed is not known".to_owned(),
    };
    Some(Judgement::unproven(Reason::new(why)))
}

/// The project's own advisories that leave the row without a release that is patched or unaffected.
fn own_advisories(context: Context<'_>, row: &Supported<'_>) -> Vec<Judgement> {
    let vulnerabilities = context.observations.own_advisories.iter().filter(|advisory| advisory.kind == AdvisoryKind::Vulnerability);
    let about = |advisory: &Advisory, line: &Line| match row.component.or(line.package.as_deref()) {
        Some(package) => package == advisory.package,
        // The project's line stands for the packages that share its version.
        None => {
            context.observations.workspace.members.iter().any(|m| m.name == advisory.package && Some(&m.version) == line.version.as_ref())
        }
    };
    vulnerabilities
        .flat_map(|advisory| row.all.iter().filter(|(line, _)| about(advisory, line)).map(move |(_, held)| (advisory, held)))
        .filter(|(advisory, held)| !held.is_empty() && held.iter().all(|release| affected(advisory, release)))
        .map(|(advisory, _)| {
            let said = format!(
                "{} ({}) leaves the supported `{}` without a release that is not affected",
                advisory.id, advisory.package, row.rule
            );
            Judgement::broken(Reason::new(said))
        })
        .collect()
}

fn affected(advisory: &Advisory, release: &Release) -> bool {
    !advisory.patched.iter().chain(&advisory.unaffected).any(|requirement| requirement.matches(&release.version))
}

/// A vulnerability that something that ships reaches and builds.
fn live(hit: &Hit) -> bool {
    hit.kind == AdvisoryKind::Vulnerability && hit.reach.is_some() && !matches!(hit.built, Built::Never)
}

fn key(hit: &Hit) -> Option<(&str, &str)> {
    hit.advisory.as_ref().map(|advisory| (advisory.id.as_str(), hit.package.as_str()))
}

fn stated_severity(context: Context<'_>, advisory: &Advisory) -> Option<Severity> {
    let about = |id: &str| id == advisory.id || advisory.aliases.iter().any(|alias| alias == id);
    context.settings.severities.iter().find(|stated| about(&stated.advisory)).map(|stated| stated.severity)
}

/// The window that the policy promises for a severity (spec: "Window").
fn window(policy: &Policy, severity: Option<Severity>) -> Option<Window> {
    let rows: Vec<(SeverityClass, Window)> = policy
        .commitments
        .iter()
        .filter(|commitment| !commitment.placeholder && commitment.component.is_none())
        .filter_map(|commitment| match &commitment.kind {
            Kind::PatchDeadline { severity, window, .. } => Some((*severity, *window)),
            _ => None,
        })
        .collect();
    let of = |class: SeverityClass| rows.iter().find(|(row, _)| *row == class).map(|(_, window)| *window);
    let below = || of(SeverityClass::NonCritical);
    let any = || of(SeverityClass::Any);
    let stated = |severity: Severity| match severity {
        Severity::Critical => of(SeverityClass::Critical).or_else(any),
        Severity::High => of(SeverityClass::High).or_else(below).or_else(any),
        Severity::Medium => of(SeverityClass::Medium).or_else(below).or_else(any),
        Severity::Low => of(SeverityClass::Low).or_else(below).or_else(any),
    };
    match severity {
        Some(severity) => stated(severity),
        None => {
            let all: Option<Vec<Window>> =
                [Severity::Low, Severity::Medium, Severity::High, Severity::Critical].map(stated).into_iter().collect();
            all?.into_iter().max_by_key(|window| clock::due(Date::constant(2000, 1, 1), *window))
        }
    }
}

#[cfg(test)]
mod tests;
