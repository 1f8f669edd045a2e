//! One body of behaviours, served by each of the examples that mount a stack in a host,
//! over a real socket.

mod alone;
mod axum_host;
mod behaviours;
mod client;
mod cors;
mod examples;
mod grpc;
mod host;
mod probe;
#[cfg(unix)]
mod unix;

/// The behaviours, each a test of its own.
macro_rules! behaves {
    ($($host:ident)*) => {$(
        mod $host {
            behaves! { $host =>
                a_legacy_client_opens_a_session_and_is_told_the_tools
                a_modern_client_calls_without_a_session
                progress_comes_while_the_call_is_at_work
                what_goes_wrong_is_told_in_the_answer
                a_stream_tells_that_the_tools_changed
                a_session_that_was_ended_is_gone
                a_body_over_the_limit_is_refused_before_it_is_sent
                a_body_is_read_as_it_comes_and_no_further_than_the_limit
                a_foreign_host_or_origin_is_refused
                what_the_host_found_out_reaches_the_handler
                a_modern_call_stops_when_its_client_goes_away
                a_host_that_stops_drains_first
                a_host_that_stops_cancels_what_does_not_end
            }
        }
    )*};
    ($host:ident => $($behaviour:ident)*) => {$(
        #[tokio::test]
        async fn $behaviour() {
            crate::behaviours::$behaviour(crate::host::Host::$host().await).await;
        }
    )*};
}

behaves! { axum hyper_http1 hyper_http2 warp_http1 warp_http2 rustls_http1 rustls_http2 tonic_http1 tonic_http2 }
#[cfg(unix)]
behaves! { unix_socket }
