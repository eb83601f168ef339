//! Tags: the commit that each leads to, its time, and the signature that it carries.

use gix::ObjectId;
use gix::objs::{Kind, TagRef};

use super::objects;
use crate::observation::git::{Signature, Tag};

/// How many tags of tags are followed.
const MOST_HOPS: usize = 8;

/// The tags that lead to a commit, sorted by name, and whether one could not be read.
pub(super) fn tags(git: &gix::Repository) -> (Vec<Tag>, bool) {
    let mut found = Vec::new();
    let mut unread = false;
    let Ok(platform) = git.references() else { return (found, true) };
    let Ok(references) = platform.tags() else { return (found, true) };
    for reference in references {
        let Ok(reference) = reference else {
            unread = true;
            continue;
        };
        let Ok(name) = std::str::from_utf8(reference.name().shorten()) else { continue };
        let Some(id) = reference.try_id() else { continue };
        match tag(git, name, id.detach()) {
            Ok(tag) => found.extend(tag),
            Err(_) => unread = true,
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    (found, unread)
}

/// The tag `name` on `target`; `None` where it leads to no commit.
fn tag(git: &gix::Repository, name: &str, target: ObjectId) -> Result<Option<Tag>, String> {
    let (mut at, mut signature) = (None, Signature::None);
    let mut id = target;
    for _ in 0..MOST_HOPS {
        let object = git.find_object(id).map_err(|error| objects::why(&error))?;
        match object.kind {
            Kind::Commit => {
                let commit = objects::commit(git, id)?;
                return Ok(Some(Tag { name: name.to_owned(), commit: id.to_string(), at: at.unwrap_or(commit.at), signature }));
            }
            Kind::Tag => {
                let decoded = TagRef::from_bytes(&object.data, id.kind()).map_err(|error| objects::why(&error))?;
                if signature == Signature::None {
                    signature = signature_of(&object.data);
                }
                at = at.or_else(|| Some(objects::timestamp(decoded.tagger().ok()??.seconds())));
                id = decoded.target();
            }
            Kind::Tree | Kind::Blob => return Ok(None),
        }
    }
    Ok(None)
}

/// The signature in the text of a tag object: the armor's first line at the start of a line of the message.
fn signature_of(object: &[u8]) -> Signature {
    let Some(blank) = object.windows(2).position(|pair| pair == b"\n\n") else { return Signature::None };
    let message = object.get(blank + 2..).unwrap_or_default();
    let armor = |line: &[u8]| match line.strip_suffix(b"\r").unwrap_or(line) {
        b"-----BEGIN PGP SIGNATURE-----" | b"-----BEGIN PGP MESSAGE-----" => Some(Signature::Pgp),
        b"-----BEGIN SSH SIGNATURE-----" => Some(Signature::Ssh),
        b"-----BEGIN SIGNED MESSAGE-----" => Some(Signature::X509),
        _ => None,
    };
    message.split(|&byte| byte == b'\n').find_map(armor).unwrap_or(Signature::None)
}
