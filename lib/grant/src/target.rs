//! Whom an access token is for: exactly one API (RFC 8707, RFC 9068 §3).

use client::{Api, Client, audience_key, same_audience, usable_api};
use jose::Algorithm;
use oauth::{Code, Error, Scope, server::OPENID_SCOPES};
use store::Found;

use crate::Tokens;

/// What a request names as the place of its token, before anything is known of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// The API of this server, which has no row.
    Own,
    /// An API that is registered under this audience.
    Registered(String),
    /// No API: the token opens the userinfo endpoint, and nothing else.
    Userinfo,
}

impl Resource {
    /// The id of the row that says more about it.
    pub fn row(&self) -> Option<&str> {
        match self {
            Self::Registered(audience) => Some(audience_key(audience)),
            Self::Own | Self::Userinfo => None,
        }
    }
}

/// An API that is there, and the scopes that it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(crate) audience: String,
    pub(crate) scope: Scope,
    /// What its access tokens are signed with, if it asks for something.
    pub(crate) algorithm: Option<Algorithm>,
    /// The scopes of it that each person must agree to.
    asks: Scope,
}

impl Target {
    /// `aud` of its tokens.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Of these scopes those that a token for it can have: its own, and those of OpenID Connect, which are no API's.
    #[must_use]
    pub fn takes(&self, scope: &Scope) -> Scope {
        scope.iter().filter(|name| self.scope.contains(name) || OPENID_SCOPES.contains(name)).collect()
    }

    /// The same without the scopes that a person must agree to, where nobody could be asked.
    #[must_use]
    pub fn without_consent(self) -> Self {
        let scope = self.scope.iter().filter(|scope| !self.asks.contains(scope)).collect();
        Self { scope, ..self }
    }
}

impl Tokens {
    /// Where a token is for that is exchanged for another of ours: the API that is named; else the client's default one; else where the
    /// other is for, if it is the client's own.
    pub fn exchanged_resource(
        &self,
        client: &Client,
        requested: Option<&str>,
        shown: Option<&str>,
    ) -> Result<Resource, Error> {
        match requested.or(client.default_audience.as_deref()).or(shown) {
            Some(userinfo) if userinfo == self.userinfo && shown == Some(userinfo) => Ok(Resource::Userinfo),
            Some(named) => self.resource(client, named),
            None => Err(target("the client has no default API: name one by audience or resource")),
        }
    }

    /// Where a token of a grant is for: what the token request names must be among what was granted, and still be one of the client's
    /// (RFC 8707 §2.2). A grant for no API is one for the client's default, if it has one.
    pub fn granted_resource(
        &self,
        client: &Client,
        granted: &[String],
        requested: Option<&str>,
    ) -> Result<Resource, Error> {
        let granted: Vec<&str> = match granted {
            [] => client.default_audience.as_deref().into_iter().collect(),
            granted => granted.iter().map(String::as_str).collect(),
        };
        let named = match (requested, granted.as_slice()) {
            (Some(requested), granted) => {
                granted.iter().find(|one| same_audience(one, requested)).ok_or_else(not_granted)?
            }
            (None, []) => return Ok(Resource::Userinfo),
            (None, [one]) => one,
            (None, _) => return Err(target("the grant is for several APIs: name one of them by resource")),
        };
        self.resource(client, named)
    }

    /// Where a token of a service is for: the API that it names, or its default one.
    pub fn service_resource(&self, client: &Client, requested: Option<&str>) -> Result<Resource, Error> {
        let named = requested.or(client.default_audience.as_deref());
        self.resource(
            client,
            named.ok_or_else(|| target("the client has no default API: name one by resource"))?,
        )
    }

    fn resource(&self, client: &Client, named: &str) -> Result<Resource, Error> {
        let registered = client.audience(named).ok_or_else(not_granted)?;
        if same_audience(registered, self.signer.audience()) {
            return Ok(Resource::Own);
        }
        Ok(Resource::Registered(registered.to_owned()))
    }

    /// The API itself, by the row that [`Resource::row`] names.
    pub fn target(&self, resource: &Resource, found: Found<Api>) -> Result<Target, Error> {
        match resource {
            Resource::Own => Ok(Target {
                audience: self.signer.audience().to_owned(),
                scope: self.rights.latest().all(),
                algorithm: None,
                asks: Scope::default(),
            }),
            Resource::Userinfo => Ok(Target {
                audience: self.userinfo.clone(),
                scope: Scope::default(),
                algorithm: None,
                asks: Scope::default(),
            }),
            Resource::Registered(_) => {
                let api = usable_api(found).ok_or_else(|| target("this API gets no tokens"))?;
                // RS256 is what there is if nobody asks: a set of keys may have none of it.
                let algorithm = Some(api.access_token_alg).filter(|alg| *alg != Algorithm::Rs256);
                let asks =
                    api.scopes.iter().filter(|scope| scope.consent).map(|scope| &*scope.name).collect();
                Ok(Target { scope: api.scope(), audience: api.audience, algorithm, asks })
            }
        }
    }
}

fn not_granted() -> Error {
    target("the resource is unknown, or is none of this client and this grant")
}

fn target(why: &'static str) -> Error {
    Error::new(Code::InvalidTarget, why)
}
