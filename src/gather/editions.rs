//! Every revision of a policy's promises, wherever the policy lay, by git's first-parent history.

use std::path::Path;
use std::sync::Arc;

use super::files::decode;
use super::git::{Repo, Revision, Step};
use crate::commitment::{Edition, Policy, Timeline};
use crate::observation::day;
use crate::source::Source;

/// The most revisions that are read.
const MOST: usize = 2_000;
/// The most bytes of them.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The revisions of the policy in `file`, wherever that lies, whose text is `now`.
///
/// # Errors
/// A half-sentence where the file lies in no git repository, or that cannot be opened.
pub fn of_file(file: &Path, now: &str, read: &dyn Fn(&Arc<Source>) -> Policy) -> Result<Timeline, String> {
    let real = file.canonicalize().map_err(|error| error.to_string())?;
    let repo = real.parent().map(Repo::discover).transpose()?.flatten().ok_or("it lies in no git repository")?;
    let inside = real.strip_prefix(repo.root()).ok().and_then(Path::to_str).ok_or("it lies outside the repository's files")?;
    Ok(timeline(&repo, &Source::new(inside.replace('\\', "/"), now), read))
}

/// The revisions of the policy whose text is `now`, the oldest first. `read` reads one of them.
pub fn timeline(repo: &Repo, now: &Arc<Source>, read: &dyn Fn(&Arc<Source>) -> Policy) -> Timeline {
    let mut found = Timeline::default();
    let committed = |path: &str, revision: &Revision| -> Result<Edition, String> {
        let text = revision.content.clone().map(decode).transpose()?;
        let policy = text.map(|text| read(&Source::new(path, text))).unwrap_or_default();
        Ok(edition(path, Some(revision), policy))
    };
    if repo.differs_from_head(now.path(), now.text().as_bytes()) {
        found.editions.push(edition(now.path(), None, read(now)));
    }
    let mut bytes = 0;
    for (path, step) in repo.moves(now.path()) {
        let (revision, cut_off) = match &step {
            Step::Changed(revision) => (revision, false),
            Step::CutOff(revision) => (revision, true),
        };
        bytes += revision.content.as_ref().map_or(0, Vec::len);
        if found.editions.len() >= MOST || bytes > MOST_BYTES {
            found.cut_off = true;
            found.gaps.push(format!("what came before {} is not read: there is too much of it", day(revision.at)));
            break;
        }
        if cut_off {
            found.cut_off = true;
            found.gaps.push(format!(
                "the history is cut off at {}, what came before is not known; `git fetch --unshallow` brings it",
                day(revision.at)
            ));
        }
        // Where it is cut off, a text that is not there may only be one that could not be read.
        if cut_off && revision.content.is_none() {
            continue;
        }
        match committed(&path, revision) {
            Ok(edition) => found.editions.push(edition),
            Err(why) => found.gaps.push(format!("the policy of {} ({path}) could not be read: {why}", day(revision.at))),
        }
    }
    found.editions.reverse();
    found
}

fn edition(path: &str, revision: Option<&Revision>, policy: Policy) -> Edition {
    Edition {
        commit: revision.map(|revision| revision.commit.clone()),
        day: revision.map(|revision| day(revision.at)),
        path: path.to_owned(),
        excludes_dependencies: policy.excludes_dependencies.is_some(),
        commitments: policy.commitments,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::git::testing::Fixture;
    use super::*;
    use crate::read;

    const POLICY: &str =
        "# Security\n\nThank you for looking.\n\nWe read each report with care.\n\nWe fix vulnerabilities within 14 days.\n";

    fn timeline_of(fixture: &Fixture, path: &str) -> Timeline {
        let repo = Repo::discover(&fixture.path).unwrap().unwrap();
        let text = std::fs::read_to_string(fixture.path.join(path)).unwrap();
        timeline(&repo, &Source::new(path, text), &read::policy)
    }

    fn told(timeline: &Timeline) -> Vec<(Option<jiff::civil::Date>, &str, usize)> {
        timeline.editions.iter().map(|edition| (edition.day, edition.path.as_str(), edition.commitments.len())).collect()
    }

    #[test]
    fn a_policy_is_followed_from_path_to_path() {
        let fixture = Fixture::new();
        fixture.write("README.md", "# Read me\n\nThank you for looking.\n");
        fixture.commit_file("2024-01-01", "SECURITY.md", POLICY);
        fixture.git(&["mv", "SECURITY.md", "policy.md"]);
        fixture.commit("2024-02-01");
        std::fs::create_dir(fixture.path.join(".github")).unwrap();
        fixture.git(&["mv", "policy.md", ".github/SECURITY.md"]);
        let edited = format!("{POLICY}\nReporters are credited.\n");
        fixture.commit_file("2024-03-01", ".github/SECURITY.md", &edited);
        fixture.write(".github/SECURITY.md", format!("{edited}\nWe run `cargo audit` in CI.\n"));
        let timeline = timeline_of(&fixture, ".github/SECURITY.md");
        let days = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)].map(Some);
        assert_eq!(
            told(&timeline),
            [(days[0], "SECURITY.md", 1), (days[1], "policy.md", 1), (days[2], ".github/SECURITY.md", 2), (None, ".github/SECURITY.md", 3)]
        );
        assert!(!timeline.cut_off && timeline.gaps.is_empty());
    }

    #[test]
    fn another_text_that_went_is_no_move_and_a_deletion_is_a_revision() {
        let fixture = Fixture::new();
        fixture.commit_file("2024-01-01", "SECURITY.md", POLICY);
        std::fs::remove_file(fixture.path.join("SECURITY.md")).unwrap();
        fixture.commit_file("2024-02-01", "docs/notes.md", "# Notes\n\nOf other things.\n");
        std::fs::remove_file(fixture.path.join("docs/notes.md")).unwrap();
        fixture.commit_file("2024-03-01", "SECURITY.md", POLICY);
        let timeline = timeline_of(&fixture, "SECURITY.md");
        let lengths: Vec<_> = timeline.editions.iter().map(|edition| edition.commitments.len()).collect();
        assert_eq!(lengths, [1, 0, 1]);
    }

    #[test]
    fn a_cut_off_history_and_an_unreadable_revision_are_said() {
        let fixture = Fixture::new();
        fixture.commit_file("2024-01-01", "SECURITY.md", POLICY);
        fixture.write("SECURITY.md", b"Gr\xfc\xdfe\n");
        fixture.commit("2024-02-01");
        fixture.commit_file("2024-03-01", "SECURITY.md", POLICY);
        let timeline = timeline_of(&fixture, "SECURITY.md");
        assert_eq!((timeline.editions.len(), timeline.gaps.len(), timeline.cut_off), (2, 1, false));
        assert!(timeline.gaps[0].contains("2024-02-01") && timeline.gaps[0].contains("UTF-8"), "{:?}", timeline.gaps);

        let shallow = fixture.beside("shallow");
        fixture.git(&["clone", "-q", "--depth", "1", &fixture.url(), shallow.to_str().unwrap()]);
        let repo = Repo::discover(&shallow).unwrap().unwrap();
        let timeline = super::timeline(&repo, &Source::new("SECURITY.md", POLICY), &read::policy);
        assert_eq!((timeline.editions.len(), timeline.cut_off), (1, true));
        assert!(timeline.gaps[0].contains("git fetch --unshallow"), "{:?}", timeline.gaps);
    }
}
