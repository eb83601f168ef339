//! OpenPGP public keys (RFC 9580): fingerprints, key flags and expiry. Signatures are read, never verified:
//! nothing here does arithmetic on keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gix::hash::{Kind, hasher};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How many packets one file may have.
const MOST_PACKETS: usize = 100_000;
/// Key flags for encryption of communications and of storage (RFC 9580, 5.2.3.29).
const ENCRYPTS: u8 = 0x04 | 0x08;
/// Algorithms that can encrypt: RSA, Elgamal, ECDH, X25519, X448, and the post-quantum ones.
const ENCRYPTING: &[u8] = &[1, 2, 16, 18, 25, 26, 35, 36];

/// One public key with its subkeys.
#[derive(Debug)]
pub(super) struct PublicKey {
    /// Upper-case hexadecimal; `None` of a version whose fingerprint is not SHA-1.
    pub(super) fingerprint: Option<String>,
    primary: Part,
    parts: Vec<Part>,
}

/// A primary key or a subkey.
#[derive(Debug)]
struct Part {
    fingerprint: Option<String>,
    created: u32,
    algorithm: u8,
    /// Of the newest self-signature: when it was made, after how many seconds the key expires, its flags.
    signed: Option<(u32, Option<u32>, Option<u8>)>,
    revoked: bool,
}

impl Part {
    fn encrypts(&self) -> bool {
        let flags = self.signed.and_then(|(_, _, flags)| flags);
        !self.revoked && ENCRYPTING.contains(&self.algorithm) && flags.is_none_or(|flags| flags & ENCRYPTS != 0)
    }

    /// The second at which it expires.
    fn expires(&self) -> Option<u64> {
        let after = self.signed.and_then(|(_, after, _)| after).filter(|after| *after > 0)?;
        Some(u64::from(self.created) + u64::from(after))
    }

    fn sign(&mut self, signature: &Signature) {
        if self.signed.is_none_or(|(at, _, _)| at <= signature.created) {
            self.signed = Some((signature.created, signature.expires, signature.flags));
        }
    }
}

impl PublicKey {
    /// The fingerprints of the subkeys.
    pub(super) fn subkeys(&self) -> Vec<String> {
        self.parts.iter().filter_map(|part| part.fingerprint.clone()).collect()
    }

    /// Whether any part of it may encrypt.
    pub(super) fn encrypts(&self) -> bool {
        self.encrypting().next().is_some()
    }

    /// Whether it carries a revocation of itself.
    pub(super) const fn revoked(&self) -> bool {
        self.primary.revoked
    }

    /// The last day on which something can be encrypted to it, where that ends; of a key that cannot encrypt,
    /// the primary key's.
    pub(super) fn expires(&self) -> Option<Date> {
        let primary = self.primary.expires();
        let ends = |part: &Part| part.expires().into_iter().chain(primary).min().unwrap_or(u64::MAX);
        let end = self.encrypting().map(ends).max().or(primary)?;
        let at = i64::try_from(end).ok().and_then(|end| Timestamp::from_second(end).ok())?;
        Some(at.to_zoned(TimeZone::UTC).date())
    }

    fn encrypting(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.primary).chain(&self.parts).filter(|part| part.encrypts())
    }
}

/// Every public key in a file, armored or binary.
///
/// # Errors
/// A half-sentence where it is cut off, not OpenPGP, or a secret key.
pub(super) fn keys(bytes: &[u8]) -> Result<Vec<PublicKey>, String> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN PGP PRIVATE KEY BLOCK-----") => Err("it is a secret key, which must not be published".into()),
        Ok(text) => {
            let mut keys = Vec::new();
            for block in armored(text)? {
                keys.extend(binary(&block)?);
            }
            if keys.is_empty() { Err("it holds no OpenPGP public key".into()) } else { Ok(keys) }
        }
        Err(_) => binary(bytes),
    }
}

/// The bytes of each armored public key block. Lines may be indented or quoted.
fn armored(text: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end());
    while lines.by_ref().any(|line| line == super::ARMOR) {
        let mut body = String::new();
        let mut ended = false;
        for line in lines.by_ref() {
            if line == "-----END PGP PUBLIC KEY BLOCK-----" {
                ended = true;
                break;
            }
            // Headers ("Version: …") hold a colon, the checksum begins with `=`; neither is Base64.
            if !line.contains(':') && !line.starts_with('=') {
                body.push_str(line);
            }
        }
        if !ended {
            return Err("its armor has no end: it is cut off".into());
        }
        let bytes = STANDARD_NO_PAD.decode(body.trim_end_matches('=')).map_err(|error| format!("its armor is no Base64: {error}"))?;
        blocks.push(bytes);
    }
    Ok(blocks)
}

fn binary(bytes: &[u8]) -> Result<Vec<PublicKey>, String> {
    let mut reader = Reader(bytes);
    let mut keys: Vec<PublicKey> = Vec::new();
    // Whether the next signatures are about the newest subkey.
    let mut of_subkey = false;
    for _ in 0..MOST_PACKETS {
        if reader.0.is_empty() {
            return Ok(keys);
        }
        let (tag, body) = packet(&mut reader)?;
        match (tag, keys.last_mut()) {
            (5 | 7, _) => return Err("it is a secret key, which must not be published".into()),
            (6, _) => {
                let primary = part(body)?;
                keys.push(PublicKey { fingerprint: primary.fingerprint.clone(), primary, parts: Vec::new() });
                of_subkey = false;
            }
            (14, Some(key)) => {
                key.parts.push(part(body)?);
                of_subkey = true;
            }
            (2, Some(key)) => {
                if let Some(signature) = signature(body) {
                    apply(key, of_subkey, &signature);
                }
            }
            // User ids, attributes, trust, padding and markers say nothing that is asked here.
            (_, Some(_)) | (10 | 12 | 21, None) => {}
            (_, None) => return Err("it is no OpenPGP public key".into()),
        }
    }
    Err("it has too many packets".into())
}

fn apply(key: &mut PublicKey, of_subkey: bool, signature: &Signature) {
    let own = match (&signature.issuer, &key.fingerprint) {
        (Some(issuer), Some(fingerprint)) => fingerprint.ends_with(issuer),
        (None, _) | (_, None) => true,
    };
    let part = if of_subkey { key.parts.last_mut() } else { Some(&mut key.primary) };
    let Some(part) = part.filter(|_| own) else { return };
    match (signature.kind, of_subkey) {
        (0x10..=0x13 | 0x1F, false) | (0x18, true) => part.sign(signature),
        (0x20, false) | (0x28, true) => part.revoked = true,
        _ => {}
    }
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (head, rest) = self.0.split_at_checked(count).ok_or("it is cut off")?;
        self.0 = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8, String> {
        self.take(1).map(|bytes| bytes.iter().copied().next().unwrap_or_default())
    }

    /// A big-endian number of `count` bytes, at most four.
    fn number(&mut self, count: usize) -> Result<u32, String> {
        Ok(self.take(count)?.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
    }

    fn sized(&mut self, count: usize) -> Result<&'a [u8], String> {
        let length = self.number(count)? as usize;
        self.take(length)
    }
}

/// The next packet's tag and body.
fn packet<'a>(reader: &mut Reader<'a>) -> Result<(u8, &'a [u8]), String> {
    let head = reader.byte()?;
    if head & 0x80 == 0 {
        return Err("it is no OpenPGP public key".into());
    }
    if head & 0x40 == 0 {
        let count = match head & 0x03 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return Err("a packet has no length".into()),
        };
        return Ok((head >> 2 & 0x0F, reader.sized(count)?));
    }
    let length = match reader.byte()? {
        short @ 0..=191 => usize::from(short),
        first @ 192..=223 => (usize::from(first) - 192) * 256 + usize::from(reader.byte()?) + 192,
        255 => reader.number(4)? as usize,
        224..=254 => return Err("a packet comes in parts, which keys never do".into()),
    };
    Ok((head & 0x3F, reader.take(length)?))
}

fn part(body: &[u8]) -> Result<Part, String> {
    let mut reader = Reader(body);
    let version = reader.byte()?;
    if !matches!(version, 4..=6) {
        return Err(format!("it is a key of version {version}, which nothing reads any more"));
    }
    let created = reader.number(4)?;
    let algorithm = reader.byte()?;
    let fingerprint = if version == 4 { Some(fingerprint(body)?) } else { None };
    Ok(Part { fingerprint, created, algorithm, signed: None, revoked: false })
}

/// The SHA-1 of 0x99, the length in two bytes, and the packet's body (RFC 9580, 5.5.4.2).
fn fingerprint(body: &[u8]) -> Result<String, String> {
    let length = u16::try_from(body.len()).map_err(|_| "its key packet is too long".to_owned())?;
    let mut hasher = hasher(Kind::Sha1);
    hasher.update(&[0x99]);
    hasher.update(&length.to_be_bytes());
    hasher.update(body);
    let id = hasher.try_finalize().map_err(|error| error.to_string())?;
    Ok(id.to_string().to_ascii_uppercase())
}

/// What a signature says of a key.
#[derive(Debug, Default)]
struct Signature {
    kind: u8,
    created: u32,
    expires: Option<u32>,
    flags: Option<u8>,
    /// The end of the issuer's fingerprint, upper-case hexadecimal.
    issuer: Option<String>,
}

/// A signature of version 4 or 6; `None` of any other, or where it does not parse: it then says nothing.
fn signature(body: &[u8]) -> Option<Signature> {
    let mut reader = Reader(body);
    let width = match reader.byte().ok()? {
        4 => 2,
        6 => 4,
        _ => return None,
    };
    let mut signature = Signature { kind: reader.byte().ok()?, ..Signature::default() };
    reader.take(2).ok()?;
    let hashed = reader.sized(width).ok()?;
    let unhashed = reader.sized(width).ok()?;
    for (kind, data) in subpackets(hashed)? {
        let number = |data: &[u8]| Reader(data).number(4).ok();
        match kind {
            2 => signature.created = number(data)?,
            9 => signature.expires = number(data),
            27 => signature.flags = Some(data.first().copied().unwrap_or_default()),
            _ => signature.issuer = issuer(kind, data).or(signature.issuer),
        }
    }
    // Only the issuer may stand outside what is signed.
    let loose = subpackets(unhashed)?.into_iter().find_map(|(kind, data)| issuer(kind, data));
    signature.issuer = signature.issuer.or(loose);
    Some(signature)
}

/// The issuer's key id (16), or its fingerprint after a version byte (33).
fn issuer(kind: u8, data: &[u8]) -> Option<String> {
    let id = match kind {
        16 => data,
        33 => data.get(1..)?,
        _ => return None,
    };
    Some(id.iter().map(|byte| format!("{byte:02X}")).collect())
}

fn subpackets(area: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut reader = Reader(area);
    let mut found = Vec::new();
    while !reader.0.is_empty() {
        let length = match reader.byte().ok()? {
            short @ 0..=191 => usize::from(short),
            first @ 192..=254 => (usize::from(first) - 192) * 256 + usize::from(reader.byte().ok()?) + 192,
            255 => reader.number(4).ok()? as usize,
        };
        let (kind, data) = reader.take(length).ok()?.split_first()?;
        // The highest bit only says that it is critical.
        found.push((kind & 0x7F, data));
    }
    Some(found)
}
