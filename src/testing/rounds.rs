//! Carries a call out: once, or as often as a modern server asks for input.

use mcp_layers_core::{
    headers::MCP_SESSION_ID,
    jsonrpc::{RequestId, code},
};
use serde_json::Value;

use super::{
    Answer, Notification,
    call::Draft,
    error::{CallError, CallErrorKind},
};
use crate::ProtocolVersion;

impl Draft {
    pub(super) async fn run(mut self, id: RequestId) -> Result<Answer, CallError> {
        let mut notifications = Vec::new();
        match self.rounds(id, &mut notifications).await {
            Ok(answer) => Ok(Answer { notifications, ..answer }),
            Err(error) => Err(error.with_notifications(notifications)),
        }
    }

    async fn rounds(
        &mut self,
        mut id: RequestId,
        notifications: &mut Vec<Notification>,
    ) -> Result<Answer, CallError> {
        let max_rounds = self.client.settings.max_rounds;
        for _ in 0..=max_rounds {
            let answer = match self.round(&id, notifications).await {
                Err(error) if self.can_learn(&error) => {
                    self.client.list_tools().await?;
                    self.round(&self.client.live.next_id(), notifications).await?
                }
                answer => answer?,
            };
            if !self.client.is_modern() || !answer.is_input_required() {
                return Ok(answer);
            }
            self.check_question(&answer)?;
            let closures = &self.client.settings.closures;
            let Some(responses) = closures.input_responses(answer.result()).await else {
                return Ok(answer);
            };
            self.answer(&answer, responses);
            id = self.client.live.next_id(); // MRTR-8
        }
        let detail = format!("the server asked for input more than {max_rounds} times");
        Err(CallError::new(CallErrorKind::Rounds, detail))
    }

    fn check_question(&self, asked: &Answer) -> Result<(), CallError> {
        let fault = match &*self.method {
            "tools/call" | "prompts/get" | "resources/read" => {
                if asked["inputRequests"].is_object() || asked["requestState"].is_string() {
                    return Ok(());
                }
                "asks for input and names none" // MRTR-3
            }
            _ => "must not ask for input", // MRTR-2
        };
        let detail = format!("{} {fault}: {}", self.method, asked.result());
        Err(CallError::new(CallErrorKind::Malformed, detail))
    }

    /// Makes the params those of the retry, with what this round asked for alone.
    fn answer(&mut self, asked: &Answer, responses: Value) {
        self.params.remove("inputResponses");
        if asked.result().get("inputRequests").is_some() {
            self.params.insert("inputResponses".into(), responses);
        }
        match asked.result().get("requestState") {
            Some(state) => self.params.insert("requestState".into(), state.clone()),
            None => self.params.remove("requestState"),
        };
    }

    async fn round(
        &self,
        id: &RequestId,
        notifications: &mut Vec<Notification>,
    ) -> Result<Answer, CallError> {
        let mut request = match &self.resumed_after {
            Some(after) => self.client.get(Some(after.clone())),
            None => self.client.message(Some(id), &self.method, self.params.clone()),
        };
        self.edits.iter().for_each(|edit| edit(&mut request));
        let mut incoming = self.client.send(request).await?;
        let is_stream = incoming.is_stream();
        let notice = |notification| notifications.push(notification);
        let result = self.client.converse(&mut incoming, Some(id), notice).await?;
        let headers = incoming.headers;
        let answer = Answer { result, headers, notifications: Vec::new(), is_stream };
        self.learn(&answer);
        Ok(answer)
    }

    /// Takes note of what a handshake agrees on.
    fn learn(&self, answer: &Answer) {
        let mut learnt = self.client.live.learnt();
        match &*self.method {
            "initialize" if !self.client.is_modern() => {
                learnt.session = answer.headers.get(MCP_SESSION_ID).cloned();
                let version = answer["protocolVersion"].as_str();
                learnt.negotiated = version.and_then(ProtocolVersion::from_name);
                learnt.server = answer.result().clone();
            }
            "server/discover" => learnt.server = answer.result().clone(),
            _ => {}
        }
    }

    /// Whether the tool may have mirrored arguments that only its schema tells of.
    fn can_learn(&self, error: &CallError) -> bool {
        let name = self.params.get("name").and_then(Value::as_str);
        error.code() == Some(code::HEADER_MISMATCH)
            && self.method == "tools/call"
            && self.edits.is_empty()
            && name.is_some_and(|name| !self.client.live.learnt().mirrored.contains_key(name))
    }
}
