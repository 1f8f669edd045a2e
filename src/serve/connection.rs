use std::{future::Future, io, pin::pin, time::Duration};

use hyper::rt::Executor;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use mcp_layers_core::{
    extensions::CancelToken,
    shutdown::{Shutdown, Work},
};
use tokio::net::TcpStream;

use super::{
    endpoint::{Endpoint, HttpService},
    first_bytes::FirstBytes,
};

/// How long a client may take for a request's head, idle time before it included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

pub(super) fn builder(shutdown: &Shutdown) -> Builder<Tracked> {
    let mut http = Builder::new(Tracked(shutdown.clone()));
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    http
}

/// Runs the exchanges of HTTP/2, each of which is a task beside its connection's: they end
/// with it, and are waited for.
#[derive(Clone)]
pub(super) struct Tracked(Shutdown);

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Tracked {
    fn execute(&self, exchange: F) {
        let work = self.0.track(Work::Call);
        tokio::spawn(async move {
            let _work = work;
            exchange.await
        });
    }
}

/// Serves one connection. From the moment that `closing` fires it takes no further
/// request.
pub(super) fn serve<S: HttpService>(
    http: &Builder<Tracked>,
    socket: TcpStream,
    endpoint: Endpoint<S>,
    closing: &CancelToken,
) -> impl Future<Output = ()> + Send + use<S> {
    // Small messages are not to wait for one another.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let socket = TokioIo::new(FirstBytes::within(HEAD_TIMEOUT, socket));
    let connection = http.serve_connection(socket, endpoint).into_owned();
    let closing = closing.cancelled();
    async move {
        let mut connection = pin!(connection);
        let served = tokio::select! {
            biased;
            served = connection.as_mut() => served,
            _ = closing => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = served {
            tracing::debug!(error, "a connection ended early");
        }
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
