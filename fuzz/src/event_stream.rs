//! A reader of event streams, after the grammar of the HTML standard (§9.2.5, §9.2.6).

/// An event that a client would dispatch.
#[derive(Debug, PartialEq, Eq)]
pub struct Dispatched {
    pub kind: String,
    pub data: String,
    pub last_id: String,
    /// How many `data` fields it had.
    pub data_lines: usize,
}

/// All that a whole stream does to a client.
#[derive(Debug, Default)]
pub struct Read {
    pub events: Vec<Dispatched>,
    pub retry: Option<u64>,
    last_id: String,
    kind: String,
    data: Vec<String>,
}

/// Reads a stream that is complete.
pub fn read(stream: &str) -> Read {
    let mut read = Read::default();
    let mut rest = stream;
    // What follows the last line end is never read.
    while let Some(at) = rest.find(['\r', '\n']) {
        let (line, end) = rest.split_at(at);
        rest = end.strip_prefix("\r\n").unwrap_or(&end[1..]);
        read.line(line);
    }
    read
}

impl Read {
    fn line(&mut self, line: &str) {
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.kind = value.into(),
            "data" => self.data.push(value.into()),
            "id" if !value.contains('\0') => self.last_id = value.into(),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().or(self.retry);
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let kind = std::mem::take(&mut self.kind);
        let data = std::mem::take(&mut self.data);
        if !data.is_empty() {
            self.events.push(Dispatched {
                kind: if kind.is_empty() { "message".into() } else { kind },
                data: data.join("\n"),
                last_id: self.last_id.clone(),
                data_lines: data.len(),
            });
        }
    }
}
