use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll, ready},
};

use mcp_layers_core::{
    Rejection,
    jsonrpc::{ErrorObject, Message, RequestId},
    protocol::ProtocolVersion,
};

use super::{
    dynamic::{Dynamic, Resolved},
    run::Run,
};
use crate::{
    Arguments, BoxError, Completion, Context, InputError, InputRequired, PromptResult,
    ResourceRead, ToolResult,
    offer::Offer,
    resource::Reading,
    result::{ResultWriter, View},
    tool::ToolEntry,
};

/// A handler at work, and how its output becomes an answer.
pub(crate) struct Pending {
    pub(super) id: RequestId,
    pub(super) version: ProtocolVersion,
    pub(super) kind: Kind,
    pub(super) context: Context,
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

    pub(super) fn offer(&self) -> &Offer {
        self.context.offer()
    }

    pub(crate) fn id(&self) -> &RequestId {
        &self.id
    }

    pub(super) fn view(&self) -> View<'_> {
        View { version: self.version, signature: &self.offer().signature }
    }

    pub(super) fn message(
        &self,
        hint: usize,
        write: impl FnOnce(&mut ResultWriter<'_>) -> Option<crate::Meta>,
    ) -> Answer {
        Answer::Message(ResultWriter::message(&self.id, self.view(), hint, write))
    }

    pub(super) fn error(&self, error: &ErrorObject) -> Answer {
        Answer::Message(Message::error(Some(&self.id), error))
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
            Kind::Prompt { run } => run.restart(Arguments::new(arguments), context),
            Kind::Resource { variables, run, .. } => run.restart(variables.clone(), context),
            Kind::Completion { .. } | Kind::Dynamic(_) => unreachable!("these do not run again"),
        }
        Ok(())
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
