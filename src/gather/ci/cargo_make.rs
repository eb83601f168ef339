//! `cargo make`: tasks of Makefile.toml and of the files that it extends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::{Table, Value};

use super::indirect::line_with;
use super::shell::Mode;
use super::{Around, Gatherer, words};
use crate::source::{Place, Source};

/// How many files one Makefile.toml may extend.
const MOST_FILES: usize = 30;

/// Every task, with the text that defines it; what extends goes before what is extended.
pub(super) type Tasks = BTreeMap<String, (Value, Arc<Source>)>;

impl Gatherer<'_> {
    pub(super) fn cargo_make(&mut self, around: &Around, rest: &[String], place: &Place) {
        let mut file = "Makefile.toml".to_owned();
        let mut folder = around.folder.clone();
        let mut task = None;
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--makefile" => file = rest.next().cloned().unwrap_or(file),
                "--cwd" => folder = rest.next().and_then(|target| words::enter(&folder, target)).unwrap_or(folder),
                "--task" | "-t" => task = rest.next().cloned(),
                "--env" | "-e" | "--profile" | "-p" | "--loglevel" | "-l" | "--toolchain" | "--env-file" => {
                    rest.next();
                }
                "--list-all-steps" | "--print-steps" | "--diff-steps" => return,
                word if word.starts_with('-') => {}
                word => {
                    task.get_or_insert_with(|| word.to_owned());
                    break;
                }
            }
        }
        let task = task.unwrap_or_else(|| "default".to_owned());
        let tasks = words::enter(&folder, &file).map(|path| self.tasks_of(&path)).unwrap_or_default();
        let mut inner = around.through(place);
        inner.folder = folder;
        if tasks.contains_key(&task) {
            self.task(&inner, &tasks, &task, &mut BTreeSet::new());
        } else {
            self.hand_over(around, format!("the task `{task}` of cargo-make, which no Makefile.toml here defines"), place, Vec::new());
        }
    }

    /// The tasks of the file at `path`, read once.
    fn tasks_of(&mut self, path: &str) -> Arc<Tasks> {
        if let Some(known) = self.tasks.get(path) {
            return Arc::clone(known);
        }
        let mut tasks = Tasks::new();
        self.read_tasks(path, &mut tasks, &mut 0);
        let tasks = Arc::new(tasks);
        self.tasks.insert(path.to_owned(), Arc::clone(&tasks));
        tasks
    }

    fn read_tasks(&mut self, path: &str, tasks: &mut Tasks, files: &mut usize) {
        *files += 1;
        let source = match self.files.read(path) {
            Ok(Some(source)) if *files <= MOST_FILES && source.text().len() <= super::LARGEST => source,
            Ok(None) => return,
            Ok(Some(_)) => return self.out.unread.push((path.to_owned(), super::make::TOO_MUCH.into())),
            Err(why) => return self.out.unread.push((path.to_owned(), why)),
        };
        let table = match source.text().parse::<Table>() {
            Ok(table) => table,
            Err(error) => return self.out.unread.push((path.to_owned(), format!("it is no valid TOML: {}", error.message()))),
        };
        for (name, task) in table.get("tasks").and_then(Value::as_table).into_iter().flatten() {
            tasks.entry(name.clone()).or_insert_with(|| (task.clone(), Arc::clone(&source)));
        }
        let extended: Vec<&str> = match table.get("extend") {
            Some(Value::String(path)) => vec![path],
            Some(Value::Table(one)) => one.get("path").and_then(Value::as_str).into_iter().collect(),
            // The last of them goes first.
            Some(Value::Array(all)) => all.iter().rev().filter_map(|one| one.as_str().or_else(|| one.get("path")?.as_str())).collect(),
            Some(_) | None => Vec::new(),
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for other in extended.into_iter().filter_map(|other| words::enter(folder, other)) {
            self.read_tasks(&other, tasks, files);
        }
    }

    fn task(&mut self, around: &Around, tasks: &Tasks, name: &str, done: &mut BTreeSet<String>) {
        let Some((task, source)) = tasks.get(name) else { return };
        if !done.insert(name.to_owned()) || done.len() > 300 {
            return;
        }
        let mut inner = around.clone();
        let head = line_with(source, &format!("tasks.{name}]"));
        if task.get("disabled").and_then(Value::as_bool) == Some(true) {
            return;
        }
        if task.get("ignore_errors").and_then(Value::as_bool) == Some(true) {
            inner.tolerate(format!("the task `{name}` has `ignore_errors`"), &head);
        }
        if task.get("condition").is_some() || task.get("condition_script").is_some() {
            inner.hang_on(format!("the condition of the task `{name}`"), &head);
        }
        if let Some(folder) = task.get("cwd").and_then(Value::as_str).and_then(|cwd| words::enter(&around.folder, cwd)) {
            inner.folder = folder;
        }
        for need in names(task.get("dependencies")) {
            self.task(&inner, tasks, &need, done);
        }
        if let Some(other) = task.get("alias").or_else(|| task.get("linux_alias")).and_then(Value::as_str) {
            self.task(&inner, tasks, other, done);
        }
        self.task_body(&inner, task, source, &head);
        for next in run_task(task.get("run_task")) {
            self.task(&inner, tasks, &next, done);
        }
    }

    fn task_body(&mut self, around: &Around, task: &Value, source: &Arc<Source>, head: &Place) {
        if let Some(command) = task.get("command").and_then(Value::as_str) {
            let args = task.get("args").and_then(Value::as_array).into_iter().flatten().filter_map(|arg| arg.as_str().map(str::to_owned));
            let words: Vec<String> = std::iter::once(command.to_owned()).chain(args).collect();
            let place = self.after(source, head, "command");
            let mut env = Vec::new();
            let words = words::unwrap(words, &mut env);
            self.command(around, words, &place, true);
        }
        let script = match task.get("script") {
            Some(Value::String(script)) => script.clone(),
            Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            Some(Value::Table(table)) => match table.get("file").and_then(Value::as_str) {
                Some(file) => format!("sh {file}"),
                None => return,
            },
            Some(_) | None => return,
        };
        let place = self.after(source, head, "script");
        match task.get("script_runner").and_then(Value::as_str) {
            Some(runner) if !runner.contains("sh") || runner.contains("duck") => {
                self.hand_over(around, format!("a task for `{runner}`, which is not read"), &place, Vec::new());
            }
            Some("@shell") | None | Some(_) => {
                self.script(around, &script, &Mode::strict(), &|line| Place::line_in(source, place.line().saturating_add(line)))
            }
        }
    }

    /// The first line from `head` on that sets `key`.
    #[expect(clippy::unused_self, reason = "reads as a step of the walk")]
    fn after(&self, source: &Arc<Source>, head: &Place, key: &str) -> Place {
        let line = (head.line()..head.line().saturating_add(60)).find(|&line| source.line_text(line).trim_start().starts_with(key));
        line.map_or_else(|| head.clone(), |line| Place::line_in(source, line))
    }
}

/// Names in a list of dependencies: texts, or tables with a `name`.
fn names(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().or_else(|| item.get("name")?.as_str())).map(str::to_owned).collect()
}

fn run_task(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Array(routes)) => routes.iter().flat_map(|route| run_task(Some(route))).collect(),
        Some(Value::Table(route)) => match route.get("name") {
            Some(Value::String(name)) => vec![name.clone()],
            Some(Value::Array(all)) => all.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            Some(_) | None => Vec::new(),
        },
        Some(_) | None => Vec::new(),
    }
}
