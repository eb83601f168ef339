//! What runs in CI: each system's definitions, followed through whatever they call in the repository.

mod cargo_make;
mod expression;
mod github;
mod hooks;
mod indirect;
mod just;
mod make;
mod matrix;
mod named;
mod other;
pub(crate) mod shell;
mod triggers;
mod words;
mod workflows;
pub(super) mod yaml;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

pub use self::named::{ignores, members_named_by_release};
use self::shell::{Mode, Shell, Simple};
use self::triggers::Event;
pub use self::workflows::Workflows;
use super::files::Files;
use crate::observation::pipeline::{Condition, Config, Definition, Handover, Pipelines, Run, Tolerated, What};
use crate::observation::workspace::Workspace;
use crate::source::{Place, Source};
use crate::tools;

/// How many runs are kept of one half of a repository's workflows.
const MOST_RUNS: usize = 10_000;
/// How many jobs, steps and commands are looked at in one half of a repository's workflows.
const MOST_STEPS: usize = 15_000;
/// The largest file of tasks that is read, in bytes.
const LARGEST: usize = 1024 * 1024;
/// How deep indirections are followed.
const DEEPEST: usize = 10;

/// Everything that CI runs, as far as the repository shows it.
///
/// `default_branch` is the one that the settings or git name; without it, any branch that a filter names counts as it.
pub fn pipelines(files: &Files, workflows: &Workflows, workspace: &Workspace, default_branch: Option<&str>) -> Pipelines {
    let homes = homes(workspace);
    let events = workflows.events(default_branch);
    let gatherer = || Gatherer::new(files, workflows, workspace, default_branch, homes.clone());
    let (front, back) = workflows.halves();
    // Two hands, one a half: by now cargo has left its core.
    let (mut out, back) = thread::scope(|scope| {
        let back = scope.spawn(|| {
            let mut gatherer = gatherer();
            gatherer.workflows(back, &events);
            gatherer.actions(&workflows.actions);
            gatherer.others();
            gatherer.out
        });
        let mut gatherer = gatherer();
        gatherer.workflows(front, &events);
        (gatherer.out, back.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    out.definitions.extend(back.definitions);
    out.runs.extend(back.runs);
    out.handovers.extend(back.handovers);
    out.uses.extend(back.uses);
    out.unread.extend(back.unread);
    out.definitions.sort_by(|a, b| a.path.cmp(&b.path));
    out.handovers.sort_by(|a, b| (&a.place, &a.what).cmp(&(&b.place, &b.what)));
    out.handovers.dedup_by(|a, b| a.place == b.place && a.what == b.what);
    out.uses.sort_by(|a, b| (&a.place, &a.text).cmp(&(&b.place, &b.text)));
    out.uses.dedup();
    out.unread.sort();
    out.unread.dedup();
    out.configs = configs(files);
    out
}

/// `owner/name` of each member's `repository`, lower case.
fn homes(workspace: &Workspace) -> Vec<String> {
    let mut homes: Vec<String> = workspace
        .members
        .iter()
        .filter_map(|member| member.repository.as_deref())
        .filter_map(|url| {
            let path = url.split_once("://").map_or(url, |(_, rest)| rest).split_once('/')?.1;
            let mut parts = path.trim_end_matches('/').trim_end_matches(".git").split('/');
            Some(format!("{}/{}", parts.next()?, parts.next()?).to_ascii_lowercase())
        })
        .collect();
    homes.sort();
    homes.dedup();
    homes
}

fn configs(files: &Files) -> Vec<Config> {
    let mut found: Vec<Config> = tools::catalogue()
        .tools
        .iter()
        .flat_map(|tool| tool.config.iter().map(move |path| (tool, path)))
        .filter(|(_, path)| files.exists(path))
        .map(|(tool, path)| Config { tool: tool.slug.clone(), path: path.clone() })
        .collect();
    found.sort_by(|a, b| (&a.path, &a.tool).cmp(&(&b.path, &b.tool)));
    found
}

/// The commands of one script, or why it was not read.
type Parsed = Result<Arc<Vec<Simple>>, String>;

/// One gathering.
struct Gatherer<'a> {
    files: &'a Files,
    workspace: &'a Workspace,
    default_branch: Option<&'a str>,
    homes: Vec<String>,
    shell: Option<Shell>,
    out: Pipelines,
    aliases: Option<BTreeMap<String, Vec<String>>>,
    /// Scripts that were parsed before: actions and tasks are used again and again.
    parsed: HashMap<(String, Mode), Parsed>,
    trees: workflows::Trees,
    tasks: HashMap<String, Arc<cargo_make::Tasks>>,
    makefiles: HashMap<String, Arc<make::Makefile>>,
    justfiles: HashMap<String, Arc<just::Justfile>>,
    /// What was recorded, by its hash.
    recorded: HashSet<u64>,
    steps: usize,
}

/// What stands around a command: where it comes from, when it runs, what keeps it from failing.
#[derive(Clone)]
struct Around {
    definition: String,
    job: String,
    events: Vec<Event>,
    hangs_on: Vec<Condition>,
    tolerated: Option<Tolerated>,
    folder: String,
    env: Arc<BTreeMap<String, String>>,
    via: Vec<Place>,
    printed: bool,
    depth: usize,
}

impl Around {
    /// One level further down, through the line at `place`.
    fn through(&self, place: &Place) -> Self {
        let mut inner = self.clone();
        inner.depth += 1;
        inner.via.push(place.clone());
        inner
    }

    fn tolerate(&mut self, why: impl Into<String>, place: &Place) {
        if self.tolerated.is_none() {
            self.tolerated = Some(Tolerated { why: why.into(), place: place.clone() });
        }
    }

    fn hang_on(&mut self, text: impl Into<String>, place: &Place) {
        let condition = Condition { text: text.into(), place: place.clone() };
        if !self.hangs_on.contains(&condition) {
            self.hangs_on.push(condition);
        }
    }
}

impl<'a> Gatherer<'a> {
    fn new(files: &'a Files, workflows: &Workflows, workspace: &'a Workspace, default_branch: Option<&'a str>, homes: Vec<String>) -> Self {
        Self {
            files,
            workspace,
            default_branch,
            homes,
            shell: Shell::new(),
            out: Pipelines::default(),
            aliases: None,
            parsed: HashMap::new(),
            trees: workflows.trees.clone(),
            tasks: HashMap::new(),
            makefiles: HashMap::new(),
            justfiles: HashMap::new(),
            recorded: HashSet::new(),
            steps: 0,
        }
    }

    /// Takes one step; `false` where there have been too many, which is said once.
    fn spend(&mut self, definition: &str) -> bool {
        self.steps += 1;
        if self.steps == MOST_STEPS {
            self.out.unread.push((definition.to_owned(), format!("it leads to more than {MOST_STEPS} jobs, steps and commands")));
        }
        self.steps < MOST_STEPS
    }

    fn define(&mut self, definition: Definition) {
        self.out.definitions.push(definition);
    }

    fn hand_over(&mut self, around: &Around, what: impl Into<String>, place: &Place, texts: Vec<Arc<Source>>) {
        if !around.events.is_empty() {
            self.out.handovers.push(Handover { what: what.into(), place: place.clone(), definition: around.definition.clone(), texts });
        }
    }

    /// Keeps one run, once.
    fn record(&mut self, around: &Around, what: What, place: &Place) {
        let mut hasher = DefaultHasher::new();
        (&what, place.path(), place.span(), &around.definition, &around.job, around.tolerated.is_some()).hash(&mut hasher);
        (around.hangs_on.len(), around.via.iter().map(|via| (via.path(), via.span())).collect::<Vec<_>>()).hash(&mut hasher);
        around.events.iter().for_each(|event| event.occurrence.occasion.hash(&mut hasher));
        if self.out.runs.len() >= MOST_RUNS || !self.recorded.insert(hasher.finish()) {
            return;
        }
        self.out.runs.push(Run {
            what,
            place: place.clone(),
            via: around.via.clone(),
            definition: around.definition.clone(),
            job: around.job.clone(),
            at: around.events.iter().map(|event| event.occurrence.clone()).collect(),
            hangs_on: around.hangs_on.clone(),
            tolerated: around.tolerated.clone(),
            printed: around.printed,
            folder: around.folder.clone(),
            env: Arc::clone(&around.env),
        });
    }

    fn parse(&mut self, script: &str, mode: &Mode) -> Parsed {
        let key = (script.to_owned(), mode.clone());
        if let Some(known) = self.parsed.get(&key) {
            return known.clone();
        }
        let shell = self.shell.as_mut().ok_or("the shell's grammar cannot be loaded")?;
        let result = shell.commands(script, mode).map(Arc::new);
        self.parsed.insert(key, result.clone());
        result
    }

    /// Records what `script` runs, and follows it; `place_of` turns its 0-based lines into places.
    fn script(&mut self, around: &Around, script: &str, mode: &Mode, place_of: &dyn Fn(u32) -> Place) {
        self.template(around, script, mode, place_of, &|word| word.to_owned());
    }

    /// As [`Self::script`], where `fill` puts values into the words of a script that was parsed without them.
    fn template(&mut self, around: &Around, script: &str, mode: &Mode, place_of: &dyn Fn(u32) -> Place, fill: &dyn Fn(&str) -> String) {
        let commands = match self.parse(script, mode) {
            Ok(commands) => commands,
            Err(why) => return self.hand_over(around, format!("a script of which {why}"), &place_of(0), Vec::new()),
        };
        for command in commands.iter() {
            let place = place_of(command.line);
            let mut inner = around.clone();
            inner.printed &= command.printed;
            if let Some(why) = command.tolerated {
                inner.tolerate(why, &place);
            }
            if command.conditional {
                inner.hang_on("a condition in the script", &place);
            }
            let folder = command.folder.as_deref().and_then(|folder| words::enter(&around.folder, folder));
            let known = folder.is_some();
            inner.folder = folder.unwrap_or_default();
            if !command.env.is_empty() {
                let mut env = (*inner.env).clone();
                env.extend(command.env.iter().cloned());
                inner.env = Arc::new(env);
            }
            self.command(&inner, command.words.iter().map(|word| fill(word)).collect(), &place, known);
        }
    }

    /// Records one command, and follows it where it is an indirection; `here`: whether its folder is known.
    fn command(&mut self, around: &Around, words: Vec<String>, place: &Place, here: bool) {
        if words.is_empty() || !self.spend(&around.definition) {
            return;
        }
        let words = self.without_alias(words);
        self.record(around, What::Command(words.clone()), place);
        if here && around.depth < DEEPEST {
            self.follow(around, &words, place);
        }
    }
}
