//! An MCP endpoint over TLS, with a certificate made at the start:
//! `cargo run --example rustls -- 127.0.0.1:8443`, then `curl --cacert cert.pem …`

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::{server::conn::auto::Builder, server::graceful::*, service::*};
use mcp_stack::{BoxError, McpService, Stack, Tool, core::extensions::ClientAddr};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{net::TcpListener, time};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};
use tower_http::add_extension::AddExtension;

pub(crate) async fn serve(
    listener: TcpListener,
    identity: rcgen::CertifiedKey<rcgen::KeyPair>,
    service: McpService,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let tls = ServerConfig::builder().with_no_client_auth();
    let mut tls = tls.with_single_cert(vec![identity.cert.into()], identity.signing_key.into())?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let tls = TlsAcceptor::from(Arc::new(tls));
    let (stack, mut http) = (Stack::new(service), Builder::new(TokioExecutor::new()));
    http.http1().timer(TokioTimer::new());
    let (shutdown, endpoint) = (stack.shutdown().clone(), stack.build());
    let mut drained = shutdown.drained();
    let serving = tokio::spawn(async move {
        let connections = GracefulShutdown::new();
        loop {
            let next = tokio::select! { it = listener.accept() => it, () = &mut drained => break };
            let Ok((socket, peer)) = next else {
                // The process is out of sockets: that passes, and those it has go on.
                time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let endpoint = AddExtension::new(endpoint.clone(), ClientAddr::new(peer));
            let (tls, http, watcher) = (tls.clone(), http.clone(), connections.watcher());
            // The handshake is on the connection's own task: a slow one holds up nobody.
            tokio::spawn(async move {
                let socket = time::timeout(Duration::from_secs(10), tls.accept(socket)).await??;
                let (socket, endpoint) = (TokioIo::new(socket), TowerToHyperService::new(endpoint));
                watcher.watch(http.serve_connection(socket, endpoint)).await
            });
        }
        drop(listener);
        connections.shutdown().await;
    });
    stop.await;
    shutdown.run(time::sleep(Duration::from_secs(10))).await; // drains, then cancels what is left
    Ok(time::timeout(Duration::from_secs(1), serving).await.unwrap_or(Ok(()))?)
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let identity = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    std::fs::write("cert.pem", identity.cert.pem())?;
    let service = McpService::new("rustls", "1.0.0").with_tool(Tool::new("hello", || "hello"))?;
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8443".into());
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    serve(TcpListener::bind(addr).await?, identity, service, stop).await
}
