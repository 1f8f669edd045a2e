//! HTTP/2, and how it is told from HTTP/1.1.

use std::{future::Future, io, time::Duration};

use hyper::{rt::Executor, server::conn::http2::Builder};
use hyper_util::rt::TokioTimer;
use mcp_layers_core::shutdown::{Shutdown, Work};
use tokio::net::TcpStream;

pub(super) fn builder(shutdown: &Shutdown) -> Builder<Tracked> {
    let mut http = Builder::new(Tracked(shutdown.clone()));
    http.timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    http
}

/// Runs the exchanges of HTTP/2, each of which is a task beside its connection's: they end
/// with it, and are waited for.
#[derive(Clone)]
pub(super) struct Tracked(Shutdown);

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Tracked {
    fn execute(&self, exchange: F) {
        let work = self.0.track(Work::Call);
        tokio::spawn(async move {
            let _work = work;
            exchange.await
        });
    }
}

/// Which HTTP a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Http1,
    Http2,
}

/// How HTTP/2 begins. No method of HTTP/1.1 does.
const PREFACE: &[u8; 3] = b"PRI";

/// What a client that has sent a part of that is given to send the rest.
const PATIENCE: Duration = Duration::from_secs(1);

impl Version {
    /// Looks at the first bytes and leaves them there: were they read, hyper would get
    /// them as a piece of their own, and double its buffer for what follows.
    pub(super) async fn of(socket: &TcpStream) -> io::Result<Self> {
        const PAUSE: Duration = Duration::from_millis(10);
        let mut first = [0; PREFACE.len()];
        let mut waited = Duration::ZERO;
        loop {
            let seen = socket.peek(&mut first).await?;
            match &first[..seen] {
                [] => return Err(io::ErrorKind::UnexpectedEof.into()),
                seen if seen == PREFACE => return Ok(Self::Http2),
                seen if PREFACE.starts_with(seen) && waited < PATIENCE => {
                    tokio::time::sleep(PAUSE).await;
                    waited += PAUSE;
                }
                _ => return Ok(Self::Http1),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncWriteExt as _, net::TcpListener};

    use super::*;

    /// Both ends of a connection.
    async fn connect() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let (client, accepted) = tokio::join!(TcpStream::connect(addr), listener.accept());
        (client.expect("connected"), accepted.expect("accepted").0)
    }

    #[tokio::test]
    async fn the_first_bytes_tell_the_version_and_stay_where_they_are() {
        let cases = [
            ("PRI * HTTP/2.0\r\n", Version::Http2),
            ("POST /mcp HTTP/1.1\r\n", Version::Http1),
            ("PROPFIND / HTTP/1.1\r\n", Version::Http1),
            ("x", Version::Http1),
        ];
        for (sent, expected) in cases {
            let (mut client, server) = connect().await;
            client.write_all(sent.as_bytes()).await.expect("there is room");
            assert_eq!(Version::of(&server).await.expect("bytes came"), expected, "{sent}");
            let mut left = vec![0; sent.len()];
            assert_eq!(server.try_read(&mut left).expect("they are there"), sent.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_preface_in_pieces_is_waited_for_but_not_long() {
        for (rest, expected) in [("RI * HTTP/2.0", Version::Http2), ("", Version::Http1)] {
            let (mut client, server) = connect().await;
            client.write_all(b"P").await.expect("there is room");
            let mut version = std::pin::pin!(Version::of(&server));
            tokio::select! {
                biased;
                version = &mut version => panic!("{version:?} after one byte"),
                () = tokio::task::yield_now() => {}
            }
            client.write_all(rest.as_bytes()).await.expect("there is room");
            assert_eq!(version.await.expect("a byte came"), expected);
        }
    }

    #[tokio::test]
    async fn a_peer_that_leaves_without_a_word_has_no_version() {
        let (client, server) = connect().await;
        drop(client);
        let error = Version::of(&server).await.expect_err("nothing came");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
