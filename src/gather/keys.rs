//! Keys that the policy offers for encrypted reports: in files that it names, or armored in its own text.

mod openpgp;

use std::sync::Arc;

use crate::commitment::{Commitment, Kind, Policy};
use crate::gather::files::{Files, join, normal};
use crate::observation::code::{Key, KeyFound};
use crate::source::Source;

/// The largest key file that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;
/// The endings of files that hold keys.
const ENDINGS: &[&str] = &["asc", "gpg", "pgp", "key", "pub", "pem", "age", "txt", "crt", "cer"];
/// How many lines after the promise a fingerprint may stand without its name.
const NEAR: u32 = 6;
/// How an armored public key begins.
const ARMOR: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// What is found of each key that the policy offers, in the order of its promises.
pub fn keys(files: &Files, source: &Arc<Source>, policy: &Policy) -> Vec<Key> {
    let found = |commitment: &Commitment| {
        let Kind::EncryptionKey { target } = &commitment.kind else { return None };
        if commitment.placeholder {
            return None;
        }
        let stated = stated(source, commitment.place.line(), target);
        Some(Key { commitment: commitment.id.clone(), found: look(files, source, target, stated) })
    };
    policy.commitments.iter().filter_map(found).collect()
}

/// Key files that the repository seems to offer for reports, by their names: `security.asc`, say. One that
/// signs releases is called otherwise.
pub fn offered(files: &Files) -> Vec<String> {
    let offers = |name: &str| {
        let name = name.to_ascii_lowercase();
        let key = name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "asc" | "gpg" | "pgp" | "age"));
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        key && plain && name.contains("security")
    };
    let found = |folder: &&str| files.list(folder).into_iter().filter(|entry| !entry.folder && offers(&entry.name));
    ["", ".github", "docs"].iter().flat_map(|folder| found(folder).map(|entry| join(folder, &entry.name)).collect::<Vec<_>>()).collect()
}

fn look(files: &Files, source: &Arc<Source>, target: &str, stated: Vec<String>) -> KeyFound {
    if let Some(path) = named_file(files, source.path(), target) {
        return match files.bytes(&path, LARGEST) {
            Ok(Some(bytes)) => parse(path, &bytes, stated),
            Ok(None) => KeyFound::Missing(path),
            // A link out of the repository, say: the key may be good all the same.
            Err(_) => KeyFound::Elsewhere,
        };
    }
    if source.text().contains(ARMOR) {
        return parse(source.path().to_owned(), source.text().as_bytes(), stated);
    }
    KeyFound::Elsewhere
}

/// The file of the repository that the target names; `None` where it names none, or another site's.
fn named_file(files: &Files, policy: &str, target: &str) -> Option<String> {
    let target = target.split(['#', '?']).next().unwrap_or_default().trim();
    if target.is_empty() || target.contains(':') || target.contains(char::is_whitespace) {
        return None;
    }
    let folder = policy.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = normal(&join(folder, target))?;
    if let Some(there) = [Some(beside.clone()), normal(target)].into_iter().flatten().find(|path| files.exists(path)) {
        return Some(there);
    }
    let first = target.trim_start_matches("./").split('/').next().unwrap_or_default();
    // `acme.io/key.asc` and `/key.asc` are addresses of a site.
    let site = target.starts_with('/') || (target.contains('/') && !first.starts_with('.') && first.contains('.'));
    let ending = target.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()));
    (ending && !site).then_some(beside)
}

fn parse(path: String, bytes: &[u8], stated: Vec<String>) -> KeyFound {
    if let Some((format, encrypts)) = std::str::from_utf8(bytes).ok().and_then(other_format) {
        return KeyFound::Other { path, format, encrypts };
    }
    let keys = match openpgp::keys(bytes) {
        Ok(keys) => keys,
        Err(why) => return KeyFound::Unreadable(path, why),
    };
    let is_stated = |key: &&openpgp::PublicKey| {
        let matches = |stated: &String| key.fingerprint.as_ref().is_some_and(|fingerprint| fingerprint.ends_with(stated));
        stated.iter().any(matches)
    };
    match keys.iter().find(is_stated).or(keys.first()) {
        Some(key) => KeyFound::Parsed {
            path,
            fingerprint: key.fingerprint.clone(),
            subkeys: key.subkeys(),
            encrypts: key.encrypts(),
            revoked: key.revoked(),
            expires: key.expires(),
            stated,
        },
        None => KeyFound::Unreadable(path, "it holds no public key".into()),
    }
}

/// Keys of other sorts, by their first words; whether a report can be encrypted to them.
fn other_format(text: &str) -> Option<(&'static str, Option<bool>)> {
    if text.contains(ARMOR) {
        return None;
    }
    let line = |start: &str| text.lines().any(|line| line.trim_start().starts_with(start));
    if line("age1") {
        Some(("an age recipient", Some(true)))
    } else if text.contains("minisign public key") || text.contains("signify public key") {
        Some(("a minisign key", Some(false)))
    } else if line("ssh-") || line("ecdsa-sha2-") {
        Some(("an SSH key", None))
    } else if line("-----BEGIN CERTIFICATE-----") {
        Some(("an X.509 certificate", None))
    } else if line("-----BEGIN PUBLIC KEY-----") {
        Some(("a bare public key", None))
    } else {
        None
    }
}

/// The fingerprints and key ids that the target, the lines after the promise, and lines that speak of
/// fingerprints state; upper-case hexadecimal, each once.
fn stated(source: &Source, line: u32, target: &str) -> Vec<String> {
    let mut stated = fingerprints(target);
    let near = line..=line.saturating_add(NEAR);
    let mut armored = false;
    for number in 1..=source.lines() {
        let text = source.line_text(number);
        armored |= text.contains("-----BEGIN PGP");
        let speaks = ["fingerprint", "pgp", "gpg", "key"].iter().any(|word| text.to_lowercase().contains(word));
        if !armored && (near.contains(&number) || speaks) {
            stated.extend(fingerprints(text));
        }
        armored &= !text.contains("-----END PGP");
    }
    stated.sort();
    stated.dedup();
    // A key id beside the fingerprint that it ends is no further key.
    let whole = stated.clone();
    stated.retain(|id| !whole.iter().any(|other| other.len() > id.len() && other.ends_with(id.as_str())));
    stated
}

/// Runs of hexadecimal groups that are 40 digits long, and key ids that begin with `0x`. Words with a slash
/// are addresses.
fn fingerprints(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '/')).filter(|word| !word.is_empty());
    let mut found = Vec::new();
    let mut run = String::new();
    let mut width = 0;
    for word in words {
        let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
        let hex = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(id) = digits.filter(|id| hex(id) && [8, 16, 40].contains(&id.len())) {
            found.push(id.to_ascii_uppercase());
        }
        if !hex(word) || word.len() != width {
            run.clear();
            width = word.len();
        }
        if hex(word) {
            run.push_str(word);
        }
        if run.len() == 40 && [2, 4, 8, 10, 20, 40].contains(&width) {
            found.push(run.to_ascii_uppercase());
            run.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests;
