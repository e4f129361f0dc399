//! From the attributes of a row to a record, without a copy of the row in between: every request reads several rows.

use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, IntoDeserializer, Visitor,
        value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use crate::record::Item;

/// Why a row is no such record. It says nothing of the row, which may hold secrets (#103).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mismatch;

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the row is no such record")
    }
}

impl std::error::Error for Mismatch {}

impl serde::de::Error for Mismatch {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// The record in these attributes, but for those with these names.
pub(crate) fn read<T: DeserializeOwned>(item: Item, but: &[&str]) -> Result<T, Mismatch> {
    let attributes = item.into_iter().filter(|(name, _)| !but.contains(&name.as_str()));
    T::deserialize(members(attributes))
}

fn members(
    attributes: impl Iterator<Item = (String, AttributeValue)>,
) -> MapDeserializer<'static, impl Iterator<Item = (String, Attribute)>, Mismatch> {
    MapDeserializer::new(attributes.map(|(name, value)| (name, Attribute(value))))
}

/// One attribute.
struct Attribute(AttributeValue);

impl IntoDeserializer<'_, Mismatch> for Attribute {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Attribute {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            AttributeValue::S(text) => visitor.visit_string(text),
            AttributeValue::N(digits) => number(&digits, visitor),
            AttributeValue::Bool(is) => visitor.visit_bool(is),
            AttributeValue::B(bytes) => visitor.visit_byte_buf(bytes.into_inner()),
            AttributeValue::Null(_) => visitor.visit_unit(),
            AttributeValue::M(map) => visitor.visit_map(members(map.into_iter())),
            AttributeValue::L(list) => list_of(list.into_iter().map(Attribute), visitor),
            AttributeValue::Ss(texts) => list_of(texts.into_iter(), visitor),
            AttributeValue::Ns(all) => {
                list_of(all.into_iter().map(AttributeValue::N).map(Attribute), visitor)
            }
            AttributeValue::Bs(all) => {
                list_of(all.into_iter().map(AttributeValue::B).map(Attribute), visitor)
            }
            _ => Err(Mismatch),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    /// A variant without content is its name; one with content is a map of the one to the other.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.0 {
            AttributeValue::S(name) => {
                visitor.visit_enum(IntoDeserializer::<Mismatch>::into_deserializer(name))
            }
            AttributeValue::M(one) if one.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(members(one.into_iter())))
            }
            _ => Err(Mismatch),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

fn list_of<'de, V: Visitor<'de>, T: IntoDeserializer<'de, Mismatch>>(
    items: impl Iterator<Item = T>,
    visitor: V,
) -> Result<V::Value, Mismatch> {
    let mut items = SeqDeserializer::new(items);
    let list = visitor.visit_seq(&mut items)?;
    items.end()?;
    Ok(list)
}

/// DynamoDB's numbers are decimal texts.
fn number<'de, V: Visitor<'de>>(digits: &str, visitor: V) -> Result<V::Value, Mismatch> {
    if let Ok(number) = digits.parse() {
        return visitor.visit_i64(number);
    }
    if let Ok(number) = digits.parse() {
        return visitor.visit_u64(number);
    }
    visitor.visit_f64(digits.parse().map_err(|_| Mismatch)?)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashMap};

    use serde::{Deserialize, Serialize};
    use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

    use super::*;

    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
    struct Whole {
        text: String,
        small: u8,
        large: u64,
        negative: i64,
        half: f64,
        is: bool,
        nothing: Option<String>,
        something: Option<u32>,
        list: Vec<Inner>,
        set: BTreeSet<String>,
        map: BTreeMap<String, Option<i64>>,
        kinds: Vec<Kind>,
        wrapped: Wrapped,
        #[serde(flatten)]
        more: BTreeMap<String, serde_json::Value>,
    }

    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
    struct Inner {
        #[serde(default)]
        name: String,
        pair: (u8, String),
    }

    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
    struct Wrapped(String);

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Of(String),
        Pair(u8, u8),
        With { count: u32 },
    }

    fn whole() -> Whole {
        Whole {
            text: "é".to_owned(),
            small: 255,
            large: u64::MAX,
            negative: i64::MIN,
            half: 0.5,
            is: true,
            something: Some(7),
            list: vec![Inner { name: "a".to_owned(), pair: (1, "b".to_owned()) }],
            set: BTreeSet::from(["x".to_owned(), "y".to_owned()]),
            map: BTreeMap::from([("some".to_owned(), Some(-1)), ("none".to_owned(), None)]),
            kinds: vec![Kind::Plain, Kind::Of("z".to_owned()), Kind::Pair(1, 2), Kind::With { count: 3 }],
            wrapped: Wrapped("w".to_owned()),
            more: BTreeMap::from([("extra".to_owned(), serde_json::json!({"deep": [1, "two", null, true]}))]),
            ..Whole::default()
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let item: Item = to_item(whole()).unwrap();
        assert_eq!(read::<Whole>(item.clone(), &[]).unwrap(), whole());
        // As the library that writes reads it.
        assert_eq!(from_item::<Whole>(item).unwrap(), whole());
    }

    #[test]
    fn what_is_not_there_is_missing_and_what_is_left_out_is_not_there() {
        let mut item: Item = to_item(whole()).unwrap();
        item.remove("nothing");
        item.insert("pk".to_owned(), AttributeValue::S("USER#x".to_owned()));
        assert_eq!(read::<Whole>(item.clone(), &["pk"]).unwrap(), whole());
        assert!(read::<Whole>(item.clone(), &[]).unwrap().more.contains_key("pk"));
        assert!(read::<Whole>(item.clone(), &["text"]).is_err());
        item.insert("something".to_owned(), AttributeValue::Null(true));
        assert_eq!(read::<Whole>(item, &["pk"]).unwrap().something, None);
    }

    #[test]
    fn sets_are_lists_and_bytes_are_bytes() {
        let texts = AttributeValue::Ss(vec!["a".to_owned()]);
        let numbers = AttributeValue::Ns(vec!["1".to_owned(), "2".to_owned()]);
        let item = HashMap::from([("set".to_owned(), texts), ("numbers".to_owned(), numbers)]);
        #[derive(Debug, Deserialize, PartialEq)]
        struct Sets {
            set: Vec<String>,
            numbers: Vec<u8>,
        }
        assert_eq!(read(item, &[]), Ok(Sets { set: vec!["a".to_owned()], numbers: vec![1, 2] }));
    }

    #[test]
    fn another_type_is_refused_and_nothing_is_said_of_it() {
        // #103
        let good: Item = to_item(whole()).unwrap();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let digits = |digits: &str| AttributeValue::N(digits.to_owned());
        for (name, value) in [
            ("small", digits("256")),
            ("small", digits("-1")),
            ("small", digits("1.5")),
            ("small", digits("canary")),
            ("small", text("1")),
            ("large", digits("18446744073709551616")),
            ("text", digits("1")),
            ("text", AttributeValue::Null(true)),
            ("is", text("canary")),
            ("list", text("canary")),
            ("list", AttributeValue::M(HashMap::new())),
            ("kinds", AttributeValue::L(vec![text("canary")])),
            ("kinds", AttributeValue::L(vec![AttributeValue::M(HashMap::new())])),
            ("wrapped", AttributeValue::Bool(true)),
        ] {
            let mut item = good.clone();
            item.insert(name.to_owned(), value.clone());
            let said = read::<Whole>(item, &[]).unwrap_err().to_string();
            assert_eq!(said, "the row is no such record", "{name} {value:?}");
        }
    }
}
