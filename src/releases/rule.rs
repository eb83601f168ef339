//! Rules of supported versions, and which releases they hold.

use std::collections::BTreeSet;

use semver::{Op, Version, VersionReq};

use super::{Line, Release};

/// One normalised rule of supported versions (spec: Normalising).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A version requirement in Cargo's syntax.
    Requirement(VersionReq),
    /// The newest `count` series.
    Latest {
        /// How many.
        count: usize,
        /// Of what.
        of: Series,
    },
    /// A branch; `main` stands for the development version whatever its branch is called.
    Branch(String),
    /// All older, or all other, versions.
    Older,
    /// Every version.
    All,
}

/// What `latest-…` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// Major series.
    Major,
    /// Minor series.
    Minor,
    /// Single releases.
    Release,
}

impl Series {
    const fn key(self, version: &Version) -> (u64, u64, u64) {
        match self {
            Self::Major => (version.major, 0, 0),
            Self::Minor => (version.major, version.minor, 0),
            Self::Release => (version.major, version.minor, version.patch),
        }
    }
}

impl Rule {
    /// The rule that a normalised text stands for; `None` where it stands for none.
    pub fn parse(text: &str) -> Option<Self> {
        let latest = |count, of| Some(Self::Latest { count, of });
        match text {
            "latest" => return latest(1, Series::Release),
            "latest-minor" => return latest(1, Series::Minor),
            "latest-major" => return latest(1, Series::Major),
            "older" => return Some(Self::Older),
            "all" => return Some(Self::All),
            _ => {}
        }
        if let Some(branch) = text.strip_prefix("branch:") {
            return Some(Self::Branch(branch.to_owned()));
        }
        if let Some((count, of)) = text.strip_prefix("latest-").and_then(|rest| rest.split_once('-')) {
            let of = match of {
                "majors" => Series::Major,
                "minors" => Series::Minor,
                "releases" => Series::Release,
                _ => return None,
            };
            return count.parse().ok().filter(|count| *count > 0).and_then(|count| latest(count, of));
        }
        VersionReq::parse(text).ok().filter(|requirement| *requirement != VersionReq::STAR).map(Self::Requirement)
    }

    /// Whether the newest release is in it whatever it is, so that nothing can be tested.
    pub const fn follows_newest(&self) -> bool {
        match self {
            Self::Latest { .. } | Self::All => true,
            Self::Requirement(_) | Self::Branch(_) | Self::Older => false,
        }
    }

    /// Whether it holds `version` on `line`; `others` are the table's other rules. A pre-release is matched
    /// as the release that it leads to.
    pub fn holds(&self, version: &Version, line: &Line, others: &[&Self]) -> bool {
        match self {
            Self::Requirement(requirement) => requirement.matches(&led_to(version)) || requirement.matches(version),
            Self::Latest { count, of } => {
                newest_series(line, *count, *of).contains(&of.key(version))
                    || line.newest_stable().is_none_or(|newest| *version >= newest.version)
            }
            Self::Branch(_) => false,
            Self::Older => {
                let named = |rule: &&&Self| !matches!(rule, Self::Older | Self::All);
                !others.iter().filter(named).any(|rule| rule.holds(version, line, &[]))
            }
            Self::All => true,
        }
    }

    /// The releases of `line` that it holds, ascending.
    pub fn releases<'a>(&self, line: &'a Line, others: &[&Self]) -> Vec<&'a Release> {
        line.releases.iter().filter(|release| self.holds(&release.version, line, others)).collect()
    }

    /// The newest release of each line that the rule keeps alive: one, or one for each of N series; a stable
    /// one where there is one. Descending.
    pub fn heads<'a>(&self, line: &'a Line, others: &[&Self]) -> Vec<&'a Release> {
        let held = self.releases(line, others);
        let newest = |held: &[&'a Release]| held.iter().rev().find(|release| release.is_stable()).or(held.last()).copied();
        match self {
            Self::Latest { count, of } => newest_series(line, *count, *of)
                .into_iter()
                .rev()
                .filter_map(|series| {
                    let of_series: Vec<_> = held.iter().filter(|release| of.key(&release.version) == series).copied().collect();
                    newest(&of_series)
                })
                .collect(),
            Self::Requirement(_) | Self::Older | Self::All => newest(&held).into_iter().collect(),
            Self::Branch(_) => Vec::new(),
        }
    }

    /// How high it reaches, for telling the highest row of a table: its newest release, else the highest
    /// version that it names.
    pub fn height(&self, line: &Line, others: &[&Self]) -> Option<Version> {
        let named = |requirement: &VersionReq| {
            let version = |c: &semver::Comparator| Version::new(c.major, c.minor.unwrap_or(0), c.patch.unwrap_or(0));
            requirement.comparators.iter().map(version).max()
        };
        self.releases(line, others).last().map(|release| release.version.clone()).or_else(|| match self {
            Self::Requirement(requirement) => named(requirement),
            Self::Latest { .. } | Self::Branch(_) | Self::Older | Self::All => None,
        })
    }

    /// The rule of the same shape that would hold `version`, written as policies write it.
    pub fn like_it_for(&self, version: &Version) -> String {
        let Version { major, minor, patch, .. } = version;
        let Self::Requirement(requirement) = self else { return format!("{major}.{minor}.x") };
        let precise = |c: &semver::Comparator| c.patch.is_some() && c.op == Op::Exact;
        let minor_known = |c: &semver::Comparator| c.minor.is_some();
        let comparators = &requirement.comparators;
        if comparators.iter().any(precise) {
            format!("{major}.{minor}.{patch}")
        } else if comparators.iter().any(minor_known) {
            format!("{major}.{minor}.x")
        } else {
            format!("{major}.x")
        }
    }
}

/// The release that a pre-release leads to.
fn led_to(version: &Version) -> Version {
    Version::new(version.major, version.minor, version.patch)
}

/// The newest `count` series, ascending; of stable releases where there are any.
fn newest_series(line: &Line, count: usize, of: Series) -> BTreeSet<(u64, u64, u64)> {
    let stable = line.newest_stable().is_some();
    let keys: BTreeSet<_> = line.releases.iter().filter(|r| r.is_stable() || !stable).map(|r| of.key(&r.version)).collect();
    let skip = keys.len().saturating_sub(count);
    keys.into_iter().skip(skip).collect()
}
