//! `POST token`: a code for tokens (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3).

use std::sync::{Arc, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    extract::{RawForm, State, rejection::RawFormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use oauth::{Code, Secret, Time};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{
    Grant, Refused, StandIn, StandInConfig, TOKEN_LIFETIME,
    facts::{Facts, merge},
    json_as,
    params::Params,
};

/// Answers a token request.
pub(super) async fn exchange(
    State(it): State<Arc<StandIn>>,
    headers: HeaderMap,
    form: Result<RawForm, RawFormRejection>,
) -> Response {
    let behaviour = &it.config.behaviour.token;
    match Params::form(form).and_then(|form| it.exchange(&headers, &form)) {
        Ok(tokens) if behaviour.form_unless_asked && !takes_json(&headers) => as_form(&tokens),
        Ok(tokens) => json_as(behaviour.media_type, &tokens.into()),
        Err(refused) if behaviour.form_unless_asked => {
            Refused { status: StatusCode::OK, ..refused }.json(r#"Basic realm="stand-in""#)
        }
        Err(refused) => refused.json(r#"Basic realm="stand-in""#),
    }
}

fn takes_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).is_some_and(|it| it.contains("json"))
}

/// As GitHub answers a client that asks for nothing else.
fn as_form(tokens: &Map<String, Value>) -> Response {
    let pairs = tokens.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    ([(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")], body).into_response()
}

impl StandIn {
    fn exchange(&self, headers: &HeaderMap, form: &Params) -> Result<Map<String, Value>, Refused> {
        authenticate(&self.config, headers, form)?;
        if form.need("grant_type")? != "authorization_code" {
            let reason = "the only grant_type is authorization_code";
            return Err(Refused::new(Code::UnsupportedGrantType, reason));
        }
        let grant = self.redeem(form)?;
        self.tokens(grant)
    }

    /// Checks first and takes after, under one lock: a wrong request uses up nothing (#42), a right one happens once (#41).
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

    fn tokens(&self, grant: Grant) -> Result<Map<String, Value>, Refused> {
        let scope = grant.request.scope.clone();
        let claims = self.id_claims(&grant)?;
        let facts = self.facts(&grant);
        let kept = Grant { ends_at: self.now().after(TOKEN_LIFETIME), ..grant };
        let access_token = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).keep(kept);
        let mut answer = Map::new();
        answer.insert("access_token".to_owned(), access_token.expose().into());
        answer.insert("token_type".to_owned(), "Bearer".into());
        answer.insert("expires_in".to_owned(), TOKEN_LIFETIME.as_secs().into());
        answer.insert("scope".to_owned(), scope.to_string().into());
        answer.insert("id_token".to_owned(), self.id_token(claims, &access_token)?.into());
        merge(&mut answer, facts.object(self.config.behaviour.token.members).map_err(Refused::fault)?);
        Ok(answer)
    }

    /// What is true of this sign-in.
    pub(super) fn facts(&self, grant: &Grant) -> Facts {
        let mut facts = grant.person.facts(&self.config.address);
        facts.push(("now", self.now().epoch().into()));
        facts.push(("client", self.config.client_id.as_str().into()));
        Facts(facts)
    }

    fn id_claims(&self, grant: &Grant) -> Result<Map<String, Value>, Refused> {
        let behaviour = &self.config.behaviour.id_token;
        let mut claims = self.claims(grant)?;
        behaviour.verified.write(&mut claims);
        claims.retain(|name, _| !behaviour.without.contains(&name.as_str()));
        claims.extend(self.registered(grant));
        if behaviour.groups > 0 {
            let groups =
                (0..behaviour.groups).map(|number| format!("{number:08x}-2b34-4da1-9baa-8bc8c9d6a490"));
            claims.insert("groups".to_owned(), groups.collect());
        }
        merge(&mut claims, self.facts(grant).object(behaviour.claims).map_err(Refused::fault)?);
        Ok(claims)
    }

    /// The claims that an ID token must have (OpenID Connect Core §2).
    fn registered(&self, grant: &Grant) -> Map<String, Value> {
        let behaviour = &self.config.behaviour.id_token;
        let (now, client) = (self.now(), self.config.client_id.as_str());
        let moment = |time: Time| match behaviour.fractions {
            true => json!(time.epoch() as f64 + 0.25),
            false => json!(time.epoch()),
        };
        let audience = match behaviour.also_for {
            [] => json!(client),
            others => std::iter::once(&client).chain(others).copied().collect(),
        };
        let mut claims = Map::new();
        claims.insert("iss".to_owned(), self.config.issuer.as_str().into());
        claims.insert("aud".to_owned(), audience);
        claims.extend(behaviour.azp.then(|| ("azp".to_owned(), client.into())));
        claims.extend(grant.request.nonce.as_ref().map(|nonce| ("nonce".to_owned(), nonce.as_str().into())));
        claims.extend(grant.request.dated.then(|| ("auth_time".to_owned(), moment(now))));
        claims.insert("iat".to_owned(), moment(now));
        claims.insert("exp".to_owned(), moment(now.after(TOKEN_LIFETIME)));
        claims
    }

    fn id_token(&self, mut claims: Map<String, Value>, access_token: &Secret) -> Result<String, Refused> {
        // at_hash: the left half of the access token's hash (OpenID Connect Core §3.1.3.6).
        let hash = digest(&SHA256, access_token.expose().as_bytes());
        claims.insert("at_hash".to_owned(), URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]).into());
        self.config.key.sign(claims).map_err(Refused::fault)
    }
}

/// The client proves who it is, in the header or in the form but not in both (RFC 6749 §2.3.1).
fn authenticate(config: &StandInConfig, headers: &HeaderMap, form: &Params) -> Result<(), Refused> {
    let unknown = || Refused::new(Code::InvalidClient, "the client is unknown or its secret wrong");
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
