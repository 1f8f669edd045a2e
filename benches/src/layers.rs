//! The layers, in the order in which `layers --layers N` adds them.

/// Each is added to those before it: the default stack's from the border inwards and then
/// outwards, then those it does without.
pub const LAYERS: [&str; 11] = [
    "protocol_version",
    "request_metadata",
    "session",
    "cancellation",
    "validate_origin",
    "validate_host",
    "rate_limit",
    "resume",
    "batch",
    "http_sse",
    "explorer",
];
