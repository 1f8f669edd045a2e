//! What a handler sees of the request it serves.

use std::{
    mem,
    sync::{Arc, OnceLock},
    time::Duration,
};

use http::{Extensions, HeaderMap, Uri, request::Parts};
use mcp_layers_core::{
    extensions::{
        CancelReason, CancelToken, Cancelled, ClientCapabilities, ClientInfo, Principal,
        SessionHandle, StreamControl,
    },
    jsonrpc::{ErrorObject, Message, Overflow, RawJson, code},
    protocol::{LogLevel, ProtocolVersion},
};
use serde::Serialize;

use crate::{
    ask::Asking,
    offer::Offer,
    run::{Emitter, progress},
};

/// The request at hand: who asks, what surrounds the call, and the ways to speak
/// before answering.
///
/// Cheap to clone. A clone may outlive the call; what it emits then goes nowhere.
///
/// ```
/// use mcp_stack::{Context, LogLevel, Tool};
///
/// let walk = Tool::new("walk", async |cx: Context| {
///     for step in 1..=3 {
///         cx.progress(f64::from(step), Some(3.0), None);
///     }
///     cx.log(LogLevel::Info, "arrived");
///     "done"
/// });
/// # let _ = walk;
/// ```
#[derive(Debug, Clone)]
pub struct Context(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    headers: HeaderMap,
    uri: Uri,
    extensions: Extensions,
    emitter: Emitter,
    cancel: CancelToken,
    progress_token: Option<RawJson>,
    asking: Asking,
    /// Made when it is first asked for, or fires.
    disconnected: OnceLock<CancelToken>,
}

impl Context {
    pub(crate) fn new(
        parts: &mut Parts,
        emitter: Emitter,
        cancel: CancelToken,
        progress_token: Option<RawJson>,
        asking: Asking,
    ) -> Self {
        Self(Arc::new(Inner {
            headers: mem::take(&mut parts.headers),
            uri: mem::take(&mut parts.uri),
            extensions: mem::take(&mut parts.extensions),
            emitter,
            cancel,
            progress_token,
            asking,
            disconnected: OnceLock::new(),
        }))
    }

    pub(crate) fn asking(&self) -> &Asking {
        &self.0.asking
    }

    pub(crate) fn offer(&self) -> &Offer {
        self.0.asking.offer()
    }

    pub(crate) fn emitter(&self) -> &Emitter {
        &self.0.emitter
    }

    pub(crate) fn cancel_token(&self) -> &CancelToken {
        &self.0.cancel
    }

    /// The HTTP request's headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The HTTP request's URI.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// The HTTP request's extensions: what the host and the layers put there.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// The revision this request is served by.
    #[must_use]
    pub fn protocol_version(&self) -> ProtocolVersion {
        ProtocolVersion::of(self.extensions())
    }

    /// Who the client says it is; never a reason to treat it differently.
    #[must_use]
    pub fn client_info(&self) -> Option<&ClientInfo> {
        ClientInfo::of(self.extensions())
    }

    /// What the client declared: for this request (modern) or its session (legacy).
    #[must_use]
    pub fn client_capabilities(&self) -> Option<&ClientCapabilities> {
        ClientCapabilities::of(self.extensions())
    }

    /// Who the caller was authenticated to be.
    #[must_use]
    pub fn principal(&self) -> Option<&Principal> {
        self.extensions().get()
    }

    /// The session, in the legacy era.
    #[must_use]
    pub fn session(&self) -> Option<&SessionHandle> {
        self.extensions().get()
    }

    /// The settings with which the client declared this extension of the protocol, an
    /// object: for this request (modern) or its session (legacy). `None` if it did not,
    /// and then the call does without or is refused by
    /// [`require_capability`](Self::require_capability) (EXT-2).
    #[must_use]
    pub fn extension(&self, id: &str) -> Option<RawJson> {
        self.client_capabilities()?.get(&["extensions", id]).filter(RawJson::is_object)
    }

    /// Refuses the call unless the client declared the capability at this path,
    /// such as `["sampling"]`, `["elicitation", "url"]` or `["extensions", "com.example/maps"]`.
    /// Call it before emitting anything.
    ///
    /// # Errors
    ///
    /// `-32021` with `data.requiredCapabilities` (META-6, META-7) in the modern
    /// era; in the legacy era, which has no such code, `-32602`.
    pub fn require_capability(&self, path: &[&str]) -> Result<(), ErrorObject> {
        if self.client_capabilities().is_some_and(|declared| declared.has(path)) {
            return Ok(());
        }
        Err(missing_capability(path, self.protocol_version()))
    }

    /// Whether the call was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.cancel.is_cancelled()
    }

    /// Waits until the call is cancelled, and says why: that its client went away is one
    /// reason, that its session is over another. A handler itself is dropped at that
    /// moment; this is for work it has spawned.
    pub fn cancelled(&self) -> Cancelled {
        self.0.cancel.cancelled()
    }

    /// Whether this call's connection broke off before the call was done.
    #[must_use]
    pub fn is_disconnected(&self) -> bool {
        self.disconnection().is_cancelled()
    }

    /// Waits until this call's connection breaks off. In the modern era that cancels the
    /// call. In the legacy era the call goes on, and so does its session; with a
    /// [`resume`](crate::layers::resume) layer the client may come back for the answer.
    /// Whether the session is over [`SessionHandle::ended`] says.
    ///
    /// ```
    /// use mcp_stack::{Context, Tool};
    ///
    /// let export = Tool::new("export", async |cx: Context| {
    ///     for page in 0..100 {
    ///         if cx.is_disconnected() {
    ///             return format!("{page} pages; the client has gone");
    ///         }
    ///         tokio::task::yield_now().await; // write a page
    ///     }
    ///     "100 pages".to_owned()
    /// });
    /// # let _ = export;
    /// ```
    pub fn disconnected(&self) -> Cancelled {
        self.disconnection().cancelled()
    }

    /// This call's connection has broken off.
    pub(crate) fn disconnect(&self) {
        self.disconnection().cancel(CancelReason::Disconnected);
    }

    fn disconnection(&self) -> &CancelToken {
        self.0.disconnected.get_or_init(|| {
            // With `resume`, the connection is not the one that this call's stream has.
            let control = self.extensions().get::<StreamControl>();
            CancelToken::child_of(control.map(StreamControl::disconnected).as_ref())
        })
    }

    /// Closes the connection this call is answered on, and goes on working: the client
    /// comes back for the rest after `retry`, sent in whole milliseconds. For long calls
    /// whose clients are to poll (SSE-17, SSE-18).
    ///
    /// `false` where the client could not come back, and then nothing is done: without
    /// a [`resume`](crate::layers::resume) layer, and for all revisions but 2025-11-25.
    pub fn close_stream(&self, retry: Duration) -> bool {
        let Some(control) = self.extensions().get::<StreamControl>() else { return false };
        let closes = control.close_connection(retry);
        if closes {
            self.0.emitter.open();
        }
        closes
    }

    /// Reports progress, if the client asked for it. Values that do not increase
    /// are not sent (PROG-3); while the client lags only the latest waits.
    pub fn progress(&self, progress: f64, total: Option<f64>, message: Option<&str>) {
        let Some(token) = &self.0.progress_token else { return };
        if self.0.emitter.advances(progress) {
            self.0.emitter.emit(progress::notification(token, progress, total, message));
        }
    }

    /// Sends a log message, if the client wants this level and the server has
    /// logging on; see [`McpService::with_logging`](crate::McpService::with_logging).
    /// Credentials and personal data do not belong in it (LOG-10).
    pub fn log<D: Serialize>(&self, level: LogLevel, data: D) {
        self.log_as(level, None, data);
    }

    /// As [`log`](Self::log), under a logger's name.
    pub fn log_as<D: Serialize>(&self, level: LogLevel, logger: Option<&str>, data: D) {
        #[derive(Serialize)]
        struct Params<'a, D> {
            level: LogLevel,
            #[serde(skip_serializing_if = "Option::is_none")]
            logger: Option<&'a str>,
            data: D,
        }
        if self.0.emitter.wants(level) {
            let params = Params { level, logger, data };
            let message = Message::notification("notifications/message", &params);
            self.0.emitter.emit(message.with_overflow(Overflow::DropOldest));
        }
    }
}

/// META-6, META-7
pub(crate) fn missing_capability(path: &[&str], version: ProtocolVersion) -> ErrorObject {
    let message = format!("this needs the client capability {}", path.join("."));
    if !version.is_modern() {
        return ErrorObject::invalid_params(message);
    }
    let empty = serde_json::json!({});
    let required = path.iter().rev().fold(empty, |value, key| serde_json::json!({ *key: value }));
    ErrorObject::new(code::MISSING_CLIENT_CAPABILITY, message)
        .with_data(&serde_json::json!({ "requiredCapabilities": required }))
}
