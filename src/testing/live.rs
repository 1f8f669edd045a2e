//! What a client learns as it goes; its clones share it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use http::HeaderValue;
use mcp_layers::request_metadata::MirroredParam;
use mcp_layers_core::jsonrpc::RequestId;
use serde_json::Value;

use super::inbox::Inbox;
use crate::{LogLevel, ProtocolVersion};

#[derive(Debug, Default)]
pub(super) struct Live {
    last_id: AtomicI64,
    learnt: Mutex<Learnt>,
    pub(super) inbox: Inbox,
}

#[derive(Debug, Default)]
pub(super) struct Learnt {
    pub(super) session: Option<HeaderValue>,
    /// By `initialize`.
    pub(super) negotiated: Option<ProtocolVersion>,
    /// The result of `initialize` or `server/discover`.
    pub(super) server: Value,
    /// What modern requests ask for.
    pub(super) log_level: Option<LogLevel>,
    /// The mirrored arguments of each tool that was listed.
    pub(super) mirrored: HashMap<String, Arc<[MirroredParam]>>,
    pub(super) last_event_id: Option<String>,
}

impl Live {
    pub(super) fn next_id(&self) -> RequestId {
        RequestId::from(self.last_id.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Never held across an `await`.
    pub(super) fn learnt(&self) -> MutexGuard<'_, Learnt> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
