//! What programs and forms send.

use oauth::{Code, Error, Secret, Sentence};
use serde::{Deserialize, de::DeserializeOwned};
use user::password::LoginName;
use web::Request;

/// What a program sends. `Debug` shows no password.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    username: Option<String>,
    email: Option<String>,
    pub(crate) password: Secret,
    /// What somebody who registers is called.
    pub(crate) name: Option<String>,
    /// What is to take the password's place.
    pub(crate) new_password: Option<Secret>,
}

impl Program {
    pub(crate) fn of(request: &Request) -> Result<Self, Error> {
        request.json()
    }

    /// By what they sign in: one of the two.
    pub(crate) fn login(&self) -> Result<LoginName, Error> {
        let login = match (&self.username, &self.email) {
            (Some(name), None) => LoginName::username(name),
            (None, Some(email)) => LoginName::email(email),
            _ => return Err(Error::invalid_request("send username or email, and not both")),
        };
        login.ok_or_else(unusable)
    }
}

/// What a form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    /// An address or a user name.
    #[serde(default)]
    pub(crate) login: String,
    pub(crate) password: Secret,
    pub(crate) name: Option<String>,
    pub(crate) new_password: Option<Secret>,
    pub(crate) again: Option<Secret>,
    pub(crate) return_to: Option<String>,
}

impl Form {
    pub(crate) fn login(&self) -> Result<LoginName, Error> {
        LoginName::any(&self.login).ok_or_else(unusable)
    }

    /// Where the person wants to go.
    pub(crate) fn return_to(&self) -> &str {
        self.return_to.as_deref().filter(|wanted| !wanted.is_empty()).unwrap_or("/")
    }
}

/// The first password of somebody, for whom and for which address the page was made.
#[derive(Debug, Deserialize)]
pub(crate) struct New {
    pub(crate) session: String,
    pub(crate) address: String,
    pub(crate) new_password: Secret,
    pub(crate) again: Secret,
}

fn unusable() -> Error {
    Error::said(Code::InvalidRequest, Sentence::NameUnusable)
}

/// To which address a mail is to go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) email: String,
}

/// Another password, by the link of a mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reset {
    pub(crate) token: Secret,
    pub(crate) new_password: Secret,
    /// The same once more, from a form.
    pub(crate) again: Option<Secret>,
}

/// That an address is theirs, by the link of a mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proof {
    pub(crate) token: Secret,
    pub(crate) password: Secret,
}

/// What a form of ours or a program sends.
pub(crate) fn either<T: DeserializeOwned>(request: &Request) -> Result<T, Error> {
    if request.is_form() { request.form() } else { request.json() }
}
