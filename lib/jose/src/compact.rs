//! The compact serialization (RFC 7515 §7.1), and nothing else.

use std::ops::Deref;

use oauth::limits;
use serde_json::{Map, Value};

use crate::{JoseError, base64url, json};

/// RFC 8725 §3.10: `kid` is an opaque key into a map, and this long at most.
pub(crate) const MAX_KID: usize = 256;

/// Members that change what is signed or how (RFC 7515 §4.1.11, RFC 7797 §3, RFC 7516 §4.1). We understand none, so a token
/// with one of them is refused, whatever the value. `zip` is not among them: it is a word of JWE alone (RFC 7516 §4.1.3), and
/// what a JWS does not define is ignored (RFC 7515 §4). Nothing is ever unpacked.
const EXTENSIONS: [&str; 3] = ["crit", "b64", "enc"];

/// A well-formed JWS with any payload. Its signature has **not** been checked: that is [`crate::KeySet::verify`].
#[derive(Debug, Clone)]
pub struct Compact {
    header: Map<String, Value>,
    payload: Vec<u8>,
    signing_input: String,
    signature: Vec<u8>,
}

impl Compact {
    /// Takes the three parts of a bearer token apart.
    pub fn parse(token: &str) -> Result<Self, JoseError> {
        Self::parse_within(token, limits::BEARER_TOKEN)
    }

    /// The same of a token with a limit of its own. The length and the dots are counted before anything is allocated.
    pub fn parse_within(token: &str, longest: usize) -> Result<Self, JoseError> {
        if token.len() > longest {
            return Err(JoseError::TooLong);
        }
        if token.bytes().filter(|byte| *byte == b'.').count() != 2 {
            return Err(JoseError::Segments);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(JoseError::Segments)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JoseError::Segments)?;
        let header = json::parse_object(&base64url::decode(header)?)?;
        check(&header)?;
        Ok(Self {
            header,
            payload: base64url::decode(payload)?,
            signing_input: signing_input.to_owned(),
            signature: base64url::decode(signature)?,
        })
    }

    /// The protected header, which is the only one there is.
    pub fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// `alg` as it was sent.
    pub fn alg(&self) -> &str {
        self.text("alg").unwrap_or_default()
    }

    /// `kid`, if sent. `jwk`, `jku`, `x5u` and `x5c` have no such method: they never select a key (RFC 8725 §3.10).
    pub fn kid(&self) -> Option<&str> {
        self.text("kid")
    }

    /// `typ`, if sent.
    pub fn typ(&self) -> Option<&str> {
        self.text("typ")
    }

    /// What was signed.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The bytes that the signature is over.
    pub(crate) fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }
}

/// What a header must be like, whatever it is for.
fn check(header: &Map<String, Value>) -> Result<(), JoseError> {
    if EXTENSIONS.iter().any(|name| header.contains_key(*name)) {
        return Err(JoseError::Extension);
    }
    if !header.get("alg").is_some_and(Value::is_string) {
        return Err(JoseError::Algorithm);
    }
    let fits =
        |name: &str| header.get(name).is_none_or(|v| v.as_str().is_some_and(|text| text.len() <= MAX_KID));
    if fits("kid") && fits("typ") { Ok(()) } else { Err(JoseError::Header) }
}

/// A well-formed JWT: a [`Compact`] whose payload is one JSON object. Its signature has **not** been checked.
#[derive(Debug, Clone)]
pub struct Jws {
    compact: Compact,
    claims: Map<String, Value>,
}

impl Jws {
    /// Takes a bearer token apart and reads its claims, strictly.
    pub fn parse(token: &str) -> Result<Self, JoseError> {
        Self::parse_within(token, limits::BEARER_TOKEN)
    }

    /// The same of a token with a limit of its own, such as [`limits::TOKEN_IN_A_BODY`].
    pub fn parse_within(token: &str, longest: usize) -> Result<Self, JoseError> {
        let compact = Compact::parse_within(token, longest)?;
        let claims = json::parse_object(compact.payload())?;
        Ok(Self { compact, claims })
    }

    /// The claims, not to be trusted before [`crate::KeySet::verify`].
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

impl Deref for Jws {
    type Target = Compact;

    fn deref(&self) -> &Compact {
        &self.compact
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    fn token(header: &str) -> String {
        format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header))
    }

    #[test]
    fn takes_a_token_apart() {
        let jws = Jws::parse(&token(r#"{"alg":"RS256","kid":"a","typ":"JWT"}"#)).unwrap();
        assert_eq!((jws.alg(), jws.kid(), jws.typ()), ("RS256", Some("a"), Some("JWT")));
        assert_eq!((jws.payload(), jws.signature()), (b"{}".as_slice(), [0].as_slice()));
        assert!(jws.signing_input().ends_with(b".e30") && jws.claims().is_empty());
    }

    #[test]
    fn has_exactly_two_dots_and_a_length() {
        // #67
        let five = "e30.e30.e30.e30.e30";
        let json = r#"{"payload":"Zm9v","signatures":[{"protected":"e30","signature":"AA"}]}"#;
        for bad in ["", ".", "e30", "e30.e30", "e30.e30.AA.", ".e30.e30.AA", "....", five, json] {
            assert_eq!(Compact::parse(bad).unwrap_err(), JoseError::Segments, "{bad}");
        }
        assert_eq!(Compact::parse(&".".repeat(1 << 20)).unwrap_err(), JoseError::TooLong);
        let of_length = |len: usize| format!("e30.{}.", "A".repeat(len - "e30..".len()));
        for limit in [limits::BEARER_TOKEN, limits::TOKEN_IN_A_BODY] {
            for (len, error) in [
                (limit - 1, JoseError::Algorithm),
                (limit, JoseError::Algorithm),
                (limit + 1, JoseError::TooLong),
            ] {
                let token = of_length(len);
                assert_eq!((token.len(), Compact::parse_within(&token, limit).unwrap_err()), (len, error));
            }
        }
        let (longest, longer) = (of_length(limits::BEARER_TOKEN), of_length(limits::BEARER_TOKEN + 1));
        assert_eq!(Jws::parse(&longest).unwrap_err(), JoseError::Algorithm);
        assert_eq!(Jws::parse(&longer).unwrap_err(), JoseError::TooLong);
    }

    #[test]
    fn every_part_has_one_encoding() {
        // #67
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        for part in ["e30=", " e30", "e30\n", "e3 0", "e31", "e+_-", "e/30", "e30A\0", "é30A", "e"] {
            for token in
                [format!("{header}.{part}.AA"), format!("{header}.e30.{part}"), format!("{part}.e30.AA")]
            {
                assert_eq!(Compact::parse(&token).unwrap_err(), JoseError::Base64, "{token:?}");
            }
        }
    }

    #[test]
    fn the_header_is_one_strict_object() {
        // #65
        for (header, error) in [
            ("", JoseError::Json),
            ("[]", JoseError::NotObject),
            ("null", JoseError::NotObject),
            (r#"{"alg":"RS256"}{}"#, JoseError::Json),
            (r#"{"alg":"none","alg":"RS256"}"#, JoseError::Duplicate),
            (r#"{"alg":"RS256","a\u006cg":"none"}"#, JoseError::Duplicate),
        ] {
            assert_eq!(Compact::parse(&token(header)).unwrap_err(), error, "{header}");
        }
        let latin = URL_SAFE_NO_PAD.encode(b"{\"alg\":\"RS256\",\"x\":\"\xe9\"}");
        assert_eq!(Compact::parse(&format!("{latin}.e30.AA")).unwrap_err(), JoseError::Utf8);
    }

    #[test]
    fn claims_are_one_strict_object() {
        // #65
        for (claims, error) in [
            ("foo", JoseError::Json),
            ("[]", JoseError::NotObject),
            ("\"e30\"", JoseError::NotObject),
            (r#"{"scope":"read","scope":"admin"}"#, JoseError::Duplicate),
            (r#"{"a":{"b":[{"c":1,"c":2}]}}"#, JoseError::Duplicate),
        ] {
            let token = format!("eyJhbGciOiJSUzI1NiJ9.{}.AA", URL_SAFE_NO_PAD.encode(claims));
            assert!(Compact::parse(&token).is_ok());
            assert_eq!(Jws::parse(&token).unwrap_err(), error, "{claims}");
        }
    }

    #[test]
    fn alg_is_one_string() {
        // #60
        for alg in [
            "",
            r#""alg":null"#,
            r#""alg":256"#,
            r#""alg":["RS256"]"#,
            r#""Alg":"RS256""#,
            r#""ALG":"RS256""#,
        ] {
            assert_eq!(
                Compact::parse(&token(&format!("{{{alg}}}"))).unwrap_err(),
                JoseError::Algorithm,
                "{alg}"
            );
        }
    }

    #[test]
    fn no_extension_is_understood() {
        // #63, #67: whatever it holds, named or not, present or not.
        for extension in [
            r#""crit":["x"],"x":1"#,
            r#""crit":["x"]"#,
            r#""crit":["exp"]"#,
            r#""crit":[]"#,
            r#""crit":null"#,
            r#""crit":"x""#,
            r#""crit":["b64"],"b64":false"#,
            r#""b64":false"#,
            r#""b64":true"#,
            r#""crit":["zip"],"zip":"DEF""#,
            r#""enc":"A128GCM""#,
        ] {
            let error = Compact::parse(&token(&format!(r#"{{"alg":"RS256",{extension}}}"#))).unwrap_err();
            assert_eq!(error, JoseError::Extension, "{extension}");
        }
    }

    #[test]
    fn kid_and_typ_are_short_strings() {
        // #62
        let long = format!(r#""{}""#, "k".repeat(257));
        let huge = format!(r#""{}""#, "k".repeat(5000));
        for name in ["kid", "typ"] {
            for value in ["5", "null", "true", "{}", r#"["a"]"#, &long, &huge] {
                let header = format!(r#"{{"alg":"RS256","{name}":{value}}}"#);
                assert_eq!(Compact::parse(&token(&header)).unwrap_err(), JoseError::Header, "{name} {value}");
            }
        }
        let header = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, "k".repeat(256));
        assert!(Compact::parse(&token(&header)).is_ok());
    }
}
