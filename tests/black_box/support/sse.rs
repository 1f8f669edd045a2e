/// Reads a `text/event-stream` by the grammar of the HTML standard (§9.2.5, §9.2.6),
/// as it comes in.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// What came after the last line end.
    rest: Vec<u8>,
    /// The last line ended in a carriage return: a line feed belongs to it.
    after_cr: bool,
    data: Vec<String>,
}

impl Decoder {
    /// Takes the next bytes and gives the data of the events that they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut events = Vec::new();
        for &byte in bytes {
            let completes_crlf = std::mem::take(&mut self.after_cr) && byte == b'\n';
            match byte {
                _ if completes_crlf => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    let line = std::mem::take(&mut self.rest);
                    events.extend(self.line(&String::from_utf8(line).expect("SSE is UTF-8")));
                }
                _ => self.rest.push(byte),
            }
        }
        events
    }

    fn line(&mut self, line: &str) -> Option<String> {
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return (!data.is_empty()).then(|| data.join("\n"));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        if field == "data" {
            self.data.push(value.strip_prefix(' ').unwrap_or(value).to_owned());
        }
        None
    }
}

#[test]
fn every_line_end_ends_a_line_wherever_the_bytes_are_cut() {
    let stream = ": beat\r\ndata: a\rdata:b\n\r\nid: 7\ndata\n\nevent: x\n\ndata: cut off";
    for size in 1..=stream.len() {
        let mut decoder = Decoder::default();
        let events: Vec<_> =
            stream.as_bytes().chunks(size).flat_map(|bytes| decoder.push(bytes)).collect();
        assert_eq!(events, ["a\nb", ""], "in pieces of {size} bytes");
    }
}
