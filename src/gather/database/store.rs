//! Where the advisories lie: a plain folder, or the tree of a commit.

use std::path::PathBuf;

use gix::ObjectId;

use crate::gather::files::{decode, read_bounded};
use crate::gather::git::objects::{self, Commit};

/// The largest advisory that is read, in bytes.
const LARGEST_ADVISORY: u64 = 1024 * 1024;
/// The largest number of entries of one folder.
const MOST_ENTRIES: usize = 200_000;

/// An opened place.
#[derive(Debug)]
pub(super) enum Store {
    /// A plain folder.
    Folder(PathBuf),
    /// A commit of a git repository.
    Commit(Box<gix::Repository>, Commit),
}

/// A file or folder in it.
#[derive(Debug)]
pub(super) enum Node {
    /// On disk.
    Path(PathBuf),
    /// In git.
    Object(ObjectId),
}

/// One name in a folder.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) folder: bool,
    pub(super) node: Node,
}

impl Store {
    /// The folders of the collection (`crates` or `rust`), one a package, sorted by name; none where it is missing.
    pub(super) fn packages(&self, collection: &str) -> Result<Vec<Named>, String> {
        let node = match self {
            Self::Folder(root) => Some(root.join(collection)).filter(|path| path.is_dir()).map(Node::Path),
            Self::Commit(git, commit) => objects::entry(git, commit.tree, collection)?.map(|entry| Node::Object(entry.id)),
        };
        let listed = node.map_or_else(|| Ok(Vec::new()), |node| self.list(&node))?;
        Ok(listed.into_iter().filter(|entry| entry.folder).collect())
    }

    /// The advisories' files in a package's folder, sorted by name.
    pub(super) fn advisories(&self, package: &Named) -> Result<Vec<Named>, String> {
        let is_advisory = |entry: &Named| !entry.folder && !entry.name.starts_with('.') && !entry.name.starts_with("RUSTSEC-0000-0000");
        Ok(self.list(&package.node)?.into_iter().filter(is_advisory).collect())
    }

    fn list(&self, node: &Node) -> Result<Vec<Named>, String> {
        let mut entries = match (self, node) {
            (Self::Commit(git, _), Node::Object(id)) => objects::list(git, *id)?
                .into_iter()
                .filter(|(_, entry)| entry.folder || entry.file)
                .map(|(name, entry)| Named { name, folder: entry.folder, node: Node::Object(entry.id) })
                .collect(),
            (_, Node::Path(path)) => list_folder(path)?,
            (Self::Folder(_), Node::Object(_)) => Vec::new(),
        };
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// The text of a file.
    pub(super) fn read(&self, node: &Node) -> Result<String, String> {
        let bytes = match (self, node) {
            (Self::Commit(git, _), Node::Object(id)) => objects::blob(git, *id)?,
            (_, Node::Path(path)) => read_bounded(path, LARGEST_ADVISORY)?,
            (Self::Folder(_), Node::Object(_)) => Vec::new(),
        };
        decode(bytes)
    }
}

fn list_folder(path: &std::path::Path) -> Result<Vec<Named>, String> {
    let entries = path.read_dir().map_err(|error| format!("{} cannot be listed: {error}", path.display()))?;
    let named = |entry: std::fs::DirEntry| {
        let kind = entry.file_type().ok().filter(|kind| !kind.is_symlink())?;
        Some(Named { name: entry.file_name().into_string().ok()?, folder: kind.is_dir(), node: Node::Path(entry.path()) })
    };
    Ok(entries.take(MOST_ENTRIES).flatten().filter_map(named).collect())
}
