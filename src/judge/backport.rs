//! Backports: whether the newest release of every supported line holds what the branch's tip has fixed
//! (spec: `backport`).

use std::collections::BTreeSet;

use super::Context;
use crate::clock;
use crate::commitment::{Commitment, Window};
use crate::observation::Reason;
use crate::observation::advisory::{Advisory, AdvisoryKind, Fix, FixReach, Hit, Since};
use crate::observation::lockfile::ReleaseLine;
use crate::releases::{Line, Release, Supported, supported, tags_incomplete};
use crate::verdict::{Judgement, Outcome};

/// Judges that fixes reach all supported versions.
pub fn backport(context: Context<'_>, commitment: &Commitment) -> Judgement {
    let observed = context.observations;
    let rows = supported(observed.git.seen(), &observed.workspace, context.policy, commitment.component.as_deref());
    if rows.is_empty() {
        return Judgement::unproven(Reason::new("the policy names no supported versions whose releases could be looked at"));
    }
    if let Some(why) = context.observations.git.seen().and_then(tags_incomplete) {
        let text = format!("{why}; all tags would show the newest release of each supported line");
        return Judgement::unproven(Reason::new(text)).wants_history(true);
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
            all.wants_history |= judgement.wants_history;
            all.due = [all.due, judgement.due].into_iter().flatten().min();
        } else {
            all.notes.append(&mut judgement.reasons);
        }
        all.notes.append(&mut judgement.notes);
    }
    all
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
    let tip: BTreeSet<_> = context.observations.hits.iter().filter(|hit| hit.is_live()).filter_map(key).collect();
    let fixed: Vec<&Hit> = hits.iter().filter(|hit| hit.is_live() && key(hit).is_some_and(|key| !tip.contains(&key))).collect();
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
    if let Some((window, start)) = clock_of(context, line, hit) {
        let due = clock::due(start.date, window);
        return if due >= context.today {
            Judgement { due: Some(due), ..Judgement::new(Outcome::Due, reason(format!("; the promised {window} end on {due}"))) }
        } else if start.at_the_earliest {
            let rest = format!("; the promised {window} may have ended on {due}, but since when they are promised is not known");
            Judgement::unproven(reason(rest)).wants_history(true)
        } else {
            Judgement::broken(reason(format!("; the promised {window} ended on {due}")))
        };
    }
    let days = days_since_fixed(context, hit);
    let since = days.map_or_else(
        || "; no newest release of a supported line has the fix yet".to_owned(),
        |days| format!("; the newest line has had the fix for {days} days"),
    );
    match context.settings.backport_after {
        Some(after) if days.is_some_and(|days| days > i64::from(after)) => {
            Judgement::broken(reason(format!("{since}, longer than the {after} days of `backport-after`")))
        }
        Some(_) => Judgement::unproven(reason(format!("{since}, which `backport-after` allows"))),
        None => Judgement::unproven(reason(format!("{since}, and no window is promised (`backport-after` in secpolicy.toml sets one)"))),
    }
}

/// The window that the hit is charged to, and when its clock started. The line held the hit at the latest on
/// the day of its release: nobody is accused too early.
fn clock_of(context: Context<'_>, line: &ReleaseLine, hit: &Hit) -> Option<(Window, clock::Start)> {
    if context.policy.excludes_dependencies.is_some() || !context.settings.windows_cover_dependencies {
        return None;
    }
    let severity = context.settings.severity_of(hit.advisory.as_ref()?);
    let charge = clock::charged(&context.policy.commitments, severity, &|component| hit.comes_from(component))?;
    let published = match &hit.fix {
        Fix::Version { published, .. } => *published,
        Fix::None => None,
    };
    let held = Since::Day { date: line.date, commit: line.commit.clone() };
    let promised = context.observations.promised_since.get(&charge.commitment.id).unwrap_or(&Since::NotAsked);
    Some((charge.window, clock::start(hit.public?.date, published, &held, promised, context.today)))
}

/// How many days the newest release among the observed lines has been free of the hit; `None` where it is not.
fn days_since_fixed(context: Context<'_>, hit: &Hit) -> Option<i64> {
    let newest = context.observations.release_lines.iter().max_by(|a, b| a.version.cmp(&b.version))?;
    let holds = newest.hits.as_ref().ok()?.iter().any(|other| key(other) == key(hit));
    (!holds).then(|| clock::days_between(newest.date, context.today))
}

fn tip_unknown(context: Context<'_>) -> Option<Judgement> {
    let own = context.observations.lockfiles.iter().find(|lockfile| lockfile.own);
    let why = match own.map(|lockfile| (lockfile, &lockfile.content)) {
        Some((lockfile, Ok(_))) => lockfile.lacks(&context.observations.workspace.members)?,
        Some((_, Err(why))) => format!("the tip's own lockfile could not be read: {why}"),
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
        .flat_map(|advisory| row.held.iter().filter(|(line, _)| about(advisory, line)).map(move |(_, held)| (advisory, held)))
        .filter(|(advisory, held)| !held.is_empty() && held.iter().all(|release| advisory.affects(&release.version)))
        .map(|(advisory, _)| {
            let said = format!(
                "{} ({}) leaves the supported `{}` without a release that is not affected",
                advisory.id, advisory.package, row.rule
            );
            Judgement::broken(Reason::new(said))
        })
        .collect()
}

fn key(hit: &Hit) -> Option<(&str, &str)> {
    hit.advisory.as_ref().map(|advisory| (advisory.id.as_str(), hit.package.as_str()))
}

#[cfg(test)]
mod tests;
