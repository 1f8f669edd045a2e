//! What comes in, as borrowed types: one parse at each depth, nothing copied.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(crate) struct Envelope<'a> {
    /// Absent on a notification.
    #[serde(borrow)]
    pub(crate) id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) method: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(crate) struct InitializeParams<'a> {
    #[serde(borrow, rename = "protocolVersion")]
    pub(crate) protocol_version: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(crate) struct CallParams<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) arguments: &'a RawValue,
}

/// The part of the same parameters that only the progress tool reads.
#[derive(Deserialize)]
pub(crate) struct ProgressParams<'a> {
    #[serde(borrow, rename = "_meta")]
    pub(crate) meta: ProgressMeta<'a>,
}

#[derive(Deserialize)]
pub(crate) struct ProgressMeta<'a> {
    #[serde(borrow, rename = "progressToken")]
    pub(crate) progress_token: &'a RawValue,
}

#[derive(Deserialize)]
pub(crate) struct EchoArguments<'a> {
    #[serde(borrow)]
    pub(crate) text: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(crate) struct AddArguments {
    pub(crate) a: i64,
    pub(crate) b: i64,
}

#[derive(Deserialize)]
pub(crate) struct ProgressArguments {
    pub(crate) steps: u32,
}
