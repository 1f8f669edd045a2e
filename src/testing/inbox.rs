//! Notifications, kept in the order in which they came.

use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use tokio::sync::Notify;

/// A notification from the server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Notification {
    /// Such as `notifications/progress`.
    pub method: String,
    /// Its params; `null` if it has none.
    pub params: Value,
}

impl Notification {
    pub(super) fn of(message: &Value) -> Self {
        let method = message["method"].as_str().unwrap_or_default().to_owned();
        Self { method, params: message["params"].clone() }
    }
}

#[derive(Debug, Default)]
pub(super) struct Inbox {
    held: Mutex<Held>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Held {
    notifications: Vec<Notification>,
    /// How many have been taken by [`Inbox::next`].
    taken: usize,
    is_closed: bool,
}

impl Inbox {
    pub(super) fn push(&self, notification: Notification) {
        self.held().notifications.push(notification);
        self.changed.notify_waiters();
    }

    /// No more will come.
    pub(super) fn close(&self) {
        self.held().is_closed = true;
        self.changed.notify_waiters();
    }

    pub(super) fn all(&self) -> Vec<Notification> {
        self.held().notifications.clone()
    }

    /// The oldest that was not taken yet; waits for one. `None` once closed.
    pub(super) async fn next(&self) -> Option<Notification> {
        loop {
            let mut changed = pin!(self.changed.notified());
            // Before looking, so that what comes in between is not missed.
            changed.as_mut().enable();
            {
                let mut held = self.held();
                if let Some(next) = held.notifications.get(held.taken).cloned() {
                    held.taken += 1;
                    return Some(next);
                }
                if held.is_closed {
                    return None;
                }
            }
            changed.await;
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
