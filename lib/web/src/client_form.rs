//! The form that an OAuth client posts to an endpoint of its own: token, revocation, introspection (RFC 6749 §3.2).

use std::borrow::Cow;

use http::{Method, header};
use oauth::Error;
use serde::de::DeserializeOwned;

use crate::{Request, params, request::FORM};

/// The longest form (#44).
const LONGEST: usize = 8 * 1024;

impl Request {
    /// Refuses any other method with 405, at an endpoint that takes a form and has a route for GET so that it can say so (RFC 6749 §3.2,
    /// RFC 9110 §15.5.6).
    pub fn only_post(&self) -> Result<(), Error> {
        if *self.method() == Method::POST {
            return Ok(());
        }
        Err(Error::invalid_request("this endpoint takes a form by POST").with_status(405))
    }

    /// The form in the body: `application/x-www-form-urlencoded`, at most 8 KB. Nothing is read from the query, where it would be in
    /// logs, so that must be empty (#44).
    pub fn client_form(&self) -> Result<Posted<'_>, Error> {
        self.client_form_within(LONGEST)
    }

    /// The same of a form with a limit of its own, in bytes.
    pub fn client_form_within(&self, longest: usize) -> Result<Posted<'_>, Error> {
        if !self.query.is_empty() {
            return Err(Error::invalid_request("parameters belong into the body, not into the address"));
        }
        let form = Posted(&self.body).within(longest)?;
        if self.media_type().as_deref() != Some(FORM) {
            return Err(Error::invalid_request(format!("the body must be {FORM}")).with_status(415));
        }
        Ok(form)
    }

    /// Whether anything was posted.
    pub fn has_body(&self) -> bool {
        !self.body.is_empty()
    }

    /// The header `Authorization`, for whoever reads it strictly: empty where it is no text or comes more than once.
    pub fn authorization(&self) -> Option<&str> {
        let name = header::AUTHORIZATION.as_str();
        self.headers.has(name).then(|| self.header(name).unwrap_or_default())
    }
}

/// A form that a client posted. Each part of an endpoint reads its own of it.
#[derive(Clone, Copy)]
pub struct Posted<'a>(&'a [u8]);

impl Posted<'_> {
    /// Goes on if it is no longer than this, in bytes.
    pub fn within(self, longest: usize) -> Result<Self, Error> {
        if self.0.len() <= longest {
            return Ok(self);
        }
        let kilobytes = longest / 1024;
        Err(Error::invalid_request(format!("the form is longer than {kilobytes} KB")).with_status(413))
    }

    /// Goes on if it is no longer than any form may be that has no token of somebody else in it.
    pub fn of_usual_length(self) -> Result<Self, Error> {
        self.within(LONGEST)
    }

    /// The fields of `T`: each comes at most once, and one without a value counts as absent (RFC 6749 §3.1).
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        params::read(&with_values(self.0))
    }
}

/// The parameters that have a value, as they came.
fn with_values(raw: &[u8]) -> Cow<'_, [u8]> {
    let has_value = |pair: &&[u8]| pair.iter().position(|b| *b == b'=').is_some_and(|at| at + 1 < pair.len());
    let pairs = || raw.split(|b| *b == b'&');
    if pairs().all(|pair| has_value(&pair)) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(pairs().filter(has_value).collect::<Vec<_>>().join(&b'&'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_without_a_value_is_absent() {
        // #44: RFC 6749 §3.1
        for (raw, left) in [
            ("a=1&b=&c&=&d=2", "a=1&d=2"),
            ("a=&a=1", "a=1"),
            ("a=1&a=2", "a=1&a=2"),
            ("&&a=%20&", "a=%20"),
            ("=x", "=x"),
            ("", ""),
        ] {
            assert_eq!(&*with_values(raw.as_bytes()), left.as_bytes(), "{raw}");
        }
    }
}
