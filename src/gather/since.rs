//! Since when something has been so without a break, by the history of one path (spec: "Clock", 3 and 4).

use jiff::civil::Date;

use super::files::decode;
use super::git::{Revision, Step};
use crate::observation::advisory::Since;
use crate::observation::day;

/// For each of `asked`, since when `holds` has been true of the path's content, from the newest step back.
///
/// `view` is made once of every content that is looked at; the walk ends as soon as nothing is open.
pub fn since<K, V>(
    steps: impl Iterator<Item = Step>,
    asked: &[K],
    view: impl Fn(String) -> V,
    holds: impl Fn(&V, &K) -> bool,
) -> Vec<Since> {
    let mut open: Vec<Open<'_, K>> = asked.iter().map(|key| Open { key, oldest: None, answer: None }).collect();
    for step in steps {
        let (revision, cut_off) = match step {
            Step::Changed(revision) => (revision, false),
            Step::CutOff(revision) => (revision, true),
        };
        let unread = cut_off && revision.content.is_none();
        let content = revision.content.as_ref().and_then(|bytes| decode(bytes.clone()).ok()).map(&view);
        for one in open.iter_mut().filter(|one| one.answer.is_none()) {
            let held = content.as_ref().is_some_and(|content| holds(content, one.key));
            one.step(&revision, held, cut_off, unread);
        }
        if open.iter().all(|one| one.answer.is_some()) {
            break;
        }
    }
    open.into_iter().map(Open::end).collect()
}

/// One question that is still open.
struct Open<'k, K> {
    key: &'k K,
    /// The oldest revision up to which it has held.
    oldest: Option<(Date, String)>,
    answer: Option<Since>,
}

impl<K> Open<'_, K> {
    fn step(&mut self, revision: &Revision, held: bool, cut_off: bool, unread: bool) {
        let date = day(revision.at);
        if cut_off && (held || (unread && self.oldest.is_none())) {
            self.answer = Some(Since::AtEarliest(date));
        } else if held {
            self.oldest = Some((date, revision.commit.clone()));
        } else {
            self.answer = Some(self.oldest());
        }
    }

    /// What the oldest revision so far says; without one, only the work tree has it.
    fn oldest(&mut self) -> Since {
        self.oldest.take().map_or(Since::Today, |(date, commit)| Since::Day { date, commit })
    }

    fn end(mut self) -> Since {
        self.answer.take().unwrap_or_else(|| self.oldest())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    fn revision(day: i8, content: Option<&str>) -> Revision {
        let at = date(2024, 5, day).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        Revision { commit: format!("c{day}"), at, content: content.map(|text| text.as_bytes().to_vec()) }
    }

    fn walk(steps: Vec<Step>, asked: &[&str]) -> Vec<Since> {
        since(steps.into_iter(), asked, |text| text, |text, word| text.contains(word))
    }

    fn since_day(day: i8) -> Since {
        Since::Day { date: date(2024, 5, day), commit: format!("c{day}") }
    }

    #[test]
    fn each_question_ends_at_its_own_break() {
        let steps = |texts: [(i8, Option<&str>); 4]| texts.into_iter().map(|(day, text)| Step::Changed(revision(day, text))).collect();
        let texts = [(9, Some("a b c")), (7, Some("a b")), (5, Some("b c")), (3, Some("b"))];
        let found = walk(steps(texts), &["a", "b", "c", "d"]);
        assert_eq!(found, [since_day(7), since_day(3), since_day(9), Since::Today]);
        let deleted = [(9, Some("a")), (7, None), (5, Some("a")), (3, Some("a"))];
        assert_eq!(walk(steps(deleted), &["a"]), [since_day(9)], "a deletion is a break");
    }

    #[test]
    fn a_cut_off_history_tells_the_earliest_only_of_what_still_holds() {
        let steps = || vec![Step::Changed(revision(9, Some("a b"))), Step::CutOff(revision(5, Some("b")))];
        assert_eq!(walk(steps(), &["a", "b", "c"]), [since_day(9), Since::AtEarliest(date(2024, 5, 5)), Since::Today]);
        let unread = vec![Step::CutOff(revision(5, None))];
        assert_eq!(walk(unread, &["a"]), [Since::AtEarliest(date(2024, 5, 5))]);
        let absent_there = vec![Step::Changed(revision(9, Some("a"))), Step::CutOff(revision(5, None))];
        assert_eq!(walk(absent_there, &["a"]), [since_day(9)]);
    }

    #[test]
    fn the_walk_ends_with_the_last_question() {
        let steps = (0..).map(|n| if n < 3 { Step::Changed(revision(9 - n, (n == 0).then_some("a"))) } else { panic!("read too far") });
        assert_eq!(since(steps, &["a"], |text| text, |text, word| text.contains(word)), [since_day(9)]);
    }
}
