//! From a commitment and the observations to a judgement: pure, one small function a kind.

pub mod files;
mod ladder;
pub mod patches;
pub mod people;
pub mod pipelines;
pub mod tools;
pub mod versions;

use jiff::civil::Date;

use crate::commitment::{Commitment, Kind, Policy, Strength};
use crate::observation::{Observations, Reason};
use crate::settings::Settings;
use crate::verdict::{Judgement, Outcome, Vulnerability};

/// All that a judge may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What the repository shows.
    pub observations: &'a Observations,
    /// The whole policy: some promises are judged beside others.
    pub policy: &'a Policy,
    /// The settings.
    pub settings: &'a Settings,
    /// The live vulnerabilities with their statuses.
    pub vulnerabilities: &'a [Vulnerability],
    /// The day of judgement, UTC.
    pub today: Date,
}

/// Judges one promise (spec: "The rule for each kind").
pub fn judge(context: Context<'_>, commitment: &Commitment) -> Judgement {
    if commitment.placeholder {
        return Judgement::new(
            Outcome::Placeholder,
            Reason::at("the value is a template slot that was never filled in", &commitment.place),
        );
    }
    let unknown = |component: &&String| !context.observations.workspace.members.iter().any(|member| &member.name == *component);
    if let Some(component) = commitment.component.as_ref().filter(unknown) {
        return Judgement::unproven(Reason::new(format!("`{component}` is no package of this workspace, so nothing here can show it")));
    }
    let mut judgement = by_kind(context, commitment);
    if judgement.outcome == Outcome::Broken && commitment.strength == Strength::BestEffort {
        judgement.outcome = Outcome::Missed;
    }
    judgement
}

fn by_kind(context: Context<'_>, commitment: &Commitment) -> Judgement {
    match &commitment.kind {
        Kind::SupportedVersions { rule, supported, until } => versions::supported_versions(context, commitment, rule, *supported, *until),
        Kind::PatchDeadline { severity, window, scope } => patches::patch_deadline(context, commitment, *severity, *window, *scope),
        Kind::Tool { tool, when, every_change } => tools::tool(context, commitment, tool, *when, *every_change),
        Kind::DependencyMonitoring => tools::dependency_monitoring(context),
        Kind::RemediationRequired { gate } => tools::remediation_required(context, *gate),
        Kind::Backport => versions::backport(context, commitment),
        Kind::ReleaseArtifact { artifact } => pipelines::release_artifact(context, *artifact),
        Kind::LockedDependencies { exact } => files::locked_dependencies(context, *exact),
        Kind::CiLeastPrivilege => pipelines::ci_least_privilege(context),
        Kind::PinnedActions => pipelines::pinned_actions(context),
        Kind::UnsafeCode { rule } => files::unsafe_code(context, commitment, *rule),
        Kind::Semver => pipelines::semver(context),
        Kind::ReleaseChannel { channel } => versions::release_channel(context, *channel),
        Kind::Changelog { record } => versions::changelog(context, *record),
        Kind::EncryptionKey { target } => files::encryption_key(context, commitment, target),
        Kind::ReportingChannel { channel, target } => files::reporting_channel(context, commitment, *channel, target),
        Kind::PolicyDate { date, cadence } => files::policy_date(context, commitment, *date, *cadence),
        Kind::ResponseDeadline { .. }
        | Kind::DisclosureDeadline { .. }
        | Kind::CoordinatedDisclosure
        | Kind::AdvisoryPublication { .. }
        | Kind::Credit
        | Kind::SafeHarbor
        | Kind::Bounty { .. }
        | Kind::CodeReview
        | Kind::SecurityTesting { .. }
        | Kind::AccessControl { .. }
        | Kind::Training
        | Kind::IncidentResponse
        | Kind::Compliance { .. } => people::attested(context, commitment),
    }
}
