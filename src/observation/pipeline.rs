//! What runs in CI, and which services update dependencies.

/// All pipelines of the repository.
#[derive(Clone, Debug, Default)]
pub struct Pipelines {}

/// Services that update dependencies.
#[derive(Clone, Debug, Default)]
pub struct Updaters {}
