use mcp_layers_core::{
    extensions::{OpensSession, ServedVersions, SessionHandle},
    jsonrpc::ErrorObject,
    protocol::{Era, ProtocolVersion},
};
use serde::Serialize;

use super::{Dispatched, Exchange, Routed};
use crate::{extension::Extensions, registry::Snapshot};

/// What the server can do: exactly what it will serve (INIT-6, DISC-5).
#[derive(Serialize)]
struct Capabilities<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Changing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Changing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompts: Option<Changing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completions: Option<Empty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logging: Option<Empty>,
    /// EXT-1, EXT-4
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    extensions: &'a Extensions,
}

/// What can be said of its changes, where there is a stream to say it on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changing {
    #[serde(skip_serializing_if = "Option::is_none")]
    list_changed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscribe: Option<bool>,
}

/// `{}`: the feature is there, without options.
#[derive(Serialize)]
struct Empty {}

pub(super) fn has_resources(items: &Snapshot) -> bool {
    items.resources.was_used() || items.templates.was_used()
}

/// Whether there is anything whose changes a client could listen to (LISTEN-13).
pub(super) fn has_changes(items: &Snapshot) -> bool {
    items.tools.was_used() || items.prompts.was_used() || has_resources(items)
}

pub(super) fn has_completions(items: &Snapshot) -> bool {
    // An item that is found may have completions.
    items.prompts.has_finders()
        || items.templates.has_finders()
        || items.prompts.iter().any(|prompt| !prompt.completions.is_empty())
        || items.templates.iter().any(|template| !template.completions.is_empty())
}

impl Exchange<'_> {
    /// INIT-1. The version is what the `protocol_version` layer has negotiated.
    pub(super) fn initialize(&self) -> Routed {
        let params = &self.request.params;
        let object = |key: &str| params.get(key).is_some_and(|json| json.starts_with('{'));
        // INIT-5
        if params.string("protocolVersion").is_none() {
            return Err(ErrorObject::invalid_params("\"protocolVersion\" must be a string"));
        }
        if let Some(key) = ["capabilities", "clientInfo"].into_iter().find(|key| !object(key)) {
            return Err(ErrorObject::invalid_params(format!("\"{key}\" must be an object")));
        }
        Ok(self.answer(512, |out| {
            out.member("protocolVersion", self.version.as_str());
            out.member("capabilities", &self.capabilities());
            out.member("serverInfo", self.offer.signature.as_json());
            if let Some(instructions) = &self.offer.instructions {
                out.member("instructions", instructions);
            }
        }))
    }

    /// DISC-2…4. Modern revisions alone are named: a client will use them with
    /// metadata on each request (D-7).
    pub(super) fn discover(&self) -> Dispatched {
        let served = self.parts.extensions.get::<ServedVersions>().copied().unwrap_or_default();
        let versions: Vec<_> =
            served.of(Era::Modern).iter().copied().map(ProtocolVersion::as_str).collect();
        self.answer(512, |out| {
            out.member("supportedVersions", &versions);
            out.member("capabilities", &self.capabilities());
            if let Some(instructions) = &self.offer.instructions {
                out.member("instructions", instructions);
            }
            out.members(|out| self.offer.cache.write(out));
        })
    }

    /// LOG-6, LOG-7. Without a session there is nothing to remember the level in.
    pub(super) fn set_log_level(&self) -> Routed {
        let level = self
            .string("level")?
            .parse()
            .map_err(|error| ErrorObject::invalid_params(format!("{error}")))?;
        if let Some(session) = self.parts.extensions.get::<SessionHandle>() {
            session.set_log_level(level);
        }
        Ok(self.empty())
    }

    fn capabilities(&self) -> Capabilities<'_> {
        let items = self.offer.registry.snapshot();
        let when = |on: bool| on.then_some(Empty {});
        // TOOL-1, RES-1: only what will be honoured (SESS-19).
        let told = (self.version.is_modern()
            || self.parts.extensions.get::<OpensSession>().is_some())
        .then_some(true);
        let changing = || Changing { list_changed: told, subscribe: None };
        Capabilities {
            tools: items.tools.was_used().then(changing),
            resources: has_resources(&items).then(|| Changing { subscribe: told, ..changing() }),
            prompts: items.prompts.was_used().then(changing),
            completions: when(has_completions(&items)),
            logging: when(self.offer.logging),
            extensions: &self.offer.extensions,
        }
    }
}
