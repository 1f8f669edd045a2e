//! The streamed answer: a task that reports its steps, a channel, and a body that hands
//! hyper each event as it comes.
//!
//! The tool gives way after each report, as that of every server measured does, so each
//! event is a frame and a write of its own. It has a task because hyper stops polling a
//! body whose socket is full: work inside the body would stand still with its reader.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use crate::reply::{self, CallResult, Era};

/// How many events may wait for the client.
const WAITING: usize = 16;

pub(crate) struct Events(mpsc::Receiver<Bytes>);

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}

/// A call of the tool `progress`.
pub(crate) struct Progress {
    pub(crate) era: Era,
    pub(crate) id: Box<RawValue>,
    pub(crate) token: Box<RawValue>,
    pub(crate) total: u32,
}

impl Progress {
    pub(crate) fn start(self) -> Events {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(self.report(sender));
        Events(receiver)
    }

    async fn report(self, events: mpsc::Sender<Bytes>) {
        for step in 1..=self.total {
            if events.send(event(|out| self.write_progress(step, out))).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
        let result = CallResult::text("done".into());
        let result = event(|out| reply::write(out, self.era, &self.id, result));
        // A client that is gone needs no result.
        let _ = events.send(result).await;
    }

    fn write_progress(&self, progress: u32, out: &mut Vec<u8>) {
        let notification = Notification {
            jsonrpc: "2.0",
            method: "notifications/progress",
            params: Params { progress_token: &self.token, progress, total: self.total },
        };
        serde_json::to_writer(out, &notification)
            .expect("a vector takes every byte and keys are strings");
    }
}

/// An event whose data `write` appends.
fn event(write: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut event = Vec::with_capacity(256);
    event.extend_from_slice(b"data: ");
    write(&mut event);
    event.extend_from_slice(b"\n\n");
    event.into()
}

#[derive(Serialize)]
struct Notification<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: Params<'a>,
}

#[derive(Serialize)]
struct Params<'a> {
    #[serde(rename = "progressToken")]
    progress_token: &'a RawValue,
    progress: u32,
    total: u32,
}
