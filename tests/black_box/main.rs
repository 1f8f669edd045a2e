//! Black-box tests over a real socket: a stack is served on loopback, and a client
//! of each revision speaks to it. Every message it receives is checked against the
//! schema which that revision publishes.

mod abuse;
mod apps;
mod changes;
mod completion;
mod completion_safety;
mod composition;
mod connections;
mod disconnects;
mod dynamic_lists;
mod emitting;
mod errors;
mod explorer;
mod extensions;
mod lifecycle;
mod lists;
mod older_clients;
mod paths;
mod prompt_safety;
mod prompts;
mod raw;
mod registry;
mod resources;
mod resumption;
mod schemas;
mod sessions;
#[path = "../shared/mod.rs"]
mod shared;
mod shutdown;
mod streams;
mod support;
mod templates;
mod tools;
mod transport;

#[test]
fn every_file_beside_this_one_is_one_of_its_modules() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/black_box");
    for entry in folder.read_dir().expect("the folder is there") {
        let name = entry.expect("an entry").file_name();
        let module = name.to_str().expect("ASCII").trim_end_matches(".rs").to_owned();
        assert!(
            module == "main" || include_str!("main.rs").contains(&format!("\nmod {module};")),
            "{module} is not compiled: declare it in main.rs"
        );
    }
}
