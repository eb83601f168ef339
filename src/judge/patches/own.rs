//! The project's own advisories: from the advisory to the first release that is not affected.

use jiff::civil::Date;

use super::super::Context;
use crate::clock;
use crate::commitment::{Commitment, Window};
use crate::observation::advisory::{Advisory, AdvisoryKind, Since};
use crate::observation::{At, Observed, Reason};
use crate::releases::{self, Line, Tagged};
use crate::verdict::Finding;

/// What a promise's own advisories say of it.
#[derive(Debug, Default)]
pub(super) struct Tested {
    /// Fixed inside the window.
    pub(super) in_time: Vec<Reason>,
    /// Fixed past the window, or not fixed and past it.
    pub(super) late: Vec<Reason>,
    /// Not fixed yet, with the last day inside.
    pub(super) running: Vec<(Date, Reason)>,
    /// Those of which it cannot be told, and why.
    pub(super) undecided: Vec<Reason>,
}

/// Holds the project's own advisories that are charged to `commitment` against its window.
pub(super) fn tested(context: Context<'_>, commitment: &Commitment, window: Window) -> Tested {
    let mut tested = Tested::default();
    for advisory in own(context) {
        let severity = context.settings.severity_of(advisory);
        let charge = clock::charged(&context.policy.commitments, severity, &|component| component == advisory.package);
        if charge.is_some_and(|charge| charge.commitment.id == commitment.id) {
            test(context, commitment, window, advisory, &mut tested);
        }
    }
    tested
}

fn own(context: Context<'_>) -> impl Iterator<Item = &Advisory> {
    context.observations.own_advisories.iter().filter(|advisory| advisory.kind == AdvisoryKind::Vulnerability)
}

fn test(context: Context<'_>, commitment: &Commitment, window: Window, advisory: &Advisory, tested: &mut Tested) {
    let id = &advisory.id;
    let promised = context.observations.promised_since.get(&commitment.id).cloned().unwrap_or(Since::NotAsked);
    // An advisory's own entry is the advisory itself.
    let own = Since::Day { date: advisory.date, commit: String::new() };
    let start = clock::start(advisory.date, None, &own, &promised, context.today);
    let due = clock::due(start.date, window);
    let fixed = line(context, advisory).and_then(|line| first_fixed(&line, advisory));
    let by = |tag: &Tagged, text: String| Reason::in_commit(text, &tag.commit);
    match fixed {
        // What was fixed before the promise was made does not test it.
        Some(tag) if matches!(promised, Since::Day { date, .. } if tag.date < date) => {}
        Some(tag) if tag.date <= due => {
            tested.in_time.push(by(&tag, format!("{id} of {} was fixed by {} on {}", advisory.date, tag.name, tag.date)));
        }
        Some(_) if start.at_the_earliest => {
            tested
                .undecided
                .push(Reason::new(format!("{id} cannot be held against it: since when the window has been promised is not known")));
        }
        Some(tag) => tested.late.push(by(&tag, format!("{id} of {}, due {due}, was fixed by {} on {}", advisory.date, tag.name, tag.date))),
        None if unreadable(context).is_some() || start.at_the_earliest && due < context.today => {
            let why = unreadable(context).unwrap_or("since when the window has been promised is not known");
            tested.undecided.push(Reason::new(format!("{id} cannot be held against it: {why}")));
        }
        None if context.today <= due => {
            tested.running.push((due, Reason::new(format!("{id} of {}, due {due}, is fixed by no release yet", advisory.date))));
        }
        None => tested.late.push(Reason::new(format!("{id} of {}, due {due}, is fixed by no release", advisory.date))),
    }
}

/// Why the tags do not tell which release was the first.
fn unreadable(context: Context<'_>) -> Option<&'static str> {
    match &context.observations.git {
        Observed::Seen(git) => releases::tags_incomplete(git),
        Observed::Absent(_) | Observed::Unavailable(_) => Some("without git there are no release tags"),
    }
}

fn line(context: Context<'_>, advisory: &Advisory) -> Option<Line> {
    let git = context.observations.git.seen();
    releases::lines(git, &context.observations.workspace, Some(&advisory.package)).into_iter().next()
}

/// The earliest release that holds the fix.
fn first_fixed(line: &Line, advisory: &Advisory) -> Option<Tagged> {
    let fixed = line.releases.iter().filter(|release| advisory.is_fixed_in(&release.version));
    fixed.filter_map(|release| release.tag.clone()).min_by_key(|tag| tag.date)
}

/// A newest release that an advisory of the project's own still hits is a finding that fails the run.
pub fn findings(context: Context<'_>) -> Vec<Finding> {
    if unreadable(context).is_some() {
        return Vec::new();
    }
    let finding = |advisory: &Advisory| {
        let line = line(context, advisory)?;
        let newest = line.newest_stable().or_else(|| line.newest()).filter(|release| advisory.affects(&release.version))?;
        let text = format!("{} hits {} {newest}, the newest release; {}", advisory.id, advisory.package, next_step(advisory));
        let places = newest.tag.iter().map(|tag| At::Commit(tag.commit.clone())).collect();
        Some(Finding { id: format!("own-advisory/{}", advisory.id), text, places, fails: true })
    };
    let mut found: Vec<Finding> = own(context).filter_map(finding).collect();
    found.sort();
    found
}

fn next_step(advisory: &Advisory) -> &'static str {
    if advisory.patched.is_empty() { "the database knows no fix; release one and have it named there" } else { "release a fixed version" }
}
