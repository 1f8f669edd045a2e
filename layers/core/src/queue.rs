//! The bounded queue behind a stream: from one request's work to one client.
//!
//! Sending never waits. When the client reads too slowly and the budget of bytes
//! is spent, each message's [`Overflow`] says what gives way.

mod waiting;

#[cfg(test)]
mod tests;

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_core::Stream;

use self::waiting::Waiting;
use crate::{
    Event,
    jsonrpc::{Message, Overflow},
    protocol::LogLevel,
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

/// The queue takes no more: it was finished, its reader is gone, or a message did
/// not fit that may not be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

struct Shared {
    budget: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    /// Log messages dropped since the last one that was delivered.
    dropped: usize,
    /// The least severe log message the client wants, where it said so.
    log_level: Option<LogLevel>,
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
    /// Nobody reads any more, or a message was lost. In the second case what was
    /// taken before is still delivered.
    Closed,
}

impl Sender {
    /// Queues a message.
    ///
    /// # Errors
    ///
    /// [`Closed`]; the message is dropped.
    pub fn send(&self, message: Message) -> Result<(), Closed> {
        self.0.change(|state| state.push(message, self.0.budget))
    }

    /// Says which log messages the client wants: the one that tells it how many were
    /// dropped is a warning, or as severe as it must be to be wanted (LOG-4).
    pub fn set_log_level(&self, least: LogLevel) {
        self.0.lock().log_level = Some(least);
    }

    /// Queues the last message, if any: later ones are refused, and the stream
    /// ends when all is delivered.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn finish(&self, last: Option<Message>) -> Result<(), Closed> {
        self.0.change(|state| {
            let sent = last.map_or(Ok(()), |message| state.push(message, self.0.budget));
            if state.end == End::Open {
                state.end = End::Finished;
            }
            sent
        })
    }

    /// Whether nobody reads any more, or a message was lost that may not be.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.lock().end == End::Closed
    }

    /// Waits until [`is_closed`](Self::is_closed). For one task at a time, which
    /// [`poll_closed`](Self::poll_closed) counts as well.
    pub async fn closed(&self) {
        poll_fn(|cx| self.poll_closed(cx)).await;
    }

    /// Ready once [`is_closed`](Self::is_closed); wakes the task that asked last.
    pub fn poll_closed(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock();
        if state.end == End::Closed {
            return Poll::Ready(());
        }
        let old = replace_waker(&mut state.closed, cx.waker());
        drop(state);
        drop(old);
        Poll::Pending
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
        let old = replace_waker(&mut state.reader, cx.waker());
        drop(state);
        drop(old);
        Poll::Pending
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let rest = self.0.change(|state| {
            state.end = End::Closed;
            (std::mem::take(&mut state.waiting), state.reader.take())
        });
        drop(rest);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, then wakes whom that concerns.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        let reader = state.reader.take();
        let closed = if state.end == End::Closed { state.closed.take() } else { None };
        drop(state);
        reader.into_iter().chain(closed).for_each(Waker::wake);
        result
    }
}

impl State {
    fn push(&mut self, message: Message, budget: usize) -> Result<(), Closed> {
        if self.end != End::Open {
            return Err(Closed);
        }
        if let Overflow::Latest(_) = message.overflow() {
            self.waiting.remove(|waiting| waiting.overflow() == message.overflow());
        }
        let size = message.bytes().len();
        while !self.waiting.is_empty() && self.waiting.bytes() + size > budget {
            if self.waiting.remove(|waiting| waiting.overflow() == Overflow::DropOldest) {
                self.dropped += 1;
                continue;
            }
            if message.overflow() == Overflow::DropOldest {
                self.dropped += 1;
                return Ok(());
            }
            if self.waiting.remove(|waiting| waiting.overflow() != Overflow::Close) {
                continue;
            }
            if message.overflow() == Overflow::Close {
                self.end = End::Closed;
                return Err(Closed);
            }
            return Ok(());
        }
        self.waiting.push(message);
        Ok(())
    }

    fn pop(&mut self) -> Option<Message> {
        if self.dropped > 0 {
            return Some(lost_messages(std::mem::take(&mut self.dropped), self.log_level));
        }
        self.waiting.pop()
    }
}

/// Puts a waker in its place. The old one is handed out to be dropped without the
/// lock: with it may go a task that holds an end of the queue.
fn replace_waker(place: &mut Option<Waker>, waker: &Waker) -> Option<Waker> {
    if place.as_ref().is_some_and(|old| old.will_wake(waker)) {
        return None;
    }
    place.replace(waker.clone())
}

/// The message that says on a stream itself how many log messages are missing there: a
/// warning, or as severe as `least`, the least severe that the client wants (LOG-4).
#[must_use]
pub fn lost_messages(count: usize, least: Option<LogLevel>) -> Message {
    #[derive(serde::Serialize)]
    struct Params {
        level: LogLevel,
        data: String,
    }
    let level = least.map_or(LogLevel::Warning, |least| least.max(LogLevel::Warning));
    let data = format!("{count} log messages dropped: the client reads too slowly");
    Message::notification("notifications/message", &Params { level, data })
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
