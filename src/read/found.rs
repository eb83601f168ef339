//! What the readers hand back, before it is settled into commitments.

use std::ops::Range;

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

impl Found {
    /// A promise that the words `at` of `sentence` make.
    pub(super) fn new(text: &Text<'_>, sentence: &Sentence, at: Range<usize>, extent: Extent, kind: Kind) -> Self {
        let ends = |index: usize| match (extent, sentence.words.word(index)) {
            (Extent::Sentence, _) => false,
            (Extent::Clause, word) => matches!(word, ";" | "—" | "|"),
            (Extent::Part | Extent::Words, word) => matches!(word, ";" | "—" | "|" | "," | ":" | "("),
        };
        let before = if extent == Extent::Words { at.start..at.start } else { 0..at.start };
        // "… is released and you are credited": the second half begins after the "and".
        let joins =
            |index: usize| extent == Extent::Part && at.start - index <= 4 && matches!(sentence.words.word(index), "and" | "but" | "that");
        let ends = |index: usize| ends(index) || index < at.start && joins(index);
        let from = before.rev().find(|&index| ends(index)).map_or(if extent == Extent::Words { at.start } else { 0 }, |index| index + 1);
        let until = (at.end..sentence.words.len()).find(|&index| ends(index)).unwrap_or(sentence.words.len());
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
