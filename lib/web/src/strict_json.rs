//! JSON as it is read from a caller: no member twice, however deep, and no list in place of an object (#82).
//!
//! serde would read `["a", "b"]` as the members of a struct in the order of the code, without their names, and the last of two members as
//! the value in a map.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
};
use serde_json::{Error, Map, Value};

/// A value in which every member is there once. What is read from it has objects where it says so.
pub(crate) struct Strict(Value);

impl Strict {
    pub(crate) fn is_object(&self) -> bool {
        self.0.is_object()
    }
}

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree).map(Self)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is repeated"));
            }
        }
        Ok(object.into())
    }
}

impl<'de> Deserializer<'de> for Strict {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(members) => visitor
                .visit_map(MapDeserializer::new(members.into_iter().map(|(name, it)| (name, Self(it))))),
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Self))),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.is_object() { self.deserialize_any(visitor) } else { Err(Error::custom("this is no object")) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(_) => self.0.deserialize_enum(name, variants, visitor),
            _ => Err(Error::custom("this is no word")),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Strict {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        inner: Option<Inner>,
        #[serde(default)]
        list: Vec<Inner>,
        #[serde(default)]
        map: BTreeMap<String, i64>,
        word: Option<Word>,
        #[serde(default)]
        number: f64,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        name: String,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        On,
    }

    fn read(text: &str) -> Result<Outer, Error> {
        Outer::deserialize(serde_json::from_str::<Strict>(text)?)
    }

    #[test]
    fn what_is_right_is_read_as_ever() {
        let text = r#"{"inner": {"name": "ä"}, "list": [{"name": "b"}], "map": {"a": -1}, "word": "on", "number": 1.5}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_str(text).unwrap());
        assert_eq!(read("{}").unwrap(), serde_json::from_str("{}").unwrap());
        assert_eq!(read(r#"{"inner": null}"#).unwrap().inner, None);
    }

    #[test]
    fn no_member_comes_twice_and_no_list_is_an_object_however_deep() {
        // #82
        for (text, usual) in [
            (r#"{"map": {"a": 1, "a": 2}}"#, true),
            (r#"{"map": {"a": 1, "\u0061": 1}}"#, true),
            (r#"{"inner": ["name"]}"#, true),
            (r#"{"list": [["name"]]}"#, true),
            (r#"{"word": {"on": null}}"#, true),
            (r#"{"inner": {"name": "a", "name": "b"}}"#, false),
            (r#"{"list": [{"name": "a", "name": "b"}]}"#, false),
            (r#"{"inner": {"name": 1}}"#, false),
            (r#"{"other": 1}"#, false),
            (r#"[]"#, false),
            (r#"{"inner": {"name": "a"}} {}"#, false),
        ] {
            assert!(read(text).is_err(), "{text}");
            assert_eq!(serde_json::from_str::<Outer>(text).is_ok(), usual, "{text}");
        }
    }
}
