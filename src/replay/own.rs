//! Exposures of the project's own crates: from the advisory to the first release that it does not hit.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Exposure, Known, Moment, Shipped};
use crate::releases::Release;

/// The exposures of the users of `releases` to the project's own advisories.
pub fn exposures(advisories: &[Known], releases: &[(Release, Timestamp)]) -> Vec<Exposure> {
    advisories.iter().filter_map(|known| exposure(known, releases)).collect()
}

fn exposure((advisory, public): &Known, releases: &[(Release, Timestamp)]) -> Option<Exposure> {
    let mut by_time: Vec<&(Release, Timestamp)> = releases.iter().collect();
    by_time.sort_by_key(|(release, at)| (*at, release.version.clone()));
    let hit: Vec<_> = by_time.iter().filter(|(release, _)| advisory.affects(&release.version)).collect();
    let (first, entered) = hit.first()?;
    let highest = hit.iter().map(|(release, _)| &release.version).max()?;
    // A fix in an older line is none for who has the newest.
    let free = by_time.iter().filter(|(release, _)| !advisory.affects(&release.version) && release.version > *highest);
    let free = free.map(|(release, at)| (release, *at)).next();
    let known = free.is_none_or(|(_, at)| at > public.at);
    let commit = |release: &Release| release.tag.as_ref().map(|tag| tag.commit.clone()).unwrap_or_default();
    known.then(|| Exposure {
        advisory: Arc::clone(advisory),
        public: *public,
        lockfile: None,
        versions: hit.iter().map(|(release, _)| release.version.clone()).collect::<BTreeSet<_>>(),
        entered: Moment { commit: commit(first), at: *entered },
        cut_off: false,
        left: free.map(|(release, at)| Moment { commit: commit(release), at }),
        releases_read: true,
        shipped: free.and_then(|(release, at)| Some(Shipped { tag: release.tag.as_ref()?.name.clone(), at })),
    })
}
