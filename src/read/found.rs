//! What the readers hand back, before it is settled into commitments.

use std::ops::Range;

use super::lexicon::Concept;
use super::sentence::{Sentence, Text};
use crate::commitment::{Kind, Strength};

/// One promise as read.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) passage: usize,
    /// Its words, as a range of the passage's text.
    pub(super) range: Range<usize>,
    /// The whole sentence, as a range of the passage's text.
    pub(super) sentence: Range<usize>,
    pub(super) strength: Strength,
    pub(super) placeholder: bool,
    pub(super) component: Option<String>,
}

/// How much of the sentence makes the promise, and so on which line it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The whole sentence.
    Sentence,
    /// The clause between semicolons.
    Clause,
    /// The part between commas.
    Part,
    /// The words themselves, to the end of their part: "… or by mail to x@y.org" begins where the address does.
    Words,
}

/// Whether the word ends a clause.
fn is_clause_end(word: &str) -> bool {
    matches!(word, ";" | "—" | "|")
}

/// Whether the word ends a part of a clause.
fn is_part_end(word: &str) -> bool {
    is_clause_end(word) || matches!(word, "," | ":" | "(")
}

/// Where the clause or part ends that holds the word before `from`.
fn end(sentence: &Sentence, from: usize, ends: fn(&str) -> bool) -> usize {
    (from..sentence.words.len()).find(|&index| ends(sentence.words.word(index))).unwrap_or(sentence.words.len())
}

/// Where the clause or part begins that the words `at` stand in: what is in brackets before them is passed over, and
/// what only adds a name to a list ("Clippy, CodeQL and cargo audit") begins where the list's verb does.
fn begin(sentence: &Sentence, at: &Range<usize>, ends: fn(&str) -> bool) -> usize {
    let word = |index: usize| sentence.words.word(index);
    let until = end(sentence, at.end, ends);
    let mut depth = 0_usize;
    for index in (0..at.start).rev() {
        match word(index) {
            ")" => depth += 1,
            "(" if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            "|" | ";" | "—" | ":" if ends(word(index)) => return index + 1,
            // "please note that we do not …" begins with what is noted.
            "that" if word(index.saturating_sub(1)) == "note" => return index + 1,
            // "… is released and you are credited": the second half begins after the "and".
            "and" | "but" | "that" if ends(",") && at.start - index <= 4 && is_said(sentence, &(index + 1..until), at) => return index + 1,
            "," | "(" if ends(word(index)) && is_said(sentence, &(index + 1..until), at) => return index + 1,
            _ => {}
        }
    }
    0
}

/// Whether the words `part` say something of their own rather than name one more thing.
fn is_said(sentence: &Sentence, part: &Range<usize>, at: &Range<usize>) -> bool {
    const VERBS: &[&str] =
        &["is", "are", "be", "was", "were", "will", "must", "shall", "we", "i", "you", "they", "it", "has", "have", "may"];
    // "`cargo audit` and `cargo deny` are run": both begin where the first is named.
    let earlier = part.start.saturating_sub(3)..part.start.saturating_sub(1);
    let joined = part.start == at.start && (sentence.within_tools(&earlier) || sentence.words.word(earlier.start) == "cargo");
    let verb = |index: usize| VERBS.contains(&sentence.words.word(index));
    // "cargo deny check", "OSV Scanner": verbs in a tool's name.
    let runs = || sentence.of(Concept::Runs).map(|hit| &hit.words).filter(|words| part.contains(&words.start));
    let runs = || runs().any(|words| sentence.words.word(words.start) != "check" && !sentence.within_tools(words));
    !sentence.within_tools(at) || !joined && (part.clone().any(verb) || runs())
}

impl Found {
    /// A promise that the words `at` of `sentence` make.
    pub(super) fn new(text: &Text<'_>, sentence: &Sentence, at: Range<usize>, extent: Extent, kind: Kind) -> Self {
        let (from, until) = match extent {
            Extent::Sentence => (0, sentence.words.len()),
            Extent::Clause => (begin(sentence, &at, is_clause_end), end(sentence, at.end, is_clause_end)),
            Extent::Part => (begin(sentence, &at, is_part_end), end(sentence, at.end, is_part_end)),
            Extent::Words => (at.start, end(sentence, at.end, is_part_end)),
        };
        let place = sentence.words.place(from.min(at.start)..until);
        let start = if from == 0 { sentence.range.start } else { place.start };
        let strength = text.strength(sentence, &at);
        Self {
            kind,
            passage: sentence.passage,
            range: start..place.end.max(start),
            sentence: sentence.range.clone(),
            strength,
            placeholder: false,
            component: None,
        }
    }

    /// The same, with this strength.
    pub(super) const fn strength(mut self, strength: Strength) -> Self {
        self.strength = strength;
        self
    }

    /// The same, as a slot that was never filled in where `slot` is so.
    pub(super) const fn slot(mut self, slot: bool) -> Self {
        self.placeholder = slot;
        self
    }
}
