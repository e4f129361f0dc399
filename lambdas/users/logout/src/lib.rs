//! `POST /users/logout`: the session ends on the server, and the browser forgets it.

use oauth::ReturnTo;
use serde_json::json;
use setting::{Env, Permissions, Settings};
use store::Table;
use web::{Cookie, ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Logout {
    table: Table,
}

impl Function for Logout {
    const NAME: &'static str = "users-logout";
    const ROUTES: &'static [Route] = &[Route::post("/users/logout", Guard::OwnPages)];
    const PERMISSIONS: &'static [Permissions] = &[session::END];
    const SETTINGS: Settings = &[&[&setting::BASE_URL], Table::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(env: &Env) -> Result<Self> {
        Ok(Self { table: Table::from_env(env).await? })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        request.plain_body()?;
        if let Some(cookie) = request.session() {
            session::end(&self.table, &cookie, request.now).await?;
        }
        let response = if request.wants_html() {
            Response::see(&ReturnTo::signed_out())
        } else {
            Response::json(&json!({"message": "Signed out"}))?
        };
        Ok(response.cookie(&Cookie::forget_session()))
    }
}
