//! Parameters from the raw query or form (#4): those that are read are checked strictly, and the others decide nothing
//! (RFC 6749 §3.1, §4.1.2).

use std::{borrow::Cow, collections::BTreeMap, fmt};

use oauth::Error;
use serde::{
    Deserializer,
    de::{DeserializeOwned, IntoDeserializer, Visitor, value::MapDeserializer},
};

/// The longest text that is taken over, in characters.
const LONGEST_TEXT: usize = 512;

/// Reads `a=b&c=d` into a struct. Of the parameters that are its fields, one that comes twice is refused, and so is one with a
/// broken escape, a control character or bytes that are not UTF-8. All others are ignored: the site that sent the browser here may have added anything. A map has every parameter there is for a field.
pub(crate) fn read<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Error> {
    Ok(T::deserialize(Parameters { raw, others: Others::Ignored })?)
}

/// The same, but every parameter must be right, and one that the struct does not know is refused where the struct says
/// `deny_unknown_fields`: for an API, whose caller misspelt it.
pub(crate) fn read_whole<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Error> {
    Ok(T::deserialize(Parameters { raw, others: Others::Checked })?)
}

/// A parameter that is only shown, logged or compared with what is known. It is cleaned and never refused: what is not UTF-8 or
/// a broken escape becomes a replacement character, control characters go, and one that comes twice says nothing.
pub(crate) fn text(raw: &[u8], name: &str) -> Option<String> {
    let mut named = pairs(raw).filter(|(key, _)| decode(key).is_some_and(|key| key == name));
    let (_, value) = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let value = unplus(value);
    let value = percent_encoding::percent_decode(&value).decode_utf8_lossy();
    Some(value.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect())
}

/// Every parameter whose name is text, decoded: nothing for a value that is no text. What is wrong with one then depends on who
/// reads it.
pub(crate) fn each(raw: &[u8]) -> Vec<(String, Option<String>)> {
    let read = |(name, value)| Some((decode(name)?.into_owned(), decode(value).map(Cow::into_owned)));
    pairs(raw).filter_map(read).collect()
}

/// Names and values, as they came.
fn pairs(raw: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    raw.split(|b| *b == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut halves = pair.splitn(2, |b| *b == b'=');
        (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
    })
}

/// Decodes strictly: no broken escape, no bytes that are not UTF-8, no control characters.
fn decode(raw: &[u8]) -> Option<Cow<'_, str>> {
    if raw.iter().all(|b| is_plain(*b)) {
        return std::str::from_utf8(raw).ok().map(Cow::Borrowed);
    }
    let whole = |at: usize| raw.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
    if raw.iter().enumerate().any(|(at, b)| *b == b'%' && !whole(at)) {
        return None;
    }
    let raw = unplus(raw);
    let decoded = percent_encoding::percent_decode(&raw).decode_utf8().ok()?;
    (!decoded.contains(char::is_control)).then(|| Cow::Owned(decoded.into_owned()))
}

/// Whether it stands for itself, as all of a token do.
fn is_plain(b: u8) -> bool {
    matches!(b, b' '..=b'~') && b != b'%' && b != b'+'
}

/// A plus is a space (WHATWG URL §5.1).
fn unplus(raw: &[u8]) -> Vec<u8> {
    raw.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect()
}

/// What becomes of parameters that are no fields of the struct.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    Ignored,
    Checked,
}

/// A query or a form.
struct Parameters<'a> {
    raw: &'a [u8],
    others: Others,
}

impl Parameters<'_> {
    /// Those that are to be checked, once each.
    fn checked(&self, fields: Option<&[&str]>) -> Result<BTreeMap<String, String>, Flaw> {
        let fields = fields.filter(|_| self.others == Others::Ignored);
        let mut found = BTreeMap::new();
        for (name, value) in pairs(self.raw) {
            let name = match (decode(name), fields) {
                (Some(name), Some(fields)) if fields.contains(&&*name) => name,
                (_, Some(_)) => continue,
                (Some(name), None) => name,
                (None, None) => return Err(Flaw::Unreadable),
            };
            let value = decode(value).ok_or(Flaw::Unreadable)?;
            if found.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(Flaw::Repeated);
            }
        }
        Ok(found)
    }

    fn visit<'de, V: Visitor<'de>>(&self, fields: Option<&[&str]>, visitor: V) -> Result<V::Value, Flaw> {
        let checked = self.checked(fields)?.into_iter();
        visitor.visit_map(MapDeserializer::new(checked.map(|(name, value)| (name, Text(value)))))
    }
}

impl<'de> Deserializer<'de> for Parameters<'_> {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.visit(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        self.visit(Some(fields), visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

/// What is wrong with the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Unreadable,
    Repeated,
    Missing,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "a parameter is not valid UTF-8",
            Self::Repeated => "a parameter is given more than once",
            Self::Missing => "a parameter is missing or not known here",
        })
    }
}

impl std::error::Error for Flaw {}

impl serde::de::Error for Flaw {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Missing
    }
}

impl From<Flaw> for Error {
    fn from(flaw: Flaw) -> Self {
        Self::invalid_request(flaw.to_string())
    }
}

/// A parameter's value: text, which may stand for an optional text too.
struct Text(String);

impl<'de> IntoDeserializer<'de, Flaw> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Text {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
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
    use std::collections::HashMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Params {
        hint: Option<String>,
        limit: Option<u32>,
    }

    fn params(hint: Option<&str>, limit: Option<u32>) -> Params {
        Params { hint: hint.map(str::to_owned), limit }
    }

    #[test]
    fn reads_a_form() {
        for read in [read::<Params>, read_whole::<Params>] {
            assert_eq!(read(b"hint=a%20b+c&limit=7").unwrap(), params(Some("a b c"), Some(7)));
            assert_eq!(read(b"").unwrap(), params(None, None));
            assert_eq!(read(b"&&hint=%C3%A9=x&").unwrap(), params(Some("é=x"), None));
        }
    }

    #[test]
    fn a_parameter_that_is_read_comes_once_and_complete() {
        // #4
        for raw in [
            &b"hint=a&hint=b"[..],
            b"hint=a&hint=a",
            b"hint=&hint",
            b"hint=a&hin%74=b",
            b"%68int=a&x=1&hint=b",
            b"hint=%ff",
            b"hint=%E9",
            b"hint=\xe9",
            b"hint=%zz",
            b"hint=%0a",
            b"hint=%0D%0A",
            b"hint=%00",
            b"hint=%C2%85",
            b"limit=x",
            b"limit=-1",
            b"hint=%",
            b"hint=100%",
            b"hint=%4",
        ] {
            for read in [read::<Params>, read_whole::<Params>] {
                assert!(read(raw).is_err(), "{}", raw.escape_ascii());
            }
            assert!(raw.starts_with(b"limit") || read::<HashMap<String, String>>(raw).is_err());
        }
    }

    /// What people really add: texts in Latin-1, line ends, per cent signs, marks of campaigns.
    const UNREAD: [&[u8]; 14] = [
        b"error_description=AADSTS65004:%20declined.%0d%0aTrace%20ID:%20x",
        b"error_description=refus%E9",
        b"error_description=refus\xe9",
        b"error_description=100%",
        b"error_description=%u00e9",
        b"other=1&other=2",
        b"other[]=1&other[]=2",
        b"%E9=1",
        b"%=1",
        b"%00=1",
        b"=1&=2",
        b"HINT=1&Hint=2",
        b"hint%00=1&hint%20=2&+hint=3",
        b"hint[]=1&hint.x=2&hin=3&hintt=4",
    ];

    #[test]
    fn unknown_parameters_have_no_effect() {
        // #4: RFC 6749 §4.1.2.
        for other in UNREAD {
            let around = [other, b"&hint=a&", other].concat();
            assert_eq!(read::<Params>(&around).unwrap(), params(Some("a"), None), "{}", other.escape_ascii());
            assert_eq!(read::<Params>(other).unwrap(), params(None, None), "{}", other.escape_ascii());
            // And it makes nothing good that is not.
            let repeated = [other, b"&hint=a&", other, b"&hint=a"].concat();
            assert!(read::<Params>(&repeated).is_err(), "{}", other.escape_ascii());
            assert!(read_whole::<Params>(&around).is_err(), "{}", other.escape_ascii());
        }
    }

    #[test]
    fn each_parameter_is_there_as_often_as_it_came() {
        // #4
        let read = each(b"a=1&a=2&b&=x&%zz=3&c=%0a&d=%C3%A9+x&e%3d=1");
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        let expected = [
            ("a", Some("1")),
            ("a", Some("2")),
            ("b", Some("")),
            ("", Some("x")),
            ("c", None),
            ("d", Some("é x")),
            ("e=", Some("1")),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_text_is_cleaned_and_never_refused() {
        // #4, #10
        let long = ["t=".as_bytes(), &b"x".repeat(5000)].concat();
        for (raw, said) in [
            (&b"t=a+b%20c"[..], Some("a b c".to_owned())),
            (b"t=two%0d%0alines%00%C2%85", Some("twolines".to_owned())),
            (b"t=refus%E9", Some("refus\u{fffd}".to_owned())),
            (b"t=refus\xe9", Some("refus\u{fffd}".to_owned())),
            (b"t=100%", Some("100%".to_owned())),
            (b"t", Some(String::new())),
            (b"t=a&t=a", None),
            (b"t=a&%74=b", None),
            (b"T=a&tt=b&t[]=c", None),
            (&long, Some("x".repeat(LONGEST_TEXT))),
        ] {
            assert_eq!(text(raw, "t"), said, "{}", raw.escape_ascii());
        }
    }
}
