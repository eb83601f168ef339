//! Which promise of one text is which of another.

use std::collections::BTreeMap;

use super::{Change, Direction, deadlines, weigh};
use crate::commitment::{Commitment, Kind};

/// A promise before and after; one of both is there.
pub(super) struct Pair<'p> {
    pub(super) old: Option<&'p Commitment>,
    pub(super) new: Option<&'p Commitment>,
    /// What it covers now and did not, or no longer does.
    pub(super) coverage: Vec<(Direction, String)>,
}

impl<'p> Pair<'p> {
    fn new(old: Option<&'p Commitment>, new: Option<&'p Commitment>) -> Self {
        Self { old, new, coverage: Vec::new() }
    }

    pub(super) fn change(&self) -> Option<Change> {
        let (direction, what) = match (self.old, self.new) {
            (Some(old), Some(new)) => weigh(old, new, &self.coverage)?,
            (Some(_), None) => (Direction::Dropped, Vec::new()),
            (None, Some(_)) => (Direction::Added, Vec::new()),
            (None, None) => return None,
        };
        Some(Change { direction, old: self.old.cloned(), new: self.new.cloned(), what })
    }
}

/// Pairs the promises of two texts: windows for a fix by what they cover, the others by what they are about.
pub(super) fn pairs<'p>(old: &'p [Commitment], new: &'p [Commitment]) -> Vec<Pair<'p>> {
    let is_window = |one: &&Commitment| matches!(one.kind, Kind::PatchDeadline { .. });
    let (old_windows, old): (Vec<_>, Vec<_>) = old.iter().partition(is_window);
    let (new_windows, new): (Vec<_>, Vec<_>) = new.iter().partition(is_window);
    let mut left = Left { old, new, pairs: deadlines::pairs(&old_windows, &new_windows) };
    // What says the same is the same, wherever it stands; then what is about the same; then the one address of
    // a kind that another took the place of.
    left.matched(|one| Some((format!("{:?} {:?} {}", one.kind, one.strength, one.placeholder), one.component.clone())), false);
    left.matched(|one| Some((format!("{} {:?}", one.kind.name(), one.kind.identity()), one.component.clone())), false);
    left.matched(|one| Some((seat(&one.kind)?, one.component.clone())), true);
    let Left { old, new, mut pairs } = left;
    pairs.extend(old.into_iter().map(|old| Pair::new(Some(old), None)));
    pairs.extend(new.into_iter().map(|new| Pair::new(None, Some(new))));
    pairs
}

/// What is not paired yet, and what is.
struct Left<'p> {
    old: Vec<&'p Commitment>,
    new: Vec<&'p Commitment>,
    pairs: Vec<Pair<'p>>,
}

impl<'p> Left<'p> {
    /// Pairs those of equal keys in their order; where `single`, only one with one.
    fn matched<K: Ord>(&mut self, key: impl Fn(&Commitment) -> Option<K>, single: bool) {
        let mut groups: BTreeMap<K, (Vec<&'p Commitment>, Vec<&'p Commitment>)> = BTreeMap::new();
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for one in self.old.drain(..) {
            match key(one) {
                Some(key) => groups.entry(key).or_default().0.push(one),
                None => old.push(one),
            }
        }
        for one in self.new.drain(..) {
            match key(one) {
                Some(key) => groups.entry(key).or_default().1.push(one),
                None => new.push(one),
            }
        }
        for (before, after) in groups.into_values() {
            let both = if single && (before.len() != 1 || after.len() != 1) { 0 } else { before.len().min(after.len()) };
            self.pairs.extend(before.iter().zip(&after).take(both).map(|(old, new)| Pair::new(Some(old), Some(new))));
            old.extend(before.into_iter().skip(both));
            new.extend(after.into_iter().skip(both));
        }
        (self.old, self.new) = (old, new);
    }
}

/// The seat that one promise of a kind takes, where its identity is only its value: an address, a key, a rule.
fn seat(kind: &Kind) -> Option<String> {
    match kind {
        Kind::ReportingChannel { channel, .. } => Some(format!("{} {channel}", kind.name())),
        Kind::EncryptionKey { .. } | Kind::UnsafeCode { .. } => Some(kind.name().to_owned()),
        Kind::SupportedVersions { .. }
        | Kind::PatchDeadline { .. }
        | Kind::Tool { .. }
        | Kind::DependencyMonitoring
        | Kind::RemediationRequired { .. }
        | Kind::Backport
        | Kind::ReleaseArtifact { .. }
        | Kind::LockedDependencies { .. }
        | Kind::CiLeastPrivilege
        | Kind::PinnedActions
        | Kind::Semver
        | Kind::ReleaseChannel { .. }
        | Kind::Changelog { .. }
        | Kind::PolicyDate { .. }
        | Kind::ResponseDeadline { .. }
        | Kind::DisclosureDeadline { .. }
        | Kind::CoordinatedDisclosure
        | Kind::AdvisoryPublication { .. }
        | Kind::Credit
        | Kind::SafeHarbor
        | Kind::Bounty { .. }
        | Kind::CodeReview
        | Kind::SecurityTesting { .. }
        | Kind::AccessControl { .. }
        | Kind::Training
        | Kind::IncidentResponse
        | Kind::Compliance { .. } => None,
    }
}
