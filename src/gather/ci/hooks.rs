//! `pre-commit` and `task`: hooks and tasks that a YAML file of the repository defines.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::shell::Mode;
use super::yaml::{self, Node, Style, Value};
use super::{Around, Gatherer, words};
use crate::gather::files::join;
use crate::observation::pipeline::What;
use crate::source::{Place, Source};

impl Gatherer<'_> {
    /// `pre-commit run [hook]`: the hooks of its configuration, each as the repository that it comes from.
    pub(super) fn pre_commit(&mut self, around: &Around, rest: &[String], place: &Place) {
        let Some((source, node)) = self.yaml_at(around, &[".pre-commit-config.yaml", ".pre-commit-config.yml"], place) else { return };
        let wanted = rest.iter().skip_while(|word| *word != "run").skip(1).find(|word| !word.starts_with('-'));
        let inner = around.through(place);
        for repo in node.get("repos").map(|repos| repos.items()).unwrap_or_default() {
            let url = repo.get_text("repo").unwrap_or_default();
            for hook in repo.get("hooks").map(|hooks| hooks.items()).unwrap_or_default() {
                let id = hook.get_text("id").unwrap_or_default();
                let manual = hook.get("stages").is_some_and(|stages| stages.texts().iter().all(|stage| stage == "manual"));
                if wanted.is_some_and(|wanted| wanted != id) || (manual && wanted.is_none()) {
                    continue;
                }
                let line = hook.place(&source);
                match hook.get_text("entry") {
                    Some(entry) if url == "local" => self.script(&inner, entry, &Mode::strict(), &|_| line.clone()),
                    Some(_) | None => {
                        let name = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(url, |(_, path)| path);
                        let name = name.trim_end_matches(".git").to_ascii_lowercase();
                        self.record(&inner, What::Action { name, with: std::collections::BTreeMap::new() }, &line);
                    }
                }
            }
        }
    }

    /// `task name`: the task of the Taskfile, and what it needs.
    pub(super) fn taskfile(&mut self, around: &Around, rest: &[String], place: &Place) {
        let Some((source, node)) = self.yaml_at(around, &["Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"], place) else {
            return;
        };
        let mut names: Vec<&str> = rest.iter().map(String::as_str).filter(|word| !word.starts_with('-') && !word.contains('=')).collect();
        if names.is_empty() {
            names.push("default");
        }
        let inner = around.through(place);
        let mut done = BTreeSet::new();
        for name in names {
            if name.contains(':') {
                self.hand_over(around, format!("the task `{name}` of an included Taskfile, which is not read"), place, Vec::new());
            }
            self.yaml_task(&inner, &source, &node, name, &mut done);
        }
    }

    fn yaml_task(&mut self, around: &Around, source: &Arc<Source>, file: &Node, name: &str, done: &mut BTreeSet<String>) {
        let Some(task) = file.get("tasks").and_then(|tasks| tasks.get(name)) else { return };
        if !done.insert(name.to_owned()) || done.len() > 200 {
            return;
        }
        let mut inner = around.clone();
        if task.get("ignore_error").is_some_and(|ignore| ignore.is_true()) {
            inner.tolerate(format!("the task `{name}` has `ignore_error`"), &task.place(source));
        }
        if let Some(folder) = task.get_text("dir").and_then(|folder| words::enter(&around.folder, folder)) {
            inner.folder = folder;
        }
        let lists = [Some(task), task.get("deps"), task.get("cmds"), task.get("cmd")];
        for command in
            lists.into_iter().flatten().flat_map(|list| if list.items().is_empty() { std::slice::from_ref(list) } else { list.items() })
        {
            self.task_command(
                &inner,
                source,
                file,
                command,
                done,
                task.get("deps").is_some_and(|deps| deps.items().iter().any(|dep| Arc::ptr_eq(dep, command))),
            );
        }
    }

    fn task_command(
        &mut self,
        around: &Around,
        source: &Arc<Source>,
        file: &Node,
        command: &Arc<Node>,
        done: &mut BTreeSet<String>,
        is_need: bool,
    ) {
        let line = command.place(source);
        let mut inner = around.clone();
        if command.get("ignore_error").is_some_and(|ignore| ignore.is_true()) {
            inner.tolerate("the command has `ignore_error`", &line);
        }
        let other = command.get_text("task").or_else(|| command.text().filter(|_| is_need));
        if let Some(other) = other {
            return self.yaml_task(&inner, source, file, other.trim_start_matches(':'), done);
        }
        let script = match &command.value {
            Value::Scalar(script, style) => Some((script.as_str(), *style)),
            Value::Map(_) => command.get_text("cmd").map(|script| (script, Style::Plain)),
            Value::List(_) => None,
        };
        if let Some((script, style)) = script {
            let lines = u32::from(style == Style::Literal);
            self.script(&inner, script, &Mode::strict(), &|at| Place::line_in(source, command.line.saturating_add(at * lines)));
        }
    }

    /// The first of `names` in the folder; one that cannot be read is handed over to.
    fn yaml_at(&mut self, around: &Around, names: &[&str], place: &Place) -> Option<(Arc<Source>, Arc<Node>)> {
        let path = names.iter().map(|name| join(&around.folder, name)).find(|path| self.files.exists(path))?;
        let parsed = self.files.read(&path).and_then(|source| {
            let source = source.ok_or("it is not there")?;
            let node = yaml::parse(&source)?.ok_or("it is empty")?;
            Ok((source, node))
        });
        match parsed {
            Ok(parsed) => Some(parsed),
            Err(why) => {
                self.hand_over(around, format!("`{path}`, which could not be read: {why}"), place, Vec::new());
                None
            }
        }
    }
}
