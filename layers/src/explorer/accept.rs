use http::{HeaderMap, header};
use mcp_layers_core::media_type::{MediaRange, Precedence};

/// Whether `Accept` names `text/html` and puts it before, or beside, a stream of
/// events. A range that merely covers it, such as `*/*`, is no wish for a page.
pub(super) fn prefers_html(headers: &HeaderMap) -> bool {
    let (mut html, mut stream) = (None, None);
    for line in headers.get_all(header::ACCEPT) {
        for range in MediaRange::list(line.as_bytes()) {
            html = html.max(range.covers("text", "html").filter(|range| range.is_exact()));
            stream = stream.max(range.covers("text", "event-stream"));
        }
    }
    let weight = |deciding: Option<Precedence>| deciding.map_or(0, Precedence::weight);
    weight(html) > 0 && weight(html) >= weight(stream)
}
