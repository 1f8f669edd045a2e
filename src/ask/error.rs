use std::{borrow::Cow, fmt};

/// Why a question to the client has no answer.
///
/// Hand it on with `?`. In the modern era [`InputRequired`](InputErrorKind::InputRequired)
/// is not a failure: it ends this run of the handler, and the client's retry begins the
/// next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    kind: InputErrorKind,
    message: Cow<'static, str>,
}

/// What sort of reason it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputErrorKind {
    /// The client is asked now, and will call again with the answer (modern).
    InputRequired,
    /// The client did not declare that it can be asked this.
    MissingCapability,
    /// The revision the client speaks cannot express the question.
    Unsupported,
    /// The key was used for another question in this run.
    DuplicateKey,
    /// There is no session to ask in, or nobody listens any more (legacy).
    Unreachable,
    /// The client answered with an error of this code (legacy).
    Refused(i64),
    /// The client's answer does not fit the question.
    Malformed,
    /// The client did not answer in time (legacy).
    TimedOut,
}

impl InputError {
    pub(super) fn new(kind: InputErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(crate) fn required() -> Self {
        Self::new(InputErrorKind::InputRequired, "the client is asked for input")
    }

    /// What sort of reason it is.
    #[must_use]
    pub fn kind(&self) -> InputErrorKind {
        self.kind
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InputError {}
