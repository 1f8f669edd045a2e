//! The examples themselves, as modules.
#![expect(dead_code, reason = "their `main` is not called")]

#[path = "../../examples/axum.rs"]
pub(crate) mod axum;
#[path = "../../examples/hyper.rs"]
pub(crate) mod hyper;
#[path = "../../examples/layers_alone.rs"]
pub(crate) mod layers_alone;
#[path = "../../examples/rustls.rs"]
pub(crate) mod rustls;
#[path = "../../examples/tonic.rs"]
pub(crate) mod tonic;
#[path = "../../examples/unix_socket.rs"]
pub(crate) mod unix_socket;
#[path = "../../examples/warp/main.rs"]
pub(crate) mod warp;
