//! Shell scripts as a list of the simple commands that they run, by a real grammar with error recovery.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, Parser};

use super::words;

/// The largest script that is parsed, in bytes.
const LARGEST: usize = 512 * 1024;
/// How deep a script is walked, functions that it calls included.
const DEEPEST: usize = 60;
/// How many commands are taken from one script.
const MOST: usize = 2_000;
/// How many statements are walked in one script, functions that are called again included.
const MOST_STEPS: usize = 20_000;
/// How often the parser may report progress before it is stopped.
const PATIENCE: usize = 20_000;

/// One simple command of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Simple {
    /// Its words, quotes and wrappers taken off.
    pub(crate) words: Vec<String>,
    /// The variables that are set for it alone.
    pub(crate) env: Vec<(String, String)>,
    /// The 0-based line of the script on which it begins.
    pub(crate) line: u32,
    /// Why its failure does not fail the script, where it does not; a half-sentence.
    pub(crate) tolerated: Option<&'static str>,
    /// Whether it runs only under a condition.
    pub(crate) conditional: bool,
    /// The folder that the script has changed to, relative to where it began; `None` where it cannot be told.
    pub(crate) folder: Option<String>,
    /// Whether what it prints goes nowhere but to the log.
    pub(crate) printed: bool,
}

/// How a script is run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mode {
    /// `set -e`.
    pub(crate) errexit: bool,
    /// `set -o pipefail`.
    pub(crate) pipefail: bool,
    /// Its arguments, `$1` first; `None` where they are not known.
    pub(crate) args: Option<Vec<String>>,
}

impl Mode {
    /// As a script file that nobody gives options.
    pub(crate) const fn plain() -> Self {
        Self { errexit: false, pipefail: false, args: None }
    }

    /// With `set -e`.
    pub(crate) const fn strict() -> Self {
        Self { errexit: true, pipefail: false, args: None }
    }
}

/// The parser, kept between scripts.
pub(crate) struct Shell {
    parser: Parser,
}

impl Shell {
    /// A parser; `None` where the grammar cannot be loaded.
    pub(crate) fn new() -> Option<Self> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
        Some(Self { parser })
    }

    /// The simple commands of `script`, in its order.
    ///
    /// # Errors
    /// A half-sentence where it is too large or takes too long to parse.
    pub(crate) fn commands(&mut self, script: &str, mode: &Mode) -> Result<Vec<Simple>, String> {
        if script.len() > LARGEST {
            return Err(format!("it is larger than {} KiB", LARGEST / 1024));
        }
        let masked = mask(script);
        let bytes = masked.as_bytes();
        let mut progress = 0_usize;
        let mut patience = |_: &tree_sitter::ParseState| {
            progress += 1;
            if progress > PATIENCE { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut patience);
        let mut read = |at: usize, _| bytes.get(at..).unwrap_or_default();
        let Some(tree) = self.parser.parse_with_options(&mut read, None, Some(options)) else {
            self.parser.reset();
            return Err("it takes too long to parse".into());
        };
        let mut walk = Walk::new(script, &masked, mode);
        walk.functions(tree.root_node(), 0);
        walk.sequence(tree.root_node(), &Around { last: true, ..Around::default() }, 0);
        Ok(walk.found)
    }
}

/// The script with every `${{ … }}` made one word of the same length, and every comment between backticks made
/// blanks, so that the shell's grammar can read it.
fn mask(script: &str) -> String {
    let script = without_backtick_comments(script);
    let mut masked = String::with_capacity(script.len());
    let mut rest = script.as_str();
    while let Some(start) = rest.find("${{") {
        let (before, from) = rest.split_at(start);
        masked.push_str(before);
        let end = from.find("}}").map_or(from.len(), |end| end + 2);
        let (expression, after) = from.split_at(end);
        masked.extend(expression.bytes().map(|byte| if byte == b'\n' { '\n' } else { '_' }));
        rest = after;
    }
    masked.push_str(rest);
    masked
}

/// The script, as long as before, without comments such as "`# why`" amid a command's words.
fn without_backtick_comments(script: &str) -> String {
    let mut plain = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find("`#") {
        let (before, from) = rest.split_at(start);
        plain.push_str(before);
        let line = from.lines().next().unwrap_or_default();
        let end = line.get(2..).and_then(|inside| inside.find('`')).map_or(1, |end| end + 3);
        let (comment, after) = from.split_at(end);
        if end == 1 {
            plain.push_str(comment)
        } else {
            plain.extend(std::iter::repeat_n(' ', comment.len()))
        }
        rest = after;
    }
    plain + rest
}

/// What stands around a statement.
#[derive(Clone, Default)]
struct Around {
    tolerated: Option<&'static str>,
    conditional: bool,
    /// Whether the script's own exit status is that of this statement.
    last: bool,
    /// Whether it is a condition whose outcome ends the script.
    gates: bool,
}

impl Around {
    fn tolerating(&self, why: &'static str) -> Self {
        Self { tolerated: self.tolerated.or(Some(why)), last: false, ..self.clone() }
    }

    fn conditional(&self) -> Self {
        Self { conditional: true, ..self.clone() }
    }
}

struct Walk<'s, 't> {
    script: &'s str,
    masked: &'s str,
    errexit: bool,
    pipefail: bool,
    args: Option<Vec<String>>,
    folder: Option<String>,
    functions: BTreeMap<String, Node<'t>>,
    ended: bool,
    steps: usize,
    found: Vec<Simple>,
}

impl<'s, 't> Walk<'s, 't> {
    fn new(script: &'s str, masked: &'s str, mode: &Mode) -> Self {
        Self {
            script,
            masked,
            errexit: mode.errexit,
            pipefail: mode.pipefail,
            args: mode.args.clone(),
            folder: Some(String::new()),
            functions: BTreeMap::new(),
            ended: false,
            steps: 0,
            found: Vec::new(),
        }
    }

    fn text(&self, node: Node<'_>) -> &'s str {
        self.script.get(node.byte_range()).unwrap_or_default()
    }

    fn functions(&mut self, node: Node<'t>, depth: usize) {
        for child in children(node) {
            if child.kind() == "function_definition" {
                if let (Some(name), Some(body)) = (child.child_by_field_name("name"), child.child_by_field_name("body")) {
                    self.functions.insert(self.text(name).to_owned(), body);
                }
            } else if depth < DEEPEST && child.named_child_count() > 0 {
                self.functions(child, depth + 1);
            }
        }
    }

    fn sequence(&mut self, node: Node<'t>, around: &Around, depth: usize) {
        let all = children(node);
        let last = all.iter().rposition(|child| child.is_named() && child.kind() != "comment");
        for (index, child) in all.iter().enumerate() {
            if self.ended || !child.is_named() {
                continue;
            }
            let background = all.get(index + 1).is_some_and(|next| next.kind() == "&");
            let is_last = around.last && Some(index) == last;
            let mut inner = Around { last: is_last, ..around.clone() };
            if background {
                inner = inner.tolerating("it runs in the background");
            } else if !self.errexit && !is_last && !self.status_is_used_after(*child) {
                inner = inner.tolerating("the shell goes on after a failure here (no `set -e`)");
            }
            self.statement(*child, &inner, depth + 1);
        }
    }

    /// Whether the script looks at an exit status after `node`.
    fn status_is_used_after(&self, node: Node<'_>) -> bool {
        let rest = self.masked.get(node.end_byte()..).unwrap_or_default();
        rest.contains("$?") || rest.lines().any(|line| line.trim_start().starts_with("exit $") || line.trim_start().starts_with("exit \"$"))
    }

    fn statement(&mut self, node: Node<'t>, around: &Around, depth: usize) {
        self.steps += 1;
        if depth > DEEPEST || self.steps > MOST_STEPS || self.found.len() >= MOST || self.ended {
            return;
        }
        match node.kind() {
            "command" => self.command(node, around, depth),
            "list" => self.list(node, around, depth),
            "pipeline" => self.pipeline(node, around, depth),
            "negated_command" if around.gates => self.sequence(node, around, depth),
            "negated_command" => self.sequence(node, &around.tolerating("its exit status is turned round by `!`"), depth),
            "if_statement" | "elif_clause" => self.branch(node, around, depth),
            "while_statement" => {
                let inner = around.tolerating("it is the condition of a loop");
                if let Some(body) = node.child_by_field_name("body") {
                    for child in children(node).into_iter().filter(|child| child.is_named() && *child != body) {
                        self.statement(child, &inner, depth + 1);
                    }
                    self.sequence(body, &around.conditional(), depth);
                }
            }
            "case_statement" => self.case(node, around, depth),
            "subshell" => {
                let (folder, errexit, pipefail) = (self.folder.clone(), self.errexit, self.pipefail);
                self.sequence(node, around, depth);
                (self.folder, self.errexit, self.pipefail, self.ended) = (folder, errexit, pipefail, false);
            }
            "variable_assignment" | "variable_assignments" => self.substitutions(node, around, depth),
            "declaration_command" | "test_command" | "unset_command" => {
                self.substitutions(node, &around.tolerating("its failure is lost inside another command"), depth);
            }
            "function_definition" | "comment" | "heredoc_redirect" | "heredoc_body" | "file_redirect" | "herestring_redirect" => {}
            // Everything else holds statements: groups, loops, redirected statements, what did not parse.
            _ => self.sequence(node, around, depth),
        }
    }

    fn list(&mut self, node: Node<'t>, around: &Around, depth: usize) {
        let all = children(node);
        let (Some(left), Some(operator), Some(right)) = (all.first(), all.get(1), all.get(2)) else { return };
        if operator.kind() == "||" {
            let left_around = if self.can_fail(*right) { around.clone() } else { around.tolerating("`||` takes its failure over") };
            self.statement(*left, &left_around, depth + 1);
            let ended = self.ended;
            self.statement(*right, &around.conditional(), depth + 1);
            self.ended = ended;
        } else {
            let passes = self.errexit && !around.last;
            let left_around = if passes { around.tolerating("`set -e` passes over a failure left of `&&`") } else { around.clone() };
            self.statement(*left, &left_around, depth + 1);
            let test = left.kind() == "test_command" || self.text(*left).starts_with("[ ") || self.text(*left).starts_with("test ");
            self.statement(*right, &if test { around.conditional() } else { around.clone() }, depth + 1);
            self.ended = self.ended && !test;
        }
    }

    /// Whether `node` holds an `exit` or `return` that is not zero, or `false`.
    fn can_fail(&self, node: Node<'_>) -> bool {
        let text = self.masked.get(node.byte_range()).unwrap_or_default();
        let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '{' | '}' | '(' | ')')).collect();
        words.iter().enumerate().any(|(at, word)| match *word {
            "false" => true,
            "exit" | "return" => words.get(at + 1).is_none_or(|status| *status != "0"),
            _ => false,
        })
    }

    fn pipeline(&mut self, node: Node<'t>, around: &Around, depth: usize) {
        let parts: Vec<_> = children(node).into_iter().filter(Node::is_named).collect();
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.into_iter().enumerate() {
            let hidden = index < last && !self.pipefail;
            let inner = if hidden { around.tolerating("a pipe hides its exit status (no `pipefail`)") } else { around.clone() };
            self.statement(part, &inner, depth + 1);
        }
    }

    fn branch(&mut self, node: Node<'t>, around: &Around, depth: usize) {
        let gates = self.can_fail(node);
        let condition =
            if gates { Around { gates: true, last: true, ..around.clone() } } else { around.tolerating("it is the condition of an `if`") };
        let body = Around { last: false, ..around.conditional() };
        let mut in_body = false;
        for child in children(node) {
            match child.kind() {
                "then" => in_body = true,
                "else_clause" => self.sequence(child, &body, depth),
                _ if !child.is_named() => {}
                _ if in_body => self.statement(child, &body, depth + 1),
                _ => self.statement(child, &condition, depth + 1),
            }
            self.ended = false;
        }
    }

    fn case(&mut self, node: Node<'t>, around: &Around, depth: usize) {
        let value = node.child_by_field_name("value").and_then(|value| self.argument(&words::unquote(self.text(value))));
        for item in children(node).into_iter().filter(|child| child.kind() == "case_item") {
            let patterns: Vec<_> = fields(item, "value").into_iter().map(|pattern| words::unquote(self.text(pattern))).collect();
            if let Some(value) = &value {
                if patterns.iter().any(|pattern| pattern == value || pattern == "*") {
                    self.sequence(item, around, depth);
                    return;
                }
            } else {
                self.sequence(item, &around.conditional(), depth);
                self.ended = false;
            }
        }
    }

    /// The argument that `word` stands for (`$1`, `${1}`, `${1:-x}`), where the arguments are known.
    fn argument(&self, word: &str) -> Option<String> {
        let inner = word.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| word.strip_prefix('$'))?;
        let number = inner.chars().next()?.to_digit(10)?;
        let args = self.args.as_ref()?;
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let default = inner.split_once(":-").map(|(_, default)| default.to_owned());
        args.get(index).cloned().or(default).or_else(|| Some(String::new()))
    }

    fn substitutions(&mut self, node: Node<'t>, around: &Around, depth: usize) {
        for child in children(node) {
            if matches!(child.kind(), "command_substitution" | "process_substitution") {
                let (folder, errexit) = (self.folder.clone(), self.errexit);
                self.sequence(child, around, depth + 1);
                (self.folder, self.errexit, self.ended) = (folder, errexit, false);
            } else if depth < DEEPEST && child.named_child_count() > 0 {
                self.substitutions(child, around, depth + 1);
            }
        }
    }

    fn command(&mut self, node: Node<'t>, around: &Around, depth: usize) {
        let mut raw = Vec::new();
        let mut env = Vec::new();
        for child in children(node) {
            match child.kind() {
                "variable_assignment" => {
                    let (name, value) = self.text(child).split_once('=').unwrap_or_default();
                    env.push((name.to_owned(), words::unquote(value)));
                }
                "file_redirect" | "heredoc_redirect" | "herestring_redirect" | "comment" => {}
                _ => raw.extend(self.word(child)),
            }
        }
        self.substitutions(node, &around.tolerating("its failure is lost inside another command"), depth);
        let stripped = words::unwrap(raw, &mut env);
        if let Some((name, rest)) = stripped.split_first() {
            if let Some(body) = self.functions.get(name).copied() {
                let args = self.args.replace(rest.to_vec());
                self.statement(body, around, depth + 1);
                self.args = args;
                return;
            }
            self.builtin(name, rest, around);
        }
        if stripped.first().is_none_or(|name| words::is_inert(name)) {
            return;
        }
        let line = u32::try_from(node.start_position().row).unwrap_or(u32::MAX);
        self.found.push(Simple {
            words: stripped,
            env,
            line,
            tolerated: around.tolerated,
            conditional: around.conditional,
            folder: self.folder.clone(),
            printed: !is_written(node),
        });
    }

    /// The words of one argument: `"$@"` is as many as the arguments.
    fn word(&self, node: Node<'_>) -> Vec<String> {
        let text = words::unquote(self.text(node));
        if matches!(text.as_str(), "$@" | "$*" | "${@}") {
            return self.args.clone().unwrap_or_else(|| vec![text]);
        }
        vec![self.argument(&text).unwrap_or(text)]
    }

    fn builtin(&mut self, name: &str, rest: &[String], around: &Around) {
        match name {
            "set" => {
                for (at, word) in rest.iter().enumerate() {
                    let (on, letters) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
                        (Some(letters), _) => (true, letters),
                        (None, Some(letters)) => (false, letters),
                        (None, None) => continue,
                    };
                    let option = rest.get(at + 1).map(String::as_str);
                    if letters.contains('e') || (letters.ends_with('o') && option == Some("errexit")) {
                        self.errexit = on;
                    }
                    if letters.ends_with('o') && option == Some("pipefail") {
                        self.pipefail = on;
                    }
                }
            }
            "cd" | "pushd" => {
                let target = rest.iter().find(|word| !word.starts_with('-'));
                self.folder = match (target, &self.folder) {
                    (Some(target), Some(folder)) => words::enter(folder, target),
                    (Some(_), None) | (None, _) => None,
                };
            }
            "exit" if !around.conditional => self.ended = true,
            _ => {}
        }
    }
}

fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

fn fields<'t>(node: Node<'t>, name: &str) -> Vec<Node<'t>> {
    node.children_by_field_name(name, &mut node.walk()).collect()
}

/// Whether what the command at `node` prints goes into a file, another command or a word.
fn is_written(node: Node<'_>) -> bool {
    let into_file = |node: Node<'_>| children(node).iter().any(|child| child.kind() == "file_redirect");
    let piped = |node: Node<'_>, parent: Node<'_>| {
        parent.kind() == "pipeline" && children(parent).iter().rfind(|child| child.is_named()).is_some_and(|last| *last != node)
    };
    let mut inner = node;
    if into_file(inner) {
        return true;
    }
    while let Some(parent) = inner.parent() {
        match parent.kind() {
            "command_substitution" | "process_substitution" => return true,
            "redirected_statement" if into_file(parent) => return true,
            "function_definition" => return false,
            _ if piped(inner, parent) => return true,
            _ => inner = parent,
        }
    }
    false
}

#[cfg(test)]
#[path = "shell_tests.rs"]
mod tests;
