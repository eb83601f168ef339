//! The catalogue of tools, as data: what shows that each runs, that it can fail, and what it reads.

mod release;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;

pub use release::{ReleasePipeline, step};

use crate::observation::pattern;
use crate::observation::pipeline::{Run, What};

/// All entries of `tools.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Catalogue {
    /// The tools.
    #[serde(rename = "tool")]
    pub tools: Vec<Tool>,
    /// What steps of a release make.
    #[serde(rename = "artifact")]
    pub artifacts: Vec<StepKind>,
    /// Steps that publish.
    #[serde(rename = "step")]
    pub steps: Vec<StepKind>,
    hidden: Vec<Hidden>,
}

/// One tool.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one entry")]
pub struct Tool {
    /// Its slug, as in commitments.
    pub slug: String,
    /// Other names under which it is installed.
    pub names: Vec<String>,
    commands: Vec<Pattern>,
    actions: Vec<String>,
    input: Option<Input>,
    gates: Vec<String>,
    gates_with: Vec<String>,
    gates_env: BTreeMap<String, String>,
    toothless: Vec<String>,
    toothless_with: BTreeMap<String, String>,
    toothless_action: bool,
    rust: bool,
    rust_with: BTreeMap<String, String>,
    rust_args: Vec<String>,
    advisories: bool,
    advisories_args: Vec<String>,
    reads: Option<String>,
    /// Files that configure it, relative to the repository's root.
    pub config: Vec<String>,
    /// What switches it on outside of the repository, as a sentence.
    pub setting: Option<String>,
    /// Slugs of tools any of which shows it too.
    pub by: Vec<String>,
    /// Whether it is a service that updates dependencies.
    pub updater: bool,
    /// A dependency without which its commands do not show it.
    pub needs_dependency: Option<String>,
}

/// A kind of step, and what shows it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct StepKind {
    /// Its kind.
    pub kind: String,
    commands: Vec<Pattern>,
    actions: Vec<String>,
    actions_with: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Pattern {
    run: String,
    any: Vec<String>,
    none: Vec<String>,
    /// How many operands stand before the first option at the least.
    operands: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    name: String,
    before: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hidden {
    run: String,
    what: String,
}

/// One run that is a tool's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Why a finding does not fail it, by its own options, where it does not; a half-sentence.
    pub toothless: Option<String>,
    /// Whether it reads Rust code or Cargo's files.
    pub rust: bool,
    /// Whether it looks known vulnerabilities up.
    pub advisories: bool,
}

/// The catalogue.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    // That the file parses is proved by a test; an empty catalogue finds nothing and accuses nobody.
    CATALOGUE.get_or_init(|| toml::from_str(include_str!("tools.toml")).unwrap_or_default())
}

impl Catalogue {
    /// The tool with this slug.
    pub fn tool(&self, slug: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.slug == slug)
    }

    /// Whether some entry knows the action `name`.
    pub fn knows_action(&self, name: &str) -> bool {
        let steps = self.artifacts.iter().chain(&self.steps);
        self.tools.iter().any(|tool| is_any(&tool.actions, name)) || steps.into_iter().any(|step| is_any(&step.actions, name))
    }

    /// Why what `words` runs is not followed, where they are such a runner.
    pub fn hidden_runner(&self, words: &[String]) -> Option<&str> {
        let hidden = |hidden: &&Hidden| Pattern { run: hidden.run.clone(), ..Pattern::default() }.matches(words).is_some();
        self.hidden.iter().find(hidden).map(|hidden| hidden.what.as_str())
    }
}

impl Tool {
    /// What can be known of a tool that is not in the catalogue: its own name, run as a command or an action.
    pub fn unlisted(slug: &str) -> Self {
        let spaced = slug.strip_prefix("cargo-").map(|rest| format!("cargo {rest}"));
        let runs = [Some(slug.to_owned()), spaced].into_iter().flatten();
        let commands = runs.map(|run| Pattern { run, ..Pattern::default() }).collect();
        Self { slug: slug.to_owned(), commands, rust: true, ..Self::default() }
    }

    /// Whether a change of dependencies alone matters to it (then its inputs are Cargo's files).
    pub fn reads_dependencies(&self) -> bool {
        self.reads.as_deref() == Some("dependencies")
    }

    /// Whether `run` is a run of this tool, and what that is worth.
    pub fn used_by(&self, run: &Run) -> Option<Use> {
        match &run.what {
            What::Command(words) => self.as_command(words, run),
            What::Action { name, with } => self.as_action(name, with, run),
        }
    }

    fn as_command(&self, words: &[String], run: &Run) -> Option<Use> {
        let rest = self.commands.iter().find_map(|pattern| pattern.matches(words))?;
        let passes = |list: &[String]| {
            words.iter().zip(words.iter().skip(1).map(Some).chain([None])).find(|(word, next)| {
                list.iter().any(|wanted| fits(wanted, word) || next.is_some_and(|next| *wanted == format!("{word}={next}")))
            })
        };
        let off = passes(&self.toothless).map(|(word, _)| format!("`{word}` keeps it from failing"));
        let env_gates = self.gates_env.iter().any(|(name, value)| run.env.get(name).is_some_and(|set| set.contains(value.as_str())));
        let gate = passes(&self.gates).filter(|(word, next)| !word.ends_with("=0") && next.is_none_or(|next| next != "0"));
        // A variable may hold the option: nothing is said then.
        let open = words.iter().any(|word| word.contains('$'));
        let ungated = !self.gates.is_empty() && gate.is_none() && !env_gates && !open;
        let weak = ungated.then(|| {
            format!(
                "it is run without `{}`, so what it finds fails nothing",
                self.gates.first().map_or("", |gate| gate.trim_end_matches('*'))
            )
        });
        let positional: Vec<&String> = rest.iter().filter(|word| !word.starts_with('-')).collect();
        let named = |list: &[String]| positional.iter().any(|word| list.contains(word));
        let narrowed = !self.advisories_args.is_empty() && !positional.is_empty() && !named(&self.advisories_args);
        let rust = if self.rust_args.is_empty() {
            self.rust
        } else {
            words.iter().any(|word| self.rust_args.iter().any(|arg| word.contains(arg.as_str())))
        };
        Some(Use { toothless: off.or(weak), rust, advisories: self.advisories && !narrowed })
    }

    fn as_action(&self, name: &str, with: &BTreeMap<String, String>, run: &Run) -> Option<Use> {
        if !is_any(&self.actions, name) {
            return None;
        }
        if let Some(line) = self.input.as_ref().and_then(|input| with.get(&input.name).map(|line| format!("{} {line}", input.before))) {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            return self.as_command(&words, run);
        }
        let off = self
            .toothless_with
            .iter()
            .find(|(key, value)| with.get(*key) == Some(value))
            .map(|(key, value)| format!("`{key}: {value}` keeps it from failing"));
        let gated = self.gates_with.is_empty()
            || self.gates_with.iter().any(|key| with.get(key).is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false")));
        let weak = (!gated).then(|| format!("it is run without `{}`, so what it finds fails nothing", self.gates_with.join("` or `")));
        let own = self.toothless_action.then(|| "it reports and fails nothing".to_owned());
        let rust = if self.rust_with.is_empty() {
            self.rust
        } else {
            self.rust_with.iter().any(|(key, word)| with.get(key).is_some_and(|value| value.contains(word.as_str())))
        };
        Some(Use { toothless: off.or(weak).or(own), rust, advisories: self.advisories })
    }

    /// Whether `run` installs this tool, and runs nothing of it.
    pub fn installed_by(&self, run: &Run) -> bool {
        let is_name = |word: &str| {
            let name = word.split(['@', '=']).next().unwrap_or(word);
            name == self.slug || self.names.iter().any(|known| known == name)
        };
        match &run.what {
            What::Command(words) => {
                words.iter().any(|word| matches!(word.as_str(), "install" | "binstall" | "add" | "-i"))
                    && words.iter().any(|word| is_name(word))
            }
            What::Action { with, .. } => with.iter().any(|(key, value)| {
                matches!(key.as_str(), "tool" | "tools" | "crate" | "packages" | "install")
                    && value.split([',', ' ', '\n']).any(|word| is_name(word.trim()))
            }),
        }
    }

    /// Whether a program with this source may run the tool: it names it, or runs what may lead to it.
    pub fn may_be_run_by(&self, text: &str) -> bool {
        let leads_on = ["make", "just", "xtask", ".sh", "npm", "task", "nix", "workflow run"].iter().any(|runner| text.contains(runner));
        let own = |pattern: &Pattern| pattern.run.split(' ').find(|word| *word != "cargo").is_some_and(|word| text.contains(word));
        leads_on || self.commands.iter().any(own) || text.contains(self.slug.as_str())
    }

    /// A line of `text` (a program's source) that names the tool's command, 1-based.
    pub fn named_in(&self, text: &str) -> Option<u32> {
        let named = |line: &str| {
            self.commands.iter().any(|pattern| {
                let words: Vec<&str> = pattern.run.split(' ').collect();
                line.contains(&pattern.run) || (words.len() > 1 && words.iter().skip(1).all(|word| line.contains(&format!("\"{word}\""))))
            })
        };
        (1..).zip(text.lines()).find(|(_, line)| named(line) && !line.trim_start().starts_with("//")).map(|(number, _)| number)
    }
}

impl StepKind {
    /// Whether `run` is such a step.
    pub fn made_by(&self, run: &Run) -> bool {
        match &run.what {
            What::Command(words) => self.commands.iter().any(|pattern| pattern.matches(words).is_some()),
            What::Action { name, with } => {
                let switched = self.actions_with.get(name).and_then(|key| with.get(key));
                is_any(&self.actions, name) || switched.is_some_and(|value| !matches!(value.as_str(), "" | "false"))
            }
        }
    }
}

impl Pattern {
    /// The words after the pattern's own, where `words` begin with it; options in between are skipped.
    fn matches<'w>(&self, words: &'w [String]) -> Option<&'w [String]> {
        let first = words.first()?;
        let name = first.rsplit(['/', '\\']).next().unwrap_or(first).trim_end_matches(".exe");
        // `cargo-audit audit` and `cargo-audit` alone are `cargo audit`.
        let own = name.strip_prefix("cargo-");
        let repeats = own.is_some_and(|own| words.get(1).is_some_and(|word| word == own));
        let head = if own.is_some() { vec!["cargo", own.unwrap_or_default()] } else { vec![name] };
        let rest = words.get(if repeats { 2 } else { 1 }..).unwrap_or_default();
        let after = self.after(&head, rest).or_else(|| own.and_then(|_| self.after(&[name], words.get(1..).unwrap_or_default())))?;
        let asks = rest.iter().any(|word| matches!(word.as_str(), "--version" | "--help" | "-h")) && rest.len() <= 2;
        let has = |list: &[String]| after.iter().any(|word| list.iter().any(|wanted| fits(wanted, word)));
        let operands = after.iter().take_while(|word| !word.starts_with('-')).count();
        (!asks && operands >= self.operands && (self.any.is_empty() || has(&self.any)) && !has(&self.none)).then_some(after)
    }

    fn after<'w>(&self, head: &[&str], rest: &'w [String]) -> Option<&'w [String]> {
        let mut wanted = self.run.split(' ').peekable();
        for word in head {
            if wanted.next()? != *word {
                return None;
            }
        }
        let mut rest = rest;
        let mut value_may_follow = false;
        while let Some(next) = wanted.peek() {
            let (word, after) = rest.split_first()?;
            if word == next {
                wanted.next();
                value_may_follow = false;
            } else if word.starts_with(['-', '+']) {
                value_may_follow = word.starts_with('-') && !word.contains('=');
            } else if value_may_follow {
                value_may_follow = false;
            } else {
                return None;
            }
            rest = after;
        }
        Some(rest)
    }
}

/// Whether `word` is `wanted`, where a `*` stands for anything.
fn fits(wanted: &str, word: &str) -> bool {
    match (wanted.strip_suffix('*'), wanted.strip_prefix('*')) {
        (Some(start), _) => word.starts_with(start),
        (None, Some(end)) => word.ends_with(end),
        (None, None) => word == wanted,
    }
}

fn is_any(actions: &[String], name: &str) -> bool {
    actions.iter().any(|action| match action.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern::matches(action, name),
    })
}

/// Whether `path` looks like a script in a language that is not followed.
pub fn is_script(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    matches!(ending, "py" | "js" | "mjs" | "cjs" | "ts" | "rb" | "pl" | "nu" | "ps1")
}

#[cfg(test)]
mod tests;
