use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use jiff::civil::date;
use tempfile::TempDir;

use super::*;

const TIME: &[(&str, bool, &str)] =
    &[("0.1.10", true, r#","pubtime":"2020-11-18T23:30:00Z""#), ("0.1.9", false, ""), ("0.2.0", false, r#","pubtime":"soon""#)];

fn json(name: &str, (version, yanked, time): (&str, bool, &str)) -> String {
    format!(r#"{{"name":"{name}","vers":"{version}","deps":[],"cksum":"00","features":{{}},"yanked":{yanked}{time}}}"#)
}

/// The bytes of one of cargo's cache files.
fn cache(name: &str, entries: &[(&str, bool, &str)]) -> Vec<u8> {
    let mut bytes = vec![3, 2, 0, 0, 0];
    bytes.extend(b"etag: \"x\"\0");
    for &entry in entries {
        bytes.extend(format!("{}\0{}\0", entry.0, json(name, entry)).into_bytes());
    }
    bytes
}

/// A home, and a workspace beside it.
struct Setup {
    folder: TempDir,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("workspace/member")).unwrap();
        Self { folder }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn cache(&self, index: &str, path: &str, content: impl AsRef<[u8]>) -> &Self {
        self.write(&format!("home/registry/index/{index}/.cache/{path}"), content)
    }

    fn open(&self, offline: bool) -> Registry {
        Registry::open_in(Some(&self.home()), &self.folder.path().join("workspace/member"), offline)
    }
}

const CRATES_IO: &str = "index.crates.io-1949cf8c6b5b557f";

fn words(found: Option<Vec<Published>>) -> Vec<String> {
    let word = |entry: Published| format!("{}{}", entry.version, if entry.yanked { " yanked" } else { "" });
    found.unwrap_or_default().into_iter().map(word).collect()
}

/// Answers every request with `status` and `body`; gives its address and counts the requests.
fn server(status: &'static str, body: String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/index", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let request = lines.next().unwrap().unwrap();
            let known = request.starts_with("GET /index/ti/me/time ");
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            counted.fetch_add(1, Ordering::SeqCst);
            let (status, body) = if known { (status, body.as_str()) } else { ("404 Not Found", "") };
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    (address, count)
}

fn replaced(address: &str) -> String {
    format!("[source.crates-io]\nreplace-with = \"near\"\n[source.near]\nregistry = \"sparse+{address}/\"\n")
}

#[test]
fn cargos_cache_tells_versions_yanks_and_days() {
    let setup = Setup::new();
    setup.cache(CRATES_IO, "ti/me/time", cache("time", TIME));
    let registry = setup.open(true);
    let found = registry.cached("time").unwrap();
    assert_eq!(words(Some(found.clone())), ["0.1.9", "0.1.10 yanked", "0.2.0"]);
    assert_eq!(found.iter().map(|entry| entry.on).collect::<Vec<_>>(), [None, Some(date(2020, 11, 18)), None]);
    assert_eq!(registry.versions("time").unwrap(), found);
    let one = |version: &str| registry.cached_yanked("time", &Version::parse(version).unwrap(), &mut Vec::new());
    assert_eq!((one("0.1.10"), one("0.1.9")), (Some(true), Some(false)));
    assert_eq!(one("0.1.1"), None, "a version's beginning is another version");
    assert_eq!(registry.cached("serde"), None);
}

#[test]
fn one_version_is_found_wherever_it_stands() {
    let versions: Vec<_> = (0..2000).map(|patch| format!("10.0.{patch}")).collect();
    let entries: Vec<_> = versions.iter().map(|version| (version.as_str(), version.ends_with('7'), "")).collect();
    let setup = Setup::new();
    setup.cache(CRATES_IO, "ti/me/time", cache("time", &entries));
    let registry = setup.open(true);
    let mut buffer = Vec::new();
    for patch in (0..2000).step_by(37) {
        assert_eq!(registry.cached_yanked("time", &Version::new(10, 0, patch), &mut buffer), Some(patch % 10 == 7), "{patch}");
    }
    for missing in [Version::new(0, 0, 5), Version::new(10, 0, 2000), Version::new(0, 0, 1999)] {
        assert_eq!(registry.cached_yanked("time", &missing, &mut buffer), None, "{missing}");
    }
    // Wherever the tail begins, a version that is cut by it is not taken for a shorter one.
    let file = cache("time", &entries[..3]);
    for start in 0..file.len() {
        assert_eq!(yanked_in_tail(&file[start..], "0.0.2"), None, "{start}");
    }
}

#[test]
fn a_yank_is_read_however_the_entry_is_spaced_and_whatever_else_has_its_name() {
    for (entry, yanked) in [
        (r#"{"vers":"1.0.0","yanked":false}"#, Some(false)),
        (r#"{"vers": "1.0.0", "yanked": false, "v": 2}"#, Some(false)),
        (r#"{"vers":"1.0.0", "yanked" : true}"#, Some(true)),
        (r#"{"vers":"1.0.0","features":{"yanked":[]},"yanked":true}"#, Some(true)),
        (r#"{"vers":"1.0.0","links":"\"yanked\":false","yanked":true}"#, Some(true)),
        (r#"{"vers":"1.0.0"}"#, Some(false)),
        (r#"{"vers":"1.0.0","yanked":false"#, None),
    ] {
        assert_eq!(yanked_in_tail(format!("\01.0.0\0{entry}\0").as_bytes(), "1.0.0"), yanked, "{entry}");
    }
}

#[test]
fn broken_or_foreign_cache_files_are_not_cached() {
    let setup = Setup::new();
    let whole = cache("time", TIME);
    for cut in 0..whole.len() {
        setup.cache(CRATES_IO, "ti/me/time", &whole[..cut]);
        let found = words(setup.open(true).cached("time"));
        let ends_with_an_entry = cut > 8 && whole[..cut].ends_with(b"}\0");
        assert_eq!(found.is_empty(), !ends_with_an_entry, "{cut}: {found:?}");
    }
    let mut newer = whole;
    newer[0] = 9;
    setup.cache(CRATES_IO, "ti/me/time", newer);
    assert_eq!(setup.open(true).cached("time"), None);
    setup.cache("index.example.org-0123456789abcdef", "a/b/ab", cache("ab", TIME));
    assert_eq!(setup.open(true).cached("ab"), None, "another registry's crate of that name is another crate");
    for name in ["", "..", "../../etc/passwd", "a/b", "é", &"a".repeat(65)] {
        assert_eq!(setup.open(true).cached(name), None, "{name}");
    }
}

#[test]
fn short_names_have_their_own_folders() {
    let paths = ["a", "ab", "abc", "Serde_JSON"].map(|name| entry_path(name).unwrap());
    assert_eq!(paths, ["1/a", "2/ab", "3/a/abc", "se/rd/serde_json"]);
}

#[test]
fn what_the_configuration_puts_in_place_of_crates_io_is_asked() {
    let setup = Setup::new();
    let of = |setup: &Setup| Index::of(&setup.folder.path().join("workspace/member"), Some(&setup.home()));
    assert_eq!(of(&setup), Index::CratesIo);
    setup.write("home/config.toml", replaced("https://far.example.org"));
    assert_eq!(of(&setup), Index::Replaced("sparse+https://far.example.org/".into()));
    setup.write("workspace/.cargo/config.toml", replaced("https://near.example.org"));
    assert_eq!(of(&setup), Index::Replaced("sparse+https://near.example.org/".into()), "the nearest file goes first");
    setup.write(
        "workspace/.cargo/config.toml",
        "[source.crates-io]\nreplace-with = \"named\"\n[registries.named]\nindex = \"https://x.example.org\"",
    );
    assert_eq!(of(&setup), Index::Replaced("https://x.example.org".into()));
    assert_eq!(of(&setup).online(), None, "a git index is not fetched");
    setup.write("workspace/.cargo/config.toml", "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"");
    assert_eq!(of(&setup), Index::Local);
    setup.write("workspace/.cargo/config.toml", "[source.crates-io]\nreplace-with = \"crates-io\"");
    assert_eq!(of(&setup), Index::Local, "a circle");
    setup.write("workspace/.cargo/config.toml", "no toml [");
    assert_eq!(of(&setup), Index::Replaced("sparse+https://far.example.org/".into()));
}

#[test]
fn the_registry_is_asked_once_and_only_where_the_network_may_be_used() {
    let body = TIME.iter().map(|&entry| json("time", entry)).collect::<Vec<_>>().join("\n");
    let (address, count) = server("200 OK", format!("{body}\nbroken line\n"));
    let setup = Setup::new();
    setup.write("workspace/.cargo/config.toml", replaced(&address));
    assert_eq!(setup.open(true).versions("time"), None);
    let registry = setup.open(false);
    assert_eq!(registry.cached("time"), None);
    assert_eq!(count.load(Ordering::SeqCst), 0);
    for _ in 0..2 {
        assert_eq!(words(registry.versions("time")), ["0.1.9", "0.1.10 yanked", "0.2.0"]);
        assert_eq!(registry.versions("unknown"), None);
    }
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn where_the_registry_fails_the_cache_answers() {
    let (address, _) = server("503 Service Unavailable", String::new());
    let gone = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    for address in [address, gone] {
        let setup = Setup::new();
        let folder = url_to_folder(&format!("sparse+{address}/"));
        setup.write("workspace/.cargo/config.toml", replaced(&address)).cache(&folder, "ti/me/time", cache("time", &TIME[1..]));
        let registry = setup.open(false);
        assert_eq!(words(registry.versions("time")), ["0.1.9", "0.2.0"]);
        assert_eq!(registry.versions("serde"), None);
    }
}

fn url_to_folder(url: &str) -> String {
    tame_index::utils::url_to_local_dir(url, true).unwrap().dir_name
}
