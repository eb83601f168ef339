use std::fs;
use std::path::Path;

use super::*;
use crate::testing::member;
use std::path::PathBuf;

/// A repository with these files, whose first member is the root package `app`.
fn observe(tree: &[(&str, &str)], members: Vec<Member>) -> UnsafeCode {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in tree {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        fs::write(path, text).unwrap();
    }
    let workspace = Workspace { repository: PathBuf::from(folder.path()), root: ".".into(), members, cargo_problem: None };
    match unsafe_code(&Files::new(folder.path()), &workspace, &BTreeSet::new()) {
        Observed::Seen(code) => code,
        other => panic!("{other:?}"),
    }
}

fn app() -> Vec<Member> {
    let mut app = member("app", "1.0.0", true);
    app.targets.retain(|target| target.kind == TargetKind::Lib);
    vec![app]
}

fn places(places: &[Place]) -> Vec<String> {
    places.iter().map(|place| format!("{}:{} {}", place.path(), place.line(), place.text())).collect()
}

fn lib(text: &str) -> UnsafeCode {
    observe(&[("src/lib.rs", text)], app())
}

#[test]
fn blocks_functions_impls_traits_and_attributes_are_found() {
    let code = lib(
        "fn a() {\n unsafe { b() }\n}\nunsafe fn b() {}\nunsafe impl Send for X {}\nunsafe trait T {}\n#[unsafe(no_mangle)]\nfn c() {}\npub const unsafe extern \"C\" fn d() {}\n",
    );
    assert_eq!(code.shipped.iter().map(Place::line).collect::<Vec<_>>(), [2, 4, 5, 6, 7, 9]);
    assert!(code.shipped.iter().all(|place| place.text() == "unsafe"));
    assert_eq!((code.files, code.unread.len()), (1, 0));
}

#[test]
fn what_only_names_it_is_not_unsafe_code() {
    let code = lib(
        "// unsafe {}\n/// unsafe { }\nconst S: &str = \"unsafe { }\";\ntype F = unsafe extern \"C\" fn(u8);\nfn a(f: unsafe fn()) {}\n#![allow(unsafe_code)]\nunsafe extern \"C\" { unsafe fn b(); safe fn c(); }\nfn r() { quote! { unsafe { x() } }; stringify!(unsafe {}); }\nfn not_unsafe() {}",
    );
    assert!(code.shipped.is_empty(), "{:?}", places(&code.shipped));
}

#[test]
fn what_is_built_for_tests_alone_is_elsewhere() {
    let code = lib(
        "#[cfg(test)]\nmod tests { fn a() { unsafe {} } }\n#[test]\nfn b() { unsafe {} }\n#[cfg(all(test, unix))]\nfn c() { unsafe {} }\nfn d() { unsafe {} }\n#[cfg(any(test, unix))]\nfn e() { unsafe {} }\n#[cfg(test)]\nuse x;\nfn f() { unsafe {} }\n#[cfg(not(test))]\nfn g() { unsafe {} }",
    );
    assert_eq!(code.shipped.iter().map(Place::line).collect::<Vec<_>>(), [7, 9, 12, 14]);
    assert_eq!(code.elsewhere.iter().map(Place::line).collect::<Vec<_>>(), [2, 4, 6]);
}

#[test]
fn an_item_for_tests_ends_where_it_ends() {
    let code = lib(
        "#[cfg(test)]\nfn a<T, U>(x: T, y: U) -> [u8; 2] where T: Copy, U: Copy { unsafe {} }\n#[cfg(test)]\nconst B: u8 = if true { unsafe { 1 } } else { unsafe { 2 } };\nfn c() { f(#[cfg(test)] 1, unsafe { 2 }) }\n#[cfg(test)]\nconst fn d() { unsafe {} }\nfn e() { unsafe {} }",
    );
    assert_eq!(code.shipped.iter().map(Place::line).collect::<Vec<_>>(), [5, 8]);
    assert_eq!(code.elsewhere.iter().map(Place::line).collect::<Vec<_>>(), [2, 4, 4, 7]);
}

#[test]
fn macros_are_seen_into() {
    let code =
        lib("macro_rules! m { () => { unsafe { x() } } }\ncfg_if! { if #[cfg(unix)] { mod a; } }\nselect! { _ = unsafe { y() } => {} }");
    assert_eq!(code.shipped.iter().map(Place::line).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(code.unread.len(), 1, "the module that was not found");
}

#[test]
fn modules_are_followed_as_the_compiler_does() {
    let unsafe_fn = "unsafe fn x() {}";
    let tree = [
        (
            "src/lib.rs",
            "mod a;\nmod b;\nmod c { mod d; #[path = \"odd.rs\"] mod p; }\n#[path = \"else/where.rs\"]\nmod e;\n#[cfg(test)]\nmod t;\ninclude!(\"made/inc.rs\");\nmod r#type;",
        ),
        ("src/a.rs", "mod deep;"),
        ("src/a/deep.rs", unsafe_fn),
        ("src/b/mod.rs", "mod deep;"),
        ("src/b/deep.rs", unsafe_fn),
        ("src/c/d.rs", unsafe_fn),
        ("src/c/odd.rs", unsafe_fn),
        ("src/else/where.rs", "mod near;"),
        ("src/else/near.rs", unsafe_fn),
        ("src/t.rs", "mod helper;"),
        ("src/t/helper.rs", unsafe_fn),
        ("src/made/inc.rs", "mod near;"),
        ("src/made/near.rs", unsafe_fn),
        ("src/type.rs", unsafe_fn),
        ("src/stray.rs", unsafe_fn),
    ];
    let code = observe(&tree, app());
    let shipped: Vec<_> = code.shipped.iter().map(Place::path).collect();
    assert_eq!(
        shipped,
        ["src/a/deep.rs", "src/b/deep.rs", "src/c/d.rs", "src/c/odd.rs", "src/else/near.rs", "src/made/near.rs", "src/type.rs"]
    );
    assert_eq!(code.elsewhere.iter().map(Place::path).collect::<Vec<_>>(), ["src/t/helper.rs"]);
    assert!(code.unread.is_empty(), "{:?}", code.unread);
}

#[test]
fn targets_are_told_apart() {
    let mut members = app();
    for (kind, path) in [(TargetKind::Bin, "src/main.rs"), (TargetKind::Test, "tests/t.rs"), (TargetKind::BuildScript, "build.rs")] {
        members[0].targets.push(Target { name: "x".into(), kind, path: path.into() });
    }
    let text = "unsafe fn x() {}";
    let tree = [
        ("src/lib.rs", ""),
        ("src/main.rs", text),
        ("tests/t.rs", "#[path = \"../src/shared.rs\"] mod shared; unsafe fn y() {}"),
        ("build.rs", text),
        ("src/shared.rs", text),
    ];
    let code = observe(&tree, members);
    assert_eq!(places(&code.shipped), ["src/main.rs:1 unsafe"]);
    assert_eq!(code.elsewhere.iter().map(Place::path).collect::<Vec<_>>(), ["build.rs", "src/shared.rs", "tests/t.rs"]);
}

#[test]
fn what_cannot_be_read_is_named_and_never_clean() {
    for text in ["unsafe fn a( {", "mod gone;", "include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));", "unsafe \"no end"] {
        assert_eq!(lib(text).unread.len(), 1, "{text}");
    }
    assert_eq!(lib(&format!("unsafe {}", "(".repeat(100_000))).unread.len(), 1);
    assert_eq!(lib(&format!("unsafe fn a() {{ {} {} }}", "(".repeat(1500), ")".repeat(1500))).unread.len(), 1);
    assert_eq!(observe(&[("Cargo.toml", "")], app()).unread, [("src/lib.rs".to_owned(), "there is no such file".to_owned())]);
    let test_only = lib("#[cfg(test)] mod gone;");
    assert!(test_only.unread.is_empty());
    let outside = lib("#[path = \"../../../etc/passwd\"] mod x;");
    assert_eq!(outside.unread.len(), 1);
}

#[test]
fn a_source_that_holds_none_of_the_words_is_read_without_parsing_and_one_that_does_is_parsed() {
    assert!(lib("no Rust at all (").unread.is_empty(), "there can be no unsafe code in it");
    for text in ["mod (", "unsafe (", "include ("] {
        assert_eq!(lib(text).unread.len(), 1, "{text}");
    }
    assert_eq!(lib("fn model() {} // modes (").files, 1);
}

#[test]
fn a_shebang_is_no_code() {
    let code = lib("#!/usr/bin/env run\nfn a() { unsafe {} }\n");
    assert_eq!(places(&code.shipped), ["src/lib.rs:2 unsafe"]);
    assert_eq!(lib("#![no_std]\nunsafe fn a() {}").shipped.len(), 1);
}

fn level(tree: &[(&str, &str)]) -> Option<String> {
    let mut members = app();
    members[0].targets.push(Target { name: "app".into(), kind: TargetKind::Bin, path: "src/main.rs".into() });
    observe(tree, members).lints[0].level.clone()
}

#[test]
fn the_level_is_the_weakest_over_the_targets() {
    let cargo = |text| ("Cargo.toml", text);
    let forbid = "#![forbid(unsafe_code)]";
    let sources = |lib, main| [("src/lib.rs", lib), ("src/main.rs", main)];
    let levels = |manifest, lib, main| {
        let mut tree = sources(lib, main).to_vec();
        tree.push(cargo(manifest));
        level(&tree)
    };
    assert_eq!(levels("[lints.rust]\nunsafe_code = \"forbid\"", "", "").as_deref(), Some("forbid"));
    assert_eq!(levels("[lints.rust]\nunsafe_code = { level = \"deny\", priority = 1 }", "", "").as_deref(), Some("deny"));
    assert_eq!(levels("[lints]\nworkspace = true\n[workspace.lints.rust]\nunsafe_code = \"forbid\"", "", "").as_deref(), Some("forbid"));
    assert_eq!(levels("[workspace.lints.rust]\nunsafe_code = \"forbid\"", "", ""), None, "it is not inherited by itself");
    assert_eq!(levels("", forbid, forbid).as_deref(), Some("forbid"));
    assert_eq!(levels("", forbid, ""), None, "the program states nothing");
    assert_eq!(levels("[lints.rust]\nunsafe_code = \"deny\"", "#![allow(unsafe_code)]", "").as_deref(), Some("allow"));
    assert_eq!(levels("[lints.rust]\nunsafe_code = \"forbid\"", "#![allow(unsafe_code)]", "").as_deref(), Some("forbid"));
    assert_eq!(levels("", "#![cfg_attr(x, forbid(unsafe_code))]", forbid), None);
    assert_eq!(levels("", "#![forbid(missing_docs, unsafe_code)]", "#![deny(unsafe_code)]").as_deref(), Some("deny"));
    assert_eq!(levels("", "mod a { #![forbid(unsafe_code)] }", forbid), None, "it is not the crate's");
    assert_eq!(levels("not toml", "", ""), None);
}
