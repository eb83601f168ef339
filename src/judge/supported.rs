//! Supported versions: the table against the releases (spec: `supported-versions`).

use jiff::civil::Date;
use semver::Version;

use super::Context;
use crate::commitment::{Commitment, Kind};
use crate::observation::{Observed, Reason};
use crate::releases::{Line, Release, Rule, by_package, lines, tags_incomplete};
use crate::verdict::{Judgement, Outcome};

/// One row of the policy's table, or a prose rule.
struct Row<'a> {
    commitment: &'a Commitment,
    text: &'a str,
    /// `None` where it cannot be read; then it might hold anything.
    rule: Option<Rule>,
    supported: bool,
}

/// The rows about one component, or about the project.
struct Table<'a> {
    rows: Vec<Row<'a>>,
    component: Option<&'a str>,
}

/// What is known of the tags.
struct Tags {
    /// Why they are not known to be complete.
    incomplete: Option<String>,
    /// Whether any tag is a release, of whatever package.
    any: bool,
}

/// Judges one rule of supported versions.
pub fn supported_versions(context: Context<'_>, commitment: &Commitment, text: &str, supported: bool, until: Option<Date>) -> Judgement {
    if let Some(until) = until.filter(|until| supported && *until < context.today) {
        let said = format!("the support of `{text}` ended on {until}, and the policy still lists it as supported");
        return Judgement::broken(Reason::at(said, &commitment.place));
    }
    let Some(rule) = Rule::parse(text) else {
        return Judgement::unproven(Reason::at(
            format!("`{text}` is no version rule that could be held against the releases"),
            &commitment.place,
        ));
    };
    if let Rule::Branch(name) = &rule {
        return branch(context, name);
    }
    let table = Table::of(context, commitment.component.as_deref());
    let tags = Tags::of(context);
    let row = Row { commitment, text, rule: Some(rule.clone()), supported };
    let lines = lines(context.observations.git.seen(), &context.observations.workspace, table.component);
    let judged: Vec<_> = lines.iter().map(|line| (line, table.judge_row(&row, &rule, line, &tags))).collect();
    all_lines(judged)
}

/// A branch says nothing about releases.
fn branch(context: Context<'_>, name: &str) -> Judgement {
    let development = name == "main";
    let unproven = |text: String| Judgement::unproven(Reason::new(text));
    let git = match &context.observations.git {
        Observed::Seen(git) => git,
        Observed::Absent(_) => {
            return unproven("there is no git repository here, so no branch can be seen".into()).wants_history(true);
        }
        Observed::Unavailable(why) => return unproven(format!("git could not be read: {why}")),
    };
    let known = |branch: &&String| {
        if development {
            ["main", "master"].contains(&branch.as_str()) || Some(*branch) == git.default_branch.as_ref()
        } else {
            *branch == name
        }
    };
    match git.branches.iter().find(known).or(git.default_branch.as_ref().filter(|_| development)) {
        Some(branch) => Judgement::kept(1, Reason::new(format!("the branch `{branch}` is there; a branch says nothing about releases"))),
        None => unproven(format!("no branch `{name}` is seen in this clone; `git fetch origin {name}` would show it")),
    }
}

/// `broken` and `kept` need every line that is judged; lines that differ decide nothing.
fn all_lines(judged: Vec<(&Line, Judgement)>) -> Judgement {
    let same = |outcome: Outcome| judged.iter().all(|(_, judgement)| judgement.outcome == outcome);
    let uniform = same(Outcome::Broken) || same(Outcome::Kept) || same(Outcome::Unproven);
    let named = judged.len() > 1;
    let mut all = Judgement { reasons: Vec::new(), ..Judgement::unproven(Reason::new("")) };
    if !uniform {
        all.reasons.push(Reason::new("each package here is released on its own, and they do not agree; name the package in the row"));
    }
    for (line, mut judgement) in judged {
        if let Some(package) = line.package.as_ref().filter(|_| named) {
            for reason in judgement.reasons.iter_mut().chain(&mut judgement.notes) {
                reason.text = format!("`{package}`: {}", reason.text);
            }
        }
        if uniform {
            all.outcome = judgement.outcome;
            all.cause = all.cause.or(judgement.cause);
        }
        all.tested += judgement.tested;
        all.wants_history |= judgement.wants_history;
        all.reasons.append(&mut judgement.reasons);
        all.notes.append(&mut judgement.notes);
    }
    all
}

impl Tags {
    fn of(context: Context<'_>) -> Self {
        let (incomplete, tags) = match &context.observations.git {
            Observed::Seen(git) => (tags_incomplete(git).map(str::to_owned), git.tags.as_slice()),
            Observed::Absent(_) => (Some("there is no git repository here, so no tag can be read".to_owned()), &[][..]),
            Observed::Unavailable(why) => (Some(format!("git could not be read ({why})")), &[][..]),
        };
        Self { incomplete, any: !by_package(tags, &context.observations.workspace).is_empty() }
    }
}

impl<'a> Table<'a> {
    fn of(context: Context<'a>, component: Option<&'a str>) -> Self {
        let row = |commitment: &'a Commitment| match &commitment.kind {
            Kind::SupportedVersions { rule, supported, .. } if commitment.component.as_deref() == component && !commitment.placeholder => {
                Some(Row { commitment, text: rule, rule: Rule::parse(rule), supported: *supported })
            }
            _ => None,
        };
        Self { rows: context.policy.commitments.iter().filter_map(row).collect(), component }
    }

    /// One row on one line.
    fn judge_row(&self, row: &Row<'_>, rule: &Rule, line: &Line, tags: &Tags) -> Judgement {
        if row.supported && rule.follows_newest() {
            return follows_newest(line);
        }
        if let Some(why) = &tags.incomplete {
            return unproven_for_tags(why, line);
        }
        if !line.releases.is_empty() {
            let judgement = if row.supported { self.supported_row(row, rule, line) } else { self.unsupported_row(row, rule, line) };
            return self.with_notes(judgement, row, line);
        }
        if tags.any {
            return Judgement::unproven(Reason::new("no tag is a release of this package, though other tags are releases"));
        }
        match line.usable_version() {
            Some(version) => self.by_version(row, rule, line, version),
            None => Judgement::unproven(Reason::new(
                "no tag is a release, and the manifest's version is none that could stand for one; the first release tag decides",
            )),
        }
    }

    /// No tag is a release: the manifest's version stands for the newest one.
    fn by_version(&self, row: &Row<'_>, rule: &Rule, line: &Line, version: &Version) -> Judgement {
        let line = Line { releases: vec![Release::of_manifest(version.clone())], ..line.clone() };
        if row.supported && !self.stale(&line) && rule.releases(&line, &self.others(row)).is_empty() {
            let said =
                format!("no tag is a release, so whether `{}` has one cannot be seen; the manifest's version is {version}", row.text);
            return Judgement::unproven(Reason::new(said));
        }
        if row.supported { self.supported_row(row, rule, &line) } else { self.unsupported_row(row, rule, &line) }
    }

    fn supported_row(&self, row: &Row<'_>, rule: &Rule, line: &Line) -> Judgement {
        let others = self.others(row);
        let held = rule.releases(line, &others);
        let none = held.is_empty() && *rule != Rule::Older && line.newest().is_some_and(|newest| newest.tag.is_some());
        let charged = self.stale(line) && self.highest(line).is_some_and(|highest| highest.commitment.id == row.commitment.id);
        if !none && !charged {
            return match held.iter().rev().find(|release| release.is_stable()).or(held.last()) {
                Some(newest) => Judgement::kept(count(held.len()), release_reason(&format!("`{}` holds", row.text), newest)),
                None => Judgement::kept(0, Reason::new("no release is older than the other rows, so there is nothing to test")),
            };
        }
        if let Some(open) = self.undecided(row, line) {
            return open;
        }
        let mut reasons = Vec::new();
        if none {
            reasons
                .push(Reason::at(format!("no release is in `{}`, which the policy lists as supported", row.text), &row.commitment.place));
        }
        if charged {
            let said = format!("`{}` is the highest supported row, and the newest release is in no supported row", row.text);
            reasons.push(Reason::at(said, &row.commitment.place));
        }
        self.stale_judgement(reasons, rule, line)
    }

    fn unsupported_row(&self, row: &Row<'_>, rule: &Rule, line: &Line) -> Judgement {
        let Some(newest) = line.newest() else {
            return Judgement::unproven(Reason::new("no release is known"));
        };
        let stable = line.newest_stable().unwrap_or(newest);
        let holds = |release: &Release| self.row_holds(row, rule, &release.version, line);
        if !holds(newest) && !holds(stable) {
            return Judgement::kept(1, release_reason(&format!("`{}` does not hold the newest release,", row.text), newest));
        }
        if !self.stale(line) {
            return Judgement::kept(1, release_reason("no supported row leaves out the newest release,", newest));
        }
        if let Some(open) = self.undecided(row, line) {
            return open;
        }
        let said = format!("`{}` is listed as not supported, and it holds the newest release", row.text);
        self.stale_judgement(vec![Reason::at(said, &row.commitment.place)], rule, line)
    }

    /// The same cause for every row of one stale table: it is one thing to mend.
    fn stale_judgement(&self, mut reasons: Vec<Reason>, rule: &Rule, line: &Line) -> Judgement {
        if let Some(newest) = line.newest() {
            reasons.push(release_reason("the newest release is", newest));
        }
        if let Some(stable) = line.newest_stable().filter(|stable| Some(*stable) != line.newest()) {
            reasons.push(release_reason("the newest stable release is", stable));
        }
        if let Some(release) = line.newest_stable().or(line.newest()).filter(|_| self.stale(line)) {
            let shape = self.highest(line).and_then(|row| row.rule.as_ref()).unwrap_or(rule);
            let wanted = shape.like_it_for(&release.version);
            reasons.push(Reason::new(format!("a supported row for `{wanted}` would make the table true")));
        }
        let component = self.component.map(|name| format!("@{name}")).unwrap_or_default();
        Judgement { reasons, ..Judgement::broken(Reason::new("")) }.cause(format!("supported-versions/stale-table{component}"))
    }

    /// Why a row that looks wrong cannot be called so.
    fn undecided(&self, row: &Row<'_>, line: &Line) -> Option<Judgement> {
        let unproven = |reason: Reason| Some(Judgement::unproven(reason));
        if let Some(rival) = &line.rival {
            return unproven(ahead(rival));
        }
        if let Some(next) = line.next().filter(|next| self.in_supported(next, line)) {
            let said = format!(
                "no release is in `{}` yet, but the manifest's version {next} is in a supported row: the tag of {next} decides",
                row.text
            );
            return unproven(Reason::new(said));
        }
        let unread = self.rows.iter().find(|row| row.supported && row.rule.is_none())?;
        unproven(Reason::at(
            format!("the supported row `{}` cannot be read, and it might hold the newest release", unread.text),
            &unread.commitment.place,
        ))
    }

    /// What is worth knowing beside the highest supported row.
    fn with_notes(&self, mut judgement: Judgement, row: &Row<'_>, line: &Line) -> Judgement {
        if self.highest(line).is_none_or(|highest| highest.commitment.id != row.commitment.id) {
            return judgement;
        }
        if let Some(youngest) = line.younger_than_newest() {
            judgement = judgement.note(release_reason("newest means highest; the newest by date is", youngest));
        }
        if let Some(rival) = &line.rival {
            let told = self.in_supported(&rival.version, line) || judgement.outcome != Outcome::Kept;
            judgement = if told { judgement.note(ahead(rival)) } else { Judgement::unproven(ahead(rival)) };
        }
        if let Some(next) = line.next() {
            let place = if self.in_supported(next, line) { "in a supported row" } else { "in no supported row" };
            judgement =
                judgement.note(Reason::new(format!("the manifest's version {next} is ahead of the tags: the next release, {place}")));
        }
        judgement
    }

    /// Whether the table has supported rows about releases, and neither the newest release nor the newest
    /// stable one is in any.
    fn stale(&self, line: &Line) -> bool {
        let any = self.rows.iter().any(|row| row.supported && !matches!(row.rule, None | Some(Rule::Branch(_))));
        let out = |release: Option<&Release>| release.is_none_or(|release| !self.in_supported(&release.version, line));
        any && out(line.newest()) && out(line.newest_stable())
    }

    fn in_supported(&self, version: &Version, line: &Line) -> bool {
        let holds = |row: &Row<'_>| row.rule.as_ref().is_some_and(|rule| self.row_holds(row, rule, version, line));
        self.rows.iter().any(|row| row.supported && holds(row))
    }

    fn row_holds(&self, row: &Row<'_>, rule: &Rule, version: &Version, line: &Line) -> bool {
        // "Older versions" never mean the newest one; "all other versions" may.
        let older =
            *rule == Rule::Older && ["old", "prior", "previous", "earlier", "below", "<"].iter().any(|w| row.commitment.words.contains(w));
        let newest = line.newest_stable().or(line.newest());
        let is_newest = newest.is_some_and(|newest| *version >= newest.version);
        !(older && is_newest) && rule.holds(version, line, &self.others(row))
    }

    /// The supported row that reaches highest.
    fn highest(&self, line: &Line) -> Option<&Row<'a>> {
        let height = |row: &&Row<'_>| row.rule.as_ref().and_then(|rule| rule.height(line, &self.others(row)));
        // The first of equals: `max_by_key` would take the last.
        self.rows.iter().filter(|row| row.supported && !matches!(row.rule, Some(Rule::Branch(_)))).rev().max_by_key(height)
    }

    fn others(&self, row: &Row<'_>) -> Vec<&Rule> {
        self.rows.iter().filter(|other| other.commitment.id != row.commitment.id).filter_map(|other| other.rule.as_ref()).collect()
    }
}

/// Tags without a name are the project's; that a package's own tags have left them behind is the other reading.
fn ahead(rival: &Release) -> Reason {
    release_reason("tags without a name are the project's, but a package's own tags are ahead of them:", rival)
}

fn follows_newest(line: &Line) -> Judgement {
    let judgement = match (line.newest_stable().or(line.newest()), &line.version) {
        (Some(newest), _) => Judgement::kept(0, release_reason("the newest release is", newest)),
        (None, Some(version)) => Judgement::kept(0, Reason::new(format!("no release is seen; the manifest's version is {version}"))),
        (None, None) => Judgement::unproven(Reason::new("neither a release nor a version is seen")),
    };
    line.rival.iter().map(ahead).fold(judgement, Judgement::note)
}

fn unproven_for_tags(why: &str, line: &Line) -> Judgement {
    let known = line.newest().map(|newest| format!("; the newest that is known is {newest}")).unwrap_or_default();
    Judgement::unproven(Reason::new(format!("{why}{known}; all tags would decide it"))).wants_history(true)
}

fn release_reason(before: &str, release: &Release) -> Reason {
    let said = format!("{before} {release}");
    match &release.tag {
        Some(tag) => Reason::in_commit(said, tag.commit.clone()),
        None => Reason::new(said),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
