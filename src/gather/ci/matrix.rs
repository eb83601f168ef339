//! What a job's matrix makes of the expressions in its steps.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::Value;
use super::yaml::{Node, Value as Yaml};

/// How many combinations are tried for one job.
const MOST: usize = 64;

/// One combination: `matrix.key` to its value.
pub(super) type Combination = BTreeMap<String, Value>;

/// The combinations of `job`'s matrix, of the keys alone that its own text names; one that is empty without a matrix.
pub(super) fn combinations(job: &Node) -> Vec<Combination> {
    let Some(matrix) = job.get("strategy").and_then(|strategy| strategy.get("matrix")) else { return vec![Combination::new()] };
    let mut named = BTreeSet::new();
    for (key, value) in job.entries() {
        if !matches!(key.text(), Some("strategy" | "runs-on" | "name")) {
            names(value, &mut named, 0);
        }
    }
    let mut found = vec![Combination::new()];
    for (key, values) in matrix.entries() {
        let key = key.text().unwrap_or_default();
        if matches!(key, "include" | "exclude") || !named.contains(key) {
            continue;
        }
        let values = values.items();
        if values.is_empty() {
            continue;
        }
        found = found.iter().flat_map(|base| values.iter().map(move |value| with(base, key, value))).take(MOST).collect();
    }
    include(matrix, &named, found)
}

/// Entries of `include` that fit a combination widen it; the others stand for themselves.
fn include(matrix: &Node, named: &BTreeSet<String>, mut found: Vec<Combination>) -> Vec<Combination> {
    let plain = found.clone();
    let only_included = matrix.entries().iter().all(|(key, _)| matches!(key.text(), Some("include" | "exclude")));
    if only_included && matrix.get("include").is_some_and(|list| !list.items().is_empty()) {
        found.clear();
    }
    for entry in matrix.get("include").map(|list| list.items()).unwrap_or_default() {
        let mut extra = Combination::new();
        for (key, value) in entry.entries() {
            let key = key.text().unwrap_or_default();
            if named.contains(key) {
                extra = with(&extra, key, value);
            }
        }
        let fitting = plain.iter().filter(|base| extra.iter().all(|(key, value)| base.get(key).is_none_or(|known| known == value)));
        let widened: Vec<Combination> =
            fitting.map(|base| base.iter().chain(&extra).map(|(key, value)| (key.clone(), value.clone())).collect()).collect();
        if widened.is_empty() { found.push(extra) } else { found.extend(widened) }
    }
    found.dedup();
    found.truncate(MOST);
    found
}

fn with(base: &Combination, key: &str, value: &Node) -> Combination {
    let mut combination = base.clone();
    flatten(&mut combination, &format!("matrix.{}", key.to_ascii_lowercase()), value, 0);
    combination
}

fn flatten(into: &mut Combination, name: &str, value: &Node, depth: usize) {
    match &value.value {
        Yaml::Scalar(..) if value.is_true() => drop(into.insert(name.to_owned(), Value::Bool(true))),
        Yaml::Scalar(text, _) if text == "false" => drop(into.insert(name.to_owned(), Value::Bool(false))),
        Yaml::Scalar(text, _) if text.contains("${{") => {}
        Yaml::Scalar(text, _) => drop(into.insert(name.to_owned(), Value::Text(text.clone()))),
        Yaml::Map(entries) if depth < 4 => {
            for (key, value) in entries {
                let key = key.text().unwrap_or_default().to_ascii_lowercase();
                flatten(into, &format!("{name}.{key}"), value, depth + 1);
            }
        }
        Yaml::Map(_) | Yaml::List(_) => {}
    }
}

/// Whether `node` names the matrix anywhere below it.
pub(super) fn hangs_on_matrix(node: &Node) -> bool {
    let mut found = BTreeSet::new();
    names(node, &mut found, 0);
    !found.is_empty()
}

/// Whether `job` names the matrix outside of its steps, so that all of them hang on it.
pub(super) fn all_hang_on_matrix(job: &Node) -> bool {
    let apart = |key: &str| matches!(key, "strategy" | "runs-on" | "name" | "steps");
    job.entries().iter().any(|(key, value)| !apart(key.text().unwrap_or_default()) && hangs_on_matrix(value))
}

/// The keys of `matrix.key` in every text below `node`.
fn names(node: &Node, found: &mut BTreeSet<String>, depth: usize) {
    match &node.value {
        Yaml::Scalar(text, _) => {
            for rest in text.split("matrix.").skip(1) {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
                found.extend(rest.get(..end).map(str::to_owned));
            }
        }
        Yaml::List(items) => items.iter().filter(|_| depth < 20).for_each(|item| names(item, found, depth + 1)),
        Yaml::Map(entries) => entries.iter().filter(|_| depth < 20).for_each(|(_, value)| names(value, found, depth + 1)),
    }
}
