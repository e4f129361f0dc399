//! From a request as it came to one that can be answered to its client. The steps are types: nothing can be sent to a redirect
//! URI before it was found to be the client's (#23).

use client::Client;
use oauth::{Error, RedirectTarget, Time, server, server::ResponseMode};

use crate::{AuthorizationRequest, Parameters, Return, Returned, Shown, checks};

/// A request of which nothing is known yet.
#[derive(Debug, Clone)]
pub struct Asked {
    parameters: Parameters,
    first_asked: Option<Time>,
}

impl Asked {
    /// A request with these parameters. If the person was sent to sign in for it before, `first_asked` is when it was asked then.
    pub fn new(parameters: Parameters, first_asked: Option<Time>) -> Self {
        Self { parameters, first_asked }
    }

    /// Who asks.
    pub fn client_id(&self) -> Result<&str, Shown> {
        let id = self.parameters.text("client_id").map_err(Shown::from)?;
        let missing =
            || Error::invalid_request("the request does not say which app it is from: client_id is missing");
        id.ok_or_else(missing).map_err(Shown::from)
    }

    /// The request of this client, as it was found by [`Asked::client_id`]. One that is disabled is one that is not there.
    pub fn for_client(self, client: Option<Client>) -> Result<ForClient, Shown> {
        let asked_by = self.client_id()?;
        let client = client.filter(|client| !client.is_disabled() && client.id == asked_by);
        let client =
            client.ok_or_else(|| Error::invalid_request("no app with this client_id is registered here"))?;
        Ok(ForClient { client, asked: self })
    }
}

/// A request of a client that is registered and may ask.
#[derive(Debug, Clone)]
pub struct ForClient {
    client: Client,
    asked: Asked,
}

impl ForClient {
    /// The request with its redirect URI, compared with those that are registered, character by character (RFC 9700 §4.1.3).
    pub fn with_redirect_uri(self, issuer: &str) -> Result<WithRedirectUri, Shown> {
        let given = self.asked.parameters.text("redirect_uri").map_err(Shown::from)?;
        let target = match given {
            Some(requested) => {
                self.client.redirect_uris.iter().find_map(|uri| RedirectTarget::matching(uri, requested))
            }
            None => Some(self.only_redirect_uri()?),
        };
        let target = target.ok_or_else(|| {
            Error::invalid_request("the address to return to, redirect_uri, is not registered for this app")
        })?;
        let to = Return { target, mode: self.mode(), state: self.state(), issuer: issuer.to_owned() };
        let redirect_uri_given = given.is_some();
        Ok(WithRedirectUri { client: self.client, asked: self.asked, to, redirect_uri_given })
    }

    /// Without the parameter, a client with one redirect URI means that (RFC 6749 §3.1.2.3); one of OpenID Connect must say it
    /// (Core §3.1.2.1).
    fn only_redirect_uri(&self) -> Result<RedirectTarget, Error> {
        let scope = self.asked.parameters.text("scope").ok().flatten().unwrap_or_default();
        let is_openid = scope.split(' ').any(|scope| scope == server::OPENID);
        let target = match &self.client.redirect_uris[..] {
            [only] if !is_openid => RedirectTarget::matching(only, only.as_str()),
            _ => None,
        };
        target.ok_or_else(|| Error::invalid_request("the address to return to is missing: redirect_uri"))
    }

    /// Errors are answered as the request wants its answer, if that is clear.
    fn mode(&self) -> ResponseMode {
        let wanted = self.asked.parameters.text("response_mode").ok().flatten();
        wanted.and_then(ResponseMode::parse).unwrap_or(ResponseMode::Query)
    }

    /// A state that came twice is none.
    fn state(&self) -> Option<String> {
        self.asked.parameters.text("state").ok().flatten().map(str::to_owned)
    }
}

/// A request that can be answered to its client, with an error at least.
#[derive(Debug, Clone)]
pub struct WithRedirectUri {
    pub(crate) client: Client,
    asked: Asked,
    pub(crate) to: Return,
    redirect_uri_given: bool,
}

impl WithRedirectUri {
    pub(crate) fn parameters(&self) -> &Parameters {
        &self.asked.parameters
    }

    /// The request with everything checked that does not depend on the person.
    pub fn check(self) -> Result<AuthorizationRequest, Returned> {
        let checked = checks::all(&self).map_err(|error| Returned::new(error, &self.to))?;
        Ok(AuthorizationRequest {
            checked,
            first_asked: self.asked.first_asked,
            redirect_uri_given: self.redirect_uri_given,
            client: self.client,
            to: self.to,
        })
    }
}
