use std::sync::Arc;

use mcp_layers_core::jsonrpc::RawJson;

use super::{Exchange, Routed, pending::Kind};
use crate::{
    Arguments,
    registry::Snapshot,
    resource::{Reading, ResourceNotFound},
};

impl Exchange<'_> {
    pub(super) fn read_resource(&mut self, items: &Snapshot) -> Routed {
        let uri = self.string("uri")?;
        let Some((reading, arguments)) = find(items, &uri) else {
            return match items.resources.has_finders() || items.templates.has_finders() {
                true => self.find_resource(items, uri),
                false => Err(ResourceNotFound::error_object(&uri, self.version)),
            };
        };
        self.start(|context| Kind::resource(uri, reading, arguments, context))
    }
}

/// A resource at exactly this URI, else the first template that matches (RES-20).
fn find(items: &Snapshot, uri: &str) -> Option<(Arc<Reading>, Arguments)> {
    if let Some(resource) = items.resources.get(uri) {
        return Some((Arc::clone(&resource.reading), Arguments::new(RawJson::empty_object())));
    }
    items.templates.iter().find_map(|entry| {
        let variables = entry.matches(uri)?;
        Some((Arc::clone(&entry.reading), Arguments::of(&variables)))
    })
}
