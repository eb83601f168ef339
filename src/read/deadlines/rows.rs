//! Deadlines in tables: the column says what they are for, else the row's first cell, else the section.

use std::ops::Range;

use super::super::amount::Duration;
use super::super::found::Found;
use super::super::lexicon::Concept;
use super::super::sentence::{Sentence, Text, Voice};
use super::super::severity;
use super::aims::{AIMS, aims, aims_around};
use super::{is_waited, push};
use crate::commitment::Strength;

/// A table row: the column says what its deadlines are for, else the row's own first cell, else the section.
pub(super) fn row(text: &Text<'_>, sentence: &Sentence, table: usize, ranks_from_zero: bool, found: &mut Vec<Found>) {
    let Some(passage) = text.passage(sentence.passage) else { return };
    if matches!(text.voice(sentence.passage), Voice::Others | Voice::Reporters) {
        return;
    }
    let head = text.document.tables.get(table).map(Vec::as_slice).unwrap_or_default();
    let severities = severity::severities(&sentence.words, 0..sentence.words.len(), ranks_from_zero);
    let first = passage.cells.first().map_or(0..0, |cell| sentence.words.at(cell.start)..sentence.words.at(cell.end));
    let all = 0..sentence.words.len();
    let row_aims = aims(sentence, &first, &all);
    // "If the fix is ready we coordinate": the row speaks for itself, and of no deadline.
    let silent = AIMS.iter().all(|&(concept, _)| !sentence.says(concept));
    for (index, cell) in passage.cells.iter().enumerate().take(64) {
        let cell_words = sentence.words.at(cell.start)..sentence.words.at(cell.end);
        let title = head.get(index).map(String::as_str).unwrap_or_default();
        let title = Sentence::of_text(title);
        let duration = cell_duration(sentence, &cell_words, &title).filter(|duration| !is_waited(sentence, duration.words.start));
        let Some(duration) = duration else { continue };
        let of_cell = aims(sentence, &cell_words, &(0..0));
        let of_title = aims(&title, &(0..title.words.len()), &(0..0));
        let row_or_around = || match row_aims.is_empty() && silent {
            true => aims_around(text, sentence, &duration),
            false => row_aims.clone(),
        };
        let aims = match (of_cell.last(), of_title.last()) {
            (Some(&aim), _) | (None, Some(&aim)) => vec![aim],
            (None, None) => row_or_around(),
        };
        let strength = if title.says(Concept::Hedge) { Some(Strength::BestEffort) } else { None };
        let from = found.len();
        for aim in aims {
            push(text, sentence, &duration, aim, &severities, found);
        }
        for added in found.iter_mut().skip(from) {
            added.range = sentence.range.clone();
            added.strength = strength.unwrap_or(added.strength);
        }
    }
}

/// The length of time in a cell; "14–30" under a title that is a unit ("Day").
fn cell_duration(sentence: &Sentence, cell: &Range<usize>, title: &Sentence) -> Option<Duration> {
    if let Some(duration) = sentence.durations.iter().find(|duration| duration.words.start >= cell.start && duration.words.end <= cell.end)
    {
        return Some(duration.clone());
    }
    let unit = title.words.word(title.words.len().checked_sub(1)?);
    let number = cell.clone().filter_map(|index| sentence.words.word(index).parse::<u32>().ok()).next_back().filter(|_| cell.len() <= 4)?;
    let said = format!("{number} {unit}");
    let mut duration = Sentence::of_text(&said).durations.into_iter().next()?;
    // The day itself is a moment; only what is aimed at another cell's words counts, so it covers the row.
    duration.words = cell.clone();
    Some(duration)
}
