//! From a handler's error to the answer.

use mcp_layers_core::{
    Rejection,
    jsonrpc::{ErrorObject, code},
    protocol::ProtocolVersion,
};

use super::pending::{Answer, Kind, Pending};
use crate::{
    BoxError, InputError, InputErrorKind, InvalidArguments, ToolResult, ask::Unmet,
    context::missing_capability, resource::ResourceNotFound,
};

impl Pending {
    /// What is answered when the handler has failed.
    pub(super) fn failed(&self, error: BoxError) -> Answer {
        // MRTR-2
        if self.context.asking().asks_by_result()
            && let Some(unmet) = self.context.asking().unmet()
        {
            return self.unmet(unmet);
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

    /// A failure for want of an answer (MRTR-1, MRTR-7, MRTR-18).
    fn unmet(&self, unmet: Unmet) -> Answer {
        let asked = match unmet {
            Unmet::Capability(path) => {
                return self.protocol_error(missing_capability(&path, self.version));
            }
            Unmet::Malformed(error) => return self.error(&error),
            Unmet::Input => self.context.asking().input_required(self.context.extensions()),
        };
        match asked {
            // MRTR-3, MRTR-22
            Ok((requests, state)) => self.message(1024, |out| {
                out.set_type("input_required");
                if let Some(requests) = requests {
                    out.member("inputRequests", &requests);
                }
                out.member("requestState", &state);
                None
            }),
            Err(error) => self.error(&error),
        }
    }

    fn tool_failed(&self, error: BoxError) -> Answer {
        // TOOL-23, TOOL-24, D-13
        let model_reads_it =
            self.version >= ProtocolVersion::V2025_11_25 || !error.is::<InvalidArguments>();
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
        error.or_else(|error| error.downcast::<InputError>().map(|error| self.unanswered(*error)))
    }

    /// A question that came to nothing. The client knows its own part in that; what is
    /// the author's is for the log.
    fn unanswered(&self, error: InputError) -> Answer {
        let message = error.to_string();
        self.error(&match error.kind() {
            InputErrorKind::MissingCapability => ErrorObject::invalid_params(message),
            InputErrorKind::Refused(_)
            | InputErrorKind::Malformed
            | InputErrorKind::TimedOut
            | InputErrorKind::Unreachable => ErrorObject::internal(message),
            InputErrorKind::InputRequired
            | InputErrorKind::Unsupported
            | InputErrorKind::DuplicateKey => {
                tracing::error!(id = %self.id, %error, "the client could not be asked");
                ErrorObject::internal("the client could not be asked")
            }
        })
    }

    fn protocol_error(&self, error: ErrorObject) -> Answer {
        if !self.version.is_modern() {
            return self.error(&error);
        }
        match error.code() {
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
            -32768..=-32000 => {
                tracing::error!(id = %self.id, %error, "this code may not be sent in the modern era");
                self.error(&ErrorObject::internal(error.message().to_owned()))
            }
            _ => self.error(&error),
        }
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
