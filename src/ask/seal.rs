use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use mcp_layers_core::{
    extensions::Principal,
    jsonrpc::{ErrorObject, Params, RawJson},
    protocol::Method,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::keys::{Binding, Keys};

/// Seals what a client carries from round to round, so that it can neither read nor
/// change it, nor use it for another request or as another caller (MRTR-11…15).
#[derive(Clone)]
pub(crate) struct Sealer {
    keys: Keys,
    lifetime: Duration,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    /// Seconds since 1970 when it expires.
    expires: u64,
    /// The keys that were asked for (MRTR-19).
    pub(super) asked: BTreeSet<String>,
    /// The answers of earlier rounds.
    pub(super) answers: BTreeMap<String, RawJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<RawJson>,
}

impl Default for Sealer {
    fn default() -> Self {
        Self { keys: Keys::default(), lifetime: Duration::from_secs(15 * 60) }
    }
}

impl Sealer {
    pub(crate) fn with_keys(mut self, keys: impl IntoIterator<Item = [u8; 32]>) -> Self {
        self.keys = Keys::new(keys);
        self
    }

    pub(crate) fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    pub(super) fn seal(
        &self,
        asked: BTreeSet<String>,
        answers: &BTreeMap<String, RawJson>,
        state: Option<&RawJson>,
        bound: &Bound<'_>,
    ) -> Result<String, ErrorObject> {
        let expires = now().saturating_add(self.lifetime.as_secs());
        let (answers, state) = (answers.clone(), state.cloned());
        let sealed = Sealed { expires, asked, answers, state };
        let plain = serde_json::to_vec(&sealed).expect("JSON text serialises");
        self.keys
            .seal(&plain, &bound.binding())
            .map_err(|_| ErrorObject::internal("the request's state could not be sealed"))
    }

    /// Opens what [`seal`](Self::seal) made on this server, or on one with the same
    /// keys, for the same caller and request.
    pub(super) fn open(&self, text: &str, bound: &Bound<'_>) -> Result<Sealed, ErrorObject> {
        let refused = || ErrorObject::invalid_params("\"requestState\" is none of this request's");
        let plain = self.keys.open(text, &bound.binding()).ok_or_else(refused)?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| refused())?;
        if sealed.expires <= now() {
            return Err(ErrorObject::invalid_params("\"requestState\" has expired")); // MRTR-14
        }
        Ok(sealed)
    }
}

/// What a state is good for: this caller, asking this (MRTR-13, MRTR-15).
pub(super) struct Bound<'a> {
    pub(super) principal: Option<&'a Principal>,
    pub(super) method: &'a Method,
    pub(super) params: &'a Params,
}

impl Bound<'_> {
    /// The same for a retry, however its JSON is spelt.
    fn binding(&self) -> Binding {
        let mut bound = Binding::new("mcp-stack requestState 1");
        bound.part(&[u8::from(self.principal.is_some())]);
        bound.part(self.principal.map_or("", Principal::name).as_bytes());
        bound.part(self.method.as_str().as_bytes());
        let mut members: Vec<_> = self
            .params
            .iter()
            .filter(|member| !["_meta", "inputResponses", "requestState"].contains(&member.key))
            .collect();
        members.sort_by_key(|member| member.key);
        for member in members {
            bound.part(member.key.as_bytes());
            let mut canonical = Vec::new();
            match serde_json::from_str(member.value) {
                Ok(value) => write_canonical(&value, &mut canonical),
                Err(_) => canonical.extend_from_slice(member.value.as_bytes()),
            }
            bound.part(&canonical);
        }
        bound
    }
}

/// JSON without blanks, the members of objects sorted.
fn write_canonical(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            out.push(b'{');
            for (key, value) in members {
                serde_json::to_writer(&mut *out, key).expect("a string serialises");
                out.push(b':');
                write_canonical(value, out);
                out.push(b',');
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for item in items {
                write_canonical(item, out);
                out.push(b',');
            }
            out.push(b']');
        }
        plain => serde_json::to_writer(out, plain).expect("a scalar serialises"),
    }
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}
