use http::{HeaderMap, Request};
use mcp_layers_core::{
    Inbound, Rejection, extensions::SessionId, headers::MCP_SESSION_ID, protocol::Method,
};

/// What is left to the builder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// A request without a session is served all the same.
    pub(super) optional: bool,
    /// Nothing much is served before `notifications/initialized`.
    pub(super) require_initialized: bool,
    /// A client may end its session.
    pub(super) delete: bool,
}

/// How a legacy request stands to sessions, by its header and kind alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It opens one.
    Opens,
    /// It names this one.
    Names(SessionId),
    /// It goes without.
    Without,
}

/// How much of `initialize` a session keeps, in bytes of JSON text: `capabilities`
/// and `clientInfo` together.
pub(super) const MAX_KEPT: usize = 16 * 1024;

impl Rules {
    pub(super) fn admit(self, request: &Request<Inbound>) -> Result<Admission, Rejection> {
        if let Some(id) = named(request.headers())? {
            return Ok(Admission::Names(id));
        }
        match request.body() {
            Inbound::Request(message) if message.method == Method::Initialize => {
                let kept = ["capabilities", "clientInfo"].map(|key| message.params.get(key));
                if kept.into_iter().flatten().map(str::len).sum::<usize>() > MAX_KEPT {
                    return Err(Rejection::invalid_params(
                        "capabilities and clientInfo are longer than 16 KiB together",
                    ));
                }
                Ok(Admission::Opens) // INIT-11
            }
            Inbound::Open => Err(self.method_not_allowed()), // D-18, SESS-19
            Inbound::Terminate if !self.delete => Err(self.method_not_allowed()),
            Inbound::Terminate => Err(missing()),
            _ if self.optional => Ok(Admission::Without), // SESS-19
            _ => Err(missing()),                          // SESS-5
        }
    }

    pub(super) fn method_not_allowed(self) -> Rejection {
        Rejection::method_not_allowed(if self.delete { "POST, DELETE" } else { "POST" })
    }
}

/// The session that the headers name. What is no id of ours was never issued, and
/// gets the same 404 (SESS-7).
fn named(headers: &HeaderMap) -> Result<Option<SessionId>, Rejection> {
    let mut lines = headers.get_all(MCP_SESSION_ID).iter();
    let Some(first) = lines.next() else { return Ok(None) };
    if lines.any(|line| line != first) {
        return Err(Rejection::invalid_request("two different Mcp-Session-Id headers"));
    }
    match SessionId::parse(first.as_bytes()) {
        Ok(id) => Ok(Some(id)),
        Err(_) => Err(Rejection::session_not_found()),
    }
}

fn missing() -> Rejection {
    Rejection::invalid_request(
        "the Mcp-Session-Id header is missing: send the one that came with the answer to initialize",
    )
}
