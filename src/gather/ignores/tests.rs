use std::fs;

use super::*;

struct Found {
    ignores: Vec<Ignore>,
    problems: Vec<Reason>,
}

fn look(tree: &[(&str, &str)]) -> Found {
    look_from(".", tree)
}

fn look_from(workspace: &str, tree: &[(&str, &str)]) -> Found {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in tree {
        fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        fs::write(folder.path().join(path), text).unwrap();
    }
    let tracked = tree.iter().map(|(path, _)| (*path).to_owned()).collect();
    let (ignores, problems) = ignores(&Files::new(folder.path()), workspace, &["Cargo.lock", "sub/Cargo.lock"], &tracked);
    Found { ignores, problems }
}

/// `tool subject:line reason|- until|- inert|-`
fn outline(found: &Found) -> Vec<String> {
    let or = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let line = |i: &Ignore| {
        let until = i.until.map(|day| day.to_string());
        format!(
            "{} {}:{} {} | {} | {}",
            i.tool,
            i.subject,
            i.place.line(),
            or(i.reason.as_deref()),
            or(until.as_deref()),
            if i.inert.is_some() { "inert" } else { "-" }
        )
    };
    found.ignores.iter().map(line).collect()
}

#[test]
fn cargo_audits_list_is_read_with_the_comments_beside_its_entries() {
    let text = "[advisories]\nignore = [\n  # no fix is out,\n  # and it is not reached\n  \"RUSTSEC-2023-0071\",\n  \"RUSTSEC-2024-0001\", # only in tests\n  \"RUSTSEC-2024-0002\",\n  # \"RUSTSEC-2020-0001\",\n  \"RUSTSEC-2024-0003\", \"RUSTSEC-2024-0004\"] # the last\n";
    let found = look(&[(".cargo/audit.toml", text)]);
    assert_eq!(
        outline(&found),
        [
            "cargo-audit RUSTSEC-2023-0071:5 no fix is out, and it is not reached | - | -",
            "cargo-audit RUSTSEC-2024-0001:6 only in tests | - | -",
            "cargo-audit RUSTSEC-2024-0002:7 - | - | -",
            "cargo-audit RUSTSEC-2024-0003:9 - | - | -",
            "cargo-audit RUSTSEC-2024-0004:9 the last | - | -",
        ]
    );
    assert_eq!(found.ignores[0].place.text(), "\"RUSTSEC-2023-0071\"");
}

#[test]
fn a_list_where_the_tool_does_not_look_is_inert() {
    let text = "[advisories]\nignore = [\"RUSTSEC-2023-0071\"]\n";
    let found = look(&[("audit.toml", text)]);
    assert_eq!(found.ignores[0].inert.as_deref(), Some("cargo-audit reads .cargo/audit.toml, not audit.toml"));
}

#[test]
fn cargo_denys_entries_have_four_forms() {
    let text = "[advisories]\nignore = [\n  \"RUSTSEC-2023-0071\",\n  { id = \"RUSTSEC-2024-0001\", reason = \"no way\" },\n  \"yanked@0.1.1\",\n  { crate = \"old@1.0\", reason = \" \" },\n]\n";
    assert_eq!(
        outline(&look(&[("deny.toml", text)])),
        [
            "cargo-deny RUSTSEC-2023-0071:3 - | - | -",
            "cargo-deny RUSTSEC-2024-0001:4 no way | - | -",
            "cargo-deny yanked@0.1.1:5 - | - | -",
            "cargo-deny old@1.0:6 - | - | -",
        ]
    );
}

#[test]
fn cargo_deny_reads_the_nearest_file_alone() {
    let text = "[advisories]\nignore = [\"RUSTSEC-2023-0071\"]\n";
    let found = look_from("a/b", &[("deny.toml", text), ("a/.deny.toml", text), ("a/.cargo/deny.toml", text), ("c/deny.toml", text)]);
    let inert: Vec<_> = found.ignores.iter().map(|ignore| (ignore.place.path().to_owned(), ignore.inert.is_some())).collect();
    assert_eq!(inert, [("a/.cargo/deny.toml".into(), true), ("a/.deny.toml".into(), false), ("deny.toml".into(), true)]);
}

#[test]
fn osv_scanners_list_has_ends_and_counts_beside_a_lockfile() {
    let text = "[[IgnoredVulns]]\nid = \"GHSA-aaaa-bbbb-cccc\"\nignoreUntil = 2026-12-31T00:00:00Z\nreason = \"waiting\"\n\n[[IgnoredVulns]]\nid = \"CVE-2024-1\"\n\n[[PackageOverrides]]\nname = \"old\"\nversion = \"1.0.0\"\necosystem = \"crates.io\"\nignore = true\neffectiveUntil = 2026-11-30\n\n[[PackageOverrides]]\nname = \"lodash\"\necosystem = \"npm\"\nignore = true\n";
    let found = look(&[("sub/osv-scanner.toml", text), ("docs/osv-scanner.toml", text)]);
    assert_eq!(
        outline(&found)[3..],
        [
            "osv-scanner GHSA-aaaa-bbbb-cccc:1 waiting | 2026-12-31 | -",
            "osv-scanner CVE-2024-1:6 - | - | -",
            "osv-scanner old@1.0.0:9 - | 2026-11-30 | -",
        ]
    );
    assert!(found.ignores[..3].iter().all(|ignore| ignore.inert.is_some() && ignore.place.path() == "docs/osv-scanner.toml"));
}

#[test]
fn trivys_list_has_comments_and_ends() {
    let found = look(&[(".trivyignore", "# not reached\nCVE-2024-1 exp:2026-12-31\n\nCVE-2024-2\n")]);
    assert_eq!(outline(&found), ["trivy CVE-2024-1:2 not reached | 2026-12-31 | -", "trivy CVE-2024-2:4 - | - | -"]);
}

#[test]
fn a_list_that_does_not_parse_is_told_and_no_list_is_none() {
    let found = look(&[("deny.toml", "[advisories"), (".cargo/audit.toml", "[advisories]\nignore = 3\n")]);
    assert!(found.ignores.is_empty());
    assert_eq!(found.problems.len(), 2);
    let none = look(&[("deny.toml", "[bans]\nmultiple-versions = \"deny\"\n")]);
    assert!(none.ignores.is_empty() && none.problems.is_empty());
}

#[test]
fn the_template_that_cargo_deny_writes_gives_no_reasons() {
    let text = "[advisories]\nignore = [\n    #\"RUSTSEC-0000-0000\",\n    #{ id = \"RUSTSEC-0000-0000\", reason = \"you can say why\" },\n    \"RUSTSEC-2023-0071\",\n]\n";
    assert_eq!(outline(&look(&[("deny.toml", text)])), ["cargo-deny RUSTSEC-2023-0071:5 - | - | -"]);
}

#[test]
fn a_comment_above_the_list_counts_for_the_entries_that_it_names() {
    let text = "[advisories]\n# why:\n# - RUSTSEC-2024-0001 and RUSTSEC-2024-0002: pinned\n#   by a parent\n# - RUSTSEC-2024-0009: other\nignore = [\"RUSTSEC-2024-0001\",\n  \"RUSTSEC-2024-0002\",\n  \"RUSTSEC-2024-0003\"]\n";
    assert_eq!(
        outline(&look(&[("deny.toml", text)])),
        [
            "cargo-deny RUSTSEC-2024-0001:6 RUSTSEC-2024-0001 and RUSTSEC-2024-0002: pinned by a parent | - | -",
            "cargo-deny RUSTSEC-2024-0002:7 RUSTSEC-2024-0001 and RUSTSEC-2024-0002: pinned by a parent | - | -",
            "cargo-deny RUSTSEC-2024-0003:8 - | - | -",
        ]
    );
}
