use crate::jsonrpc::{DecodeError, Elements, Params, RawJson, RequestId};
use crate::protocol::Method;

/// The body of a request in the message zone: what the client sent.
///
/// The surrounding `http::Request` still has the HTTP method, URI, headers and
/// extensions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Inbound {
    /// A POSTed JSON-RPC request.
    Request(Request),
    /// A POSTed JSON-RPC notification.
    Notification(Notification),
    /// A POSTed JSON-RPC response, to a request of the server's (legacy).
    Reply(Reply),
    /// A POSTed array, as text: JSON-RPC batches exist in 2025-03-26 alone.
    Batch(Batch),
    /// GET: the client asks for a stream of the server's messages (legacy).
    Open,
    /// DELETE: the client ends its session (legacy).
    Terminate,
}

impl Inbound {
    /// The id of a request.
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::Request(request) => Some(&request.id),
            _ => None,
        }
    }

    /// The method of a request or notification.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        match self {
            Self::Request(request) => Some(&request.method),
            Self::Notification(notification) => Some(&notification.method),
            _ => None,
        }
    }

    /// The params of a request or notification.
    #[must_use]
    pub fn params(&self) -> Option<&Params> {
        match self {
            Self::Request(request) => Some(&request.params),
            Self::Notification(notification) => Some(&notification.params),
            _ => None,
        }
    }
}

/// A JSON-RPC request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The id, which the response repeats.
    pub id: RequestId,
    /// The method.
    pub method: Method,
    /// The params; empty when absent.
    pub params: Params,
}

/// A JSON-RPC notification.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The method.
    pub method: Method,
    /// The params; empty when absent.
    pub params: Params,
}

/// A client's JSON-RPC response to a request that the server sent.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The id of the server's request.
    pub id: RequestId,
    /// The `result` member, or the `error` member.
    pub outcome: Result<RawJson, RawJson>,
}

/// An array of JSON-RPC messages, not yet taken apart.
#[derive(Debug, Clone)]
pub struct Batch(RawJson);

impl Batch {
    pub(crate) fn new(array: RawJson) -> Self {
        Self(array)
    }

    /// The array's JSON text.
    #[must_use]
    pub fn as_json(&self) -> &RawJson {
        &self.0
    }

    /// The elements in the order they were sent, found one by one: nothing is copied,
    /// and what is not asked for is not looked at.
    ///
    /// ```
    /// use mcp_layers_core::{Inbound, jsonrpc::{Limits, decode}};
    ///
    /// let Inbound::Batch(batch) = decode("[1, {}]".into(), Limits::default())? else { panic!() };
    /// assert_eq!(batch.elements().map(|json| json.as_str().to_owned()).last().unwrap(), "{}");
    /// assert_eq!(batch.elements().take(1).count(), 1);
    /// # Ok::<(), mcp_layers_core::jsonrpc::DecodeError>(())
    /// ```
    pub fn elements(&self) -> impl Iterator<Item = RawJson> + '_ {
        Elements::of(&self.0)
    }

    /// The elements, each read as [`decode`](crate::jsonrpc::decode) reads a body. An
    /// array within the array is no message.
    pub fn messages(&self) -> impl Iterator<Item = Result<Inbound, DecodeError>> + '_ {
        self.elements().map(crate::jsonrpc::decode_element)
    }
}
