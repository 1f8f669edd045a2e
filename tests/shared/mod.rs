//! What the programs of tests have in common that serve stacks over sockets.

mod serving;

pub(crate) use serving::{Serving, stopped};

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
