//! When a GitHub workflow runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expression::Value;
use super::yaml::Node;
use crate::observation::pattern;
use crate::observation::pipeline::{Occasion, Occurrence, Paths};
use crate::source::{Place, Source};

/// One occasion, with what GitHub's contexts hold on it.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The occasion.
    pub(super) occurrence: Occurrence,
    /// `github.event_name`.
    name: String,
    /// `github.ref`, as far as the trigger tells.
    git_ref: Ref,
}

impl Event {
    /// What the context `name` (`github.ref`) holds on it.
    pub(super) fn context(&self, name: &str, default_branch: Option<&str>) -> Value {
        let text = |text: Option<&str>| text.map_or(Value::Unknown, |text| Value::Text(text.to_owned()));
        match name {
            "github.event_name" if self.name != "workflow_run" => text(Some(&self.name)),
            "github.ref" => self.git_ref.value(),
            "github.ref_name" => self.git_ref.name(),
            "github.ref_type" => self.git_ref.kind(),
            "github.base_ref" if self.name.starts_with("pull_request") => text(default_branch),
            "github.base_ref" | "github.head_ref" if matches!(self.name.as_str(), "push" | "schedule" | "release") => Value::Null,
            _ => Value::Unknown,
        }
    }
}

/// What is known of the ref that an event is about.
#[derive(Clone, Debug)]
enum Ref {
    /// The whole ref.
    Is(String),
    /// How it begins.
    Starts(String),
    /// Nothing.
    Unknown,
}

impl Ref {
    /// The ref that a filter's pattern (`v*`) below `folder` (`refs/tags/`) lets through.
    fn of_pattern(folder: &str, pattern: &str) -> Self {
        let head: String = pattern.chars().take_while(|char| !matches!(char, '*' | '[' | '?' | '+')).collect();
        // A `?` or `+` is about the character before it.
        let optional = pattern.chars().nth(head.chars().count()).is_some_and(|next| matches!(next, '?'));
        let sure = if optional { head.chars().count().saturating_sub(1) } else { head.chars().count() };
        let text: String = folder.chars().chain(head.chars().take(sure)).collect();
        if head.len() == pattern.len() { Self::Is(text) } else { Self::Starts(text) }
    }

    /// The ref that any of several patterns lets through.
    fn of_patterns(folder: &str, patterns: &[String]) -> Self {
        match patterns {
            [only] if !only.starts_with('!') => Self::of_pattern(folder, only),
            _ => Self::Starts(folder.to_owned()),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Is(text) => Value::Text(text.clone()),
            Self::Starts(start) => Value::Starts(start.clone()),
            Self::Unknown => Value::Unknown,
        }
    }

    /// Without `refs/heads/` and the like.
    fn name(&self) -> Value {
        let name = |text: &str| text.splitn(3, '/').nth(2).map(str::to_owned);
        match self {
            Self::Is(text) => name(text).map_or(Value::Unknown, Value::Text),
            Self::Starts(start) => name(start).filter(|name| !name.is_empty()).map_or(Value::Unknown, Value::Starts),
            Self::Unknown => Value::Unknown,
        }
    }

    fn kind(&self) -> Value {
        match self {
            Self::Is(text) | Self::Starts(text) if text.starts_with("refs/tags/") => Value::Text("tag".into()),
            Self::Is(_) | Self::Starts(_) => Value::Text("branch".into()),
            Self::Unknown => Value::Unknown,
        }
    }
}

/// Reads the `on` of a workflow.
pub(super) struct Triggers<'a> {
    /// The workflow's text.
    pub(super) source: &'a Arc<Source>,
    /// The default branch.
    pub(super) default_branch: Option<&'a str>,
    /// What other workflows run on, by their names, for `workflow_run`.
    pub(super) others: &'a BTreeMap<String, Vec<Event>>,
}

impl Triggers<'_> {
    /// The occasions that `on` names.
    pub(super) fn events(&self, workflow: &Node) -> Vec<Event> {
        let Some((key, on)) = workflow.entry("on").or_else(|| workflow.entry("true")) else { return Vec::new() };
        let place = key.place(self.source);
        let mut events = Vec::new();
        if on.entries().is_empty() {
            for (name, node) in on.texts().into_iter().zip(on.items().iter().map(Some).chain(std::iter::repeat(None))) {
                let place = node.map_or_else(|| place.clone(), |node| node.place(self.source));
                events.extend(self.event(&name, None, &place));
            }
        }
        for (name, filter) in on.entries() {
            events.extend(self.event(name.text().unwrap_or_default(), Some(filter), &name.place(self.source)));
        }
        events
    }

    fn event(&self, name: &str, filter: Option<&Node>, place: &Place) -> Vec<Event> {
        let paths = filter.and_then(paths);
        let make = |occasion: Occasion, git_ref: Ref| Event {
            occurrence: Occurrence { occasion, place: place.clone(), paths: paths.clone() },
            name: name.to_owned(),
            git_ref,
        };
        let default_ref = || self.default_branch.map_or(Ref::Unknown, |branch| Ref::Is(format!("refs/heads/{branch}")));
        match name {
            "pull_request" | "pull_request_target" => {
                vec![make(self.pull_requests(filter), Ref::Starts("refs/pull/".into()))]
            }
            "merge_group" => vec![make(Occasion::MergeQueue, Ref::Unknown)],
            "push" => self.pushes(filter).into_iter().map(|(occasion, git_ref)| make(occasion, git_ref)).collect(),
            "schedule" => vec![make(Occasion::Schedule, default_ref())],
            "release" => {
                let types = filter.and_then(|filter| filter.get("types")).map(|types| types.texts()).unwrap_or_default();
                let made = types.is_empty()
                    || types.iter().any(|kind| matches!(kind.as_str(), "published" | "created" | "released" | "prereleased"));
                let occasion = if made { Occasion::Release } else { Occasion::Other(format!("release: {}", types.join(", "))) };
                vec![make(occasion, Ref::Starts("refs/tags/".into()))]
            }
            "workflow_dispatch" => vec![make(Occasion::Manual, Ref::Unknown)],
            "workflow_call" => vec![make(Occasion::Called, Ref::Unknown)],
            "repository_dispatch" => vec![make(Occasion::Elsewhere("`repository_dispatch`".into()), Ref::Unknown)],
            "workflow_run" => self.after(filter, &make),
            other => vec![make(Occasion::Other(other.to_owned()), Ref::Unknown)],
        }
    }

    /// What follows another workflow runs when that does, and cannot hold a pull request back.
    fn after(&self, filter: Option<&Node>, make: &dyn Fn(Occasion, Ref) -> Event) -> Vec<Event> {
        let names = filter.and_then(|filter| filter.get("workflows")).map(|names| names.texts()).unwrap_or_default();
        let followed: Vec<Event> = names
            .iter()
            .flat_map(|name| self.others.get(name).into_iter().flatten())
            .map(|event| match &event.occurrence.occasion {
                Occasion::PullRequest | Occasion::MergeQueue | Occasion::SomePullRequests(_) => {
                    make(Occasion::SomePullRequests("after another workflow, which cannot hold them back,".into()), Ref::Unknown)
                }
                occasion => make(occasion.clone(), event.git_ref.clone()),
            })
            .collect();
        if followed.is_empty() { vec![make(Occasion::Other("workflow_run".into()), Ref::Unknown)] } else { followed }
    }

    fn pull_requests(&self, filter: Option<&Node>) -> Occasion {
        let list = |key: &str| filter.and_then(|filter| filter.get(key)).map(|node| node.texts()).unwrap_or_default();
        let types = list("types");
        let has = |wanted: &str| types.iter().any(|kind| kind == wanted);
        let every = types.is_empty() || (has("opened") && has("synchronize"));
        if !every {
            return Occasion::SomePullRequests(format!("that are {}", types.join(" or ")));
        }
        let (branches, ignored) = (list("branches"), list("branches-ignore"));
        let Some(default) = self.default_branch else { return Occasion::PullRequest };
        if !branches.is_empty() && !pattern::last_match(&branches, default) {
            return Occasion::SomePullRequests(format!("into {}", ticked(&branches)));
        }
        if pattern::last_match(&ignored, default) {
            return Occasion::SomePullRequests(format!("not into {}", ticked(&ignored)));
        }
        Occasion::PullRequest
    }

    /// A push without any filter is one of branches and of tags; with one kind of filter it is that kind alone.
    fn pushes(&self, filter: Option<&Node>) -> Vec<(Occasion, Ref)> {
        let has = |key: &str| filter.is_some_and(|filter| filter.get(key).is_some());
        let list = |key: &str| filter.and_then(|filter| filter.get(key)).map(|node| node.texts()).unwrap_or_default();
        let branch_filter = has("branches") || has("branches-ignore");
        let tag_filter = has("tags") || has("tags-ignore");
        let mut pushes = Vec::new();
        if branch_filter || !tag_filter {
            pushes.extend(self.branches(&list("branches"), &list("branches-ignore"), branch_filter));
        }
        if tag_filter || !branch_filter {
            pushes.push((Occasion::Tag, Ref::of_patterns("refs/tags/", &list("tags"))));
        }
        pushes
    }

    fn branches(&self, only: &[String], ignored: &[String], filtered: bool) -> Vec<(Occasion, Ref)> {
        let heads = |name: &str| Ref::Is(format!("refs/heads/{name}"));
        let any = || Ref::Starts("refs/heads/".into());
        let named = only.iter().find(|branch| !branch.starts_with('!') && !branch.contains('*')).map(String::as_str);
        let default = self.default_branch.or(named).unwrap_or("main");
        let is_default = (only.is_empty() || pattern::last_match(only, default)) && !pattern::last_match(ignored, default);
        let mut found = Vec::new();
        if !filtered || only.iter().any(|branch| branch == "**") && !only.iter().any(|branch| branch.starts_with('!')) {
            found.push((Occasion::PushEvery, any()));
        }
        if is_default {
            found.push((Occasion::PushDefault, heads(default)));
        }
        let others: Vec<String> = only.iter().filter(|branch| *branch != default && *branch != "**").cloned().collect();
        if others.iter().any(|branch| !branch.starts_with('!')) {
            found.push((Occasion::PushOther(ticked(&others)), Ref::of_patterns("refs/heads/", &others)));
        } else if !ignored.is_empty() {
            found.push((Occasion::PushOther(format!("branches but {}", ticked(ignored))), any()));
        }
        found
    }
}

fn paths(filter: &Node) -> Option<Paths> {
    let list = |key: &str| filter.get(key).map(|node| node.texts()).unwrap_or_default();
    let paths = Paths { only: list("paths"), ignore: list("paths-ignore") };
    (paths != Paths::default()).then_some(paths)
}

fn ticked(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
