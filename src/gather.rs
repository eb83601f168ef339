//! Looks at the repository: the only room with I/O.
//!
//! [`site`] finds the workspace and its settings; [`observe()`] looks at everything that the policy's promises
//! ask for, with cargo at work beside it.

pub mod advised;
pub mod built;
pub mod changelog;
pub mod ci;
pub mod code;
pub mod database;
pub mod files;
pub mod git;
pub mod graph;
pub mod hits;
pub mod ignores;
pub mod keys;
pub mod lockfile;
pub mod manifests;
pub mod needs;
mod observe;
pub mod past;
pub mod pointed;
pub mod policy;
pub mod promises;
pub mod registry;
pub mod release_lines;
pub mod revisions;
pub mod settings;
pub mod since;
pub mod tree;
pub mod updaters;
pub mod workspace;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use self::files::{Files, LARGEST, decode, read_bounded};
use self::git::Repo;
use self::workspace::cargo::Flags;
use crate::error::{Error, Result};
use crate::observation::{Observations, Observed, Reason};
use crate::settings::Settings;
use crate::source::Source;

pub use self::observe::observe;

/// A workspace in its repository, before anything of it was judged.
#[derive(Debug)]
pub struct Site {
    /// The repository's root folder; without git, the workspace's.
    pub root: PathBuf,
    /// The workspace's folder relative to it, `.` where it is that folder.
    pub workspace: String,
    /// The repository's files.
    pub files: Files,
    /// Its git.
    pub repo: Observed<Repo>,
    /// Its settings.
    pub settings: Settings,
    located: workspace::Located,
}

/// What is to be observed, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where the advisory database comes from.
    pub database: database::From,
    /// The one lockfile that counts, where one is named.
    pub lockfile: Option<PathBuf>,
    /// The time of judgement.
    pub now: Timestamp,
    /// What cargo may do, and whether the network may be used.
    pub flags: Flags,
    /// The policy's text, where there is one.
    pub policy: Option<Arc<Source>>,
}

/// What [`observe()`] saw.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The facts.
    pub observations: Observations,
    /// What could not be read and decides over the exit code.
    pub errors: Vec<Error>,
    /// What is to be said of the run as a whole.
    pub notes: Vec<Reason>,
}

/// The repository and the settings (those of `configs` below `start`, where there are any) of a workspace.
///
/// # Errors
/// [`crate::error::Class::Usage`] where the settings are wrong.
pub fn site(located: workspace::Located, start: &Path, configs: &[PathBuf]) -> Result<Site> {
    let repo = match Repo::discover(&located.root) {
        Ok(Some(repo)) => Observed::Seen(repo.with_event_branch(git::default_branch_of_event(&|name| std::env::var(name).ok()))),
        Ok(None) => Observed::Absent(vec![located.root.display().to_string()]),
        Err(why) => Observed::Unavailable(why),
    };
    let root = repo.seen().map_or_else(|| located.root.clone(), Repo::root);
    let files = Files::new(&root);
    let workspace = workspace::relative(&files, &located.root);
    let configs: Vec<_> = configs.iter().map(|path| start.join(path)).collect();
    let settings = settings::read(&root, &workspace, &configs)?;
    Ok(Site { root, workspace, files, repo, settings, located })
}

impl Site {
    /// Starts to ask cargo for the members.
    pub fn ask_cargo(&self, flags: Flags) -> workspace::Running {
        workspace::start(&self.located, flags)
    }
}

/// The text of the file at `path`, wherever it lies.
///
/// # Errors
/// A half-sentence where it could not be read.
pub fn text(path: &Path) -> std::result::Result<String, String> {
    read_bounded(path, LARGEST).and_then(decode)
}
