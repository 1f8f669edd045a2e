//! From a method's name to its handler, in either era.

mod answers;
mod completion;
mod dynamic;
mod failures;
mod lifecycle;
mod lists;
mod pending;
mod prompts;
mod resources;
#[cfg(feature = "asking")]
mod rounds;
mod run;
mod subscriptions;
mod tools;
mod without_request;

#[cfg(feature = "asking")]
pub(crate) use failures::URL_ELICITATION_REQUIRED;
pub(crate) use pending::{Answer, Pending};
pub(crate) use without_request::without_request;

use std::{mem, sync::Arc};

use http::{Response, request::Parts};
use mcp_layers_core::{
    FromRejection as _, Outbound, Rejection, Request,
    extensions::{CancelToken, SessionHandle},
    jsonrpc::{ErrorObject, Message, RawJson, RequestId},
    protocol::{Era, LogLevel, Method, ProtocolVersion, meta},
};

use self::pending::Kind;
use crate::{
    Context,
    ask::Asking,
    offer::Offer,
    result::{ResultWriter, View},
    run::Emitter,
};

/// What became of a request.
pub(crate) enum Dispatched {
    /// It has its answer.
    Answered(Response<Outbound>),
    /// A handler is to run.
    Started(Pending),
}

/// A request on its way to its handler.
struct Exchange<'a> {
    offer: &'a Arc<Offer>,
    request: &'a mut Request,
    parts: &'a mut Parts,
    token: &'a CancelToken,
    version: ProtocolVersion,
}

pub(crate) fn dispatch(
    offer: &Arc<Offer>,
    request: &mut Request,
    parts: &mut Parts,
    token: &CancelToken,
) -> Dispatched {
    let version = ProtocolVersion::of(&parts.extensions);
    let mut exchange = Exchange { offer, request, parts, token, version };
    exchange.route().unwrap_or_else(|error| {
        let id = &exchange.request.id;
        // NEG-21: errors travel with 200.
        Dispatched::Answered(Response::new(Outbound::Response(Message::error(Some(id), &error))))
    })
}

type Routed = Result<Dispatched, ErrorObject>;

impl Exchange<'_> {
    /// A method whose feature is off, or of the other era, does not exist (INIT-6,
    /// ERR-6, VER-4).
    fn route(&mut self) -> Routed {
        use Era::{Legacy, Modern};
        let items = self.offer.registry.snapshot();
        match (&self.request.method, self.version.era()) {
            (Method::Initialize, Legacy) => self.initialize(),
            (Method::Ping, Legacy) => Ok(self.empty()),
            (Method::LoggingSetLevel, Legacy) if self.offer.logging => self.set_log_level(),
            (Method::ServerDiscover, Modern) => Ok(self.discover()),
            (Method::ToolsList, _) if items.tools.was_used() => self.list("tools", &items.tools),
            (Method::ToolsCall, _) if items.tools.was_used() => self.call_tool(&items),
            (Method::ResourcesList, _) if lifecycle::has_resources(&items) => {
                self.list("resources", &items.resources)
            }
            (Method::ResourceTemplatesList, _) if lifecycle::has_resources(&items) => {
                self.list("resourceTemplates", &items.templates)
            }
            (Method::ResourcesRead, _) if lifecycle::has_resources(&items) => {
                self.read_resource(&items)
            }
            (Method::ResourcesSubscribe, Legacy) if self.can_subscribe(&items) => self.subscribe(),
            (Method::ResourcesUnsubscribe, Legacy) if self.can_subscribe(&items) => {
                self.unsubscribe()
            }
            (Method::SubscriptionsListen, Modern) if lifecycle::has_changes(&items) => {
                self.listen(&items)
            }
            (Method::PromptsList, _) if items.prompts.was_used() => {
                self.list("prompts", &items.prompts)
            }
            (Method::PromptsGet, _) if items.prompts.was_used() => self.get_prompt(&items),
            (Method::CompletionComplete, _) if lifecycle::has_completions(&items) => {
                self.complete(&items)
            }
            _ => self.method_not_found(),
        }
    }

    /// NEG-22, NEG-23: 404 in the modern era, 200 in the legacy one.
    fn method_not_found(&self) -> Routed {
        let method = self.request.method.as_str();
        if !self.version.is_modern() {
            return Err(ErrorObject::method_not_found(method));
        }
        let rejection = Rejection::method_not_found(method).with_id(Some(self.request.id.clone()));
        Ok(Dispatched::Answered(Outbound::from_rejection(rejection)))
    }

    fn view(&self) -> View<'_> {
        View { version: self.version, signature: &self.offer.signature }
    }

    /// A result without members of its own.
    fn empty(&self) -> Dispatched {
        self.answer(0, |_| {})
    }

    /// A result that `write` writes; `hint` is its likely size in bytes.
    fn answer(&self, hint: usize, write: impl FnOnce(&mut ResultWriter<'_>)) -> Dispatched {
        let message = ResultWriter::message(&self.request.id, self.view(), hint, |out| {
            write(out);
            None
        });
        Dispatched::Answered(Response::new(Outbound::Response(message)))
    }

    /// The `arguments` of a call: an object, empty when absent (TOOL-22, TOOL-26).
    fn arguments(&self) -> Result<RawJson, ErrorObject> {
        match self.request.params.raw("arguments") {
            None => Ok(RawJson::empty_object()),
            Some(json) if json.is_null() => Ok(RawJson::empty_object()),
            Some(json) if json.is_object() => Ok(json),
            Some(_) => Err(ErrorObject::invalid_params("\"arguments\" must be an object")),
        }
    }

    /// A param that must be there and be a string.
    fn string(&self, key: &str) -> Result<String, ErrorObject> {
        self.request
            .params
            .string(key)
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| ErrorObject::invalid_params(format!("\"{key}\" must be a string")))
    }

    /// Hands the request to a handler.
    fn start(&mut self, run: impl FnOnce(Context) -> Kind) -> Routed {
        let context = self.context()?;
        let kind = run(context.clone());
        let id = self.request.id.clone();
        Ok(Dispatched::Started(Pending::new(id, self.version, kind, context)))
    }

    /// What the handler sees of the request, which it takes with it.
    fn context(&mut self) -> Result<Context, ErrorObject> {
        let progress_token = self.progress_token()?;
        let emitter = Emitter::new(self.offer.stream_budget, self.log_level());
        let (method, params) = (self.request.method.clone(), mem::take(&mut self.request.params));
        let asking = Asking::new(Arc::clone(self.offer), method, params, self.version);
        #[cfg(feature = "asking")]
        if asking.asks_by_result() {
            asking.resume(&self.parts.extensions)?;
        }
        let token = self.token.clone();
        Ok(Context::new(self.parts, emitter, token, progress_token, asking))
    }

    /// PROG-1: a string or an integer.
    fn progress_token(&self) -> Result<Option<RawJson>, ErrorObject> {
        let Some(token) = self.request.params.meta().raw(meta::PROGRESS_TOKEN) else {
            return Ok(None);
        };
        match RequestId::parse(token.as_str()) {
            Ok(_) => Ok(Some(token)),
            Err(_) => {
                Err(ErrorObject::invalid_params("\"progressToken\" must be a string or an integer"))
            }
        }
    }

    /// The least severe log message this request is to see; `None` for none.
    fn log_level(&self) -> Option<LogLevel> {
        if !self.offer.logging {
            return None;
        }
        match self.version.era() {
            // LOG-3
            Era::Modern => self.request.params.meta().string(meta::LOG_LEVEL)?.parse().ok(),
            // LOG-8
            Era::Legacy => {
                let session = self.parts.extensions.get::<SessionHandle>();
                Some(session.and_then(SessionHandle::log_level).unwrap_or(LogLevel::Info))
            }
        }
    }
}
