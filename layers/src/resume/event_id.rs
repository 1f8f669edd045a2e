use std::{fmt, str::FromStr};

/// The id of an event: which stream of the session, and where in it (RESUME-2,
/// RESUME-3).
///
/// On the wire `stream-position`, both in lower-case hexadecimal digits without leading
/// zeros. Position 0 is before the first message.
///
/// ```
/// use mcp_layers::resume::EventId;
///
/// let id: EventId = "5f3a-1c".parse()?;
/// assert_eq!(id, EventId { stream: 0x5f3a, position: 28 });
/// assert_eq!(id.to_string(), "5f3a-1c");
/// assert!("5f3a-01c".parse::<EventId>().is_err());
/// # Ok::<(), mcp_layers::resume::InvalidEventId>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId {
    /// The stream's number.
    pub stream: u64,
    /// The position in the stream.
    pub position: u64,
}

impl EventId {
    /// Reads a header's value.
    ///
    /// # Errors
    ///
    /// [`InvalidEventId`] for anything but an id as this type writes it.
    pub fn parse(value: &[u8]) -> Result<Self, InvalidEventId> {
        let dash = value.iter().position(|byte| *byte == b'-').ok_or(InvalidEventId)?;
        let (stream, position) = (number(&value[..dash]), number(&value[dash + 1..]));
        match (stream, position) {
            (Some(stream), Some(position)) => Ok(Self { stream, position }),
            _ => Err(InvalidEventId),
        }
    }
}

/// A number that is written in the one way it can be.
fn number(digits: &[u8]) -> Option<u64> {
    let leading_zero = digits.len() > 1 && digits[0] == b'0';
    if digits.is_empty() || digits.len() > 16 || leading_zero {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u64::from(value))
    })
}

impl FromStr for EventId {
    type Err = InvalidEventId;

    fn from_str(text: &str) -> Result<Self, InvalidEventId> {
        Self::parse(text.as_bytes())
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.stream, self.position)
    }
}

/// The text is no event id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidEventId;

impl fmt::Display for InvalidEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event id is two hexadecimal numbers with a hyphen between them")
    }
}

impl std::error::Error for InvalidEventId {}
