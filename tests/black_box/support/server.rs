use std::{net::SocketAddr, time::Duration};

use http::Request;
use mcp_stack::{HttpService, McpService, ProtocolVersion, Stack, core::extensions::Principal};
use serde_json::json;
use tower::{Layer, util::MapRequestLayer};

use super::Client;
use crate::shared::Serving;

/// A stack that is served on a port of its own until this is dropped.
pub(crate) struct TestServer(Serving);

impl TestServer {
    /// Serves a service in the default stack.
    pub(crate) async fn of(service: McpService) -> Self {
        Self::start(Stack::new(service)).await
    }

    /// As [`of`](Self::of), behind an authentication that takes the callers' word.
    pub(crate) async fn of_users(service: McpService) -> Self {
        Self::start(Stack::new(service).with_bytes_layer(MapRequestLayer::new(identify))).await
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
        Self(Serving::start(|server| server.with_grace(grace).serve(stack)).await)
    }

    /// Tells it to stop; it then takes its time.
    pub(crate) fn stop(&self) {
        self.0.stop.notify_one();
    }

    /// Whether it has stopped.
    pub(crate) fn has_stopped(&self) -> bool {
        self.0.serving.is_finished()
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.0.addr
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
        Client::new(self, version).with_capabilities(capabilities).connect().await
    }

    /// As [`client`](Self::client), of this user.
    pub(crate) async fn client_of(&self, version: ProtocolVersion, user: &str) -> Client {
        Client::new(self, version).with_user(user).connect().await
    }
}

/// The header in which a client says who it is.
pub(super) const USER: &str = "x-user";

/// An authentication that takes the callers' word.
fn identify<B>(mut request: Request<B>) -> Request<B> {
    let name = request.headers().get(USER).and_then(|name| name.to_str().ok());
    if let Some(name) = name.map(str::to_owned) {
        request.extensions_mut().insert(Principal::new(name));
    }
    request
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.0.serving.abort();
    }
}
