//! What is typed into a form of many fields.

use std::collections::BTreeMap;

use oauth::{Code, Error, Scope, Sentence};
use web::Request;

/// Each field once, by its name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Those of the request.
    pub(crate) fn of(request: &Request) -> Result<Self, Error> {
        let mut all = BTreeMap::new();
        for (name, value) in request.parameters()? {
            let value = value.ok_or_else(|| wrong(Sentence::Unreadable))?;
            if all.insert(name, value).is_some() {
                return Err(wrong(Sentence::Unreadable).with_detail("A field is there twice"));
            }
        }
        Ok(Self(all))
    }

    /// The same with this in a field.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: Option<&str>) -> Self {
        self.0.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        self
    }

    /// The same with these boxes checked.
    #[must_use]
    pub(crate) fn checked<'a>(self, group: &str, names: impl IntoIterator<Item = &'a String>) -> Self {
        names.into_iter().fold(self, |fields, name| fields.with(&format!("{group}.{name}"), Some("on")))
    }

    /// What is in a field, without the blanks around it; nothing if there is nothing.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// The words in a field.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        self.text(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    }

    /// The scopes in a field.
    pub(crate) fn scope(&self, name: &str) -> Result<Scope, Error> {
        self.words(name).join(" ").parse().map_err(|_| wrong(Sentence::ScopeUnfit))
    }

    /// Whether a box is checked.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The names of the boxes of a group that are checked.
    pub(crate) fn chosen(&self, group: &str) -> Vec<String> {
        let of_group = |name: &String| Some(name.strip_prefix(group)?.strip_prefix('.')?.to_owned());
        self.0.keys().filter_map(of_group).collect()
    }
}

fn wrong(sentence: Sentence) -> Error {
    Error::said(Code::InvalidRequest, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_were_filled() {
        let names = ["a.b".to_owned(), "c".to_owned()];
        let fields = Fields::default().with("x", Some(" one  two ")).with("y", None).checked("role", &names);
        assert_eq!((fields.text("x"), fields.text("y")), (Some("one  two"), None));
        assert_eq!(fields.words("x"), ["one", "two"]);
        assert_eq!(fields.scope("x").unwrap().to_string(), "one two");
        assert!(fields.scope("y").unwrap().is_empty());
        assert_eq!(fields.chosen("role"), names);
        assert!(fields.is_on("role.c") && !fields.is_on("role.d") && fields.chosen("rol").is_empty());
        assert!(Fields::default().with("x", Some("a\"b")).scope("x").is_err());
    }
}
