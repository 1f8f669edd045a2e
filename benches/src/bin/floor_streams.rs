//! Bare hyper that keeps streams open and writes one event to all of them; for
//! `streams`. It looks at nothing but the method's header field.
//!
//!     cargo run --release --bin floor_streams -- 127.0.0.1:8080

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response, header};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::mpsc};

type Streams = Arc<Mutex<Vec<mpsc::Sender<Bytes>>>>;

const OPENED: &[u8] = b"data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":1}}}\n\n";
const EVENT: &[u8] = b"data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":1}}}\n\n";
const ANSWER: &[u8] = br#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"changed"}],"resultType":"complete"}}"#;

/// What is left to send: one piece, or what comes on a stream.
enum Out {
    Whole(Option<Bytes>),
    Stream(mpsc::Receiver<Bytes>),
}

impl Body for Out {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take()),
            Self::Stream(receiver) => receiver.poll_recv(cx),
        }
        .map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self {
            Self::Whole(Some(bytes)) => http_body::SizeHint::with_exact(bytes.len() as u64),
            _ => http_body::SizeHint::default(),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let addr: String = pico_args::Arguments::from_env().free_from_str()?;
    let listener = TcpListener::bind(&*addr).await?;
    println!("listening on http://{}/mcp", listener.local_addr()?);
    let streams = Streams::default();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (socket, _) = accepted?;
                socket.set_nodelay(true)?;
                let streams = Arc::clone(&streams);
                let service = service_fn(move |request| answer(request, Arc::clone(&streams)));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
            }
            () = terminated() => return Ok(()),
        }
    }
}

async fn answer(request: Request<Incoming>, streams: Streams) -> hyper::Result<Response<Out>> {
    let listens =
        request.headers().get("mcp-method").is_some_and(|name| name == "subscriptions/listen");
    request.into_body().collect().await?;
    let mut streams = streams.lock().unwrap_or_else(PoisonError::into_inner);
    if listens {
        let (sender, receiver) = mpsc::channel(16);
        let _ = sender.try_send(Bytes::from_static(OPENED));
        streams.push(sender);
        let mut response = Response::new(Out::Stream(receiver));
        let kind = header::HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        return Ok(response);
    }
    streams.retain(|stream| !stream.is_closed());
    for stream in &*streams {
        let _ = stream.try_send(Bytes::from_static(EVENT));
    }
    Ok(Response::new(Out::Whole(Some(Bytes::from_static(ANSWER)))))
}

async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}
