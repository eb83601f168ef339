//! Where vulnerabilities are reported privately, and the key for encrypted reports.

mod keys;
mod links;

use links::bare_links;

use super::address;
use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::{Passage, Role};
use super::sentence::{Sentence, Text, Voice};
use crate::commitment::{Channel, Kind, Strength};

/// How many passages further on the address is looked for that a sentence introduces ("… through:").
const REACH: usize = 6;

/// Reads channels and keys.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    let mut reading = Reading { text, found, advisory: None, emailed: false };
    for sentence in &text.sentences {
        let Some(passage) = text.passage(sentence.passage) else { continue };
        if let Role::Heading(_) = passage.role {
            // "Preferred: GitHub Security Advisories" as a heading is itself the channel.
            if is_channel_heading(sentence) && reporting_section(text, sentence.passage) {
                reading.github(sentence, passage);
            }
            continue;
        }
        reading.emails(sentence, passage);
        reading.github(sentence, passage);
        reading.links(sentence, passage);
        reading.chats(sentence, passage);
        reading.slot(sentence, passage);
    }
    for sentence in &text.sentences {
        if let Some(passage) = text.passage(sentence.passage) {
            reading.pointed(sentence, passage);
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
}

/// "Once it is fixed we will: - publish the advisory": the list is the project's own.
fn text_leads_by_us(text: &Text<'_>, sentence: &Sentence) -> bool {
    let own =
        |lead: &Sentence| lead.says(Concept::We) && !lead.says(Concept::Ask) && lead.words.word(lead.words.len().saturating_sub(1)) == ":";
    !sentence.says(Concept::Report) && !sentence.says(Concept::Ask) && text.leads(sentence.passage).next().is_some_and(own)
}

/// "Report a vulnerability" as the name of a button: quoted, bold, linked, or followed by "button".
fn is_button(sentence: &Sentence, passage: &Passage, at: usize) -> bool {
    let place = sentence.words.place(at..at + 4);
    let quoted = passage.text.get(..place.start).is_some_and(|before| before.ends_with(['"', '“', '`', '‘', '\'']));
    let marked = passage.strong.iter().any(|range| range.contains(&place.start))
        || passage.links.iter().any(|link| link.shown.contains(&place.start));
    quoted || marked && sentence.has_word(&["click", "button", "tab", "form", "select", "security"]) || sentence.has_word(&["button"])
}

fn is_channel_heading(sentence: &Sentence) -> bool {
    sentence.says(Concept::GithubReporting)
        && (0..sentence.words.len())
            .any(|index| matches!(sentence.words.word(index), "preferred" | "github" | "option" | "recommended" | "via" | "primary"))
}

/// Whether the passage stands where reporting is told: by its headings and lead-ins, or the policy has no other.
fn reporting_section(text: &Text<'_>, passage: usize) -> bool {
    let mut around = text.around(passage).peekable();
    around.peek().is_none()
        || around.any(|sentence| {
            sentence.says(Concept::Report)
                || sentence.says(Concept::Email)
                || sentence.says(Concept::Disclose)
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

fn part<'p>(passage: &'p Passage, sentence: &Sentence) -> &'p str {
    passage.text.get(sentence.range.clone()).unwrap_or_default()
}

impl Reading<'_, '_> {
    fn push(&mut self, sentence: &Sentence, channel: Channel, target: String, slot: bool) {
        let kind = Kind::ReportingChannel { channel, target };
        // An address that stands alone belongs to the sentence that introduces it.
        let lead = self.text.leads(sentence.passage).next().filter(|lead| {
            sentence.words.len() <= 2
                && matches!(self.text.passage(sentence.passage).map(|passage| passage.role), Some(Role::Paragraph))
                && !lead.words.word(0).is_empty()
        });
        let mut one = Found::new(self.text, lead.unwrap_or(sentence), 0..1, Extent::Sentence, kind).slot(slot);
        let only_if = sentence
            .of(Concept::HedgeAfter)
            .any(|hit| matches!(sentence.words.word(hit.words.end.saturating_sub(1)), "enabled" | "available"));
        one.strength = if only_if { Strength::BestEffort } else { Strength::Firm };
        self.found.push(one);
    }

    fn emails(&mut self, sentence: &Sentence, passage: &Passage) {
        let body = part(passage, sentence);
        let shown = address::emails(body);
        let mut all: Vec<(String, bool)> = shown.into_iter().map(|email| (email.address, email.slot)).collect();
        for link in passage
            .links
            .iter()
            .filter(|link| sentence.range.contains(&link.shown.start) || link.shown.is_empty() && link.shown.start == sentence.range.end)
        {
            if let Some(target) = link.target.strip_prefix("mailto:") {
                let address = target.split('?').next().unwrap_or_default().to_lowercase();
                if !all.iter().any(|(known, _)| *known == address) {
                    all.push((address.clone(), address::is_slot(&address)));
                }
            }
        }
        if all.is_empty() || !self.is_reporting(sentence) {
            return;
        }
        for (address, slot) in all.into_iter().take(64) {
            if !is_elsewhere(&address) {
                self.emailed = true;
                self.push(sentence, Channel::Email, address, slot);
            }
        }
    }

    /// Whether the address in the sentence is where vulnerabilities go: not feedback, support, keys, abuse.
    fn is_reporting(&self, sentence: &Sentence) -> bool {
        let key = (0..sentence.words.len())
            .any(|index| matches!(sentence.words.word(index), "fingerprint" | "keyserver" | "keyservers" | "locate" | "pubkey"));
        let elsewhere = sentence.of(Concept::ElseContact).any(|hit| !self.is_refused(sentence, hit.words.start));
        let key_row =
            sentence.words.len() < 14 && sentence.says(Concept::Key) && !sentence.says(Concept::Report) && !sentence.says(Concept::Email);
        let voice = self.text.voice(sentence.passage);
        let section = reporting_section(self.text, sentence.passage);
        !key && !elsewhere
            && !key_row
            && (section || sentence.says(Concept::Report) || sentence.says(Concept::Vulnerability))
            && (voice != Voice::Others || sentence.says(Concept::Report))
    }

    /// "(do not use this for support questions)" beside the address
    fn is_refused(&self, sentence: &Sentence, at: usize) -> bool {
        let security = sentence.of(Concept::Vulnerability).any(|hit| hit.words.start + 4 > at && hit.words.start < at + 3);
        sentence.of(Concept::Not).any(|hit| hit.words.start < at && hit.words.start + 8 > at)
            || security && sentence.words.word(at) != "phishing"
    }

    /// GitHub's own private reporting, with the link where one is shown here or just after.
    fn github(&mut self, sentence: &Sentence, passage: &Passage) {
        let link = passage.links.iter().find(|link| sentence.range.contains(&link.shown.start) && address::is_advisory_form(&link.target));
        let bare = (0..sentence.words.len())
            .map(|index| sentence.words.word(index))
            .find(|word| word.contains("://") && address::is_advisory_form(word));
        let named = sentence
            .of(Concept::GithubReporting)
            .find(|hit| sentence.words.word(hit.words.start) != "report" || is_button(sentence, passage, hit.words.start));
        let told = text_leads_by_us(self.text, sentence);
        let by_us = told
            || named.is_some_and(|hit| {
                sentence.of(Concept::We).any(|we| {
                    we.words.end < hit.words.start
                        && matches!(sentence.words.word(we.words.end), "will" | "may" | "would" | "can" | "create" | "open")
                })
            });
        if link.is_none() && bare.is_none() && (named.is_none() || by_us) {
            return;
        }
        if !self.is_report_here(sentence, link.is_some() || bare.is_some()) {
            return;
        }
        let target = link.map(|link| link.target.clone()).or_else(|| bare.map(str::to_owned)).or_else(|| self.link_after(sentence.passage));
        match self.advisory.and_then(|index| self.found.get_mut(index)) {
            Some(one) => {
                // The same channel again: only a link that the first mention lacked is new.
                if let (Kind::ReportingChannel { target: known, .. }, Some(target)) = (&mut one.kind, target)
                    && known.is_empty()
                    && self.text.passage(one.passage).map(|passage| passage.headings.clone())
                        == self.text.passage(sentence.passage).map(|passage| passage.headings.clone())
                {
                    *known = target.to_lowercase();
                }
            }
            None => {
                let target = target.unwrap_or_default().to_lowercase();
                let slot = target.contains("your") && (target.contains("your-") || target.contains("your_") || target.contains("yourorg"))
                    || target.contains("owner/repo")
                    || target.contains('<')
                    || target.contains("{");
                self.push(sentence, Channel::GithubAdvisory, target, slot);
                self.advisory = Some(self.found.len() - 1);
            }
        }
    }

    /// Whether the sentence sends reporters there, rather than tells where things are announced or coordinated.
    fn is_report_here(&self, sentence: &Sentence, linked: bool) -> bool {
        let text = self.text;
        if sentence.is_about_publishing() {
            return false;
        }
        let voice = text.voice(sentence.passage);
        let one_of =
            text.leads(sentence.passage).next().is_some_and(|lead| lead.has_word(&["channels", "channel", "ways", "methods", "options"]));
        let asks = sentence.says(Concept::Report) || sentence.says(Concept::Ask) || sentence.words.len() < 12 || linked || one_of;
        let denied = sentence.first(Concept::GithubReporting).is_some_and(|hit| sentence.denied(&hit.words)) && !linked;
        let listed = text
            .around(sentence.passage)
            .take(1)
            .any(|around| around.says(Concept::VenueSection) && !around.says(Concept::Report) || around.says(Concept::Notice));
        let section = reporting_section(text, sentence.passage) || sentence.says(Concept::Report);
        asks && section && !denied && !listed && (voice != Voice::Others || sentence.says(Concept::Report))
    }

    /// The first form that is linked in the passages after this one, in the same section.
    fn link_after(&self, passage: usize) -> Option<String> {
        let here = self.text.passage(passage)?;
        let heading = matches!(here.role, Role::Heading(_)).then_some(passage);
        let section =
            |other: &Passage| other.headings == here.headings || heading.is_some_and(|index| other.headings.last() == Some(&index));
        let after = (passage..passage + REACH)
            .filter_map(|index| self.text.passage(index))
            .take_while(|other| section(other) || std::ptr::eq(*other, here));
        after
            .flat_map(|passage| passage.links.iter().map(|link| link.target.as_str()).chain(bare_links(&passage.text)))
            .find(|target| address::is_advisory_form(target))
            .map(str::to_owned)
    }

    /// A private message to a person named.
    fn chats(&mut self, sentence: &Sentence, passage: &Passage) {
        let private = sentence.says(Concept::DirectMessage) || sentence.words.word(0) == "you" && sentence.says(Concept::Report);
        if !private || !reporting_section(self.text, sentence.passage) || sentence.is_about_publishing() {
            return;
        }
        let body = part(passage, sentence);
        let service = (0..sentence.words.len()).any(|index| {
            matches!(
                sentence.words.word(index),
                "matrix"
                    | "discord"
                    | "keybase"
                    | "telegram"
                    | "signal"
                    | "slack"
                    | "zulip"
                    | "threema"
                    | "twitter"
                    | "mastodon"
                    | "message"
                    | "dm"
                    | "irc"
            )
        });
        let direct = sentence.hits.iter().any(|hit| {
            hit.what == Concept::DirectMessage
                && (hit.words.len() > 1 || matches!(sentence.words.word(hit.words.start), "dm" | "dms" | "pm"))
        });
        let handles = handles(body);
        let keybase = passage.links.iter().find(|link| {
            sentence.range.contains(&link.shown.start)
                && ["keybase.io/", "t.me/", "signal.me/"].iter().any(|host| link.target.contains(host))
        });
        if !service || !direct && handles.is_empty() && keybase.is_none() {
            return;
        }
        if let Some(link) = keybase {
            let target = link.target.to_lowercase();
            self.push(sentence, Channel::Chat, target, false);
        }
        for handle in handles.into_iter().take(8) {
            self.push(sentence, Channel::Chat, handle, false);
        }
    }

    /// `<email AT somewhere>`, `[INSERT EMAIL]`, an address shown as a picture.
    fn slot(&mut self, sentence: &Sentence, passage: &Passage) {
        let body = part(passage, sentence);
        let lower = body.to_lowercase();
        let pictured = passage.links.iter().any(|link| {
            link.image
                && sentence.range.contains(&link.shown.start)
                && ["contact", "mail"].iter().any(|word| link.target.to_lowercase().contains(word))
        });
        if pictured && sentence.says(Concept::Report) {
            self.emailed = true;
            self.push(sentence, Channel::Email, String::new(), false);
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
                    && (open == '<' || ["insert", "your", "address", "todo", "contact"].iter().any(|word| inside.contains(word)))
            }) {
                self.emailed = true;
                self.push(sentence, Channel::Email, inside.trim().to_owned(), true);
                return;
            }
        }
        if let Some(word) = body.split_whitespace().find(|word| word.contains("YOUR_EMAIL") || word.contains("YOUR-EMAIL")) {
            self.emailed = true;
            self.push(sentence, Channel::Email, word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_').to_lowercase(), true);
        }
    }

    /// "Email the maintainers", "the address on my profile": an address that is only pointed to.
    fn pointed(&mut self, sentence: &Sentence, passage: &Passage) {
        let here =
            matches!(passage.role, Role::Heading(_)) || !reporting_section(self.text, sentence.passage) && !sentence.says(Concept::Report);
        let own =
            address::emails(part(passage, sentence)).is_empty() && !passage.links.iter().any(|link| link.target.starts_with("mailto:"));
        if here || !own || sentence.is_about_publishing() || self.text.voice(sentence.passage) == Voice::Others {
            return;
        }
        let denied = sentence.first(Concept::Email).is_some_and(|hit| sentence.denied(&hit.words));
        let mail = sentence.of(Concept::Email).any(|hit| {
            let near = hit.words.start..hit.words.end + 8;
            let to_us = sentence.within(Concept::Maintainers, &(hit.words.end..near.end));
            let where_ = near.clone().any(|index| {
                matches!(
                    sentence.words.word(index),
                    "profile" | "cargo.toml" | "readme" | "package" | "commits" | "commit" | "authors" | "listed" | "maintainer"
                )
            });
            let accepted = near.clone().any(|index| matches!(sentence.words.word(index), "accepted" | "welcome"))
                && near.clone().any(|index| matches!(sentence.words.word(index), "reports" | "report"));
            to_us || where_ || accepted
        });
        let through_github = sentence.of(Concept::GithubReporting).any(|hit| {
            hit.words.start.checked_sub(1).is_some_and(|before| matches!(sentence.words.word(before), "via" | "through" | "using"))
                || matches!(sentence.words.word(hit.words.start), "via" | "through" | "using")
        });
        let mail = mail && !through_github;
        let sent = sentence.says(Concept::Report)
            || sentence.says(Concept::Ask)
            || sentence.words.word(0).starts_with("email")
            || sentence.words.word(0) == "e";
        let answer = sentence.words.word(0) == "you"
            || sentence.words.word(0) == "we"
            || sentence.of(Concept::Firm).any(|hit| sentence.words.word(hit.words.start.saturating_sub(1)) == "you");
        if mail && sent && !denied && !answer && !sentence.says(Concept::ElseContact) && !self.emailed {
            self.emailed = true;
            self.push(sentence, Channel::Email, String::new(), false);
            return;
        }
        let contact = (0..sentence.words.len()).find(|&index| matches!(sentence.words.word(index), "contact" | "contacting" | "reach"));
        let profile = (0..sentence.words.len()).any(|index| {
            matches!(sentence.words.word(index), "profile" | "profiles")
                || sentence.words.word(index) == "contact" && sentence.words.word(index + 1) == "methods"
        });
        if let Some(at) = contact.filter(|_| profile && !mail && sentence.within(Concept::Maintainers, &(0..sentence.words.len())))
            && !sentence.denied(&(at..at + 1))
        {
            self.push(sentence, Channel::Url, String::new(), false);
        }
    }
}

impl Sentence {
    /// Whether it tells where the project announces or coordinates, and does not send reporters anywhere.
    pub(super) fn is_about_publishing(&self) -> bool {
        let publishes = self.of(Concept::Announce).chain(self.of(Concept::Notice)).any(|hit| {
            let clause = self.clause(hit.words.start);
            self.of(Concept::We).any(|we| clause.contains(&we.words.start))
                || self.says(Concept::Notice)
                || self.words.word(hit.words.start.saturating_sub(1)) == "be"
                || matches!(self.words.word(hit.words.start.saturating_sub(1)), "are" | "is")
        });
        // "Security advisory published on GitHub": a step of the project.
        let published = self.of(Concept::Advisory).any(|hit| {
            (hit.words.end..hit.words.end + 3)
                .any(|index| matches!(self.words.word(index), "published" | "issued" | "released" | "created" | "drafted"))
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

/// "@name", "@name:server"
fn handles(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '`' | ',' | ';' | '_')) {
        let name = word.trim_end_matches(['.', ':', '*', '!']).trim_start_matches('*').to_lowercase();
        if name.len() > 2
            && name.starts_with('@')
            && name.chars().skip(1).all(|c| c.is_alphanumeric() || matches!(c, '-' | ':' | '.'))
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

/// Addresses that are never for vulnerabilities.
fn is_elsewhere(address: &str) -> bool {
    let local = address.split(['@', ' ', '[', '(']).next().unwrap_or_default();
    matches!(local, "abuse" | "legal" | "privacy" | "sales" | "press" | "conduct" | "coc" | "git" | "billing" | "noreply" | "no-reply")
}
