//! The parameters of a query or a form.

use std::collections::BTreeMap;

use axum::extract::{RawForm, rejection::RawFormRejection};
use url::form_urlencoded;

use super::Refused;

/// Parameters, each given once at most; an empty one counts as left out (RFC 6749 §3.1).
#[derive(Debug)]
pub(super) struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads `a=b&c=d`. A name that comes twice is refused (#4), and so are bytes that are not UTF-8.
    pub(super) fn parse(raw: &[u8]) -> Result<Self, Refused> {
        let mut all = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(raw) {
            // The parser puts this character where the bytes are not UTF-8.
            if name.contains('\u{FFFD}') || value.contains('\u{FFFD}') {
                return Err(Refused::invalid("a parameter is not UTF-8"));
            }
            if all.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(Refused::invalid(format!("the parameter {name} is given more than once")));
            }
        }
        Ok(Self(all))
    }

    /// Reads a form, if it is one and not too long.
    pub(super) fn form(form: Result<RawForm, RawFormRejection>) -> Result<Self, Refused> {
        match form {
            Ok(RawForm(body)) => Self::parse(&body),
            Err(rejection) => Err(Refused::invalid(rejection.body_text()).with_status(rejection.status())),
        }
    }

    /// A parameter, if it is there.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(super) fn need(&self, name: &str) -> Result<&str, Refused> {
        self.get(name).ok_or_else(|| Refused::invalid(format!("the parameter {name} is missing")))
    }
}
