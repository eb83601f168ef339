//! The first version that fixes a hit (spec: "Clock", 2).

use semver::{Op, Version};

use super::super::registry::Published;
use crate::observation::advisory::{Advisory, Fix};

/// The lowest published fixed version above the locked one, else the highest below it; where the index
/// cannot be asked, the lowest version that the advisory calls fixed.
pub(in crate::gather) fn of(advisory: &Advisory, locked: &Version, published: Option<&[Published]>) -> Fix {
    let Some(published) = published.filter(|published| !published.is_empty()) else {
        return by_requirements(advisory, locked);
    };
    let fixed = || published.iter().filter(|one| !one.yanked && advisory.is_fixed_in(&one.version));
    let above = fixed().filter(|one| one.version > *locked).min_by(|a, b| a.version.cmp(&b.version));
    let chosen = above.or_else(|| fixed().max_by(|a, b| a.version.cmp(&b.version)));
    chosen.map_or(Fix::None, |one| Fix::Version { version: one.version.to_string(), published: one.on })
}

fn by_requirements(advisory: &Advisory, locked: &Version) -> Fix {
    let mut bounds: Vec<Version> = advisory.patched.iter().filter_map(lower_bound).collect();
    bounds.sort();
    let chosen = bounds.iter().find(|bound| *bound > locked).or_else(|| bounds.last());
    match chosen {
        Some(version) => Fix::Version { version: version.to_string(), published: None },
        // A requirement without a lower bound still says that there is a fix.
        None => advisory.patched.first().map_or(Fix::None, |any| Fix::Version { version: any.to_string(), published: None }),
    }
}

/// The lowest version that a requirement can match: its `>=`, `>`, `^`, `~` or `=`.
fn lower_bound(requirement: &semver::VersionReq) -> Option<Version> {
    let bounds = requirement.comparators.iter().filter(|comparator| !matches!(comparator.op, Op::Less | Op::LessEq));
    bounds
        .map(|comparator| Version {
            major: comparator.major,
            minor: comparator.minor.unwrap_or(0),
            patch: comparator.patch.unwrap_or(0) + u64::from(comparator.op == Op::Greater),
            pre: comparator.pre.clone(),
            build: semver::BuildMetadata::EMPTY,
        })
        .max()
}
