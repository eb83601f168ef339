//! Keys for encrypted reports (spec: `encryption-key`).

use jiff::civil::Date;

use super::Context;
use crate::commitment::Commitment;
use crate::observation::Reason;
use crate::observation::code::KeyFound;
use crate::verdict::Judgement;

/// Judges a key for encrypted reports.
pub fn encryption_key(context: Context<'_>, commitment: &Commitment) -> Judgement {
    let Some(key) = context.observations.keys.iter().find(|key| key.commitment == commitment.id) else {
        return Judgement::unproven(Reason::at("the key was not looked for", &commitment.place));
    };
    match &key.found {
        KeyFound::Elsewhere => {
            Judgement::unproven(Reason::at("the key itself is not in this repository; a copy in it could be checked", &commitment.place))
        }
        KeyFound::Missing(path) => Judgement::broken(Reason::in_path(format!("the policy names {path}, and there is no such file"), path)),
        KeyFound::Unreadable(path, why) => Judgement::broken(Reason::in_path(format!("{path} is no readable key: {why}"), path)),
        KeyFound::Other { path, format, encrypts } => other(path, format, *encrypts),
        KeyFound::Parsed { path, fingerprint, subkeys, encrypts, revoked, expires, stated } => {
            let unproven = |text: &str| Judgement::unproven(Reason::in_path(format!("the key in {path} {text}"), path));
            if let Some(judgement) = mismatch(path, fingerprint.as_deref(), subkeys, stated) {
                judgement
            } else if let Some(day) = expires.filter(|day| *day < context.today) {
                Judgement::broken(Reason::in_path(format!("the key in {path} expired after {day}"), path))
            } else if *revoked {
                unproven("carries a revocation of itself, which is not verified here")
            } else if !encrypts {
                unproven("has no part that may encrypt, as far as its flags and algorithms tell")
            } else {
                valid(path, fingerprint.as_deref(), *expires)
            }
        }
    }
}

fn other(path: &str, format: &str, encrypts: Option<bool>) -> Judgement {
    match encrypts {
        Some(true) => Judgement::kept(1, Reason::in_path(format!("{path} holds {format}, which never expires"), path)),
        Some(false) => Judgement::unproven(Reason::in_path(format!("{path} holds {format}, which signs and does not encrypt"), path)),
        None => Judgement::unproven(Reason::in_path(format!("{path} holds {format}, whose validity is not read"), path)),
    }
}

fn valid(path: &str, fingerprint: Option<&str>, expires: Option<Date>) -> Judgement {
    let until = expires.map_or_else(|| "it does not expire".to_owned(), |day| format!("it expires after {day}"));
    let name = fingerprint.map(|fingerprint| format!(" {fingerprint}")).unwrap_or_default();
    Judgement::kept(1, Reason::in_path(format!("{path} holds an OpenPGP key{name}; {until}"), path))
}

/// Several stated fingerprints may be of several people, so that one of them may well be another's.
fn mismatch(path: &str, fingerprint: Option<&str>, subkeys: &[String], stated: &[String]) -> Option<Judgement> {
    if stated.is_empty() {
        return None;
    }
    let Some(fingerprint) = fingerprint else {
        let said = format!("the fingerprint of the key in {path} cannot be computed here; `gpg --show-keys {path}` shows it");
        return Some(Judgement::unproven(Reason::in_path(said, path)));
    };
    let known = |stated: &String| fingerprint.ends_with(stated.as_str()) || subkeys.iter().any(|key| key.ends_with(stated.as_str()));
    if stated.iter().any(known) {
        return None;
    }
    let said = format!("the key in {path} is {fingerprint}, and the policy states {}", stated.join(", "));
    let reason = Reason::in_path(said, path);
    Some(if stated.len() == 1 { Judgement::broken(reason) } else { Judgement::unproven(reason) })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::commitment::Kind;
    use crate::observation::code::Key;
    use crate::testing::World;

    const FINGERPRINT: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

    fn judge(found: KeyFound) -> Judgement {
        let mut world = World::new().promise(Kind::EncryptionKey { target: "key.asc".into() });
        world.observations.keys = vec![Key { commitment: world.policy.commitments[0].id.clone(), found }];
        world.judge()
    }

    fn parsed(expires: Option<Date>, stated: &[&str]) -> KeyFound {
        KeyFound::Parsed {
            path: "key.asc".into(),
            fingerprint: Some(FINGERPRINT.into()),
            subkeys: vec![FINGERPRINT.replace("0123", "FFFF")],
            encrypts: true,
            revoked: false,
            expires,
            stated: stated.iter().map(|&stated| stated.into()).collect(),
        }
    }

    fn word(found: KeyFound) -> &'static str {
        judge(found).outcome.word()
    }

    #[test]
    fn a_valid_key_is_kept_with_its_expiry() {
        let judged = judge(parsed(Some(date(2026, 6, 15)), &[FINGERPRINT]));
        assert_eq!((judged.outcome.word(), judged.tested), ("kept", 1));
        assert!(judged.reasons[0].text.ends_with("it expires after 2026-06-15"));
        assert_eq!(word(parsed(None, &["89ABCDEF01234567"])), "kept", "a key id");
        assert_eq!(word(parsed(None, &["FFFF456789ABCDEFFFFF456789ABCDEFFFFF4567"])), "kept", "a subkey");
    }

    #[test]
    fn a_missing_unreadable_expired_or_other_key_is_broken() {
        assert_eq!(word(KeyFound::Missing("key.asc".into())), "broken");
        assert_eq!(word(KeyFound::Unreadable("key.asc".into(), "it is cut off".into())), "broken");
        assert_eq!(word(parsed(Some(date(2026, 6, 14)), &[])), "broken");
        assert_eq!(word(parsed(None, &["0000000000000000000000000000000000000000"])), "broken");
    }

    #[test]
    fn what_cannot_be_told_is_unproven() {
        assert_eq!(word(KeyFound::Elsewhere), "unproven");
        assert_eq!(word(parsed(None, &["0000000000000000", "1111111111111111"])), "unproven", "two people's keys");
        let change = |found| match found {
            KeyFound::Parsed { path, fingerprint, subkeys, expires, stated, .. } => {
                KeyFound::Parsed { path, fingerprint, subkeys, expires, stated, encrypts: false, revoked: false }
            }
            other => other,
        };
        assert_eq!(word(change(parsed(None, &[]))), "unproven");
        let other = |encrypts| KeyFound::Other { path: "key.txt".into(), format: "an age recipient", encrypts };
        assert_eq!([word(other(Some(true))), word(other(Some(false))), word(other(None))], ["kept", "unproven", "unproven"]);
        let world = World::new().promise(Kind::EncryptionKey { target: "key.asc".into() });
        assert_eq!(world.outcomes(), ["unproven"], "it was never looked for");
    }
}
