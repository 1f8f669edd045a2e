use std::future::Future;

use hyper_util::server::conn::auto::Builder;
use mcp_layers_core::{
    extensions::{CancelReason, CancelToken},
    shutdown::Shutdown,
};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    connection::{self, Tracked},
    endpoint::{Endpoint, HttpService},
};

/// A listener, and the connections that came from it.
pub(super) struct Serving<S> {
    listener: TcpListener,
    http: Builder<Tracked>,
    endpoint: Endpoint<S>,
    connections: Connections,
}

/// The connections that are open, each on a task of its own. Dropping this ends them.
#[derive(Default)]
pub(super) struct Connections {
    tasks: JoinSet<()>,
    closing: CancelToken,
}

impl<S: HttpService> Serving<S> {
    pub(super) fn new(listener: TcpListener, endpoint: Endpoint<S>, shutdown: &Shutdown) -> Self {
        let (http, connections) = (connection::builder(shutdown), Connections::default());
        Self { listener, http, endpoint, connections }
    }

    /// Takes connections on until something comes.
    pub(super) async fn accept_until(&mut self, until: impl Future<Output = ()>) {
        tokio::pin!(until);
        let Connections { tasks, closing } = &mut self.connections;
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                Some(_) = tasks.join_next() => continue,
                () = &mut until => return,
            };
            match accepted {
                Ok((socket, peer)) => {
                    let endpoint = self.endpoint.clone().with_peer(peer);
                    tasks.spawn(connection::serve(&self.http, socket, endpoint, closing));
                }
                Err(error) => connection::pause_after(&error).await,
            }
        }
    }

    /// Listens no more, and closes each connection: an idle one at once, and the others
    /// after the answer at hand.
    pub(super) fn close(self) -> Connections {
        self.connections.closing.cancel(CancelReason::ShuttingDown);
        self.connections
    }
}

impl Connections {
    /// Waits until none is open.
    pub(super) async fn ended(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    /// Closes them, whatever they are at.
    pub(super) async fn abort(&mut self) {
        self.tasks.shutdown().await;
    }
}
