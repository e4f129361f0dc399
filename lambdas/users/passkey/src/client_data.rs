//! What the browser says it asked for (`CollectedClientData`, W3C §5.8.1), as far as it is compared here and not by the library: the
//! library parses the origin as an address and lets a frame of another site sign.

use serde::Deserialize;

/// What is read of it. Browsers add members as they like.
#[derive(Debug, Deserialize)]
pub(crate) struct ClientData {
    /// The challenge, in base64url.
    pub(crate) challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

impl ClientData {
    /// Reads what was signed. Nothing if it cannot be read.
    pub(crate) fn of(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Whether a page of exactly this origin asked, in no frame of another site (W3C §7.1, steps 9 to 11).
    pub(crate) fn is_from(&self, origin: &str) -> bool {
        self.origin == origin && !self.cross_origin && self.top_origin.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_page_asks() {
        // #2
        let of =
            |json: &str| ClientData::of(json.as_bytes()).map(|data| data.is_from("https://id.example.com"));
        for (json, says) in [
            (r#"{"challenge": "AA", "origin": "https://id.example.com"}"#, Some(true)),
            (
                r#"{"challenge": "AA", "origin": "https://id.example.com", "crossOrigin": false, "new": 1}"#,
                Some(true),
            ),
            (r#"{"challenge": "AA", "origin": "https://id.example.com", "crossOrigin": true}"#, Some(false)),
            (
                r#"{"challenge": "AA", "origin": "https://id.example.com", "topOrigin": "https://a.example"}"#,
                Some(false),
            ),
            (r#"{"challenge": "AA", "origin": "https://id.example.com/"}"#, Some(false)),
            (r#"{"challenge": "AA", "origin": "https://x@id.example.com"}"#, Some(false)),
            (r#"{"challenge": "AA", "origin": "https://a.id.example.com"}"#, Some(false)),
            (r#"{"challenge": "AA", "origin": "http://id.example.com"}"#, Some(false)),
            (r#"{"challenge": "AA", "challenge": "BB", "origin": "https://id.example.com"}"#, None),
            (r#"{"origin": "https://id.example.com"}"#, None),
            ("", None),
        ] {
            assert_eq!(of(json), says, "{json}");
        }
    }
}
