//! From a commitment and the observations to a judgement: pure, one small function a kind.

pub mod backport;
pub mod channels;
pub mod files;
pub mod keys;
mod ladder;
pub mod patches;
pub mod people;
pub mod pipelines;
pub mod supported;
pub mod tools;
pub mod unsafe_code;
pub mod versions;

#[cfg(test)]
pub(crate) use crate::testing;
use jiff::civil::Date;

use crate::commitment::{Commitment, Kind, Policy, Strength, Window};
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
        let slot = if commitment.kind.window().is_some_and(Window::is_unfilled) {
            "no number was filled in; write the project's own here"
        } else {
            "a template slot that was never filled in; write the project's own value here"
        };
        return Judgement::new(Outcome::Placeholder, Reason::at(slot, &commitment.place));
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
        Kind::SupportedVersions { rule, supported, until } => supported::supported_versions(context, commitment, rule, *supported, *until),
        Kind::PatchDeadline { severity, window, scope } => patches::patch_deadline(context, commitment, *severity, *window, *scope),
        Kind::Tool { tool, when, every_change } => tools::tool(context, commitment, tool, *when, *every_change),
        Kind::DependencyMonitoring => tools::dependency_monitoring(context),
        Kind::RemediationRequired { gate } => tools::remediation_required(context, &commitment.words, *gate),
        Kind::Backport => backport::backport(context, commitment),
        Kind::ReleaseArtifact { artifact } => pipelines::release_artifact(context, *artifact),
        Kind::LockedDependencies { exact } => files::locked_dependencies(context, *exact),
        Kind::CiLeastPrivilege => pipelines::ci_least_privilege(context),
        Kind::PinnedActions => pipelines::pinned_actions(context),
        Kind::UnsafeCode { rule } => unsafe_code::unsafe_code(context, commitment, *rule),
        Kind::Semver => pipelines::semver(context),
        Kind::ReleaseChannel { channel } => versions::release_channel(context, commitment, *channel),
        Kind::Changelog { record } => versions::changelog(context, commitment, *record),
        Kind::EncryptionKey { .. } => keys::encryption_key(context, commitment),
        Kind::ReportingChannel { channel, target } => channels::reporting_channel(context, commitment, *channel, target),
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

#[cfg(test)]
mod tests {
    use super::testing::World;
    use super::*;
    use crate::commitment::Bound;

    #[test]
    fn a_slot_and_a_stranger_are_judged_before_the_kind() {
        let kind = || Kind::SupportedVersions { rule: "latest".into(), supported: true, until: None };
        let mut world = World::new().member("app", "1.0.0").promise(kind()).promise_in("rogue is supported", Some("rogue"), kind());
        world.policy.commitments[0].placeholder = true;
        assert_eq!(world.outcomes(), ["placeholder", "unproven"]);
    }

    #[test]
    fn what_only_people_can_say_is_manual() {
        let window = crate::commitment::Window { amount: 90, unit: crate::commitment::Unit::Days };
        let world = World::new().promise(Kind::DisclosureDeadline { window, bound: Bound::Max });
        assert_eq!(world.judge().outcome, Outcome::Manual);
    }
}
