use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use http::Request;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::shared::patiently;

/// A connection over HTTP/1.1, on which no more is read than a test asks for. Dropping it
/// hangs up.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: TcpStream,
    read: BytesMut,
}

impl Connection {
    pub(crate) async fn to(addr: SocketAddr) -> Self {
        let socket = TcpStream::connect(addr).await.expect("the server listens");
        Self { socket, read: BytesMut::new() }
    }

    /// Sends a whole request.
    pub(crate) async fn send(&mut self, request: &Request<Bytes>) {
        let head = head(request, "");
        self.write(&[head.as_bytes(), request.body()].concat()).await;
    }

    /// Sends half of a request. The server is at its body by then.
    pub(crate) async fn send_half(&mut self, request: &Request<Bytes>) {
        self.write(head(request, "expect: 100-continue\r\n").as_bytes()).await;
        self.read_to("HTTP/1.1 100 Continue\r\n").await;
        self.write(&request.body()[..request.body().len() / 2]).await;
    }

    /// Hangs up by a reset: what has not been sent yet is lost.
    pub(crate) fn reset(self) {
        self.socket.set_zero_linger().expect("an open socket");
    }

    /// Reads until this has come.
    pub(crate) async fn read_to(&mut self, text: &str) {
        while !self.read.windows(text.len()).any(|window| window == text.as_bytes()) {
            let read = patiently(self.socket.read_buf(&mut self.read)).await;
            assert!(read.expect("the connection holds") > 0, "it ends before {text}");
        }
    }

    async fn write(&mut self, bytes: &[u8]) {
        patiently(self.socket.write_all(bytes)).await.expect("the connection holds");
    }
}

fn head(request: &Request<Bytes>, more: &str) -> String {
    let mut head = format!(
        "{} /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n{more}",
        request.method(),
        request.body().len()
    );
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().expect("ASCII")));
    }
    head + "\r\n"
}
