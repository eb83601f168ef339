//! What the command lines of CI name: members that a release builds or publishes, and advisories that a check is
//! told to pass over.

use std::collections::BTreeSet;

use crate::observation::ignore::Ignore;
use crate::observation::pipeline::{Occasion, Pipelines, Run, What};
use crate::observation::workspace::Member;
use crate::tools::{self, Tool};

/// Subcommands of cargo that make what is released.
const MAKING: [&str; 10] = ["build", "b", "rustc", "publish", "zigbuild", "auditable", "deb", "generate-rpm", "bundle", "wix"];

/// The members that a command names, by their own name or by a program's, in what runs on releases alone.
pub fn members_named_by_release(pipelines: &Pipelines, members: &[Member]) -> BTreeSet<String> {
    let words = pipelines.runs.iter().filter(|run| on_releases_alone(run)).filter_map(|run| match &run.what {
        What::Command(words) => Some(words.as_slice()),
        What::Action { .. } => None,
    });
    let making = words.filter(|words| {
        let mut plain = words.iter().filter(|word| !word.starts_with('+'));
        let program = plain.next().and_then(|program| program.rsplit('/').next());
        matches!(program, Some("cargo" | "cross")) && plain.next().is_some_and(|word| MAKING.contains(&word.as_str()))
    });
    let named: BTreeSet<&str> = making.flat_map(|words| values(words, &["-p", "--package", "--bin"])).collect();
    let is_named = |member: &&Member| {
        let of_package = named.iter().any(|name| name.split('@').next() == Some(member.name.as_str()));
        of_package || member.targets.iter().any(|target| named.contains(target.name.as_str()))
    };
    members.iter().filter(is_named).map(|member| member.name.clone()).collect()
}

fn on_releases_alone(run: &Run) -> bool {
    let release = |occasion: &Occasion| matches!(occasion, Occasion::Tag | Occasion::Release);
    let by_hand = |occasion: &Occasion| matches!(occasion, Occasion::Manual | Occasion::Called | Occasion::Elsewhere(_));
    run.at.iter().any(|at| release(&at.occasion)) && run.at.iter().all(|at| release(&at.occasion) || by_hand(&at.occasion))
}

/// The values of these options, as `-p x`, `--package x` and `--package=x`.
fn values<'w>(words: &'w [String], options: &'w [&'w str]) -> impl Iterator<Item = &'w str> {
    words.iter().enumerate().filter_map(move |(at, word)| match word.split_once('=') {
        Some((name, value)) => options.contains(&name).then_some(value),
        None => options.contains(&word.as_str()).then(|| words.get(at + 1).map(String::as_str)).flatten(),
    })
}

/// The advisories that cargo-audit and cargo-deny are told to pass over where CI runs them, sorted by place.
pub fn ignores(pipelines: &Pipelines) -> Vec<Ignore> {
    const CHECKS: [(&str, &[&str], &[&str]); 2] =
        [("cargo-audit", &["--ignore"], &["ignore"]), ("cargo-deny", &["-A", "--allow"], &["command-arguments", "arguments"])];
    let mut found = Vec::new();
    for (slug, options, inputs) in CHECKS {
        let Some(tool) = tools::catalogue().tool(slug) else { continue };
        for run in pipelines.runs.iter().filter(|run| !run.at.is_empty()) {
            let subjects = passed_over(tool, run, options, inputs);
            found.extend(subjects.into_iter().map(|subject| Ignore {
                subject,
                tool: slug.to_owned(),
                place: run.place.clone(),
                reason: None,
                until: None,
                inert: None,
            }));
        }
    }
    found.sort_by(|a, b| (&a.place, &a.subject).cmp(&(&b.place, &b.subject)));
    found.dedup();
    found
}

fn passed_over(tool: &Tool, run: &Run, options: &[&str], inputs: &[&str]) -> Vec<String> {
    if tool.used_by(run).is_none() {
        return Vec::new();
    }
    let is_advisory = |word: &&str| ["RUSTSEC-", "CVE-", "GHSA-"].iter().any(|start| word.starts_with(start));
    match &run.what {
        What::Command(words) => values(words, options).filter(is_advisory).map(str::to_owned).collect(),
        What::Action { with, .. } => {
            let texts = inputs.iter().filter_map(|input| with.get(*input));
            let words = texts.flat_map(|text| text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '=' | '"' | '\'')));
            words.filter(is_advisory).map(str::to_owned).collect()
        }
    }
}
