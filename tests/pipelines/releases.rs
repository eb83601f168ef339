//! Releases, permissions and pins.

use cargo_secpolicy::commitment::{Artifact, Kind};
use cargo_secpolicy::observation::git::Signature;
use cargo_secpolicy::verdict::Outcome;

use crate::project::{Project, at, workflow};

#[test]
fn release_artifacts_are_seen_in_what_runs_on_a_release() {
    let artifact = |artifact, steps: &str, on: &str| {
        Project::new(&[(".github/workflows/a.yml", &workflow(on, steps))])
            .tagged(&["v1.0.0", "v1.0.1"], Signature::None)
            .judge(Kind::ReleaseArtifact { artifact })
    };
    let tags = "push: {tags: ['v*']}";
    let upload = "      - uses: softprops/action-gh-release@v2\n        with: {files: x}\n";
    for (kind, step) in [
        (Artifact::Signature, "gpg --detach-sign x"),
        (Artifact::Checksum, "sha256sum x > y"),
        (Artifact::Sbom, "cargo cyclonedx"),
        (Artifact::Provenance, "cosign attest x"),
    ] {
        let with = format!("{upload}      - run: {step}");
        assert_eq!(artifact(kind, &with, tags).outcome, Outcome::Kept, "{step}");
        assert_eq!(artifact(kind, upload, tags).outcome, Outcome::Broken, "{step}");
        assert_eq!(artifact(kind, &with, "pull_request:").outcome, Outcome::Unproven, "no release is made on a pull request: {step}");
        assert_eq!(artifact(kind, "      - run: cargo build", tags).outcome, Outcome::Unproven, "it uploads nothing itself: {step}");
    }
    let secret = format!("{upload}      - run: gpg --detach-sign x\n        env: {{KEY: '${{{{ secrets.KEY }}}}'}}");
    assert_eq!(artifact(Artifact::Signature, &secret, tags).notes.len(), 1);
    assert_eq!(artifact(Artifact::Signature, &format!("{upload}      - run: gpg --verify x"), tags).outcome, Outcome::Broken);
    assert_eq!(artifact(Artifact::ReproducibleBuild, upload, tags).outcome, Outcome::Unproven);
    let signed = Project::new(&[(".github/workflows/a.yml", &workflow(tags, upload))]).tagged(&["v1.0.0", "app-v1.0.1"], Signature::Ssh);
    assert_eq!(signed.judge(Kind::ReleaseArtifact { artifact: Artifact::Signature }).outcome, Outcome::Kept);
    let some = Project::new(&[(".github/workflows/a.yml", &workflow(tags, upload))])
        .tagged(&["v1.0.0"], Signature::Ssh)
        .tagged(&["v1.0.1"], Signature::None);
    assert_eq!(some.judge(Kind::ReleaseArtifact { artifact: Artifact::Signature }).outcome, Outcome::Unproven);
}

#[test]
fn trusted_publishing_is_told_from_a_stored_token() {
    let publish = |steps: &str| {
        let text = workflow("release: {types: [published]}", steps);
        Project::new(&[(".github/workflows/a.yml", &text)]).judge(Kind::ReleaseArtifact { artifact: Artifact::TrustedPublishing }).outcome
    };
    let trusted = "      - uses: rust-lang/crates-io-auth-action@v1\n        id: auth\n      - run: cargo publish\n        env: {CARGO_REGISTRY_TOKEN: '${{ steps.auth.outputs.token }}'}";
    let stored = "      - run: cargo publish\n        env: {CARGO_REGISTRY_TOKEN: '${{ secrets.TOKEN }}'}";
    assert_eq!(publish(trusted), Outcome::Kept);
    assert_eq!(publish(stored), Outcome::Broken);
    assert_eq!(publish("      - run: cargo publish --token ${{ secrets.T }}"), Outcome::Broken);
    let login = "      - run: cargo login ${{ secrets.T }}\n";
    assert_eq!(publish(&format!("{login}      - run: cargo publish")), Outcome::Broken);
    assert_eq!(publish(login), Outcome::Unproven, "it logs in and publishes nothing");
    assert_eq!(publish("      - run: cargo publish"), Outcome::Unproven);
    assert_eq!(publish(&stored.replace("cargo publish", "cargo publish --dry-run")), Outcome::Unproven);
}

#[test]
fn permissions_are_least_where_each_workflow_restricts_them() {
    let jobs = "jobs:\n  a: {steps: []}\n  b: {steps: []}\n";
    let judged = |text: String| Project::new(&[(".github/workflows/a.yml", &text)]).judge(Kind::CiLeastPrivilege).outcome;
    assert_eq!(judged(format!("on: push\npermissions: {{contents: read}}\n{jobs}")), Outcome::Kept);
    assert_eq!(judged(format!("on: push\npermissions: {{}}\n{jobs}")), Outcome::Kept);
    assert_eq!(judged("on: push\njobs:\n  a: {permissions: {contents: write}}\n  b: {permissions: {}}\n".into()), Outcome::Kept);
    assert_eq!(judged("on: push\npermissions: {contents: write}\njobs:\n  a: {steps: []}\n".into()), Outcome::Kept, "one job");
    assert_eq!(judged(format!("on: push\npermissions: {{contents: write}}\n{jobs}")), Outcome::Broken);
    assert_eq!(judged(format!("on: push\npermissions: write-all\n{jobs}")), Outcome::Broken);
    assert_eq!(judged(format!("on: push\n{jobs}")), Outcome::Unproven);
    assert_eq!(judged("a: [1\nb: }".into()), Outcome::Unproven);
    assert_eq!(Project::new(&[]).judge(Kind::CiLeastPrivilege).outcome, Outcome::Unproven);
}

#[test]
fn actions_are_pinned_where_each_names_a_full_hash() {
    let judged = |uses: &str| {
        let text = workflow("push:", &format!("      - uses: {uses}\n      - uses: ./local"));
        Project::new(&[(".github/workflows/a.yml", &text)]).judge(Kind::PinnedActions)
    };
    let hash = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(judged(&format!("a/b@{hash} # v1")).outcome, Outcome::Kept);
    assert_eq!(judged(&format!("docker://x@sha256:{hash}{}", &hash[..24])).outcome, Outcome::Kept);
    for loose in ["a/b@v1", "a/b@main", "a/b", &format!("a/b@{}", &hash[..8]), "docker://x:1"] {
        let judgement = judged(loose);
        assert_eq!((judgement.outcome, at(&judgement)), (Outcome::Broken, vec![(".github/workflows/a.yml".into(), 7)]), "{loose}");
    }
    assert_eq!(Project::new(&[]).judge(Kind::PinnedActions).outcome, Outcome::Unproven);
}

#[test]
fn semver_is_kept_by_a_gate_and_broken_by_tags_that_are_no_versions() {
    let judged = |steps: &str, tags: &[&str]| {
        Project::new(&[(".github/workflows/a.yml", &workflow("push:", steps))]).tagged(tags, Signature::None).judge(Kind::Semver).outcome
    };
    assert_eq!(judged("      - run: cargo semver-checks", &["x"]), Outcome::Kept);
    assert_eq!(judged("      - run: gh release create $TAG", &["build-7", "build-8"]), Outcome::Broken);
    assert_eq!(judged("      - run: gh release create $TAG", &["build-7", "v1.2.3"]), Outcome::Unproven);
    let nightlies = ["v1.2.3", "n1", "n2", "n3", "n4", "n5", "n6"];
    assert_eq!(judged("      - run: gh release create $TAG", &nightlies), Outcome::Unproven, "moving tags stand beside versions");
    assert_eq!(judged("      - run: cargo test", &["build-7"]), Outcome::Unproven);
}

#[test]
fn a_condition_on_the_tag_is_decided_only_by_what_the_trigger_tells() {
    let outcome = |tags: &str, condition: &str| {
        let steps = format!(
            "      - uses: softprops/action-gh-release@v2\n        with: {{files: x}}\n      - run: sha256sum x > y\n        if: {condition}"
        );
        let judgement = Project::new(&[(".github/workflows/a.yml", &workflow(&format!("push: {{tags: ['{tags}']}}"), &steps))])
            .judge(Kind::ReleaseArtifact { artifact: Artifact::Checksum });
        (judgement.outcome, judgement.notes.len())
    };
    assert_eq!(outcome("v*", "startsWith(github.ref, 'refs/tags/v')"), (Outcome::Kept, 0));
    assert_eq!(outcome("*", "startsWith(github.ref, 'refs/tags/app-')"), (Outcome::Kept, 1), "some tags do, some do not");
    assert_eq!(outcome("v*", "startsWith(github.ref, 'refs/tags/app-')"), (Outcome::Broken, 0));
    assert_eq!(outcome("v*", "github.ref == 'refs/heads/main'"), (Outcome::Broken, 0));
}

#[test]
fn only_a_step_that_names_files_uploads_some() {
    let outcome = |step: &str| {
        let text = workflow("push: {tags: ['v*']}", step);
        Project::new(&[(".github/workflows/a.yml", &text)])
            .tagged(&["v1.0.0"], Signature::None)
            .judge(Kind::ReleaseArtifact { artifact: Artifact::Checksum })
            .outcome
    };
    for bare in ["run: gh release create $TAG --generate-notes", "uses: softprops/action-gh-release@v2", "uses: actions/create-release@v1"]
    {
        assert_eq!(outcome(&format!("      - {bare}")), Outcome::Unproven, "{bare}");
    }
    for files in [
        "run: gh release create $TAG dist/* --generate-notes",
        "run: gh release upload $TAG dist/*",
        "uses: softprops/action-gh-release@v2\n        with: {files: dist/*}",
    ] {
        assert_eq!(outcome(&format!("      - {files}")), Outcome::Broken, "{files}");
    }
}

#[test]
fn checksums_that_are_only_printed_prove_nothing_and_accuse_nobody() {
    let outcome = |line: &str| {
        let text = workflow("push: {tags: ['v*']}", &format!("      - run: gh release upload $TAG dist/*\n      - run: {line}"));
        Project::new(&[(".github/workflows/a.yml", &text)]).judge(Kind::ReleaseArtifact { artifact: Artifact::Checksum }).outcome
    };
    for kept in ["sha256sum x > y", "sha256sum x | tee y", "(cd dist && sha256sum *) >> SUMS", "echo $(sha256sum x) > y"] {
        assert_eq!(outcome(kept), Outcome::Kept, "{kept}");
    }
    for printed in ["sha256sum x", "cat y | sha256sum", "cd dist && sha256sum *"] {
        assert_eq!(outcome(printed), Outcome::Unproven, "{printed}");
    }
}
