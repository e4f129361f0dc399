//! `POST /users/token`: the browser's session for a fresh access token.

use grant::{Authorization, Tokens};
use oauth::{Code, Error};
use setting::{Action, Env, Permission, Settings};
use store::{Connection, Table};
use user::Rights;
use web::{Cookie, Face, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Renew {
    tokens: Tokens,
    table: Table,
}

impl Function for Renew {
    const NAME: &'static str = "users-token";
    const ROUTES: &'static [Route] = &[Route::post("/users/token", Guard::OwnPages)];
    const PERMISSIONS: &'static [Permission] =
        &[Permission::on("SESSION", &[Action::Get, Action::Put]), Permission::on("USER", &[Action::Get])];
    const SETTINGS: Settings = &[&[
        &setting::BASE_URL,
        &setting::AUDIENCE,
        &setting::TABLE,
        &setting::DYNAMODB_ENDPOINT,
        &setting::SIGNING_KEYS,
        &setting::ROLES,
    ]];
    const FACE: Face = Face::Client;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let connection =
            Connection { table: env.text(&setting::TABLE)?, endpoint: env.get(&setting::DYNAMODB_ENDPOINT) };
        Ok(Self {
            tokens: Tokens::from_env(env, Rights::parse(&env.text(&setting::ROLES)?, "", "")?)?,
            table: Table::open(connection).await,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        request.plain_body()?;
        let secret = request.session().ok_or_else(nobody)?;
        let session = session::find(&self.table, &secret, request.now).await?.ok_or_else(nobody)?;
        let user = user::active(&self.table, &session.user_id, request.now).await?.ok_or_else(nobody)?;
        let authorized = Authorization::of(&user).within(&session);
        Response::json(&self.tokens.issue(&authorized, request.now)?)
    }
}

/// No session, an old one, or one whose user is disabled: the browser may forget its cookie (#34, #35).
fn nobody() -> web::Error {
    let refusal = Error::new(Code::LoginRequired, "nobody is signed in here");
    web::Error::from(refusal).with_cookie(&Cookie::forget_session())
}
