//! From the text of a Cargo.lock to what it locks: versions 1 to 4, each entry with its line, in linear time.
//!
//! The crate that parses lockfiles elsewhere keeps no positions and takes quadratic time over what it is
//! given; a test holds this reading against it.

use std::collections::BTreeMap;
use std::sync::Arc;

use semver::Version;
use serde::Deserialize;
use toml::Spanned;

use crate::observation::lockfile::{Locked, Origin, Package};
use crate::source::Source;

/// The newest version of the format that is read.
const NEWEST: u32 = 4;
/// How many packages a lockfile may hold.
const MOST_PACKAGES: usize = 100_000;

#[derive(Deserialize)]
struct Raw {
    version: Option<u32>,
    #[serde(default)]
    package: Vec<RawPackage>,
    /// The package that the lockfile belongs to, in the oldest of version 1.
    root: Option<RawPackage>,
    #[serde(default)]
    metadata: BTreeMap<String, serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct RawPackage {
    name: Spanned<String>,
    version: Version,
    source: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
    checksum: Option<serde::de::IgnoredAny>,
}

/// Whether an entry of a registry lacks the checksum that the other entries of registries have: cargo writes it after the
/// source, so the file ends in the middle of the entry.
fn lacks_checksum(last: &RawPackage, others: &[RawPackage]) -> bool {
    let of_registry = |package: &&RawPackage| matches!(origin(package.source.as_deref(), &[]), Origin::CratesIo | Origin::Registry(_));
    let mut registries = others.iter().filter(of_registry).peekable();
    of_registry(&last) && last.checksum.is_none() && registries.peek().is_some() && registries.all(|other| other.checksum.is_some())
}

/// Reads the text of a lockfile. `mirrors` are addresses of indices that mirror crates.io.
///
/// # Errors
/// A half-sentence: it is of a newer version, cut off, or no lockfile.
pub fn parse(source: &Arc<Source>, mirrors: &[String]) -> Result<Locked, String> {
    if let Some(version) = stated_version(source.text()).filter(|version| *version > NEWEST) {
        return Err(format!("it is of version {version}, and versions 1 to {NEWEST} are read; a newer cargo-secpolicy may read it"));
    }
    let raw: Raw = toml::from_str(source.text()).map_err(|error| complaint(source, &error))?;
    if raw.package.len() > MOST_PACKAGES {
        return Err(format!("it has more than {MOST_PACKAGES} packages"));
    }
    let version = raw.version.unwrap_or_else(|| if raw.metadata.keys().any(|key| key.starts_with("checksum ")) { 1 } else { 2 });
    let entries: Vec<RawPackage> = raw.package.into_iter().chain(raw.root).collect();
    if entries.is_empty() {
        return Err("it holds no package; it may be cut off".into());
    }
    if let Some(last) = entries.split_last().and_then(|(last, others)| lacks_checksum(last, others).then_some(last)) {
        let name = last.name.get_ref();
        return Err(format!("its last entry, `{name}`, has no checksum, and the others have one; it may be cut off"));
    }
    let index = Index::new(&entries);
    let mut packages = Vec::with_capacity(entries.len());
    for entry in &entries {
        let mut dependencies = Vec::with_capacity(entry.dependencies.len());
        for dependency in &entry.dependencies {
            let found = index.find(&entries, dependency).ok_or_else(|| {
                let name = entry.name.get_ref();
                format!("`{name}` depends on `{dependency}`, which it does not hold; it may be cut off, or a merge went wrong")
            })?;
            dependencies.push(found);
        }
        dependencies.sort_unstable();
        dependencies.dedup();
        packages.push(Package {
            name: entry.name.get_ref().clone(),
            version: entry.version.clone(),
            origin: origin(entry.source.as_deref(), mirrors),
            line: source.line_of(entry.name.span().start),
            dependencies,
        });
    }
    Ok(Locked { source: Arc::clone(source), version, packages })
}

/// The version that a line of its own states, read before the rest, which a newer version may shape anew.
fn stated_version(text: &str) -> Option<u32> {
    let head = text.lines().map(str::trim).take_while(|line| !line.starts_with('['));
    head.filter_map(|line| line.strip_prefix("version")?.trim_start().strip_prefix('=')?.trim().parse().ok()).next()
}

fn complaint(source: &Source, error: &toml::de::Error) -> String {
    let what = error.message().lines().next().unwrap_or_default().trim();
    match error.span() {
        Some(span) => {
            format!("line {} is no part of a lockfile ({what}); it may be cut off, or a merge went wrong", source.line_of(span.start))
        }
        None => format!("it is no lockfile ({what})"),
    }
}

/// The entries by name.
struct Index<'a> {
    by_name: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn new(entries: &'a [RawPackage]) -> Self {
        let mut by_name = BTreeMap::<&str, Vec<usize>>::new();
        for (index, entry) in entries.iter().enumerate() {
            by_name.entry(entry.name.get_ref()).or_default().push(index);
        }
        Self { by_name }
    }

    /// The entry that a dependency names: `name`, `name version` or `name version (source)`.
    fn find(&self, entries: &[RawPackage], dependency: &str) -> Option<usize> {
        let mut words = dependency.split_whitespace();
        let candidates = self.by_name.get(words.next()?)?;
        let version = words.next().map(Version::parse).transpose().ok()?;
        let source = words.next().map(|word| word.trim_start_matches('(').trim_end_matches(')'));
        let fits = |index: &usize| {
            let entry = entries.get(*index);
            entry.is_some_and(|entry| version.as_ref().is_none_or(|version| *version == entry.version))
        };
        let same_source = |index: &usize| {
            let own = entries.get(*index).and_then(|entry| entry.source.as_deref());
            source.is_none() || own.map(without_precise) == source.map(without_precise)
        };
        let fitting = || candidates.iter().copied().filter(fits);
        // A merge may leave a version behind that is gone: then its namesake is what is depended on.
        fitting().find(same_source).or_else(|| fitting().next()).or_else(|| candidates.first().copied())
    }
}

fn without_precise(source: &str) -> &str {
    source.split_once('#').map_or(source, |(address, _)| address)
}

/// Where a package with this `source` comes from: crates.io in both spellings of its index, and mirrors.
pub(super) fn origin(source: Option<&str>, mirrors: &[String]) -> Origin {
    let Some(source) = source else { return Origin::Local };
    let (kind, address) = source.split_once('+').unwrap_or(("", source));
    match kind {
        "registry" | "sparse" if is_crates_io(address) || mirrors.iter().any(|mirror| same_address(mirror, source)) => Origin::CratesIo,
        "registry" | "sparse" => Origin::Registry(address.to_owned()),
        "git" => Origin::Git(address.to_owned()),
        "path" => Origin::Local,
        _ => Origin::Registry(source.to_owned()),
    }
}

/// The addresses of the index of crates.io: of its git repository and of its sparse spelling.
const CRATES_IO: [&str; 2] = ["https://github.com/rust-lang/crates.io-index", "https://index.crates.io"];

fn is_crates_io(address: &str) -> bool {
    CRATES_IO.iter().any(|own| same_address(own, address))
}

/// Whether two addresses of an index are the same but for `registry+`, `sparse+`, `.git` and a last `/`.
fn same_address(a: &str, b: &str) -> bool {
    bare(a) == bare(b)
}

fn bare(address: &str) -> &str {
    let address = without_precise(address);
    let address = address.strip_prefix("registry+").or_else(|| address.strip_prefix("sparse+")).unwrap_or(address);
    let address = address.trim_end_matches('/');
    address.strip_suffix(".git").unwrap_or(address)
}

#[cfg(test)]
mod tests;
