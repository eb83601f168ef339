//! Addresses: e-mail (obfuscated too), links, fingerprints, and the slots that stand where one should.

use std::ops::Range;

/// An e-mail address in a text, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Email {
    pub(super) address: String,
    pub(super) range: Range<usize>,
    pub(super) slot: bool,
}

/// Hosts and words that are templates.
const SLOTS: &[&str] = &[
    "example.com",
    "example.org",
    "example.net",
    "yourdomain",
    "your-domain",
    "your_domain",
    "domain.com",
    "yourproject",
    "your-project",
    "yourcompany",
    "your-company",
    "yourorg",
    "your-org",
    "email.com",
    "company.com",
    "project.org",
    "todo",
    "xxx",
    "placeholder",
    "changeme",
    "your_email",
    "your-email",
    "youremail",
    "insert",
];

/// Whether an address or name is an unfilled slot.
pub(super) fn is_slot(address: &str) -> bool {
    let lower = address.to_lowercase();
    let bare = lower.strip_prefix("mailto:").unwrap_or(&lower);
    SLOTS.iter().any(|slot| bare.contains(slot)) && !bare.contains("todoist") || bare.contains('<') || bare.contains("tbd")
}

/// Every e-mail address in `text`.
pub(super) fn emails(text: &str) -> Vec<Email> {
    let mut found = plain(text);
    found.extend(spelled(text));
    found.sort_by_key(|email| email.range.start);
    found
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+')
}

fn is_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-')
}

fn plain(text: &str) -> Vec<Email> {
    let mut found = Vec::new();
    let mut least = 0;
    for (at, _) in text.match_indices('@') {
        let before = text.get(least..at).unwrap_or_default();
        let after = text.get(at + 1..).unwrap_or_default();
        let local = before.len() - before.trim_end_matches(is_local).len();
        let host_end = after.find(|c| !is_host(c)).unwrap_or(after.len());
        let host = after.get(..host_end).unwrap_or_default().trim_end_matches(['.', '-']);
        least = at + 1;
        if local > 0
            && let Some(end) = slot_host(after)
        {
            let range = at - local..at + 1 + end;
            found.push(Email { slot: true, address: text.get(range.clone()).unwrap_or_default().to_lowercase(), range });
            continue;
        }
        if local == 0 || !host.contains('.') || host.ends_with(char::is_numeric) || host.starts_with('.') {
            continue;
        }
        let range = at - local..at + 1 + host.len();
        let preceded = text.get(..range.start).is_some_and(|before| {
            before.ends_with(['/', ':'])
                && !before.ends_with("mailto:")
                && !before.to_lowercase().ends_with("email:")
                && before.ends_with('/')
        });
        let address = text.get(range.clone()).unwrap_or_default().to_lowercase();
        if !preceded {
            found.push(Email { slot: is_slot(&address), address, range });
        }
    }
    found
}

/// The length of a host that was never filled in: `[domain].org`, `<your-project>`, `{host}`.
fn slot_host(after: &str) -> Option<usize> {
    let close = match after.chars().next()? {
        '<' => '>',
        '[' => ']',
        '{' => '}',
        _ => return None,
    };
    let end = after.char_indices().take(64).take_while(|&(_, c)| !c.is_whitespace() || c == ' ').find(|&(_, c)| c == close)?.0 + 1;
    let rest = after.get(end..)?;
    let tail = rest.find(|c| !is_host(c)).unwrap_or(rest.len());
    Some(end + rest.get(..tail)?.trim_end_matches(['.', '-']).len())
}

/// Hosts that are for mail alone: "jo at gmail.com" is an address.
const MAIL_HOSTS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "protonmail.com",
    "proton.me",
    "pm.me",
    "outlook.com",
    "hotmail.com",
    "icloud.com",
    "fastmail.com",
    "mailbox.org",
    "riseup.net",
    "tutanota.com",
];

/// "security at example dot org", `security [at] example [dot] org`, "security(at)example.org".
fn spelled(text: &str) -> Vec<Email> {
    let lower = text.to_ascii_lowercase();
    let mut found: Vec<Email> = Vec::new();
    for mark in [" at ", "[at]", "(at)", " [at] ", " (at) ", "{at}", " <at> ", "<at>", "-at-", " at] ", " @at@ "] {
        for (at, _) in lower.match_indices(mark).take(2000) {
            let before = lower.get(..at).unwrap_or_default();
            let local = before.len() - before.trim_end_matches(is_local).len();
            let after = lower.get(at + mark.len()..).unwrap_or_default();
            // "SECURITY AT acme.dev": an "at" in capitals stands for the sign.
            let capitals =
                mark == " at " && text.get(at..at + mark.len()) == Some(" AT ") || MAIL_HOSTS.iter().any(|host| after.starts_with(host));
            let Some(host) = spelled_host(after, capitals || mark != " at " && mark != "-at-") else { continue };
            let range = at - local..at + mark.len() + host;
            let overlaps = found.iter().rev().take(8).any(|one| one.range.start < range.end && range.start < one.range.end);
            if local == 0 || overlaps {
                continue;
            }
            let address = lower.get(range.clone()).unwrap_or_default().to_owned();
            found.push(Email { slot: is_slot(&address), address, range });
        }
    }
    found
}

/// The length of "example dot org", or of "example.org" after an "at" that was `marked` as one; `None` for anything else.
fn spelled_host(after: &str, marked: bool) -> Option<usize> {
    let dots = [" dot ", "[dot]", "(dot)", " [dot] ", " (dot) ", "{dot}", "<dot>"];
    let name_end = after.find(|c: char| !is_host(c)).unwrap_or(after.len());
    let name = after.get(..name_end)?.trim_end_matches(['.', '-']);
    if name.is_empty() {
        return None;
    }
    if marked && name.contains('.') {
        return Some(name.len());
    }
    let rest = after.get(name.len()..)?;
    if let Some(dot) = dots.iter().find(|dot| rest.starts_with(**dot)) {
        let top = rest.get(dot.len()..)?;
        let top_end = top.find(|c: char| !is_host(c)).unwrap_or(top.len());
        let top = top.get(..top_end)?.trim_end_matches('.');
        return (top.len() >= 2).then_some(name.len() + dot.len() + top.len());
    }
    None
}

/// A key's fingerprint in `text`: forty hex digits, in groups or not; in lower case without spaces.
pub(super) fn fingerprint(text: &str) -> Option<String> {
    let mut run = String::new();
    for c in text.chars().take(100_000).chain(['.']) {
        if c.is_ascii_hexdigit() {
            run.push(c.to_ascii_lowercase());
        } else if !(c.is_whitespace() || c == ':') || run.is_empty() {
            if run.len() == 40 || run.len() == 64 {
                return Some(run);
            }
            run.clear();
            // A word that goes on after its hex digits is no group of a fingerprint.
        }
        if run.len() > 64 {
            run.clear();
        }
    }
    // Words of hex letters before the groups ("added 1234 …") are cut off from the front.
    let tokens: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ':' || c == '`').filter(|token| !token.is_empty()).take(20_000).collect();
    tokens.windows(10).find_map(|ten| {
        let all = ten.iter().all(|token| token.len() == 4 && token.chars().all(|c| c.is_ascii_hexdigit()));
        all.then(|| ten.concat().to_lowercase())
    })
}

/// A long or short key id, `0xAE2536227F69F181`, or a public key of age's.
pub(super) fn key_id(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).take(20_000).find_map(|word| {
        if word.starts_with("age1") && word.len() > 50 {
            return Some(word.to_owned());
        }
        let hex = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"))?;
        (matches!(hex.len(), 8 | 16 | 40) && hex.chars().all(|c| c.is_ascii_hexdigit())).then(|| word.to_lowercase())
    })
}

/// Whether `target` leads to a place in a GitHub repository where vulnerabilities are reported privately.
pub(super) fn is_advisory_form(target: &str) -> bool {
    let lower = target.to_lowercase();
    if let Some(path) = lower.split("github.com/").nth(1) {
        let mut parts = path.trim_end_matches('/').split(['/', '#', '?']).skip(2);
        return parts.next() == Some("security") && parts.next().is_none_or(|next| matches!(next, "advisories" | "" | "new"));
    }
    let path = lower.trim_end_matches('/');
    path.ends_with("security/advisories/new")
        || path.ends_with("security/advisories")
        || path.starts_with("..") && path.ends_with("/security")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        emails(text).into_iter().map(|email| email.address).collect()
    }

    #[test]
    fn addresses_are_read_as_written_and_lower_cased() {
        assert_eq!(read("Mail Security@Acme.dev, or `a.b+c@x-y.org`."), ["security@acme.dev", "a.b+c@x-y.org"]);
        assert_eq!(read("write to security at acme dot dev"), ["security at acme dot dev"]);
        assert_eq!(read("sec [at] acme [dot] org"), ["sec [at] acme [dot] org"]);
        assert_eq!(read("look at acme.dev, or @user; foo@2 and a@1.2.3"), Vec::<String>::new());
    }

    #[test]
    fn slots_fingerprints_and_forms() {
        assert!(is_slot("security@yourdomain.com") && is_slot("a@example.org") && !is_slot("security@acme.dev"));
        assert_eq!(
            fingerprint("Key: A1B2 C3D4 E5F6 7890 1234  5678 9ABC DEF0 1234 5678.").as_deref(),
            Some("a1b2c3d4e5f67890123456789abcdef012345678")
        );
        assert_eq!(
            fingerprint("07DF3E57A548CCFB7530709189BBB8663E2E65CE (Ann)").as_deref(),
            Some("07df3e57a548ccfb7530709189bbb8663e2e65ce")
        );
        assert_eq!(fingerprint("no key here 1234"), None);
        assert_eq!(key_id("key `0xAE2536227F69F181`").as_deref(), Some("0xae2536227f69f181"));
        assert!(is_advisory_form("https://github.com/a/b/security/advisories/new") && is_advisory_form("../../security/advisories/new"));
        assert!(
            !is_advisory_form("https://docs.github.com/en/code-security/security-advisories")
                && !is_advisory_form("https://github.com/a/b/security/policy")
        );
    }
}
