//! Parameters from the raw query or form, strictly (#4).

use std::collections::BTreeMap;

use oauth::Error;
use serde::de::{DeserializeOwned, value::MapDeserializer};

/// Reads `a=b&c=d` into a struct. A parameter that comes twice is refused (RFC 6749 §3.1), and so is one that is not UTF-8;
/// one that the struct does not know is refused where the struct says `deny_unknown_fields`.
pub(crate) fn read<T: DeserializeOwned>(raw: &str) -> Result<T, Error> {
    let mut found = BTreeMap::new();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let broken = || Error::invalid_request("a parameter is not valid UTF-8");
        let name = decode(&name.replace('+', " ")).ok_or_else(broken)?;
        let value = decode(&value.replace('+', " ")).ok_or_else(broken)?;
        if found.insert(name, value).is_some() {
            return Err(Error::invalid_request("a parameter is given more than once"));
        }
    }
    let fields = found.into_iter().map(|(name, value)| (name, Text(value)));
    T::deserialize(MapDeserializer::<_, serde::de::value::Error>::new(fields))
        .map_err(|_| Error::invalid_request("a parameter is missing or not known here"))
}

/// Percent-decodes strictly: no broken escape, no bytes that are not UTF-8, no control characters.
pub(crate) fn decode(text: &str) -> Option<String> {
    let whole = |at: usize| {
        text.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    if text.bytes().enumerate().any(|(at, b)| b == b'%' && !whole(at)) {
        return None;
    }
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    (!decoded.contains(char::is_control)).then(|| decoded.into_owned())
}

/// A parameter's value: text, which may stand for an optional text too.
struct Text(String);

impl<'de> serde::de::IntoDeserializer<'de> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> serde::Deserializer<'de> for Text {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_u32<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0.parse() {
            Ok(number) => visitor.visit_u32(number),
            Err(_) => visitor.visit_string(self.0),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        hint: Option<String>,
        limit: Option<u32>,
    }

    #[test]
    fn reads_what_a_form_says() {
        let wish: Wish = read("hint=a%20b+c&limit=7").unwrap();
        assert_eq!(wish, Wish { hint: Some("a b c".to_owned()), limit: Some(7) });
        assert_eq!(read::<Wish>("").unwrap(), Wish { hint: None, limit: None });
    }

    #[test]
    fn refuses_the_doubled_the_unknown_and_the_broken() {
        // #4
        for raw in [
            "hint=a&hint=b",
            "hint=a&hin%74=b",
            "hint[]=a",
            "other=1",
            "hint=%ff",
            "hint=%zz",
            "hint=%0a",
            "limit=x",
            "limit=-1",
            "hint=%",
        ] {
            assert!(read::<Wish>(raw).is_err(), "{raw}");
        }
    }
}
