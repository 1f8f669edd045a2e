//! Completion of prompt arguments and template variables.

use std::collections::BTreeMap;

use mcp_layers_core::jsonrpc::RawJson;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Arguments, BoxError, Handler, IntoOutput, Meta, result::ResultWriter};

/// The most values a completion can have (COMP-3).
const MAX_VALUES: usize = 100;

/// What a person has typed so far.
///
/// Only what the prompt or template declares is completed, and only values that one of
/// its URIs may have: what would lead a path astray completes to nothing, unless the
/// template allows any value (COMP-7). An item that a [`Source`](crate::Source) does not
/// find for a caller is not completed for that caller.
///
/// What a completer offers is up to itself. Where not everybody may see all of it, it
/// asks the [`Context`](crate::Context), its second parameter, who calls: tower layers
/// around a prompt are not around its completions.
///
/// ```
/// use mcp_stack::{CompletionRequest, Context, Prompt, PromptArgument};
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
///
/// fn projects_of(user: &str) -> Vec<String> {
///     vec![format!("{user}'s first")]
/// }
///
/// let prompt = prompt
///     .add_argument(PromptArgument::optional("project"))
///     .with_completion("project", |typed: CompletionRequest, cx: Context| {
///         let mut projects = cx.principal().map_or(Vec::new(), |user| projects_of(user.name()));
///         projects.retain(|name| name.starts_with(&typed.value));
///         projects
///     });
/// # let _ = prompt;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct CompletionRequest {
    /// The value so far, possibly empty.
    pub value: String,
    /// Other arguments or variables that are settled already (COMP-5); none but those
    /// that the prompt or template declares.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
}

/// The completers of one item, by what they complete.
#[derive(Debug, Clone, Default)]
pub(crate) struct Completers(Vec<(String, Handler<Completion>)>);

impl Completers {
    pub(crate) fn insert(&mut self, name: String, completer: Handler<Completion>) {
        self.0.retain(|(other, _)| *other != name);
        self.0.push((name, completer));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Handler<Completion>> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, completer)| completer)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is completed.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }
}

/// A completer, and what it is called with.
pub(crate) type Completing = (Handler<Completion>, Arguments);

impl CompletionRequest {
    /// A call of this completer, if there is one.
    pub(crate) fn call(self, completer: Option<&Handler<Completion>>) -> Option<Completing> {
        let completer = completer?.clone();
        let json = RawJson::from_value(&self).expect("a completion request serialises");
        Some((completer, Arguments::new(json)))
    }
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
