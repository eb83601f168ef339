//! Private messages to a person named.

use super::super::lexicon::Concept;
use super::super::markdown::Passage;
use super::super::sentence::Sentence;
use super::{Reading, part, reporting_section};
use crate::commitment::Channel;

impl Reading<'_, '_> {
    /// A private message to a person named.
    pub(super) fn chats(&mut self, sentence: &Sentence, passage: &Passage) {
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
        if sentence.has_word(&["community", "public"]) {
            return;
        }
        let handles = handles(body);
        let keybase = passage.links.iter().filter(|_| !sentence.says(Concept::Key)).find(|link| {
            sentence.range.contains(&link.shown.start)
                && ["keybase.io/", "t.me/", "signal.me/"].iter().any(|host| link.target.contains(host))
        });
        if !service || !direct && handles.is_empty() && keybase.is_none() {
            return;
        }
        if let Some(link) = keybase {
            let target = link.target.to_lowercase();
            self.push(sentence, sentence.words.at(link.shown.start), Channel::Chat, target, false);
        }
        for handle in handles.into_iter().take(8) {
            let at = body.to_lowercase().find(&handle).map_or(0, |at| sentence.words.at(sentence.range.start + at + 1));
            self.push(sentence, at, Channel::Chat, handle, false);
        }
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
