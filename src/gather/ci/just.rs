//! `just`: recipes, what they need, and their bodies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::shell::Mode;
use super::{Around, Gatherer, words};
use crate::gather::files::join;
use crate::source::{Place, Source};

/// How many files one justfile may import.
const MOST_FILES: usize = 30;

#[derive(Default)]
pub(super) struct Justfile {
    variables: BTreeMap<String, String>,
    recipes: BTreeMap<String, Recipe>,
    first: Option<String>,
    files: usize,
}

struct Recipe {
    params: Vec<(String, Option<String>)>,
    needs: Vec<Vec<String>>,
    body: Vec<(u32, String)>,
    source: Arc<Source>,
}

impl Gatherer<'_> {
    pub(super) fn just(&mut self, around: &Around, rest: &[String], place: &Place) {
        let mut folder = around.folder.clone();
        let mut file = None;
        let mut call = Vec::new();
        let mut given = BTreeMap::new();
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "-d" | "--working-directory" => folder = rest.next().and_then(|target| words::enter(&folder, target)).unwrap_or(folder),
                "-f" | "--justfile" => file = rest.next().cloned(),
                "--set" => drop(given.insert(rest.next().cloned().unwrap_or_default(), rest.next().cloned().unwrap_or_default())),
                "--list" | "-l" | "--summary" | "--version" => return,
                word if word.starts_with('-') && call.is_empty() => {}
                word => call.push(word.to_owned()),
            }
        }
        let Some(path) = self.justfile(&folder, file.as_deref()) else { return };
        let justfile = self.justfile_at(&path);
        let mut variables = justfile.variables.clone();
        variables.extend(given);
        let mut inner = around.through(place);
        inner.folder = path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned());
        if call.is_empty() {
            call.extend(justfile.first.clone());
        }
        // Several recipes may stand in a row; each takes as many arguments as it has parameters.
        let mut rest = call.as_slice();
        let mut done = BTreeSet::new();
        while let Some((name, after)) = rest.split_first() {
            let takes = justfile.recipes.get(name).map_or(0, |recipe| {
                if recipe.params.iter().any(|(name, _)| name.starts_with(['*', '+'])) { after.len() } else { recipe.params.len() }
            });
            let (args, next) = after.split_at(takes.min(after.len()));
            self.recipe(&inner, &justfile, &variables, name, args, &mut done);
            rest = next;
        }
    }

    /// The justfile of `folder`, or of the nearest folder above it.
    fn justfile(&self, folder: &str, file: Option<&str>) -> Option<String> {
        if let Some(file) = file {
            return words::enter(folder, file);
        }
        let mut folder = folder.trim_matches('/').to_owned();
        loop {
            let here = self
                .files
                .list(&folder)
                .into_iter()
                .find(|entry| !entry.folder && matches!(entry.name.to_ascii_lowercase().as_str(), "justfile" | ".justfile"));
            if let Some(entry) = here {
                return Some(join(&folder, &entry.name));
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or_else(String::new, |(above, _)| above.to_owned());
        }
    }

    /// The justfile at `path` with what it imports, read once.
    fn justfile_at(&mut self, path: &str) -> Arc<Justfile> {
        if let Some(known) = self.justfiles.get(path) {
            return Arc::clone(known);
        }
        let mut justfile = Justfile::default();
        self.read_justfile(path, &mut justfile);
        let justfile = Arc::new(justfile);
        self.justfiles.insert(path.to_owned(), Arc::clone(&justfile));
        justfile
    }

    fn read_justfile(&mut self, path: &str, justfile: &mut Justfile) {
        justfile.files += 1;
        let source = match self.files.read(path) {
            Ok(Some(source)) if justfile.files <= MOST_FILES && source.text().len() <= super::LARGEST => source,
            Ok(None) => return,
            Ok(Some(_)) => return self.out.unread.push((path.to_owned(), super::make::TOO_MUCH.into())),
            Err(why) => return self.out.unread.push((path.to_owned(), why)),
        };
        let mut current: Option<String> = None;
        for (number, line) in super::make::logical_lines(source.text()) {
            if line.starts_with([' ', '\t']) || line.trim().is_empty() {
                if let Some(recipe) = current.as_ref().and_then(|name| justfile.recipes.get_mut(name)) {
                    recipe.body.push((number, line));
                }
                continue;
            }
            current = None;
            let text = line.trim();
            if text.starts_with(['#', '[']) {
                continue;
            }
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if let Some(import) =
                text.strip_prefix("import").map(|rest| rest.trim_start_matches('?').trim()).filter(|rest| rest.starts_with(['\'', '"']))
            {
                if let Some(path) = words::enter(folder, &words::unquote(import)) {
                    self.read_justfile(&path, justfile);
                }
            } else if let Some((name, value)) = text.split_once(":=") {
                justfile.assign(name.trim(), value.trim());
            } else if let Some((name, recipe)) = head(text, &source) {
                justfile.first.get_or_insert_with(|| name.clone());
                justfile.recipes.insert(name.clone(), recipe);
                current = Some(name);
            }
        }
    }

    fn recipe(
        &mut self,
        around: &Around,
        justfile: &Justfile,
        set: &BTreeMap<String, String>,
        name: &str,
        args: &[String],
        done: &mut BTreeSet<(String, Vec<String>)>,
    ) {
        let alias = justfile.variables.get(&format!("alias {name}"));
        let Some(recipe) = justfile.recipes.get(alias.map_or(name, String::as_str)) else { return };
        if !done.insert((name.to_owned(), args.to_vec())) || done.len() > 300 {
            return;
        }
        let mut variables = set.clone();
        for (at, (param, default)) in recipe.params.iter().enumerate() {
            let plain = param.trim_start_matches(['*', '+', '$']);
            let value = if param.starts_with(['*', '+']) {
                args.get(at..).map(|rest| rest.join(" ")).filter(|all| !all.is_empty())
            } else {
                args.get(at).cloned()
            };
            if let Some(value) = value.or_else(|| default.clone()).or_else(|| param.starts_with('*').then(String::new)) {
                variables.insert(plain.to_owned(), value);
            }
        }
        for need in &recipe.needs {
            if let Some((name, args)) = need.split_first() {
                let args: Vec<String> = args.iter().map(|arg| variables.get(arg).cloned().unwrap_or_else(|| words::unquote(arg))).collect();
                self.recipe(around, justfile, set, name, &args, done);
            }
        }
        self.recipe_body(around, recipe, &variables);
    }

    fn recipe_body(&mut self, around: &Around, recipe: &Recipe, variables: &BTreeMap<String, String>) {
        let Some((first_number, first)) = recipe.body.iter().find(|(_, line)| !line.trim().is_empty()) else { return };
        if let Some(shebang) = first.trim().strip_prefix("#!") {
            let place = Place::line_in(&recipe.source, *first_number);
            if !shebang.contains("sh") {
                return self.hand_over(around, format!("a recipe for `{}`, which is not read", shebang.trim()), &place, Vec::new());
            }
            let script: String = recipe
                .body
                .iter()
                .filter(|(number, _)| number > first_number)
                .map(|(_, line)| expand(line.trim_start(), variables) + "\n")
                .collect();
            let mode = Mode {
                errexit: shebang.split_whitespace().skip(1).any(|word| word.starts_with('-') && word.contains('e')),
                ..Mode::plain()
            };
            return self.script(around, &script, &mode, &|line| {
                Place::line_in(&recipe.source, first_number.saturating_add(line).saturating_add(1))
            });
        }
        for (number, line) in &recipe.body {
            let mut inner = around.clone();
            let place = Place::line_in(&recipe.source, *number);
            let mut command = line.trim();
            while let Some(rest) = command.strip_prefix(['@', '-']) {
                if command.starts_with('-') {
                    inner.tolerate("`just` passes over a failure of a line that begins with `-`", &place);
                }
                command = rest;
            }
            self.script(&inner, &expand(command, variables), &Mode::plain(), &|line| {
                Place::line_in(&recipe.source, number.saturating_add(line))
            });
        }
    }
}

impl Justfile {
    fn assign(&mut self, name: &str, value: &str) {
        let value = if value.starts_with(['\'', '"']) { words::unquote(value) } else { value.to_owned() };
        let name = name.trim_start_matches("export ").trim();
        if !name.starts_with("set ") {
            self.variables.insert(name.to_owned(), value);
        }
    }
}

/// A recipe's head: `@name param='x' *rest: need (other "arg") && after`.
fn head(text: &str, source: &Arc<Source>) -> Option<(String, Recipe)> {
    let (before, after) = text.split_once(':')?;
    let mut words = before.split_whitespace();
    let name = words.next()?.trim_start_matches('@').to_owned();
    if name.is_empty() || !name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-')) {
        return None;
    }
    let params = words.map(|word| match word.split_once('=') {
        Some((name, default)) => (name.to_owned(), Some(words::unquote(default))),
        None => (word.to_owned(), None),
    });
    let after = after.split(" #").next().unwrap_or_default().replace("&&", " ");
    let mut needs = Vec::new();
    let mut rest = after.as_str();
    while let Some((plain, call)) = rest.split_once('(') {
        needs.extend(plain.split_whitespace().map(|need| vec![need.to_owned()]));
        let (inside, after) = call.split_once(')').unwrap_or((call, ""));
        needs.push(inside.split_whitespace().map(str::to_owned).collect());
        rest = after;
    }
    needs.extend(rest.split_whitespace().map(|need| vec![need.to_owned()]));
    Some((name, Recipe { params: params.collect(), needs, body: Vec::new(), source: Arc::clone(source) }))
}

/// `{{name}}` replaced where it is known, else made one word.
fn expand(line: &str, variables: &BTreeMap<String, String>) -> String {
    let mut done = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, from)) = rest.split_once("{{") {
        let (name, after) = from.split_once("}}").unwrap_or((from, ""));
        done.push_str(before);
        done.push_str(variables.get(name.trim()).map_or("_", String::as_str));
        rest = after;
    }
    done + rest
}
