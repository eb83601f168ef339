//! Since when a promise has stood in the policy (spec: "Clock", 4).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::git::Repo;
use super::since::since;
use crate::commitment::{Commitment, Policy};
use crate::observation::advisory::Since;
use crate::source::Source;

/// For each promise of `policy` whose id is in `ids`: since when a promise of the same window for the same
/// severity and component has stood in the file at `path`. `read` reads an older text of it.
pub fn promised_since(
    repo: Option<&Repo>,
    path: &str,
    policy: &Policy,
    ids: &BTreeSet<String>,
    read: &dyn Fn(&Arc<Source>) -> Policy,
) -> BTreeMap<String, Since> {
    let asked: Vec<&Commitment> = policy.commitments.iter().filter(|commitment| ids.contains(&commitment.id)).collect();
    let answers = match repo {
        None => vec![Since::Unknown("there is no git here".into()); asked.len()],
        Some(_) if asked.is_empty() => Vec::new(),
        Some(repo) => {
            let view = |text: String| read(&Source::new(path, text)).commitments;
            since(repo.moves(path).map(|(_, step)| step), &asked, view, |older, promise| {
                older.iter().any(|other| other.is_same_promise(promise))
            })
        }
    };
    asked.iter().map(|commitment| commitment.id.clone()).zip(answers).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::git::testing::Fixture;
    use super::*;
    use crate::commitment::{Kind, SeverityClass, Strength, Unit, Window, name_all};
    use crate::source::Place;

    /// A reader for tests: every line `<severity> <days>` is a promise.
    fn read(source: &Arc<Source>) -> Policy {
        let promise = |(line, text): (u32, &str)| {
            let (severity, days) = text.split_once(' ')?;
            let window = Window { amount: days.parse().ok()?, unit: Unit::Days };
            Some(Commitment {
                id: String::new(),
                place: Place::line_in(source, line),
                words: text.into(),
                strength: Strength::Firm,
                placeholder: false,
                component: None,
                kind: Kind::PatchDeadline { severity: SeverityClass::from_word(severity)?, window, scope: None },
            })
        };
        let mut commitments: Vec<_> = (1..).zip(source.text().lines()).filter_map(promise).collect();
        name_all(&mut commitments);
        Policy { commitments, ..Policy::default() }
    }

    fn ask(fixture: &Fixture, text: &str, ids: &[&str]) -> Vec<Since> {
        let repo = Repo::discover(&fixture.path).unwrap();
        let ids = ids.iter().map(|id| format!("patch-deadline/{id}")).collect();
        let policy = read(&Source::new("SECURITY.md", text));
        promised_since(repo.as_ref(), "SECURITY.md", &policy, &ids, &read).into_values().collect()
    }

    #[test]
    fn a_promise_begins_where_its_window_was_last_written() {
        let fixture = Fixture::new();
        fixture.commit_file("2024-01-01", "SECURITY.md", "high 30\ncritical 14\n");
        let changed = fixture.commit_file("2024-02-01", "SECURITY.md", "high 30\ncritical 7\n");
        let now = "words\nhigh 30\ncritical 7\nlow 90\n";
        fixture.commit_file("2024-03-01", "SECURITY.md", "words\nhigh 30\ncritical 7\n");
        let found = ask(&fixture, now, &["critical", "high", "low"]);
        assert_eq!(found[0], Since::Day { date: date(2024, 2, 1), commit: changed });
        assert!(matches!(&found[1], Since::Day { date: day, .. } if *day == date(2024, 1, 1)), "{found:?}");
        assert_eq!(found[2], Since::Today, "only the work tree has it");
        assert_eq!(ask(&fixture, now, &[]), []);
    }

    #[test]
    fn a_policy_that_is_moved_keeps_its_promises() {
        let fixture = Fixture::new();
        fixture.commit_file("2024-01-01", "docs/SECURITY.md", "high 30\n");
        fixture.git(&["mv", "docs/SECURITY.md", "SECURITY.md"]);
        fixture.commit("2024-02-01");
        assert!(matches!(&ask(&fixture, "high 30\n", &["high"])[0], Since::Day { date: day, .. } if *day == date(2024, 1, 1)));
    }
}
