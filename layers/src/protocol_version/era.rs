use std::borrow::Cow;

use mcp_layers_core::{
    Inbound,
    protocol::{Era, Method, meta},
};

/// What a message says about the revision it is made under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stated<'a> {
    /// Modern: a claim of this revision.
    Claim(Cow<'a, str>),
    /// Modern: a claim that is no string.
    BrokenClaim,
    /// Legacy: `initialize`, which asks for this revision.
    Initialize(Option<Cow<'a, str>>),
    /// Modern: no claim, but a header with this name.
    ModernHeader(&'a str),
    /// Legacy: this header, or none.
    Legacy(Option<&'a str>),
}

/// Reads the era off a message: the body first, then the header (D-1).
pub(super) fn read<'a>(body: &'a Inbound, header: Option<&'a str>) -> Stated<'a> {
    if let Some(params) = body.params() {
        let claim = params.meta();
        match claim.string(meta::PROTOCOL_VERSION) {
            Some(claim) => return Stated::Claim(claim),
            None if claim.contains(meta::PROTOCOL_VERSION) => return Stated::BrokenClaim,
            None => {}
        }
    }
    match (body, header) {
        // D-3, VER-14: clients repeat the header of an earlier request here.
        (Inbound::Request(request), _) if request.method == Method::Initialize => {
            Stated::Initialize(request.params.string("protocolVersion"))
        }
        (_, Some(name)) if Era::of_name(name) == Era::Modern => Stated::ModernHeader(name),
        (_, header) => Stated::Legacy(header),
    }
}
