//! Reads what the endpoint inside answers.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{Response, header};
use http_body::Body;
use mcp_layers_core::headers::TEXT_EVENT_STREAM;

pub(super) fn is_stream<R>(response: &Response<R>) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(TEXT_EVENT_STREAM.as_bytes()))
}

/// A body that breaks off counts as ended.
pub(super) async fn next_data<R: Body>(mut body: Pin<&mut R>) -> Option<Bytes> {
    loop {
        let frame = poll_fn(|cx| body.as_mut().poll_frame(cx)).await?.ok()?;
        if let Ok(mut data) = frame.into_data() {
            return Some(data.copy_to_bytes(data.remaining()));
        }
    }
}

/// The whole body; one of the endpoint's own answers, which is bounded by what it says.
pub(super) async fn collect<R: Body>(body: R) -> Bytes {
    let mut body = pin!(body);
    let Some(first) = next_data(body.as_mut()).await else { return Bytes::new() };
    let Some(second) = next_data(body.as_mut()).await else { return first };
    let mut all = BytesMut::with_capacity(first.len() + second.len());
    all.put(first);
    all.put(second);
    while let Some(more) = next_data(body.as_mut()).await {
        all.put(more);
    }
    all.freeze()
}
