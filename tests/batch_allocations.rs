//! What refusing a long array costs: a program of its own, since it counts what its
//! allocator is asked for.

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use mcp_stack::{
    McpService, Stack,
    layers::{batch::BatchLayer, session::SessionLayer},
};
use tower::{Service, ServiceExt as _};

const LIMIT: usize = 100;

#[test]
fn an_array_over_the_limit_costs_the_same_however_long_it_is() {
    // RPC-25
    let stack = Stack::new(McpService::new("batch", "1.0.0"))
        .with_session(SessionLayer::new().optional())
        .with_batch(BatchLayer::new());
    let service = stack.build();
    // What is made once is made here.
    let (status, accepted) = post(service.clone(), pings(LIMIT));
    assert_eq!(status, 200);

    let (status, least) = post(service.clone(), pings(LIMIT + 1));
    assert_eq!(status, 400);
    let (status, all) = post(service, pings(10_000));
    assert_eq!(status, 400);
    assert_eq!((all.count_total, all.bytes_total), (least.count_total, least.bytes_total));
    assert!(all.count_total < accepted.count_total, "{all:?}, {accepted:?}");
    assert!(all.bytes_max < 16 * 1024, "{all:?}");
}

fn pings(number: usize) -> Bytes {
    let pings: Vec<_> =
        (0..number).map(|id| format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)).collect();
    format!("[{}]", pings.join(",")).into()
}

/// The status of the answer, and what it took to find it.
fn post<S, B>(service: S, body: Bytes) -> (u16, AllocationInfo)
where
    S: Service<Request<Full<Bytes>>, Response = http::Response<B>>,
    S::Error: std::fmt::Debug,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let request = Request::post("/mcp")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .body(Full::new(body))
        .expect("a valid request");
    let mut status = 0;
    let info = measure(|| {
        let answer = runtime.block_on(service.oneshot(request)).expect("infallible");
        status = answer.status().as_u16();
    });
    (status, info)
}
