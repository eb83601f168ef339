//! What was read from a policy, for a person: grouped by what can be proved.

use super::page::{Page, Tone, count};
use super::quiet::{places, promised_at};
use crate::commitment::{Commitment, Hint, HintKind, Policy};
use crate::observation::At;
use crate::render::plain;

/// The promises of the policy at `path`, its hints and its unfilled slots.
pub(super) fn listing(page: &mut Page, path: &str, policy: &Policy) {
    let (provable, people): (Vec<&Commitment>, Vec<&Commitment>) = policy.commitments.iter().partition(|c| c.kind.provable());
    let groups = [("what a repository can prove or disprove", &provable), ("what only people can say", &people)];
    for (title, commitments) in groups {
        if !commitments.is_empty() {
            page.heading(&[(Tone::Name, &format!("{title} ({})", commitments.len()))]);
            let width = commitments.iter().map(|commitment| promised_at(commitment).len()).max().unwrap_or(0);
            commitments.iter().for_each(|commitment| promise(page, width, commitment));
        }
    }
    if !policy.hints.is_empty() {
        page.heading(&[(Tone::Name, "worth a look")]);
        policy.hints.iter().for_each(|hint| self::hint(page, hint));
    }
    page.gap();
    if let Some(target) = &policy.points_to {
        page.flow(0, 2, usize::MAX, &[(Tone::Name, "note:"), (Tone::Plain, &format!("the policy only points to {target}"))]);
    }
    page.flow(0, 2, usize::MAX, &[(Tone::Name, &last_line(path, policy, provable.len()))]);
}

fn promise(page: &mut Page, width: usize, commitment: &Commitment) {
    let slot = match commitment.kind.window() {
        _ if !commitment.placeholder => "",
        Some(window) if window.is_unfilled() => "(no number filled in)",
        Some(_) | None => "(never filled in)",
    };
    let said = [(Tone::Name, &*plain::describe(commitment)), (Tone::Warn, slot)];
    page.row((Tone::Dim, &promised_at(commitment)), width, usize::MAX, &said);
    let lines = if page.verbose() { usize::MAX } else { 2 };
    page.row((Tone::Plain, ""), width, lines, &[(Tone::Dim, &format!("\"{}\"", commitment.words))]);
    if page.verbose() {
        page.row((Tone::Plain, ""), width, lines, &[(Tone::Dim, &commitment.id)]);
    }
}

/// One hint, with its places.
pub(super) fn hint(page: &mut Page, hint: &Hint) {
    let at: Vec<_> = hint.places.iter().cloned().map(At::Place).collect();
    let name = match hint.kind {
        HintKind::Contradiction => "contradiction:",
        HintKind::NoNumber => "no number:",
    };
    page.flow(2, 6, usize::MAX, &[(Tone::Name, name), (Tone::Plain, &hint.text), (Tone::Dim, &places(&at))]);
}

fn last_line(path: &str, policy: &Policy, provable: usize) -> String {
    let all = policy.commitments.len();
    let slots = policy.commitments.iter().filter(|commitment| commitment.placeholder).count();
    let slots = if slots == 0 { String::new() } else { format!(", {slots} of them never filled in") };
    format!("{path} makes {}: {provable} that a repository can prove or disprove{slots}", count(all, "promise"))
}
