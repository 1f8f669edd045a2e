use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use mcp_layers_core::jsonrpc::RawJson;
use serde::Serialize;

use super::{Ask, InputError, InputErrorKind};
use crate::{Context, Input};

/// Ends this round of a handler: the client is asked, and calls again. For authors who
/// write rounds and their state by hand; [`Context::elicit`] does it by itself.
///
/// A handler returns it as its error. It serves both eras: a legacy client is asked on
/// the call's stream, and then the handler runs again.
///
/// ```
/// use mcp_stack::{BoxError, Context, Form, InputRequired, Tool};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Sure {
///     sure: bool,
/// }
///
/// let erase = Tool::new("erase", async |cx: Context| -> Result<String, BoxError> {
///     let question = Form::<Sure>::new("Really?");
///     match cx.answer("sure", &question)? {
///         None => Err(InputRequired::new().ask("sure", question).with_state(&"asked")?.into()),
///         Some(answer) => {
///             assert_eq!(cx.request_state::<String>().as_deref(), Some("asked"));
///             Ok(format!("{}", answer.accepted().is_some_and(|it| it.sure)))
///         }
///     }
/// });
/// # let _ = erase;
/// ```
#[derive(Default)]
#[must_use]
pub struct InputRequired {
    questions: Vec<Box<dyn Question>>,
    state: Option<RawJson>,
}

/// A question whose answer is read in the next round.
trait Question: Send + Sync {
    /// Asks it. What comes of it is kept in the context's round.
    fn put(self: Box<Self>, context: Context) -> Asked;
}

type Asked = Pin<Box<dyn Future<Output = Result<(), InputError>> + Send>>;

struct Keyed<I> {
    key: String,
    input: I,
}

impl<I: Input> Question for Keyed<I> {
    fn put(self: Box<Self>, context: Context) -> Asked {
        let Self { key, input } = *self;
        Box::pin(async move { Ask::new(context, key, input).await.map(drop) })
    }
}

impl InputRequired {
    /// Nothing is asked yet. With a state alone the client calls again at once
    /// (MRTR-10).
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks this under `key`.
    pub fn ask<I: Input>(mut self, key: impl Into<String>, input: I) -> Self {
        self.questions.push(Box::new(Keyed { key: key.into(), input }));
        self
    }

    /// Keeps a value for the next round, sealed: the client can neither read nor change
    /// it. It may come back more than once, within 15 minutes unless set otherwise;
    /// what must be used at most once, the server has to remember itself (MRTR-16).
    ///
    /// # Errors
    ///
    /// When `state` does not serialise.
    pub fn with_state<T: Serialize + ?Sized>(mut self, state: &T) -> Result<Self, InputError> {
        let state = RawJson::from_value(state)
            .map_err(|error| InputError::new(InputErrorKind::Unsupported, error.to_string()))?;
        self.state = Some(state);
        Ok(self)
    }

    /// Keeps the state in the context's round, and asks everything at once. What comes
    /// of it is in the round then; the first question that failed is told.
    pub(crate) fn ask_all(
        self,
        context: &Context,
    ) -> impl Future<Output = Result<(), InputError>> + Send + use<> {
        let mut round = context.asking().round();
        round.next(self.state);
        drop(round);
        let put = |question: Box<dyn Question>| question.put(context.clone());
        let mut asked: Vec<_> = self.questions.into_iter().map(put).collect();
        let mut failed = None;
        poll_fn(move |cx| {
            asked.retain_mut(|question| match question.as_mut().poll(cx) {
                Poll::Pending => true,
                Poll::Ready(Ok(())) => false,
                Poll::Ready(Err(error)) => {
                    failed.get_or_insert(error);
                    false
                }
            });
            match asked.is_empty() {
                true => Poll::Ready(failed.take().map_or(Ok(()), Err)),
                false => Poll::Pending,
            }
        })
    }
}

impl fmt::Debug for InputRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputRequired").field("questions", &self.questions.len()).finish()
    }
}

impl fmt::Display for InputRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client is asked for input")
    }
}

impl std::error::Error for InputRequired {}
