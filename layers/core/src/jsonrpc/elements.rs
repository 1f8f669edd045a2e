use super::{
    RawJson,
    scan::{DEEPEST, Scanner},
};

/// The elements of a JSON array, as slices of its text.
pub(crate) struct Elements<'a> {
    array: &'a RawJson,
    scanner: Scanner<'a>,
}

impl<'a> Elements<'a> {
    pub(crate) fn of(array: &'a RawJson) -> Self {
        Self { array, scanner: Scanner::new(array.as_str(), DEEPEST) }
    }
}

impl Iterator for Elements<'_> {
    type Item = RawJson;

    fn next(&mut self) -> Option<RawJson> {
        // Before each element stands the opening bracket or a comma.
        let Some(b'[' | b',') = self.scanner.next_token() else { return None };
        self.scanner.pass();
        if self.scanner.next_token() == Some(b']') {
            return None;
        }
        self.scanner.value().ok().map(|element| self.array.slice(element))
    }
}
