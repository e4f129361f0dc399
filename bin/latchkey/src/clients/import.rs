//! Clients from a file, with the secrets that it has: so that a test suite knows them before the table is made.

use std::path::Path;

use audit::What;
use client::{ApiScope, Exchange, Kind, NewApi, NewClient, Workload, manage};
use jose::Algorithm;
use oauth::{
    Scope, Secret, Time,
    server::{ClientAuth, GrantType},
};
use serde::Deserialize;
use serde_json::Value;
use setting::SettingError;

use super::{failed, noted::Operator, place::Place, wanted, wanted::text_of};

/// The file. The names of a client's members are those of RFC 7591 §2 and of OpenID Connect Dynamic Client Registration §2, where
/// these have one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    apis: Vec<ApiEntry>,
    #[serde(default)]
    clients: Vec<ClientEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiEntry {
    audience: String,
    name: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    consent_scopes: Vec<String>,
    access_token_signed_response_alg: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientEntry {
    client_id: String,
    kind: Kind,
    client_name: Option<String>,
    client_secret: Option<Secret>,
    token_endpoint_auth_method: Option<ClientAuth>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    #[serde(default)]
    workloads: Vec<String>,
    #[serde(default)]
    exchange_apis: Vec<String>,
    #[serde(default)]
    exchange_id_tokens: Vec<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    backchannel_logout_uri: Option<String>,
    #[serde(default)]
    backchannel_logout_session_required: bool,
    grant_types: Option<Vec<GrantType>>,
    scope: Option<Scope>,
    default_scope: Option<Scope>,
    #[serde(default)]
    audiences: Vec<String>,
    default_audience: Option<String>,
    consent: Option<bool>,
    offline_access: Option<bool>,
    pkce_optional: Option<bool>,
    id_token_signed_response_alg: Option<String>,
    claims_in_id_token: Option<bool>,
    access_token_lifetime: Option<u32>,
    refresh_idle: Option<u32>,
    refresh_absolute: Option<u32>,
    grace: Option<u8>,
}

/// Registers all APIs and clients of the file, in its order. One that is there already is replaced, if anything about it differs.
pub(super) async fn import(
    place: &Place,
    operator: &Operator,
    file: &Path,
    now: Time,
) -> Result<String, SettingError> {
    let parsed = read(file)?;
    let mut said = String::new();
    for entry in parsed.apis {
        let (wanted, set) = (entry.wanted()?, operator.noted(What::ApiSet));
        let api = manage::put_api(&place.table, &wanted, &place.own, &set, now).await.map_err(failed)?;
        said.push_str(&format!("api      {}\n", api.audience));
    }
    let mut apis = client::apis(&place.table, now).await.map_err(failed)?;
    apis.push(place.own.clone());
    for entry in parsed.clients {
        let id = entry.client_id.clone();
        let of = |why: &dyn std::fmt::Display| {
            SettingError::new(format!("{}: the client {id:?}: {why}", file.display()))
        };
        let new = entry.wanted().map_err(|why| of(&why))?;
        client::check_apis(&new, &apis).map_err(|why| of(&why))?;
        wanted::callable(&new, place).map_err(|why| of(&why))?;
        let (added, changed) = (operator.noted(What::ClientAdded), operator.noted(What::ClientChanged));
        let client = manage::put(&place.table, &new, &added, &changed, now).await;
        let client = client.map_err(|error| of(&failed(error)))?;
        said.push_str(&format!("{:8} {}\n", client.kind.as_str(), client.id));
    }
    Ok(said)
}

/// What a parser says of a value quotes it, and it may be a secret: then only the place is said (#103).
fn read(file: &Path) -> Result<File, SettingError> {
    let wrong = |why: String| SettingError::new(format!("{} cannot be read: {why}", file.display()));
    let text = text_of(file)?;
    if !text.trim_start().starts_with('{') {
        return Err(wrong("it is no JSON object, as docs/apps.md has one".to_owned()));
    }
    serde_json::from_str(&text).map_err(|error| {
        let why = error.to_string();
        if why.starts_with("unknown field") || why.starts_with("missing field") {
            return wrong(why);
        }
        wrong(format!("line {}, column {} is not as in docs/apps.md", error.line(), error.column()))
    })
}

impl ApiEntry {
    fn wanted(self) -> Result<NewApi, SettingError> {
        let alg = self.access_token_signed_response_alg.as_deref();
        let alg = alg.map_or(Some(Algorithm::Rs256), Algorithm::parse).ok_or_else(|| {
            let audience = &self.audience;
            SettingError::new(format!(
                "the API {audience:?}: its access_token_signed_response_alg is unknown"
            ))
        })?;
        let scope = |consent: bool| move |name: String| ApiScope { name, consent };
        let plain = self.scopes.into_iter().map(scope(false));
        Ok(NewApi {
            name: self.name.unwrap_or_else(|| self.audience.clone()),
            audience: self.audience,
            scopes: plain.chain(self.consent_scopes.into_iter().map(scope(true))).collect(),
            access_token_alg: alg,
        })
    }
}

impl ClientEntry {
    fn wanted(self) -> Result<NewClient, String> {
        let usual = NewClient::new(self.kind, self.client_name.unwrap_or_else(|| self.client_id.clone()));
        let jwks = self.jwks.map(|jwks| jwks.to_string());
        let workloads = self.workloads.iter().map(|text| Workload::parse(text));
        let workloads = workloads.collect::<Result<Vec<_>, _>>().map_err(|why| why.to_string())?;
        let exchange = Exchange::read(&self.exchange_apis, &self.exchange_id_tokens);
        let exchange = exchange.map_err(|why| why.to_string())?;
        let exchanges = (!exchange.is_empty()).then_some(GrantType::TokenExchange);
        let grants = usual.grants.iter().copied().chain(exchanges).collect();
        let by_key = (jwks.is_some() || self.jwks_uri.is_some() || !workloads.is_empty())
            .then_some(ClientAuth::PrivateKeyJwt);
        let auth = self.token_endpoint_auth_method.or(by_key).map(|auth| vec![auth]).unwrap_or(usual.auth);
        let with_secret = auth.iter().any(|auth| matches!(auth, ClientAuth::Basic | ClientAuth::Post));
        if with_secret && self.client_secret.is_none() {
            return Err("its client_secret is missing".to_owned());
        }
        let scope = self.scope.unwrap_or(usual.scope);
        let alg = self
            .id_token_signed_response_alg
            .map(|name| Algorithm::parse(&name).ok_or("its id_token_signed_response_alg is unknown"));
        Ok(NewClient {
            id: Some(self.client_id),
            kind: self.kind,
            name: usual.name,
            auth,
            secret: self.client_secret,
            jwks,
            jwks_uri: self.jwks_uri,
            workloads,
            exchange,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            backchannel_logout_uri: self.backchannel_logout_uri,
            backchannel_logout_session_required: self.backchannel_logout_session_required,
            grants: self.grant_types.unwrap_or(grants),
            default_scope: self.default_scope.unwrap_or_else(|| usual.default_scope.intersection(&scope)),
            scope,
            audiences: self.audiences,
            default_audience: self.default_audience,
            consent: self.consent.unwrap_or(usual.consent),
            offline_access: self.offline_access.unwrap_or(usual.offline_access),
            pkce_optional: self.pkce_optional.unwrap_or(usual.pkce_optional),
            id_token_alg: alg.transpose()?.unwrap_or(usual.id_token_alg),
            claims_in_id_token: self.claims_in_id_token.unwrap_or(usual.claims_in_id_token),
            access_token_lifetime: self.access_token_lifetime,
            refresh_idle: self.refresh_idle,
            refresh_absolute: self.refresh_absolute,
            grace: self.grace.unwrap_or(usual.grace),
        })
    }
}
