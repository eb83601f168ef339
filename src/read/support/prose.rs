//! Support told in sentences: "only the latest release receives security fixes; older ones do not".

use std::ops::Range;

use jiff::civil::Date;

use super::super::found::Found;
use super::super::lexicon::Concept;
use super::super::sentence::{Sentence, Text, Voice};
use super::super::version;
use super::super::words::Hit;
use super::{Support, push, rows};
use crate::commitment::Kind;

/// A phrase of a sentence that names versions.
struct Named {
    rule: String,
    words: Range<usize>,
}

/// What the rows and items of the policy have said already.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) deny_older: bool,
    /// A row denies support to versions by their number.
    pub(super) deny_others: bool,
}

/// "Only the latest release receives security fixes; older ones do not."
pub(super) fn prose(text: &Text<'_>, sentence: &Sentence, rows: Rows, found: &mut Vec<Found>) {
    if matches!(text.voice(sentence.passage), Voice::Others | Voice::Scope) || is_of_the_future(sentence) || is_of_another_matter(sentence)
    {
        return;
    }
    let section = text.headings(sentence.passage).take(1).any(|heading| {
        heading.says(Concept::Supports) || (0..heading.words.len()).any(|index| heading.words.word(index).starts_with("version"))
    });
    let from = found.len();
    positive(text, sentence, section, rows, found);
    let told = found.iter().skip(from).any(|one| matches!(one.kind, Kind::SupportedVersions { supported: false, .. }));
    if !told && !rows.deny_older && !rows.deny_others {
        denied_release(text, sentence, section, found);
    }
}

/// "In the event of a new major version …": of what is not yet so.
fn is_of_the_future(sentence: &Sentence) -> bool {
    sentence.of(Concept::If).any(|hit| hit.words.start == 0)
        && (1..7).any(|index| sentence.words.word(index) == "new" && sentence.words.word(index - 1) != "the")
}

/// Of the compiler's version, or of what earns a bounty.
fn is_of_another_matter(sentence: &Sentence) -> bool {
    sentence.has_word(&["msrv", "rustc"]) || sentence.says(Concept::Bounty) && sentence.has_word(&["eligible"])
}

/// Reads the versions that the sentence names.
fn positive(text: &Text<'_>, sentence: &Sentence, section: bool, rows: Rows, found: &mut Vec<Found>) {
    let support: Vec<_> = sentence.of(Concept::Supports).map(|hit| hit.words.clone()).collect();
    let backports: Vec<_> = sentence
        .of(Concept::Backport)
        .filter(|hit| sentence.words.word(hit.words.start).starts_with("back"))
        .map(|hit| hit.words.clone())
        .collect();
    let stated = |words: &Range<usize>| {
        sentence.words.word(words.start).contains("support")
            && words
                .start
                .checked_sub(1)
                .is_some_and(|before| matches!(sentence.words.word(before), "is" | "are" | "all" | "still" | "longer"))
    };
    let strong = support.iter().any(|words| words.len() > 1 || stated(words))
        || !backports.is_empty()
        || sentence.words.word(0) == "security"
        || sentence.words.word(0) == "supported" && sentence.words.word(2) == ":";
    if support.is_empty() && backports.is_empty() || !(section || strong) || sentence.is_request() && !section {
        return;
    }
    let first_support = support.iter().chain(&backports).map(|words| words.start).min().unwrap_or_default();
    let weighs = |hit: &Hit<Concept>| sentence.words.word(hit.words.start).starts_with("consider") && hit.words.start <= first_support + 2;
    if sentence.of(Concept::Hedge).any(weighs) {
        return;
    }
    let example = sentence.first(Concept::Example).filter(|hit| hit.words.start == 0).is_some()
        || sentence.words.word(0) == "once"
        || follows_example(text, sentence);
    for named in named(sentence) {
        let clause = clause_of(sentence, &named.words);
        let inside = |words: &Range<usize>| words.start >= clause.start && words.end <= clause.end;
        let to = |words: &Range<usize>| {
            words.end <= named.words.start && (words.end..named.words.start).any(|index| sentence.words.word(index) == "to")
        };
        let governs = support.iter().any(|words| inside(words) || words.end <= named.words.start)
            || backports.iter().any(|words| inside(words) && (section || to(words) || named.rule == "older"));
        let hypothetical = named.rule.starts_with(|c: char| !c.is_alphabetic())
            && sentence.of(Concept::If).any(|hit| hit.words.start == 0)
            && sentence.conditional(named.words.start);
        if !governs
            || hypothetical
            || sentence.asked(named.words.start) && !section
            || asked_to_upgrade(sentence, &named.words)
            || example && named.rule != "older"
        {
            continue;
        }
        let denied = denies(sentence, &clause);
        let Some((rule, support)) = judged(sentence, &named, &clause, denied, !backports.is_empty() && !sentence.says(Concept::Not)) else {
            continue;
        };
        if rule != "older" || !rows.deny_others || support != Support::No {
            let until = until_told(text, sentence, &rule, &clause);
            push(text, sentence, named.words, rule, support, until, found);
        }
    }
}

/// "1.x is supported until 2027-01-31": the day on which the support of one series ends.
fn until_told(text: &Text<'_>, sentence: &Sentence, rule: &str, clause: &Range<usize>) -> Option<Date> {
    let numbered = !rule.starts_with(char::is_alphabetic);
    let passage = text.passage(sentence.passage).filter(|_| numbered)?;
    rows::until(passage.text.get(sentence.words.place(clause.clone()))?, false)
}

/// What the clause says of the versions named; `None` where it says nothing.
fn judged(sentence: &Sentence, named: &Named, clause: &Range<usize>, denied: bool, backported: bool) -> Option<(String, Support)> {
    let older = named.rule == "older" || denied && named.rule.starts_with("latest-2-");
    let unpromised = sentence.says(Concept::NoPromise);
    if older {
        let support = match (denied || unpromised, unpromised) {
            (_, true) => Support::Unpromised,
            (true, false) => Support::No,
            (false, false) if is_partial_help(sentence, &named.words) => Support::Partly,
            (false, false) => return None,
        };
        return Some(("older".into(), support));
    }
    let numbered = named.rule == "all" || named.rule.starts_with(|c: char| !c.is_alphabetic());
    if denied {
        return numbered.then(|| (named.rule.clone(), Support::No));
    }
    let serious = sentence.within(Concept::SeriousOnly, clause);
    let support = if serious { Support::Partly } else { Support::Yes };
    (named.rule != "branch:main" || !backported).then(|| (named.rule.clone(), support))
}

/// "For example, 2.0 is released in March. 1.x is then supported until May.": the example goes on.
fn follows_example(text: &Text<'_>, sentence: &Sentence) -> bool {
    let earlier = text.sentences_of(sentence.passage).iter().take(64).take_while(|other| other.range.start < sentence.range.start);
    earlier.into_iter().any(|other| other.of(Concept::Example).any(|hit| hit.words.start == 0))
}

/// "On request we patch older versions": help without a promise.
fn is_partial_help(sentence: &Sentence, at: &Range<usize>) -> bool {
    let verb = (at.end..at.end + 4).any(|index| {
        let word = sentence.words.word(index);
        ["receiv", "get", "patch", "support", "fix"].iter().any(|stem| word.starts_with(stem))
    });
    verb && (sentence.says(Concept::HedgeAfter) || sentence.says(Concept::Hedge))
        || sentence.words.word(0) == "on" && sentence.words.word(1) == "request"
}

/// "fixes are not backported", "we no longer provide updates for 0.6", "a 0.3 patch will not be made": older ones get none.
fn denied_release(text: &Text<'_>, sentence: &Sentence, section: bool, found: &mut Vec<Found>) {
    let backport = sentence.of(Concept::Backport).find(|hit| sentence.words.word(hit.words.start).starts_with("back"));
    if let Some(hit) = backport
        && (sentence.denied(&hit.words)
            || (hit.words.end..hit.words.end + 3).any(|index| sentence.words.word(index) == "not")
            || sentence.of(Concept::Hedge).any(|hedge| sentence.words.word(hedge.words.start).starts_with("consider")) && section)
    {
        push_denial(text, sentence, &hit.words, found);
        return;
    }
    let no_longer = sentence.of(Concept::Not).find(|hit| hit.words.len() == 2 && sentence.words.word(hit.words.start + 1) == "longer");
    if let Some(hit) = no_longer.filter(|_| section && sentence.says(Concept::Supports) && !sentence.says(Concept::Ask)) {
        push_denial(text, sentence, &hit.words, found);
        return;
    }
    let patch = sentence.of(Concept::PatchRelease).find(|hit| {
        let after = hit.words.end..hit.words.end + 4;
        section
            && after.clone().any(|index| sentence.words.word(index) == "not")
            && after.clone().any(|index| matches!(sentence.words.word(index), "be" | "make" | "release"))
    });
    if let Some(hit) = patch {
        push_denial(text, sentence, &hit.words, found);
    }
}

fn push_denial(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>, found: &mut Vec<Found>) {
    let clause = clause_of(sentence, at);
    let index = push(text, sentence, at.clone(), "older".into(), Support::No, None, found);
    if let Some(one) = found.get_mut(index).filter(|_| clause.start > 0) {
        one.range.start = sentence.words.place(clause.start.saturating_sub(1)..clause.end).start;
    }
}

fn asked_to_upgrade(sentence: &Sentence, at: &Range<usize>) -> bool {
    (at.start.saturating_sub(6)..at.start).any(|index| {
        let word = sentence.words.word(index);
        word.starts_with("upgrad")
            || word.starts_with("recommend")
            || matches!(
                word,
                "use" | "using" | "install" | "encouraged" | "move" | "switch" | "migrate" | "affects" | "update" | "running" | "affect"
            )
    })
}

/// The part of the sentence that the named versions are told of: between `;`, "but", "while", ", and".
fn clause_of(sentence: &Sentence, at: &Range<usize>) -> Range<usize> {
    let word = |index: usize| sentence.words.word(index);
    let ends = |index: usize| {
        matches!(word(index), ";" | "." | "but" | "while" | "whereas" | "although")
            || word(index) == "," && matches!(word(index + 1), "and" | "but" | "while" | "older" | "previous")
    };
    let start = (0..at.start).rev().find(|&index| ends(index)).map_or(0, |index| index + 1);
    // "… go to the latest release and will not be backported": what was said once is said again.
    let again = |index: usize| {
        word(index) == "and"
            && matches!(word(index + 1), "will" | "are" | "is" | "do" | "does" | "we")
            && sentence.of(Concept::Supports).any(|hit| hit.words.start >= start && hit.words.start < index)
    };
    let end = (at.end..sentence.words.len()).find(|&index| ends(index) || again(index)).unwrap_or(sentence.words.len());
    start..end
}

fn denies(sentence: &Sentence, clause: &Range<usize>) -> bool {
    let not = sentence.of(Concept::Not).any(|hit| {
        hit.words.start >= clause.start
            && hit.words.end <= clause.end
            && sentence.words.word(hit.words.start) != "rather"
            && sentence.words.word(hit.words.start) != "without"
    });
    let ended = sentence
        .of(Concept::Supports)
        .any(|hit| clause.contains(&hit.words.start) && matches!(sentence.words.word(hit.words.start), "end" | "eol" | "unsupported"));
    not || ended
}

/// The versions that a sentence names, by place; the longest phrase at each.
fn named(sentence: &Sentence) -> Vec<Named> {
    let words = &sentence.words;
    let mut all = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let one = noun_phrase(sentence, at).or_else(|| numbered(sentence, at));
        if let Some(one) = one {
            at = one.words.end;
            all.push(one);
        } else {
            at += 1;
        }
    }
    // "the latest released version, `1.0.6`, only": the number says the same again.
    let has_word_rule = all.iter().any(|one| one.rule.starts_with("latest"));
    if has_word_rule {
        all.retain(|one| one.rule.starts_with(|c: char| c.is_alphabetic()));
    }
    all
}

/// A version number, with an operator in front.
fn numbered(sentence: &Sentence, at: usize) -> Option<Named> {
    let word = sentence.words.word(at);
    if !version::is_clear_version(word) {
        return None;
    }
    let before = |back: usize| at.checked_sub(back).map_or("", |index| sentence.words.word(index));
    if matches!(before(1), "e.g" | "rust" | "cvss" | "from" | "tls" | "until" | "reaches" | "reach" | "reaching")
        || before(2) == "e.g"
        || matches!(before(1), "after" | "pre" | "post" | "to" | "when" | "once" | "since")
        || before(1) == "before" && !matches!(before(2), "anything" | "versions" | "releases" | "everything")
    {
        return None;
    }
    if sentence.in_example(at) {
        return None;
    }
    let text = (at.saturating_sub(2)..at + 3).map(|index| sentence.words.word(index)).collect::<Vec<_>>().join(" ");
    let own = version::rules(&text).into_iter().next().filter(|_| {
        text.contains("than")
            || text.contains("and later")
            || text.contains("and newer")
            || text.contains("and above")
            || text.contains("before ")
            || text.contains("prior to")
            || text.contains("below")
            || text.contains("or newer")
            || text.contains("or later")
    });
    let rule = own.map_or_else(|| version::rules(word).into_iter().next().map(|rule| rule.rule), |rule| Some(rule.rule))?;
    let on_branch = usize::from(sentence.words.word(at + 1) == "on") * 2;
    Some(Named { rule, words: at..at + 1 + on_branch })
}

/// Words that are things which versions are of; the phrase ends at one.
const NOUNS: &[&str] = &[
    "version", "versions", "one", "ones", "release", "releases", "minor", "minors", "major", "majors", "branch", "tag", "line", "lines",
    "series", "build", "builds", "patch", "snapshot",
];
/// Words that may stand inside such a phrase.
const INSIDE: &[&str] = &[
    "stable",
    "released",
    "published",
    "minor",
    "major",
    "patch",
    "tagged",
    "release",
    "version",
    "most",
    "recent",
    "recently",
    "latest",
    "current",
    "newest",
    "last",
    "previous",
    "supported",
    "in",
    "development",
    "public",
    "official",
    "and",
    "monthly",
    "weekly",
    "general",
    "availability",
    "ga",
    "or",
    "crates.io",
    "prior",
    "preceding",
    "stable",
    "lts",
    "the",
    "its",
    "non",
    "older",
    "maintained",
    "active",
    "currently",
];

/// "the two most recent minor versions", "the current stable release", "older releases", "the `main` branch".
fn noun_phrase(sentence: &Sentence, at: usize) -> Option<Named> {
    let words = &sentence.words;
    let first = words.word(at);
    if is_branch(sentence, at) {
        return branch_phrase(sentence, at);
    }
    if let Some(all) = every_version(sentence, at) {
        return Some(all);
    }
    let opens = matches!(first, "latest" | "newest" | "current" | "last" | "older" | "previous" | "earlier" | "old" | "prior" | "eol")
        || first == "most" && matches!(words.word(at + 1), "recent" | "recently")
        || first == "currently" && matches!(words.word(at + 1), "maintained" | "supported" | "active")
        || matches!(first, "all" | "any") && matches!(words.word(at + 1), "other" | "older" | "previous" | "earlier" | "others")
        || version::count(first).is_some() && matches!(words.word(at + 1), "most" | "latest" | "last" | "newest")
        || first == "other" && NOUNS.contains(&words.word(at + 1))
        || first == "versions" && matches!(words.word(at + 1), "older" | "prior" | "before");
    // "latest `main` and …", "current versions of another product"
    let elsewhere = at.checked_sub(1).is_some_and(|before| words.word(before) == "in") && words.word(at + 2) == "of";
    if !opens || is_branch(sentence, at + 1) || elsewhere {
        return None;
    }
    let noun = last_noun(sentence, at).or_else(|| matches!(first, "versions" | "all" | "older").then_some(at))?;
    let noun = noun + usize::from(noun == at && matches!(first, "all" | "any"));
    let text = (at..=noun).map(|index| words.word(index)).collect::<Vec<_>>().join(" ");
    // "the latest 0.1.x series" is that series.
    let series = matches!(words.word(noun), "series" | "line" | "branch");
    if let Some(number) =
        (at..noun).map(|index| words.word(index)).find(|word| series && word.contains('.') && version::is_clear_version(word))
    {
        let rule = version::rules(number).into_iter().next()?.rule;
        return (!rule.starts_with("0.*")).then_some(Named { rule, words: at..noun + 1 });
    }
    let patch_level = text.contains("latest patch version") || text.contains("latest patch release");
    // "the latest release of each series" is one a series; "of each of our packages" is not.
    let of_each = words.word(noun + 1) == "of"
        && matches!(words.word(noun + 2), "each" | "every" | "all" | "any")
        && !matches!(words.word(noun + 3), "of" | "package" | "crate");
    let rule = version::word_rule(&text).filter(|_| !patch_level && !of_each)?;
    Some(with_the_one_before(sentence, at, noun, rule))
}

/// "the current minor version and the one before it"
fn with_the_one_before(sentence: &Sentence, at: usize, noun: usize, rule: String) -> Named {
    let words = &sentence.words;
    let tail = (noun + 1..noun + 6).map(|index| words.word(index)).collect::<Vec<_>>();
    let and_before = matches!(tail.first(), Some(&("and" | "plus")))
        && tail.iter().any(|word| matches!(*word, "before" | "previous" | "predecessor" | "preceding" | "prior"))
        && !tail
            .iter()
            .take_while(|word| !matches!(**word, "before" | "previous" | "predecessor"))
            .any(|word| matches!(*word, "," | "older" | "are" | "is"));
    match rule.strip_prefix("latest").filter(|level| and_before && matches!(*level, "" | "-minor" | "-major")) {
        Some(level) => {
            let level = if level.is_empty() { "-release" } else { level };
            Named { rule: format!("latest-2{level}s"), words: at..noun + 5 }
        }
        None => Named { rule, words: at..noun + 1 },
    }
}

/// The last noun of the phrase that begins at the word `at`.
fn last_noun(sentence: &Sentence, at: usize) -> Option<usize> {
    let words = &sentence.words;
    let mut end = at + 1;
    let mut last_noun = None;
    let mut strangers = 0;
    while end < words.len() && end < at + 12 {
        let word = words.word(end);
        if NOUNS.contains(&word) {
            last_noun = Some(end);
            strangers = 0;
            // "the latest Foo minor release": goes on to the last noun.
            if !NOUNS.contains(&words.word(end + 1)) {
                break;
            }
        } else if !INSIDE.contains(&word) && !version::is_version(word) && version::count(word).is_none() {
            strangers += 1;
            // The product's own name may stand inside, once.
            if strangers > 1 || matches!(word, "," | ";" | "." | "(" | "is" | "are" | "will" | "at" | "of" | "for" | "to" | "on" | "with") {
                break;
            }
        }
        end += 1;
    }
    last_noun
}

fn is_branch(sentence: &Sentence, at: usize) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let first = word(at);
    matches!(first, "main" | "master" | "head" | "nightly" | "trunk")
        || first == "pre" && word(at + 1) == "release" && matches!(word(at + 2), "versions" | "builds" | "version" | "branch" | "releases")
        || first == "development" && matches!(word(at + 1), "version" | "branch" | "builds" | "versions")
        || first == "default" && word(at + 1) == "branch"
}

/// "the `main` branch", "nightly builds".
fn branch_phrase(sentence: &Sentence, at: usize) -> Option<Named> {
    let words = &sentence.words;
    let before = at.checked_sub(1).map_or("", |index| words.word(index));
    let on = before == "on" && at.checked_sub(2).is_some_and(|index| version::is_clear_version(words.word(index)));
    let after = words.word(at + 1);
    let adjective = words.word(at) == "main"
        && !matches!(after, "branch" | "is" | "and" | "," | "." | ")" | "" | "only" | "receives" | "receive" | "gets" | "line")
        && before != "on";
    let noun = usize::from(matches!(after, "branch" | "builds" | "version" | "release"));
    (!on && !adjective && !matches!(before, "from" | "into")).then(|| Named { rule: "branch:main".into(), words: at..at + 1 + noun })
}

/// "All versions", "no released version", "none of the releases".
fn every_version(sentence: &Sentence, at: usize) -> Option<Named> {
    let words = &sentence.words;
    let first = words.word(at);
    if matches!(first, "anything" | "everything") && words.word(at + 1) == "else" {
        return Some(Named { rule: "older".into(), words: at..at + 2 });
    }
    if !matches!(first, "all" | "any" | "every" | "no" | "none") {
        return None;
    }
    let noun = (at + 1..at + 5).find(|&index| NOUNS.contains(&words.word(index)))?;
    let plain = (at + 1..noun).all(|index| {
        first == "no" && words.word(index) == "supported"
            || matches!(words.word(index), "of" | "the" | "its" | "our" | "released" | "published" | "stable")
    });
    let whole =
        !matches!(words.word(noun + 1), "older" | "prior" | "before" | "below" | "that" | "which" | "branches" | "branch" | "notes");
    (plain && whole && !matches!(words.word(noun), "one" | "build" | "builds" | "patch" | "tag" | "branch"))
        .then(|| Named { rule: "all".into(), words: at..noun + 1 })
}
