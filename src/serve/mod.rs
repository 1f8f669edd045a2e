//! A server on hyper, for those who have none.

mod connection;
mod endpoint;
#[cfg(feature = "http2")]
mod http2;
mod idle;
mod serving;

pub use endpoint::HttpService;

use std::{
    fmt,
    future::Future,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    time::Duration,
};

use mcp_layers_core::shutdown::Shutdown;
use tokio::{
    net::{TcpListener, ToSocketAddrs},
    time::{sleep, timeout},
};
use tower_layer::Layer;

use self::{endpoint::Endpoint, serving::Serving};
use crate::{Readiness, Stack};

/// How long what was cancelled may take to say so to its client.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// An HTTP server without TLS, with one MCP endpoint. It speaks HTTP/1.1 and, with the
/// feature `http2`, HTTP/2.
///
/// Bind it to a loopback address unless something in front of it authenticates
/// (ORIGIN-10).
///
/// When it is told to stop it drains: the readiness probe says so, no session and no
/// standing stream is opened any more, those streams that are open end, and what is at
/// work goes on, with connections still accepted. When that is done it closes each
/// connection after its last answer. After the [grace](Self::with_grace) all is cancelled,
/// and when it returns, no task and no socket of it is left. A handler that blocks its
/// thread holds it up.
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
    readiness_path: Option<String>,
    grace: Duration,
    linger: Duration,
    shutdown: Shutdown,
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
            readiness_path: None,
            grace: Duration::from_secs(10),
            linger: Duration::ZERO,
            shutdown: Shutdown::new(),
            stop: Box::pin(signal()),
        })
    }

    /// The path of the endpoint; `/mcp` unless set. Every other path is 404, unless
    /// [added](Self::add_path). A slash is put in front if there is none.
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = absolute(path.into());
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
    /// let sse = HttpSseLayer::new().with_shutdown(stack.shutdown().clone());
    /// let server = Server::bind("127.0.0.1:8080").await?.add_path("/sse").add_path("/messages");
    /// server.serve(stack.with_bytes_layer(sse)).await
    /// # }
    /// ```
    pub fn add_path(mut self, path: impl Into<String>) -> Self {
        self.more_paths.push(absolute(path.into()));
        self
    }

    /// A path besides, at which a [`Readiness`] probe is answered; none unless set. A
    /// slash is put in front if there is none.
    pub fn with_readiness_path(mut self, path: impl Into<String>) -> Self {
        self.readiness_path = Some(absolute(path.into()));
        self
    }

    /// When to stop; at Ctrl-C or SIGTERM unless set.
    pub fn with_shutdown(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.stop = Box::pin(stop);
        self
    }

    /// How long what is at work may take to finish once the server stops; 10 seconds
    /// unless set. Then it is cancelled.
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// How long connections are accepted at least once the server stops, though nothing
    /// be at work; not at all unless set, and never beyond the grace. Time for a balancer
    /// to ask the readiness probe, and to send its clients elsewhere.
    pub fn with_linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }

    /// What drains and ends with this server, where that is a [`Stack`] inside other
    /// layers; [`serve`](Self::serve) takes that of its stack.
    ///
    /// ```no_run
    /// use mcp_stack::{McpService, Server, Stack};
    /// use tower::ServiceBuilder;
    /// use tower_http::trace::TraceLayer;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> std::io::Result<()> {
    /// let stack = Stack::new(McpService::new("demo", "1.0.0"));
    /// let server = Server::bind("127.0.0.1:8080").await?.with_drain(stack.shutdown().clone());
    /// let traced = ServiceBuilder::new().layer(TraceLayer::new_for_http()).service(stack.build());
    /// server.serve_service(traced).await
    /// # }
    /// ```
    pub fn with_drain(mut self, shutdown: Shutdown) -> Self {
        self.shutdown = shutdown;
        self
    }

    /// How this server stops. Hand it to the service and the layers that you give to
    /// [`serve_service`](Self::serve_service), so that they drain and end with it.
    #[must_use]
    pub fn shutdown(&self) -> &Shutdown {
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

    /// Serves a stack until it is told to stop and has done so.
    ///
    /// # Errors
    ///
    /// None after binding: a connection that cannot be accepted is logged.
    pub async fn serve<S, L>(mut self, stack: Stack<S, L>) -> io::Result<()>
    where
        L: Layer<S>,
        L::Service: HttpService,
    {
        self.shutdown = stack.shutdown().clone();
        self.serve_service(stack.build()).await
    }

    /// Serves any HTTP service at its paths, a [`Stack`] inside other layers for
    /// example, until it is told to stop and has done so; see
    /// [`with_drain`](Self::with_drain).
    ///
    /// # Errors
    ///
    /// As [`serve`](Self::serve).
    pub async fn serve_service<S: HttpService>(self, service: S) -> io::Result<()> {
        let Self {
            listener,
            path,
            mut more_paths,
            readiness_path,
            grace,
            linger,
            shutdown,
            stop,
            ..
        } = self;
        more_paths.push(path);
        let mut endpoint = Endpoint::new(service, more_paths.into());
        if let Some(path) = readiness_path {
            endpoint = endpoint.with_readiness(path.into(), Readiness::new(shutdown.clone()));
        }
        let mut serving = Serving::new(listener, endpoint, &shutdown);
        serving.accept_until(stop).await;

        shutdown.drain();
        let mut deadline = pin!(sleep(grace));
        let drained = async {
            sleep(linger).await;
            shutdown.drained().await;
        };
        serving.accept_until(first(drained, deadline.as_mut())).await;
        let mut connections = serving.close();
        let finished = async {
            connections.ended().await;
            shutdown.finished().await;
        };
        first(finished, deadline).await;

        shutdown.cancel();
        let _ = timeout(LAST_WORDS, connections.ended()).await;
        connections.abort().await;
        shutdown.ended().await;
        Ok(())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("addr", &self.addr).field("path", &self.path).finish()
    }
}

/// Waits for whichever comes first.
async fn first(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    tokio::select! {
        () = one => {}
        () = other => {}
    }
}

fn absolute(mut path: String) -> String {
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
