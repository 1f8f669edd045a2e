use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::Extensions;
use mcp_layers_core::{
    extensions::Principal,
    jsonrpc::{ErrorObject, Params, RawJson},
    protocol::{Method, ProtocolVersion},
};

use super::{
    Unmet,
    round::{Refused, Round},
    seal::Bound,
};
use crate::offer::Offer;

/// What a call needs in order to ask its client.
pub(crate) struct Asking {
    offer: Arc<Offer>,
    pub(super) method: Method,
    pub(super) params: Params,
    version: ProtocolVersion,
    round: Mutex<Round>,
}

impl Asking {
    /// For a request whose client has answered nothing yet, or is not to be asked.
    pub(crate) fn new(
        offer: Arc<Offer>,
        method: Method,
        params: Params,
        version: ProtocolVersion,
    ) -> Self {
        Self { offer, method, params, version, round: Mutex::default() }
    }

    /// Whether the client is asked by ending the request (MRTR-2), and not on its
    /// stream.
    pub(crate) fn asks_by_result(&self) -> bool {
        self.version.is_modern()
            && matches!(self.method, Method::ToolsCall | Method::PromptsGet | Method::ResourcesRead)
    }

    /// For a request that may be the retry of one (MRTR-8).
    ///
    /// # Errors
    ///
    /// `-32602` for a state that is not this request's, and for answers of the wrong
    /// shape (MRTR-12, MRTR-17).
    pub(crate) fn resume(&self, extensions: &Extensions) -> Result<(), ErrorObject> {
        let params = &self.params;
        let invalid =
            |key: &str, what: &str| ErrorObject::invalid_params(format!("{key:?} must be {what}"));
        let sealed = match params.get("requestState") {
            None => None,
            Some(_) => {
                let text = params
                    .string("requestState")
                    .ok_or_else(|| invalid("requestState", "a string"))?;
                Some(self.offer.asking.sealer.open(&text, &self.bound(extensions))?)
            }
        };
        let given: BTreeMap<String, RawJson> = params
            .parse("inputResponses")
            .map_err(|_| invalid("inputResponses", "an object"))?
            .unwrap_or_default();
        let mut round = self.round();
        let Some(sealed) = sealed else {
            round.answers = given;
            return Ok(());
        };
        round.answers = sealed.answers;
        round.state = sealed.state;
        // MRTR-19
        round.answers.extend(given.into_iter().filter(|(key, _)| sealed.asked.contains(key)));
        Ok(())
    }

    pub(crate) fn offer(&self) -> &Offer {
        &self.offer
    }

    pub(super) fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why a handler failed, if it did for want of an answer.
    pub(crate) fn unmet(&self) -> Option<Unmet> {
        self.round().unmet()
    }

    /// The members of an `input_required` result: the questions, and the sealed state.
    pub(crate) fn input_required(
        &self,
        extensions: &Extensions,
    ) -> Result<(Option<RawJson>, String), ErrorObject> {
        let round = self.round();
        let asked = round.wanted.keys().cloned().collect();
        let bound = self.bound(extensions);
        let state =
            self.offer.asking.sealer.seal(asked, &round.answers, round.state.as_ref(), &bound)?;
        let questions = || RawJson::from_value(&round.wanted).expect("questions serialise");
        Ok(((!round.wanted.is_empty()).then(questions), state))
    }

    /// Whether the client has called before.
    pub(crate) fn is_retry(&self) -> bool {
        self.params.contains("requestState") || self.params.contains("inputResponses")
    }

    /// The `arguments` that the client sent, for another run.
    pub(crate) fn arguments(&self) -> RawJson {
        let given = self.params.raw("arguments").filter(RawJson::is_object);
        given.unwrap_or_else(RawJson::empty_object)
    }

    pub(super) fn refuse_capability(&self, path: &[&'static str]) {
        self.round().refused.get_or_insert(Refused::Capability(path.to_vec()));
    }

    /// An answer that does not fit is not kept: who asks again gets another.
    pub(super) fn refuse_malformed(&self, key: &str, fault: &str) {
        let mut round = self.round();
        round.answers.remove(key);
        round.refused = Some(Refused::Malformed { key: key.to_owned(), fault: fault.to_owned() });
    }

    fn bound<'a>(&'a self, extensions: &'a Extensions) -> Bound<'a> {
        Bound {
            principal: extensions.get::<Principal>(),
            method: &self.method,
            params: &self.params,
        }
    }
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("method", &self.method).finish_non_exhaustive()
    }
}
