use http::{HeaderMap, header};
use mcp_layers_core::media_type::{MediaRange, Precedence};

/// Which of the two media types of this transport a client takes (NEG-14).
///
/// ```
/// use http::{HeaderMap, HeaderValue, header};
/// use mcp_layers::negotiate::Accept;
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(Accept::parse(&headers), None);
///
/// headers.append(header::ACCEPT, HeaderValue::from_static("text/*, */*;q=0.1"));
/// headers.append(header::ACCEPT, HeaderValue::from_static("application/json;q=0"));
/// let accept = Accept::parse(&headers).unwrap();
/// assert!(accept.event_stream() && !accept.json());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accept {
    json: bool,
    event_stream: bool,
}

impl Accept {
    /// Both media types: what a client means that says nothing (NEG-15).
    pub const BOTH: Self = Self { json: true, event_stream: true };
    const JSON: Self = Self { json: true, event_stream: false };
    const EVENT_STREAM: Self = Self { json: false, event_stream: true };

    /// Reads every `Accept` line; `None` when none of them holds a media range.
    ///
    /// For each of the two types the most specific range decides: `q=0` excludes
    /// it, any other weight admits it. Of ranges that are equally specific one
    /// that admits wins. Parameters other than `q` do not narrow a range, and a
    /// malformed range is passed over.
    #[must_use]
    pub fn parse(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(header::ACCEPT).iter();
        let (first, second) = (lines.next()?, lines.next());
        if second.is_none()
            && let Some(accept) = Self::common(first.as_bytes())
        {
            return Some(accept);
        }
        let (mut json, mut event_stream) = (None, None);
        let mut stated = false;
        for line in [first].into_iter().chain(second).chain(lines) {
            for range in MediaRange::list(line.as_bytes()) {
                stated = true;
                json = json.max(range.covers("application", "json"));
                event_stream = event_stream.max(range.covers("text", "event-stream"));
            }
        }
        let admits =
            |deciding: Option<Precedence>| deciding.is_some_and(|range| range.weight() > 0);
        stated.then(|| Self { json: admits(json), event_stream: admits(event_stream) })
    }

    /// Whether the client takes `application/json`.
    #[must_use]
    pub const fn json(self) -> bool {
        self.json
    }

    /// Whether the client takes `text/event-stream`.
    #[must_use]
    pub const fn event_stream(self) -> bool {
        self.event_stream
    }

    /// What nearly every client sends, to the byte.
    fn common(value: &[u8]) -> Option<Self> {
        Some(match value {
            b"application/json, text/event-stream" | b"*/*" => Self::BOTH,
            b"text/event-stream, application/json" => Self::BOTH,
            b"application/json" => Self::JSON,
            b"text/event-stream" => Self::EVENT_STREAM,
            _ => return None,
        })
    }
}
