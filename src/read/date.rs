//! Dates, written any way: `2025-08-11`, "April 27, 2025", "27. April 2025", "11/18/24".

use jiff::civil::Date;

/// Month names; a date may use the first three letters.
const MONTHS: &[&str] =
    &["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// The first date in `text`, and the offset at which it begins.
pub(super) fn first(text: &str) -> Option<(Date, usize)> {
    let text = super::words::start(text, 4096);
    let words: Vec<(usize, &str)> = words(text);
    (0..words.len()).find_map(|index| at(&words, index).map(|date| (date, words.get(index).map_or(0, |word| word.0))))
}

fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let part = c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '\u{2010}' | '\u{2011}' | '–');
        match (start, part) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push((from, text.get(from..at).unwrap_or_default()));
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    found
}

fn at(words: &[(usize, &str)], index: usize) -> Option<Date> {
    let word = |offset: usize| words.get(index + offset).map_or("", |word| word.1).trim_end_matches(['.', ',']);
    let first = word(0).replace(['\u{2010}', '\u{2011}', '–'], "-");
    if let Some(date) = numbers(&first) {
        return Some(date);
    }
    if let Some(month) = month(&first) {
        // "April 27, 2025", "April 2025"
        return match (day(word(1)), year(word(2)), year(word(1))) {
            (Some(day), Some(year), _) => Date::new(year, month, day).ok(),
            // A month is meant until its end: support lasts through it, and what was written in it is no older.
            (_, _, Some(year)) => Date::new(year, month, 1).ok().map(Date::last_of_month),
            _ => None,
        };
    }
    // "27 April 2025", "27th of April 2025", "27-Apr-2025"
    let day = day(&first)?;
    let skip = usize::from(word(1).eq_ignore_ascii_case("of"));
    Date::new(year(word(2 + skip))?, month(word(1 + skip))?, day).ok()
}

fn numbers(word: &str) -> Option<Date> {
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() <= 4);
    if let (Some(month), Some(day), Some(year)) = (month(b), day(a), year(c)) {
        return Date::new(year, month, day).ok();
    }
    let (a, b, c) = (number(a)?, number(b)?, number(c)?);
    let short = |n: i16| i8::try_from(n).ok();
    if a > 999 {
        return Date::new(a, short(b)?, short(c)?).ok();
    }
    let year = if c > 999 {
        c
    } else if (c > 12 || word.contains('/')) && c < 100 {
        2000 + c
    } else {
        return None;
    };
    // Dots put the day first; slashes the month, unless that cannot be.
    let day_first = word.contains('.') || a > 12;
    let (month, day) = if day_first { (b, a) } else { (a, b) };
    Date::new(year, short(month)?, short(day)?).ok()
}

fn month(word: &str) -> Option<i8> {
    let lower = word.trim_end_matches('.').to_ascii_lowercase();
    let known = |name: &str| name == lower || lower.len() >= 3 && lower.len() <= 4 && name.starts_with(lower.as_str());
    MONTHS.iter().position(|name| known(name)).and_then(|index| i8::try_from(index + 1).ok())
}

fn day(word: &str) -> Option<i8> {
    let bare = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).trim_end_matches('.');
    bare.parse::<i8>().ok().filter(|day| (1..=31).contains(day))
}

fn year(word: &str) -> Option<i16> {
    word.parse::<i16>().ok().filter(|year| (1990..2200).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_however_they_are_written() {
        let cases = [
            ("Last updated: 2025-08-11", "2025-08-11"),
            ("2025‑08‑11", "2025-08-11"),
            ("on April 27, 2025.", "2025-04-27"),
            ("27th of April 2025", "2025-04-27"),
            ("27. April 2025", "2025-04-27"),
            ("1 Sept 2024", "2024-09-01"),
            ("11/18/24", "2024-11-18"),
            ("18/11/2024", "2024-11-18"),
            ("18.11.2024", "2024-11-18"),
            ("2024/11/18", "2024-11-18"),
            ("July 2026", "2026-07-31"),
        ];
        for (text, expected) in cases {
            assert_eq!(first(text).map(|(date, _)| date.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["version 1.2.3", "0.5.14", "May 5", "2024-13-40"] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
