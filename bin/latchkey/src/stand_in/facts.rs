//! What is true of one sign-in, and the JSON templates that it is filled into.

use serde_json::{Map, Value};

/// Values by their names in templates.
#[derive(Debug)]
pub(super) struct Facts(pub(super) Vec<(&'static str, Value)>);

impl Facts {
    /// A template of an object, in which a text such as `"{name}"` stands for a value.
    pub(super) fn object(&self, template: &str) -> Result<Map<String, Value>, serde_json::Error> {
        let mut object: Map<String, Value> = serde_json::from_str(template)?;
        object.values_mut().for_each(|value| self.fill(value));
        Ok(object)
    }

    fn fill(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                let named = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
                let fact = self.0.iter().find(|(name, _)| Some(*name) == named);
                if let Some((_, fact)) = fact {
                    *value = fact.clone();
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.fill(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.fill(value)),
            _ => {}
        }
    }
}

/// Adds members to an object; one that is `null` takes its namesake away.
pub(super) fn merge(into: &mut Map<String, Value>, more: Map<String, Value>) {
    for (name, value) in more {
        if value.is_null() {
            into.remove(&name);
        } else {
            into.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_persons_input_cannot_change_a_template() {
        let facts = Facts(vec![("name", json!("{email}\",\"x\":1")), ("email", json!("a@b.example"))]);
        let filled = facts.object(r#"{"a":"{name}","b":["{email}"],"c":"{other}"}"#).unwrap();
        assert_eq!(
            Value::Object(filled),
            json!({"a": "{email}\",\"x\":1", "b": ["a@b.example"], "c": "{other}"})
        );
    }

    #[test]
    fn null_removes_a_claim() {
        let mut claims = json!({"a": 1, "b": 2}).as_object().unwrap().clone();
        merge(&mut claims, json!({"a": null, "c": 3}).as_object().unwrap().clone());
        assert_eq!(Value::Object(claims), json!({"b": 2, "c": 3}));
    }
}
