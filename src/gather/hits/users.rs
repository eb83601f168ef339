//! Whether a fix reaches a library's users by itself (spec: "A library published without its lockfile").

use semver::Version;

use super::super::graph::{Graph, requirements};
use super::super::registry::Published;
use crate::observation::advisory::{Advisory, Fix, FixReach, Hit};
use crate::observation::lockfile::Locked;
use crate::observation::workspace::{Member, Ships, TargetKind};

/// Whether what ships of these members are published libraries alone.
pub fn libraries_alone(members: &[Member]) -> bool {
    let mut shipping = members.iter().filter(|member| member.ships == Ships::Yes).peekable();
    let library = |member: &Member| member.publishable && member.targets.iter().all(|target| target.kind != TargetKind::Bin);
    shipping.peek().is_some() && shipping.all(library)
}

/// Whether every requirement on the hit's package, of the members and of what they depend on, admits a fixed
/// version. The requirements of packages from elsewhere stand in no lockfile, and are not known here.
pub(super) fn reach(locked: &Locked, members: &[Member], hit: &Hit, published: Option<&[Published]>) -> FixReach {
    let (Some(advisory), Fix::Version { version, .. }) = (&hit.advisory, &hit.fix) else { return FixReach::NotALibrary };
    if !libraries_alone(members) {
        return FixReach::NotALibrary;
    }
    let fixed = fixed_versions(advisory, version, published);
    let same = |package: &crate::observation::lockfile::Package| package.name == hit.package && package.version == hit.version;
    let Some((index, package)) = locked.packages.iter().enumerate().find(|(_, package)| same(package)) else {
        return FixReach::NotALibrary;
    };
    let mut unknown = Vec::new();
    for (dependent, member) in Graph::new(locked, members).dependents(index) {
        match member {
            // What does not ship has no users.
            Some(member) if member.ships != Ships::Yes => {}
            Some(member) => {
                let admits = |requirement: &semver::VersionReq| fixed.iter().any(|version| requirement.matches(version));
                if !requirements(member, package).all(|dependency| admits(&dependency.requirement)) {
                    return FixReach::Excluded;
                }
            }
            None => unknown.push(format!("{} {}", dependent.name, dependent.version)),
        }
    }
    if unknown.is_empty() { FixReach::Admitted } else { FixReach::Unknown(unknown.join(", ")) }
}

fn fixed_versions(advisory: &Advisory, lowest: &str, published: Option<&[Published]>) -> Vec<Version> {
    let known = published.into_iter().flatten().filter(|one| !one.yanked && advisory.is_fixed_in(&one.version));
    known.map(|one| one.version.clone()).chain(Version::parse(lowest).ok()).collect()
}
