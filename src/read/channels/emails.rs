//! E-mail addresses, the slots that stand where one should, and addresses that are only pointed to.

use super::super::address::{self, Email};
use super::super::lexicon::Concept;
use super::super::markdown::{Passage, Role};
use super::super::sentence::{Sentence, Text, Voice};
use super::{Reading, part, reporting_section};
use crate::commitment::{Channel, Kind};

impl Reading<'_, '_> {
    /// The addresses in the sentence, where they are for vulnerabilities.
    pub(super) fn emails(&mut self, sentence: &Sentence, passage: &Passage) {
        let mut shown = address::emails(part(passage, sentence));
        for email in &mut shown {
            email.range = sentence.range.start + email.range.start..sentence.range.start + email.range.end;
        }
        for link in &passage.links {
            let Some(target) = link.target.strip_prefix("mailto:") else { continue };
            if !(sentence.range.contains(&link.shown.start) || link.shown.is_empty() && link.shown.start == sentence.range.end) {
                continue;
            }
            let address = target.split('?').next().unwrap_or_default().to_lowercase();
            let inside = |email: &Email| link.shown.start <= email.range.start && email.range.start < link.shown.end;
            match shown.iter_mut().find(|email| inside(email) || email.address == address) {
                // "[security at acme dot dev](mailto:security@acme.dev)"
                Some(email) if !email.address.contains('@') => email.address = address,
                Some(_) => {}
                None => shown.push(Email { slot: address::is_slot(&address), address, range: link.shown.clone() }),
            }
        }
        if shown.is_empty() || !self.is_reporting(sentence) {
            return;
        }
        for email in shown.into_iter().take(64) {
            let at = sentence.words.at(email.range.start);
            let given_up = sentence
                .of(Concept::Not)
                .any(|not| sentence.words.word(not.words.end.saturating_sub(1)) == "longer" && not.words.start < at);
            if !given_up
                && !is_escalation(sentence, at)
                && !is_elsewhere(&email.address)
                && !is_of_key(sentence, at)
                && !sentence.is_given_as_example(at)
            {
                self.emailed = true;
                self.push(sentence, at, Channel::Email, email.address, email.slot);
            }
        }
    }

    /// Whether the address in the sentence is where vulnerabilities go: not feedback, support, keys, abuse.
    fn is_reporting(&self, sentence: &Sentence) -> bool {
        let elsewhere = sentence.of(Concept::ElseContact).any(|hit| !self.is_refused(sentence, hit.words.start))
            || !sentence.says(Concept::Report) && !sentence.says(Concept::Vulnerability) && self.follows_other_question(sentence);
        // "## Support", "## Prenotification"
        let headed = !sentence.says(Concept::Report)
            && !sentence.says(Concept::Vulnerability)
            && self.text.headings(sentence.passage).take(1).any(|heading| heading.says(Concept::ElseContact));
        let elsewhere = elsewhere || headed;
        // "General: hello@…" in a list of contacts
        let elsewhere = elsewhere
            || (sentence.words.len() <= 6 || (1..4).any(|at| sentence.words.word(at) == ":"))
                && LABELS.contains(&sentence.words.word(0))
                && !sentence.has_word(&["security"]);
        let row = matches!(self.text.passage(sentence.passage).map(|passage| passage.role), Some(Role::Row(_)));
        let key_row = row
            && (sentence.says(Concept::Key) || is_of_fingerprint(self.text, sentence))
            && !sentence.says(Concept::Report)
            && !sentence.says(Concept::Email);
        // "If you have questions about this policy, contact:"
        let led =
            self.text.leads(sentence.passage).next().is_some_and(|lead| lead.says(Concept::ElseContact) && !lead.says(Concept::Report));
        let elsewhere = elsewhere || led;
        let voice = self.text.voice(sentence.passage);
        let section = reporting_section(self.text, sentence.passage);
        !elsewhere
            && !key_row
            && (sentence.says(Concept::Report) || !sentence.is_about_publishing())
            && (section || sentence.says(Concept::Report) || sentence.says(Concept::Vulnerability))
            && (voice != Voice::Others || sentence.says(Concept::Report))
    }

    /// "General questions? Write to …": the question before says what the address is for.
    fn follows_other_question(&self, sentence: &Sentence) -> bool {
        let before = self.text.sentences_of(sentence.passage).iter().rfind(|other| other.range.end <= sentence.range.start);
        before.is_some_and(|before| before.words.word(before.words.len().saturating_sub(1)) == "?" && before.says(Concept::ElseContact))
    }

    /// "(do not use this for support questions)" beside the address
    fn is_refused(&self, sentence: &Sentence, at: usize) -> bool {
        let security = sentence.of(Concept::Vulnerability).any(|hit| hit.words.start + 4 > at && hit.words.start < at + 3);
        let unrelated = sentence.words.word(at) == "not";
        sentence.of(Concept::Not).any(|hit| hit.words.start < at && hit.words.start + 8 > at)
            || !unrelated && security && sentence.words.word(at) != "phishing"
    }

    /// `<email AT somewhere>`, `[INSERT EMAIL]`, an address shown as a picture.
    pub(super) fn slot(&mut self, sentence: &Sentence, passage: &Passage) {
        let body = part(passage, sentence);
        let lower = body.to_lowercase();
        let pictured = passage.links.iter().any(|link| {
            link.image
                && sentence.range.contains(&link.shown.start)
                && ["contact", "mail"].iter().any(|word| link.target.to_lowercase().contains(word))
        });
        if pictured && sentence.says(Concept::Report) {
            self.emailed = true;
            self.push(sentence, 0, Channel::Email, String::new(), false);
            return;
        }
        if !sentence.says(Concept::Report) && !sentence.says(Concept::Email)
            || self.found.last().is_some_and(|last| {
                last.passage == sentence.passage && last.sentence == sentence.range && matches!(last.kind, Kind::ReportingChannel { .. })
            })
        {
            return;
        }
        for (open, close) in [('<', '>'), ('[', ']'), ('{', '}')] {
            let inside = lower.find(open).and_then(|at| lower.get(at + 1..)?.split(close).next());
            if let Some(inside) = inside.filter(|inside| {
                inside.contains("mail")
                    && inside.len() < 80
                    && !inside.contains('@')
                    && (open == '<'
                        || ["insert", "your", "address", "todo", "contact", "here", "security"].iter().any(|word| inside.contains(word)))
            }) {
                self.emailed = true;
                self.push(sentence, 0, Channel::Email, inside.trim().to_owned(), true);
                return;
            }
        }
        if let Some(word) = body.split_whitespace().find(|word| word.contains("YOUR_EMAIL") || word.contains("YOUR-EMAIL")) {
            self.emailed = true;
            self.push(sentence, 0, Channel::Email, word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_').to_lowercase(), true);
        }
    }

    /// "Email the maintainers", "the address on my profile": an address that is only pointed to.
    pub(super) fn pointed(&mut self, sentence: &Sentence, passage: &Passage) {
        let here =
            matches!(passage.role, Role::Heading(_)) || !reporting_section(self.text, sentence.passage) && !sentence.says(Concept::Report);
        let own =
            address::emails(part(passage, sentence)).is_empty() && !passage.links.iter().any(|link| link.target.starts_with("mailto:"));
        if here || !own || sentence.is_about_publishing() || self.text.voice(sentence.passage) == Voice::Others {
            return;
        }
        let mail = pointed_mail(sentence);
        if let Some(at) = mail.filter(|_| is_sent(sentence) && !self.emailed) {
            self.emailed = true;
            self.push(sentence, at, Channel::Email, String::new(), false);
            return;
        }
        let contact = (0..sentence.words.len()).find(|&index| matches!(sentence.words.word(index), "contact" | "contacting" | "reach"));
        let profile = (0..sentence.words.len()).any(|index| {
            matches!(sentence.words.word(index), "profile" | "profiles")
                || sentence.words.word(index) == "contact" && sentence.words.word(index + 1) == "methods"
        });
        // "you can escalate it by messaging the maintainers": to whom it goes when nobody answers.
        let escalates = (0..sentence.words.len()).any(|index| sentence.words.word(index).starts_with("escalat"));
        if let Some(at) = contact.filter(|_| profile && !escalates && mail.is_none() && sentence.says(Concept::Maintainers))
            && !sentence.denied(&(at..at + 1))
        {
            self.push(sentence, at, Channel::Url, String::new(), false);
        }
    }
}

/// What a contact is for that is not for vulnerabilities, as the label of an address.
const LABELS: &[&str] = &[
    "general",
    "support",
    "questions",
    "inquiries",
    "enquiries",
    "press",
    "media",
    "community",
    "conduct",
    "other",
    "sales",
    "business",
    "commercial",
    "legal",
    "billing",
    "feedback",
    "website",
    "compliance",
    "payment",
    "payments",
    "privacy",
];

/// Where an address stands that is not shown.
const WHERE: &[&str] =
    &["profile", "cargo.toml", "readme", "package", "commits", "commit", "authors", "listed", "maintainer", "crate", "crates.io"];

/// The word with which a sentence points to an address: "**mail** the maintainers", "the **address** in Cargo.toml".
fn pointed_mail(sentence: &Sentence) -> Option<usize> {
    let through_github = sentence.of(Concept::GithubReporting).any(|hit| {
        hit.words.start.checked_sub(1).is_some_and(|before| matches!(sentence.words.word(before), "via" | "through" | "using"))
            || matches!(sentence.words.word(hit.words.start), "via" | "through" | "using")
    });
    let addressed = (0..sentence.words.len())
        .filter(|&index| matches!(sentence.words.word(index), "address" | "addresses" | "inbox"))
        .map(|index| index..index + 1);
    let found = sentence.of(Concept::Email).map(|hit| hit.words.clone()).chain(addressed).find(|hit| {
        let near = hit.start..hit.end + 8;
        let any = |words: &[&str]| near.clone().any(|index| words.contains(&sentence.words.word(index)));
        let to_us = sentence.within(Concept::Maintainers, &(hit.end..near.end)) && sentence.words.word(hit.start) != "address"
            || sentence.within(Concept::Maintainers, &(hit.start.saturating_sub(10)..hit.start)) && sentence.has_word(&["listed", "any"]);
        let accepted = any(&["accepted", "welcome"]) && any(&["reports", "report"]);
        // "the following email address:", and the address stands in a block.
        let below =
            sentence.words.word(hit.end) == "address" && matches!(sentence.words.word(hit.start.saturating_sub(1)), "following" | "this");
        // "contact [Jo](https://jo.dev) via email"
        let by_mail = matches!(sentence.words.word(hit.start.saturating_sub(1)), "via" | "by" | "through")
            && sentence.has_word(&["contact", "reach"])
            && sentence.says(Concept::Report)
            && sentence.says(Concept::Ask);
        to_us || by_mail || any(WHERE) || accepted || below
    });
    found.map(|hit| hit.start).filter(|_| !through_github)
}

/// Whether the sentence sends a reporter there, and is no answer to one.
fn is_sent(sentence: &Sentence) -> bool {
    let sent = sentence.says(Concept::Report)
        || sentence.says(Concept::Ask)
        || sentence.has_word(&["contact", "reach"])
        || sentence.words.word(0).starts_with("email")
        || sentence.words.word(0) == "e";
    let answer = matches!(sentence.words.word(0), "you" | "we")
        || sentence.of(Concept::Firm).any(|hit| sentence.words.word(hit.words.start.saturating_sub(1)) == "you");
    let denied = sentence.first(Concept::Email).is_some_and(|hit| sentence.denied(&hit.words));
    sent && !answer && !denied && !sentence.says(Concept::ElseContact)
}

/// Addresses that are never for vulnerabilities.
fn is_elsewhere(address: &str) -> bool {
    let local = address.split(['@', ' ', '[', '(']).next().unwrap_or_default();
    matches!(
        local,
        "abuse"
            | "legal"
            | "privacy"
            | "sales"
            | "press"
            | "conduct"
            | "coc"
            | "git"
            | "announce"
            | "billing"
            | "noreply"
            | "no-reply"
            | "careers"
            | "career"
            | "jobs"
            | "hr"
            | "marketing"
    ) || local.ends_with("-subscribe")
        || local.ends_with("-announce")
}

/// "If you get no answer, write to …": to whom it is escalated (spec: Settled cases).
fn is_escalation(sentence: &Sentence, at: usize) -> bool {
    let unanswered = sentence.of(Concept::Not).any(|not| {
        sentence
            .of(Concept::Acknowledge)
            .any(|answer| answer.words.start > not.words.start && answer.words.start < not.words.end + 5 && answer.words.end <= at)
    });
    sentence.words.word(0) == "if" && unanswered
}

/// Whether the address `at` is that of a key: words of fetching one stand just before it.
fn is_of_key(sentence: &Sentence, at: usize) -> bool {
    let labelled = sentence.words.len() < 14
        && sentence.of(Concept::Key).any(|hit| hit.words.start < at)
        && !sentence.says(Concept::Report)
        && !sentence.says(Concept::Email);
    labelled
        || (at.saturating_sub(8)..at).any(|index| {
            matches!(sentence.words.word(index), "fingerprint" | "keyserver" | "keyservers" | "locate" | "pubkey" | "recv" | "keys")
        }) && !(at.saturating_sub(3)..at).any(|index| matches!(sentence.words.word(index), "email" | "mail" | "contact" | "at"))
}

/// Whether a row, or the head of its table, holds a key's fingerprint.
fn is_of_fingerprint(text: &Text<'_>, sentence: &Sentence) -> bool {
    text.passage(sentence.passage).is_some_and(|passage| address::fingerprint(part(passage, sentence)).is_some())
}
