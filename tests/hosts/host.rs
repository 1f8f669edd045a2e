//! The examples, each serving a probe until it is told to stop or dropped.

use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use http::{Request, header};
use mcp_stack::{BoxError, McpService, Registry};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, pki_types::ServerName},
};

use crate::{
    client::{self, Answer, Body, Socket, patiently},
    examples,
    probe::Probe,
};

/// A host that serves a probe.
pub(crate) struct Host {
    pub(crate) probe: Arc<Probe>,
    /// What the probe has to offer.
    pub(crate) registry: Registry,
    /// Who the host takes this client for.
    pub(crate) caller: String,
    place: Place,
    path: &'static str,
    http2: bool,
    stop: Arc<Notify>,
    serving: Option<JoinHandle<Result<(), BoxError>>>,
}

/// Where a host listens.
enum Place {
    Tcp(SocketAddr),
    Tls(SocketAddr, TlsConnector),
    #[cfg(unix)]
    Unix(std::path::PathBuf),
}

/// Comes when the host is to stop.
type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Host {
    pub(crate) async fn axum() -> Self {
        let mut host = Self::tcp(examples::axum::serve).await;
        (host.path, host.caller) = ("/tools/mcp", "alice".to_owned());
        host
    }

    pub(crate) async fn hyper_http1() -> Self {
        Self::tcp(examples::hyper::serve).await
    }

    pub(crate) async fn hyper_http2() -> Self {
        Self::hyper_http1().await.over_http2()
    }

    pub(crate) async fn warp_http1() -> Self {
        Self::tcp(examples::warp::serve).await
    }

    pub(crate) async fn warp_http2() -> Self {
        Self::warp_http1().await.over_http2()
    }

    pub(crate) async fn tonic_http1() -> Self {
        Self::tcp(examples::tonic::serve).await
    }

    pub(crate) async fn tonic_http2() -> Self {
        Self::tonic_http1().await.over_http2()
    }

    pub(crate) async fn rustls_http1() -> Self {
        Self::tls("http/1.1").await
    }

    pub(crate) async fn rustls_http2() -> Self {
        Self::tls("h2").await.over_http2()
    }

    async fn tls(protocol: &str) -> Self {
        let name = "localhost".to_owned();
        let identity = rcgen::generate_simple_self_signed([name]).expect("a valid name");
        let mut trusted = RootCertStore::empty();
        trusted.add(identity.cert.der().clone()).expect("a valid certificate");
        let tls = ClientConfig::builder().with_root_certificates(trusted);
        let mut tls = tls.with_no_client_auth();
        tls.alpn_protocols = vec![protocol.into()];
        let mut host = Self::tcp(|listener, service, stop| {
            examples::rustls::serve(listener, identity, service, stop)
        })
        .await;
        let Place::Tcp(addr) = host.place else { unreachable!("as it was started") };
        host.place = Place::Tls(addr, Arc::new(tls).into());
        host
    }

    #[cfg(unix)]
    pub(crate) async fn unix_socket() -> Self {
        use std::{
            os::unix::fs::MetadataExt as _,
            sync::atomic::{AtomicU32, Ordering},
        };

        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("mcp-hosts-{}-{number}.sock", std::process::id());
        let path = std::env::temp_dir().join(name);
        // A process of the same number may have left it.
        let _ = std::fs::remove_file(&path);
        let listener = tokio::net::UnixListener::bind(&path).expect("the name is free");
        let uid = std::fs::metadata(&path).expect("it was just made").uid();
        let mut host = Self::start(Place::Unix(path), |service, stop| {
            examples::unix_socket::serve(listener, service, stop)
        });
        host.caller = format!("uid:{uid}");
        host
    }

    async fn tcp<F>(serve: impl FnOnce(TcpListener, McpService, Stop) -> F) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let addr = listener.local_addr().expect("it is bound");
        Self::start(Place::Tcp(addr), |service, stop| serve(listener, service, stop))
    }

    fn start<F>(place: Place, serve: impl FnOnce(McpService, Stop) -> F) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let (probe, stop) = (Probe::new(), Arc::new(Notify::new()));
        let (service, told) = (probe.service(), Arc::clone(&stop));
        let registry = service.registry();
        let stopped: Stop = Box::pin(async move { told.notified().await });
        let serving = Some(tokio::spawn(serve(service, stopped)));
        let (caller, path) = ("127.0.0.1".to_owned(), "/mcp");
        Self { probe, registry, caller, place, path, http2: false, stop, serving }
    }

    fn over_http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    /// A request to the endpoint, with the headers that every client sends.
    pub(crate) fn request(&self, method: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(self.path)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, "Bearer sesame")
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header(header::CONTENT_TYPE, "application/json")
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        client::send(self.connect().await, self.http2, request).await
    }

    /// The answer to a message of a modern client.
    pub(crate) async fn modern(&self, method: &str, mut params: Value) -> Answer {
        const PREFIX: &str = "io.modelcontextprotocol";
        let request = self
            .request("POST")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method)
            .header("mcp-name", params["name"].as_str().unwrap_or_default());
        params["_meta"][format!("{PREFIX}/protocolVersion")] = "2026-07-28".into();
        params["_meta"][format!("{PREFIX}/clientCapabilities")] = json!({});
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = client::body(message.to_string());
        self.send(request.body(body).expect("a valid request")).await
    }

    /// A legacy session's id.
    pub(crate) async fn session(&self) -> String {
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "hosts", "version": "1.0.0" },
        });
        let answer = self.legacy(None, "initialize", params).await;
        let session = answer.header("mcp-session-id").to_owned();
        assert_eq!(answer.response().await["result"]["protocolVersion"], "2025-11-25");
        let message = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let request = self.in_session("POST", &session).body(client::body(message.to_string()));
        let answer = self.send(request.expect("a valid request")).await;
        assert_eq!(answer.status(), 202);
        session
    }

    /// The answer to a message of a legacy client.
    pub(crate) async fn legacy(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Answer {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = match session {
            Some(session) => self.in_session("POST", session),
            None => self.request("POST"),
        };
        let body = client::body(message.to_string());
        self.send(request.body(body).expect("a valid request")).await
    }

    pub(crate) fn in_session(&self, method: &str, session: &str) -> http::request::Builder {
        self.request(method)
            .header("mcp-session-id", session)
            .header("mcp-protocol-version", "2025-11-25")
    }

    /// Tells it to stop.
    pub(crate) fn stop(&self) {
        self.stop.notify_one();
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(mut self) {
        let serving = self.serving.take().expect("taken once");
        patiently(serving).await.expect("no panic").expect("no error");
    }

    /// Waits until nobody can connect any more.
    pub(crate) async fn refuses_connections(&self) {
        let refused = async {
            loop {
                let connected = match &self.place {
                    Place::Tcp(addr) | Place::Tls(addr, _) => {
                        TcpStream::connect(addr).await.is_ok()
                    }
                    #[cfg(unix)]
                    Place::Unix(path) => tokio::net::UnixStream::connect(path).await.is_ok(),
                };
                if !connected {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        patiently(refused).await;
    }

    async fn connect(&self) -> Pin<Box<dyn Socket>> {
        let tcp = async |addr| TcpStream::connect(addr).await.expect("the host listens");
        match &self.place {
            Place::Tcp(addr) => Box::pin(tcp(*addr).await),
            Place::Tls(addr, tls) => {
                let name = ServerName::try_from("localhost").expect("a valid name");
                let socket = tls.connect(name, tcp(*addr).await).await;
                let socket = socket.expect("the certificate is trusted");
                assert!(socket.get_ref().1.alpn_protocol().is_some(), "none was agreed on");
                Box::pin(socket)
            }
            #[cfg(unix)]
            Place::Unix(path) => {
                Box::pin(tokio::net::UnixStream::connect(path).await.expect("the host listens"))
            }
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
        #[cfg(unix)]
        if let Place::Unix(path) = &self.place {
            let _ = std::fs::remove_file(path);
        }
    }
}
