//! The history as comma-separated values, for spreadsheets and databases.

use crate::observation::advisory::Severity;
use crate::replay::History;
use crate::replay::windows::Judged;

/// A row an exposure; with `per_release` a row a release.
pub fn history(history: &History, per_release: bool) -> String {
    let (head, rows): (&[&str], Vec<Vec<String>>) = if per_release {
        (&RELEASE, history.releases.iter().map(release).collect())
    } else {
        (&EXPOSURE, history.exposures.iter().map(exposure).collect())
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory cannot fail.
    let _ = writer.write_record(head);
    for row in rows {
        let _ = writer.write_record(row.iter().map(|cell| plain(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The columns, named as the fields of the JSON.
const EXPOSURE: [&str; 19] = [
    "advisory",
    "package",
    "versions",
    "lockfile",
    "severity",
    "kind",
    "published",
    "public",
    "entered_commit",
    "entered_at",
    "left_commit",
    "left_at",
    "shipped_tag",
    "shipped_at",
    "days",
    "days_to_release",
    "window_days",
    "due",
    "kept",
];

fn exposure(one: &Judged) -> Vec<String> {
    let exposure = &one.exposure;
    let versions: Vec<_> = exposure.versions.iter().map(ToString::to_string).collect();
    vec![
        exposure.advisory.id.clone(),
        exposure.advisory.package.clone(),
        versions.join(" "),
        text(exposure.lockfile.as_ref()),
        one.severity.map_or("unknown", Severity::word).to_owned(),
        exposure.advisory.kind.word().to_owned(),
        exposure.advisory.date.to_string(),
        exposure.public.date.to_string(),
        exposure.entered.commit.clone(),
        exposure.entered.at.to_string(),
        text(exposure.left.as_ref().map(|left| &left.commit)),
        text(exposure.left.as_ref().map(|left| left.at)),
        text(exposure.shipped.as_ref().map(|shipped| &shipped.tag)),
        text(exposure.shipped.as_ref().map(|shipped| shipped.at)),
        tenths(exposure.days()),
        tenths(exposure.days_to_release()),
        text(one.promised.as_ref().map(crate::replay::windows::Promised::days)),
        text(one.promised.as_ref().map(|promised| promised.due)),
        text(one.kept()),
    ]
}

const RELEASE: [&str; 5] = ["tag", "version", "at", "lockfile", "known"];

fn release(release: &crate::replay::Release) -> Vec<String> {
    let ids = |known: &Vec<std::sync::Arc<crate::observation::advisory::Advisory>>| {
        known.iter().map(|advisory| advisory.id.as_str()).collect::<Vec<_>>().join(" ")
    };
    vec![
        release.tag.clone(),
        release.version.to_string(),
        release.at.to_string(),
        release.lockfile.clone(),
        text(release.known.as_ref().map(ids)),
    ]
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn tenths(days: Option<f64>) -> String {
    days.map(|days| format!("{days:.1}")).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula.
fn plain(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
