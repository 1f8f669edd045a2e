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

#[cfg(feature = "asking")]
use super::rounds::Asked;
use super::{
    dynamic::{Dynamic, Resolved},
    run::Run,
};
use crate::{
    Arguments, BoxError, Completion, Context, Handler, PromptResult, ResourceRead, ToolResult,
    offer::Offer,
    prompt::PromptEntry,
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
    #[cfg(feature = "asking")]
    pub(super) asked: Option<Asked>,
}

/// What sort of handler it is.
pub(super) enum Kind {
    Tool {
        tool: Arc<ToolEntry>,
        run: Run<ToolResult>,
    },
    Prompt {
        prompt: Arc<PromptEntry>,
        run: Run<PromptResult>,
    },
    Resource {
        uri: String,
        reading: Arc<Reading>,
        /// For another round.
        #[cfg(feature = "asking")]
        variables: Arguments,
        run: Run<ResourceRead>,
    },
    Completion {
        completer: Handler<Completion>,
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
        Self {
            id,
            version,
            kind,
            context,
            #[cfg(feature = "asking")]
            asked: None,
        }
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

    #[cfg(not(feature = "asking"))]
    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Answer> {
        let outcome = ready!(self.poll_run(cx));
        Poll::Ready(outcome.unwrap_or_else(|error| self.failed(error)))
    }

    #[cfg(feature = "asking")]
    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Answer> {
        self.poll_rounds(cx)
    }
}

impl Pending {
    /// Runs the handler to its end.
    pub(super) fn poll_run(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<Answer, BoxError>> {
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
                ready!(run.poll(&tool.handler, cx)).map(|result| self.tool_answer(result))
            }
            Kind::Prompt { prompt, run } => ready!(run.poll(&prompt.handler, cx)).map(|result| {
                let view = self.view();
                self.message(result.size_hint(), |out| result.write(out, view))
            }),
            Kind::Resource { uri, reading, run, .. } => {
                let output = ready!(run.poll(&reading.handler, cx));
                let (uri, reading) = (uri.clone(), Arc::clone(reading));
                output.map(|read| self.resource_read(&uri, &reading, read))
            }
            Kind::Completion { completer, run } => ready!(run.poll(completer, cx))
                .map(|completion| self.message(1024, |out| completion.write(out))),
            Kind::Dynamic(_) => unreachable!("what is found is no source"),
        })
    }
}

impl Kind {
    pub(super) fn resource(
        uri: String,
        reading: Arc<Reading>,
        variables: Arguments,
        context: Context,
    ) -> Self {
        #[cfg(feature = "asking")]
        let kept = variables.clone();
        let run = Run::new(variables, context);
        Self::Resource {
            uri,
            reading,
            #[cfg(feature = "asking")]
            variables: kept,
            run,
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("id", &self.id).finish_non_exhaustive()
    }
}
