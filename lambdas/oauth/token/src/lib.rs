//! `POST /oauth/token`: a code, a refresh token, a device code or a client's own proof, for tokens (RFC 6749 §3.2).
//!
//! Each grant goes the same way: who asks, from the form; the rows, in one request; the client's proof; what the grant itself demands;
//! the tokens; and last the one write that makes it happen. What is wrong before that changes nothing (#42).

mod asked;
mod code;
mod device;
mod exchange;
mod people;
mod refresh;
mod service;
mod trail;

use std::sync::atomic::Ordering;

use audit::Trail;
use client::{Authenticator, Client};
use grant::Tokens;
use oauth::{
    Code, Error, Time,
    server::{self, GrantType},
};
use session::{code as codes, device as devices, family};
use setting::{EVENTS, Env, FOREIGN_TOKENS, PASSWORDS, Permissions, SECOND_FACTORS, Settings};
use store::{Found, Table};
use token::Verifier;
use user::{
    Rights, password,
    rights::{self, Held},
};
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};

use self::{asked::Asked, people::People};

/// The function.
pub struct Token {
    clients: Authenticator,
    tokens: Tokens,
    table: Table,
    trail: Trail,
    /// What exchanges tokens, if that is on.
    exchange: Option<Exchanges>,
}

/// Whose tokens are exchanged for ours.
struct Exchanges {
    /// Our own.
    verifier: Verifier,
    /// People's, by their providers.
    people: People,
}

impl Function for Token {
    const NAME: &'static str = "oauth-token";
    const ROUTES: &'static [Route] =
        &[Route::post(server::TOKEN, Guard::Public), Route::get(server::TOKEN, Guard::Public)];
    const PERMISSIONS: &'static [Permissions] = &[
        client::READ,
        client::READ_API,
        client::SPEND,
        client::FETCH_KEYS,
        session::READ,
        session::TOUCH,
        user::READ,
        rights::READ,
        codes::READ,
        codes::REDEEM,
        authorization::READ_CONSENT,
        authorization::CHECK_CONSENT,
        devices::READ,
        devices::REDEEM,
        family::READ,
        family::ROTATE,
        family::END,
        client::READ_SPENT,
        audit::WRITE,
        user::SIGN_IN.only_with(&FOREIGN_TOKENS),
        password::EXPEL.only_with(&FOREIGN_TOKENS).only_with(&PASSWORDS),
        session::END_BY_ID.only_with(&FOREIGN_TOKENS).only_with(&PASSWORDS),
        session::ended::NOTED_OF.only_with(&FOREIGN_TOKENS).only_with(&PASSWORDS),
    ];
    const SETTINGS: Settings = &[
        Authenticator::SETTINGS,
        Tokens::SETTINGS,
        Table::SETTINGS,
        Verifier::SETTINGS,
        Rights::SIGN_IN_SETTINGS,
        People::SETTINGS,
        Trail::SETTINGS,
        &[&EVENTS],
        People::ISSUER_SETTINGS,
        &[&SECOND_FACTORS, &PASSWORDS],
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Client;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let table = Table::from_env(env).await?;
        Ok(Self {
            clients: Authenticator::from_env(env, server::TOKEN, &table)?,
            tokens: Tokens::from_env(env, Held::for_sign_in(env)?)?.reloading(env, vault::fetch),
            exchange: Exchanges::from_env(env, &table)?,
            trail: Trail::from_env(env)?,
            table,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        request.only_post()?;
        let asked = Asked::read(&request)?;
        self.tokens.refresh(&self.table, request.now).await?;
        let answer = match asked.grant {
            GrantType::AuthorizationCode => self.redeem(&asked, request.now).await,
            GrantType::RefreshToken => self.refresh(&asked, request.now).await,
            GrantType::ClientCredentials => self.service(&asked, request.now).await,
            GrantType::DeviceCode => self.device(&asked, request.now).await,
            GrantType::TokenExchange => self.exchange(&asked, request.now).await,
        };
        Response::json(&Self::logged(&asked, answer)?)
    }
}

impl Exchanges {
    /// Nothing, unless it was asked for.
    fn from_env(env: &Env, table: &Table) -> Result<Option<Self>> {
        if !env.is_on(&FOREIGN_TOKENS)? {
            return Ok(None);
        }
        let (verifier, people) = (Verifier::from_env(env)?, People::from_env(env, table)?);
        Ok(Some(Self { verifier, people }))
    }
}

impl Token {
    /// The client, once it has proven who it is and may use the grant (#35, #45, #91).
    async fn authenticated(&self, asked: &Asked, found: Found<Client>, now: Time) -> Result<Client> {
        let client = client::usable(found, asked.client.client_id());
        asked.is_known.store(client.is_some(), Ordering::Relaxed);
        let verified = self.clients.verify(&asked.client, client.as_ref(), now).await?;
        let client = client.filter(|client| client.allows(asked.grant)).ok_or_else(unauthorized)?;
        client::spend_assertion(&self.table, &verified, now).await?;
        Ok(client)
    }
}

fn unauthorized() -> Error {
    Error::new(Code::UnauthorizedClient, "this client may not use this grant_type")
}

/// Whatever is wrong with a code or a refresh token, the same answer: it says nothing of what there is.
fn invalid_grant(what: &str) -> Error {
    Error::new(
        Code::InvalidGrant,
        format!("the {what} is unknown, expired, used before, revoked or another client's"),
    )
}
