//! Walks over JSON text: checks it, finds where its parts stand, reads nothing.

use std::{borrow::Cow, ops::Range};

use super::bytes::{is_blank, plain_len};

/// The deepest nesting that `serde_json` reads, and so the deepest worth taking.
pub(super) const DEEPEST: usize = 127;

/// A place in a JSON text, moved forward by what it walks over.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    limit: usize,
    too_deep: bool,
}

/// A JSON string: where its text stands, without the quotes.
pub(super) struct Quoted {
    pub(super) range: Range<usize>,
    pub(super) escaped: bool,
}

/// What the text lacks to be JSON, at the place where the scanner stopped. No
/// larger than this, so that results stay in registers.
#[derive(Debug, Clone, Copy)]
pub(super) struct SyntaxError {
    pub(super) expected: &'static str,
}

type Result<T> = std::result::Result<T, SyntaxError>;

impl<'a> Scanner<'a> {
    /// Starts at the beginning; `limit` is how deep objects and arrays may nest.
    pub(super) fn new(text: &'a str, limit: usize) -> Self {
        Self { text, at: 0, depth: 0, limit: limit.min(DEEPEST), too_deep: false }
    }

    /// Whether something nested deeper than the limit. Its inside is unchecked.
    pub(super) fn too_deep(&self) -> bool {
        self.too_deep
    }

    /// Where it stands, in bytes from the start.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The first byte of what comes next.
    pub(super) fn next_token(&mut self) -> Option<u8> {
        self.skip_blanks();
        self.peek()
    }

    /// Passes the byte that [`next_token`](Self::next_token) has found.
    pub(super) fn pass(&mut self) {
        self.at += 1;
    }

    /// Passes one value, and says where it stands.
    pub(super) fn value(&mut self) -> Result<Range<usize>> {
        self.skip_blanks();
        let start = self.at;
        self.skip_value()?;
        Ok(start..self.at)
    }

    fn skip_value(&mut self) -> Result<()> {
        match self.next_token() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.object(|scanner, _| scanner.skip_value()),
            Some(b'[') => self.array(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            _ => Err(SyntaxError { expected: "a value" }),
        }
    }

    /// Passes an object; `member` is called after each key and must pass its value.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Quoted) -> Result<()>,
    ) -> Result<()> {
        self.take(b'{', "an object")?;
        if self.depth == self.limit {
            return self.skip_too_deep();
        }
        self.depth += 1;
        if self.next_token() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                self.skip_blanks();
                let start = self.at + 1;
                let escaped = self.string()?;
                let key = Quoted { range: start..self.at - 1, escaped };
                self.skip_blanks();
                self.take(b':', "\":\"")?;
                member(self, key)?;
                if self.closes(b'}', "\",\" or \"}\"")? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// The text of a string, if its escapes spell any.
    #[inline]
    pub(super) fn unescape(&self, string: &Quoted) -> Result<Cow<'a, str>> {
        if string.escaped {
            return self.spelled(string);
        }
        Ok(Cow::Borrowed(&self.text[string.range.clone()]))
    }

    fn spelled(&self, string: &Quoted) -> Result<Cow<'a, str>> {
        let Range { start, end } = string.range;
        serde_json::from_str(&self.text[start - 1..end + 1])
            .map(Cow::Owned)
            .map_err(|_| SyntaxError { expected: "only keys of whole characters before this" })
    }

    /// Makes sure that nothing follows.
    pub(super) fn end(&mut self) -> Result<()> {
        match self.next_token() {
            None => Ok(()),
            Some(_) => Err(SyntaxError { expected: "the end" }),
        }
    }

    fn array(&mut self) -> Result<()> {
        self.take(b'[', "an array")?;
        if self.depth == self.limit {
            return self.skip_too_deep();
        }
        self.depth += 1;
        if self.next_token() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                self.skip_value()?;
                if self.closes(b']', "\",\" or \"]\"")? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Passes the rest of what has just been opened without a look at its order:
    /// the text is refused, but what comes after may still tell whom to answer.
    fn skip_too_deep(&mut self) -> Result<()> {
        self.too_deep = true;
        let mut open = 1_usize;
        while open > 0 {
            match self.peek() {
                Some(b'"') => {
                    self.string()?;
                    continue;
                }
                Some(b'{' | b'[') => open += 1,
                Some(b'}' | b']') => open -= 1,
                Some(_) => {}
                None => return Err(SyntaxError { expected: "\"}\" or \"]\"" }),
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Passes a string, and says whether it has escapes. Most have none.
    #[inline]
    fn string(&mut self) -> Result<bool> {
        self.take(b'"', "a string")?;
        self.at += plain_len(&self.text.as_bytes()[self.at..]);
        if self.skip_if(|byte| byte == b'"') {
            return Ok(false);
        }
        self.rest_of_string().map(|()| true)
    }

    fn rest_of_string(&mut self) -> Result<()> {
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.escape()?;
                    self.at += plain_len(&self.text.as_bytes()[self.at..]);
                }
                Some(_) => return Err(SyntaxError { expected: "no bare control character" }),
                None => return Err(SyntaxError { expected: "the end of the string" }),
            }
        }
    }

    fn escape(&mut self) -> Result<()> {
        let len = match &self.text.as_bytes()[self.at..] {
            [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [_, b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|d| d.is_ascii_hexdigit()) => 6,
            _ => return Err(SyntaxError { expected: "an escape sequence" }),
        };
        self.at += len;
        Ok(())
    }

    fn number(&mut self) -> Result<()> {
        self.skip_if(|byte| byte == b'-');
        if !self.skip_if(|byte| byte == b'0') {
            self.digits()?;
        }
        if self.skip_if(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.skip_if(|byte| byte == b'e' || byte == b'E') {
            self.skip_if(|byte| byte == b'+' || byte == b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<()> {
        if !self.skip_if(|byte| byte.is_ascii_digit()) {
            return Err(SyntaxError { expected: "a digit" });
        }
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        Ok(())
    }

    fn literal(&mut self, literal: &'static [u8]) -> Result<()> {
        if !self.text.as_bytes()[self.at..].starts_with(literal) {
            return Err(SyntaxError { expected: "a value" });
        }
        self.at += literal.len();
        Ok(())
    }

    /// Passes a comma, or the bracket that ends the list: then it is true.
    fn closes(&mut self, bracket: u8, expected: &'static str) -> Result<bool> {
        match self.next_token() {
            Some(byte) if byte == bracket || byte == b',' => {
                self.at += 1;
                Ok(byte == bracket)
            }
            _ => Err(SyntaxError { expected }),
        }
    }

    fn take(&mut self, byte: u8, expected: &'static str) -> Result<()> {
        if self.skip_if(|next| next == byte) { Ok(()) } else { Err(SyntaxError { expected }) }
    }

    #[inline]
    fn skip_blanks(&mut self) {
        while self.skip_if(is_blank) {}
    }

    #[inline]
    fn skip_if(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        match self.peek() {
            Some(byte) if wanted(byte) => {
                self.at += 1;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
