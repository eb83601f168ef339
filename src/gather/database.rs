//! The advisory database: found, fetched, cached, and read advisory by advisory.

mod fetch;
mod parse;
mod seen;
mod store;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::seen::Seen;
use self::store::{Named, Store};
use crate::error::{Error, Result};
use crate::gather::git::objects::{self, Commit};
use crate::observation::advisory::{Advisory, Database};
use crate::observation::day;

/// The RustSec advisory database.
pub const DEFAULT_URL: &str = "https://github.com/RustSec/advisory-db.git";

/// Where the database comes from.
#[derive(Clone, Debug)]
pub enum From {
    /// A folder: plain, or a git checkout (then its commit's tree is read, not the work tree).
    Folder(PathBuf),
    /// A git URL: fetched and cached, unless `offline`; then the cached copy alone.
    Url {
        /// `https:`, `ssh:`, `file:` or scp-like.
        url: String,
        /// Whether the network is out of bounds.
        offline: bool,
    },
}

/// An open database.
#[derive(Debug)]
pub struct Db {
    /// Its provenance.
    pub facts: Database,
    advisories: Vec<Advisory>,
    seen: Option<Seen>,
}

/// A place that advisories can be read from, and what is known of it.
struct Opened {
    store: Store,
    source: String,
    warnings: Vec<String>,
}

impl Db {
    /// Opens it, and reads the advisories of `packages` alone (the others are counted, not parsed).
    /// Advisories that are withdrawn, or not yet public at `now`, are left out.
    ///
    /// # Errors
    /// [`crate::error::Class::Unreadable`], with what to do, where there is no usable copy.
    pub fn open(from: &From, packages: &BTreeSet<String>, now: Timestamp) -> Result<Self> {
        Self::open_telling(from, packages, now, &mut |_| {})
    }

    /// The same; `tell` is told what takes time: a fetch, or another process that is waited for.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_telling(from: &From, packages: &BTreeSet<String>, now: Timestamp, tell: &mut dyn FnMut(&str)) -> Result<Self> {
        match from {
            From::Folder(folder) => read(folder_at(folder)?, &|name| packages.contains(name), now),
            From::Url { url, offline } => {
                read(fetch::open(&fetch::cargo_home()?, url, *offline, tell)?, &|name| packages.contains(name), now)
            }
        }
    }

    /// Opens it, and reads every advisory, as [`Self::open`] does those of a few packages.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_whole(from: &From, now: Timestamp) -> Result<Self> {
        match from {
            From::Folder(folder) => read(folder_at(folder)?, &|_| true, now),
            From::Url { url, offline } => read(fetch::open(&fetch::cargo_home()?, url, *offline, &mut |_| {})?, &|_| true, now),
        }
    }

    /// The advisories that were read, sorted by id, for crates of crates.io.
    pub fn advisories(&self) -> &[Advisory] {
        &self.advisories
    }

    /// When the first first-parent commit was made that holds the advisory; `None` without a history, and
    /// where the history is cut off before it tells.
    pub fn first_seen(&self, advisory: &Advisory) -> Option<Timestamp> {
        let (package, file) = advisory.path.strip_prefix("crates/")?.split_once('/')?;
        self.seen.as_ref()?.first(package, file)
    }
}

/// Whether `advisory` hits `version` of its package.
pub fn affects(advisory: &Advisory, version: &semver::Version) -> bool {
    advisory.affects(version)
}

const GIVE_ANOTHER: &str = "give another folder with `--db`, or leave `--db` out to have the database fetched";

/// The database in the folder `path`.
fn folder_at(path: &Path) -> Result<Opened> {
    let source = path.display().to_string();
    if !path.is_dir() {
        return Err(Error::unreadable(format!("the advisory database {source} is no folder")).help(GIVE_ANOTHER));
    }
    let cannot = |why: String| {
        Error::unreadable(format!("the advisory database {source} cannot be read: {why}"))
            .help("repair or clone it again, or give its advisories as a folder without `.git`")
    };
    let store = if path.join(".git").symlink_metadata().is_ok() || is_bare(path) {
        let git = fetch::open_to_read(path).map_err(cannot)?;
        let head = objects::head(&git).ok_or_else(|| cannot("it holds no commit yet".into()))?;
        let commit = objects::commit(&git, head).map_err(cannot)?;
        Store::Commit(Box::new(git), commit)
    } else {
        Store::Folder(path.to_owned())
    };
    Ok(Opened { store, source, warnings: Vec::new() })
}

fn is_bare(path: &Path) -> bool {
    path.join("HEAD").is_file() && path.join("objects").is_dir() && !path.join("crates").is_dir()
}

/// Reads the advisories of the packages that are `wanted`, and counts all.
fn read(opened: Opened, wanted: &dyn Fn(&str) -> bool, now: Timestamp) -> Result<Db> {
    let Opened { store, source, warnings } = opened;
    let today = day(now);
    let cannot = |why: String| Error::unreadable(format!("the advisory database {source} cannot be read: {why}")).help(GIVE_ANOTHER);
    let mut files = Files::default();
    for package in store.packages("crates").map_err(cannot)? {
        files.add(&store, &package, wanted, today).map_err(cannot)?;
    }
    let mut count = files.all.len();
    if count == 0 {
        let why = format!("the advisory database {source} holds no advisories (it has no `crates/<package>/RUSTSEC-….md`)");
        return Err(Error::unreadable(why).help(GIVE_ANOTHER));
    }
    let mut ids: BTreeSet<_> = files.all.iter().map(id).collect();
    for package in store.packages("rust").map_err(cannot)? {
        let of_rust = store.advisories(&package).map_err(cannot)?;
        count += of_rust.len();
        ids.extend(of_rust.iter().map(id));
    }
    let updated = match &store {
        Store::Commit(_, commit) => Some(commit.at),
        Store::Folder(_) => newest(&store, files.all).and_then(|date| Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())),
    };
    let (commit, seen, has_history) = match store {
        Store::Commit(git, commit) => {
            let whole = !git.is_shallow().unwrap_or(true);
            (Some(commit), Some(Seen::new(*git, commit.id)), whole)
        }
        Store::Folder(_) => (None, None, false),
    };
    files.advisories.sort_by(|a, b| a.id.cmp(&b.id));
    let commit = commit.map(|commit: Commit| commit.id.to_string());
    let facts = Database { source, commit, updated, advisories: count, ids, has_history, unreadable: files.unreadable, warnings };
    Ok(Db { facts, advisories: files.advisories, seen })
}

/// The id that the file of an advisory is named after.
fn id(file: &Named) -> String {
    file.name.trim_end_matches(".md").to_owned()
}

/// The advisories as they are read.
#[derive(Default)]
struct Files {
    /// Every advisory's file.
    all: Vec<Named>,
    advisories: Vec<Advisory>,
    unreadable: Vec<(String, String)>,
}

impl Files {
    fn add(&mut self, store: &Store, package: &Named, wanted: &dyn Fn(&str) -> bool, today: Date) -> std::result::Result<(), String> {
        let files = store.advisories(package)?;
        for file in files.iter().filter(|_| wanted(&package.name)) {
            let parsed = store.read(&file.node).and_then(|text| parse::advisory(&text, &package.name, &file.name, today));
            match parsed {
                Ok(advisory) => self.advisories.extend(advisory),
                Err(why) => self.unreadable.push((format!("crates/{}/{}", package.name, file.name), why)),
            }
        }
        self.all.extend(files);
        Ok(())
    }
}

/// The newest advisory's date. Ids carry their year, so that only those of the newest year are opened.
fn newest(store: &Store, mut files: Vec<Named>) -> Option<Date> {
    let year = |file: &Named| file.name.split('-').nth(1).and_then(|year| year.parse::<u16>().ok()).unwrap_or_default();
    files.sort_by_key(|file| std::cmp::Reverse(year(file)));
    let mut newest: Option<(u16, Date)> = None;
    for file in &files {
        if newest.is_some_and(|(found, _)| found > year(file)) {
            break;
        }
        if let Some(date) = store.read(&file.node).ok().and_then(|text| parse::date_of(&text)) {
            newest = Some((year(file), newest.map_or(date, |(_, known)| known.max(date))));
        }
    }
    newest.map(|(_, date)| date)
}

#[cfg(test)]
mod tests;
