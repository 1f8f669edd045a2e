//! One kept-alive connection.

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Target;
use super::chunked::Chunked;
use super::head::{Framing, Head, fields};

/// A connection that sends one request at a time and reuses its buffers.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// What the last answer was read into, from its first byte.
    received: Vec<u8>,
    /// A chunked body, decoded.
    decoded: Vec<u8>,
}

/// An answer, borrowed from its connection's buffers.
#[derive(Debug)]
pub struct Response<'a> {
    /// The status and the media type.
    pub head: Head,
    /// The body without its transfer coding.
    pub body: &'a [u8],
    raw_head: &'a [u8],
}

impl Connection {
    /// Connects with Nagle's algorithm off, so that it delays no request.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached.
    pub async fn open(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(&*target.authority)
            .await
            .with_context(|| format!("connecting to {}", target.authority))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(64 * 1024), decoded: Vec::new() })
    }

    /// Sends the bytes of one request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// If the connection fails, or the answer is not HTTP/1.1 that keeps it alive.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Response<'_>> {
        self.received.clear();
        self.decoded.clear();
        self.stream.write_all(request).await.context("sending")?;
        let head = self.read_head().await?;
        let end = match head.framing {
            Framing::Length(length) => self.read_length(head.len + length).await?,
            Framing::Chunked => self.read_chunks(head.len).await?,
        };
        ensure!(end == self.received.len(), "bytes after the end of the answer");
        let (raw_head, rest) = self.received.split_at(head.len);
        let body = match head.framing {
            Framing::Length(_) => rest,
            Framing::Chunked => &self.decoded,
        };
        Ok(Response { head, body, raw_head })
    }

    /// The connection's socket, to read what has no end.
    #[must_use]
    pub fn into_socket(self) -> TcpStream {
        self.stream
    }

    async fn read_head(&mut self) -> Result<Head> {
        loop {
            self.read().await?;
            if let Some(head) = Head::parse(&self.received)? {
                return Ok(head);
            }
        }
    }

    async fn read_length(&mut self, end: usize) -> Result<usize> {
        while self.received.len() < end {
            self.read().await?;
        }
        Ok(end)
    }

    async fn read_chunks(&mut self, mut at: usize) -> Result<usize> {
        let mut chunked = Chunked::default();
        loop {
            let (used, done) = chunked.decode(&self.received[at..], &mut self.decoded)?;
            at += used;
            if done {
                return Ok(at);
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<()> {
        if self.received.len() == self.received.capacity() {
            self.received.reserve(64 * 1024);
        }
        let read = self.stream.read_buf(&mut self.received).await.context("receiving")?;
        ensure!(read > 0, "the server closed the connection before the end of its answer");
        Ok(())
    }
}

#[cfg(test)]
impl<'a> Response<'a> {
    pub(crate) fn new(head: Head, body: &'a [u8]) -> Self {
        Self { head, body, raw_head: &[] }
    }
}

impl Response<'_> {
    /// A header field's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        fields(self.raw_head)
            .find(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()))
            .and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// Bytes of the answer: its head and its body without the transfer coding.
    #[must_use]
    pub fn size(&self) -> usize {
        self.raw_head.len() + self.body.len()
    }
}
