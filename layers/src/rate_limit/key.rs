use std::hash::Hash;

use http::Request;

/// By what requests are told apart: each key has a bucket of its own.
///
/// `None` means that this limit is not about such a request, and it passes. A key
/// that cannot tell who the caller is must say so in its value and not with `None`,
/// or else leaving something out gets around the limit.
///
/// The key is hashed and not kept, so it can borrow from the request. Functions from
/// `&Request<B>` to an `Option` of anything that can be hashed are keys, and a pair of
/// keys is one: it needs both.
///
/// ```
/// use std::hash::Hash;
/// use http::Request;
/// use mcp_layers::rate_limit::Key;
/// use mcp_layers_core::extensions::Principal;
///
/// /// The caller's organisation, which is what comes before the slash.
/// #[derive(Debug, Clone)]
/// struct ByOrganisation;
///
/// impl<B> Key<B> for ByOrganisation {
///     fn key(&self, request: &Request<B>) -> Option<impl Hash> {
///         let caller = request.extensions().get::<Principal>();
///         Some(caller.and_then(|caller| caller.name().split('/').next()))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no rate-limit key for requests whose body is `{B}`",
    note = "keys that read the JSON-RPC message (`ByToolName`, `ForMethods`) work in the message zone only: put their `RateLimitLayer` inside `NegotiateLayer`",
    note = "a closure is a key if its parameter's type is written out: `|request: &http::Request<_>| …`"
)]
pub trait Key<B> {
    /// The key of a request.
    fn key(&self, request: &Request<B>) -> Option<impl Hash>;
}

// Else the compiler asks for a closure where another key was given.
#[diagnostic::do_not_recommend]
impl<B, F, K> Key<B> for F
where
    F: Fn(&Request<B>) -> Option<K>,
    K: Hash,
{
    fn key(&self, request: &Request<B>) -> Option<impl Hash> {
        self(request)
    }
}

impl<B, First, Second> Key<B> for (First, Second)
where
    First: Key<B>,
    Second: Key<B>,
{
    fn key(&self, request: &Request<B>) -> Option<impl Hash> {
        Some((self.0.key(request)?, self.1.key(request)?))
    }
}
