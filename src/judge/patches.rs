//! Live vulnerabilities, their clocks and statuses, and promised windows.

mod own;
mod status;
mod words;

use jiff::civil::Date;

use super::Context;
use crate::commitment::{Commitment, Policy, Scope, SeverityClass, Window};
use crate::observation::lockfile::{Counts, Lockfile};
use crate::observation::{Observations, Observed, Reason};
use crate::settings::Settings;
use crate::verdict::{Judgement, Outcome, Status, Vulnerability};
use crate::waivers::Ledger;

pub use own::findings as own_findings;

/// The status and clock of every hit, in the order of the hits (spec: "Vulnerabilities").
pub fn vulnerabilities(
    observations: &Observations,
    policy: &Policy,
    settings: &Settings,
    ledger: &Ledger<'_>,
    today: Date,
) -> Vec<Vulnerability> {
    let judge = status::Judge { observations, policy, settings, ledger, today };
    observations.hits.iter().map(|hit| judge.vulnerability(hit)).collect()
}

/// Judges a promised window by what is charged to it (spec: `patch-deadline`).
pub fn patch_deadline(
    context: Context<'_>,
    commitment: &Commitment,
    severity: SeverityClass,
    window: Window,
    scope: Option<Scope>,
) -> Judgement {
    let charged: Vec<&Vulnerability> = context.vulnerabilities.iter().filter(|v| v.charged_to.as_ref() == Some(&commitment.id)).collect();
    let own = own::tested(context, commitment, window);
    let overdue: Vec<&Vulnerability> = charged.iter().copied().filter(|v| is_past(v, context.today)).collect();
    let judgement = if let Some((late, more)) = own.late.split_first() {
        let broken = more.iter().cloned().fold(Judgement::broken(late.clone()), Judgement::because);
        // No waiver of a dependency's vulnerability covers what the project was late with itself.
        Judgement { waived: None, ..with_places(broken, &overdue) }
    } else if !overdue.is_empty() && scope != Some(Scope::Reported) {
        let count = count(overdue.len(), "vulnerability is", "vulnerabilities are");
        let broken = Judgement::broken(Reason::at(format!("{count} past the {window} that it promises"), &commitment.place));
        with_places(broken, &overdue)
    } else if let Some(why) = nothing_to_judge_by(context) {
        Judgement::unproven(why)
    } else if !overdue.is_empty() {
        let count = count(overdue.len(), "known vulnerability of a dependency is", "known vulnerabilities of dependencies are");
        let text = format!("{count} past this window; that it was reported to the project is what the repository cannot show");
        with_places(Judgement::unproven(Reason::at(text, &commitment.place)), &overdue)
    } else {
        return running_or_kept(context, commitment, severity, &charged, &own);
    };
    own.undecided.into_iter().fold(judgement, Judgement::note)
}

/// Whether the promised window is certainly past for it; a waiver does not change that.
fn is_past(vulnerability: &Vulnerability, today: Date) -> bool {
    let clock = matches!(vulnerability.status, Status::Overdue | Status::Waived);
    clock && vulnerability.at_the_earliest.is_none() && vulnerability.due.is_some_and(|due| due < today)
}

fn running_or_kept(
    context: Context<'_>,
    commitment: &Commitment,
    severity: SeverityClass,
    charged: &[&Vulnerability],
    own: &own::Tested,
) -> Judgement {
    let running: Vec<&Vulnerability> =
        charged.iter().copied().filter(|v| matches!(v.status, Status::Due | Status::Waived) && v.due.is_some()).collect();
    let due = running.iter().filter_map(|v| v.due).chain(own.running.iter().map(|(due, _)| *due)).min();
    if let Some(due) = due {
        let dues = || running.iter().filter_map(|v| v.due).chain(own.running.iter().map(|(due, _)| *due));
        let past = dues().filter(|due| *due < context.today).count();
        let vulnerabilities = |number| count(number, "vulnerability is", "vulnerabilities are");
        let reason = if past > 0 {
            let why = running.iter().find_map(|v| v.at_the_earliest.clone()).unwrap_or_else(|| "a date is not known".into());
            format!("{} past the window at the earliest since {due}, which cannot be decided: {why}", vulnerabilities(past))
        } else {
            format!("{} inside the window, the first until {due}", vulnerabilities(dues().count()))
        };
        let mut judgement = with_places(Judgement::new(Outcome::Due, Reason::at(reason, &commitment.place)), &running);
        judgement.reasons.extend(own.running.iter().map(|(_, reason)| reason.clone()));
        judgement.due = Some(due);
        return judgement.wants_history(past > 0);
    }
    if let Some((first, rest)) = own.undecided.split_first() {
        return rest.iter().cloned().fold(Judgement::unproven(first.clone()), Judgement::because).wants_history(true);
    }
    let of = if severity == SeverityClass::Any { String::new() } else { format!("{severity} ") };
    let reason = match own.in_time.as_slice() {
        [] => Reason::new(format!("not tested yet: no live {of}vulnerability falls under it")),
        [fixed] => fixed.clone(),
        [fixed, rest @ ..] => Reason { text: format!("{}, and {} more in time", fixed.text, rest.len()), at: fixed.at.clone() },
    };
    Judgement::kept(u32::try_from(own.in_time.len()).unwrap_or(u32::MAX), reason)
}

/// What keeps the promise from being kept, because it was not looked at.
fn nothing_to_judge_by(context: Context<'_>) -> Option<Reason> {
    let leaves_out = context.policy.excludes_dependencies.is_some() || !context.settings.windows_cover_dependencies;
    if leaves_out { None } else { unread(context) }
}

/// What keeps the lockfiles from being matched with the advisories: without either, nothing is known to be clean.
pub(super) fn unread(context: Context<'_>) -> Option<Reason> {
    match &context.observations.database {
        Observed::Seen(_) => {}
        Observed::Absent(_) => return Some(Reason::new("there was no advisory database to look into")),
        Observed::Unavailable(why) => return Some(Reason::new(format!("the advisory database could not be read: {why}"))),
    }
    let counting: Vec<&Lockfile> = context.observations.lockfiles.iter().filter(|lockfile| lockfile.counts == Counts::Yes).collect();
    if counting.is_empty() {
        let text = "there is no Cargo.lock to look up; `cargo generate-lockfile` makes one, and committing it makes this checkable";
        return Some(Reason::new(text));
    }
    counting.iter().find_map(|lockfile| {
        let unread = lockfile.content.as_ref().err().map(|why| format!("{} could not be read: {why}", lockfile.path));
        let lacks = unread.or_else(|| lockfile.lacks(&context.observations.workspace.members))?;
        Some(Reason::in_path(lacks, &lockfile.path))
    })
}

/// The judgement with each vulnerability that it rests on; where a waiver covers them all, one stands beside it.
fn with_places(judgement: Judgement, vulnerabilities: &[&Vulnerability]) -> Judgement {
    let judgement = vulnerabilities.iter().filter_map(|one| words::listed(one)).fold(judgement, Judgement::because);
    let waivers: Option<Vec<_>> = vulnerabilities.iter().map(|vulnerability| vulnerability.waiver.clone()).collect();
    Judgement { waived: waivers.and_then(|waivers| waivers.into_iter().next()), ..judgement }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests;
