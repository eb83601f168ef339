//! The ways from the members of a workspace to a package, as a lockfile tells them: in linear time.

use std::collections::VecDeque;

use crate::observation::lockfile::{Locked, Origin, Package};
use crate::observation::workspace::{Dependency, DependencyKind, Member, Ships};

/// A lockfile's packages with their edges turned around, and the members among them.
#[derive(Debug)]
pub struct Graph<'a> {
    locked: &'a Locked,
    dependents: Vec<Vec<usize>>,
    /// The member that each package is, if it is one.
    members: Vec<Option<&'a Member>>,
}

/// How a package is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaysIn {
    /// The strongest kind of edge by which what ships reaches it; `None`: nothing that ships does.
    pub reach: Option<DependencyKind>,
    /// The shortest path from each root that reaches it, the root first; sorted, those from what ships before the others.
    pub paths: Vec<Vec<String>>,
}

impl<'a> Graph<'a> {
    /// The graph of `locked`, whose workspace has these members.
    pub fn new(locked: &'a Locked, members: &'a [Member]) -> Self {
        let mut dependents = vec![Vec::new(); locked.packages.len()];
        for (index, package) in locked.packages.iter().enumerate() {
            for dependency in &package.dependencies {
                if let Some(list) = dependents.get_mut(*dependency) {
                    list.push(index);
                }
            }
        }
        let member_of = |package: &Package| {
            let same = |member: &&Member| member.name == package.name && member.version == package.version;
            members.iter().filter(|_| package.origin == Origin::Local).find(same)
        };
        Self { locked, dependents, members: locked.packages.iter().map(member_of).collect() }
    }

    /// The packages that depend on the package at `index` themselves, each with the member that it is.
    pub fn dependents(&self, index: usize) -> impl Iterator<Item = (&'a Package, Option<&'a Member>)> {
        let list = self.dependents.get(index).map_or(&[] as &[usize], Vec::as_slice);
        list.iter().filter_map(|index| Some((self.locked.packages.get(*index)?, self.member(*index))))
    }

    fn member(&self, index: usize) -> Option<&'a Member> {
        self.members.get(index).copied().flatten()
    }

    /// Every way to the package at `target`.
    ///
    /// A member's dev-dependencies are ways into that member alone, never into what depends on it.
    pub fn ways_in(&self, target: usize) -> WaysIn {
        let next = self.steps_towards(target);
        let mut ways = WaysIn::default();
        let mut paths = Vec::new();
        for (index, step) in next.iter().enumerate() {
            if step.is_none() || !self.is_root(index) {
                continue;
            }
            let ships = self.member(index).is_none_or(|member| member.ships == Ships::Yes);
            if ships {
                let own = self.own_edge(index, target, &next);
                ways.reach = ways.reach.into_iter().chain(own).min();
            }
            paths.push((!ships, self.path(index, &next)));
        }
        if paths.is_empty() {
            // A lockfile in which everything is somebody's dependency tells no root: nothing acquits it.
            ways.reach = Some(DependencyKind::Normal);
            paths.push((false, self.path(target, &next)));
        }
        // A reader is shown the first: one from what ships, where there is one.
        paths.sort();
        ways.paths = paths.into_iter().map(|(_, path)| path).collect();
        ways
    }

    /// Whether ways begin at the package: it is a member, or a root that no member is known for.
    fn is_root(&self, index: usize) -> bool {
        self.member(index).is_some() || self.dependents.get(index).is_some_and(Vec::is_empty)
    }

    /// For each package from which `target` is reached, the next package on the shortest way there.
    fn steps_towards(&self, target: usize) -> Vec<Option<Step>> {
        let mut next: Vec<Option<Step>> = vec![None; self.locked.packages.len()];
        let mut waiting = VecDeque::from([target]);
        while let Some(at) = waiting.pop_front() {
            for &from in self.dependents.get(at).into_iter().flatten() {
                let through = self.edge(from, at) != DependencyKind::Dev;
                let Some(slot) = next.get_mut(from).filter(|_| from != target) else { continue };
                if slot.as_ref().is_some_and(|known| known.through || !through) {
                    continue;
                }
                *slot = Some(Step { to: at, through });
                if through {
                    waiting.push_back(from);
                }
            }
        }
        next
    }

    /// The strongest kind of the package's own edges that are a way to `target`.
    fn own_edge(&self, index: usize, target: usize, next: &[Option<Step>]) -> Option<DependencyKind> {
        let leads = |to: &usize| *to == target || next.get(*to).and_then(Option::as_ref).is_some_and(|step| step.through);
        let dependencies = &self.locked.packages.get(index)?.dependencies;
        dependencies.iter().filter(|to| leads(to)).map(|to| self.edge(index, *to)).min()
    }

    /// The kind of an edge; `normal` where no manifest tells it.
    fn edge(&self, from: usize, to: usize) -> DependencyKind {
        let known = self.member(from).zip(self.locked.packages.get(to));
        let kind = known.and_then(|(member, package)| requirements(member, package).map(|dependency| dependency.kind).min());
        kind.unwrap_or(DependencyKind::Normal)
    }

    fn path(&self, from: usize, next: &[Option<Step>]) -> Vec<String> {
        let mut path = Vec::new();
        let mut at = Some(from);
        while let Some(index) = at.filter(|_| path.len() <= next.len()) {
            path.extend(self.locked.packages.get(index).map(|package| package.name.clone()));
            at = next.get(index).and_then(Option::as_ref).map(|step| step.to);
        }
        path
    }
}

/// One step of a way.
#[derive(Clone, Debug)]
struct Step {
    to: usize,
    /// Whether ways from further up lead through here: not over a dev-dependency.
    through: bool,
}

/// What the member's manifest requires of the locked package: by name and version, else by name alone.
pub fn requirements<'a>(member: &'a Member, package: &Package) -> impl Iterator<Item = &'a Dependency> + use<'a> {
    let named: Vec<&Dependency> = member.dependencies.iter().filter(|dependency| dependency.name == package.name).collect();
    let fitting: Vec<&Dependency> = named.iter().copied().filter(|dependency| dependency.requirement.matches(&package.version)).collect();
    if fitting.is_empty() { named } else { fitting }.into_iter()
}

#[cfg(test)]
mod tests;
