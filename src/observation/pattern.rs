//! Patterns of names and paths, in the two ways in which they are written; each is matched in time bounded by
//! the product of both lengths.
//!
//! In both, `*` stays inside a part of a path, `**/` is any number of folders, any other `**` is anything, and
//! `[a-c]` and `[!a-c]` are one character.

/// The longest pattern, in characters; a longer one matches nothing.
const LONGEST: usize = 4096;

/// Whether `text` matches a filter's `pattern` as CI systems write them: `?` and `+` are about the character before.
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
    run(Syntax::Filter, pattern, text)
}

/// Whether the last of a filter's `patterns` that matches `text` is no negation (`!x`); none matching is no.
pub fn last_match(patterns: &[String], text: &str) -> bool {
    patterns.iter().fold(false, |so_far, pattern| match pattern.strip_prefix('!') {
        Some(negated) if matches(negated, text) => false,
        None if matches(pattern, text) => true,
        Some(_) | None => so_far,
    })
}

/// Whether `path` (relative) matches a shell's `pattern`: `?` is one character. A leading `./` and a trailing `/`
/// mean nothing in either.
pub fn path_matches(pattern: &str, path: &str) -> bool {
    let plain = |path: &str| parts(path).collect::<Vec<_>>().join("/");
    run(Syntax::Shell, &plain(pattern), &plain(path))
}

/// Whether a path's part has anything but plain characters in it.
pub fn is_pattern(part: &str) -> bool {
    part.contains(['*', '?', '['])
}

/// A path's parts, without empty ones and `.`.
pub fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".")
}

/// How `?`, `+` and `\` are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Filter,
    Shell,
}

fn run(syntax: Syntax, pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().take(LONGEST + 1).collect();
    if pattern.len() > LONGEST {
        return false;
    }
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for token in &tokens(syntax, &pattern) {
        reached = step(token, &text, &reached);
    }
    reached.last().copied().unwrap_or(false)
}

enum Token {
    Single(Single),
    Optional(Single),
    Repeat(Single),
    /// Anything inside one part.
    Segment,
    /// Nothing, or anything that ends in a slash.
    Folders,
    All,
}

/// What stands for one character.
enum Single {
    Char(char),
    Any,
    Set { negated: bool, ranges: Vec<(char, char)> },
}

impl Single {
    fn takes(&self, char: char) -> bool {
        match self {
            Self::Char(wanted) => char == *wanted,
            Self::Any => char != '/',
            Self::Set { negated, ranges } => char != '/' && ranges.iter().any(|(from, to)| (*from..=*to).contains(&char)) != *negated,
        }
    }
}

fn tokens(syntax: Syntax, pattern: &[char]) -> Vec<Token> {
    let filter = syntax == Syntax::Filter;
    let mut tokens = Vec::new();
    let mut rest = pattern;
    let mut begins = true;
    while let [first, after @ ..] = rest {
        rest = after;
        let starts_part = std::mem::replace(&mut begins, *first == '/');
        match (first, after) {
            ('*', ['*', '/', more @ ..]) if starts_part => {
                tokens.push(Token::Folders);
                (rest, begins) = (more, true);
            }
            ('*', ['*', more @ ..]) => {
                tokens.push(Token::All);
                rest = more;
            }
            ('*', _) => tokens.push(Token::Segment),
            ('?', _) if filter => of_the_last(&mut tokens, Token::Optional, Single::Any),
            ('+', _) if filter => of_the_last(&mut tokens, Token::Repeat, Single::Char('+')),
            ('?', _) => tokens.push(Token::Single(Single::Any)),
            ('[', _) => match class(after) {
                Some((set, more)) => {
                    tokens.push(Token::Single(set));
                    rest = more;
                }
                None => tokens.push(Token::Single(Single::Char('['))),
            },
            ('\\', [escaped, more @ ..]) if filter => {
                tokens.push(Token::Single(Single::Char(*escaped)));
                rest = more;
            }
            (char, _) => tokens.push(Token::Single(Single::Char(*char))),
        }
    }
    tokens
}

/// Makes the last token, where it is a single character, another kind of token; else adds `alone`.
fn of_the_last(tokens: &mut Vec<Token>, make: fn(Single) -> Token, alone: Single) {
    match tokens.pop() {
        Some(Token::Single(single)) => tokens.push(make(single)),
        other => {
            tokens.extend(other);
            tokens.push(Token::Single(alone));
        }
    }
}

/// What stands after a `[`: the characters, and what follows its `]`; `None` where no `]` ends it.
fn class(rest: &[char]) -> Option<(Single, &[char])> {
    let (negated, rest) = match rest {
        ['!' | '^', tail @ ..] => (true, tail),
        tail => (false, tail),
    };
    // A `]` that stands first is itself.
    let end = 1 + rest.get(1..)?.iter().position(|c| *c == ']')?;
    let (mut inside, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    let mut ranges = Vec::new();
    loop {
        match inside {
            [from, '-', to, tail @ ..] => {
                ranges.push((*from, *to));
                inside = tail;
            }
            [one, tail @ ..] => {
                ranges.push((*one, *one));
                inside = tail;
            }
            [] => return Some((Single::Set { negated, ranges }, after)),
        }
    }
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
            Token::Folders => {
                let ends = running && char == Some('/');
                running = running || here;
                here || ends
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
    use super::{last_match, matches, path_matches};

    #[test]
    fn a_filter_is_read_as_ci_systems_do() {
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
            ("**/Cargo.toml", "a/NotCargo.toml", false),
            ("docs/**/*.md", "docs/a.md", true),
            ("docs/**/*.md", "docs/a/b/c.md", true),
            ("docs/**/*.md", "docs.md", false),
            ("a[b", "a[b", true),
            ("+", "+", true),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let patterns = ["**", "!docs/**", "docs/keep.md"].map(str::to_owned);
        for (text, expected) in [("src/a.rs", true), ("docs/a.md", false), ("docs/keep.md", true)] {
            assert_eq!(last_match(&patterns, text), expected, "{text}");
        }
        assert!(!last_match(&[], "a"));
    }

    #[test]
    fn a_path_is_matched_as_shells_do() {
        for (pattern, path, expected) in [
            ("crates/*", "crates/app", true),
            ("crates/*", "crates/app/deep", false),
            ("crates/**", "crates/app/deep", true),
            ("**/Cargo.lock", "Cargo.lock", true),
            ("**/Cargo.lock", "a/b/Cargo.lock", true),
            ("**/fuzz/**", "a/fuzz/b/Cargo.lock", true),
            ("**/fuzz/**", "a/fuzzy/Cargo.lock", false),
            ("./crates/app/", "crates/app", true),
            ("crates/app-?", "crates/app-1", true),
            ("crates/app-?", "crates/app-12", false),
            ("crates/[a-c]*", "crates/bar", true),
            ("crates/[!a-c]*", "crates/bar", false),
            ("crates/[!a-c]*", "crates/zoo", true),
            ("crates[!a]app", "crates/app", false),
            ("crates/[", "crates/[", true),
            ("c++", "c++", true),
            ("", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-d", false),
        ] {
            assert_eq!(path_matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_made_to_explode_does_not() {
        assert!(!path_matches(&format!("{}b", "*a".repeat(1_000)), &"a".repeat(4_000)));
        assert!(!path_matches(&format!("{}b", "**/".repeat(1_000)), &"a/".repeat(2_000)));
        assert!(!matches(&"*".repeat(100_000), "a"));
    }
}
