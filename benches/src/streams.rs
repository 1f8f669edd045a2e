//! Open streams: what each weighs, whether the memory comes back, and how long one
//! change of the list of tools takes to reach them all.
//!
//! The server has the tool `change`, which makes one. A modern stream is a
//! `subscriptions/listen`; a legacy one is the GET stream of a session of its own.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::http::{Connection, Target};
use crate::message::{bare, legacy_headers, post};
use crate::server::Running;
use crate::workload::Era;
use crate::{proc, session};

/// How many streams, and what is done with them.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// On which wire.
    pub era: Era,
    /// How many, each on a connection of its own.
    pub streams: usize,
    /// How many of them are never read.
    pub stalled: usize,
    /// How many changes are made while they are open.
    pub changes: usize,
}

/// What the streams of one server came to.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Bytes resident before the first was opened.
    pub before: u64,
    /// While all were open, before the first change.
    pub open: u64,
    /// After all had been closed, and the legacy sessions ended.
    pub closed: u64,
    /// From the call that makes a change to the moment all streams have had it;
    /// shortest first.
    pub times: Vec<Duration>,
}

/// Opens the streams, makes the changes, and closes them.
///
/// # Errors
///
/// If the server refuses a stream or the call, or ends a stream.
pub async fn measure(server: &Running, settings: Settings) -> Result<Measured> {
    let mut caller = Caller::open(&server.target, settings.era).await?;
    caller.change().await?;
    let files = proc::open_files(server.pid())?;
    let before = proc::resident(server.pid())?;
    let mut streams = Vec::with_capacity(settings.streams);
    for _ in 0..settings.streams {
        streams.push(Stream::open(&server.target, settings.era).await?);
    }
    let open = proc::resident(server.pid())?;

    // Held open, and never read again.
    let held: Vec<_> = streams.drain(..settings.stalled).collect();
    let mut times = Vec::with_capacity(settings.changes);
    for _ in 0..settings.changes {
        times.push(change(&mut caller, &mut streams).await?);
    }
    times.sort_unstable();

    for stream in streams.into_iter().chain(held) {
        drop(stream.socket);
        if let Some(session) = stream.session {
            caller.end(&session).await?;
        }
    }
    // A change that nobody hears lets a server notice who has gone.
    caller.change().await?;
    server_has_closed(server.pid(), files).await?;
    Ok(Measured { before, open, closed: proc::resident(server.pid())?, times })
}

/// Makes one change and waits until each stream has had it.
async fn change(caller: &mut Caller, streams: &mut Vec<Stream>) -> Result<Duration> {
    let mut reading = JoinSet::new();
    let began = Instant::now();
    for mut stream in streams.drain(..) {
        reading.spawn(async move {
            stream.read_until(b"notifications/tools/list_changed", b"\n\n").await?;
            anyhow::Ok(stream)
        });
    }
    caller.change().await?;
    while let Some(read) = reading.join_next().await {
        streams.push(read??);
    }
    Ok(began.elapsed())
}

/// The client that calls `change`.
struct Caller {
    connection: Connection,
    target: Target,
    call: Vec<u8>,
}

impl Caller {
    async fn open(target: &Target, era: Era) -> Result<Self> {
        let mut connection = Connection::open(target).await?;
        let call = match era {
            Era::Legacy => {
                let session = session::open(&mut connection, target).await?;
                let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"change","arguments":{}}}"#;
                post(target, &legacy_headers(session.as_deref()), call)
            }
            Era::Modern => {
                let params = format!(r#""name":"change","arguments":{{}},{META}"#);
                modern(target, "tools/call", Some("change"), &params)
            }
        };
        Ok(Self { connection, target: target.clone(), call })
    }

    async fn change(&mut self) -> Result<()> {
        let response = self.connection.exchange(&self.call).await?;
        let done = memmem::find(response.body, br#""text":"changed""#).is_some();
        ensure!(done, "change: {}", String::from_utf8_lossy(response.body));
        Ok(())
    }

    async fn end(&mut self, session: &str) -> Result<()> {
        session::close(&mut self.connection, &self.target, session).await
    }
}

/// A stream that stays open, and what has been read of it but not used.
struct Stream {
    socket: TcpStream,
    session: Option<String>,
    unread: Vec<u8>,
}

impl Stream {
    async fn open(target: &Target, era: Era) -> Result<Self> {
        let mut connection = Connection::open(target).await?;
        let (session, request) = match era {
            Era::Legacy => {
                let session = session::open(&mut connection, target).await?;
                let mut headers = legacy_headers(session.as_deref());
                headers.push(("Accept", "text/event-stream"));
                let request = bare("GET", target, &headers);
                (session, request)
            }
            Era::Modern => {
                let params = format!(r#""notifications":{{"toolsListChanged":true}},{META}"#);
                (None, modern(target, "subscriptions/listen", None, &params))
            }
        };
        let mut socket = connection.into_socket();
        socket.write_all(&request).await?;
        let mut stream = Self { socket, session, unread: Vec::new() };
        let head = stream.read_until(b"HTTP/1.1 200", b"\r\n\r\n").await?;
        ensure!(memmem::find(&head, b"text/event-stream").is_some(), "not a stream");
        if era == Era::Modern {
            stream.read_until(b"notifications/subscriptions/acknowledged", b"\n\n").await?;
        }
        Ok(stream)
    }

    /// Reads up to the first `end` after `start`, and returns what was read.
    async fn read_until(&mut self, start: &[u8], end: &[u8]) -> Result<Vec<u8>> {
        loop {
            let found = memmem::find(&self.unread, start)
                .and_then(|at| Some(at + memmem::find(&self.unread[at..], end)? + end.len()));
            if let Some(used) = found {
                return Ok(self.unread.drain(..used).collect());
            }
            ensure!(!self.unread.starts_with(b"HTTP/1.1 4"), "the stream was refused");
            ensure!(!self.unread.starts_with(b"HTTP/1.1 5"), "the stream was refused");
            let read = self.socket.read_buf(&mut self.unread).await.context("a stream")?;
            ensure!(read > 0, "the stream was cut short");
        }
    }
}

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"mcp-bench","version":"1.0.0"},"io.modelcontextprotocol/clientCapabilities":{}}"#;

fn modern(target: &Target, method: &str, name: Option<&str>, params: &str) -> Vec<u8> {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}}}}}"#);
    let mut headers = vec![("MCP-Protocol-Version", Era::Modern.version()), ("Mcp-Method", method)];
    headers.extend(name.map(|name| ("Mcp-Name", name)));
    post(target, &headers, &body)
}

/// Waits until the server has no more files open than it had, a connection being one.
async fn server_has_closed(pid: u32, files: usize) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while proc::open_files(pid)? > files {
        ensure!(Instant::now() < deadline, "the server holds connections that were closed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
