//! A policy's promises through time, for a person: since when each stands, and each revision that changed one.

use super::page::{Page, Tone, count, short};
use crate::change::{Change, Direction, Entered, Event, History};
use crate::commitment::{Commitment, Policy};
use crate::render::plain;

/// The history of the policy at `path`, the newest revision first.
pub(super) fn listing(page: &mut Page, path: &str, policy: &Policy, history: &History) {
    if !history.entered.is_empty() {
        page.heading(&[(Tone::Name, &format!("since when each promise stands ({})", history.entered.len()))]);
        let width = history.entered.iter().map(|one| since(one).len()).max().unwrap_or(0);
        for one in &history.entered {
            let promise = policy.commitments.iter().find(|commitment| commitment.id == one.id);
            let said = promise.map_or_else(|| one.id.clone(), plain::describe);
            page.row((Tone::Dim, &since(one)), width, usize::MAX, &[(Tone::Plain, &said)]);
        }
    }
    history.events.iter().for_each(|event| self::event(page, event));
    page.gap();
    for gap in &history.gaps {
        page.flow(0, 2, usize::MAX, &[(Tone::Warn, "note:"), (Tone::Plain, gap)]);
    }
    page.flow(0, 2, usize::MAX, &[(Tone::Name, &last_line(path, policy, history))]);
}

fn since(one: &Entered) -> String {
    let day = one.day.map_or_else(|| "not committed".to_owned(), |day| day.to_string());
    if one.or_before { format!("{day} or before") } else { day }
}

fn event(page: &mut Page, event: &Event) {
    let day = event.day.map_or_else(|| "not committed".to_owned(), |day| day.to_string());
    let commit = event.commit.as_deref().map(short).unwrap_or_default();
    let moved = event.moved_from.as_ref().map(|from| format!("moved from {from}")).unwrap_or_default();
    page.heading(&[(Tone::Name, &day), (Tone::Dim, commit), (Tone::Plain, &event.path), (Tone::Dim, &moved)]);
    event.changes.iter().for_each(|change| self::change(page, change));
}

fn change(page: &mut Page, change: &Change) {
    const WIDTH: usize = "softened".len();
    let tone = match change.direction {
        Direction::Softened | Direction::Dropped => Tone::Warn,
        Direction::Hardened => Tone::Good,
        Direction::Changed | Direction::Added | Direction::Present => Tone::Plain,
    };
    let said = change.new.as_ref().or(change.old.as_ref()).map(plain::describe).unwrap_or_default();
    page.row((tone, change.direction.word()), WIDTH, usize::MAX, &[(Tone::Name, &said)]);
    if !change.what.is_empty() {
        page.row((Tone::Plain, ""), WIDTH, usize::MAX, &[(Tone::Plain, &change.what.join("; "))]);
    }
    let lines = if page.verbose() { usize::MAX } else { 2 };
    let mut words = |when: &str, one: &Commitment| {
        let words = format!("\"{}\" ({}:{})", one.words, one.place.path(), one.place.line());
        page.row((Tone::Dim, when), WIDTH, lines, &[(Tone::Dim, &words)]);
    };
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => {
            words("    was", old);
            words("    now", new);
        }
        (Some(one), None) | (None, Some(one)) => words("", one),
        (None, None) => {}
    }
}

fn last_line(path: &str, policy: &Policy, history: &History) -> String {
    let changes = || history.events.iter().flat_map(|event| &event.changes);
    let counted = |direction: Direction| changes().filter(|change| change.direction == direction).count();
    let parts: Vec<_> = [Direction::Softened, Direction::Dropped, Direction::Changed, Direction::Hardened]
        .into_iter()
        .map(|direction| (direction, counted(direction)))
        .filter(|(_, n)| *n > 0)
        .map(|(direction, n)| format!("{n} {}", direction.word()))
        .collect();
    let changed = if parts.is_empty() { "nothing was taken back or changed".to_owned() } else { parts.join(", ") };
    let (promises, revisions) = (count(policy.commitments.len(), "promise"), count(history.revisions, "revision"));
    format!("{path} makes {promises}; in {revisions} of it: {changed}")
}
