//! `tools/call`: the three tools that are run, each a parse, a call and a result.

use serde_json::value::RawValue;

use crate::reply::{self, CallResult, Era, Sum};
use crate::sse::{Events, Progress};
use crate::wire::{AddArguments, CallParams, EchoArguments, ProgressArguments, ProgressParams};

pub(crate) enum Called {
    Done(Vec<u8>),
    Streaming(Events),
    Unknown,
}

pub(crate) fn call(era: Era, id: &RawValue, params: &RawValue) -> serde_json::Result<Called> {
    let call: CallParams<'_> = serde_json::from_str(params.get())?;
    let arguments = call.arguments.get();
    let mut out = Vec::with_capacity(arguments.len() + 256);
    match &*call.name {
        "echo" => {
            let EchoArguments { text } = serde_json::from_str(arguments)?;
            reply::write(&mut out, era, id, CallResult::text(text));
        }
        "add" => {
            let AddArguments { a, b } = serde_json::from_str(arguments)?;
            let sum = a.wrapping_add(b);
            reply::write(&mut out, era, id, CallResult::structured(Sum { sum }));
        }
        "progress" => {
            let ProgressArguments { steps } = serde_json::from_str(arguments)?;
            let ProgressParams { meta } = serde_json::from_str(params.get())?;
            let (id, token) = (id.to_owned(), meta.progress_token.to_owned());
            return Ok(Called::Streaming(Progress { era, id, token, total: steps }.start()));
        }
        _ => return Ok(Called::Unknown),
    }
    Ok(Called::Done(out))
}
