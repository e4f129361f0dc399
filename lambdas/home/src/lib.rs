//! `GET /`: the front page, and the one script it has.

use authenticate::Button;
use http::header;
use oauth::{ReturnTo, Secret, SessionCookie, server::FIRST_PARTY};
use person::Person;
use setting::{Env, MAILED_SIGN_IN, PASSKEYS, PASSWORDS, Permissions, Settings};
use store::Table;
use user::{
    Facts, Rights,
    rights::{self, Held},
};
use web::{Brand, Cookie, ErrorFormat, Function, Guard, Request, Response, Result, Route};

mod logo;
mod view;

/// How many of the users the front page shows.
const SHOWN: u32 = 10;

/// The function.
pub struct Home {
    buttons: Vec<Button>,
    /// Whether people sign in with a password too.
    passwords: bool,
    /// Whether they do with passkeys.
    passkeys: bool,
    /// Whether they do by a mailed code.
    mailed: bool,
    rights: Held,
    table: Table,
}

impl Function for Home {
    const NAME: &'static str = "home";
    const ROUTES: &'static [Route] = &[
        Route::get("/", Guard::Public),
        Route::get("/latchkey.js", Guard::Public),
        Route::get("/latchkey.svg", Guard::Public),
    ];
    const PERMISSIONS: &'static [Permissions] = &[session::FIND, user::FIND, user::LIST, rights::READ];
    const SETTINGS: Settings = &[
        Table::SETTINGS,
        Rights::SETTINGS,
        Button::SETTINGS,
        Brand::SETTINGS,
        &[&MAILED_SIGN_IN, &PASSKEYS, &PASSWORDS],
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(env: &Env) -> Result<Self> {
        logo::check()?;
        Ok(Self {
            buttons: Button::from_env(env)?,
            passwords: env.is_on(&PASSWORDS)?,
            passkeys: env.is_on(&PASSKEYS)?,
            mailed: env.is_on(&MAILED_SIGN_IN)?,
            rights: Held::from_env(env)?,
            table: Table::from_env(env).await?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        match request.path() {
            "/latchkey.js" => {
                return Ok(Response::of("text/javascript; charset=utf-8", include_str!("latchkey.js")));
            }
            "/latchkey.svg" => return Ok(logo::answer(&request.look().brand)),
            _ => {}
        }
        let Some(cookie) = request.session() else { return Ok(self.signed_out(&request)) };
        match Person::find(&self.table, &cookie, request.now).await? {
            Some(person) => self.signed_in(&request, &person).await,
            // An old cookie, or one of a user who is disabled now: the browser may forget it (#34).
            None => Ok(self.forgetting(&request, &cookie)),
        }
    }
}

impl Home {
    fn forgetting(&self, request: &Request, cookie: &Secret) -> Response {
        let response = self.signed_out(request).cookie(&Cookie::forget_session());
        match SessionCookie::parse(cookie) {
            Some(cookie) => response.without_session(request, cookie.sid()),
            None => response,
        }
    }

    /// After signing out, a person may want to use another account: the provider would not ask.
    fn signed_out(&self, request: &Request) -> Response {
        let just_now = request.text(ReturnTo::SIGNED_OUT).is_some();
        let acting = request.session().as_ref().and_then(SessionCookie::parse);
        let others = request.session_cookies().into_iter().filter(|other| acting.as_ref() != Some(other));
        let look = request.look();
        let ways = view::Ways {
            buttons: &self.buttons,
            last: request.last_provider(),
            passwords: self.passwords,
            passkeys: self.passkeys,
            mailed: self.mailed,
            others: others.count() > 0,
        };
        let content = view::signed_out(&look, &ways, just_now);
        look.page(&look.brand.name, &content)
    }

    async fn signed_in(&self, request: &Request, person: &Person) -> Result<Response> {
        let Person { session, user } = person;
        let rights = self.rights.current(&self.table, request.now).await?;
        let facts = Facts::of(user, request.now).via(session.via.as_deref()).client(FIRST_PARTY);
        let facts = facts.shown(&session.amr);
        let scope = rights.scope(&facts);
        let users = match scope.contains("users:read") {
            true => Some(user::list(&self.table, SHOWN, None).await?),
            false => None,
        };
        let several = request.session_cookies().len() > 1;
        let shown = view::SignedIn { user, sid: &session.id, is_alone: !several };
        let look = request.look();
        let content = view::signed_in(look.words, &shown, &scope, users.as_ref());
        // With `no-referrer`, a browser sends `Origin: null` with the form that signs out, and that is a stranger's (#27).
        Ok(look
            .page_with_picture(user.picture.as_deref(), &look.brand.name, &content)
            .header(header::REFERRER_POLICY, "same-origin"))
    }
}
