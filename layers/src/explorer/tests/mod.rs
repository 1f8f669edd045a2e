mod accept;
mod page;
mod service;

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, Response};
use tower::{Layer, ServiceExt, service_fn};

use super::ExplorerLayer;

/// What browsers send when they open an address.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,\
                       image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";

fn request(method: Method, accept: &[&str]) -> Request<()> {
    let request = Request::builder().method(method).uri("/mcp");
    let request = accept.iter().fold(request, |request, line| request.header("accept", *line));
    request.body(()).expect("a valid request")
}

/// In front of a service that says it was reached.
async fn answer(request: Request<()>) -> Response<Bytes> {
    let inner =
        service_fn(|_| async { Ok::<_, Infallible>(Response::new(Bytes::from_static(b"inside"))) });
    ExplorerLayer::new().layer(inner).oneshot(request).await.expect("infallible")
}

async fn is_page(request: Request<()>) -> bool {
    let answer = answer(request).await;
    let page = answer.headers().contains_key("content-security-policy");
    assert_ne!(page, answer.body() == "inside");
    page
}
