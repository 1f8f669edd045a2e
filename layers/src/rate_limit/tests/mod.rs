//! What the tests share: a limit whose time is faked, and callers.

mod keys;
mod limiting;
mod rates;
mod table;

use std::{convert::Infallible, net::IpAddr, time::Duration};

use bytes::Bytes;
use governor::clock::FakeRelativeClock;
use http::{Request, Response};
use mcp_layers_core::{
    FromRejection,
    extensions::{
        CancelToken, ClientAddr, ClientCapabilities, Principal, SessionHandle, SessionId,
    },
    protocol::ProtocolVersion,
};
use static_assertions::assert_impl_all;
use tower::{Layer, ServiceExt, service_fn};

use super::{Key, Rate, RateLimitLayer};

/// One request now and one more every ten seconds.
fn one_in_ten_seconds<K>(key: K) -> (RateLimitLayer<K>, FakeRelativeClock) {
    let rate = Rate::new(1, Duration::from_secs(10)).expect("a rate");
    let clock = FakeRelativeClock::default();
    (RateLimitLayer::new(rate, key).with_clock(clock.clone()), clock)
}

/// What this layer answers around a service that answers with nothing.
async fn answer<K, B, ResBody>(layer: &RateLimitLayer<K>, request: Request<B>) -> Response<ResBody>
where
    K: Key<B> + Clone,
    ResBody: FromRejection + Empty,
{
    let inner = service_fn(|_| async { Ok::<_, Infallible>(Response::new(ResBody::empty())) });
    layer.layer(inner).oneshot(request).await.expect("infallible")
}

/// Whether this layer lets a request of the bytes zone pass.
async fn passes<K: Key<()> + Clone>(layer: &RateLimitLayer<K>, request: Request<()>) -> bool {
    answer::<_, _, Bytes>(layer, request).await.status() == 200
}

trait Empty {
    fn empty() -> Self;
}

impl Empty for Bytes {
    fn empty() -> Self {
        Self::new()
    }
}

impl Empty for mcp_layers_core::Outbound {
    fn empty() -> Self {
        Self::Accepted
    }
}

/// Adds an extension to a request.
fn with<B, T: Clone + Send + Sync + 'static>(mut request: Request<B>, extension: T) -> Request<B> {
    request.extensions_mut().insert(extension);
    request
}

fn nobody() -> Request<()> {
    Request::post("/mcp").body(()).expect("a valid request")
}

fn principal(name: &str) -> Principal {
    Principal::new(name)
}

fn addr(ip: &str) -> ClientAddr {
    let ip: IpAddr = ip.parse().expect("an address");
    ClientAddr::new((ip, 50_000).into())
}

fn session(id: u128) -> SessionHandle {
    SessionHandle::new(
        SessionId::from_bits(id),
        ProtocolVersion::LATEST_LEGACY,
        ClientCapabilities::default(),
        None,
        CancelToken::new(),
    )
}

assert_impl_all!(RateLimitLayer<super::ByPrincipalOrAddr>: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(super::RateLimit<(), super::ByHeader>: Clone, Send, Sync);
assert_impl_all!(super::ResponseFuture<std::future::Ready<()>>: Send, Sync);
assert_impl_all!(super::InvalidRate: std::error::Error, Send, Sync);
