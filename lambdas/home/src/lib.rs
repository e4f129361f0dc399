//! `GET /`: the front page, and the one script it has.

use authenticate::Button;
use http::header;
use oauth::{ReturnTo, Secret};
use setting::{Env, Permissions, Settings};
use store::Table;
use user::{Rights, User};
use web::{Cookie, ErrorFormat, Function, Guard, Request, Response, Result, Route, page};

mod view;

/// How many of the users the front page shows.
const SHOWN: u32 = 10;

/// The function.
pub struct Home {
    buttons: Vec<Button>,
    rights: Rights,
    table: Table,
}

impl Function for Home {
    const NAME: &'static str = "home";
    const ROUTES: &'static [Route] = &[
        Route::get("/", Guard::Public),
        Route::get("/latchkey.js", Guard::Public),
        Route::get("/latchkey.svg", Guard::Public),
    ];
    const PERMISSIONS: &'static [Permissions] = &[session::FIND, user::FIND, user::LIST];
    const SETTINGS: Settings = &[Table::SETTINGS, Rights::SETTINGS, Button::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(env: &Env) -> Result<Self> {
        Ok(Self {
            buttons: Button::from_env(env)?,
            rights: Rights::from_env(env)?,
            table: Table::from_env(env).await?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        match request.path() {
            "/latchkey.js" => {
                return Ok(Response::of("text/javascript; charset=utf-8", include_str!("latchkey.js")));
            }
            "/latchkey.svg" => return Ok(Response::of("image/svg+xml", include_str!("latchkey.svg"))),
            _ => {}
        }
        let cookie = request.session();
        match (self.user(&request, cookie.as_ref()).await?, cookie) {
            (Some(user), _) => self.signed_in(&user).await,
            (None, None) => Ok(self.signed_out(&request)),
            // An old cookie, or one of a user who is disabled now: the browser may forget it (#34).
            (None, Some(_)) => Ok(self.signed_out(&request).cookie(&Cookie::forget_session())),
        }
    }
}

impl Home {
    /// The user whose session this browser has, if they may still come in (#35).
    async fn user(&self, request: &Request, cookie: Option<&Secret>) -> Result<Option<User>> {
        let Some(cookie) = cookie else { return Ok(None) };
        let Some(session) = session::find(&self.table, cookie, request.now).await? else { return Ok(None) };
        Ok(user::active_in(&self.table, &session.user_id, session.epoch, request.now).await?)
    }

    /// After signing out, a person may want to use another account: the provider would not ask.
    fn signed_out(&self, request: &Request) -> Response {
        let just_now = request.text(ReturnTo::SIGNED_OUT).is_some();
        Response::page(page::layout("latchkey", &view::signed_out(&self.buttons, just_now)))
    }

    async fn signed_in(&self, user: &User) -> Result<Response> {
        let scope = self.rights.scope(user);
        let users = match scope.contains("users:read") {
            true => Some(user::list(&self.table, SHOWN, None).await?),
            false => None,
        };
        let markup = page::layout("latchkey", &view::signed_in(user, &scope, users.as_ref()));
        let policy = page::policy(user.picture.as_deref());
        // With `no-referrer`, a browser sends `Origin: null` with the form that signs out, and that is a stranger's (#27).
        Ok(Response::page(markup)
            .header(header::CONTENT_SECURITY_POLICY, &policy)
            .header(header::REFERRER_POLICY, "same-origin"))
    }
}
