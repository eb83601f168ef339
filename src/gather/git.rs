//! Git, by gix: never a process, never the network.

mod changes;
mod facts;
mod history;
mod moves;
pub(crate) mod objects;
mod tags;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use jiff::Timestamp;

pub use self::changes::{Changed, Changes};
pub(crate) use self::facts::without_credentials;
pub(crate) use self::history::Commits;
use self::history::History;
use self::moves::Moves;
use crate::gather::files::read_bounded;
use crate::observation::git::{Git, Incomplete};
use crate::settings::Settings;

/// How much of decoded objects is kept, in bytes: trees of neighbouring commits share most of theirs.
const OBJECT_CACHE: usize = 16 * 1024 * 1024;
/// The largest CI event file that is read, in bytes.
const LARGEST_EVENT: u64 = 16 * 1024 * 1024;

/// An open repository.
#[derive(Debug)]
pub struct Repo {
    git: gix::Repository,
    root: PathBuf,
    event_branch: Option<String>,
    /// The tree that is checked out, once it was asked for: of every file that is read it is asked.
    head_tree: OnceCell<Option<ObjectId>>,
}

/// One first-parent commit that changed a path.
#[derive(Clone, Debug)]
pub struct Revision {
    /// The commit's full hash.
    pub commit: String,
    /// Its committer time.
    pub at: Timestamp,
    /// The path's content after that commit; `None` where it is not there.
    pub content: Option<Vec<u8>>,
}

/// One step of a walk back through a path's history.
#[derive(Clone, Debug)]
pub enum Step {
    /// A commit that changed the path, the newest first.
    Changed(Revision),
    /// The history is cut off here (shallow, or an object is missing); the last commit that could be read.
    CutOff(Revision),
}

impl Repo {
    /// The repository that `start` lies in; `None` where there is none. A linked worktree and a submodule
    /// are repositories of their own. `GIT_DIR` and its like are not obeyed: the folder decides.
    ///
    /// # Errors
    /// A half-sentence where there is one that cannot be opened (corrupt, bare, not owned).
    pub fn discover(start: &Path) -> Result<Option<Self>, String> {
        let start = start.canonicalize().map_err(|error| format!("{} cannot be read: {error}", start.display()))?;
        for folder in start.ancestors() {
            if is_candidate(&folder.join(".git")) {
                return Self::open(folder).map(Some);
            }
            if folder.join("HEAD").is_file() && gix::discover::is_git(folder).is_ok() {
                return Err(format!("the git repository at {} is bare: it has no files to judge; clone it first", folder.display()));
            }
        }
        Ok(None)
    }

    fn open(folder: &Path) -> Result<Self, String> {
        let cannot = |why: String| format!("the git repository at {} cannot be opened: {why}", folder.display());
        let options = options().bail_if_untrusted(true);
        let mut git = gix::open_opts(folder, options).map_err(|error| cannot(objects::why(&error)))?;
        git.object_cache_size_if_unset(OBJECT_CACHE);
        let Some(root) = git.workdir().map(Path::to_owned) else {
            return Err(cannot("it is bare: it has no files to judge; clone it first".into()));
        };
        if let Err(error) = git.head() {
            return Err(cannot(format!("its HEAD is broken ({}); `git fsck` says more", objects::why(&error))));
        }
        let root = root.canonicalize().unwrap_or(root);
        Ok(Self { git, root, event_branch: None, head_tree: OnceCell::new() })
    }

    /// The same, where the CI event names the default branch (see [`default_branch_of_event`]).
    #[must_use]
    pub fn with_event_branch(mut self, branch: Option<String>) -> Self {
        self.event_branch = branch;
        self
    }

    /// The work tree's root folder.
    pub fn root(&self) -> PathBuf {
        self.root.clone()
    }

    /// What git shows; the tags only where `tags` asks for them. `modified` is left empty.
    pub fn facts(&self, tags: bool, settings: &Settings) -> Git {
        let remotes = facts::configured(&self.git);
        let (found, mut unread) = if tags { tags::tags(&self.git) } else { (Vec::new(), false) };
        let has_tags = !found.is_empty() || (!tags && self.has_tags());
        let tracked = facts::tracked(&self.git).unwrap_or_else(|_| {
            unread = true;
            std::collections::BTreeSet::new()
        });
        let head = self.head();
        unread |= head.is_some_and(|id| objects::commit(&self.git, id).is_err());
        let stated = settings.default_branch.clone();
        Git {
            head: head.map(|id| id.to_string()),
            incomplete: facts::incomplete(&self.git, &remotes, has_tags, unread),
            default_branch: stated.or_else(|| facts::remote_head(&self.git, &remotes)).or_else(|| self.event_branch.clone()),
            branches: facts::branches(&self.git, &remotes),
            remotes: facts::remotes(&remotes),
            tags: found,
            tracked,
            modified: Vec::new(),
        }
    }

    /// In what git is incomplete, where nothing else is asked of it.
    pub fn incomplete(&self) -> std::collections::BTreeSet<Incomplete> {
        facts::incomplete(&self.git, &facts::configured(&self.git), self.has_tags(), false)
    }

    fn has_tags(&self) -> bool {
        self.git.references().is_ok_and(|references| references.tags().is_ok_and(|mut tags| tags.next().is_some()))
    }

    fn head(&self) -> Option<ObjectId> {
        objects::head(&self.git)
    }

    /// Whether the content of `path` in the commit that is checked out differs from `bytes`; a path that the
    /// commit lacks differs. Line endings alone are no difference: git may turn them on checkout.
    pub fn differs_from_head(&self, path: &str, bytes: &[u8]) -> bool {
        let Some(found) = self.head_entry(path) else { return true };
        let hash = |bytes: &[u8]| gix::objs::compute_hash(self.git.object_hash(), gix::objs::Kind::Blob, bytes).ok();
        hash(bytes) != Some(found) && hash(&with_line_feeds(bytes)) != Some(found)
    }

    fn head_entry(&self, path: &str) -> Option<ObjectId> {
        let read = || objects::commit(&self.git, self.head()?).ok().map(|commit| commit.tree);
        let tree = (*self.head_tree.get_or_init(read))?;
        Some(objects::entry(&self.git, tree, path).ok()??.id)
    }

    /// The first-parent history of `path` from the commit that is checked out, the newest first. The last
    /// item is the commit that brought the path in, or [`Step::CutOff`]. Lazy: nothing is read ahead.
    pub fn revisions(&self, path: &str) -> Box<dyn Iterator<Item = Step> + '_> {
        Box::new(History::new(&self.git, path))
    }

    /// The first-parent commits that changed `path`, followed through moves. Contents are read only there.
    pub fn changes(&self, path: &str) -> Changes {
        self.head().map_or_else(Changes::default, |head| changes::changes(&self.git, head, path))
    }

    /// The blob at `path` in `commit`; `None` where there is no file.
    ///
    /// # Errors
    /// A half-sentence where an object is missing or broken.
    pub(crate) fn file_at(&self, commit: &str, path: &str) -> Result<Option<ObjectId>, String> {
        let commit = objects::commit(&self.git, parse(commit)?)?;
        Ok(objects::entry(&self.git, commit.tree, path)?.filter(|entry| entry.file).map(|entry| entry.id))
    }

    /// The author's time of `commit`; it stays when the commit is rebased or imported.
    ///
    /// # Errors
    /// A half-sentence where the commit is missing or broken.
    pub fn written(&self, commit: ObjectId) -> Result<Timestamp, String> {
        objects::written(&self.git, commit)
    }

    /// A handle for another thread.
    pub(crate) fn shared(&self) -> gix::ThreadSafeRepository {
        self.git.clone().into_sync()
    }

    /// The short name of the branch that is checked out; `None` where none is.
    pub fn branch(&self) -> Option<String> {
        let name = self.git.head_name().ok()??;
        Some(name.shorten().to_string())
    }

    /// The same of the text that lies at `path` now, wherever it lay before; each step with its path then.
    pub fn moves(&self, path: &str) -> impl Iterator<Item = (String, Step)> + '_ {
        Moves::new(&self.git, path)
    }

    /// The content of `path` at `commit`; `None` where it is not there.
    ///
    /// # Errors
    /// A half-sentence where an object is missing or broken.
    pub fn blob_at(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, String> {
        self.file_at(commit, path)?.map(|id| objects::blob(&self.git, id)).transpose()
    }

    /// Every file path at `commit`, relative to the root, that `wanted` says yes to, sorted.
    ///
    /// # Errors
    /// A half-sentence where an object is missing or broken.
    pub fn paths_at(&self, commit: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, String> {
        let commit = objects::commit(&self.git, parse(commit)?)?;
        objects::walk(&self.git, commit.tree, wanted)
    }

    /// The full hash of the commit that `revision` names (a branch, a tag, a hash, `HEAD~3`).
    ///
    /// # Errors
    /// A half-sentence where it names none.
    pub fn resolve(&self, revision: &str) -> Result<String, String> {
        let named = self.git.rev_parse_single(revision).map_err(|error| objects::why(&error))?;
        let object = named.object().map_err(|error| objects::why(&error))?;
        let commit = object.peel_to_commit().map_err(|error| objects::why(&error))?;
        Ok(commit.id.to_string())
    }

    /// The committer time of `commit`.
    ///
    /// # Errors
    /// A half-sentence where the commit is missing or broken.
    pub fn time_of(&self, commit: &str) -> Result<Timestamp, String> {
        objects::commit(&self.git, parse(commit)?).map(|commit| commit.at)
    }
}

/// The default branch that the CI's own event or environment names, where it does: GitHub's and Forgejo's event
/// file, GitLab's variable. `variable` reads one variable of the environment.
pub fn default_branch_of_event(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let from_event = || {
        let bytes = read_bounded(Path::new(&variable("GITHUB_EVENT_PATH")?), LARGEST_EVENT).ok()?;
        let event: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        Some(event.pointer("/repository/default_branch")?.as_str()?.to_owned())
    };
    from_event().or_else(|| variable("CI_DEFAULT_BRANCH")).filter(|branch| !branch.is_empty())
}

/// How repositories are opened: the system's and the user's configuration count (`safe.directory` stands there),
/// git's variables do not, since they would lead elsewhere; in a hook git sets them itself.
pub(crate) fn options() -> gix::open::Options {
    let mut permissions = gix::open::Permissions::secure();
    permissions.env.git_prefix = gix::sec::Permission::Deny;
    permissions.env.objects = gix::sec::Permission::Deny;
    gix::open::Options::default().permissions(permissions)
}

/// Whether `.git` is there and is not an empty folder (which git passes over too).
fn is_candidate(dot_git: &Path) -> bool {
    match dot_git.read_dir() {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => dot_git.symlink_metadata().is_ok(),
    }
}

fn parse(commit: &str) -> Result<ObjectId, String> {
    ObjectId::from_hex(commit.as_bytes()).map_err(|_| format!("`{commit}` is no commit's full hash"))
}

fn with_line_feeds(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for (index, &byte) in bytes.iter().enumerate() {
        if byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
            text.push(byte);
        }
    }
    text
}
