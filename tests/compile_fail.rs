//! What must not compile does not, and the compiler says what to do.
//!
//! Each file of `tests/ui` is a mistake. Its lines `//~ …` are what the compiler must
//! say, in that order, of each error that it reports there: parts of messages, labels
//! and notes, and of those only what this project's own attributes or types put there,
//! so that no version of the compiler is asked for.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

const DEPENDENCIES: &str = r#"
bytes = "1"
http = "1"
schemars = "1"
serde = { version = "1", features = ["derive"] }
tokio = { version = "1", features = ["rt"] }
tower = { version = "0.5", features = ["util"] }
tower-http = { version = "0.7", features = ["cors"] }
"#;

#[test]
fn the_compiler_says_what_to_do() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut mistakes: Vec<_> = root
        .join("tests/ui")
        .read_dir()
        .expect("there are mistakes")
        .map(|entry| Mistake::read(entry.expect("an entry").path()))
        .collect();
    mistakes.sort_by(|one, other| one.name.cmp(&other.name));
    let reports = compile(root, &mistakes);

    let mut faults = Vec::new();
    for Mistake { name, expected, .. } in &mistakes {
        let errors: Vec<_> =
            reports.iter().filter(|(of, _)| of == name).map(|(_, said)| said).collect();
        if errors.is_empty() {
            faults.push(format!("{name} compiles"));
        }
        for said in errors {
            let mut rest = said.as_str();
            for wanted in expected {
                match rest.split_once(wanted.as_str()) {
                    Some((_, after)) => rest = after,
                    None => faults.push(format!("{name}: nothing says {wanted:?} in\n{said}")),
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

struct Mistake {
    name: String,
    path: PathBuf,
    expected: Vec<String>,
}

impl Mistake {
    fn read(path: PathBuf) -> Self {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("ASCII").to_owned();
        let source = fs::read_to_string(&path).expect("a source file");
        let expected: Vec<_> = source
            .lines()
            .filter_map(|line| line.strip_prefix("//~ "))
            .map(str::to_owned)
            .collect();
        assert!(!expected.is_empty(), "{name} says nothing of what is expected");
        Self { name, path, expected }
    }
}

/// Checks every mistake in a package of its own, and gives the errors of each: message,
/// labels and notes, a line each.
fn compile(root: &Path, mistakes: &[Mistake]) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_fail");
    fs::create_dir_all(&folder).expect("the target directory is writable");
    let mut manifest = format!(
        "[package]\nname = \"mistakes\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nmcp-stack = {{ path = {root:?}, features = [\"full\"] }}{DEPENDENCIES}"
    );
    for Mistake { name, path, .. } in mistakes {
        manifest += &format!("\n[[bin]]\nname = {name:?}\npath = {path:?}\n");
    }
    fs::write(folder.join("Cargo.toml"), manifest).expect("the folder is writable");
    // The same versions as the tests', so that nothing is fetched.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("there is a lock file");

    let output = Command::new(env!("CARGO"))
        .args(["check", "--bins", "--keep-going", "--offline", "--message-format=json"])
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("compile_fail"))
        .current_dir(&folder)
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let reports: Vec<_> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|report| report["reason"] == "compiler-message")
        .filter(|report| report["message"]["level"] == "error")
        // What is said in the end, about no place.
        .filter(|report| report["message"]["spans"] != serde_json::json!([]))
        .map(|report| {
            let name = report["target"]["name"].as_str().unwrap_or_default().to_owned();
            (name, said(&report["message"]))
        })
        .collect();
    assert!(!reports.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    reports
}

fn said(message: &Value) -> String {
    let mut said = message["message"].as_str().unwrap_or_default().to_owned();
    let labels = message["spans"].as_array().into_iter().flatten();
    for label in labels.filter_map(|span| span["label"].as_str()) {
        said = said + "\n" + label;
    }
    for child in message["children"].as_array().into_iter().flatten() {
        said = said + "\n" + &self::said(child);
    }
    said
}
