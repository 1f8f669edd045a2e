//! Who is told that the list of tools has changed.

use std::sync::{Mutex, PoisonError};

use rmcp::service::SubscriptionContext;
use rmcp::{Peer, RoleServer};
use tokio::sync::broadcast;

pub(crate) struct Changes {
    sessions: Mutex<Vec<Peer<RoleServer>>>,
    subscriptions: broadcast::Sender<()>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { sessions: Mutex::default(), subscriptions: broadcast::Sender::new(16) }
    }
}

impl Changes {
    pub(crate) fn add_session(&self, session: Peer<RoleServer>) {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }

    /// Tells every legacy session and every subscription.
    pub(crate) async fn announce(&self) {
        // An error says that nobody listens.
        let _ = self.subscriptions.send(());
        let sessions = {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.retain(|session| !session.is_transport_closed());
            sessions.clone()
        };
        for session in sessions {
            let _ = session.notify_tool_list_changed().await;
        }
    }

    /// Tells one subscription of every change until its client leaves.
    pub(crate) async fn forward(&self, subscription: &SubscriptionContext) {
        let mut changes = self.subscriptions.subscribe();
        loop {
            tokio::select! {
                () = subscription.cancelled() => return,
                change = changes.recv() => {
                    let told = subscription.sink().notify_tool_list_changed().await;
                    if change == Err(broadcast::error::RecvError::Closed) || told.is_err() {
                        return;
                    }
                }
            }
        }
    }
}
