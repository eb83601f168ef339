//! Whether anything builds a package, as cargo's own resolution says (spec: "Reach").

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use semver::Version;

use super::workspace::cargo::{Flags, run};
use crate::observation::advisory::Built;

/// How long all of cargo's answers together may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Targets that are asked for by name where a package is not built for this machine.
const COMMON_TARGETS: [&str; 6] = [
    "aarch64-apple-darwin",
    "aarch64-linux-android",
    "wasm32-unknown-unknown",
    "wasm32-wasip1",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
];

/// A package by name and version.
pub type Named = (String, Version);

/// Asks cargo about each of the packages in the workspace in `folder`, with every feature and its lockfile as
/// it is: one tree of all that is built on any target, and where that does not settle it, one a target.
pub fn built(folder: &Path, flags: Flags, packages: &[Named]) -> Vec<Built> {
    let flags = Flags { locked: true, ..flags };
    let end = Instant::now() + PATIENCE;
    answers(packages, &|target| tree(folder, flags, target, end.saturating_duration_since(Instant::now())))
}

/// Everything that is built for a target (`all`, or `None` for this machine), or why that cannot be told.
type Tree<'a> = dyn Fn(Option<&str>) -> Result<BTreeSet<Named>, String> + 'a;

fn answers(packages: &[Named], tree: &Tree<'_>) -> Vec<Built> {
    if packages.is_empty() {
        return Vec::new();
    }
    let anywhere = match tree(Some("all")) {
        Ok(anywhere) => anywhere,
        Err(why) => return vec![Built::Unknown(why); packages.len()],
    };
    let asked: Vec<&Named> = packages.iter().filter(|package| anywhere.contains(package)).collect();
    // Where the second question fails, the first answer stands: something builds it.
    let here = if asked.is_empty() { BTreeSet::new() } else { tree(None).unwrap_or_else(|_| anywhere.clone()) };
    let elsewhere: Vec<(&str, BTreeSet<Named>)> = if asked.iter().all(|package| here.contains(*package)) {
        Vec::new()
    } else {
        COMMON_TARGETS.iter().filter_map(|target| Some((*target, tree(Some(target)).ok()?))).collect()
    };
    let answer = |package: &Named| {
        if !anywhere.contains(package) {
            return Built::Never;
        }
        if here.contains(package) {
            return Built::Yes;
        }
        let targets: Vec<&str> = elsewhere.iter().filter(|(_, built)| built.contains(package)).map(|(target, _)| *target).collect();
        Built::OtherTargets(if targets.is_empty() { "less common targets".into() } else { targets.join(", ") })
    };
    packages.iter().map(answer).collect()
}

fn tree(folder: &Path, flags: Flags, target: Option<&str>, limit: Duration) -> Result<BTreeSet<Named>, String> {
    let mut args = vec!["tree", "--workspace", "--all-features", "--prefix", "none", "--format", "{p}"];
    args.extend(target.into_iter().flat_map(|target| ["--target", target]));
    Ok(packages(&run(folder, &args, flags, limit)?))
}

/// The packages that lines like `name v1.2.3 (proc-macro)` name.
fn packages(printed: &str) -> BTreeSet<Named> {
    let package = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let version = words.next()?.strip_prefix('v')?;
        Some((name.to_owned(), Version::parse(version).ok()?))
    };
    printed.lines().filter_map(package).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<Named> {
        names.iter().map(|name| ((*name).to_owned(), Version::new(0, 1, 0))).collect()
    }

    #[test]
    fn a_package_is_built_here_elsewhere_or_never() {
        let tree = |target: Option<&str>| {
            Ok(match target {
                Some("all") => named(&["here", "windows", "rare"]),
                Some("x86_64-pc-windows-msvc") => named(&["windows"]),
                None => named(&["here"]),
                Some(_) => Vec::new(),
            }
            .into_iter()
            .collect())
        };
        let found = answers(&named(&["here", "windows", "rare", "weak"]), &tree);
        let elsewhere = |text: &str| Built::OtherTargets(text.into());
        assert_eq!(found, [Built::Yes, elsewhere("x86_64-pc-windows-msvc"), elsewhere("less common targets"), Built::Never]);
    }

    #[test]
    fn what_cannot_be_asked_is_never_said_not_to_be_built() {
        let cannot = |_: Option<&str>| Err("no network".to_owned());
        assert_eq!(answers(&named(&["a"]), &cannot), [Built::Unknown("no network".into())]);
        let only_all =
            |target: Option<&str>| if target == Some("all") { Ok(named(&["a"]).into_iter().collect()) } else { Err(String::new()) };
        assert_eq!(answers(&named(&["a"]), &only_all), [Built::Yes]);
    }

    #[test]
    fn a_tree_s_lines_name_packages() {
        let printed = "app v1.0.0 (/x/app)\nsyn v2.0.1 (*)\nserde_derive v1.0.2-rc.1+b (proc-macro)\n\n[dev-dependencies]\n";
        let names: Vec<String> = packages(printed).into_iter().map(|(name, version)| format!("{name} {version}")).collect();
        assert_eq!(names, ["app 1.0.0", "serde_derive 1.0.2-rc.1+b", "syn 2.0.1"]);
    }
}
