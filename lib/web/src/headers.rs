//! The headers of a request: as they came, in a list. There are few, most are never asked for, and to build a map of them costs more
//! than to look through them.

/// Names in lower case, and values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers(Vec<(String, Value)>);

/// A value: nothing if it holds more than visible ASCII, blanks and tabs, and so is no text that anybody may rely on.
type Value = Option<String>;

impl Headers {
    /// Adds one. What no header may be called or hold is left out (RFC 9110 §5.1, §5.5).
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        if !name.is_empty() && name.bytes().all(is_token) && value.bytes().all(may_be_in_value) {
            let text = value.is_ascii().then(|| value.to_owned());
            self.0.push((name.to_ascii_lowercase(), text));
        }
    }

    /// Whether there is one of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(each, _)| each.eq_ignore_ascii_case(name))
    }

    /// The values of all that have this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Option<&'a str>> {
        self.0
            .iter()
            .filter(move |(each, _)| each.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_deref())
    }

    /// The value of the one that has this name: nothing if there are more.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(each, _)| each.eq_ignore_ascii_case(name));
        let (_, value) = named.next()?;
        if named.next().is_none() { value.as_deref() } else { None }
    }

    /// All names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// `tchar` of RFC 9110 §5.6.2.
fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

/// RFC 9110 §5.5: no control character but a tab.
fn may_be_in_value(b: u8) -> bool {
    b == b'\t' || (b >= b' ' && b != 0x7f)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn takes_what_the_library_takes() {
        for at in 0..=255_u8 {
            let text = format!("x{}", char::from(at));
            let mut headers = Headers::default();
            headers.add(&text, "value");
            headers.add("name", &text);
            let name = HeaderName::from_bytes(text.as_bytes()).ok();
            let value = HeaderValue::from_str(&text).ok();
            assert_eq!(headers.names().any(|each| each != "name"), name.is_some(), "{text:?}");
            assert_eq!(headers.has("name"), value.is_some(), "{text:?}");
            assert!(name.is_none_or(|name| headers.one(name.as_str()) == Some("value")), "{text:?}");
            let shown = value.as_ref().and_then(|value| value.to_str().ok());
            assert_eq!(headers.one("name"), shown, "{text:?}");
        }
        let mut headers = Headers::default();
        headers.add("", "value");
        assert_eq!(headers.names().count(), 0);
    }

    #[test]
    fn one_that_comes_twice_is_none() {
        let mut headers = Headers::default();
        headers.add("A", "1");
        assert_eq!((headers.one("a"), headers.one("A")), (Some("1"), Some("1")));
        headers.add("a", "é");
        assert_eq!(headers.one("a"), None);
        assert_eq!(headers.all("a").collect::<Vec<_>>(), [Some("1"), None]);
    }
}
