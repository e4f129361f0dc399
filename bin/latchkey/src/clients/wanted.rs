//! From the arguments to what is registered.

use std::{collections::BTreeSet, fs, path::Path};

use audit::What;
use client::{ApiScope, Exchange, Kind, NewApi, NewClient, manage, same_audience};
use oauth::{
    Scope, Time,
    server::{ClientAuth, GrantType, OFFLINE_ACCESS},
};
use setting::SettingError;
use url::Url;

use super::{
    arguments::{Add, ApiToAdd, App, Exchanges, Native, Proof, Server, Service, Tokens},
    failed,
    noted::Operator,
    place::Place,
    print,
};
use crate::{cors, settings::Values};

/// Registers an app or a service, and says how to set it up.
pub(super) async fn add(
    place: &Place,
    operator: &Operator,
    values: &Values,
    wanted: &Add,
    now: Time,
) -> Result<String, SettingError> {
    let new = match wanted {
        Add::Spa(spa) => app(Kind::Spa, spa, place)?,
        Add::Native(wanted) => native(wanted, place)?,
        Add::Web(web) => server(web, place)?,
        Add::Service(wanted) => service(wanted, place)?,
        Add::Api(_) => return Err(SettingError::new("an API is no client")),
    };
    new.check().map_err(|why| SettingError::new(why.to_string()))?;
    let mut apis = client::apis(&place.table, now).await.map_err(failed)?;
    apis.push(place.own.clone());
    client::check_apis(&new, &apis).map_err(|why| SettingError::new(why.to_string()))?;
    if new.kind == Kind::Spa {
        reachable(&new.redirect_uris, values)?;
    }
    callable(&new, place)?;
    let (client, secret) =
        manage::add(&place.table, &new, &operator.noted(What::ClientAdded), now).await.map_err(failed)?;
    Ok(print::added(place, &client, secret.as_ref()))
}

/// Registers an API, and the client with which it asks about tokens.
pub(super) async fn add_api(
    place: &Place,
    operator: &Operator,
    wanted: &ApiToAdd,
    now: Time,
) -> Result<String, SettingError> {
    let scope = |consent: bool| move |name: &String| ApiScope { name: name.clone(), consent };
    let plain = wanted.scopes.iter().map(scope(false));
    let new = NewApi {
        audience: wanted.audience.clone(),
        name: wanted.name.clone(),
        scopes: plain.chain(wanted.consent_scopes.iter().map(scope(true))).collect(),
        access_token_alg: wanted.access_token_alg,
    };
    let api = manage::add_api(&place.table, &new, &place.own, &operator.noted(What::ApiSet), now)
        .await
        .map_err(failed)?;
    let mut text = print::added_api(place, &api);
    if wanted.introspection {
        let mut asks = NewClient::new(Kind::Api, wanted.name.clone());
        asks.audiences = vec![api.audience.clone()];
        let (client, secret) = manage::add(&place.table, &asks, &operator.noted(What::ClientAdded), now)
            .await
            .map_err(failed)?;
        text.push_str(&print::introspection(place, &client, secret.as_ref()));
    }
    Ok(text)
}

fn app(kind: Kind, app: &App, place: &Place) -> Result<NewClient, SettingError> {
    let mut new = NewClient::new(kind, app.name.clone());
    new.id.clone_from(&app.client_id);
    new.redirect_uris = app.redirect_uris.clone();
    new.post_logout_redirect_uris = app.post_logout_redirect_uris.clone();
    new.consent = app.consent;
    new.id_token_alg = app.id_token_alg;
    new.claims_in_id_token = app.claims_in_id_token;
    new.refresh_idle = app.refresh_idle;
    new.refresh_absolute = app.refresh_absolute;
    new.grace = app.grace.unwrap_or(new.grace);
    exchange(&mut new, &Exchanges { exchange: false, exchange_apis: Vec::new() }, &app.exchange_id_tokens)?;
    if app.no_refresh_token {
        new.grants.retain(|grant| *grant != GrantType::RefreshToken);
        new.scope = new.scope.iter().filter(|scope| *scope != OFFLINE_ACCESS).collect();
        new.offline_access = false;
    }
    tokens(&mut new, &app.tokens, place)?;
    Ok(new)
}

fn native(wanted: &Native, place: &Place) -> Result<NewClient, SettingError> {
    let mut new = app(Kind::Native, &wanted.app, place)?;
    if wanted.device {
        new.grants.push(GrantType::DeviceCode);
    }
    Ok(new)
}

fn server(wanted: &Server, place: &Place) -> Result<NewClient, SettingError> {
    let mut new = app(Kind::Web, &wanted.app, place)?;
    proof(&mut new, &wanted.proof)?;
    new.pkce_optional = wanted.pkce_optional;
    exchange(&mut new, &wanted.exchange, &wanted.app.exchange_id_tokens)?;
    new.backchannel_logout_uri = wanted.backchannel_logout_uri.clone();
    new.backchannel_logout_session_required = wanted.backchannel_logout_session_required;
    if wanted.client_credentials {
        new.grants.push(GrantType::ClientCredentials);
    }
    Ok(new)
}

fn service(wanted: &Service, place: &Place) -> Result<NewClient, SettingError> {
    let mut new = NewClient::new(Kind::Service, wanted.name.clone());
    proof(&mut new, &wanted.proof)?;
    exchange(&mut new, &wanted.exchange, &[])?;
    if !wanted.workloads.is_empty() {
        new.workloads.clone_from(&wanted.workloads);
        new.auth = vec![ClientAuth::PrivateKeyJwt];
    }
    tokens(&mut new, &wanted.tokens, place)?;
    Ok(new)
}

fn exchange(new: &mut NewClient, wanted: &Exchanges, id_tokens: &[String]) -> Result<(), SettingError> {
    let read = Exchange::read(&wanted.exchange_apis, id_tokens);
    new.exchange = read.map_err(|why| SettingError::new(why.to_string()))?;
    let is_asked = wanted.exchange || !new.exchange.is_empty();
    if is_asked && !new.grants.contains(&GrantType::TokenExchange) {
        new.grants.push(GrantType::TokenExchange);
    }
    Ok(())
}

fn tokens(new: &mut NewClient, tokens: &Tokens, place: &Place) -> Result<(), SettingError> {
    new.scope.extend(&scope("--scope", &tokens.scopes)?);
    if !tokens.default_scopes.is_empty() {
        new.default_scope = scope("--default-scope", &tokens.default_scopes)?;
    }
    new.audiences = tokens.audiences.clone();
    // Our own API is never a default: a token for it must be asked for.
    let ours = |audience: &&String| same_audience(audience, &place.own.audience);
    new.default_audience = tokens.audiences.iter().find(|audience| !ours(audience)).cloned();
    new.access_token_lifetime = tokens.access_token_lifetime;
    Ok(())
}

fn scope(flag: &str, scopes: &[String]) -> Result<Scope, SettingError> {
    let scope = scopes.join(" ").parse();
    scope.map_err(|error: oauth::Error| SettingError::new(format!("{flag}: {}", error.description())))
}

fn proof(new: &mut NewClient, proof: &Proof) -> Result<(), SettingError> {
    if let Some(file) = &proof.jwks {
        new.jwks = Some(text_of(file)?);
        new.auth = vec![ClientAuth::PrivateKeyJwt];
    }
    if proof.jwks_uri.is_some() {
        new.jwks_uri.clone_from(&proof.jwks_uri);
        new.auth = vec![ClientAuth::PrivateKeyJwt];
    }
    if let Some(method) = proof.auth {
        new.auth = vec![method.into()];
    }
    Ok(())
}

pub(super) fn text_of(file: &Path) -> Result<String, SettingError> {
    fs::read_to_string(file)
        .map_err(|error| SettingError::new(format!("{} cannot be read: {error}", file.display())))
}

/// Where a session's end is told, we call, so it must be an address that may be called (#71, #90): one on this machine or on a
/// private network only where latchkey itself is on this machine.
pub(super) fn callable(new: &NewClient, place: &Place) -> Result<(), SettingError> {
    let Some(uri) = &new.backchannel_logout_uri else { return Ok(()) };
    let at_home = place.issuer.is_local();
    let url = Url::parse(uri).ok().filter(|url| at_home || url.scheme() == "https");
    if url.is_some_and(|url| fetch::may_be_called(&url, at_home)) {
        return Ok(());
    }
    Err(SettingError::new(format!(
        "the back-channel logout URI {uri} is no public https address, and latchkey calls no other from {}",
        place.issuer.as_str()
    )))
}

/// A page that may not call us cannot redeem its code (#30).
fn reachable(redirect_uris: &[String], values: &Values) -> Result<(), SettingError> {
    let origins: BTreeSet<_> = redirect_uris
        .iter()
        .filter_map(|uri| Url::parse(uri).ok())
        .map(|url| url.origin().ascii_serialization())
        .collect();
    for origin in origins {
        if let Some(line) = cors::line_for(values, &origin)? {
            return Err(SettingError::new(format!(
                "pages of {origin} may not call latchkey yet: set {line} and restart (or deploy), then add the app again"
            )));
        }
    }
    Ok(())
}
