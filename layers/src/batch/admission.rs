use std::collections::VecDeque;

use http::StatusCode;
use mcp_layers_core::{
    Batch, Inbound, Rejection, Request,
    jsonrpc::{DecodeError, DecodeErrorKind, Message, RequestId},
    protocol::{Method, ProtocolVersion, meta},
};

/// An array, taken apart.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    pub(super) requests: VecDeque<Waiting>,
    /// Notifications and replies.
    pub(super) one_way: VecDeque<Inbound>,
    /// The answers to what is no message.
    pub(super) answers: VecDeque<Message>,
    /// Why the first notification that nobody can take was refused: said only where
    /// nothing else is to be answered (RPC-10).
    pub(super) refused: Option<Rejection>,
}

/// A request that is not yet at work.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) request: Request,
    /// Notifications that cancel it: each finds it at work, wherever in the array it
    /// stood.
    pub(super) then: Vec<Inbound>,
}

/// Judges an array by its revision and its length before anything is made of it.
pub(super) fn admit(
    batch: &Batch,
    version: ProtocolVersion,
    max_length: usize,
) -> Result<Admitted, Rejection> {
    // D-35
    if version > ProtocolVersion::V2025_03_26 {
        return Err(Rejection::invalid_request(format!(
            "the revision {version} has no arrays of messages"
        ))); // RPC-24
    }
    // RPC-25
    match batch.elements().take(max_length.saturating_add(1)).count() {
        0 => return Err(Rejection::invalid_request("the array is empty")),
        length if length > max_length => {
            return Err(Rejection::invalid_request(format!(
                "the array has more than {max_length} messages"
            )));
        }
        _ => {}
    }
    let mut admitted = Admitted::default();
    for message in batch.messages() {
        match message {
            Ok(message) => admitted.take(message)?,
            Err(error) => admitted.refuse(&error),
        }
    }
    admitted.hold_cancellations();
    Ok(admitted)
}

impl Admitted {
    fn take(&mut self, message: Inbound) -> Result<(), Rejection> {
        if message.params().is_some_and(|params| params.meta().contains(meta::PROTOCOL_VERSION)) {
            return Err(Rejection::invalid_request(
                "the modern revisions have no arrays of messages",
            )); // RPC-26
        }
        match message {
            Inbound::Request(request) if request.method == Method::Initialize => {
                Err(Rejection::invalid_request("`initialize` cannot be part of an array")) // RPC-20
            }
            Inbound::Request(request) => {
                self.requests.push_back(Waiting { request, then: Vec::new() });
                Ok(())
            }
            one_way => {
                self.one_way.push_back(one_way);
                Ok(())
            }
        }
    }

    fn refuse(&mut self, error: &DecodeError) {
        let object = error.to_error_object();
        // RPC-10: only a notification has params to judge and no id.
        if error.kind() == DecodeErrorKind::InvalidParams && error.id().is_none() {
            self.refused.get_or_insert_with(|| Rejection::new(StatusCode::BAD_REQUEST, object));
        } else {
            self.answers.push_back(Message::error(error.id(), &object));
        }
    }

    /// Puts each cancellation of a request in this array behind that request.
    fn hold_cancellations(&mut self) {
        let Self { requests, one_way, .. } = self;
        one_way.retain_mut(|message| {
            let Some(id) = cancels(message) else { return true };
            let Some(waiting) = requests.iter_mut().find(|waiting| waiting.request.id == id) else {
                return true;
            };
            // What is left in its place is dropped with it.
            waiting.then.push(std::mem::replace(message, Inbound::Open));
            false
        });
    }
}

/// The request that a notification takes back.
fn cancels(message: &Inbound) -> Option<RequestId> {
    match message {
        Inbound::Notification(notification) if notification.method == Method::Cancelled => {
            RequestId::parse(notification.params.get("requestId")?).ok()
        }
        _ => None,
    }
}
