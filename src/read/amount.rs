//! Lengths of time, written any way: "48 hours", "three (3) business days", "2–3 weeks", "a fortnight", "[14 days]".

use std::ops::Range;

use super::words::Words;
use crate::commitment::{Unit, Window};

/// A length of time in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Duration {
    pub(super) window: Window,
    /// The words that say it.
    pub(super) words: Range<usize>,
    /// Whether it is a template slot that was never filled in; the amount is 0 where the slot has none.
    pub(super) slot: bool,
    /// Whether it says how often ("every two weeks", "monthly").
    pub(super) recurring: bool,
}

/// Words that are numbers; "a" and "an" are one.
const NUMBERS: &[(&str, u32)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("fourteen", 14),
    ("fifteen", 15),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("sixty", 60),
    ("ninety", 90),
    ("couple", 2),
    ("single", 1),
    ("same", 1),
    ("next", 1),
];

/// Units, and how many of our own unit each is.
const UNITS: &[(&str, u32, Unit)] = &[
    ("hour", 1, Unit::Hours),
    ("hours", 1, Unit::Hours),
    ("hr", 1, Unit::Hours),
    ("hrs", 1, Unit::Hours),
    ("h", 1, Unit::Hours),
    ("day", 1, Unit::Days),
    ("days", 1, Unit::Days),
    ("d", 1, Unit::Days),
    ("weekday", 1, Unit::BusinessDays),
    ("weekdays", 1, Unit::BusinessDays),
    ("week", 1, Unit::Weeks),
    ("weeks", 1, Unit::Weeks),
    ("wk", 1, Unit::Weeks),
    ("w", 1, Unit::Weeks),
    ("fortnight", 2, Unit::Weeks),
    ("fortnights", 2, Unit::Weeks),
    ("month", 1, Unit::Months),
    ("months", 1, Unit::Months),
    ("quarter", 3, Unit::Months),
    ("quarters", 3, Unit::Months),
    ("year", 12, Unit::Months),
    ("years", 12, Unit::Months),
];

/// Words that say how often.
const CADENCES: &[(&str, u32, Unit)] = &[
    ("daily", 1, Unit::Days),
    ("weekly", 1, Unit::Weeks),
    ("biweekly", 2, Unit::Weeks),
    ("fortnightly", 2, Unit::Weeks),
    ("monthly", 1, Unit::Months),
    ("bimonthly", 2, Unit::Months),
    ("quarterly", 3, Unit::Months),
    ("yearly", 12, Unit::Months),
    ("annually", 12, Unit::Months),
    ("annual", 12, Unit::Months),
    ("biannually", 6, Unit::Months),
    ("semiannually", 6, Unit::Months),
    ("half-yearly", 6, Unit::Months),
];

/// Every length of time in `words`, by place.
pub(super) fn durations(words: &Words) -> Vec<Duration> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if let Some(duration) = duration_at(words, at) {
            at = duration.words.end;
            found.push(duration);
        } else {
            at += 1;
        }
    }
    found
}

fn duration_at(words: &Words, at: usize) -> Option<Duration> {
    if let Some(&(_, amount, unit)) = CADENCES.iter().find(|(word, ..)| *word == words.word(at)) {
        return Some(Duration { window: Window { amount, unit }, words: at..at + 1, slot: false, recurring: true });
    }
    let before = at.checked_sub(1).map_or("", |index| words.word(index));
    let bracketed = before == "[";
    // "once a year", "twice per year"
    let times = at.checked_sub(1 + usize::from(before == "per")).map_or("", |index| words.word(index));
    let halved = times == "twice";
    let recurring = matches!(before, "every" | "each" | "per" | "once" | "twice");
    if let Some((amount, factor, unit)) = glued(words.word(at)) {
        return Some(Duration { window: Window { amount: amount * factor, unit }, words: at..at + 1, slot: bracketed, recurring });
    }
    // "every week", "per quarter"
    if recurring && let Some((factor, unit)) = unit_of(words.word(at)) {
        let factor = if halved { factor.div_ceil(2) } else { factor };
        return Some(Duration { window: Window { amount: factor, unit }, words: at..at + 1, slot: false, recurring });
    }
    if let Some(day) = numbered_unit(words, at) {
        return Some(day);
    }
    let (mut amount, mut next) = number_at(words, at)?;
    if words.word(next) == "of" {
        next += 1;
    }
    // "2-3", "2 to 3", "between 2 and 3"; "three (3)"
    for _ in 0..3 {
        let skip = usize::from(matches!(words.word(next), "to" | "or" | "–" | "—" | "and" | "("));
        let Some((upper, after)) = number_at(words, next + skip) else { break };
        let close = usize::from(words.word(next) == "(" && words.word(after) == ")");
        amount = amount.max(upper);
        next = after + close;
    }
    let slot_end = usize::from(words.word(next) == "]");
    next += slot_end;
    let mut business = false;
    while matches!(words.word(next), "business" | "working" | "work" | "calendar" | "full" | "consecutive" | "+") {
        business |= matches!(words.word(next), "business" | "working" | "work");
        next += 1;
    }
    let (factor, unit) = unit_of(words.word(next))?;
    // "a day or two"
    let tail = (words.word(next + 1) == "or")
        .then(|| number_at(words, next + 2))
        .flatten()
        .filter(|&(more, after)| more > amount && unit_of(words.word(after)).is_none());
    amount = tail.map_or(amount, |(more, _)| more);
    let factor = if halved { factor.div_ceil(2) } else { factor };
    let unit = if business && unit == Unit::Days { Unit::BusinessDays } else { unit };
    let slot = amount == 0 || bracketed;
    let recurring = recurring || matches!(words.word(next + 1), "interval" | "intervals" | "cadence");
    let ago = matches!(words.word(next + 1), "ago" | "old");
    (!ago).then(|| Duration { window: Window { amount: amount.saturating_mul(factor), unit }, words: at..next + 1, slot, recurring })
}

/// "Day 30: the patch is released": a moment of a timetable, counted from its start.
fn numbered_unit(words: &Words, at: usize) -> Option<Duration> {
    let opens = at == 0 || matches!(words.word(at - 1), "|" | "by" | "(" | "[" | "—" | "–");
    let (factor, unit) = unit_of(words.word(at)).filter(|_| opens)?;
    let (first, mut end) = number_at(words, at + 1)?;
    let to = usize::from(matches!(words.word(end), "–" | "—" | "to"));
    let last = number_at(words, end + to).map(|(last, after)| {
        end = after;
        last
    });
    let closed = matches!(words.word(end), ":" | "" | "|" | ")" | "]" | "—" | "–" | ",");
    let amount = last.unwrap_or(first).saturating_mul(factor);
    closed.then_some(Duration { window: Window { amount, unit }, words: at..end, slot: false, recurring: false })
}

fn unit_of(word: &str) -> Option<(u32, Unit)> {
    UNITS.iter().find(|(text, ..)| *text == word).map(|&(_, factor, unit)| (factor, unit))
}

/// "48h", "7d", "24hrs"
fn glued(word: &str) -> Option<(u32, u32, Unit)> {
    let digits = word.find(|c: char| !c.is_ascii_digit()).filter(|&length| length > 0 && length < 5)?;
    let (factor, unit) = unit_of(word.get(digits..)?)?;
    Some((word.get(..digits)?.parse().ok()?, factor, unit))
}

/// The number that begins at the word `at`, and the word after it; 0 for a slot such as "XX".
fn number_at(words: &Words, at: usize) -> Option<(u32, usize)> {
    let word = words.word(at);
    if let Ok(number) = word.parse::<u32>() {
        return (number > 0 && number < 10_000).then_some((number, at + 1));
    }
    if matches!(word, "x" | "xx" | "xxx" | "n" | "tbd" | "todo") {
        return Some((0, at + 1));
    }
    let value = |word: &str| NUMBERS.iter().find(|(text, _)| *text == word).map(|&(_, value)| value);
    let first = value(word)?;
    // "forty eight", "a couple", "twenty one"
    let second = value(words.word(at + 1)).filter(|&second| first >= 20 && second < 10 || first == 1 && second == 2);
    Some(second.map_or((first, at + 1), |second| (if first == 1 { second } else { first + second }, at + 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, Unit, bool)> {
        let words = Words::new(text, 0..text.len());
        durations(&words).into_iter().map(|d| (d.window.amount, d.window.unit, d.slot)).collect()
    }

    #[test]
    fn lengths_of_time_are_read_however_they_are_written() {
        let cases = [
            ("within 48 hours", 48, Unit::Hours),
            ("within 48h", 48, Unit::Hours),
            ("in three (3) business days", 3, Unit::BusinessDays),
            ("2–3 weeks", 3, Unit::Weeks),
            ("24-48 hours", 48, Unit::Hours),
            ("2 to 3 working days", 3, Unit::BusinessDays),
            ("a fortnight", 2, Unit::Weeks),
            ("within one working day", 1, Unit::BusinessDays),
            ("a 90-day embargo", 90, Unit::Days),
            ("forty-eight hours", 48, Unit::Hours),
            ("a couple of days", 2, Unit::Days),
            ("two quarters", 6, Unit::Months),
            ("one year", 12, Unit::Months),
            ("between 5 and 10 days", 10, Unit::Days),
        ];
        for (text, amount, unit) in cases {
            assert_eq!(read(text), [(amount, unit, false)], "{text}");
        }
    }

    #[test]
    fn slots_are_seen_and_ages_and_bare_numbers_are_not_deadlines() {
        assert_eq!(read("within [14 days]"), [(14, Unit::Days, true)]);
        assert_eq!(read("within [30] days"), [(30, Unit::Days, true)]);
        assert_eq!(read("within XX days"), [(0, Unit::Days, true)]);
        for text in ["published 2 years ago", "a few days", "version 3", "30 frames", "99999999999 days"] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
