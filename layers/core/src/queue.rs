//! The bounded queue behind a stream: from one request's work to one client.
//!
//! Sending never waits. When the client reads too slowly and the budget of bytes
//! is spent, each message's [`Overflow`] says what gives way.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_core::Stream;

use crate::{
    Event,
    jsonrpc::{Message, Overflow},
};

/// A queue that holds up to `budget` bytes of messages.
///
/// One message is always taken when the queue is empty, however large it is.
///
/// ```
/// use mcp_layers_core::{jsonrpc::Message, queue};
///
/// let (sender, receiver) = queue::channel(64 * 1024);
/// sender.send(Message::notification("notifications/progress", &serde_json::json!({}))).unwrap();
/// drop(receiver);
/// assert!(sender.is_closed());
/// ```
#[must_use]
pub fn channel(budget: usize) -> (Sender, Receiver) {
    let shared = Arc::new(Shared { budget, state: Mutex::default() });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

/// The working end of a queue.
pub struct Sender(Arc<Shared>);

/// The client's end of a queue: a stream of its events. Dropping it closes the
/// queue.
pub struct Receiver(Arc<Shared>);

/// The queue is closed: its reader is gone, or a message did not fit that may
/// not be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

struct Shared {
    budget: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Message>,
    bytes: usize,
    /// Log messages dropped since the last one that was delivered.
    dropped: usize,
    end: End,
    reader: Option<Waker>,
    closed: Option<Waker>,
}

#[derive(Default, PartialEq, Eq)]
enum End {
    #[default]
    Open,
    /// Nothing more will be sent; what waits is still delivered.
    Finished,
    /// Nobody reads any more, or a message was lost.
    Closed,
}

impl Sender {
    /// Queues a message.
    ///
    /// # Errors
    ///
    /// [`Closed`]; the message is dropped.
    pub fn send(&self, message: Message) -> Result<(), Closed> {
        let mut state = self.0.lock();
        if state.end != End::Open {
            return Err(Closed);
        }
        let result = state.push(message, self.0.budget);
        let reader = state.reader.take();
        let closed = if result.is_err() { state.closed.take() } else { None };
        drop(state);
        reader.into_iter().chain(closed).for_each(Waker::wake);
        result
    }

    /// Queues the last message, if any: later ones are refused, and the stream
    /// ends when all is delivered.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn finish(&self, last: Option<Message>) -> Result<(), Closed> {
        let sent = last.map_or(Ok(()), |message| self.send(message));
        let mut state = self.0.lock();
        if state.end == End::Open {
            state.end = End::Finished;
        }
        let woken = state.reader.take();
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        sent
    }

    /// Whether nobody reads any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.lock().end == End::Closed
    }

    /// Waits until nobody reads any more. For one task at a time.
    pub async fn closed(&self) {
        poll_fn(|cx| {
            let mut state = self.0.lock();
            if state.end == End::Closed {
                return Poll::Ready(());
            }
            state.closed = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Sender {
    /// A queue whose work was dropped ends.
    fn drop(&mut self) {
        let _ = self.finish(None);
    }
}

impl Stream for Receiver {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut state = self.0.lock();
        if let Some(message) = state.pop() {
            return Poll::Ready(Some(message.into()));
        }
        if state.end != End::Open {
            return Poll::Ready(None);
        }
        state.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.close();
        let woken = state.closed.take();
        drop(state);
        woken.into_iter().for_each(Waker::wake);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, message: Message, budget: usize) -> Result<(), Closed> {
        if let Overflow::Latest(_) = message.overflow() {
            self.remove(|waiting| waiting.overflow() == message.overflow());
        }
        let size = message.bytes().len();
        while !self.waiting.is_empty() && self.bytes + size > budget {
            if self.remove(|waiting| waiting.overflow() == Overflow::DropOldest) {
                self.dropped += 1;
            } else if message.overflow() == Overflow::DropOldest {
                self.dropped += 1;
                return Ok(());
            } else if !self.remove(|waiting| waiting.overflow() != Overflow::Close) {
                self.close();
                return Err(Closed);
            }
        }
        self.bytes += size;
        self.waiting.push_back(message);
        Ok(())
    }

    fn pop(&mut self) -> Option<Message> {
        if self.dropped > 0 {
            return Some(lost_messages(std::mem::take(&mut self.dropped)));
        }
        let message = self.waiting.pop_front()?;
        self.bytes -= message.bytes().len();
        Some(message)
    }

    /// Removes the oldest waiting message of that sort.
    fn remove(&mut self, sort: impl Fn(&Message) -> bool) -> bool {
        let Some(at) = self.waiting.iter().position(sort) else {
            return false;
        };
        let removed = self.waiting.remove(at).expect("the position was just found");
        self.bytes -= removed.bytes().len();
        true
    }

    fn close(&mut self) {
        self.end = End::Closed;
        self.waiting = VecDeque::new();
        self.bytes = 0;
        self.dropped = 0;
    }
}

/// Says on the stream itself that log messages are missing.
fn lost_messages(count: usize) -> Message {
    #[derive(serde::Serialize)]
    struct Params {
        level: &'static str,
        data: String,
    }
    let data = format!("{count} log messages dropped: the client reads too slowly");
    Message::notification("notifications/message", &Params { level: "warning", data })
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("closed", &self.is_closed()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stream is closed")
    }
}

impl std::error::Error for Closed {}
