//! What somebody wants to register, and what cannot be safe about it.

use std::collections::BTreeSet;

use jose::Algorithm;
use oauth::{
    RedirectUri, Scope, Secret, Time,
    server::{ClientAuth, GrantType, OFFLINE_ACCESS, OPENID, OPENID_SCOPES, USUAL_SCOPES},
    text,
};
use url::Url;

use crate::{
    Api, ApiScope, Client, Exchange, Kind, Status, StoredSecret, Workload, audience_key, id, is_client_id,
    keys, logout_uri,
};

/// The longest name that people are shown, in characters.
const LONGEST_NAME: usize = 100;
/// The most redirect URIs, APIs or post-logout redirect URIs: a row is read at every request of its client.
pub(crate) const MOST: usize = 20;
/// The most scopes of an API.
const MOST_SCOPES: usize = 50;
/// The longest scope, in bytes: tokens and their headers are full of them.
const LONGEST_SCOPE: usize = 100;
/// The longest audience, in bytes.
const LONGEST_AUDIENCE: usize = 255;
/// The shortest secret that may be brought along, in bytes: 256 bits, if they are random (#91).
const SHORTEST_SECRET: usize = 32;
/// The longest one.
const LONGEST_SECRET: usize = 255;
/// How long an access token may be valid, in seconds.
const ACCESS_TOKEN: std::ops::RangeInclusive<u32> = 60..=3600;
/// How long a refresh token may live, in seconds: up to a year.
const REFRESH: std::ops::RangeInclusive<u32> = 60..=365 * 24 * 3600;
/// The longest grace, in seconds (#52).
const LONGEST_GRACE: u8 = 60;

/// Why something cannot be registered: a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub(crate) String);

pub(crate) fn invalid<T>(why: impl Into<String>) -> Result<T, Invalid> {
    Err(Invalid(why.into()))
}

/// A client to be registered. [`NewClient::new`] has what is usual for its kind.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// `client_id`, where it is not to be made up.
    pub id: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// What people are shown.
    pub name: String,
    /// How it may prove who it is.
    pub auth: Vec<ClientAuth>,
    /// Its secret, where it is not to be made up.
    pub secret: Option<Secret>,
    /// The public keys of `private_key_jwt`, as a JWKS.
    pub jwks: Option<String>,
    /// Where they are, if they are not given.
    pub jwks_uri: Option<String>,
    /// The workloads that it is.
    pub workloads: Vec<Workload>,
    /// Which tokens it may exchange for ours.
    pub exchange: Exchange,
    /// Where authorization responses may go.
    pub redirect_uris: Vec<String>,
    /// Where a person may be sent after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told that a session has ended (Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// Whether it must be told which session that was.
    pub backchannel_logout_session_required: bool,
    /// The grants it may use.
    pub grants: Vec<GrantType>,
    /// The scopes that it may ask for.
    pub scope: Scope,
    /// The scopes that it gets if it asks for none.
    pub default_scope: Scope,
    /// The APIs that its tokens may be for.
    pub audiences: Vec<String>,
    /// The one of them that a token is for if the client names none.
    pub default_audience: Option<String>,
    /// Whether the person is asked for consent. If so, `offline_access` is part of the question.
    pub consent: bool,
    /// Whether it gets `offline_access` without asking the person.
    pub offline_access: bool,
    /// Whether an authorization request without PKCE is accepted (#38).
    pub pkce_optional: bool,
    /// What its ID tokens are signed with: RS256 or ES256.
    pub id_token_alg: Algorithm,
    /// Whether the claims of its scopes are in the ID token too.
    pub claims_in_id_token: bool,
    /// How long its access tokens are valid, in seconds: 60 to 3600.
    pub access_token_lifetime: Option<u32>,
    /// How long a refresh token lives without being used, in seconds.
    pub refresh_idle: Option<u32>,
    /// How long it can be renewed, in seconds.
    pub refresh_absolute: Option<u32>,
    /// The grace of a spent refresh token, in seconds: 0 to 60.
    pub grace: u8,
}

impl NewClient {
    /// What is usual for this kind: it lacks redirect URIs, or for a service scopes and APIs.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        let signs_people_in = matches!(kind, Kind::Spa | Kind::Web | Kind::Native);
        let auth = match kind {
            Kind::Spa | Kind::Native => vec![ClientAuth::None],
            Kind::Web | Kind::Service | Kind::Api => vec![ClientAuth::Basic, ClientAuth::Post],
        };
        let grants = match kind {
            Kind::Spa | Kind::Web | Kind::Native => {
                vec![GrantType::AuthorizationCode, GrantType::RefreshToken]
            }
            Kind::Service => vec![GrantType::ClientCredentials],
            Kind::Api => Vec::new(),
        };
        let (scopes, usual) = if signs_people_in {
            (OPENID_SCOPES.as_slice(), USUAL_SCOPES.as_slice())
        } else {
            (&[] as &[_], &[] as &[_])
        };
        Self {
            id: None,
            kind,
            name: name.into(),
            auth,
            secret: None,
            jwks: None,
            jwks_uri: None,
            workloads: Vec::new(),
            exchange: Exchange::default(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            grants,
            scope: scopes.iter().copied().collect(),
            default_scope: usual.iter().copied().collect(),
            audiences: Vec::new(),
            default_audience: None,
            consent: false,
            offline_access: signs_people_in,
            pkce_optional: false,
            id_token_alg: Algorithm::Rs256,
            claims_in_id_token: false,
            access_token_lifetime: None,
            refresh_idle: None,
            refresh_absolute: None,
            grace: Client::DEFAULT_GRACE,
        }
    }

    /// The row for it, and the secret that was made up for it, if there is one to be shown.
    pub(crate) fn build(&self, now: Time) -> Result<(Client, Option<Secret>), Invalid> {
        self.check()?;
        let id = self.id.clone().unwrap_or_else(id::fresh);
        let made = (self.has_secret() && self.secret.is_none()).then(Secret::random);
        let secret = self.secret.as_ref().or(made.as_ref());
        let secrets =
            secret.iter().map(|secret| StoredSecret { digest: secret.digest(), created_at: now }).collect();
        let client = Client {
            id,
            kind: self.kind,
            name: self.name.trim().to_owned(),
            status: Status::Active,
            // Of no client before it: what one of the same name was given stays dead.
            epoch: u64::try_from(now.epoch()).unwrap_or_default(),
            auth: self.auth.clone(),
            secrets,
            jwks: self.jwks.clone(),
            jwks_uri: self.jwks_uri.clone(),
            workloads: self.workloads.clone(),
            exchange: self.exchange.clone(),
            redirect_uris: self.redirects(&self.redirect_uris)?,
            grants: self.grants.clone(),
            scope: self.scope.clone(),
            default_scope: self.default_scope.clone(),
            audiences: self.audiences.clone(),
            default_audience: self.default_audience.clone(),
            consent: self.consent,
            offline_access: self.offline_access && !self.consent,
            pkce_optional: self.pkce_optional,
            id_token_alg: self.id_token_alg,
            claims_in_id_token: self.claims_in_id_token,
            access_token_lifetime: self.access_token_lifetime,
            refresh_idle: self.refresh_idle,
            refresh_absolute: self.refresh_absolute,
            grace: self.grace,
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            backchannel_logout_uri: self.backchannel_logout_uri.clone(),
            backchannel_logout_session_required: self.backchannel_logout_session_required,
            created_at: now,
        };
        Ok((client, made))
    }

    /// Whether it can be registered, apart from what is in the table.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.id.as_ref().is_some_and(|id| !is_client_id(id)) {
            return invalid("a client_id is 1 to 100 letters, digits, '-', '.', '_' and '~', and no UUID");
        }
        name(&self.name)?;
        self.check_proof()?;
        self.check_grants()?;
        self.exchange.check(self)?;
        self.check_redirects()?;
        logout_uri::check(self)?;
        self.check_scope()?;
        self.check_audiences()?;
        self.check_lifetimes()
    }

    fn has_secret(&self) -> bool {
        self.auth.contains(&ClientAuth::Basic) || self.auth.contains(&ClientAuth::Post)
    }

    fn is_public(&self) -> bool {
        self.auth == [ClientAuth::None]
    }

    fn allows(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    /// #91, #92
    fn check_proof(&self) -> Result<(), Invalid> {
        let distinct: BTreeSet<_> = self.auth.iter().map(|auth| auth.as_str()).collect();
        if self.auth.is_empty() || distinct.len() != self.auth.len() {
            return invalid("a client proves who it is in one way at least, and each is named once");
        }
        let by_key = self.auth.contains(&ClientAuth::PrivateKeyJwt);
        if self.auth.len() > 1 && (by_key || self.auth.contains(&ClientAuth::None)) {
            return invalid(
                "none and private_key_jwt stand alone: beside another way they would protect nothing",
            );
        }
        match self.kind {
            Kind::Spa if !self.is_public() => {
                return invalid(
                    "a spa can hold no secret: everyone who opens it would have it. A server is of the kind web",
                );
            }
            Kind::Web | Kind::Service | Kind::Api if self.is_public() => {
                return invalid(format!("a client of the kind {} must prove who it is", self.kind.as_str()));
            }
            _ => {}
        }
        if self.secret.is_some() && !self.has_secret() {
            return invalid("a secret is given, and the client may not use one");
        }
        if let Some(secret) = &self.secret {
            given_secret(secret)?;
        }
        keys::check(self)
    }

    /// #45, #46
    fn check_grants(&self) -> Result<(), Invalid> {
        let (code, refresh, itself) = (
            self.allows(GrantType::AuthorizationCode),
            self.allows(GrantType::RefreshToken),
            self.allows(GrantType::ClientCredentials),
        );
        if refresh && !code {
            return invalid("refresh tokens come with authorization codes: allow both grants");
        }
        let signs_people_in = matches!(self.kind, Kind::Web | Kind::Native);
        if self.allows(GrantType::DeviceCode) && !signs_people_in {
            return invalid("the device grant is for apps on devices: a client of the kind native, or web");
        }
        if itself && (self.is_public() || self.kind == Kind::Api) {
            return invalid(
                "client_credentials is for clients that prove who they are: services and servers",
            );
        }
        match self.kind {
            Kind::Spa | Kind::Web | Kind::Native if !code => {
                invalid("an app that people sign in to needs the grant authorization_code")
            }
            Kind::Service if code || !itself => {
                invalid("a service has the grant client_credentials and no other")
            }
            Kind::Api if code => invalid("an API signs nobody in: register an app for that"),
            _ => Ok(()),
        }
    }

    /// #24, #38
    fn check_redirects(&self) -> Result<(), Invalid> {
        let code = self.allows(GrantType::AuthorizationCode);
        if code == self.redirect_uris.is_empty() {
            return invalid(if code {
                "a redirect URI is missing: where should people go with their authorization code?"
            } else {
                "a client that signs nobody in has no redirect URI"
            });
        }
        if !code && !self.post_logout_redirect_uris.is_empty() {
            return invalid("a client that signs nobody in has no post-logout redirect URI");
        }
        self.redirects(&self.redirect_uris)?;
        self.redirects(&self.post_logout_redirect_uris)?;
        if self.pkce_optional && (self.is_public() || !code || !self.scope.contains(OPENID)) {
            return invalid("only an OpenID client with a secret or a key may do without PKCE");
        }
        Ok(())
    }

    fn redirects(&self, uris: &[String]) -> Result<Vec<RedirectUri>, Invalid> {
        few("redirect URIs", uris)?;
        let native = self.kind == Kind::Native;
        let register = |uri: &String| RedirectUri::register(uri, native);
        uris.iter()
            .map(register)
            .collect::<Result<_, _>>()
            .map_err(|error| Invalid(error.description().to_owned()))
    }

    fn check_scope(&self) -> Result<(), Invalid> {
        if self.scope.iter().count() > MOST_SCOPES {
            return invalid(format!("a client has at most {MOST_SCOPES} scopes"));
        }
        if let Some(more) = self.default_scope.iter().find(|scope| !self.scope.contains(scope)) {
            return invalid(format!("the default scope {more:?} is not among the client's scopes"));
        }
        let code = self.allows(GrantType::AuthorizationCode);
        if let Some(of_people) = self.scope.iter().find(|scope| !code && OPENID_SCOPES.contains(scope)) {
            return invalid(format!(
                "the scope {of_people} is about a person, and this client signs nobody in"
            ));
        }
        if !self.allows(GrantType::RefreshToken) && self.default_scope.contains(OFFLINE_ACCESS) {
            return invalid("the default scope offline_access needs the grant refresh_token");
        }
        Ok(())
    }

    fn check_audiences(&self) -> Result<(), Invalid> {
        few("APIs", &self.audiences)?;
        self.audiences.iter().try_for_each(|one| audience(one))?;
        match &self.default_audience {
            Some(default) if !self.audiences.contains(default) => {
                invalid(format!("the default API {default:?} is not among the client's APIs"))
            }
            _ if self.kind == Kind::Api && self.audiences.is_empty() => invalid("an API needs its audience"),
            _ => Ok(()),
        }
    }

    fn check_lifetimes(&self) -> Result<(), Invalid> {
        if !matches!(self.id_token_alg, Algorithm::Rs256 | Algorithm::Es256) {
            return invalid("ID tokens are signed with RS256 or ES256");
        }
        if self.access_token_lifetime.is_some_and(|seconds| !ACCESS_TOKEN.contains(&seconds)) {
            return invalid("an access token is valid for 60 to 3600 seconds");
        }
        let beyond = |seconds: Option<u32>| seconds.is_some_and(|seconds| !REFRESH.contains(&seconds));
        if beyond(self.refresh_idle) || beyond(self.refresh_absolute) {
            return invalid("a refresh token lives for 60 seconds to 365 days");
        }
        if self.refresh_idle.zip(self.refresh_absolute).is_some_and(|(idle, absolute)| idle > absolute) {
            return invalid("a refresh token cannot live longer without use than it can be renewed");
        }
        if self.grace > LONGEST_GRACE {
            return invalid("the grace is 0 to 60 seconds");
        }
        Ok(())
    }
}

/// An API to be registered.
#[derive(Debug, Clone)]
pub struct NewApi {
    /// `aud` of its tokens: an absolute URI (RFC 8707 §2).
    pub audience: String,
    /// What people are shown.
    pub name: String,
    /// The scopes that it knows.
    pub scopes: Vec<ApiScope>,
    /// What its access tokens are signed with: RS256 or ES256.
    pub access_token_alg: Algorithm,
}

impl NewApi {
    /// What is usual: it lacks scopes.
    pub fn new(audience: impl Into<String>, name: impl Into<String>) -> Self {
        let (audience, name) = (audience.into(), name.into());
        Self { audience, name, scopes: Vec::new(), access_token_alg: Algorithm::Rs256 }
    }

    /// The row for it. `others` are the APIs that are registered: no two have a scope in common, so that a scope says which API it
    /// is about.
    pub(crate) fn build(&self, others: &[Api], now: Time) -> Result<Api, Invalid> {
        name(&self.name)?;
        audience(&self.audience)?;
        if !matches!(self.access_token_alg, Algorithm::Rs256 | Algorithm::Es256) {
            return invalid("access tokens are signed with RS256 or ES256");
        }
        if self.scopes.len() > MOST_SCOPES {
            return invalid(format!("an API has at most {MOST_SCOPES} scopes"));
        }
        let mut seen = BTreeSet::new();
        for scope in self.scopes.iter().map(|scope| scope.name.as_str()) {
            scope_name(scope)?;
            if !seen.insert(scope) {
                return invalid(format!("the scope {scope:?} is named twice"));
            }
            let of = |api: &&Api| audience_key(&api.audience) != audience_key(&self.audience);
            if let Some(other) = others.iter().filter(of).find(|api| api.scope().contains(scope)) {
                return invalid(format!(
                    "the scope {scope:?} is one of {}: give it a name of its own",
                    other.audience
                ));
            }
        }
        Ok(Api {
            audience: self.audience.clone(),
            name: self.name.trim().to_owned(),
            scopes: self.scopes.clone(),
            access_token_alg: self.access_token_alg,
            status: Status::Active,
            created_at: now,
        })
    }
}

/// A name is shown to people, so it is one line of what can be seen (#88).
fn name(text: &str) -> Result<(), Invalid> {
    if text::shown(text, LONGEST_NAME).as_deref() == Some(text.trim()) {
        Ok(())
    } else {
        invalid(format!("the name {text:?} is not one line of 1 to {LONGEST_NAME} visible characters"))
    }
}

fn scope_name(scope: &str) -> Result<(), Invalid> {
    let is_one = scope.parse::<Scope>().is_ok_and(|parsed| parsed.to_string() == scope);
    if scope.is_empty() || scope.contains(' ') || !is_one || scope.len() > LONGEST_SCOPE {
        return invalid(format!("{scope:?} is no scope: one word of at most {LONGEST_SCOPE} characters"));
    }
    if OPENID_SCOPES.contains(&scope) {
        return invalid(format!("the scope {scope} is OpenID Connect's: give yours another name"));
    }
    Ok(())
}

/// RFC 8707 §2: an absolute URI without a fragment. An API is named, and not called: http and schemes of all kinds are fine.
fn audience(text: &str) -> Result<(), Invalid> {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}#*".contains(&b));
    let url = Url::parse(text).ok().filter(|url| url.username().is_empty() && url.password().is_none());
    if plain && text.len() <= LONGEST_AUDIENCE && url.is_some() {
        return Ok(());
    }
    invalid(format!(
        "the audience {text:?} must be an absolute URI of at most {LONGEST_AUDIENCE} characters, such as https://api.example.com"
    ))
}

/// RFC 6749 appendix A.2; of the bits in it nobody can know (#91).
fn given_secret(secret: &Secret) -> Result<(), Invalid> {
    let text = secret.expose();
    if !(SHORTEST_SECRET..=LONGEST_SECRET).contains(&text.len()) {
        return invalid("a secret has 32 to 255 characters: openssl rand -hex 32 makes one");
    }
    if text.bytes().all(|b| matches!(b, 0x20..=0x7e)) {
        Ok(())
    } else {
        invalid("a secret is made of printable ASCII characters")
    }
}

pub(crate) fn few(what: &str, list: &[String]) -> Result<(), Invalid> {
    if list.len() > MOST {
        return invalid(format!("a client has at most {MOST} {what}"));
    }
    let distinct: BTreeSet<_> = list.iter().collect();
    if distinct.len() < list.len() {
        invalid(format!("the same of the {what} is named twice"))
    } else {
        Ok(())
    }
}
