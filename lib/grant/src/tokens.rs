//! Issuing tokens, and the answer that holds them.

use std::{fmt::Display, sync::Arc};

use client::Client;
use oauth::{
    Code, Scope, Secret, Sentence, Time,
    server::{self, EMAIL, OPENID, PROFILE, TokenType, USERINFO},
};
use serde::Serialize;
use setting::{BASE_URL, Env, Group, SECOND_FACTORS, SettingError};
use store::Table;
use token::{
    AccessToken, Claims, IdClaims, Signer,
    settings::{AUDIENCE, SIGNING_KEYS},
};
use user::{
    Facts, Rights, User,
    rights::{Decision, Held},
};

use crate::{
    Authorization, Error, Place, Target,
    authorization::{Granted, To},
    person_claims,
    terms::lifetime,
};

/// What issues tokens: the keys that sign them, and who may do what.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub(crate) signer: Signer,
    pub(crate) rights: Held,
    /// The audience of tokens that are for no API.
    pub(crate) userinfo: String,
    /// Whether people can be asked for a second factor: then whoever must show one gets nothing without.
    asks_factor: bool,
}

/// The answer with an access token (RFC 6749 §5.1). Its scope is always said, whether or not it is what was asked for (§3.3).
#[derive(Debug, Clone, Serialize)]
pub struct TokenResponse {
    /// The token.
    pub access_token: Secret,
    /// Seconds until the token expires.
    pub expires_in: u64,
    /// What it allows.
    pub scope: Scope,
    /// How the token is used (§7.1): `Bearer` (RFC 6750).
    pub token_type: &'static str,
    /// What kind of token it is, where another was exchanged for it (RFC 8693 §2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<TokenType>,
    /// The ID token of a grant with `openid` (OpenID Connect Core §3.1.3.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
    /// The refresh token, which whoever writes its grant adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// To whom, for the trail. It is in no answer.
    #[serde(skip)]
    pub issued: Issued,
}

/// To whom tokens were issued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issued {
    /// The id of the person, if it is about one.
    pub user_id: Option<String>,
    /// The id of the client that the grant is of.
    pub client_id: Option<String>,
    /// The id of the grant.
    pub grant: Option<String>,
}

impl TokenResponse {
    fn new(token: AccessToken, scope: Scope) -> Self {
        Self {
            access_token: token.jwt,
            expires_in: token.expires_in,
            scope,
            token_type: "Bearer",
            issued_token_type: None,
            id_token: None,
            refresh_token: None,
            issued: Issued::default(),
        }
    }
}

impl Tokens {
    /// What is read to sign them; what they allow is the rights' own.
    pub const SETTINGS: Group = &[&BASE_URL, &AUDIENCE, &SIGNING_KEYS, &SECOND_FACTORS];

    /// Tokens by this signer, for people with these rights.
    pub fn new(signer: Signer, rights: Held) -> Self {
        let userinfo = format!("{}{USERINFO}", signer.issuer());
        Self { signer, rights, userinfo, asks_factor: false }
    }

    /// The same where people can be asked for a second factor: whoever has a role that demands one gets no token without, instead of one
    /// without the role.
    #[must_use]
    pub fn asking_factor(self, asks_factor: bool) -> Self {
        Self { asks_factor, ..self }
    }

    /// The same, signed as the settings say: `BASE_URL`, `AUDIENCE`, `SIGNING_KEYS` and `SECOND_FACTORS`.
    pub fn from_env(env: &Env, rights: Held) -> Result<Self, SettingError> {
        Ok(Self::new(Signer::from_env(env)?, rights).asking_factor(env.is_on(&SECOND_FACTORS)?))
    }

    /// The same, whose signer can read its keys again from the secret that the settings name: see [`Signer::reloading`].
    #[must_use]
    pub fn reloading<F, E>(self, env: &Env, fetch: fn(Vec<String>) -> F) -> Self
    where
        F: Future<Output = Vec<Result<Secret, E>>> + Send + 'static,
        E: Display,
    {
        Self { signer: self.signer.reloading(env, fetch), ..self }
    }

    /// Reads the keys and the rights again if they are old: before whatever issues tokens. The rights, as they are now.
    ///
    /// One GetItem where the rights were read 20 seconds ago or earlier. An error if they cannot be known.
    pub async fn refresh(&self, table: &Table, now: Time) -> Result<Arc<Rights>, user::Error> {
        self.signer.refresh(now).await;
        self.rights.current(table, now).await
    }

    /// Issues an access token, and an ID token where one is due. What it allows follows from what is known of the person at this
    /// moment, and from the rights, which [`Tokens::refresh`] has read in the same request: without it there are no tokens.
    pub fn issue(&self, authorized: &Authorization<'_>, now: Time) -> Result<TokenResponse, Error> {
        let answer = match &authorized.to {
            To::FirstParty(user) => self.first_party(user, authorized, now),
            To::Client(granted) => self.client(granted, authorized, now),
            To::Service { client, target, asked } => self.service(client, target, asked, now),
        }?;
        Ok(TokenResponse { issued: authorized.issued(), ..answer })
    }

    fn rights(&self, now: Time) -> Result<Arc<Rights>, Error> {
        self.rights.known(now).map_err(Error::Rights)
    }

    /// The client is the subject, where no person takes part (RFC 9068 §2.2). A service that would get a token for nothing gets
    /// none (RFC 6749 §3.3).
    fn service(
        &self,
        client: &Client,
        target: &Target,
        asked: &Scope,
        now: Time,
    ) -> Result<TokenResponse, Error> {
        let scope = asked.intersection(&client.scope).intersection(&target.scope);
        if scope.is_empty() {
            return Err(if asked.is_empty() { nothing_asked() } else { nothing_left() });
        }
        let claims = Claims {
            audience: Some(&target.audience),
            algorithm: target.algorithm,
            lifetime: lifetime(client),
            ..Claims::of(&client.id, &client.id, &scope)
        };
        Ok(TokenResponse::new(self.signer.access_token(&claims, now)?, scope))
    }

    /// Their address is in it only if it is proven to be theirs (#19).
    fn first_party(
        &self,
        user: &User,
        authorized: &Authorization<'_>,
        now: Time,
    ) -> Result<TokenResponse, Error> {
        let facts = Facts::of(user, now).via(authorized.via).client(token::FIRST_PARTY);
        let facts = facts.with_factor(authorized.has_factor);
        let decision = self.rights(now)?.decide(&facts);
        if self.asks_factor && decision.owes_factor() {
            return Err(self.factor_due(authorized.session.is_some()));
        }
        let (roles, scope) = (decision.roles(), decision.scope);
        let claims = Claims {
            roles: &roles,
            session: authorized.session,
            name: user.name.as_deref(),
            email: user.verified_email(),
            ..Claims::of(&user.id, token::FIRST_PARTY, &scope)
        };
        Ok(TokenResponse::new(self.signer.access_token(&claims, now)?, scope))
    }

    /// Somebody must show a second factor first, in a browser: those who are signed in at the step, all others where they sign in.
    fn factor_due(&self, is_signed_in: bool) -> Error {
        let (issuer, place) =
            (self.signer.issuer(), if is_signed_in { "/users/factor?return_to=%2F" } else { "/users/login" });
        let refusal =
            oauth::Error::said(Code::InteractionRequired, Sentence::FactorDemanded).with_status(403);
        let detail = if is_signed_in { "Show it at" } else { "Sign in at" };
        Error::Token(refusal.with_detail(&format!("{detail} {issuer}{place} in a browser.")).into())
    }

    fn client(
        &self,
        granted: &Granted<'_>,
        authorized: &Authorization<'_>,
        now: Time,
    ) -> Result<TokenResponse, Error> {
        let Granted { client, user, family, target, .. } = granted;
        let rights = self.rights(now)?;
        let facts = Facts::of(user, now).via(family.via.as_deref()).client(&client.id);
        let facts = facts.with_factor(authorized.has_factor);
        let decision = rights.decide(&facts);
        if self.asks_factor && decision.owes_factor() {
            return Err(factor_missing(granted.exchange.is_some()));
        }
        let scope = granted_scope(granted, &decision);
        let exchange = granted.exchange;
        let of_the_api = || scope.iter().any(|name| target.scope.contains(name));
        if exchange.is_some_and(|exchange| scope.is_empty() || (exchange.elsewhere && !of_the_api())) {
            return Err(nothing_left());
        }
        let (life, ends) = (lifetime(client), exchange.and_then(|exchange| exchange.ends));
        let roles = rights.roles_within(&decision.roles(), &target.scope);
        let claims = Claims {
            audience: Some(&target.audience),
            algorithm: target.algorithm,
            lifetime: ends.map_or(life, |ends| life.min(ends.since(now))),
            roles: &roles,
            session: family.sid.as_deref(),
            grant: Some(&family.id),
            actor: exchange.and_then(|exchange| exchange.actor),
            auth_time: Some(family.auth_time),
            acr: Some(acr(granted)),
            amr: &family.amr,
            name: user.name.as_deref().filter(|_| scope.contains(PROFILE)),
            email: user.verified_email().filter(|_| scope.contains(EMAIL)),
            ..Claims::of(&user.id, &client.id, &scope)
        };
        let token = self.signer.access_token(&claims, now)?;
        if exchange.is_some() {
            let issued_token_type = Some(TokenType::AccessToken);
            return Ok(TokenResponse { issued_token_type, ..TokenResponse::new(token, scope) });
        }
        let id_token = scope.contains(OPENID).then(|| self.id_token(granted, &scope, &token.jwt, now));
        let answer = TokenResponse::new(token, scope);
        Ok(TokenResponse { id_token: id_token.transpose()?, ..answer })
    }

    /// Claims of scopes come from userinfo, unless the client is registered to get them here (OpenID Connect Core §5.4).
    fn id_token(
        &self,
        granted: &Granted<'_>,
        scope: &Scope,
        access_token: &Secret,
        now: Time,
    ) -> Result<Secret, Error> {
        let Granted { client, user, family, .. } = granted;
        let nothing = Scope::default();
        let scope = if client.claims_in_id_token { scope } else { &nothing };
        let claims = IdClaims {
            subject: &user.id,
            client_id: &client.id,
            algorithm: client.id_token_alg,
            auth_time: family.auth_time,
            nonce: granted.nonce,
            session: family.sid.as_deref(),
            acr: acr(granted),
            amr: &family.amr,
            access_token,
            person: person_claims(user, client, scope, family.claims.as_deref(), Place::IdToken),
        };
        Ok(self.signer.id_token(&claims, now)?)
    }
}

/// What was asked for and granted, as far as the client, the API and the person still allow it. Scopes of OpenID Connect are
/// no API's and need no role.
fn granted_scope(granted: &Granted<'_>, decision: &Decision) -> Scope {
    let with_openid = |mut scope: Scope| {
        scope.extend(&server::openid_scopes());
        scope
    };
    let api = with_openid(granted.target.scope.clone());
    let person = with_openid(decision.scope.clone());
    granted.asked.intersection(&granted.client.scope).intersection(&api).intersection(&person)
}

fn nothing_asked() -> Error {
    let what = "the request names no scope, and the client is registered without a default one";
    Error::Token(oauth::Error::new(Code::InvalidScope, what).into())
}

fn nothing_left() -> Error {
    let what = "none of these scopes is one of this client and this API";
    Error::Token(oauth::Error::new(Code::InvalidScope, what).into())
}

/// The grant was made without a second factor, and a role of its person demands one: only a new grant can have it, so this one is left as it
/// is (RFC 6749 §5.2, RFC 8693 §2.2.2).
fn factor_missing(is_exchange: bool) -> Error {
    let code = if is_exchange { Code::InvalidRequest } else { Code::InvalidGrant };
    let what = "interaction_required: a role of this person demands a second factor, which was not shown for this grant; \
                send them to the authorization endpoint";
    Error::Token(oauth::Error::new(code, what).into())
}

/// It is always said (OpenID Connect Core §5.5.1.1).
fn acr<'a>(granted: &'a Granted<'_>) -> &'a str {
    granted.family.acr.as_deref().unwrap_or_else(|| server::acr(&granted.family.amr))
}

#[cfg(test)]
mod tests {
    use jose::Algorithm;
    use oauth::Caller;
    use serde_json::{Value, json};
    use session::{Session, SignIn};
    use token::{Keys, Verifier};
    use user::{Status, User};

    use super::*;

    const ISSUER: &str = "https://id.example.com";
    const API: &str = "https://api.example.com";
    const NOW: Time = Time::from_epoch(1_800_000_000);

    fn tokens() -> (Tokens, Verifier) {
        let keys = Keys::generate_for(Algorithm::Es256).unwrap();
        let rights = Rights::parse("admin=users:read get:profile; member=get:profile", "", "").unwrap();
        let held = Held::fixed(rights, NOW);
        let verifier = Verifier::new(ISSUER, API, keys.public().clone());
        (Tokens::new(Signer::new(ISSUER, API, keys), held), verifier)
    }

    fn user() -> User {
        User {
            id: "u".to_owned(),
            name: Some("Ada".to_owned()),
            email: Some("ada@example.com".to_owned()),
            email_verified: true,
            picture: None,
            claims: None,
            roles: vec!["admin".to_owned(), "gone".to_owned()],
            status: Status::Active,
            epoch: 0,
            created_at: NOW,
            last_login_at: Some(NOW),
            identities: Vec::new(),
            proofs: Default::default(),
            entitlements: Vec::new(),
            revision: None,
            factors: Default::default(),
            only_vouched: false,
        }
    }

    fn session() -> Session {
        let secret = Secret::random();
        let sign_in = SignIn {
            sid: "s",
            secret: &secret,
            user_id: "u",
            epoch: 0,
            amr: &[],
            via: None,
            visit: None,
            keep: std::time::Duration::ZERO,
        };
        Session::new(&sign_in, NOW)
    }

    #[test]
    fn a_token_says_who_it_is_for_and_what_their_roles_allow() {
        // #57
        let (tokens, verifier) = tokens();
        let issued = tokens.issue(&Authorization::of(&user()).within(&session()), NOW).unwrap();
        let caller = Caller {
            issuer: ISSUER.to_owned(),
            subject: "u".to_owned(),
            client_id: token::FIRST_PARTY.to_owned(),
            scope: "get:profile users:read".parse().unwrap(),
            roles: vec!["admin".to_owned()],
            session: Some("s".to_owned()),
            grant: None,
            name: Some("Ada".to_owned()),
            email: Some("ada@example.com".to_owned()),
            expires_at: Time::from_epoch(NOW.epoch() + 600),
        };
        assert_eq!(verifier.verify(issued.access_token.expose(), NOW), Ok(caller));
    }

    #[test]
    fn without_a_session_none_is_named_and_an_address_that_is_not_proven_is_left_out() {
        // #19
        let (tokens, verifier) = tokens();
        let user = User { email_verified: false, ..user() };
        let issued = tokens.issue(&Authorization::of(&user), NOW).unwrap();
        let caller = verifier.verify(issued.access_token.expose(), NOW).unwrap();
        assert_eq!((caller.session, caller.email), (None, None));
    }

    #[test]
    fn the_answer_has_the_members_of_the_standard_and_shows_no_token_in_a_log() {
        // #103: RFC 6749 §5.1
        let issued = tokens().0.issue(&Authorization::of(&user()), NOW).unwrap();
        assert!(!format!("{issued:?}").contains(issued.access_token.expose()));
        let mut answer = serde_json::to_value(&issued).unwrap();
        let token = answer.as_object_mut().unwrap().remove("access_token");
        assert_eq!(token, Some(Value::from(issued.access_token.expose())));
        let rest = json!({"token_type": "Bearer", "expires_in": 600, "scope": "get:profile users:read"});
        assert_eq!(answer, rest);
    }
}
