//! Windows for a fix, paired by what they cover: "30 days" and "7 days for critical ones, 90 for the others" are
//! about the same vulnerabilities, though no row of the one is a row of the other.

use std::collections::{BTreeMap, BTreeSet};

use super::Direction;
use super::measure::length;
use super::pairs::Pair;
use crate::commitment::{Commitment, Kind, Scope, SeverityClass};

/// The severities that rows are about, the classes that cover each, the closest first.
const SEVERITIES: [(&str, &[SeverityClass]); 4] = [
    ("critical", &[SeverityClass::Critical, SeverityClass::Any]),
    ("high", &[SeverityClass::High, SeverityClass::NonCritical, SeverityClass::Any]),
    ("medium", &[SeverityClass::Medium, SeverityClass::NonCritical, SeverityClass::Any]),
    ("low", &[SeverityClass::Low, SeverityClass::NonCritical, SeverityClass::Any]),
];

/// What a window is promised for: a severity (by its place in [`SEVERITIES`]), and reports or dependencies.
type Cell = (usize, bool);
/// A row of each text, by index; `None` where no row covers the cell.
type Match = (Option<usize>, Option<usize>);

pub(super) fn pairs<'p>(old: &[&'p Commitment], new: &[&'p Commitment]) -> Vec<Pair<'p>> {
    let components: BTreeSet<&Option<String>> = old.iter().chain(new).map(|one| &one.component).collect();
    let mut matches: BTreeMap<Match, Vec<Cell>> = BTreeMap::new();
    for component in components {
        for severity in 0..SEVERITIES.len() {
            for dependencies in [false, true] {
                let found = (row(old, component, severity, dependencies), row(new, component, severity, dependencies));
                matches.entry(found).or_default().push((severity, dependencies));
            }
        }
    }
    matches.remove(&(None, None));
    let all: Vec<Match> = matches.keys().copied().collect();
    let mut pairs = Vec::new();
    for (&(before, after), cells) in &matches {
        let (one, other) = (before.and_then(|i| old.get(i).copied()), after.and_then(|i| new.get(i).copied()));
        // A row that covers less or more than before is the same row still.
        let kept = before.and_then(|i| all.iter().find(|(old, new)| *old == Some(i) && new.is_some())).and_then(|(_, new)| *new);
        let was = after.and_then(|i| all.iter().find(|(old, new)| *new == Some(i) && old.is_some())).and_then(|(old, _)| *old);
        pairs.push(match (one, other, kept.and_then(|i| new.get(i).copied()), was.and_then(|i| old.get(i).copied())) {
            (Some(one), None, Some(kept), _) => Pair {
                old: Some(one),
                new: Some(kept),
                coverage: vec![(Direction::Softened, format!("no window any more for {}", said(cells)))],
            },
            (None, Some(other), _, Some(was)) => Pair {
                old: Some(was),
                new: Some(other),
                coverage: vec![(Direction::Hardened, format!("a window now for {}", said(cells)))],
            },
            (one, other, _, _) => Pair { old: one, new: other, coverage: Vec::new() },
        });
    }
    pairs
}

/// The row that covers the cell: of the closest class, and of two such rows the longer window (spec: "Window").
fn row(rows: &[&Commitment], component: &Option<String>, severity: usize, dependencies: bool) -> Option<usize> {
    let classes = SEVERITIES.get(severity).map(|(_, classes)| *classes).unwrap_or_default();
    let window_of = |one: &Commitment, class: SeverityClass| {
        let Kind::PatchDeadline { severity, window, scope } = one.kind else { return None };
        let covers = match scope {
            Some(Scope::Reported) => !dependencies,
            Some(Scope::Dependencies) => dependencies,
            Some(Scope::Any) | None => true,
        };
        (severity == class && covers && one.component == *component).then(|| length(window))
    };
    classes.iter().find_map(|class| {
        let of_class = rows.iter().enumerate().filter_map(|(index, one)| Some((window_of(one, *class)?, std::cmp::Reverse(index))));
        of_class.max().map(|(_, index)| index.0)
    })
}

/// "high and low ones in dependencies"
fn said(cells: &[Cell]) -> String {
    let severities: BTreeSet<usize> = cells.iter().map(|(severity, _)| *severity).collect();
    let names: Vec<_> = severities.iter().filter_map(|&index| SEVERITIES.get(index)).map(|(name, _)| *name).collect();
    let which = if names.len() == SEVERITIES.len() { "vulnerabilities".to_owned() } else { format!("{} ones", names.join(" and ")) };
    let of = |dependencies: bool| cells.iter().any(|(_, of)| *of == dependencies);
    match (of(false), of(true)) {
        (true, false) => format!("{which} that are reported"),
        (false, true) => format!("{which} in dependencies"),
        (true, true) | (false, false) => which,
    }
}
