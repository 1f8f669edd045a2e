//! Every concern of an MCP server over Streamable HTTP as an independent
//! [`tower`] layer: one folder per layer, one feature per folder.
//!
//! Nothing is on by default; `full` is every layer, and `cors` is tower-http's CORS
//! layer set up by [`validate_origin`]. A layer names no other layer:
//! they share the words of [`mcp_layers_core`] and speak through its typed
//! extensions. Each module's page is the layer's contract. Costs in instructions are
//! those of a `tools/call` with 64 bytes of text, in user mode, as callgrind counts them
//! in `benches`.
//!
//! [`tower`]: https://docs.rs/tower

#[cfg(feature = "batch")]
pub mod batch;
#[cfg(feature = "cancellation")]
pub mod cancellation;
#[cfg(feature = "explorer")]
pub mod explorer;
#[cfg(feature = "http_sse")]
pub mod http_sse;
#[cfg(feature = "negotiate")]
pub mod negotiate;
#[cfg(feature = "protocol_version")]
pub mod protocol_version;
#[cfg(feature = "rate_limit")]
pub mod rate_limit;
#[cfg(feature = "request_metadata")]
pub mod request_metadata;
#[cfg(feature = "resume")]
pub mod resume;
#[cfg(feature = "session")]
pub mod session;
#[cfg(feature = "validate_host")]
pub mod validate_host;
#[cfg(feature = "validate_origin")]
pub mod validate_origin;

/// Public, so that what one layer's tests do not use is not dead code.
#[cfg(test)]
pub mod support;
