//! `POST token`: a code for tokens (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3).

use std::sync::{Arc, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Json,
    extract::{RawForm, State, rejection::RawFormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use oauth::Secret;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{Grant, Refused, StandIn, StandInConfig, TOKEN_LIFETIME, params::Params};

/// Answers a token request.
pub(super) async fn exchange(
    State(it): State<Arc<StandIn>>,
    headers: HeaderMap,
    form: Result<RawForm, RawFormRejection>,
) -> Response {
    match Params::form(form).and_then(|form| it.exchange(&headers, &form)) {
        Ok(tokens) => Json(tokens).into_response(),
        Err(refused) => refused.json(r#"Basic realm="stand-in""#),
    }
}

impl StandIn {
    fn exchange(&self, headers: &HeaderMap, form: &Params) -> Result<Value, Refused> {
        authenticate(&self.config, headers, form)?;
        if form.need("grant_type")? != "authorization_code" {
            let reason = "the only grant_type is authorization_code";
            return Err(Refused::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", reason));
        }
        let grant = self.redeem(form)?;
        let fault = |_| {
            Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the ID token was not signed")
        };
        self.tokens(grant).map_err(fault)
    }

    /// Judges first and takes after, under one lock: a wrong request burns nothing (#42), a right one happens once (#41).
    fn redeem(&self, form: &Params) -> Result<Grant, Refused> {
        let code = Secret::new(form.need("code")?);
        let (redirect_uri, verifier) = (form.need("redirect_uri")?, form.need("code_verifier")?);
        let unknown = || Refused::grant("the code is unknown, used or expired");
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = codes.find(&code).filter(|grant| self.now() <= grant.ends_at).ok_or_else(unknown)?;
        if grant.request.redirect_uri != redirect_uri {
            return Err(Refused::grant("the code was asked for with another redirect_uri"));
        }
        if Secret::new(verifier).digest().as_str() != grant.request.challenge {
            return Err(Refused::grant("the code_verifier does not belong to the code_challenge"));
        }
        codes.take(&code).ok_or_else(unknown)
    }

    fn tokens(&self, grant: Grant) -> Result<Value, jsonwebtoken::errors::Error> {
        let scope = grant.request.scope.clone();
        let claims = self.id_claims(&grant);
        let kept = Grant { ends_at: self.now().after(TOKEN_LIFETIME), ..grant };
        let access_token = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).keep(kept);
        let id_token = self.id_token(claims, &access_token)?;
        Ok(json!({
            "access_token": access_token.expose(),
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFETIME.as_secs(),
            "scope": scope,
            "id_token": id_token,
        }))
    }

    fn id_claims(&self, grant: &Grant) -> Map<String, Value> {
        let now = self.now();
        let mut claims = grant.person.claims(&grant.request.scope, &self.config.address);
        claims.insert("iss".to_owned(), self.config.issuer.as_str().into());
        claims.insert("aud".to_owned(), self.config.client_id.as_str().into());
        claims.insert("azp".to_owned(), self.config.client_id.as_str().into());
        if let Some(nonce) = &grant.request.nonce {
            claims.insert("nonce".to_owned(), nonce.as_str().into());
        }
        claims.insert("iat".to_owned(), now.epoch().into());
        claims.insert("exp".to_owned(), now.after(TOKEN_LIFETIME).epoch().into());
        claims
    }

    fn id_token(
        &self,
        mut claims: Map<String, Value>,
        access_token: &Secret,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        // at_hash: the left half of the access token's hash (OpenID Connect Core §3.1.3.6).
        let hash = digest(&SHA256, access_token.expose().as_bytes());
        claims.insert("at_hash".to_owned(), URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]).into());
        self.config.key.sign(&claims)
    }
}

/// The client proves who it is, in the header or in the form but not in both (RFC 6749 §2.3.1).
fn authenticate(config: &StandInConfig, headers: &HeaderMap, form: &Params) -> Result<(), Refused> {
    let unknown = || {
        Refused::new(StatusCode::UNAUTHORIZED, "invalid_client", "the client is unknown or its secret wrong")
    };
    let (id, secret) = match (headers.get(header::AUTHORIZATION), form.get("client_secret")) {
        (Some(_), Some(_)) => return Err(Refused::invalid("the client authenticates in two ways at once")),
        (Some(value), None) => value.to_str().ok().and_then(basic).ok_or_else(unknown)?,
        (None, Some(secret)) => (form.need("client_id")?.to_owned(), secret.to_owned()),
        (None, None) => return Err(unknown()),
    };
    let repeated = form.get("client_id").unwrap_or(&id);
    let known = id == config.client_id && repeated == id && config.client_secret.matches(&secret);
    if known { Ok(()) } else { Err(unknown()) }
}

/// `Basic`: both halves are form-encoded before they are put together (RFC 6749 §2.3.1).
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    let plain = STANDARD.decode(encoded).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (id, secret) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let pair = format!("v={text}");
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
}
