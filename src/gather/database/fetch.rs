//! The cached copy of a database that lies behind a URL: kept whole whatever happens, refreshed under a lock.
//!
//! cargo-audit's own folder is used where it is a checkout of the same URL. Only the remote-tracking HEAD is moved
//! there, as cargo-audit moves it too; its branch and its work tree stay as cargo-audit left them. Else the copy is
//! a bare repository of ours. Either way the advisories are read from the fetched commit's tree, so that a work
//! tree that was left half checked out does not matter.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use gix::ObjectId;
use gix::refs::transaction::PreviousValue;
use gix::remote::Direction;
use tame_index::flock::{FileLock, LockError, LockOptions};

use super::Opened;
use super::store::Store;
use crate::error::{Error, Result};
use crate::gather::git::objects::{self, Commit, why};
use crate::gather::git::{options, without_credentials};
use crate::observation::day;

/// The reference that a fetch moves, in cargo-audit's folder and in ours.
const FETCHED: &str = "refs/remotes/origin/HEAD";
/// What is asked of the remote.
const REFSPEC: &str = "+HEAD:refs/remotes/origin/HEAD";
/// How long another process's refresh is waited for: as long as cargo-audit waits.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);
/// How often the lock is tried meanwhile.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);
/// Every fetch adds a pack; past so many a copy of ours is cloned anew.
const MOST_PACKS: usize = 50;

/// One place where a copy may lie.
struct Place {
    /// The repository.
    folder: PathBuf,
    /// Its lock file.
    lock: PathBuf,
    /// Whether it is ours alone, so that it may be replaced.
    ours: bool,
}

/// What can go wrong where no error is shown yet: a half-sentence.
type Outcome<T> = std::result::Result<T, String>;

/// Cargo's home.
pub(super) fn cargo_home() -> Result<PathBuf> {
    let unknown = |error| Error::unreadable(format!("cargo's home is not known: {}", why(&error))).help("set CARGO_HOME");
    tame_index::utils::cargo_home().map(Into::into).map_err(unknown)
}

/// A repository that is only read: its own configuration is the only one, and nothing in it is ever run.
pub(super) fn open_to_read(folder: &Path) -> Outcome<gix::Repository> {
    let mut git = gix::open_opts(folder, gix::open::Options::isolated()).map_err(|error| why(&error))?;
    git.object_cache_size_if_unset(16 * 1024 * 1024);
    Ok(git)
}

/// The database behind `url`: refreshed, unless `offline`; else the copy that is cached in `home`.
pub(super) fn open(home: &Path, url: &str, offline: bool, tell: &mut dyn FnMut(&str)) -> Result<Opened> {
    let shown = without_credentials(url.into());
    check(url, &shown)?;
    let mut places = places(home, url);
    let mut warnings = Vec::new();
    let mut problem = None;
    if !offline {
        match refresh(&places, url, &shown, tell) {
            // What was just fetched is read, even where another copy holds a later commit.
            Ok(()) => places.truncate(1),
            Err(why) => problem = Some(why),
        }
    }
    let copies = places.iter().filter_map(|place| usable(&place.folder).ok());
    let Some((git, commit)) = copies.max_by_key(|(_, commit)| commit.at) else {
        return Err(no_copy(&shown, problem));
    };
    if let Some(why) = problem {
        warnings.push(format!("the advisory database could not be refreshed ({why}); the copy of {} is used", day(commit.at)));
    }
    Ok(Opened { store: Store::Commit(Box::new(git), commit), source: shown, warnings })
}

fn check(url: &str, shown: &str) -> Result<()> {
    let parsed = gix::url::parse(url).map_err(|error| Error::usage(format!("`{shown}` is no URL of a git repository: {}", why(&error))))?;
    match parsed.scheme {
        gix::url::Scheme::Https | gix::url::Scheme::Ssh | gix::url::Scheme::File => Ok(()),
        scheme => Err(Error::usage(format!("the advisory database cannot be fetched from `{shown}`: {scheme} is not supported"))
            .help("give an https:, ssh: or file: URL")),
    }
}

fn no_copy(shown: &str, problem: Option<String>) -> Error {
    match problem {
        Some(why) => Error::unreadable(format!("the advisory database {shown} could not be fetched ({why}), and no copy of it is cached"))
            .help("look at the network, name a mirror with `--db-url URL`, or give a folder with `--db DIR`"),
        None => Error::unreadable(format!("no copy of the advisory database {shown} is cached, and `--offline` rules out fetching it"))
            .help("run once without `--offline`, or give a folder with `--db DIR`"),
    }
}

/// Where copies of `url` may lie; the first is the one that is refreshed.
fn places(home: &Path, url: &str) -> Vec<Place> {
    let hash = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, same(url).as_bytes());
    let name = hash.map_or_else(|_| "advisory-db".to_owned(), |hash| format!("advisory-db-{}", hash.to_hex_with_len(16)));
    let ours = home.join("secpolicy").join(name);
    let audit = home.join("advisory-db");
    let audits = is_checkout_of(&audit, url).then(|| Place { folder: audit, lock: home.join("advisory-db.lock"), ours: false });
    audits.into_iter().chain([Place { lock: ours.with_extension("lock"), folder: ours, ours: true }]).collect()
}

fn is_checkout_of(folder: &Path, url: &str) -> bool {
    let configured = || Some(open_to_read(folder).ok()?.config_snapshot().string("remote.origin.url")?.to_string());
    folder.join(".git").is_dir() && configured().is_some_and(|configured| same(&configured) == same(url))
}

/// Spellings of the same URL as one.
fn same(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.strip_suffix(".git").unwrap_or(url)
}

/// The repository in `folder` and the commit in it that was fetched last, where it holds advisories.
fn usable(folder: &Path) -> Outcome<(gix::Repository, Commit)> {
    let git = open_to_read(folder)?;
    let fetched = target(&git, FETCHED);
    // A fresh clone by cargo-audit has the branch alone.
    let heads = [fetched, objects::head(&git)].into_iter().flatten();
    let commits: Vec<_> = heads.filter_map(|id| holds_advisories(&git, id).ok()).collect();
    let newest = commits.into_iter().max_by_key(|commit| commit.at).ok_or("it holds no commit that can be read")?;
    Ok((git, newest))
}

fn target(git: &gix::Repository, name: &str) -> Option<ObjectId> {
    git.try_find_reference(name).ok()??.into_fully_peeled_id().ok().map(gix::Id::detach)
}

/// The commit `id`, where its tree can be read and has packages in it.
fn holds_advisories(git: &gix::Repository, id: ObjectId) -> Outcome<Commit> {
    let commit = objects::commit(git, id)?;
    let crates = objects::entry(git, commit.tree, "crates")?.filter(|entry| entry.folder);
    match crates.map(|entry| objects::list(git, entry.id)).transpose()? {
        Some(packages) if !packages.is_empty() => Ok(commit),
        Some(_) | None => Err("it is no advisory database: it has no folder `crates`".into()),
    }
}

/// Fetches into the first of `places`, under its lock.
fn refresh(places: &[Place], url: &str, shown: &str, tell: &mut dyn FnMut(&str)) -> Outcome<()> {
    let place = places.first().ok_or("there is no place for it")?;
    let _lock = lock(&place.lock, LONGEST_WAIT, tell)?;
    tell(&format!("fetching the advisory database {shown}"));
    let old = place.folder.with_extension("old");
    if place.ours && !place.folder.exists() && old.exists() {
        // A run that was ended in the moment between the two renames of `clone`.
        fs::rename(&old, &place.folder).map_err(|error| format!("{} cannot be written: {error}", place.folder.display()))?;
    }
    if place.ours && (usable(&place.folder).is_err() || packs(&place.folder) > MOST_PACKS) {
        return clone(&place.folder, url);
    }
    remove_stale_locks(place);
    let open = gix::open_opts(&place.folder, options().bail_if_untrusted(true));
    let mut git = open.map_err(|error| why(&error))?;
    let before = target(&git, FETCHED);
    receive(&mut git, url)?;
    let checked = target(&git, FETCHED).ok_or("nothing was fetched".to_owned()).and_then(|id| holds_advisories(&git, id));
    match (checked, before) {
        (Ok(_), _) => Ok(()),
        (Err(why), Some(before)) => {
            let restored = git.reference(FETCHED, before, PreviousValue::Any, "what was fetched is no advisory database");
            restored.map_err(|error| objects::why(&error))?;
            Err(why)
        }
        (Err(why), None) => {
            if let Ok(reference) = git.find_reference(FETCHED) {
                reference.delete().map_err(|error| objects::why(&error))?;
            }
            Err(why)
        }
    }
}

/// Removes git's own lock files that a killed run left: under our lock nobody else holds them in a folder of ours,
/// nor for an hour in cargo-audit's.
fn remove_stale_locks(place: &Place) {
    let git = if place.ours { place.folder.clone() } else { place.folder.join(".git") };
    let is_old = |path: &Path| {
        let modified = path.metadata().and_then(|meta| meta.modified()).ok();
        modified.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > Duration::from_secs(60 * 60))
    };
    for name in [FETCHED, "HEAD", "packed-refs", "shallow"] {
        let path = git.join(format!("{name}.lock"));
        if place.ours || is_old(&path) {
            // Mostly there is none; where one cannot be removed, the fetch itself says so.
            let _ = fs::remove_file(path);
        }
    }
}

fn packs(folder: &Path) -> usize {
    let is_pack = |entry: &fs::DirEntry| entry.path().extension().is_some_and(|extension| extension == "pack");
    folder.join("objects/pack").read_dir().map_or(0, |entries| entries.flatten().filter(is_pack).count())
}

/// Clones into a folder beside `folder`, which takes its place only when it is whole.
fn clone(folder: &Path, url: &str) -> Outcome<()> {
    let (new, old) = (folder.with_extension("new"), folder.with_extension("old"));
    let cannot = |path: &Path, error: std::io::Error| format!("{} cannot be written: {error}", path.display());
    // What an interrupted run left behind.
    for left in [&new, &old] {
        if left.symlink_metadata().is_ok() {
            fs::remove_dir_all(left).map_err(|error| cannot(left, error))?;
        }
    }
    let cloned = clone_into(&new, url).and_then(|()| {
        if folder.symlink_metadata().is_ok() {
            fs::rename(folder, &old).map_err(|error| cannot(folder, error))?;
        }
        fs::rename(&new, folder).map_err(|error| cannot(folder, error))
    });
    for left in [&new, &old] {
        // Only a remainder: the next run that clones removes it.
        let _ = fs::remove_dir_all(left);
    }
    cloned
}

fn clone_into(new: &Path, url: &str) -> Outcome<()> {
    fs::create_dir_all(new).map_err(|error| format!("{} cannot be written: {error}", new.display()))?;
    let bare = gix::create::Kind::Bare;
    let created = gix::ThreadSafeRepository::init_opts(new, bare, gix::create::Options::default(), options());
    let mut git = created.map_err(|error| why(&error))?.to_thread_local();
    receive(&mut git, url)?;
    holds_advisories(&git, target(&git, FETCHED).ok_or("nothing was fetched")?).map(|_| ())
}

/// Fetches `url`'s HEAD into [`FETCHED`]. The reference moves only after the objects are there.
fn receive(git: &mut gix::Repository, url: &str) -> Outcome<()> {
    // A reflog entry wants a name; who runs this need not have set one.
    git.committer_or_set_generic_fallback().map_err(|error| why(&error))?;
    let ssh = std::env::var("GIT_SSH_COMMAND").ok().map(|command| format!("core.sshCommand={command}"));
    let settings = ["gitoxide.credentials.terminalPrompt=false".to_owned()].into_iter().chain(ssh);
    git.config_snapshot_mut().append_config(settings, gix::config::Source::Api).map_err(|error| why(&error))?;
    let remote = git.remote_at(url).map_err(|error| why(&error))?;
    let remote = remote.with_fetch_tags(gix::remote::fetch::Tags::None);
    let remote = remote.with_refspecs([REFSPEC], Direction::Fetch).map_err(|error| why(&error))?;
    let connection = remote.connect(Direction::Fetch).map_err(|error| why(&error))?;
    let prepared = connection.prepare_fetch(gix::progress::Discard, gix::remote::ref_map::Options::default());
    let never = AtomicBool::new(false);
    prepared.map_err(|error| why(&error))?.receive(gix::progress::Discard, &never).map_err(|error| why(&error))?;
    Ok(())
}

/// The lock on `path`, waited for no longer than `longest`; `tell` is told that it is waited for.
fn lock(path: &Path, longest: Duration, tell: &mut dyn FnMut(&str)) -> Outcome<FileLock> {
    let cannot = |why: &dyn std::fmt::Display| format!("{} cannot be locked: {why}", path.display());
    let utf8 = tame_index::PathBuf::from_path_buf(path.to_owned()).map_err(|_| cannot(&"its path is not UTF-8"))?;
    let options = LockOptions::new(&utf8).exclusive(false);
    let started = Instant::now();
    let mut told = false;
    loop {
        match options.try_lock() {
            Ok(lock) => return Ok(lock),
            Err(tame_index::Error::Lock(error)) => match error.source {
                // As cargo and cargo-audit do where locks do not work at all.
                LockError::Nfs | LockError::NotSupported => return Ok(FileLock::unlocked()),
                LockError::Contested if started.elapsed() < longest => {}
                LockError::Contested | LockError::TimedOut => return Err("another process has been refreshing it for minutes".into()),
                LockError::Readonly => return Err(format!("{} cannot be written", path.display())),
                LockError::Open(error) | LockError::CreateDir(error) | LockError::Lock(error) => return Err(cannot(&error)),
            },
            Err(error) => return Err(cannot(&why(&error))),
        }
        if !told {
            tell("waiting for another process that is refreshing the advisory database");
            told = true;
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
}

#[cfg(test)]
mod tests;
