//! The ladder of evidence for one tool: where it runs, on which occasions, and whether it can fail its job.

use std::collections::BTreeSet;

use super::Context;
use crate::commitment::When;
use crate::observation::Reason;
use crate::observation::pipeline::{Handover, Occasion, Occurrence, Pipelines, Run, What};
use crate::observation::workspace::{TargetKind, Workspace};
use crate::source::Place;
use crate::tools::{ReleasePipeline, Tool, Use, catalogue};

/// One run of a tool.
#[derive(Clone, Debug)]
pub(super) struct Sighting<'a> {
    /// The run.
    pub(super) run: &'a Run,
    /// What it is worth.
    pub(super) used: Use,
}

/// How far an occasion meets a promised moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It is another moment.
    Other,
    /// It may be, in one reading.
    Partly,
    /// It is that moment.
    Full,
}

/// Every run of `tool`, or of one that shows it too.
pub(super) fn sightings<'a>(pipelines: &'a Pipelines, tool: &Tool) -> Vec<Sighting<'a>> {
    let others = tool.by.iter().filter_map(|slug| catalogue().tool(slug));
    let tools: Vec<&Tool> = std::iter::once(tool).chain(others).collect();
    let used = |run: &'a Run| tools.iter().find_map(|tool| tool.used_by(run)).map(|used| Sighting { run, used });
    let needs_advisories = tool.slug == "rustsec";
    pipelines.runs.iter().filter_map(used).filter(|sighting| !needs_advisories || sighting.used.advisories).collect()
}

impl Sighting<'_> {
    /// Why what it finds does not fail its job, and where that is seen.
    pub(super) fn cannot_fail(&self) -> Option<Reason> {
        let own = self.used.toothless.as_ref().map(|why| Reason::at(why.clone(), &self.run.place));
        self.run.tolerated.as_ref().map(|tolerated| Reason::at(tolerated.why.clone(), &tolerated.place)).or(own)
    }

    /// How well it meets `when`; the best of its occasions.
    pub(super) fn fit(&self, context: Context<'_>, tool: &Tool, when: When, every_change: bool) -> Fit {
        let releases = when == When::Release && ReleasePipeline::of(&context.observations.pipelines).holds(self.run);
        let one = |occurrence: &Occurrence| {
            let fit = fit(&occurrence.occasion, when, every_change);
            let fit = if releases && by_itself(&occurrence.occasion) { Fit::Full } else { fit };
            if fit == Fit::Full && when != When::Unspecified && !inputs_let_through(occurrence, tool, &context.observations.workspace) {
                if tool.reads_dependencies() { Fit::Other } else { Fit::Partly }
            } else {
                fit
            }
        };
        self.run.at.iter().map(one).max().unwrap_or(Fit::Other)
    }

    /// "runs on pull requests and on a schedule", at its line, with the line that leads there.
    pub(super) fn reasons(&self, name: &str) -> Vec<Reason> {
        let mut reasons = vec![Reason::at(format!("{name} runs {}, in the job `{}`", phrase(self.run), self.run.job), &self.run.place)];
        reasons.extend(self.run.via.first().map(|via| Reason::at("the job gets there from here", via)));
        reasons
    }
}

/// Whether something happens by itself, and not by hand or by a call alone.
pub(super) const fn by_itself(occasion: &Occasion) -> bool {
    !matches!(occasion, Occasion::Manual | Occasion::Called | Occasion::Elsewhere(_))
}

/// The occasions of `run` in one phrase.
pub(super) fn phrase(run: &Run) -> String {
    let phrases: BTreeSet<String> = run.at.iter().map(|occurrence| occurrence.occasion.phrase()).collect();
    let phrases: Vec<String> = phrases.into_iter().collect();
    match phrases.split_last() {
        None => "never".into(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The moments of the specification: which occasions are which.
fn fit(occasion: &Occasion, when: When, every_change: bool) -> Fit {
    let changes = matches!(occasion, Occasion::PullRequest | Occasion::MergeQueue | Occasion::PushEvery);
    let partly = matches!(occasion, Occasion::SomePullRequests(_) | Occasion::Elsewhere(_));
    let scheduled = matches!(occasion, Occasion::Schedule);
    let default = matches!(occasion, Occasion::PushDefault);
    let full = match when {
        When::PullRequest => changes,
        When::Ci => changes || default || (scheduled && !every_change),
        When::Schedule => scheduled,
        When::Release => changes || default || matches!(occasion, Occasion::Tag | Occasion::Release),
        When::Unspecified => by_itself(occasion),
    };
    if full {
        Fit::Full
    } else if partly {
        Fit::Partly
    } else {
        Fit::Other
    }
}

/// Whether a path filter lets every change of what the tool reads through.
fn inputs_let_through(occurrence: &Occurrence, tool: &Tool, workspace: &Workspace) -> bool {
    let Some(paths) = &occurrence.paths else { return true };
    let root = workspace.root.trim_matches('.').trim_matches('/');
    let in_root = |name: &str| if root.is_empty() { name.to_owned() } else { format!("{root}/{name}") };
    if tool.reads_dependencies() {
        return ["Cargo.toml", "Cargo.lock"].iter().all(|name| paths.let_through(&in_root(name)));
    }
    let shipped = |kind: TargetKind| matches!(kind, TargetKind::Lib | TargetKind::Bin | TargetKind::ProcMacro);
    let mut sources = workspace.members.iter().flat_map(|member| &member.targets).filter(|target| shipped(target.kind));
    sources.all(|target| paths.let_through(&target.path))
}

/// Why the absence of a tool in CI proves nothing, where it does not (spec: `tool`, `broken`).
pub(super) fn blind(pipelines: &Pipelines, tool: Option<&Tool>) -> Option<Reason> {
    let named = |handover: &Handover| {
        let (text, line) = tool.and_then(|tool| handover.texts.iter().find_map(|text| Some((text, tool.named_in(text.text())?))))?;
        let words =
            format!("the command is named in a program that CI runs ({}), which is not followed: reading it decides", handover.what);
        Some(Reason::at(words, &Place::line_in(text, line)))
    };
    if let Some(reason) = pipelines.handovers.iter().find_map(named) {
        return Some(reason);
    }
    if pipelines.definitions.is_empty() {
        return Some(Reason::new("no CI definition was found in the repository: whether it runs elsewhere cannot be seen here"));
    }
    let unread = pipelines.definitions.iter().find_map(|definition| definition.content.as_ref().err().map(|why| (definition, why)));
    if let Some((definition, why)) = unread {
        return Some(Reason::in_path(format!("what {} runs is not known: {why}", definition.system), &definition.path));
    }
    if let Some((path, why)) = pipelines.unread.first() {
        return Some(Reason::in_path(format!("CI leads to a file that was not read: {why}"), path));
    }
    // A program whose whole text names neither the tool nor anything that leads on does not run it.
    let harmless = |handover: &Handover| {
        let tools: Vec<&Tool> =
            tool.into_iter().chain(tool.into_iter().flat_map(|tool| tool.by.iter().filter_map(|slug| catalogue().tool(slug)))).collect();
        let named = |text: &std::sync::Arc<crate::source::Source>| tools.iter().any(|tool| tool.may_be_run_by(text.text()));
        !tools.is_empty() && !handover.texts.is_empty() && !handover.texts.iter().any(named)
    };
    let handover = pipelines.handovers.iter().find(|handover| !harmless(handover))?;
    Some(Reason::at(format!("CI goes on in what cannot be read here: {}", handover.what), &handover.place))
}

/// How many jobs the sightings are.
pub(super) fn jobs(sightings: &[&Sighting<'_>]) -> u32 {
    let jobs: BTreeSet<(&str, &str)> =
        sightings.iter().map(|sighting| (sighting.run.definition.as_str(), sighting.run.job.as_str())).collect();
    u32::try_from(jobs.len()).unwrap_or(u32::MAX)
}

/// The words of what runs, for a sentence.
pub(super) fn title(run: &Run) -> String {
    match &run.what {
        What::Command(words) => words.join(" "),
        What::Action { name, .. } => name.clone(),
    }
}
