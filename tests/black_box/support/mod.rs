//! What the black-box tests share.
//!
//! ```ignore
//! let server = TestServer::of(service).await;
//! for version in ProtocolVersion::ALL {
//!     let client = server.client(version).await;
//!     let result = client.result("tools/list", json!({})).await;
//! }
//! ```
//!
//! [`Client`] speaks its revision as the revision wants it: handshake and session,
//! or `_meta` and mirrored headers on each request. Each request goes over a
//! connection of its own.

mod client;
mod exchange;
pub(crate) mod schema;
mod server;
mod sse;
mod wire;

pub(crate) use client::Client;
pub(crate) use exchange::{Answer, Exchange, Refusal};
pub(crate) use server::TestServer;

use mcp_stack::ProtocolVersion;

/// The revisions with a handshake, oldest first.
pub(crate) const LEGACY: [ProtocolVersion; 4] = [
    ProtocolVersion::V2024_11_05,
    ProtocolVersion::V2025_03_26,
    ProtocolVersion::V2025_06_18,
    ProtocolVersion::V2025_11_25,
];

/// The revision without one.
pub(crate) const MODERN: ProtocolVersion = ProtocolVersion::V2026_07_28;
