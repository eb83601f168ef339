//! The first steps: a commented secpolicy.toml and, where something fails today, a baseline.

mod template;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::check::{self, Options};
use crate::error::{Error, Result, exit};
use crate::gather::files::join;
use crate::gather::workspace::locate;
use crate::gather::{self, settings};
use crate::observation::advisory::AdvisoryKind;
use crate::render;
use crate::report::Report;
use crate::settings::Settings;

/// The baseline's name, beside the settings.
const BASELINE: &str = "secpolicy-baseline.json";

/// What is to be written, and what is to be said of it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The files, with their texts; none of them is there yet.
    pub files: Vec<(PathBuf, String)>,
    /// What the files are, and what to add to CI.
    pub said: String,
}

/// Judges the project, and says what to write.
///
/// # Errors
/// [`crate::error::Class::Usage`] where there is no workspace, or its settings are there already.
pub fn plan(options: &Options) -> Result<Plan> {
    let site = gather::site(locate(&options.start, options.manifest_path.as_deref())?, &options.start, &options.configs)?;
    let path = join(&site.workspace, settings::NAME);
    if let Some(there) = [path.as_str(), settings::NAME].into_iter().find(|path| site.files.exists(path)) {
        return Err(Error::usage(format!("{there} is there already, and stays as it is")).help(
            "every setting is described in docs/configuration.md; `cargo secpolicy check --format json -o secpolicy-baseline.json` writes a baseline",
        ));
    }
    let report = check::run(options)?;
    let found = Settings {
        default_branch: report.git.as_ref().and_then(|git| git.default_branch.clone()),
        policy: report.policy.clone(),
        ..Settings::default()
    };
    let mut files = vec![(site.root.join(&path), template::settings(&found, &unstated(&report)))];
    let mut said = format!("{path}: every setting with its default, and why one would change it\n");
    let baseline = join(&site.workspace, BASELINE);
    let mut compared = false;
    match report.exit_code() {
        exit::FAILED if site.files.exists(&baseline) => {
            compared = true;
            said.push_str(&format!("{baseline}: is there already, and stays as it is\n"));
        }
        exit::FAILED => {
            compared = true;
            let text = render::json::render(&report).map_err(|error| Error::usage(format!("the baseline could not be made: {error}")))?;
            files.push((site.root.join(&baseline), text));
            said.push_str(&format!("{baseline}: {}; with it, only what is new fails\n", failing(&report)));
        }
        _ => said.extend(report.errors.iter().map(|error| format!("no baseline: {error}\n"))),
    }
    if report.policy.is_none() {
        said.push_str("`cargo secpolicy draft -o SECURITY.md` writes a policy of what this repository does today\n");
    }
    said.push_str(&ci(&site.workspace, compared.then_some(&baseline)));
    Ok(Plan { files, said })
}

/// The advisories that hit and whose severity nobody states, with their titles.
fn unstated(report: &Report) -> BTreeMap<String, String> {
    let unstated = report.vulnerabilities.iter().filter(|hit| hit.severity.is_none() && hit.hit.kind == AdvisoryKind::Vulnerability);
    let advisories = unstated.filter_map(|hit| hit.hit.advisory.as_ref());
    advisories.map(|advisory| (advisory.id.clone(), format!("{}: {}", advisory.package, advisory.title))).collect()
}

/// "2 promises and 1 vulnerability fail today".
fn failing(report: &Report) -> String {
    let counts = [
        (report.verdicts.iter().filter(|verdict| verdict.fails).count(), "promise", "promises"),
        (report.vulnerabilities.iter().filter(|hit| hit.fails).count(), "vulnerability", "vulnerabilities"),
        (report.findings.iter().filter(|finding| finding.fails).count(), "finding", "findings"),
    ];
    let parts = counts.iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many })).collect();
    let all: usize = counts.iter().map(|(count, ..)| count).sum();
    let fail = if all == 1 { "fails" } else { "fail" };
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last} {fail} today", rest.join(", ")),
        Some((last, _)) => format!("{last} {fail} today"),
        None => "nothing fails today".to_owned(),
    }
}

/// The lines of CI that hold the project to its policy.
fn ci(workspace: &str, baseline: Option<&String>) -> String {
    let manifest = if workspace == "." { String::new() } else { format!(" --manifest-path {}", join(workspace, "Cargo.toml")) };
    let baseline = baseline.map(|path| format!(" --baseline {path}")).unwrap_or_default();
    format!(
        "\nAdd these to a job of CI that runs on pull requests and on a schedule, and that checks out with `fetch-depth: 0`:\n\n  \
         - run: cargo install --locked cargo-secpolicy\n  - run: cargo secpolicy check{manifest}{baseline}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_is_told_where_the_workspace_is() {
        assert!(ci(".", None).ends_with("cargo secpolicy check\n"));
        let nested = ci("rust", Some(&"rust/secpolicy-baseline.json".to_owned()));
        assert!(nested.ends_with("check --manifest-path rust/Cargo.toml --baseline rust/secpolicy-baseline.json\n"), "{nested}");
    }
}
