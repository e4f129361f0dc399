//! JSON that means one thing (RFC 8725 §2.6, §3.7; RFC 7519 §4).

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, map::Entry};

use crate::JoseError;

/// How many arrays and objects may lie within one another.
pub const MAX_DEPTH: usize = 16;

/// One JSON value and nothing behind it: UTF-8, no member twice at any depth (however it is escaped), at most
/// [`MAX_DEPTH`] levels. The caller bounds the length.
pub fn parse_strict(bytes: &[u8]) -> Result<Value, JoseError> {
    let text = std::str::from_utf8(bytes).map_err(|_| JoseError::Utf8)?;
    let fault = Cell::new(JoseError::Json);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, fault: &fault }.deserialize(&mut deserializer).map_err(|_| fault.get())?;
    deserializer.end().map_err(|_| JoseError::Json)?;
    Ok(value)
}

/// The same, for what must be an object.
pub fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, JoseError> {
    match parse_strict(bytes)? {
        Value::Object(map) => Ok(map),
        _ => Err(JoseError::NotObject),
    }
}

/// Builds a value; notes why it would not.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    fault: &'a Cell<JoseError>,
}

impl Strict<'_> {
    fn refuse<T, E: serde::de::Error>(self, why: JoseError) -> Result<T, E> {
        self.fault.set(why);
        Err(E::custom(why))
    }

    /// One level further down.
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            self.refuse(JoseError::Depth)
        } else {
            Ok(Self { depth: self.depth + 1, ..self })
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom(JoseError::Json))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            match map.entry(name) {
                Entry::Occupied(_) => return self.refuse(JoseError::Duplicate),
                Entry::Vacant(place) => place.insert(access.next_value_seed(inner)?),
            };
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Value, JoseError> {
        parse_strict(text.as_bytes())
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#" {"a":[null,true,-1,18446744073709551615,1.5,"\u00e9\ud83d\ude00"],"b":{"a":{}}} "#;
        assert_eq!(parse(text), Ok(serde_json::from_str(text).unwrap()));
        assert_eq!(parse("1e300").map(|v| (v.as_u64(), v.as_i64())), Ok((None, None)));
        assert_eq!(parse("1.0").map(|v| (v.as_u64(), v.as_i64())), Ok((None, None)));
    }

    #[test]
    fn no_member_occurs_twice_at_any_depth() {
        // #65
        for bad in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"a":3}"#,
            r#"{"x":{"a":1,"a":2}}"#,
            r#"[[{"x":[{"a":1,"a":2}]}]]"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"\u00e9":1,"é":2}"#,
            r#"{"/":1,"\/":2}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert_eq!(parse(bad), Err(JoseError::Duplicate), "{bad}");
        }
        // Names differ when their characters do, however alike they look; a name may return at another depth.
        assert!(parse(r#"{"a":1,"A":2,"x":{"a":1},"é":1,"e\u0301":2}"#).is_ok());
    }

    #[test]
    fn is_sixteen_levels_deep_at_most() {
        // #65
        let arrays = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        let objects = |n: usize| format!("{}1{}", r#"{"a":"#.repeat(n), "}".repeat(n));
        assert!(parse(&arrays(16)).is_ok() && parse(&objects(16)).is_ok());
        assert_eq!((parse(&arrays(17)), parse(&objects(17))), (Err(JoseError::Depth), Err(JoseError::Depth)));
        assert_eq!(parse(&"[".repeat(100_000)), Err(JoseError::Depth));
    }

    #[test]
    fn is_one_value_of_utf8() {
        // #65
        for bad in [
            "",
            " ",
            "{}x",
            "{} {}",
            "[1,]",
            "{a:1}",
            "{'a':1}",
            "NaN",
            "01",
            "+1",
            "1e999",
            "\u{feff}{}",
            "\"\\ud800\"",
        ] {
            assert_eq!(parse(bad), Err(JoseError::Json), "{bad:?}");
        }
        for bad in [&b"\"\xff\""[..], b"\"\xc0\xaf\"", b"\"\xed\xa0\x80\"", b"\xff\xfe{\x00}\x00"] {
            assert_eq!(parse_strict(bad), Err(JoseError::Utf8), "{bad:?}");
        }
    }

    #[test]
    fn an_object_is_an_object() {
        assert!(parse_object(b"{}").is_ok());
        assert_eq!(parse_object(b"[]"), Err(JoseError::NotObject));
    }
}
