//! The level of the lint `unsafe_code` in effect for a member: of its manifest, of the workspace's, and of
//! its crates' own inner attributes.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::scan::LEVELS;
use super::ships;
use crate::gather::files::{Files, join};
use crate::observation::code::UnsafeLint;
use crate::observation::workspace::{Member, Workspace};
use crate::source::Place;

/// A level, and where it is stated.
#[derive(Clone, Debug, Default)]
pub(super) struct Stated {
    pub(super) level: Option<&'static str>,
    pub(super) place: Option<Place>,
}

#[derive(Default, Deserialize)]
struct Manifest {
    #[serde(default)]
    lints: Lints,
    #[serde(default)]
    workspace: WorkspaceTable,
}

#[derive(Default, Deserialize)]
struct WorkspaceTable {
    #[serde(default)]
    lints: Lints,
}

#[derive(Default, Deserialize)]
struct Lints {
    #[serde(default)]
    workspace: bool,
    #[serde(default)]
    rust: BTreeMap<String, Spanned<Level>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Level {
    Plain(String),
    Detailed { level: String },
}

/// The weakest level over the member's lib, bin and proc-macro targets; none where one of them has none.
pub(super) fn in_effect(files: &Files, workspace: &Workspace, member: &Member, roots: &BTreeMap<String, Stated>) -> UnsafeLint {
    let manifest = of_manifest(files, workspace, member);
    let of_target = |path: &String| {
        let own = roots.get(path).cloned().unwrap_or_default();
        // What the manifest forbids cannot be lifted; else the crate's own attribute goes before it.
        if manifest.level == Some("forbid") || own.level.is_none() { manifest.clone() } else { own }
    };
    let strictness =
        |stated: &Stated| stated.level.map_or(LEVELS.len(), |level| LEVELS.iter().position(|l| *l == level).unwrap_or(LEVELS.len()));
    let targets = member.targets.iter().filter(|target| ships(target)).map(|target| of_target(&target.path));
    let weakest = targets.max_by_key(strictness).unwrap_or(manifest.clone());
    UnsafeLint { member: member.name.clone(), level: weakest.level.map(str::to_owned), place: weakest.place }
}

fn of_manifest(files: &Files, workspace: &Workspace, member: &Member) -> Stated {
    let Some((manifest, _)) = parse(files, &member.manifest) else { return Stated::default() };
    if !manifest.lints.workspace {
        return stated(files, &member.manifest, |manifest| manifest.lints);
    }
    stated(files, &join(&workspace.root, "Cargo.toml"), |manifest| manifest.workspace.lints)
}

fn parse(files: &Files, path: &str) -> Option<(Manifest, std::sync::Arc<crate::source::Source>)> {
    let source = files.read(path).ok().flatten()?;
    let manifest = toml::from_str(source.text()).ok()?;
    Some((manifest, source))
}

fn stated(files: &Files, path: &str, lints: impl Fn(Manifest) -> Lints) -> Stated {
    let Some((manifest, source)) = parse(files, path) else { return Stated::default() };
    let lints = lints(manifest);
    let Some(spanned) = lints.rust.get("unsafe_code") else { return Stated::default() };
    let (Level::Plain(level) | Level::Detailed { level }) = spanned.get_ref();
    let level = LEVELS.iter().find(|known| *known == level).copied();
    Stated { level, place: Some(Place::line_in(&source, source.line_of(spanned.span().start))) }
}
