use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use h2::{
    Reason, RecvStream, SendStream,
    client::{self, ResponseFuture, SendRequest},
};
use http::{Request, Response};
use tokio::net::TcpStream;

use crate::shared::patiently;

/// A connection over HTTP/2: many requests at once, each with a window of its own that
/// only reading opens again, and each to be given up by itself.
#[derive(Debug, Clone)]
pub(crate) struct Multiplexed(SendRequest<Bytes>);

/// A request on its way.
pub(crate) struct Exchange {
    sending: SendStream<Bytes>,
    response: ResponseFuture,
}

/// A response whose body is read piece by piece.
pub(crate) struct Streaming(RecvStream);

impl Multiplexed {
    pub(crate) async fn to(addr: SocketAddr) -> Self {
        Self::with_window(addr, 64 << 10).await
    }

    /// On each stream the server may send so many bytes before they are read.
    pub(crate) async fn with_window(addr: SocketAddr, bytes: u32) -> Self {
        let socket = TcpStream::connect(addr).await.expect("the server listens");
        let mut builder = client::Builder::new();
        builder.initial_window_size(bytes).initial_connection_window_size(64 << 20);
        let (requests, connection) = builder.handshake(socket).await.expect("HTTP/2 is spoken");
        tokio::spawn(async { connection.await.expect("the server keeps to HTTP/2") });
        Self(requests)
    }

    /// Sends a whole request.
    pub(crate) async fn send(&self, request: &Request<Bytes>) -> Exchange {
        // A server need not wait for a body that it does not expect.
        if request.body().is_empty() {
            return self.begin(request, true).await;
        }
        let mut exchange = self.begin(request, false).await;
        exchange.sending.send_data(request.body().clone(), true).expect("the connection holds");
        exchange
    }

    /// Sends half of a request.
    pub(crate) async fn send_half(&self, request: &Request<Bytes>) -> Exchange {
        let mut exchange = self.begin(request, false).await;
        let half = request.body().slice(..request.body().len() / 2);
        exchange.sending.send_data(half, false).expect("the connection holds");
        exchange
    }

    /// Sends a request, and reads its whole response.
    pub(crate) async fn ask(&self, request: &Request<Bytes>) -> Response<String> {
        self.send(request).await.whole().await
    }

    /// The body of a whole answer; `None` once the connection takes no more requests.
    pub(crate) async fn ask_while_it_lasts(&self, request: &Request<Bytes>) -> Option<String> {
        let mut ready = self.0.clone().ready().await.ok()?;
        let (response, mut sending) = ready.send_request(request.clone().map(drop), false).ok()?;
        sending.send_data(request.body().clone(), true).ok()?;
        let response = patiently(response).await.ok()?;
        Some(Streaming(response.into_body()).rest().await)
    }

    async fn begin(&self, request: &Request<Bytes>, end: bool) -> Exchange {
        let mut ready = patiently(self.0.clone().ready()).await.expect("the connection holds");
        let head = request.clone().map(drop);
        let (response, sending) = ready.send_request(head, end).expect("a valid request");
        Exchange { sending, response }
    }
}

impl Exchange {
    /// Takes the request back: `RST_STREAM`.
    pub(crate) fn give_up(mut self) {
        self.sending.send_reset(Reason::CANCEL);
    }

    /// The head of the response.
    pub(crate) async fn head(&mut self) -> Streaming {
        let response = patiently(&mut self.response).await.expect("a response");
        assert_eq!(response.status(), 200);
        Streaming(response.into_body())
    }

    /// The response, read to its end.
    pub(crate) async fn whole(self) -> Response<String> {
        let (parts, body) = patiently(self.response).await.expect("a response").into_parts();
        assert!(parts.status.is_success(), "{parts:?}");
        Response::from_parts(parts, Streaming(body).rest().await)
    }
}

impl Streaming {
    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        let data = patiently(self.0.data()).await?.expect("the stream does not break");
        self.0.flow_control().release_capacity(data.len()).expect("so much has come");
        Some(data)
    }

    /// All up to the end.
    pub(crate) async fn rest(mut self) -> String {
        let mut all = BytesMut::new();
        while let Some(data) = self.next().await {
            all.extend_from_slice(&data);
        }
        String::from_utf8(all.into()).expect("UTF-8")
    }

    /// Reads until this has come, and gives all that came.
    pub(crate) async fn read_to(&mut self, text: &str) -> String {
        let (mut all, mut searched) = (Vec::new(), 0);
        while !contains(&all[searched..], text) {
            searched = all.len().saturating_sub(text.len());
            let data = self.next().await;
            all.extend_from_slice(&data.unwrap_or_else(|| panic!("ended before {text}: {all:?}")));
        }
        String::from_utf8_lossy(&all).into_owned()
    }
}

fn contains(all: &[u8], text: &str) -> bool {
    all.windows(text.len()).any(|window| window == text.as_bytes())
}
