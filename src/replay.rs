//! The history of lockfiles against the advisories: exposures, what they took, and whether that was in time. Pure.
//!
//! An exposure is one advisory in one lockfile, from the commit that brought a version in that it hits to the
//! commit after which none is there; it counts where it went on after the advisory was public. The same
//! advisory that comes back is an exposure of its own.

pub mod figures;
pub mod own;
pub mod windows;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use semver::Version;

use crate::error::Error;
use crate::observation::advisory::{Advisory, Database, Public};
use crate::observation::history::{Change, LockfileHistory, Tagged};

/// A commit and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The commit's full hash.
    pub commit: String,
    /// Its committer time; never before that of its first parent's line.
    pub at: Timestamp,
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its tag.
    pub tag: String,
    /// When it was tagged.
    pub at: Timestamp,
}

/// One advisory in one lockfile, without a break.
#[derive(Clone, Debug)]
pub struct Exposure {
    /// The advisory.
    pub advisory: Arc<Advisory>,
    /// When it was public.
    pub public: Public,
    /// The lockfile's path; `None` of the project's own releases.
    pub lockfile: Option<String>,
    /// The versions that were held since it was public, ascending.
    pub versions: BTreeSet<Version>,
    /// The commit that brought it in.
    pub entered: Moment,
    /// Whether it was there before the history that can be read.
    pub cut_off: bool,
    /// The commit after which it was gone; `None` while it is there.
    pub left: Option<Moment>,
    /// The first release after that whose lockfile is free of it.
    pub shipped: Option<Shipped>,
    /// Whether no release may be an earlier one: there are releases, and the lockfile of each until then could be read.
    pub releases_read: bool,
}

impl Exposure {
    /// From when its days run: the later of the day it was public and its entry.
    pub fn began(&self) -> Timestamp {
        self.public.at.max(self.entered.at)
    }

    /// The days until it left the lockfile; `None` while it is there.
    pub fn days(&self) -> Option<f64> {
        self.left.as_ref().map(|left| days(self.began(), left.at))
    }

    /// The days until a release was free of it; `None` where none is yet.
    pub fn days_to_release(&self) -> Option<f64> {
        self.shipped.as_ref().map(|shipped| days(self.began(), shipped.at))
    }
}

/// The days from one moment to a later one; 0 where it is not later.
pub fn days(from: Timestamp, to: Timestamp) -> f64 {
    (to.duration_since(from).as_secs_f64() / 86_400.0).max(0.0)
}

/// A release that shipped with something known.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its tag.
    pub tag: String,
    /// Its version.
    pub version: Version,
    /// When it was tagged.
    pub at: Timestamp,
    /// The lockfile's path.
    pub lockfile: String,
    /// The advisories that hit its lockfile and were public then; `None` where it has no lockfile that could be read.
    pub known: Option<Vec<Arc<Advisory>>>,
}

/// What one lockfile's history shows.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    /// The exposures, by entry.
    pub exposures: Vec<Exposure>,
    /// Its releases, the earliest first.
    pub releases: Vec<Release>,
    /// What is to be said of the history itself.
    pub notes: Vec<String>,
}

/// What the history of all lockfiles shows.
#[derive(Clone, Debug)]
pub struct History {
    /// The time of judgement.
    pub as_of: Timestamp,
    /// The branch that is checked out.
    pub branch: Option<String>,
    /// The policy's path.
    pub policy: Option<String>,
    /// The database.
    pub database: Database,
    /// How many revisions of lockfiles were read.
    pub revisions: usize,
    /// The times of the first and the last of them.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Whether the history is whole.
    pub complete: bool,
    /// The exposures, by the moment that their days began.
    pub exposures: Vec<windows::Judged>,
    /// The releases, the earliest first.
    pub releases: Vec<Release>,
    /// The figures over all exposures.
    pub figures: figures::Figures,
    /// What is to be said of the history itself.
    pub notes: Vec<String>,
    /// What keeps it from being trusted: a database that is too old.
    pub errors: Vec<Error>,
}

/// An advisory and the day it was public.
pub type Known = (Arc<Advisory>, Public);

/// Replays one lockfile's history.
pub fn replay(history: &LockfileHistory, advisories: &[Known]) -> Replayed {
    let hitting = Hitting::new(history, advisories);
    let mut walk = Walk { hitting: &hitting, held: vec![0; history.packages.len()], open: BTreeMap::new(), closed: Vec::new() };
    let mut latest = Timestamp::MIN;
    let mut backwards = 0_usize;
    let mut unreadable = 0_usize;
    for (index, revision) in history.revisions.iter().enumerate() {
        backwards += usize::from(revision.at < latest);
        latest = latest.max(revision.at);
        let moment = Moment { commit: revision.commit.clone(), at: latest };
        match &revision.change {
            Change::Packages { added, removed } => walk.step(&moment, added, removed, index == 0 && history.cut_off.is_some()),
            Change::Unreadable(_) => unreadable += 1,
        }
    }
    let Walk { open, mut closed, .. } = walk;
    closed.extend(open.into_iter().map(|(advisory, open)| (advisory, open, None)));
    let mut exposures: Vec<Exposure> = closed.into_iter().filter_map(|(at, open, left)| hitting.exposure(at, open, left)).collect();
    for exposure in &mut exposures {
        (exposure.shipped, exposure.releases_read) = hitting.shipped(exposure);
    }
    exposures.sort_by(|a, b| (a.entered.at, &a.advisory.id, &a.lockfile).cmp(&(b.entered.at, &b.advisory.id, &b.lockfile)));
    Replayed { exposures, releases: hitting.releases(), notes: notes(history, backwards, unreadable) }
}

fn notes(history: &LockfileHistory, backwards: usize, unreadable: usize) -> Vec<String> {
    let path = &history.path;
    let mut notes = Vec::new();
    if let Some(why) = &history.cut_off {
        notes.push(format!("the history of {path} is cut off ({why}): what was there at its end entered then at the latest"));
    }
    if unreadable > 0 {
        notes.push(format!(
            "{unreadable} revisions of {path} could not be read; each is passed over, so that what they alone changed dates from the next"
        ));
    }
    if backwards > 0 {
        notes.push(format!("{backwards} revisions of {path} are dated before the one they follow; each counts from the later date"));
    }
    let moved = history.revisions.iter().filter(|one| days(one.written, one.at) > REWRITTEN).count();
    if moved >= 5 && moved * 2 > history.revisions.len() {
        notes.push(format!("{moved} revisions of {path} were committed long after they were written: the history was rewritten or imported, and its dates are those of that day"));
    }
    notes
}

/// How many days after its writing a commit is taken for rewritten.
const REWRITTEN: f64 = 30.0;

/// Which advisories hit which package.
struct Hitting<'a> {
    history: &'a LockfileHistory,
    advisories: &'a [Known],
    /// By package, the indices of its advisories.
    of: Vec<Vec<usize>>,
}

impl<'a> Hitting<'a> {
    fn new(history: &'a LockfileHistory, advisories: &'a [Known]) -> Self {
        let mut by_name = BTreeMap::<&str, Vec<usize>>::new();
        for (index, (advisory, _)) in advisories.iter().enumerate() {
            by_name.entry(&advisory.package).or_default().push(index);
        }
        let hits = |(name, version): &(String, Version)| {
            let named = by_name.get(name.as_str()).into_iter().flatten().copied();
            named.filter(|&index| advisories.get(index).is_some_and(|(advisory, _)| advisory.affects(version))).collect()
        };
        Self { history, advisories, of: history.packages.iter().map(hits).collect() }
    }

    fn of(&self, package: usize) -> &[usize] {
        self.of.get(package).map_or(&[], Vec::as_slice)
    }

    fn version(&self, package: usize) -> Option<&Version> {
        self.history.packages.get(package).map(|(_, version)| version)
    }

    /// The exposure, where it went on after the advisory was public.
    fn exposure(&self, advisory: usize, open: Open, left: Option<Moment>) -> Option<Exposure> {
        let (advisory, public) = self.advisories.get(advisory)?;
        let known = left.as_ref().is_none_or(|left| left.at > public.at);
        known.then(|| Exposure {
            advisory: Arc::clone(advisory),
            public: *public,
            lockfile: Some(self.history.path.clone()),
            versions: open
                .versions
                .into_iter()
                .filter(|(_, gone)| gone.is_none_or(|at| at > public.at))
                .map(|(version, _)| version)
                .collect(),
            entered: open.entered,
            cut_off: open.cut_off,
            left,
            shipped: None,
            releases_read: false,
        })
    }

    fn is_hit(&self, tagged: &Tagged, id: &str) -> Option<bool> {
        let of = |index: &usize| self.advisories.get(*index).is_some_and(|(advisory, _)| advisory.id == id);
        tagged.locks.as_ref().map(|locks| locks.iter().any(|&package| self.of(package).iter().any(of)))
    }

    /// The first release that is free of the exposure once it is over, and whether none may be an earlier one.
    fn shipped(&self, exposure: &Exposure) -> (Option<Shipped>, bool) {
        let Some(left) = &exposure.left else { return (None, !self.history.releases.is_empty()) };
        let mut read = !self.history.releases.is_empty();
        for release in self.history.releases.iter().filter(|release| release.at >= left.at) {
            match self.is_hit(release, &exposure.advisory.id) {
                Some(false) => return (Some(Shipped { tag: release.name.clone(), at: release.at }), read),
                Some(true) => {}
                None => read = false,
            }
        }
        (None, read)
    }

    fn releases(&self) -> Vec<Release> {
        let known = |tagged: &Tagged, locks: &Vec<usize>| {
            let hit: BTreeSet<usize> = locks.iter().flat_map(|&package| self.of(package)).copied().collect();
            let hit = hit.into_iter().filter_map(|index| self.advisories.get(index));
            hit.filter(|(_, public)| public.at < tagged.at).map(|(advisory, _)| Arc::clone(advisory)).collect()
        };
        let release = |tagged: &Tagged| Release {
            tag: tagged.name.clone(),
            version: tagged.version.clone(),
            at: tagged.at,
            lockfile: self.history.path.clone(),
            known: tagged.locks.as_ref().map(|locks| known(tagged, locks)),
        };
        self.history.releases.iter().map(release).collect()
    }
}

/// An exposure that is not over.
struct Open {
    /// Each version that was held, and when it was gone last.
    versions: BTreeMap<Version, Option<Timestamp>>,
    entered: Moment,
    cut_off: bool,
}

struct Walk<'a> {
    hitting: &'a Hitting<'a>,
    /// How often each package is held.
    held: Vec<i64>,
    open: BTreeMap<usize, Open>,
    closed: Vec<(usize, Open, Option<Moment>)>,
}

impl Walk<'_> {
    fn step(&mut self, moment: &Moment, added: &[usize], removed: &[usize], cut_off: bool) {
        for (packages, by) in [(added, 1), (removed, -1)] {
            for &package in packages {
                if let Some(held) = self.held.get_mut(package) {
                    *held += by;
                }
            }
        }
        let hitting = self.hitting;
        for &package in added {
            let Some(version) = hitting.version(package) else { continue };
            for &advisory in hitting.of(package) {
                let open = || Open { versions: BTreeMap::new(), entered: moment.clone(), cut_off };
                self.open.entry(advisory).or_insert_with(open).versions.insert(version.clone(), None);
            }
        }
        let mut touched = BTreeSet::new();
        for &package in removed.iter().filter(|&&package| self.held.get(package) == Some(&0)) {
            for &advisory in hitting.of(package) {
                let gone =
                    self.open.get_mut(&advisory).zip(hitting.version(package)).and_then(|(open, version)| open.versions.get_mut(version));
                if let Some(gone) = gone {
                    *gone = Some(moment.at);
                }
                touched.insert(advisory);
            }
        }
        for advisory in touched {
            if !self.is_held(advisory)
                && let Some(open) = self.open.remove(&advisory)
            {
                self.closed.push((advisory, open, Some(moment.clone())));
            }
        }
    }

    fn is_held(&self, advisory: usize) -> bool {
        self.held.iter().enumerate().any(|(package, held)| *held > 0 && self.hitting.of(package).contains(&advisory))
    }
}

#[cfg(test)]
mod tests;
