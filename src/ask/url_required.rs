use std::fmt;

use mcp_layers_core::{
    extensions::ClientCapabilities,
    jsonrpc::{ErrorObject, RawJson},
    protocol::ProtocolVersion,
};
use serde::Serialize;

use super::InputRequired;
use crate::{
    BoxError, Context, Input as _, UrlElicitation, dispatch::URL_ELICITATION_REQUIRED,
    input::Capability,
};

/// Leads the keys under which modern clients are asked.
const KEY: &str = "url elicitation ";

/// Refuses a call until the person has visited pages, all of them named at once: for a
/// handler that lacks what only those can give, such as a third party's consent. It
/// returns this as its error, and looks again when the client calls again.
///
/// Clients of 2025-11-25 get the error -32042 with the pages (ELICIT-20, ELICIT-21), and
/// call again when the person has been there. Those of 2026-07-28 are asked for each page
/// (ELICIT-22); if the person declines one, the call fails. Others cannot be asked.
///
/// ```
/// use mcp_stack::{BoxError, Context, Tool, UrlElicitation, UrlElicitationRequired};
///
/// fn key_of(_: &Context) -> Option<String> {
///     None // from where the page has put it
/// }
///
/// let report = Tool::new("report", |cx: Context| {
///     let key = key_of(&cx).ok_or_else(|| {
///         let page = UrlElicitation::new("Please enter your key", "https://example.com/key");
///         UrlElicitationRequired::new(page)
///     })?;
///     Ok::<_, BoxError>(format!("A report, {} bytes of key.", key.len()))
/// });
/// # let _ = report;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct UrlElicitationRequired(Vec<UrlElicitation>);

impl UrlElicitationRequired {
    /// This page is to be visited.
    pub fn new(page: UrlElicitation) -> Self {
        Self(vec![page])
    }

    /// This one, too.
    pub fn and(mut self, page: UrlElicitation) -> Self {
        self.0.push(page);
        self
    }

    pub(crate) fn missing(
        &self,
        declared: Option<&ClientCapabilities>,
        version: ProtocolVersion,
    ) -> Option<Capability> {
        self.0.iter().find_map(|page| page.missing(declared, version))
    }

    /// The error that lists the pages, in the one revision that has it.
    ///
    /// # Errors
    ///
    /// What is wrong with a page, or that this revision has no such error.
    pub(crate) fn error(&self, version: ProtocolVersion) -> Result<ErrorObject, String> {
        #[derive(Serialize)]
        struct Data {
            elicitations: Vec<RawJson>,
        }
        if version != ProtocolVersion::V2025_11_25 {
            return Err("only tools, prompts and resources can ask the client".into());
        }
        let elicitations = self.0.iter().map(|page| page.params(version)).collect::<Result<_, _>>();
        let data = Data { elicitations: elicitations? };
        Ok(ErrorObject::new(URL_ELICITATION_REQUIRED, self.to_string()).with_data(&data))
    }

    /// The same as questions to a modern client. Each time under new keys: that the person
    /// agreed before is no answer to what is still lacking.
    ///
    /// # Errors
    ///
    /// `-32602` when the person has declined.
    pub(crate) fn into_questions(self, context: &Context) -> Result<InputRequired, BoxError> {
        let agreed = |answer: &RawJson| self.0[0].read(answer).is_ok_and(|it| it.is_accepted());
        let declined = |(key, answer): (&String, &RawJson)| key.starts_with(KEY) && !agreed(answer);
        if context.asking().round().answers.iter().any(declined) {
            let message = "the person did not agree to visit a page that this needs";
            return Err(ErrorObject::invalid_params(message).into());
        }
        let ask =
            |all: InputRequired, page: UrlElicitation| all.ask(format!("{KEY}{}", page.id()), page);
        Ok(self.0.into_iter().fold(InputRequired::new(), ask))
    }
}

impl fmt::Display for UrlElicitationRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("a page is to be visited before this can go on"),
            pages => write!(f, "{pages} pages are to be visited before this can go on"),
        }
    }
}

impl std::error::Error for UrlElicitationRequired {}
