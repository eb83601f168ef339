//! The time that remediation took, as a timeline: a bar an exposure, the end of its window marked.

use std::collections::BTreeSet;

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use super::Verbosity;
use super::page::{Page, Tone, count};
use crate::clock::days_between;
use crate::observation::{day, midnight};
use crate::replay::History;
use crate::replay::days;
use crate::replay::figures::{Figures, by_severity, by_year};
use crate::replay::windows::Judged;

/// How many exposures that are over and in time are shown without `-v`: the longest.
const SHOWN: usize = 12;
/// The narrowest timeline that is drawn.
const NARROWEST: usize = 16;

/// The report of `history`.
pub(super) fn listing(page: &mut Page, history: &History, per_release: bool) {
    if page.style().verbosity > Verbosity::Quiet {
        if per_release {
            releases(page, history);
        } else {
            timeline(page, history);
            groups(page, history);
        }
        notes(page, history);
    }
    page.gap();
    page.flow(0, 2, usize::MAX, &[(Tone::Name, &sentence(history))]);
}

fn timeline(page: &mut Page, history: &History) {
    if history.exposures.is_empty() {
        return;
    }
    let shown = chosen(page, history);
    let title = format!("Exposures, {}", span(history));
    page.heading(&[(Tone::Name, &title)]);
    let several = shown.iter().map(|one| &one.exposure.lockfile).collect::<BTreeSet<_>>().len() > 1;
    let label = |one: &Judged| label(one, several);
    let widest = shown.iter().map(|one| label(one).width()).max().unwrap_or_default();
    let label_width = widest.min(page.style().width * 2 / 5);
    let axis = Axis::new(history, page.style().width.saturating_sub(label_width + 2 + 2 + DAYS + 2), page.style().unicode);
    for one in &shown {
        row(page, one, (&label(one), label_width), axis.as_ref(), history.as_of);
    }
    if let Some(axis) = &axis {
        let marks = axis.legend(shown.iter().any(|one| one.promised.is_some()));
        page.row((Tone::Dim, ""), label_width + 2 + DAYS, usize::MAX, &[(Tone::Dim, &marks)]);
    }
    let left = history.exposures.len() - shown.len();
    if left > 0 {
        let text = format!("and {} that took less time, shown with -v", count(left, "exposure"));
        page.flow(2, 2, usize::MAX, &[(Tone::Dim, &text)]);
    }
}

/// What is open or was late, and the longest of the others.
fn chosen<'h>(page: &Page, history: &'h History) -> Vec<&'h Judged> {
    let stands_out = |one: &Judged| one.exposure.left.is_none() || one.kept() == Some(false);
    let mut others: Vec<&Judged> = history.exposures.iter().filter(|one| !stands_out(one)).collect();
    others.sort_by(|a, b| b.exposure.days().unwrap_or_default().total_cmp(&a.exposure.days().unwrap_or_default()));
    let named = |one: &Judged| (one.exposure.began(), one.exposure.advisory.id.clone(), one.exposure.lockfile.clone());
    let longest: BTreeSet<_> = others.into_iter().take(SHOWN).map(named).collect();
    let wanted = |one: &&Judged| page.verbose() || stands_out(one) || longest.contains(&named(one));
    history.exposures.iter().filter(wanted).collect()
}

/// Package and advisory; where there are `several` lockfiles, the one that it is in too.
fn label(one: &Judged, several: bool) -> String {
    let id = one.exposure.advisory.id.trim_start_matches("RUSTSEC-");
    let lockfile = one.exposure.lockfile.as_deref().unwrap_or("releases");
    let lockfile = if several { format!(" in {lockfile}") } else { String::new() };
    format!("{} {id}{lockfile}", one.exposure.advisory.package)
}

/// The width of the column of days.
const DAYS: usize = 9;

fn row(page: &mut Page, one: &Judged, (label, label_width): (&str, usize), axis: Option<&Axis>, now: Timestamp) {
    let began = one.exposure.began();
    let end = one.exposure.left.as_ref().map_or(now, |left| left.at);
    let taken = format!("{:>width$}", format!("{:.1} d", days(began, end)), width = DAYS);
    let tone = match (one.kept(), &one.exposure.left) {
        (Some(false), _) => Tone::Fail,
        (_, None) => Tone::Warn,
        (Some(true), Some(_)) => Tone::Good,
        (None, Some(_)) => Tone::Plain,
    };
    let label = cut(label, label_width, page.ellipsis());
    let label = format!("{label}{}", " ".repeat(label_width.saturating_sub(label.width())));
    let bar = axis.map(|axis| axis.bar(one, began, end)).unwrap_or_default();
    page.line(2, &[(Tone::Name, &label), (tone, &taken), (tone, &bar)]);
}

fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if kept.width() + c.to_string().width() + ellipsis.width() > width {
            break;
        }
        kept.push(c);
    }
    kept + ellipsis
}

/// The time axis that the bars stand on.
struct Axis {
    from: Timestamp,
    to: Timestamp,
    width: usize,
    unicode: bool,
}

impl Axis {
    /// From the first beginning until now, or the last end of a window that runs; `None` where there is no room for it.
    fn new(history: &History, width: usize, unicode: bool) -> Option<Self> {
        let from = history.exposures.iter().map(|one| one.exposure.began()).min()?;
        let running = history.exposures.iter().filter(|one| one.exposure.left.is_none()).filter_map(|one| one.promised.as_ref());
        let to = running.map(|promised| midnight(promised.due)).fold(history.as_of.max(from), Timestamp::max);
        (width >= NARROWEST).then_some(Self { from, to, width, unicode })
    }

    fn column(&self, at: Timestamp) -> usize {
        let whole = days(self.from, self.to).max(1.0);
        let share = (days(self.from, at.clamp(self.from, self.to)) / whole).clamp(0.0, 1.0);
        // The share is between 0 and 1, and the width that of a terminal.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a column of a terminal")]
        let column = (share * (self.width.saturating_sub(1)) as f64).round() as usize;
        column.min(self.width.saturating_sub(1))
    }

    fn bar(&self, one: &Judged, began: Timestamp, end: Timestamp) -> String {
        let (block, open, mark, line) = if self.unicode { ('━', '▶', '┃', '·') } else { ('=', '>', '|', '.') };
        let (from, to) = (self.column(began), self.column(end));
        let due = one.promised.as_ref().map(|promised| midnight(promised.due)).filter(|due| *due <= self.to).map(|due| self.column(due));
        let cell = |at: usize| match at {
            _ if due == Some(at) => mark,
            _ if at == to && one.exposure.left.is_none() => open,
            _ if (from..=to).contains(&at) => block,
            _ if due.is_some_and(|due| at > to && at < due) => line,
            _ => ' ',
        };
        (0..self.width).map(cell).collect::<String>().trim_end().to_owned()
    }

    fn legend(&self, windows: bool) -> String {
        let mark = if self.unicode { '┃' } else { '|' };
        let ends = if windows { format!("; {mark} is the end of a promised window") } else { String::new() };
        format!("{} to {}{ends}", day(self.from), day(self.to))
    }
}

fn groups(page: &mut Page, history: &History) {
    if history.exposures.len() < 2 {
        return;
    }
    let rows = |figures: &Figures| {
        let part = |name: &str, days: Option<f64>| days.map(|days| format!("{name} {days:.1} d"));
        let timely =
            (figures.in_time + figures.late > 0).then(|| format!("{} of {} in time", figures.in_time, figures.in_time + figures.late));
        let parts = [
            Some(format!("{} closed, {} open", figures.closed, figures.open)),
            part("median", figures.median_days),
            part("90th percentile", figures.p90_days),
            part("longest", figures.max_days),
            timely,
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    page.heading(&[(Tone::Name, "By severity and by year")]);
    for (name, figures) in by_severity(&history.exposures) {
        page.row((Tone::Plain, name), 8, usize::MAX, &[(Tone::Plain, &rows(&figures))]);
    }
    for (year, figures) in by_year(&history.exposures) {
        page.row((Tone::Plain, &year.to_string()), 8, usize::MAX, &[(Tone::Plain, &rows(&figures))]);
    }
}

fn releases(page: &mut Page, history: &History) {
    page.heading(&[(Tone::Name, "Releases, and what was known of them when they were made")]);
    for release in &history.releases {
        let (tone, text) = match &release.known {
            None => (Tone::Dim, "no lockfile that could be read".to_owned()),
            Some(known) if known.is_empty() => (Tone::Good, "nothing known".to_owned()),
            Some(known) => {
                let named: Vec<_> = known.iter().map(|advisory| format!("{} ({})", advisory.id, advisory.package)).collect();
                (Tone::Warn, format!("{} known: {}", named.len(), named.join(", ")))
            }
        };
        let date = day(release.at).to_string();
        let lines = if page.verbose() { usize::MAX } else { 2 };
        page.row((Tone::Name, &release.tag), 16, lines, &[(Tone::Dim, &date), (tone, &text)]);
    }
}

fn notes(page: &mut Page, history: &History) {
    page.gap();
    for note in &history.notes {
        page.flow(0, 2, usize::MAX, &[(Tone::Name, "note:"), (Tone::Plain, note)]);
    }
}

fn span(history: &History) -> String {
    let branch = history.branch.as_deref().map(|branch| format!(" of {branch}")).unwrap_or_default();
    let from = history.span.map(|(from, to)| format!(", {} to {}", day(from), day(to))).unwrap_or_default();
    format!("over {}{branch}{from}", count(history.revisions, "lockfile revision"))
}

/// The whole in one breath: "Promised 14 days: kept 9 of 11; median 3.1 days, 5.0 to a release; 1 open, due in 4 days".
fn sentence(history: &History) -> String {
    let figures = &history.figures;
    if history.exposures.is_empty() {
        return format!("No exposure {}", span(history));
    }
    let mut parts = Vec::new();
    let windows: BTreeSet<String> =
        history.exposures.iter().filter_map(|one| one.promised.as_ref()).map(|one| one.window.to_string()).collect();
    let judged = figures.in_time + figures.late;
    match windows.len() {
        0 => parts.push("No promised window applied".to_owned()),
        1 => parts.push(format!("Promised {}: kept {} of {judged}", windows.into_iter().collect::<String>(), figures.in_time)),
        _ => parts.push(format!("Promised windows: kept {} of {judged}", figures.in_time)),
    }
    if let Some(median) = figures.median_days {
        let released = figures.median_days_to_release.map(|days| format!(", {days:.1} to a release")).unwrap_or_default();
        parts.push(format!("median {median:.1} days{released}"));
    }
    parts.push(open(history));
    parts.join("; ")
}

fn open(history: &History) -> String {
    let open: Vec<&Judged> = history.exposures.iter().filter(|one| one.exposure.left.is_none()).collect();
    let next = open.iter().filter_map(|one| one.promised.as_ref()).map(|promised| promised.due).min();
    let due = next.map(|due| match days_between(day(history.as_of), due) {
        left @ 0.. => format!(", due in {}", count(left, "day")),
        past => format!(", {} past its window", count(-past, "day")),
    });
    if open.is_empty() { "none open".to_owned() } else { format!("{} open{}", open.len(), due.unwrap_or_default()) }
}
