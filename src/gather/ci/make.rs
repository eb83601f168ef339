//! `make`: targets, what they need, and their recipes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::shell::Mode;
use super::{Around, Gatherer, words};
use crate::gather::files::join;
use crate::source::{Place, Source};

/// Why a file of tasks is not read.
pub(super) const TOO_MUCH: &str = "it is too large, or one of too many";
/// How many files one Makefile may include.
const MOST_FILES: usize = 30;

/// How many variables are put into one line.
const MOST_EXPANSIONS: usize = 100;

/// What a Makefile says.
#[derive(Default)]
pub(super) struct Makefile {
    variables: BTreeMap<String, String>,
    /// What `define` names: its lines, as in a recipe.
    defines: BTreeMap<String, Vec<Line>>,
    rules: BTreeMap<String, Rule>,
    first: Option<String>,
    files: usize,
}

#[derive(Default)]
struct Rule {
    needs: Vec<String>,
    recipe: Vec<Line>,
}

/// One line of a recipe, continuations joined, and where it begins.
type Line = (String, Arc<Source>, u32);

impl Gatherer<'_> {
    pub(super) fn make(&mut self, around: &Around, rest: &[String], place: &Place) {
        let mut folder = around.folder.clone();
        let mut file = None;
        let mut targets = Vec::new();
        let mut given = BTreeMap::new();
        let mut keep_going = false;
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "-C" | "--directory" => folder = rest.next().and_then(|target| words::enter(&folder, target)).unwrap_or(folder),
                "-f" | "--file" | "--makefile" => file = rest.next().cloned(),
                "-j" | "-l" | "-o" | "-W" | "-I" if rest.as_slice().first().is_some_and(|next| next.parse::<u32>().is_ok()) => {
                    rest.next();
                }
                "-i" | "--ignore-errors" => keep_going = true,
                word => match word.split_once('=') {
                    Some((name, value)) => drop(given.insert(name.to_owned(), value.to_owned())),
                    None if word.starts_with('-') => {}
                    None => targets.push(word.to_owned()),
                },
            }
        }
        let names: Vec<String> =
            file.map_or_else(|| ["GNUmakefile", "makefile", "Makefile"].map(str::to_owned).to_vec(), |file| vec![file]);
        let Some(path) = names.iter().filter_map(|name| words::enter(&folder, name)).find(|path| self.files.exists(path)) else { return };
        let makefile = self.makefile(&path);
        let mut variables = makefile.variables.clone();
        variables.extend(given);
        let mut inner = around.through(place);
        inner.folder = folder;
        if keep_going {
            inner.tolerate("`make -i` goes on after a failure", place);
        }
        if targets.is_empty() {
            targets.extend(makefile.first.clone());
        }
        let mut done = BTreeSet::new();
        for target in targets {
            self.target(&inner, &makefile, &variables, &target, &mut done);
        }
    }

    /// The Makefile at `path` with what it includes, read once.
    fn makefile(&mut self, path: &str) -> Arc<Makefile> {
        if let Some(known) = self.makefiles.get(path) {
            return Arc::clone(known);
        }
        let mut makefile = Makefile::default();
        self.read_makefile(path, &mut makefile);
        let makefile = Arc::new(makefile);
        self.makefiles.insert(path.to_owned(), Arc::clone(&makefile));
        makefile
    }

    fn read_makefile(&mut self, path: &str, makefile: &mut Makefile) {
        makefile.files += 1;
        let source = match self.files.read(path) {
            Ok(Some(source)) if makefile.files <= MOST_FILES && source.text().len() <= super::LARGEST => source,
            Ok(None) => return,
            Ok(Some(_)) => return self.out.unread.push((path.to_owned(), TOO_MUCH.into())),
            Err(why) => return self.out.unread.push((path.to_owned(), why)),
        };
        let mut current: Vec<String> = Vec::new();
        let mut lines = logical_lines(source.text()).into_iter();
        while let Some((number, line)) = lines.next() {
            if let Some(recipe) = line.strip_prefix('\t') {
                for target in &current {
                    makefile.rules.entry(target.clone()).or_default().recipe.push((recipe.to_owned(), Arc::clone(&source), number));
                }
                continue;
            }
            let text = line.split(" #").next().unwrap_or_default().trim();
            let first = text.split_whitespace().next().unwrap_or_default();
            if text.is_empty() || text.starts_with('#') || matches!(first, "ifeq" | "ifneq" | "ifdef" | "ifndef" | "else" | "endif") {
                continue;
            }
            if first == "define" {
                let body = lines.by_ref().take_while(|(_, line)| line.trim() != "endef");
                let body = body.map(|(number, line)| (line, Arc::clone(&source), number)).collect();
                makefile.defines.insert(text.split_whitespace().nth(1).unwrap_or_default().to_owned(), body);
            } else if matches!(first, "include" | "-include" | "sinclude") {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let included: Vec<String> = text.split_whitespace().skip(1).map(str::to_owned).collect();
                for name in included {
                    let name = expand(&makefile.variables, &name);
                    if !name.contains('$') {
                        self.read_makefile(&join(folder, &name), makefile);
                    }
                }
            } else {
                current = makefile.line(text, &source, number);
            }
        }
    }

    fn target(
        &mut self,
        around: &Around,
        makefile: &Makefile,
        variables: &BTreeMap<String, String>,
        name: &str,
        done: &mut BTreeSet<String>,
    ) {
        let Some(rule) = makefile.rules.get(name) else { return };
        if !done.insert(name.to_owned()) || done.len() > 500 || around.depth + done.len() > 600 {
            return;
        }
        for need in &rule.needs {
            self.target(around, makefile, variables, need, done);
        }
        for line in &rule.recipe {
            self.recipe_line(around, makefile, variables, line, 0);
        }
    }

    fn recipe_line(
        &mut self,
        around: &Around,
        makefile: &Makefile,
        variables: &BTreeMap<String, String>,
        (line, source, number): &Line,
        depth: usize,
    ) {
        let mut inner = around.clone();
        let mut command = line.trim();
        let place = Place::line_in(source, *number);
        while let Some(rest) = command.strip_prefix(['@', '-', '+']) {
            if command.starts_with('-') {
                inner.tolerate("`make` passes over a failure of a line that begins with `-`", &place);
            }
            command = rest.trim_start();
        }
        if let Some((name, arguments)) = called(command)
            && let Some(body) = makefile.defines.get(name)
        {
            let inner = inner.through(&place);
            let mut variables = variables.clone();
            variables.extend((1..).zip(arguments).map(|(number, argument): (usize, _)| (number.to_string(), argument)));
            for line in body.iter().filter(|_| depth < super::DEEPEST) {
                self.recipe_line(&inner, makefile, &variables, line, depth + 1);
            }
            return;
        }
        let command = expand(variables, command).replace("$$", "$");
        self.script(&inner, &command, &Mode::plain(), &|line| Place::line_in(source, number.saturating_add(line)));
    }
}

/// The name and the arguments of `$(call name,a,b)`, where that is the whole line.
fn called(command: &str) -> Option<(&str, Vec<String>)> {
    let inside = command.strip_prefix("$(call ")?.strip_suffix(')')?;
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_u32, 0);
    for (at, char) in inside.char_indices() {
        match char {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                parts.push(inside.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inside.get(start..)?);
    let (name, arguments) = parts.split_first()?;
    Some((name.trim(), arguments.iter().map(|argument| (*argument).to_owned()).collect()))
}

impl Makefile {
    /// Takes an assignment or the head of a rule; the targets whose recipe follows.
    fn line(&mut self, text: &str, source: &Arc<Source>, number: u32) -> Vec<String> {
        let colon = text.find(':');
        let equals = text.find('=');
        let assigns = equals.is_some_and(|equals| {
            colon.is_none_or(|colon| {
                equals < colon || text.get(colon + 1..equals).is_some_and(|between| between.is_empty() || between == ":")
            })
        });
        if assigns {
            if let Some((name, value)) = text.split_once('=') {
                let name = name.trim_end_matches([':', '?', '+', '!', ' ']).trim_start_matches("export ").trim().to_owned();
                let value = value.trim().to_owned();
                if !(text.contains("?=") && self.variables.contains_key(&name)) {
                    self.variables.insert(name, value);
                }
            }
            return Vec::new();
        }
        let Some((targets, needs)) = text.split_once(':') else { return Vec::new() };
        let (needs, inline) = needs.trim_start_matches(':').split_once(';').map_or((needs, None), |(needs, inline)| (needs, Some(inline)));
        let needs: Vec<String> = expand(&self.variables, needs)
            .split_whitespace()
            .filter(|need| !need.contains('=') && *need != "|")
            .map(str::to_owned)
            .collect();
        let targets: Vec<String> = expand(&self.variables, targets).split_whitespace().map(str::to_owned).collect();
        for target in &targets {
            if self.first.is_none() && !target.starts_with('.') {
                self.first = Some(target.clone());
            }
            let rule = self.rules.entry(target.clone()).or_default();
            rule.needs.extend(needs.iter().cloned());
            rule.recipe.extend(inline.map(|inline| (inline.to_owned(), Arc::clone(source), number)));
        }
        targets
    }
}

/// `$(NAME)` and `${NAME}` replaced where they are set here, `$(MAKE)` and `$(CARGO)` where not.
fn expand(variables: &BTreeMap<String, String>, text: &str) -> String {
    let mut text = text.to_owned();
    let mut from = 0;
    for _ in 0..MOST_EXPANSIONS {
        let Some((start, open)) = text.get(from..).and_then(next_reference).map(|(at, open)| (from + at, open)) else { break };
        let close = if open == "$(" { ')' } else { '}' };
        let name = text.get(start + 2..).and_then(|rest| rest.split_once(close)).map_or("", |(name, _)| name);
        let value = match (variables.get(name).map(String::as_str), name) {
            (Some(value), _) => value,
            (None, "MAKE") => "make",
            (None, "CARGO") => "cargo",
            (None, _) => {
                from = start + 2;
                continue;
            }
        };
        if text.len() + value.len() > 64 * 1024 {
            break;
        }
        let end = start + 2 + name.len() + 1;
        text = [text.get(..start).unwrap_or_default(), value, text.get(end..).unwrap_or_default()].concat();
        from = start;
    }
    text
}

/// The first `$(` or `${`, and which it is.
fn next_reference(text: &str) -> Option<(usize, &'static str)> {
    ["$(", "${"].into_iter().filter_map(|open| text.find(open).map(|at| (at, open))).min()
}

/// Lines with their continuations joined (the line end kept, so that lines can be counted), each with its 1-based number.
pub(super) fn logical_lines(text: &str) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1_u32..).zip(text.lines()) {
        match found.last_mut().filter(|_| open) {
            Some((_, last)) => {
                last.push('\n');
                last.push_str(line);
            }
            None => found.push((number, line.to_owned())),
        }
        open = line.ends_with('\\');
    }
    found
}
