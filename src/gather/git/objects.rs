//! Commits, trees and blobs, read one at a time. Every error is a half-sentence.

use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::tree::EntryKind;
use jiff::Timestamp;

use crate::gather::files::LARGEST;

/// How deep a walk through a tree goes.
const DEEPEST: usize = 64;
/// The largest number of entries that one walk through a tree meets.
const MOST_ENTRIES: usize = 2_000_000;

/// What of a commit is of use here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Commit {
    /// Its own hash.
    pub(crate) id: ObjectId,
    /// Its tree.
    pub(crate) tree: ObjectId,
    /// Its first parent.
    pub(crate) parent: Option<ObjectId>,
    /// Its committer time.
    pub(crate) at: Timestamp,
}

/// An entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The object's hash.
    pub(crate) id: ObjectId,
    /// Whether it is a folder.
    pub(crate) folder: bool,
    /// Whether it is a regular file.
    pub(crate) file: bool,
}

impl Entry {
    fn new(id: ObjectId, kind: EntryKind) -> Self {
        Self { id, folder: kind == EntryKind::Tree, file: matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable) }
    }
}

/// The whole chain of an error's causes, as one half-sentence.
pub(crate) fn why(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !cause_text.is_empty() && !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

fn unread(what: &str, id: impl std::fmt::Display, error: &dyn std::error::Error) -> String {
    format!("the {what} {id} is missing or broken ({}); `git fsck` says more", why(error))
}

/// The commit that is checked out, whether or not it can be read; `None` before the first one.
pub(crate) fn head(git: &gix::Repository) -> Option<ObjectId> {
    git.head().ok()?.id().map(gix::Id::detach)
}

/// The commit `id`.
pub(crate) fn commit(git: &gix::Repository, id: ObjectId) -> Result<Commit, String> {
    let object = git.find_commit(id).map_err(|error| unread("commit", id, &error))?;
    let decoded = object.decode().map_err(|error| unread("commit", id, &error))?;
    let seconds = object.time().map_err(|error| unread("commit", id, &error))?.seconds;
    Ok(Commit { id, tree: decoded.tree(), parent: decoded.parents().next(), at: timestamp(seconds) })
}

/// The author's time of the commit `id`.
pub(crate) fn written(git: &gix::Repository, id: ObjectId) -> Result<Timestamp, String> {
    let object = git.find_commit(id).map_err(|error| unread("commit", id, &error))?;
    let author = object.author().map_err(|error| unread("commit", id, &error))?;
    Ok(timestamp(author.seconds()))
}

/// Seconds since the epoch; the nearest time that can be told where they lie past the calendar.
pub(crate) fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The entry at `path` below the tree `root`; `None` where there is none.
pub(crate) fn entry(git: &gix::Repository, root: ObjectId, path: &str) -> Result<Option<Entry>, String> {
    let mut at = Entry { id: root, folder: true, file: false };
    let mut empty = true;
    for name in path.split('/').filter(|name| !name.is_empty() && *name != ".") {
        empty = false;
        if !at.folder {
            return Ok(None);
        }
        let tree = git.find_tree(at.id).map_err(|error| unread("folder", at.id, &error))?;
        let Some(found) = tree.find_entry(name) else { return Ok(None) };
        at = Entry::new(found.object_id(), found.kind());
    }
    Ok((!empty).then_some(at))
}

/// The content of the blob `id`, where it is no larger than a file may be.
pub(crate) fn blob(git: &gix::Repository, id: ObjectId) -> Result<Vec<u8>, String> {
    let header = git.find_header(id).map_err(|error| unread("file", id, &error))?;
    if header.size() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST / (1024 * 1024)));
    }
    let mut found = git.find_blob(id).map_err(|error| unread("file", id, &error))?;
    Ok(found.take_data())
}

/// The tree `id`, undecoded.
pub(crate) fn tree_data(git: &gix::Repository, id: ObjectId) -> Result<Vec<u8>, String> {
    let mut tree = git.find_tree(id).map_err(|error| unread("folder", id, &error))?;
    Ok(std::mem::take(&mut tree.data))
}

/// The names and entries of the tree `id`; names that are not UTF-8 are left out.
pub(crate) fn list(git: &gix::Repository, id: ObjectId) -> Result<Vec<(String, Entry)>, String> {
    let tree = git.find_tree(id).map_err(|error| unread("folder", id, &error))?;
    let decoded = tree.decode().map_err(|error| unread("folder", id, &error))?;
    let name = |name: &BStr| std::str::from_utf8(name).ok().map(str::to_owned);
    Ok(decoded
        .entries
        .iter()
        .filter_map(|entry| Some((name(entry.filename)?, Entry::new(entry.oid.to_owned(), entry.mode.kind()))))
        .collect())
}

/// Every file below the tree `root` whose path `wanted` says yes to, sorted.
pub(crate) fn walk(git: &gix::Repository, root: ObjectId, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut left = MOST_ENTRIES;
    let mut folders = vec![(String::new(), root, 0)];
    while let Some((prefix, id, depth)) = folders.pop() {
        for (name, entry) in list(git, id)? {
            left = left.checked_sub(1).ok_or("the commit holds more files than are read")?;
            let path = format!("{prefix}{name}");
            if entry.folder && depth < DEEPEST {
                folders.push((format!("{path}/"), entry.id, depth + 1));
            } else if entry.file && wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
