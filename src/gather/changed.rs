//! When a file was last changed.

use jiff::civil::Date;

use super::files::Files;
use super::git::{Repo, Step};
use super::since::day;
use crate::observation::Observed;

/// The day of the newest commit that changed the file at `path`; today where only the work tree has the change.
pub fn last_changed(repo: Option<&Repo>, files: &Files, path: &str, today: Date) -> Observed<Date> {
    let Some(repo) = repo else {
        return Observed::Unavailable("there is no git here".into());
    };
    match files.read(path) {
        Ok(Some(source)) if repo.differs_from_head(path, source.text().as_bytes()) => return Observed::Seen(today),
        Ok(Some(_)) => {}
        Ok(None) => return Observed::Absent(vec![path.to_owned()]),
        Err(why) => return Observed::Unavailable(why),
    }
    match repo.revisions(path).next() {
        Some(Step::Changed(revision)) => Observed::Seen(day(revision.at)),
        Some(Step::CutOff(_)) => Observed::Unavailable("the history is cut off before its last change".into()),
        None => Observed::Absent(vec![path.to_owned()]),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::gather::git::testing::Fixture;

    #[test]
    fn the_newest_commit_of_the_file_counts_and_an_open_change_is_of_today() {
        let fixture = Fixture::new();
        fixture.commit_file("2025-01-01", "SECURITY.md", "old");
        fixture.commit_file("2025-02-01", "SECURITY.md", "new");
        fixture.commit_file("2025-03-01", "README.md", "else");
        let today = date(2026, 6, 15);
        let ask = |path: &str| {
            let repo = Repo::discover(&fixture.path).unwrap();
            last_changed(repo.as_ref(), &Files::new(&fixture.path), path, today).seen().copied()
        };
        assert_eq!(ask("SECURITY.md"), Some(date(2025, 2, 1)));
        assert_eq!(ask("gone.md"), None);
        fixture.write("SECURITY.md", "newer");
        assert_eq!(ask("SECURITY.md"), Some(today));
    }
}
