//! The workspace: its members, and which of them ship.

use std::path::PathBuf;

use semver::{Version, VersionReq};

/// The checked workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The repository's root folder on this machine; without git, the workspace's.
    pub repository: PathBuf,
    /// The workspace's folder relative to [`Self::repository`], `.` where it is that folder.
    pub root: String,
    /// The members, sorted by name.
    pub members: Vec<Member>,
    /// Why cargo could not be asked, where it could not; then the members are from the manifests.
    pub cargo_problem: Option<String>,
}

/// One package of the workspace.
#[derive(Clone, Debug)]
pub struct Member {
    /// The package's name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Whether the manifest takes the version from the workspace.
    pub inherits_version: bool,
    /// Its manifest, relative to the repository's root.
    pub manifest: String,
    /// Whether it is the workspace's root package.
    pub is_root: bool,
    /// Whether it may be published (`publish` is not `false` and not an empty list).
    pub publishable: bool,
    /// Its `repository` field.
    pub repository: Option<String>,
    /// What it builds.
    pub targets: Vec<Target>,
    /// What its manifest requires.
    pub dependencies: Vec<Dependency>,
    /// Whether it is part of what the project ships.
    pub ships: Ships,
}

/// Whether a member is part of what the project ships (spec: "What ships").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ships {
    /// It ships.
    Yes,
    /// It does not; why, as a half-sentence ("a helper by its name").
    No(String),
}

/// One thing that a package builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: TargetKind,
    /// Its root source file, relative to the repository's root.
    pub path: String,
}

/// What a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// A library of any crate type but a procedural macro.
    Lib,
    /// A procedural macro.
    ProcMacro,
    /// A program.
    Bin,
    /// An integration test.
    Test,
    /// A benchmark.
    Bench,
    /// An example.
    Example,
    /// A build script.
    BuildScript,
}

/// One requirement of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The package's name (not the alias under which the member uses it).
    pub name: String,
    /// The version requirement.
    pub requirement: VersionReq,
    /// Its strongest kind.
    pub kind: DependencyKind,
    /// Whether it is behind a feature.
    pub optional: bool,
    /// The `cfg(…)` or triple that it is limited to.
    pub target: Option<String>,
    /// Whether it is a path inside the repository.
    pub local: bool,
}

/// The kind of a dependency edge, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DependencyKind {
    /// `[dependencies]`
    Normal,
    /// `[build-dependencies]`
    Build,
    /// `[dev-dependencies]`
    Dev,
}

impl DependencyKind {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Build => "build",
            Self::Dev => "dev",
        }
    }
}
