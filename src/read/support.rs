//! Which versions get security fixes: tables, lists and sentences.

mod prose;
mod rows;

use std::ops::Range;

use jiff::civil::Date;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text};
use crate::commitment::{Kind, Strength};

/// What a cell says of support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    Yes,
    /// "Critical issues only", "best effort".
    Partly,
    /// "No guarantee".
    Unpromised,
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
    ("accepted", Support::Yes),
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
    let crossed = lower.contains(['❌', '✖', '✗', '✘', '❎', '🚫', '⛔']);
    if !crossed && (lower.contains("no guarantee") || lower.contains("not guarantee")) {
        return Some(Support::Unpromised);
    }
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
    let mut told = Vec::new();
    for sentence in &text.sentences {
        let Some(passage) = text.passage(sentence.passage) else { continue };
        match passage.role {
            Role::Heading(_) => {}
            Role::Row(table) => rows::row(text, sentence, passage, table, &mut last_row, found),
            Role::Item(_) if rows::item(text, sentence, passage, found) => {}
            Role::Paragraph if rows::lines(text, sentence, passage, found) || rows::line(text, sentence, passage, found) => {}
            Role::Paragraph | Role::Item(_) => told.push(sentence),
        }
    }
    let denied = |older: bool| {
        found
            .iter()
            .skip(from)
            .any(|one| matches!(&one.kind, Kind::SupportedVersions { rule, supported: false, .. } if older == (rule == "older")))
    };
    let rows = prose::Rows { deny_older: denied(true), deny_others: denied(false) };
    for sentence in told {
        prose::prose(text, sentence, rows, found);
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
    let kind = Kind::SupportedVersions { rule, supported: matches!(support, Support::Yes | Support::Partly), until };
    let own = sentence.strength(&at);
    let mut one = Found::new(text, sentence, at, Extent::Sentence, kind);
    match support {
        Support::Partly | Support::Unpromised => one.strength = Strength::BestEffort,
        // "On a best-effort basis for the following versions:" is for those that are supported.
        Support::No => one.strength = own.unwrap_or(Strength::Firm),
        Support::Yes => {}
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
