//! Windows and due dates: pure arithmetic on UTC days (spec: "Clock", "Window").

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::commitment::{Unit, Window};

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

    #[test]
    fn days_between_counts_whole_days() {
        assert_eq!(days_between(date(2024, 12, 9), date(2025, 1, 8)), 30);
        assert_eq!(days_between(date(2025, 1, 8), date(2024, 12, 9)), -30);
    }
}
