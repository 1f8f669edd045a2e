//! Handlers that ask the client: what becomes of a run that wants an answer.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context as TaskContext, Poll, ready},
};

use mcp_layers_core::jsonrpc::ErrorObject;

use super::{
    pending::{Answer, Kind, Pending},
    run::Run,
};
use crate::{
    Arguments, BoxError, InputError, InputErrorKind, InputRequired, UrlElicitationRequired,
    ask::Unmet, context::missing_capability,
};

/// What a handler asks by hand, on its way.
pub(super) type Asked = Pin<Box<dyn Future<Output = Result<(), InputError>> + Send>>;

impl Pending {
    /// Runs the handler, as often as it asks for rounds by hand.
    pub(super) fn poll_rounds(&mut self, cx: &mut TaskContext<'_>) -> Poll<Answer> {
        loop {
            if let Some(asked) = &mut self.asked {
                let outcome = ready!(asked.as_mut().poll(cx));
                self.asked = None;
                if let Err(error) = self.next_round(outcome) {
                    return Poll::Ready(self.failed(error.into()));
                }
                // A handler that asks for rounds without end can still be cancelled.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match ready!(self.poll_run(cx)) {
                Ok(answer) => return Poll::Ready(answer),
                Err(error) => match self.asked_by_hand(error) {
                    Ok(required) => self.asked = Some(Box::pin(required.ask_all(&self.context))),
                    Err(error) => return Poll::Ready(self.failed(error)),
                },
            }
        }
    }

    /// What a handler's error asks for, if it is to run again.
    fn asked_by_hand(&self, error: BoxError) -> Result<InputRequired, BoxError> {
        if !self.can_run_again() {
            return Err(error);
        }
        match error.downcast::<UrlElicitationRequired>() {
            Ok(pages) if self.version.is_modern() => pages.into_questions(&self.context),
            Ok(pages) => Err(pages),
            Err(error) => error.downcast().map(|required| *required),
        }
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
                *run = Run::new(tool.accept(arguments).expect("accepted once"), context);
            }
            Kind::Prompt { run, .. } => *run = Run::new(Arguments::new(arguments), context),
            Kind::Resource { variables, run, .. } => *run = Run::new(variables.clone(), context),
            Kind::Completion { .. } | Kind::Dynamic(_) => unreachable!("these do not run again"),
        }
        Ok(())
    }

    /// The answer to a handler that failed for want of one (MRTR-1, MRTR-2, MRTR-7,
    /// MRTR-18).
    pub(super) fn unmet(&self) -> Option<Answer> {
        let asking = self.context.asking();
        let unmet = asking.asks_by_result().then(|| asking.unmet()).flatten()?;
        let asked = match unmet {
            Unmet::Capability(path) => {
                return Some(self.protocol_error(missing_capability(&path, self.version)));
            }
            Unmet::Malformed(error) => return Some(self.error(&error)),
            Unmet::Input => asking.input_required(self.context.extensions()),
        };
        Some(match asked {
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
        })
    }

    /// The answer to a handler that wants pages visited, where that is no question
    /// (ELICIT-1, ELICIT-2, ELICIT-20, ELICIT-21).
    pub(super) fn pages_required(&self, pages: &UrlElicitationRequired) -> Answer {
        let declared = self.context.client_capabilities();
        if let Some(path) = pages.missing(declared, self.version) {
            return self.protocol_error(missing_capability(path, self.version));
        }
        match pages.error(self.version) {
            Ok(error) => self.error(&error),
            Err(fault) => self.error(&self.could_not_ask(&fault)),
        }
    }

    /// A question that came to nothing. The client knows its own part in that; what is
    /// the author's is for the log.
    pub(super) fn unanswered(&self, error: InputError) -> Answer {
        let message = error.to_string();
        self.error(&match error.kind() {
            InputErrorKind::MissingCapability => ErrorObject::invalid_params(message),
            InputErrorKind::Refused(_)
            | InputErrorKind::Malformed
            | InputErrorKind::TimedOut
            | InputErrorKind::Unreachable => ErrorObject::internal(message),
            InputErrorKind::InputRequired
            | InputErrorKind::Unsupported
            | InputErrorKind::DuplicateKey => self.could_not_ask(&error),
        })
    }

    /// The fault is the author's, and for the log.
    fn could_not_ask(&self, fault: &dyn fmt::Display) -> ErrorObject {
        tracing::error!(id = %self.id, %fault, "the client could not be asked");
        ErrorObject::internal("the client could not be asked")
    }
}
