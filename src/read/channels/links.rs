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
        let shown = passage
            .links
            .iter()
            .filter(|link| sentence.range.contains(&link.shown.start) && !link.image)
            .map(|link| (link.shown.start, link.target.as_str()));
        let all: Vec<(usize, &str)> =
            shown.chain(bare_links(part(passage, sentence)).map(|link| (sentence.range.start, link))).take(64).collect();
        let mut paged = false;
        for (at, target) in all {
            let lower = target.to_lowercase();
            let host = lower.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
            let platform = names::PLATFORMS.iter().any(|name| host.contains(name)) || host == "tidelift.com";
            let word = sentence.words.at(at);
            if platform
                && (sentence.says(Concept::Report) || sentence.says(Concept::Bounty) || reporting_section(self.text, sentence.passage))
                && !sentence.is_about_publishing()
            {
                self.push(sentence, Channel::Platform, lower.trim_end_matches('/').to_owned(), false);
            } else if !paged && self.is_form(sentence, &lower, host, word) {
                paged = true;
                self.push(sentence, Channel::Url, lower, false);
            }
        }
    }

    /// Whether a link is a page on which vulnerabilities are reported: the words send the reporter there.
    fn is_form(&self, sentence: &Sentence, target: &str, host: &str, word: usize) -> bool {
        let near = word.saturating_sub(7)..word;
        let sends = near.clone().any(|index| {
            let text = sentence.words.word(index);
            matches!(
                text,
                "at" | "via"
                    | "through"
                    | "using"
                    | "use"
                    | "contact"
                    | "to"
                    | "form"
                    | "on"
                    | "page"
                    | "maintainers"
                    | "see"
                    | "follow"
                    | "of"
                    | "visit"
                    | "refer"
                    | "our"
            )
        }) || (near.start..word + 6).any(|index| matches!(sentence.words.word(index), "form" | "maintainers"));
        let asks =
            sentence.says(Concept::Report) || (0..word).any(|index| matches!(sentence.words.word(index), "contact" | "reach" | "notify"));
        let page = is_page(target, host);
        let definition = sentence.denied(&(word..word + 1))
            || (near.start..word).any(|index| {
                matches!(
                    sentence.words.word(index),
                    "meets" | "definition" | "example" | "information" | "details" | "learn" | "more" | "read" | "adheres" | "adhere"
                )
            });
        let found = (near.start..word).any(|index| sentence.words.word(index) == "found") || sentence.says(Concept::Key);
        let polite = sentence.words.len() < 60;
        let platform_names = sentence.says(Concept::GithubReporting);
        page && sends
            && asks
            && polite
            && !definition
            && !found
            && !platform_names
            && !sentence.is_about_publishing()
            && !sentence.says(Concept::Bounty)
            && matches!(self.text.voice(sentence.passage), Voice::Ours | Voice::Reporters)
            && !sentence.says(Concept::ElseContact)
            && !sentence.says(Concept::Credit)
            && !host.starts_with("github.com")
            || self.is_stated_form(sentence, target, host)
    }

    /// "follow the policy at `<url>` to report": the words name what the page is for.
    fn is_stated_form(&self, sentence: &Sentence, target: &str, host: &str) -> bool {
        let told = target.contains("create-report")
            || target.contains("report-vulnerability")
            || target.contains("vulnerability-report")
            || target.contains("report-a-vulnerability")
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

pub(super) fn bare_links(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | '`'))
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(|word| word.trim_end_matches(['.', ',', ';', ':', ']', '*', '_']))
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
    ];
    let paths = ["/issues", "/releases", "/discussions", "pgp", "gpg"];
    target.starts_with("http")
        && !host.is_empty()
        && !address::is_advisory_form(target)
        && !target.ends_with(".asc")
        && !hosts.iter().any(|part| host.contains(part))
        && !paths.iter().any(|part| target.contains(part))
}
