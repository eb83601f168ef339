//! `unsafe` in the members' sources, and the level of the lint that keeps it out.
//!
//! Sources are read as Rust tokens, not as a syntax tree: that reads every edition and syntax to come, sees
//! into macros, and follows `mod` declarations wherever they stand.

mod lints;
mod scan;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::gather::files::{Files, join, normal};
use crate::observation::Observed;
use crate::observation::code::{UnsafeCode, UnsafeLint};
use crate::observation::workspace::{Member, Ships, Target, TargetKind, Workspace};
use crate::source::{Place, Source};

/// How many source files are read.
const MOST_FILES: usize = 50_000;
/// The largest source file that is read, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;

/// Reads the sources of the members that ship, and of the member `also` where a promise is about it.
pub fn unsafe_code(files: &Files, workspace: &Workspace, also: &BTreeSet<&str>) -> Observed<UnsafeCode> {
    let members: Vec<&Member> =
        workspace.members.iter().filter(|member| member.ships == Ships::Yes || also.contains(member.name.as_str())).collect();
    if members.iter().all(|member| member.targets.is_empty()) {
        return Observed::Absent(members.iter().map(|member| member.manifest.clone()).collect());
    }
    let mut walk = Walk { files, found: Found::default(), queued: BTreeSet::new(), queue: VecDeque::new(), roots: BTreeMap::new() };
    // What ships first: a file that a test shares with a library is the library's.
    for shipped in [true, false] {
        for member in &members {
            walk.targets(member.targets.iter().filter(|target| ships(target) == shipped));
        }
        walk.run();
    }
    let lints = members.iter().map(|member| lints::in_effect(files, workspace, member, &walk.roots)).collect();
    Observed::Seen(walk.found.finish(lints))
}

/// Whether a target is part of what users get.
const fn ships(target: &Target) -> bool {
    match target.kind {
        TargetKind::Lib | TargetKind::ProcMacro | TargetKind::Bin => true,
        TargetKind::Test | TargetKind::Bench | TargetKind::Example | TargetKind::BuildScript => false,
    }
}

/// One file to read.
struct Step {
    path: String,
    /// The folder in which its modules are looked for.
    folder: String,
    /// Whether what it holds is part of what users get.
    shipped: bool,
}

struct Walk<'a> {
    files: &'a Files,
    found: Found,
    queued: BTreeSet<String>,
    queue: VecDeque<Step>,
    /// The level that each target's root file states for itself.
    roots: BTreeMap<String, lints::Stated>,
}

#[derive(Default)]
struct Found {
    shipped: BTreeSet<Place>,
    elsewhere: BTreeSet<Place>,
    unread: BTreeSet<(String, String)>,
    files: u32,
}

impl Found {
    fn finish(self, lints: Vec<UnsafeLint>) -> UnsafeCode {
        UnsafeCode {
            shipped: self.shipped.into_iter().collect(),
            elsewhere: self.elsewhere.into_iter().collect(),
            lints,
            unread: self.unread.into_iter().collect(),
            files: self.files,
        }
    }
}

impl Walk<'_> {
    fn targets<'t>(&mut self, targets: impl Iterator<Item = &'t Target>) {
        for target in targets {
            let folder = parent(&target.path).to_owned();
            self.roots.entry(target.path.clone()).or_default();
            self.push(Step { path: target.path.clone(), folder, shipped: ships(target) });
        }
    }

    fn push(&mut self, step: Step) {
        if self.queued.len() >= MOST_FILES {
            self.unread(&step, format!("only {MOST_FILES} sources are read"));
        } else if self.queued.insert(step.path.clone()) {
            self.queue.push_back(step);
        }
    }

    fn run(&mut self) {
        while let Some(step) = self.queue.pop_front() {
            match self.source(&step.path).and_then(|source| Ok((scan::scan(source.text())?, source))) {
                Ok((scanned, source)) => self.take(&step, &source, scanned),
                Err(why) => self.unread(&step, why),
            }
        }
    }

    /// What is not part of the promise may stay unread.
    fn unread(&mut self, step: &Step, why: String) {
        if step.shipped {
            self.found.unread.insert((step.path.clone(), why));
        }
    }

    fn source(&self, path: &str) -> Result<Arc<Source>, String> {
        let source = self.files.read(path)?.ok_or("there is no such file")?;
        if source.text().len() > LARGEST { Err(format!("it is larger than {} MiB", LARGEST / (1024 * 1024))) } else { Ok(source) }
    }

    fn take(&mut self, step: &Step, source: &Arc<Source>, scanned: scan::Scanned) {
        if step.shipped {
            self.found.files += 1;
        }
        if let Some(stated) = self.roots.get_mut(&step.path) {
            *stated = lints::Stated { level: scanned.level, place: scanned.level_at.map(|span| Place::new(source, span)) };
        }
        let shipped = |test: bool| step.shipped && !test && !scanned.test_only;
        for (span, test) in scanned.found {
            let place = Place::new(source, span);
            if shipped(test) {
                self.found.shipped.insert(place)
            } else {
                self.found.elsewhere.insert(place)
            };
        }
        for (why, test) in scanned.unseen {
            if shipped(test) {
                self.found.unread.insert((step.path.clone(), why));
            }
        }
        for module in scanned.modules {
            self.module(step, &module, shipped(module.test));
        }
    }

    fn module(&mut self, step: &Step, module: &scan::Module, shipped: bool) {
        let folder = module.inside.iter().fold(step.folder.clone(), |folder, name| join(&folder, name));
        let candidates = match &module.from {
            // `#[path]` counts from the file's own folder, inside an inline module from the module's.
            scan::From::Path(path) => {
                let base = if module.inside.is_empty() { parent(&step.path).to_owned() } else { folder.clone() };
                vec![(join(&base, path), None)]
            }
            // An included file's own modules lie beside it, as those of a `#[path]` do.
            scan::From::Include(path) => vec![(join(parent(&step.path), path), None)],
            scan::From::Name(name) => {
                let own = join(&folder, name);
                vec![(format!("{own}.rs"), Some(own.clone())), (join(&own, "mod.rs"), Some(own))]
            }
        };
        let there = candidates.iter().find_map(|(path, folder)| Some((normal(path).filter(|path| self.files.exists(path))?, folder)));
        let Some((path, folder)) = there else {
            // A module of another platform or feature may be made by a build; it is not acquitted unread.
            let (path, _) = candidates.into_iter().next().unwrap_or_default();
            return self.unread(&Step { path, folder, shipped }, format!("{} declares it, and there is no such file", step.path));
        };
        let folder = folder.clone().unwrap_or_else(|| parent(&path).to_owned());
        self.push(Step { path, folder, shipped });
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests;
