//! GitHub's own private vulnerability reporting.

use std::ops::Range;

use super::super::address;
use super::super::lexicon::Concept;
use super::super::markdown::{Passage, Role};
use super::super::sentence::{Sentence, Text, Voice};
use super::links::bare_links;
use super::{REACH, Reading, reporting_section};
use crate::commitment::{Channel, Kind};

/// "Once it is fixed we will: - publish the advisory": the list is the project's own.
fn text_leads_by_us(text: &Text<'_>, sentence: &Sentence) -> bool {
    let own =
        |lead: &Sentence| lead.says(Concept::We) && !lead.says(Concept::Ask) && lead.words.word(lead.words.len().saturating_sub(1)) == ":";
    !sentence.says(Concept::Report) && !sentence.says(Concept::Ask) && text.leads(sentence.passage).next().is_some_and(own)
}

/// "through GitHub issues", "a ticket on GitHub": an issue tracker is not private.
fn is_public(sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let open = |index: usize| {
        matches!(
            word(index),
            "issue"
                | "issues"
                | "ticket"
                | "tickets"
                | "discussion"
                | "discussions"
                | "pull"
                | "prs"
                | "profile"
                | "username"
                | "actions"
                | "workflows"
                | "releases"
                | "packages"
                | "sponsors"
        )
    };
    let through_github = word(at.end.saturating_sub(1)) == "github";
    through_github
        && (open(at.end)
            || word(at.end) == "'"
            || matches!(word(at.start), "on" | "via" | "through" | "using") && (at.start.saturating_sub(2)..at.start).any(open))
}

/// "enforced via GitHub": by what something else is done.
fn is_means(sentence: &Sentence, at: &Range<usize>) -> bool {
    let means = at.len() <= 3 && matches!(sentence.words.word(at.start), "via" | "through" | "using") && at.start > 0;
    // "contact the maintainers directly via GitHub": no place to report is named.
    let persons = sentence.has_word(&["contact", "reach", "message"])
        && sentence.within(Concept::Maintainers, &(at.start.saturating_sub(3)..at.start));
    means && (persons || !sentence.says(Concept::Report) && !sentence.says(Concept::Ask))
}

/// "Report a vulnerability" as the name of a button: quoted, bold, linked, or followed by "button".
fn is_button(sentence: &Sentence, passage: &Passage, at: usize) -> bool {
    let place = sentence.words.place(at..at + 4);
    let quoted = passage.text.get(..place.start).is_some_and(|before| before.ends_with(['"', '“', '`', '‘', '\'']));
    let marked = passage.strong.iter().any(|range| range.contains(&place.start))
        || passage.links.iter().any(|link| link.shown.contains(&place.start));
    quoted || marked && sentence.has_word(&["click", "button", "tab", "form", "select", "security"]) || sentence.has_word(&["button"])
}

pub(super) fn is_channel_heading(sentence: &Sentence) -> bool {
    sentence.says(Concept::GithubReporting)
        && (0..sentence.words.len())
            .any(|index| matches!(sentence.words.word(index), "preferred" | "github" | "option" | "recommended" | "via" | "primary"))
}

impl Reading<'_, '_> {
    /// GitHub's own private reporting, with the link where one is shown here or just after.
    pub(super) fn github(&mut self, sentence: &Sentence, passage: &Passage) {
        let forms =
            || passage.links.iter().filter(|link| sentence.range.contains(&link.shown.start) && address::is_advisory_form(&link.target));
        // The form itself, where the page that leads to it is linked too.
        let link = forms().find(|link| link.target.ends_with("/new")).or_else(|| forms().next());
        let bare = (0..sentence.words.len())
            .map(|index| sentence.words.word(index))
            .find(|word| word.contains("://") && address::is_advisory_form(word));
        let named = sentence.of(Concept::GithubReporting).filter(|hit| !is_public(sentence, &hit.words)).find(|hit| {
            let first = sentence.words.word(hit.words.start);
            let name = first == "report" || first == "privately" && sentence.words.word(hit.words.start + 1) == "report";
            (!name || is_button(sentence, passage, hit.words.start)) && !is_means(sentence, &hit.words)
        });
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
                let at = link.map(|link| sentence.words.at(link.shown.start)).or_else(|| named.map(|hit| hit.words.start)).unwrap_or(0);
                self.push(sentence, at, Channel::GithubAdvisory, target, slot);
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
        // "Create a draft advisory and add the reporter": a step of the project's own.
        if sentence.has_word(&["draft"]) && !sentence.says(Concept::Ask) && !sentence.says(Concept::Report) {
            return false;
        }
        // "uploaded to the Security tab", "watch the advisories": what is looked at there.
        let watched = sentence.has_word(&["monitor", "watch", "subscribe", "uploaded", "results", "alerts", "findings"]);
        if watched && !sentence.says(Concept::Report) {
            return false;
        }
        let voice = text.voice(sentence.passage);
        let one_of =
            text.leads(sentence.passage).next().is_some_and(|lead| lead.has_word(&["channels", "channel", "ways", "methods", "options"]));
        let asks = sentence.says(Concept::Report) || sentence.says(Concept::Ask) || sentence.words.len() < 12 || linked || one_of;
        let denied = sentence.first(Concept::GithubReporting).is_some_and(|hit| sentence.denied(&hit.words)) && !linked;
        let listed = text.around(sentence.passage).take(1).any(|around| {
            around.says(Concept::VenueSection) && !around.says(Concept::Report)
                || around.says(Concept::Notice)
                || around.has_word(&["announced", "published", "communicated"]) && !around.says(Concept::Report)
        });
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
            .flat_map(|passage| {
                passage.links.iter().map(|link| link.target.as_str()).chain(bare_links(&passage.text).map(|(_, link)| link))
            })
            .find(|target| address::is_advisory_form(target))
            .map(str::to_owned)
    }
}
