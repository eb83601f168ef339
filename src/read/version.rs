//! Version rules written any way, as Cargo writes them: `1.0.x` → `1.0.*`, "below 1.0" → `<1.0`, "the two most recent minors".

/// One rule, and what was left of the text beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The rule (spec: Normalising).
    pub(super) rule: String,
    /// The words around it that are no part of any rule ("LTS").
    pub(super) rest: String,
}

/// A version as written: the numbers before the first wildcard, whether a wildcard followed, the rest ("-beta.2").
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    parts: Vec<String>,
    wild: bool,
    tail: String,
}

/// Reads `1.2.3`, `v1.x`, `0.9.*`, `2024.1`, `1.0.0-beta.2`; nothing else.
fn version(word: &str) -> Option<Version> {
    let word = word.trim_matches(|c: char| matches!(c, '`' | '"' | '\'' | '*' | '_' | ',' | ')' | '(' | '.' | ':' | ';') && c != '*');
    let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
    if !bare.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (numbers, tail) = bare.find(['-', '+']).map_or((bare, ""), |at| bare.split_at(at));
    let mut parts = Vec::new();
    let mut wild = false;
    for part in numbers.split('.') {
        if part.chars().all(|c| c.is_ascii_digit()) && !part.is_empty() && !wild && part.len() < 9 {
            parts.push(part.to_owned());
        } else if matches!(part, "x" | "X" | "*" | "xx" | "y" | "z" | "Y" | "Z" | "Xx") {
            wild = true;
        } else {
            return None;
        }
    }
    // "1.70.x-lts": a series with a name has no pre-release.
    let tail = if wild { "" } else { tail };
    (parts.len() <= 3).then(|| Version { parts, wild, tail: tail.to_owned() })
}

impl Version {
    fn number(&self) -> String {
        format!("{}{}", self.parts.join("."), self.tail)
    }

    /// The rule where no operator stands before it.
    fn alone(&self) -> String {
        if self.parts.len() == 3 || !self.tail.is_empty() { format!("={}", self.number()) } else { format!("{}.*", self.parts.join(".")) }
    }

    /// Whether it is a number alone ("2"), which may be a count.
    fn is_bare(&self) -> bool {
        self.parts.len() == 1 && !self.wild && self.tail.is_empty()
    }

    /// Whether `next` is the series after this one.
    fn is_before(&self, next: &Self) -> bool {
        let number = |version: &Self| version.parts.last().and_then(|last| last.parse::<u64>().ok());
        self.parts.len() == next.parts.len()
            && self.parts.split_last().map(|(_, head)| head) == next.parts.split_last().map(|(_, head)| head)
            && matches!((number(self), number(next)), (Some(a), Some(b)) if a.abs_diff(b) == 1)
    }
}

/// Whether `word` is a version.
pub(super) fn is_version(word: &str) -> bool {
    version(word).is_some()
}

/// Whether `word` is a version of two numbers or more, or one with a wildcard or a "v": in prose a bare "3" is none.
pub(super) fn is_clear_version(word: &str) -> bool {
    let prefixed = word.trim_start_matches(['`', '(', '"']).starts_with(['v', 'V']);
    version(word).is_some_and(|version| version.parts.len() > 1 || version.wild || prefixed)
}

/// Operators in words and signs, the longer first, and the sign each stands for.
const BEFORE: &[(&str, &str)] = &[
    (">=", ">="),
    ("=>", ">="),
    ("≥", ">="),
    ("&gt;=", ">="),
    ("<=", "<="),
    ("=<", "<="),
    ("≤", "<="),
    (">", ">"),
    ("<", "<"),
    ("==", "="),
    ("=", "="),
    ("^", "^"),
    ("~", "~"),
    ("older than", "<"),
    ("earlier than", "<"),
    ("lower than", "<"),
    ("less than", "<"),
    ("newer than", ">"),
    ("greater than", ">"),
    ("later than", ">"),
    ("higher than", ">"),
    ("prior to", "<"),
    ("up to", "<="),
    ("at least", ">="),
    ("before", "<"),
    ("below", "<"),
    ("under", "<"),
    ("pre-", "<"),
    ("since", ">="),
    ("starting with", ">="),
    ("from", ">="),
    ("after", ">"),
    ("above", ">"),
    ("until", "<"),
    ("through", "<="),
];

/// Operators after a version.
const BEHIND: &[(&str, &str)] = &[
    ("+", ">="),
    ("and later", ">="),
    ("and newer", ">="),
    ("and above", ">="),
    ("and up", ">="),
    ("and higher", ">="),
    ("or later", ">="),
    ("or newer", ">="),
    ("or above", ">="),
    ("or higher", ">="),
    ("or greater", ">="),
    ("and greater", ">="),
    ("onwards", ">="),
    ("and onward", ">="),
    ("and onwards", ">="),
    ("and below", "<="),
    ("and older", "<="),
    ("and earlier", "<="),
    ("and lower", "<="),
    ("and prior", "<="),
    ("or older", "<="),
    ("or earlier", "<="),
    ("or below", "<="),
    ("or lower", "<="),
    ("and under", "<="),
];

/// The rules that a cell or list item names: one, or several where the versions listed do not follow one another.
pub(super) fn rules(cell: &str) -> Vec<Rule> {
    let whole = clean(cell);
    let outside = without_asides(&whole);
    let text = if versions_of(&outside).0.is_empty() && word_rule(&outside).is_none() { whole } else { outside };
    if let Some(rule) = named(&text) {
        return vec![Rule { rule, rest: String::new() }];
    }
    // "Latest published 0.x release", "latest main / newest tag"
    let opens = ["latest ", "newest ", "most recent ", "current "].iter().any(|word| text.starts_with(word));
    let parts: Vec<_> = text.split(" / ").map(word_rule).collect();
    if parts.len() > 1
        && let Some(mut rules) = parts.into_iter().collect::<Option<Vec<_>>>()
    {
        rules.dedup();
        return rules.into_iter().map(|rule| Rule { rule, rest: String::new() }).collect();
    }
    if opens && let Some(rule) = word_rule(&text).filter(|_| ["release", "version", "tag"].iter().any(|noun| text.contains(noun))) {
        return vec![Rule { rule, rest: String::new() }];
    }
    let text = until_a_date(&text);
    let (versions, rest) = versions_of(text);
    // "Latest 2 minor series": a count, and no version.
    let counted = versions.iter().all(|one| one.is_bare()) && ["latest", "newest", "recent", "last"].iter().any(|word| text.contains(word));
    if let Some(rule) = word_rule(text).filter(|rule| counted && rule.starts_with("latest-")) {
        return vec![Rule { rule, rest: String::new() }];
    }
    let operator = BEFORE.iter().find(|(words, _)| leads(text, words)).map(|&(_, sign)| sign);
    let range =
        versions.len() == 2 && [" - ", " – ", "–", " — ", " to ", " through ", "..", " until ", "-"].iter().any(|sign| between(text, sign));
    let behind = BEHIND
        .iter()
        .find(|(words, _)| text.trim_end_matches([')', '.']).ends_with(words) || text.contains(&format!("{words} ")) && *words != "+")
        .map(|&(_, sign)| sign);
    let rule = match (versions.as_slice(), operator, behind) {
        ([], ..) => return word_rule(text).map(|rule| Rule { rule, rest: String::new() }).into_iter().collect(),
        ([low, high], Some(">=" | ">"), _) if !range && (text.contains('<') || text.contains('≤')) => {
            let upper = if text.contains("<=") || text.contains('≤') { "<=" } else { "<" };
            let lower = if text.contains(">=") || text.contains('≥') { ">=" } else { ">" };
            format!("{lower}{}, {upper}{}", low.number(), high.number())
        }
        ([low, high], ..) if range => format!(">={}, <={}", low.number(), high.number()),
        ([one], Some(sign), _) => format!("{sign}{}", one.number()),
        ([one], None, Some(sign)) => format!("{sign}{}", one.number()),
        ([one], None, None) => one.alone(),
        (all, ..) => return listed(all),
    };
    vec![Rule { rule, rest }]
}

/// "1.x until 2027-01-31": the text before the date on which support ends.
fn until_a_date(text: &str) -> &str {
    let Some((_, at)) = super::date::first(text) else { return text };
    let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '(', ',', ':']);
    let end = ["until", "till", "through", "eol", "ends", "supported"].iter().find_map(|word| before.strip_suffix(word));
    end.map(str::trim_end).filter(|rest| !rest.is_empty()).unwrap_or(text)
}

/// "0.5, 0.6" is one range; "1.x, 3.x" are two rules.
fn listed(all: &[Version]) -> Vec<Rule> {
    let runs_on = all.windows(2).all(|pair| matches!(pair, [a, b] if a.is_before(b)));
    if runs_on && let [first, .., last] = all {
        let ascending = first.parts < last.parts
            || first.parts.last().and_then(|p| p.parse::<u64>().ok()) < last.parts.last().and_then(|p| p.parse::<u64>().ok());
        let (low, high) = if ascending { (first, last) } else { (last, first) };
        return vec![Rule { rule: format!(">={}, <={}", low.number(), high.number()), rest: String::new() }];
    }
    all.iter().map(|one| Rule { rule: one.alone(), rest: String::new() }).collect()
}

/// Lower case, marks and markup away, spaces single.
fn clean(cell: &str) -> String {
    let lower = cell.to_lowercase().replace("&lt;", "<").replace("&gt;", ">");
    let marks = |c: char| matches!(c, '`' | '*' | '_' | '"' | '✅' | '❌' | '✔' | '✓' | '✗' | '✘' | '⚠' | '\u{fe0f}' | '|');
    let kept: String = lower.chars().map(|c| if marks(c) && c != '*' { ' ' } else { c }).collect();
    let spaced = kept.replace(" .x", ".x").replace("**", " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text without what stands in round brackets: "Latest release (0.x)" is the latest release.
fn without_asides(text: &str) -> String {
    let mut depth = 0_usize;
    let kept = text.chars().filter(|&c| {
        depth = if c == '(' { depth + 1 } else { depth };
        let outside = depth == 0;
        depth = if c == ')' { depth.saturating_sub(1) } else { depth };
        outside
    });
    kept.collect::<String>().trim().to_owned()
}

fn leads(text: &str, words: &str) -> bool {
    let letters = words.chars().all(|c| c.is_alphabetic() || c == ' ');
    text.find(words).is_some_and(|at| {
        let rest = text.get(at + words.len()..).unwrap_or_default();
        let rest = rest.trim_start().trim_start_matches("version ").trim_start_matches("versions ").trim_start_matches("the ");
        let first = rest.trim_start_matches(['v', ' ']).chars().next();
        let fresh = at == 0 || text.get(..at).is_some_and(|before| before.ends_with([' ', '(', ',', '/']));
        first.is_some_and(|c| c.is_ascii_digit()) && (!letters || fresh)
    })
}

fn between(text: &str, sign: &str) -> bool {
    text.match_indices(sign).any(|(at, _)| {
        let before = text.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, 'x' | '*')));
        let after = text.get(at + sign.len()..).unwrap_or_default().trim_start_matches('v');
        before && after.starts_with(|c: char| c.is_ascii_digit()) && (sign != "-" || after.contains('.'))
    })
}

fn versions_of(text: &str) -> (Vec<Version>, String) {
    let mut versions = Vec::new();
    let mut rest = Vec::new();
    // A hyphen between two versions is a range: it must not read as a pre-release.
    for word in text.split([' ', ',', '/', '(', ')', '–', '—', '<', '>', '=', '≥', '≤', '~', '^', '&', ';']).filter(|word| !word.is_empty())
    {
        let parts: Vec<_> = word.split('-').collect();
        let range =
            parts.len() == 2 && parts.iter().all(|part| version(part).is_some_and(|version| version.parts.len() > 1 || version.wild));
        let words = if range { parts } else { vec![word] };
        for word in words {
            // "acme-0.4.x": the crate's name before its version
            let numbered = word.rsplit_once('-').filter(|(name, number)| name.starts_with(char::is_alphabetic) && is_clear_version(number));
            match version(word.trim_end_matches('+')).or_else(|| version(numbered?.1)) {
                Some(found) if versions.len() < 32 => versions.push(found),
                Some(_) => {}
                None => rest.push(word),
            }
        }
    }
    (versions, rest.join(" "))
}

/// The branch that a cell names: "`next`", "dev branch"; in a column of branches any name.
pub(super) fn branch(cell: &str, of_branches: bool) -> Option<String> {
    let text = without_asides(&clean(cell));
    let (name, told) = text.strip_suffix(" branch").map_or((text.as_str(), of_branches), |name| (name, true));
    let name = name.strip_prefix("the ").unwrap_or(name);
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && !is_version(name);
    let own = matches!(name, "main" | "master" | "head" | "nightly" | "trunk" | "default" | "development");
    let words = matches!(
        name,
        "latest"
            | "newest"
            | "current"
            | "older"
            | "other"
            | "others"
            | "all"
            | "any"
            | "stable"
            | "release"
            | "pre-release"
            | "unreleased"
    );
    // Outside a column of branches a word that means nothing else, or a path.
    let known = matches!(name, "dev" | "develop" | "next" | "beta" | "edge" | "staging" | "canary") || name.contains('/');
    let named = if told { !own && (name == "stable" || name == "release" || !words) } else { known };
    (is_name && named).then(|| format!("branch:{name}"))
}

/// Rules that are words alone, before any number is looked at.
fn named(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '<' | '*'));
    match text {
        "*" | "all" | "all versions" | "any" | "all releases" => Some("all".into()),
        "< latest" | "<latest" => Some("older".into()),
        _ => None,
    }
}

/// Number words for "the two most recent minors".
const COUNTS: &[&str] = &["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// The number of releases, two to twelve, that a word or numeral counts.
pub(super) fn count(word: &str) -> Option<u32> {
    let named = COUNTS.iter().position(|name| *name == word).and_then(|index| u32::try_from(index + 2).ok());
    named.or_else(|| word.parse().ok().filter(|count| (2..=12).contains(count) && word.len() <= 2))
}

/// The rule that words alone name: "latest", "the last three minor releases", "main", "older".
pub(super) fn word_rule(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '<').filter(|word| !word.is_empty()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let level = |plain: &str| {
        let major = has(&["major", "majors"]);
        if has(&["minor", "minors"]) || !major && has(&["line", "lines", "series"]) {
            "minors".to_owned()
        } else if major {
            "majors".to_owned()
        } else {
            plain.to_owned()
        }
    };
    let newest = has(&["latest", "newest", "recent", "recently", "current", "last", "currently"]);
    if has(&["main", "master", "head", "nightly", "trunk"]) && !has(&["minor", "major", "stable"]) {
        return Some("branch:main".into());
    }
    if words.first() == Some(&"<")
        || has(&[
            "older", "earlier", "other", "others", "else", "old", "prior", "legacy", "rest", "obsolete", "outdated", "archived", "eol",
        ]) && !newest
        || has(&["other", "older", "others"]) && has(&["all", "any", "every"])
        || text.starts_with("older")
    {
        return Some("older".into());
    }
    // "Releases within the previous three months" counts no releases.
    if has(&["month", "months", "weeks", "days", "year", "years"]) {
        return None;
    }
    let previous = has(&["previous", "preceding"]);
    let count = words.iter().find_map(|word| count(word));
    if let Some(count) = count.filter(|_| newest || previous || has(&["releases", "minors", "majors", "versions"])) {
        return Some(format!("latest-{count}-{}", level("releases")));
    }
    // "Previous patch releases" are all of them.
    if previous && !newest && has(&["releases", "versions"]) {
        return Some("older".into());
    }
    if previous {
        return Some(format!("latest-2-{}", level("releases")));
    }
    if newest {
        return Some(match level("").as_str() {
            "minors" => "latest-minor".into(),
            "majors" => "latest-major".into(),
            _ => "latest".into(),
        });
    }
    if has(&["main", "master", "head", "nightly", "trunk", "dev", "development", "develop", "unreleased", "git", "pre", "canary"]) {
        return Some("branch:main".into());
    }
    if has(&["stable", "release"]) && words.len() <= 3 && !has(&["notes"]) {
        return Some("latest".into());
    }
    has(&["all", "any"]).then(|| "all".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        rules(text).into_iter().map(|rule| rule.rule).collect()
    }

    #[test]
    fn rules_are_read_however_they_are_written() {
        let cases: &[(&str, &[&str])] = &[
            ("1.0.x", &["1.0.*"]),
            ("`1.x.x`", &["1.*"]),
            ("v2", &["2.*"]),
            ("0.8", &["0.8.*"]),
            ("2.3.1", &["=2.3.1"]),
            ("1.0.6 (latest)", &["=1.0.6"]),
            ("0.9.*", &["0.9.*"]),
            ("< 1.0", &["<1.0"]),
            ("< 1.7.x", &["<1.7"]),
            ("Below 1.0", &["<1.0"]),
            ("older than v0.4", &["<0.4"]),
            (">= 0.4", &[">=0.4"]),
            ("≥ 1.2", &[">=1.2"]),
            ("1.2+", &[">=1.2"]),
            ("1.2 and later", &[">=1.2"]),
            ("1.2 and older", &["<=1.2"]),
            ("1.2 - 1.5", &[">=1.2, <=1.5"]),
            ("0.1.x–0.3.x", &[">=0.1, <=0.3"]),
            (">= 1.0, < 2.0", &[">=1.0, <2.0"]),
            ("0.5, 0.6", &[">=0.5, <=0.6"]),
            ("3.x, 1.x", &["3.*", "1.*"]),
            ("1.0.0-beta.2", &["=1.0.0-beta.2"]),
            ("Acme 2 LTS", &["2.*"]),
            ("latest", &["latest"]),
            ("Latest stable", &["latest"]),
            ("Latest release (0.x)", &["latest"]),
            ("Latest 2 minor series", &["latest-2-minors"]),
            ("Latest major series", &["latest-major"]),
            ("Seven most recent releases", &["latest-7-releases"]),
            ("1.x until 2027-01-31", &["1.*"]),
            ("2.4 (EOL 2026-06-30)", &["2.4.*"]),
            ("Release notes", &[]),
            ("the two most recent minor versions", &["latest-2-minors"]),
            ("last three minor releases", &["latest-3-minors"]),
            ("current and previous major versions", &["latest-2-majors"]),
            ("main", &["branch:main"]),
            ("Pre-release / dev", &["branch:main"]),
            ("all other versions", &["older"]),
            ("< latest", &["older"]),
            ("Older", &["older"]),
            ("All versions", &["all"]),
            ("Notes", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), *expected, "{text}");
        }
    }
}
