//! What the database says of the locked packages: every hit from what is at hand, then, of live
//! vulnerabilities alone, what costs more.

mod deep;
pub(super) mod fix;
pub mod own;
mod users;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use deep::{Deep, charged_ids, complete, deepen};
use semver::Version;
pub use users::libraries_alone;

use super::graph::{Graph, WaysIn};
use super::lockfile::Lockfiles;
use super::registry::Published;
use crate::observation::advisory::{Advisory, AdvisoryKind, Built, Fix, FixReach, Hit, Public, Since};
use crate::observation::lockfile::{Counts, Locked, Lockfile, Origin};
use crate::source::Place;

/// Cargo's local copy of the index of crates.io, as far as it is asked here.
pub struct Index<'a> {
    /// Whether one version of a crate was withdrawn; `None` where the copy does not hold it.
    pub yanked: &'a dyn Fn(&str, &Version) -> Option<bool>,
    /// Every version of a crate; asked only for what an advisory hits.
    pub published: &'a dyn Fn(&str) -> Option<Vec<Published>>,
}

/// The names of the packages from crates.io in all lockfiles: those whose advisories are worth reading.
pub fn packages(lockfiles: &Lockfiles) -> BTreeSet<String> {
    let locked = lockfiles.all.iter().filter_map(|lockfile| lockfile.content.as_ref().ok());
    let packages = locked.flat_map(|locked| &locked.packages).filter(|package| package.origin == Origin::CratesIo);
    packages.map(|package| package.name.clone()).collect()
}

/// Every hit of every lockfile that could be read, sorted by lockfile, package, version and advisory.
///
/// Nothing but `cached` is asked here. What is said of the fix, the day
/// it was public, the entry and the build is filled in by [`deepen`] where it matters.
pub fn hits(advisories: &[Advisory], cached: &Index<'_>, lockfiles: &Lockfiles) -> Vec<Hit> {
    let mut by_package = BTreeMap::<&str, Vec<Arc<Advisory>>>::new();
    for advisory in advisories {
        by_package.entry(&advisory.package).or_default().push(Arc::new(advisory.clone()));
    }
    let mut found = Vec::new();
    for lockfile in &lockfiles.all {
        if let Ok(locked) = &lockfile.content {
            let of = OfLockfile { lockfile, locked, graph: Graph::new(locked, lockfiles.members_of(&lockfile.path)) };
            found.extend(of.hits(&by_package, cached));
        }
    }
    let key = |hit: &Hit| hit.advisory.as_ref().map(|advisory| advisory.id.clone());
    found.sort_by(|a, b| (&a.lockfile, &a.package, &a.version, key(a)).cmp(&(&b.lockfile, &b.package, &b.version, key(b))));
    found
}

struct OfLockfile<'a> {
    lockfile: &'a Lockfile,
    locked: &'a Locked,
    graph: Graph<'a>,
}

impl OfLockfile<'_> {
    fn hits(&self, advisories: &BTreeMap<&str, Vec<Arc<Advisory>>>, cached: &Index<'_>) -> Vec<Hit> {
        let mut found = Vec::new();
        for (index, package) in self.locked.packages.iter().enumerate() {
            if package.origin != Origin::CratesIo {
                continue;
            }
            let of_package = advisories.get(package.name.as_str()).into_iter().flatten();
            let mut hitting: Vec<Option<Arc<Advisory>>> =
                of_package.filter(|advisory| advisory.affects(&package.version)).cloned().map(Some).collect();
            let published = if hitting.is_empty() { None } else { (cached.published)(&package.name) };
            if (cached.yanked)(&package.name, &package.version) == Some(true) {
                hitting.push(None);
            }
            if hitting.is_empty() {
                continue;
            }
            let ways = self.graph.ways_in(index);
            found.extend(hitting.into_iter().filter_map(|advisory| self.hit(index, advisory, &ways, published.as_deref())));
        }
        found
    }

    fn hit(&self, index: usize, advisory: Option<Arc<Advisory>>, ways: &WaysIn, published: Option<&[Published]>) -> Option<Hit> {
        let package = self.locked.packages.get(index)?;
        let fix = advisory.as_ref().map_or(Fix::None, |advisory| fix::of(advisory, &package.version, published));
        Some(Hit {
            kind: advisory.as_ref().map_or(AdvisoryKind::Yanked, |advisory| advisory.kind),
            package: package.name.clone(),
            version: package.version.clone(),
            lockfile: self.lockfile.path.clone(),
            place: Place::line_in(&self.locked.source, package.line),
            counts: self.lockfile.counts == Counts::Yes,
            reach: ways.reach,
            paths: ways.paths.clone(),
            built: Built::Yes,
            reaches_users: FixReach::NotALibrary,
            public: advisory.as_ref().map(|advisory| Public::stated(advisory.date)),
            fix,
            entered: Since::NotAsked,
            advisory,
        })
    }
}

#[cfg(test)]
mod tests;
