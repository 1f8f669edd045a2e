//! An MCP endpoint on a Unix socket, for the user who started it and nobody else
//! (HOST-5): `cargo run --example unix_socket -- mcp.sock`

#[cfg(unix)]
pub(crate) async fn serve(
    listener: tokio::net::UnixListener,
    service: mcp_stack::McpService,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), mcp_stack::BoxError> {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use hyper_util::{server::conn::auto::Builder, server::graceful::*, service::*};
    use mcp_stack::core::extensions::Principal;
    use std::{os::unix::fs::MetadataExt as _, time::Duration};
    use tokio::time::{sleep, timeout};
    use tower_http::add_extension::AddExtension;

    let path = listener.local_addr()?.as_pathname().ok_or("the socket has no path")?.to_owned();
    let owner = std::fs::metadata(&path)?.uid();
    let stack = mcp_stack::Stack::new(service);
    let shutdown = stack.shutdown().clone();
    let endpoint = AddExtension::new(stack.build(), Principal::new(format!("uid:{owner}")));
    let endpoint = TowerToHyperService::new(endpoint);
    let (http, mut drained) = (Builder::new(TokioExecutor::new()), shutdown.drained());
    let serving = tokio::spawn(async move {
        let connections = GracefulShutdown::new();
        loop {
            let next = tokio::select! { it = listener.accept() => it, () = &mut drained => break };
            let Ok((socket, _)) = next else {
                // The process is out of sockets: that passes, and those it has go on.
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            // The kernel says who calls: no token is needed, and sessions are bound to it.
            if socket.peer_cred().is_ok_and(|peer| peer.uid() == owner) {
                let connection = http.serve_connection(TokioIo::new(socket), endpoint.clone());
                tokio::spawn(connections.watch(connection.into_owned()));
            }
        }
        drop(listener);
        let _ = std::fs::remove_file(path); // Else the next start finds the name taken.
        connections.shutdown().await;
    });
    stop.await;
    shutdown.run(sleep(Duration::from_secs(10))).await; // drains, then cancels what is left
    let _ = timeout(Duration::from_secs(1), serving).await;
    Ok(())
}

#[cfg(unix)]
#[tokio::main]
async fn main() -> Result<(), mcp_stack::BoxError> {
    let hello = mcp_stack::Tool::new("hello", || "hello");
    let service = mcp_stack::McpService::new("unix_socket", "1.0.0").with_tool(hello)?;
    let path = std::env::args().nth(1).unwrap_or_else(|| "mcp.sock".into());
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    serve(tokio::net::UnixListener::bind(path)?, service, stop).await
}

#[cfg(not(unix))]
fn main() {}
