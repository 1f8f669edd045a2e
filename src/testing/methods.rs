//! The methods of the protocol.

use mcp_layers::request_metadata::MirroredParam;
use mcp_layers_core::jsonrpc::RequestId;
use serde_json::{Map, Value, json};

use super::{Call, CallError, CallErrorKind, TestClient};
use crate::LogLevel;

/// What it can ask and say.
impl TestClient {
    /// Any request. `params` is an object or `null`; what every request must have is
    /// added to it. `initialize` opens another session in place of this client's.
    ///
    /// # Panics
    ///
    /// If `params` is anything else.
    pub fn request(&self, method: &str, params: Value) -> Call {
        Call::new(self.clone(), method, params)
    }

    /// `tools/call`. `arguments` is an object, or `null` to leave it out.
    ///
    /// Where the tool's schema has arguments mirrored in headers (modern), they are
    /// once [`list_tools`](Self::list_tools) has shown it; if the server refuses the
    /// call for their lack before that, the tools are listed and the call is repeated.
    pub fn call_tool(&self, name: &str, arguments: Value) -> Call {
        self.named("tools/call", name, arguments)
    }

    /// `prompts/get`. `arguments` is an object, or `null` to leave it out.
    pub fn get_prompt(&self, name: &str, arguments: Value) -> Call {
        self.named("prompts/get", name, arguments)
    }

    /// `resources/read`.
    pub fn read_resource(&self, uri: &str) -> Call {
        self.request("resources/read", json!({ "uri": uri }))
    }

    /// `completion/complete`, where `reference` is such as
    /// `{"type": "ref/prompt", "name": "greet"}`. For a context see
    /// [`Call::with_param`].
    pub fn complete(&self, reference: Value, argument: &str, value: &str) -> Call {
        let argument = json!({ "name": argument, "value": value });
        self.request("completion/complete", json!({ "ref": reference, "argument": argument }))
    }

    /// `ping` (legacy).
    pub fn ping(&self) -> Call {
        self.request("ping", json!({}))
    }

    /// `resources/subscribe` (legacy).
    pub fn subscribe(&self, uri: &str) -> Call {
        self.request("resources/subscribe", json!({ "uri": uri }))
    }

    /// `resources/unsubscribe` (legacy).
    pub fn unsubscribe(&self, uri: &str) -> Call {
        self.request("resources/unsubscribe", json!({ "uri": uri }))
    }

    /// All pages of `tools/list`.
    ///
    /// # Errors
    ///
    /// [`CallError`], of kind [`Malformed`](CallErrorKind::Malformed) if a page is no
    /// list or is its own next page.
    pub async fn list_tools(&self) -> Result<Vec<Value>, CallError> {
        let tools = self.list("tools/list", "tools").await?;
        let mirrored = tools.iter().filter_map(|tool| {
            // A schema that breaks the rules has nothing mirrored.
            let params = MirroredParam::from_schema(&tool["inputSchema"]).unwrap_or_default();
            Some((tool["name"].as_str()?.to_owned(), params.into()))
        });
        self.live.learnt().mirrored = mirrored.collect();
        Ok(tools)
    }

    /// All pages of `resources/list`.
    ///
    /// # Errors
    ///
    /// As [`list_tools`](Self::list_tools).
    pub async fn list_resources(&self) -> Result<Vec<Value>, CallError> {
        self.list("resources/list", "resources").await
    }

    /// All pages of `resources/templates/list`.
    ///
    /// # Errors
    ///
    /// As [`list_tools`](Self::list_tools).
    pub async fn list_resource_templates(&self) -> Result<Vec<Value>, CallError> {
        self.list("resources/templates/list", "resourceTemplates").await
    }

    /// All pages of `prompts/list`.
    ///
    /// # Errors
    ///
    /// As [`list_tools`](Self::list_tools).
    pub async fn list_prompts(&self) -> Result<Vec<Value>, CallError> {
        self.list("prompts/list", "prompts").await
    }

    /// Asks for log messages from this level on: by `logging/setLevel` (legacy), or in
    /// each request from now on (modern).
    ///
    /// # Errors
    ///
    /// [`CallError`].
    pub async fn set_log_level(&self, level: LogLevel) -> Result<(), CallError> {
        if self.is_modern() {
            self.live.learnt().log_level = Some(level);
            return Ok(());
        }
        self.request("logging/setLevel", json!({ "level": level.as_str() })).await.map(drop)
    }

    /// Any notification. `params` is an object or `null`.
    ///
    /// # Errors
    ///
    /// [`CallError`], unless the status is 2xx.
    ///
    /// # Panics
    ///
    /// If `params` is anything else.
    pub async fn notify(&self, method: &str, params: Value) -> Result<(), CallError> {
        let params = match params {
            Value::Object(params) => params,
            Value::Null => Map::new(),
            other => panic!("params are an object, and not {other}"),
        };
        self.deliver(self.message(None, method, params)).await
    }

    /// `notifications/cancelled`, for [`Call::id`] (legacy). A modern client cancels by
    /// dropping the call.
    ///
    /// # Errors
    ///
    /// As [`notify`](Self::notify).
    pub async fn cancel(&self, id: &RequestId) -> Result<(), CallError> {
        self.notify("notifications/cancelled", json!({ "requestId": id })).await
    }

    /// DELETE: ends the session (legacy). Its id is still sent afterwards.
    ///
    /// # Errors
    ///
    /// As [`notify`](Self::notify).
    pub async fn terminate(&self) -> Result<(), CallError> {
        self.deliver(self.delete()).await
    }

    fn named(&self, method: &str, name: &str, arguments: Value) -> Call {
        let call = self.request(method, json!({ "name": name }));
        match arguments {
            Value::Null => call,
            arguments => call.with_param("arguments", arguments),
        }
    }

    async fn list(&self, method: &str, member: &str) -> Result<Vec<Value>, CallError> {
        let malformed = |detail| Err(CallError::new(CallErrorKind::Malformed, detail));
        let mut items = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let page = match &cursor {
                Value::Null => self.request(method, json!({})),
                cursor => self.request(method, json!({ "cursor": cursor })),
            };
            let page = page.await?;
            let Some(list) = page[member].as_array() else {
                return malformed(format!("{method} has no {member} in {}", page.result()));
            };
            items.extend(list.iter().cloned());
            match &page["nextCursor"] {
                Value::Null => return Ok(items),
                next if *next == cursor => return malformed(format!("{method} goes in a circle")),
                next => cursor = next.clone(),
            }
        }
    }
}
