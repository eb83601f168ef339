//! Reading files of the repository: bounded, never outside it, and remembered.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::source::Source;

/// The largest file that is read, in bytes; a larger one is said to be too large.
pub const LARGEST: u64 = 64 * 1024 * 1024;
/// The largest number of entries that one folder, or one walk, may have.
const MOST_ENTRIES: usize = 200_000;
/// How deep a walk goes.
const DEEPEST: usize = 32;

/// The files below one root folder.
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
    real_root: PathBuf,
    read: Mutex<BTreeMap<String, ReadResult>>,
    /// The real paths of folders that something was looked for in.
    folders: Mutex<BTreeMap<String, Option<PathBuf>>>,
}

/// A text; `None` where there is no such file; a half-sentence where it could not be read.
pub type ReadResult = Result<Option<Arc<Source>>, String>;

impl Files {
    /// The files below `root`, which must exist.
    pub fn new(root: &Path) -> Self {
        let real_root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        Self { root: root.to_owned(), real_root, read: Mutex::default(), folders: Mutex::default() }
    }

    /// The root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The root folder without links.
    pub fn real_root(&self) -> &Path {
        &self.real_root
    }

    /// The text of the file at `path` (relative to the root, `/` as separator); `None` where there is none.
    ///
    /// # Errors
    /// A half-sentence where it is there but could not be read: too large, not UTF-8 or UTF-16, a loop of
    /// links, a link that leaves the repository, no permission, or no regular file.
    pub fn read(&self, path: &str) -> ReadResult {
        if let Some(known) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return known.clone();
        }
        let result = self.read_now(path);
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), result.clone());
        result
    }

    /// The bytes of the file at `path`, at most `limit` of them; `None` where there is none.
    ///
    /// # Errors
    /// As for [`Self::read`], but for the encoding.
    pub fn bytes(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        self.inside(path)?.map(|real| read_bounded(&real, limit)).transpose()
    }

    /// Every file that was read so far, sorted by path.
    pub fn all_read(&self) -> Vec<Arc<Source>> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.values().filter_map(|result| result.as_ref().ok().cloned().flatten()).collect()
    }

    fn read_now(&self, path: &str) -> ReadResult {
        let Some(real) = self.inside(path)? else { return Ok(None) };
        let bytes = read_bounded(&real, LARGEST)?;
        Ok(Some(Source::new(path, decode(bytes)?)))
    }

    /// The real path of `path`; `None` where nothing is there.
    fn inside(&self, path: &str) -> Result<Option<PathBuf>, String> {
        let real = match self.real(path) {
            Ok(real) => real,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        if real.starts_with(&self.real_root) { Ok(Some(real)) } else { Err("a link that leaves the repository is not followed".into()) }
    }

    /// As `canonicalize`, which looks at every folder above anew each time: a name that is no link, in a folder whose
    /// real path is known, needs but one look.
    fn real(&self, path: &str) -> std::io::Result<PathBuf> {
        let (folder, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        let mut parts = Path::new(name).components();
        if let (Some(Component::Normal(_)), None) = (parts.next(), parts.next())
            && let Some(folder) = self.real_folder(folder)
        {
            let real = folder.join(name);
            if !fs::symlink_metadata(&real)?.is_symlink() {
                return Ok(real);
            }
        }
        self.root.join(path).canonicalize()
    }

    /// The real path of a folder; `None` where it cannot be told.
    fn real_folder(&self, folder: &str) -> Option<PathBuf> {
        if let Some(known) = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return known.clone();
        }
        let real = self.root.join(folder).canonicalize().ok();
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), real.clone());
        real
    }

    /// The path, relative to the root, of what `path` leads to through links; `path` itself where there are none.
    pub fn resolved(&self, path: &str) -> String {
        let real = self.inside(path).ok().flatten();
        let inner = real.as_ref().and_then(|real| real.strip_prefix(&self.real_root).ok()?.to_str());
        inner.map_or_else(|| path.to_owned(), |inner| inner.replace('\\', "/"))
    }

    /// Whether something is at `path`, inside the repository.
    pub fn exists(&self, path: &str) -> bool {
        self.inside(path).ok().flatten().is_some()
    }

    /// The names in the folder `path` (`""` or `.` for the root), sorted; empty where there is no such folder.
    pub fn list(&self, path: &str) -> Vec<Entry> {
        let Ok(Some(real)) = self.inside(path) else { return Vec::new() };
        let Ok(entries) = fs::read_dir(real) else { return Vec::new() };
        let mut names: Vec<_> = entries
            .take(MOST_ENTRIES)
            .flatten()
            .filter_map(|entry| {
                let kind = entry.file_type().ok()?;
                Some(Entry { name: entry.file_name().into_string().ok()?, folder: kind.is_dir(), link: kind.is_symlink() })
            })
            .collect();
        names.sort();
        names
    }

    /// Every file below the folder `path` whose relative path `wanted` says yes to, sorted. Links are not
    /// followed; `.git` and `target` folders, and folders deeper than 32, are left out.
    pub fn walk(&self, path: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        let mut left = MOST_ENTRIES;
        self.walk_into(path.trim_matches('/'), wanted, 0, &mut left, &mut found);
        found.sort();
        found
    }

    fn walk_into(&self, folder: &str, wanted: &dyn Fn(&str) -> bool, depth: usize, left: &mut usize, found: &mut Vec<String>) {
        if depth > DEEPEST {
            return;
        }
        for entry in self.list(folder) {
            if *left == 0 {
                return;
            }
            *left -= 1;
            let path = join(folder, &entry.name);
            if entry.folder && entry.name != ".git" && entry.name != "target" {
                self.walk_into(&path, wanted, depth + 1, left, found);
            } else if !entry.folder && !entry.link && wanted(&path) {
                found.push(path);
            }
        }
    }
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// Whether it is a symbolic link.
    pub link: bool,
}

/// `folder/name`, or `name` alone where the folder is the root (`""` or `.`).
pub fn join(folder: &str, name: &str) -> String {
    match folder {
        "" | "." => name.to_owned(),
        folder => format!("{}/{name}", folder.trim_end_matches('/')),
    }
}

/// A relative path without `.` and `..`; `None` where it climbs out of the repository.
pub fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The bytes of the regular file at `path`, at most `limit` of them.
///
/// # Errors
/// A half-sentence where it is larger, no regular file, or unreadable.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let meta = fs::metadata(path).map_err(|error| error.to_string())?;
    if !meta.is_file() {
        return Err("it is no regular file".into());
    }
    if meta.len() > limit {
        return Err(format!("it is larger than {} MiB", limit / (1024 * 1024)));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or_default() + 1);
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(limit).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Bytes as text: UTF-8 with or without a byte order mark, or UTF-16 with one.
///
/// # Errors
/// A half-sentence where they are neither.
pub fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks(2).map(|pair| if let [a, b] = *pair { unit([a, b]) } else { 0xFFFD });
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| "it is not valid UTF-16".to_owned())
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|error| not_utf8(&error)),
        _ => String::from_utf8(bytes).map_err(|error| not_utf8(&error)),
    }
}

fn not_utf8(error: &std::string::FromUtf8Error) -> String {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = good.iter().filter(|&&byte| byte == b'\n').count() + 1;
    format!("it is not UTF-8 (line {line}); save it as UTF-8")
}
