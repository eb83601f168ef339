//! The workspace: found without cargo, its members asked of cargo beside everything else.

pub mod cargo;
pub mod ships;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cargo_metadata::{Metadata, MetadataCommand, TargetKind as CargoTarget};

use super::files::{Files, decode, join, read_bounded};
use super::manifests;
use crate::error::{Error, Result};
use crate::observation::workspace::{Dependency, DependencyKind, Member, Ships, Target, TargetKind, Workspace};
use crate::settings::Settings;

/// How long cargo may take to name the members.
const PATIENCE: Duration = Duration::from_secs(60);
/// The largest manifest that is read on the way to the workspace.
const LARGEST_MANIFEST: u64 = 8 * 1024 * 1024;

/// Where the workspace lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The workspace's folder.
    pub root: PathBuf,
}

/// Finds the workspace that `start` (or the manifest that was named) lies in, as cargo does, without cargo.
///
/// # Errors
/// [`crate::error::Class::Usage`] where there is no manifest, or the named path is none.
pub fn locate(start: &Path, manifest_path: Option<&Path>) -> Result<Located> {
    let manifest = match manifest_path {
        Some(path) => named_manifest(&start.join(path))?,
        None => {
            let found = start.ancestors().map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file());
            found.ok_or_else(|| {
                let below = manifest_below(start).map_or_else(String::new, |path| format!(": {} is there", path.display()));
                Error::usage(format!("no Cargo.toml in {} or any folder above it", start.display()))
                    .help(format!("run it inside a workspace, or name one with --manifest-path{below}"))
            })?
        }
    };
    let folder = manifest.parent().unwrap_or(start).to_owned();
    let root = workspace_root(&folder).unwrap_or(folder);
    Ok(Located { root: root.canonicalize().unwrap_or(root) })
}

/// The first manifest in a folder of `start`, relative to it: a workspace beside what is not Rust.
fn manifest_below(start: &Path) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = start.read_dir().ok()?.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name()))).collect();
    folders.sort();
    folders.into_iter().map(|folder| folder.join("Cargo.toml")).find(|manifest| start.join(manifest).is_file())
}

fn named_manifest(path: &Path) -> Result<PathBuf> {
    if path.file_name().is_some_and(|name| name == "Cargo.toml") && path.is_file() {
        return Ok(path.to_owned());
    }
    Err(Error::usage(format!("{} is no Cargo.toml", path.display())).help("--manifest-path takes the path of a Cargo.toml file"))
}

fn manifest_in(folder: &Path) -> Option<toml::Table> {
    decode(read_bounded(&folder.join("Cargo.toml"), LARGEST_MANIFEST).ok()?).ok()?.parse().ok()
}

/// The folder of the workspace that the package in `folder` belongs to; `None` where it is one by itself, or
/// where its manifest does not tell.
pub fn workspace_root(folder: &Path) -> Option<PathBuf> {
    let own = manifest_in(folder)?;
    if own.contains_key("workspace") {
        return None;
    }
    let stated = manifests::sub(&own, "package").and_then(|package| package.get("workspace")).and_then(toml::Value::as_str);
    if let Some(path) = stated {
        return Some(folder.join(path));
    }
    let folder = folder.canonicalize().ok()?;
    for above in folder.ancestors().skip(1) {
        let Some(manifest) = manifest_in(above) else { continue };
        let Some(workspace) = manifests::sub(&manifest, "workspace") else { continue };
        let inner = folder.strip_prefix(above).ok()?.to_str()?.replace('\\', "/");
        let list = |key| manifests::strings(workspace, key).unwrap_or_default();
        let below =
            |paths: Vec<String>| paths.iter().filter_map(|path| manifests::resolve("", path)).any(|path| manifests::within(&inner, &path));
        // A pattern in `members` does not stand against `exclude`, a plain path does; no folder has a pattern's name.
        return (below(list("members")) || !below(list("exclude"))).then(|| above.to_owned());
    }
    None
}

/// Cargo at work on naming the members.
#[derive(Debug)]
pub struct Running {
    located: Located,
    cargo: JoinHandle<std::result::Result<Metadata, String>>,
}

/// Starts `cargo metadata --no-deps`; what else there is to do is done beside it.
pub fn start(located: &Located, flags: cargo::Flags) -> Running {
    let folder = located.root.clone();
    let ask = move || {
        let args = ["metadata", "--format-version", "1", "--no-deps"];
        let printed = cargo::run(&folder, &args, flags, PATIENCE)?;
        let json = printed.lines().find(|line| line.starts_with('{')).ok_or("cargo printed no metadata")?;
        MetadataCommand::parse(json).map_err(|error| format!("what cargo printed could not be read: {error}"))
    };
    Running { located: located.clone(), cargo: thread::spawn(ask) }
}

impl Running {
    /// The workspace, once cargo has answered; from the manifests where it could not.
    pub fn join(self, files: &Files, settings: &Settings) -> Workspace {
        let root = relative(files, &self.located.root);
        let answer = self.cargo.join().unwrap_or_else(|_| Err("the thread that ran it ended early".into()));
        let (mut members, known, cargo_problem) = match answer {
            Ok(metadata) => from_cargo(files, &root, &metadata),
            Err(problem) => from_manifests(files, &root, problem),
        };
        ships::decide(&mut members, &known, settings);
        Workspace { repository: files.root().to_owned(), root, members, cargo_problem }
    }
}

/// The path relative to the root of `files`, `.` for the root itself; the path as it is where it lies outside.
pub fn relative(files: &Files, path: &Path) -> String {
    let inner = path.strip_prefix(files.real_root()).or_else(|_| path.strip_prefix(files.root())).unwrap_or(path);
    let inner = inner.to_string_lossy().replace('\\', "/");
    if inner.is_empty() { ".".into() } else { inner }
}

type Answer = (Vec<Member>, ships::Known, Option<String>);

/// The members of the workspace in `folder` of the repository, with what ships, read from manifests alone.
pub fn members_by_manifests(files: &Files, folder: &str, settings: &Settings) -> Vec<Member> {
    let (mut members, known, _) = from_manifests(files, folder, String::new());
    ships::decide(&mut members, &known, settings);
    members
}

fn from_manifests(files: &Files, root: &str, problem: String) -> Answer {
    let read = manifests::read(files, root);
    let unread: Vec<String> = read.problems.iter().map(|(path, why)| format!("{path}: {why}")).collect();
    let problem = if unread.is_empty() { problem } else { format!("{problem}; not read: {}", unread.join("; ")) };
    let all = read.members.len();
    let narrower = read.default_members.filter(|defaults| defaults.len() < all);
    let known =
        ships::Known { narrower_defaults: narrower, distributed: distributed(files, root, &read.root, &read.members, &read.distributed) };
    (read.members, known, Some(problem))
}

fn from_cargo(files: &Files, root: &str, metadata: &Metadata) -> Answer {
    let root_table = manifests::table(files, root).unwrap_or_default();
    let path_of = |path: &cargo_metadata::camino::Utf8Path| relative(files, path.as_std_path());
    let mut with_dist = BTreeSet::new();
    let mut members = Vec::new();
    for package in metadata.workspace_packages() {
        let manifest = path_of(&package.manifest_path);
        let folder = manifest.strip_suffix("Cargo.toml").unwrap_or_default().trim_end_matches('/').to_owned();
        let table = manifests::table(files, if folder.is_empty() { "." } else { &folder }).unwrap_or_default();
        if package.metadata.get("dist").is_some_and(|dist| dist.get("dist") != Some(&serde_json::Value::Bool(false))) {
            with_dist.insert(manifest.clone());
        }
        members.push(Member {
            name: package.name.to_string(),
            version: package.version.clone(),
            inherits_version: manifests::inherits(&table, "version"),
            is_root: manifest == join(root, "Cargo.toml"),
            manifest,
            publishable: package.publish.as_ref().is_none_or(|registries| !registries.is_empty()),
            repository: package.repository.clone(),
            targets: package.targets.iter().filter_map(|target| target_of(target, path_of(&target.src_path))).collect(),
            dependencies: manifests::dependencies::merged(package.dependencies.iter().map(dependency_of).collect()),
            ships: Ships::Yes,
        });
    }
    members.sort_by(|a, b| (&a.name, &a.manifest).cmp(&(&b.name, &b.manifest)));
    let defaults = &metadata.workspace_default_members;
    let narrower = (defaults.is_available() && defaults.len() < members.len())
        .then(|| metadata.workspace_default_packages().iter().map(|package| path_of(&package.manifest_path)).collect());
    let distributed = distributed(files, root, &root_table, &members, &with_dist);
    (members, ships::Known { narrower_defaults: narrower, distributed }, None)
}

fn target_of(target: &cargo_metadata::Target, path: String) -> Option<Target> {
    let kind = target.kind.first()?;
    let kind = match kind {
        CargoTarget::Bench => TargetKind::Bench,
        CargoTarget::Bin => TargetKind::Bin,
        CargoTarget::CustomBuild => TargetKind::BuildScript,
        CargoTarget::Example => TargetKind::Example,
        CargoTarget::ProcMacro => TargetKind::ProcMacro,
        CargoTarget::Test => TargetKind::Test,
        // Every other kind of cargo's is a crate type of a library.
        _ => TargetKind::Lib,
    };
    Some(Target { name: target.name.clone(), kind, path })
}

fn dependency_of(dependency: &cargo_metadata::Dependency) -> Dependency {
    use cargo_metadata::DependencyKind as Kind;
    Dependency {
        name: dependency.name.clone(),
        requirement: dependency.req.clone(),
        kind: match dependency.kind {
            Kind::Build => DependencyKind::Build,
            Kind::Development => DependencyKind::Dev,
            _ => DependencyKind::Normal,
        },
        optional: dependency.optional,
        target: dependency.target.as_ref().map(ToString::to_string),
        local: dependency.path.is_some(),
    }
}

/// The manifests of the members that a distribution's configuration names: their own, or the workspace's
/// `packages`; `None` where there is none.
fn distributed(
    files: &Files,
    root: &str,
    manifest: &toml::Table,
    members: &[Member],
    by_package: &BTreeSet<String>,
) -> Option<BTreeSet<String>> {
    let dist_file = files.read(&join(root, "dist-workspace.toml")).ok().flatten();
    let dist_table = dist_file.and_then(|source| source.text().parse::<toml::Table>().ok());
    let inline = manifests::sub(manifest, "workspace")
        .and_then(|workspace| manifests::sub(workspace, "metadata"))
        .and_then(|metadata| manifests::sub(metadata, "dist"));
    let config = dist_table.as_ref().map(|table| manifests::sub(table, "dist").unwrap_or(table)).or(inline);
    if config.is_none() && by_package.is_empty() {
        return None;
    }
    let mut found = by_package.clone();
    if let Some(named) = config.and_then(|config| manifests::strings(config, "packages")) {
        found.extend(members.iter().filter(|member| named.contains(&member.name)).map(|member| member.manifest.clone()));
    }
    Some(found)
}

#[cfg(test)]
mod tests;
