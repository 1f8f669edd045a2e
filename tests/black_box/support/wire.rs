use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::shared::patiently;

/// Sends one request over a connection of its own.
pub(super) async fn send(addr: SocketAddr, request: Request<Bytes>) -> Response<Incoming> {
    let socket = TcpStream::connect(addr).await.expect("the server listens");
    let (mut requests, connection) =
        http1::handshake(TokioIo::new(socket)).await.expect("HTTP/1.1 needs no more");
    // It ends with the response's body.
    tokio::spawn(connection);
    patiently(requests.send_request(request.map(Full::new))).await.expect("an HTTP response")
}
