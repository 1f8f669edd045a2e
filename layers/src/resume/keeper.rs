use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use mcp_layers_core::extensions::{CancelReason, CancelToken, SessionId};
use tokio::time::{sleep, sleep_until};

use super::{LogFuture, node::Node, pump::GRACE};

/// Looks after one session for as long as it has streams: drops each when its time is
/// over, and all when the session ends. When the server stops they stay in the log, for
/// another node to have.
pub(super) async fn keep(node: Arc<Node>, session: SessionId, ended: CancelToken) {
    let mut ended = pin!(ended.cancelled());
    loop {
        let mut due = pin!(sleep_until(node.next_due(session)));
        let ended = poll_fn(|cx| match ended.as_mut().poll(cx) {
            Poll::Ready(reason) => Poll::Ready(Some(reason)),
            Poll::Pending => due.as_mut().poll(cx).map(|()| None),
        });
        if let Some(reason) = ended.await {
            if reason == CancelReason::ShuttingDown {
                return;
            }
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
