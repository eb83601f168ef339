//! The first-parent history of one path, commit by commit, the newest first.

use gix::ObjectId;
use jiff::Timestamp;

use super::objects::{self, Commit};
use super::{Revision, Step};

/// Reads commits, from the commit graph where there is one.
pub(crate) struct Commits<'repo> {
    pub(crate) git: &'repo gix::Repository,
    graph: Option<gix::commitgraph::Graph>,
    boundary: Vec<ObjectId>,
}

impl<'repo> Commits<'repo> {
    pub(crate) fn new(git: &'repo gix::Repository) -> Self {
        let boundary: Vec<_> = git.shallow_commits().ok().flatten().map(|commits| commits.iter().copied().collect()).unwrap_or_default();
        // Of a shallow clone the graph may tell of parents that are not there.
        let graph = if boundary.is_empty() { git.commit_graph_if_enabled().ok().flatten() } else { None };
        Self { git, graph, boundary }
    }

    /// The commit `id`.
    pub(crate) fn read(&self, id: ObjectId) -> Result<Commit, String> {
        self.in_graph(id).map_or_else(|| objects::commit(self.git, id), Ok)
    }

    fn in_graph(&self, id: ObjectId) -> Option<Commit> {
        let graph = self.graph.as_ref()?;
        let found = graph.commit_by_id(id)?;
        let parent = found.parent1().ok()?.map(|position| graph.id_at(position).to_owned());
        let at = objects::timestamp(i64::try_from(found.committer_timestamp()).ok()?);
        Some(Commit { id, tree: found.root_tree_id().to_owned(), parent, at })
    }

    /// Whether the history is cut off behind the commit `id`.
    pub(crate) fn is_boundary(&self, id: ObjectId) -> bool {
        self.boundary.contains(&id)
    }
}

/// A commit, and what lies at the path there.
#[derive(Clone, Copy)]
struct Here {
    commit: Commit,
    file: Option<ObjectId>,
}

/// The walk. It stops at the commit that brought the path in, or where the history is cut off.
pub(super) struct History<'repo> {
    commits: Commits<'repo>,
    path: String,
    here: Option<Here>,
    /// The commit that is checked out, where it cannot be read.
    broken: Option<ObjectId>,
    /// The newest change that was handed out: what is known still where an older one cannot be read.
    last: Option<Revision>,
}

impl<'repo> History<'repo> {
    pub(super) fn new(git: &'repo gix::Repository, path: &str) -> Self {
        Self::start(git, objects::head(git), path)
    }

    /// The walk from the commit `from` back.
    pub(super) fn from(git: &'repo gix::Repository, from: Commit, path: &str) -> Self {
        Self::start(git, Some(from.id), path)
    }

    fn start(git: &'repo gix::Repository, from: Option<ObjectId>, path: &str) -> Self {
        let mut walk = Self { commits: Commits::new(git), path: path.to_owned(), here: None, broken: None, last: None };
        if let Some(from) = from {
            walk.here = walk.look(from).ok();
            walk.broken = walk.here.is_none().then_some(from);
        }
        walk
    }

    /// What lies at the path in the commit `id`.
    fn look(&self, id: ObjectId) -> Result<Here, String> {
        let commit = self.commits.read(id)?;
        let found = objects::entry(self.commits.git, commit.tree, &self.path)?;
        Ok(Here { commit, file: found.filter(|entry| entry.file).map(|entry| entry.id) })
    }

    fn revision(&self, here: Here) -> Result<Revision, String> {
        let content = here.file.map(|id| objects::blob(self.commits.git, id)).transpose()?;
        Ok(Revision { commit: here.commit.id.to_string(), at: here.commit.at, content })
    }

    /// The step at `here`, where it changed the path; after it the walk goes on at `next`.
    fn changed(&mut self, here: Here, next: Option<Here>) -> Step {
        match self.revision(here) {
            Ok(revision) => {
                self.here = next;
                self.last = Some(revision.clone());
                Step::Changed(revision)
            }
            Err(_) => self.cut_off(here),
        }
    }

    fn cut_off(&mut self, here: Here) -> Step {
        self.here = None;
        let unread = Revision { commit: here.commit.id.to_string(), at: here.commit.at, content: None };
        Step::CutOff(self.revision(here).unwrap_or_else(|_| self.last.take().unwrap_or(unread)))
    }
}

impl Iterator for History<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if let Some(id) = self.broken.take() {
            let at = objects::commit(self.commits.git, id).map_or(Timestamp::UNIX_EPOCH, |commit| commit.at);
            return Some(Step::CutOff(Revision { commit: id.to_string(), at, content: None }));
        }
        let mut here = self.here?;
        loop {
            if self.commits.is_boundary(here.commit.id) {
                return Some(self.cut_off(here));
            }
            let Some(parent) = here.commit.parent else {
                self.here = None;
                return here.file.is_some().then(|| self.changed(here, None));
            };
            match self.look(parent) {
                Ok(before) if before.file == here.file => here = before,
                Ok(before) => return Some(self.changed(here, Some(before))),
                Err(_) => return Some(self.cut_off(here)),
            }
        }
    }
}
