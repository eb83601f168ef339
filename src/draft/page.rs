//! The page: promises in sections, a sentence a line, so that each promise has a line of its own.

use std::collections::BTreeMap;

use super::words::{Facts, Promise, Section, sentence, sentence_of, shown};
use crate::commitment::{Kind, Strength};

/// A whole policy.
const TITLE: &str = "# Security policy\n";
/// What a reporter is asked for; it promises nothing.
const ASKED: &str = "\
Please do not open a public issue for them.
Tell us which version is affected, how to reproduce the problem, and what it lets an attacker do.
";
const TABLE: &str = "| Version | Supported |\n| ------- | --------- |\n";

/// The text of a policy that makes these promises; of a fragment for one that is there already, unless it is `whole`.
pub(super) fn page(promises: &[Promise], facts: &Facts, whole: bool) -> String {
    let sections = [(Section::Supported, supported as Body), (Section::Reporting, reporting), (Section::Practice, practice)];
    let mut text = if whole { TITLE.to_owned() } else { String::new() };
    for (section, body) in sections {
        let of_section: Vec<&Promise> = promises.iter().filter(|promise| promise.section() == section).collect();
        if of_section.is_empty() {
            continue;
        }
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}## {}\n\n{}", heading(section), body(&of_section, facts, whole)));
    }
    text
}

type Body = fn(&[&Promise], &Facts, bool) -> String;

const fn heading(section: Section) -> &'static str {
    match section {
        Section::Supported => "Supported versions",
        Section::Reporting => "Reporting a vulnerability",
        Section::Practice => "What we do",
    }
}

fn lines(promises: &[&Promise], facts: &Facts) -> String {
    promises.iter().filter_map(|promise| sentence(promise, facts)).map(|sentence| sentence + "\n").collect()
}

fn supported(promises: &[&Promise], facts: &Facts, _: bool) -> String {
    let (rows, prose): (Vec<&Promise>, Vec<&Promise>) = promises.iter().partition(|promise| promise.strength == Strength::Firm);
    let table = if rows.is_empty() { "" } else { TABLE };
    let gap = if rows.is_empty() || prose.is_empty() { "" } else { "\n" };
    format!("{table}{}{gap}{}", lines(&rows, facts), lines(&prose, facts))
}

fn reporting(promises: &[&Promise], facts: &Facts, whole: bool) -> String {
    let to_reporter = |promise: &&Promise| matches!(promise.kind, Kind::ReportingChannel { .. } | Kind::EncryptionKey { .. });
    let (ways, answers): (Vec<&Promise>, Vec<&Promise>) = promises.iter().partition(|promise| to_reporter(promise));
    let asked = if whole { ASKED } else { "" };
    let gap = if (ways.is_empty() && asked.is_empty()) || answers.is_empty() { "" } else { "\n" };
    format!("{}{asked}{gap}{}", lines(&ways, facts), lines(&answers, facts))
}

/// A bullet a promise; tools of one moment share theirs.
fn practice(promises: &[&Promise], facts: &Facts, _: bool) -> String {
    let mut bullets: Vec<String> = Vec::new();
    let mut of_moment: BTreeMap<String, (usize, &Promise, Vec<&str>)> = BTreeMap::new();
    for promise in promises {
        let Kind::Tool { tool, .. } = &promise.kind else {
            bullets.extend(sentence(promise, facts));
            continue;
        };
        let Some(name) = shown(tool) else { continue };
        // Two tools share a sentence where it is the same but for their names.
        let Some(frame) = sentence_of(promise, &["{}"], facts) else { continue };
        let at = bullets.len();
        let group = of_moment.entry(frame).or_insert_with(|| (at, promise, Vec::new()));
        if group.2.is_empty() {
            bullets.push(String::new());
        }
        group.2.push(name);
    }
    for (at, promise, names) in of_moment.values() {
        if let (Some(bullet), Some(words)) = (bullets.get_mut(*at), sentence_of(promise, names, facts)) {
            *bullet = words;
        }
    }
    bullets.iter().map(|bullet| format!("- {bullet}\n")).collect()
}
