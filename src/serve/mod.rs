//! A server on hyper, for those who have none.

mod connection;
mod endpoint;
mod first_bytes;

pub use endpoint::HttpService;

use std::{fmt, future::Future, io, net::SocketAddr, pin::Pin, time::Duration};

use hyper_util::server::graceful::GracefulShutdown;
use mcp_layers_core::extensions::{CancelReason, CancelToken};
use tokio::net::{TcpListener, ToSocketAddrs};
use tower_layer::Layer;

use self::endpoint::Endpoint;
use crate::Stack;

/// An HTTP server (HTTP/1.1 and HTTP/2 without TLS) with one MCP endpoint.
///
/// Bind it to a loopback address unless something in front of it authenticates
/// (ORIGIN-10).
///
/// ```no_run
/// use mcp_stack::{McpService, Server, Stack};
///
/// # #[tokio::main]
/// # async fn main() -> std::io::Result<()> {
/// let server = Server::bind("127.0.0.1:8080").await?;
/// println!("listening on {}", server.url());
/// server.serve(Stack::new(McpService::new("demo", "1.0.0"))).await
/// # }
/// ```
#[must_use]
pub struct Server {
    listener: TcpListener,
    addr: SocketAddr,
    path: String,
    more_paths: Vec<String>,
    grace: Duration,
    shutdown: CancelToken,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Server {
    /// Binds the address; with port 0 the system chooses one.
    ///
    /// # Errors
    ///
    /// As [`TcpListener::bind`].
    pub async fn bind(addr: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        Ok(Self {
            listener,
            addr,
            path: "/mcp".to_owned(),
            more_paths: Vec::new(),
            grace: Duration::from_secs(10),
            shutdown: CancelToken::new(),
            stop: Box::pin(signal()),
        })
    }

    /// The path of the endpoint; `/mcp` unless set. Every other path is 404, unless
    /// [added](Self::add_path). A slash is put in front if there is none.
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = rooted(path.into());
        self
    }

    /// One more path that is the service's, for layers that answer at several, such as
    /// [`http_sse`](mcp_layers::http_sse).
    ///
    /// ```no_run
    /// use mcp_stack::{McpService, Server, Stack, layers::http_sse::HttpSseLayer};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> std::io::Result<()> {
    /// let stack = Stack::new(McpService::new("demo", "1.0.0"));
    /// let sse = HttpSseLayer::new().with_shutdown(stack.shutdown_token().clone());
    /// let server = Server::bind("127.0.0.1:8080").await?.add_path("/sse").add_path("/messages");
    /// server.serve(stack.with_bytes_layer(sse)).await
    /// # }
    /// ```
    pub fn add_path(mut self, path: impl Into<String>) -> Self {
        self.more_paths.push(rooted(path.into()));
        self
    }

    /// When to stop; at Ctrl-C or SIGTERM unless set.
    pub fn with_shutdown(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.stop = Box::pin(stop);
        self
    }

    /// How long requests may take to finish once the server stops; 10 seconds
    /// unless set. Then they are cancelled.
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Fires when the last connection has ended or the grace is over: hand it to the layers of a service that you
    /// give to [`serve_service`](Self::serve_service), so that their sessions and
    /// requests end. A [`Stack`] has its own.
    #[must_use]
    pub fn shutdown_token(&self) -> &CancelToken {
        &self.shutdown
    }

    /// The address that was bound.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// The endpoint's URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{}", self.addr, self.path)
    }

    /// Serves a stack until it is told to stop.
    ///
    /// # Errors
    ///
    /// None after binding: a connection that cannot be accepted is logged.
    pub async fn serve<S, L>(mut self, stack: Stack<S, L>) -> io::Result<()>
    where
        L: Layer<S>,
        L::Service: HttpService,
    {
        self.shutdown = stack.shutdown_token().clone();
        self.serve_service(stack.build()).await
    }

    /// Serves any HTTP service at its paths, a [`Stack`] inside other layers for
    /// example, until it is told to stop.
    ///
    /// # Errors
    ///
    /// As [`serve`](Self::serve).
    pub async fn serve_service<S: HttpService>(mut self, service: S) -> io::Result<()> {
        let connections = GracefulShutdown::new();
        let http = connection::builder();
        self.more_paths.push(self.path);
        let endpoint = Endpoint::new(service, self.more_paths.into());
        loop {
            let (socket, peer) = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        connection::pause_after(&error).await;
                        continue;
                    }
                },
                () = &mut self.stop => break,
            };
            connection::spawn(&http, socket, endpoint.clone().with_peer(peer), &connections);
        }
        drop(self.listener);
        let finished = connections.shutdown();
        tokio::pin!(finished);
        let in_time = tokio::time::timeout(self.grace, &mut finished).await.is_ok();
        // Also for what runs on though its client is gone.
        self.shutdown.cancel(CancelReason::ShuttingDown);
        if !in_time {
            // What does not heed the token loses its connection with the process.
            let _ = tokio::time::timeout(Duration::from_secs(1), finished).await;
        }
        Ok(())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("addr", &self.addr).field("path", &self.path).finish()
    }
}

/// A path with its slash in front.
fn rooted(mut path: String) -> String {
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    path
}

/// Ctrl-C, or SIGTERM where there is one.
async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
