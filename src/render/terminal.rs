//! The report for a person at a terminal.
//!
//! What fails stands first, each cause as one diagnostic with the promise's own line and the line that breaks
//! it; then what is due; the rest is quiet. Nothing needs colour to be read.

mod diagnostic;
mod history;
mod incomplete;
mod page;
mod policy;
mod promises;
mod quiet;
mod quoted;
mod summary;
mod vulnerabilities;

use crate::change;
use crate::commitment::Policy;
use crate::error::Error;
use crate::report::Report;

use page::Page;

/// How the page is written. The caller knows whether there is a terminal, and how wide it is.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// The width in columns; what is narrower than 40 is written as for 40.
    pub width: usize,
    /// How much is said.
    pub verbosity: Verbosity,
    /// Whether the terminal shows more than ASCII.
    pub unicode: bool,
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// What fails, and the last line.
    Quiet,
    /// What fails in full, the rest a line each, long lists folded.
    Normal,
    /// Everything.
    Verbose,
}

/// The report of `check`.
pub fn render(report: &Report, style: &Style) -> String {
    let mut page = Page::new(*style);
    errors(&mut page, &report.errors);
    if style.verbosity > Verbosity::Quiet {
        incomplete::said(&mut page, report);
    }
    diagnostic::failing(&mut page, report);
    vulnerabilities::failing(&mut page, report);
    if style.verbosity > Verbosity::Quiet {
        diagnostic::warnings(&mut page, report);
        quiet::due(&mut page, report);
        vulnerabilities::others(&mut page, report);
        quiet::verdicts(&mut page, report);
        quiet::findings(&mut page, report);
        summary::provenance(&mut page, report);
    }
    summary::last_line(&mut page, report);
    page.finish()
}

/// The report of `commitments`: the policy read from `path`.
pub fn commitments(path: &str, policy: &Policy, style: &Style) -> String {
    let mut page = Page::new(*style);
    errors(&mut page, &policy.errors);
    policy::listing(&mut page, path, policy);
    page.finish()
}

/// The report of `history`; with `per_release` what each release shipped with, instead of the timeline.
pub fn history(history: &crate::replay::History, per_release: bool, style: &Style) -> String {
    let mut page = Page::new(*style);
    errors(&mut page, &history.errors);
    self::history::listing(&mut page, history, per_release);
    page.finish()
}

/// The report of `commitments --history`: what became of the promises of the policy at `path`.
pub fn promises(path: &str, policy: &Policy, history: &change::History, style: &Style) -> String {
    let mut page = Page::new(*style);
    errors(&mut page, &policy.errors);
    self::promises::listing(&mut page, path, policy, history);
    page.finish()
}

/// One error that ends a run.
pub fn error(error: &Error, style: &Style) -> String {
    let mut page = Page::new(*style);
    errors(&mut page, std::slice::from_ref(error));
    page.finish()
}

fn errors(page: &mut Page, errors: &[Error]) {
    for error in errors {
        diagnostic::error(page, error);
    }
}
