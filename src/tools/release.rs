//! The pipeline that makes releases, among everything that CI runs.

use std::collections::BTreeSet;

use super::{StepKind, catalogue};
use crate::observation::pipeline::{Occasion, Pipelines, Run};

/// What makes releases: what runs on a tag or a release, or in a definition with a step that publishes.
pub struct ReleasePipeline<'a> {
    publishing: BTreeSet<&'a str>,
}

impl<'a> ReleasePipeline<'a> {
    /// That of the repository.
    pub fn of(pipelines: &'a Pipelines) -> Self {
        let publishing = pipelines.runs.iter().filter(|run| outside_changes(run) && step("", run)).map(|run| run.definition.as_str());
        Self { publishing: publishing.collect() }
    }

    /// Whether `run` belongs to it.
    pub fn holds(&self, run: &Run) -> bool {
        let on_release = run.at.iter().any(|at| matches!(at.occasion, Occasion::Tag | Occasion::Release));
        on_release || (outside_changes(run) && self.publishing.contains(run.definition.as_str()))
    }
}

/// Whether `run` runs at another time than on a pull request alone.
fn outside_changes(run: &Run) -> bool {
    run.at.iter().any(|at| !matches!(at.occasion, Occasion::PullRequest | Occasion::SomePullRequests(_)))
}

/// Whether `run` is a step of this kind (`publish-crate`, `upload`, `release`, `tag`; `""`: any but `tag`).
pub fn step(kind: &str, run: &Run) -> bool {
    let wanted = |step: &&StepKind| if kind.is_empty() { step.kind != "tag" } else { step.kind == kind };
    catalogue().steps.iter().filter(wanted).any(|step| step.made_by(run))
}
