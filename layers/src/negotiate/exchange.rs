//! What is kept of a request until it is answered.

use mcp_layers_core::{Inbound, jsonrpc::RequestId, protocol::meta};

use super::{accept::Accept, layer::Settings};

pub(super) struct Exchange {
    pub(super) accept: Accept,
    pub(super) subject: Subject,
    pub(super) settings: Settings,
}

/// What was asked.
pub(super) enum Subject {
    /// A request; modern if it carries a claim (D-1).
    Call { id: RequestId, modern: bool },
    /// A notification or a reply, which no message answers.
    OneWay,
    /// GET.
    Open,
    /// An array of messages.
    Batch,
    /// DELETE.
    Terminate,
}

impl Exchange {
    pub(super) fn posted(accept: Accept, inbound: &Inbound, settings: Settings) -> Self {
        Self { accept, subject: Subject::of(inbound), settings }
    }

    /// GET was admitted for streams alone; DELETE is answered with anything.
    pub(super) fn bodiless(inbound: &Inbound, settings: Settings) -> Self {
        Self::posted(Accept::BOTH, inbound, settings)
    }

    pub(super) fn request_id(&self) -> Option<&RequestId> {
        match &self.subject {
            Subject::Call { id, .. } => Some(id),
            _ => None,
        }
    }

    pub(super) fn is_modern(&self) -> bool {
        matches!(self.subject, Subject::Call { modern: true, .. })
    }
}

impl Subject {
    fn of(inbound: &Inbound) -> Self {
        match inbound {
            Inbound::Request(request) => Self::Call {
                id: request.id.clone(),
                modern: request.params.meta().contains(meta::PROTOCOL_VERSION),
            },
            Inbound::Notification(_) | Inbound::Reply(_) => Self::OneWay,
            Inbound::Open => Self::Open,
            Inbound::Batch(_) => Self::Batch,
            _ => Self::Terminate,
        }
    }
}
