use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::commitment::{Kind, Policy, SeverityClass, Strength, Unit, name_all};
use crate::observation::advisory::{Advisory, AdvisoryKind, Public};
use crate::observation::midnight;
use crate::replay::{Moment, Shipped};
use crate::source::{Place, Source};

fn policy(days: u32, words: &str) -> Policy {
    let source = Source::new("SECURITY.md", words);
    let kind = Kind::PatchDeadline { severity: SeverityClass::Any, window: Window { amount: days, unit: Unit::Days }, scope: None };
    let place = Place::line_in(&source, 1);
    let one =
        Commitment { id: String::new(), place, words: words.into(), strength: Strength::Firm, placeholder: false, component: None, kind };
    let mut commitments = vec![one];
    name_all(&mut commitments);
    Policy { commitments, ..Policy::default() }
}

fn stood(from: Date, policy: Policy) -> Edition {
    Edition {
        commit: Some(format!("p{from}")),
        day: Some(from),
        path: "SECURITY.md".into(),
        commitments: policy.commitments,
        excludes_dependencies: false,
    }
}

const FIX: &str = "We fix every vulnerability within the days";

/// Public and entered on 1 May, gone on `left`, in a release on `shipped`.
fn exposure(left: Option<Date>, shipped: Option<Date>) -> Exposure {
    let advisory = Advisory {
        id: "RUSTSEC-2025-0001".into(),
        aliases: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        package: "x".into(),
        title: String::new(),
        date: date(2025, 5, 1),
        severity: None,
        patched: Vec::new(),
        unaffected: Vec::new(),
        links: Vec::new(),
        path: String::new(),
    };
    Exposure {
        advisory: Arc::new(advisory),
        public: Public::stated(date(2025, 5, 1)),
        lockfile: Some("Cargo.lock".into()),
        versions: BTreeSet::new(),
        entered: Moment { commit: "c".into(), at: midnight(date(2025, 5, 1)) },
        cut_off: false,
        left: left.map(|day| Moment { commit: "d".into(), at: midnight(day) }),
        shipped: shipped.map(|day| Shipped { tag: "v1".into(), at: midnight(day) }),
        releases_read: true,
    }
}

fn kept(exposure: Exposure, editions: Vec<Edition>, fix: &Fix, today: Date) -> Option<Option<bool>> {
    let settings = Settings::default();
    let promises = Timeline { editions, ..Timeline::default() };
    judge(exposure, fix, Yardstick { promises: &promises, releases_known: true, settings: &settings, today })
        .promised
        .map(|promised| promised.kept)
}

fn published(day: Date) -> Fix {
    Fix::Version { version: "2.0.0".into(), published: Some(day) }
}

const TODAY: Date = Date::constant(2025, 12, 1);

#[test]
fn a_window_is_kept_on_its_last_day_and_broken_on_the_next() {
    let promised = || vec![stood(date(2025, 1, 1), policy(14, FIX))];
    let fix = published(date(2025, 4, 1));
    assert_eq!(kept(exposure(Some(date(2025, 5, 15)), None), promised(), &fix, TODAY), Some(Some(true)));
    assert_eq!(kept(exposure(Some(date(2025, 5, 16)), None), promised(), &fix, TODAY), Some(Some(false)));
    assert_eq!(kept(exposure(None, None), promised(), &fix, date(2025, 5, 15)), Some(None), "it runs");
    assert_eq!(kept(exposure(None, None), promised(), &fix, date(2025, 5, 16)), Some(Some(false)), "open and past it");
}

#[test]
fn the_whole_clock_counts_and_what_is_not_known_accuses_nobody() {
    let late = || exposure(Some(date(2025, 5, 20)), None);
    let early = || vec![stood(date(2025, 1, 1), policy(14, FIX))];
    assert_eq!(kept(late(), early(), &published(date(2025, 5, 10)), TODAY), Some(Some(true)), "the fix came later");
    assert_eq!(kept(late(), vec![stood(date(2025, 5, 8), policy(14, FIX))], &published(date(2025, 4, 1)), TODAY), Some(Some(true)));
    let unknown = Fix::Version { version: "2.0.0".into(), published: None };
    assert_eq!(kept(late(), early(), &unknown, TODAY), Some(None), "the fix may have come later");
    assert_eq!(kept(exposure(Some(date(2025, 5, 2)), None), early(), &unknown, TODAY), Some(Some(true)), "in time in any case");
    assert_eq!(kept(late(), early(), &Fix::None, TODAY), None, "nothing to update to");
}

#[test]
fn the_promise_of_that_time_is_the_measure() {
    let fix = published(date(2025, 4, 1));
    let longer = vec![stood(date(2025, 1, 1), policy(7, FIX)), stood(date(2025, 6, 1), policy(90, FIX))];
    assert_eq!(kept(exposure(Some(date(2025, 5, 20)), None), longer, &fix, TODAY), Some(Some(false)), "softened only later");
    let after = vec![stood(date(2025, 6, 1), policy(7, FIX))];
    assert_eq!(kept(exposure(Some(date(2025, 5, 20)), None), after, &fix, TODAY), None, "nothing was promised then");
    let dropped = vec![stood(date(2025, 1, 1), policy(7, FIX)), stood(date(2025, 5, 3), Policy::default())];
    assert_eq!(kept(exposure(Some(date(2025, 5, 20)), None), dropped, &fix, TODAY), None);
}

#[test]
fn a_promise_of_a_release_is_kept_by_one() {
    let fix = published(date(2025, 4, 1));
    let promised = |words: &str| vec![stood(date(2025, 1, 1), policy(14, words))];
    let fixed = |shipped| exposure(Some(date(2025, 5, 2)), shipped);
    let words = "We publish a patched release within 14 days";
    assert_eq!(kept(fixed(Some(date(2025, 5, 10))), promised(words), &fix, TODAY), Some(Some(true)));
    assert_eq!(kept(fixed(Some(date(2025, 5, 30))), promised(words), &fix, TODAY), Some(Some(false)));
    assert_eq!(kept(fixed(None), promised(words), &fix, TODAY), Some(Some(false)), "never released");
    assert_eq!(kept(fixed(None), promised(FIX), &fix, TODAY), Some(Some(true)), "a fix on the branch was promised");
    assert_eq!(kept(fixed(None), promised("Fixed within 14 days of the release of an advisory"), &fix, TODAY), Some(Some(true)));
}

#[test]
fn a_release_that_may_not_be_known_accuses_nobody() {
    let fix = published(date(2025, 4, 1));
    let words = "We publish a patched release within 14 days";
    let late = || exposure(Some(date(2025, 5, 2)), Some(date(2025, 5, 30)));
    let promised = || vec![stood(date(2025, 1, 1), policy(14, words))];
    assert_eq!(kept(late(), promised(), &fix, TODAY), Some(Some(false)));
    let unread = Exposure { releases_read: false, ..late() };
    assert_eq!(kept(unread, promised(), &fix, TODAY), Some(None), "a release before that could not be read");
    let settings = Settings::default();
    let promises = Timeline { editions: promised(), ..Timeline::default() };
    let no_tags = Yardstick { promises: &promises, releases_known: false, settings: &settings, today: TODAY };
    assert_eq!(judge(late(), &fix, no_tags).kept(), None, "tags may be missing");
    let on_branch = Timeline { editions: vec![stood(date(2025, 1, 1), policy(14, FIX))], ..Timeline::default() };
    let fixed = judge(exposure(Some(date(2025, 6, 2)), None), &fix, Yardstick { promises: &on_branch, ..no_tags });
    assert_eq!(fixed.kept(), Some(false), "a promise of a fix rests on no release");
}
