use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use mcp_layers_core::{
    extensions::Principal,
    jsonrpc::{ErrorObject, Params, RawJson},
    protocol::Method,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Seals what a client carries from round to round, so that it can neither read nor
/// change it, nor use it for another request or as another caller (MRTR-11…15).
#[derive(Clone)]
pub(crate) struct Sealer {
    /// The first seals, all open.
    keys: Arc<OnceLock<Vec<XChaCha20Poly1305>>>,
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

const NONCE_LEN: usize = 24;

impl Default for Sealer {
    fn default() -> Self {
        Self { keys: Arc::default(), lifetime: Duration::from_secs(15 * 60) }
    }
}

impl Sealer {
    pub(crate) fn with_keys(mut self, keys: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let keys: Vec<_> =
            keys.into_iter().map(|key| XChaCha20Poly1305::new(&key.into())).collect();
        self.keys = match keys.is_empty() {
            true => Arc::default(),
            false => Arc::new(keys.into()),
        };
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
        let mut out = random::<NONCE_LEN>()?.to_vec();
        let nonce = XNonce::try_from(&out[..]).expect("24 bytes");
        let payload = Payload { msg: &plain, aad: &bound.associated_data() };
        let key = &self.keys()?[0];
        out.extend(key.encrypt(&nonce, payload).map_err(|_| failed())?);
        Ok(URL_SAFE_NO_PAD.encode(out))
    }

    /// Opens what [`seal`](Self::seal) made on this server, or on one with the same
    /// keys, for the same caller and request.
    pub(super) fn open(&self, text: &str, bound: &Bound<'_>) -> Result<Sealed, ErrorObject> {
        let refused = || ErrorObject::invalid_params("\"requestState\" is none of this request's");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
        let nonce = XNonce::try_from(nonce).expect("24 bytes");
        let aad = bound.associated_data();
        let payload = || Payload { msg: sealed, aad: &aad };
        let plain = self
            .keys()?
            .iter()
            .find_map(|key| key.decrypt(&nonce, payload()).ok())
            .ok_or_else(refused)?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| refused())?;
        if sealed.expires <= now() {
            return Err(ErrorObject::invalid_params("\"requestState\" has expired")); // MRTR-14
        }
        Ok(sealed)
    }

    /// The keys given, or a random one of this process.
    fn keys(&self) -> Result<&[XChaCha20Poly1305], ErrorObject> {
        if self.keys.get().is_none() {
            let key = random::<32>()?;
            let _ = self.keys.set(vec![XChaCha20Poly1305::new(&key.into())]);
        }
        Ok(self.keys.get().expect("just set"))
    }
}

/// What a state is good for: this caller, asking this (MRTR-13, MRTR-15).
pub(super) struct Bound<'a> {
    pub(super) principal: Option<&'a Principal>,
    pub(super) method: &'a Method,
    pub(super) params: &'a Params,
}

impl Bound<'_> {
    /// The same for a retry, however its JSON is spelt. Each part is led by its
    /// length, so that none can be taken for another.
    fn associated_data(&self) -> Vec<u8> {
        let mut out = b"mcp-stack requestState 1".to_vec();
        let mut part = |bytes: &[u8]| {
            out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
            out.extend_from_slice(bytes);
        };
        part(&[u8::from(self.principal.is_some())]);
        part(self.principal.map_or("", Principal::name).as_bytes());
        part(self.method.as_str().as_bytes());
        let mut members: Vec<_> = self
            .params
            .iter()
            .filter(|member| !["_meta", "inputResponses", "requestState"].contains(&member.key))
            .collect();
        members.sort_by_key(|member| member.key);
        for member in members {
            part(member.key.as_bytes());
            let mut canonical = Vec::new();
            match serde_json::from_str(member.value) {
                Ok(value) => write_canonical(&value, &mut canonical),
                Err(_) => canonical.extend_from_slice(member.value.as_bytes()),
            }
            part(&canonical);
        }
        out
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

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn random<const LEN: usize>() -> Result<[u8; LEN], ErrorObject> {
    let mut bytes = [0; LEN];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system's random numbers failed");
        failed()
    })?;
    Ok(bytes)
}

fn failed() -> ErrorObject {
    ErrorObject::internal("the request's state could not be sealed")
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}
