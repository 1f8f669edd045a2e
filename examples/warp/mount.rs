use std::{convert::Infallible, net::SocketAddr};

use bytes::{Buf, Bytes};
use futures_util::{Stream, TryStreamExt};
use http_body_util::{BodyDataStream, BodyExt, StreamBody, combinators::UnsyncBoxBody};
use mcp_stack::{BoxError, core::extensions::ClientAddr};
use tower::{Service, ServiceExt as _};
use warp::http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header::HOST};
use warp::hyper::body::{Body, Frame};
use warp::{Filter, Rejection, Reply as _, host::Authority, path::FullPath, reply};

/// What the service gets: warp's body, as it streams in.
type Incoming = UnsyncBoxBody<Bytes, warp::Error>;

/// A filter that hands on to a tower service, and answers with its body as it streams.
pub(crate) fn mount<S, B>(
    service: S,
) -> impl Filter<Extract = (reply::Response,), Error = Rejection> + Clone
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>,
    S: Clone + Send + Sync + 'static,
    B: Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static,
{
    warp::method()
        .and(warp::path::full())
        .and(warp::host::optional())
        .and(warp::header::headers_cloned())
        .and(warp::addr::remote())
        .and(warp::body::stream())
        .map(request)
        .then(move |request| service.clone().oneshot(request))
        .map(|answer: Result<Response<B>, Infallible>| {
            let Ok((head, body)) = answer.map(Response::into_parts);
            // warp wants a stream that is `Sync`; nobody else looks at this one.
            let body = sync_wrapper::SyncStream::new(BodyDataStream::new(body));
            Response::from_parts(head, reply::stream(body).into_response().into_body())
        })
}

/// The request in one piece again. What your own filters found out goes into its
/// extensions, as the peer's address does; a handler finds it in its `Context`.
fn request(
    method: Method,
    path: FullPath,
    host: Option<Authority>,
    mut headers: HeaderMap,
    peer: Option<SocketAddr>,
    body: impl Stream<Item = Result<impl Buf, warp::Error>> + Send + 'static,
) -> Request<Incoming> {
    // HTTP/2 has the host in its target, of which warp gives the path alone.
    if let Some(host) = host.filter(|_| !headers.contains_key(HOST)) {
        headers.insert(HOST, HeaderValue::from_str(host.as_str()).expect("it came as text"));
    }
    let body = body.map_ok(|mut data| Frame::data(data.copy_to_bytes(data.remaining())));
    let mut request = Request::new(StreamBody::new(body).boxed_unsync());
    (*request.method_mut(), *request.headers_mut()) = (method, headers);
    *request.uri_mut() = Uri::try_from(path.as_str()).expect("it came as a path");
    peer.map(|peer| request.extensions_mut().insert(ClientAddr::new(peer)));
    request
}
