//! `POST /users/logout`: the session ends on the server, and the browser forgets it.

use oauth::ReturnTo;
use serde_json::json;
use setting::{Action, Env, Permission, Settings};
use store::{Connection, Table};
use web::{Cookie, Face, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Logout {
    table: Table,
}

impl Function for Logout {
    const NAME: &'static str = "users-logout";
    const ROUTES: &'static [Route] = &[Route::post("/users/logout", Guard::OwnPages)];
    const PERMISSIONS: &'static [Permission] = &[Permission::on("SESSION", &[Action::Get, Action::Update])];
    const SETTINGS: Settings = &[&[&setting::BASE_URL, &setting::TABLE, &setting::DYNAMODB_ENDPOINT]];
    const FACE: Face = Face::Browser;

    async fn init(env: &Env) -> Result<Self> {
        let connection =
            Connection { table: env.text(&setting::TABLE)?, endpoint: env.get(&setting::DYNAMODB_ENDPOINT) };
        Ok(Self { table: Table::open(connection).await })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        request.plain_body()?;
        if let Some(secret) = request.session() {
            session::end(&self.table, &secret, request.now).await?;
        }
        let response = if request.wants_html() {
            Response::see(&ReturnTo::signed_out())
        } else {
            Response::json(&json!({"message": "Signed out"}))?
        };
        Ok(response.cookie(&Cookie::forget_session()))
    }
}
