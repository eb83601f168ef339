use std::fs;

use super::*;
use crate::testing::World;

/// An Ed25519 key until 2028-01-01 with an encryption subkey until 2026-06-30; made for these tests.
const KEEPER: &str = "\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEaVZhwBYJKwYBBAHaRw8BAQdAck3UxX1WHmtWmbRaz1uOYYYPlVGV2zqwd4So
GKtgwJ20F0tlZXBlciA8a2VlcGVyQGFjbWUuaW8+iJYEExYIAD4WIQRlMh7c49RP
AvPkxF1SwBRcbfYSRAUCaVZhwAIbAwUJA8JnAAULCQgHAgYVCgkICwIEFgIDAQIe
AQIXgAAKCRBSwBRcbfYSRLkAAQCGQFEu+w5e+VgWJclY5Ev/e8T+/NHJjNoaK1Pz
0Ni5/QD/a9/SHuGsBfmKp8UcTwhQxAXCGcaLRXZOmdXcaVOO5gy4OARpVmHAEgor
BgEEAZdVAQUBAQdA5MjqpKbtgQm1TOzzmsspT5cJLULo3HMWmGVrA5j1/ScDAQgH
iH4EGBYIACYWIQRlMh7c49RPAvPkxF1SwBRcbfYSRAUCaVZhwAIbDAUJAO1OAAAK
CRBSwBRcbfYSRKqjAP4tFc/Hx8IBZVmGhNFbLVG+LKSyFhsrQvDk21GQtvfAUwD7
Bd/Kr3/9u60hb8TRZS6v9S1hPjJxj+v9DCZRvRxWlgQ=
=npv9
-----END PGP PUBLIC KEY BLOCK-----
";
/// An Ed25519 key that only signs.
const SIGNER: &str = "\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEaVZhwBYJKwYBBAHaRw8BAQdAVGO1iKqZzuDs5yzf22xLf5G2IoB95aFRg301
0Hof4/y0F1NpZ25lciA8c2lnbmVyQGFjbWUuaW8+iJAEExYIADgWIQSlIyg8TOjs
69EfgQHAqJ9uWbf93QUCaVZhwAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK
CRDAqJ9uWbf93bQtAQCTKgZb3eHqMZOFpExjBuSlQ2LKu5+mdBrT+P4mXHANtgEA
ggjQuaa0WsXTcdaxEcRUmbshgCTv2l/F0wDAjok53QI=
=LyNe
-----END PGP PUBLIC KEY BLOCK-----
";
/// An RSA key without subkeys that may do everything, and never expires.
const OLD: &str = "\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mI0EaVZhwAEEANKZ1t6gl59WyuwI4ylepJ3KNV555aT47Xi+ey5LaJPvn7gmcm+q
lHb2/c9Q+OW5p9a35I1qJy1an4uupgAE5DNZmvEDMJXMr5Hy2fnzLpNBSL2HqFu5
c4HSmQ8tLay3WWfSG6fpTvOazWOLBcJZk6R5Dbkkw9r2xrQR95LmBFqhABEBAAG0
EU9sZCA8b2xkQGFjbWUuaW8+iM4EEwEKADgWIQTAlOTpC34F8GoiScohFTfr+1Sj
wwUCaVZhwAIbDwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRAhFTfr+1Sjw63n
BACByXJ08AT82XYQddwA5afzoFSgL3AGaCStDnZwZUa6v9iNGbpB+Es3BwKJsPS2
lMAKlXa77IpioesdskUSN7KTwsvfsEPxtx3PoS1SRPIXutWaN6TdfK2hLk9xqrMw
XSTzrcW7KqSJa/6SKFtYVp+doGmi2BmbJ6jkD9yUtmbNcA==
=nsEy
-----END PGP PUBLIC KEY BLOCK-----
";
/// A revoked one.
const GONE: &str = "\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEaVZhwBYJKwYBBAHaRw8BAQdAgnUVffvwEL7m6l8oWLdWb3NoJTeAk06xOXtZ
PrCwChqIeAQgFggAIBYhBM5+OH5TjWTRt1ZVYF6oL9U6lwoIBQJpVmHAAh0AAAoJ
EF6oL9U6lwoI/J0A+gI4u13LtN4YTEU/5l2WoD/GKb8GnI8oXyfqzjzlU9CZAQCR
XLjTZ1ObFCH+VQ1qqc+wXLA0pdGaK4WINR06cfJAAbQTR29uZSA8Z29uZUBhY21l
LmlvPoiWBBMWCAA+FiEEzn44flONZNG3VlVgXqgv1TqXCggFAmlWYcACGwMFCQPC
ZwAFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQXqgv1TqXCghZGQD9F9/G35JF
/Vq4Wkerf6xaTjkTPDqCcm+n+LPaQJ/xxfMBAKIjhk3iCq6ApBCcsbUlN1wJlTD/
r03ozR4YaTewVdMK
=0IXz
-----END PGP PUBLIC KEY BLOCK-----
";
const FINGERPRINT: &str = "65321EDCE3D44F02F3E4C45D52C0145C6DF61244";

fn look_at(target: &str, policy: &str, tree: &[(&str, &[u8])]) -> KeyFound {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in tree {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let world = World::new().promise(Kind::EncryptionKey { target: target.into() });
    let source = Source::new(".github/SECURITY.md", policy);
    let mut found = keys(&Files::new(folder.path()), &source, &world.policy);
    assert_eq!(found.len(), 1);
    found.remove(0).found
}

fn parsed(text: &str) -> KeyFound {
    look_at("key.asc", "", &[(".github/key.asc", text.as_bytes())])
}

fn outline(found: &KeyFound) -> String {
    match found {
        KeyFound::Elsewhere => "elsewhere".into(),
        KeyFound::Missing(path) => format!("missing {path}"),
        KeyFound::Unreadable(path, why) => format!("unreadable {path}: {why}"),
        KeyFound::Other { format, .. } => (*format).into(),
        KeyFound::Parsed { path, fingerprint, encrypts, revoked, expires, .. } => {
            let fingerprint = fingerprint.as_deref().unwrap_or("?");
            let expires = expires.map_or("never".into(), |day| day.to_string());
            format!("{path} {fingerprint} encrypts={encrypts} revoked={revoked} {expires}")
        }
    }
}

#[test]
fn fingerprints_flags_and_expiry_are_those_that_gpg_shows() {
    assert_eq!(outline(&parsed(KEEPER)), format!(".github/key.asc {FINGERPRINT} encrypts=true revoked=false 2026-06-30"));
    let KeyFound::Parsed { subkeys, .. } = parsed(KEEPER) else { panic!("it parses") };
    assert_eq!(subkeys, ["3261A15C0391AFD3DEBBF9E7038A0166C3348212"]);
    assert_eq!(outline(&parsed(SIGNER)), ".github/key.asc A523283C4CE8ECEBD11F8101C0A89F6E59B7FDDD encrypts=false revoked=false never");
    assert_eq!(outline(&parsed(OLD)), ".github/key.asc C094E4E90B7E05F06A2249CA211537EBFB54A3C3 encrypts=true revoked=false never");
    assert!(outline(&parsed(GONE)).contains("revoked=true 2028-01-01"));
}

#[test]
fn a_binary_key_is_the_same_key() {
    use base64::Engine as _;
    let body: String = KEEPER.lines().filter(|line| !line.starts_with(['-', '='])).collect();
    let binary = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
    let found = look_at("../key.gpg", "", &[("key.gpg", &binary)]);
    assert!(outline(&found).starts_with(&format!("key.gpg {FINGERPRINT} ")));
    for end in 0..binary.len() {
        // Every cut is told or leaves a shorter whole key; none panics.
        let _ = openpgp::keys(&binary[..end]);
    }
    assert_eq!(outline(&look_at("key.gpg", "", &[("key.gpg", &binary[..100])])), "unreadable key.gpg: it is cut off");
}

#[test]
fn what_is_no_public_key_says_why() {
    let cut = &KEEPER[..KEEPER.len() / 2];
    assert_eq!(outline(&parsed(cut)), "unreadable .github/key.asc: its armor has no end: it is cut off");
    assert_eq!(outline(&parsed("hello")), "unreadable .github/key.asc: it holds no OpenPGP public key");
    assert_eq!(outline(&parsed("")), "unreadable .github/key.asc: it holds no OpenPGP public key");
    let secret = parsed("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----\n");
    assert!(outline(&secret).ends_with("it is a secret key, which must not be published"));
    let garbled = KEEPER.replacen("mDMEaVZh", "!!!!aVZh", 1);
    assert!(outline(&parsed(&garbled)).contains("its armor is no Base64"));
}

#[test]
fn other_sorts_of_keys_are_recognised() {
    assert_eq!(outline(&parsed("# public key\nage1qqqqqqqqqqqqqqqqqqqqqqq\n")), "an age recipient");
    assert_eq!(outline(&parsed("untrusted comment: minisign public key 12\nRWQ\n")), "a minisign key");
    assert_eq!(outline(&parsed("ssh-ed25519 AAAA someone\n")), "an SSH key");
    assert_eq!(outline(&parsed("-----BEGIN CERTIFICATE-----\nAAAA\n")), "an X.509 certificate");
}

#[test]
fn a_named_file_is_missing_only_where_it_names_one_here() {
    assert_eq!(outline(&look_at("keys/sec.asc", "", &[])), "missing .github/keys/sec.asc");
    for elsewhere in [
        "https://acme.io/key.asc",
        "acme.io/key.asc",
        "/key.asc",
        "keys.openpgp.org",
        "0x52C0145C6DF61244",
        FINGERPRINT,
        "",
        "our key server",
    ] {
        assert_eq!(outline(&look_at(elsewhere, "", &[])), "elsewhere", "{elsewhere}");
    }
}

#[test]
fn an_armored_key_in_the_policy_is_read() {
    let policy = format!("# Security\n\n```\n{KEEPER}```\n");
    let found = look_at("https://keys.acme.io/sec", &policy, &[]);
    assert!(outline(&found).starts_with(&format!(".github/SECURITY.md {FINGERPRINT} ")));
    let indented: String = KEEPER.lines().map(|line| format!("    > {line}\n")).collect();
    assert!(outline(&look_at("", &indented, &[])).contains(FINGERPRINT));
}

fn stated_in(policy: &str) -> Vec<String> {
    match look_at("key.asc", policy, &[("key.asc", KEEPER.as_bytes())]) {
        KeyFound::Parsed { stated, .. } => stated,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fingerprints_are_found_in_every_usual_spelling() {
    for spelling in [
        FINGERPRINT,
        "65321edce3d44f02f3e4c45d52c0145c6df61244",
        "6532 1EDC E3D4 4F02 F3E4  C45D 52C0 145C 6DF6 1244",
        "`6532 1EDC E3D4 4F02 F3E4 C45D 52C0 145C 6DF6 1244`",
        "65:32:1E:DC:E3:D4:4F:02:F3:E4:C4:5D:52:C0:14:5C:6D:F6:12:44",
        "0x65321EDCE3D44F02F3E4C45D52C0145C6DF61244",
        "0x52C0145C6DF61244, fingerprint 65321EDCE3D44F02F3E4C45D52C0145C6DF61244",
    ] {
        assert_eq!(stated_in(&format!("Our PGP key: {spelling}.")), [FINGERPRINT], "{spelling}");
    }
    assert_eq!(stated_in("Our key is 0x52C0145C6DF61244"), ["52C0145C6DF61244"]);
}

#[test]
fn hexadecimal_that_is_no_fingerprint_is_left_alone() {
    assert!(stated_in("https://acme.io/commit/65321edce3d44f02f3e4c45d52c0145c6df61244").is_empty());
    let far = format!("{}since 65321edce3d44f02f3e4c45d52c0145c6df61244", "\n".repeat(20));
    assert!(stated_in(&far).is_empty(), "no word of a key, and far from the promise");
    assert!(stated_in(&format!("key\n{KEEPER}")).is_empty(), "the key's own armor");
    assert!(stated_in("our key: dead beef, cafe 1234").is_empty());
}
