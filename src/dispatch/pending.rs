use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll, ready},
};

use mcp_layers_core::{
    Rejection,
    jsonrpc::{ErrorObject, Message, RequestId, code},
    protocol::ProtocolVersion,
};

use crate::{
    Arguments, BoxError, Completion, Context, Handler, HandlerFuture, InvalidArguments,
    PromptResult, ResourceRead, ToolResult,
    offer::Offer,
    resource::{Reading, ResourceNotFound},
    result::{ResultWriter, View},
    tool::ToolEntry,
};

/// A handler at work, and how its output becomes an answer.
pub(crate) struct Pending {
    offer: Arc<Offer>,
    id: RequestId,
    version: ProtocolVersion,
    kind: Kind,
}

/// What sort of handler it is.
pub(super) enum Kind {
    Tool { tool: Arc<ToolEntry>, run: Run<ToolResult> },
    Prompt { run: Run<PromptResult> },
    Resource { uri: String, reading: Reading, run: Run<ResourceRead> },
    Completion { run: Run<Completion> },
}

/// An answer as its handler gave it.
pub(crate) enum Answer {
    Message(Message),
    /// A JSON-RPC error with an HTTP status of its own (NEG-26).
    Rejected(Rejection),
}

/// A handler that is called when it is first polled, so that a panic in either is
/// caught in one place.
pub(super) enum Run<T> {
    Ready(Option<(Handler<T>, Arguments, Context)>),
    Running(HandlerFuture<T>),
}

impl Pending {
    pub(super) fn new(
        offer: Arc<Offer>,
        id: RequestId,
        version: ProtocolVersion,
        kind: Kind,
    ) -> Self {
        Self { offer, id, version, kind }
    }

    pub(crate) fn id(&self) -> &RequestId {
        &self.id
    }

    fn view(&self) -> View<'_> {
        View { version: self.version, signature: &self.offer.signature }
    }

    fn message(
        &self,
        hint: usize,
        write: impl FnOnce(&mut ResultWriter<'_>) -> Option<crate::Meta>,
    ) -> Answer {
        Answer::Message(ResultWriter::message(&self.id, self.view(), hint, write))
    }

    fn tool_result(&self, result: ToolResult) -> Answer {
        let view = self.view();
        self.message(result.size_hint(), |out| result.write(out, view))
    }

    fn error(&self, error: &ErrorObject) -> Answer {
        Answer::Message(Message::error(Some(&self.id), error))
    }

    /// TOOL-14, TOOL-31, D-24: what breaks the tool's promise stays here.
    fn broken_promise(&self, tool: &ToolEntry, result: &ToolResult) -> Option<Answer> {
        let output = tool.output.as_ref().filter(|_| self.offer.check_output)?;
        if result.is_error() {
            return None;
        }
        let fault = output.check(result.structured_content()).err()?;
        tracing::error!(id = %self.id, fault, "a tool's result does not fit its output schema");
        Some(self.error(&ErrorObject::internal("the tool's result does not fit its output schema")))
    }

    /// A failure that is the same for all kinds of handler.
    fn failure(&self, error: BoxError) -> Result<Answer, BoxError> {
        let error = error.downcast::<ErrorObject>().map(|error| self.protocol_error(*error));
        error.or_else(|error| {
            error
                .downcast::<InvalidArguments>()
                .map(|error| self.error(&ErrorObject::invalid_params(error.to_string())))
        })
    }

    fn protocol_error(&self, error: ErrorObject) -> Answer {
        if !self.version.is_modern() {
            return self.error(&error);
        }
        match error.code() {
            // NEG-26
            code::HEADER_MISMATCH
            | code::MISSING_CLIENT_CAPABILITY
            | code::UNSUPPORTED_PROTOCOL_VERSION => {
                Answer::Rejected(Rejection::new(http::StatusCode::BAD_REQUEST, error))
            }
            code::PARSE_ERROR
            | code::INVALID_REQUEST
            | code::METHOD_NOT_FOUND
            | code::INVALID_PARAMS
            | code::INTERNAL_ERROR => self.error(&error),
            // ERR-2, ERR-3, ERR-4, ERR-5: the rest of the reserved range.
            -32768..=-32000 => {
                tracing::error!(id = %self.id, %error, "this code may not be sent in the modern era");
                self.error(&ErrorObject::internal(error.message().to_owned()))
            }
            _ => self.error(&error),
        }
    }

    /// What a client is told when something but a tool fails; the cause is for the
    /// log (RES-11, PROMPT-6).
    fn internal(&self, what: &'static str, error: &BoxError) -> Answer {
        tracing::error!(id = %self.id, %error, "{what} failed");
        self.error(&ErrorObject::internal(format!("{what} failed")))
    }

    fn not_found(&self, uri: &str) -> Answer {
        self.error(&ResourceNotFound::error_object(uri, self.version))
    }

    fn tool_answer(&self, tool: &ToolEntry, output: Result<ToolResult, BoxError>) -> Answer {
        let error = match output {
            Ok(result) => {
                return self
                    .broken_promise(tool, &result)
                    .unwrap_or_else(|| self.tool_result(result));
            }
            Err(error) => error,
        };
        // TOOL-23, TOOL-24, D-13
        let model_reads_it =
            self.version >= ProtocolVersion::V2025_11_25 || !error.is::<InvalidArguments>();
        match error.is::<ErrorObject>() || !model_reads_it {
            true => self.failure(error),
            false => Err(error),
        }
        .unwrap_or_else(|error| self.tool_result(ToolResult::error(error.to_string())))
    }

    fn resource_answer(
        &self,
        uri: &str,
        reading: &Reading,
        output: Result<ResourceRead, BoxError>,
    ) -> Answer {
        match output {
            // RES-9: nothing there is an error, never an empty list.
            Ok(read) if read.is_empty() => self.not_found(uri),
            Err(error) if error.is::<ResourceNotFound>() => self.not_found(uri),
            Ok(mut read) => {
                read.complete(uri, reading.mime_type.as_deref());
                self.message(read.size_hint(), |out| {
                    let meta = read.write(out);
                    if self.version.is_modern() {
                        let cache = reading.cache.unwrap_or(self.offer.cache);
                        out.members(|out| cache.write(out)); // CACHE-1
                    }
                    meta
                })
            }
            Err(error) => self
                .failure(error)
                .unwrap_or_else(|error| self.internal("reading the resource", &error)),
        }
    }
}

impl Future for Pending {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Answer> {
        let this = &mut *self;
        Poll::Ready(match &mut this.kind {
            Kind::Tool { tool, run } => {
                let output = ready!(run.poll(cx));
                let tool = Arc::clone(tool);
                this.tool_answer(&tool, output)
            }
            Kind::Prompt { run } => match ready!(run.poll(cx)) {
                Ok(result) => {
                    let view = this.view();
                    this.message(result.size_hint(), |out| result.write(out, view))
                }
                Err(error) => this
                    .failure(error)
                    .unwrap_or_else(|error| this.internal("writing the prompt", &error)),
            },
            Kind::Resource { uri, reading, run } => {
                let output = ready!(run.poll(cx));
                let (uri, reading) = (std::mem::take(uri), reading.clone());
                this.resource_answer(&uri, &reading, output)
            }
            Kind::Completion { run } => match ready!(run.poll(cx)) {
                Ok(completion) => this.message(1024, |out| completion.write(out)),
                Err(error) => this
                    .failure(error)
                    .unwrap_or_else(|error| this.internal("completing the argument", &error)),
            },
        })
    }
}

impl<T: 'static> Run<T> {
    pub(super) fn new(handler: Handler<T>, arguments: Arguments, context: Context) -> Self {
        Self::Ready(Some((handler, arguments, context)))
    }

    fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<T, BoxError>> {
        if let Self::Ready(call) = self {
            let (handler, arguments, context) = call.take().expect("called once");
            *self = Self::Running(handler.call(arguments, context));
        }
        match self {
            Self::Running(work) => Pin::new(work).poll(cx),
            Self::Ready(_) => unreachable!("called above"),
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("id", &self.id).finish_non_exhaustive()
    }
}
