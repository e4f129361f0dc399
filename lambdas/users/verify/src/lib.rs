//! `POST /users/verify`: whether an access token of ours is good now, and if not, why, as a code for machines.
//!
//! Unlike the authorizer it looks at the table each time, by one request for three rows, so it knows at once of a session that
//! has ended and of a user or a client that is disabled.

use http::{StatusCode, header};
use oauth::Caller;
use serde_json::json;
use setting::{Env, Permissions, Settings};
use store::Table;
use token::Verifier;
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Verify {
    verifier: Verifier,
    table: Table,
}

impl Function for Verify {
    const NAME: &'static str = "users-verify";
    const ROUTES: &'static [Route] = &[Route::post("/users/verify", Guard::Public)];
    const PERMISSIONS: &'static [Permissions] = &[revocation::IS_REVOKED];
    const SETTINGS: Settings = &[Verifier::SETTINGS, Table::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(env: &Env) -> Result<Self> {
        Ok(Self { verifier: Verifier::from_env(env)?, table: Table::from_env(env).await? })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let Some(token) = request.bearer() else { return invalid("missing") };
        match self.verifier.verify(token, request.now) {
            Err(wrong) => invalid(wrong.reason()),
            Ok(caller) if self.is_revoked(&caller, &request).await? => invalid("revoked"),
            Ok(_) => Response::json(&json!({"status": "valid"})),
        }
    }
}

impl Verify {
    /// #34, #35
    async fn is_revoked(&self, caller: &Caller, request: &Request) -> Result<bool> {
        Ok(revocation::is_revoked(&self.table, caller, request.now).await?)
    }
}

/// RFC 6750 §3: the answer to a request without a token names no error.
fn invalid(reason: &'static str) -> Result<Response> {
    let challenge = if reason == "missing" { "Bearer" } else { "Bearer error=\"invalid_token\"" };
    let response = Response::json(&json!({"status": "invalid", "reason": reason}))?;
    Ok(response.status(StatusCode::UNAUTHORIZED).header(header::WWW_AUTHENTICATE, challenge))
}
