//! `POST /users/logout`: sessions of this browser end on the server, and the browser forgets them.
//!
//! All of them, unless the form names one: whoever leaves a shared computer presses one button, and nobody stays signed in
//! whom they do not see.

use audit::{Event, What};
use logout::SignOut;
use oauth::{ReturnTo, Secret};
use serde::Deserialize;
use serde_json::json;
use setting::{Env, Permissions, Settings};
use store::Table;
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// Where somebody goes who is not the only one in this browser.
const ACCOUNTS: &str = "/account";

/// The function.
pub struct Logout {
    sign_out: SignOut,
    table: Table,
}

/// The form, or a body without fields.
#[derive(Default, Deserialize)]
struct Form {
    /// The id of the one session that is to end: the one for which the page was made (#29). It is no secret, and ends nothing in a
    /// browser that does not have its cookie.
    session: Option<String>,
}

impl Function for Logout {
    const NAME: &'static str = "users-logout";
    const ROUTES: &'static [Route] = &[Route::post("/users/logout", Guard::OwnPages)];
    const PERMISSIONS: &'static [Permissions] = &[session::END, logout::TELL];
    const SETTINGS: Settings = &[&[&setting::BASE_URL], Table::SETTINGS, SignOut::SETTINGS, Brand::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(env: &Env) -> Result<Self> {
        Ok(Self { sign_out: SignOut::from_env(env)?, table: Table::from_env(env).await? })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        request.plain_body()?;
        let Form { session } = if request.is_form() { request.form()? } else { Form::default() };
        match session.filter(|sid| !sid.is_empty()) {
            Some(sid) => self.one(&request, &sid).await,
            None => self.all(&request).await,
        }
    }
}

impl Logout {
    async fn all(&self, request: &Request) -> Result<Response> {
        for cookie in request.sessions() {
            self.end(request, &cookie).await?;
        }
        Ok(answer(request, Response::see(&ReturnTo::signed_out()))?.without_sessions(request))
    }

    async fn end(&self, request: &Request, cookie: &Secret) -> Result<()> {
        self.sign_out.end(&self.table, cookie, Event::new(What::SignOut, &request.visit())).await?;
        Ok(())
    }

    /// Ends one, whichever acts now. The person sees afterwards who is still signed in here.
    async fn one(&self, request: &Request, sid: &str) -> Result<Response> {
        if let Some(cookie) = request.session_of(sid) {
            self.end(request, &cookie).await?;
        }
        let is_alone = request.session_cookies().iter().all(|shown| shown.sid() == sid);
        let next =
            if is_alone { Response::see(&ReturnTo::signed_out()) } else { Response::see_own(ACCOUNTS) };
        Ok(answer(request, next)?.without_session(request, sid))
    }
}

fn answer(request: &Request, next: Response) -> Result<Response> {
    if request.wants_html() { Ok(next) } else { Response::json(&json!({"message": "Signed out"})) }
}
