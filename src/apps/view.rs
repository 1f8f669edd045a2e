use serde::{Serialize, Serializer};

use super::check_uri;

/// What a view asks of the host that shows it: `_meta.ui` of its resource. A host gives
/// a view that asks for nothing no network, no devices and its own choice of a border.
///
/// ```
/// use mcp_stack::{
///     Resource,
///     apps::{Csp, Permission, ViewSettings},
/// };
///
/// let settings = ViewSettings::new()
///     .with_csp(Csp::new().add_connect("https://tiles.example.com"))
///     .add_permission(Permission::Geolocation)
///     .with_border(false);
/// let map = Resource::new("ui://maps/map", "map", || "<!DOCTYPE html>…").with_view(settings);
/// # let _ = map;
/// ```
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct ViewSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    csp: Option<Csp>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "granted")]
    permissions: Vec<Permission>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefers_border: Option<bool>,
}

/// Each as a member, `{}`.
fn granted<S: Serializer>(permissions: &[Permission], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Granted {}
    serializer.collect_map(permissions.iter().map(|permission| (permission, Granted {})))
}

/// A feature of the browser that a view asks for. The host may refuse: the view finds
/// out in the browser whether it has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Permission {
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
    /// Where the device is.
    Geolocation,
    /// Writing to the clipboard.
    ClipboardWrite,
}

impl ViewSettings {
    /// Asks for nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The origins the view needs; none unless set.
    pub fn with_csp(mut self, csp: Csp) -> Self {
        self.csp = Some(csp);
        self
    }

    /// Asks for a feature of the browser.
    pub fn add_permission(mut self, permission: Permission) -> Self {
        if !self.permissions.contains(&permission) {
            self.permissions.push(permission);
        }
        self
    }

    /// The origin the view is to run at, in the form that the host documents; the host's
    /// choice unless set. For views that need a stable one, for CORS or OAuth.
    pub fn with_domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Whether the host is to draw a border and a background; its choice unless set.
    pub fn with_border(mut self, border: bool) -> Self {
        self.prefers_border = Some(border);
        self
    }

    /// `uri` is the resource's.
    pub(crate) fn check(&self, uri: &str) -> Result<(), &'static str> {
        check_uri(uri)?;
        match self.csp.as_ref().is_none_or(Csp::is_fit) {
            true => Ok(()),
            false => Err("an origin of a view is empty or has a blank, a quote, a comma or a ;"),
        }
    }
}

/// The origins a view needs, such as `https://cdn.example.com` or
/// `https://*.example.com`: the host lets it reach no others. None unless added.
///
/// An origin that is empty or would end its directive is refused when the view is
/// registered.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct Csp {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    connect_domains: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_domains: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frame_domains: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    base_uri_domains: Vec<String>,
}

impl Csp {
    /// No origins yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an origin to connect to: `fetch`, `XMLHttpRequest`, WebSockets.
    pub fn add_connect(mut self, origin: impl Into<String>) -> Self {
        self.connect_domains.push(origin.into());
        self
    }

    /// Adds an origin of scripts, styles, images, fonts and media.
    pub fn add_resource(mut self, origin: impl Into<String>) -> Self {
        self.resource_domains.push(origin.into());
        self
    }

    /// Adds an origin of frames within the view.
    pub fn add_frame(mut self, origin: impl Into<String>) -> Self {
        self.frame_domains.push(origin.into());
        self
    }

    /// Adds an origin that the document's base URI may have.
    pub fn add_base_uri(mut self, origin: impl Into<String>) -> Self {
        self.base_uri_domains.push(origin.into());
        self
    }

    /// Hosts write these into a policy, where blanks and `;` would begin something else.
    fn is_fit(&self) -> bool {
        let lists = [
            &self.connect_domains,
            &self.resource_domains,
            &self.frame_domains,
            &self.base_uri_domains,
        ];
        lists.into_iter().flatten().all(|origin| {
            !origin.is_empty()
                && origin.bytes().all(|b| b.is_ascii_graphic() && !b";,'\"".contains(&b))
        })
    }
}
