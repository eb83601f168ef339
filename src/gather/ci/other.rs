//! Other CI systems: where they keep their pipelines. They are seen, and not read.

use super::Gatherer;
use crate::observation::pattern;
use crate::observation::pipeline::Definition;

/// A system's name, and patterns of its files; those in folders are looked for below that folder.
const SYSTEMS: &[(&str, &[&str])] = &[
    ("GitLab CI", &[".gitlab-ci.yml", ".gitlab-ci.yaml"]),
    ("CircleCI", &[".circleci/config.yml", ".circleci/config.yaml"]),
    ("Azure Pipelines", &["azure-pipelines*.yml", "azure-pipelines*.yaml", ".azure-pipelines/**", ".azuredevops/**", ".pipelines/**"]),
    ("Jenkins", &["Jenkinsfile*", "*.jenkinsfile"]),
    ("Woodpecker", &[".woodpecker.yml", ".woodpecker.yaml", ".woodpecker/**.y*ml"]),
    ("Buildkite", &[".buildkite/**.y*ml", "buildkite.yml"]),
    ("Drone", &[".drone.yml", ".drone.jsonnet", ".drone.star"]),
    ("Travis CI", &[".travis.yml"]),
    ("Cirrus CI", &[".cirrus.yml", ".cirrus.star"]),
    ("Bitbucket Pipelines", &["bitbucket-pipelines.yml"]),
    ("SourceHut", &[".build.yml", ".builds/*.yml"]),
    ("AppVeyor", &["appveyor.yml", ".appveyor.yml"]),
    ("Semaphore", &[".semaphore/*.yml"]),
    ("Tekton", &[".tekton/**.y*ml"]),
    ("Google Cloud Build", &["cloudbuild.yaml", "cloudbuild.yml"]),
    ("TeamCity", &[".teamcity/**"]),
    ("Taskcluster", &[".taskcluster.yml"]),
];

impl Gatherer<'_> {
    /// Names every definition of a system that is not read.
    pub(super) fn others(&mut self) {
        let top = self.files.list("");
        for (system, patterns) in SYSTEMS {
            for pattern in *patterns {
                for path in self.matching(&top, pattern) {
                    self.define(Definition { path, system, content: Err("its definitions are not read yet".into()) });
                }
            }
        }
    }

    fn matching(&self, top: &[crate::gather::files::Entry], wanted: &str) -> Vec<String> {
        match wanted.split_once('/') {
            None => {
                top.iter().filter(|entry| !entry.folder && pattern::matches(wanted, &entry.name)).map(|entry| entry.name.clone()).collect()
            }
            Some((folder, _)) if top.iter().any(|entry| entry.folder && entry.name == folder) => {
                self.files.walk(folder, &|path| pattern::matches(wanted, path))
            }
            Some(_) => Vec::new(),
        }
    }
}
