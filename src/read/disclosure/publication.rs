//! Where a vulnerability that is fixed is announced.

use std::ops::Range;

use super::super::address;
use super::super::found::{Extent, Found};
use super::super::lexicon::Concept;
use super::super::sentence::{Sentence, Text, Voice};
use crate::commitment::{Channel, Kind, Venue};

/// One place of announcement, as a sentence names it.
pub(super) struct Publication {
    found: Found,
    venue: Venue,
    /// Whether the words announce an advisory, rather than notify users in some way.
    of_advisory: bool,
    /// "the advisory": one spoken of before.
    definite: bool,
}

const VENUES: &[(Concept, Venue)] = &[
    (Concept::VenueGithub, Venue::GithubAdvisory),
    (Concept::VenueRustsec, Venue::Rustsec),
    (Concept::VenueCve, Venue::Cve),
    (Concept::VenueList, Venue::MailingList),
    (Concept::VenueNotes, Venue::ReleaseNotes),
    (Concept::VenueWebsite, Venue::Website),
    (Concept::VenueSocial, Venue::Social),
];

/// "We publish an advisory on GitHub and request a CVE."
pub(super) fn publication(text: &Text<'_>, sentence: &Sentence, publications: &mut Vec<Publication>) {
    let voice = text.voice(sentence.passage);
    let label =
        text.sentences_of(sentence.passage).first().filter(|first| first.range.start < sentence.range.start && first.words.len() < 6);
    let lead = text.leads(sentence.passage).next();
    let listing = lead.is_some_and(is_listing);
    if matches!(voice, Voice::Others | Voice::Scope) || is_of_else(sentence) {
        return;
    }
    let section = text.headings(sentence.passage).take(1).any(|heading| heading.says(Concept::VenueSection));
    let announces = announcement(sentence, label, lead);
    // "open an advisory to notify the maintainers": the notice is the reporter's.
    let ours = |at: &Range<usize>| sentence.within(Concept::Maintainers, &(at.end..at.end + 1)) && sentence.words.word(at.end - 1) == "the";
    let notifies = sentence
        .first(Concept::Notice)
        .filter(|hit| {
            !sentence.has_word(&["enable"]) && !sentence.denied(&hit.words) && !ours(&hit.words) && is_of_security(text, sentence)
        })
        .map(|hit| hit.words.clone());
    let uses = (section && sentence.says(Concept::Publish) && !sentence.says(Concept::Ask)).then_some(0..1);
    // "Watch: enable all notifications": what a user sets.
    let listed = (listing && !sentence.has_word(&["enable"])).then_some(0..1);
    let Some(at) = announces.clone().or(listed.clone()).or(notifies.clone()).or(uses) else { return };
    let told_not_to = lead.is_some_and(|lead| lead.says(Concept::Not) && lead.says(Concept::Ask));
    if voice == Voice::Reporters && (!sentence.says(Concept::We) || told_not_to) {
        return;
    }
    let of_advisory = announces.is_some() || sentence.says(Concept::Advisory) || listed.is_some();
    let mut named = false;
    let before = publications.len();
    for &(concept, venue) in VENUES {
        let Some(hit) = sentence.of(concept).find(|hit| is_venue(text, sentence, venue, &hit.words, announces.is_some() || listing)) else {
            continue;
        };
        named = true;
        let range = if hit.words.start > at.start + 14 { hit.words.clone() } else { at.start..hit.words.end.max(at.end) };
        publications.push(one(text, sentence, range, venue, of_advisory));
    }
    let known = |venue: Venue, publications: &[Publication]| publications.iter().skip(before).any(|one| one.venue == venue);
    if let Some(venue) = linked_venue(text, sentence).filter(|&venue| !known(venue, publications)) {
        named = true;
        publications.push(one(text, sentence, at.clone(), venue, of_advisory));
    }
    let slot = slot_site(sentence, &at);
    if slot {
        let mut site = one(text, sentence, at.clone(), Venue::Website, of_advisory);
        site.found.placeholder = true;
        publications.push(site);
    } else if !named
        && (announces.is_some() || notifies.is_some_and(|at| sentence.words.word(at.start) == "you" || sentence.says(Concept::Disclose)))
        && !is_found(sentence, &at)
        && (sentence.says(Concept::Advisory)
            || sentence.says(Concept::Disclose) && sentence.has_word(&["announcement", "announce"])
            || sentence.says(Concept::Vulnerability) && (at.start..at.end).any(|index| sentence.words.word(index).starts_with("announc")))
    {
        publications.push(one(text, sentence, at, Venue::Unspecified, announces.is_some()));
    }
}

/// "Security updates are announced through:", and the items name the places.
fn is_listing(lead: &Sentence) -> bool {
    let subject = lead.says(Concept::Advisory) || lead.says(Concept::Vulnerability) && tells(lead) && !lead.says(Concept::Disclose);
    (subject && (lead.says(Concept::Announce) || tells(lead)) || lead.says(Concept::Notice)) && !lead.says(Concept::ToReporters)
}

/// Whether the advisory is one that gives credit, one of a dependency that is ignored, or one that is looked out for.
fn is_of_else(sentence: &Sentence) -> bool {
    let credit_only = sentence.says(Concept::Credit)
        && !sentence
            .of(Concept::Announce)
            .chain(sentence.of(Concept::Publish))
            .any(|hit| !sentence.within(Concept::Credit, &hit.words) && !is_adjective(sentence, &hit.words));
    let ignored = sentence.says(Concept::Advisory)
        && sentence.has_word(&["ignored", "accepted", "ignore", "exceptions", "allowlist", "configuration", "suppressed"]);
    let told = (matches!(sentence.words.word(0), "subscribe" | "watch" | "follow") || sentence.says(Concept::VenueList))
        && !sentence.says(Concept::Dependency);
    let watched = sentence.of(Concept::Monitor).any(|hit| hit.words.start < 4) && !tells(sentence) && !told;
    credit_only || ignored || watched || is_reporters(sentence)
}

/// Whether a notice is one of vulnerabilities: "watch the repository for releases" alone is not.
fn is_of_security(text: &Text<'_>, sentence: &Sentence) -> bool {
    sentence.says(Concept::Vulnerability)
        || sentence.says(Concept::Advisory)
        || tells(sentence)
        || sentence.has_word(&["informed", "announcements"])
        || text.headings(sentence.passage).take(1).any(|heading| heading.says(Concept::VenueSection) && !sentence.says(Concept::Ask))
}

/// The place that a link of the sentence is: GitHub's list of advisories, its releases.
fn linked_venue(text: &Text<'_>, sentence: &Sentence) -> Option<Venue> {
    let links = text.passage(sentence.passage)?.links.iter().filter(|link| sentence.range.contains(&link.shown.start));
    links.into_iter().find_map(|link| {
        let target = link.target.trim_end_matches('/');
        if address::is_advisory_form(target) {
            Some(Venue::GithubAdvisory)
        } else {
            target.ends_with("/releases").then_some(Venue::ReleaseNotes)
        }
    })
}

/// "via your GitHub advisory": the one that the reporter made.
fn is_reporters(sentence: &Sentence) -> bool {
    sentence
        .of(Concept::Advisory)
        .any(|hit| (hit.words.start.saturating_sub(2)..hit.words.start).any(|index| sentence.words.word(index) == "your"))
}

/// Whether the words say that it is told, not only released.
fn tells(sentence: &Sentence) -> bool {
    (0..sentence.words.len()).any(|index| {
        ["announc", "communicat", "publish", "publiciz", "disclos", "notif"].iter().any(|stem| sentence.words.word(index).starts_with(stem))
    })
}

/// "Advisories can be found at …": they are published in the place that is named.
fn found_at(sentence: &Sentence) -> Option<Range<usize>> {
    let advisory = sentence.of(Concept::Advisory).find(|hit| sentence.words.word(hit.words.end.saturating_sub(1)).starts_with("advis"))?;
    let at = (advisory.words.end..advisory.words.end + 8).find(|&index| is_found(sentence, &(index..index + 1)))?;
    let stands = matches!(sentence.words.word(at.saturating_sub(1)), "is" | "are" | "be") && !sentence.denied(&(at..at + 1));
    stands.then_some(at..at + 1)
}

fn is_found(sentence: &Sentence, at: &Range<usize>) -> bool {
    matches!(sentence.words.word(at.start), "found" | "available" | "listed" | "viewed")
}

/// "the published advisory": which one, not that it is published.
fn is_adjective(sentence: &Sentence, at: &Range<usize>) -> bool {
    let before = at.start.checked_sub(1).map_or("", |index| sentence.words.word(index));
    matches!(sentence.words.word(at.start), "published" | "released") && matches!(before, "the" | "a" | "our" | "any" | "in")
        || sentence.words.word(at.start) == "release" && sentence.words.word(at.end).starts_with("note")
}

fn one(text: &Text<'_>, sentence: &Sentence, at: Range<usize>, venue: Venue, of_advisory: bool) -> Publication {
    let advisory = sentence
        .of(Concept::Advisory)
        .find(|hit| sentence.words.word(hit.words.end.saturating_sub(1)).starts_with("advis"))
        .map_or(0, |hit| hit.words.start);
    let definite = (advisory.saturating_sub(3)..advisory).any(|index| sentence.words.word(index) == "the");
    let found = Found::new(text, sentence, at, Extent::Part, Kind::AdvisoryPublication { venue });
    Publication { found, venue, of_advisory, definite }
}

/// The words with which the project says that it announces an advisory or a vulnerability.
fn announcement(sentence: &Sentence, label: Option<&Sentence>, lead: Option<&Sentence>) -> Option<Range<usize>> {
    let publish =
        sentence.hits.iter().filter(|hit| matches!(hit.what, Concept::Publish | Concept::Announce)).map(|hit| &hit.words).find(|at| {
            is_act(sentence, at)
                && has_object(sentence, at)
                && !is_asked(sentence, at.start)
                && !is_of_report(sentence, at)
                && !sentence.denied(at)
                && !delays(sentence, at)
        });
    // "Release notes contain a link to the advisory."
    let links = || {
        (sentence.says(Concept::VenueNotes) && sentence.says(Concept::Advisory)).then(|| {
            let holds =
                |index: &usize| matches!(sentence.words.word(*index), "contain" | "contains" | "include" | "includes" | "link" | "links");
            (0..sentence.words.len()).find(holds).map(|at| at..at + 1).filter(|at| !sentence.denied(at) && !sentence.says(Concept::Credit))
        })
    };
    if let Some(at) = publish.cloned().or_else(|| found_at(sentence)).or_else(|| links().flatten()) {
        return Some(at);
    }
    // "a patched version with a security advisory", "Publish an advisory" said by the label: "Advisory: …".
    let labelled = label.into_iter().chain(lead).any(|around| around.words.len() < 6 && around.says(Concept::Advisory));
    sentence
        .first(Concept::Advisory)
        .filter(|hit| labelled && !sentence.asked(hit.words.start) && sentence.says(Concept::Publish))
        .map(|hit| hit.words.clone())
}

/// Whether what is announced is an advisory, a CVE, or vulnerabilities in a place that is named.
fn has_object(sentence: &Sentence, at: &Range<usize>) -> bool {
    let clause = sentence.clause(at.start);
    let near = at.start.saturating_sub(14).max(clause.start)..(at.end + 14).min(clause.end);
    let placed = || VENUES.iter().any(|&(venue, _)| sentence.within(venue, &near));
    // "issues receive a CVE", "send an advisory", not "reporters receive thanks in the advisory"
    let word = sentence.words.word(at.start);
    if word.starts_with("receive") || matches!(word, "get" | "gets" | "send") {
        let object = at.end..at.end + 3;
        return [Concept::Advisory, Concept::VenueCve, Concept::VenueRustsec].iter().any(|&named| sentence.within(named, &object));
    }
    sentence.within(Concept::Advisory, &near)
        || sentence.within(Concept::VenueCve, &near)
        || sentence.within(Concept::VenueRustsec, &near)
        || sentence.has_word(&["issues", "vulnerabilities", "vulnerability", "these"]) && placed()
        || sentence.has_word(&["announcement"])
        || word.starts_with("announc") && sentence.within(Concept::Vulnerability, &(at.end..at.end + 3))
        || sentence.has_word(&["fix", "fixes", "details", "post"]) && tells(sentence) && placed()
}

/// Whether the words are an act of announcing: not the "issue" reported, a "pull request", a release of the software, a bare "via".
fn is_act(sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let (first, next, before) = (word(at.start), word(at.end), word(at.start.saturating_sub(1)));
    let we_do = sentence
        .of(Concept::We)
        .any(|we| (we.words.end == at.start || we.words.end + 1 == at.start) && matches!(word(we.words.start), "we" | "team"));
    let pulled = first.starts_with("request") && matches!(before, "pull" | "merge" | "on" | "upon")
        || first == "request" && sentence.has_word(&["contact"]);
    let means =
        matches!(first, "use" | "uses" | "using" | "through" | "via" | "security" | "released" | "release" | "releases" | "releasing")
            && !we_do
            && !(first.starts_with("release") && sentence.within(Concept::Advisory, &(at.end..at.end + 4)));
    let issue = first == "issue" && !we_do && !matches!(next, "a" | "an" | "the" | "security" | "public")
        || first == "issues" && !sentence.of(Concept::We).any(|we| we.words.end == at.start);
    let noun = first == "disclosure" && !matches!(next, "via" | "through" | "on" | "in")
        || matches!(first, "disclosures" | "publication" | "communication")
        || matches!(first, "list" | "lists") && !we_do;
    // "… unless anonymity is requested"
    let unless = (at.start.saturating_sub(5)..at.start).any(|index| word(index) == "unless");
    // "use GitHub Security Advisories for private communication"
    let talk = first.starts_with("us")
        && (at.end..at.end + 8).any(|index| {
            word(index) == "for"
                && (index..index + 4).any(|of| matches!(word(of), "communication" | "communicating" | "collaboration" | "coordination"))
        });
    !pulled && !means && !issue && !noun && !unless && !talk
}

/// Whether somebody else is asked to do it.
fn is_asked(sentence: &Sentence, at: usize) -> bool {
    sentence.of(Concept::Ask).any(|ask| {
        ask.words.start <= at
            && !sentence.of(Concept::We).any(|we| we.words.start > ask.words.start && we.words.start < at)
            && !sentence.of(Concept::Firm).any(|firm| firm.words.start >= ask.words.start && firm.words.start < at)
            && sentence.clause(at).contains(&ask.words.start)
    })
}

/// Whether the advisory is the private one in which a report is made.
fn is_of_report(sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    // "which creates a private advisory"
    let in_private = !word(at.start).starts_with("publi")
        && sentence.says(Concept::Advisory)
        && sentence
            .of(Concept::Advisory)
            .all(|hit| (hit.words.start.saturating_sub(3)..hit.words.start).any(|index| matches!(word(index), "private" | "draft")));
    let sends = matches!(word(0), "submit" | "report" | "email" | "send" | "use" | "open" | "contact" | "file")
        && !sentence.says(Concept::We)
        && sentence.says(Concept::GithubReporting);
    // "We open an advisory and invite you to its discussion"
    let in_private = in_private || sentence.has_word(&["invite", "invited"]) && !word(at.start).starts_with("publi");
    let asks = sentence.says(Concept::GithubReporting)
        && sentence.says(Concept::Ask)
        && sentence.says(Concept::Report)
        && !sentence.says(Concept::Announce);
    // "please open a security advisory", "create one advisory per finding"
    let opens = !sentence.says(Concept::We)
        && (sentence.says(Concept::Ask) && sentence.has_word(&["please"]) || sentence.has_word(&["finding", "findings"]))
        && (0..sentence.words.len()).any(|index| {
            matches!(word(index), "open" | "create" | "file" | "submit") && sentence.within(Concept::Advisory, &(index..index + 5))
        });
    in_private || sends || asks || opens || word(at.start.saturating_sub(1)) == "privately"
}

/// "may delay the release of an advisory", "vulnerabilities in dependencies may only be published": about something else.
fn delays(sentence: &Sentence, at: &Range<usize>) -> bool {
    (at.start.saturating_sub(4)..at.start).any(|index| {
        matches!(
            sentence.words.word(index),
            "delay" | "before" | "until" | "prior" | "wait" | "draft" | "private" | "whether" | "already" | "pending"
        ) || sentence.words.word(index).starts_with("coordinat") && !matches!(sentence.words.word(at.end), "via" | "through" | "on")
    }) || (0..at.start).any(|index| matches!(sentence.words.word(index), "wait" | "waiting"))
        || sentence.has_word(&["referenced"])
        || is_awaited(sentence, at)
        || sentence.words.word(at.start) == "draft"
        || sentence.words.word(at.start) == "made" && !sentence.has_word(&["public"])
        || (at.end..at.end + 3).any(|index| matches!(sentence.words.word(index), "draft" | "private"))
}

/// "after the advisory is published, discuss it on …": the announcement is waited for.
fn is_awaited(sentence: &Sentence, at: &Range<usize>) -> bool {
    let after = (at.start.saturating_sub(5)..at.start).find(|&index| matches!(sentence.words.word(index), "after" | "once" | "when"));
    after.is_some_and(|after| {
        sentence.within(Concept::Advisory, &(after..at.start)) && matches!(sentence.words.word(at.start - 1), "is" | "been")
    })
}

/// Whether the place is one of announcement here, not of reporting, of credit, or a mere mention.
fn is_venue(text: &Text<'_>, sentence: &Sentence, venue: Venue, at: &Range<usize>, announced: bool) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let before = at.start.checked_sub(1).map_or("", word);
    let verb = |stems: &[&str]| (0..sentence.words.len()).any(|index| stems.iter().any(|stem| word(index).starts_with(stem)));
    let credited =
        sentence.of(Concept::Credit).any(|hit| {
            hit.words.start < at.start
                && !(hit.words.end..at.start).any(|index| matches!(word(index), "and" | "," | ";"))
                && venue != Venue::Rustsec
        }) && !sentence.of(Concept::Announce).any(|hit| hit.words.start < at.start && !sentence.within(Concept::Credit, &hit.words));
    if sentence.denied(at) || credited || text.voice(sentence.passage) == Voice::Reporters && !sentence.says(Concept::We) {
        return false;
    }
    match venue {
        Venue::Cve => {
            verb(&["request", "assign", "issu", "publish", "obtain", "file", "reserv", "register", "announc", "receiv"])
                && !matches!(before, "known" | "original" | "existing" | "critical")
                && !sentence.has_word(&["referenced"])
                && (word(at.start) != "cves" || !sentence.has_word(&["trigger", "audited"]))
        }
        Venue::Website => announced || sentence.says(Concept::Notice) && verb(&["via", "on", "through", "visit", "at"]),
        // "along with its GHSA number"
        Venue::GithubAdvisory if word(at.start).starts_with("ghsa") && matches!(word(at.end), "number" | "id" | "ids" | "numbers") => false,
        Venue::GithubAdvisory => {
            announced || verb(&["publish", "announc", "issue", "disclos", "utiliz", "use", "using", "subscribe", "watch"])
        }
        // "each release lists the vulnerabilities fixed in its notes" is a record (spec: Settled cases).
        Venue::ReleaseNotes
            if sentence.has_word(&["each", "every"])
                && sentence.has_word(&["includes", "include", "lists", "list", "contains"])
                && !tells(sentence) =>
        {
            false
        }
        Venue::Social => announced || sentence.says(Concept::Notice),
        Venue::ReleaseNotes => announced || sentence.says(Concept::Notice),
        Venue::Rustsec => announced || !sentence.says(Concept::Monitor) || tells(sentence),
        Venue::MailingList | Venue::Unspecified => true,
    }
}

/// "published on [project website/repository]"
fn slot_site(sentence: &Sentence, at: &Range<usize>) -> bool {
    (at.start..sentence.words.len()).any(|index| {
        sentence.words.word(index) == "["
            && (index + 1..index + 6)
                .any(|inside| matches!(sentence.words.word(inside), "website" | "site" | "page" | "repository" | "blog"))
    })
}

/// `unspecified` goes where another sentence names the place (spec: Settled cases); "the advisory" is the one spoken of before.
pub(super) fn settle_venues(text: &Text<'_>, mut publications: Vec<Publication>, found: &mut Vec<Found>) {
    let on_github = text.sentences.iter().any(|sentence| sentence.has_word(&["draft", "private"]) && sentence.says(Concept::Advisory))
        || found.iter().any(|one| matches!(&one.kind, Kind::ReportingChannel { channel: Channel::GithubAdvisory, .. }));
    let indefinite = publications.iter().any(|one| one.venue == Venue::Unspecified && !one.definite);
    for one in &mut publications {
        if one.venue == Venue::Unspecified && one.definite && on_github && !indefinite {
            one.venue = Venue::GithubAdvisory;
            one.found.kind = Kind::AdvisoryPublication { venue: Venue::GithubAdvisory };
        }
    }
    // A CVE is an identifier, and no place where the advisory is read.
    let place = |one: &Publication| !matches!(one.venue, Venue::Unspecified | Venue::Cve);
    let advisory_named = publications.iter().any(|one| place(one) && one.of_advisory);
    let any_named = publications.iter().any(place);
    let kept = publications.into_iter().filter(|one| one.venue != Venue::Unspecified || !(advisory_named || any_named && !one.of_advisory));
    found.extend(kept.map(|one| one.found));
}
