//! Finds and reads secpolicy.toml, with what it extends.

use std::path::{Component, Path, PathBuf};

use super::files::{LARGEST, decode, join, read_bounded};
use crate::error::{Error, Result};
use crate::settings::Settings;
use crate::settings::file::File;
use crate::source::Source;

/// The file's name.
pub const NAME: &str = "secpolicy.toml";
/// How many files may extend one another in a row.
const LONGEST_CHAIN: usize = 8;

/// The settings of the workspace whose folder is `workspace` (relative to the root of the repository,
/// `repository`), or of the files `configs` where there are any; of several, the later stands above the
/// earlier. What a file extends lies below it.
///
/// # Errors
/// [`crate::error::Class::Usage`] where a file cannot be read, or at the line of a mistake in it.
pub fn read(repository: &Path, workspace: &str, configs: &[PathBuf]) -> Result<Settings> {
    let mut settings = Settings::default();
    let found;
    let configs = if configs.is_empty() {
        found = find(repository, workspace);
        found.as_slice()
    } else {
        configs
    };
    for config in configs {
        apply(repository, config, &mut settings, LONGEST_CHAIN)?;
    }
    Ok(settings)
}

/// Beside the workspace's root Cargo.toml, else at the repository's root.
fn find(repository: &Path, workspace: &str) -> Vec<PathBuf> {
    let candidates = [join(workspace, NAME), NAME.to_owned()];
    candidates.into_iter().map(|path| repository.join(path)).find(|path| path.exists()).into_iter().collect()
}

fn apply(repository: &Path, path: &Path, settings: &mut Settings, left: usize) -> Result<()> {
    let shown = shown(repository, path);
    let unreadable = |why: String| Error::usage(format!("{shown} could not be read: {why}"));
    let text = read_bounded(path, LARGEST).and_then(decode).map_err(unreadable)?;
    let file = File::parse(&Source::new(shown.clone(), text))?;
    if let Some((base, place)) = file.extends() {
        if left == 0 {
            return Err(Error::usage("too many files extend one another; is it a circle?").at(place));
        }
        let base = path.parent().unwrap_or(Path::new(".")).join(base);
        if !base.is_file() {
            return Err(Error::usage(format!("{} is not there, and this file extends it", base.display())).at(place));
        }
        apply(repository, &base, settings, left - 1)?;
    }
    file.apply(settings);
    Ok(())
}

/// The path as it is shown: relative to the repository where it lies in it.
fn shown(repository: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(repository).unwrap_or(path);
    let parts: Vec<_> =
        relative.components().filter(|part| *part != Component::CurDir).map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/").replacen("//", "/", 1)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_extended_file_lies_below_and_each_value_names_its_file() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let waiver = |id: &str| format!("[[waiver]]\nadvisory = \"{id}\"\nreason = \"r\"\nuntil = 2027-01-01\n");
        fs::create_dir(root.path().join("org")).expect("a folder");
        let base = format!("[settings]\ndue-soon = 3\ndb-max-age = 5\n{}", waiver("A"));
        fs::write(root.path().join("org/base.toml"), base).expect("a file");
        let own = format!("extends = \"org/base.toml\"\n[settings]\ndue-soon = 9\n{}", waiver("B"));
        fs::write(root.path().join(NAME), own).expect("a file");
        let settings = read(root.path(), "inner", &[]).expect("settings");
        assert_eq!((settings.due_soon, settings.db_max_age), (9, 5));
        let files: Vec<_> = settings.waivers.iter().map(|waiver| waiver.place.path()).collect();
        assert_eq!(files, ["org/base.toml", NAME]);
    }

    #[test]
    fn a_circle_and_a_missing_base_are_errors_with_their_line() {
        let root = tempfile::tempdir().expect("a temporary folder");
        for base in [NAME, "none.toml"] {
            fs::write(root.path().join(NAME), format!("\nextends = \"{base}\"\n")).expect("a file");
            let error = read(root.path(), ".", &[]).expect_err("a mistake");
            assert_eq!(error.place.map(|place| place.line()), Some(2), "{base}");
        }
    }
}
