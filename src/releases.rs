//! Which tags are releases, and of which line (spec: `supported-versions`). Pure.

mod rule;
mod supported;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use semver::Version;

pub use rule::{Rule, Series};
pub use supported::{Supported, supported};

use crate::observation::git::{Git, Incomplete, Remote, Tag};
use crate::observation::workspace::{Member, Ships, Workspace};

/// One release: a tag that is a version, or the version that stands for it where no tag is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its version.
    pub version: Version,
    /// Its tag; `None` where it is only the manifest's version.
    pub tag: Option<Tagged>,
}

/// The tag of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Its name.
    pub name: String,
    /// Its commit, full hash.
    pub commit: String,
    /// Its day, UTC.
    pub date: Date,
}

impl Release {
    /// The release that only a manifest states.
    pub const fn of_manifest(version: Version) -> Self {
        Self { version, tag: None }
    }

    /// Whether it is no pre-release.
    pub fn is_stable(&self) -> bool {
        self.version.pre.is_empty()
    }

    fn date(&self) -> Option<Date> {
        self.tag.as_ref().map(|tag| tag.date)
    }
}

impl fmt::Display for Release {
    /// `1.2.3 (tag v1.2.3, 2026-01-31)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tag {
            Some(tag) => write!(f, "{} (tag {}, {})", self.version, tag.name, tag.date),
            None => write!(f, "{} (the manifest's version)", self.version),
        }
    }
}

/// The releases of one line, and the version that its manifest states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The package whose line it is; `None` for the project's.
    pub package: Option<String>,
    /// Its releases, ascending; each version once.
    pub releases: Vec<Release>,
    /// The version that the manifest states.
    pub version: Option<Version>,
    /// A higher and younger release under a package's name, where the line is of tags without a name.
    pub rival: Option<Release>,
}

impl Line {
    /// The highest release.
    pub fn newest(&self) -> Option<&Release> {
        self.releases.last()
    }

    /// The highest release that is no pre-release.
    pub fn newest_stable(&self) -> Option<&Release> {
        self.releases.iter().rev().find(|release| release.is_stable())
    }

    /// The youngest release, where it is not the highest.
    pub fn younger_than_newest(&self) -> Option<&Release> {
        let youngest = self.releases.iter().max_by_key(|release| release.date())?;
        (youngest.date() > self.newest()?.date()).then_some(youngest)
    }

    /// The manifest's version, where it is a release's (not 0.0.0, no pre-release).
    pub fn usable_version(&self) -> Option<&Version> {
        self.version.as_ref().filter(|version| version.pre.is_empty() && (version.major, version.minor, version.patch) != (0, 0, 0))
    }

    /// The manifest's version, where it is ahead of every release: the next one.
    pub fn next(&self) -> Option<&Version> {
        self.version.as_ref().filter(|version| self.newest().is_some_and(|newest| **version > newest.version))
    }
}

/// In what the tags may be incomplete: a half-sentence, or `None` where they are known to be complete.
pub fn tags_incomplete(git: &Git) -> Option<&'static str> {
    let why = |what: &Incomplete| match what {
        Incomplete::NoTags => Some("this clone has no tags"),
        Incomplete::Shallow => Some("this clone is shallow, so tags may be missing"),
        Incomplete::SingleBranch => Some("this clone holds one branch, so tags of others may be missing"),
        Incomplete::Partial | Incomplete::Sparse => None,
    };
    [Incomplete::NoTags, Incomplete::Shallow, Incomplete::SingleBranch].iter().filter(|what| git.incomplete.contains(what)).find_map(why)
}

/// Whether a tag's name ends in a version, whatever stands before it (`v1.2.3`, `anything-v1.2.3`): more than are
/// releases, for judges who must not overlook one.
pub fn ends_in_version(tag: &Tag) -> bool {
    let tail = tag.name.rsplit(['/', '@', '_']).next().unwrap_or(&tag.name);
    let from_dash = tail.match_indices('-').filter_map(|(at, _)| tail.get(at + 1..));
    std::iter::once(tail).chain(from_dash).any(|text| Version::parse(text.trim_start_matches('v')).is_ok())
}

/// The newest `limit` of the `wanted` tags by date, the newest first.
pub fn newest_tags<'t>(tags: &'t [Tag], limit: usize, wanted: &dyn Fn(&Tag) -> bool) -> Vec<&'t Tag> {
    let mut tags: Vec<&Tag> = tags.iter().filter(|tag| wanted(tag)).collect();
    tags.sort_by(|a, b| (b.at, &b.name).cmp(&(a.at, &a.name)));
    tags.truncate(limit);
    tags
}

/// Every tag that is a release, by the package that it names; each list ascending, each version once.
pub fn by_package<'a>(tags: &[Tag], workspace: &'a Workspace) -> BTreeMap<Option<&'a str>, Vec<Release>> {
    let mut members: Vec<&Member> = workspace.members.iter().collect();
    // The longest name first: `app-cli-1.0.0` is of `app-cli` before it is of `app`.
    members.sort_by_key(|member| std::cmp::Reverse(member.name.len()));
    let mut found = BTreeMap::<Option<&str>, Vec<Found>>::new();
    for tag in tags {
        if let Some((package, spelling)) = split(&tag.name, &members, workspace) {
            let tagged = Tagged { name: tag.name.clone(), commit: tag.commit.clone(), date: tag.at.to_zoned(TimeZone::UTC).date() };
            found.entry(package).or_default().push(Found { spelling, tagged });
        }
    }
    found.into_iter().map(|(package, found)| (package, releases(found))).collect()
}

struct Found {
    spelling: Spelling,
    tagged: Tagged,
}

/// How a version was written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Spelling {
    Full(Version),
    /// `1.2` for 1.2.0; where 1.2.1 is there too, it may be a label that moves.
    Short(Version),
}

impl Spelling {
    const fn version(&self) -> &Version {
        match self {
            Self::Full(version) | Self::Short(version) => version,
        }
    }
}

fn releases(found: Vec<Found>) -> Vec<Release> {
    let series = |version: &Version| (version.major, version.minor);
    let full: Vec<_> =
        found.iter().filter(|found| matches!(found.spelling, Spelling::Full(_))).map(|f| series(f.spelling.version())).collect();
    let moves = |found: &Found| matches!(&found.spelling, Spelling::Short(version) if full.contains(&series(version)));
    let mut releases: Vec<_> = found
        .into_iter()
        .filter(|found| !moves(found))
        .map(|found| Release { version: found.spelling.version().clone(), tag: Some(found.tagged) })
        .collect();
    releases.sort_by(|a, b| a.version.cmp(&b.version).then(a.date().cmp(&b.date())));
    releases.dedup_by(|later, earlier| later.version == earlier.version);
    releases
}

/// The package that a tag names, and its version; `None` where it is no release.
fn split<'a>(tag: &str, members: &[&'a Member], workspace: &Workspace) -> Option<(Option<&'a str>, Spelling)> {
    let of = |member: &&'a Member| {
        let rest = tag.strip_prefix(member.name.as_str())?.strip_prefix(['-', '_', '/', '@'])?;
        Some((*member, version(rest)?))
    };
    if let Some((member, spelling)) = members.iter().find_map(of) {
        let counts = !date_like(spelling.version()) || date_like(&member.version);
        return counts.then_some((Some(member.name.as_str()), spelling));
    }
    let spelling = version(tag)?;
    let counts = !date_like(spelling.version()) || workspace.members.iter().any(|member| date_like(&member.version));
    counts.then_some((None, spelling))
}

fn version(text: &str) -> Option<Spelling> {
    let text = text.strip_prefix("v/").or_else(|| text.strip_prefix('v')).unwrap_or(text);
    if let Ok(version) = Version::parse(text) {
        return Some(Spelling::Full(version));
    }
    let numbers: Option<Vec<u64>> =
        text.split(['.', '-']).map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()).collect();
    match numbers?.as_slice() {
        [major, minor] if text.contains('.') => Some(Spelling::Short(Version::new(*major, *minor, 0))),
        // Dates may be written with leading zeros or hyphens: 2024.01.05, 2024-01-05.
        [year, month, day] => Some(Version::new(*year, *month, *day)).filter(date_like).map(Spelling::Full),
        _ => None,
    }
}

/// Whether a version begins with a year, or is a whole date.
fn date_like(version: &Version) -> bool {
    matches!(version.major, 1990..=2199 | 19_900_101..=21_991_231)
}

/// The lines on which a rule is judged: of the package `component` alone, else the project's. More than one
/// where each package is its own line; never empty.
pub fn lines(git: Option<&Git>, workspace: &Workspace, component: Option<&str>) -> Vec<Line> {
    let (tags, remotes) = git.map_or((&[][..], &[][..]), |git| (&git.tags, &git.remotes));
    let found = by_package(tags, workspace);
    match component.and_then(|name| workspace.members.iter().find(|member| member.name == name)) {
        Some(member) => vec![package_line(member, &found, workspace)],
        None => project_lines(&found, workspace, remotes),
    }
}

fn package_line(member: &Member, found: &BTreeMap<Option<&str>, Vec<Release>>, workspace: &Workspace) -> Line {
    // Where a package has no tags of its name, and it is the project or shares its version, the project's tags are its own.
    let shares = member.is_root || member.inherits_version || workspace.members.len() == 1;
    let own = found.get(&Some(member.name.as_str()));
    let releases = own.or_else(|| found.get(&None).filter(|_| shares)).cloned().unwrap_or_default();
    Line { package: Some(member.name.clone()), releases, version: Some(member.version.clone()), rival: None }
}

fn project_lines(found: &BTreeMap<Option<&str>, Vec<Release>>, workspace: &Workspace, remotes: &[Remote]) -> Vec<Line> {
    let project = leading(workspace, remotes);
    let version = project.iter().flatten().next().map(|member| member.version.clone()).or_else(|| common_version(workspace));
    let unnamed = found.get(&None).cloned();
    let under_names = project.iter().map(|members| merged(members, found)).find(|releases| !releases.is_empty());
    if let Some(releases) = unnamed {
        // Where no package stands for the project, any that ships may be what its tags have moved on to.
        let shipping = || merged(&workspace.members.iter().filter(|member| member.ships == Ships::Yes).collect::<Vec<_>>(), found);
        let none_leads = project.iter().all(Vec::is_empty);
        let rival = under_names.or_else(|| none_leads.then(shipping)).and_then(|releases| releases.into_iter().next_back());
        let line = Line { package: None, releases, version, rival: None };
        let rival =
            rival.filter(|rival| line.newest().is_some_and(|newest| rival.version > newest.version && rival.date() > newest.date()));
        return vec![Line { rival, ..line }];
    }
    if let Some(releases) = under_names {
        return vec![Line { package: None, releases, version, rival: None }];
    }
    let own = |member: &&Member| found.contains_key(&Some(member.name.as_str())) || (found.is_empty() && member.ships == Ships::Yes);
    let packages: Vec<&Member> = workspace.members.iter().filter(own).collect();
    if packages.is_empty() || (found.is_empty() && version.is_some()) {
        return vec![Line { package: None, releases: Vec::new(), version, rival: None }];
    }
    packages.into_iter().map(|member| package_line(member, found, workspace)).collect()
}

/// The members that may stand for the project, in the order of precedence: the root package, those that inherit
/// the workspace's version, the one named like the repository.
pub fn leading<'a>(workspace: &'a Workspace, remotes: &[Remote]) -> [Vec<&'a Member>; 3] {
    let root = workspace.members.iter().filter(|member| member.is_root).collect();
    let inheriting = workspace.members.iter().filter(|member| member.inherits_version).collect();
    [root, inheriting, named_like_repository(workspace, remotes)]
}

fn merged(members: &[&Member], found: &BTreeMap<Option<&str>, Vec<Release>>) -> Vec<Release> {
    let mut releases: Vec<Release> =
        members.iter().filter_map(|member| found.get(&Some(member.name.as_str()))).flatten().cloned().collect();
    releases.sort_by(|a, b| a.version.cmp(&b.version).then(a.date().cmp(&b.date())));
    releases.dedup_by(|later, earlier| later.version == earlier.version);
    releases
}

/// The version that all packages that ship agree on.
fn common_version(workspace: &Workspace) -> Option<Version> {
    let mut versions = workspace.members.iter().filter(|member| member.ships == Ships::Yes).map(|member| &member.version);
    let first = versions.next()?;
    versions.all(|version| version == first).then(|| first.clone())
}

/// The package named like the repository: by its remotes, else by its folder.
fn named_like_repository<'a>(workspace: &'a Workspace, remotes: &[Remote]) -> Vec<&'a Member> {
    let last = |url: &str| {
        let url = url.trim_end_matches('/');
        let url = url.strip_suffix(".git").unwrap_or(url);
        url.rsplit(['/', ':']).next().map(str::to_owned)
    };
    let folder = workspace.repository.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let names: Vec<String> = remotes.iter().filter_map(|remote| last(&remote.url)).chain(folder).collect();
    names.iter().find_map(|name| workspace.members.iter().find(|member| &member.name == name)).into_iter().collect()
}

#[cfg(test)]
mod tests;
