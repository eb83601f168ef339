//! Where vulnerabilities are reported privately, and the key for encrypted reports.

mod chats;
mod emails;
mod github;
mod keys;
mod links;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::{Passage, Role};
use super::sentence::{Sentence, Text};
use crate::commitment::{Channel, Kind, Strength};

/// How many passages further on the address is looked for that a sentence introduces ("… through:").
const REACH: usize = 6;

/// Reads channels and keys.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    let mut reading = Reading { text, found, advisory: None, emailed: false, platforms: Vec::new() };
    for sentence in &text.sentences {
        let Some(passage) = text.passage(sentence.passage).filter(|passage| !is_badges(passage)) else { continue };
        if let Role::Heading(_) = passage.role {
            reading.heading(sentence, passage);
            continue;
        }
        reading.emails(sentence, passage);
        reading.github(sentence, passage);
        reading.links(sentence, passage);
        reading.chats(sentence, passage);
        reading.slot(sentence, passage);
    }
    for sentence in &text.sentences {
        if let Some(passage) = text.passage(sentence.passage).filter(|passage| !is_badges(passage)) {
            reading.pointed(sentence, passage);
            if !matches!(passage.role, Role::Heading(_)) {
                reading.named_platform(sentence);
            }
        }
    }
    keys::keys(text, found);
}

struct Reading<'a, 't> {
    text: &'a Text<'t>,
    found: &'a mut Vec<Found>,
    /// Where GitHub's own reporting was found first.
    advisory: Option<usize>,
    /// Whether an address was found.
    emailed: bool,
    /// The platforms found so far: each is listed once.
    platforms: Vec<&'static str>,
}

/// Whether the passage stands where reporting is told: by its headings and lead-ins, or the policy has no other.
fn reporting_section(text: &Text<'_>, passage: usize) -> bool {
    let mut around = text.around(passage).peekable();
    around.peek().is_none()
        || around.any(|sentence| {
            sentence.says(Concept::Report)
                || sentence.says(Concept::Email)
                || sentence.says(Concept::Disclose)
                || sentence.words.len() <= 3 && sentence.words.word(0) == "security"
                || (0..sentence.words.len()).any(|index| {
                    matches!(
                        sentence.words.word(index),
                        "contact"
                            | "contacts"
                            | "contacting"
                            | "disclosure"
                            | "disclosures"
                            | "vulnerabilities"
                            | "vulnerability"
                            | "report"
                    )
                })
        })
}

/// Whether a passage is a row of badges, which tell nothing in words.
fn is_badges(passage: &Passage) -> bool {
    passage.links.iter().any(|link| link.image && (link.target.contains("shields.io") || link.target.contains("badge")))
}

fn part<'p>(passage: &'p Passage, sentence: &Sentence) -> &'p str {
    passage.text.get(sentence.range.clone()).unwrap_or_default()
}

impl Reading<'_, '_> {
    /// "Preferred: GitHub Security Advisories", "By mail: x@y.org" as a heading is itself the channel.
    fn heading(&mut self, sentence: &Sentence, passage: &Passage) {
        let named = sentence.says(Concept::Report) || sentence.says(Concept::Bounty) || sentence.says(Concept::Vulnerability);
        if !named && !reporting_section(self.text, sentence.passage) {
            return;
        }
        self.emails(sentence, passage);
        self.platforms(sentence, passage);
        if github::is_channel_heading(sentence) {
            self.github(sentence, passage);
        }
    }

    /// "Report bugs in third-party modules to their maintainers": so goes on the rest of the passage.
    fn is_of_others(&self, sentence: &Sentence) -> bool {
        self.text.sentences_of(sentence.passage).iter().take(8).take_while(|other| other.range.start <= sentence.range.start).any(|other| {
            let third = (0..other.words.len()).any(|at| other.words.word(at) == "third" && other.words.word(at + 1) == "party");
            third && other.says(Concept::Report) && other.words.word(0) == "report"
        })
    }

    /// The channel that the word `at` of the sentence names.
    fn push(&mut self, sentence: &Sentence, at: usize, channel: Channel, target: String, slot: bool) {
        let kind = Kind::ReportingChannel { channel, target };
        // An address that stands alone belongs to the sentence that introduces it.
        let lead = self.text.leads(sentence.passage).next().filter(|lead| {
            sentence.words.len() <= 2
                && matches!(self.text.passage(sentence.passage).map(|passage| passage.role), Some(Role::Paragraph))
                && !lead.words.word(0).is_empty()
        });
        let found = match lead {
            Some(lead) => Found::new(self.text, lead, 0..1, Extent::Sentence, kind),
            None => Found::new(self.text, sentence, sentence.opening(at)..at + 1, Extent::Words, kind),
        };
        let only_if = sentence.is_only_if(at);
        self.found.push(found.slot(slot).strength(if only_if { Strength::BestEffort } else { Strength::Firm }));
    }
}

/// The words that begin telling where to report, after a comma, an "or" or the like.
const OPENERS: &[&str] = &[
    "email",
    "e",
    "mail",
    "contact",
    "report",
    "send",
    "use",
    "submit",
    "message",
    "reach",
    "open",
    "alternatively",
    "write",
    "dm",
    "create",
    "file",
    "fill",
    "visit",
    "go",
    "see",
    "disclose",
];

impl Sentence {
    /// Whether the word `at` is the "issue" that is reported, not the one that somebody issues.
    pub(super) fn is_noun_issue(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |index| self.words.word(index));
        self.words.word(at) == "issue"
            && !matches!(before, "we" | "will" | "may" | "then" | "and" | "to" | "team" | "maintainers" | "also" | "can" | "")
    }

    /// Where the words begin that send the reporter to the word `at`: "If you …, **please email** x@y.org", "… or **by mail** to x@y.org".
    fn opening(&self, at: usize) -> usize {
        let asks = |index: usize| self.of(Concept::Ask).any(|ask| ask.words.start == index);
        (1..=at)
            .rev()
            .find(|&index| {
                let word = self.words.word(index);
                match self.words.word(index - 1) {
                    "," => OPENERS.contains(&word) || asks(index),
                    "or" | "and" | ":" => OPENERS.contains(&word) || index == at || asks(index) || matches!(word, "via" | "by" | "through"),
                    _ => {
                        word == "please"
                            || word == "you" && matches!(self.words.word(index + 1), "can" | "may" | "should" | "must" | "could")
                    }
                }
            })
            .unwrap_or(0)
    }

    /// Whether the channel that the word `at` names is there only "if enabled", "where available".
    fn is_only_if(&self, at: usize) -> bool {
        let ends_so = |index: usize| matches!(self.words.word(index), "enabled" | "available");
        let trails = self.of(Concept::HedgeAfter).any(|hit| hit.words.start >= at && ends_so(hit.words.end.saturating_sub(1)))
            || (at..at + 8).any(|index| {
                self.words.word(index) == "once" && ends_so(index + 1)
                    || self.words.word(index) == "(" && matches!(self.words.word(index + 1), "planned" | "soon")
            });
        let leads = || {
            (at..at + 8)
                .find(|&index| ends_so(index))
                .is_some_and(|end| matches!(self.words.word(end - 1), "is" | "are" | "be") && self.conditional(at) && self.conditional(end))
        };
        trails || leads()
    }

    /// Whether it tells where the project announces or coordinates, and does not send reporters anywhere.
    pub(super) fn is_about_publishing(&self) -> bool {
        let publishes =
            self.of(Concept::Announce).chain(self.of(Concept::Notice)).filter(|hit| !self.is_noun_issue(hit.words.start)).any(|hit| {
                let clause = self.clause(hit.words.start);
                self.of(Concept::We).any(|we| clause.contains(&we.words.start))
                    || self.says(Concept::Notice)
                    || hit.words.len() > 2
                    || self.words.word(hit.words.start.saturating_sub(1)) == "be"
                    || matches!(self.words.word(hit.words.start.saturating_sub(1)), "are" | "is")
            });
        // "Security advisory published on GitHub": a step of the project.
        let published = self.of(Concept::Advisory).any(|hit| {
            (hit.words.end..hit.words.end + 3)
                .any(|index| matches!(self.words.word(index), "published" | "issued" | "released" | "created" | "drafted"))
                || (hit.words.end..hit.words.end + 4).any(|index| {
                    matches!(self.words.word(index), "listed" | "found" | "viewed" | "browsed" | "available")
                        && matches!(self.words.word(index.saturating_sub(1)), "is" | "are" | "be")
                })
                || (hit.words.start.saturating_sub(4)..hit.words.start).any(|index| {
                    matches!(self.words.word(index), "listed" | "recorded")
                        && matches!(self.words.word(index.saturating_sub(1)), "is" | "are" | "be")
                })
                || (hit.words.start.saturating_sub(3)..hit.words.start)
                    .any(|index| matches!(self.words.word(index), "receive" | "receives"))
        });
        let discloses = self.of(Concept::Disclose).any(|hit| {
            self.of(Concept::We)
                .any(|we| we.words.end <= hit.words.start && hit.words.start < we.words.end + 3 && self.words.word(we.words.start) == "we")
        });
        let coordinates =
            self.says(Concept::Coordinated) && self.says(Concept::We) && !self.says(Concept::Ask) && !self.says(Concept::GithubReporting)
                || self.says(Concept::Coordinated) && (0..self.words.len()).any(|index| self.words.word(index).starts_with("coordinates"));
        let asks = self.of(Concept::Ask).any(|hit| hit.words.start == 0 || matches!(self.words.word(hit.words.start), "please"))
            || self.words.word(0).starts_with("report")
            || self.words.word(0) == "use"
            || self.words.word(0) == "submit";
        (publishes || published || discloses || coordinates || self.says(Concept::Credit) && self.says(Concept::Advisory)) && !asks
    }
}
