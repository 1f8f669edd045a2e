use std::{sync::Arc, time::Duration};

use http::{Request, Response, StatusCode};
use mcp_layers_core::{
    FromRejection, Inbound, Outbound, Rejection,
    extensions::{ClientCapabilities, ClientInfo, Principal, SessionHandle, SessionId},
    headers::MCP_SESSION_ID,
    jsonrpc::{MessageKind, RawJson},
    protocol::{LogLevel, Method, ProtocolVersion},
};

use super::{
    Reservation, SessionChange, SessionRecord, SessionStore,
    admission::{Admission, Rules},
    ask::{Ask, Entered, Entering, waiting},
    live::Live,
};

/// What all requests through one layer share.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) live: Arc<Live>,
    pub(super) rules: Rules,
}

/// What comes next.
pub(super) enum Next {
    /// The inner service is called.
    Call(Request<Inbound>, Then),
    /// The store is asked.
    Ask(Ask),
    /// The client is answered.
    Answer(Response<Outbound>),
}

/// What is done once the inner service has answered.
pub(super) enum Then {
    /// Nothing.
    Answer,
    /// A session is opened if it said yes.
    Open(Box<Opening>),
    /// The session was in use until now; what the request may have set is stored.
    Leave(Left),
}

/// A session that may come to be.
pub(super) struct Opening {
    room: Reservation,
    version: ProtocolVersion,
    principal: Option<Principal>,
    capabilities: Option<RawJson>,
    client_info: Option<RawJson>,
}

/// A session that a request was at work in.
pub(super) struct Left {
    handle: SessionHandle,
    may_set_level: bool,
    stored_level: Option<LogLevel>,
}

impl Node {
    pub(super) fn begin(&self, request: Request<Inbound>) -> Next {
        let next = self.rules.admit(&request).map(|admission| match admission {
            Admission::Without => Next::Call(request, Then::Answer),
            Admission::Opens => Next::Ask(Ask::Room(self.store().reserve(), waiting(request))),
            Admission::Names(id) => {
                // Taken before the store is asked: a session that ends in between
                // ends this handle too (SESS-10).
                let handle = self.live.find(id);
                let answer = self.store().load(id);
                Next::Ask(Ask::Record(answer, id, waiting(Entering { request, handle })))
            }
        });
        next.unwrap_or_else(refuse)
    }

    /// The inner service has answered.
    pub(super) fn finish(&self, then: Then, response: Response<Outbound>) -> Next {
        let next = match then {
            Then::Answer => Ok(Next::Answer(response)),
            Then::Open(opening) => self.create(*opening, response),
            Then::Leave(left) => Ok(self.leave(&left, response)),
        };
        next.unwrap_or_else(refuse)
    }

    pub(super) fn open(&self, room: Reservation, request: Request<Inbound>) -> Next {
        let extensions = request.extensions();
        let object = |key| request.body().params()?.raw(key).filter(RawJson::is_object);
        let opening = Opening {
            room,
            version: version(&request),
            principal: extensions.get().cloned(),
            capabilities: object("capabilities"),
            client_info: object("clientInfo"),
        };
        Next::Call(request, Then::Open(Box::new(opening)))
    }

    fn create(&self, opening: Opening, response: Response<Outbound>) -> Result<Next, Rejection> {
        let opened = response.status() == StatusCode::OK
            && matches!(response.body(), Outbound::Response(message) if message.kind() == MessageKind::Result);
        if !opened {
            return Ok(Next::Answer(response)); // INIT-12
        }
        let mut record = SessionRecord::new(new_id()?, opening.version);
        record.principal = opening.principal;
        record.client_info = opening.client_info.as_ref().map(keep).map(ClientInfo::new);
        if let Some(declared) = &opening.capabilities {
            record.capabilities = ClientCapabilities::new(keep(declared));
        }
        let answer = self.store().create(record, opening.room);
        Ok(Next::Ask(Ask::Create(answer, waiting(response))))
    }

    pub(super) fn created(&self, record: &SessionRecord, mut response: Response<Outbound>) -> Next {
        self.live.attach(record);
        tracing::debug!(session = %record.id, version = %record.version, "session opened");
        response.headers_mut().insert(MCP_SESSION_ID, record.id.to_header_value()); // SESS-1
        Next::Answer(response)
    }

    fn leave(&self, left: &Left, response: Response<Outbound>) -> Next {
        match left.handle.log_level() {
            Some(level) if left.may_set_level && Some(level) != left.stored_level => {
                let id = left.handle.id();
                let answer = self.store().update(id, SessionChange::LogLevel(level));
                Next::Ask(Ask::StoreLevel(answer, id, level, waiting(response)))
            }
            _ => Next::Answer(response),
        }
    }

    pub(super) fn enter(
        &self,
        id: SessionId,
        record: Option<Arc<SessionRecord>>,
        Entering { request, handle }: Entering,
    ) -> Result<Next, Rejection> {
        let Some(record) = record else {
            self.live.end(id); // Expired, or ended on another node.
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
                return Ok(Next::Ask(Ask::Delete(self.store().delete(id), id)));
            }
            _ => {}
        }
        match handle {
            Some(handle) => self.admit(Entered { request, handle, record }),
            None => {
                // The session may have ended since it was loaded, and the handle just
                // made would then outlive it (SESS-10).
                let handle = self.live.attach(&record);
                let entered = Entered { request, handle, record };
                Ok(Next::Ask(Ask::StillThere(self.store().exists(id), waiting(entered))))
            }
        }
    }

    pub(super) fn admit(&self, entered: Entered) -> Result<Next, Rejection> {
        let Entered { request, record, .. } = &entered;
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
                return Ok(Next::Ask(Ask::MarkInitialized(answer, waiting(entered))));
            }
        }
        Ok(self.call(entered))
    }

    pub(super) fn call(&self, Entered { mut request, handle, record }: Entered) -> Next {
        self.live.adopt_level(&handle, record.log_level);
        let may_set_level = match request.body() {
            Inbound::Request(message) => message.method == Method::LoggingSetLevel,
            Inbound::Batch(_) => true,
            _ => false,
        };
        let stored_level = record.log_level;
        let left = Left { handle: handle.clone(), may_set_level, stored_level };
        let extensions = request.extensions_mut();
        match extensions.get_mut::<ProtocolVersion>() {
            Some(version) => *version = record.version, // VER-15, D-21
            None => drop(extensions.insert(record.version)), // VER-11
        }
        extensions.insert(record.capabilities.clone());
        if let Some(info) = &record.client_info {
            extensions.insert(info.clone());
        }
        extensions.insert(handle);
        Next::Call(request, Then::Leave(left))
    }

    pub(super) fn deleted(&self, id: SessionId, deleted: bool) -> Result<Next, Rejection> {
        self.confirm(deleted, id)?;
        self.live.end(id);
        let mut response = Response::new(Outbound::NoContent);
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(Next::Answer(response))
    }

    /// The store says whether a session is there that was there a moment ago.
    pub(super) fn confirm(&self, lives: bool, id: SessionId) -> Result<(), Rejection> {
        if lives {
            return Ok(());
        }
        self.live.end(id);
        Err(Rejection::session_not_found())
    }

    fn store(&self) -> &dyn SessionStore {
        &**self.live.store()
    }
}

/// The revision the request is served by, as `protocol_version` has decided.
pub(super) fn version(request: &Request<Inbound>) -> ProtocolVersion {
    request.extensions().get().copied().unwrap_or(ProtocolVersion::LATEST_LEGACY)
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

pub(super) fn refuse(rejection: Rejection) -> Next {
    Next::Answer(Outbound::from_rejection(rejection))
}
