//! The parameters of an authorization request, from a query, a form or a pushed request.

use std::{collections::BTreeMap, fmt};

use url::form_urlencoded::Serializer;

use crate::subject;

/// Those that are read, each once, but for `resource`. Any other has no effect (RFC 6749 §3.1).
const READ: [&str; 19] = [
    "client_id",
    "redirect_uri",
    "request_uri",
    "request",
    "response_type",
    "response_mode",
    "state",
    "scope",
    "resource",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "prompt",
    "max_age",
    "acr_values",
    "login_hint",
    "id_token_hint",
    "claims",
    "ui_locales",
];

/// The one that may come several times (RFC 8707 §2).
const RESOURCE: &str = "resource";

/// What is wrong with a parameter that is read (#4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is there twice.
    Repeated,
    /// It is no text: a broken escape, a control character, bytes that are not UTF-8.
    Unreadable,
}

impl Flaw {
    /// As the caller reads it.
    pub fn of(self, name: &str) -> oauth::Error {
        oauth::Error::invalid_request(match self {
            Self::Repeated => format!("the parameter {name} is given more than once"),
            Self::Unreadable => format!("the parameter {name} is not valid text"),
        })
    }
}

/// The parameters that are read. One without a value is one that is absent (RFC 6749 §3.1). `Debug` shows no value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    values: BTreeMap<&'static str, Result<String, Flaw>>,
    resources: Vec<String>,
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl Parameters {
    /// Names and values as they came, decoded; nothing for a value that is no text.
    pub fn of(pairs: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        let mut read = Self::default();
        for (name, value) in pairs {
            if let Some(name) = READ.into_iter().find(|known| *known == name) {
                read.add(name, value);
            }
        }
        read
    }

    /// What [`Parameters::encode`] wrote.
    pub fn decode(encoded: &str) -> Self {
        let pairs = url::form_urlencoded::parse(encoded.as_bytes());
        Self::of(pairs.map(|(name, value)| (name.into_owned(), Some(value.into_owned()))))
    }

    fn add(&mut self, name: &'static str, value: Option<String>) {
        let value = match value {
            Some(value) if value.is_empty() => return,
            Some(value) if name == RESOURCE => return self.resources.push(value),
            Some(value) => Ok(value),
            None => Err(Flaw::Unreadable),
        };
        let value = if self.values.contains_key(name) { Err(Flaw::Repeated) } else { value };
        self.values.insert(name, value);
    }

    /// The value of a parameter, if it is there and can be read.
    pub fn text(&self, name: &str) -> Result<Option<&str>, oauth::Error> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(flaw)) => Err(flaw.of(name)),
        }
    }

    /// Every `resource`.
    pub fn resources(&self) -> &[String] {
        &self.resources
    }

    /// The id of the one person that the request is for, if `claims` names one (OpenID Connect Core §5.5.1).
    pub fn subject(&self) -> Option<String> {
        subject::named(self.text("claims").ok().flatten())
    }

    /// The first parameter that cannot be read.
    pub fn flaw(&self) -> Option<oauth::Error> {
        READ.into_iter().find_map(|name| self.text(name).err())
    }

    /// All of them as a query or a form has them, always in the same order. Those that cannot be read are left out.
    pub fn encode(&self) -> String {
        let mut encoded = Serializer::new(String::new());
        for name in READ {
            if let Ok(Some(value)) = self.text(name) {
                encoded.append_pair(name, value);
            }
            for resource in self.resources.iter().filter(|_| name == RESOURCE) {
                encoded.append_pair(name, resource);
            }
        }
        encoded.finish()
    }

    /// The same as the request of this client, where it does not say whose it is: the client has proven that elsewhere.
    #[must_use]
    pub fn of_client(mut self, client_id: &str) -> Self {
        self.values.entry("client_id").or_insert_with(|| Ok(client_id.to_owned()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, Option<&str>)]) -> Parameters {
        Parameters::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))))
    }

    #[test]
    fn what_is_read_comes_once_and_as_text() {
        // #4
        let read = pairs(&[
            ("client_id", Some("a")),
            ("scope", Some("a")),
            ("scope", Some("a")),
            ("nonce", None),
            ("prompt", Some("")),
            ("prompt", Some("login")),
            ("utm_source", None),
            ("Client_id", Some("b")),
            ("resource", Some("https://a.example")),
            ("resource", Some("https://b.example")),
        ]);
        assert_eq!(read.text("client_id"), Ok(Some("a")));
        assert_eq!(read.text("prompt"), Ok(Some("login")));
        assert_eq!(read.text("state"), Ok(None));
        assert_eq!(read.resources(), ["https://a.example", "https://b.example"]);
        assert_eq!(
            read.text("scope").unwrap_err().description(),
            "the parameter scope is given more than once"
        );
        assert_eq!(read.text("nonce").unwrap_err().description(), "the parameter nonce is not valid text");
        assert_eq!(read.flaw(), read.text("scope").err());
        assert_eq!(pairs(&[("state", Some("x"))]).flaw(), None);
        assert!(pairs(&[("resource", None)]).flaw().is_some());
    }

    #[test]
    fn encoding_and_decoding_change_nothing() {
        let state = "a b+c&d=é%\u{1f511}~-._*";
        let read = pairs(&[
            ("state", Some(state)),
            ("resource", Some("https://b.example/?q")),
            ("client_id", Some("c")),
            ("resource", Some("https://a.example")),
        ]);
        assert_eq!(Parameters::decode(&read.encode()), read);
        assert_eq!(Parameters::decode(&read.encode()).text("state"), Ok(Some(state)));
        assert!(read.encode().starts_with("client_id=c&state="), "{}", read.encode());
    }
}
