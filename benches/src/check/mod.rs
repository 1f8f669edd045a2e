//! Whether an answer is right. A fast wrong answer must not count.

mod seen;

use anyhow::{Context as _, Result, bail, ensure};
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

use self::seen::Seen;
use crate::http::Response;
use crate::workload::Workload;

/// What the answers to one workload must look like.
#[derive(Debug)]
pub struct Check {
    notifications: usize,
    expected: memmem::Finder<'static>,
    times: usize,
    seen: Seen,
}

impl Check {
    /// The check for a workload.
    #[must_use]
    pub fn new(workload: Workload) -> Self {
        let (expected, times) = workload.expected();
        Self {
            notifications: workload.notifications(),
            expected: memmem::Finder::new(&expected).into_owned(),
            times,
            seen: Seen::default(),
        }
    }

    /// Passes if the status is 200, the messages before the result are the progress
    /// notifications asked for, and the last is the result of request `id`.
    ///
    /// # Errors
    ///
    /// If any of that is not so; the message quotes the answer.
    pub fn answer(&mut self, response: &Response<'_>, id: u64) -> Result<()> {
        if self.seen.is_like(response, id) {
            return Ok(());
        }
        self.try_answer(response, id).with_context(|| {
            let text = String::from_utf8_lossy(response.body);
            let start: String = text.chars().take(400).collect();
            format!("request {id}: status {}: {start}", response.head.status)
        })?;
        self.seen.remember(response, id);
        Ok(())
    }

    fn try_answer(&self, response: &Response<'_>, id: u64) -> Result<()> {
        ensure!(response.head.status == 200, "the status is not 200");
        let mut notifications = 0;
        let last = if response.head.is_sse {
            let mut last = None;
            for data in sse_data(response.body) {
                if let Some(earlier) = last.replace(data) {
                    ensure!(is_progress(earlier)?, "a message that is no progress");
                    notifications += 1;
                }
            }
            last.context("a stream without a message")?
        } else {
            response.body
        };
        ensure!(notifications == self.notifications, "{notifications} notifications");
        let result = result_of(last, id)?;
        let times = self.expected.find_iter(result.as_bytes()).count();
        ensure!(times == self.times, "not the result expected");
        Ok(())
    }
}

/// The result of request `id` in a JSON-RPC response.
///
/// # Errors
///
/// If the message is not that response, or is an error or a failed tool's result.
pub fn result_of(message: &[u8], id: u64) -> Result<&str> {
    let message: Message<'_> = serde_json::from_slice(message).context("not JSON-RPC")?;
    ensure!(message.jsonrpc == "2.0", "not JSON-RPC 2.0");
    ensure!(message.id == Some(id), "the id of another request");
    ensure!(message.error.is_none(), "a JSON-RPC error");
    let result = message.result.context("no result")?.get();
    ensure!(memmem::find(result.as_bytes(), b"\"isError\":true").is_none(), "a failed tool");
    Ok(result)
}

/// The data of each SSE event, one line each. Empty data primes a stream and is left out.
fn sse_data(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_prefix(b"data:"))
        .map(<[u8]>::trim_ascii)
        .filter(|data| !data.is_empty())
}

fn is_progress(message: &[u8]) -> Result<bool> {
    let message: Message<'_> = serde_json::from_slice(message).context("not JSON-RPC")?;
    if message.error.is_some() {
        bail!("a JSON-RPC error");
    }
    Ok(message.method == Some("notifications/progress"))
}

#[derive(Deserialize)]
struct Message<'a> {
    jsonrpc: &'a str,
    id: Option<u64>,
    method: Option<&'a str>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Head;

    #[test]
    fn a_wrong_answer_is_found_after_right_ones() {
        let mut check = Check::new(Workload::Ping);
        let answer = |id: u64| format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#);
        let respond = |body: &str, status, id, check: &mut Check| {
            let head = Head::new(status, false);
            check.answer(&Response::new(head, body.as_bytes()), id).is_ok()
        };
        assert!(respond(&answer(1_000_000_000), 200, 1_000_000_000, &mut check));
        assert!(respond(&answer(1_000_000_001), 200, 1_000_000_001, &mut check));
        assert!(!respond(&answer(1_000_000_001), 200, 1_000_000_002, &mut check));
        assert!(!respond(&answer(1_000_000_003), 500, 1_000_000_003, &mut check));
        let error = answer(1_000_000_004).replace("result", "error!");
        assert!(!respond(&error, 200, 1_000_000_004, &mut check));
    }

    #[test]
    fn a_result_is_taken_only_for_its_own_request() {
        let message = br#"{"jsonrpc":"2.0","id":7,"result":{"content":[]}}"#;
        assert_eq!(result_of(message, 7).expect("right"), r#"{"content":[]}"#);
        assert!(result_of(message, 8).is_err());
    }

    #[test]
    fn errors_are_not_results() {
        for message in [
            &br#"{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"no"}}"#[..],
            br#"{"jsonrpc":"2.0","id":7,"result":{"content":[],"isError":true}}"#,
            br#"{"jsonrpc":"2.0","id":7}"#,
            b"",
        ] {
            assert!(result_of(message, 7).is_err());
        }
    }

    #[test]
    fn events_are_split_and_priming_is_skipped() {
        let body = b"id: 1\ndata: \n\nevent: message\ndata: {\"a\":1}\r\n\n: comment\ndata:{}\n\n";
        let data: Vec<_> = sse_data(body).collect();
        assert_eq!(data, [&b"{\"a\":1}"[..], b"{}"]);
    }
}
