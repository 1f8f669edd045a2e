//! The streamed answer: a body that serialises each event when hyper asks for it.
//!
//! There is no task and no channel; a server that has them pays for them above the floor.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::reply::{self, CallResult, Era};

pub(crate) struct ProgressStream {
    pub(crate) era: Era,
    pub(crate) id: Box<RawValue>,
    pub(crate) token: Box<RawValue>,
    /// Steps reported so far; past `total` once the result has been sent.
    pub(crate) step: u32,
    pub(crate) total: u32,
}

impl Body for ProgressStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.step > self.total {
            return Poll::Ready(None);
        }
        self.step += 1;
        let mut event = Vec::with_capacity(256);
        event.extend_from_slice(b"data: ");
        if self.step > self.total {
            reply::write(&mut event, self.era, &self.id, CallResult::text("done".into()));
        } else {
            self.write_progress(&mut event);
        }
        event.extend_from_slice(b"\n\n");
        Poll::Ready(Some(Ok(Frame::data(event.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.step > self.total
    }
}

impl ProgressStream {
    fn write_progress(&self, event: &mut Vec<u8>) {
        let notification = Notification {
            jsonrpc: "2.0",
            method: "notifications/progress",
            params: Progress {
                progress_token: &self.token,
                progress: self.step,
                total: self.total,
            },
        };
        serde_json::to_writer(event, &notification)
            .expect("a vector takes every byte and keys are strings");
    }
}

#[derive(Serialize)]
struct Notification<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: Progress<'a>,
}

#[derive(Serialize)]
struct Progress<'a> {
    #[serde(rename = "progressToken")]
    progress_token: &'a RawValue,
    progress: u32,
    total: u32,
}
