//! Ignore lists of other tools: which advisories they are told to pass over, why, and until when.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::gather::files::{Files, join};
use crate::observation::Reason;
use crate::observation::ignore::Ignore;
use crate::source::{Place, Source};

/// The names of cargo-deny's configuration in one folder, in the order in which it looks for them.
const DENY: &[&str] = &["deny.toml", ".deny.toml", ".cargo/deny.toml"];

/// Every entry, sorted by place, and what could not be read.
///
/// `workspace` is the workspace's folder; `lockfiles` are the paths of all lockfiles, `others` all paths of the
/// repository that are worth looking at (those that git tracks).
pub fn ignores(files: &Files, workspace: &str, lockfiles: &[&str], others: &BTreeSet<String>) -> (Vec<Ignore>, Vec<Reason>) {
    let mut list = List { files, ignores: Vec::new(), problems: Vec::new() };
    list.audit(workspace);
    list.deny(workspace);
    list.osv(lockfiles, others);
    list.trivy(workspace);
    list.ignores.sort_by(|a, b| (&a.place, &a.subject).cmp(&(&b.place, &b.subject)));
    list.ignores.dedup();
    (list.ignores, list.problems)
}

struct List<'a> {
    files: &'a Files,
    ignores: Vec<Ignore>,
    problems: Vec<Reason>,
}

#[derive(Default, Deserialize)]
struct Audit {
    #[serde(default)]
    advisories: Advisories<String>,
}

#[derive(Default, Deserialize)]
struct Deny {
    #[serde(default)]
    advisories: Advisories<DenyEntry>,
}

#[derive(Deserialize)]
struct Advisories<T> {
    #[serde(default = "Vec::new")]
    ignore: Vec<Spanned<T>>,
}

impl<T> Default for Advisories<T> {
    fn default() -> Self {
        Self { ignore: Vec::new() }
    }
}

/// An advisory's id or a crate ("name@version"), alone or with a reason.
#[derive(Deserialize)]
#[serde(untagged)]
enum DenyEntry {
    Bare(String),
    Full {
        #[serde(alias = "crate", alias = "name")]
        id: String,
        reason: Option<String>,
    },
}

#[derive(Deserialize)]
struct Osv {
    #[serde(default, rename = "IgnoredVulns")]
    vulnerabilities: Vec<Spanned<OsvVulnerability>>,
    #[serde(default, rename = "PackageOverrides")]
    packages: Vec<Spanned<OsvPackage>>,
}

#[derive(Deserialize)]
struct OsvVulnerability {
    id: String,
    #[serde(rename = "ignoreUntil")]
    until: Option<toml::value::Datetime>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct OsvPackage {
    name: Option<String>,
    version: Option<String>,
    ecosystem: Option<String>,
    #[serde(default)]
    ignore: bool,
    #[serde(default)]
    vulnerability: OsvIgnored,
    #[serde(rename = "effectiveUntil")]
    until: Option<toml::value::Datetime>,
    reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct OsvIgnored {
    #[serde(default)]
    ignore: bool,
}

impl List<'_> {
    fn source(&mut self, path: &str) -> Option<Arc<Source>> {
        match self.files.read(path) {
            Ok(source) => source,
            Err(why) => {
                self.problem(path, &why);
                None
            }
        }
    }

    fn problem(&mut self, path: &str, why: &str) {
        self.problems.push(Reason::in_path(format!("{path} could not be read, so its ignores are not known: {why}"), path));
    }

    fn toml<T: DeserializeOwned>(&mut self, path: &str) -> Option<(Arc<Source>, T)> {
        let source = self.source(path)?;
        match toml::from_str(source.text()) {
            Ok(value) => Some((source, value)),
            Err(error) => {
                self.problem(path, error.message());
                None
            }
        }
    }

    /// cargo-audit reads `.cargo/audit.toml` where it is started.
    fn audit(&mut self, workspace: &str) {
        let folders: BTreeSet<&str> = BTreeSet::from([workspace, "."]);
        for folder in folders {
            self.audit_file(&join(folder, ".cargo/audit.toml"), None);
            self.audit_file(&join(folder, "audit.toml"), Some("cargo-audit reads .cargo/audit.toml, not audit.toml"));
        }
    }

    fn audit_file(&mut self, path: &str, inert: Option<&str>) {
        let Some((source, audit)) = self.toml::<Audit>(path) else { return };
        for entry in audit.advisories.ignore {
            let span = entry.span();
            self.push("cargo-audit", &source, &span, Entry { inert: inert.map(str::to_owned), ..Entry::of(entry.into_inner()) });
        }
    }

    /// cargo-deny reads the nearest file, from the workspace's folder upwards.
    fn deny(&mut self, workspace: &str) {
        let mut nearest: Option<String> = None;
        for folder in upwards(workspace) {
            for path in DENY.iter().map(|name| join(&folder, name)) {
                if !self.files.exists(&path) {
                    continue;
                }
                let inert = nearest.as_ref().map(|nearest| format!("cargo-deny reads the nearest file, {nearest}"));
                nearest.get_or_insert(path.clone());
                let Some((source, deny)) = self.toml::<Deny>(&path) else { continue };
                for entry in deny.advisories.ignore {
                    let span = entry.span();
                    let (subject, reason) = match entry.into_inner() {
                        DenyEntry::Bare(subject) => (subject, None),
                        DenyEntry::Full { id, reason } => (id, reason),
                    };
                    self.push("cargo-deny", &source, &span, Entry { reason, inert: inert.clone(), ..Entry::of(subject) });
                }
            }
        }
    }

    /// OSV-Scanner reads the file beside each lockfile.
    fn osv(&mut self, lockfiles: &[&str], others: &BTreeSet<String>) {
        let beside: BTreeSet<String> = lockfiles.iter().map(|path| join(parent(path), "osv-scanner.toml")).collect();
        let stray = others.iter().filter(|path| path.rsplit('/').next() == Some("osv-scanner.toml")).cloned();
        let paths: BTreeSet<String> = beside.iter().cloned().chain(stray).collect();
        for path in paths {
            let inert = (!beside.contains(&path)).then(|| "OSV-Scanner reads the file beside a lockfile, and here is none".to_owned());
            let Some((source, osv)) = self.toml::<Osv>(&path) else { continue };
            for entry in osv.vulnerabilities {
                let span = entry.span();
                let OsvVulnerability { id, until, reason } = entry.into_inner();
                self.push(
                    "osv-scanner",
                    &source,
                    &span,
                    Entry { reason, until: until.and_then(day), inert: inert.clone(), ..Entry::of(id) },
                );
            }
            for entry in osv.packages {
                let span = entry.span();
                let package = entry.into_inner();
                let ours = package.ecosystem.as_deref().is_none_or(|ecosystem| ecosystem == "crates.io");
                let Some(name) = package.name.filter(|_| ours && (package.ignore || package.vulnerability.ignore)) else { continue };
                let subject = package.version.map_or_else(|| name.clone(), |version| format!("{name}@{version}"));
                let until = package.until.and_then(day);
                self.push(
                    "osv-scanner",
                    &source,
                    &span,
                    Entry { reason: package.reason, until, inert: inert.clone(), ..Entry::of(subject) },
                );
            }
        }
    }

    /// Trivy reads `.trivyignore` where it is started: one id a line, `exp:DATE` after it, comments above it.
    fn trivy(&mut self, workspace: &str) {
        let folders: BTreeSet<&str> = BTreeSet::from([workspace, "."]);
        for path in folders.iter().map(|folder| join(folder, ".trivyignore")) {
            let Some(source) = self.source(&path) else { continue };
            for line in 1..=source.lines() {
                let place = Place::line_in(&source, line);
                let text = place.text().split('#').next().unwrap_or_default();
                let mut words = text.split_whitespace();
                let Some(subject) = words.next() else { continue };
                let until = words.find_map(|word| word.strip_prefix("exp:")).and_then(|date| date.parse().ok());
                let subject = subject.to_owned();
                self.push("trivy", &source, &place.span(), Entry { until, ..Entry::of(subject) });
            }
        }
    }

    fn push(&mut self, tool: &str, source: &Arc<Source>, span: &Range<usize>, entry: Entry) {
        let stated = entry.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        let reason = stated.or_else(|| comment_beside(source, span)).or_else(|| comment_naming(source, span, &entry.subject));
        // A table's span may run over many lines: the place is where it begins.
        let line_end = source.line_span(source.line_of(span.start)).end;
        let place = Place::new(source, span.start..span.end.min(line_end));
        self.ignores.push(Ignore { subject: entry.subject, tool: tool.to_owned(), place, reason, until: entry.until, inert: entry.inert });
    }
}

/// What an entry itself says.
#[derive(Default)]
struct Entry {
    subject: String,
    reason: Option<String>,
    until: Option<Date>,
    inert: Option<String>,
}

impl Entry {
    fn of(subject: String) -> Self {
        Self { subject, ..Self::default() }
    }
}

/// The comment on the entry's own line after it, else the comment lines right above it.
fn comment_beside(source: &Source, span: &Range<usize>) -> Option<String> {
    let last = source.line_of(span.end.saturating_sub(1).max(span.start));
    let after = source.text().get(span.end..source.line_span(last).end).unwrap_or_default();
    if let Some((_, comment)) =
        after.split_once('#').filter(|(before, _)| before.chars().all(|c| c.is_whitespace() || matches!(c, ',' | ']' | '}')))
    {
        return said(comment);
    }
    let first = source.line_of(span.start);
    // Only where the entry begins its line: else the comment above is of what stands before it.
    let before = source.text().get(source.line_span(first).start..span.start).unwrap_or_default();
    if !before.trim().is_empty() {
        return None;
    }
    let above = (1..first).rev().map(|line| source.line_text(line).trim()).take_while(|text| text.starts_with('#'));
    let mut lines: Vec<&str> = above.collect();
    lines.reverse();
    let lines: Vec<String> = lines.into_iter().filter_map(said).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// The part of the comment above the whole list that names the entry: from the line that does to the next
/// item of the comment.
fn comment_naming(source: &Source, span: &Range<usize>, subject: &str) -> Option<String> {
    let first = source.line_of(span.start);
    let in_list = |line: &u32| !source.line_text(*line).trim_start().starts_with(['#', '[']) && !source.line_text(*line).contains("= [");
    let list = (1..=first).rev().find(|line| !in_list(line) && source.line_text(*line).contains("= ["))?;
    let above: Vec<&str> = (1..list).rev().map(|line| source.line_text(line).trim()).take_while(|text| text.starts_with('#')).collect();
    let words = |text: &str| text.trim_start_matches('#').trim().to_owned();
    let lines: Vec<String> = above.iter().rev().map(|text| words(text)).collect();
    let at = lines.iter().position(|line| line.contains(subject))?;
    let item = |line: &&String| line.starts_with(['-', '*']) || line.is_empty();
    let rest = lines.iter().skip(at + 1).take_while(|line| !item(line)).cloned();
    let whole: Vec<String> = lines.get(at).cloned().into_iter().chain(rest).collect();
    Some(whole.join(" ").trim_start_matches(['-', '*', ' ']).to_owned())
}

/// A comment's words; none where it is an entry that was commented out.
fn said(comment: &str) -> Option<String> {
    let text = comment.trim_matches(|c: char| c == '#' || c.is_whitespace());
    let entry = text.starts_with(['"', '\'', '{', '[']) || text.ends_with("= [");
    (!entry && text.chars().any(char::is_alphanumeric)).then(|| text.to_owned())
}

/// A folder and those above it, up to the repository's root.
fn upwards(folder: &str) -> Vec<String> {
    let mut folders = vec![folder.to_owned()];
    let mut rest = folder;
    while let Some((above, _)) = rest.rsplit_once('/') {
        folders.push(above.to_owned());
        rest = above;
    }
    if !matches!(folder, "" | ".") {
        folders.push(".".to_owned());
    }
    folders
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn day(at: toml::value::Datetime) -> Option<Date> {
    let date = at.date?;
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

#[cfg(test)]
mod tests;
