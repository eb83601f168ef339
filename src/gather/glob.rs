//! Glob patterns of paths, matched in bounded time: `*`, `?` and `[…]` within a folder's or file's name,
//! `**` for any number of folders.

/// Whether `path` (relative, `/` as separator) matches `pattern`. A pattern that ends in `/**` matches all
/// that lies below; a leading `./` and a trailing `/` mean nothing.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = parts(pattern).collect();
    let path: Vec<&str> = parts(path).collect();
    wild(&pattern, &path, &|part| *part == "**", &|part, name| name_matches(part, name))
}

/// Whether the name alone (no separator) matches the pattern's part.
pub fn name_matches(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    wild(&tokens(pattern), &name, &|token| matches!(token, Token::Any), &|token, c| token.takes(*c))
}

/// Whether a pattern's part has anything but plain characters in it.
pub fn is_pattern(part: &str) -> bool {
    part.contains(['*', '?', '['])
}

/// A path's parts, without empty ones and `.`.
pub fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".")
}

/// Matches with one point of return: the last wild item. At most `pattern · text` steps.
fn wild<P, T>(pattern: &[P], text: &[T], is_wild: &dyn Fn(&P) -> bool, one: &dyn Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(item) = text.get(t) {
        match pattern.get(p) {
            Some(wild) if is_wild(wild) => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(plain) if one(plain, item) => (p, t) = (p + 1, t + 1),
            Some(_) | None => match retry {
                Some((after, from)) => {
                    (p, t) = (after, from + 1);
                    retry = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(is_wild))
}

enum Token {
    Any,
    One,
    Char(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Token {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Any | Self::One => true,
            Self::Char(own) => *own == c,
            Self::Class { negated, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated,
        }
    }
}

fn tokens(pattern: &str) -> Vec<Token> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut tokens = Vec::new();
    let mut rest = chars.as_slice();
    while let [first, tail @ ..] = rest {
        rest = tail;
        tokens.push(match first {
            '*' => Token::Any,
            '?' => Token::One,
            '[' => match class(tail) {
                Some((token, after)) => {
                    rest = after;
                    token
                }
                None => Token::Char('['),
            },
            plain => Token::Char(*plain),
        });
    }
    tokens
}

/// What stands after a `[`: the class, and what follows its `]`; `None` where no `]` ends it.
fn class(rest: &[char]) -> Option<(Token, &[char])> {
    let (negated, rest) = match rest {
        ['!' | '^', tail @ ..] => (true, tail),
        tail => (false, tail),
    };
    // A `]` that stands first is itself.
    let end = 1 + rest.get(1..)?.iter().position(|c| *c == ']')?;
    let (mut inner, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    let mut ranges = Vec::new();
    loop {
        match inner {
            [from, '-', to, tail @ ..] => {
                ranges.push((*from, *to));
                inner = tail;
            }
            [one, tail @ ..] => {
                ranges.push((*one, *one));
                inner = tail;
            }
            [] => return Some((Token::Class { negated, ranges }, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stays_in_its_folder_and_two_stars_do_not() {
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
            ("crates/[", "crates/[", true),
            ("", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-d", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_made_to_explode_does_not() {
        let pattern = format!("{}b", "*a".repeat(5_000));
        assert!(!matches(&pattern, &"a".repeat(20_000)));
        assert!(!matches(&format!("{}b", "**/".repeat(5_000)), &"a/".repeat(5_000)));
    }
}
