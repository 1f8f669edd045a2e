use mcp_layers_core::jsonrpc::{Params, RequestId};

/// What a `notifications/cancelled` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) id: RequestId,
    pub(super) reason: Option<Box<str>>,
}

/// How much of a client's reason is kept, in bytes.
pub(super) const MAX_REASON: usize = 1024;

impl Notice {
    /// `None` if it names no request: such a notification has no effect (CANCEL-7,
    /// CANCEL-20).
    pub(super) fn read(params: &Params) -> Option<Self> {
        let id = RequestId::parse(params.get("requestId")?).ok()?;
        let reason = params.string("reason").map(|reason| {
            let end =
                (0..=MAX_REASON.min(reason.len())).rev().find(|at| reason.is_char_boundary(*at));
            reason[..end.unwrap_or(0)].into()
        });
        Some(Self { id, reason })
    }
}
