//! Registering apps and APIs. Nobody registers an app that may ask for what they do not have: people might be led to it, and give it that
//! (#81).

use audit::What;
use client::{Api, ApiScope, Exchange, Invalid, Kind, LogoutFlaw, NewApi, NewClient, manage, same_audience};
use oauth::{
    Code, Error, Scope, Sentence,
    server::{self, ClientAuth, GrantType, OFFLINE_ACCESS},
};
use web::{Response, Result};

use crate::{fields::Fields, perform::Doing};

/// Where the list of apps is.
pub(crate) const APPS: &str = "/admin/apps";

/// Why something is not registered.
pub(crate) enum Refusal {
    /// What was typed cannot be read.
    Said(Error),
    /// It cannot be registered like this.
    Invalid(Invalid),
    /// The viewer lacks these.
    NotYours(Scope),
}

impl Refusal {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Said(error) => error.status(),
            Self::Invalid(_) => 400,
            Self::NotYours(_) => 403,
        }
    }
}

/// What went wrong: the form says the one, and the log the other.
enum Failed {
    Refused(Refusal),
    Fault(web::Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Refused(Refusal::Said(error))
    }
}

impl From<Invalid> for Failed {
    fn from(why: Invalid) -> Self {
        Self::Refused(Refusal::Invalid(why))
    }
}

impl From<client::Error> for Failed {
    fn from(error: client::Error) -> Self {
        match error {
            client::Error::Invalid(why) => why.into(),
            other => Self::Fault(other.into()),
        }
    }
}

impl From<web::Error> for Failed {
    fn from(error: web::Error) -> Self {
        Self::Fault(error)
    }
}

impl Doing<'_> {
    /// Registers what is typed. What cannot be is shown in the form again.
    pub(crate) async fn register(&self, kind: Kind) -> Result<Response> {
        let fields = Fields::of(self.request)?;
        let done = match kind {
            Kind::Api => self.register_api(&fields).await,
            kind => self.register_client(kind, &fields).await,
        };
        match done {
            Ok(place) => Ok(Response::see_own(&place)),
            Err(Failed::Refused(why)) => self.view().registration(kind, &fields, Some(&why)).await,
            Err(Failed::Fault(error)) => Err(error),
        }
    }

    async fn register_client(&self, kind: Kind, fields: &Fields) -> Result<String, Failed> {
        let apis = self.view().apis().await?;
        let new = new_client(kind, fields, &self.admin.audience)?;
        new.check()?;
        client::check_apis(&new, &apis)?;
        check_more(&new, &apis, &self.admin.audience)?;
        let mut needed = beyond_openid(&new.scope);
        spoken(&new.exchange, &apis).for_each(|api| needed.extend(&api.scope()));
        let lacking = self.viewer.lacks(&needed);
        if !lacking.is_empty() {
            return Err(Failed::Refused(Refusal::NotYours(lacking)));
        }
        self.add(&new).await
    }

    /// Where the browser goes next: to the page of the new client, with its secret.
    async fn add(&self, new: &NewClient) -> Result<String, Failed> {
        let event = self.by(What::ClientAdded);
        let noted = |id: &str| vec![self.admin.trail.write(&event.clone().client(id))];
        let added = manage::add(&self.admin.table, new, &noted, self.request.now).await;
        let (client, secret) = added?;
        event.clone().client(&client.id).log();
        Ok(match &secret {
            Some(secret) => self.view().with_secret(&client.id, secret),
            None => format!("{APPS}/{}?registered", client.id),
        })
    }

    async fn register_api(&self, fields: &Fields) -> Result<String, Failed> {
        let own = self.own_api().await?;
        let new = new_api(fields);
        let event = self.by(What::ApiSet);
        let noted = |audience: &str| vec![self.admin.trail.write(&event.clone().name(audience))];
        let api = manage::add_api(&self.admin.table, &new, &own, &noted, self.request.now).await?;
        event.clone().name(&api.audience).log();
        if !fields.is_on("introspection") {
            return Ok(format!("{APPS}?registered"));
        }
        let mut asks = NewClient::new(Kind::Api, new.name);
        asks.audiences = vec![api.audience];
        self.add(&asks).await
    }

    async fn own_api(&self) -> Result<Api> {
        Ok(Api::own(&self.admin.audience, &self.view().rights_now().await?.all()))
    }
}

/// What the fields say, as `latchkey client add` takes it.
fn new_client(kind: Kind, fields: &Fields, own: &str) -> Result<NewClient, Failed> {
    let mut new = NewClient::new(kind, fields.text("name").unwrap_or_default());
    let proves_itself = matches!(kind, Kind::Web | Kind::Service);
    new.scope.extend(&fields.scope("scope")?);
    new.audiences = fields.chosen("api");
    // Our own API is never a default: a token for it must be asked for.
    new.default_audience = new.audiences.iter().find(|audience| !same_audience(audience, own)).cloned();
    if kind != Kind::Service {
        new.redirect_uris = fields.words("redirect_uris");
        new.post_logout_redirect_uris = fields.words("post_logout_redirect_uris");
        new.consent = fields.is_on("consent");
        new.refresh_idle = seconds(fields, "refresh_idle")?;
        new.refresh_absolute = seconds(fields, "refresh_absolute")?;
    }
    if fields.is_on("no_refresh_token") && kind != Kind::Service {
        new.grants.retain(|grant| *grant != GrantType::RefreshToken);
        new.scope = new.scope.iter().filter(|scope| *scope != OFFLINE_ACCESS).collect();
        new.offline_access = false;
    }
    new.access_token_lifetime = seconds(fields, "access_token_lifetime")?;
    new.exchange = exchange(kind, fields)?;
    if !new.exchange.is_empty() || (fields.is_on("exchange") && proves_itself) {
        new.grants.push(GrantType::TokenExchange);
    }
    if kind == Kind::Web {
        new.backchannel_logout_uri = fields.text("backchannel_logout_uri").map(str::to_owned);
        new.backchannel_logout_session_required =
            new.backchannel_logout_uri.is_some() && fields.is_on("backchannel_logout_session_required");
    }
    match kind {
        Kind::Native if fields.is_on("device") => new.grants.push(GrantType::DeviceCode),
        Kind::Web if fields.is_on("client_credentials") => new.grants.push(GrantType::ClientCredentials),
        _ => {}
    }
    if let Some(uri) = fields.text("jwks_uri").filter(|_| proves_itself) {
        new.jwks_uri = Some(uri.to_owned());
        new.auth = vec![ClientAuth::PrivateKeyJwt];
    }
    Ok(new)
}

/// What the command checks too: that what speaks for an API speaks for one that there is, and where a session's end is told (#71; whoever
/// calls that address guards the way out as well).
fn check_more(new: &NewClient, apis: &[Api], own: &str) -> Result<(), Invalid> {
    let is_there = |audience: &str| apis.iter().any(|api| same_audience(&api.audience, audience));
    if let Some(missing) = new.exchange.apis.iter().find(|audience| !is_there(audience)) {
        return Err(Invalid::NoApi(missing.clone()));
    }
    let may_be_called = |uri: &str| uri.starts_with("https:") || own.starts_with("http:");
    match new.backchannel_logout_uri.iter().find(|uri| !may_be_called(uri)) {
        Some(uri) => Err(Invalid::LogoutUri(uri.clone(), LogoutFlaw::OtherMachine)),
        None => Ok(()),
    }
}

fn seconds(fields: &Fields, name: &str) -> Result<Option<u32>, Error> {
    let number = fields.text(name).map(str::parse).transpose();
    number.map_err(|_| Error::said(Code::InvalidRequest, Sentence::AgeInSeconds))
}

/// Which tokens it may exchange: those of APIs for which it speaks, and ID tokens.
fn exchange(kind: Kind, fields: &Fields) -> Result<Exchange, Invalid> {
    let apis = if matches!(kind, Kind::Web | Kind::Service) { fields.chosen("speaks") } else { Vec::new() };
    let is_of_people = matches!(kind, Kind::Web | Kind::Native);
    let issuers = if is_of_people { fields.words("exchange_id_tokens") } else { Vec::new() };
    Exchange::read(&apis, &issuers)
}

fn new_api(fields: &Fields) -> NewApi {
    let scopes = |field: &str, consent: bool| {
        fields.words(field).into_iter().map(move |name| ApiScope { name, consent }).collect::<Vec<_>>()
    };
    let text = |field: &str| fields.text(field).unwrap_or_default();
    NewApi {
        scopes: [scopes("scope", false), scopes("consent_scope", true)].concat(),
        ..NewApi::new(text("audience"), text("name"))
    }
}

/// The APIs for which a client speaks: it gets tokens for what people granted to others there.
pub(crate) fn spoken<'a>(exchange: &'a Exchange, apis: &'a [Api]) -> impl Iterator<Item = &'a Api> {
    apis.iter().filter(move |api| exchange.speaks_for(&api.audience))
}

/// What of a scope is about an API, and not about who somebody is.
pub(crate) fn beyond_openid(scope: &Scope) -> Scope {
    let openid = server::openid_scopes();
    scope.iter().filter(|scope| !openid.contains(scope)).collect()
}
