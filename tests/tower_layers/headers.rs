//! Trace, request ids, sensitive headers and CORS.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{HeaderName, Request, Response, header};
use mcp_stack::core::{Rejection, headers::MCP_SESSION_ID};
use serde_json::json;
use tower::ServiceBuilder;
use tower_http::{
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    sensitive_headers::SetSensitiveHeadersLayer,
    trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer},
};
use tracing::{Level, Span, field, subscriber::DefaultGuard};

use crate::support::{Strings, initialize, legacy, modern, rest, send};

/// What is logged in the meantime, by this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone());
        (log, tracing::subscriber::set_default(subscriber.finish()))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic").clone()).expect("UTF-8")
    }
}

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_trace_tells_why_a_request_was_refused() {
    let (log, _guard) = Log::start();
    let span = |_: &Request<_>| tracing::info_span!("http", refused = field::Empty);
    let told = |response: &Response<_>, _: Duration, span: &Span| {
        if let Some(rejection) = response.extensions().get::<Rejection>() {
            span.record("refused", rejection.error().message());
        }
        tracing::info!(status = response.status().as_u16(), "answered");
    };
    let trace = TraceLayer::new_for_http().make_span_with(span).on_response(told);
    let strings = Strings::new();
    let service = ServiceBuilder::new().layer(trace).service(strings.stack().build());
    let mut request = modern("request_id");
    request.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().expect("valid"));
    assert_eq!(send(&service, request).await.expect("infallible").status(), 403);
    let log = log.text();
    let expected = "http{refused=\"the request's origin is not allowed\"}";
    assert!(log.contains(expected) && log.contains("answered status=403"), "{log}");
}

#[tokio::test]
async fn a_request_s_id_reaches_the_handler_and_every_answer() {
    let name = HeaderName::from_static("x-request-id");
    let strings = Strings::new();
    let service = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(name.clone(), MakeRequestUuid))
        .layer(PropagateRequestIdLayer::new(name.clone()))
        .service(strings.stack().build());
    let mut request = modern("request_id");
    request.headers_mut().insert(&name, "from-the-proxy".parse().expect("valid"));
    let answer = send(&service, request).await.expect("infallible");
    assert_eq!(answer.headers()[&name], "from-the-proxy");
    assert!(rest(answer.into_body()).await.contains("\"from-the-proxy\""));

    // One that is refused, and a stream, get one too.
    let mut foreign = modern("request_id");
    foreign.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().expect("valid"));
    for (request, status) in [(foreign, 403), (modern("telling"), 200)] {
        let answer = send(&service, request).await.expect("infallible");
        assert_eq!((answer.status().as_u16(), answer.headers()[&name].len()), (status, 36));
    }
}

#[tokio::test]
async fn what_is_marked_sensitive_works_and_stays_out_of_the_trace() {
    let (log, _guard) = Log::start();
    let trace = TraceLayer::new_for_http()
        .make_span_with(DefaultMakeSpan::new().include_headers(true))
        .on_response(DefaultOnResponse::new().include_headers(true));
    let strings = Strings::new();
    // Outside for requests and inside for answers: as the layer sees both, on either side.
    let secret = SetSensitiveHeadersLayer::new([header::AUTHORIZATION, MCP_SESSION_ID]);
    let service = ServiceBuilder::new()
        .layer(secret.clone())
        .layer(trace)
        .layer(secret)
        .service(strings.stack().build());
    let opened = send(&service, initialize()).await.expect("infallible");
    let session = opened.headers()[MCP_SESSION_ID].to_str().expect("ASCII").to_owned();
    let mut ping = legacy(Some(&session), "ping", json!({}));
    ping.headers_mut().insert(header::AUTHORIZATION, "Bearer sesame".parse().expect("valid"));
    assert_eq!(send(&service, ping).await.expect("infallible").status(), 200);
    let log = log.text();
    // Of the answer that opened the session, and of the request in it.
    assert!(log.matches("\"mcp-session-id\": Sensitive").count() > 1, "{log}");
    assert!(log.contains("\"authorization\": Sensitive"), "{log}");
    assert!(!log.contains(&session) && !log.contains("sesame"), "{log}");
}
