//! Files that a reporting channel points into: "the address in Cargo.toml".

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::pointed_file;
use crate::commitment::{Commitment, Kind, Policy};
use crate::gather::files::{Files, join};
use crate::observation::workspace::Workspace;
use crate::source::Source;

/// The texts of those files, by path. One that is nowhere is an empty text under its bare name, so that it
/// can be told from one that could not be read, which is left out.
pub fn pointed_files(files: &Files, workspace: &Workspace, policy: &Policy) -> Vec<Arc<Source>> {
    let pointed = |commitment: &Commitment| match &commitment.kind {
        Kind::ReportingChannel { target, .. } if target.is_empty() => pointed_file(&commitment.words),
        _ => None,
    };
    let mut found = BTreeMap::new();
    for name in policy.commitments.iter().filter_map(pointed) {
        let mut paths: Vec<String> = [workspace.root.as_str(), ".", ".github", "docs"].iter().map(|folder| join(folder, name)).collect();
        if name == "Cargo.toml" {
            paths.extend(workspace.members.iter().map(|member| member.manifest.clone()));
        }
        let read: Vec<_> = paths.iter().map(|path| files.read(path)).collect();
        let nowhere = read.iter().all(|result| matches!(result, Ok(None)));
        found.extend(read.into_iter().filter_map(|result| result.ok().flatten()).map(|source| (source.path().to_owned(), source)));
        if nowhere {
            found.insert(name.to_owned(), Source::new(name, ""));
        }
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::commitment::Channel;
    use crate::testing::World;

    #[test]
    fn named_files_are_read_and_missing_ones_are_empty() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("lib")).unwrap();
        fs::write(folder.path().join("lib/Cargo.toml"), "authors = []").unwrap();
        fs::write(folder.path().join("README.md"), [0xC3, 0x28]).unwrap();
        let kind = || Kind::ReportingChannel { channel: Channel::Email, target: String::new() };
        let world = World::new().member("app", "1.0.0").member("lib", "1.0.0");
        let world =
            ["see Cargo.toml", "see MAINTAINERS.md", "see README.md"].iter().fold(world, |w, words| w.promise_in(words, None, kind()));
        let found = pointed_files(&Files::new(folder.path()), &world.observations.workspace, &world.policy);
        let found: Vec<_> = found.iter().map(|source| (source.path(), source.text())).collect();
        assert_eq!(found, [("MAINTAINERS.md", ""), ("lib/Cargo.toml", "authors = []")]);
    }
}
