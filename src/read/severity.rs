//! Severities however they are named: "Critical/High", "moderate", "P1", "CVSS 9.0–10.0", "all other".

use std::ops::Range;

use super::words::Words;
use crate::commitment::SeverityClass::{self, Any, Critical, High, Low, Medium, NonCritical};

/// Words that name one severity.
const NAMES: &[(&str, SeverityClass)] = &[
    ("critical", Critical),
    ("severe", Critical),
    ("blocker", Critical),
    ("urgent", Critical),
    ("high", High),
    ("important", High),
    ("major", High),
    ("medium", Medium),
    ("moderate", Medium),
    ("med", Medium),
    ("low", Low),
    ("minor", Low),
];

/// Ranks such as P1 or SEV-2 name the severities from the top, from 0 where the policy has a 0.
const RANKED: &[SeverityClass] = &[Critical, High, Medium, Low];

/// The severities named in the words `range`, in order, without repeats.
pub(super) fn severities(words: &Words, range: Range<usize>, ranks_from_zero: bool) -> Vec<SeverityClass> {
    let mut found: Vec<SeverityClass> = Vec::new();
    let mut at = range.start;
    while at < range.end.min(words.len()) {
        let (next, classes) = severity_at(words, at, ranks_from_zero);
        for class in classes {
            if !found.contains(&class) {
                found.push(class);
            }
        }
        at = next.max(at + 1);
    }
    found
}

fn severity_at(words: &Words, at: usize, ranks_from_zero: bool) -> (usize, Vec<SeverityClass>) {
    let word = words.word(at);
    let after = words.word(at + 1);
    let issue = |index: usize| {
        let noun = words.word(index);
        ["issue", "vuln", "sever", "bug", "finding", "problem", "flaw", "risk", "fix", "report"].iter().any(|stem| noun.starts_with(stem))
            || noun.is_empty()
            || noun == "|"
            || noun == ":"
    };
    match word {
        "non" | "less" | "lower" if after == "critical" => (at + 2, vec![NonCritical]),
        "not" if after == "critical" => (at + 2, vec![NonCritical]),
        "others" | "else" => (at + 1, vec![NonCritical]),
        "lower" | "other" | "remaining" | "rest" if issue(at + 1) || words.word(at + 1) == "security" => (at + 1, vec![NonCritical]),
        "all" if after != "other" && after != "others" && issue(at + 1) => (at + 1, vec![Any]),
        "cvss" | "score" | "scores" => cvss(words, at + 1),
        _ => {
            if let Some(&(_, class)) = NAMES.iter().find(|(name, _)| *name == word) {
                let version = matches!(class, High | Low) && matches!(word, "major" | "minor") && !issue(at + 1);
                let quality = matches!(after, "quality" | "level" | "priority" | "update")
                    && word != "high"
                    && word != "low"
                    && word != "critical"
                    && word != "medium";
                return (at + 1, if version || quality { Vec::new() } else { vec![class] });
            }
            (at + 1, rank(words, at, ranks_from_zero).into_iter().collect())
        }
    }
}

fn rank(words: &Words, at: usize, from_zero: bool) -> Option<SeverityClass> {
    let word = words.word(at);
    let number = ["p", "sev", "severity", "s", "priority"].iter().find_map(|prefix| {
        let rest = word.strip_prefix(prefix)?;
        let rest = if rest.is_empty() && prefix.len() > 1 { words.word(at + 1) } else { rest };
        rest.parse::<usize>().ok().filter(|&number| number < 6 && rest.len() == 1)
    })?;
    RANKED.get(if from_zero { number } else { number.checked_sub(1)? }).copied()
}

/// The bands that a CVSS range touches: "9.0-10.0", ">= 7", "7.0 and above".
fn cvss(words: &Words, from: usize) -> (usize, Vec<SeverityClass>) {
    let mut scores = Vec::new();
    let mut at = from;
    while at < from + 8 && at < words.len() {
        let word = words.word(at);
        if let Ok(score) = word.parse::<f32>() {
            scores.push(score);
        } else if scores.len() == 1 && matches!(word, "or" | "and" | "+" | "above" | "higher" | "greater") {
            scores.push(10.0);
        } else if !scores.is_empty() && !matches!(word, "–" | "—" | "to" | "through") {
            break;
        }
        at += 1;
    }
    // "v3.1" is a version, and not parsed as a number; "3" straight after a "v" is not one either.
    let (Some(&low), high) = (scores.first(), scores.get(1).copied()) else { return (from, Vec::new()) };
    let high = high.unwrap_or(10.0);
    let bands = [(Critical, 9.0, 10.0), (High, 7.0, 8.9), (Medium, 4.0, 6.9), (Low, 0.1, 3.9)];
    (at, bands.iter().filter(|&&(_, from, to)| low <= to && high >= from).map(|&(class, ..)| class).collect())
}

/// Whether ranks are counted from P0 anywhere in `text`.
pub(super) fn ranks_from_zero(text: &str) -> bool {
    ["P0", "SEV0", "SEV-0", "Sev-0", "S0", "Sev 0", "Severity 0"].iter().any(|rank| text.contains(rank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_read_alone_in_groups_as_ranks_and_as_scores() {
        let cases: &[(&str, &[SeverityClass])] = &[
            ("Critical/High", &[Critical, High]),
            ("moderate severity", &[Medium]),
            ("non-critical issues", &[NonCritical]),
            ("all other issues", &[NonCritical]),
            ("lower severity issues", &[NonCritical]),
            ("P1", &[Critical]),
            ("SEV-2", &[High]),
            ("CVSS 9.0-10.0", &[Critical]),
            ("CVSS 7.0 or higher", &[Critical, High]),
            ("CVSS score 4.0–6.9", &[Medium]),
            ("the latest minor release", &[]),
        ];
        for (text, expected) in cases {
            let words = Words::new(text, 0..text.len());
            assert_eq!(severities(&words, 0..words.len(), false), *expected, "{text}");
        }
    }
}
