//! Windows and due dates: pure arithmetic on UTC days (spec: "Clock", "Window").

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::commitment::{Commitment, Kind, Policy, Scope, SeverityClass, Unit, Window};
use crate::observation::advisory::{Severity, Since};

/// The last day that is inside `window` when it starts on `start`.
///
/// 24 hours are one day, rounded up; months go by the calendar; business days are Monday to Friday,
/// without holidays. The last representable date where the sum lies past it.
pub fn due(start: Date, window: Window) -> Date {
    let amount = i64::from(window.amount);
    match window.unit {
        Unit::Hours => plus_days(start, amount.saturating_add(23) / 24),
        Unit::Days => plus_days(start, amount),
        Unit::Weeks => plus_days(start, amount.saturating_mul(7)),
        Unit::Months => i32::try_from(amount).ok().and_then(|months| start.checked_add(months.months()).ok()).unwrap_or(Date::MAX),
        Unit::BusinessDays => plus_business_days(start, amount),
    }
}

/// A promise whose window a vulnerability is charged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge<'p> {
    /// The `patch-deadline` promise.
    pub commitment: &'p Commitment,
    /// Its window.
    pub window: Window,
}

/// The promise that a vulnerability of this severity is charged to (spec: "Window"); `None` where no window
/// is promised for it. `is_about` says whether a promise about one component is about this vulnerability.
///
/// A row of that very severity goes before `non-critical`, that before `any`. A row about dependencies goes
/// before the others, which speak of reports. Of two rows for the same, the longer window is charged.
/// Where the severity is not known, the rows must cover every one, and the longest is charged.
pub fn charged<'p>(promises: &'p [Commitment], severity: Option<Severity>, is_about: &dyn Fn(&str) -> bool) -> Option<Charge<'p>> {
    let rows: Vec<Row<'p>> = promises.iter().filter_map(|commitment| row(commitment, is_about)).collect();
    let about_dependencies: Vec<Row<'p>> = rows.iter().copied().filter(|row| row.scope == Some(Scope::Dependencies)).collect();
    [about_dependencies, rows].iter().find_map(|rows| among(rows, severity)).map(|row| row.charge)
}

/// Whether the policy promises any window at all.
pub fn promises_any(policy: &Policy) -> bool {
    policy.commitments.iter().any(|commitment| row(commitment, &|_| true).is_some())
}

#[derive(Clone, Copy)]
struct Row<'p> {
    charge: Charge<'p>,
    class: SeverityClass,
    scope: Option<Scope>,
}

fn row<'p>(commitment: &'p Commitment, is_about: &dyn Fn(&str) -> bool) -> Option<Row<'p>> {
    let Kind::PatchDeadline { severity, window, scope } = commitment.kind else { return None };
    let about = commitment.component.as_ref().is_none_or(|component| is_about(component));
    (about && !commitment.placeholder).then_some(Row { charge: Charge { commitment, window }, class: severity, scope })
}

fn among<'p>(rows: &[Row<'p>], severity: Option<Severity>) -> Option<Row<'p>> {
    match severity {
        Some(severity) => of_severity(rows, severity),
        None => {
            let all = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
            let charged: Option<Vec<Row<'p>>> = all.into_iter().map(|severity| of_severity(rows, severity)).collect();
            longest(charged?.into_iter())
        }
    }
}

fn of_severity<'p>(rows: &[Row<'p>], severity: Severity) -> Option<Row<'p>> {
    let (own, wider) = match severity {
        Severity::Critical => (SeverityClass::Critical, None),
        Severity::High => (SeverityClass::High, Some(SeverityClass::NonCritical)),
        Severity::Medium => (SeverityClass::Medium, Some(SeverityClass::NonCritical)),
        Severity::Low => (SeverityClass::Low, Some(SeverityClass::NonCritical)),
    };
    let classes = [Some(own), wider, Some(SeverityClass::Any)];
    classes.into_iter().flatten().find_map(|class| longest(rows.iter().copied().filter(|row| row.class == class)))
}

/// The first of the rows with the longest window.
fn longest<'p>(rows: impl Iterator<Item = Row<'p>>) -> Option<Row<'p>> {
    // Windows of different units are compared from one fixed Monday; a month is then 31 days.
    let length = |row: &Row<'p>| due(Date::constant(2024, 1, 1), row.charge.window);
    rows.reduce(|best, next| if length(&next) > length(&best) { next } else { best })
}

/// When a clock started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The latest of the dates that are known.
    pub date: Date,
    /// Whether a date is not known that may be later: then this is the day at the earliest.
    pub at_the_earliest: bool,
}

/// The latest of the four dates (spec: "Clock"): the day it was `public`, the publication of its fix, the day
/// it `entered` the lockfile, and the day it was `promised`.
pub fn start(public: Date, fixed: Option<Date>, entered: &Since, promised: &Since, today: Date) -> Start {
    let known = [entered, promised].map(|since| match since {
        Since::Day { date, .. } => Some(*date),
        Since::Today => Some(today),
        Since::AtEarliest(_) | Since::NotAsked | Since::Unknown(_) => None,
    });
    let latest = known.into_iter().flatten().chain(fixed).fold(public, Date::max);
    Start { date: latest, at_the_earliest: known.contains(&None) }
}

/// The whole days from `from` to `to`; negative where `to` is the earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn plus_days(start: Date, days: i64) -> Date {
    i32::try_from(days).ok().and_then(|days| start.checked_add(days.days()).ok()).unwrap_or(Date::MAX)
}

fn plus_business_days(start: Date, amount: i64) -> Date {
    // A start on a weekend counts from the Friday before it: the first business day after it is the Monday.
    let back = match start.weekday() {
        Weekday::Saturday => 1,
        Weekday::Sunday => 2,
        _ => 0,
    };
    let from = plus_days(start, -back);
    let weekday = i64::from(from.weekday().to_monday_zero_offset());
    let weeks = (weekday + amount).div_euclid(5);
    let rest = (weekday + amount).rem_euclid(5);
    plus_days(from, weeks.saturating_mul(7) + rest - weekday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn after(start: Date, amount: u32, unit: Unit) -> Date {
        due(start, Window { amount, unit })
    }

    #[test]
    fn hours_are_days_rounded_up() {
        let start = date(2024, 2, 28);
        assert_eq!(after(start, 24, Unit::Hours), date(2024, 2, 29));
        assert_eq!(after(start, 25, Unit::Hours), date(2024, 3, 1));
        assert_eq!(after(start, 0, Unit::Hours), start);
    }

    #[test]
    fn months_go_by_the_calendar() {
        assert_eq!(after(date(2024, 1, 31), 1, Unit::Months), date(2024, 2, 29));
        assert_eq!(after(date(2024, 1, 31), 2, Unit::Weeks), date(2024, 2, 14));
    }

    #[test]
    fn business_days_skip_weekends() {
        let (friday, saturday, sunday, monday) = (date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23));
        assert_eq!(after(friday, 1, Unit::BusinessDays), monday);
        assert_eq!(after(saturday, 1, Unit::BusinessDays), monday);
        assert_eq!(after(sunday, 5, Unit::BusinessDays), date(2026, 11, 27));
        assert_eq!(after(monday, 5, Unit::BusinessDays), date(2026, 11, 30));
        assert_eq!(after(monday, 10, Unit::BusinessDays), date(2026, 12, 7));
    }

    #[test]
    fn a_window_past_the_calendar_ends_on_its_last_day() {
        for unit in [Unit::Days, Unit::Weeks, Unit::Months, Unit::BusinessDays] {
            assert_eq!(after(date(2026, 1, 1), u32::MAX, unit), Date::MAX, "{unit}");
        }
    }

    fn policy(rows: &[(SeverityClass, u32, Unit, Option<Scope>)]) -> Policy {
        let source = crate::source::Source::new("SECURITY.md", "row\n".repeat(rows.len()));
        let commitment = |(line, (severity, amount, unit, scope)): (u32, &(SeverityClass, u32, Unit, Option<Scope>))| Commitment {
            id: String::new(),
            place: crate::source::Place::line_in(&source, line),
            words: String::new(),
            strength: crate::commitment::Strength::Firm,
            placeholder: false,
            component: None,
            kind: Kind::PatchDeadline { severity: *severity, window: Window { amount: *amount, unit: *unit }, scope: *scope },
        };
        let mut commitments: Vec<_> = (1..).zip(rows).map(commitment).collect();
        crate::commitment::name_all(&mut commitments);
        Policy { commitments, ..Policy::default() }
    }

    fn charged_days(policy: &Policy, severity: Option<Severity>) -> Option<u32> {
        charged(&policy.commitments, severity, &|_| false).map(|charge| charge.window.amount)
    }

    #[test]
    fn the_very_severity_goes_before_non_critical_and_that_before_any() {
        use SeverityClass::{Any, Critical, High, NonCritical};
        let all = policy(&[
            (Any, 90, Unit::Days, None),
            (NonCritical, 30, Unit::Days, None),
            (High, 14, Unit::Days, None),
            (Critical, 7, Unit::Days, None),
        ]);
        let days = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low].map(|severity| charged_days(&all, Some(severity)));
        assert_eq!(days, [Some(7), Some(14), Some(30), Some(30)]);
        assert_eq!(charged_days(&all, None), Some(30), "no severity falls to the row for any");
        let two = policy(&[(Critical, 7, Unit::Days, None), (Any, 90, Unit::Days, None)]);
        assert_eq!((charged_days(&two, Some(Severity::High)), charged_days(&two, None)), (Some(90), Some(90)));
    }

    #[test]
    fn an_unknown_severity_needs_rows_for_every_one() {
        use SeverityClass::{Critical, High, Low, Medium, NonCritical};
        let some = policy(&[(Critical, 7, Unit::Days, None), (High, 30, Unit::Days, None)]);
        assert_eq!((charged_days(&some, None), charged_days(&some, Some(Severity::Low))), (None, None));
        let split = policy(&[(Critical, 7, Unit::Days, None), (NonCritical, 30, Unit::Days, None)]);
        assert_eq!(charged_days(&split, None), Some(30));
        let units = policy(&[
            (Critical, 48, Unit::Hours, None),
            (High, 3, Unit::Weeks, None),
            (Medium, 1, Unit::Months, None),
            (Low, 20, Unit::BusinessDays, None),
        ]);
        assert_eq!(charged_days(&units, None), Some(1), "the month");
    }

    #[test]
    fn a_row_about_dependencies_goes_first_and_a_slot_never_counts() {
        use SeverityClass::{Any, Critical};
        let mut rows = policy(&[(Critical, 7, Unit::Days, Some(Scope::Reported)), (Any, 60, Unit::Days, Some(Scope::Dependencies))]);
        assert_eq!(charged_days(&rows, Some(Severity::Critical)), Some(60));
        rows.commitments[1].placeholder = true;
        assert_eq!(charged_days(&rows, Some(Severity::Critical)), Some(7));
        rows.commitments[0].component = Some("app".into());
        assert_eq!(charged_days(&rows, Some(Severity::Critical)), None);
        assert!(charged(&rows.commitments, Some(Severity::Critical), &|name| name == "app").is_some());
    }

    #[test]
    fn a_clock_starts_on_the_latest_known_day() {
        let day = |day| Since::Day { date: date(2024, 5, day), commit: String::new() };
        let (public, fixed, today) = (date(2024, 5, 3), Some(date(2024, 5, 4)), date(2024, 6, 1));
        assert_eq!(start(public, fixed, &day(2), &day(1), today), Start { date: date(2024, 5, 4), at_the_earliest: false });
        assert_eq!(start(public, None, &day(2), &day(1), today).date, public);
        assert_eq!(start(public, fixed, &day(9), &day(1), today).date, date(2024, 5, 9));
        assert_eq!(start(public, fixed, &day(2), &day(10), today).date, date(2024, 5, 10));
        assert_eq!(start(public, fixed, &Since::Today, &day(10), today), Start { date: today, at_the_earliest: false });
        let cut_off = start(public, fixed, &Since::AtEarliest(date(2024, 5, 20)), &day(1), today);
        assert_eq!(cut_off, Start { date: date(2024, 5, 4), at_the_earliest: true });
    }

    #[test]
    fn days_between_counts_whole_days() {
        assert_eq!(days_between(date(2024, 12, 9), date(2025, 1, 8)), 30);
        assert_eq!(days_between(date(2025, 1, 8), date(2024, 12, 9)), -30);
    }
}
