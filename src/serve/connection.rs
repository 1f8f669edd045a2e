use std::{io, time::Duration};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::net::TcpStream;

use super::{
    endpoint::{Endpoint, HttpService},
    first_bytes::FirstBytes,
};

/// How long a client may take for a request's head, idle time before it included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

pub(super) fn builder() -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    http
}

/// Serves one connection on a task of its own.
pub(super) fn spawn<S: HttpService>(
    http: &Builder<TokioExecutor>,
    socket: TcpStream,
    endpoint: Endpoint<S>,
    connections: &GracefulShutdown,
) {
    // Small messages are not to wait for one another.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let socket = TokioIo::new(FirstBytes::within(HEAD_TIMEOUT, socket));
    let connection = http.serve_connection(socket, endpoint).into_owned();
    let watched = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(error, "a connection ended early");
        }
    });
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
