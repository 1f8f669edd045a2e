use std::{
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    time::Duration,
};

use governor::{
    RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::NoOpMiddleware,
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use mcp_layers_core::{
    Rejection,
    jsonrpc::{ErrorObject, code},
};

use super::{
    rate::{Rate, whole_seconds},
    table::Table,
};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What a layer is told.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) rate: Rate,
    pub(super) name: Box<str>,
    pub(super) max_keys: usize,
}

/// One rate limit with all its buckets, shared by every service of a layer.
pub(super) struct Limit {
    settings: Settings,
    /// `RateLimit-Policy`, which is the same for every caller.
    policy: HeaderValue,
    hasher: RandomState,
    /// The clock is a type in governor. Behind this it is not one in our own API.
    buckets: Box<dyn Buckets>,
}

trait Buckets: Send + Sync {
    /// Takes one request from a bucket, or says how long to wait for one.
    fn take(&self, bucket: u64) -> Result<(), Duration>;
}

type Governor<C> = RateLimiter<u64, Table, C, NoOpMiddleware<<C as Clock>::Instant>>;

impl Limit {
    pub(super) fn new(settings: Settings) -> Self {
        Self::with_clock(settings, MonotonicClock)
    }

    pub(super) fn with_clock<C>(settings: Settings, clock: C) -> Self
    where
        C: Clock + Send + Sync + 'static,
    {
        let table = Table::new(settings.max_keys);
        let buckets = Box::new(Governor::new(settings.rate.quota(), table, clock));
        let (requests, seconds) = settings.rate.window();
        let policy = field(format!("\"{}\";q={requests};w={seconds}", settings.name));
        Self { settings, policy, hasher: RandomState::new(), buckets }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Admits a request of this key, or refuses it.
    pub(super) fn admit(&self, key: &impl Hash) -> Result<(), Rejection> {
        self.buckets.take(self.hasher.hash_one(key)).map_err(|wait| self.rejection(wait))
    }

    fn rejection(&self, wait: Duration) -> Rejection {
        let (wait, name) = (whole_seconds(wait), &self.settings.name);
        let (requests, seconds) = self.settings.rate.window();
        let message = format!(
            "too many requests: the limit {name:?} is {requests} in {seconds} s; retry in {wait} s"
        );
        Rejection::new(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorObject::new(code::TOO_MANY_REQUESTS, message),
        )
        .with_header(header::RETRY_AFTER, HeaderValue::from(wait))
        .with_header(RATE_LIMIT_POLICY, self.policy.clone())
        .with_header(RATE_LIMIT, field(format!("\"{name}\";r=0;t={wait}")))
    }
}

impl<C> Buckets for Governor<C>
where
    C: Clock + Send + Sync,
{
    fn take(&self, bucket: u64) -> Result<(), Duration> {
        self.check_key(&bucket).map_err(|refused| refused.wait_time_from(self.clock().now()))
    }
}

impl fmt::Debug for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limit").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn field(value: String) -> HeaderValue {
    HeaderValue::try_from(value).expect("the name was checked to be printable ASCII")
}

/// A name that a header field can carry in quotes.
pub(super) fn check_name(name: &str) -> Result<(), InvalidName> {
    let printable = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if !name.is_empty() && name.bytes().all(printable) {
        Ok(())
    } else {
        Err(InvalidName(name.into()))
    }
}

/// The text cannot name a limit. Its message names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidName(Box<str>);

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} cannot name a limit: write printable ASCII without quotes and backslashes, \
             as in \"tool-calls\"",
            self.0
        )
    }
}

impl std::error::Error for InvalidName {}
