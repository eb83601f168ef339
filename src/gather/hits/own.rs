//! The database's advisories for the project's own crates.

use std::collections::BTreeSet;

use crate::observation::advisory::Advisory;
use crate::observation::git::Git;
use crate::observation::workspace::Workspace;

/// The names of the members that may be published: packages whose advisories are worth reading.
pub fn packages(workspace: &Workspace) -> BTreeSet<String> {
    workspace.members.iter().filter(|member| member.publishable).map(|member| member.name.clone()).collect()
}

/// The advisories of a publishable member's name whose `url` or references lead into this repository: the
/// name alone may be another project's.
pub fn advisories(all: &[Advisory], workspace: &Workspace, git: Option<&Git>) -> Vec<Advisory> {
    let names = packages(workspace);
    let stated = workspace.members.iter().filter_map(|member| member.repository.as_deref());
    let remotes = git.into_iter().flat_map(|git| &git.remotes).map(|remote| remote.url.as_str());
    let homes: BTreeSet<String> = stated.chain(remotes).filter_map(home).collect();
    let leads_here = |link: &String| home(link).is_some_and(|link| homes.iter().any(|home| lies_in(&link, home)));
    all.iter().filter(|advisory| names.contains(&advisory.package) && advisory.links.iter().any(leads_here)).cloned().collect()
}

/// `host/path` of an address in lower case, without scheme, user and `.git`; `None` where there is no path.
fn home(url: &str) -> Option<String> {
    let url = url.trim().to_lowercase();
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let rest = rest.split_once('@').filter(|(user, _)| !user.contains('/')).map_or(rest, |(_, rest)| rest);
    let path = rest.replacen(':', "/", 1);
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (path.split('/').count() >= 3).then(|| path.to_owned())
}

fn lies_in(link: &str, home: &str) -> bool {
    link.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#', '?', '.']))
}
