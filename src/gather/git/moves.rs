//! The history of a text that moves from path to path, told by its content as git itself tells it.

use std::collections::BTreeMap;

use super::history::History;
use super::objects::{self, Commit};
use super::{Step, parse};

/// The most moves that are followed.
pub(super) const MOST_MOVES: u32 = 16;
/// The most texts that one is compared with.
const MOST_CANDIDATES: usize = 64;
/// The largest text that is compared by its lines, in bytes.
const LARGEST: usize = 1024 * 1024;

/// The walk: each step with the path that it was at. After the commit that brought the path in, it goes on at
/// the path from which it was moved there.
pub(super) struct Moves<'repo> {
    git: &'repo gix::Repository,
    walk: History<'repo>,
    path: String,
    left: u32,
}

impl<'repo> Moves<'repo> {
    pub(super) fn new(git: &'repo gix::Repository, path: &str) -> Self {
        Self { git, walk: History::new(git, path), path: path.to_owned(), left: MOST_MOVES }
    }
}

impl Iterator for Moves<'_> {
    type Item = (String, Step);

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.walk.next()?;
        let path = self.path.clone();
        let content = match &step {
            Step::Changed(revision) => revision.content.as_ref().map(|content| (revision.commit.as_str(), content)),
            Step::CutOff(_) => None,
        };
        if let Some((commit, content)) = content.filter(|_| self.left > 0)
            && let Ok(Some((parent, from))) = moved_from(self.git, commit, &path, content)
        {
            self.left -= 1;
            self.walk = History::from(self.git, parent, &from);
            self.path = from;
        }
        Some((path, step))
    }
}

/// Where the text that `commit` has at `path` lay in its first parent, where it did not lie at `path` there: the
/// same text, else the one with the most lines in common, at least half.
pub(super) fn moved_from(git: &gix::Repository, commit: &str, path: &str, content: &[u8]) -> Result<Option<(Commit, String)>, String> {
    let child = objects::commit(git, parse(commit)?)?;
    let Some(parent) = child.parent else { return Ok(None) };
    let parent = objects::commit(git, parent)?;
    if objects::entry(git, parent.tree, path)?.is_some() {
        return Ok(None);
    }
    let is_text = |path: &str| {
        let lower = path.to_ascii_lowercase();
        [".md", ".markdown", ".txt"].iter().any(|end| lower.ends_with(end)) || lower.ends_with("security")
    };
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let (own, own_is_text) = (name(path), is_text(path));
    let may_be = |other: &str| name(other) == own || own_is_text && is_text(other);
    let text = objects::entry(git, child.tree, path)?.map(|entry| entry.id);
    let mut candidates = Vec::new();
    for from in objects::walk(git, parent.tree, &may_be)? {
        if objects::entry(git, child.tree, &from)?.is_none()
            && let Some(entry) = objects::entry(git, parent.tree, &from)?
        {
            if text == Some(entry.id) {
                return Ok(Some((parent, from)));
            }
            candidates.push((from, entry.id));
        }
    }
    let mut best: Option<(usize, String)> = None;
    for (from, id) in candidates.into_iter().take(MOST_CANDIDATES) {
        let Ok(before) = objects::blob(git, id) else { continue };
        let percent = in_common(&before, content);
        if percent >= 50 && best.as_ref().is_none_or(|(most, _)| percent > *most) {
            best = Some((percent, from));
        }
    }
    Ok(best.map(|(_, from)| (parent, from)))
}

/// How much of two texts is in both, by their lines that say anything, in percent.
fn in_common(a: &[u8], b: &[u8]) -> usize {
    if a.len() > LARGEST || b.len() > LARGEST {
        return 0;
    }
    let lines = |text: &'_ [u8]| {
        text.split(|byte| *byte == b'\n').map(|line| line.trim_ascii().to_vec()).filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    let (a, b) = (lines(a), lines(b));
    let mut left: BTreeMap<&[u8], usize> = BTreeMap::new();
    for line in &a {
        *left.entry(line).or_default() += 1;
    }
    let mut both = 0_usize;
    for line in &b {
        if let Some(count) = left.get_mut(line.as_slice()).filter(|count| **count > 0) {
            *count -= 1;
            both += 1;
        }
    }
    // Two empty texts say nothing of each other.
    (200 * both).checked_div(a.len() + b.len()).unwrap_or(0)
}
