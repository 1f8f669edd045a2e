use std::sync::{Arc, OnceLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};

/// Secret keys, of which the first seals and all open; without any, a random one that
/// lives as long as the process.
#[derive(Clone, Default)]
pub(super) struct Keys(Arc<OnceLock<Vec<XChaCha20Poly1305>>>);

/// What a seal is good for. Each part is led by its length, so that none can be taken
/// for another.
pub(super) struct Binding(Vec<u8>);

/// Nothing can be sealed: the system's random numbers failed, which is in the log.
pub(super) struct SealFailed;

const NONCE_LEN: usize = 24;

impl Keys {
    pub(super) fn new(keys: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let keys: Vec<_> =
            keys.into_iter().map(|key| XChaCha20Poly1305::new(&key.into())).collect();
        match keys.is_empty() {
            true => Self::default(),
            false => Self(Arc::new(keys.into())),
        }
    }

    /// Seals these bytes; the text can stand in a URL.
    pub(super) fn seal(&self, plain: &[u8], bound: &Binding) -> Result<String, SealFailed> {
        let mut out = random::<NONCE_LEN>()?.to_vec();
        let nonce = XNonce::try_from(&out[..]).expect("24 bytes");
        let payload = Payload { msg: plain, aad: &bound.0 };
        let key = &self.get()?[0];
        out.extend(key.encrypt(&nonce, payload).map_err(|_| SealFailed)?);
        Ok(URL_SAFE_NO_PAD.encode(out))
    }

    /// Opens what [`seal`](Self::seal) made with one of these keys for the same use.
    pub(super) fn open(&self, text: &str, bound: &Binding) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = XNonce::try_from(nonce).expect("24 bytes");
        let payload = || Payload { msg: sealed, aad: &bound.0 };
        self.get().ok()?.iter().find_map(|key| key.decrypt(&nonce, payload()).ok())
    }

    fn get(&self) -> Result<&[XChaCha20Poly1305], SealFailed> {
        if self.0.get().is_none() {
            let key = random::<32>()?;
            let _ = self.0.set(vec![XChaCha20Poly1305::new(&key.into())]);
        }
        Ok(self.0.get().expect("just set"))
    }
}

impl Binding {
    pub(super) fn new(purpose: &str) -> Self {
        Self(purpose.as_bytes().to_vec())
    }

    pub(super) fn part(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
}

fn random<const LEN: usize>() -> Result<[u8; LEN], SealFailed> {
    let mut bytes = [0; LEN];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system's random numbers failed");
        SealFailed
    })?;
    Ok(bytes)
}
