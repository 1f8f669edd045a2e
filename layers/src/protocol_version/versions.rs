use http::HeaderMap;
use mcp_layers_core::{
    Inbound, Rejection,
    extensions::ServedVersions,
    headers::MCP_SESSION_ID,
    protocol::{Era, ProtocolVersion, meta},
};

use super::{
    era::{self, Stated},
    header,
};

/// The revision of a legacy message that does not name one (VER-10).
const ASSUMED: ProtocolVersion = ProtocolVersion::V2025_03_26;

/// Judges what a message says of its revision by those that are served.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Versions {
    pub(super) served: ServedVersions,
    pub(super) any_legacy_header: bool,
}

impl Versions {
    /// The revision this message is served by.
    pub(super) fn judge(
        &self,
        headers: &HeaderMap,
        body: &Inbound,
    ) -> Result<ProtocolVersion, Rejection> {
        let header = header::read(headers);
        match era::read(body, header.as_deref()) {
            Stated::Claim(claim) => self.claimed(&claim, header.as_deref(), body),
            Stated::BrokenClaim => Err(Rejection::invalid_params(format!(
                "`_meta[\"{}\"]` must be a string",
                meta::PROTOCOL_VERSION
            ))),
            Stated::Initialize(asked) => self.negotiated(asked.as_deref()),
            Stated::ModernHeader(name) => self.claimless(name, body),
            Stated::Legacy(name) => self.legacy(name, headers, body),
        }
    }

    fn find(&self, name: &str, era: Era) -> Option<ProtocolVersion> {
        self.served.of(era).iter().copied().find(|version| version.as_str() == name)
    }

    /// Header against claim comes before whether the claim is served (ERR-8).
    fn claimed(
        &self,
        claim: &str,
        header: Option<&str>,
        body: &Inbound,
    ) -> Result<ProtocolVersion, Rejection> {
        match header {
            Some(header) if header != claim => {
                return Err(Rejection::header_mismatch(format!(
                    "the header `MCP-Protocol-Version` is {header:?}, which `_meta[\"{}\"]` is not",
                    meta::PROTOCOL_VERSION
                ))); // VER-6
            }
            // VER-21: a notification needs no header. D-5: a request does.
            None if !matches!(body, Inbound::Notification(_)) => {
                return Err(Rejection::header_mismatch(format!(
                    "the header `MCP-Protocol-Version` is missing, `_meta[\"{}\"]` is not",
                    meta::PROTOCOL_VERSION
                ))); // VER-5
            }
            _ => {}
        }
        // D-6: `_meta` cannot claim a legacy revision.
        self.find(claim, Era::Modern)
            .ok_or_else(|| Rejection::unsupported_version(claim, &self.served)) // VER-7
    }

    fn negotiated(&self, asked: Option<&str>) -> Result<ProtocolVersion, Rejection> {
        let Some(newest) = self.served.newest(Era::Legacy) else {
            return Err(self.no_handshake(asked));
        };
        // VER-17: among the legacy ones only. INIT-3, INIT-4.
        Ok(asked.and_then(|name| self.find(name, Era::Legacy)).unwrap_or(newest))
    }

    /// `initialize`, where no legacy revision is served (VER-18).
    fn no_handshake(&self, asked: Option<&str>) -> Rejection {
        match asked {
            Some(name) if self.find(name, Era::Modern).is_none() => {
                Rejection::unsupported_version(name, &self.served)
            }
            // D-33: no -32022 where no version was named, nor for one that is served.
            _ => Rejection::invalid_params(format!(
                "`initialize` is not part of what this server speaks: {}; \
                 send requests with `_meta[\"{}\"]` instead",
                self.served,
                meta::PROTOCOL_VERSION
            )),
        }
    }

    /// The header names a modern revision, and nothing in the body does.
    fn claimless(&self, name: &str, body: &Inbound) -> Result<ProtocolVersion, Rejection> {
        match body {
            // VER-21
            Inbound::Notification(_) => self
                .find(name, Era::Modern)
                .ok_or_else(|| Rejection::unsupported_version(name, &self.served)),
            Inbound::Request(_) => Err(Rejection::invalid_params(format!(
                "the header `MCP-Protocol-Version` is {name:?}, so `params` must have \
                 `_meta[\"{}\"]`",
                meta::PROTOCOL_VERSION
            ))), // VER-9, D-4
            _ => Err(not_modern(body)),
        }
    }

    fn legacy(
        &self,
        name: Option<&str>,
        headers: &HeaderMap,
        body: &Inbound,
    ) -> Result<ProtocolVersion, Rejection> {
        match name {
            // NEG-3: without legacy there is no GET and no DELETE, whatever the header.
            _ if self.served.of(Era::Legacy).is_empty() && !is_posted(body) => {
                Err(not_modern(body))
            }
            None => self.assumed(headers, body),
            Some(name) => match self.find(name, Era::Legacy) {
                Some(version) => Ok(version),
                None if self.any_legacy_header => self.assumed(headers, body),
                None => Err(Rejection::unsupported_version(name, &self.served)), // VER-12, VER-13
            },
        }
    }

    /// The revision of a legacy message without a usable header. It stands until
    /// the session layer puts the negotiated one in its place (VER-11).
    fn assumed(&self, headers: &HeaderMap, body: &Inbound) -> Result<ProtocolVersion, Rejection> {
        let legacy = self.served.of(Era::Legacy);
        let Some(oldest) = legacy.first().copied() else {
            return Err(self.unnamed(body));
        };
        match legacy.iter().rev().find(|version| **version <= ASSUMED) {
            Some(version) => Ok(*version),
            None if is_posted(body) && !headers.contains_key(MCP_SESSION_ID) => {
                Err(Rejection::invalid_request(format!(
                    "without a session the header `MCP-Protocol-Version` is required; {}",
                    self.served
                ))) // VER-10
            }
            None => Ok(oldest),
        }
    }

    /// A message that names no revision, where only the modern era is served.
    fn unnamed(&self, body: &Inbound) -> Rejection {
        match body {
            Inbound::Request(_) | Inbound::Notification(_) => Rejection::header_mismatch(format!(
                "the header `MCP-Protocol-Version` is missing; {}",
                self.served
            )), // VER-10
            _ => not_modern(body),
        }
    }
}

fn is_posted(body: &Inbound) -> bool {
    !matches!(body, Inbound::Open | Inbound::Terminate)
}

/// What the modern era does not know: GET and DELETE (NEG-3, NEG-4), replies
/// (NEG-13) and arrays (RPC-24).
fn not_modern(body: &Inbound) -> Rejection {
    match body {
        Inbound::Open | Inbound::Terminate => Rejection::method_not_allowed("POST"),
        Inbound::Batch(_) => {
            Rejection::invalid_request("the modern revisions have no arrays of messages")
        }
        _ => Rejection::invalid_request("the modern revisions have no replies from clients"),
    }
}
