use std::future::Future;

use mcp_layers_core::{
    extensions::{CancelReason, CancelToken},
    shutdown::Shutdown,
};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    connection::{self, Arrived, Http},
    endpoint::{Endpoint, HttpService},
};

/// A listener, and the connections that came from it.
pub(super) struct Serving<S> {
    listener: TcpListener,
    http: Http,
    endpoint: Endpoint<S>,
    /// Those who have not said a word yet.
    arriving: JoinSet<Option<Arrived>>,
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
        let (http, arriving) = (Http::new(shutdown), JoinSet::new());
        Self { listener, http, endpoint, arriving, connections: Connections::default() }
    }

    /// Takes connections on until something comes.
    pub(super) async fn accept_until(&mut self, until: impl Future<Output = ()>) {
        tokio::pin!(until);
        let Connections { tasks, closing } = &mut self.connections;
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((socket, peer)) => drop(self.arriving.spawn(Arrived::of(socket, peer))),
                    Err(error) => connection::pause_after(&error).await,
                },
                Some(arrived) = self.arriving.join_next() => {
                    if let Ok(Some(arrived)) = arrived {
                        let endpoint = self.endpoint.of_connection(arrived.peer);
                        self.http.serve(arrived, endpoint, closing, tasks);
                    }
                }
                Some(_) = tasks.join_next() => {}
                () = &mut until => return,
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
