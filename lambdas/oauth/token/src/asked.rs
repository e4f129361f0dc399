//! The token request, as it came.

mod exchange;

use std::sync::atomic::AtomicBool;

use client::Presented;
use oauth::{Code, Error, Scope, Secret, Visit, limits, server::GrantType};
use serde::Deserialize;
use web::Request;

pub(crate) use self::exchange::{Exchange, Subject};

/// The longest form with a token of somebody else in it: beside that, it is as long as any (#44).
const LONGEST_EXCHANGE: usize = limits::TOKEN_IN_A_BODY + 8 * 1024;

/// A request whose form is right. Who sent it is not proven yet.
pub(crate) struct Asked {
    pub(crate) grant: GrantType,
    pub(crate) client: Presented,
    /// Whether there is such a client: nothing else of what is sent goes into the trail (#103).
    pub(crate) is_known: AtomicBool,
    pub(crate) visit: Visit,
    form: Form,
    exchange: Option<Exchange>,
}

#[derive(Deserialize)]
struct Form {
    grant_type: Option<String>,
    code: Option<Secret>,
    redirect_uri: Option<String>,
    code_verifier: Option<Secret>,
    refresh_token: Option<Secret>,
    device_code: Option<Secret>,
    scope: Option<String>,
    resource: Option<String>,
}

impl Asked {
    pub(crate) fn read(request: &Request) -> Result<Self, Error> {
        let posted = request.client_form_within(LONGEST_EXCHANGE)?;
        let form: Form = posted.read()?;
        let is_exchange = form.grant_type.as_deref() == Some(GrantType::TokenExchange.as_str());
        let posted = if is_exchange { posted } else { posted.of_usual_length()? };
        let grant = form.grant_type.as_deref().ok_or_else(|| missing("grant_type"))?;
        let grant = GrantType::parse(grant).ok_or_else(unsupported)?;
        let exchange = if is_exchange { Some(Exchange::read(posted.read()?)?) } else { None };
        let client = Presented::read(request.authorization(), &posted.read()?)?;
        let (is_known, visit) = (AtomicBool::new(false), request.visit());
        Ok(Self { grant, client, is_known, visit, form, exchange })
    }

    /// What is exchanged (RFC 8693 §2.1).
    pub(crate) fn exchange(&self) -> Result<&Exchange, Error> {
        self.exchange.as_ref().ok_or_else(unsupported)
    }

    /// `code` (RFC 6749 §4.1.3)
    pub(crate) fn code(&self) -> Result<&Secret, Error> {
        self.form.code.as_ref().ok_or_else(|| missing("code"))
    }

    /// `redirect_uri` (RFC 6749 §4.1.3)
    pub(crate) fn redirect_uri(&self) -> Option<&str> {
        self.form.redirect_uri.as_deref()
    }

    /// `code_verifier` (RFC 7636 §4.5)
    pub(crate) fn verifier(&self) -> Result<Option<oauth::Verifier>, Error> {
        let given = self.form.code_verifier.as_ref();
        let parse = |given: &Secret| oauth::Verifier::parse(given.expose()).ok_or_else(no_verifier);
        given.map(parse).transpose()
    }

    /// `refresh_token` (RFC 6749 §6)
    pub(crate) fn refresh_token(&self) -> Result<&Secret, Error> {
        self.form.refresh_token.as_ref().ok_or_else(|| missing("refresh_token"))
    }

    /// `device_code` (RFC 8628 §3.4)
    pub(crate) fn device_code(&self) -> Result<&Secret, Error> {
        self.form.device_code.as_ref().ok_or_else(|| missing("device_code"))
    }

    /// `scope` (RFC 6749 §3.3)
    pub(crate) fn scope(&self) -> Result<Option<Scope>, Error> {
        self.form.scope.as_deref().map(str::parse).transpose()
    }

    /// `resource` (RFC 8707 §2.2): at this endpoint one, so that the token has one audience.
    pub(crate) fn resource(&self) -> Option<&str> {
        self.form.resource.as_deref()
    }
}

pub(crate) fn missing(parameter: &str) -> Error {
    Error::invalid_request(format!("the parameter {parameter} is missing"))
}

pub(crate) fn unsupported() -> Error {
    Error::new(Code::UnsupportedGrantType, "this grant_type is not supported")
}

fn no_verifier() -> Error {
    Error::invalid_request("code_verifier must have 43 to 128 characters of A-Z, a-z, 0-9, -, ., _ and ~")
}
