//! The first-parent commits that changed a path, without its content, followed through renames and moves.

use gix::ObjectId;
use jiff::Timestamp;

use super::history::Commits;
use super::moves::{MOST_MOVES, moved_from};
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

/// The history of `path` behind `head`.
pub(super) fn changes(git: &gix::Repository, head: ObjectId, path: &str) -> Changes {
    let commits = Commits::new(git);
    let mut found = Changes { paths: vec![path.to_owned()], ..Changes::default() };
    if let Err(why) = walk(&commits, head, &mut found) {
        found.cut_off = Some(why);
    }
    found
}

fn walk(commits: &Commits<'_>, head: ObjectId, found: &mut Changes) -> Result<(), String> {
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
            if let (Some(id), None) = (blob, older)
                && found.paths.len() <= MOST_MOVES as usize
                && let Ok(content) = objects::blob(commits.git, id)
                && let Ok(Some((_, from))) = moved_from(commits.git, &here.id.to_string(), &path, &content)
            {
                older = file(commits, &before, &from)?;
                found.paths.push(from.clone());
                path = from;
            }
        }
        (here, blob) = (before, older);
    }
}

fn file(commits: &Commits<'_>, commit: &Commit, path: &str) -> Result<Option<ObjectId>, String> {
    Ok(objects::entry(commits.git, commit.tree, path)?.filter(|entry| entry.file).map(|entry| entry.id))
}

#[cfg(test)]
mod tests {
    use super::super::Repo;
    use super::super::testing::Fixture;
    use super::*;

    fn of(fixture: &Fixture, path: &str) -> Changes {
        Repo::discover(&fixture.path).unwrap().unwrap().changes(path)
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
        let found = Repo::discover(&clone).unwrap().unwrap().changes("Cargo.lock");
        assert_eq!(found.all.len(), 1);
        assert!(found.cut_off.unwrap().starts_with("the clone is shallow"));
    }
}
