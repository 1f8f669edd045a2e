//! Completion of prompt arguments and template variables.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BoxError, IntoOutput, Meta, result::ResultWriter};

/// The most values a completion can have (COMP-3).
const MAX_VALUES: usize = 100;

/// What a person has typed so far.
///
/// ```
/// use mcp_stack::{CompletionRequest, Prompt, PromptArgument};
///
/// let prompt = Prompt::new("greet", || "Say hello.")
///     .add_argument(PromptArgument::optional("language"))
///     .with_completion("language", |typed: CompletionRequest| {
///         ["English", "Esperanto", "French"]
///             .into_iter()
///             .filter(|name| name.starts_with(&typed.value))
///             .map(String::from)
///             .collect::<Vec<_>>()
///     });
/// # let _ = prompt;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct CompletionRequest {
    /// The value so far, possibly empty.
    pub value: String,
    /// Other arguments or variables that are settled already (COMP-5).
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
}

/// Values to choose from, best first. Of more than 100 the first 100 are sent,
/// with their number and that there are more.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Completion {
    values: Vec<String>,
    total: Option<u64>,
    has_more: Option<bool>,
}

impl Completion {
    /// These values.
    pub fn new<V: Into<String>>(values: impl IntoIterator<Item = V>) -> Self {
        let mut values: Vec<String> = values.into_iter().map(Into::into).collect();
        let total = values.len();
        if total <= MAX_VALUES {
            return Self { values, total: None, has_more: None };
        }
        values.truncate(MAX_VALUES);
        Self { values, total: u64::try_from(total).ok(), has_more: Some(true) }
    }

    /// How many values there are in all, given or not.
    pub fn with_total(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }

    /// Whether there are more values than given.
    pub fn with_more(mut self, has_more: bool) -> Self {
        self.has_more = Some(has_more);
        self
    }

    pub(crate) fn write(self, out: &mut ResultWriter<'_>) -> Option<Meta> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            values: Vec<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            total: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            has_more: Option<bool>,
        }
        let Self { values, total, has_more } = self;
        out.member("completion", &Body { values, total, has_more });
        None
    }
}

impl IntoOutput<Self> for Completion {
    fn into_output(self) -> Result<Self, BoxError> {
        Ok(self)
    }
}

impl IntoOutput<Completion> for Vec<String> {
    fn into_output(self) -> Result<Completion, BoxError> {
        Ok(Completion::new(self))
    }
}

impl IntoOutput<Completion> for Vec<&'static str> {
    fn into_output(self) -> Result<Completion, BoxError> {
        Ok(Completion::new(self))
    }
}
