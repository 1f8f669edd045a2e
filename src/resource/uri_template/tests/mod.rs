mod matching;
mod properties;
mod rfc6570;

use super::UriTemplate;

fn template(text: &str) -> UriTemplate {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
