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

use super::dynamic::{Dynamic, Resolved};
use crate::{
    Arguments, BoxError, CacheHints, Completion, Context, Handler, HandlerFuture, InputError,
    InputErrorKind, InputRequired, InvalidArguments, PromptResult, ResourceRead, ToolResult,
    ask::Unmet,
    context::missing_capability,
    offer::Offer,
    resource::{Reading, ResourceNotFound},
    result::{ResultWriter, View},
    tool::ToolEntry,
};

/// A handler at work, and how its output becomes an answer.
pub(crate) struct Pending {
    id: RequestId,
    version: ProtocolVersion,
    kind: Kind,
    context: Context,
    /// Between two rounds: what the handler asks by hand.
    asked: Option<Asked>,
}

type Asked = Pin<Box<dyn Future<Output = Result<(), InputError>> + Send>>;

/// What sort of handler it is.
pub(super) enum Kind {
    Tool {
        tool: Arc<ToolEntry>,
        run: Run<ToolResult>,
    },
    Prompt {
        run: Run<PromptResult>,
    },
    Resource {
        uri: String,
        reading: Reading,
        variables: Arguments,
        run: Run<ResourceRead>,
    },
    Completion {
        run: Run<Completion>,
    },
    /// What finds or lists items that are not registered.
    Dynamic(Dynamic),
}

/// An answer as its handler gave it.
pub(crate) enum Answer {
    Message(Message),
    /// A JSON-RPC error with an HTTP status of its own (NEG-26).
    Rejected(Rejection),
}

/// A handler that is called when it is first polled, so that a panic in either is
/// caught in one place.
pub(super) struct Run<T> {
    /// Kept for another round; `None` where there is nothing to run.
    handler: Option<Handler<T>>,
    state: RunState<T>,
}

enum RunState<T> {
    Ready(Option<(Arguments, Context)>),
    Running(HandlerFuture<T>),
}

impl Pending {
    pub(super) fn new(
        id: RequestId,
        version: ProtocolVersion,
        kind: Kind,
        context: Context,
    ) -> Self {
        Self { id, version, kind, context, asked: None }
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    fn offer(&self) -> &Offer {
        self.context.offer()
    }

    pub(crate) fn id(&self) -> &RequestId {
        &self.id
    }

    fn view(&self) -> View<'_> {
        View { version: self.version, signature: &self.offer().signature }
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
        let output = tool.output.as_ref().filter(|_| self.offer().check_output)?;
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
        let error = error.or_else(|error| {
            error
                .downcast::<InvalidArguments>()
                .map(|error| self.error(&ErrorObject::invalid_params(error.to_string())))
        });
        error.or_else(|error| error.downcast::<InputError>().map(|error| self.unanswered(*error)))
    }

    /// A question that came to nothing. The client knows its own part in that; what is
    /// the author's is for the log.
    fn unanswered(&self, error: InputError) -> Answer {
        let message = error.to_string();
        self.error(&match error.kind() {
            InputErrorKind::MissingCapability => ErrorObject::invalid_params(message),
            InputErrorKind::Refused(_)
            | InputErrorKind::Malformed
            | InputErrorKind::TimedOut
            | InputErrorKind::Unreachable => ErrorObject::internal(message),
            InputErrorKind::InputRequired
            | InputErrorKind::Unsupported
            | InputErrorKind::DuplicateKey => {
                tracing::error!(id = %self.id, %error, "the client could not be asked");
                ErrorObject::internal("the client could not be asked")
            }
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

    fn tool_answer(&self, tool: &ToolEntry, result: ToolResult) -> Answer {
        self.broken_promise(tool, &result).unwrap_or_else(|| self.tool_result(result))
    }

    fn tool_failed(&self, error: BoxError) -> Answer {
        // TOOL-23, TOOL-24, D-13
        let model_reads_it =
            self.version >= ProtocolVersion::V2025_11_25 || !error.is::<InvalidArguments>();
        match error.is::<ErrorObject>() || !model_reads_it {
            true => self.failure(error),
            false => Err(error),
        }
        .unwrap_or_else(|error| self.tool_result(ToolResult::error(error.to_string())))
    }

    fn failed_within(&self, what: &'static str, error: BoxError) -> Answer {
        self.failure(error).unwrap_or_else(|error| self.internal(what, &error))
    }

    fn resource_read(&self, uri: &str, reading: &Reading, mut read: ResourceRead) -> Answer {
        // RES-9: nothing there is an error, never an empty list.
        if read.is_empty() {
            return self.not_found(uri);
        }
        read.complete(uri, reading);
        self.message(read.size_hint(), |out| {
            let meta = read.write(out);
            if self.version.is_modern() {
                out.members(|out| self.cache_of(reading).write(out)); // CACHE-1
            }
            meta
        })
    }

    /// An answer that took several rounds is nobody else's (CACHE-9, D-31).
    fn cache_of(&self, reading: &Reading) -> CacheHints {
        match self.context.asking().is_retry() {
            true => CacheHints::default(),
            false => reading.cache.unwrap_or(self.offer().cache),
        }
    }
}

impl Future for Pending {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Answer> {
        let this = &mut *self;
        loop {
            if let Some(asked) = &mut this.asked {
                let outcome = ready!(asked.as_mut().poll(cx));
                this.asked = None;
                if let Err(error) = this.next_round(outcome) {
                    return Poll::Ready(this.failed(error.into()));
                }
                // A handler that asks for rounds without end can still be cancelled.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match ready!(this.poll_round(cx)) {
                Ok(answer) => return Poll::Ready(answer),
                Err(error) if !this.can_run_again() => return Poll::Ready(this.failed(error)),
                Err(error) => match error.downcast::<InputRequired>() {
                    Ok(required) => this.asked = Some(Box::pin(required.ask_all(&this.context))),
                    Err(error) => return Poll::Ready(this.failed(error)),
                },
            }
        }
    }
}

impl Pending {
    /// Runs the handler to its end.
    fn poll_round(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<Answer, BoxError>> {
        if let Kind::Dynamic(work) = &mut self.kind {
            match ready!(work.as_mut().poll(cx)) {
                Ok(Resolved::Kind(kind)) => self.kind = kind,
                Ok(Resolved::Members(members)) => {
                    return Poll::Ready(Ok(self.message(members.len(), |out| {
                        out.members(|out| out.extend_from_slice(&members));
                        None
                    })));
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(match &mut self.kind {
            Kind::Tool { tool, run } => {
                let output = ready!(run.poll(cx));
                let tool = Arc::clone(tool);
                output.map(|result| self.tool_answer(&tool, result))
            }
            Kind::Prompt { run } => ready!(run.poll(cx)).map(|result| {
                let view = self.view();
                self.message(result.size_hint(), |out| result.write(out, view))
            }),
            Kind::Resource { uri, reading, run, .. } => {
                let output = ready!(run.poll(cx));
                let (uri, reading) = (uri.clone(), reading.clone());
                output.map(|read| self.resource_read(&uri, &reading, read))
            }
            Kind::Completion { run } => ready!(run.poll(cx))
                .map(|completion| self.message(1024, |out| completion.write(out))),
            Kind::Dynamic(_) => unreachable!("what is found is no source"),
        })
    }

    /// Whether rounds can be asked for by hand (MRTR-2). In the legacy era what finds or
    /// lists items is spent by then, and a completion asks nobody.
    fn can_run_again(&self) -> bool {
        match self.version.is_modern() {
            true => self.context.asking().asks_by_result(),
            false => !matches!(self.kind, Kind::Completion { .. } | Kind::Dynamic(_)),
        }
    }

    /// A legacy client has answered what the handler asked by hand: it runs again. A
    /// modern one runs it again by calling again.
    fn next_round(&mut self, outcome: Result<(), InputError>) -> Result<(), InputError> {
        if self.version.is_modern() {
            return Err(outcome.err().unwrap_or_else(InputError::required));
        }
        outcome?;
        let (context, arguments) = (self.context.clone(), self.context.asking().arguments());
        match &mut self.kind {
            // They were accepted before.
            Kind::Tool { tool, run } => {
                run.restart(tool.accept(arguments).expect("accepted once"), context);
            }
            Kind::Prompt { run } => run.restart(Arguments::text(arguments), context),
            Kind::Resource { variables, run, .. } => run.restart(variables.clone(), context),
            Kind::Completion { .. } | Kind::Dynamic(_) => unreachable!("these do not run again"),
        }
        Ok(())
    }

    /// What is answered when the handler has failed.
    fn failed(&self, error: BoxError) -> Answer {
        // MRTR-2
        if self.context.asking().asks_by_result()
            && let Some(unmet) = self.context.asking().unmet()
        {
            return self.unmet(unmet);
        }
        match &self.kind {
            Kind::Tool { .. } => self.tool_failed(error),
            Kind::Resource { uri, .. } if error.is::<ResourceNotFound>() => self.not_found(uri),
            Kind::Resource { .. } => self.failed_within("reading the resource", error),
            Kind::Prompt { .. } => self.failed_within("writing the prompt", error),
            Kind::Completion { .. } => self.failed_within("completing the argument", error),
            Kind::Dynamic(_) => self.failed_within("asking a source", error),
        }
    }

    /// A failure for want of an answer (MRTR-1, MRTR-7, MRTR-18).
    fn unmet(&self, unmet: Unmet) -> Answer {
        let asked = match unmet {
            Unmet::Capability(path) => {
                return self.protocol_error(missing_capability(&path, self.version));
            }
            Unmet::Malformed(error) => return self.error(&error),
            Unmet::Input => self.context.asking().input_required(self.context.extensions()),
        };
        match asked {
            // MRTR-3, MRTR-22
            Ok((requests, state)) => self.message(1024, |out| {
                out.set_type("input_required");
                if let Some(requests) = requests {
                    out.member("inputRequests", &requests);
                }
                out.member("requestState", &state);
                None
            }),
            Err(error) => self.error(&error),
        }
    }
}

impl<T: 'static> Run<T> {
    pub(super) fn new(handler: Handler<T>, arguments: Arguments, context: Context) -> Self {
        Self { handler: Some(handler), state: RunState::Ready(Some((arguments, context))) }
    }

    /// What has its output already.
    pub(super) fn done(output: Result<T, BoxError>) -> Self {
        Self { handler: None, state: RunState::Running(HandlerFuture::ready(output)) }
    }

    /// Another round.
    fn restart(&mut self, arguments: Arguments, context: Context) {
        self.state = RunState::Ready(Some((arguments, context)));
    }

    fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<T, BoxError>> {
        if let RunState::Ready(call) = &mut self.state {
            let (arguments, context) = call.take().expect("called once");
            let handler = self.handler.as_ref().expect("what is ready to run has a handler");
            self.state = RunState::Running(handler.call(arguments, context));
        }
        match &mut self.state {
            RunState::Running(work) => Pin::new(work).poll(cx),
            RunState::Ready(_) => unreachable!("called above"),
        }
    }
}

impl Kind {
    pub(super) fn resource(
        uri: String,
        reading: Reading,
        variables: Arguments,
        context: Context,
    ) -> Self {
        let run = Run::new(reading.handler.clone(), variables.clone(), context);
        Self::Resource { uri, reading, variables, run }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("id", &self.id).finish_non_exhaustive()
    }
}
