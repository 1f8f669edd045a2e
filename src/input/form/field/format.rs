use crate::input::uri::is_uri;

/// What a string stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// An address: `name@example.com`.
    Email,
    /// An absolute URI.
    Uri,
    /// A day: `2026-07-28`.
    Date,
    /// A day, a time and its offset, by RFC 3339: `2026-07-28T09:30:00Z`.
    DateTime,
}

impl Format {
    pub(crate) const ALL: [Self; 4] = [Self::Email, Self::Uri, Self::Date, Self::DateTime];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Date => "date",
            Self::DateTime => "date-time",
        }
    }

    pub(super) const fn article(self) -> &'static str {
        match self {
            Self::Email => "an email address",
            Self::Uri => "an absolute URI",
            Self::Date => "a date, as 2026-07-28",
            Self::DateTime => "a date and time, as 2026-07-28T09:30:00Z",
        }
    }

    /// Whether a text has this format.
    #[must_use]
    pub fn admits(self, text: &str) -> bool {
        match self {
            Self::Email => is_email(text),
            Self::Uri => is_uri(text),
            Self::Date => is_date(text.as_bytes()),
            Self::DateTime => is_date_time(text.as_bytes()),
        }
    }
}

/// The address without comments, quotes and address literals, which nobody types.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_atom = |atom: &str| {
        let special = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !MARKS.contains(c);
        !atom.is_empty() && !atom.contains(|c: char| c.is_whitespace() || special(c))
    };
    let is_label = |label: &str| {
        let fits = |c: char| c.is_alphanumeric() || c == '-';
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    const MARKS: &str = "!#$%&'*+-/=?^_`{|}~";
    local.len() <= 64
        && domain.len() <= 253
        && local.split('.').all(is_atom)
        && domain.split('.').all(is_label)
}

fn is_date(text: &[u8]) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return false };
    let Some(year) = number(&[*y1, *y2, *y3, *y4]) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match number(&[*m1, *m2]) {
        Some(2) => 28 + u32::from(leap),
        Some(4 | 6 | 9 | 11) => 30,
        Some(1..=12) => 31,
        _ => return false,
    };
    number(&[*d1, *d2]).is_some_and(|day| (1..=days).contains(&day))
}

fn is_date_time(text: &[u8]) -> bool {
    let Some((date, [b'T' | b't', time @ ..])) = text.split_at_checked(10) else { return false };
    let Some((clock, rest)) = time.split_at_checked(8) else { return false };
    let [h1, h2, b':', m1, m2, b':', s1, s2] = clock else { return false };
    // No leap seconds: few parsers take them.
    let in_time = below(*h1, *h2, 24) && below(*m1, *m2, 60) && below(*s1, *s2, 60);
    let offset = match rest {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            match digits {
                0 => return false,
                _ => &fraction[digits..],
            }
        }
        offset => offset,
    };
    let offset_fits = match offset {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => below(*h1, *h2, 24) && below(*m1, *m2, 60),
        _ => false,
    };
    is_date(date) && in_time && offset_fits
}

fn below(tens: u8, ones: u8, limit: u32) -> bool {
    number(&[tens, ones]).is_some_and(|number| number < limit)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
    })
}
