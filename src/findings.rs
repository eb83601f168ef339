//! What is worth saying and is no verdict, beyond the ledger of waivers. Pure.

use jiff::tz::TimeZone;

use crate::commitment::HintKind;
use crate::judge::{self, Context};
use crate::observation::At;
use crate::verdict::Finding;

/// Contradictions inside the policy, and what the observations give beside the verdicts.
pub fn of(context: Context<'_>) -> Vec<Finding> {
    let mut findings = contradictions(context);
    findings.extend(judge::patches::own_findings(context));
    findings.extend(old_database(context));
    findings
}

/// The database is older than what the lockfile holds: what became public since is not in it.
fn old_database(context: Context<'_>) -> Option<Finding> {
    let updated = context.observations.database.seen()?.updated?.to_zoned(TimeZone::UTC).date();
    let changed = *context.observations.lockfile_changed.seen()?;
    let text = format!(
        "the advisory database is of {updated}, and Cargo.lock was changed on {changed}: what became public between is unknown here; fetch a newer database"
    );
    (updated < changed).then(|| Finding { id: "old-database".into(), text, places: Vec::new(), fails: false })
}

fn contradictions(context: Context<'_>) -> Vec<Finding> {
    let hints = context.policy.hints.iter().filter(|hint| match hint.kind {
        HintKind::Contradiction => true,
        HintKind::Slot | HintKind::NoNumber => false,
    });
    hints
        .map(|hint| {
            let lines: Vec<_> = hint.places.iter().map(|place| place.line().to_string()).collect();
            let places = hint.places.iter().cloned().map(At::Place).collect();
            Finding { id: format!("contradiction/{}", lines.join("-")), text: hint.text.clone(), places, fails: false }
        })
        .collect()
}
