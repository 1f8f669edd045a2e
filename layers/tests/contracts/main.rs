//! Every layer's page states its contract in one form, and the README's table of
//! layers says the same.
//!
//! `UPDATE_README=1 cargo test -p mcp-layers --test contracts` rewrites the table.

mod folder;

use std::{collections::BTreeSet, env, fs};

use folder::{Folder, HEADINGS, package, read};

const ROWS: [&str; 10] = [
    "Zone",
    "Reads",
    "Inserts",
    "Response",
    "Rejects",
    "Order",
    "If omitted",
    "To replace",
    "State and cost",
    "Security",
];
const ZONES: [&str; 4] = ["bytes", "bytes outside, message inside", "either", "message"];
const BEGIN: &str = "<!-- layers:begin -->\n";
const END: &str = "<!-- layers:end -->";

#[test]
fn each_page_has_its_headings_in_order() {
    for layer in Folder::all() {
        let mut code = false;
        let headings: Vec<_> = layer
            .page
            .iter()
            .filter(|line| {
                code ^= line.starts_with("```");
                !code && line.starts_with("# ")
            })
            .filter(|line| HEADINGS.contains(&line.as_str()))
            .collect();
        assert_eq!(headings, HEADINGS, "{}", layer.name);
        for example in &HEADINGS[1..] {
            let rest = layer.page.iter().skip_while(|line| line != example).skip(1);
            let code = rest.take_while(|line| !line.starts_with("# ")).any(|line| line == "```");
            assert!(code, "{}: {example} is no doctest", layer.name);
        }
    }
}

#[test]
fn each_contract_has_its_rows_in_order_and_none_is_empty() {
    for layer in Folder::all() {
        let contract = layer.contract();
        let rows: Vec<_> = contract.iter().map(|(row, _)| *row).collect();
        assert_eq!(rows, ROWS, "{}", layer.name);
        for (row, cell) in contract {
            assert!(!cell.trim().is_empty(), "{}: {row} is empty", layer.name);
        }
        assert!(ZONES.contains(&layer.row("Zone")), "{}: {}", layer.name, layer.row("Zone"));
        assert!(
            !layer.statuses().is_empty() || layer.row("Rejects") == "nothing",
            "{}: a rejection is written `status · code · when`, none `nothing`",
            layer.name
        );
    }
}

#[test]
fn each_page_begins_with_one_sentence_and_names_era_and_requirements() {
    let table = read(&package().join("../tests/requirements/ids.tsv"));
    let known: BTreeSet<_> = table.lines().filter_map(|line| line.split('\t').next()).collect();
    for layer in Folder::all() {
        let sentence = layer.paragraph(0);
        let sentences = sentence.matches(". ").count() + usize::from(sentence.ends_with('.'));
        assert_eq!(sentences, 1, "{}: {sentence}", layer.name);
        assert!(["both", "legacy", "modern"].contains(&&*layer.era()), "{}", layer.name);

        let spec = layer.spec();
        let words =
            spec.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-'));
        // Decisions are numbered too (D-17), and RFC-like words have no hyphen.
        let ids: Vec<_> = words
            .filter(|word| {
                word.rsplit_once('-').is_some_and(|(area, number)| {
                    area.starts_with(|c: char| c.is_ascii_uppercase())
                        && area != "D"
                        && !number.is_empty()
                        && number.bytes().all(|byte| byte.is_ascii_digit())
                })
            })
            .collect();
        assert!(!ids.is_empty(), "{} names no requirement", layer.name);
        for id in ids {
            assert!(known.contains(id), "{}: there is no requirement {id}", layer.name);
        }
    }
}

#[test]
fn folder_feature_module_and_layer_have_one_name() {
    let manifest = read(&package().join("Cargo.toml"));
    let library = read(&package().join("src/lib.rs"));
    let features = section(&manifest, "[features]");
    let named: BTreeSet<_> =
        features.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect();
    let full = features.split_once("full = [").and_then(|(_, rest)| rest.split_once(']'));
    let (full, _) = full.expect("`full` is every layer");

    let folders = Folder::all();
    let others = ["cors", "default", "full", "testing"];
    let expected = folders.iter().map(|layer| &*layer.name).chain(others);
    assert_eq!(named, expected.collect(), "the features of Cargo.toml");
    for Folder { name, path, .. } in &folders {
        assert!(full.contains(&format!("\"{name}\"")), "`full` lacks {name}");
        let module = format!("#[cfg(feature = \"{name}\")]\npub mod {name};");
        assert!(library.contains(&module), "lib.rs lacks {module}");

        let layer = format!("pub struct {}Layer", camel_case(name));
        assert!(defines(&read(&path.join("layer.rs")), &layer), "{name}/layer.rs: no {layer}");
        let service = format!("pub struct {}", camel_case(name));
        assert!(defines(&read(&path.join("service.rs")), &service), "{name}: no {service}");
        let tests = path.join("tests.rs").exists() || path.join("tests/mod.rs").exists();
        assert!(tests, "{name} has no tests");
    }
}

#[test]
fn the_page_s_module_has_no_logic() {
    for layer in Folder::all() {
        let source = read(&layer.path.join("mod.rs"));
        for line in source.lines().filter(|line| !line.starts_with("//!")) {
            let logic = ["fn ", "impl", "struct ", "enum ", "trait ", "macro_rules"];
            assert!(!logic.iter().any(|word| line.contains(word)), "{}: {line}", layer.name);
        }
    }
}

#[test]
fn no_layer_names_another() {
    let folders = Folder::all();
    for layer in &folders {
        let others: Vec<_> = folders.iter().filter(|other| other.name != layer.name).collect();
        for (path, text) in layer.files() {
            for other in &others {
                for root in ["crate", "mcp_layers"] {
                    let named = text.match_indices(&format!("{root}::{}", other.name)).any(
                        |(at, found)| {
                            let next = text[at + found.len()..].chars().next();
                            next.is_none_or(|c| !c.is_alphanumeric() && c != '_')
                        },
                    );
                    assert!(!named, "{} names {}", path.display(), other.name);
                }
            }
        }
    }
}

#[test]
fn the_readme_has_the_table_of_layers() {
    let path = package().join("../README.md");
    let readme = read(&path);
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the first marker");
    let (table, after) = rest.split_once(END).expect("the README has the second marker");
    let expected = table_of_layers();
    if env::var_os("UPDATE_README").is_some() {
        fs::write(&path, [before, BEGIN, &expected, END, after].concat()).expect("it is writable");
    } else {
        assert_eq!(table, expected, "UPDATE_README=1 rewrites the table");
    }
}

/// From the outside in, as far as the zone tells.
fn table_of_layers() -> String {
    let mut layers = Folder::all();
    layers.sort_by_key(|layer| ZONES.iter().position(|zone| *zone == layer.row("Zone")));
    let mut table = "| layer | zone | what it does | era | rejects with |\n".to_owned();
    table.push_str("|---|---|---|---|---|\n");
    for layer in &layers {
        let statuses: Vec<_> = layer.statuses().into_iter().collect();
        let statuses = if statuses.is_empty() { "—".into() } else { statuses.join(", ") };
        let (name, zone, sentence) = (&layer.name, layer.row("Zone"), layer.paragraph(0));
        let line = format!(
            "| [`{name}`](layers/src/{name}) | {zone} | {sentence} | {} | {statuses} |\n",
            layer.era()
        );
        table.push_str(&line);
    }
    table
}

/// What follows a header of a TOML file, up to the next.
fn section<'a>(toml: &'a str, header: &str) -> &'a str {
    let (_, rest) = toml.split_once(header).expect("the file has that section");
    rest.split_once("\n[").map_or(rest, |(section, _)| section)
}

fn camel_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

/// Whether a type of exactly this name is defined.
fn defines(source: &str, definition: &str) -> bool {
    source.match_indices(definition).any(|(at, _)| {
        let next = source[at + definition.len()..].chars().next();
        next.is_some_and(|c| !c.is_alphanumeric() && c != '_')
    })
}
