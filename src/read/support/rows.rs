//! Support told in tables, lists and aligned lines.

use jiff::civil::Date;

use super::super::date;
use super::super::found::Found;
use super::super::lexicon::Concept;
use super::super::markdown::{Passage, Role};
use super::super::sentence::{Sentence, Text, Voice};
use super::super::version::{self, Rule};
use super::{Support, in_section, push, status};

/// Which columns of a table hold what.
struct Columns {
    version: usize,
    component: Option<usize>,
    status: Vec<usize>,
    until: Option<usize>,
}

fn columns(head: &[String]) -> Option<Columns> {
    let find = |words: &[&str]| head.iter().position(|title| words.iter().any(|word| title.to_lowercase().contains(word)));
    // A table of features or platforms may have a column of versions too.
    if find(&["feature", "platform", "protocol", "algorithm", "advisory", "cve"]).is_some() {
        return None;
    }
    let version = find(&["version", "release", "branch", "series", "tag"])?;
    let component = find(&["crate", "package", "product", "component", "project", "module"]).filter(|&column| column != version);
    let until = find(&["until", "eol", "end of", "end-of", "ends"]).filter(|&column| column != version);
    let other = |column: &usize| Some(*column) != component && *column != version;
    let titled = |word: &'static str| {
        (0..head.len()).filter(other).filter(move |&column| head.get(column).is_some_and(|title| title.to_lowercase().contains(word)))
    };
    let mut status: Vec<_> = titled("security")
        .chain(titled("support"))
        .chain(titled("status"))
        .chain(titled("maintain"))
        .chain(titled("fixes"))
        .chain(titled("receiv"))
        .chain(titled("patch"))
        .collect();
    status.extend((0..head.len()).filter(other).filter(|&column| head.get(column).is_some_and(|title| title.trim().is_empty())));
    Some(Columns { version, component, status, until })
}

pub(super) fn row(
    text: &Text<'_>,
    sentence: &Sentence,
    passage: &Passage,
    table: usize,
    last: &mut Option<(usize, String)>,
    found: &mut Vec<Found>,
) {
    let head = text.document.tables.get(table).map(Vec::as_slice).unwrap_or_default();
    let section = in_section(text, sentence.passage);
    let Some(columns) = columns(head)
        .or_else(|| (section && head.len() == 2).then(|| Columns { version: 0, component: None, status: vec![1], until: None }))
    else {
        return;
    };
    if columns.status.is_empty() && !section || matches!(text.voice(sentence.passage), Voice::Others) {
        return;
    }
    let cell = passage.cell(columns.version);
    let ends = |column: usize| columns.until == Some(column) && passage.cell(column).contains(|c: char| c.is_ascii_digit());
    let said = columns.status.iter().find_map(|&column| status(passage.cell(column)));
    let told = said.or_else(|| columns.status.iter().any(|&column| ends(column)).then_some(Support::Yes));
    let support = match told {
        Some(support) => support,
        None if columns.status.is_empty() => Support::Yes,
        None if columns.status.iter().all(|&column| passage.cell(column).trim().is_empty()) => Support::No,
        None => return,
    };
    let support = if support == Support::Partly && passage.cell(columns.version).is_empty() { return } else { support };
    let until_of = |column: usize| until(passage.cell(column), columns.until == Some(column));
    let until = columns.until.iter().chain(&columns.status).chain([&columns.version]).find_map(|&column| until_of(column));
    let component = match columns.component.map(|column| plain(passage.cell(column))) {
        // An empty cell goes on with the row above.
        Some(name) if name.is_empty() => last.as_ref().filter(|(of, _)| *of == table).map(|(_, name)| name.clone()),
        other => other,
    };
    if let Some(name) = &component {
        *last = Some((table, name.clone()));
    }
    let of_branches = head.get(columns.version).is_some_and(|title| title.to_lowercase().contains("branch"));
    let named = version::branch(cell, of_branches).map(|rule| vec![Rule { rule, rest: String::new() }]);
    for Rule { rule, .. } in named.unwrap_or_else(|| version::rules(cell)) {
        if rule == "older" && support == Support::Yes {
            continue;
        }
        let rule =
            if support != Support::Yes && support != Support::Partly && rule.starts_with("latest-2-") { "older".to_owned() } else { rule };
        let index = push(text, sentence, 0..1, rule, support, until, found);
        if let Some(one) = found.get_mut(index) {
            one.range = sentence.range.clone();
            one.component = component.clone().filter(|name| !is_project(text, name)).or_else(|| Some(format!("\u{1}{}", plain(cell))));
        }
    }
}

/// Whether `name` is what the policy's own title or repository is called.
fn is_project(text: &Text<'_>, name: &str) -> bool {
    let lower = name.to_lowercase();
    let linked = text
        .document
        .passages
        .iter()
        .take(2000)
        .flat_map(|passage| &passage.links)
        .take(200)
        .any(|link| repository(&link.target).is_some_and(|repo| repo.eq_ignore_ascii_case(&lower)));
    let titled = text.document.passages.first().is_some_and(|first| {
        matches!(first.role, Role::Heading(_)) && first.text.to_lowercase().split_whitespace().any(|word| word.trim_matches('`') == lower)
    });
    linked || titled
}

fn repository(target: &str) -> Option<&str> {
    target.split("github.com/").nth(1)?.split('/').nth(1).map(|repo| repo.trim_end_matches(".git"))
}

fn plain(cell: &str) -> String {
    cell.trim().trim_matches(['`', '*']).trim().to_owned()
}

/// The date until which a row is supported: in a column of end dates any date, else one after "until" or "end of life".
pub(super) fn until(cell: &str, is_end: bool) -> Option<Date> {
    let (date, at) = date::first(cell)?;
    let before = cell.get(..at)?.to_lowercase();
    let told =
        ["until", "through", "end", "eol", "expire", "ends", "till"].iter().any(|word| before.contains(word)) && !before.contains("since");
    (is_end || told).then_some(date)
}

/// "- 1.x: supported", "- ✅ 0.9.x" in a list of versions.
pub(super) fn item(text: &Text<'_>, sentence: &Sentence, passage: &Passage, found: &mut Vec<Found>) -> bool {
    if !in_section(text, sentence.passage) || sentence.words.len() > 24 || sentence.range.start > 0 {
        return false;
    }
    let body = passage.text.get(sentence.range.clone()).unwrap_or_default();
    entry(text, sentence, body, found)
}

/// "Latest version: ✅" as a line of its own.
pub(super) fn line(text: &Text<'_>, sentence: &Sentence, passage: &Passage, found: &mut Vec<Found>) -> bool {
    let body = passage.text.get(sentence.range.clone()).unwrap_or_default();
    let marked = body.contains(['✅', '❌', '✔', '✗', '✖']) || body.contains(":white_check_mark:") || body.contains(":x:");
    marked && sentence.words.len() < 12 && in_section(text, sentence.passage) && entry(text, sentence, body, found)
}

/// One "version – status" entry; whether it was one.
fn entry(text: &Text<'_>, sentence: &Sentence, body: &str, found: &mut Vec<Found>) -> bool {
    let cut = body
        .find([':', '→', '—', '–', '='])
        .or_else(|| body.find(" - "))
        .or_else(|| body.find("  "))
        .or_else(|| body.find(", for "))
        .or_else(|| body.find('('));
    let (version, rest) = cut.map_or((body, ""), |at| body.split_at(at));
    let words = version.split_whitespace().count();
    let numbered = version
        .split_whitespace()
        .any(|word| version::is_version(word.trim_matches(|c: char| matches!(c, '`' | '*' | '<' | '>' | '=' | '≤' | '≥' | '(' | ')'))));
    let named = words <= 5 && version::word_rule(&version.to_lowercase()).is_some();
    let sentence_like = if rest.starts_with(',') { body } else { version }
        .split_whitespace()
        .any(|word| matches!(word.to_lowercase().as_str(), "was" | "is" | "were" | "are" | "will" | "has" | "in" | "of" | "please"));
    if !(numbered || named) || sentence_like || words > 8 || rest.split_whitespace().count() > 14 {
        return false;
    }
    // What introduces a bare list of versions says whether they are supported.
    let heading = || text.headings(sentence.passage).next().filter(|heading| heading.words.len() < 6);
    let lead = text.leads(sentence.passage).next().or_else(heading).filter(|lead| {
        lead.says(Concept::Supports) || lead.has_word(&["following", "these"]) && lead.has_word(&["versions", "releases", "branches"])
    });
    let lead_denies = lead.is_some_and(|lead| lead.says(Concept::Not));
    let told = status(rest).or_else(|| status(version).filter(|_| !named));
    let support = match told {
        Some(support) => support,
        None if lead.is_some() && rest.trim().is_empty() => {
            if lead_denies {
                Support::No
            } else {
                Support::Yes
            }
        }
        None => return false,
    };
    let until = until(rest, false).or_else(|| until(version, false));
    for Rule { rule, .. } in version::rules(version) {
        let rule = if support == Support::No && rule.starts_with("latest-2-") { "older".to_owned() } else { rule };
        push(text, sentence, 0..1, rule, support, until, found);
    }
    true
}

/// A table drawn with spaces: each line of the paragraph is a version and its status.
pub(super) fn lines(text: &Text<'_>, sentence: &Sentence, passage: &Passage, found: &mut Vec<Found>) -> bool {
    if passage.breaks.is_empty() || sentence.range.start > 0 || !in_section(text, sentence.passage) || passage.text.len() > 4000 {
        return false;
    }
    let mut bounds: Vec<_> = passage.breaks.iter().map(|&(at, _)| at).collect();
    bounds.insert(0, 0);
    bounds.push(passage.text.len());
    let rows: Vec<_> = bounds.windows(2).filter_map(|pair| if let [from, until] = *pair { Some(from..until) } else { None }).collect();
    let is_row = |line: &str| {
        line.split_whitespace().count() <= 6
            && line.split_whitespace().next().is_some_and(|word| version::is_clear_version(word) || word.starts_with(['<', '>']))
            && status(line).is_some()
    };
    let hits = rows.iter().filter(|range| passage.text.get((*range).clone()).is_some_and(is_row)).count();
    if hits < 2 {
        return false;
    }
    for range in rows {
        let line = passage.text.get(range.clone()).unwrap_or_default();
        if is_row(line) {
            let head = line.split("  ").next().unwrap_or_default();
            let head = if head.len() == line.len() { line.split_whitespace().next().unwrap_or_default() } else { head };
            for Rule { rule, .. } in version::rules(head) {
                let index = push(text, sentence, 0..1, rule, status(line).unwrap_or(Support::Yes), None, found);
                if let Some(one) = found.get_mut(index) {
                    one.range = range.clone();
                }
            }
        }
    }
    true
}
