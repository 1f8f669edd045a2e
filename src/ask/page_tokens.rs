use std::{fmt, time::Duration};

use mcp_layers_core::extensions::Principal;

use super::{
    InputError, InputErrorKind,
    keys::{Binding, Keys},
    seal::now,
};

/// Tokens for the URLs of [`UrlElicitation`](crate::UrlElicitation)s, by which a page
/// tells that who opens it is who was asked, whatever became of the URL on the way
/// (ELICIT-16).
///
/// Whoever has a link can pass it on: a person could be brought to enter a key, or to
/// consent, for somebody else's account. So the page has its visitors log in, and
/// [verifies](Self::verify) the token for the one who did before it shows or does
/// anything. What is entered then goes to the server, under that caller's name, and never
/// through the client (ELICIT-23).
///
/// ```
/// use mcp_stack::{BoxError, Context, PageTokens, Tool, UrlElicitation, core::extensions::Principal};
///
/// let tokens = PageTokens::new();
/// let of_page = tokens.clone();
///
/// let connect = Tool::new("connect", move |cx: Context| {
///     let tokens = tokens.clone();
///     async move {
///         let caller = cx.principal().ok_or("log in first")?;
///         let token = tokens.issue("/connect", caller)?;
///         let url = format!("https://example.com/connect?token={token}");
///         cx.elicit("connect", UrlElicitation::new("Please enter your API key", url)).await?;
///         Ok::<_, BoxError>("Call again when you have entered it.")
///     }
/// });
///
/// // In the handler of that page, `user` being who has logged in there.
/// let show = move |token: &str, user: &Principal| match of_page.verify("/connect", token, user) {
///     Ok(()) => "<form method=post> … </form>",
///     Err(_) => "This link is not for you, or is too old.",
/// };
/// assert!(show("forged", &Principal::new("ada")).starts_with("This link"));
/// # let _ = connect;
/// ```
///
/// The name of the page's user must be that of the caller's [`Principal`]. A caller who
/// is not authenticated cannot be told from another, and there is no token for one. A
/// token says nothing about the caller, can be used until it expires, and opens nothing
/// by itself.
#[derive(Clone)]
pub struct PageTokens {
    keys: Keys,
    lifetime: Duration,
}

/// A token that is not of this page, for this visitor and of this time; a visitor is not
/// told which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidPageToken;

impl PageTokens {
    /// Tokens that this value and its clones know, with a random key that lives as long
    /// as they do.
    #[must_use]
    pub fn new() -> Self {
        Self { keys: Keys::default(), lifetime: Duration::from_secs(15 * 60) }
    }

    /// The keys of the tokens: the first issues, all verify, as of
    /// [`with_state_keys`](crate::McpService::with_state_keys), whose keys these may be.
    #[must_use]
    pub fn with_keys(mut self, keys: impl IntoIterator<Item = [u8; 32]>) -> Self {
        self.keys = Keys::new(keys);
        self
    }

    /// How long a token is good, in whole seconds; 15 minutes unless set.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// A token for this caller to open `page` with, a name of the author's for what the
    /// page does. It can stand in a URL as it is.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn issue(&self, page: &str, caller: &Principal) -> Result<String, InputError> {
        let expires = now().saturating_add(self.lifetime.as_secs());
        self.keys.seal(&expires.to_be_bytes(), &binding(page, caller)).map_err(|_| {
            let message = "the system's random numbers failed";
            InputError::new(InputErrorKind::Unsupported, message)
        })
    }

    /// Whether `token` was issued for `page` to who visits it now.
    ///
    /// # Errors
    ///
    /// [`InvalidPageToken`] otherwise.
    pub fn verify(
        &self,
        page: &str,
        token: &str,
        visitor: &Principal,
    ) -> Result<(), InvalidPageToken> {
        let plain = self.keys.open(token, &binding(page, visitor)).ok_or(InvalidPageToken)?;
        let expires = plain.try_into().map(u64::from_be_bytes).map_err(|_| InvalidPageToken)?;
        if expires <= now() {
            return Err(InvalidPageToken);
        }
        Ok(())
    }
}

fn binding(page: &str, principal: &Principal) -> Binding {
    let mut bound = Binding::new("mcp-stack page token 1");
    bound.part(page.as_bytes());
    bound.part(principal.name().as_bytes());
    bound
}

impl Default for PageTokens {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for PageTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageTokens").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

impl fmt::Display for InvalidPageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the link is not for this visitor, or is too old")
    }
}

impl std::error::Error for InvalidPageToken {}
