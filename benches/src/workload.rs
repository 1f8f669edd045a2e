//! What is asked, and on which wire.

use std::fmt;
use std::str::FromStr;

use anyhow::{Error, Result, bail};

/// The two generations of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// 2025-11-25: a handshake, then a session.
    Legacy,
    /// 2026-07-28: every request says everything.
    Modern,
}

/// One kind of request, repeated for a whole measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// The tool `echo` with 64 bytes of text.
    Echo64,
    /// The tool `echo` with 16 KiB of text.
    Echo16k,
    /// The tool `add`, which answers with structured content.
    Add,
    /// `tools/list`.
    List,
    /// `ping`, legacy only.
    Ping,
    /// The tool `progress`: ten notifications, then the result, as SSE.
    Progress10,
}

impl Era {
    /// Both eras.
    pub const ALL: [Self; 2] = [Self::Legacy, Self::Modern];

    /// The revision the requests of this era claim.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }
}

impl Workload {
    /// Every workload.
    pub const ALL: [Self; 6] =
        [Self::Echo64, Self::Echo16k, Self::Add, Self::List, Self::Ping, Self::Progress10];

    /// Whether the era has this request at all.
    #[must_use]
    pub fn exists_in(self, era: Era) -> bool {
        !(self == Self::Ping && era == Era::Modern)
    }

    /// The JSON-RPC method.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::List => "tools/list",
            Self::Ping => "ping",
            Self::Echo64 | Self::Echo16k | Self::Add | Self::Progress10 => "tools/call",
        }
    }

    /// The tool's name and its arguments as JSON, if the request calls one.
    #[must_use]
    pub fn call(self) -> Option<(&'static str, String)> {
        match self {
            Self::Echo64 | Self::Echo16k => {
                Some(("echo", format!(r#"{{"text":"{}"}}"#, self.text())))
            }
            Self::Add => Some(("add", r#"{"a":20250,"b":11250}"#.to_owned())),
            Self::Progress10 => {
                Some(("progress", format!(r#"{{"steps":{}}}"#, self.notifications())))
            }
            Self::List | Self::Ping => None,
        }
    }

    /// Progress notifications that come before the result.
    #[must_use]
    pub fn notifications(self) -> usize {
        if self == Self::Progress10 { 10 } else { 0 }
    }

    /// What a right result contains, as it stands in the JSON, and how many times.
    #[must_use]
    pub fn expected(self) -> (String, usize) {
        match self {
            Self::Echo64 | Self::Echo16k => (format!(r#""text":"{}""#, self.text()), 1),
            Self::Add => (r#""structuredContent":{"sum":31500}"#.to_owned(), 1),
            Self::List => (r#""inputSchema":{"#.to_owned(), 22),
            Self::Progress10 => (r#""text":"done""#.to_owned(), 1),
            Self::Ping => ("{".to_owned(), 1),
        }
    }

    /// Words without anything JSON escapes, so that every server may borrow them.
    fn text(self) -> String {
        let size = if self == Self::Echo16k { 16 * 1024 } else { 64 };
        "the quick brown fox jumps over the lazy dog ".chars().cycle().take(size).collect()
    }
}

impl fmt::Display for Era {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Legacy => "legacy",
            Self::Modern => "modern",
        })
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Echo64 => "echo64",
            Self::Echo16k => "echo16k",
            Self::Add => "add",
            Self::List => "list",
            Self::Ping => "ping",
            Self::Progress10 => "progress10",
        })
    }
}

impl FromStr for Era {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        by_name("era", &Self::ALL, name)
    }
}

impl FromStr for Workload {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        by_name("workload", &Self::ALL, name)
    }
}

/// Reads a comma-separated list, in which `all` is every value.
///
/// # Errors
///
/// If a name is unknown; the message lists those that are known.
pub fn parse_list<T: FromStr<Err = Error> + Copy>(all: &[T], names: &str) -> Result<Vec<T>> {
    match names {
        "all" => Ok(all.to_vec()),
        names => names.split(',').map(str::parse).collect(),
    }
}

fn by_name<T: fmt::Display + Copy>(kind: &str, all: &[T], name: &str) -> Result<T> {
    match all.iter().find(|value| value.to_string() == name) {
        Some(value) => Ok(*value),
        None => {
            let known: Vec<_> = all.iter().map(ToString::to_string).collect();
            bail!("unknown {kind} {name:?}; one of {}", known.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for workload in Workload::ALL {
            assert_eq!(workload.to_string().parse::<Workload>().expect("known"), workload);
        }
        assert_eq!(parse_list(&Era::ALL, "all").expect("known"), Era::ALL);
        assert!(parse_list(&Era::ALL, "legacy,future").is_err());
    }
}
