//! The README's transcripts are what really happens.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

const README: &str = include_str!("../README.md");
const ADDRESS: &str = "127.0.0.1:8080";
const END: &str = "=== next command ===";

#[test]
fn the_transcripts_are_what_curl_prints() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: curl is not installed");
        return;
    }
    let server = Quickstart::start();
    let transcripts: Vec<_> = fenced("console").collect();
    assert_eq!(transcripts.len(), 2, "a transcript for each era");
    for transcript in transcripts {
        let steps = steps(transcript);
        let commands = steps.iter().map(|step| format!("{}\necho\necho '{END}'\n", step.command));
        let script = commands.collect::<String>().replace(ADDRESS, &server.address);
        let printed = shell(&script);
        let printed: Vec<_> = printed.split(END).map(str::trim).collect();
        for (step, printed) in steps.iter().zip(printed) {
            assert_eq!(printed, step.output.trim(), "of: {}", step.command);
        }
    }
}

/// The quickstart example, which `cargo test` has built beside this test.
struct Quickstart {
    process: Child,
    address: String,
}

impl Quickstart {
    fn start() -> Self {
        let test = env::current_exe().expect("a test knows its path");
        let profile = test.ancestors().nth(2).expect("a test is in deps/");
        let mut process = Command::new(profile.join("examples/quickstart"))
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example was built with the tests");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut line).expect("the example says where it listens");
        let address = line.trim().strip_prefix("listening on http://").expect("its one line");
        let address = address.strip_suffix("/mcp").expect("the endpoint's path").to_owned();
        Self { process, address }
    }
}

impl Drop for Quickstart {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command and what the README says it prints.
struct Step {
    command: String,
    output: String,
}

fn steps(transcript: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for step in transcript.strip_prefix("$ ").expect("begins with a command").split("\n$ ") {
        // A command goes on while a line ends in a backslash or a quote is open.
        let mut command = String::new();
        let mut lines = step.lines();
        for line in lines.by_ref() {
            command.push_str(line);
            command.push('\n');
            if !line.ends_with('\\') && command.matches('\'').count().is_multiple_of(2) {
                break;
            }
        }
        steps.push(Step { command, output: lines.collect::<Vec<_>>().join("\n") });
    }
    steps
}

fn fenced(language: &str) -> impl Iterator<Item = &'static str> {
    let opening = format!("```{language}\n");
    let starts: Vec<_> = README.match_indices(&opening).map(|(at, _)| at + opening.len()).collect();
    starts.into_iter().map(|at| README[at..].split("```").next().expect("split gives a part"))
}

/// Runs a script in an empty folder of its own.
fn shell(script: &str) -> String {
    let folder: PathBuf = env::temp_dir().join(format!("readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the script");
    let mut shell = Command::new("sh")
        .arg("-e")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut stdin = shell.stdin.take().expect("stdin is piped");
    stdin.write_all(script.as_bytes()).expect("the shell reads");
    drop(stdin);
    let output = shell.wait_with_output().expect("the shell ends");
    std::fs::remove_dir_all(&folder).expect("the folder is removed");
    assert!(output.status.success(), "a command failed: {output:?}");
    String::from_utf8(output.stdout).expect("curl prints text")
}
