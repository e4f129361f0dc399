//! `GET /users/me`: who is calling.

use oauth::{BaseUrl, Code, Error};
use setting::{Env, Permissions, Settings};
use store::Table;
use web::{Edge, ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Me {
    base: BaseUrl,
    table: Table,
}

impl Function for Me {
    const NAME: &'static str = "users-me";
    const ROUTES: &'static [Route] = &[Route::get("/users/me", Guard::SignedIn)];
    const PERMISSIONS: &'static [Permissions] = &[user::FIND];
    const SETTINGS: Settings = &[&[&setting::BASE_URL], Table::SETTINGS, Edge::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(env: &Env) -> Result<Self> {
        Ok(Self { base: env.parsed(&setting::BASE_URL)?, table: Table::from_env(env).await? })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let caller = request.caller()?.from_issuer(self.base.as_str())?;
        let user = user::active(&self.table, &caller.subject, request.now).await?;
        Response::json(&user.ok_or_else(gone)?.profile())
    }
}

/// The token outlived its user (#35).
fn gone() -> Error {
    Error::new(Code::InvalidToken, "the user of this access token is disabled or gone")
}
