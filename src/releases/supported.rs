//! The supported rows of a policy, with the releases that they hold.

use super::{Line, Release, Rule, lines};
use crate::commitment::{Commitment, Kind, Policy};
use crate::observation::git::Git;
use crate::observation::workspace::Workspace;

/// One supported row that is about releases.
#[derive(Debug)]
pub struct Supported<'p> {
    /// The rule as written.
    pub rule: &'p str,
    /// The component that it is about.
    pub component: Option<&'p str>,
    /// The newest release of each line that it keeps alive; empty where no tag is one.
    pub heads: Vec<Release>,
    /// Every release in it, by line.
    pub held: Vec<(Line, Vec<Release>)>,
}

/// The supported rows of the policy, in its order; only those about `component`, where one is given.
pub fn supported<'p>(git: Option<&Git>, workspace: &Workspace, policy: &'p Policy, component: Option<&str>) -> Vec<Supported<'p>> {
    let row = |commitment: &'p Commitment| {
        let (rule, parsed) = rule(commitment)?;
        let Kind::SupportedVersions { supported: true, .. } = commitment.kind else { return None };
        if matches!(parsed, Rule::Branch(_)) || (component.is_some() && commitment.component.as_deref() != component) {
            return None;
        }
        let beside = policy.commitments.iter().filter(|other| other.component == commitment.component && other.id != commitment.id);
        let others: Vec<Rule> = beside.filter_map(self::rule).map(|(_, rule)| rule).collect();
        let others: Vec<&Rule> = others.iter().collect();
        let lines = lines(git, workspace, commitment.component.as_deref());
        let heads = lines.iter().flat_map(|line| parsed.heads(line, &others)).cloned().collect();
        let held = |line: Line| {
            let held = parsed.releases(&line, &others).into_iter().cloned().collect();
            (line, held)
        };
        Some(Supported { rule, component: commitment.component.as_deref(), heads, held: lines.into_iter().map(held).collect() })
    };
    policy.commitments.iter().filter_map(row).collect()
}

/// The row's rule; `None` of another kind, a slot that was never filled in, or a rule that cannot be read.
fn rule(commitment: &Commitment) -> Option<(&str, Rule)> {
    match &commitment.kind {
        Kind::SupportedVersions { rule, .. } if !commitment.placeholder => Some((rule.as_str(), Rule::parse(rule)?)),
        _ => None,
    }
}
