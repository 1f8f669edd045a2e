//! The layers for older clients, between the layers that they stand among.

mod batch;
mod http_sse;
