//! The address that a browser is sent to (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1).

use oauth::{Challenge, Secret};
use oauth2::{AuthUrl, ClientId, CsrfToken, RedirectUrl, Scope, basic::BasicClient};
use url::Url;

use crate::{config::Config, endpoints::Known};

/// What goes into it in addition to what is set.
pub(crate) struct Sending<'a> {
    pub(crate) state: &'a Secret,
    /// Ours, and not made by the library, whose SHA-256 is another one than aws-lc's.
    pub(crate) challenge: &'a Challenge,
    pub(crate) extra: Vec<(&'static str, String)>,
}

/// The address, with the scopes that are set: `openid` is among them where the provider speaks OpenID Connect.
pub(crate) fn authorize(config: &Config, at: &Known, sending: Sending<'_>) -> Result<Url, url::ParseError> {
    let state = CsrfToken::new(sending.state.expose().to_owned());
    let client = BasicClient::new(ClientId::new(config.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(at.authorization.clone()))
        .set_redirect_uri(RedirectUrl::new(config.redirect_uri.clone())?);
    let mut request = client
        .authorize_url(|| state)
        .add_scopes(config.scopes.iter().cloned().map(Scope::new))
        .add_extra_param("code_challenge", sending.challenge.as_str())
        .add_extra_param("code_challenge_method", "S256");
    for (name, value) in sending.extra {
        request = request.add_extra_param(name, value);
    }
    Ok(request.url().0)
}
