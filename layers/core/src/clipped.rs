use std::fmt;

/// A text from the network inside an error's message: quoted, escaped, and cut
/// short, so that no request gets back more than it sent.
pub(crate) struct Clipped<'a>(pub(crate) &'a str);

impl Clipped<'_> {
    const LONGEST: usize = 64;
}

impl fmt::Display for Clipped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(Self::LONGEST) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
        }
    }
}
