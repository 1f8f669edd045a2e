use std::{fmt, num::NonZeroU32, time::Duration};

use governor::Quota;

/// How many requests a key may make: a bucket of `burst` requests that refills by one
/// every `interval`.
///
/// ```
/// use std::time::Duration;
/// use mcp_layers::rate_limit::Rate;
///
/// // Twenty at once, and from then on one every 100 ms.
/// let rate = Rate::per_second(10)?.with_burst(20)?;
/// assert_eq!(rate.interval(), Duration::from_millis(100));
/// assert!(Rate::per_minute(0).is_err());
/// # Ok::<(), mcp_layers::rate_limit::InvalidRate>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    interval: Duration,
    burst: NonZeroU32,
}

impl Rate {
    /// `requests` in every `per`, all of them at once if the client likes.
    ///
    /// # Errors
    ///
    /// [`InvalidRate`] for no requests, for more than one a nanosecond, and for a
    /// bucket that takes longer than a year to fill.
    pub fn new(requests: u32, per: Duration) -> Result<Self, InvalidRate> {
        let invalid = |reason| InvalidRate { requests, per, reason };
        let burst = NonZeroU32::new(requests).ok_or_else(|| invalid("it admits none"))?;
        let interval = per / requests;
        if interval.is_zero() {
            return Err(invalid("it is more than one a nanosecond"));
        }
        let rate = Self { interval, burst };
        rate.fills_in_time().then_some(rate).ok_or_else(|| invalid(TOO_SLOW))
    }

    /// `requests` a second.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn per_second(requests: u32) -> Result<Self, InvalidRate> {
        Self::new(requests, Duration::from_secs(1))
    }

    /// `requests` a minute.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn per_minute(requests: u32) -> Result<Self, InvalidRate> {
        Self::new(requests, Duration::from_secs(60))
    }

    /// `requests` an hour.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn per_hour(requests: u32) -> Result<Self, InvalidRate> {
        Self::new(requests, Duration::from_secs(60 * 60))
    }

    /// How many requests may come at once after a pause; the rate in the long run
    /// stays. By default as many as the rate was made with.
    ///
    /// # Errors
    ///
    /// [`InvalidRate`] for none, and for more than refill within a year.
    pub fn with_burst(self, burst: u32) -> Result<Self, InvalidRate> {
        let invalid = |reason| InvalidRate {
            requests: burst,
            per: self.interval.saturating_mul(burst),
            reason,
        };
        let burst = NonZeroU32::new(burst).ok_or_else(|| invalid("a burst of none admits none"))?;
        let rate = Self { burst, ..self };
        rate.fills_in_time().then_some(rate).ok_or_else(|| invalid(TOO_SLOW))
    }

    /// The time in which the bucket regains one request.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// The size of the bucket, in requests.
    #[must_use]
    pub fn burst(&self) -> u32 {
        self.burst.get()
    }

    pub(super) fn quota(&self) -> Quota {
        Quota::with_period(self.interval)
            .expect("the interval was checked not to be zero")
            .allow_burst(self.burst)
    }

    /// The rate in the long run in whole numbers: so many requests in so many seconds,
    /// over the time in which the bucket fills.
    pub(super) fn window(&self) -> (u128, u64) {
        let seconds = whole_seconds(self.filling());
        (u128::from(seconds) * 1_000_000_000 / self.interval.as_nanos(), seconds)
    }

    fn filling(&self) -> Duration {
        self.interval.saturating_mul(self.burst.get())
    }

    fn fills_in_time(&self) -> bool {
        self.filling() <= LONGEST
    }
}

/// Rounded up, and at least one.
pub(super) fn whole_seconds(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}

/// Keeps the arithmetic in 64 bits of nanoseconds far from its end.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
const TOO_SLOW: &str = "it takes longer than a year to fill";

/// The numbers make no rate. Its message names them and says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRate {
    requests: u32,
    per: Duration,
    reason: &'static str,
}

impl fmt::Display for InvalidRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} requests in {:?} are no rate: {}", self.requests, self.per, self.reason)
    }
}

impl std::error::Error for InvalidRate {}
