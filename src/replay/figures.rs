//! The figures over many exposures.

use std::collections::BTreeMap;

use super::windows::Judged;
use crate::observation::day;

/// What many exposures come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// How many are over.
    pub closed: usize,
    /// How many are not.
    pub open: usize,
    /// The median of the days of those that are over (element ⌊n/2⌋, ascending, from 0).
    pub median_days: Option<f64>,
    /// Their 90th percentile (element ⌊0.9·n⌋).
    pub p90_days: Option<f64>,
    /// The longest.
    pub max_days: Option<f64>,
    /// The same median until a release was free of it, of those that reached one.
    pub median_days_to_release: Option<f64>,
    /// How many were in time, where a window was promised.
    pub in_time: usize,
    /// How many were not.
    pub late: usize,
}

impl Figures {
    /// The figures of `all`.
    pub fn of<'a>(all: impl Iterator<Item = &'a Judged>) -> Self {
        let (mut days, mut to_release) = (Vec::new(), Vec::new());
        let mut figures = Self::default();
        for one in all {
            match one.exposure.days() {
                Some(taken) => days.push(taken),
                None => figures.open += 1,
            }
            to_release.extend(one.exposure.days_to_release());
            figures.in_time += usize::from(one.kept() == Some(true));
            figures.late += usize::from(one.kept() == Some(false));
        }
        days.sort_by(f64::total_cmp);
        to_release.sort_by(f64::total_cmp);
        figures.closed = days.len();
        figures.median_days = days.get(days.len() / 2).copied();
        figures.p90_days = days.get(days.len() * 9 / 10).copied();
        figures.max_days = days.last().copied();
        figures.median_days_to_release = to_release.get(to_release.len() / 2).copied();
        figures
    }
}

/// The figures of each severity: `critical`, `high`, `medium`, `low`, `unknown`.
pub fn by_severity(all: &[Judged]) -> BTreeMap<&'static str, Figures> {
    grouped(all, |one| one.severity.map_or("unknown", |severity| severity.word()))
}

/// The figures of each year in which exposures began.
pub fn by_year(all: &[Judged]) -> BTreeMap<i16, Figures> {
    grouped(all, |one| day(one.exposure.began()).year())
}

fn grouped<K: Ord>(all: &[Judged], key: impl Fn(&Judged) -> K) -> BTreeMap<K, Figures> {
    let mut groups = BTreeMap::<K, Vec<&Judged>>::new();
    for one in all {
        groups.entry(key(one)).or_default().push(one);
    }
    groups.into_iter().map(|(key, group)| (key, Figures::of(group.into_iter()))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::observation::advisory::{Advisory, AdvisoryKind, Public, Severity};
    use crate::observation::midnight;
    use crate::replay::{Exposure, Moment};

    fn taken(days: i8, severity: Option<Severity>) -> Judged {
        let advisory = Advisory {
            id: "A".into(),
            aliases: Vec::new(),
            kind: AdvisoryKind::Vulnerability,
            package: "x".into(),
            title: String::new(),
            date: date(2025, 5, 1),
            severity,
            patched: Vec::new(),
            unaffected: Vec::new(),
            links: Vec::new(),
            path: String::new(),
        };
        let moment = |day: i8| Moment { commit: String::new(), at: midnight(date(2025, 5, day)) };
        let exposure = Exposure {
            advisory: Arc::new(advisory),
            public: Public::stated(date(2025, 5, 1)),
            lockfile: None,
            versions: BTreeSet::new(),
            entered: moment(1),
            cut_off: false,
            left: (days > 0).then(|| moment(1 + days)),
            shipped: None,
            releases_read: true,
        };
        Judged { exposure, severity, promised: None }
    }

    #[test]
    fn the_median_is_the_element_in_the_middle_and_the_upper_one_of_two() {
        let all: Vec<Judged> = [5, 1, 4, 2, 0].into_iter().map(|days| taken(days, None)).collect();
        let figures = Figures::of(all.iter());
        assert_eq!((figures.closed, figures.open), (4, 1));
        assert_eq!((figures.median_days, figures.p90_days, figures.max_days), (Some(4.0), Some(5.0), Some(5.0)));
        assert_eq!(Figures::of([].iter()), Figures::default());
    }

    #[test]
    fn groups_are_by_severity_and_by_year() {
        let all = [taken(1, Some(Severity::High)), taken(2, None), taken(3, None)];
        let by = by_severity(&all);
        assert_eq!(by.iter().map(|(name, figures)| (*name, figures.closed)).collect::<Vec<_>>(), [("high", 1), ("unknown", 2)]);
        assert_eq!(by_year(&all).into_keys().collect::<Vec<_>>(), [2025]);
    }
}
