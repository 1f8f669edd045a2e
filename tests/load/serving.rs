use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use mcp_stack::{HttpService, Server, Stack};
use tokio::{sync::Notify, task::JoinHandle};
use tower::Layer;

use crate::patiently;

/// A stack that is being served on a port of its own.
pub(crate) struct Serving {
    pub(crate) addr: SocketAddr,
    stop: Arc<Notify>,
    serving: JoinHandle<io::Result<()>>,
}

impl Serving {
    pub(crate) async fn start<S, L>(stack: Stack<S, L>, grace: Duration) -> Self
    where
        S: Send + 'static,
        L: Layer<S> + Send + 'static,
        L::Service: HttpService,
    {
        let stop = Arc::new(Notify::new());
        let told = Arc::clone(&stop);
        let server = Server::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let server = server.with_grace(grace).with_shutdown(async move { told.notified().await });
        let addr = server.local_addr();
        Self { addr, stop, serving: tokio::spawn(server.serve(stack)) }
    }

    /// Stops it, and waits until it has.
    pub(crate) async fn stop(self) {
        self.stop.notify_one();
        patiently(self.serving).await.expect("no panic").expect("no error");
    }
}
