//! `POST /oauth/revoke`: a client gives a token back (RFC 7009). What ends is the grant that it belongs to, with every token of it.

use audit::{Actor, Event, What};
use client::{Authenticator, Client, Presented};
use oauth::{Code, Error, Secret, Time, server};
use serde::Deserialize;
use session::{Family, RefreshToken, family};
use setting::{Env, Permissions, Settings};
use store::{Batch, Table};
use token::Verifier;
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Revoke {
    clients: Authenticator,
    verifier: Verifier,
    table: Table,
}

#[derive(Deserialize)]
struct Form {
    token: Option<Secret>,
}

/// What a text turned out to be. `token_type_hint` is of no use: the two look different.
enum Token {
    /// With the id of its grant, if it has one.
    Access {
        client_id: String,
        grant: Option<String>,
    },
    Refresh(RefreshToken),
    Unknown,
}

impl Function for Revoke {
    const NAME: &'static str = "oauth-revoke";
    const ROUTES: &'static [Route] =
        &[Route::post(server::REVOKE, Guard::Public), Route::get(server::REVOKE, Guard::Public)];
    const PERMISSIONS: &'static [Permissions] =
        &[client::READ, client::SPEND, client::FETCH_KEYS, family::READ, family::END];
    const SETTINGS: Settings = &[Authenticator::SETTINGS, Verifier::SETTINGS, Table::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Client;

    async fn init(env: &Env) -> Result<Self> {
        let table = Table::from_env(env).await?;
        Ok(Self {
            clients: Authenticator::from_env(env, server::REVOKE, &table)?,
            verifier: Verifier::from_env(env)?,
            table,
        })
    }

    /// Two calls. A token that is unknown, or another client's, is as good as revoked: the answer is the same, and nothing ends (#54).
    async fn handle(&self, request: Request) -> Result<Response> {
        request.only_post()?;
        let posted = request.client_form()?;
        let form: Form = posted.read()?;
        let presented = Presented::read(request.authorization(), &posted.read()?)?;
        let token = form.token.ok_or_else(|| Error::invalid_request("the parameter token is missing"))?;
        let token = self.recognise(&token, request.now);
        let batch = Batch::new().and::<Client>(presented.client_id()).and::<Family>(token.grant());
        let mut rows = self.table.get_batch(batch, request.now).await?;
        let client = client::usable(rows.take(presented.client_id()), presented.client_id());
        let verified = self.clients.verify(&presented, client.as_ref(), request.now).await?;
        client::spend_assertion(&self.table, &verified, request.now).await?;
        token.can_be_revoked(&verified.client_id)?;
        let family = rows.read::<Family>(token.grant());
        if let Some(family) = family.filter(|family| token.is_of(family, &verified.client_id)) {
            family::end(&self.table, &family.id, request.now).await?;
            let event =
                Event::new(What::Revocation, &request.visit()).by(Actor::Service(verified.client_id.clone()));
            event.client(&verified.client_id).whom(&family.user_id).grant(&family.id).log();
        }
        // Nobody needs a body (RFC 7009 §2.2), but some libraries read JSON there, or fail.
        Ok(Response::of("application/json", "{}"))
    }
}

impl Revoke {
    fn recognise(&self, token: &Secret, now: Time) -> Token {
        if let Some(token) = RefreshToken::parse(token.expose()) {
            return Token::Refresh(token);
        }
        match self.verifier.verify_for_any_audience(token.expose(), now) {
            Ok(token) => Token::Access { client_id: token.caller.client_id, grant: token.caller.grant },
            Err(_) => Token::Unknown,
        }
    }
}

impl Token {
    fn grant(&self) -> Option<&str> {
        match self {
            Self::Access { grant, .. } => grant.as_deref(),
            Self::Refresh(token) => Some(token.family_id()),
            Self::Unknown => None,
        }
    }

    /// A service's own token belongs to no grant: it cannot be taken back before it expires, and its client must know that
    /// (RFC 7009 §2.2.1).
    fn can_be_revoked(&self, client_id: &str) -> Result<(), Error> {
        match self {
            Self::Access { client_id: of, grant: None } if of == client_id => Err(Error::new(
                Code::UnsupportedTokenType,
                "an access token without a grant cannot be revoked: it expires soon",
            )),
            _ => Ok(()),
        }
    }

    /// Whether a client may end a grant by this token. A refresh token must have been issued in it: its id is known to every API.
    fn is_of(&self, family: &Family, client_id: &str) -> bool {
        let is_issued = match self {
            Self::Refresh(token) => family.knows(token),
            Self::Access { client_id: of, .. } => of == client_id,
            Self::Unknown => false,
        };
        is_issued && family.client_id == client_id
    }
}
