use std::sync::Arc;

use http::Response;
use mcp_layers_core::{
    FromRejection as _, Outbound,
    extensions::{Principal, SessionHandle},
    jsonrpc::ErrorObject,
};

use super::{Dispatched, Exchange, Routed, lifecycle};
use crate::{
    notify::{self, Closing, Filter, Listen},
    registry::Snapshot,
    result::{ResultWriter, View},
};

impl Exchange<'_> {
    /// Subscriptions belong to a session: without one nothing can be sent (SESS-19).
    pub(super) fn can_subscribe(&self, items: &Snapshot) -> bool {
        lifecycle::has_resources(items) && self.session().is_some()
    }

    /// RES-16. A resource need not be there yet.
    pub(super) fn subscribe(&self) -> Routed {
        let uri = self.resource_uri()?;
        let max = self.offer.listening.watched;
        if let Some(session) = self.session() {
            session.watched().add(&uri, max).map_err(|_| {
                ErrorObject::invalid_params(format!("a session can watch {max} resources"))
            })?;
        }
        Ok(self.empty())
    }

    /// RES-16, RES-23
    pub(super) fn unsubscribe(&self) -> Routed {
        let uri = self.resource_uri()?;
        if let Some(session) = self.session() {
            session.watched().remove(&uri);
        }
        Ok(self.empty())
    }

    /// LISTEN-1…15
    pub(super) fn listen(&self, items: &Snapshot) -> Routed {
        let asked = Filter::of(&self.request.params)?;
        let filter = Filter {
            tools_list_changed: asked.tools_list_changed && items.tools.was_used(),
            prompts_list_changed: asked.prompts_list_changed && items.prompts.was_used(),
            resources_list_changed: asked.resources_list_changed && lifecycle::has_resources(items),
            resource_subscriptions: match lifecycle::has_resources(items) {
                true => asked.resource_subscriptions,
                false => Vec::new(),
            },
        };
        let id = &self.request.id;
        let closing = self.closing();
        let principal = self.parts.extensions.get::<Principal>().cloned();
        let listen = Listen { id, filter, principal, token: self.token, closing };
        Ok(Dispatched::Answered(match notify::listen(self.offer, listen) {
            Ok(stream) => Response::new(Outbound::Stream(stream)),
            Err(rejection) => Outbound::from_rejection(rejection.with_id(Some(id.clone()))),
        }))
    }

    fn closing(&self) -> Closing {
        let (offer, id, version) = (Arc::clone(self.offer), self.request.id.clone(), self.version);
        Box::new(move || {
            let view = View { version, signature: &offer.signature };
            ResultWriter::end_of_subscription(&id, view)
        })
    }

    fn session(&self) -> Option<&SessionHandle> {
        self.parts.extensions.get()
    }

    /// RES-7
    fn resource_uri(&self) -> Result<String, ErrorObject> {
        let uri = self.string("uri")?;
        match crate::resource::is_absolute_uri(&uri) {
            true => Ok(uri),
            false => Err(ErrorObject::invalid_params("\"uri\" must be an absolute URI")),
        }
    }
}
