//! `<NAME>_REQUIRED`: claims that must be there, and what they must say.

use serde_json::{Map, Value};

/// One claim. A list meets it if one of its elements does; `null` and objects never do.
///
/// | written | the claim |
/// |---|---|
/// | `name` | is there, whatever it says |
/// | `name=true`, `name=false` | is the boolean |
/// | `name=42` | is that number, or that text |
/// | `name=value` | is that text |
/// | `name="42"`, `name="true"` | is that text and nothing else |
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Required {
    name: String,
    value: Option<Wanted>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Text(String),
    /// Without quotes: the claim's own type decides how it is compared.
    Bare(String),
}

impl Required {
    /// Nothing if it has no name, an empty value, or a quote that is not closed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(wanted(value)?)),
            None => (text, None),
        };
        (!name.is_empty()).then(|| Self { name: name.to_owned(), value })
    }

    pub(crate) fn is_met(&self, claims: &Map<String, Value>) -> bool {
        match (claims.get(&self.name), &self.value) {
            (None | Some(Value::Null), _) => false,
            (Some(_), None) => true,
            (Some(Value::Array(list)), Some(wanted)) => list.iter().any(|value| wanted.is(value)),
            (Some(value), Some(wanted)) => wanted.is(value),
        }
    }
}

fn wanted(text: &str) -> Option<Wanted> {
    if !text.contains('"') {
        return (!text.is_empty()).then(|| Wanted::Bare(text.to_owned()));
    }
    let within = text.strip_prefix('"')?.strip_suffix('"')?;
    (!within.contains('"')).then(|| Wanted::Text(within.to_owned()))
}

impl Wanted {
    fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(wanted), Value::String(text)) => text == wanted,
            (Self::Bare(wanted), Value::String(text)) => {
                text == wanted && !["true", "false"].contains(&wanted.as_str())
            }
            (Self::Bare(wanted), Value::Bool(truth)) => truth.to_string() == *wanted,
            (Self::Bare(wanted), Value::Number(number)) => number.to_string() == *wanted,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_compared_with_the_claims_type() {
        for (required, met, unmet) in [
            ("a", vec![json!("x"), json!(false), json!(0), json!([]), json!({})], vec![json!(null)]),
            (
                "a=true",
                vec![json!(true), json!([false, true])],
                vec![
                    json!("true"),
                    json!(1),
                    json!(false),
                    json!(null),
                    json!(["true"]),
                    json!({"true": true}),
                ],
            ),
            ("a=false", vec![json!(false)], vec![json!("false"), json!(0), json!(""), json!(null)]),
            (
                "a=42",
                vec![json!(42), json!("42"), json!([7, 42]), json!(["42"])],
                vec![json!(420), json!(4), json!("42 "), json!(true), json!([[42]]), json!({"42": 42})],
            ),
            ("a=-1.5", vec![json!(-1.5), json!("-1.5")], vec![json!(1.5), json!(-1)]),
            (
                "a=example.com",
                vec![json!("example.com"), json!(["x", "example.com"])],
                vec![
                    json!("example.com.evil"),
                    json!("Example.com"),
                    json!(["x"]),
                    json!("x example.com"),
                    json!([]),
                ],
            ),
            ("a=\"42\"", vec![json!("42")], vec![json!(42)]),
            ("a=\"true\"", vec![json!("true")], vec![json!(true)]),
            ("a=\"\"", vec![json!("")], vec![json!(null), json!([])]),
            ("a=b=c", vec![json!("b=c")], vec![json!("b")]),
        ] {
            let required = Required::parse(required).unwrap();
            let is_met = |value: &Value| required.is_met(json!({"a": value}).as_object().unwrap());
            assert!(met.iter().all(is_met), "{required:?}");
            assert!(!unmet.iter().any(is_met), "{required:?}");
            assert!(!required.is_met(json!({"b": "x"}).as_object().unwrap()), "{required:?}");
        }
    }

    #[test]
    fn an_incomplete_required_claim_is_refused() {
        for bad in ["", "=", "=x", "a=", "a=\"", "a=\"x", "a=x\"", "a=\"x\"y\""] {
            assert_eq!(Required::parse(bad), None, "{bad}");
        }
    }
}
