//! The first-parent commits that changed a path, without its content, followed through renames and moves.

use gix::ObjectId;
use jiff::Timestamp;

use super::history::Commits;
use super::objects::{self, Commit};

/// One first-parent commit that changed a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The commit.
    pub commit: ObjectId,
    /// Its committer time.
    pub at: Timestamp,
    /// The path's content since; `None` where it is gone.
    pub blob: Option<ObjectId>,
}

/// The history of one path.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The newest first; the last one brought the path in, unless the history is cut off.
    pub all: Vec<Changed>,
    /// The paths that it had, today's first.
    pub paths: Vec<String>,
    /// Why nothing older could be read.
    pub cut_off: Option<String>,
}

/// How alike two contents are, from 0 to 1.
pub type Likeness<'a> = &'a dyn Fn(&[u8], &[u8]) -> f64;

/// The least likeness at which a file that went where another of the same name came is taken for moved and changed.
const ALIKE: f64 = 0.5;

/// The history of `path` behind `head`.
pub(super) fn changes(git: &gix::Repository, head: ObjectId, path: &str, likeness: Likeness<'_>) -> Changes {
    let commits = Commits::new(git);
    let mut found = Changes { paths: vec![path.to_owned()], ..Changes::default() };
    if let Err(why) = walk(&commits, head, likeness, &mut found) {
        found.cut_off = Some(why);
    }
    found
}

fn walk(commits: &Commits<'_>, head: ObjectId, likeness: Likeness<'_>, found: &mut Changes) -> Result<(), String> {
    let mut path = found.paths.first().cloned().unwrap_or_default();
    let mut here = commits.read(head)?;
    let mut blob = file(commits, &here, &path)?;
    loop {
        let changed = Changed { commit: here.id, at: here.at, blob };
        if commits.is_boundary(here.id) {
            found.all.extend(blob.map(|_| changed));
            return Err(format!("the clone is shallow, and ends at {}", here.id.to_hex_with_len(10)));
        }
        let Some(parent) = here.parent else {
            found.all.extend(blob.map(|_| changed));
            return Ok(());
        };
        let step = || {
            let before = commits.read(parent)?;
            let older = if before.tree == here.tree { blob } else { file(commits, &before, &path)? };
            Ok::<_, String>((before, older))
        };
        let (before, mut older) = step().inspect_err(|_| found.all.extend(blob.map(|_| changed)))?;
        if older != blob {
            found.all.push(changed);
            if let (Some(content), None) = (blob, older)
                && let Some((from, id)) = moved_from(commits, &here, &before, &path, content, likeness)
            {
                found.paths.push(from.clone());
                path = from;
                older = Some(id);
            }
        }
        (here, blob) = (before, older);
    }
}

fn file(commits: &Commits<'_>, commit: &Commit, path: &str) -> Result<Option<ObjectId>, String> {
    Ok(objects::entry(commits.git, commit.tree, path)?.filter(|entry| entry.file).map(|entry| entry.id))
}

/// The file of the same name that `newer` no longer has and whose content `path` took over.
fn moved_from(
    commits: &Commits<'_>,
    newer: &Commit,
    older: &Commit,
    path: &str,
    content: ObjectId,
    likeness: Likeness<'_>,
) -> Option<(String, ObjectId)> {
    let name = path.rsplit('/').next()?;
    let same_name = |other: &str| other.rsplit('/').next() == Some(name);
    let before = objects::walk(commits.git, older.tree, &same_name).ok()?;
    let gone = before.into_iter().filter(|other| file(commits, newer, other).is_ok_and(|file| file.is_none()));
    let gone: Vec<(String, ObjectId)> = gone.filter_map(|other| file(commits, older, &other).ok()?.map(|id| (other, id))).collect();
    if let Some(same) = gone.iter().find(|(_, id)| *id == content) {
        return Some(same.clone());
    }
    let text = objects::blob(commits.git, content).ok()?;
    let scored = gone.into_iter().filter_map(|(other, id)| {
        let alike = likeness(&objects::blob(commits.git, id).ok()?, &text);
        (alike >= ALIKE).then_some((alike, other, id))
    });
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other, id)| (other, id))
}

#[cfg(test)]
mod tests {
    use super::super::Repo;
    use super::super::testing::Fixture;
    use super::*;

    /// The share of the lines of `a` that `b` has too.
    fn lines(a: &[u8], b: &[u8]) -> f64 {
        let (a, b) = (String::from_utf8_lossy(a).into_owned(), String::from_utf8_lossy(b).into_owned());
        let all = u32::try_from(a.lines().count().max(1)).unwrap();
        let shared = u32::try_from(a.lines().filter(|line| b.lines().any(|other| other == *line)).count()).unwrap();
        f64::from(shared) / f64::from(all)
    }

    fn of(fixture: &Fixture, path: &str) -> Changes {
        Repo::discover(&fixture.path).unwrap().unwrap().changes(path, &lines)
    }

    #[test]
    fn a_moved_and_changed_file_keeps_its_history() {
        let fixture = Fixture::new();
        let first = fixture.commit_file("2024-01-01", "rust/Cargo.lock", "a\nb\nc\n");
        fixture.commit_file("2024-01-02", "README.md", "words");
        fixture.git(&["mv", "rust/Cargo.lock", "Cargo.lock"]);
        let moved = fixture.commit_file("2024-01-03", "Cargo.lock", "a\nb\nd\n");
        let found = of(&fixture, "Cargo.lock");
        assert_eq!(found.paths, ["Cargo.lock", "rust/Cargo.lock"]);
        let commits: Vec<String> = found.all.iter().map(|one| one.commit.to_string()).collect();
        assert_eq!(commits, [moved, first]);
        assert_eq!(found.cut_off, None);
    }

    #[test]
    fn a_file_that_is_no_heir_begins_anew_and_a_gap_is_a_change() {
        let fixture = Fixture::new();
        fixture.commit_file("2024-01-01", "Cargo.lock", "a\nb\n");
        std::fs::remove_file(fixture.path.join("Cargo.lock")).unwrap();
        fixture.commit_file("2024-01-02", "old/Cargo.lock", "x\ny\n");
        std::fs::remove_file(fixture.path.join("old/Cargo.lock")).unwrap();
        fixture.commit_file("2024-01-03", "Cargo.lock", "a\nb\n");
        let found = of(&fixture, "Cargo.lock");
        assert_eq!(found.paths, ["Cargo.lock"]);
        let held: Vec<bool> = found.all.iter().map(|one| one.blob.is_some()).collect();
        assert_eq!(held, [true, false, true]);
    }

    #[test]
    fn a_shallow_clone_says_where_it_ends() {
        let fixture = Fixture::new();
        fixture.commit_file("2024-01-01", "Cargo.lock", "a\n");
        fixture.commit_file("2024-01-02", "Cargo.lock", "b\n");
        let clone = fixture.beside("clone");
        fixture.git(&["clone", "-q", "--depth", "1", &fixture.url(), clone.to_str().unwrap()]);
        let found = Repo::discover(&clone).unwrap().unwrap().changes("Cargo.lock", &lines);
        assert_eq!(found.all.len(), 1);
        assert!(found.cut_off.unwrap().starts_with("the clone is shallow"));
    }
}
