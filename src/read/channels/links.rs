//! Platforms, web forms and pages on which vulnerabilities are reported.

use super::super::address;
use super::super::lexicon::Concept;
use super::super::markdown::Passage;
use super::super::names;
use super::super::sentence::{Sentence, Voice};
use super::{Reading, part, reporting_section};
use crate::commitment::Channel;

impl Reading<'_, '_> {
    /// Platforms, web forms and pages.
    pub(super) fn links(&mut self, sentence: &Sentence, passage: &Passage) {
        self.platforms(sentence, passage);
        let mut paged = false;
        for (word, target) in shown_links(sentence, passage) {
            let lower = target.to_lowercase();
            let host = host(&lower);
            if !paged && platform(sentence, passage, word, host).is_none() && self.is_form(sentence, &lower, host, word) {
                paged = true;
                self.push(sentence, word, Channel::Url, lower, false);
            }
        }
    }

    /// Links that lead to a platform, by their address or their words; each platform once.
    pub(super) fn platforms(&mut self, sentence: &Sentence, passage: &Passage) {
        let told = sentence.says(Concept::Report) || sentence.says(Concept::Bounty) || reporting_section(self.text, sentence.passage);
        if !told || sentence.is_about_publishing() {
            return;
        }
        for (word, target) in shown_links(sentence, passage) {
            let lower = target.to_lowercase();
            let Some(name) = platform(sentence, passage, word, host(&lower)) else { continue };
            let rules = is_read(&lower)
                || (word.saturating_sub(8)..word)
                    .any(|index| matches!(sentence.words.word(index), "consult" | "rules" | "within" | "read" | "example"));
            if !rules && !self.platforms.contains(&name) {
                self.platforms.push(name);
                self.push(sentence, word, Channel::Platform, lower.trim_end_matches('/').to_owned(), false);
            }
        }
    }

    /// "report it on HackerOne": a platform that is named; its link may stand elsewhere.
    pub(super) fn named_platform(&mut self, sentence: &Sentence) {
        if !sentence.says(Concept::Report) || !sentence.says(Concept::Ask) || !self.platforms.is_empty() {
            return;
        }
        let named = (1..sentence.words.len()).find_map(|index| {
            let name = names::PLATFORMS.iter().copied().find(|name| *name == sentence.words.word(index))?;
            let through = (index.saturating_sub(3)..index).any(|at| matches!(sentence.words.word(at), "on" | "via" | "through" | "using"));
            (through && !sentence.denied(&(index..index + 1))).then_some((index, name))
        });
        if let Some((index, name)) = named {
            let linked = self.text.document.passages.iter().flat_map(|passage| &passage.links).map(|link| link.target.to_lowercase());
            let target = linked.into_iter().find(|link| host(link).contains(name) && !is_read(link)).unwrap_or_default();
            self.platforms.push(name);
            self.push(sentence, index, Channel::Platform, target.trim_end_matches('/').to_owned(), false);
        }
    }

    /// Whether a link is a page on which vulnerabilities are reported: the words send the reporter there.
    fn is_form(&self, sentence: &Sentence, target: &str, host: &str, word: usize) -> bool {
        let other = sentence.of(Concept::Key).any(|hit| hit.words.start < word)
            || sentence.says(Concept::Bounty)
            || sentence.says(Concept::ElseContact)
            || sentence.says(Concept::Credit)
            || sentence.is_about_publishing()
            || sentence.of(Concept::GithubReporting).any(|hit| sentence.words.word(hit.words.start) != "report");
        // "contact [Jo](https://jo.dev) via email", "see … for scope and rewards"
        let other = other
            || sentence.has_word(&["via", "by"]) && sentence.says(Concept::Email)
            || sentence.words.word(0) == "see" && (!sentence.says(Concept::Report) || sentence.has_word(&["scope", "rewards"]))
            || sentence.has_word(&["discord", "slack", "telegram", "zulip"])
            || self.text.leads(sentence.passage).next().is_some_and(|lead| lead.has_word(&["information"]) && !lead.says(Concept::Ask))
            || self.is_of_others(sentence);
        is_page(target, host)
            && (!host.starts_with("github.com") || is_contact_page(sentence, target, word))
            && sentence.words.len() < 60
            && matches!(self.text.voice(sentence.passage), Voice::Ours | Voice::Reporters)
            && !other
            && sends_to(sentence, word)
            && !is_reference(sentence, word)
            || self.is_stated_form(sentence, target, host)
    }

    /// "follow the policy at `<url>` to report": the words name what the page is for.
    fn is_stated_form(&self, sentence: &Sentence, target: &str, host: &str) -> bool {
        let told = target.contains("create-report")
            || target.contains("report-vulnerability")
            || target.contains("vulnerability-report")
            || target.contains("report-a-vulnerability")
            || target.ends_with("security.txt")
            || target.contains("security-policy") && sentence.says(Concept::Report);
        // "For more details visit …", "adheres to the policy at …": reading, not reporting.
        let reading =
            sentence.has_word(&["details", "information", "learn", "adheres", "adhere", "follows"]) && !sentence.has_word(&["please"]);
        told && !reading
            && target.starts_with("http")
            && !host.contains("github.com")
            && sentence.says(Concept::Report)
            && !sentence.says(Concept::Key)
            && !sentence.says(Concept::Email)
    }
}

/// The links of a sentence, shown or bare, each with its first word.
fn shown_links(sentence: &Sentence, passage: &Passage) -> Vec<(usize, String)> {
    let shown = passage.links.iter().filter(|link| sentence.range.contains(&link.shown.start) && !link.image);
    let shown = shown.map(|link| (sentence.words.at(link.shown.start), link.target.clone()));
    let bare = bare_links(part(passage, sentence)).map(|(at, link)| (sentence.words.at(sentence.range.start + at), link.to_owned()));
    shown.chain(bare).take(64).collect()
}

/// "the scope list", "the platform's rules": a page to read, not to report on.
fn is_read(lower: &str) -> bool {
    lower.split(['/', '#', '?']).skip(3).any(|step| ["policy", "rules", "scope", "terms"].iter().any(|read| step.contains(read)))
}

fn host(lower: &str) -> &str {
    lower.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default()
}

/// The platform that a link leads to: its host's, or the one that its own words name.
fn platform(sentence: &Sentence, passage: &Passage, word: usize, host: &str) -> Option<&'static str> {
    let by_host = names::PLATFORMS.iter().copied().find(|name| host.contains(name));
    let words = passage.links.iter().find(|link| sentence.words.at(link.shown.start) == word && sentence.range.contains(&link.shown.start));
    by_host.or_else(|| {
        let end = sentence.words.at(words?.shown.end);
        names::PLATFORMS.iter().copied().find(|name| (word..end).any(|index| sentence.words.word(index).contains(name)))
    })
}

/// "contact [the author](https://github.com/jo)", "the [contact addresses](https://github.com/acme/rocket#support)"
fn is_contact_page(sentence: &Sentence, target: &str, word: usize) -> bool {
    let path = target.split("github.com/").nth(1).unwrap_or_default().trim_end_matches('/');
    let profile = !path.is_empty() && !path.contains('/') || path.contains('#');
    // "the back-up contact": to whom it is escalated.
    profile
        && !sentence.has_word(&["back", "backup", "escalate", "escalation"])
        && (word.saturating_sub(5)..word + 3)
            .any(|index| matches!(sentence.words.word(index), "contact" | "contacting" | "contacts" | "reach" | "message"))
}

/// Words just before a link that lead to it.
const LEADING: &[&str] = &[
    "at",
    "via",
    "through",
    "using",
    "use",
    "contact",
    "to",
    "form",
    "on",
    "page",
    "maintainers",
    "see",
    "follow",
    "of",
    "visit",
    "refer",
    "our",
    "in",
    "proceed",
    "tracker",
];

/// Whether the words send a reporter to the link at `word`.
fn sends_to(sentence: &Sentence, word: usize) -> bool {
    let any = |range: std::ops::Range<usize>, words: &[&str]| range.into_iter().any(|index| words.contains(&sentence.words.word(index)));
    let leads = any(word.saturating_sub(7)..word, LEADING)
        || any(word.saturating_sub(3)..word, &["raise", "open", "file", "submit", "create", "fill"])
        || any(word.saturating_sub(7)..word + 6, &["form", "maintainers"])
        || any(word..word + 3, &["contact", "contacts"]);
    let asks = sentence.says(Concept::Report)
        || sentence.has_word(&["file", "create", "raise"]) && sentence.has_word(&["private", "confidential", "security"])
        || any(0..word + 3, &["contact", "reach", "notify"]);
    leads && asks
}

/// Whether the link at `word` only tells more: a definition, a page of persons beside an address, what the policy adheres to.
fn is_reference(sentence: &Sentence, word: usize) -> bool {
    const READ: &[&str] = &[
        "meets",
        "definition",
        "example",
        "information",
        "details",
        "learn",
        "more",
        "read",
        "adheres",
        "adhere",
        "complies",
        "comply",
        "found",
        "according",
    ];
    let near = word.saturating_sub(7)..word;
    let mailed = (0..sentence.words.len()).any(|index| sentence.words.word(index).contains('@'));
    let beside = mailed && !(near.start..word + 6).any(|index| matches!(sentence.words.word(index), "or" | "form" | "portal"));
    beside || sentence.denied(&(word..word + 1)) || near.into_iter().any(|index| READ.contains(&sentence.words.word(index)))
}

/// The addresses of pages that stand in a text as they are, each with its offset.
pub(super) fn bare_links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | '`');
    let mut open = 0;
    text.split(ends).filter_map(move |word| {
        let at = open;
        open += word.len() + text.get(at + word.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        (word.starts_with("http://") || word.starts_with("https://"))
            .then(|| (at, word.trim_end_matches(['.', ',', ';', ':', ']', '*', '_'])))
    })
}

/// Whether a link leads to a page of its own: no issue tracker, chat, key, documentation of the platform, or crate.
fn is_page(target: &str, host: &str) -> bool {
    let hosts = [
        "docs.github.com",
        "help.github.com",
        "wikipedia.org",
        "discord",
        "matrix.to",
        "keybase.io",
        "slack",
        "crates.io",
        "t.me",
        "signal.",
        "twitter.com",
        "x.com",
        "mastodon",
        "zulip",
        "linkedin.com",
    ];
    let paths = ["/issues", "/releases", "/discussions", "pgp", "gpg"];
    target.starts_with("http")
        && !host.is_empty()
        && !address::is_advisory_form(target)
        && !target.ends_with(".asc")
        && !host.starts_with("chat.")
        && !hosts.iter().any(|part| if *part == "x.com" { host == *part } else { host.contains(part) })
        && (!paths.iter().any(|part| target.contains(part)) || target.contains("confidential"))
}
