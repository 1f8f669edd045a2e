//! `validate_host` lets requests to this machine through, and no others. The input's
//! first line is the authority of the request's target, each other line a `Host`.
#![no_main]

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderValue, Request, Response, Uri, header, uri::Authority};
use libfuzzer_sys::fuzz_target;
use mcp_layers::validate_host::ValidateHostLayer;
use mcp_stack_fuzz::loopback::is_loopback_authority;
use tower::{Layer as _, ServiceExt as _, service_fn};

fuzz_target!(|input: &[u8]| {
    let mut lines = input.split(|byte| *byte == b'\n');
    let target = lines.next().and_then(|line| Authority::try_from(line).ok());
    let hosts: Vec<_> = lines.filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();

    let mut request = Request::new(());
    if let Some(target) = &target {
        let uri = Uri::builder().scheme("http").authority(target.clone()).path_and_query("/mcp");
        *request.uri_mut() = uri.build().expect("whole");
    }
    for host in &hosts {
        request.headers_mut().append(header::HOST, host.clone());
    }

    let named = hosts.iter().map(HeaderValue::as_bytes);
    let named: Vec<_> =
        named.chain(target.as_ref().map(|target| target.as_str().as_bytes())).collect();
    let allowed = hosts.len() < 2
        && !named.is_empty()
        && named.iter().all(|name| is_loopback_authority(name));

    let inner = service_fn(|_| async { Ok::<_, Infallible>(Response::new(Bytes::new())) });
    let response = ValidateHostLayer::new().layer(inner).oneshot(request);
    let response = response.now_or_never().expect("it waits for nothing").expect("infallible");
    match response.status().as_u16() {
        200 => assert!(allowed, "{named:?} was let through"),
        400 | 403 => assert!(!allowed, "{named:?} was refused"),
        other => panic!("{named:?} gave {other}"),
    }
});
