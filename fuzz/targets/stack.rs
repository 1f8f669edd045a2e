//! Whatever comes in by HTTP, the default stack answers, and with what the protocol
//! knows.
#![no_main]

use std::{convert::Infallible, sync::LazyLock};

use arbitrary::Arbitrary;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use libfuzzer_sys::fuzz_target;
use mcp_stack::{
    CompletionRequest, Context, LogLevel, McpService, Prompt, PromptArgument, Resource,
    ResourceTemplate, Stack, Tool,
};
use mcp_stack_fuzz::event_stream;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;
use tower::{Service, ServiceExt as _};

const VERSIONS: [&str; 7] =
    ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2031-01-01", "x"];
const METHODS: [&str; 20] = [
    "tools/call",
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "logging/setLevel",
    "initialize",
    "ping",
    "server/discover",
    "notifications/initialized",
    "notifications/cancelled",
    "notifications/progress",
    "resources/subscribe",
    "subscriptions/listen",
    "tasks/get",
    "acme/unknown",
    "",
];
const WORDS: [&str; 40] = [
    "name",
    "arguments",
    "uri",
    "cursor",
    "level",
    "ref",
    "type",
    "argument",
    "value",
    "context",
    "_meta",
    "progressToken",
    "requestId",
    "reason",
    "protocolVersion",
    "capabilities",
    "clientInfo",
    "io.modelcontextprotocol/protocolVersion",
    "io.modelcontextprotocol/clientCapabilities",
    "io.modelcontextprotocol/logLevel",
    "io.modelcontextprotocol/clientInfo",
    "traceparent",
    "add",
    "a",
    "b",
    "chatty",
    "region",
    "region-tool",
    "docs://a",
    "users://1",
    "review",
    "language",
    "ref/prompt",
    "ref/resource",
    "users://{id}",
    "debug",
    "2026-07-28",
    "2025-11-25",
    "id",
    "sampling",
];
const HEADERS: [HeaderName; 16] = [
    header::HOST,
    header::ORIGIN,
    header::CONTENT_TYPE,
    header::ACCEPT,
    header::CONTENT_LENGTH,
    header::AUTHORIZATION,
    header::EXPECT,
    header::TRANSFER_ENCODING,
    HeaderName::from_static("mcp-protocol-version"),
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("mcp-method"),
    HeaderName::from_static("mcp-name"),
    HeaderName::from_static("mcp-param-region"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("x-other"),
];
const VALUES: [&str; 20] = [
    "localhost",
    "evil.example",
    "http://localhost:1",
    "application/json",
    "text/event-stream",
    "application/json, text/event-stream",
    "*/*",
    "text/html",
    "application/json;charset=utf-8",
    "2026-07-28",
    "2025-06-18",
    "tools/call",
    "add",
    "=?base64?YWRk?=",
    "=?base64?!?=",
    "0",
    "00000000000000000000000000000000",
    "eu",
    "",
    "null",
];

/// One request: a sound one, and what is then done to it.
#[derive(Arbitrary, Debug)]
struct Sent<'a> {
    version: u8,
    method: u8,
    id: Id<'a>,
    /// Which of the items it asks for.
    item: u8,
    /// In the place of its params, or beside them.
    params: Vec<(u8, Json<'a>)>,
    /// Whether it names the session that was opened last.
    in_session: bool,
    damage: Vec<Damage<'a>>,
    /// The body comes in pieces of this size.
    piece: u8,
}

#[derive(Arbitrary, Debug)]
enum Id<'a> {
    None,
    Number(u8),
    Text(&'a str),
    Other(Json<'a>),
}

#[derive(Arbitrary, Debug)]
enum Damage<'a> {
    Verb(u8),
    Verbatim(&'a str),
    SetHeader(u8, Text<'a>),
    AddHeader(u8, Text<'a>),
    RemoveHeader(u8),
    /// In the place of the body.
    Body(&'a [u8]),
    /// Cuts the body.
    Truncate(u16),
    /// A member of the envelope.
    Member(u8, Json<'a>),
    /// The same message so many times, in an array.
    Array(u8),
    /// The body nests this deep.
    Deep(u8),
}

#[derive(Arbitrary, Debug)]
enum Text<'a> {
    Known(u8),
    Any(&'a [u8]),
}

#[derive(Arbitrary, Debug)]
enum Json<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Word(u8),
    Method(u8),
    Text(&'a str),
    List(Vec<Json<'a>>),
    Object(Vec<(u8, Json<'a>)>),
}

fuzz_target!(|requests: Vec<Sent<'_>>| {
    // With time that runs as soon as nothing else does, no limit is waited for.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let endpoint = runtime.block_on(async { Stack::new(SERVICE.clone()).build() });
    let mut session = None;
    let open = Sent::opening();
    for sent in [&open].into_iter().chain(requests.iter().take(8)) {
        let (request, body) = sent.build(session.as_ref());
        let verb = request.method().clone();
        let (answer, end) = answer(&runtime, endpoint.clone(), request);
        if let Some(opened) = answer.headers().get("mcp-session-id") {
            session = Some(opened.clone());
        }
        judge(&verb, &body, &answer, end);
    }
    assert!(session.is_some(), "the first request opens a session");
});

/// How an answer ended.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Closed,
    /// A stream that stays open, and has nothing to say.
    Open,
}

/// A stream too, read to its end, or until it has nothing more to say.
fn answer<S, B>(runtime: &Runtime, endpoint: S, request: Request<B>) -> (Response<Bytes>, End)
where
    S: Service<Request<B>, Error = Infallible>,
    S::Response: IsResponse,
{
    runtime.block_on(async {
        let response = endpoint.oneshot(request).await.expect("infallible");
        response.whole().await
    })
}

/// A response whatever its body.
trait IsResponse {
    async fn whole(self) -> (Response<Bytes>, End);
}

impl<B: http_body::Body<Data = Bytes>> IsResponse for Response<B> {
    async fn whole(self) -> (Response<Bytes>, End) {
        let (parts, body) = self.into_parts();
        let (mut body, mut whole, mut end) = (std::pin::pin!(body), Vec::new(), End::Closed);
        while let Some(frame) = body.frame().await {
            let frame = frame.unwrap_or_else(|_| panic!("the body breaks off"));
            let data = frame.into_data().unwrap_or_default();
            // A heartbeat comes where there is nothing else to send.
            if data[..] == *b":\n\n" {
                end = End::Open;
                break;
            }
            whole.extend_from_slice(&data);
        }
        (Response::from_parts(parts, whole.into()), end)
    }
}

fn judge(verb: &Method, sent: &[u8], answer: &Response<Bytes>, end: End) {
    let status = answer.status();
    assert!(!status.is_server_error(), "{answer:?}");
    if status == StatusCode::METHOD_NOT_ALLOWED {
        assert!(answer.headers().contains_key(header::ALLOW), "{answer:?}");
    }
    let body = std::str::from_utf8(answer.body()).expect("an answer is UTF-8");
    if body.is_empty() {
        let silent =
            matches!(status.as_u16(), 202 | 204) || !is_request(sent) || verb == Method::HEAD;
        let silent = silent || (verb == Method::GET && end == End::Open);
        assert!(silent, "no answer to a request: {answer:?}");
        return;
    }
    assert!(!matches!(status.as_u16(), 202 | 204), "{answer:?}");
    let media_type = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    match media_type {
        Some(b"application/json") => judge_message(sent, status, body, true),
        Some(b"text/event-stream") => {
            assert_eq!(status, StatusCode::OK, "{answer:?}");
            let read = event_stream::read(body);
            for (at, event) in read.events.iter().enumerate() {
                assert_eq!(event.kind, "message");
                let last = at + 1 == read.events.len() && end == End::Closed;
                judge_message(sent, status, &event.data, last);
            }
        }
        other => panic!("a body of {other:?}: {answer:?}"),
    }
}

fn judge_message(sent: &[u8], status: StatusCode, text: &str, last: bool) {
    let message: Value = serde_json::from_str(text).expect("a message is JSON");
    assert_eq!(message["jsonrpc"], "2.0", "{message}");
    assert_ne!(message.get("id"), Some(&Value::Null), "{message}");
    if message.get("method").is_some() {
        assert!(
            !last && message.get("id").is_none(),
            "no notification, or none after it: {message}"
        );
        return;
    }
    assert!(last, "something follows the response {message}");
    let (result, error) = (message.get("result"), message.get("error"));
    assert_ne!(result.is_some(), error.is_some(), "{message}");
    if let Some(result) = result {
        assert!(result.is_object() && status == StatusCode::OK, "{status} {message}");
        assert!(message.get("id").is_some(), "{message}");
    }
    if let Some(error) = error {
        assert!(error["code"].is_i64() && error["message"].is_string(), "{message}");
        assert_ne!(error["code"], -32603, "nothing here fails: {message}");
    }
    if let (Some(id), Ok(request)) = (message.get("id"), serde_json::from_slice::<Value>(sent)) {
        assert_eq!(Some(id), request.get("id"), "another id: {message}");
    }
}

/// Whether it looks like something that must be answered.
fn is_request(sent: &[u8]) -> bool {
    serde_json::from_slice::<Map<String, Value>>(sent)
        .is_ok_and(|message| message.contains_key("id") && message.contains_key("method"))
}

impl Sent<'_> {
    /// A legacy client's first request.
    fn opening() -> Self {
        let place = |list: &[&str], of| {
            let at = list.iter().position(|name| *name == of).expect("it is listed");
            u8::try_from(at).expect("the lists are short")
        };
        Self {
            version: place(&VERSIONS, "2025-11-25"),
            method: place(&METHODS, "initialize"),
            id: Id::Number(0),
            item: 0,
            params: Vec::new(),
            in_session: false,
            damage: Vec::new(),
            piece: u8::MAX,
        }
    }

    /// The request, and what its body is in one piece.
    fn build(
        &self,
        session: Option<&HeaderValue>,
    ) -> (Request<impl http_body::Body<Data = Bytes, Error = Infallible>>, Bytes) {
        let mut request = Request::post("/mcp").body(()).expect("valid");
        let version = pick(&VERSIONS, self.version);
        let mut message = self.message(version);
        let headers = request.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_static("localhost"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("mcp-protocol-version", HeaderValue::from_static(version));
        headers.insert("mcp-method", HeaderValue::from_static(pick(&METHODS, self.method)));
        if message["params"]["name"] == "region-tool" {
            headers.insert("mcp-param-region", HeaderValue::from_static("eu"));
        }
        let name = ["name", "uri"].into_iter().find_map(|key| message["params"][key].as_str());
        if let Some(name) = name.and_then(|name| HeaderValue::from_str(name).ok()) {
            headers.insert("mcp-name", name);
        }
        if let Some(session) = session.filter(|_| self.in_session) {
            headers.insert("mcp-session-id", session.clone());
        }
        let mut body = None;
        for damage in &self.damage {
            damage.apply(&mut request, &mut message, &mut body);
        }
        let body = body.unwrap_or_else(|| message.to_string().into_bytes());
        let body = match self.damage.iter().find_map(Damage::length) {
            Some(length) if length < body.len() => Bytes::from(body).slice(..length),
            _ => Bytes::from(body),
        };
        let frames: Vec<_> = body
            .chunks(usize::from(self.piece) + 1)
            .map(|piece| Ok(Frame::data(body.slice_ref(piece))))
            .collect();
        (request.map(|()| StreamBody::new(stream::iter(frames))), body)
    }

    fn message(&self, version: &str) -> Value {
        let method = pick(&METHODS, self.method);
        let mut params = self.sound_params(method, version);
        params.extend(object(&self.params));
        if version == VERSIONS[0] {
            let meta = params.entry("_meta").or_insert_with(|| json!({}));
            if let Some(meta) = meta.as_object_mut() {
                meta.entry(WORDS[17]).or_insert_with(|| version.into());
                meta.entry(WORDS[18]).or_insert_with(|| json!({}));
            }
        }
        let mut message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        match &self.id {
            Id::None => {}
            Id::Number(id) => message["id"] = (*id).into(),
            Id::Text(id) => message["id"] = (*id).into(),
            Id::Other(id) => message["id"] = id.to_value(),
        }
        message
    }

    /// What the method takes.
    fn sound_params(&self, method: &str, version: &str) -> Map<String, Value> {
        let meta = json!({ "progressToken": 1, WORDS[19]: "debug" });
        let params = match (method, self.item % 3) {
            ("tools/call", 0) => json!({ "name": "add", "arguments": { "a": 1, "b": 2 } }),
            ("tools/call", 1) => json!({ "name": "region-tool", "arguments": { "region": "eu" } }),
            ("tools/call", _) => json!({ "name": "chatty", "_meta": meta }),
            ("resources/read", 0) => json!({ "uri": "docs://a" }),
            ("resources/read", _) => json!({ "uri": "users://1" }),
            ("prompts/get", _) => json!({ "name": "review", "arguments": { "language": "x" } }),
            ("completion/complete", 0) => json!({
                "ref": { "type": "ref/prompt", "name": "review" },
                "argument": { "name": "language", "value": "r" },
            }),
            ("completion/complete", _) => json!({
                "ref": { "type": "ref/resource", "uri": "users://{id}" },
                "argument": { "name": "id", "value": "1" },
            }),
            ("logging/setLevel", _) => json!({ "level": "debug" }),
            ("notifications/cancelled", _) => json!({ "requestId": 1 }),
            ("initialize", _) => json!({
                "protocolVersion": version,
                "capabilities": {},
                "clientInfo": { "name": "f", "version": "1" },
            }),
            _ => json!({}),
        };
        match params {
            Value::Object(params) => params,
            other => unreachable!("{other} is written above as an object"),
        }
    }
}

impl Damage<'_> {
    fn apply(&self, request: &mut Request<()>, message: &mut Value, body: &mut Option<Vec<u8>>) {
        let headers = request.headers_mut();
        match self {
            Self::Verb(verb) => {
                let verbs =
                    [Method::GET, Method::DELETE, Method::OPTIONS, Method::HEAD, Method::PUT];
                *request.method_mut() = verbs[usize::from(*verb) % verbs.len()].clone();
            }
            Self::Verbatim(verb) => {
                if let Ok(verb) = Method::from_bytes(verb.as_bytes()) {
                    *request.method_mut() = verb;
                }
            }
            Self::SetHeader(name, value) => {
                if let Some(value) = value.to_header() {
                    headers.insert(pick(&HEADERS, *name), value);
                }
            }
            Self::AddHeader(name, value) => {
                if let Some(value) = value.to_header() {
                    headers.append(pick(&HEADERS, *name), value);
                }
            }
            Self::RemoveHeader(name) => drop(headers.remove(pick(&HEADERS, *name))),
            Self::Body(bytes) => *body = Some(bytes.to_vec()),
            Self::Truncate(_) => {}
            Self::Member(name, value) => {
                let names = ["id", "jsonrpc", "method", "params", "result", "error", "extra"];
                if let Some(message) = message.as_object_mut() {
                    message.insert(pick(&names, *name).into(), value.to_value());
                }
            }
            // Once: arrays of arrays of arrays grow too fast.
            Self::Array(count) if message.is_object() => {
                *message = Value::Array(vec![message.take(); (count % 4).into()]);
            }
            Self::Array(_) => {}
            Self::Deep(depth) => {
                let depth = usize::from(*depth);
                *body = Some([&b"{\"a\":".repeat(depth)[..], b"1", &b"}".repeat(depth)].concat());
            }
        }
    }

    fn length(&self) -> Option<usize> {
        match self {
            Self::Truncate(length) => Some(usize::from(*length)),
            _ => None,
        }
    }
}

impl Text<'_> {
    fn to_header(&self) -> Option<HeaderValue> {
        match self {
            Self::Known(at) => Some(HeaderValue::from_static(pick(&VALUES, *at))),
            Self::Any(bytes) => HeaderValue::from_bytes(bytes).ok(),
        }
    }
}

impl Json<'_> {
    fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Word(at) => pick(&WORDS, *at).into(),
            Self::Method(at) => pick(&METHODS, *at).into(),
            Self::Text(text) => (*text).into(),
            Self::List(items) => items.iter().map(Self::to_value).collect(),
            Self::Object(members) => object(members).into(),
        }
    }
}

fn object(members: &[(u8, Json<'_>)]) -> Map<String, Value> {
    members.iter().map(|(key, value)| (pick(&WORDS, *key).to_owned(), value.to_value())).collect()
}

fn pick<T: Clone>(from: &[T], at: u8) -> T {
    from[usize::from(at) % from.len()].clone()
}

#[derive(Deserialize, JsonSchema)]
struct Terms {
    a: i64,
    b: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
struct Place {
    #[schemars(extend("x-mcp-header" = "Region"))]
    region: String,
}

#[derive(Deserialize, JsonSchema)]
struct User {
    id: String,
}

#[derive(Deserialize, JsonSchema)]
struct Review {
    language: String,
}

/// Nothing in it fails or panics.
static SERVICE: LazyLock<McpService> = LazyLock::new(|| {
    let service = McpService::new("fuzzed", "1.0.0").with_logging().with_page_size(1);
    let registry = service.registry();
    let registered = registry.update(|draft| {
        draft.add_tool(Tool::new("add", |terms: Terms| {
            terms.a.wrapping_add(terms.b.unwrap_or_default()).to_string()
        }))?;
        draft.add_tool(Tool::new("region-tool", |place: Place| place.region))?;
        draft.add_tool(Tool::new("chatty", async |cx: Context| {
            cx.log(LogLevel::Error, "one");
            tokio::task::yield_now().await;
            cx.progress(1.0, None, Some("two"));
            cx.log(LogLevel::Debug, "three");
            Err::<String, _>("four")
        }))?;
        draft.add_resource(Resource::new("docs://a", "a", || "text"))?;
        draft.add_resource_template(
            ResourceTemplate::new("users://{id}", "user", |user: User| user.id)
                .with_completion("id", |typed: CompletionRequest| vec![typed.value]),
        )?;
        draft.add_prompt(
            Prompt::new("review", |review: Review| review.language)
                .add_argument(PromptArgument::required("language"))
                .with_completion("language", |typed: CompletionRequest| vec![typed.value]),
        )
    });
    registered.expect("fit items");
    service
});
