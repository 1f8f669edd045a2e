use std::{future::Future, io, net::SocketAddr, sync::Arc};

use mcp_stack::Server;
use tokio::{sync::Notify, task::JoinHandle};

use super::patiently;

/// A server on a port of its own.
pub(crate) struct Serving {
    pub(crate) addr: SocketAddr,
    /// Tells it to stop; it then takes its time.
    pub(crate) stop: Arc<Notify>,
    pub(crate) serving: JoinHandle<io::Result<()>>,
}

impl Serving {
    /// Serves what `serve` makes of a server that can be told to stop.
    pub(crate) async fn start<F>(serve: impl FnOnce(Server) -> F) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let stop = Arc::new(Notify::new());
        let told = Arc::clone(&stop);
        let server = Server::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let server = server.with_shutdown(async move { told.notified().await });
        Self { addr: server.local_addr(), stop, serving: tokio::spawn(serve(server)) }
    }
}

/// Waits until a server that was told to stop has.
pub(crate) async fn stopped(serving: JoinHandle<io::Result<()>>) {
    patiently(serving).await.expect("no panic").expect("no error");
}
