use std::{mem, sync::Arc, time::Duration};

use http::{Request, Response, StatusCode};
use mcp_layers_core::{
    EventStream, FromRejection, Inbound, Outbound, Rejection,
    extensions::{ClientCapabilities, ClientInfo, Principal, SessionHandle, SessionId},
    headers::MCP_SESSION_ID,
    jsonrpc::{MessageKind, RawJson},
    protocol::{LogLevel, Method, ProtocolVersion},
};

use super::{
    Reservation, SessionChange, SessionEndReason, SessionRecord, SessionStore,
    admission::{Admission, Rules},
    ask::{Ask, Entered, Save},
    live::Live,
};

/// What all requests through one layer share.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) live: Arc<Live>,
    pub(super) rules: Rules,
}

/// What comes next for a request. The request itself stays where it is until the
/// inner service is called.
pub(super) enum Next {
    /// The inner service is called.
    Call(Then),
    /// The store is asked.
    Ask(Ask),
    /// The client is told that its session has ended.
    Ended,
}

/// What is done once the inner service has answered.
pub(super) enum Then {
    /// Nothing.
    Answer,
    /// The session was in use until now.
    Leave(SessionHandle),
    /// The same; and the log level is stored, which the request may have set.
    StoreLevel(Box<Left>),
    /// A session is opened if it said yes.
    Open(Box<Opening>),
}

/// A session that may come to be.
pub(super) struct Opening {
    node: Node,
    room: Reservation,
    version: ProtocolVersion,
    principal: Option<Principal>,
    capabilities: Option<RawJson>,
    client_info: Option<RawJson>,
}

/// A session whose log level a request may have set.
pub(super) struct Left {
    node: Node,
    handle: SessionHandle,
    stored_level: Option<LogLevel>,
}

impl Node {
    pub(super) fn begin(&self, request: &Request<Inbound>) -> Result<Next, Rejection> {
        Ok(match self.rules.admit(request)? {
            Admission::Without => Next::Call(Then::Answer),
            Admission::Opens if self.live.is_draining() => return Err(Rejection::shutting_down()),
            Admission::Opens => Next::Ask(Ask::Room(self.store().reserve())),
            Admission::Names(id) => {
                // Taken before the store is asked: a session that ends in between
                // ends this handle too (SESS-10).
                let handle = self.live.find(id);
                Next::Ask(Ask::Record(self.store().load(id), id, handle))
            }
        })
    }

    pub(super) fn created(&self, record: &SessionRecord, response: &mut Response<Outbound>) {
        self.live.attach(record);
        tracing::debug!(session = %record.id, version = %record.version, "session opened");
        response.headers_mut().insert(MCP_SESSION_ID, record.id.to_header_value()); // SESS-1
    }

    pub(super) fn enter(
        &self,
        id: SessionId,
        record: Option<Arc<SessionRecord>>,
        handle: Option<SessionHandle>,
        request: &mut Request<Inbound>,
    ) -> Result<Next, Rejection> {
        let Some(record) = record else {
            self.live.end(id, SessionEndReason::Expired);
            return Err(Rejection::session_not_found());
        };
        // SESS-7, SESS-11, SESS-12
        if record.principal.as_ref() != request.extensions().get::<Principal>() {
            return Err(Rejection::session_not_found());
        }
        match request.body() {
            // SESS-16
            Inbound::Request(message) if message.method == Method::Initialize => {
                return Err(Rejection::invalid_request(
                    "this session is initialized already; to open another, leave out Mcp-Session-Id",
                ));
            }
            Inbound::Terminate if !self.rules.delete => {
                return Err(self.rules.method_not_allowed());
            }
            Inbound::Terminate => {
                if handle.is_none() {
                    self.live.attach(&record); // So that its end is told.
                }
                return Ok(Next::Ask(Ask::Delete(self.store().delete(id), id)));
            }
            _ => {}
        }
        match handle {
            Some(handle) => self.admit(Entered { handle, record }, request),
            None if self.live.is_over() => Err(Rejection::shutting_down()),
            None => {
                // The session may have ended since it was loaded, and the handle just
                // made would then outlive it (SESS-10).
                let handle = self.live.attach(&record);
                let entered = Entered { handle, record };
                Ok(Next::Ask(Ask::StillThere(self.store().exists(id), entered)))
            }
        }
    }

    pub(super) fn admit(
        &self,
        entered: Entered,
        request: &mut Request<Inbound>,
    ) -> Result<Next, Rejection> {
        let record = &entered.record;
        if !record.initialized {
            if self.rules.require_initialized && !is_served_uninitialized(request.body()) {
                return Err(Rejection::invalid_request(
                    "this session awaits notifications/initialized",
                ));
            }
            if let Inbound::Notification(message) = request.body()
                && message.method == Method::Initialized
            {
                let answer = self.store().update(record.id, SessionChange::Initialized);
                return Ok(Next::Ask(Ask::MarkInitialized(answer, entered)));
            }
        }
        Ok(self.call(entered, request))
    }

    pub(super) fn call(&self, entered: Entered, request: &mut Request<Inbound>) -> Next {
        let Entered { handle, record } = entered;
        self.live.adopt_level(&handle, record.log_level);
        let may_set_level = match request.body() {
            Inbound::Request(message) => message.method == Method::LoggingSetLevel,
            Inbound::Batch(_) => true,
            _ => false,
        };
        let then = match may_set_level {
            true => Then::StoreLevel(Box::new(Left {
                node: self.clone(),
                handle: handle.clone(),
                stored_level: record.log_level,
            })),
            false => Then::Leave(handle.clone()),
        };
        let extensions = request.extensions_mut();
        match extensions.get_mut::<ProtocolVersion>() {
            Some(version) => *version = record.version, // VER-15, D-21
            None => drop(extensions.insert(record.version)), // VER-11
        }
        extensions.insert(handle);
        Next::Call(then)
    }

    pub(super) fn deleted(&self, id: SessionId, deleted: bool) -> Result<Next, Rejection> {
        self.confirm(deleted, id)?;
        self.live.end(id, SessionEndReason::Deleted);
        Ok(Next::Ended)
    }

    /// The store says whether a session is there that was there a moment ago.
    pub(super) fn confirm(&self, lives: bool, id: SessionId) -> Result<(), Rejection> {
        if lives {
            return Ok(());
        }
        self.live.end(id, SessionEndReason::Expired);
        Err(Rejection::session_not_found())
    }

    fn store(&self) -> &dyn SessionStore {
        &**self.live.store()
    }
}

impl Then {
    /// The inner service has answered; is there something to store?
    pub(super) fn finish(self, response: &mut Response<Outbound>) -> Option<(Save, Node)> {
        match self {
            Self::Answer => None,
            Self::Leave(handle) => {
                keep_in_use(&handle, response);
                None
            }
            Self::StoreLevel(left) => {
                keep_in_use(&left.handle, response);
                left.save()
            }
            Self::Open(opening) => opening.save(response).unwrap_or_else(|rejection| {
                *response = Outbound::from_rejection(rejection);
                None
            }),
        }
    }
}

impl Left {
    fn save(self) -> Option<(Save, Node)> {
        let level = self.handle.log_level()?;
        if Some(level) == self.stored_level {
            return None;
        }
        let id = self.handle.id();
        let stored = self.node.store().update(id, SessionChange::LogLevel(level));
        Some((Save::Level(stored, id, level), self.node))
    }
}

impl Opening {
    pub(super) fn of(request: &Request<Inbound>, room: Reservation, node: &Node) -> Self {
        let extensions = request.extensions();
        let object = |key| request.body().params()?.raw(key).filter(RawJson::is_object);
        Self {
            node: node.clone(),
            room,
            version: ProtocolVersion::of(extensions),
            principal: extensions.get().cloned(),
            capabilities: object("capabilities"),
            client_info: object("clientInfo"),
        }
    }

    fn save(self, response: &Response<Outbound>) -> Result<Option<(Save, Node)>, Rejection> {
        let opened = response.status() == StatusCode::OK
            && matches!(response.body(), Outbound::Response(message) if message.kind() == MessageKind::Result);
        if !opened {
            return Ok(None); // INIT-12
        }
        let mut record = SessionRecord::new(new_id()?, self.version);
        record.principal = self.principal;
        record.client_info = self.client_info.as_ref().map(keep).map(ClientInfo::new);
        if let Some(declared) = &self.capabilities {
            record.capabilities = ClientCapabilities::new(keep(declared));
        }
        Ok(Some((Save::Create(self.node.store().create(record, self.room)), self.node)))
    }
}

impl From<Opening> for Then {
    fn from(opening: Opening) -> Self {
        Self::Open(Box::new(opening))
    }
}

/// What is served before `notifications/initialized` where that is required. A GET
/// may overtake the notification; a batch cannot be looked into.
fn is_served_uninitialized(body: &Inbound) -> bool {
    match body {
        Inbound::Request(message) => {
            matches!(message.method, Method::Ping | Method::LoggingSetLevel)
        }
        Inbound::Batch(_) => false,
        _ => true,
    }
}

/// While a client listens its session is not idle. The stream's source has no share in
/// that: with `resume` it outlives the connection.
fn keep_in_use(handle: &SessionHandle, response: &mut Response<Outbound>) {
    if let Outbound::Stream(stream) = response.body_mut()
        && stream.is_subscription()
    {
        let open = mem::replace(stream, EventStream::unanswered());
        *stream = open.with_guard(handle.clone());
    }
}

/// A copy for the session, which shares nothing with the request's body.
fn keep(json: &RawJson) -> RawJson {
    json.compact().detach()
}

/// SESS-2, SESS-3, SESS-4
fn new_id() -> Result<SessionId, Rejection> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|error| {
        tracing::error!(%error, "no session id: the system's random numbers failed");
        Rejection::unavailable("sessions are unavailable", Duration::from_secs(5))
    })?;
    Ok(SessionId::from_bits(u128::from_ne_bytes(bits)))
}
