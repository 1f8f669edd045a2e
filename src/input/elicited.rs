use mcp_layers_core::jsonrpc::RawJson;
use serde::Deserialize;

use super::unfit;

/// What the person did with an elicitation. Declining and dismissing are answers, not
/// errors (ELICIT-13, MRTR-24).
///
/// ```
/// use mcp_stack::Elicited;
///
/// let answer = Elicited::Accept("blue");
/// assert_eq!(answer.accepted(), Some("blue"));
/// assert_eq!(Elicited::<&str>::Decline.accepted(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Elicited<T> {
    /// The form was submitted, or the visit to the page agreed to.
    Accept(T),
    /// The person said no.
    Decline,
    /// The person dismissed it without a choice; asking again later is fine.
    Cancel,
}

impl<T> Elicited<T> {
    /// The answer, if it was accepted.
    #[must_use]
    pub fn accepted(self) -> Option<T> {
        match self {
            Self::Accept(answer) => Some(answer),
            Self::Decline | Self::Cancel => None,
        }
    }

    /// Whether it was accepted.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accept(_))
    }

    /// Applies `f` to what was accepted.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Elicited<U> {
        match self {
            Self::Accept(answer) => Elicited::Accept(f(answer)),
            Self::Decline => Elicited::Decline,
            Self::Cancel => Elicited::Cancel,
        }
    }
}

/// Reads an `ElicitResult`, what was accepted by `accept`.
pub(super) fn read<T>(
    result: &RawJson,
    accept: impl FnOnce(Option<RawJson>) -> Result<T, String>,
) -> Result<Elicited<T>, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Action {
        Accept,
        Decline,
        Cancel,
    }
    #[derive(Deserialize)]
    struct ElicitResult {
        action: Action,
        content: Option<RawJson>,
    }
    let what = "the result of an elicitation";
    if !result.is_object() {
        return Err(format!("{what} must be an object")); // an array would do for serde
    }
    let ElicitResult { action, content } = result.to().map_err(|error| unfit(what, &error))?;
    Ok(match action {
        Action::Accept => Elicited::Accept(accept(content)?),
        Action::Decline => Elicited::Decline,
        Action::Cancel => Elicited::Cancel,
    })
}
