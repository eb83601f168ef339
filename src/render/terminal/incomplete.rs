//! A clone that lacks part of its history: said once and first, with what brings the rest.

use super::page::{Page, Tone};
use crate::observation::git::Incomplete;
use crate::report::Report;
use crate::verdict::{Outcome, Status};

/// How many promises and vulnerabilities are not judged because git's history is not all here, and what mends that.
pub(super) fn said(page: &mut Page, report: &Report) {
    let open = |outcome: Outcome| matches!(outcome, Outcome::Unproven | Outcome::Due);
    let promises = report.verdicts.iter().filter(|v| v.judgement.wants_history && open(v.judgement.outcome)).count();
    let clocks = report.vulnerabilities.iter().filter(|v| v.status == Status::Due && v.at_the_earliest.is_some()).count();
    let missing = missing(report);
    if promises + clocks == 0 || missing.is_empty() {
        return;
    }
    let counted = [(promises, "promise", "promises"), (clocks, "vulnerability", "vulnerabilities")];
    let counted = counted.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many }));
    let text = format!("{} not judged: {}", counted.collect::<Vec<_>>().join(" and "), missing.join(" and "));
    page.gap();
    page.flow(0, 2, usize::MAX, &[(Tone::Warn, "warning:"), (Tone::Name, &text)]);
    mend(page, report);
}

/// What is missing, in words; nothing where all is here that a promise could rest on.
fn missing(report: &Report) -> Vec<&'static str> {
    let Some(git) = &report.git else { return vec!["no git history could be read here"] };
    let word = |what: &Incomplete| match what {
        Incomplete::Shallow => Some("the history is cut off"),
        Incomplete::Partial => Some("objects are missing in this partial clone"),
        Incomplete::NoTags => Some("there are no tags"),
        // A shallow clone is of one branch, too; its own tags and history are what is wanted.
        Incomplete::SingleBranch => (!git.incomplete.contains(&Incomplete::Shallow)).then_some("there is one branch alone"),
        Incomplete::Sparse => None,
    };
    git.incomplete.iter().filter_map(word).collect()
}

/// What brings the rest, in CI and here.
fn mend(page: &mut Page, report: &Report) {
    let help = |page: &mut Page, text: &str| page.flow(2, 4, usize::MAX, &[(Tone::Name, "help:"), (Tone::Plain, text)]);
    let Some(git) = &report.git else {
        help(page, "run it in a clone of the repository: an archive of its files has no history and no tags");
        return;
    };
    let lacks = |what| git.incomplete.contains(&what);
    let shallow = lacks(Incomplete::Shallow);
    if shallow || lacks(Incomplete::NoTags) || lacks(Incomplete::SingleBranch) {
        help(page, "in GitHub Actions, under `uses: actions/checkout`, these two lines bring the history and every tag:");
        for (indent, line) in [(6, "with:"), (8, "fetch-depth: 0")] {
            page.flow(indent, indent, usize::MAX, &[(Tone::Name, line)]);
        }
        let branches = if lacks(Incomplete::SingleBranch) && !shallow { "`git remote set-branches origin '*'`, then " } else { "" };
        let depth = if shallow { " --unshallow" } else { "" };
        help(page, &format!("in this clone: {branches}`git fetch{depth} --tags`"));
    }
    if lacks(Incomplete::Partial) {
        help(page, "clone again without `--filter` (in actions/checkout, without `filter:`)");
    }
}
