//! What the layer must know of the messages it passes on.

use std::borrow::Cow;

use bytes::Bytes;
use mcp_layers_core::protocol::{Era, ProtocolVersion};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

/// The messages of a JSON body: the elements of an array each by itself (LEGACY-SSE-3).
pub(super) fn split(body: &Bytes) -> Vec<Bytes> {
    if !body.trim_ascii_start().starts_with(b"[") {
        return vec![body.clone()];
    }
    let elements: Vec<&RawValue> = serde_json::from_slice(body).unwrap_or_default();
    elements.into_iter().map(|element| body.slice_ref(element.get().as_bytes())).collect()
}

/// Whether it is a response that names its request: `null` names none.
pub(super) fn is_answer(message: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Shape<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
        method: Option<IgnoredAny>,
    }
    serde_json::from_slice(message)
        .is_ok_and(|shape: Shape<'_>| shape.id.is_some() && shape.method.is_none())
}

/// The revision that an answer to `initialize` speaks of.
pub(super) fn negotiated_version(message: &[u8]) -> Option<ProtocolVersion> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        result: Initialized<'a>,
    }
    #[derive(Deserialize)]
    struct Initialized<'a> {
        #[serde(borrow, rename = "protocolVersion")]
        version: Cow<'a, str>,
    }
    let answer: Answer<'_> = serde_json::from_slice(message).ok()?;
    // LEGACY-SSE-9
    ProtocolVersion::from_name(&answer.result.version).filter(|v| v.era() == Era::Legacy)
}
