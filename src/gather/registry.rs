//! The crates.io index: cargo's local cache of it, and the registry itself where the network may be used.

mod source;

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::memmem;
use semver::Version;
use tame_index::index::cache::{CURRENT_CACHE_VERSION, ValidCacheEntry};
use tame_index::utils::split;

use self::source::Index;
use crate::gather::files::read_bounded;
use crate::observation::day;

/// The largest index entry that is read, in bytes; the longest ones have thousands of versions.
const LARGEST_ENTRY: u64 = 64 * 1024 * 1024;
/// How much of a cache file's end is read first, in bytes.
const TAIL: u64 = 8 * 1024;
/// How many times as much is read next, where that was not enough.
const STEP: u64 = 8;
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one look-up may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the index says of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version.
    pub version: Version,
    /// Whether it was withdrawn.
    pub yanked: bool,
    /// The day it was published, where the index tells.
    pub on: Option<Date>,
}

/// The index as far as it can be asked. It remembers what it was asked.
#[derive(Debug)]
pub struct Registry {
    /// The folders of cargo's cache that hold crates.io or what replaces it.
    folders: Vec<PathBuf>,
    /// Where entries are fetched from; `None` where the network is out of bounds or nothing can be fetched.
    online: Option<String>,
    client: OnceLock<Option<reqwest::blocking::Client>>,
    unreachable: AtomicBool,
    asked: Mutex<BTreeMap<String, Option<Vec<Published>>>>,
}

/// The fields of an index entry that are of use here.
#[derive(serde::Deserialize)]
struct Entry {
    vers: String,
    #[serde(default)]
    yanked: bool,
    #[serde(default)]
    pubtime: Option<String>,
}

impl Registry {
    /// Looks for cargo's home and the cached index. `workspace` is where cargo's configuration is read from;
    /// `offline` puts the network out of bounds.
    pub fn open(workspace: &Path, offline: bool) -> Self {
        let home = tame_index::utils::cargo_home().ok().map(PathBuf::from);
        Self::open_in(home.as_deref(), workspace, offline)
    }

    fn open_in(home: Option<&Path>, workspace: &Path, offline: bool) -> Self {
        let index = Index::of(workspace, home);
        Self {
            folders: home.map(|home| index.folders(&home.join("registry/index"))).unwrap_or_default(),
            online: index.online().filter(|_| !offline),
            client: OnceLock::new(),
            unreachable: AtomicBool::new(false),
            asked: Mutex::new(BTreeMap::new()),
        }
    }

    /// Every version of the crate in cargo's local cache alone, ascending; `None` where it is not cached.
    pub fn cached(&self, name: &str) -> Option<Vec<Published>> {
        let bytes = read_bounded(&self.cache_file(name)?, LARGEST_ENTRY).ok()?;
        sorted(split(entries(&bytes)?, 0).skip(1).step_by(2))
    }

    /// Whether one version of the crate was withdrawn, by cargo's local cache alone; `None` where it is not there.
    ///
    /// It is asked for every package that is locked, so that no more is read and parsed than is needed, and into
    /// the same `buffer`: the system zeroes what is allocated anew.
    pub fn cached_yanked(&self, name: &str, version: &Version, buffer: &mut Vec<u8>) -> Option<bool> {
        let mut file = File::open(self.cache_file(name)?).ok()?;
        let meta = file.metadata().ok().filter(|meta| meta.is_file() && meta.len() <= LARGEST_ENTRY)?;
        let mut format = [0];
        file.read_exact(&mut format).ok().filter(|()| format == [CURRENT_CACHE_VERSION])?;
        let wanted = version.to_string();
        // What is locked is mostly among the newest, and those stand last.
        let mut length = TAIL.min(meta.len());
        loop {
            match yanked_in_tail(tail(&mut file, length, buffer)?, &wanted) {
                None if length < meta.len() => length = (length * STEP).min(meta.len()),
                found => return found,
            }
        }
    }

    /// Every version of the crate, ascending: from the registry where the network may be used, else from the
    /// cache; `None` where neither has it.
    pub fn versions(&self, name: &str) -> Option<Vec<Published>> {
        if let Some(known) = self.asked.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return known.clone();
        }
        let found = self.fetched(name).or_else(|| self.cached(name));
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), found.clone());
        found
    }

    /// The newest cache file of the crate.
    fn cache_file(&self, name: &str) -> Option<PathBuf> {
        let relative = entry_path(name)?;
        let file = |folder: &PathBuf| folder.join(".cache").join(&relative);
        if let [only] = self.folders.as_slice() {
            // Nothing to choose from: whoever opens it sees whether it is there.
            return Some(file(only));
        }
        let time = |path: &Path| path.metadata().ok().filter(Metadata::is_file)?.modified().ok();
        self.folders.iter().map(file).filter_map(|path| Some((time(&path)?, path))).max().map(|(_, path)| path)
    }

    fn fetched(&self, name: &str) -> Option<Vec<Published>> {
        let url = format!("{}{}", self.online.as_ref()?, entry_path(name)?);
        if self.unreachable.load(Ordering::Relaxed) {
            return None;
        }
        let client = self.client.get_or_init(client).as_ref()?;
        let response = client.get(url).send().map_err(|error| {
            // One that does not answer is not asked again for every crate.
            if error.is_connect() || error.is_timeout() {
                self.unreachable.store(true, Ordering::Relaxed);
            }
        });
        let response = response.ok()?.error_for_status().ok()?;
        let mut bytes = Vec::new();
        response.take(LARGEST_ENTRY).read_to_end(&mut bytes).ok()?;
        sorted(bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()))
    }
}

/// The versions in one of cargo's cache files, each a version and its entry, both ended by a zero byte.
fn entries(file: &[u8]) -> Option<&[u8]> {
    // One that ends elsewhere was cut short.
    let is_whole = |entries: &&[u8]| entries.ends_with(&[0]) && entries.iter().filter(|&&byte| byte == 0).count().is_multiple_of(2);
    ValidCacheEntry::read(file).ok().map(|cache| cache.version_entries).filter(is_whole)
}

/// The last `length` bytes of a file, which must have as many.
fn tail<'b>(file: &mut File, length: u64, buffer: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    file.seek(SeekFrom::End(-i64::try_from(length).ok()?)).ok()?;
    let length = usize::try_from(length).ok()?;
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    let tail = buffer.get_mut(..length)?;
    file.read_exact(tail).ok()?;
    Some(tail)
}

/// Whether the version `wanted` was withdrawn, by its entry in the tail of a cache file: `version NUL json NUL`, one
/// after the other.
fn yanked_in_tail(tail: &[u8], wanted: &str) -> Option<bool> {
    if !tail.ends_with(&[0]) {
        return None;
    }
    // The version must have its beginning in the tail: a NUL stands before it. A version has but one entry, so
    // that the first is as good as the last, and is found many times faster.
    let needle = [&[0], wanted.as_bytes(), &[0]].concat();
    let entry = tail.get(memmem::find(tail, &needle)? + needle.len()..)?;
    let entry = entry.get(..memchr::memchr(0, entry)?)?;
    // In JSON these bytes are a key, never part of a text (its quotes would be escaped), and no other object of an
    // entry has one of that name with `false` behind it.
    let key = br#""yanked":"#;
    let value = memmem::find(entry, key).and_then(|at| entry.get(at + key.len()..));
    if entry.ends_with(b"}") && value.is_some_and(|value| value.trim_ascii_start().starts_with(b"false")) {
        return Some(false);
    }
    published(entry).map(|published| published.yanked)
}

fn client() -> Option<reqwest::blocking::Client> {
    let builder = reqwest::blocking::Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT);
    builder.user_agent(concat!("cargo-secpolicy/", env!("CARGO_PKG_VERSION"))).build().ok()
}

/// The versions in `entries`, ascending; `None` where there is none. One that cannot be parsed is left out, as cargo
/// leaves it out.
fn sorted<'a>(entries: impl Iterator<Item = &'a [u8]>) -> Option<Vec<Published>> {
    let mut versions: Vec<_> = entries.filter_map(published).collect();
    versions.sort_by(|a, b| a.version.cmp(&b.version));
    (!versions.is_empty()).then_some(versions)
}

fn published(entry: &[u8]) -> Option<Published> {
    let entry: Entry = serde_json::from_slice(entry).ok()?;
    let on = entry.pubtime.and_then(|time| time.parse::<Timestamp>().ok()).map(day);
    Some(Published { version: Version::parse(&entry.vers).ok()?, yanked: entry.yanked, on })
}

/// The path of a crate's entry in the index; `None` where the name is no crate's.
fn entry_path(name: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    Some(match name.len() {
        1 | 2 => format!("{}/{name}", name.len()),
        3 => format!("3/{}/{name}", name.get(..1)?),
        _ => format!("{}/{}/{name}", name.get(..2)?, name.get(2..4)?),
    })
}

#[cfg(test)]
mod tests;
