use std::{
    fmt,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, request::Parts};
use mcp_layers_core::{
    extensions::{CancelReason, CancelToken, Principal, SessionId},
    headers::{MCP_PROTOCOL_VERSION, MCP_SESSION_ID},
    protocol::ProtocolVersion,
    shutdown::Shutdown,
};
use tokio::sync::Notify;

use super::{layer::Rules, messages, queue::Queue, route::SESSION_ID};

/// One client of the old transport: its stream, and the session behind it.
pub(super) struct Stream {
    id: SessionId,
    /// The GET that opened it: its headers and extensions go with what the layer asks in
    /// the client's name.
    opener: Parts,
    queue: Queue,
    stall: Duration,
    closed: CancelToken,
    /// Fires after `closed`, when the endpoint has been told.
    ended: CancelToken,
    session: Mutex<Session>,
    posts: AtomicUsize,
    /// Told when no message is at work.
    quiet: Notify,
}

/// What `initialize` came to.
#[derive(Debug, Default)]
struct Session {
    id: Option<HeaderValue>,
    version: Option<ProtocolVersion>,
    listens: bool,
}

/// A message at work.
#[derive(Debug)]
pub(super) struct Post(Arc<Stream>);

impl Stream {
    pub(super) fn new(
        id: SessionId,
        opener: Parts,
        rules: &Rules,
        shutdown: Option<&Shutdown>,
    ) -> Self {
        Self {
            id,
            opener,
            queue: Queue::new(rules.stream_budget),
            stall: rules.stall,
            closed: CancelToken::child_of(shutdown.map(Shutdown::token)),
            ended: CancelToken::new(),
            session: Mutex::default(),
            posts: AtomicUsize::new(0),
            quiet: Notify::new(),
        }
    }

    pub(super) fn id(&self) -> SessionId {
        self.id
    }

    pub(super) fn opener(&self) -> &Parts {
        &self.opener
    }

    pub(super) fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(super) fn principal(&self) -> Option<&Principal> {
        self.opener.extensions.get()
    }

    /// The first event (LEGACY-SSE-2).
    pub(super) fn endpoint_event(&self, rules: &Rules) -> Bytes {
        let path = rules.public_path.as_deref().unwrap_or(rules.message_path.as_str());
        let joint = if path.contains('?') { '&' } else { '?' };
        let id = self.id.to_wire();
        format!("event: endpoint\ndata: {path}{joint}{SESSION_ID}={id}\n\n").into()
    }

    /// Counts one more message at work, up to a limit.
    pub(super) fn begin_post(self: &Arc<Self>, max: usize) -> Option<Post> {
        let one_more = |posts| (posts < max).then_some(posts + 1);
        self.posts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Post(Arc::clone(self)))
    }

    /// Waits until no message is at work.
    pub(super) async fn quiet(&self) {
        while self.posts.load(Ordering::Acquire) > 0 {
            self.quiet.notified().await;
        }
    }

    /// Sends one JSON-RPC message (LEGACY-SSE-3). `false` if the stream is closed: a
    /// client that reads nothing for too long loses it.
    pub(super) async fn send(&self, message: &[u8]) -> bool {
        self.learn_version(message);
        let event = encode(message);
        match tokio::time::timeout(self.stall, self.queue.room(event.len())).await {
            Ok(Some(room)) => {
                self.queue.push(event, room);
                true
            }
            Ok(None) => false,
            Err(_) => {
                tracing::debug!(stream = %self.id, "closed: its client does not read");
                self.abandon();
                false
            }
        }
    }

    /// Takes note of the session that the answer to `initialize` opens.
    pub(super) fn learn_session(&self, headers: &HeaderMap) {
        if let Some(id) = headers.get(MCP_SESSION_ID) {
            self.lock().id.get_or_insert_with(|| id.clone());
        }
    }

    pub(super) fn has_session(&self) -> bool {
        self.lock().id.is_some()
    }

    /// The session, for whoever is to end it: for one alone.
    pub(super) fn take_session(&self) -> Option<HeaderValue> {
        self.lock().id.take()
    }

    /// Whether this is the first time that the session could listen.
    pub(super) fn begins_to_listen(&self) -> bool {
        let mut session = self.lock();
        session.id.is_some() && !std::mem::replace(&mut session.listens, true)
    }

    /// Puts the session's headers in the place of what the client sent of that sort.
    pub(super) fn set_headers(&self, headers: &mut HeaderMap) {
        let session = self.lock();
        set(headers, MCP_SESSION_ID, session.id.clone());
        let version = session.version.map(|version| HeaderValue::from_static(version.as_str()));
        set(headers, MCP_PROTOCOL_VERSION, version);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    pub(super) async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// Lets go of what still runs.
    pub(super) fn end(&self) {
        self.ended.cancel(CancelReason::SessionEnded);
    }

    /// Ends the stream once what waits is delivered.
    pub(super) fn close(&self) {
        self.queue.finish();
        self.closed.cancel(CancelReason::SessionEnded);
    }

    /// Ends the stream at once: nobody reads it.
    pub(super) fn abandon(&self) {
        self.queue.clear();
        self.closed.cancel(CancelReason::Disconnected);
    }

    /// What the future comes to, unless the stream is closed before.
    pub(super) async fn unless_closed<F: Future>(&self, future: F) -> Option<F::Output> {
        unless(&self.closed, future).await
    }

    /// The same for work inside, which is to hear of the session's end before it is dropped.
    pub(super) async fn unless_ended<F: Future>(&self, future: F) -> Option<F::Output> {
        unless(&self.ended, future).await
    }

    /// Takes note of the revision that the answer to `initialize` names.
    fn learn_version(&self, message: &[u8]) {
        let mut session = self.lock();
        if session.version.is_none() {
            session.version = messages::negotiated_version(message);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The opener's headers are the client's secrets.
impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        if self.0.posts.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.quiet.notify_one();
        }
    }
}

async fn unless<F: Future>(token: &CancelToken, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut cancelled = token.cancelled();
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Pin::new(&mut cancelled).poll(cx).map(|_| None),
    })
    .await
}

fn set(headers: &mut HeaderMap, name: http::HeaderName, value: Option<HeaderValue>) {
    match value {
        Some(value) => drop(headers.insert(name, value)),
        None => drop(headers.remove(name)),
    }
}

/// Line breaks can stand in JSON between tokens only, where a blank means the same.
fn encode(message: &[u8]) -> Bytes {
    const HEAD: &[u8] = b"event: message\ndata: ";
    let mut event = BytesMut::with_capacity(HEAD.len() + message.len() + 2);
    event.put_slice(HEAD);
    event.put_slice(message);
    for byte in &mut event[HEAD.len()..] {
        if matches!(byte, b'\r' | b'\n') {
            *byte = b' ';
        }
    }
    event.put_slice(b"\n\n");
    event.freeze()
}
