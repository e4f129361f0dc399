//! What a caller of an API sends: a body of JSON, and on which version of a thing it is to act.

use http::header;
use oauth::Error;
use serde::de::DeserializeOwned;

use crate::{Request, strict_json::Strict};

/// The longest body of JSON that we read.
const LONGEST_JSON: usize = 128 * 1024;

/// The media types of JSON, and of a change in JSON (RFC 7396).
const MEDIA_TYPES: [&str; 2] = ["application/json", "application/merge-patch+json"];

/// The versions of a thing that a request is to act on (RFC 9110 §13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Whichever there is.
    Any,
    /// One of these, without their quotes.
    Tags(Vec<String>),
}

impl IfMatch {
    /// Goes on if this is the version that was meant; 412 if not (RFC 9110 §15.5.13).
    pub fn accept(&self, tag: &str) -> Result<(), Error> {
        match self {
            Self::Any => Ok(()),
            Self::Tags(tags) if tags.iter().any(|each| each == tag) => Ok(()),
            Self::Tags(_) => Err(stale()),
        }
    }
}

/// Somebody has changed it since it was read.
pub fn stale() -> Error {
    Error::invalid_request(
        "it was changed since you read it: read it again, and send its new ETag in If-Match",
    )
    .with_status(412)
}

impl Request {
    /// The JSON object in the body, at most 128 KiB. A member that comes twice is refused, however deep, and so is one that `T` does not
    /// know, if `T` says `deny_unknown_fields` (#82).
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if !self.media_type().is_some_and(|found| MEDIA_TYPES.contains(&found.as_str())) {
            return Err(Error::invalid_request("the body must be application/json").with_status(415));
        }
        if self.body.len() > LONGEST_JSON {
            return Err(Error::invalid_request("the body is larger than 128 KiB").with_status(413));
        }
        let strict = serde_json::from_slice::<Strict>(&self.body);
        let strict = strict.map_err(|error| Error::invalid_request(wrong(&error)))?;
        if !strict.is_object() {
            return Err(Error::invalid_request("the body must be a JSON object"));
        }
        // Read again for the place, which what is read already does not know any more.
        T::deserialize(strict).map_err(|_| match serde_json::from_slice::<T>(&self.body) {
            Err(error) => Error::invalid_request(wrong(&error)),
            Ok(_) => Error::invalid_request("the body has something else where an object or a word must be"),
        })
    }

    /// The header `If-Match`, if there is one.
    pub fn if_match(&self) -> Result<Option<IfMatch>, Error> {
        if !self.headers.has(header::IF_MATCH.as_str()) {
            return Ok(None);
        }
        let text = self.header(header::IF_MATCH.as_str()).unwrap_or_default();
        tags(text).map(Some).ok_or_else(|| Error::invalid_request("If-Match must be * or ETags in quotes"))
    }

    /// The same for a change that must say it: 428 without it (RFC 6585 §3).
    pub fn needs_if_match(&self) -> Result<IfMatch, Error> {
        self.if_match()?.ok_or_else(|| {
            Error::invalid_request("send the ETag that you have read in If-Match").with_status(428)
        })
    }
}

/// What is wrong, and where; nothing of what was sent (#103).
fn wrong(error: &serde_json::Error) -> String {
    let at = format!("line {}, column {}", error.line(), error.column());
    if error.is_data() {
        format!("the body has a member that is missing, unknown, repeated or of the wrong type ({at})")
    } else {
        format!("the body is no JSON ({at})")
    }
}

/// A weak tag is compared with nothing (RFC 9110 §8.8.3.2), so it is read and kept with its mark.
fn tags(text: &str) -> Option<IfMatch> {
    if text.trim() == "*" {
        return Some(IfMatch::Any);
    }
    let tags = text.split(',').map(|tag| {
        let tag = tag.trim();
        let strong = tag.strip_prefix("W/").unwrap_or(tag);
        let inner = strong.strip_prefix('"')?.strip_suffix('"')?;
        let fits = inner.bytes().all(|b| b == 0x21 || (0x23..=0x7E).contains(&b));
        fits.then(|| if strong == tag { inner.to_owned() } else { tag.to_owned() })
    });
    tags.collect::<Option<_>>().map(IfMatch::Tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_read_as_the_standard_writes_it() {
        let read = |text: &str| match tags(text) {
            Some(IfMatch::Tags(tags)) => Some(tags.join("|")),
            Some(IfMatch::Any) => Some("any".to_owned()),
            None => None,
        };
        for (text, expected) in [
            ("*", Some("any")),
            ("\"1\"", Some("1")),
            ("\"\"", Some("")),
            ("\"1\", \"2\"", Some("1|2")),
            ("W/\"1\"", Some("W/\"1\"")),
            ("1", None),
            ("", None),
            ("\"1", None),
            ("\"1\"x", None),
            ("\"a b\"", None),
            ("\"1\",", None),
            ("*, \"1\"", None),
            ("w/\"1\"", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn only_the_version_that_was_read_is_acted_on() {
        let tags = |text: &str| tags(text).unwrap();
        assert_eq!(tags("\"7\"").accept("7"), Ok(()));
        assert_eq!(tags("*").accept("7"), Ok(()));
        for other in ["\"6\"", "W/\"7\"", "\"77\"", "\"\""] {
            assert_eq!(tags(other).accept("7").unwrap_err().status(), 412, "{other}");
        }
    }
}
