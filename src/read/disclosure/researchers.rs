//! What researchers get or need not fear: bounties and safe harbour.

use std::ops::Range;

use super::super::found::{Extent, Found};
use super::super::lexicon::Concept;
use super::super::sentence::{Sentence, Text, Voice};
use super::{answer, push};
use crate::commitment::{Kind, Strength};

/// "We will not take legal action against you."
pub(super) fn safe_harbor(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let action = sentence.of(Concept::LegalAction).find(|hit| {
        (0..hit.words.start).any(|index| {
            let word = sentence.words.word(index);
            matches!(word, "not" | "never" | "no" | "won't" | "without" | "don't")
                || word.starts_with("abstain")
                || word.starts_with("refrain")
                || word.starts_with("waive")
        })
    });
    let harbor = sentence.of(Concept::SafeHarbor).find(|hit| {
        let ours = sentence.says(Concept::We) || sentence.words.word(hit.words.start) != "safe";
        let lead = text.leads(sentence.passage).next().is_some_and(|lead| lead.says(Concept::Ours) || lead.says(Concept::We));
        (ours && sentence.words.len() > 4 || lead) && !sentence.denied(&hit.words) && sentence.words.word(0) != "this"
    });
    if let Some(hit) = action.or(harbor)
        && !matches!(text.voice(sentence.passage), Voice::Others)
    {
        push(text, sentence, &hit.words, Kind::SafeHarbor, found);
        // "We consider your research authorized": the considering is the promise.
        if let Some(last) = found.last_mut().filter(|_| sentence.words.word(hit.words.start).starts_with("consider")) {
            last.strength = Strength::Firm;
        }
    }
}

/// What a sentence says of a bounty.
pub(super) struct Bounty {
    found: Found,
    offered: bool,
    /// Whether the offer is one "whenever possible".
    hedged: bool,
    /// Whether it is said of all reports alike.
    outright: bool,
}

/// The beginnings of words that say of a bounty that there is one.
const OFFERS: &[&str] = &[
    "offer", "pay", "paid", "award", "run", "operat", "reward", "eligible", "program", "provid", "bounties", "amount", "qualif", "have",
    "has", "host", "through",
];

/// "We do not run a bug bounty", "bounties are paid", "None." under such a heading.
pub(super) fn bounty(text: &Text<'_>, sentence: &Sentence, bounties: &mut Vec<Bounty>) {
    let word = |index: usize| sentence.words.word(index);
    let headed = text.headings(sentence.passage).take(1).any(|heading| heading.says(Concept::Bounty));
    let whole = 0..sentence.words.len().min(1);
    let hit = sentence.first(Concept::Bounty).map(|hit| hit.words.clone());
    let Some(at) = hit.clone().or_else(|| (headed && says_by_heading(sentence)).then_some(whole)) else { return };
    if matches!(text.voice(sentence.passage), Voice::Others | Voice::Scope) || word(at.start.saturating_sub(1)) == "beg" {
        return;
    }
    // "some general language about bounty payments"
    if (at.start.saturating_sub(3)..at.start).any(|index| matches!(word(index), "about" | "on" | "regarding"))
        && sentence.has_word(&["language", "standard", "includes", "information"])
    {
        return;
    }
    // "the vendor's own bounty program"
    if sentence.has_word(&["vendor", "vendors", "upstream", "respective"]) {
        return;
    }
    let answer = answer(text, sentence);
    let asked = word(sentence.words.len().saturating_sub(1)) == "?";
    let none = hit.is_none() && sentence.has_word(&["none", "no", "not"]) || answer == Some(false);
    let denied = none || is_denied(sentence, &at) && !sentence.has_word(&["yes"]);
    let offers = answer == Some(true)
        || hit.is_none()
        || (0..sentence.words.len()).any(|index| OFFERS.iter().any(|stem| word(index).starts_with(stem)));
    let denied = denied || sentence.has_word(&["ineligible"]);
    let asks = sentence.says(Concept::ToReporters) && word(sentence.words.len().saturating_sub(1)) == ":"
        || sentence.conditional(at.start) && sentence.words.len() < 8
        || sentence.has_word(&["ask", "asks", "demand", "demands"])
        || asked && answer.is_none();
    let introduced = (at.end..sentence.words.len()).any(|index| matches!(word(index), "introduced" | "launched" | "established"));
    if (denied || offers && sentence.words.len() > 3 || links_to_programme(text, sentence)) && !asks && !introduced {
        let kind = Kind::Bounty { offered: !denied };
        let found = Found::new(text, sentence, at.clone(), Extent::Part, kind);
        let hedged = found.strength == Strength::BestEffort;
        bounties.push(Bounty { found: found.strength(Strength::Firm), offered: !denied, hedged, outright: is_outright(sentence, &at) });
    }
}

/// "None.", "Rewards are set case by case": what a heading "Bug bounty" is about.
fn says_by_heading(sentence: &Sentence) -> bool {
    matches!(sentence.words.word(0), "none" | "no" | "not") || sentence.has_word(&["none", "rewards", "reward", "payouts"])
}

/// "- **Bug bounty**: https://…"
fn links_to_programme(text: &Text<'_>, sentence: &Sentence) -> bool {
    text.passage(sentence.passage).is_some_and(|passage| passage.text.contains("http") || !passage.links.is_empty())
        && sentence.words.len() <= 8
}

/// Whether the bounty `at` is denied: a "not" that governs its offer, before it or just after.
fn is_denied(sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    // "if you can't report it via the bounty", "not part of the programme", "without notice": of something else.
    let other = |not: usize, end: usize| {
        sentence.conditional(not) && !sentence.says(Concept::Firm)
            || word(not) == "without"
            || (end..end + 3).any(|index| matches!(word(index), "report" | "sure"))
    };
    sentence.of(Concept::Not).any(|not| {
        let before = not.words.start < at.start && not.words.end + 14 > at.start;
        let after = not.words.start >= at.end && not.words.start < at.end + 6;
        (before || after) && !other(not.words.start, not.words.end)
    })
}

/// The beginnings of words for the reports that get no bounty.
const OF_REPORTS: &[&str] =
    &["report", "issue", "vulnerab", "finding", "bug", "duplicate", "submission", "third", "low", "out", "other", "to"];

/// "We do not offer a bounty": of all reports, by the project, and not of some ("no bounty is paid for duplicates").
fn is_outright(sentence: &Sentence, at: &Range<usize>) -> bool {
    let before = sentence.of(Concept::Not).any(|not| not.words.start < at.start && not.words.end + 5 > at.start);
    let subject = sentence.says(Concept::We) || sentence.words.word(0) == "there";
    let some = |index: usize| OF_REPORTS.iter().any(|stem| sentence.words.word(index).starts_with(stem));
    before && subject && !(at.end..at.end + 6).any(some) && !sentence.has_word(&["if", "these", "those", "such", "outside", "unless"])
}

/// Where a bounty is offered, that some reports get none says nothing more; that there is none at all contradicts it.
pub(super) fn settle_bounties(bounties: Vec<Bounty>, found: &mut Vec<Found>) {
    let outright = bounties.iter().any(|one| !one.offered && one.outright);
    let bounties: Vec<_> = bounties.into_iter().filter(|one| !(one.offered && one.hedged && outright)).collect();
    let offered = bounties.iter().any(|one| one.offered);
    found.extend(bounties.into_iter().filter(|one| one.offered || one.outright || !offered).map(|one| one.found));
}
