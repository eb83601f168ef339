//! A small YAML tree that knows its lines: bounded in size, depth and what aliases expand to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::source::{Place, Source};

/// The largest YAML text that is parsed, in bytes.
const LARGEST: usize = 2 * 1024 * 1024;
/// How deep nodes may nest.
const DEEPEST: usize = 100;
/// How many nodes a document may have once its aliases are expanded.
const HEAVIEST: u64 = 200_000;

/// One node.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its value.
    pub(crate) value: Value,
    /// The 1-based line on which it begins (of a block scalar, the first line of its content).
    pub(crate) line: u32,
    /// The number of nodes that it expands to.
    weight: u64,
}

/// A node's value.
#[derive(Debug)]
pub(crate) enum Value {
    /// A scalar, and how it is written.
    Scalar(String, Style),
    /// A sequence.
    List(Vec<Arc<Node>>),
    /// A mapping, in the text's order, merge keys resolved.
    Map(Vec<(Arc<Node>, Arc<Node>)>),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes.
    Plain,
    /// In quotes.
    Quoted,
    /// As a block that keeps its lines (`|`).
    Literal,
    /// As a block that folds them (`>`).
    Folded,
}

impl Node {
    /// The scalar's text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) => Some(text),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The value under `key` of a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Arc<Self>> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The entry under `key` of a mapping: key and value.
    pub(crate) fn entry(&self, key: &str) -> Option<&(Arc<Self>, Arc<Self>)> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key))
    }

    /// The text under `key` of a mapping.
    pub(crate) fn get_text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(|value| value.text())
    }

    /// The entries of a mapping; of anything else, none.
    pub(crate) fn entries(&self) -> &[(Arc<Self>, Arc<Self>)] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Scalar(..) | Value::List(_) => &[],
        }
    }

    /// The items of a sequence; of anything else, none.
    pub(crate) fn items(&self) -> &[Arc<Self>] {
        match &self.value {
            Value::List(items) => items,
            Value::Scalar(..) | Value::Map(_) => &[],
        }
    }

    /// The texts of a sequence of scalars, or of one scalar alone.
    pub(crate) fn texts(&self) -> Vec<String> {
        match &self.value {
            Value::Scalar(text, _) if text.is_empty() => Vec::new(),
            Value::Scalar(text, _) => vec![text.clone()],
            Value::List(items) => items.iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
            Value::Map(_) => Vec::new(),
        }
    }

    /// Whether it is the plain scalar `true` (or `yes`, `on`, as YAML 1.1 has it).
    pub(crate) fn is_true(&self) -> bool {
        matches!(&self.value, Value::Scalar(text, Style::Plain) if matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "on"))
    }

    /// Its line in `source`.
    pub(crate) fn place(&self, source: &Arc<Source>) -> Place {
        Place::line_in(source, self.line)
    }
}

/// The first document of `source`; `None` where it is empty.
///
/// # Errors
/// A half-sentence where it is no YAML, too large, too deep, or its aliases expand without bound.
pub(crate) fn parse(source: &Source) -> Result<Option<Arc<Node>>, String> {
    Ok(parse_all(source)?.into_iter().next())
}

/// Every document of `source`.
///
/// # Errors
/// As for [`parse`].
pub(crate) fn parse_all(source: &Source) -> Result<Vec<Arc<Node>>, String> {
    if source.text().len() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST / (1024 * 1024)));
    }
    documents(source.text()).or_else(|why| documents(&indented_ends(source.text())).map_err(|_| why))
}

fn documents(text: &str) -> Result<Vec<Arc<Node>>, String> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("it is no valid YAML (line {}: {})", error.marker().line(), error.info()))?;
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX).max(1);
        builder.event(event, line)?;
    }
    Ok(builder.documents)
}

/// The text with lines that only end a flow collection moved to the right: the CI systems' own parsers take
/// a `]` below its key, and this one does not. Lines stay where they are.
fn indented_ends(text: &str) -> String {
    let is_end = |line: &str| matches!(line.trim(), "]" | "}" | "]," | "},");
    text.lines().map(|line| if is_end(line) { format!("{:60}{line}\n", "") } else { format!("{line}\n") }).collect()
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Arc<Node>>,
    documents: Vec<Arc<Node>>,
}

struct Open {
    map: bool,
    children: Vec<Arc<Node>>,
    anchor: usize,
    line: u32,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, line: u32) -> Result<(), String> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => Ok(()),
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => self.add(node),
                None => Err(format!("an alias on line {line} refers to itself or to nothing")),
            },
            Event::Scalar(text, style, anchor, _) => {
                let node = Arc::new(Node { value: Value::Scalar(Cow::into_owned(text), styled(style)), line, weight: 1 });
                self.keep(anchor, &node);
                self.add(node)
            }
            Event::SequenceStart(anchor, _) => self.open(false, anchor, line),
            Event::MappingStart(anchor, _) => self.open(true, anchor, line),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
        }
    }

    fn open(&mut self, map: bool, anchor: usize, line: u32) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("it nests deeper than {DEEPEST} levels (line {line})"));
        }
        self.open.push(Open { map, children: Vec::new(), anchor, line });
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let weight = open.children.iter().fold(1_u64, |sum, child| sum.saturating_add(child.weight));
        if weight > HEAVIEST {
            return Err(format!("its aliases expand to more than {HEAVIEST} nodes (line {})", open.line));
        }
        let value = if open.map { Value::Map(pairs(open.children)) } else { Value::List(open.children) };
        let node = Arc::new(Node { value, line: open.line, weight });
        self.keep(open.anchor, &node);
        self.add(node)
    }

    fn keep(&mut self, anchor: usize, node: &Arc<Node>) {
        if anchor != 0 {
            self.anchors.insert(anchor, Arc::clone(node));
        }
    }

    fn add(&mut self, node: Arc<Node>) -> Result<(), String> {
        match self.open.last_mut() {
            Some(open) => open.children.push(node),
            None => self.documents.push(node),
        }
        if self.documents.len() > 100 { Err("it holds more than 100 documents".into()) } else { Ok(()) }
    }
}

const fn styled(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

/// Keys and values of a mapping; what a merge key (`<<`) brings in comes after, where its key is not there yet.
fn pairs(children: Vec<Arc<Node>>) -> Vec<(Arc<Node>, Arc<Node>)> {
    let mut own = Vec::new();
    let mut merged = Vec::new();
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        if matches!(&key.value, Value::Scalar(text, Style::Plain) if text == "<<") {
            match &value.value {
                Value::Map(entries) => merged.extend(entries.iter().cloned()),
                Value::List(maps) => merged.extend(maps.iter().flat_map(|map| map.entries().iter().cloned())),
                Value::Scalar(..) => {}
            }
        } else {
            own.push((key, value));
        }
    }
    for (key, value) in merged {
        if !own.iter().any(|(known, _)| known.text().is_some() && known.text() == key.text()) {
            own.push((key, value));
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Arc<Node> {
        parse(&Source::new("a.yml", text)).unwrap().unwrap()
    }

    #[test]
    fn lines_are_those_of_the_text_and_on_is_a_plain_key() {
        let node = node("# c\non:\n  push:\njobs:\n  a:\n    run: |\n      x\n      y\n    s: >-\n      b\n");
        assert!(node.get("on").is_some());
        let run = node.get("jobs").unwrap().get("a").unwrap().entry("run").unwrap();
        assert_eq!((run.0.line, run.1.line, run.1.text()), (6, 7, Some("x\ny\n")));
        assert_eq!(node.get("jobs").unwrap().get("a").unwrap().get("s").unwrap().line, 10);
    }

    #[test]
    fn merge_keys_and_aliases_are_resolved() {
        let node = node("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: *a\n");
        let b = node.get("b").unwrap();
        assert_eq!((b.get_text("x"), b.get_text("y")), (Some("1"), Some("3")));
        assert_eq!(node.get("c").unwrap().get_text("y"), Some("2"));
    }

    #[test]
    fn a_flow_sequence_may_end_below_its_key() {
        let node = node("needs: [\n  a,\n]\nsteps: x\n");
        assert_eq!((node.get("needs").unwrap().texts().len(), node.get("steps").unwrap().line), (1, 4));
    }

    #[test]
    fn an_anchor_bomb_deep_nesting_and_broken_text_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        let refused = |text: &str| parse(&Source::new("a", text)).unwrap_err();
        assert!(refused(&bomb).contains("expand"), "{}", refused(&bomb));
        assert!(refused(&"[".repeat(120)).contains("nest"));
        assert!(!refused(&"[".repeat(50_000)).is_empty());
        assert!(refused("a: [1\nb: }").contains("no valid YAML"));
        assert!(refused("a: &a [*a]").contains("alias"));
        assert!(parse(&Source::new("a", "")).unwrap().is_none());
    }
}
