//! Branches, remotes, tracked files, and in what the repository is incomplete.

use std::collections::BTreeSet;

use gix::bstr::{BStr, ByteSlice};
use gix::index::entry::{Flags, Mode};

use super::objects;
use crate::observation::git::{Incomplete, Remote};

/// One `[remote "…"]` of the configuration, as far as it is of use here.
pub(super) struct Configured {
    pub(super) name: String,
    url: Option<String>,
    refspecs: Vec<String>,
    no_tags: bool,
    promisor: bool,
}

/// The configured remotes, sorted by name; sections of the same name are one.
pub(super) fn configured(git: &gix::Repository) -> Vec<Configured> {
    let config = git.config_snapshot();
    let names = git.remote_names();
    let text = |key: &str| config.string(key).map(|value| value.to_str_lossy().into_owned());
    names
        .iter()
        .filter_map(|name| std::str::from_utf8(name).ok())
        .map(|name| {
            let key = |key: &str| format!("remote.{name}.{key}");
            let list = |key: String| config.plumbing().values::<gix::bstr::BString>(&key).unwrap_or_default();
            Configured {
                name: name.to_owned(),
                url: list(key("url")).first().map(|url| without_credentials(url.as_bstr())),
                refspecs: list(key("fetch")).iter().map(|spec| spec.to_str_lossy().into_owned()).collect(),
                no_tags: text(&key("tagOpt")).is_some_and(|option| option == "--no-tags"),
                promisor: config.boolean(&key("promisor")) == Some(true) || text(&key("partialCloneFilter")).is_some(),
            }
        })
        .collect()
}

/// The remote that the repository was cloned from: `origin`, else the first.
pub(super) fn home(remotes: &[Configured]) -> Option<&Configured> {
    remotes.iter().find(|remote| remote.name == "origin").or_else(|| remotes.first())
}

/// The remotes that have a URL.
pub(super) fn remotes(configured: &[Configured]) -> Vec<Remote> {
    configured.iter().filter_map(|remote| Some(Remote { name: remote.name.clone(), url: remote.url.clone()? })).collect()
}

/// A URL without what may be secret: the password, over HTTP the user and the query too.
pub(crate) fn without_credentials(url: &BStr) -> String {
    let text = url.to_str_lossy();
    let Some((scheme, rest)) = text.split_once("://") else { return text.into_owned() };
    let http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let authority = match authority.rsplit_once('@') {
        Some((_, host)) if http => host.to_owned(),
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    let path = if http { path.split(['?', '#']).next().unwrap_or_default() } else { path };
    format!("{scheme}://{authority}{path}")
}

/// In what the repository is incomplete; `tags` is how many tags there are, `unread` whether one could not be read.
pub(super) fn incomplete(git: &gix::Repository, remotes: &[Configured], has_tags: bool, unread: bool) -> BTreeSet<Incomplete> {
    let config = git.config_snapshot();
    let shallow = git.is_shallow().unwrap_or(true);
    let home = home(remotes);
    let partial = unread || config.string("extensions.partialClone").is_some() || remotes.iter().any(|remote| remote.promisor);
    let no_tags = home.is_some_and(|home| home.no_tags) || (shallow && !has_tags);
    let single_branch = home.is_some_and(|home| !home.refspecs.iter().any(|spec| all_branches(spec)));
    [
        (Incomplete::Shallow, shallow),
        (Incomplete::Partial, partial),
        (Incomplete::Sparse, is_sparse(git)),
        (Incomplete::NoTags, no_tags),
        (Incomplete::SingleBranch, single_branch),
    ]
    .into_iter()
    .filter_map(|(what, is_so)| is_so.then_some(what))
    .collect()
}

fn all_branches(refspec: &str) -> bool {
    let source = refspec.trim_start_matches('+').split(':').next().unwrap_or_default();
    source == "refs/heads/*" || source == "refs/*"
}

/// Sparse checkout is switched on, and some file is left out by it.
fn is_sparse(git: &gix::Repository) -> bool {
    git.config_snapshot().boolean("core.sparseCheckout") == Some(true)
        && git
            .index_or_empty()
            .is_ok_and(|index| index.is_sparse() || index.entries().iter().any(|entry| entry.flags.contains(Flags::SKIP_WORKTREE)))
}

/// The branches' short names, without the remote's, sorted.
pub(super) fn branches(git: &gix::Repository, remotes: &[Configured]) -> Vec<String> {
    let mut names = BTreeSet::new();
    let Ok(references) = git.references() else { return Vec::new() };
    for branch in references.local_branches().into_iter().flatten().flatten() {
        names.insert(branch.name().shorten().to_str_lossy().into_owned());
    }
    for branch in references.remote_branches().into_iter().flatten().flatten() {
        let full = branch.name().shorten().to_str_lossy();
        let of = |remote: &Configured| full.strip_prefix(remote.name.as_str())?.strip_prefix('/');
        let short = remotes.iter().filter_map(of).min_by_key(|short| short.len());
        names.extend(short.or_else(|| Some(full.split_once('/')?.1)).filter(|short| *short != "HEAD").map(str::to_owned));
    }
    names.into_iter().collect()
}

/// The branch that the remote says is its own default.
pub(super) fn remote_head(git: &gix::Repository, remotes: &[Configured]) -> Option<String> {
    let home = home(remotes)?;
    let head = git.try_find_reference(format!("refs/remotes/{}/HEAD", home.name).as_str()).ok()??;
    let target = head.target().try_name()?.as_bstr().to_str().ok()?.to_owned();
    Some(target.strip_prefix(&format!("refs/remotes/{}/", home.name))?.to_owned())
}

/// The files that git tracks, and whether they could be told. Without a usable index they are those of the
/// commit that is checked out.
pub(super) fn tracked(git: &gix::Repository) -> Result<BTreeSet<String>, String> {
    if let Ok(Some(index)) = git.try_index()
        && !index.is_sparse()
    {
        let path = |entry: &gix::index::Entry| std::str::from_utf8(entry.path(&index)).ok().map(str::to_owned);
        return Ok(index.entries().iter().filter(|entry| entry.mode != Mode::COMMIT).filter_map(path).collect());
    }
    let Some(head) = objects::head(git) else { return Ok(BTreeSet::new()) };
    let commit = objects::commit(git, head)?;
    objects::walk(git, commit.tree, &|_| true).map(|paths| paths.into_iter().collect())
}
