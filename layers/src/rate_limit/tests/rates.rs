//! How rates are made, and that they hold.

use std::time::Duration;

use governor::clock::FakeRelativeClock;
use proptest::prelude::*;

use super::super::{
    Rate,
    limit::{Limit, Settings},
};

#[test]
fn a_rate_is_a_burst_and_an_interval() {
    let rate = |requests, per| Rate::new(requests, per).expect("a rate");
    for (rate, burst, interval, window) in [
        (Rate::per_second(10).expect("a rate"), 10, Duration::from_millis(100), (10, 1)),
        (Rate::per_minute(30).expect("a rate"), 30, Duration::from_secs(2), (30, 60)),
        (Rate::per_hour(1).expect("a rate"), 1, Duration::from_secs(3600), (1, 3600)),
        // A field counts whole seconds, and must not promise less than is given.
        (rate(5, Duration::from_millis(500)), 5, Duration::from_millis(100), (10, 1)),
        (rate(3, Duration::from_millis(1500)), 3, Duration::from_millis(500), (4, 2)),
        (
            rate(1_000_000_000, Duration::from_secs(1)),
            1_000_000_000,
            Duration::from_nanos(1),
            (1_000_000_000, 1),
        ),
    ] {
        assert_eq!((rate.burst(), rate.interval(), rate.window()), (burst, interval, window));
    }
}

#[test]
fn numbers_that_make_no_rate_are_named() {
    let day = Duration::from_secs(24 * 60 * 60);
    for (result, names) in [
        (Rate::per_second(0), "0 requests in 1s"),
        (Rate::new(1, Duration::ZERO), "1 requests in 0ns"),
        (Rate::new(2, Duration::from_nanos(1)), "2 requests in 1ns"),
        (Rate::new(1, day * 367), "1 requests in"),
        (Rate::new(u32::MAX, Duration::MAX), "4294967295 requests"),
        (Rate::per_second(1).and_then(|rate| rate.with_burst(0)), "0 requests"),
        (Rate::per_hour(1).and_then(|rate| rate.with_burst(u32::MAX)), "4294967295 requests"),
    ] {
        let error = result.expect_err(names).to_string();
        assert!(error.starts_with(names), "{error}");
    }
    assert!(Rate::new(1, day * 366).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_pattern_of_requests_gets_more_than_burst_and_rate(
        requests in 1_u32..50,
        burst in 1_u32..20,
        gaps in proptest::collection::vec(0_u64..200, 1..200),
    ) {
        // RATE-1
        let rate = Rate::per_second(requests).and_then(|rate| rate.with_burst(burst)).expect("a rate");
        let clock = FakeRelativeClock::default();
        let settings = Settings { rate, name: "default".into(), max_keys: 8 };
        let limit = Limit::with_clock(settings, clock.clone());
        let (mut admitted, mut elapsed) = (0_u128, Duration::ZERO);
        for gap in gaps {
            let gap = Duration::from_millis(gap);
            clock.advance(gap);
            elapsed += gap;
            match limit.admit(&"key") {
                Ok(()) => admitted += 1,
                Err(rejection) => {
                    // Whoever waits as long as it is told to is admitted.
                    let wait = rejection.headers()["retry-after"].to_str().expect("ASCII");
                    let wait = Duration::from_secs(wait.parse().expect("a number"));
                    clock.advance(wait);
                    elapsed += wait;
                    prop_assert!(limit.admit(&"key").is_ok());
                    admitted += 1;
                }
            }
            let due = u128::from(burst) + elapsed.as_nanos() / rate.interval().as_nanos();
            prop_assert!(admitted <= due, "{} of {}", admitted, due);
        }
    }

    #[test]
    fn a_caller_who_keeps_to_the_interval_is_never_refused(requests in 1_u32..5000) {
        let rate = Rate::per_second(requests).and_then(|rate| rate.with_burst(1)).expect("a rate");
        let clock = FakeRelativeClock::default();
        let settings = Settings { rate, name: "default".into(), max_keys: 8 };
        let limit = Limit::with_clock(settings, clock.clone());
        for _ in 0..50 {
            prop_assert!(limit.admit(&"key").is_ok());
            clock.advance(rate.interval());
        }
    }
}
