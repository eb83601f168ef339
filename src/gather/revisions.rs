//! The history of a lockfile: which packages came and went with each first-parent commit.
//!
//! Only what differs from the neighbouring revision is parsed, and only packages of crates with an advisory are
//! kept. The revisions are read by as many threads as there are cores, each a run of neighbours: git stores
//! neighbours as differences from each other.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use gix::ObjectId;
use semver::Version;

use super::git::objects;
use super::git::{Changed, Changes, Repo};
use super::lockfile::{entries, parse};
use crate::observation::git::Tag;
use crate::observation::history::{Change, LockfileHistory, Revision, Tagged};
use crate::observation::lockfile::Origin;
use crate::source::Source;

/// The most threads that read at once.
const MOST_THREADS: usize = 8;

/// Which packages matter.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The names of crates that have an advisory.
    pub names: &'a BTreeSet<String>,
    /// Addresses of indices that mirror crates.io.
    pub mirrors: &'a [String],
}

/// The history of the lockfile at `path` behind the commit that is checked out, and of the lockfiles of `releases`.
pub fn history(repo: &Repo, path: &str, wanted: Wanted<'_>, releases: &[(Version, &Tag)]) -> LockfileHistory {
    let Changes { all, paths, cut_off } = repo.changes(path);
    let mut packages = Packages::default();
    let mut revisions = read_all(repo, &all, wanted, &mut packages);
    revisions.reverse();
    let mut tags = tagged(repo, &paths, wanted, releases, &mut packages);
    tags.sort_by(|a, b| (a.at, &a.version, &a.name).cmp(&(b.at, &b.version, &b.name)));
    LockfileHistory { path: path.to_owned(), packages: packages.all, revisions, cut_off, releases: tags }
}

/// Every package version that was met, each once.
#[derive(Debug, Default)]
struct Packages {
    all: Vec<(String, Version)>,
    index: BTreeMap<(String, Version), usize>,
}

impl Packages {
    fn of(&mut self, name: &str, version: Version) -> usize {
        let key = (name.to_owned(), version);
        if let Some(known) = self.index.get(&key) {
            return *known;
        }
        self.all.push(key.clone());
        self.index.insert(key, self.all.len() - 1);
        self.all.len() - 1
    }
}

/// The revisions of `all`, in its order (the newest first).
fn read_all(repo: &Repo, all: &[Changed], wanted: Wanted<'_>, packages: &mut Packages) -> Vec<Revision> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let run = all.len().div_ceil(threads).max(1);
    let shared = repo.shared();
    let runs: Vec<(Vec<Change>, Packages)> = thread::scope(|scope| {
        let starts = (0..all.len()).step_by(run);
        let started: Vec<_> = starts
            .map(|start| {
                let shared = &shared;
                scope.spawn(move || {
                    let mut git = shared.to_thread_local();
                    // Every blob is read once; what is worth keeping are the bases of the next, which the pack's own cache holds.
                    git.object_cache_size(None);
                    let mut reader = Reader { git: &git, wanted, packages: Packages::default() };
                    let changes = reader.run(all.get(start..).unwrap_or_default(), run);
                    (changes, reader.packages)
                })
            })
            .collect();
        started.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut found = Vec::with_capacity(all.len());
    for (changes, own) in runs {
        let known: Vec<usize> = own.all.into_iter().map(|(name, version)| packages.of(&name, version)).collect();
        found.extend(changes.into_iter().map(|change| renumbered(change, &known)));
    }
    let written = |changed: &Changed| repo.written(changed.commit).unwrap_or(changed.at);
    let revision = |(changed, change): (&Changed, Change)| Revision {
        commit: changed.commit.to_string(),
        at: changed.at,
        written: written(changed),
        change,
    };
    all.iter().zip(found).map(revision).collect()
}

fn renumbered(change: Change, known: &[usize]) -> Change {
    let of = |all: Vec<usize>| {
        let mut all: Vec<usize> = all.into_iter().filter_map(|index| known.get(index).copied()).collect();
        all.sort_unstable();
        all
    };
    match change {
        Change::Packages { added, removed } => Change::Packages { added: of(added), removed: of(removed) },
        Change::Unreadable(why) => Change::Unreadable(why),
    }
}

/// A revision's text with what each of its parts locks.
#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    /// The length of each part, and the package that it locks where that matters.
    parts: Vec<(usize, Option<usize>)>,
    /// Where the text is not written as cargo writes it: what the parser of the whole says.
    other: Option<Vec<usize>>,
}

impl Text {
    fn parts(&self) -> impl Iterator<Item = (&[u8], Option<usize>)> {
        let mut from = 0;
        self.parts.iter().map(move |&(len, package)| {
            let part = self.bytes.get(from..from + len).unwrap_or_default();
            from += len;
            (part, package)
        })
    }

    fn locks(&self) -> Vec<usize> {
        self.other.clone().unwrap_or_else(|| self.parts.iter().filter_map(|&(_, package)| package).collect())
    }
}

struct Reader<'a> {
    git: &'a gix::Repository,
    wanted: Wanted<'a>,
    packages: Packages,
}

impl Reader<'_> {
    /// What each of the first `count` commits of `all` changed, compared with the next older one that can be read.
    fn run(&mut self, all: &[Changed], count: usize) -> Vec<Change> {
        let mut found: Vec<Option<Change>> = vec![None; count.min(all.len())];
        // The newer neighbour, and its place in `found`.
        let mut newer: Option<(usize, Text)> = None;
        for (index, changed) in all.iter().enumerate() {
            let text = match self.text(changed.blob, newer.as_ref().map(|(_, text)| text)) {
                Ok(text) => text,
                Err(why) => {
                    if let Some(slot) = found.get_mut(index) {
                        *slot = Some(Change::Unreadable(why));
                    }
                    continue;
                }
            };
            if let Some((at, newer)) = &newer
                && let Some(slot) = found.get_mut(*at)
            {
                *slot = Some(difference(&text, newer));
            }
            if index >= count {
                newer = None;
                break;
            }
            newer = Some((index, text));
        }
        if let Some((at, oldest)) = newer
            && let Some(slot) = found.get_mut(at)
        {
            *slot = Some(Change::Packages { added: oldest.locks(), removed: Vec::new() });
        }
        found.into_iter().flatten().collect()
    }

    /// The text of `blob`, parsed where it differs from `near`. A path that is gone locks nothing.
    fn text(&mut self, blob: Option<ObjectId>, near: Option<&Text>) -> Result<Text, String> {
        let Some(blob) = blob else { return Ok(Text::default()) };
        let bytes = objects::blob(self.git, blob)?;
        let mut known = near.filter(|near| near.other.is_none()).map(|near| near.parts().peekable());
        let mut parts = Vec::with_capacity(near.map_or(1024, |near| near.parts.len() + 16));
        for part in entries::parts(&bytes) {
            let same = known.as_mut().and_then(|known| {
                while known.next_if(|(other, _)| *other < part).is_some() {}
                known.next_if(|(other, _)| *other == part)
            });
            let package = match same {
                Some((_, package)) => package,
                None => match entries::locked(part, self.wanted.mirrors) {
                    Ok(found) => {
                        found.filter(|(name, _)| self.wanted.names.contains(*name)).map(|(name, version)| self.packages.of(name, version))
                    }
                    Err(entries::Strange) => return self.whole(&bytes),
                },
            };
            parts.push((part.len(), package));
        }
        Ok(Text { bytes, parts, other: None })
    }

    /// What a text locks that cargo would not have written so.
    fn whole(&mut self, bytes: &[u8]) -> Result<Text, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is no UTF-8".to_owned())?;
        let locked = parse::parse(&Source::new("Cargo.lock", text), self.wanted.mirrors)?;
        let of = |package: &&crate::observation::lockfile::Package| {
            package.origin == Origin::CratesIo && self.wanted.names.contains(&package.name)
        };
        let found: Vec<_> = locked.packages.iter().filter(of).map(|package| (package.name.clone(), package.version.clone())).collect();
        let other = found.into_iter().map(|(name, version)| self.packages.of(&name, version)).collect();
        Ok(Text { bytes: Vec::new(), parts: Vec::new(), other: Some(other) })
    }
}

/// What came and went between two texts.
fn difference(older: &Text, newer: &Text) -> Change {
    let mut count = BTreeMap::<usize, i64>::new();
    let mut weigh = |package: usize, by: i64| *count.entry(package).or_default() += by;
    newer.locks().into_iter().for_each(|package| weigh(package, 1));
    older.locks().into_iter().for_each(|package| weigh(package, -1));
    let of = |sign: i64| count.iter().filter(|(_, by)| by.signum() == sign).map(|(package, _)| *package).collect();
    Change::Packages { added: of(1), removed: of(-1) }
}

/// The lockfile at each release's tag, at the first of `paths` that is there.
fn tagged(repo: &Repo, paths: &[String], wanted: Wanted<'_>, releases: &[(Version, &Tag)], packages: &mut Packages) -> Vec<Tagged> {
    let shared = repo.shared().to_thread_local();
    let mut reader = Reader { git: &shared, wanted, packages: std::mem::take(packages) };
    let mut near: Option<Text> = None;
    let mut found = Vec::with_capacity(releases.len());
    for (version, tag) in releases {
        let blob = paths.iter().find_map(|path| repo.file_at(&tag.commit, path).ok().flatten());
        let text = blob.and_then(|blob| reader.text(Some(blob), near.as_ref()).ok());
        let locks = text.as_ref().map(Text::locks);
        found.push(Tagged { name: tag.name.clone(), version: version.clone(), at: tag.at, locks });
        near = text.or(near);
    }
    *packages = reader.packages;
    found
}

#[cfg(test)]
mod tests;
