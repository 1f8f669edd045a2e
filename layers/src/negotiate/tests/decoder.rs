//! Reads an event stream by the grammar of the HTML standard (§9.2.5, §9.2.6).

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) kind: String,
    pub(super) data: String,
    /// The id the client would come back with.
    pub(super) last_id: String,
    /// How many `data` lines there were.
    pub(super) lines: usize,
}

/// The events a client would dispatch.
pub(super) fn decode(stream: &[u8]) -> Vec<Decoded> {
    decode_all(stream).0
}

/// The events, the last `retry` and the number of comments.
pub(super) fn decode_all(stream: &[u8]) -> (Vec<Decoded>, Option<u64>, usize) {
    let text = std::str::from_utf8(stream).expect("an event stream is UTF-8");
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut events, mut retry, mut comments) = (Vec::new(), None, 0);
    let (mut kind, mut data, mut last_id, mut lines) =
        (String::new(), String::new(), String::new(), 0);
    // What follows the last line end is an incomplete line.
    for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        if line.is_empty() {
            if lines > 0 {
                data.pop();
                let kind = if kind.is_empty() { "message".into() } else { kind.clone() };
                events.push(Decoded { kind, data: data.clone(), last_id: last_id.clone(), lines });
            }
            (kind, data, lines) = (String::new(), String::new(), 0);
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => comments += 1,
            "event" => kind = value.into(),
            "data" => {
                data.push_str(value);
                data.push('\n');
                lines += 1;
            }
            "id" if !value.contains('\0') => last_id = value.into(),
            "retry" => retry = value.parse().ok().or(retry),
            _ => {}
        }
    }
    (events, retry, comments)
}
