use std::{net::SocketAddr, sync::Arc, time::Duration};

use mcp_stack::{HttpService, McpService, ProtocolVersion, Server, Stack};
use serde_json::json;
use tokio::{sync::Notify, task::JoinHandle};
use tower::Layer;

use super::Client;

/// A stack that is served on a port of its own until this is dropped.
pub(crate) struct TestServer {
    addr: SocketAddr,
    stop: Arc<Notify>,
    serving: JoinHandle<()>,
}

impl TestServer {
    /// Serves a service in the default stack.
    pub(crate) async fn of(service: McpService) -> Self {
        Self::start(Stack::new(service)).await
    }

    /// Serves a stack.
    pub(crate) async fn start<S, L>(stack: Stack<S, L>) -> Self
    where
        S: Send + 'static,
        L: Layer<S> + Send + 'static,
        L::Service: HttpService,
    {
        Self::start_with_grace(stack, Duration::from_secs(10)).await
    }

    /// Serves a stack whose requests have so long to finish when it is stopped.
    pub(crate) async fn start_with_grace<S, L>(stack: Stack<S, L>, grace: Duration) -> Self
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
        let serving = tokio::spawn(async move {
            server.serve(stack).await.expect("serving does not fail");
        });
        Self { addr, stop, serving }
    }

    /// Tells it to stop; it then takes its time.
    pub(crate) fn stop(&self) {
        self.stop.notify_one();
    }

    /// Whether it has stopped.
    pub(crate) fn has_stopped(&self) -> bool {
        self.serving.is_finished()
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A client that is ready to ask: one of a legacy revision has shaken hands.
    pub(crate) async fn client(&self, version: ProtocolVersion) -> Client {
        self.client_with(version, json!({})).await
    }

    /// As [`client`](Self::client), one that declares these capabilities.
    pub(crate) async fn client_with(
        &self,
        version: ProtocolVersion,
        capabilities: serde_json::Value,
    ) -> Client {
        let mut client = Client::new(self, version).with_capabilities(capabilities);
        if !version.is_modern() {
            client.initialize().await;
            client.notify("notifications/initialized").await;
        }
        client
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
