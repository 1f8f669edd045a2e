use std::{fmt, num::ParseIntError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BoxError, IntoOutput};

/// Which page of a [`Source`](crate::Source) is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct PageRequest {
    /// The cursor that the page before this one ended with, possibly empty; `None` for
    /// the first page. It comes back from the client, who can have changed it: check it
    /// and put no secret in it.
    #[serde(default)]
    pub cursor: Option<String>,
    /// How many items the server's own pages have. A source may give more or fewer.
    pub size: usize,
}

/// One page of a [`Source`](crate::Source).
#[derive(Debug)]
#[must_use]
pub struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// The last page, with these items.
    pub fn new(items: impl IntoIterator<Item = T>) -> Self {
        Self { items: items.into_iter().collect(), next: None }
    }

    /// Says that there is more, after this cursor: any text, which the source gets back
    /// as it is. Clients see it in another form. Put in it all that is needed to go on:
    /// the next request may reach another node (PAGE-6). A position in the order of the
    /// items outlives changes better than a count of them (PAGE-3).
    pub fn with_next_cursor(mut self, cursor: impl Into<String>) -> Self {
        self.next = Some(cursor.into());
        self
    }
}

impl<T: Send + 'static> IntoOutput<Self> for Page<T> {
    fn into_output(self) -> Result<Self, BoxError> {
        Ok(self)
    }
}

impl<T: Send + 'static> IntoOutput<Page<T>> for Vec<T> {
    fn into_output(self) -> Result<Page<T>, BoxError> {
        Ok(Page::new(self))
    }
}

/// The cursor is none of the source's: what its function returns to say so; the client
/// gets `-32602` (PAGE-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InvalidCursor;

impl fmt::Display for InvalidCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"cursor\" is none of this server's")
    }
}

impl std::error::Error for InvalidCursor {}

/// For cursors that are numbers.
impl From<ParseIntError> for InvalidCursor {
    fn from(_: ParseIntError) -> Self {
        Self
    }
}
