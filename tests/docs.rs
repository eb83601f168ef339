//! What the documents say is so: links lead somewhere, samples parse, exit codes are those of the program.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::PathBuf;

use cargo_secpolicy::cli::Cli;
use cargo_secpolicy::error::exit;
use cargo_secpolicy::read;
use cargo_secpolicy::render::{json, plain};
use cargo_secpolicy::settings::file::File;
use cargo_secpolicy::source::Source;
use clap::CommandFactory;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every document, with its path.
fn documents() -> Vec<(PathBuf, String)> {
    let folders = [root(), root().join("docs"), root().join("fixtures/projects")];
    let mut all: Vec<PathBuf> =
        folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    all.sort();
    all.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The fenced blocks of a document: their language and text.
fn blocks(text: &str) -> Vec<(&str, String)> {
    let mut all = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => all.extend(open.take()),
            (Some(language), None) => open = Some((language, String::new())),
            (None, Some((_, block))) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    all
}

#[test]
fn links_lead_somewhere() {
    let mut seen = 0;
    for (path, text) in documents() {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            if target.contains(":") {
                continue;
            }
            let file = target.split('#').next().unwrap_or_default();
            assert!(path.parent().unwrap().join(file).exists(), "{}: {target}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn samples_parse() {
    let mut seen = std::collections::BTreeSet::new();
    for (path, text) in documents() {
        for (language, block) in blocks(&text) {
            let fault = match language {
                "toml" => toml::from_str::<toml::Table>(&block).err().map(|error| error.to_string()),
                "json" => serde_json::from_str::<serde_json::Value>(&block).err().map(|error| error.to_string()),
                "yaml" => saphyr_parser::Parser::new_from_str(&block).find_map(Result::err).map(|error| error.to_string()),
                "console" | "text" | "markdown" => None,
                other => Some(format!("a block of an unknown language: {other}")),
            };
            assert_eq!(fault, None, "{}", path.display());
            seen.insert(language.to_owned());
        }
    }
    assert!(["toml", "json", "yaml", "console"].iter().all(|language| seen.contains(*language)), "{seen:?}");
}

#[test]
fn samples_of_settings_are_settings() {
    let mut seen = 0;
    for (path, text) in documents() {
        for (_, block) in blocks(&text).into_iter().filter(|(language, _)| *language == "toml") {
            let source = Source::new(path.display().to_string(), block);
            let fault = File::parse(&source).err().map(|error| error.to_string());
            assert_eq!(fault, None);
            seen += 1;
        }
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn every_option_has_a_word_in_its_page() {
    let page = fs::read_to_string(root().join("docs/usage.md")).unwrap();
    let command = Cli::command();
    for subcommand in command.get_subcommands() {
        assert!(page.contains(&format!("`{}", subcommand.get_name())), "{}", subcommand.get_name());
        for option in
            subcommand.get_arguments().filter_map(|argument| argument.get_long()).filter(|name| !["help", "version"].contains(name))
        {
            let short = matches!(option, "quiet" | "verbose");
            assert!(short || page.contains(&format!("`--{option}")), "--{option}");
        }
    }
}

#[test]
fn exit_codes_are_those_of_the_program() {
    for document in ["README.md", "docs/exit-codes.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let codes: Vec<u8> = text.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |")?.0.parse().ok()).collect();
        assert_eq!(codes, [exit::OK, exit::FAILED, exit::USAGE, exit::UNREADABLE, exit::NO_POLICY], "{document}");
    }
}

#[test]
fn every_kind_has_a_word_in_its_page() {
    let schema: serde_json::Value = serde_json::to_value(json::commitments_schema()).unwrap();
    let page = fs::read_to_string(root().join("docs/commitments.md")).unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    consts_of_kind(&schema, &mut kinds);
    assert!(kinds.len() >= 30 && kinds.contains("tool"), "{kinds:?}");
    for kind in kinds {
        assert!(page.contains(&format!("`{kind}`")), "{kind}");
    }
}

fn consts_of_kind(schema: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    found.extend(schema.pointer("/properties/kind/const").and_then(|name| name.as_str()).map(str::to_owned));
    match schema {
        serde_json::Value::Object(map) => map.values().for_each(|value| consts_of_kind(value, found)),
        serde_json::Value::Array(list) => list.iter().for_each(|value| consts_of_kind(value, found)),
        _ => {}
    }
}

#[test]
fn the_sample_of_annotations_reads_as_its_page_says() {
    let page = fs::read_to_string(root().join("docs/commitments.md")).unwrap();
    let blocks = blocks(&page);
    let block = |wanted: &str| blocks.iter().find(|(language, _)| *language == wanted).map(|(_, block)| block.clone()).unwrap();
    let policy = read::policy(&Source::new("SECURITY.md", block("markdown")));
    assert!(policy.errors.is_empty(), "{:?}", policy.errors);
    let read: String = policy.commitments.iter().map(|one| format!("{}: {}\n", one.id, plain::describe(one))).collect();
    assert_eq!(read, block("text"));
}

/// Each parameter of each kind, and each word that it may be, stands in that kind's row of the annotations' table.
#[test]
fn every_parameter_can_be_looked_up() {
    let page = fs::read_to_string(root().join("docs/commitments.md")).unwrap();
    let table = page.split("| kind | parameters;").nth(1).unwrap();
    let schema = serde_json::to_value(json::commitments_schema()).unwrap();
    let kinds = schema["$defs"]["Commitment"]["oneOf"].as_array().unwrap();
    let mut seen = 0;
    for kind in kinds {
        let name = kind["properties"]["kind"]["const"].as_str().unwrap();
        let row = table.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).unwrap_or_default();
        for (parameter, value) in kind["properties"].as_object().unwrap().iter().filter(|(parameter, _)| *parameter != "kind") {
            assert!(row.contains(&format!("`{parameter}`")), "{name}: {parameter}");
            let target = value["$ref"].as_str().and_then(|target| target.rsplit('/').next()).unwrap_or_default();
            let words = schema["$defs"][target]["oneOf"].as_array().into_iter().flatten().filter_map(|word| word["const"].as_str());
            for word in words.filter(|_| parameter != "unit") {
                assert!(row.contains(&format!("`{word}`")), "{name}: {parameter}={word}");
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn every_field_of_a_history_has_a_word_in_its_page() {
    let schema = serde_json::to_value(json::commitments_schema()).unwrap();
    let page = fs::read_to_string(root().join("docs/output.md")).unwrap();
    for part in ["History", "Since", "Event", "Change"] {
        for field in schema["$defs"][part]["properties"].as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{field}`")), "{part}: {field}");
        }
    }
}

#[test]
fn every_field_of_the_report_has_a_word_in_its_page() {
    let schema: serde_json::Value = serde_json::from_str(&fs::read_to_string(root().join("docs/report.schema.json")).unwrap()).unwrap();
    let page = fs::read_to_string(root().join("docs/output.md")).unwrap();
    for field in schema["properties"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("`{field}`")), "{field}");
    }
}
