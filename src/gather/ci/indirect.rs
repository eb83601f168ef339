//! From a command to what it runs inside the repository: scripts, tasks, aliases.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::shell::Mode;
use super::{Around, Gatherer, words};
use crate::observation::workspace::Ships;
use crate::source::{Place, Source};
use crate::tools;

/// How many sources of a program of the repository's own are kept to look for names in.
const MOST_TEXTS: usize = 60;

impl Gatherer<'_> {
    /// Follows `words` where they run something else in the repository.
    pub(super) fn follow(&mut self, around: &Around, words: &[String], place: &Place) {
        let Some((first, rest)) = words.split_first() else { return };
        let second = rest.first().map(String::as_str);
        match (first.rsplit('/').next().unwrap_or(first), second) {
            ("make" | "gmake" | "mingw32-make", _) => self.make(around, rest, place),
            ("just", _) => self.just(around, rest, place),
            ("cargo", Some("make")) => self.cargo_make(around, rest.get(1..).unwrap_or_default(), place),
            ("cargo-make", _) | ("makers", _) => self.cargo_make(around, rest, place),
            ("cargo", Some("run" | "r")) => self.own_program(around, rest, place),
            ("bash" | "sh" | "dash" | "zsh", _) => self.shell_call(around, rest, place),
            ("source" | ".", Some(path)) => self.script_file(around, path, rest.get(1..).unwrap_or_default(), place, Some(Mode::strict())),
            ("python" | "python3" | "node" | "ruby" | "perl" | "nu" | "deno" | "bun", _) => self.foreign_script(around, words, place),
            ("task" | "go-task", _) => self.taskfile(around, rest, place),
            ("pre-commit", Some("run")) => self.pre_commit(around, rest, place),
            ("npm" | "pnpm" | "yarn", Some("run" | "run-script")) => self.package_script(around, rest, place),
            ("gh", Some("workflow")) if rest.get(1).is_some_and(|word| word == "run") => {
                self.hand_over(around, "a workflow that it starts by `gh workflow run`", place, Vec::new());
            }
            _ if first.contains('/') => self.script_file(around, first, rest, place, None),
            _ => {
                if let Some(what) = tools::catalogue().hidden_runner(words) {
                    self.hand_over(around, format!("`{}`, {what}", words.join(" ")), place, Vec::new());
                }
            }
        }
    }

    /// `cargo x` with the aliases of `.cargo/config.toml` resolved.
    pub(super) fn without_alias(&mut self, words: Vec<String>) -> Vec<String> {
        if words.first().is_none_or(|word| word.rsplit('/').next() != Some("cargo")) {
            return words;
        }
        let Some(at) = words.iter().skip(1).position(|word| !word.starts_with(['-', '+'])).map(|at| at + 1) else { return words };
        let aliases = match &self.aliases {
            Some(aliases) => aliases,
            None => {
                let read = self.read_aliases();
                self.aliases.insert(read)
            }
        };
        let Some(expansion) = words.get(at).and_then(|word| aliases.get(word)) else { return words };
        words.iter().take(at).chain(expansion).chain(words.iter().skip(at + 1)).cloned().collect()
    }

    fn read_aliases(&self) -> BTreeMap<String, Vec<String>> {
        let mut aliases = BTreeMap::new();
        let root = self.workspace.root.trim_matches('.').trim_matches('/');
        for folder in ["", root] {
            for name in [".cargo/config.toml", ".cargo/config"] {
                let Ok(Some(source)) = self.files.read(&crate::gather::files::join(folder, name)) else { continue };
                let Ok(table) = source.text().parse::<toml::Table>() else { continue };
                for (alias, value) in table.get("alias").and_then(toml::Value::as_table).into_iter().flatten() {
                    let words = match value {
                        toml::Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
                        toml::Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
                        _ => continue,
                    };
                    aliases.insert(alias.clone(), words);
                }
            }
        }
        aliases
    }

    /// `bash -c '…'`, `bash -e x.sh arg`.
    fn shell_call(&mut self, around: &Around, rest: &[String], place: &Place) {
        let mut mode = Mode::plain();
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else {
                if word.starts_with("--") {
                    continue;
                }
                let args: Vec<String> = rest.cloned().collect();
                return self.script_file(around, word, &args, place, Some(mode));
            };
            mode.errexit |= letters.contains('e');
            if letters.ends_with('o') {
                mode.pipefail |= rest.next().is_some_and(|option| option == "pipefail");
            }
            if letters.contains('c') {
                if let Some(script) = rest.next() {
                    mode.args = Some(rest.skip(1).cloned().collect());
                    self.script(&around.through(place), script, &mode, &|_| place.clone());
                }
                return;
            }
        }
    }

    /// A script in the repository. What is not there (a built program, a download) runs nothing that can be read.
    fn script_file(&mut self, around: &Around, path: &str, args: &[String], place: &Place, mode: Option<Mode>) {
        let Some(path) = words::enter(&around.folder, path) else {
            if sourced_by_variable(path) {
                self.hand_over(around, format!("the script `{path}`, which a variable names"), place, Vec::new());
            }
            return;
        };
        let source = match self.files.read(&path) {
            Ok(Some(source)) => source,
            Ok(None) => return,
            // A binary, or a folder: not a script.
            Err(_) if mode.is_none() => return,
            Err(why) => return self.hand_over(around, format!("the script `{path}`, which could not be read: {why}"), place, Vec::new()),
        };
        let shebang = source.text().lines().next().filter(|line| line.starts_with("#!")).unwrap_or_default().to_owned();
        let is_shell = ["sh", "bash", "dash", "zsh"].iter().any(|shell| {
            shebang.split(['/', ' ']).any(|word| word == *shell) || (shebang.is_empty() && path.ends_with(&format!(".{shell}")))
        });
        if !is_shell && mode.is_none() {
            if !shebang.is_empty() || tools::is_script(&path) {
                self.hand_over(around, format!("the script `{path}`, which is not read"), place, vec![source]);
            }
            return;
        }
        let own_options = shebang.split_whitespace().skip(1).filter(|word| word.starts_with('-')).any(|word| word.contains('e'));
        let mut mode = mode.unwrap_or(Mode { errexit: own_options, ..Mode::plain() });
        mode.args = Some(args.to_vec());
        self.script(&around.through(place), source.text(), &mode, &|line| Place::line_in(&source, line.saturating_add(1)));
    }

    fn foreign_script(&mut self, around: &Around, words: &[String], place: &Place) {
        let script = words.iter().skip(1).find(|word| tools::is_script(word)).and_then(|word| words::enter(&around.folder, word));
        let Some(path) = script else { return };
        if let Ok(Some(source)) = self.files.read(&path) {
            self.hand_over(around, format!("the script `{path}`, which is not read"), place, vec![source]);
        }
    }

    /// `cargo run` of a helper of the repository's own: a program that is not followed.
    fn own_program(&mut self, around: &Around, rest: &[String], place: &Place) {
        let option = |names: &[&str]| {
            rest.iter().enumerate().find_map(|(at, word)| match word.split_once('=') {
                Some((name, value)) if names.contains(&name) => Some(value.to_owned()),
                Some(_) | None => names.contains(&word.as_str()).then(|| rest.get(at + 1).cloned()).flatten(),
            })
        };
        let manifest = option(&["--manifest-path"]);
        let named = option(&["-p", "--package"]).or_else(|| option(&["--bin"]));
        let folder_name = manifest.as_deref().and_then(|path| path.rsplit('/').nth(1)).map(str::to_owned);
        let Some(name) = named.or(folder_name) else { return };
        let member =
            self.workspace.members.iter().find(|member| member.name == name || member.targets.iter().any(|target| target.name == name));
        if member.is_some_and(|member| member.ships == Ships::Yes) && !name.contains("xtask") {
            return;
        }
        let manifest = member.map(|member| member.manifest.clone()).or(manifest);
        let folder = manifest.as_deref().and_then(|path| path.rsplit_once('/')).map(|(folder, _)| folder.to_owned());
        let folder = folder.or_else(|| self.files.exists(&name).then(|| name.clone()));
        let texts = folder.map(|folder| self.sources(&folder)).unwrap_or_default();
        self.hand_over(around, format!("`{name}`, a program of the repository's own"), place, texts);
    }

    fn sources(&self, folder: &str) -> Vec<Arc<Source>> {
        let is_rust = |path: &str| std::path::Path::new(path).extension().is_some_and(|ext| ext == "rs");
        let paths = self.files.walk(folder, &is_rust);
        // Half of a program's sources would not show what it does not run.
        if paths.len() > MOST_TEXTS {
            return Vec::new();
        }
        paths.iter().filter_map(|path| self.files.read(path).ok().flatten()).collect()
    }

    /// `npm run x`: the script in the package.json of the folder.
    fn package_script(&mut self, around: &Around, rest: &[String], place: &Place) {
        let Some(name) = rest.iter().skip(1).find(|word| !word.starts_with('-')) else { return };
        let path = crate::gather::files::join(&around.folder, "package.json");
        let Ok(Some(source)) = self.files.read(&path) else { return };
        let Ok(package) = serde_json::from_str::<serde_json::Value>(source.text()) else { return };
        let Some(script) = package.get("scripts").and_then(|scripts| scripts.get(name)).and_then(serde_json::Value::as_str) else { return };
        let line = line_with(&source, &format!("\"{name}\""));
        self.script(&around.through(place), script, &Mode::strict(), &|_| line.clone());
    }
}

/// Whether `path` is a shell script of a place that only a run knows, and not of the machine that it runs on.
fn sourced_by_variable(path: &str) -> bool {
    const MACHINE: [&str; 8] = ["HOME", "RUNNER_", "GITHUB_", "TMP", "TEMP", "VENV", "venv", "VIRTUAL_ENV"];
    let script = std::path::Path::new(path).extension().is_some_and(|ending| ending == "sh" || ending == "bash");
    script && path.contains('$') && !MACHINE.iter().any(|name| path.contains(name))
}

/// The first line of `source` that holds `text`; else its first.
pub(super) fn line_with(source: &Arc<Source>, text: &str) -> Place {
    let line = source.text().find(text).map_or(1, |at| source.line_of(at));
    Place::line_in(source, line)
}
