//! One Rust source as tokens: where `unsafe` stands, which files it declares, what it states for its crate.

use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree, extra};

/// How deep groups may nest.
const DEEPEST: usize = 200;
/// Macros whose tokens are somebody else's code, or text.
const QUOTING: &[&str] = &["quote", "quote_spanned", "parse_quote", "parse_quote_spanned", "stringify"];

/// What one source shows.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    /// Whether `#![cfg(test)]` stands at its top.
    pub(super) test_only: bool,
    /// `unsafe` blocks, functions, impls, traits and attributes; and whether it is only built for tests.
    pub(super) found: Vec<(Range<usize>, bool)>,
    /// The files that it declares.
    pub(super) modules: Vec<Module>,
    /// Code that is made elsewhere, with why it is not seen; and whether it is only built for tests.
    pub(super) unseen: Vec<(String, bool)>,
    /// The level of `unsafe_code` that an inner attribute states.
    pub(super) level: Option<&'static str>,
    /// Where it states it.
    pub(super) level_at: Option<Range<usize>>,
}

/// One file that a source declares.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Module {
    /// The inline modules around it.
    pub(super) inside: Vec<String>,
    /// How it is named.
    pub(super) from: From,
    /// Whether it is only built for tests.
    pub(super) test: bool,
}

/// How a source names another file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum From {
    /// `mod name;`
    Name(String),
    /// `#[path = "…"] mod name;`
    Path(String),
    /// `include!("…")`
    Include(String),
}

/// The levels of a lint, the strictest first.
pub(super) const LEVELS: [&str; 5] = ["forbid", "deny", "warn", "expect", "allow"];

/// Reads one source.
///
/// # Errors
/// A half-sentence where it is no Rust, or nested too deep.
pub(super) fn scan(text: &str) -> Result<Scanned, String> {
    // Most sources hold none of the words that could matter: they need no parsing to say so.
    if !["unsafe", "mod", "include"].iter().any(|word| has_word(text, word)) && !text.contains("unsafe_code") {
        return Ok(Scanned::default());
    }
    // Every text that is parsed stays in the thread's map of positions until this.
    extra::invalidate_current_thread_spans();
    // A shebang is no token; the same number of bytes keeps every position.
    let blank = text.starts_with("#!") && !text.trim_start_matches("#!").trim_start().starts_with('[');
    let end = if blank { text.find('\n').unwrap_or(text.len()) } else { 0 };
    let (head, rest) = text.split_at(end);
    // The parser goes deeper on the stack with every group: too many are refused before it sees them.
    if nests_too_deep(rest) {
        return Err("its brackets nest too deep".into());
    }
    let tokens = TokenStream::from_str(rest).map_err(|error| {
        let line = error.span().start().line + usize::from(blank && !rest.is_empty()) * head.lines().count().saturating_sub(1);
        format!("it does not parse as Rust (line {line})")
    })?;
    let mut scanner = Scanner { scanned: Scanned::default(), inside: Vec::new(), offset: head.len() };
    scanner.group(tokens, false, 0)?;
    Ok(scanner.scanned)
}

/// Whether a word stands in the text, not as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let (before, rest) = text.split_at(at);
        !part(before.chars().next_back()) && !part(rest.get(word.len()..).and_then(|rest| rest.chars().next()))
    })
}

fn nests_too_deep(text: &str) -> bool {
    // An upper bound: brackets in strings and comments count too, which is why it is generous.
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST * 10
    })
}

struct Scanner {
    scanned: Scanned,
    inside: Vec<String>,
    offset: usize,
}

/// What stands before the item that is being read.
#[derive(Default)]
struct Before {
    test: bool,
    path: Option<String>,
    /// Where the item ends.
    until: Until,
}

/// What ends the item that an attribute stands on.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    /// A field, a variant, an arm: a comma, or any of the below.
    #[default]
    Comma,
    /// A function, a type, an impl: its braces, or a semicolon.
    Brace,
    /// A statement or a constant: a semicolon alone.
    Semicolon,
}

impl Before {
    /// A word that tells what sort of item it is.
    fn word(&mut self, word: &str) {
        match word {
            "fn" | "impl" | "struct" | "enum" | "trait" | "union" | "extern" | "macro_rules" => self.until = Until::Brace,
            "let" | "const" | "static" | "use" | "type" => self.until = Until::Semicolon,
            _ => {}
        }
    }

    /// The item ends here, if it ends at the latest with `end`.
    fn end(&mut self, end: Until) {
        if self.until <= end {
            *self = Self::default();
        }
    }
}

impl Scanner {
    fn group(&mut self, tokens: TokenStream, test: bool, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err("its brackets nest too deep".into());
        }
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut before = Before::default();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let rest = tokens.get(at + 1..).unwrap_or_default();
            at += 1 + match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => self.attribute(rest, &mut before, test),
                TokenTree::Ident(ident) if *ident == "unsafe" => self.unsafe_word(token, rest, test || before.test),
                TokenTree::Ident(ident) if *ident == "mod" => self.module(rest, &mut before, test, depth)?,
                TokenTree::Ident(name) if punct(rest.first(), '!') => {
                    self.macro_call(&name.to_string(), rest, test || before.test, depth)?
                }
                TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ',') => {
                    before.end(if punct.as_char() == ';' { Until::Semicolon } else { Until::Comma });
                    0
                }
                TokenTree::Group(group) => {
                    self.group(group.stream(), test || before.test, depth + 1)?;
                    if group.delimiter() == Delimiter::Brace {
                        before.end(Until::Brace);
                    }
                    0
                }
                TokenTree::Ident(word) => {
                    before.word(&word.to_string());
                    0
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => 0,
            };
        }
        Ok(())
    }

    fn span(&self, token: &TokenTree) -> Range<usize> {
        let span = token.span().byte_range();
        span.start + self.offset..span.end + self.offset
    }

    /// `#[…]` or `#![…]`; how many tokens it takes after the `#`.
    fn attribute(&mut self, rest: &[TokenTree], before: &mut Before, test: bool) -> usize {
        let inner = punct(rest.first(), '!');
        let skip = usize::from(inner);
        let Some(TokenTree::Group(group)) = rest.get(skip).filter(|token| is_group(token, Delimiter::Bracket)) else { return 0 };
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let name = tokens.first().map(ToString::to_string).unwrap_or_default();
        let arguments = tokens.get(1).and_then(|token| if let TokenTree::Group(group) = token { Some(group) } else { None });
        let for_tests = name == "test" && tokens.len() == 1 || name == "cfg" && arguments.is_some_and(only_tests);
        if for_tests && inner && self.inside.is_empty() {
            self.scanned.test_only = true;
        }
        before.test |= for_tests && !inner;
        if let Some(level) = LEVELS.iter().find(|level| **level == name).filter(|_| inner && self.inside.is_empty())
            && arguments.is_some_and(names_the_lint)
        {
            self.scanned.level.get_or_insert(level);
            self.scanned.level_at.get_or_insert(self.span(&TokenTree::Group(group.clone())));
        }
        match (name.as_str(), tokens.get(2)) {
            ("path", Some(literal)) => before.path = string(literal),
            ("unsafe", _) => {
                if let Some(token) = tokens.first() {
                    let span = self.span(token);
                    self.scanned.found.push((span, test || before.test));
                }
            }
            _ => {}
        }
        skip + 1
    }

    /// What the word `unsafe` begins; how many tokens after it are done with.
    fn unsafe_word(&mut self, word: &TokenTree, rest: &[TokenTree], test: bool) -> usize {
        // `unsafe extern "C" {…}` and `type F = unsafe extern "C" fn()` only say what others do.
        let mut next = 0;
        let mut foreign = false;
        while let Some(TokenTree::Ident(ident)) = rest.get(next) {
            foreign |= *ident == "extern";
            if !["extern", "const", "async", "auto"].iter().any(|word| ident == word) {
                break;
            }
            next += 1 + usize::from(matches!(rest.get(next + 1), Some(TokenTree::Literal(_))));
        }
        let counts = match rest.get(next) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                if foreign {
                    return next + 1;
                }
                true
            }
            Some(TokenTree::Ident(ident)) if *ident == "fn" => matches!(rest.get(next + 1), Some(TokenTree::Ident(_))),
            Some(TokenTree::Ident(ident)) => *ident == "impl" || *ident == "trait",
            Some(TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_)) | None => false,
        };
        if counts {
            let span = self.span(word);
            self.scanned.found.push((span, test));
        }
        0
    }

    /// `mod name;` or `mod name {…}`; how many tokens after `mod` are done with.
    fn module(&mut self, rest: &[TokenTree], before: &mut Before, test: bool, depth: usize) -> Result<usize, String> {
        let (Some(TokenTree::Ident(name)), Some(next)) = (rest.first(), rest.get(1)) else { return Ok(0) };
        let name = name.to_string().trim_start_matches("r#").to_owned();
        let Before { test: for_tests, path, .. } = std::mem::take(before);
        let test = test || for_tests;
        match next {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                self.inside.push(path.unwrap_or(name));
                let result = self.group(group.stream(), test, depth + 1);
                self.inside.pop();
                result?;
                Ok(2)
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                let from = path.map_or_else(|| From::Name(name), From::Path);
                self.scanned.modules.push(Module { inside: self.inside.clone(), from, test });
                Ok(2)
            }
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => Ok(0),
        }
    }

    /// `name!(…)`; how many tokens after the name are done with.
    fn macro_call(&mut self, name: &str, rest: &[TokenTree], test: bool, depth: usize) -> Result<usize, String> {
        let Some(TokenTree::Group(group)) = rest.get(1) else { return Ok(0) };
        if QUOTING.contains(&name) {
            return Ok(2);
        }
        if name == "include" {
            let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
            match tokens.first().and_then(string) {
                Some(path) => self.scanned.modules.push(Module { inside: self.inside.clone(), from: From::Include(path), test }),
                None => self.scanned.unseen.push(("it includes code that is made by a build".into(), test)),
            }
            return Ok(2);
        }
        self.group(group.stream(), test, depth + 1)?;
        Ok(2)
    }
}

fn punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn is_group(token: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter)
}

/// The text of a plain or raw string literal.
fn string(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    let text = literal.to_string();
    let text = text.trim_start_matches('r').trim_matches('#');
    Some(text.strip_prefix('"')?.strip_suffix('"')?.replace("\\\\", "/"))
}

/// `(test)`, or `(all(…, test, …))`.
fn only_tests(arguments: &Group) -> bool {
    let tokens: Vec<TokenTree> = arguments.stream().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(word)] => *word == "test",
        [TokenTree::Ident(word), TokenTree::Group(inner)] if *word == "all" => {
            let inner: Vec<TokenTree> = inner.stream().into_iter().collect();
            inner.split(|token| punct(Some(token), ',')).any(|part| matches!(part, [TokenTree::Ident(word)] if *word == "test"))
        }
        _ => false,
    }
}

fn names_the_lint(arguments: &Group) -> bool {
    arguments.stream().into_iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "unsafe_code"))
}
