//! Whatever breaks, and wherever a client comes back: each message once, in order, on
//! its own stream.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use mcp_stack::{
    ProtocolVersion, Registry, Stack,
    layers::resume::{MemoryEventLog, ResumeLayer},
};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::{Semaphore, oneshot},
};

use super::counting;
use crate::{
    raw::{Caller, Request, patiently},
    support::{LEGACY, TestServer},
};

/// How many messages each stream has, its response not counted.
const MESSAGES: u64 = 1_500;

/// A connection that breaks after so many bytes, and which of the events seen by then
/// the client names when it comes back.
type Visit = (usize, Index);

/// One stream as its client knows it.
struct Stream {
    caller: Arc<Caller>,
    name: &'static str,
    /// The ids seen, and how many of the stream's messages came up to them.
    seen: Vec<(String, u64)>,
    /// Of all streams of the session: which message an id belongs to.
    ids: Arc<Mutex<HashMap<String, (&'static str, u64)>>>,
    /// Fires once the first head has come.
    opened: Option<oneshot::Sender<()>>,
}

impl Stream {
    /// The number of its last message.
    fn last(&self) -> u64 {
        if self.is_own() { MESSAGES } else { MESSAGES + 1 }
    }

    fn is_own(&self) -> bool {
        self.name == "own"
    }

    /// Reads it to its end, over as many connections as are planned and one more.
    async fn read(mut self, first: Request, visits: Vec<Visit>) {
        let mut request = first;
        let mut after = 0;
        for (bytes, from) in visits {
            let raw = self.visit(&request, bytes).await;
            self.check(&raw, after);
            let id;
            (id, after) = from.get(&self.seen).clone();
            request = self.caller.resume(&id);
        }
        let raw = self.visit(&request, usize::MAX).await;
        assert_eq!(self.check(&raw, after), self.last(), "{}: all of it came", self.name);
    }

    /// What comes before the connection is broken off. Without any id there would be
    /// nothing to come back to, so it holds that long.
    async fn visit(&mut self, request: &Request, bytes: usize) -> Vec<u8> {
        let mut socket = TcpStream::connect(self.caller.addr).await.expect("the server listens");
        let request = request.clone().with("connection", "close").to_bytes();
        socket.write_all(&request).await.expect("the connection holds");
        let end = format!(r#""a://b/{MESSAGES}""#).into_bytes();
        let (mut raw, mut looked) = (Vec::new(), 0);
        loop {
            if self.opened.is_some() && raw.windows(4).any(|end| end == b"\r\n\r\n") {
                let _ = self.opened.take().expect("just seen").send(());
            }
            if raw.len() >= bytes && !(self.seen.is_empty() && events(&raw).is_empty()) {
                return raw;
            }
            // The session's own stream does not end by itself.
            if self.is_own() && raw[looked..].windows(end.len()).any(|part| part == end) {
                let whole = events(&raw);
                if whole.last().is_some_and(|event| number(event) == Some(MESSAGES)) {
                    return raw;
                }
            } else {
                looked = raw.len().saturating_sub(end.len());
            }
            let room = bytes.saturating_sub(raw.len()).clamp(1, 16 * 1024);
            let mut piece = vec![0; room];
            let read = patiently(socket.read(&mut piece)).await.expect("the connection holds");
            if read == 0 {
                return raw;
            }
            raw.extend_from_slice(&piece[..read]);
        }
    }

    /// Checks what came over one connection after so many messages; gives the number of
    /// the last.
    fn check(&mut self, raw: &[u8], after: u64) -> u64 {
        let mut at = after;
        for event in events(raw) {
            let (id, data) = &event;
            match number(&event) {
                None => assert_eq!((at, &**data), (0, ""), "only the first is empty"),
                Some(number) => {
                    at += 1;
                    assert_eq!(number, at, "{} after {after}: {data}", self.name);
                    assert!(self.is_mine(data), "{}: {data}", self.name);
                }
            }
            let mut ids = self.ids.lock().expect("no other test panics with it");
            let known = *ids.entry(id.clone()).or_insert((self.name, at));
            assert_eq!(known, (self.name, at), "{id} is an id of two messages");
            self.seen.push((id.clone(), at));
        }
        at
    }

    fn is_mine(&self, data: &str) -> bool {
        let message: Value = serde_json::from_str(data).expect("JSON");
        match self.is_own() {
            true => message["method"] == "notifications/resources/updated",
            false => message["params"]["data"]["stream"] == self.name || message["id"] == self.name,
        }
    }
}

/// Which of its stream's messages an event is; `None` for the empty one.
fn number((_, data): &(String, String)) -> Option<u64> {
    if data.is_empty() {
        return None;
    }
    let message: Value = serde_json::from_str(data).expect("JSON");
    if message.get("result").is_some() {
        return Some(MESSAGES + 1);
    }
    if let Some(uri) = message["params"]["uri"].as_str() {
        return uri.rsplit('/').next().and_then(|number| number.parse().ok());
    }
    Some(message["params"]["data"]["n"].as_u64().expect("a number"))
}

/// The events that are whole, id and data of each, in a response that may break off
/// anywhere.
fn events(raw: &[u8]) -> Vec<(String, String)> {
    let raw = String::from_utf8_lossy(raw);
    let Some((head, mut rest)) = raw.split_once("\r\n\r\n") else { return Vec::new() };
    assert!(head.starts_with("HTTP/1.1 200 "), "{raw}");
    let mut body = String::new();
    while let Some((size, chunk)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk's size");
        body.push_str(&chunk[..size.min(chunk.len())]);
        rest = chunk.get(size + 2..).unwrap_or("");
    }
    // What is after the last blank line is not whole.
    let whole = body.rsplit_once("\n\n").map(|(whole, _)| whole);
    whole.into_iter().flat_map(|whole| whole.split("\n\n")).map(event).collect()
}

fn event(text: &str) -> (String, String) {
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
        lines.next().unwrap_or_else(|| panic!("no {name} in {text:?}")).to_owned()
    };
    (field("id: "), field("data: "))
}

async fn announce(registry: Registry) {
    for number in 1..=MESSAGES {
        registry.notify_resource_updated(&format!("a://b/{number}"));
        if number % 16 == 0 {
            tokio::task::yield_now().await;
        }
    }
}

async fn run(version: ProtocolVersion, own: Vec<Visit>, calls: [Vec<Visit>; 3]) {
    let service = counting(&Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)));
    let registry = service.registry();
    let log = MemoryEventLog::new()
        .with_max_bytes_per_session(32 << 20)
        .with_max_events_per_stream(10_000);
    let stack = Stack::new(service).with_resume(ResumeLayer::with_log(Arc::new(log)));
    let server = TestServer::start(stack).await;
    let caller = Arc::new(Caller::of(server.addr(), version).await);
    let subscribe = caller.request(0, "resources/subscribe", json!({ "uri": "a://b" }));
    assert_eq!(caller.ask(&subscribe).await.status, 200);

    let ids = Arc::default();
    let stream = |name, opened| {
        let (caller, ids) = (Arc::clone(&caller), Arc::clone(&ids));
        Stream { caller, name, seen: Vec::new(), ids, opened }
    };
    let (opened, open) = oneshot::channel();
    let mut clients = tokio::task::JoinSet::new();
    clients.spawn(stream("own", Some(opened)).read(caller.get(), own));
    for (name, visits) in ["a", "b", "c"].into_iter().zip(calls) {
        let arguments = json!({ "name": name, "to": MESSAGES });
        let params = json!({ "name": "count", "arguments": arguments });
        let call = caller.request(name, "tools/call", params);
        clients.spawn(stream(name, None).read(call, visits));
    }
    clients.spawn(async move {
        open.await.expect("the stream opens");
        announce(registry).await;
    });
    while let Some(ended) = clients.join_next().await {
        ended.expect("no panic");
    }
}

proptest! {
    // A failure prints its case, and the seed that leads to it.
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 64, ..Default::default() })]

    #[test]
    fn each_message_comes_once_and_in_order_wherever_connections_break(
        version in prop::sample::select(LEGACY.to_vec()),
        own in vec((0..200_000_usize, any::<Index>()), 0..8),
        calls in prop::array::uniform3(vec((0..200_000_usize, any::<Index>()), 0..8)),
    ) {
        // RESUME-2, RESUME-4, RESUME-5, RESUME-6, SSE-3, SSE-4, SSE-23
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(run(version, own, calls));
    }
}
