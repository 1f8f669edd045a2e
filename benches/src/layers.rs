//! The layers of the default stack, in the order in which `layers --layers N` adds them.

/// From the border inwards and then outwards: each is added to those before it.
pub const LAYERS: [&str; 6] = [
    "protocol_version",
    "request_metadata",
    "session",
    "cancellation",
    "validate_origin",
    "validate_host",
];
