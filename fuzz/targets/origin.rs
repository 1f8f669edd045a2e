//! `validate_origin` lets pages of this machine through, and no others. Each line of
//! the input is an `Origin`.
#![no_main]

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderValue, Request, Response, header};
use libfuzzer_sys::fuzz_target;
use mcp_layers::validate_origin::{Origin, ValidateOriginLayer};
use mcp_stack_fuzz::loopback::is_loopback_origin;
use tower::{Layer as _, ServiceExt as _, service_fn};

fuzz_target!(|input: &[u8]| {
    let lines = input.split(|byte| *byte == b'\n');
    let origins: Vec<_> = lines.filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
    let allowed = match &origins[..] {
        [] => true,
        [one] => is_loopback_origin(one.as_bytes()),
        _ => false,
    };

    let mut request = Request::new(());
    for origin in &origins {
        request.headers_mut().append(header::ORIGIN, origin.clone());
        // What is read is in its only form.
        if let Ok(read) = Origin::parse(origin.as_bytes()) {
            assert_eq!(Origin::parse(read.to_string().as_bytes()).as_ref(), Ok(&read));
        }
    }
    let inner = service_fn(|_| async { Ok::<_, Infallible>(Response::new(Bytes::new())) });
    let response = ValidateOriginLayer::new().layer(inner).oneshot(request);
    let response = response.now_or_never().expect("it waits for nothing").expect("infallible");
    match response.status().as_u16() {
        200 => assert!(allowed, "{origins:?} was let through"),
        403 => assert!(!allowed, "{origins:?} was refused"),
        other => panic!("{origins:?} gave {other}"),
    }
});
