use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use mcp_layers_core::extensions::{CancelToken, SessionId};
use tokio::time::{sleep, sleep_until};

use super::{LogFuture, node::Node, pump::GRACE};

/// Looks after one session for as long as it has streams: drops each when its time is
/// over, and all when the session ends.
pub(super) async fn keep(node: Arc<Node>, session: SessionId, ended: CancelToken) {
    let mut ended = pin!(ended.cancelled());
    loop {
        let mut due = pin!(sleep_until(node.next_due(session)));
        let session_ended = poll_fn(|cx| {
            if ended.as_mut().poll(cx).is_ready() {
                return Poll::Ready(true);
            }
            due.as_mut().poll(cx).map(|()| false)
        });
        if session_ended.await {
            // The pumps stop first, and clients on the line get what they had to say.
            sleep(GRACE * 2).await;
            node.forget(session);
            return carried_out(node.log.purge(session)).await;
        }
        loop {
            let Some(expired) = node.expire(session) else { return };
            if expired.is_empty() {
                break;
            }
            for feed in expired {
                carried_out(node.log.remove(session, feed.stream)).await;
            }
        }
    }
}

async fn carried_out(answer: LogFuture<()>) {
    if let Err(error) = answer.await {
        tracing::warn!(%error, "events stay in the log until they expire there");
    }
}
