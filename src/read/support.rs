//! Which versions get security fixes: tables, lists and sentences.

use std::ops::Range;

use jiff::civil::Date;

use super::date;
use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::{Passage, Role};
use super::sentence::{Sentence, Text, Voice};
use super::version::{self, Rule};
use super::words::Hit;
use crate::commitment::{Kind, Strength};

/// What a cell says of support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    Yes,
    /// "Critical issues only", "best effort".
    Partly,
    No,
}

/// Words of a status cell, the more telling first.
const STATUS: &[(&str, Support)] = &[
    ("⚠", Support::Partly),
    (":warning:", Support::Partly),
    ("best effort", Support::Partly),
    ("best-effort", Support::Partly),
    ("limited", Support::Partly),
    ("critical", Support::Partly),
    ("partial", Support::Partly),
    ("🟡", Support::Partly),
    ("on request", Support::Partly),
    ("❌", Support::No),
    ("✖", Support::No),
    ("✗", Support::No),
    ("✘", Support::No),
    ("❎", Support::No),
    ("🚫", Support::No),
    ("⛔", Support::No),
    ("🔴", Support::No),
    (":x:", Support::No),
    (":no_entry", Support::No),
    (":negative_squared", Support::No),
    (":cross_mark", Support::No),
    (":heavy_multiplication_x:", Support::No),
    ("unsupported", Support::No),
    ("not supported", Support::No),
    ("no longer", Support::No),
    ("unmaintained", Support::No),
    ("not maintained", Support::No),
    ("end of life", Support::No),
    ("end-of-life", Support::No),
    ("end of support", Support::No),
    ("eol", Support::No),
    ("deprecated", Support::No),
    ("yanked", Support::No),
    ("discontinued", Support::No),
    ("obsolete", Support::No),
    ("dropped", Support::No),
    ("retired", Support::No),
    ("never", Support::No),
    ("none", Support::No),
    ("upgrade", Support::No),
    ("✅", Support::Yes),
    ("✔", Support::Yes),
    ("✓", Support::Yes),
    ("☑", Support::Yes),
    ("🟢", Support::Yes),
    (":white_check_mark:", Support::Yes),
    (":heavy_check_mark:", Support::Yes),
    (":ballot_box_with_check:", Support::Yes),
    (":check", Support::Yes),
    (":green", Support::Yes),
    ("supported", Support::Yes),
    ("active", Support::Yes),
    ("maintained", Support::Yes),
    ("maintenance", Support::Yes),
    ("security fixes", Support::Yes),
    ("security updates", Support::Yes),
    ("security patches", Support::Yes),
    ("security only", Support::Yes),
    ("current", Support::Yes),
    ("stable", Support::Yes),
    ("full", Support::Yes),
    ("lts", Support::Yes),
    ("until", Support::Yes),
];

/// What a status cell says; `None` where it says neither.
pub(super) fn status(cell: &str) -> Option<Support> {
    let lower = cell.trim().to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let first = bare.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    match first {
        "yes" | "y" | "true" => {
            return Some(if lower.contains("critical") || lower.contains("limited") { Support::Partly } else { Support::Yes });
        }
        "no" | "n" | "false" | "not" if !lower.contains("⚠") => return Some(Support::No),
        _ => {}
    }
    if matches!(lower.as_str(), "-" | "–" | "—" | "x" | "n/a") {
        return Some(Support::No);
    }
    STATUS.iter().find(|(word, _)| lower.contains(word)).map(|&(_, support)| support)
}

/// Reads every rule of support.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    let from = found.len();
    let mut last_row = None;
    for sentence in &text.sentences {
        let Some(passage) = text.passage(sentence.passage) else { continue };
        match passage.role {
            Role::Heading(_) => {}
            Role::Row(table) => row(text, sentence, passage, table, &mut last_row, found),
            Role::Item(_) if item(text, sentence, passage, found) => {}
            Role::Paragraph if lines(text, sentence, passage, found) => {}
            Role::Paragraph | Role::Item(_) => prose(text, sentence, found),
        }
    }
    name_products(found.get_mut(from..).unwrap_or_default());
}

/// Whether the passage stands where support of versions is told.
fn in_section(text: &Text<'_>, passage: usize) -> bool {
    let version = |sentence: &Sentence| {
        (0..sentence.words.len())
            .any(|index| sentence.words.word(index).starts_with("version") || sentence.words.word(index).starts_with("release"))
    };
    text.around(passage).take(3).any(|around| around.has_word(&["version", "versions"]) && around.has_word(&["status"]))
        || text.around(passage).take(3).any(|around| {
            around.says(Concept::Supports) && version(around)
                || around.words.len() < 4 && around.says(Concept::Supports) && around.words.word(0).starts_with("support")
        })
}

fn push(
    text: &Text<'_>,
    sentence: &Sentence,
    at: Range<usize>,
    rule: String,
    support: Support,
    until: Option<Date>,
    found: &mut Vec<Found>,
) -> usize {
    let kind = Kind::SupportedVersions { rule, supported: support != Support::No, until };
    let mut one = Found::new(text, sentence, at, Extent::Sentence, kind);
    if support == Support::Partly {
        one.strength = Strength::BestEffort;
    }
    found.push(one);
    found.len() - 1
}

/// Two rows with the same rule and different names are two products.
fn name_products(found: &mut [Found]) {
    let rules: Vec<_> = found.iter().map(|one| (one.kind.clone(), one.component.clone())).collect();
    for (index, one) in found.iter_mut().enumerate().take(256) {
        let twin = rules.iter().take(256).enumerate().any(|(other, (kind, component))| {
            other != index
                && matches!((kind, &one.kind), (Kind::SupportedVersions { rule: a, .. }, Kind::SupportedVersions { rule: b, .. }) if a == b)
                && component != &one.component
        });
        if !twin && one.component.as_deref().is_some_and(|name| name.starts_with('\u{1}')) {
            one.component = None;
        }
    }
    for one in found.iter_mut() {
        // A name that only tells two rows apart is kept where it says more than the version's own product.
        if let Some(name) = one.component.take() {
            let kept = name.strip_prefix('\u{1}').map_or(Some(name.clone()), |name| is_edition(name).then(|| name.to_owned()));
            one.component = kept;
        }
    }
}

/// "2 LTS": the name holds a word beside product and number that sets it apart.
fn is_edition(name: &str) -> bool {
    name.split_whitespace()
        .any(|word| matches!(word.to_lowercase().as_str(), "lts" | "esr" | "enterprise" | "cloud" | "edition" | "extended"))
}

/// Which columns of a table hold what.
struct Columns {
    version: usize,
    component: Option<usize>,
    status: Vec<usize>,
    until: Option<usize>,
}

fn columns(head: &[String]) -> Option<Columns> {
    let find = |words: &[&str]| head.iter().position(|title| words.iter().any(|word| title.to_lowercase().contains(word)));
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

fn row(text: &Text<'_>, sentence: &Sentence, passage: &Passage, table: usize, last: &mut Option<(usize, String)>, found: &mut Vec<Found>) {
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
    let told = columns.status.iter().find_map(|&column| status(passage.cell(column)));
    let support = match told {
        Some(support) => support,
        None if columns.status.is_empty() => Support::Yes,
        None if columns.status.iter().all(|&column| passage.cell(column).trim().is_empty()) => Support::No,
        None => return,
    };
    let support = if support == Support::Partly && passage.cell(columns.version).is_empty() { return } else { support };
    let until_of = |column: usize| until(passage.cell(column), columns.until == Some(column));
    let until = columns.until.iter().chain(&columns.status).find_map(|&column| until_of(column));
    let component = match columns.component.map(|column| plain(passage.cell(column))) {
        // An empty cell goes on with the row above.
        Some(name) if name.is_empty() => last.as_ref().filter(|(of, _)| *of == table).map(|(_, name)| name.clone()),
        other => other,
    };
    if let Some(name) = &component {
        *last = Some((table, name.clone()));
    }
    for Rule { rule, .. } in version::rules(cell) {
        if rule == "older" && support == Support::Yes {
            continue;
        }
        let rule = if support == Support::No && rule.starts_with("latest-2-") { "older".to_owned() } else { rule };
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
fn until(cell: &str, is_end: bool) -> Option<Date> {
    let (date, at) = date::first(cell)?;
    let before = cell.get(..at)?.to_lowercase();
    let told =
        ["until", "through", "end", "eol", "expire", "ends", "till"].iter().any(|word| before.contains(word)) && !before.contains("since");
    (is_end || told).then_some(date)
}

/// "- 1.x: supported", "- ✅ 0.9.x" in a list of versions.
fn item(text: &Text<'_>, sentence: &Sentence, passage: &Passage, found: &mut Vec<Found>) -> bool {
    if !in_section(text, sentence.passage) || sentence.words.len() > 24 || sentence.range.start > 0 {
        return false;
    }
    let body = passage.text.get(sentence.range.clone()).unwrap_or_default();
    entry(text, sentence, body, found)
}

/// One "version – status" entry; whether it was one.
fn entry(text: &Text<'_>, sentence: &Sentence, body: &str, found: &mut Vec<Found>) -> bool {
    let cut = body.find([':', '→', '—', '–', '=']).or_else(|| body.find(" - ")).or_else(|| body.find("  ")).or_else(|| body.find('('));
    let (version, rest) = cut.map_or((body, ""), |at| body.split_at(at));
    let words = version.split_whitespace().count();
    let numbered = version
        .split_whitespace()
        .any(|word| version::is_version(word.trim_matches(|c: char| matches!(c, '`' | '*' | '<' | '>' | '=' | '≤' | '≥' | '(' | ')'))));
    let named = words <= 5 && version::word_rule(&version.to_lowercase()).is_some();
    let sentence_like = version
        .split_whitespace()
        .any(|word| matches!(word.to_lowercase().as_str(), "was" | "is" | "were" | "are" | "will" | "has" | "in" | "of" | "please"));
    if !(numbered || named) || sentence_like || words > 8 || rest.split_whitespace().count() > 14 {
        return false;
    }
    let lead = text.leads(sentence.passage).next();
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
    let until = until(rest, false);
    for Rule { rule, .. } in version::rules(version) {
        push(text, sentence, 0..1, rule, support, until, found);
    }
    true
}

/// A table drawn with spaces: each line of the paragraph is a version and its status.
fn lines(text: &Text<'_>, sentence: &Sentence, passage: &Passage, found: &mut Vec<Found>) -> bool {
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

/// A phrase of a sentence that names versions.
struct Named {
    rule: String,
    words: Range<usize>,
}

/// "Only the latest release receives security fixes; older ones do not."
fn prose(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    if matches!(text.voice(sentence.passage), Voice::Others | Voice::Scope) {
        return;
    }
    let section = text.headings(sentence.passage).take(1).any(|heading| {
        heading.says(Concept::Supports) || (0..heading.words.len()).any(|index| heading.words.word(index).starts_with("version"))
    });
    let support: Vec<_> = sentence.of(Concept::Supports).map(|hit| hit.words.clone()).collect();
    let backports: Vec<_> = sentence
        .of(Concept::Backport)
        .filter(|hit| sentence.words.word(hit.words.start).starts_with("back"))
        .map(|hit| hit.words.clone())
        .collect();
    let strong = support.iter().any(|words| words.len() > 1) || !backports.is_empty() || sentence.words.word(0) == "security";
    if support.is_empty() && backports.is_empty() || !(section || strong) || sentence.is_request() && !section {
        return denied_release(text, sentence, section, found);
    }
    let first_support = support.iter().chain(&backports).map(|words| words.start).min().unwrap_or_default();
    let weighs = |hit: &Hit<Concept>| sentence.words.word(hit.words.start).starts_with("consider") && hit.words.start <= first_support + 2;
    if sentence.of(Concept::Hedge).any(weighs) {
        return denied_release(text, sentence, section, found);
    }
    let example = sentence.first(Concept::Example).filter(|hit| hit.words.start == 0).is_some()
        || sentence.words.word(0) == "once"
        || follows_example(text, sentence)
        || sentence.words.word(0) == "therefore";
    let mut any = false;
    for named in named(sentence) {
        let clause = clause_of(sentence, &named.words);
        let supported =
            |range: &Range<usize>| support.iter().chain(&backports).any(|words| words.start >= range.start && words.end <= range.end);
        let governs = supported(&clause) || support.iter().any(|words| words.end <= named.words.start);
        if !governs
            || sentence.asked(named.words.start) && !section
            || asked_to_upgrade(sentence, &named.words)
            || example && named.rule != "older"
        {
            continue;
        }
        let denied = denies(sentence, &clause);
        let rule = if denied && named.rule.starts_with("latest-2-") { "older".to_owned() } else { named.rule.clone() };
        if !denied && rule == "older" && !is_partial_help(sentence, &named.words) || rule == "branch:main" && !backports.is_empty() {
            continue;
        }
        if rule != "older" && denied {
            continue;
        }
        let support = if denied {
            Support::No
        } else if rule == "older" {
            Support::Partly
        } else {
            Support::Yes
        };
        push(text, sentence, named.words, rule, support, None, found);
        any = true;
    }
    if !any {
        denied_release(text, sentence, section, found);
    }
}

/// "For example, 2.0 is released in March. 1.x is then supported until May.": the example goes on.
fn follows_example(text: &Text<'_>, sentence: &Sentence) -> bool {
    let earlier = text.sentences_of(sentence.passage).iter().take(64).take_while(|other| other.range.start < sentence.range.start);
    earlier.into_iter().any(|other| other.of(Concept::Example).any(|hit| hit.words.start == 0))
}

/// "On request we patch older versions": help without a promise.
fn is_partial_help(sentence: &Sentence, at: &Range<usize>) -> bool {
    let verb = (at.end..at.end + 4).any(|index| {
        let word = sentence.words.word(index);
        ["receiv", "get", "patch", "support", "fix"].iter().any(|stem| word.starts_with(stem))
    });
    verb && (sentence.says(Concept::HedgeAfter) || sentence.says(Concept::Hedge))
        || sentence.words.word(0) == "on" && sentence.words.word(1) == "request"
}

/// "fixes are not backported", "we no longer provide updates for 0.6", "a 0.3 patch will not be made": older ones get none.
fn denied_release(text: &Text<'_>, sentence: &Sentence, section: bool, found: &mut Vec<Found>) {
    let backport = sentence.of(Concept::Backport).find(|hit| sentence.words.word(hit.words.start).starts_with("back"));
    if let Some(hit) = backport
        && (sentence.denied(&hit.words)
            || sentence.of(Concept::Hedge).any(|hedge| sentence.words.word(hedge.words.start).starts_with("consider")) && section)
    {
        push(text, sentence, hit.words.clone(), "older".into(), Support::No, None, found);
        return;
    }
    let no_longer = sentence.of(Concept::Not).find(|hit| hit.words.len() == 2 && sentence.words.word(hit.words.start + 1) == "longer");
    if let Some(hit) = no_longer.filter(|_| section && sentence.says(Concept::Supports) && !sentence.says(Concept::Ask)) {
        push(text, sentence, hit.words.clone(), "older".into(), Support::No, None, found);
        return;
    }
    let patch = sentence.of(Concept::PatchRelease).find(|hit| {
        let after = hit.words.end..hit.words.end + 4;
        section
            && after.clone().any(|index| sentence.words.word(index) == "not")
            && after.clone().any(|index| matches!(sentence.words.word(index), "be" | "make" | "release"))
    });
    if let Some(hit) = patch {
        push(text, sentence, hit.words.clone(), "older".into(), Support::No, None, found);
    }
}

fn asked_to_upgrade(sentence: &Sentence, at: &Range<usize>) -> bool {
    (at.start.saturating_sub(6)..at.start).any(|index| {
        let word = sentence.words.word(index);
        word.starts_with("upgrad")
            || word.starts_with("recommend")
            || matches!(word, "encouraged" | "move" | "switch" | "migrate" | "affects" | "update" | "running" | "affect")
    })
}

/// The part of the sentence that the named versions are told of: between `;`, "but", "while", ", and".
fn clause_of(sentence: &Sentence, at: &Range<usize>) -> Range<usize> {
    let word = |index: usize| sentence.words.word(index);
    let ends = |index: usize| {
        matches!(word(index), ";" | "." | "but" | "while" | "whereas" | "although")
            || word(index) == "," && matches!(word(index + 1), "and" | "but" | "while" | "older" | "previous")
    };
    let start = (0..at.start).rev().find(|&index| ends(index)).map_or(0, |index| index + 1);
    let end = (at.end..sentence.words.len()).find(|&index| ends(index)).unwrap_or(sentence.words.len());
    start..end
}

fn denies(sentence: &Sentence, clause: &Range<usize>) -> bool {
    let not = sentence.of(Concept::Not).any(|hit| {
        hit.words.start >= clause.start
            && hit.words.end <= clause.end
            && sentence.words.word(hit.words.start) != "rather"
            && sentence.words.word(hit.words.start) != "without"
    });
    let ended = sentence
        .of(Concept::Supports)
        .any(|hit| clause.contains(&hit.words.start) && matches!(sentence.words.word(hit.words.start), "end" | "eol" | "unsupported"));
    not || ended
}

/// The versions that a sentence names, by place; the longest phrase at each.
fn named(sentence: &Sentence) -> Vec<Named> {
    let words = &sentence.words;
    let mut all = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let one = noun_phrase(sentence, at).or_else(|| numbered(sentence, at));
        if let Some(one) = one {
            at = one.words.end;
            all.push(one);
        } else {
            at += 1;
        }
    }
    // "the latest released version, `1.0.6`, only": the number says the same again.
    let has_word_rule = all.iter().any(|one| one.rule.starts_with("latest"));
    if has_word_rule {
        all.retain(|one| one.rule.starts_with(|c: char| c.is_alphabetic()));
    }
    all
}

/// A version number, with an operator in front.
fn numbered(sentence: &Sentence, at: usize) -> Option<Named> {
    let word = sentence.words.word(at);
    if !version::is_clear_version(word) {
        return None;
    }
    let before = |back: usize| at.checked_sub(back).map_or("", |index| sentence.words.word(index));
    if matches!(before(1), "e.g" | "rust" | "cvss" | "from" | "tls" | "until" | "reaches" | "reach")
        || before(2) == "e.g"
        || matches!(before(1), "after" | "pre" | "post" | "to")
    {
        return None;
    }
    if sentence.in_example(at) {
        return None;
    }
    let text = (at.saturating_sub(2)..at + 3).map(|index| sentence.words.word(index)).collect::<Vec<_>>().join(" ");
    let own = version::rules(&text).into_iter().next().filter(|_| {
        text.contains("than")
            || text.contains("and later")
            || text.contains("and newer")
            || text.contains("and above")
            || text.contains("below")
            || text.contains("or newer")
            || text.contains("or later")
    });
    let rule = own.map_or_else(|| version::rules(word).into_iter().next().map(|rule| rule.rule), |rule| Some(rule.rule))?;
    let on_branch = usize::from(sentence.words.word(at + 1) == "on") * 2;
    Some(Named { rule, words: at..at + 1 + on_branch })
}

/// Words that are things which versions are of; the phrase ends at one.
const NOUNS: &[&str] = &[
    "version", "versions", "release", "releases", "minor", "minors", "major", "majors", "branch", "tag", "line", "lines", "series",
    "build", "builds", "patch", "snapshot",
];
/// Words that may stand inside such a phrase.
const INSIDE: &[&str] = &[
    "stable",
    "released",
    "published",
    "minor",
    "major",
    "patch",
    "tagged",
    "release",
    "version",
    "most",
    "recent",
    "recently",
    "latest",
    "current",
    "newest",
    "last",
    "previous",
    "supported",
    "in",
    "development",
    "public",
    "official",
    "and",
    "two",
    "three",
    "four",
    "five",
    "2",
    "3",
    "4",
    "5",
    "monthly",
    "weekly",
    "general",
    "availability",
    "ga",
    "or",
    "crates.io",
    "prior",
    "preceding",
    "stable",
    "lts",
    "the",
    "its",
    "non",
    "older",
    "maintained",
    "active",
    "currently",
];

/// "the two most recent minor versions", "the current stable release", "older releases", "the `main` branch".
fn noun_phrase(sentence: &Sentence, at: usize) -> Option<Named> {
    let words = &sentence.words;
    let first = words.word(at);
    let before = at.checked_sub(1).map_or("", |index| words.word(index));
    if matches!(first, "main" | "master" | "head" | "nightly" | "trunk")
        || first == "pre" && words.word(at + 1) == "release"
        || first == "development" && matches!(words.word(at + 1), "version" | "branch" | "builds" | "versions")
    {
        let on = before == "on" && at.checked_sub(2).is_some_and(|index| version::is_clear_version(words.word(index)));
        let after = words.word(at + 1);
        let adjective = first == "main"
            && !matches!(after, "branch" | "is" | "and" | "," | "." | ")" | "" | "only" | "receives" | "receive" | "gets" | "line")
            && before != "on";
        let noun = usize::from(matches!(after, "branch" | "builds" | "version" | "release"));
        return (!on && !adjective && !matches!(before, "from" | "into"))
            .then(|| Named { rule: "branch:main".into(), words: at..at + 1 + noun });
    }
    let opens = matches!(first, "latest" | "newest" | "current" | "last" | "older" | "previous" | "earlier" | "old" | "prior" | "eol")
        || first == "most" && matches!(words.word(at + 1), "recent" | "recently")
        || first == "currently" && matches!(words.word(at + 1), "maintained" | "supported" | "active")
        || matches!(first, "all" | "any") && matches!(words.word(at + 1), "other" | "older" | "previous" | "earlier" | "others")
        || matches!(first, "two" | "three" | "four" | "five" | "2" | "3" | "4" | "5")
            && matches!(words.word(at + 1), "most" | "latest" | "last" | "newest")
        || first == "other" && NOUNS.contains(&words.word(at + 1))
        || first == "versions" && matches!(words.word(at + 1), "older" | "prior" | "before");
    if !opens {
        return None;
    }
    let mut end = at + 1;
    let mut last_noun = None;
    let mut strangers = 0;
    while end < words.len() && end < at + 12 {
        let word = words.word(end);
        if NOUNS.contains(&word) {
            last_noun = Some(end);
            strangers = 0;
            // "the latest Foo minor release": goes on to the last noun.
            if !NOUNS.contains(&words.word(end + 1)) {
                break;
            }
        } else if !INSIDE.contains(&word) && !version::is_version(word) {
            strangers += 1;
            // The product's own name may stand inside, once.
            if strangers > 1 || matches!(word, "," | ";" | "." | "(" | "is" | "are" | "will" | "at" | "of" | "for" | "to" | "on" | "with") {
                break;
            }
        }
        end += 1;
    }
    let noun = last_noun.or_else(|| matches!(first, "versions" | "all" | "older").then_some(at))?;
    let text = (at..=noun).map(|index| words.word(index)).collect::<Vec<_>>().join(" ");
    let patch_level = text.contains("latest patch version") || text.contains("latest patch release");
    let text = if version::word_rule(&text).is_some() { text } else { return None };
    let rule = version::word_rule(&text).filter(|_| !patch_level)?;
    Some(Named { rule, words: at..noun + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_from_marks_words_and_short_codes() {
        for yes in ["✅", ":white_check_mark:", "Yes", "Supported (stable)", "✔️", "security fixes only", "Active"] {
            assert_eq!(status(yes), Some(Support::Yes), "{yes}");
        }
        for no in ["❌", ":x:", "No", "Not supported", "End of Life", "-", "unsupported", "❌ No security guarantees"] {
            assert_eq!(status(no), Some(Support::No), "{no}");
        }
        for partly in ["⚠️ Critical issues only", "best effort", "Limited"] {
            assert_eq!(status(partly), Some(Support::Partly), "{partly}");
        }
        assert_eq!(status("see notes"), None);
    }
}
