//! An MCP endpoint on a Unix socket, for the user who started it and nobody else
//! (HOST-5): `cargo run --example unix_socket -- mcp.sock`

#[cfg(unix)]
pub(crate) async fn serve(
    listener: tokio::net::UnixListener,
    service: mcp_stack::McpService,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), mcp_stack::BoxError> {
    use std::{os::unix::fs::MetadataExt as _, time::Duration};

    use hyper_util::rt::{TokioExecutor, TokioIo};
    use hyper_util::server::{conn::auto::Builder, graceful::GracefulShutdown};
    use hyper_util::service::TowerToHyperService;
    use mcp_stack::core::extensions::{CancelReason, Principal};
    use tower_http::add_extension::AddExtension;

    let path = listener.local_addr()?.as_pathname().ok_or("the socket has no path")?.to_owned();
    let owner = std::fs::metadata(&path)?.uid();
    let stack = mcp_stack::Stack::new(service);
    let shutdown = stack.shutdown_token().clone();
    let endpoint = AddExtension::new(stack.build(), Principal::new(format!("uid:{owner}")));
    let endpoint = TowerToHyperService::new(endpoint);
    let http = Builder::new(TokioExecutor::new());
    let connections = GracefulShutdown::new();
    let accepting = async {
        loop {
            let Ok((socket, _)) = listener.accept().await else {
                // The process is out of sockets: that passes, and those it has go on.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            // The kernel says who calls: no token is needed, and sessions are bound to it.
            if socket.peer_cred().is_ok_and(|peer| peer.uid() == owner) {
                let connection = http.serve_connection(TokioIo::new(socket), endpoint.clone());
                tokio::spawn(connections.watch(connection.into_owned()));
            }
        }
    };
    tokio::select! { _ = accepting => {}, () = stop => {} }
    drop(listener);
    std::fs::remove_file(path)?; // Else the next start finds the name taken.
    let _ = tokio::time::timeout(Duration::from_secs(10), connections.shutdown()).await;
    shutdown.cancel(CancelReason::ShuttingDown);
    Ok(())
}

#[cfg(unix)]
#[tokio::main]
async fn main() -> Result<(), mcp_stack::BoxError> {
    let hello = mcp_stack::Tool::new("hello", || "hello");
    let service = mcp_stack::McpService::new("unix_socket", "1.0.0").with_tool(hello)?;
    let path = std::env::args().nth(1).unwrap_or_else(|| "mcp.sock".into());
    let listener = tokio::net::UnixListener::bind(path)?;
    serve(listener, service, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await
}

#[cfg(not(unix))]
fn main() {}
