//! What runs in CI, and which services update dependencies.
//!
//! The model is flat on purpose: every command and every action that a pipeline reaches, through whatever
//! indirection, is one [`Run`] that carries the occasions on which it runs and what keeps it from failing.
//! A judge filters runs; it never walks jobs and steps.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::pattern;
use crate::source::{Place, Source};

/// All pipelines of the repository.
#[derive(Clone, Debug, Default)]
pub struct Pipelines {
    /// Every CI definition that was seen, read or not, sorted by path.
    pub definitions: Vec<Definition>,
    /// Everything that the definitions run, in the order of the definitions.
    pub runs: Vec<Run>,
    /// Where a job goes on in what cannot be read here, sorted by place.
    pub handovers: Vec<Handover>,
    /// Every use of an action or a workflow, as written in any definition or local action, sorted by place.
    pub uses: Vec<Uses>,
    /// Configuration files of tools in the catalogue, sorted by path.
    pub configs: Vec<Config>,
    /// Files that were consulted and could not be read or followed, with why.
    pub unread: Vec<(String, String)>,
}

/// One CI definition.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its path.
    pub path: String,
    /// The system that runs it, by its name.
    pub system: &'static str,
    /// What it defines, or why that was not read, as a half-sentence.
    pub content: Result<Workflow, String>,
}

/// What one definition says of itself, beside what it runs.
#[derive(Clone, Debug, Default)]
pub struct Workflow {
    /// When it runs.
    pub occurrences: Vec<Occurrence>,
    /// The permissions stated at the top.
    pub permissions: Option<Permissions>,
    /// Its own jobs (not those of definitions that it calls).
    pub jobs: Vec<Job>,
}

impl Workflow {
    /// Whether it runs only where another definition calls it.
    pub fn only_called(&self) -> bool {
        self.occurrences.iter().all(|occurrence| occurrence.occasion == Occasion::Called)
    }
}

/// One job's own statements.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its key.
    pub name: String,
    /// Where it begins.
    pub place: Place,
    /// The permissions stated on it.
    pub permissions: Option<Permissions>,
}

/// Stated permissions of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Where they are stated.
    pub place: Place,
    /// Everything may be written (`write-all`).
    pub all: bool,
    /// The scopes that may be written.
    pub writes: Vec<(String, Place)>,
}

/// One `uses:` as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uses {
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// Whether it lies outside this repository.
    pub remote: bool,
    /// Whether it is pinned to a full commit hash or digest.
    pub pinned: bool,
}

/// One command or action that a pipeline runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What runs.
    pub what: What,
    /// The line that runs it.
    pub place: Place,
    /// The lines that lead there, the pipeline's own first; empty where the pipeline itself runs it.
    pub via: Vec<Place>,
    /// The definition's path.
    pub definition: String,
    /// The job's key.
    pub job: String,
    /// The occasions on which it may run; empty where it never does.
    pub at: Vec<Occurrence>,
    /// Conditions that the repository cannot decide, as written.
    pub hangs_on: Vec<Condition>,
    /// Why its failure does not fail the job, where it does not.
    pub tolerated: Option<Tolerated>,
    /// Whether what it prints goes nowhere but to the log.
    pub printed: bool,
    /// The folder that it runs in, relative to the repository's root.
    pub folder: String,
    /// The environment that the pipeline sets for it, expressions as written.
    pub env: Arc<BTreeMap<String, String>>,
}

/// What a [`Run`] runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// A command's words, wrappers such as `sudo` taken off, toolchains (`+nightly`) left in.
    Command(Vec<String>),
    /// An action, a hook or a container image.
    Action {
        /// `owner/name/path` without its reference, lower case.
        name: String,
        /// Its inputs, lower-case keys.
        with: BTreeMap<String, String>,
    },
}

/// A condition that something hangs on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// As written.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// Why a failure does not fail the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tolerated {
    /// A half-sentence ("the step has `continue-on-error`").
    pub why: String,
    /// Where that is seen.
    pub place: Place,
}

/// Where a job goes on in what cannot be read here.
#[derive(Clone, Debug)]
pub struct Handover {
    /// What it goes on in, as a half-sentence ("a workflow of another repository, `o/r/x.yml`").
    pub what: String,
    /// The line that does so.
    pub place: Place,
    /// The definition's path.
    pub definition: String,
    /// Texts of the program that it runs, where they lie in the repository: they may name tools.
    pub texts: Vec<Arc<Source>>,
}

/// One occasion on which something runs, and the line that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The occasion.
    pub occasion: Occasion,
    /// Where it is stated.
    pub place: Place,
    /// The path filter that it is limited by.
    pub paths: Option<Paths>,
}

/// An occasion on which a pipeline runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// Every pull or merge request into the default branch.
    PullRequest,
    /// Pull requests, but not every one of them; which, as a half-sentence.
    SomePullRequests(String),
    /// A merge queue.
    MergeQueue,
    /// A push to every branch.
    PushEvery,
    /// A push to the default branch.
    PushDefault,
    /// A push to other branches; their patterns.
    PushOther(String),
    /// A schedule.
    Schedule,
    /// A tag is pushed.
    Tag,
    /// A release is made.
    Release,
    /// Somebody starts it by hand.
    Manual,
    /// Another definition calls it.
    Called,
    /// Something outside of the repository starts it; what.
    Elsewhere(String),
    /// Another event, by its name.
    Other(String),
}

impl Occasion {
    /// The occasion in a sentence: "on every pull request".
    pub fn phrase(&self) -> String {
        match self {
            Self::PullRequest => "on pull requests".into(),
            Self::SomePullRequests(which) => format!("on pull requests {which} only"),
            Self::MergeQueue => "in the merge queue".into(),
            Self::PushEvery => "on pushes to every branch".into(),
            Self::PushDefault => "on pushes to the default branch".into(),
            Self::PushOther(which) => format!("on pushes to {which}"),
            Self::Schedule => "on a schedule".into(),
            Self::Tag => "on tags".into(),
            Self::Release => "on releases".into(),
            Self::Manual => "by hand".into(),
            Self::Called => "where another workflow calls it".into(),
            Self::Elsewhere(what) => format!("when {what} starts it"),
            Self::Other(event) => format!("on `{event}`"),
        }
    }
}

/// A path filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// Only changes to these run it (`!` takes back); empty: all.
    pub only: Vec<String>,
    /// Changes to these alone do not run it.
    pub ignore: Vec<String>,
}

impl Paths {
    /// Whether a change of `path` alone runs it.
    pub fn let_through(&self, path: &str) -> bool {
        let wanted = self.only.is_empty() || pattern::last_match(&self.only, path);
        wanted && !pattern::last_match(&self.ignore, path)
    }
}

/// A configuration file of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The tool's slug.
    pub tool: String,
    /// The file.
    pub path: String,
}

/// Services that update dependencies.
#[derive(Clone, Debug, Default)]
pub struct Updaters {
    /// Each service that is configured in the repository, sorted by path.
    pub services: Vec<Updater>,
}

/// One service that updates dependencies.
#[derive(Clone, Debug)]
pub struct Updater {
    /// The tool's slug: `dependabot` or `renovate`.
    pub tool: &'static str,
    /// Its configuration.
    pub path: String,
    /// What that makes of Cargo, or why it could not be read, as a half-sentence.
    pub cargo: Result<CargoUpdates, String>,
}

/// What an updater's configuration makes of Cargo.
#[derive(Clone, Debug)]
pub enum CargoUpdates {
    /// It updates Cargo dependencies.
    On {
        /// The line that shows it.
        place: Place,
        /// Lockfiles that it does not reach.
        misses: Vec<String>,
        /// What is worth knowing, half-sentences.
        notes: Vec<String>,
    },
    /// It is configured, but not for Cargo; why, and where.
    Off {
        /// The half-sentence.
        why: String,
        /// Where it is seen.
        place: Place,
    },
}
