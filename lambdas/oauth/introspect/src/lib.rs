//! What a token says and whether it counts now: to a client or an API that asks about it (`POST /oauth/introspect`, RFC 7662), and to
//! whoever holds it (`GET` and `POST /oauth/userinfo`, OpenID Connect Core §5.3). Both read the same rows and change none.

mod about;
mod introspect;
mod userinfo;

use client::{Authenticator, Client};
use oauth::server;
use session::family;
use setting::{Env, Permissions, Settings};
use store::Table;
use token::Verifier;
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Introspect {
    clients: Authenticator,
    verifier: Verifier,
    table: Table,
}

impl Function for Introspect {
    const NAME: &'static str = "oauth-introspect";
    const ROUTES: &'static [Route] = &[
        Route::post(server::INTROSPECT, Guard::Public),
        Route::get(server::INTROSPECT, Guard::Public),
        Route::get(server::USERINFO, Guard::Public),
        Route::post(server::USERINFO, Guard::Public),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        revocation::IS_REVOKED,
        client::READ,
        client::SPEND,
        client::FETCH_KEYS,
        family::READ,
        session::READ,
        user::READ,
    ];
    const SETTINGS: Settings = &[Authenticator::SETTINGS, Verifier::SETTINGS, Table::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Client;

    async fn init(env: &Env) -> Result<Self> {
        let table = Table::from_env(env).await?;
        Ok(Self {
            clients: Authenticator::from_env(env, server::INTROSPECT, &table)?,
            verifier: Verifier::from_env(env)?,
            table,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.path() == server::INTROSPECT {
            request.only_post()?;
            return self.introspect(&request).await;
        }
        self.userinfo(&request).await
    }
}

/// Whether a client may ask at all: one that proves itself (RFC 7662 §2.1).
fn may_ask(client: &Client) -> bool {
    !client.is_public()
}
