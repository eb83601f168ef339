//! What happens in public: coordination, announcement, thanks, safe harbour, bounties.

use std::ops::Range;

mod credit;
mod publication;
mod researchers;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use super::words::Hit;
use crate::commitment::Kind;

/// Reads them all.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    let mut publications = Vec::new();
    let mut bounties = Vec::new();
    for sentence in &text.sentences {
        let role = text.passage(sentence.passage).map(|passage| passage.role);
        if matches!(role, None | Some(Role::Heading(_))) {
            continue;
        }
        coordinated(text, sentence, found);
        researchers::safe_harbor(text, sentence, found);
        researchers::bounty(text, sentence, &mut bounties);
        credit::credit(text, sentence, found);
        publication::publication(text, sentence, &mut publications);
    }
    researchers::settle_bounties(bounties, found);
    publication::settle_venues(text, publications, found);
}

fn push(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>, kind: Kind, found: &mut Vec<Found>) {
    found.push(Found::new(text, sentence, at.clone(), Extent::Part, kind));
}

/// Whether the words at `at` bind the project: its own voice, and nobody else is asked.
fn binds(text: &Text<'_>, sentence: &Sentence, at: usize) -> bool {
    // "We will: - Keep your report confidential": what would be asked elsewhere is the project's own here.
    let ours = text.leads(sentence.passage).next().is_some_and(|lead| lead.says(Concept::We) && !lead.says(Concept::Ask));
    let ours = ours && text.voice(sentence.passage) == Voice::Ours;
    let asked = sentence.of(Concept::Ask).any(|hit| {
        let first = sentence.words.word(hit.words.start);
        hit.words.start <= at
            && !(ours && hit.words.start == 0)
            && sentence.clause(at).contains(&hit.words.start)
            && !matches!(first, "you" | "your")
            && !sentence
                .hits
                .iter()
                .any(|we| matches!(we.what, Concept::We | Concept::Firm) && we.words.start >= hit.words.end && we.words.start < at)
    });
    let voice = text.voice(sentence.passage);
    let told = matches!(sentence.words.word(0), "report" | "send" | "submit" | "email" | "contact" | "disclose" | "reveal")
        && !sentence.has_word(&["we"]);
    !asked
        && !told
        && !matches!(voice, Voice::Others | Voice::Scope)
        && (voice != Voice::Reporters || sentence.says(Concept::We) && !sentence.is_request())
}

/// "Do you pay for bugs? No.": what the next sentence answers.
fn answer(text: &Text<'_>, sentence: &Sentence) -> Option<bool> {
    let asked = sentence.words.word(sentence.words.len().saturating_sub(1)) == "?";
    let next = text.sentences_of(sentence.passage).iter().find(|other| other.range.start >= sentence.range.end).filter(|_| asked)?;
    match next.words.word(0) {
        "yes" | "we" => Some(!next.says(Concept::Not)),
        "no" | "not" | "none" | "unfortunately" | "sorry" => Some(false),
        _ => None,
    }
}

/// The beginnings of words that make a practice of what they stand beside ("we follow responsible disclosure").
const ADHERENCE: &[&str] =
    &["follow", "practi", "believ", "adher", "support", "commit", "work", "coordinat", "engage", "polic", "principle", "process"];

/// The beginnings of words that thank for it or ask for it ("we appreciate responsible disclosure").
const THANKS: &[&str] = &["appreciat", "thank", "grateful", "effort", "welcome"];

fn starts(word: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| word.starts_with(stem))
}

/// Whether the words before `at` thank for the disclosure, or speak of how a report comes in.
fn is_thanks(sentence: &Sentence, at: usize) -> bool {
    (at.saturating_sub(6)..at).any(|index| {
        let word = sentence.words.word(index);
        starts(word, THANKS)
            || matches!(word, "through" | "inform" | "carry")
            || word == "with" && sentence.words.word(index + 1) == "responsible"
    })
}

/// "We follow coordinated disclosure", "your report is kept confidential", "disclosed after the fix".
fn coordinated(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    if sentence.says(Concept::LegalAction) || is_reason(sentence) || is_reading(sentence) {
        return;
    }
    let hits = sentence.hits.iter().filter(|hit| matches!(hit.what, Concept::Coordinated | Concept::Confidential));
    for hit in hits {
        let at = &hit.words;
        if binds(text, sentence, at.start)
            && !is_thanks(sentence, at.start)
            && !is_by_others(sentence, hit)
            && is_by_us(text, sentence, hit)
            && !is_thing(sentence, at)
            && !is_asked_for(sentence, hit)
            && !is_denied(sentence, hit.what, at)
        {
            push(text, sentence, at, Kind::CoordinatedDisclosure, found);
            return;
        }
    }
}

/// "This gives us time to fix it before it is public": why the reporter is asked.
fn is_reason(sentence: &Sentence) -> bool {
    sentence.words.word(0) == "this"
        && (1..4).any(|index| matches!(sentence.words.word(index), "gives" | "allows" | "helps" | "enables" | "lets" | "opens" | "ensures"))
}

/// "See coordinated disclosure for what it means."
fn is_reading(sentence: &Sentence) -> bool {
    let more = (0..4).any(|index| matches!(sentence.words.word(index), "read" | "learn") && sentence.words.word(index + 1) == "more");
    matches!(sentence.words.word(0), "see" | "read") && !sentence.says(Concept::We) || more
}

/// Whether the words are of what reporters do: "those who disclose responsibly", "your disclosure".
fn is_by_others(sentence: &Sentence, hit: &Hit<Concept>) -> bool {
    let at = hit.words.start;
    if hit.what == Concept::Confidential && sentence.says(Concept::Firm) && sentence.words.word(0) != "to" {
        return false;
    }
    // "To disclose confidentially, write to …": what a reporter wants to do.
    let purpose = sentence.words.word(0) == "to"
        && (1..hit.words.end + 2).any(|index| matches!(sentence.words.word(index), "disclose" | "report" | "share" | "submit"))
        && !(0..at).any(|index| sentence.words.word(index) == ",");
    if purpose {
        return true;
    }
    let before = sentence.words.word(at.saturating_sub(1));
    (at.saturating_sub(3)..at)
        .any(|index| matches!(sentence.words.word(index), "who" | "researchers" | "reporters" | "people" | "contributors" | "please"))
        || before == "you"
        || before == "your" && sentence.words.word(at).starts_with("disclos")
}

/// Whether the words at `hit` are the project's own practice.
fn is_by_us(text: &Text<'_>, sentence: &Sentence, hit: &Hit<Concept>) -> bool {
    let at = &hit.words;
    let bare = is_bare(sentence, at);
    let adheres = |from: usize, to: usize| (from..to).any(|index| starts(sentence.words.word(index), ADHERENCE));
    let ours = sentence.says(Concept::We)
        || at.start == 0
        || sentence.words.word(at.start.saturating_sub(1)) == ":"
        || passive(sentence, at)
        || hit.what == Concept::Confidential
        || text.voice(sentence.passage) == Voice::Ours && (!bare || adheres(at.start.saturating_sub(4), at.start));
    let adherence = !bare || at.start == 0 || adheres(0, sentence.words.len());
    // "… believes that responsible disclosure helps": an opinion.
    let opinion = bare && (at.end..at.end + 6).any(|index| matches!(sentence.words.word(index), "helps" | "improves" | "benefits"));
    ours && adherence && !opinion && !(sentence.conditional(at.start) && bare)
}

/// "responsible disclosure": asked of reporters as often as promised.
fn is_bare(sentence: &Sentence, at: &Range<usize>) -> bool {
    matches!(sentence.words.word(at.start), "responsible" | "responsibly")
}

/// "a confidential ticket", "confidential data", a private fork for a reporter to make: no promise but a thing.
fn is_thing(sentence: &Sentence, at: &Range<usize>) -> bool {
    let next = sentence.words.word(at.end);
    let attribute = sentence.words.word(at.end.saturating_sub(1)) == "confidential"
        && next.starts_with(char::is_alphabetic)
        && !matches!(
            next,
            "until"
                | "and"
                | "unless"
                | "by"
                | "with"
                | "within"
                | "except"
                | "while"
                | "during"
                | "to"
                | "for"
                | "as"
                | "or"
                | "basis"
                | "manner"
                | "at"
                | "between"
                | "before"
                | "in"
                | "communication"
                | "process"
                | "if"
                | "when"
                | "but"
                | "throughout"
                | "where"
                | "handling"
                | "from"
        );
    // "embargoed findings"; "publicly acknowledge your disclosure"; "unless agreed otherwise with the researcher".
    let last = sentence.words.word(at.end.saturating_sub(1));
    let findings =
        last == "embargoed" && next.starts_with(char::is_alphabetic) && !matches!(next, "until" | "and" | "for" | "by" | "while" | "or");
    let thanks = last == "publicly" && starts(next, &["acknowledg", "credit", "thank", "recogn"])
        || sentence.words.word(at.start) == "publicly"
            && sentence.within(Concept::Credit, at)
            && !(at.start..at.end).any(|index| starts(sentence.words.word(index), &["disclos", "announc", "publish"]));
    let agreed = sentence.words.word(at.start).starts_with("agree")
        && !sentence.says(Concept::Disclose)
        && !sentence.has_word(&[
            "date",
            "dates",
            "timeline",
            "timeframe",
            "time",
            "embargo",
            "publication",
            "release",
            "announcement",
            "schedule",
        ]);
    let place = matches!(sentence.words.word(at.start), "confidential" | "private" | "privately")
        && (matches!(next, "issue" | "form" | "ticket" | "tracker" | "report" | "channel" | "reporting")
            || !sentence.has_word(&["we", "maintainers", "team"])
                && sentence.has_word(&["you", "your"])
                && sentence.says(Concept::GithubReporting));
    attribute || place || findings || thanks || agreed
}

/// Whether the words are what a reporter is asked for: "Confidential: please …", "details … secret", "we may ask you to …".
fn is_asked_for(sentence: &Sentence, hit: &Hit<Concept>) -> bool {
    let at = &hit.words;
    let word = |index: usize| sentence.words.word(index);
    let secret = hit.what == Concept::Confidential
        && (word(at.start.saturating_sub(1)) == "details" && !sentence.says(Concept::Report))
        && sentence.is_request();
    let label = at.start == 0
        && sentence
            .of(Concept::Ask)
            .any(|ask| ask.words.start >= at.end && ask.words.start < at.end + 3 && matches!(word(ask.words.start), "please" | "do"));
    let asks = (0..at.start).any(|index| word(index) == "ask" && (index + 1..index + 4).any(|next| word(next) == "you"));
    secret || label || asks
}

fn passive(sentence: &Sentence, at: &Range<usize>) -> bool {
    (at.start.saturating_sub(3)..at.end).any(|index| matches!(sentence.words.word(index), "is" | "are" | "be" | "will"))
}

/// "We do not coordinate"; the "not" of "we will not disclose until" is part of the promise.
fn is_denied(sentence: &Sentence, concept: Concept, at: &Range<usize>) -> bool {
    let own_not = sentence.of(Concept::Not).any(|not| at.contains(&not.words.start));
    concept == Concept::Coordinated && !own_not && sentence.denied(at) || concept == Concept::Confidential && sentence.denied(at)
}

impl Sentence {
    /// Whether any of `words` is in it.
    pub(super) fn has_word(&self, words: &[&str]) -> bool {
        (0..self.words.len()).any(|index| words.contains(&self.words.word(index)))
    }
}
