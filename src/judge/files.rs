//! Lockfiles under git, and the policy's own date.

use jiff::civil::Date;
use semver::{Op, VersionReq};

use super::Context;
use crate::clock;
use crate::commitment::{Commitment, Kind, Window};
use crate::observation::lockfile::{Counts, Lockfile};
use crate::observation::workspace::{Dependency, Ships};
use crate::observation::{Observed, Reason};
use crate::verdict::Judgement;

/// Judges that dependencies are locked (spec: `locked-dependencies`).
pub fn locked_dependencies(context: Context<'_>, exact: bool) -> Judgement {
    let shipping = || context.observations.workspace.members.iter().filter(|member| member.ships == Ships::Yes);
    let counting: Vec<&Lockfile> = context.observations.lockfiles.iter().filter(|lockfile| lockfile.counts == Counts::Yes).collect();
    let range =
        shipping().flat_map(|member| member.dependencies.iter().map(move |dependency| (member, dependency))).find(|(_, d)| !pinned(d));
    if exact && range.is_none() && shipping().any(|member| member.dependencies.iter().any(|dependency| !dependency.local)) {
        return Judgement::kept(1, Reason::new("every requirement of the members that ship is an exact `=` one"));
    }
    match &context.observations.git {
        Observed::Seen(_) => {}
        Observed::Absent(_) => {
            let text = "there is no git repository here, so whether Cargo.lock is committed cannot be seen";
            return Judgement::unproven(Reason::new(text)).wants_history(true);
        }
        Observed::Unavailable(why) => return Judgement::unproven(Reason::new(format!("git could not be read: {why}"))),
    }
    if shipping().next().is_none() {
        return Judgement::unproven(Reason::new("no package here ships, so there is nothing whose dependencies would be locked"));
    }
    if let Some(lockfile) = counting.iter().find(|lockfile| lockfile.tracked == Some(false)) {
        let said = format!("{} is not committed; `git add -f {}` would lock the dependencies for everyone", lockfile.path, lockfile.path);
        return Judgement::broken(Reason::in_path(said, lockfile.path.clone()));
    }
    if !counting.iter().any(|lockfile| lockfile.own) {
        return Judgement::broken(Reason::new("the workspace has no committed Cargo.lock; `cargo generate-lockfile` makes one"));
    }
    if counting.iter().any(|lockfile| lockfile.tracked.is_none()) {
        return Judgement::unproven(Reason::new("whether Cargo.lock is committed cannot be seen"));
    }
    let named = counting.iter().map(|lockfile| lockfile.path.as_str()).collect::<Vec<_>>().join(", ");
    let kept = Judgement::kept(u32::try_from(counting.len()).unwrap_or(u32::MAX), Reason::new(format!("committed: {named}")));
    match range.filter(|_| exact) {
        Some((member, dependency)) => kept.note(Reason::in_path(
            format!(
                "the lockfile pins exact versions; the manifests' own requirements are ranges, such as `{} = \"{}\"`",
                dependency.name, dependency.requirement
            ),
            member.manifest.clone(),
        )),
        None => kept,
    }
}

/// A path inside the repository is pinned by the commit; everything else by `=` and a whole version.
fn pinned(dependency: &Dependency) -> bool {
    let exact = |requirement: &VersionReq| {
        let whole = |c: &semver::Comparator| c.op == Op::Exact && c.minor.is_some() && c.patch.is_some();
        requirement.comparators.iter().any(whole)
    };
    dependency.local || exact(&dependency.requirement)
}

/// Judges the policy's own date and review cadence (spec: `policy-date`).
pub fn policy_date(context: Context<'_>, commitment: &Commitment, date: Option<Date>, cadence: Option<Window>) -> Judgement {
    let stated = || context.policy.commitments.iter().filter(|other| !other.placeholder && other.component == commitment.component);
    let dates = stated().filter_map(|other| match &other.kind {
        Kind::PolicyDate { date, .. } => date.map(|date| (date, &other.place)),
        _ => None,
    });
    let Some(cadence) = cadence else {
        return match date {
            Some(date) => Judgement::kept(1, Reason::at(format!("dated {date}"), &commitment.place)).note(age(context, date)),
            None => Judgement::unproven(Reason::at("neither a date nor a cadence is stated", &commitment.place)),
        };
    };
    if let Some((date, place)) = dates.max_by_key(|(date, _)| *date) {
        let due = clock::due(date, cadence);
        let said = format!("dated {date}, to be reviewed within {cadence}, which is by {due}");
        return if due < context.today {
            Judgement::broken(Reason::at(said, place)).because(age(context, date))
        } else {
            Judgement::kept(1, Reason::at(said, place))
        };
    }
    let changed = match &context.observations.policy_changed {
        Observed::Seen(changed) => *changed,
        Observed::Absent(_) => return Judgement::unproven(Reason::new("the policy states no date, and git does not hold it yet")),
        Observed::Unavailable(why) => {
            let text = format!("the policy states no date, and its last change is not known: {why}");
            return Judgement::unproven(Reason::new(text)).wants_history(true);
        }
    };
    let due = clock::due(changed, cadence);
    if due < context.today {
        let said = format!(
            "the policy states no date; its last change is of {changed}, longer ago than {cadence}. A review without a change leaves no trace: a date would"
        );
        return Judgement::unproven(Reason::at(said, &commitment.place));
    }
    Judgement::kept(1, Reason::at(format!("last changed on {changed}, within {cadence}"), &commitment.place))
}

fn age(context: Context<'_>, date: Date) -> Reason {
    let days = clock::days_between(date, context.today);
    Reason::new(if days < 0 { format!("the date lies {} days ahead", -days) } else { format!("{days} days old") })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::commitment::Unit;
    use crate::observation::lockfile::Locked;
    use crate::observation::workspace::DependencyKind;
    use crate::source::Source;
    use crate::testing::World;

    fn lockfile(path: &str, own: bool, tracked: Option<bool>) -> Lockfile {
        let locked = Locked { source: Arc::clone(&Source::new(path, "")), version: 4, packages: Vec::new() };
        Lockfile { path: path.into(), counts: Counts::Yes, own, tracked, content: Ok(locked) }
    }

    fn locked(exact: bool, lockfiles: Vec<Lockfile>) -> World {
        let mut world = World::new().member("app", "1.0.0").promise(Kind::LockedDependencies { exact });
        world.observations.lockfiles = lockfiles;
        world
    }

    fn requires(mut world: World, requirement: &str) -> World {
        world.observations.workspace.members[0].dependencies.push(Dependency {
            name: "serde".into(),
            requirement: requirement.parse().unwrap(),
            kind: DependencyKind::Normal,
            optional: false,
            target: None,
            local: false,
        });
        world
    }

    #[test]
    fn committed_lockfiles_are_kept() {
        let judged = locked(false, vec![lockfile("Cargo.lock", true, Some(true)), lockfile("sub/Cargo.lock", false, Some(true))]).judge();
        assert_eq!((judged.outcome.word(), judged.tested), ("kept", 2));
    }

    #[test]
    fn a_lockfile_that_is_not_committed_is_broken() {
        assert_eq!(locked(false, vec![lockfile("Cargo.lock", true, Some(false))]).outcomes(), ["broken"]);
        assert_eq!(locked(false, Vec::new()).outcomes(), ["broken"]);
        assert_eq!(locked(false, vec![lockfile("sub/Cargo.lock", false, Some(true))]).outcomes(), ["broken"]);
    }

    #[test]
    fn one_that_does_not_count_is_not_asked_for() {
        let fixture =
            Lockfile { counts: Counts::No("lies under `fixtures`".into()), ..lockfile("fixtures/Cargo.lock", false, Some(false)) };
        assert_eq!(locked(false, vec![lockfile("Cargo.lock", true, Some(true)), fixture]).outcomes(), ["kept"]);
    }

    #[test]
    fn without_git_or_anything_that_ships_it_is_unproven() {
        let mut world = locked(false, vec![lockfile("Cargo.lock", true, None)]);
        world.observations.git = Observed::Absent(Vec::new());
        assert_eq!(world.outcomes(), ["unproven"]);
        let mut world = locked(false, Vec::new());
        world.observations.workspace.members[0].ships = Ships::No("a helper".into());
        assert_eq!(world.outcomes(), ["unproven"]);
    }

    #[test]
    fn exact_pins_in_the_manifests_are_enough_and_ranges_are_a_note() {
        assert_eq!(requires(locked(true, Vec::new()), "=1.0.200").outcomes(), ["kept"]);
        assert_eq!(requires(locked(false, Vec::new()), "=1.0.200").outcomes(), ["broken"], "the words speak of no exact pins");
        assert_eq!(requires(locked(true, Vec::new()), "=1.0").outcomes(), ["broken"]);
        let judged = requires(locked(true, vec![lockfile("Cargo.lock", true, Some(true))]), "^1.0").judge();
        assert_eq!((judged.outcome.word(), judged.notes.len()), ("kept", 1));
    }

    fn dated(stated: Option<Date>, months: Option<u32>) -> World {
        let cadence = months.map(|amount| Window { amount, unit: Unit::Months });
        let world = World::new().promise(Kind::PolicyDate { date: None, cadence });
        stated.into_iter().fold(world, |world, date| world.promise(Kind::PolicyDate { date: Some(date), cadence: None }))
    }

    #[test]
    fn a_stated_date_is_held_against_the_cadence() {
        assert_eq!(dated(Some(date(2025, 12, 15)), Some(6)).outcomes(), ["kept", "kept"]);
        assert_eq!(dated(Some(date(2025, 12, 14)), Some(6)).outcomes(), ["broken", "kept"]);
        let both = Kind::PolicyDate { date: Some(date(2020, 1, 1)), cadence: Some(Window { amount: 12, unit: Unit::Months }) };
        assert_eq!(World::new().promise(both).outcomes(), ["broken"]);
    }

    #[test]
    fn a_cadence_without_a_date_is_held_against_the_last_change() {
        let changed = |day| {
            let mut world = dated(None, Some(6));
            world.observations.policy_changed = Observed::Seen(day);
            world.outcomes()
        };
        assert_eq!(changed(date(2026, 1, 1)), ["kept"]);
        assert_eq!(changed(date(2025, 1, 1)), ["unproven"]);
        assert_eq!(dated(None, Some(6)).outcomes(), ["unproven"]);
    }

    #[test]
    fn a_date_alone_is_kept_with_its_age() {
        let judged = World::new().promise(Kind::PolicyDate { date: Some(date(2026, 6, 1)), cadence: None }).judge();
        assert_eq!((judged.outcome.word(), judged.notes[0].text.as_str()), ("kept", "14 days old"));
    }
}
