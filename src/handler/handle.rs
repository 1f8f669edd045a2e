use std::{future::Future, sync::Arc};

use mcp_layers_core::jsonrpc::RawJson;

use super::{Argument, Call, Handler, HandlerFuture, IntoHandler, IntoOutput};
use crate::Context;

/// A value that handles calls: a handler with state of its own, where a closure that
/// captures would be too small a place for it.
///
/// `T` is what the item at hand answers with: [`ToolResult`](crate::ToolResult),
/// [`PromptResult`](crate::PromptResult), [`ResourceRead`](crate::ResourceRead) or
/// [`Completion`](crate::Completion). The value goes where a closure would: into
/// [`Tool::new`](crate::Tool::new), [`Prompt::new`](crate::Prompt::new),
/// [`Resource::new`](crate::Resource::new),
/// [`ResourceTemplate::new`](crate::ResourceTemplate::new), and the schemas come from
/// [`Args`](Self::Args) and [`Output`](Self::Output).
///
/// ```
/// use mcp_stack::{Context, Handle, Tool, ToolResult};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Word {
///     /// What to look for.
///     word: String,
/// }
///
/// struct Search {
///     index: Vec<String>,
/// }
///
/// impl Handle<ToolResult> for Search {
///     type Args = Word;
///     type Output = Result<String, &'static str>;
///
///     async fn call(&self, args: Word, _: Context) -> Self::Output {
///         let at = self.index.iter().position(|known| *known == args.word);
///         at.map(|at| format!("at {at}")).ok_or("there is no such word")
///     }
/// }
///
/// let index = vec!["one".into(), "two".into()];
/// let search = Tool::new("search", Search { index }).with_description("Looks for a word");
/// # let _ = search;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle calls that are answered with a `{T}`",
    label = "implement `Handle<{T}>` for it"
)]
pub trait Handle<T>: Send + Sync + 'static {
    /// The arguments, an owned type with `serde::Deserialize` and
    /// `schemars::JsonSchema`; `()` for none.
    type Args: Argument + Send + 'static;

    /// The answer; see [`IntoOutput`].
    type Output: IntoOutput<T>;

    /// Handles a call. Write it as `async fn call(…)`. Calls run at the same time.
    fn call(&self, args: Self::Args, cx: Context) -> impl Future<Output = Self::Output> + Send;
}

impl<T, H: Handle<T>> Handle<T> for Arc<H> {
    type Args = H::Args;
    type Output = H::Output;

    fn call(&self, args: Self::Args, cx: Context) -> impl Future<Output = Self::Output> + Send {
        H::call(self, args, cx)
    }
}

/// The form of a value that implements [`Handle`].
#[derive(Debug)]
pub enum Stateful {}

impl<T: 'static, H: Handle<T>> IntoHandler<T, Stateful> for H {
    fn into_handler(self) -> Handler<T> {
        let handler = Arc::new(self);
        Handler::new(move |call: Call| {
            let context = call.context.clone();
            match H::Args::from_call(call) {
                Ok(args) => {
                    let handler = Arc::clone(&handler);
                    HandlerFuture::boxed(
                        async move { handler.call(args, context).await.into_output() },
                    )
                }
                Err(error) => HandlerFuture::ready(Err(error)),
            }
        })
    }

    fn input_schema() -> Option<RawJson> {
        H::Args::schema()
    }

    fn output_schema() -> Option<RawJson> {
        H::Output::schema()
    }
}
