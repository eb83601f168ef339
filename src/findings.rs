//! What is worth saying and is no verdict, beyond the ledger of waivers. Pure.

use crate::commitment::HintKind;
use crate::judge::{self, Context};
use crate::observation::At;
use crate::verdict::Finding;

/// Contradictions inside the policy, and what the observations give beside the verdicts.
pub fn of(context: Context<'_>) -> Vec<Finding> {
    let mut findings = contradictions(context);
    findings.extend(judge::patches::own_findings(context));
    findings
}

fn contradictions(context: Context<'_>) -> Vec<Finding> {
    let hints = context.policy.hints.iter().filter(|hint| match hint.kind {
        HintKind::Contradiction => true,
        HintKind::NoNumber => false,
    });
    hints
        .map(|hint| {
            let lines: Vec<_> = hint.places.iter().map(|place| place.line().to_string()).collect();
            let places = hint.places.iter().cloned().map(At::Place).collect();
            Finding { id: format!("contradiction/{}", lines.join("-")), text: hint.text.clone(), places, fails: false }
        })
        .collect()
}
