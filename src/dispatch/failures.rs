//! From a handler's error to the answer.

use mcp_layers_core::{
    Rejection,
    jsonrpc::{ErrorObject, code},
    protocol::ProtocolVersion,
};

use super::pending::{Answer, Kind, Pending};
use crate::{BoxError, InvalidArguments, ToolResult, resource::ResourceNotFound};

/// By it 2025-11-25 lists pages that are to be visited.
pub(crate) const URL_ELICITATION_REQUIRED: i64 = -32042;

impl Pending {
    /// What is answered when the handler has failed.
    pub(super) fn failed(&self, error: BoxError) -> Answer {
        #[cfg(feature = "asking")]
        if let Some(answer) = self.unmet() {
            return answer;
        }
        match &self.kind {
            Kind::Tool { .. } => self.tool_failed(error),
            Kind::Resource { uri, .. } if error.is::<ResourceNotFound>() => self.not_found(uri),
            Kind::Resource { .. } => self.failed_within("reading the resource", error),
            Kind::Prompt { .. } => self.failed_within("writing the prompt", error),
            Kind::Completion { .. } => self.failed_within("completing the argument", error),
            Kind::Dynamic(_) => self.failed_within("asking a source", error),
        }
    }

    fn tool_failed(&self, error: BoxError) -> Answer {
        // TOOL-23, TOOL-24, D-13
        let model_reads_it =
            self.version >= ProtocolVersion::V2025_11_25 || !error.is::<InvalidArguments>();
        #[cfg(feature = "asking")]
        let model_reads_it = model_reads_it && !error.is::<crate::UrlElicitationRequired>();
        match error.is::<ErrorObject>() || !model_reads_it {
            true => self.failure(error),
            false => Err(error),
        }
        .unwrap_or_else(|error| self.tool_result(ToolResult::error(error.to_string())))
    }

    fn failed_within(&self, what: &'static str, error: BoxError) -> Answer {
        self.failure(error).unwrap_or_else(|error| self.internal(what, &error))
    }

    /// A failure that is the same for all kinds of handler.
    fn failure(&self, error: BoxError) -> Result<Answer, BoxError> {
        let error = error.downcast::<ErrorObject>().map(|error| self.protocol_error(*error));
        let error = error.or_else(|error| {
            error
                .downcast::<InvalidArguments>()
                .map(|error| self.error(&ErrorObject::invalid_params(error.to_string())))
        });
        #[cfg(feature = "asking")]
        let error = error
            .or_else(|error| error.downcast().map(|error| self.unanswered(*error)))
            .or_else(|error| error.downcast().map(|pages| self.pages_required(&pages)));
        error
    }

    pub(super) fn protocol_error(&self, error: ErrorObject) -> Answer {
        match error.code() {
            // ELICIT-20, ELICIT-21, ERR-7: of `UrlElicitationRequired` alone.
            URL_ELICITATION_REQUIRED => self.unfit_code(&error),
            _ if !self.version.is_modern() => self.error(&error),
            // NEG-26
            code::HEADER_MISMATCH
            | code::MISSING_CLIENT_CAPABILITY
            | code::UNSUPPORTED_PROTOCOL_VERSION => {
                Answer::Rejected(Rejection::new(http::StatusCode::BAD_REQUEST, error))
            }
            code::PARSE_ERROR
            | code::INVALID_REQUEST
            | code::METHOD_NOT_FOUND
            | code::INVALID_PARAMS
            | code::INTERNAL_ERROR => self.error(&error),
            // ERR-2, ERR-3, ERR-4, ERR-5: the rest of the reserved range.
            -32768..=-32000 => self.unfit_code(&error),
            _ => self.error(&error),
        }
    }

    fn unfit_code(&self, error: &ErrorObject) -> Answer {
        tracing::error!(id = %self.id, %error, version = %self.version, "this code may not be sent");
        self.error(&ErrorObject::internal(error.message().to_owned()))
    }

    /// What a client is told when something but a tool fails; the cause is for the
    /// log (RES-11, PROMPT-6).
    pub(super) fn internal(&self, what: &'static str, error: &BoxError) -> Answer {
        tracing::error!(id = %self.id, %error, "{what} failed");
        self.error(&ErrorObject::internal(format!("{what} failed")))
    }

    pub(super) fn not_found(&self, uri: &str) -> Answer {
        self.error(&ResourceNotFound::error_object(uri, self.version))
    }
}
