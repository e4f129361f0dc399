//! The latchkey at which somebody signs in: what it says of itself, and its endpoints.

use std::{fs, time::Duration};

use fetch::{Http, HttpError, JSON};
use http::{Request, header};
use oauth::{BaseUrl, Code, Secret};
use serde::Deserialize;
use serde_json::Value;
use setting::SettingError;
use url::{Url, form_urlencoded::Serializer};

use super::Terminal;
use crate::tls::AUTHORITY;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Why something came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// latchkey said no: the code, and a sentence.
    #[error("{1} ({0})")]
    Refused(String, String),
    /// There was no answer.
    #[error("no answer: {0}")]
    Unanswered(#[from] HttpError),
    /// Anything else.
    #[error("{0}")]
    Wrong(String),
}

impl Failed {
    /// Whether latchkey answered with this code.
    pub(super) fn is(&self, code: Code) -> bool {
        matches!(self, Self::Refused(said, _) if said == code.as_str())
    }
}

/// What is read of its metadata (RFC 8414 §2).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    pushed_authorization_request_endpoint: Option<String>,
    device_authorization_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
}

/// That a latchkey answers at its address, and publishes keys; otherwise what is wrong.
pub(crate) async fn answers(url: BaseUrl, terminal: &Terminal<'_>) -> Result<(), SettingError> {
    let issuer = Issuer::discover(url, terminal).await?;
    let place = issuer.url.at("/.well-known/jwks.json");
    let wrong = |why: String| SettingError::new(format!("{place} does not publish keys: {why}"));
    let address = Url::parse(&place).map_err(|error| wrong(error.to_string()))?;
    let body = issuer.http.get(&address, JSON, LIMIT).await.map_err(|error| wrong(error.to_string()))?;
    let set: Value = serde_json::from_slice(&body).map_err(|error| wrong(error.to_string()))?;
    match set["keys"].as_array() {
        Some(keys) if !keys.is_empty() => Ok(()),
        _ => Err(wrong("there is none in it".to_owned())),
    }
}

/// A latchkey.
#[derive(Debug)]
pub(super) struct Issuer {
    http: Http,
    url: BaseUrl,
    metadata: Metadata,
}

impl Issuer {
    /// Asks it for its endpoints. What it calls itself must be its address (RFC 8414 §3.3).
    pub(super) async fn discover(url: BaseUrl, terminal: &Terminal<'_>) -> Result<Self, SettingError> {
        let cannot = |why: &dyn std::fmt::Display| {
            SettingError::new(format!("{} is no latchkey that answers: {why}", url.as_str()))
        };
        let http = http(&url, terminal)?;
        let document = url.at("/.well-known/openid-configuration");
        let document = Url::parse(&document).map_err(|error| cannot(&error))?;
        let body = http.get(&document, JSON, LIMIT).await.map_err(|error| cannot(&error))?;
        let metadata: Metadata = serde_json::from_slice(&body).map_err(|error| cannot(&error))?;
        if metadata.issuer != url.as_str() {
            return Err(cannot(&format!("it calls itself {}", metadata.issuer)));
        }
        Ok(Self { http, url, metadata })
    }

    /// One whose token endpoint is known.
    pub(super) fn known(
        url: BaseUrl,
        token_endpoint: &str,
        terminal: &Terminal<'_>,
    ) -> Result<Self, SettingError> {
        let metadata = Metadata { token_endpoint: token_endpoint.to_owned(), ..Metadata::default() };
        Ok(Self { http: http(&url, terminal)?, url, metadata })
    }

    pub(super) fn url(&self) -> &BaseUrl {
        &self.url
    }

    pub(super) fn token_endpoint(&self) -> &str {
        &self.metadata.token_endpoint
    }

    pub(super) fn takes_devices(&self) -> bool {
        self.metadata.device_authorization_endpoint.is_some()
    }

    /// The address that asks for a code. Whatever can be wrong with it is asked before, so that nobody is sent to an error page.
    pub(super) async fn authorization_url(&self, fields: &[(&str, String)]) -> Result<String, Failed> {
        if let Some(endpoint) = &self.metadata.pushed_authorization_request_endpoint {
            self.post(endpoint, fields).await?;
        }
        Ok(format!("{}?{}", self.metadata.authorization_endpoint, encoded(fields)))
    }

    pub(super) async fn device_codes(&self, fields: &[(&str, String)]) -> Result<Value, Failed> {
        let none = || Failed::Wrong("this latchkey signs nobody in on another device".to_owned());
        let endpoint = self.metadata.device_authorization_endpoint.as_ref().ok_or_else(none)?;
        self.post(endpoint, fields).await
    }

    pub(super) async fn token(&self, fields: &[(&str, String)]) -> Result<Value, Failed> {
        self.post(&self.metadata.token_endpoint, fields).await
    }

    /// Renews (RFC 6749 §6). If the answer was lost, the same token gives the same successor for a short while.
    pub(super) async fn renew(
        &self,
        client_id: &str,
        refresh: &Secret,
        scope: Option<&str>,
        audience: Option<&str>,
    ) -> Result<Value, Failed> {
        let mut fields = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", client_id.to_owned()),
            ("refresh_token", refresh.expose().to_owned()),
        ];
        fields.extend(scope.map(|scope| ("scope", scope.to_owned())));
        fields.extend(audience.map(|audience| ("resource", audience.to_owned())));
        match self.token(&fields).await {
            Err(Failed::Unanswered(_)) => self.token(&fields).await,
            answer => answer,
        }
    }

    /// Ends the grant to which this token belongs (RFC 7009 §2.1). Of one that has ended already, the answer is the same.
    pub(super) async fn revoke(&self, client_id: &str, token: &Secret) -> Result<(), Failed> {
        let none = || Failed::Wrong("this latchkey has no revocation endpoint".to_owned());
        let endpoint = self.metadata.revocation_endpoint.as_ref().ok_or_else(none)?;
        let fields = [("client_id", client_id.to_owned()), ("token", token.expose().to_owned())];
        self.post(endpoint, &fields).await.map(drop)
    }

    async fn post(&self, endpoint: &str, fields: &[(&str, String)]) -> Result<Value, Failed> {
        let request = Request::post(endpoint)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, JSON)
            .body(encoded(fields).into_bytes());
        let request = request.map_err(|_| Failed::Unanswered(HttpError::Forbidden))?;
        let response = self.http.send(request, LIMIT).await?;
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        if response.status().is_success() {
            return Ok(body);
        }
        let said = |name: &str| body[name].as_str().and_then(|text| oauth::text::shown(text, 300));
        let status = response.status().as_u16();
        let code = said("error").unwrap_or_else(|| format!("status {status}"));
        Err(Failed::Refused(code, said("error_description").unwrap_or_else(|| "it was refused".to_owned())))
    }
}

/// The guarded way out. For a local cloud at https, its authority is trusted as well.
fn http(url: &BaseUrl, terminal: &Terminal<'_>) -> Result<Http, SettingError> {
    let named = terminal.values.get(setting::CA_FILE.name).filter(|file| !file.is_empty());
    let own = terminal.home.join(AUTHORITY);
    let file = match named {
        Some(file) => Some(file.into()),
        None => Some(own).filter(|own| url.is_local() && url.is_https() && own.exists()),
    };
    let read = file.map(|file: std::path::PathBuf| {
        fs::read(&file)
            .map_err(|error| SettingError::new(format!("{} cannot be read: {error}", file.display())))
    });
    Http::new(read.transpose()?)
}

fn encoded(fields: &[(&str, String)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}
