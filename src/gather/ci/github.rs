//! GitHub Actions, and Forgejo's and Gitea's, which share its format.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expression::{Value, evaluate, substitute};
use super::matrix::{Combination, all_hang_on_matrix, combinations, hangs_on_matrix};
use super::shell::Mode;
use super::triggers::Event;
use super::workflows::Parsed;
use super::yaml::{Node, Style, Value as Yaml};
use super::{Around, DEEPEST, Gatherer, words};
use crate::observation::pipeline::{Definition, Job, Permissions, Uses, What, Workflow};
use crate::source::{Place, Source};
use crate::tools;

/// What expressions in one job or action may refer to.
#[derive(Clone, Default)]
struct Scope {
    values: Combination,
    /// Whether `inputs` are all known: one that is not there is nothing.
    closed_inputs: bool,
    shell: Option<String>,
    folder: String,
    env: BTreeMap<String, String>,
}

impl Gatherer<'_> {
    /// Looks at one workflow, which runs on `events`.
    pub(super) fn workflow(&mut self, path: &str, system: &'static str, (source, node): &Parsed, events: Vec<Event>) {
        let jobs = node.get("jobs").map(|jobs| jobs.entries()).unwrap_or_default();
        let own = jobs.iter().map(|(name, job)| Job {
            name: name.text().unwrap_or_default().to_owned(),
            place: name.place(source),
            permissions: permissions(job, source),
        });
        let content = Workflow {
            occurrences: events.iter().map(|event| event.occurrence.clone()).collect(),
            permissions: permissions(node, source),
            jobs: own.collect(),
        };
        self.define(Definition { path: path.to_owned(), system, content: Ok(content) });
        uses(node, source, &mut self.out.uses, 0);
        let around = Around {
            definition: path.to_owned(),
            job: String::new(),
            events: events
                .into_iter()
                .filter(|event| event.occurrence.occasion != crate::observation::pipeline::Occasion::Called)
                .collect(),
            hangs_on: Vec::new(),
            tolerated: None,
            folder: String::new(),
            env: Arc::default(),
            via: Vec::new(),
            printed: true,
            depth: 0,
        };
        self.jobs(&around, &(Arc::clone(source), Arc::clone(node)), &Scope::default());
    }

    fn jobs(&mut self, around: &Around, (source, node): &Parsed, scope: &Scope) {
        let mut scope = scope.clone();
        adopt(&mut scope, node);
        let jobs = node.get("jobs").map(|jobs| jobs.entries()).unwrap_or_default();
        let by_name: BTreeMap<&str, &Node> = jobs.iter().filter_map(|(name, job)| Some((name.text()?, job.as_ref()))).collect();
        for (name, job) in jobs {
            let mut inner = around.clone();
            let key = name.text().unwrap_or_default();
            inner.job = if around.job.is_empty() { key.to_owned() } else { format!("{}/{key}", around.job) };
            inner.events.retain(|event| self.job_may_run(job, &by_name, event, &scope, 0));
            let all = all_hang_on_matrix(job);
            for (at, combination) in combinations(job).into_iter().enumerate() {
                let mut scope = scope.clone();
                scope.values.extend(combination);
                // A step that does not name the matrix is the same in every combination.
                let wanted = |step: &Node| at == 0 || all || hangs_on_matrix(step);
                self.job(&inner, job, source, &scope, &wanted);
            }
        }
    }

    /// Whether the job may run on `event`: its own condition, and that of the jobs that it needs.
    fn job_may_run(&self, job: &Node, all: &BTreeMap<&str, &Node>, event: &Event, scope: &Scope, depth: usize) -> bool {
        let condition = job.get_text("if").unwrap_or("true");
        if self.evaluate(condition, event, scope).truth() == Some(false) {
            return false;
        }
        let regardless = ["always()", "cancelled()", "failure()"].iter().any(|function| condition.contains(function));
        let needs = job.get("needs").map(|needs| needs.texts()).unwrap_or_default();
        regardless
            || depth > DEEPEST
            || needs.iter().filter_map(|need| all.get(need.as_str())).all(|need| self.job_may_run(need, all, event, scope, depth + 1))
    }

    fn evaluate(&self, text: &str, event: &Event, scope: &Scope) -> Value {
        evaluate(text, &|name| self.lookup(name, Some(event), scope))
    }

    fn lookup(&self, name: &str, event: Option<&Event>, scope: &Scope) -> Value {
        known(name, event, scope, &self.homes, self.default_branch)
    }

    fn substitute(&self, text: &str, scope: &Scope) -> String {
        substitute(text, &|name| self.lookup(name, None, scope))
    }

    /// Takes a condition and a tolerance into account.
    fn limited(&self, around: &Around, node: &Node, source: &Arc<Source>, scope: &Scope, what: &str) -> Around {
        let mut inner = around.clone();
        if let Some((key, condition)) = node.entry("if") {
            let text = condition.text().unwrap_or_default();
            inner.events.retain(|event| self.evaluate(text, event, scope).truth() != Some(false));
            let decided = inner.events.iter().all(|event| self.evaluate(text, event, scope).truth() == Some(true));
            if !decided {
                inner.hang_on(text.trim(), &key.place(source));
            }
        }
        if let Some((key, tolerance)) = node.entry("continue-on-error") {
            let text = tolerance.text().unwrap_or_default();
            match evaluate(text, &|name| self.lookup(name, None, scope)).truth() {
                Some(true) => inner.tolerate(format!("the {what} has `continue-on-error`"), &key.place(source)),
                Some(false) => {}
                None => inner.hang_on(format!("continue-on-error: {}", text.trim()), &key.place(source)),
            }
        }
        inner
    }

    fn job(&mut self, around: &Around, job: &Node, source: &Arc<Source>, scope: &Scope, wanted: &dyn Fn(&Node) -> bool) {
        if !self.spend(&around.definition) {
            return;
        }
        let mut inner = self.limited(around, job, source, scope, "job");
        let mut scope = scope.clone();
        adopt(&mut scope, job);
        inner.env = Arc::new(scope.env.clone());
        if let Some((key, uses)) = job.entry("uses") {
            let text = self.substitute(uses.text().unwrap_or_default(), &scope);
            self.called(&inner, &text, &key.place(source), job, &scope);
        }
        for image in job.get("container").into_iter().filter_map(|image| image.text().or_else(|| image.get_text("image"))) {
            self.record(&inner, image_action(image), &Place::line_in(source, job.line));
        }
        self.steps(&inner, job, source, &scope, wanted);
    }

    fn steps(&mut self, around: &Around, holder: &Node, source: &Arc<Source>, scope: &Scope, wanted: &dyn Fn(&Node) -> bool) {
        for step in holder.get("steps").map(|steps| steps.items()).unwrap_or_default().iter().filter(|step| wanted(step)) {
            self.step(around, step, source, scope);
        }
    }

    fn step(&mut self, around: &Around, step: &Node, source: &Arc<Source>, scope: &Scope) {
        if !self.spend(&around.definition) {
            return;
        }
        let mut inner = self.limited(around, step, source, scope, "step");
        let mut scope = scope.clone();
        for (key, value) in step.get("env").map(|env| env.entries()).unwrap_or_default() {
            if let (Some(key), Some(value)) = (key.text(), value.text()) {
                scope.env.insert(key.to_owned(), self.substitute(value, &scope));
            }
        }
        inner.env = Arc::new(scope.env.clone());
        let folder = step.get_text("working-directory").map(|folder| self.substitute(folder, &scope));
        let folder = folder.unwrap_or_else(|| scope.folder.clone());
        inner.folder = words::enter("", &folder).unwrap_or_default();
        if let Some((key, run)) = step.entry("run") {
            self.run(&inner, run, &key.place(source), source, step.get_text("shell").or(scope.shell.as_deref()), &scope);
        }
        if let Some((key, uses)) = step.entry("uses") {
            let text = self.substitute(uses.text().unwrap_or_default(), &scope);
            self.used(&inner, &text, &key.place(source), step, &scope);
        }
    }

    fn run(&mut self, around: &Around, run: &Node, key: &Place, source: &Arc<Source>, shell: Option<&str>, scope: &Scope) {
        let Yaml::Scalar(text, style) = &run.value else { return };
        // Values that are one plain word are put in after parsing, so that a matrix's combinations share one parse.
        let plain = |value: &Value| {
            value.text().is_some_and(|text| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-./".contains(c)))
        };
        let late = !text.contains("cd ${{");
        let script = substitute(text, &|name| {
            Some(self.lookup(name, None, scope)).filter(|value| !(late && plain(value))).unwrap_or(Value::Unknown)
        });
        let mode = match shell {
            None => Mode::strict(),
            Some("bash") => Mode { pipefail: true, ..Mode::strict() },
            Some(shell) => match shell_mode(shell) {
                Some(mode) => mode,
                None => return self.foreign(around, &script, shell, key),
            },
        };
        // A literal block's lines are the file's own; others are searched for.
        let first = run.line;
        let place_of = |line: u32| match style {
            Style::Literal => Place::line_in(source, first.saturating_add(line)),
            Style::Plain | Style::Quoted | Style::Folded => {
                let words: Option<&str> = script.lines().nth(line as usize).map(str::trim);
                let found = words.and_then(|words| (first..first.saturating_add(40)).find(|&at| source.line_text(at).contains(words)));
                found.map_or_else(|| key.clone(), |at| Place::line_in(source, at))
            }
        };
        let homes = self.homes.clone();
        let fill = |word: &str| {
            if word.contains("${{") { substitute(word, &|name| known(name, None, scope, &homes, None)) } else { word.to_owned() }
        };
        self.template(around, &script, &mode, &place_of, &fill);
    }

    /// A script in another language: simple command lines of PowerShell are read, nothing else is.
    fn foreign(&mut self, around: &Around, script: &str, shell: &str, place: &Place) {
        let windows = ["pwsh", "powershell", "cmd"].contains(&shell.split_whitespace().next().unwrap_or_default());
        let simple = !script.contains(['$', '{', '|', '`', '@', '%', ';', '&']);
        if windows && simple {
            self.script(around, script, &Mode::plain(), &|_| place.clone());
        } else {
            // The text is kept under the workflow's own path and lines: it may name a tool.
            let above = "\n".repeat(place.line() as usize);
            let text = Source::new(place.path(), above + script);
            self.hand_over(around, format!("a script for `{shell}`, which is not read"), place, vec![text]);
        }
    }

    /// A step's action.
    fn used(&mut self, around: &Around, uses: &str, place: &Place, step: &Node, scope: &Scope) {
        let mut with = BTreeMap::new();
        for (key, value) in step.get("with").map(|with| with.entries()).unwrap_or_default() {
            if let (Some(key), Some(value)) = (key.text(), value.text()) {
                with.insert(key.to_ascii_lowercase(), self.substitute(value, scope));
            }
        }
        if uses.starts_with("docker://") {
            self.record(around, image_action(uses), place);
        } else if let Some(folder) = in_repository(uses) {
            self.local_action(around, folder, place, with);
        } else {
            let name = uses.split('@').next().unwrap_or(uses).to_ascii_lowercase();
            let owner = name.split('/').next().unwrap_or_default();
            let own = self.homes.iter().any(|home| home.split('/').next() == Some(owner));
            if own && !tools::catalogue().knows_action(&name) {
                self.hand_over(around, format!("the action `{uses}` in another repository"), place, Vec::new());
            }
            if name == "pre-commit/action" {
                self.pre_commit(around, &["run".to_owned()], place);
            }
            self.record(around, What::Action { name, with }, place);
        }
    }

    fn local_action(&mut self, around: &Around, folder: &str, place: &Place, with: BTreeMap<String, String>) {
        let folder = folder.trim_end_matches('/');
        let found =
            ["action.yml", "action.yaml"].iter().map(|name| crate::gather::files::join(folder, name)).find(|path| self.files.exists(path));
        let Some(path) = found.filter(|_| around.depth < DEEPEST) else {
            return self.hand_over(around, format!("the action `./{folder}`, which is not in this repository"), place, Vec::new());
        };
        let (source, node) = match self.parsed(&path) {
            Ok(parsed) => parsed,
            Err(why) => {
                self.out.unread.push((path.clone(), why.clone()));
                return self.hand_over(around, format!("the action `{path}`, which could not be read: {why}"), place, Vec::new());
            }
        };
        let Some(runs) = node.get("runs").filter(|runs| runs.get_text("using") == Some("composite")) else {
            return self.hand_over(around, format!("the action `{path}`, a program of its own"), place, Vec::new());
        };
        let scope = Scope { env: (*around.env).clone(), ..Scope::inputs(&node, with) };
        self.steps(&around.through(place), runs, &source, &scope, &|_| true);
    }

    /// A job that is another workflow.
    fn called(&mut self, around: &Around, uses: &str, place: &Place, job: &Node, scope: &Scope) {
        let mut with = BTreeMap::new();
        for (key, value) in job.get("with").map(|with| with.entries()).unwrap_or_default() {
            if let (Some(key), Some(value)) = (key.text(), value.text()) {
                with.insert(key.to_ascii_lowercase(), self.substitute(value, scope));
            }
        }
        let Some(path) = in_repository(uses) else {
            let name = uses.split('@').next().unwrap_or(uses).to_ascii_lowercase();
            if !tools::catalogue().knows_action(&name) {
                self.hand_over(around, format!("the workflow `{uses}` of another repository"), place, Vec::new());
            }
            return self.record(around, What::Action { name, with }, place);
        };
        match self.parsed(path) {
            Ok((source, node)) if around.depth < DEEPEST => {
                let on = node.get("on").or_else(|| node.get("true"));
                let empty = on.and_then(|on| on.get("workflow_call"));
                let scope = empty.map_or_else(|| Scope { closed_inputs: true, ..Scope::default() }, |call| Scope::inputs(call, with));
                self.jobs(&around.through(place), &(source, node), &scope);
            }
            Ok(_) => {}
            Err(why) => self.hand_over(around, format!("the workflow `{path}`, of which {why}"), place, Vec::new()),
        }
    }

    /// The uses in local actions, called or not.
    pub(super) fn actions(&mut self, paths: &[String]) {
        for path in paths {
            match self.parsed(path) {
                Ok((source, node)) => uses(&node, &source, &mut self.out.uses, 0),
                Err(why) => self.out.unread.push((path.clone(), why)),
            }
        }
    }
}

/// What the context `name` holds, as far as it is known.
fn known(name: &str, event: Option<&Event>, scope: &Scope, homes: &[String], default_branch: Option<&str>) -> Value {
    if let Some(value) = scope.values.get(name) {
        return value.clone();
    }
    let home = || if let [home] = homes { Some(home.as_str()) } else { None };
    let text = |text: Option<&str>| text.map_or(Value::Unknown, |text| Value::Text(text.to_owned()));
    match name {
        "github.repository" => text(home()),
        "github.repository_owner" => text(home().and_then(|home| home.split('/').next())),
        "github.workspace" => text(Some("${{ github.workspace }}")),
        _ if name.starts_with("env.") => {
            let set = scope.env.iter().find(|(key, _)| name.get(4..).is_some_and(|wanted| key.eq_ignore_ascii_case(wanted)));
            text(set.map(|(_, value)| value.as_str()).filter(|value| !value.contains("${{")))
        }
        _ if name.starts_with("inputs.") && scope.closed_inputs => Value::Null,
        _ => event.map_or(Value::Unknown, |event| event.context(name, default_branch)),
    }
}

impl Scope {
    /// The inputs that `declared` (an action, or a `workflow_call`) takes: what is given, else the defaults.
    fn inputs(declared: &Node, with: BTreeMap<String, String>) -> Self {
        let mut values = Combination::new();
        for (key, input) in declared.get("inputs").map(|inputs| inputs.entries()).unwrap_or_default() {
            let key = key.text().unwrap_or_default().to_ascii_lowercase();
            let default = input.get("default").map_or(Value::Null, |default| scalar(default));
            values.insert(format!("inputs.{key}"), default);
        }
        for (key, value) in with {
            let value = match value.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                text if text.contains("${{") => Value::Unknown,
                _ => Value::Text(value),
            };
            values.insert(format!("inputs.{key}"), value);
        }
        Self { values, closed_inputs: true, ..Self::default() }
    }
}

fn scalar(node: &Node) -> Value {
    match node.text() {
        Some("false") => Value::Bool(false),
        Some(_) if node.is_true() => Value::Bool(true),
        Some(text) if text.contains("${{") => Value::Unknown,
        Some(text) => Value::Text(text.to_owned()),
        None => Value::Unknown,
    }
}

/// Takes a workflow's or job's `env` and `defaults` over.
fn adopt(scope: &mut Scope, node: &Node) {
    for (key, value) in node.get("env").map(|env| env.entries()).unwrap_or_default() {
        if let (Some(key), Some(value)) = (key.text(), value.text()) {
            scope.env.insert(key.to_owned(), value.to_owned());
        }
    }
    let run = node.get("defaults").and_then(|defaults| defaults.get("run"));
    if let Some(shell) = run.and_then(|run| run.get_text("shell")) {
        scope.shell = Some(shell.to_owned());
    }
    if let Some(folder) = run.and_then(|run| run.get_text("working-directory")) {
        folder.clone_into(&mut scope.folder);
    }
}

/// How a POSIX shell given as `shell:` runs; `None` for another language.
fn shell_mode(shell: &str) -> Option<Mode> {
    let words: Vec<&str> = shell.split_whitespace().collect();
    let program =
        words.iter().map(|word| word.rsplit('/').next().unwrap_or(word)).find(|word| matches!(*word, "bash" | "sh" | "dash" | "zsh"))?;
    let options = || words.iter().filter(|word| word.starts_with('-') && !word.starts_with("--"));
    let bare = words.len() == 1;
    Some(Mode {
        errexit: bare || options().any(|word| word.contains('e')),
        pipefail: (bare && program == "bash") || words.contains(&"pipefail"),
        args: None,
    })
}

fn image_action(image: &str) -> What {
    let name = image.trim_start_matches("docker://").split(['@', ':']).next().unwrap_or(image);
    What::Action { name: format!("docker://{}", name.to_ascii_lowercase()), with: BTreeMap::new() }
}

fn permissions(node: &Node, source: &Arc<Source>) -> Option<Permissions> {
    let (key, value) = node.entry("permissions")?;
    let writes = value.entries().iter().filter(|(_, level)| level.text() == Some("write"));
    Some(Permissions {
        place: key.place(source),
        all: value.text() == Some("write-all"),
        writes: writes.map(|(scope, _)| (scope.text().unwrap_or_default().to_owned(), scope.place(source))).collect(),
    })
}

/// Every `uses:` of jobs and steps below `node`.
fn uses(node: &Node, source: &Arc<Source>, found: &mut Vec<Uses>, depth: usize) {
    if depth > 8 {
        return;
    }
    for item in node.items() {
        uses(item, source, found, depth + 1);
    }
    for (key, value) in node.entries() {
        match (key.text(), value.text()) {
            (Some("uses"), Some(text)) => found.push(one_use(text, key.place(source))),
            (Some("with" | "env" | "inputs" | "outputs"), _) => {}
            _ => uses(value, source, found, depth + 1),
        }
    }
}

/// The path that `uses` names in this repository: `./x`, or `$/x`, which is the repository that holds the workflow.
fn in_repository(uses: &str) -> Option<&str> {
    uses.strip_prefix("./").or_else(|| uses.strip_prefix("$/"))
}

fn one_use(text: &str, place: Place) -> Uses {
    let local = in_repository(text).is_some() || text.starts_with("../");
    let hex = |hash: &str, length: usize| hash.len() == length && hash.chars().all(|c| c.is_ascii_hexdigit());
    let reference = text.split_once('@').map(|(_, reference)| reference.trim());
    let pinned =
        reference.is_some_and(|reference| hex(reference, 40) || reference.strip_prefix("sha256:").is_some_and(|digest| hex(digest, 64)));
    Uses { text: text.to_owned(), place, remote: !local, pinned }
}
