use std::net::SocketAddr;

use bytes::{Buf as _, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{Request, patiently};

/// A connection over HTTP/1.1: what is written is what a test says, and no more is read
/// than it asks for. Dropping it hangs up.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: TcpStream,
    unread: BytesMut,
    body: Body,
    /// What came of an event that is not whole yet.
    text: String,
}

/// What is left of the body of the response at hand.
#[derive(Debug)]
enum Body {
    Bytes(usize),
    Chunks,
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A server-sent event: its fields as they came, a comment being one without a name.
#[derive(Debug, Clone)]
pub(crate) struct Event(pub(crate) Vec<(String, String)>);

impl Connection {
    pub(crate) async fn to(addr: SocketAddr) -> Self {
        let socket = TcpStream::connect(addr).await.expect("the server listens");
        let (unread, text) = (BytesMut::new(), String::new());
        Self { socket, unread, body: Body::Bytes(0), text }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        patiently(self.socket.write_all(bytes)).await.expect("the connection holds");
    }

    pub(crate) async fn send(&mut self, request: &Request) {
        self.write(&request.to_bytes()).await;
    }

    /// Sends a request, and reads its response.
    pub(crate) async fn ask(&mut self, request: &Request) -> Reply {
        self.send(request).await;
        self.reply().await
    }

    /// The next response, to its end.
    pub(crate) async fn reply(&mut self) -> Reply {
        let mut reply = self.head().await;
        while let Some(data) = self.data().await {
            reply.body.push_str(&data);
        }
        reply
    }

    /// The head of the next response.
    pub(crate) async fn head(&mut self) -> Reply {
        let end = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at;
            }
            assert!(self.fill().await, "no response, but the end of the connection");
        };
        let head = self.unread.split_to(end + 4);
        let head = std::str::from_utf8(&head[..end]).expect("a head is ASCII");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status = status.and_then(|status| status.parse().ok()).expect("a status line");
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(':').expect("a header line");
            let name: HeaderName = name.parse().expect("a header's name");
            let value = HeaderValue::from_str(value.trim()).expect("a header's value");
            headers.append(name, value);
        }
        let length = headers.get("content-length").map(|value| {
            value.to_str().ok().and_then(|value| value.parse().ok()).expect("a length")
        });
        self.body = match length {
            Some(length) => Body::Bytes(length),
            None if headers.contains_key("transfer-encoding") => Body::Chunks,
            None => Body::Bytes(0),
        };
        Reply { status, headers, body: String::new() }
    }

    /// The next event of the stream whose head was read; `None` at its end.
    pub(crate) async fn event(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let fields = event.lines().filter(|line| !line.is_empty()).map(|line| {
                    let (name, value) = line.split_once(':').unwrap_or((line, ""));
                    (name.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned())
                });
                return Some(Event(fields.collect()));
            }
            match self.data().await {
                Some(data) => self.text.push_str(&data),
                None => {
                    assert_eq!(self.text, "", "the stream ends within an event");
                    return None;
                }
            }
        }
    }

    /// The next message of the stream whose head was read; `None` at its end.
    pub(crate) async fn message(&mut self) -> Option<Value> {
        while let Some(event) = self.event().await {
            if let Some(message) = event.message() {
                return Some(message);
            }
        }
        None
    }

    /// Waits until the server hangs up, having said no more.
    pub(crate) async fn hung_up(&mut self) {
        while self.fill().await {}
        assert_eq!(self.unread, b""[..], "the server says more");
    }

    /// The next piece of the response's body.
    async fn data(&mut self) -> Option<String> {
        let size = match self.body {
            Body::Bytes(0) => return None,
            Body::Bytes(left) => {
                while self.unread.is_empty() {
                    assert!(self.fill().await, "the body breaks off");
                }
                let size = left.min(self.unread.len());
                self.body = Body::Bytes(left - size);
                size
            }
            Body::Chunks => {
                let line = self.chunk_up_to(0).await;
                let size = usize::from_str_radix(&line, 16).expect("a chunk's size");
                let chunk = self.chunk_up_to(size).await;
                if size == 0 {
                    self.body = Body::Bytes(0);
                    return None;
                }
                return Some(chunk);
            }
        };
        let data = self.unread.split_to(size);
        Some(String::from_utf8(data.into()).expect("a body in pieces of whole characters"))
    }

    /// What comes before the first line end that is not among the first bytes.
    async fn chunk_up_to(&mut self, at_least: usize) -> String {
        loop {
            let rest = self.unread.get(at_least..);
            if let Some(at) = rest.and_then(|rest| find(rest, b"\r\n")) {
                let data = self.unread.split_to(at_least + at);
                self.unread.advance(2);
                return String::from_utf8(data.into()).expect("chunks of whole characters");
            }
            assert!(self.fill().await, "the body breaks off");
        }
    }

    /// Reads what has come; false at the end of the connection.
    async fn fill(&mut self) -> bool {
        match patiently(self.socket.read_buf(&mut self.unread)).await {
            Ok(read) => read > 0,
            Err(error) => panic!("the connection broke: {error}"),
        }
    }
}

impl Reply {
    /// A header's value; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The body, which is said to be JSON.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Status and code of an error.
    pub(crate) fn refusal(&self) -> (u16, i64) {
        let code = self.json()["error"]["code"].as_i64();
        (self.status, code.unwrap_or_else(|| panic!("not refused: {self:?}")))
    }
}

impl Event {
    /// The message in it, unless it is a comment or only has an id (SSE-15).
    pub(crate) fn message(&self) -> Option<Value> {
        let data = self.data()?;
        (!data.is_empty()).then(|| serde_json::from_str(&data).expect("a message"))
    }

    /// Its data, which may be empty; `None` without the field.
    pub(crate) fn data(&self) -> Option<String> {
        let lines: Vec<_> = self.values("data").collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Its id.
    pub(crate) fn id(&self) -> Option<&str> {
        self.values("id").last()
    }

    /// When to come back, in milliseconds.
    pub(crate) fn retry(&self) -> Option<u64> {
        self.values("retry").last().map(|value| value.parse().expect("digits alone"))
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| &**value)
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
