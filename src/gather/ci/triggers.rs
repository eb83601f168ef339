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
    /// A typical `github.ref`, where there is one.
    git_ref: Option<String>,
}

impl Event {
    /// What the context `name` (`github.ref`) holds on it.
    pub(super) fn context(&self, name: &str, default_branch: Option<&str>) -> Value {
        let text = |text: Option<&str>| text.map_or(Value::Unknown, |text| Value::Text(text.to_owned()));
        let git_ref = self.git_ref.as_deref();
        match name {
            "github.event_name" if self.name != "workflow_run" => text(Some(&self.name)),
            "github.ref" => text(git_ref),
            "github.ref_name" => text(git_ref.and_then(|git_ref| git_ref.splitn(3, '/').nth(2))),
            "github.ref_type" => text(git_ref.map(|git_ref| if git_ref.starts_with("refs/tags/") { "tag" } else { "branch" })),
            "github.base_ref" if self.name.starts_with("pull_request") => text(default_branch),
            "github.base_ref" | "github.head_ref" if matches!(self.name.as_str(), "push" | "schedule" | "release") => Value::Null,
            _ => Value::Unknown,
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
        let make = |occasion: Occasion, git_ref: Option<String>| Event {
            occurrence: Occurrence { occasion, place: place.clone(), paths: paths.clone() },
            name: name.to_owned(),
            git_ref,
        };
        let default_ref = || self.default_branch.map(|branch| format!("refs/heads/{branch}"));
        match name {
            "pull_request" | "pull_request_target" => {
                vec![make(self.pull_requests(filter), Some("refs/pull/1/merge".into()))]
            }
            "merge_group" => vec![make(Occasion::MergeQueue, None)],
            "push" => self.pushes(filter).into_iter().map(|(occasion, git_ref)| make(occasion, git_ref)).collect(),
            "schedule" => vec![make(Occasion::Schedule, default_ref())],
            "release" => {
                let types = filter.and_then(|filter| filter.get("types")).map(|types| types.texts()).unwrap_or_default();
                let made = types.is_empty()
                    || types.iter().any(|kind| matches!(kind.as_str(), "published" | "created" | "released" | "prereleased"));
                let occasion = if made { Occasion::Release } else { Occasion::Other(format!("release: {}", types.join(", "))) };
                vec![make(occasion, Some("refs/tags/v1.0.0".into()))]
            }
            "workflow_dispatch" => vec![make(Occasion::Manual, None)],
            "workflow_call" => vec![make(Occasion::Called, None)],
            "repository_dispatch" => vec![make(Occasion::Elsewhere("`repository_dispatch`".into()), None)],
            "workflow_run" => self.after(filter, &make),
            other => vec![make(Occasion::Other(other.to_owned()), None)],
        }
    }

    /// What follows another workflow runs when that does, and cannot hold a pull request back.
    fn after(&self, filter: Option<&Node>, make: &dyn Fn(Occasion, Option<String>) -> Event) -> Vec<Event> {
        let names = filter.and_then(|filter| filter.get("workflows")).map(|names| names.texts()).unwrap_or_default();
        let followed: Vec<Event> = names
            .iter()
            .flat_map(|name| self.others.get(name).into_iter().flatten())
            .map(|event| match &event.occurrence.occasion {
                Occasion::PullRequest | Occasion::MergeQueue | Occasion::SomePullRequests(_) => {
                    make(Occasion::SomePullRequests("after another workflow, which cannot hold them back,".into()), None)
                }
                occasion => make(occasion.clone(), event.git_ref.clone()),
            })
            .collect();
        if followed.is_empty() { vec![make(Occasion::Other("workflow_run".into()), None)] } else { followed }
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
    fn pushes(&self, filter: Option<&Node>) -> Vec<(Occasion, Option<String>)> {
        let has = |key: &str| filter.is_some_and(|filter| filter.get(key).is_some());
        let list = |key: &str| filter.and_then(|filter| filter.get(key)).map(|node| node.texts()).unwrap_or_default();
        let branch_filter = has("branches") || has("branches-ignore");
        let tag_filter = has("tags") || has("tags-ignore");
        let mut pushes = Vec::new();
        if branch_filter || !tag_filter {
            pushes.extend(self.branches(&list("branches"), &list("branches-ignore"), branch_filter));
        }
        if tag_filter || !branch_filter {
            let tag = list("tags").first().map_or_else(|| "v1.0.0".to_owned(), |pattern| sample(pattern, "1.0.0"));
            pushes.push((Occasion::Tag, Some(format!("refs/tags/{tag}"))));
        }
        pushes
    }

    fn branches(&self, only: &[String], ignored: &[String], filtered: bool) -> Vec<(Occasion, Option<String>)> {
        let heads = |name: &str| Some(format!("refs/heads/{name}"));
        let named = only.iter().find(|branch| !branch.starts_with('!') && !branch.contains('*')).map(String::as_str);
        let default = self.default_branch.or(named).unwrap_or("main");
        let is_default = (only.is_empty() || pattern::last_match(only, default)) && !pattern::last_match(ignored, default);
        let mut found = Vec::new();
        if !filtered || only.iter().any(|branch| branch == "**") && !only.iter().any(|branch| branch.starts_with('!')) {
            found.push((Occasion::PushEvery, heads("any-branch")));
        }
        if is_default {
            found.push((Occasion::PushDefault, heads(default)));
        }
        let others: Vec<String> = only.iter().filter(|branch| *branch != default && *branch != "**").cloned().collect();
        if let Some(first) = others.iter().find(|branch| !branch.starts_with('!')) {
            found.push((Occasion::PushOther(ticked(&others)), heads(&sample(first, "1.0"))));
        } else if !ignored.is_empty() {
            found.push((Occasion::PushOther(format!("branches but {}", ticked(ignored))), heads("any-branch")));
        }
        found
    }
}

fn paths(filter: &Node) -> Option<Paths> {
    let list = |key: &str| filter.get(key).map(|node| node.texts()).unwrap_or_default();
    let paths = Paths { only: list("paths"), ignore: list("paths-ignore") };
    (paths != Paths::default()).then_some(paths)
}

/// A name that `pattern` matches, more or less: what stands for itself is kept.
fn sample(pattern: &str, filling: &str) -> String {
    let head: String = pattern.chars().take_while(|char| !matches!(char, '*' | '[' | '?' | '+')).collect();
    if head.len() == pattern.len() { head } else { head + filling }
}

fn ticked(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
