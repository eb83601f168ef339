use jiff::civil::{Date, date};

use super::*;
use crate::observation::advisory::AdvisoryKind;
use crate::observation::history::Revision;
use crate::observation::midnight;

fn advisory(id: &str, package: &str, patched: &str, public: Date) -> Known {
    let advisory = Advisory {
        id: id.into(),
        aliases: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        package: package.into(),
        title: String::new(),
        date: public,
        severity: None,
        patched: vec![patched.parse().unwrap()],
        unaffected: Vec::new(),
        links: Vec::new(),
        path: String::new(),
    };
    (Arc::new(advisory), Public::stated(public))
}

fn at(day: Date) -> Timestamp {
    midnight(day)
}

/// A history from what each revision locks: the changes are those between neighbours.
fn history(revisions: &[(Date, &[(&str, &str)])]) -> LockfileHistory {
    let mut packages: Vec<(String, Version)> = Vec::new();
    let mut index = |name: &str, version: &str| {
        let key = (name.to_owned(), version.parse().unwrap());
        packages.iter().position(|known| *known == key).unwrap_or_else(|| {
            packages.push(key);
            packages.len() - 1
        })
    };
    let mut before: BTreeSet<usize> = BTreeSet::new();
    let mut found = Vec::new();
    for (nth, (day, locks)) in revisions.iter().enumerate() {
        let now: BTreeSet<usize> = locks.iter().map(|(name, version)| index(name, version)).collect();
        let change =
            Change::Packages { added: now.difference(&before).copied().collect(), removed: before.difference(&now).copied().collect() };
        found.push(Revision { commit: format!("c{nth}"), at: at(*day), written: at(*day), change });
        before = now;
    }
    LockfileHistory { path: "Cargo.lock".into(), packages, revisions: found, cut_off: None, releases: Vec::new() }
}

const fn may(day: i8) -> Date {
    date(2025, 5, day)
}

#[test]
fn days_run_from_the_later_of_the_entry_and_the_day_it_was_public() {
    let known = [advisory("A", "x", ">=2.0.0", may(10))];
    let replayed = replay(&history(&[(may(1), &[("x", "1.0.0")]), (may(12), &[("x", "1.1.0")]), (may(15), &[("x", "2.0.0")])]), &known);
    let [one] = replayed.exposures.as_slice() else { panic!("{replayed:?}") };
    assert_eq!((one.days(), one.entered.commit.as_str(), one.left.as_ref().unwrap().commit.as_str()), (Some(5.0), "c0", "c2"));
    assert_eq!(one.versions.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1.0.0", "1.1.0"]);
    let late = replay(&history(&[(may(12), &[("x", "1.0.0")]), (may(15), &[])]), &known);
    assert_eq!(late.exposures[0].days(), Some(3.0), "and from the entry where that is the later");
}

#[test]
fn what_was_gone_before_it_was_known_is_no_exposure_and_what_came_back_is_another() {
    let known = [advisory("A", "x", ">=2.0.0", may(10))];
    let before = history(&[(may(1), &[("x", "1.0.0")]), (may(9), &[("x", "2.0.0")])]);
    assert!(replay(&before, &known).exposures.is_empty());
    let reverted = history(&[
        (may(11), &[("x", "1.0.0")]),
        (may(12), &[("x", "2.0.0")]),
        (may(20), &[("x", "1.0.0")]),
        (may(21), &[("x", "1.0.0"), ("y", "1.0.0")]),
    ]);
    let found = replay(&reverted, &known).exposures;
    assert_eq!(found.iter().map(Exposure::days).collect::<Vec<_>>(), [Some(1.0), None]);
}

#[test]
fn a_version_that_was_gone_before_is_not_named() {
    let known = [advisory("A", "x", ">=2.0.0", may(10))];
    let replayed = replay(&history(&[(may(1), &[("x", "1.0.0")]), (may(5), &[("x", "1.1.0")])]), &known);
    assert_eq!(replayed.exposures[0].versions.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1.1.0"]);
}

#[test]
fn a_fix_is_released_with_the_first_later_tag_that_is_free_of_it() {
    let known = [advisory("A", "x", ">=2.0.0", may(2))];
    let mut past = history(&[(may(1), &[("x", "1.0.0")]), (may(10), &[("x", "2.0.0")])]);
    let tag = |name: &str, day: Date, locks: Option<Vec<usize>>| Tagged {
        name: name.into(),
        version: "1.0.0".parse().unwrap(),
        at: at(day),
        locks,
    };
    past.releases = vec![
        tag("v1", may(5), Some(vec![0])),
        tag("v2", may(11), Some(vec![0])),
        tag("v3", may(12), None),
        tag("v4", may(14), Some(vec![1])),
    ];
    let replayed = replay(&past, &known);
    let one = &replayed.exposures[0];
    assert_eq!((one.days(), one.days_to_release(), one.shipped.as_ref().unwrap().tag.as_str()), (Some(8.0), Some(12.0), "v4"));
    assert!(!one.releases_read, "v3 may have been free of it");
    let known: Vec<Option<usize>> = replayed.releases.iter().map(|release| release.known.as_ref().map(Vec::len)).collect();
    assert_eq!(known, [Some(1), Some(1), None, Some(0)]);
}

#[test]
fn clocks_that_run_backwards_and_unreadable_revisions_are_said() {
    let known = [advisory("A", "x", ">=2.0.0", may(1))];
    let mut past = history(&[(may(10), &[("x", "1.0.0")]), (may(5), &[("x", "1.0.0"), ("y", "1.0.0")]), (may(12), &[])]);
    past.revisions
        .insert(2, Revision { commit: "bad".into(), at: at(may(11)), written: at(may(11)), change: Change::Unreadable("cut off".into()) });
    past.cut_off = Some("the clone is shallow".into());
    let replayed = replay(&past, &known);
    assert_eq!(replayed.exposures[0].days(), Some(2.0));
    assert!(replayed.exposures[0].cut_off);
    assert_eq!(replayed.notes.len(), 3, "{:?}", replayed.notes);
    past.revisions.iter_mut().for_each(|one| one.written = at(date(2020, 1, 1)));
    assert_eq!(replay(&past, &known).notes.len(), 3, "four revisions are too few to tell a rewritten history");
}

/// The same by brute force: for every advisory, what each revision locks as a whole.
fn plain(revisions: &[(Date, Vec<(String, String)>)], known: &[Known]) -> Vec<(String, Timestamp, Option<Timestamp>)> {
    let mut found = Vec::new();
    for (advisory, public) in known {
        let hit = |locks: &[(String, String)]| {
            locks.iter().any(|(name, version)| *name == advisory.package && advisory.affects(&version.parse().unwrap()))
        };
        let mut since = None;
        for (day, locks) in revisions {
            match (since, hit(locks)) {
                (None, true) => since = Some(at(*day)),
                (Some(from), false) => {
                    if at(*day) > public.at {
                        found.push((advisory.id.clone(), from, Some(at(*day))));
                    }
                    since = None;
                }
                (None, false) | (Some(_), true) => {}
            }
        }
        found.extend(since.map(|from| (advisory.id.clone(), from, None)));
    }
    found.sort();
    found
}

#[test]
fn it_agrees_with_brute_force_on_generated_histories() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for _ in 0..200 {
        let known: Vec<Known> = (0..6_u32)
            .map(|nth| {
                let package = ["x", "y", "z"][usize::try_from(next(3)).unwrap()];
                let patched = format!(">={}.0.0", next(4) + 1);
                advisory(&format!("A{nth}"), package, &patched, may(i8::try_from(next(28) + 1).unwrap()))
            })
            .collect();
        let mut day = may(1);
        let mut revisions = Vec::new();
        for _ in 0..next(20) + 1 {
            day = day.checked_add(jiff::Span::new().days(i64::try_from(next(4)).unwrap())).unwrap();
            let locks: BTreeSet<(String, String)> = (0..next(5))
                .map(|_| (["x", "y", "z", "w"][usize::try_from(next(4)).unwrap()].to_owned(), format!("{}.0.0", next(5))))
                .collect();
            revisions.push((day, locks.into_iter().collect::<Vec<_>>()));
        }
        let borrowed: Vec<(Date, Vec<(&str, &str)>)> = revisions
            .iter()
            .map(|(day, locks)| (*day, locks.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect()))
            .collect();
        let slices: Vec<(Date, &[(&str, &str)])> = borrowed.iter().map(|(day, locks)| (*day, locks.as_slice())).collect();
        let mut found: Vec<_> = replay(&history(&slices), &known)
            .exposures
            .iter()
            .map(|one| (one.advisory.id.clone(), one.entered.at, one.left.as_ref().map(|left| left.at)))
            .collect();
        found.sort();
        assert_eq!(found, plain(&revisions, &known), "{revisions:?}");
    }
}
