//! The decoder of requests and the encoder of events.

use bytes::{Bytes, BytesMut};
use divan::counter::BytesCount;
use divan::{Bencher, bench};
use mcp_bench::message;
use mcp_bench::workload::{Era, Workload};
use mcp_stack::RawJson;
use mcp_stack::core::Event;
use mcp_stack::core::jsonrpc::{Limits, Message, RequestId, decode};
use mcp_stack::layers::negotiate::sse;

const SIZES: [usize; 3] = [64, 1 << 10, 1 << 14];

/// A request's bytes into a message.
#[bench(args = [Workload::List, Workload::Echo64, Workload::Echo16k])]
fn decoder(bencher: Bencher<'_, '_>, workload: Workload) {
    let body = Bytes::from(message::body(Era::Modern, workload));
    bencher
        .counter(BytesCount::of_slice(&body[..]))
        .with_inputs(|| body.clone())
        .bench_values(|body| decode(body, Limits::default()).expect("a valid message"));
}

/// A result of so many bytes as an event, into a buffer that has room.
#[bench(args = SIZES)]
fn sse_encoder(bencher: Bencher<'_, '_>, size: usize) {
    let text = RawJson::from_value(&"x".repeat(size)).expect("a string is JSON");
    let event = Event::from(Message::result(&RequestId::from(1), &text));
    let room = 2 * size + 256;
    bencher
        .counter(BytesCount::new(size))
        .with_inputs(|| BytesMut::with_capacity(room))
        .bench_refs(|out| sse::encode(&event, out));
}
