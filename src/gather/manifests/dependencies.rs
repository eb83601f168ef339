//! What a manifest requires.

use semver::VersionReq;
use toml::{Table, Value};

use super::{resolve, sub};
use crate::observation::workspace::{Dependency, DependencyKind};

/// The tables of a manifest that name dependencies, in each spelling, with their kind.
const TABLES: [(&str, DependencyKind); 5] = [
    ("dependencies", DependencyKind::Normal),
    ("build-dependencies", DependencyKind::Build),
    ("build_dependencies", DependencyKind::Build),
    ("dev-dependencies", DependencyKind::Dev),
    ("dev_dependencies", DependencyKind::Dev),
];

/// The requirements of the manifest in `folder`, sorted by name, those of the workspace filled in.
pub fn of(manifest: &Table, root: &Table, root_folder: &str, folder: &str) -> Vec<Dependency> {
    merged(entries(manifest).map(|entry| entry.read(root, root_folder, folder)).collect())
}

/// One requirement for each name and version requirement: its strongest kind, optional only where it always
/// is, limited to a target only where it always is to the same.
pub fn merged(mut all: Vec<Dependency>) -> Vec<Dependency> {
    let key = |dependency: &Dependency| (dependency.name.clone(), dependency.requirement.to_string());
    all.sort_by(|a, b| (key(a), a.kind, &a.target).cmp(&(key(b), b.kind, &b.target)));
    all.dedup_by(|next, kept| {
        let same = key(next) == key(kept);
        if same {
            kept.optional &= next.optional;
            kept.local |= next.local;
            if kept.target != next.target {
                kept.target = None;
            }
        }
        same
    });
    all
}

/// The folders of the manifest's path dependencies, relative to the repository's root.
pub fn paths(manifest: &Table, root: &Table, root_folder: &str, folder: &str) -> Vec<String> {
    entries(manifest).filter_map(|entry| entry.path(root, root_folder, folder)).collect()
}

struct Entry<'a> {
    alias: &'a str,
    value: &'a Value,
    kind: DependencyKind,
    target: Option<&'a str>,
}

fn entries(manifest: &Table) -> impl Iterator<Item = Entry<'_>> {
    let targets = sub(manifest, "target").into_iter().flatten();
    let targets = targets.filter_map(|(target, value)| Some((Some(target.as_str()), value.as_table()?)));
    std::iter::once((None, manifest)).chain(targets).flat_map(|(target, table)| {
        TABLES.iter().flat_map(move |(key, kind)| {
            let entries = sub(table, key).into_iter().flatten();
            entries.map(move |(alias, value)| Entry { alias, value, kind: *kind, target })
        })
    })
}

impl<'a> Entry<'a> {
    /// The entry that says what is required, and the folder that its path is relative to.
    fn said<'s>(&self, root: &'s Table, root_folder: &'s str, folder: &'s str) -> (Option<&'s Value>, &'s str)
    where
        'a: 's,
    {
        if self.value.get("workspace").and_then(Value::as_bool) == Some(true) {
            let shared = sub(root, "workspace").and_then(|workspace| sub(workspace, "dependencies"));
            (shared.and_then(|shared| shared.get(self.alias)), root_folder)
        } else {
            (Some(self.value), folder)
        }
    }

    fn path(&self, root: &Table, root_folder: &str, folder: &str) -> Option<String> {
        let (said, base) = self.said(root, root_folder, folder);
        resolve(base, said?.get("path")?.as_str()?)
    }

    fn read(&self, root: &Table, root_folder: &str, folder: &str) -> Dependency {
        let (said, _) = self.said(root, root_folder, folder);
        let text = |key: &str| said.and_then(|said| said.get(key)).and_then(Value::as_str);
        let requirement = said.and_then(Value::as_str).or_else(|| text("version"));
        Dependency {
            name: text("package").unwrap_or(self.alias).to_owned(),
            requirement: requirement.and_then(|text| VersionReq::parse(text).ok()).unwrap_or(VersionReq::STAR),
            kind: self.kind,
            optional: self.value.get("optional").and_then(Value::as_bool) == Some(true),
            target: self.target.map(str::to_owned),
            local: self.path(root, root_folder, folder).is_some(),
        }
    }
}
