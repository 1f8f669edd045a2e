use mcp_layers_core::jsonrpc::RawJson;
use serde::de::DeserializeOwned;

use super::{Ask, InputError, InputErrorKind};
use crate::{Context, Elicitation, Input, ListRoots, Sampling};

/// Asking the client.
impl Context {
    /// Asks the person at the client: a [`Form`](crate::Form) to fill in, or a
    /// [`UrlElicitation`](crate::UrlElicitation) to visit. `key` names the question
    /// among those of this call.
    ///
    /// The same source serves both eras, so hand errors on with `?`: in the modern era
    /// the first run ends here, and the handler runs again, from its beginning, with
    /// the answer. What must not happen twice belongs after the last question.
    ///
    /// Never ask for passwords, keys, tokens or payment data in a form (ELICIT-9).
    ///
    /// ```
    /// use mcp_stack::{Context, Elicited, Form, InputError, Tool};
    /// use schemars::JsonSchema;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// struct Name {
    ///     name: String,
    /// }
    ///
    /// let greet = Tool::new("greet", async |cx: Context| {
    ///     Ok::<_, InputError>(match cx.elicit("name", Form::<Name>::new("Who are you?")).await? {
    ///         Elicited::Accept(Name { name }) => format!("Hello, {name}!"),
    ///         Elicited::Decline | Elicited::Cancel => "Hello, stranger!".to_owned(),
    ///     })
    /// });
    /// # let _ = greet;
    /// ```
    ///
    /// # Errors
    ///
    /// [`InputError`]; see its kinds.
    pub fn elicit<E: Elicitation>(&self, key: impl Into<String>, elicitation: E) -> Ask<E> {
        Ask::new(self.clone(), key.into(), elicitation)
    }

    /// Asks the client's model; as [`elicit`](Self::elicit).
    ///
    /// # Errors
    ///
    /// [`InputError`]; see its kinds.
    pub fn sample(&self, key: impl Into<String>, sampling: Sampling) -> Ask<Sampling> {
        Ask::new(self.clone(), key.into(), sampling)
    }

    /// Asks which directories and files the client works on; as
    /// [`elicit`](Self::elicit).
    ///
    /// # Errors
    ///
    /// [`InputError`]; see its kinds.
    pub fn list_roots(&self, key: impl Into<String>) -> Ask<ListRoots> {
        Ask::new(self.clone(), key.into(), ListRoots)
    }

    /// The answer to a question of an earlier round, if there is one: for handlers that
    /// ask by [`InputRequired`](crate::InputRequired).
    ///
    /// # Errors
    ///
    /// [`InputErrorKind::Malformed`] when the answer does not fit the question.
    pub fn answer<I: Input>(&self, key: &str, input: &I) -> Result<Option<I::Answer>, InputError> {
        let answer = self.asking().round().answers.get(key).cloned();
        answer.map(|json| self.read(key, input, &json)).transpose()
    }

    /// What [`InputRequired::with_state`](crate::InputRequired::with_state) kept from
    /// the round before; `None` in the first.
    #[must_use]
    pub fn request_state<T: DeserializeOwned>(&self) -> Option<T> {
        self.asking().round().state.as_ref()?.to().ok()
    }

    pub(super) fn read<I: Input>(
        &self,
        key: &str,
        input: &I,
        answer: &RawJson,
    ) -> Result<I::Answer, InputError> {
        input.read(answer).map_err(|fault| {
            let message = format!("the client's answer to {key:?} does not fit: {fault}");
            self.asking().refuse_malformed(key, &message);
            InputError::new(InputErrorKind::Malformed, message)
        })
    }
}
