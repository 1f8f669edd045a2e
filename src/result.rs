//! Writing results: once, straight into the response.

use mcp_layers_core::{
    jsonrpc::{Message, RawJson, RequestId},
    protocol::{ProtocolVersion, meta},
};
use serde::Serialize;

use crate::{Implementation, Meta};

/// The revision a result is written for, and who writes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) version: ProtocolVersion,
    pub(crate) signature: &'a Signature,
}

/// The server's `Implementation`, as modern results carry it in `_meta`
/// (META-34).
#[derive(Debug, Clone)]
pub(crate) struct Signature(RawJson);

impl Signature {
    pub(crate) fn new(server: &Implementation) -> Self {
        Self(RawJson::from_value(server).expect("an Implementation serialises"))
    }

    pub(crate) fn as_json(&self) -> &RawJson {
        &self.0
    }
}

/// A result's members, one after the other.
#[derive(Debug)]
pub(crate) struct ResultWriter<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
    result_type: &'static str,
    /// A member of `_meta` that the protocol defines, and its JSON.
    own_meta: Option<(&'static str, &'a str)>,
}

impl<'a> ResultWriter<'a> {
    /// The response to `id` whose result's members `write` writes. `hint` is the
    /// likely size in bytes.
    pub(crate) fn message(
        id: &RequestId,
        view: View<'_>,
        hint: usize,
        write: impl FnOnce(&mut ResultWriter<'_>) -> Option<Meta>,
    ) -> Message {
        let hint = hint + 64 + view.signature.0.as_bytes().len();
        Message::result_with(id, hint, |out| {
            out.push(b'{');
            let mut writer =
                ResultWriter { out, first: true, result_type: "complete", own_meta: None };
            let meta = write(&mut writer);
            writer.finish(view, meta);
        })
    }

    /// The response to `id` that ends its subscription (LISTEN-4, LISTEN-11).
    pub(crate) fn end_of_subscription(id: &RequestId, view: View<'_>) -> Message {
        let json = id.as_json();
        let hint = 128 + view.signature.0.as_bytes().len();
        Message::result_with(id, hint, |out| {
            out.push(b'{');
            let own_meta = Some((meta::SUBSCRIPTION_ID, &*json));
            let writer = ResultWriter { out, first: true, result_type: "complete", own_meta };
            writer.finish(view, None);
        })
    }

    /// What sort of result it is, in the modern era (RPC-7).
    #[cfg(feature = "asking")]
    pub(crate) fn set_type(&mut self, result_type: &'static str) {
        self.result_type = result_type;
    }

    /// A member. A value that does not serialise becomes `null`.
    pub(crate) fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        self.raw(key, |out| {
            let start = out.len();
            if serde_json::to_writer(&mut *out, value).is_err() {
                out.truncate(start);
                out.extend_from_slice(b"null");
            }
        });
    }

    /// A member whose JSON `write` appends.
    pub(crate) fn raw(&mut self, key: &str, write: impl FnOnce(&mut Vec<u8>)) {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        write(self.out);
    }

    /// Members already written, without the braces around them.
    pub(crate) fn members(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.separate();
        write(self.out);
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
    }

    /// What every result ends with: `resultType` and the signature in the modern
    /// era (RPC-7, META-34), nothing of the sort in the legacy one (RPC-8).
    fn finish(mut self, view: View<'_>, meta: Option<Meta>) {
        let meta = meta.unwrap_or_default();
        if view.version.is_modern() {
            let (result_type, own_meta) = (self.result_type, self.own_meta);
            self.raw("resultType", |out| {
                out.push(b'"');
                out.extend_from_slice(result_type.as_bytes());
                out.push(b'"');
            });
            self.raw("_meta", |out| {
                out.extend_from_slice(b"{\"");
                out.extend_from_slice(meta::SERVER_INFO.as_bytes());
                out.extend_from_slice(b"\":");
                out.extend_from_slice(view.signature.0.as_bytes());
                if let Some((key, json)) = own_meta {
                    out.extend_from_slice(b",\"");
                    out.extend_from_slice(key.as_bytes());
                    out.extend_from_slice(b"\":");
                    out.extend_from_slice(json.as_bytes());
                }
                for (key, value) in meta.iter() {
                    out.push(b',');
                    write_entry(out, key, value);
                }
                out.push(b'}');
            });
        } else if !meta.is_empty() {
            self.member("_meta", &meta);
        }
        self.out.push(b'}');
    }
}

fn write_entry(out: &mut Vec<u8>, key: &str, value: &serde_json::Value) {
    serde_json::to_writer(&mut *out, key).expect("a string serialises");
    out.push(b':');
    serde_json::to_writer(&mut *out, value).expect("a JSON tree serialises");
}
