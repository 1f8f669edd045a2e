//! What the tests of the transport need besides [`support`](crate::support): every byte
//! of a request and of its answer, connections that break off, and handlers that can be
//! watched from outside.
//!
//! ```ignore
//! let stage = Stage::new();
//! let server = TestServer::of(stage.service()).await;
//! let caller = Caller::of(server.addr(), MODERN).await;
//! let connection = caller.send(&caller.call(1, "silent")).await;
//! take(&stage.started).await;
//! drop(connection);
//! take(&stage.dropped).await;
//! ```

mod caller;
mod connection;
mod request;
mod stage;

pub(crate) use caller::{Caller, initialize};
pub(crate) use connection::{Connection, Event, Reply};
pub(crate) use request::Request;
pub(crate) use stage::{Stage, take, take_many};

use std::{future::Future, time::Duration};

/// Fails a test that would wait for ever.
pub(crate) async fn patiently<T>(work: impl Future<Output = T>) -> T {
    const PATIENCE: Duration = Duration::from_secs(30);
    tokio::time::timeout(PATIENCE, work).await.expect("it happens in time")
}

/// Looks until something holds that nobody tells of.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    let look = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    patiently(look).await;
}

/// How many tasks of this test's runtime have not ended.
pub(crate) fn alive_tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}
