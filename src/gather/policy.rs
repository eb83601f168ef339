//! Finds the policy.

use super::files::{Files, join};

/// What was found in the places where a policy is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Markdown policies, the nearest first.
    pub readable: Vec<String>,
    /// Policies in a format that is not read, the nearest first.
    pub unreadable: Vec<String>,
}

/// Looks in the workspace's folder (relative to the repository's root), then in each folder above it up to
/// that root: in `.github` and `.gitlab`, the folder itself, `docs`. Any case counts.
pub fn find(files: &Files, workspace: &str) -> Found {
    let mut found = Found::default();
    for folder in upwards(workspace) {
        for name in [".github", ".gitlab", "", "docs"] {
            look(files, &if name.is_empty() { folder.clone() } else { join(&folder, name) }, &mut found);
        }
    }
    found
}

/// The folder and each one above it, up to the root (`""`).
fn upwards(folder: &str) -> Vec<String> {
    let mut folders = vec![folder.trim_matches('/').to_owned()];
    if folders == ["."] {
        folders = vec![String::new()];
    }
    while let Some(parent) = folders.last().filter(|folder| !folder.is_empty()) {
        folders.push(parent.rsplit_once('/').map_or_else(String::new, |(parent, _)| parent.to_owned()));
    }
    folders
}

fn look(files: &Files, folder: &str, found: &mut Found) {
    for entry in files.list(folder).into_iter().filter(|entry| !entry.folder) {
        let lower = entry.name.to_ascii_lowercase();
        match lower.strip_prefix("security") {
            Some(".md" | ".markdown") => found.readable.push(join(folder, &entry.name)),
            Some("" | ".txt" | ".rst" | ".adoc" | ".asciidoc" | ".org" | ".html") => found.unreadable.push(join(folder, &entry.name)),
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn repository(paths: &[&str]) -> (tempfile::TempDir, Files) {
        let root = tempfile::tempdir().expect("a temporary folder");
        for path in paths {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, "x").expect("a file");
        }
        let files = Files::new(root.path());
        (root, files)
    }

    #[test]
    fn the_nearest_comes_first_and_every_case_counts() {
        let (_root, files) = repository(&["Security.MD", ".github/SECURITY.md", "a/b/docs/security.md", "a/.gitlab/SECURITY.md"]);
        assert_eq!(find(&files, "a/b").readable, ["a/b/docs/security.md", "a/.gitlab/SECURITY.md", ".github/SECURITY.md", "Security.MD"]);
        assert_eq!(find(&files, ".").readable, [".github/SECURITY.md", "Security.MD"]);
    }

    #[test]
    fn other_formats_are_said_and_other_files_are_none() {
        let (_root, files) = repository(&["SECURITY.rst", "security.rs", "SECURITY-INSIGHTS.yml", ".agent/security.md"]);
        assert_eq!(find(&files, "."), Found { readable: Vec::new(), unreadable: vec!["SECURITY.rst".into()] });
    }
}
