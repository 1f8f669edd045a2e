use std::{borrow::Cow, ops::Range};

use bytestring::ByteString;

use super::{
    DecodeError,
    DecodeErrorKind::{InvalidParams, InvalidRequest},
    Params, RawJson, RequestId,
    members::{Key, Members, ParamsParts, Span, unquote},
    scan::{Scanner, SyntaxError},
};
use crate::{Inbound, Notification, Reply, Request, clipped::Clipped, protocol::Method};

/// The most members that `params` or `_meta` may have.
const MAX_MEMBERS: usize = 64;

/// The envelope as found, before it is judged: the scan always goes to the end,
/// so that the id is known wherever it stands.
#[derive(Default)]
pub(super) struct Envelope {
    jsonrpc: Option<Range<usize>>,
    id: Option<Range<usize>>,
    method: Option<Range<usize>>,
    params: Option<ParamsFound>,
    result: Option<Range<usize>>,
    error: Option<Range<usize>>,
    repeated: Option<&'static str>,
    ambiguous_id: bool,
}

/// The `params` as found: where the members stand, and what is wrong with them.
/// The parts are filled where they stay, being too large to be moved around.
pub(super) struct ParamsFound {
    parts: Box<ParamsParts>,
    fault: Option<String>,
}

impl Envelope {
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let mut envelope = Self::default();
        scanner.object(|scanner, key| {
            let (name, slot) = match &*scanner.unescape(&key)? {
                "jsonrpc" => ("jsonrpc", &mut envelope.jsonrpc),
                "id" => {
                    envelope.ambiguous_id = envelope.id.is_some();
                    ("id", &mut envelope.id)
                }
                "method" => ("method", &mut envelope.method),
                "result" => ("result", &mut envelope.result),
                "error" => ("error", &mut envelope.error),
                "params" => {
                    if envelope.params.replace(ParamsFound::read(scanner)?).is_some() {
                        envelope.repeated = Some("params");
                    }
                    return Ok(());
                }
                // RPC-18
                _ => return scanner.value().map(drop),
            };
            if slot.replace(scanner.value()?).is_some() {
                envelope.repeated = Some(name);
            }
            Ok(())
        })?;
        Ok(envelope)
    }

    /// The id to refuse the message with. There is none if it occurs twice, or in
    /// a response: it is then the server's own, and the client may have used the
    /// same for a request that is still to be answered.
    pub(super) fn known_id(&self, body: &str) -> Option<RequestId> {
        if self.ambiguous_id || self.is_response() {
            return None;
        }
        self.id.clone().and_then(|id| RequestId::parse(&body[id]).ok())
    }

    fn is_response(&self) -> bool {
        self.method.is_none() && (self.result.is_some() || self.error.is_some())
    }

    pub(super) fn classify(self, body: ByteString) -> Result<Inbound, DecodeError> {
        let invalid = |message| DecodeError::new(InvalidRequest, message);
        if let Some(key) = self.repeated {
            let message = format!("the member \"{key}\" occurs twice");
            return Err(DecodeError::new(InvalidRequest, message).with_id(self.known_id(&body)));
        }
        // RPC-2
        let jsonrpc = self.jsonrpc.clone().and_then(|value| unquote(&body[value]));
        if jsonrpc.as_deref() != Some("2.0") {
            return Err(invalid("\"jsonrpc\" must be \"2.0\"").with_id(self.known_id(&body)));
        }
        // RPC-3
        let id = match self.id.clone().map(|id| RequestId::parse(&body[id])).transpose() {
            Ok(id) => id,
            Err(error) => return Err(DecodeError::new(InvalidRequest, error.to_string())),
        };
        let raw = |value| RawJson::trusted(body.slice_ref(&body[value]));
        let is_response = self.is_response();
        match (self.method, id, self.result, self.error) {
            (Some(method), id, None, None) => {
                let Some(method) = unquote(&body[method]) else {
                    return Err(invalid("\"method\" must be a string").with_id(id));
                };
                let method = Method::from_name(&method);
                let params = match self.params {
                    None => Params::default(),
                    Some(found) => match found.into_params(body) {
                        Ok(params) => params,
                        Err(error) => return Err(error.with_id(id)),
                    },
                };
                Ok(match id {
                    Some(id) => Inbound::Request(Request { id, method, params }),
                    None => Inbound::Notification(Notification { method, params }),
                })
            }
            // RPC-5
            (None, Some(id), Some(result), None) => {
                Ok(Inbound::Reply(Reply { id, outcome: Ok(raw(result)) }))
            }
            (None, Some(id), None, Some(error)) => {
                Ok(Inbound::Reply(Reply { id, outcome: Err(raw(error)) }))
            }
            (_, id, _, _) => Err(invalid(
                "a message has \"method\", or \"id\" with exactly one of \"result\" and \"error\"",
            )
            .with_id(id.filter(|_| !is_response))),
        }
    }
}

impl ParamsFound {
    /// Passes the value of `params`.
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let mut found = Self { parts: Box::default(), fault: None };
        if scanner.next_token() != Some(b'{') {
            scanner.value()?;
            found.fault = Some("\"params\" must be an object".into()); // RPC-17
            return Ok(found);
        }
        let ParamsParts { members, meta } = &mut *found.parts;
        let (mut has_meta, mut meta_fault) = (false, None);
        read_members(scanner, members, &mut found.fault, "params", |scanner, key| {
            if key != "_meta" {
                return Ok(false);
            }
            if has_meta {
                meta_fault = Some("\"params\" has two members \"_meta\"".into());
                scanner.value()?;
            } else if scanner.next_token() == Some(b'{') {
                let meta = meta.insert(Members::default());
                read_members(scanner, meta, &mut meta_fault, "_meta", |_, _| Ok(false))?;
            } else {
                scanner.value()?;
            }
            has_meta = true;
            Ok(true)
        })?;
        found.fault = found.fault.or(meta_fault);
        Ok(found)
    }

    /// Judges the value of `params`.
    pub(super) fn into_params(mut self, body: ByteString) -> Result<Params, DecodeError> {
        if let Some(fault) = self.fault {
            return Err(DecodeError::new(InvalidParams, fault));
        }
        if let Some(meta) = &mut self.parts.meta {
            meta.body = body.clone();
        }
        self.parts.members.body = body;
        Ok(Params::new(self.parts))
    }
}

/// Passes an object and notes its members. `aside` may pass a member's value,
/// which is then left out.
fn read_members<'a>(
    scanner: &mut Scanner<'a>,
    members: &mut Members,
    fault: &mut Option<String>,
    name: &str,
    mut aside: impl FnMut(&mut Scanner<'a>, &str) -> Result<bool, SyntaxError>,
) -> Result<(), SyntaxError> {
    let spans = &mut members.spans;
    scanner.object(|scanner, quoted| {
        let key = scanner.unescape(&quoted)?;
        if aside(scanner, &key)? {
            return Ok(());
        }
        let value = scanner.value()?;
        if spans.len() == MAX_MEMBERS {
            fault.get_or_insert_with(|| format!("\"{name}\" has more than {MAX_MEMBERS} members"));
            return Ok(());
        }
        let same = |span: &Span| span.key.is(&key, scanner.text());
        if spans.iter().any(same) {
            fault.get_or_insert_with(|| format!("\"{name}\" has two members {}", Clipped(&key)));
        }
        let key = match key {
            Cow::Borrowed(_) => Key::Slice(quoted.range),
            Cow::Owned(key) => Key::Owned(key.into()),
        };
        spans.push(Span { key, value });
        Ok(())
    })
}
