use mcp_layers_core::jsonrpc::RawJson;
use schemars::JsonSchema;
use serde::Serialize;

use super::BoxError;

/// What a handler may return where a `T` is wanted.
///
/// For tools: text (`String`, `&str`), nothing (`()`), [`Content`](crate::Content)
/// or a `Vec` of it, [`Json`] for structured content, and
/// [`ToolResult`](crate::ToolResult). For prompts: text,
/// [`PromptMessage`](crate::PromptMessage)s, [`PromptResult`](crate::PromptResult).
/// For resources: text, bytes, [`ResourceContents`](crate::ResourceContents). And a
/// `Result` of any of them, with an error that `Into<BoxError>` takes.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}` where `{T}` is wanted",
    label = "not convertible into `{T}`",
    note = "return text, content, `Json(value)` with `value: Serialize + JsonSchema`, or a `Result` of one of these"
)]
pub trait IntoOutput<T>: Send + 'static {
    /// Converts.
    ///
    /// # Errors
    ///
    /// The handler's own error, or that a value does not serialise.
    fn into_output(self) -> Result<T, BoxError>;

    /// The JSON Schema of the structured content, if the type has one.
    #[must_use]
    fn schema() -> Option<RawJson> {
        None
    }
}

impl<R, E, T> IntoOutput<T> for Result<R, E>
where
    R: IntoOutput<T>,
    E: Into<BoxError> + Send + 'static,
{
    fn into_output(self) -> Result<T, BoxError> {
        self.map_err(Into::into)?.into_output()
    }

    fn schema() -> Option<RawJson> {
        R::schema()
    }
}

/// A value as structured content: its type gives the output schema, and its JSON
/// is also sent as text for clients that read only that (TOOL-15).
///
/// ```
/// use mcp_stack::{Json, Tool};
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Terms { a: i64, b: i64 }
///
/// #[derive(Serialize, JsonSchema)]
/// struct Sum { sum: i64 }
///
/// let add = Tool::new("add", |terms: Terms| Json(Sum { sum: terms.a + terms.b }));
/// # let _ = add;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize + JsonSchema + Send + 'static> IntoOutput<crate::ToolResult> for Json<T> {
    fn into_output(self) -> Result<crate::ToolResult, BoxError> {
        Ok(crate::ToolResult::structured(&self.0)?)
    }

    fn schema() -> Option<RawJson> {
        Some(crate::schema::of::<T>())
    }
}
