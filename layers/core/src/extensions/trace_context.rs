/// The trace a request belongs to, from its `_meta` (OTEL-1).
///
/// The values are as the client sent them, `traceparent` checked for its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    traceparent: Box<str>,
    tracestate: Option<Box<str>>,
    baggage: Option<Box<str>>,
}

impl TraceContext {
    /// A trace context, if `traceparent` has W3C's form
    /// `00-<32 hex>-<16 hex>-<2 hex>` with neither id all zero.
    #[must_use]
    pub fn new(traceparent: &str, tracestate: Option<&str>, baggage: Option<&str>) -> Option<Self> {
        is_traceparent(traceparent).then(|| Self {
            traceparent: traceparent.into(),
            tracestate: tracestate.map(Into::into),
            baggage: baggage.map(Into::into),
        })
    }

    /// `traceparent`.
    #[must_use]
    pub fn traceparent(&self) -> &str {
        &self.traceparent
    }

    /// `tracestate`.
    #[must_use]
    pub fn tracestate(&self) -> Option<&str> {
        self.tracestate.as_deref()
    }

    /// `baggage`.
    #[must_use]
    pub fn baggage(&self) -> Option<&str> {
        self.baggage.as_deref()
    }
}

fn is_traceparent(value: &str) -> bool {
    let hex = |part: &str, len| {
        part.len() == len && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let id = |part: &str, len| hex(part, len) && part.bytes().any(|b| b != b'0');
    let mut parts = value.split('-');
    let (version, trace, parent, flags) = (parts.next(), parts.next(), parts.next(), parts.next());
    version == Some("00")
        && trace.is_some_and(|part| id(part, 32))
        && parent.is_some_and(|part| id(part, 16))
        && flags.is_some_and(|part| hex(part, 2))
        && parts.next().is_none()
}
