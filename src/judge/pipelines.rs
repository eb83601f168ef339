//! What the release pipeline makes, and what CI may do.

use super::Context;
use super::ladder::{blind, sightings, title};
use crate::commitment::{Artifact, When};
use crate::observation::Reason;
use crate::observation::git::{Signature, Tag};
use crate::observation::pipeline::{Definition, Run, What, Workflow};
use crate::releases::{ends_in_version, newest_tags};
use crate::tools::{ReleasePipeline, catalogue, step};
use crate::verdict::Judgement;

/// How many of the last releases are looked at.
const LAST: usize = 5;

/// Judges what every release carries.
pub fn release_artifact(context: Context<'_>, artifact: Artifact) -> Judgement {
    let pipelines = &context.observations.pipelines;
    let of_release = ReleasePipeline::of(pipelines);
    let release: Vec<&Run> = pipelines.runs.iter().filter(|run| of_release.holds(run)).collect();
    let makes = |run: &&&Run| catalogue().artifacts.iter().any(|kind| kind.kind == artifact.word() && kind.made_by(run));
    if let Some(run) = release.iter().filter(makes).min_by_key(|run| (only_printed(run), run.hangs_on.len(), run.tolerated.is_some())) {
        return if only_printed(run) { printed(run, artifact) } else { made(run, artifact) };
    }
    if artifact == Artifact::Signature
        && let Some(judgement) = signed_tags(context)
    {
        return judgement;
    }
    if artifact == Artifact::TrustedPublishing {
        return trusted(&release);
    }
    let none = Reason::new(format!("no step of the release pipeline is seen that makes the {}", spoken(artifact)));
    if release.is_empty() {
        return Judgement::unproven(Reason::new("no release pipeline is seen: the files of a release decide it"));
    }
    if artifact == Artifact::ReproducibleBuild {
        return Judgement::unproven(none).because(Reason::new("building twice and comparing decides it"));
    }
    let Some(upload) = release.iter().find(|run| step("upload", run)) else {
        let text =
            "the release pipeline uploads no files itself, so what is made elsewhere cannot be seen: the files of a release decide it";
        return Judgement::unproven(none).because(Reason::new(text));
    };
    let upload = Reason::at("the release's files are uploaded here", &upload.place);
    match (blind(pipelines, None), tags_unknown(context, artifact)) {
        (Some(blind), _) => Judgement::unproven(none).because(upload).because(blind),
        (None, TagsUnknown::Missing) => {
            let missing = Reason::new("the tags of the last releases are not known here: all tags would show whether they are signed");
            Judgement::unproven(none).because(upload).because(missing).wants_history(true)
        }
        (None, TagsUnknown::Mixed) => {
            let mixed = Reason::new("some tags of the last releases are signed, and some are not");
            Judgement::unproven(none).because(upload).because(mixed)
        }
        (None, TagsUnknown::No) => Judgement::broken(none).because(upload),
    }
}

/// Whether the step is one of `sha256sum` and its like whose sums go to the log alone.
fn only_printed(run: &Run) -> bool {
    let sums = matches!(&run.what, What::Command(words) if words.first().is_some_and(|word| word.ends_with("sum")));
    sums && run.printed
}

fn printed(run: &Run, artifact: Artifact) -> Judgement {
    let text = format!("the {} are printed here, and it is not seen that a file keeps them", spoken(artifact));
    Judgement::unproven(Reason::at(text, &run.place)).because(Reason::new("the files of a release decide it"))
}

fn made(run: &Run, artifact: Artifact) -> Judgement {
    let mut judgement = Judgement::kept(
        1,
        Reason::at(format!("the release pipeline makes the {} here, in the job `{}`", spoken(artifact), run.job), &run.place),
    );
    judgement.reasons.extend(run.via.first().map(|via| Reason::at("the job gets there from here", via)));
    for condition in &run.hangs_on {
        judgement = judgement.note(Reason::at(format!("the step hangs on a condition: `{}`", condition.text.trim()), &condition.place));
    }
    if let Some(tolerated) = &run.tolerated {
        judgement = judgement.warn(Reason::at(format!("a release goes on where it fails: {}", tolerated.why), &tolerated.place));
    }
    let secret = |text: &str| text.contains("secrets.");
    if run.env.values().any(|value| secret(value)) || secret(&title(run)) {
        judgement = judgement.note(Reason::at("the step hangs on a secret of the repository", &run.place));
    }
    judgement
}

fn spoken(artifact: Artifact) -> &'static str {
    match artifact {
        Artifact::Signature => "signature",
        Artifact::Checksum => "checksums",
        Artifact::Sbom => "SBOM",
        Artifact::Provenance => "provenance",
        Artifact::ReproducibleBuild => "reproducible build",
        Artifact::TrustedPublishing => "exchange of a token for trusted publishing",
    }
}

/// The newest tags by date.
fn newest<'t>(context: Context<'t>, wanted: &dyn Fn(&Tag) -> bool) -> Vec<&'t Tag> {
    context.observations.git.seen().map(|git| newest_tags(&git.tags, LAST, wanted)).unwrap_or_default()
}

/// Kept where the last releases' tags all carry a PGP or SSH signature.
fn signed_tags(context: Context<'_>) -> Option<Judgement> {
    let tags = newest(context, &ends_in_version);
    let signed = |tag: &&&Tag| matches!(tag.signature, Signature::Pgp | Signature::Ssh);
    let count = u32::try_from(tags.iter().filter(signed).count()).unwrap_or(u32::MAX);
    let first = tags.first()?;
    (count as usize == tags.len()).then(|| {
        let text =
            format!("the tags of the last {count} releases are signed, `{}` the newest; the signatures are seen, not verified", first.name);
        Judgement::kept(count, Reason::in_commit(text, first.commit.clone()))
    })
}

/// What keeps the tags from showing that there are no signatures.
enum TagsUnknown {
    /// Nothing does, or the tags do not matter.
    No,
    /// Not all tags are here.
    Missing,
    /// Some of the last releases are signed.
    Mixed,
}

fn tags_unknown(context: Context<'_>, artifact: Artifact) -> TagsUnknown {
    let git = context.observations.git.seen();
    let known = git.is_some_and(|git| git.incomplete.is_empty() && !git.tags.is_empty());
    let some_signed = || newest(context, &ends_in_version).iter().any(|tag| tag.signature != Signature::None);
    if artifact != Artifact::Signature {
        TagsUnknown::No
    } else if some_signed() {
        TagsUnknown::Mixed
    } else if known {
        TagsUnknown::No
    } else {
        TagsUnknown::Missing
    }
}

/// Broken where the pipeline publishes with a stored token.
fn trusted(release: &[&Run]) -> Judgement {
    let publish: Vec<&&Run> = release.iter().filter(|run| step("publish-crate", run)).collect();
    let stored = |run: &&Run| {
        let env = run.env.iter().any(|(name, value)| name.contains("REGISTRY") && name.ends_with("TOKEN") && value.contains("secrets."));
        env || title(run).contains("secrets.")
    };
    let logs_in = |run: &&&Run| {
        let login = matches!(&run.what, What::Command(words) if words.iter().take(2).eq(["cargo", "login"]));
        let publishes = |other: &&&Run| (&other.definition, &other.job) == (&run.definition, &run.job);
        login && title(run).contains("secrets.") && publish.iter().any(publishes)
    };
    let stored = publish.iter().copied().find(|run| stored(run)).or_else(|| release.iter().find(logs_in));
    if let Some(run) = stored {
        return Judgement::broken(Reason::at("it publishes with a stored token here, not by trusted publishing", &run.place));
    }
    match publish.first() {
        Some(run) => Judgement::unproven(Reason::at("it publishes here, but how it gets its token is not seen", &run.place)),
        None => Judgement::unproven(Reason::new("no step is seen that publishes: the registry's settings decide it")),
    }
}

/// The definitions whose system has stated permissions, with their content.
fn workflows(context: Context<'_>) -> Vec<(&Definition, &Workflow)> {
    let definitions = &context.observations.pipelines.definitions;
    definitions.iter().filter_map(|definition| definition.content.as_ref().ok().map(|content| (definition, content))).collect()
}

/// Judges the permissions of CI.
pub fn ci_least_privilege(context: Context<'_>) -> Judgement {
    let mut wide = Vec::new();
    let mut unstated = Vec::new();
    let all = workflows(context);
    for (definition, workflow) in all.iter().filter(|(_, workflow)| !workflow.jobs.is_empty()) {
        let stated = workflow.permissions.iter().chain(workflow.jobs.iter().filter_map(|job| job.permissions.as_ref()));
        wide.extend(
            stated
                .filter(|permissions| permissions.all)
                .map(|permissions| Reason::at("everything may be written here", &permissions.place)),
        );
        if let Some(top) = workflow.permissions.as_ref().filter(|_| workflow.jobs.len() > 1) {
            let scopes = top
                .writes
                .iter()
                .map(|(scope, place)| Reason::at(format!("`{scope}: write` is given to all {} jobs", workflow.jobs.len()), place));
            wide.extend(scopes);
        }
        let restricted = workflow.permissions.is_some() || workflow.jobs.iter().all(|job| job.permissions.is_some());
        // What is only called has its caller's permissions at most.
        if !restricted && !workflow.only_called() {
            unstated.push(Reason::in_path(
                "no permissions are stated at the top, nor on every job: a setting of the repository decides",
                &definition.path,
            ));
        }
    }
    let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
    if let Some(judgement) = first_of(wide, Judgement::broken) {
        return judgement;
    }
    unstated.extend(unread(context));
    first_of(unstated, Judgement::unproven).unwrap_or_else(|| {
        if count == 0 {
            Judgement::unproven(Reason::new("no workflow was found in the repository"))
        } else {
            Judgement::kept(count, Reason::new(format!("all workflows restrict their permissions ({count})")))
        }
    })
}

fn unread(context: Context<'_>) -> Vec<Reason> {
    let pipelines = &context.observations.pipelines;
    let definitions =
        pipelines.definitions.iter().filter_map(|definition| definition.content.as_ref().err().map(|why| (&definition.path, why)));
    let actions = pipelines.unread.iter().filter(|(path, _)| path.contains("action.y")).map(|(path, why)| (path, why));
    definitions.chain(actions).map(|(path, why)| Reason::in_path(format!("it was not read: {why}"), path)).collect()
}

fn first_of(reasons: Vec<Reason>, judge: fn(Reason) -> Judgement) -> Option<Judgement> {
    let mut reasons = reasons.into_iter();
    let mut judgement = judge(reasons.next()?);
    judgement.reasons.extend(reasons);
    Some(judgement)
}

/// Judges that actions are pinned.
pub fn pinned_actions(context: Context<'_>) -> Judgement {
    let remote: Vec<_> = context.observations.pipelines.uses.iter().filter(|used| used.remote).collect();
    let loose = remote.iter().filter(|used| !used.pinned);
    let loose: Vec<Reason> =
        loose.map(|used| Reason::at(format!("`{}` is not pinned to a full commit hash", used.text), &used.place)).collect();
    if let Some(judgement) = first_of(loose, Judgement::broken) {
        return judgement;
    }
    if let Some(judgement) = first_of(unread(context), Judgement::unproven) {
        return judgement;
    }
    let count = u32::try_from(remote.len()).unwrap_or(u32::MAX);
    if workflows(context).is_empty() {
        Judgement::unproven(Reason::new("no workflow was found in the repository"))
    } else {
        Judgement::kept(count, Reason::new(format!("every action is pinned to a full commit hash ({count})")))
    }
}

/// Judges that releases follow Semantic Versioning.
pub fn semver(context: Context<'_>) -> Judgement {
    let pipelines = &context.observations.pipelines;
    let tool = catalogue().tool("cargo-semver-checks");
    let gates = tool.and_then(|tool| {
        sightings(pipelines, tool).into_iter().find(|sighting| {
            let fits = |when| sighting.fit(context, tool, when, false) == super::ladder::Fit::Full;
            sighting.cannot_fail().is_none() && (fits(When::PullRequest) || fits(When::Release))
        })
    });
    if let Some(sighting) = gates {
        let mut reasons = sighting.reasons("`cargo-semver-checks`").into_iter();
        let mut judgement = Judgement::kept(1, reasons.next().unwrap_or_else(|| Reason::new("it is checked")));
        judgement.reasons.extend(reasons);
        return judgement;
    }
    let of_release = ReleasePipeline::of(pipelines);
    let makes_tags =
        pipelines.runs.iter().find(|run| of_release.holds(run) && ["tag", "release", "upload"].iter().any(|kind| step(kind, run)));
    let tags = newest(context, &|_| true);
    // Nightly and other moving tags stand beside versions, and are younger than these.
    let none = !tags.is_empty() && newest(context, &ends_in_version).is_empty();
    let complete = context.observations.git.seen().is_some_and(|git| git.incomplete.is_empty());
    match makes_tags.filter(|_| none && complete) {
        Some(run) => {
            let names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
            Judgement::broken(Reason::at("releases are tagged by the pipeline", &run.place))
                .because(Reason::new(format!("no tag is a version; the newest are {}", names.join(", "))))
        }
        None => Judgement::unproven(Reason::new(
            "no tool that compares the API of a release with the one before it is seen; `cargo semver-checks` in CI would show it",
        )),
    }
}
