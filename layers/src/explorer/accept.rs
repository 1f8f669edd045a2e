use http::{HeaderMap, header};

/// Whether `Accept` names `text/html` and puts it before, or beside, a stream of
/// events. A range that merely covers it, such as `*/*`, is no wish for a page.
pub(super) fn prefers_html(headers: &HeaderMap) -> bool {
    let (mut html, mut stream) = (0, None);
    let lines = headers.get_all(header::ACCEPT).iter();
    let ranges = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    for (range, weight) in ranges.filter_map(read_range) {
        let is = |name: &str| range.eq_ignore_ascii_case(name);
        let specificity = match () {
            () if is("text/html") => {
                html = weight.max(html);
                continue;
            }
            () if is("text/event-stream") => 2,
            () if is("text/*") => 1,
            () if is("*/*") => 0,
            () => continue,
        };
        // The most specific range decides; of equals the one that admits more.
        stream = stream.max(Some((specificity, weight)));
    }
    html > 0 && stream.is_none_or(|(_, stream)| html >= stream)
}

/// A media range and its weight in thousandths. Parameters other than `q` do not
/// narrow a range, and a malformed one is passed over.
fn read_range(element: &str) -> Option<(&str, u16)> {
    let mut parts = element.split(';').map(str::trim);
    let range = parts.next()?;
    let weight = parts
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim_end().eq_ignore_ascii_case("q"))
        .map_or(Some(1000), |(_, weight)| read_weight(weight.trim_start()))?;
    Some((range, weight))
}

/// `0.75` as 750; `None` for what is no weight between 0 and 1.
fn read_weight(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}
