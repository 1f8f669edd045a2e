//! A limit for each tool, asked of a request whose body is bytes.
//
//~ `ByToolName` is no rate-limit key for requests whose body is `
//~ work in the message zone only: put their `RateLimitLayer` inside `NegotiateLayer`

use bytes::Bytes;
use mcp_stack::layers::rate_limit::{ByToolName, Rate, RateLimit, RateLimitLayer};
use tower::{Layer, Service};

fn serves<S: Service<http::Request<Bytes>>>(_: S) {}

fn main() {
    let rate = Rate::per_second(1).unwrap();
    let inner = tower::service_fn(|_: http::Request<Bytes>| async {
        Ok::<_, std::convert::Infallible>(http::Response::new(Bytes::new()))
    });
    let limited: RateLimit<_, _> = RateLimitLayer::new(rate, ByToolName).layer(inner);
    serves(limited);
}
