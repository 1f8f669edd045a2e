//! A client over any kind of connection.

use std::{future::Future, pin::Pin, time::Duration};

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;

/// A connection of whatever kind the host speaks.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// A response, as it comes in.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: http::response::Parts,
    body: Incoming,
    /// Of a stream, what came of an event that is not whole yet.
    text: String,
    connection: tokio::task::JoinHandle<()>,
}

/// Sends one request over a connection of its own.
pub(crate) async fn send(
    socket: Pin<Box<dyn Socket>>,
    http2: bool,
    mut request: Request<Body>,
) -> Answer {
    let socket = TokioIo::new(socket);
    let (response, connection) = if http2 {
        // HTTP/2 names the host in its target.
        let host = request.headers_mut().remove(http::header::HOST).expect("set by the host");
        let target = format!("http://{}{}", host.to_str().expect("ASCII"), request.uri());
        *request.uri_mut() = Uri::try_from(target).expect("a valid target");
        let exec = TokioExecutor::new();
        let (mut requests, connection) =
            patiently(http2::handshake(exec, socket)).await.expect("a handshake");
        let connection = tokio::spawn(async { drop(connection.await) });
        (patiently(requests.send_request(request)).await, connection)
    } else {
        let (mut requests, connection) =
            patiently(http1::handshake(socket)).await.expect("a handshake");
        let connection = tokio::spawn(async { drop(connection.await) });
        (patiently(requests.send_request(request)).await, connection)
    };
    let (head, body) = response.expect("an HTTP response").into_parts();
    Answer { head, body, text: String::new(), connection }
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.status.as_u16()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.head.headers.get(name).map(|it| it.to_str().expect("ASCII"));
        value.unwrap_or_default()
    }

    pub(crate) fn is_stream(&self) -> bool {
        self.header("content-type") == "text/event-stream"
    }

    /// The next message of a stream; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        assert!(self.is_stream(), "{self:?}");
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let message = data.filter(|data| !data.is_empty()).map(serde_json::from_str);
                self.text = rest.to_owned();
                if let Some(message) = message {
                    return Some(message.expect("a message is JSON"));
                }
            }
            let frame = patiently(self.body.frame()).await?.expect("the stream does not break");
            let data = frame.into_data().expect("no trailers");
            self.text.push_str(std::str::from_utf8(&data).expect("the server flushes whole text"));
        }
    }

    /// All messages, of which the last is the response.
    pub(crate) async fn messages(mut self) -> Vec<Value> {
        let mut messages = Vec::new();
        if self.is_stream() {
            while let Some(message) = self.next().await {
                messages.push(message);
            }
        } else {
            messages.push(serde_json::from_str(&self.text().await).expect("the body is JSON"));
        }
        messages
    }

    /// The whole body.
    pub(crate) async fn text(self) -> String {
        let body = patiently(self.body.collect()).await.expect("the body does not break");
        String::from_utf8(body.to_bytes().into()).expect("text")
    }

    /// The response.
    pub(crate) async fn response(self) -> Value {
        self.messages().await.pop().expect("a response")
    }

    /// Goes away without a word.
    pub(crate) fn hang_up(self) {
        self.connection.abort();
    }
}

pub(crate) fn body(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).boxed_unsync()
}

/// Fails a test that would wait for ever.
pub(crate) async fn patiently<T>(work: impl Future<Output = T>) -> T {
    const PATIENCE: Duration = Duration::from_secs(30);
    tokio::time::timeout(PATIENCE, work).await.expect("the server answers in time")
}
