//! The chunked transfer coding, decoded as bytes arrive.

use anyhow::{Context as _, Result, ensure};
use memchr::memmem;

/// A decoder between two reads.
#[derive(Debug, Default)]
pub(super) struct Chunked {
    state: State,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Size,
    Data(usize),
    DataEnd,
    Trailer,
    Done,
}

impl Chunked {
    /// Appends the data in `input` to `body`. Returns the bytes it consumed and
    /// whether the body is complete.
    pub(super) fn decode(&mut self, input: &[u8], body: &mut Vec<u8>) -> Result<(usize, bool)> {
        let mut at = 0;
        loop {
            let rest = &input[at..];
            match self.state {
                State::Size => {
                    let Some(line) = line(rest) else { break };
                    at += line.len() + 2;
                    self.state = match size(line)? {
                        0 => State::Trailer,
                        size => State::Data(size),
                    };
                }
                State::Data(left) => {
                    let taken = left.min(rest.len());
                    body.extend_from_slice(&rest[..taken]);
                    at += taken;
                    if taken < left {
                        self.state = State::Data(left - taken);
                        break;
                    }
                    self.state = State::DataEnd;
                }
                State::DataEnd => {
                    let Some(line) = line(rest) else { break };
                    ensure!(line.is_empty(), "a chunk longer than its size");
                    at += 2;
                    self.state = State::Size;
                }
                State::Trailer => {
                    let Some(line) = line(rest) else { break };
                    at += line.len() + 2;
                    if line.is_empty() {
                        self.state = State::Done;
                    }
                }
                State::Done => return Ok((at, true)),
            }
        }
        Ok((at, false))
    }
}

fn line(input: &[u8]) -> Option<&[u8]> {
    memmem::find(input, b"\r\n").map(|end| &input[..end])
}

fn size(line: &[u8]) -> Result<usize> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or(line);
    std::str::from_utf8(digits)
        .ok()
        .and_then(|text| usize::from_str_radix(text.trim(), 16).ok())
        .context("a chunk size that is no number")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODED: &[u8] = b"5\r\nhello\r\nB;x=y\r\n, world\r\n!!\r\n0\r\nT: v\r\n\r\nnext";

    #[test]
    fn every_split_of_the_input_decodes_alike() {
        for split in 0..=CODED.len() {
            let mut decoder = Chunked::default();
            let mut body = Vec::new();
            let (used, mut done) = decoder.decode(&CODED[..split], &mut body).expect("valid");
            let mut total = used;
            if !done {
                let (used, end) = decoder.decode(&CODED[total..], &mut body).expect("valid");
                total += used;
                done = end;
            }
            assert!(done, "split at {split}");
            assert_eq!(body, b"hello, world\r\n!!");
            assert_eq!(&CODED[total..], b"next");
        }
    }

    #[test]
    fn a_wrong_size_is_an_error() {
        for coded in [&b"x\r\n"[..], b"1\r\nab\r\n"] {
            assert!(Chunked::default().decode(coded, &mut Vec::new()).is_err());
        }
    }
}
