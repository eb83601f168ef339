//! Which index stands for crates.io here: itself, or what cargo's configuration puts in its place.

use std::path::{Path, PathBuf};

use tame_index::utils::url_to_local_dir;

use crate::gather::files::{decode, read_bounded};

/// The sparse index of crates.io.
const SPARSE: &str = "sparse+https://index.crates.io/";
/// The git index of crates.io.
const GIT: &str = "https://github.com/rust-lang/crates.io-index";
/// The largest configuration file that is read, in bytes.
const LARGEST_CONFIG: u64 = 1024 * 1024;
/// How many replacements of replacements are followed.
const MOST_HOPS: usize = 8;

/// The index that is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Index {
    /// crates.io itself.
    CratesIo,
    /// A registry in its place; its address.
    Replaced(String),
    /// A vendored folder or a local registry in its place: it cannot be asked.
    Local,
}

impl Index {
    /// The index that cargo would ask in the folder `workspace`.
    pub(super) fn of(workspace: &Path, home: Option<&Path>) -> Self {
        let configs = configs(workspace, home);
        let text = |keys: [&str; 3]| {
            let find = |config: &toml::Table| config.get(keys[0])?.get(keys[1])?.get(keys[2])?.as_str().map(str::to_owned);
            configs.iter().find_map(find)
        };
        let mut name = "crates-io".to_owned();
        for _ in 0..MOST_HOPS {
            match text(["source", &name, "replace-with"]) {
                Some(next) => name = next,
                None if name == "crates-io" => return Self::CratesIo,
                None => {
                    let registry = text(["source", &name, "registry"]).or_else(|| text(["registries", &name, "index"]));
                    return registry.map_or(Self::Local, Self::Replaced);
                }
            }
        }
        Self::Local
    }

    /// The folders below `root` (cargo's cache of indexes) that hold it, in the names of every version of cargo.
    pub(super) fn folders(&self, root: &Path) -> Vec<PathBuf> {
        let urls: &[&str] = match self {
            Self::CratesIo => &[SPARSE, GIT],
            Self::Replaced(url) => &[url.as_str()],
            Self::Local => &[],
        };
        let names = urls.iter().flat_map(|url| [true, false].map(|stable| url_to_local_dir(url, stable).ok()));
        names.flatten().map(|found| root.join(found.dir_name)).filter(|path| path.is_dir()).collect()
    }

    /// The address that entries are fetched below, with `/` at its end; `None` where that is not by HTTP.
    pub(super) fn online(&self) -> Option<String> {
        let url = match self {
            Self::CratesIo => SPARSE,
            Self::Replaced(url) => url,
            Self::Local => return None,
        };
        let url = url.strip_prefix("sparse+").filter(|url| url.starts_with("https://") || url.starts_with("http://"))?;
        Some(format!("{}/", url.trim_end_matches('/')))
    }
}

/// Cargo's configuration files that hold in `workspace`, the nearest first, its home's last.
fn configs(workspace: &Path, home: Option<&Path>) -> Vec<toml::Table> {
    let folders = workspace.ancestors().map(|folder| folder.join(".cargo")).chain(home.map(Path::to_owned));
    folders.filter_map(|folder| config(&folder)).collect()
}

fn config(folder: &Path) -> Option<toml::Table> {
    // The older name goes first in cargo too.
    let names = ["config", "config.toml"].map(|name| folder.join(name));
    let path = names.iter().find(|path| path.is_file())?;
    decode(read_bounded(path, LARGEST_CONFIG).ok()?).ok()?.parse().ok()
}
