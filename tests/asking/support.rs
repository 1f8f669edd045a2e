//! Clients of each era, and a tap on what they and the server send.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use mcp_stack::{
    BoxError, Form, McpService, ProtocolVersion, Stack,
    testing::{Answer, Call, CallError, TestClient},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tower::{ServiceExt as _, util::BoxCloneService};

pub(crate) type TestResult = Result<(), BoxError>;

pub(crate) const VERSIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::V2025_06_18, ProtocolVersion::V2025_11_25, ProtocolVersion::V2026_07_28];

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Name {
    pub(crate) name: String,
}

pub(crate) fn name() -> Form<Name> {
    Form::new("Who are you?")
}

/// A service whose tool and prompt `ask`, and whose resource `test://ask`, are this
/// handler.
macro_rules! service_of {
    ($handler:expr) => {
        mcp_stack::McpService::new("asking", "1.0.0")
            .with_tool(mcp_stack::Tool::new("ask", $handler))?
            .with_prompt(mcp_stack::Prompt::new("ask", $handler))?
            .with_resource(mcp_stack::Resource::new("test://ask", "ask", $handler))?
    };
}
pub(crate) use service_of;

/// The three ways to call it.
pub(crate) fn ways(client: &TestClient) -> [Call; 3] {
    [
        client.call_tool("ask", json!({})),
        client.get_prompt("ask", json!({})),
        client.read_resource("test://ask"),
    ]
}

pub(crate) fn of_version(client: TestClient, version: ProtocolVersion) -> TestClient {
    match version.is_modern() {
        true => client.modern(),
        false => client.legacy(version),
    }
}

/// A client of each revision that can be elicited from.
pub(crate) async fn each_version(
    service: McpService,
    set_up: impl Fn(TestClient) -> TestClient,
) -> Result<Vec<(TestClient, Tap)>, BoxError> {
    let mut clients = Vec::new();
    for version in VERSIONS {
        let (client, tap) = tapped(service.clone());
        clients.push((set_up(of_version(client, version)).connect().await?, tap));
    }
    Ok(clients)
}

/// What went over the wire, in order.
#[derive(Clone, Default)]
pub(crate) struct Tap(Arc<Mutex<Vec<Exchange>>>);

#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) http_method: Method,
    /// `null` if there was none.
    pub(crate) body: Value,
    answer: String,
}

impl Exchange {
    /// The messages that the server answered with.
    pub(crate) fn answered(&self) -> Vec<Value> {
        let events = self.answer.lines().filter_map(|line| line.strip_prefix("data:"));
        let events: Vec<_> = events.filter_map(|data| serde_json::from_str(data).ok()).collect();
        match serde_json::from_str(&self.answer) {
            Ok(message) => vec![message],
            Err(_) => events,
        }
    }

    /// The requests among them.
    pub(crate) fn asked(&self) -> Vec<Value> {
        let messages = self.answered().into_iter();
        messages.filter(|it| it["method"].is_string() && !it["id"].is_null()).collect()
    }
}

impl Tap {
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.0.lock().expect("no panic").clone()
    }

    /// The messages that the server answered with.
    pub(crate) fn answered(&self) -> Vec<Value> {
        self.exchanges().iter().flat_map(Exchange::answered).collect()
    }

    /// The requests that the server sent.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.exchanges().iter().flat_map(Exchange::asked).collect()
    }

    /// The states that the client was given to carry.
    pub(crate) fn states(&self) -> Vec<String> {
        let states =
            self.answered().into_iter().map(|message| message["result"]["requestState"].clone());
        states.filter_map(|state| state.as_str().map(str::to_owned)).collect()
    }

    /// What the client POSTed with this method.
    pub(crate) fn posted(&self, method: &str) -> Vec<Value> {
        let bodies = self.exchanges().into_iter().map(|exchange| exchange.body);
        bodies.filter(|body| body["method"] == method).collect()
    }

    fn begin(&self, http_method: Method, body: &[u8]) -> usize {
        let body = serde_json::from_slice(body).unwrap_or_default();
        let mut exchanges = self.0.lock().expect("no panic");
        exchanges.push(Exchange { http_method, body, answer: String::new() });
        exchanges.len() - 1
    }

    fn read(&self, at: usize, data: &[u8]) {
        let text = String::from_utf8_lossy(data);
        self.0.lock().expect("no panic")[at].answer.push_str(&text);
    }
}

pub(crate) type Endpoint =
    BoxCloneService<Request<Full<Bytes>>, Response<UnsyncBoxBody<Bytes, BoxError>>, BoxError>;

/// A client of the whole stack.
pub(crate) fn tapped(service: McpService) -> (TestClient, Tap) {
    let (endpoint, tap) = endpoint(service);
    (TestClient::new(endpoint), tap)
}

/// The whole stack, for clients that are to share it.
pub(crate) fn endpoint(service: McpService) -> (Endpoint, Tap) {
    let stack = Stack::new(service).build();
    let tap = Tap::default();
    let log = tap.clone();
    let service = tower::service_fn(move |request: Request<Full<Bytes>>| {
        let (stack, log) = (stack.clone(), log.clone());
        async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = body.collect().await;
            let body = body.to_bytes();
            let at = log.begin(parts.method.clone(), &body);
            let response = stack.oneshot(Request::from_parts(parts, Full::new(body))).await?;
            Ok::<Response<_>, BoxError>(response.map(|body| {
                let body = body.map_err(BoxError::from);
                body.map_frame(move |frame| {
                    frame.data_ref().into_iter().for_each(|data| log.read(at, data));
                    frame
                })
                .boxed_unsync()
            }))
        }
    });
    (Endpoint::new(service), tap)
}

/// A modern client without closures, which makes its retries by hand.
pub(crate) fn by_hand(service: McpService) -> TestClient {
    tapped(service).0.with_capabilities(json!({ "elicitation": {}, "sampling": {}, "roots": {} }))
}

pub(crate) fn state_of(answer: &Answer) -> String {
    assert!(answer.is_input_required(), "{}", answer.result());
    answer["requestState"].as_str().expect("a state is a string").to_owned()
}

pub(crate) fn accepted(name: &str) -> Value {
    json!({ "action": "accept", "content": { "name": name } })
}

pub(crate) fn refusal(outcome: Result<Answer, CallError>) -> CallError {
    match outcome {
        Ok(answer) => panic!("this was to be refused: {}", answer.result()),
        Err(error) => error,
    }
}
