//! Reading single claims of an access token, strictly (RFC 7519 §4.1): one reading for our own tokens and for those of other
//! issuers.

use std::time::Duration;

use serde_json::{Map, Value};

/// The most bytes of a name: `sub`, `client_id`, `jti`, `sid` (OpenID Connect Core §2 says 255 for `sub`).
pub const MAX_NAME: usize = 255;

/// How far ahead another machine's clock may be: `iat` and `nbf` may lie this much in the future. `exp` gets nothing, so no
/// token outlives its own word.
pub const SKEW: Duration = Duration::from_secs(60);

/// A string of 1 to [`MAX_NAME`] bytes.
pub fn name(claims: &Map<String, Value>, name: &str) -> Option<String> {
    text(claims, name).filter(|text| !text.is_empty() && text.len() <= MAX_NAME)
}

/// A string.
pub fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    claims.get(name)?.as_str().map(str::to_owned)
}

/// An array of nothing but strings.
pub fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Whether `aud` names this audience. RFC 7519 §4.1.3: it is one string or an array of nothing but strings.
pub fn includes(aud: &Value, audience: &str) -> bool {
    match aud {
        Value::String(aud) => aud == audience,
        aud => strings(aud).is_some_and(|list| list.iter().any(|aud| aud == audience)),
    }
}

/// Whether the token says that its address is the person's (OpenID Connect Core §5.1). One that nobody vouches for is
/// anybody's (#19).
pub fn vouches(claims: &Map<String, Value>) -> bool {
    claims.get("email_verified") == Some(&Value::Bool(true))
}
