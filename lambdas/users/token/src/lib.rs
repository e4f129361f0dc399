//! `POST /users/token`: the browser's session for a fresh access token.

use audit::{Event, What};
use grant::{Authorization, Tokens};
use oauth::{Code, Error};
use person::Person;
use setting::{Env, Permissions, Settings};
use store::Table;
use user::{
    Rights,
    rights::{self, Held},
};
use web::{Cookie, ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Renew {
    tokens: Tokens,
    table: Table,
}

impl Function for Renew {
    const NAME: &'static str = "users-token";
    const ROUTES: &'static [Route] = &[Route::post("/users/token", Guard::OwnPages)];
    const PERMISSIONS: &'static [Permissions] = &[session::FIND, user::FIND, rights::READ];
    const SETTINGS: Settings = &[Tokens::SETTINGS, Table::SETTINGS, Rights::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Client;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        Ok(Self {
            tokens: Tokens::from_env(env, Held::from_env(env)?)?.reloading(env, vault::fetch),
            table: Table::from_env(env).await?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        request.plain_body()?;
        let cookie = request.session().ok_or_else(nobody)?;
        let person = Person::find(&self.table, &cookie, request.now).await?;
        let Person { session, user } = person.ok_or_else(nobody)?;
        self.tokens.refresh(&self.table, request.now).await?;
        let authorized = Authorization::of(&user).within(&session);
        let tokens = self.tokens.issue(&authorized, request.now)?;
        let event = Event::new(What::Renewal, &request.visit()).by_person(&user.id);
        event.session(&session.id).way("session").log();
        Response::json(&tokens)
    }
}

/// No session, an old one, or one whose user is disabled: the browser may forget its cookie (#34, #35).
fn nobody() -> web::Error {
    let refusal = Error::new(Code::LoginRequired, "nobody is signed in here");
    web::Error::from(refusal).with_cookie(&Cookie::forget_session())
}
