use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, server::graceful::GracefulConnection};
use mcp_layers_core::{
    extensions::{CancelToken, Cancelled},
    shutdown::Shutdown,
};
use tokio::{net::TcpStream, task::JoinSet};

#[cfg(feature = "http2")]
use super::http2::{self, Version};
use super::{
    endpoint::{Endpoint, HttpService},
    idle::Idle,
};
use crate::BoxError;

/// How long a client may be silent, and take for a request's head.
const IDLE_LIMIT: Duration = Duration::from_secs(75);

/// How connections are served.
pub(super) struct Http {
    http1: http1::Builder,
    #[cfg(feature = "http2")]
    http2: hyper::server::conn::http2::Builder<http2::Tracked>,
}

/// A client, and which HTTP it speaks.
#[derive(Debug)]
pub(super) struct Arrived {
    socket: TcpStream,
    pub(super) peer: SocketAddr,
    #[cfg(feature = "http2")]
    version: Version,
}

impl Http {
    #[cfg_attr(
        not(feature = "http2"),
        expect(unused_variables, reason = "a connection is one task")
    )]
    pub(super) fn new(shutdown: &Shutdown) -> Self {
        let mut http1 = http1::Builder::new();
        // `Idle` keeps the limit.
        http1.header_read_timeout(None);
        Self {
            http1,
            #[cfg(feature = "http2")]
            http2: http2::builder(shutdown),
        }
    }

    /// Serves a connection on a task of its own, which holds nothing of the other HTTP:
    /// as one type they are four times as large. From the moment that `closing` fires it
    /// takes no further request.
    pub(super) fn serve<S: HttpService>(
        &self,
        arrived: Arrived,
        endpoint: Endpoint<S>,
        closing: &CancelToken,
        tasks: &mut JoinSet<()>,
    ) {
        let idle = Idle::of(endpoint.usage(), IDLE_LIMIT);
        let closing = Some(closing.cancelled());
        let socket = TokioIo::new(arrived.socket);
        #[cfg(feature = "http2")]
        if arrived.version == Version::Http2 {
            let connection = self.http2.serve_connection(socket, endpoint);
            tasks.spawn(Connection { connection, closing, idle });
            return;
        }
        let connection = self.http1.serve_connection(socket, endpoint);
        tasks.spawn(Connection { connection, closing, idle });
    }
}

impl Arrived {
    /// With `http2`, waits for the client's first bytes; `None` if they do not come.
    pub(super) async fn of(socket: TcpStream, peer: SocketAddr) -> Option<Self> {
        // Small messages are not to wait for one another.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        #[cfg(feature = "http2")]
        let version = tokio::time::timeout(IDLE_LIMIT, Version::of(&socket)).await.ok()?.ok()?;
        Some(Self {
            socket,
            peer,
            #[cfg(feature = "http2")]
            version,
        })
    }
}

pin_project_lite::pin_project! {
    /// A connection, until it ends or is idle. (An async block would hold it twice: as what
    /// it captured, and as what it awaits.)
    struct Connection<C> {
        #[pin]
        connection: C,
        closing: Option<Cancelled>,
        #[pin]
        idle: Idle,
    }
}

impl<C: GracefulConnection<Error: Into<BoxError>>> Future for Connection<C> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let closes = this.closing.as_mut().is_some_and(|it| Pin::new(it).poll(cx).is_ready());
        let is_idle = this.idle.poll(cx).is_ready();
        if closes || is_idle {
            *this.closing = None;
            this.connection.as_mut().graceful_shutdown();
        }
        match this.connection.poll(cx) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(error)) => {
                let error: BoxError = error.into();
                tracing::debug!(%error, "a connection ended early");
            }
            Poll::Pending if is_idle => tracing::debug!("a connection was idle"),
            Poll::Pending => return Poll::Pending,
        }
        Poll::Ready(())
    }
}

/// Waits a moment when the process is out of sockets, so as not to spin.
pub(super) async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    let aborted =
        matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset);
    if !aborted {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[cfg(all(test, feature = "http2"))]
mod tests {
    use std::{mem::size_of_val, sync::Arc};

    use http_body_util::Full;
    use tokio::{io::AsyncWriteExt as _, net::TcpListener, time::Instant};
    use tower_service::Service as _;

    use super::*;
    use crate::{McpService, Stack};

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_says_nothing_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let _silent = TcpStream::connect(addr).await.expect("it listens");
        let (socket, peer) = listener.accept().await.expect("a connection");
        let began = Instant::now();
        assert!(Arrived::of(socket, peer).await.is_none());
        assert!(began.elapsed() >= IDLE_LIMIT);
    }

    #[tokio::test]
    async fn a_peer_has_arrived_with_its_first_byte() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let mut client = TcpStream::connect(addr).await.expect("it listens");
        client.write_all(b"G").await.expect("there is room");
        let (socket, peer) = listener.accept().await.expect("a connection");
        let arrived = Arrived::of(socket, peer).await.expect("it has spoken");
        assert_eq!((arrived.version, arrived.peer), (Version::Http1, peer));
    }

    /// Of an open stream's memory this is what the stack and the server add to hyper's
    /// two buffers.
    #[tokio::test]
    async fn a_connection_and_a_request_stay_small() {
        let mut stack = Stack::new(McpService::new("test", "1")).build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let socket = TokioIo::new(TcpStream::connect(addr).await.expect("it listens"));
        let endpoint = Endpoint::new(stack.clone(), Arc::default()).of_connection(addr);
        let (idle, closing) =
            (Idle::of(endpoint.usage(), IDLE_LIMIT), Some(CancelToken::new().cancelled()));
        let connection = Http::new(&Shutdown::new()).http1.serve_connection(socket, endpoint);
        let connection = Connection { connection, closing, idle };
        let request = stack.call(http::Request::new(Full::<bytes::Bytes>::default()));
        assert!(size_of_val(&connection) <= 1_150, "{} bytes", size_of_val(&connection));
        assert!(size_of_val(&request) <= 800, "{} bytes", size_of_val(&request));
    }
}
