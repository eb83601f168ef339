//! Glob patterns as CI systems write them: `*` stays inside a path segment, `**` does not, `!` takes back.

/// Whether `text` matches `pattern`. Time is bounded by the product of both lengths.
pub fn matches(pattern: &str, text: &str) -> bool {
    // Most patterns are plain, or differ from the text in their first words.
    let plain = pattern.find(['*', '?', '+', '[', '\\']).unwrap_or(pattern.len());
    if plain == pattern.len() {
        return pattern == text;
    }
    // The character before a `?` or `+` belongs to it.
    let certain = pattern.get(..plain).unwrap_or_default().char_indices().next_back().map_or(0, |(last, _)| last);
    if !text.starts_with(pattern.get(..certain).unwrap_or_default()) {
        return false;
    }
    let pattern = tokens(pattern);
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for token in &pattern {
        reached = step(token, &text, &reached);
    }
    reached.last().copied().unwrap_or(false)
}

/// Whether the last of `patterns` that matches `text` is no negation; none matching is no.
pub fn last_match(patterns: &[String], text: &str) -> bool {
    patterns.iter().fold(false, |so_far, pattern| match pattern.strip_prefix('!') {
        Some(negated) if matches(negated, text) => false,
        None if matches(pattern, text) => true,
        Some(_) | None => so_far,
    })
}

enum Token {
    Single(Single),
    Optional(Single),
    Repeat(Single),
    Segment,
    All,
}

/// What stands for one character.
enum Single {
    Char(char),
    Any,
    Set(Vec<(char, char)>),
}

impl Single {
    fn takes(&self, char: char) -> bool {
        match self {
            Self::Char(wanted) => char == *wanted,
            Self::Any => char != '/',
            Self::Set(ranges) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&char)),
        }
    }
}

fn tokens(pattern: &str) -> Vec<Token> {
    let chars: Vec<char> = pattern.chars().take(4096).collect();
    let mut tokens = Vec::new();
    let mut rest = chars.as_slice();
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            ('*', ['*', '/', more @ ..]) if tokens.is_empty() => {
                // `**/x` matches `x` at the top too: an all-token that swallows its slash where needed.
                if more.is_empty() {
                    tokens.push(Token::All);
                }
                tokens.push(Token::All);
                rest = more;
            }
            ('*', ['*', more @ ..]) => {
                tokens.push(Token::All);
                rest = more;
            }
            ('*', _) => tokens.push(Token::Segment),
            ('?', _) => match tokens.pop() {
                Some(Token::Single(single)) => tokens.push(Token::Optional(single)),
                other => {
                    tokens.extend(other);
                    tokens.push(Token::Single(Single::Any));
                }
            },
            ('+', _) => match tokens.pop() {
                Some(Token::Single(single)) => tokens.push(Token::Repeat(single)),
                other => {
                    tokens.extend(other);
                    tokens.push(Token::Single(Single::Char('+')));
                }
            },
            ('[', _) => {
                let (set, more) = set(after);
                tokens.push(Token::Single(set));
                rest = more;
            }
            ('\\', [escaped, more @ ..]) => {
                tokens.push(Token::Single(Single::Char(*escaped)));
                rest = more;
            }
            (char, _) => tokens.push(Token::Single(Single::Char(*char))),
        }
    }
    tokens
}

fn set(chars: &[char]) -> (Single, &[char]) {
    let Some(end) = chars.iter().position(|&char| char == ']') else { return (Single::Char('['), chars) };
    let (mut inside, after) = chars.split_at(end);
    let mut ranges = Vec::new();
    while let [first, rest @ ..] = inside {
        if let ['-', last, more @ ..] = rest {
            ranges.push((*first, *last));
            inside = more;
        } else {
            ranges.push((*first, *first));
            inside = rest;
        }
    }
    (Single::Set(ranges), after.get(1..).unwrap_or_default())
}

fn step(token: &Token, text: &[char], reached: &[bool]) -> Vec<bool> {
    let mut next = vec![false; text.len() + 1];
    let mut running = false;
    for (at, &here) in reached.iter().enumerate() {
        let char = at.checked_sub(1).and_then(|before| text.get(before)).copied();
        let from_before = at.checked_sub(1).and_then(|before| reached.get(before)).copied().unwrap_or(false);
        let takes = |single: &Single| char.is_some_and(|char| single.takes(char));
        let now = match token {
            Token::Single(single) => from_before && takes(single),
            Token::Optional(single) => here || (from_before && takes(single)),
            Token::Repeat(single) => {
                running = (from_before || running) && takes(single);
                running
            }
            Token::Segment => {
                running = here || (running && char != Some('/'));
                running
            }
            Token::All => {
                running = here || running;
                running
            }
        };
        if let Some(slot) = next.get_mut(at) {
            *slot = now;
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::{last_match, matches};

    #[test]
    fn stars_stay_in_a_segment_and_double_stars_do_not() {
        for (pattern, text, expected) in [
            ("main", "main", true),
            ("main", "main2", false),
            ("*", "a/b", false),
            ("**", "a/b", true),
            ("release/**", "release/a/b", true),
            ("v[0-9]+.[0-9]+.*", "v12.3.4", true),
            ("v?1", "1", true),
            ("v*", "w1", false),
            ("**.rs", "a/b.rs", true),
            ("**/Cargo.toml", "Cargo.toml", true),
            ("**/Cargo.toml", "a/Cargo.toml", true),
            ("a[b", "a[b", true),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_last_matching_pattern_decides() {
        let patterns = ["**".to_owned(), "!docs/**".to_owned(), "docs/x".to_owned()];
        assert!(last_match(&patterns, "src/a") && !last_match(&patterns, "docs/a") && last_match(&patterns, "docs/x"));
        assert!(!last_match(&[], "a"));
    }
}
