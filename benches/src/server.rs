//! A server under test: how to start it, where it listens, how to stop it.
//!
//! The contract is small: the command takes the address to listen on as its last
//! argument, prints a line with `listening on URL` to its output, and ends on SIGTERM.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::artifact;
use crate::http::Target;

/// How to start a server.
#[derive(Debug, Clone)]
pub struct Server {
    /// What the tables call it.
    pub name: String,
    command: Vec<String>,
}

/// A server that has been started; it is stopped when dropped.
#[derive(Debug)]
pub struct Running {
    /// What the tables call it.
    pub name: String,
    /// Where it listens.
    pub target: Target,
    child: Child,
}

impl Server {
    /// Reads `NAME=COMMAND ARG…`, or the name of a server in this repository:
    /// `floor ARG…`, `stack`, or an example of the main workspace, which is then built.
    ///
    /// # Errors
    ///
    /// If the text is empty or the build fails.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, command) = match text.split_once('=') {
            Some((name, command)) if !name.contains(' ') => (name, words(command)),
            _ => (text, in_repository(text)?),
        };
        ensure!(!command.is_empty(), "server {name:?} has no command");
        Ok(Self { name: name.to_owned(), command })
    }

    /// Takes every `--server` from the command line, or `defaults` if there are none.
    ///
    /// # Errors
    ///
    /// If one cannot be read or built.
    pub fn from_args(args: &mut pico_args::Arguments, defaults: &[&str]) -> Result<Vec<Self>> {
        let given: Vec<String> = args.values_from_str("--server")?;
        if given.is_empty() {
            return defaults.iter().map(|text| Self::parse(text)).collect();
        }
        given.iter().map(|text| Self::parse(text)).collect()
    }

    /// Starts the server behind `prefix`, a command that ends by becoming the one it
    /// is given, and waits until it listens.
    ///
    /// # Errors
    ///
    /// If it does not start, or does not say within a minute where it listens.
    pub fn start(&self, prefix: &[String]) -> Result<Running> {
        let mut words = prefix.iter().chain(&self.command);
        let program = words.next().context("no command")?;
        let mut child = Command::new(program)
            .args(words)
            .arg("127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {} ({program})", self.name))?;
        let output = child.stdout.take().context("no output")?;
        match wait_for_url(output) {
            Ok(target) => Ok(Running { name: self.name.clone(), target, child }),
            Err(error) => {
                stop(&mut child);
                Err(error.context(format!("starting {}", self.name)))
            }
        }
    }
}

impl Running {
    /// The process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it, by SIGTERM if it listens to that, and waits until it is gone.
    ///
    /// # Errors
    ///
    /// If it had already ended by itself: then what was measured is not to be trusted.
    pub fn stop(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server ended by itself: {status}");
        }
        stop(&mut self.child);
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

fn in_repository(text: &str) -> Result<Vec<String>> {
    let mut command = words(text);
    let Some(name) = command.first_mut() else {
        return Ok(command);
    };
    let path = match &**name {
        "floor" | "stack" | "layers" | "floor_streams" => artifact::own(name)?,
        "peer-rmcp" | "peer-tower-mcp" => artifact::peer(name)?,
        example => artifact::example(example)?,
    };
    *name = path.into_os_string().into_string().ok().context("a path that is no UTF-8")?;
    Ok(command)
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Reads the output to its end on a thread, so that the server never waits to write.
fn wait_for_url(output: ChildStdout) -> Result<Target> {
    let (found, url) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some((_, url)) = line.split_once("listening on ") {
                // After the first there is nobody to tell, and nothing new to say.
                let _ = found.send(url.trim().to_owned());
            }
        }
    });
    match url.recv_timeout(Duration::from_secs(60)) {
        Ok(url) => url.parse(),
        Err(_) => bail!("it did not say `listening on URL`"),
    }
}

/// SIGTERM, then SIGKILL to what has not ended after ten seconds.
fn stop(child: &mut Child) {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let deadline = Instant::now() + Duration::from_secs(10);
    while asked.is_ok() && Instant::now() < deadline {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    // Both fail only if it has ended since.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_and_a_command() {
        let server = Server::parse("peer=run --port=1 x").expect("valid");
        assert_eq!(server.name, "peer");
        assert_eq!(server.command, ["run", "--port=1", "x"]);
        assert!(Server::parse("peer=").is_err());
    }

    #[test]
    fn a_server_that_says_nothing_is_an_error() {
        let server = Server::parse("mute=true").expect("valid");
        assert!(server.start(&[]).is_err());
    }
}
