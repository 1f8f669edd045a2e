use std::fmt;

use mcp_layers_core::extensions::{Principal, SessionHandle};

/// The end of a session on this node, as a hook is told of it; see
/// [`SessionLayer::on_end`](super::SessionLayer::on_end).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SessionEnd {
    /// The session. Its [`ended`](SessionHandle::ended) token has fired.
    pub session: SessionHandle,
    /// Who opened it; `None` for an anonymous caller.
    pub principal: Option<Principal>,
    /// Why it ended.
    pub reason: SessionEndReason,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionEndReason {
    /// The client said so, by DELETE on this node (SESS-9).
    Deleted,
    /// The store has it no more: its time is over, or another node has ended it.
    Expired,
    /// This node shuts down. The record stays in the store: where nodes share one, the
    /// session goes on elsewhere.
    ShuttingDown,
}

/// What a server's author wants done at the end of a session.
pub(super) struct OnEnd(Box<dyn Fn(&SessionEnd) + Send + Sync>);

impl OnEnd {
    pub(super) fn new(hook: impl Fn(&SessionEnd) + Send + Sync + 'static) -> Self {
        Self(Box::new(hook))
    }

    pub(super) fn call(&self, end: &SessionEnd) {
        (self.0)(end);
    }
}

impl fmt::Debug for OnEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnEnd").finish_non_exhaustive()
    }
}
