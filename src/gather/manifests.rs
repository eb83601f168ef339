//! Manifests, read by the program itself: what cargo does not tell, and all of it where cargo cannot run.

pub mod dependencies;
pub mod targets;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use semver::Version;
use toml::{Table, Value};

use super::files::{Files, join};
use crate::observation::pattern;
use crate::observation::workspace::{Member, Ships};

/// How many members a workspace may have.
const MOST_MEMBERS: usize = 10_000;

/// A workspace as its manifests tell it.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Its members, sorted by name; all said to ship until that is decided.
    pub members: Vec<Member>,
    /// The manifests of the `default-members`, where that key is there.
    pub default_members: Option<BTreeSet<String>>,
    /// The manifests of members that configure a distribution (`[package.metadata.dist]`).
    pub distributed: BTreeSet<String>,
    /// The parsed root manifest.
    pub root: Table,
    /// Manifests that could not be read, with why, sorted.
    pub problems: Vec<(String, String)>,
}

/// The parsed manifest in `folder`.
///
/// # Errors
/// A half-sentence where it is not there, or cannot be read or parsed.
pub fn table(files: &Files, folder: &str) -> Result<Table, String> {
    let source = files.read(&join(folder, "Cargo.toml"))?.ok_or("there is no such file")?;
    source.text().parse::<Table>().map_err(|error| first_line(error.message()))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// The table at `key`.
pub fn sub<'a>(table: &'a Table, key: &str) -> Option<&'a Table> {
    table.get(key).and_then(Value::as_table)
}

/// The strings of the array at `key`.
pub fn strings(table: &Table, key: &str) -> Option<Vec<String>> {
    let array = table.get(key)?.as_array()?;
    Some(array.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Whether the manifest takes `key` of its package from the workspace.
pub fn inherits(manifest: &Table, key: &str) -> bool {
    sub(manifest, "package").and_then(|package| sub(package, key)).and_then(|field| field.get("workspace")).and_then(Value::as_bool)
        == Some(true)
}

/// The field of the package, taken from `[workspace.package]` where the manifest says so.
fn field<'a>(manifest: &'a Table, root: &'a Table, key: &str) -> Option<&'a Value> {
    if inherits(manifest, key) {
        sub(root, "workspace").and_then(|workspace| sub(workspace, "package"))?.get(key)
    } else {
        sub(manifest, "package")?.get(key)
    }
}

/// Whether `publish` lets the package be published.
fn publishable(publish: Option<&Value>) -> bool {
    match publish {
        Some(Value::Boolean(publish)) => *publish,
        Some(Value::Array(registries)) => !registries.is_empty(),
        Some(_) | None => true,
    }
}

/// The workspace whose root manifest lies in `folder`, read from its manifests alone.
pub fn read(files: &Files, folder: &str) -> Read {
    let mut read = Read::default();
    match table(files, folder) {
        Ok(root) => read.root = root,
        Err(why) => {
            read.problems.push((join(folder, "Cargo.toml"), why));
            return read;
        }
    }
    let manifests = member_manifests(files, folder, &read.root, &mut read.problems);
    for (member_folder, manifest) in &manifests {
        if sub(manifest, "package").is_none() {
            continue;
        }
        match member(files, folder, &read.root, member_folder, manifest) {
            Ok(member) => {
                let metadata = sub(manifest, "package").and_then(|package| sub(package, "metadata"));
                if metadata.and_then(|metadata| metadata.get("dist")).is_some_and(|dist| dist.get("dist") != Some(&Value::Boolean(false))) {
                    read.distributed.insert(member.manifest.clone());
                }
                read.members.push(member);
            }
            Err(why) => read.problems.push((join(member_folder, "Cargo.toml"), why)),
        }
    }
    let defaults = sub(&read.root, "workspace").and_then(|workspace| strings(workspace, "default-members"));
    read.default_members = defaults.map(|patterns| {
        let chosen = |member: &&String| patterns.iter().any(|pattern| in_pattern(folder, pattern, member));
        manifests.keys().filter(chosen).map(|folder| join(folder, "Cargo.toml")).collect()
    });
    read.members.sort_by(|a, b| (&a.name, &a.manifest).cmp(&(&b.name, &b.manifest)));
    read.problems.sort();
    read
}

fn in_pattern(root: &str, pattern: &str, folder: &str) -> bool {
    resolve(root, pattern).is_some_and(|pattern| pattern::path_matches(&pattern, folder))
}

/// `path`, which is relative to `folder`, relative to the repository's root and without `..`; `None` where
/// it leaves the repository. The root itself is `.`.
pub fn resolve(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut resolved: Vec<&str> = pattern::parts(folder).collect();
    for part in pattern::parts(path) {
        if part == ".." {
            resolved.pop()?;
        } else {
            resolved.push(part);
        }
    }
    Some(if resolved.is_empty() { ".".to_owned() } else { resolved.join("/") })
}

/// The folder and manifest of every member: the root itself, what `members` names, and path dependencies
/// below the root's folder.
fn member_manifests(files: &Files, folder: &str, root: &Table, problems: &mut Vec<(String, String)>) -> BTreeMap<String, Table> {
    let workspace = sub(root, "workspace");
    let excluded: Vec<String> = workspace
        .and_then(|workspace| strings(workspace, "exclude"))
        .unwrap_or_default()
        .iter()
        .filter_map(|path| resolve(folder, path))
        .collect();
    let patterns = workspace.and_then(|workspace| strings(workspace, "members")).unwrap_or_default();
    let named: BTreeSet<String> = patterns.iter().flat_map(|pattern| expand(files, folder, pattern)).collect();
    // As in cargo, a member that is named without a pattern goes before `exclude`.
    let explicit: Vec<String> =
        patterns.iter().filter(|pattern| !pattern::is_pattern(pattern)).filter_map(|path| resolve(folder, path)).collect();
    let below = |path: &str, folders: &[String]| folders.iter().any(|folder| within(path, folder));
    let is_excluded = |path: &str| below(path, &excluded) && !below(path, &explicit);
    let own = resolve(folder, "").unwrap_or_else(|| ".".into());
    let mut waiting: VecDeque<(String, bool)> =
        std::iter::once((own.clone(), true)).chain(named.into_iter().map(|path| (path.clone(), explicit.contains(&path)))).collect();
    let mut found = BTreeMap::new();
    while let Some((path, expected)) = waiting.pop_front() {
        if found.contains_key(&path) || found.len() >= MOST_MEMBERS || is_excluded(&path) {
            continue;
        }
        let manifest = if path == own { Ok(root.clone()) } else { table(files, &path) };
        match manifest {
            Ok(manifest) => {
                let below = dependencies::paths(&manifest, root, folder, &path).into_iter().filter(|path| within(path, &own));
                if workspace.is_some() {
                    waiting.extend(below.map(|path| (path, true)));
                }
                found.insert(path, manifest);
            }
            Err(why) if expected || files.exists(&join(&path, "Cargo.toml")) => problems.push((join(&path, "Cargo.toml"), why)),
            // A pattern also matches folders that are no packages.
            Err(_) => {}
        }
    }
    found
}

/// Whether `path` is `folder` or lies below it.
pub fn within(path: &str, folder: &str) -> bool {
    folder == "." || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The folders that a pattern of `members` names, read folder by folder.
fn expand(files: &Files, root: &str, pattern: &str) -> Vec<String> {
    let Some(pattern) = resolve(root, pattern) else { return Vec::new() };
    let mut found = vec![".".to_owned()];
    for (index, part) in pattern::parts(&pattern).enumerate() {
        if part == "**" {
            let rest = pattern::parts(&pattern).skip(index).collect::<Vec<_>>().join("/");
            return found.iter().flat_map(|folder| below(files, folder, &rest)).collect();
        }
        found = found.iter().flat_map(|folder| one_level(files, folder, part)).take(MOST_MEMBERS).collect();
    }
    found
}

fn one_level(files: &Files, folder: &str, part: &str) -> Vec<String> {
    if !pattern::is_pattern(part) {
        return vec![join(folder, part)];
    }
    let folders = files.list(folder).into_iter().filter(|entry| entry.folder && pattern::path_matches(part, &entry.name));
    folders.map(|entry| join(folder, &entry.name)).collect()
}

/// The packages' folders below `folder` that match `pattern`, which begins with `**`.
fn below(files: &Files, folder: &str, pattern: &str) -> Vec<String> {
    let relative = |manifest: &str| {
        let inner = manifest.strip_suffix("Cargo.toml")?.trim_end_matches('/');
        if folder == "." { Some(inner.to_owned()) } else { Some(inner.strip_prefix(folder)?.trim_start_matches('/').to_owned()) }
    };
    let wanted = |path: &str| {
        (path == "Cargo.toml" || path.ends_with("/Cargo.toml")) && relative(path).is_some_and(|path| pattern::path_matches(pattern, &path))
    };
    files
        .walk(if folder == "." { "" } else { folder }, &wanted)
        .iter()
        .filter_map(|path| path.strip_suffix("/Cargo.toml"))
        .map(str::to_owned)
        .collect()
}

fn member(files: &Files, root_folder: &str, root: &Table, folder: &str, manifest: &Table) -> Result<Member, String> {
    let package = sub(manifest, "package").ok_or("it has no [package]")?;
    let name = package.get("name").and_then(Value::as_str).ok_or("its package has no name")?.to_owned();
    let version = match field(manifest, root, "version") {
        Some(version) => {
            let text = version.as_str().ok_or("its version is no text")?;
            Version::parse(text).map_err(|_| format!("its version `{text}` is none"))?
        }
        None => Version::new(0, 0, 0),
    };
    // Without a version, cargo takes `publish` to be false.
    let has_version = field(manifest, root, "version").is_some();
    let publish = field(manifest, root, "publish");
    Ok(Member {
        targets: targets::of(&targets::Package { files, folder, name: &name, manifest }),
        name,
        version,
        inherits_version: inherits(manifest, "version"),
        manifest: join(folder, "Cargo.toml"),
        is_root: Some(folder) == resolve(root_folder, "").as_deref(),
        publishable: publishable(publish) && (has_version || publish.is_some()),
        repository: field(manifest, root, "repository").and_then(Value::as_str).map(str::to_owned),
        dependencies: dependencies::of(manifest, root, root_folder, folder),
        ships: Ships::Yes,
    })
}
