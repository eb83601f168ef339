//! What a package builds, found as cargo finds it.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::super::files::{Files, join};
use super::{resolve, strings, sub};
use crate::observation::workspace::{Target, TargetKind};

/// A package as far as its targets go.
pub struct Package<'a> {
    /// The files of the repository.
    pub files: &'a Files,
    /// Its folder.
    pub folder: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its manifest.
    pub manifest: &'a Table,
}

/// A kind of target of which a package may have many.
struct Many {
    kind: TargetKind,
    /// The array of tables that lists them.
    key: &'static str,
    /// The folder in which they are discovered.
    dir: &'static str,
    /// The key that switches discovery off.
    auto: &'static str,
}

const MANY: [Many; 4] = [
    Many { kind: TargetKind::Bin, key: "bin", dir: "src/bin", auto: "autobins" },
    Many { kind: TargetKind::Test, key: "test", dir: "tests", auto: "autotests" },
    Many { kind: TargetKind::Bench, key: "bench", dir: "benches", auto: "autobenches" },
    Many { kind: TargetKind::Example, key: "example", dir: "examples", auto: "autoexamples" },
];

/// The targets of the package, sorted by kind and name.
pub fn of(package: &Package<'_>) -> Vec<Target> {
    let mut targets: Vec<Target> = package.library().into_iter().collect();
    targets.extend(MANY.iter().flat_map(|many| package.many(many)));
    targets.extend(package.build_script());
    targets.sort_by(|a, b| (a.kind, &a.name, &a.path).cmp(&(b.kind, &b.name, &b.path)));
    targets
}

fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key).and_then(Value::as_str)
}

fn is_proc_macro(table: &Table) -> bool {
    let flag = |key| table.get(key).and_then(Value::as_bool) == Some(true);
    let typed = strings(table, "crate-type").is_some_and(|types| types.iter().any(|name| name == "proc-macro"));
    flag("proc-macro") || flag("proc_macro") || typed
}

impl Package<'_> {
    fn auto(&self, key: &str) -> bool {
        sub(self.manifest, "package").and_then(|package| package.get(key)).and_then(Value::as_bool) != Some(false)
    }

    fn exists(&self, path: &str) -> bool {
        self.files.exists(path)
    }

    fn library(&self) -> Option<Target> {
        let table = sub(self.manifest, "lib");
        let path = table.and_then(|table| text(table, "path")).and_then(|path| resolve(self.folder, path));
        let path = path.unwrap_or_else(|| join(self.folder, "src/lib.rs"));
        if table.is_none() && !(self.auto("autolib") && self.exists(&path)) {
            return None;
        }
        let name = table.and_then(|table| text(table, "name")).map_or_else(|| self.name.replace('-', "_"), str::to_owned);
        let kind = if table.is_some_and(is_proc_macro) { TargetKind::ProcMacro } else { TargetKind::Lib };
        Some(Target { name, kind, path })
    }

    fn many(&self, many: &Many) -> Vec<Target> {
        let mut found: Vec<Target> = Vec::new();
        let listed = self.manifest.get(many.key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
        for table in listed {
            let Some(name) = text(table, "name") else { continue };
            let stated = text(table, "path").and_then(|path| resolve(self.folder, path));
            let path = stated.unwrap_or_else(|| self.default_path(many, name));
            found.push(Target { name: name.to_owned(), kind: many.kind, path });
        }
        if self.auto(many.auto) {
            let taken: BTreeSet<String> = found.iter().flat_map(|target| [target.name.clone(), target.path.clone()]).collect();
            let discovered = self.discover(many).into_iter();
            found.extend(discovered.filter(|target| !taken.contains(&target.name) && !taken.contains(&target.path)));
        }
        found
    }

    /// Where the source of a listed target lies that names no path.
    fn default_path(&self, many: &Many, name: &str) -> String {
        let main = join(self.folder, "src/main.rs");
        let file = join(self.folder, &format!("{}/{name}.rs", many.dir));
        let in_folder = join(self.folder, &format!("{}/{name}/main.rs", many.dir));
        if self.exists(&file) {
            file
        } else if self.exists(&in_folder) {
            in_folder
        } else if many.kind == TargetKind::Bin && name == self.name && self.exists(&main) {
            main
        } else {
            file
        }
    }

    fn discover(&self, many: &Many) -> Vec<Target> {
        let kind = many.kind;
        let main = join(self.folder, "src/main.rs");
        let mut found = Vec::new();
        if kind == TargetKind::Bin && self.exists(&main) {
            found.push(Target { name: self.name.to_owned(), kind, path: main });
        }
        let dir = join(self.folder, many.dir);
        for entry in self.files.list(&dir) {
            let path = join(&dir, &entry.name);
            let in_folder = join(&path, "main.rs");
            if let Some(name) = entry.name.strip_suffix(".rs").filter(|_| !entry.folder) {
                found.push(Target { name: name.to_owned(), kind, path });
            } else if entry.folder && self.exists(&in_folder) {
                found.push(Target { name: entry.name, kind, path: in_folder });
            }
        }
        found
    }

    fn build_script(&self) -> Option<Target> {
        let stated = sub(self.manifest, "package").and_then(|package| package.get("build"));
        let path = match stated {
            Some(Value::Boolean(false)) => return None,
            Some(Value::String(path)) => resolve(self.folder, path)?,
            Some(_) | None => Some(join(self.folder, "build.rs")).filter(|path| self.exists(path))?,
        };
        Some(Target { name: "build-script-build".into(), kind: TargetKind::BuildScript, path })
    }
}
