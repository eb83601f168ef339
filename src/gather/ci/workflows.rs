//! The texts and trees of workflows and local actions: what can be read before cargo has named the members.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::Gatherer;
use super::triggers::{Event, Triggers};
use super::yaml::{self, Node};
use crate::gather::files::Files;
use crate::observation::pipeline::Definition;
use crate::source::Source;

const FOLDERS: [(&str, &str); 3] =
    [(".github/workflows", "GitHub Actions"), (".forgejo/workflows", "Forgejo Actions"), (".gitea/workflows", "Gitea Actions")];

/// A workflow's path, and the system that runs it.
pub(super) type Listed = (String, &'static str);

/// One workflow's or action's text and tree.
pub(super) type Parsed = (Arc<Source>, Arc<Node>);

/// By their paths, workflows' and actions' trees, or why one was not read.
pub(super) type Trees = HashMap<String, Result<Parsed, String>>;

/// The workflows of GitHub Actions, and of Forgejo's and Gitea's, which share its format.
#[derive(Debug)]
pub struct Workflows {
    listed: Vec<Listed>,
    /// The local actions, called or not.
    pub(super) actions: Vec<String>,
    pub(super) trees: Trees,
}

impl Workflows {
    /// Reads every workflow and local action.
    pub fn read(files: &Files) -> Self {
        let is_yaml = |name: &str| Path::new(name).extension().is_some_and(|ext| ext == "yml" || ext == "yaml");
        let mut listed = Vec::new();
        for (folder, system) in FOLDERS {
            let entries = files.list(folder).into_iter().filter(|entry| !entry.folder && is_yaml(&entry.name));
            listed.extend(entries.map(|entry| (format!("{folder}/{}", entry.name), system)));
        }
        let is_action = |path: &str| path.ends_with("/action.yml") || path.ends_with("/action.yaml");
        let actions: Vec<_> = [".github", ".forgejo", ".gitea"].iter().flat_map(|folder| files.walk(folder, &is_action)).collect();
        let paths = listed.iter().map(|(path, _)| path).chain(&actions);
        let trees = paths.map(|path| (path.clone(), parse(files, path))).collect();
        Self { listed, actions, trees }
    }

    /// The events of each workflow by its name: other workflows may run after it.
    pub(super) fn events(&self, default_branch: Option<&str>) -> BTreeMap<String, Vec<Event>> {
        let mut events = BTreeMap::new();
        for (path, (source, node)) in self.listed.iter().filter_map(|(path, _)| Some((path, self.trees.get(path)?.as_ref().ok()?))) {
            let triggers = Triggers { source, default_branch, others: &BTreeMap::new() };
            events.insert(node.get_text("name").unwrap_or(path).to_owned(), triggers.events(node));
        }
        events
    }

    /// The workflows in two parts that are about as long, in the order of their paths.
    pub(super) fn halves(&self) -> (&[Listed], &[Listed]) {
        let length =
            |(path, _): &Listed| self.trees.get(path).and_then(|tree| tree.as_ref().ok()).map_or(0, |(source, _)| source.text().len());
        let all: usize = self.listed.iter().map(length).sum();
        let mut before = 0;
        let in_front = |listed: &&Listed| {
            // One that lies across the middle goes to where most of it lies.
            let middle = before + length(listed) / 2;
            before += length(listed);
            middle <= all / 2
        };
        let front = self.listed.iter().take_while(in_front).count();
        self.listed.split_at(front)
    }
}

/// The text and tree of the workflow or action at `path`.
pub(super) fn parse(files: &Files, path: &str) -> Result<Parsed, String> {
    let source = files.read(path)?.ok_or("it is not there")?;
    let node = yaml::parse(&source)?.ok_or("it is empty")?;
    if node.entries().is_empty() { Err("it is no mapping".into()) } else { Ok((source, node)) }
}

impl Gatherer<'_> {
    /// Looks at these workflows; `others` are the events of each workflow by its name.
    pub(super) fn workflows(&mut self, listed: &[Listed], others: &BTreeMap<String, Vec<Event>>) {
        for (path, system) in listed {
            match self.parsed(path) {
                Ok(parsed) => {
                    let events = Triggers { source: &parsed.0, default_branch: self.default_branch, others }.events(&parsed.1);
                    self.workflow(path, system, &parsed, events);
                }
                Err(why) => self.define(Definition { path: path.clone(), system, content: Err(why) }),
            }
        }
    }

    /// The tree of a workflow or action, parsed once.
    pub(super) fn parsed(&mut self, path: &str) -> Result<Parsed, String> {
        if let Some(known) = self.trees.get(path) {
            return known.clone();
        }
        let result = parse(self.files, path);
        self.trees.insert(path.to_owned(), result.clone());
        result
    }
}
