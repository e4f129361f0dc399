//! `GET` and `POST /oauth/logout`: an app asks that its person is signed out (OpenID Connect RP-Initiated Logout), and
//! `POST /oauth/logout/decision`: the person says so on our page.
//!
//! Nobody can be signed out by a link (#28): without an ID token of a session of this very browser, the person is asked.

use audit::{Event, What};
use http::{Method, StatusCode};
use logout::SignOut;
use oauth::{ReturnTo, Secret, SessionCookie, server};
use session::Session;
use setting::{Env, Permissions, Settings};
use store::Table;
use token::Verifier;
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, Sealer};

use self::asked::{Asked, Back};

mod asked;
mod confirm;

/// Where our own page posts what the person says.
const DECISION: &str = "/oauth/logout/decision";

/// The longest request that is asked again by GET, because it was posted (bytes). A gateway takes 10,240 for the request line and
/// all headers.
const LONGEST_QUERY: usize = 5 * 1024;

/// The function.
pub struct Logout {
    sealer: Sealer,
    sign_out: SignOut,
    verifier: Verifier,
    table: Table,
}

impl Function for Logout {
    const NAME: &'static str = "oauth-logout";
    const ROUTES: &'static [Route] = &[
        Route::get(server::LOGOUT, Guard::Public),
        Route::post(server::LOGOUT, Guard::Public),
        Route::post(DECISION, Guard::OwnPages),
    ];
    const PERMISSIONS: &'static [Permissions] =
        &[client::FIND, session::LIVING, session::END, logout::TELL, user::FIND];
    const SETTINGS: Settings =
        &[Verifier::SETTINGS, Table::SETTINGS, Sealer::SETTINGS, SignOut::SETTINGS, Brand::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;
    const IN_POPUPS: bool = true;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        Ok(Self {
            sealer: Sealer::from_env(env)?,
            sign_out: SignOut::from_env(env)?,
            verifier: Verifier::from_env(env)?,
            table: Table::from_env(env).await?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.is_prefetch() {
            return Ok(Response::no_prefetch());
        }
        match (request.method(), request.path()) {
            (&Method::POST, DECISION) => self.decide(&request).await,
            // Another site's form comes without the session's cookie, which is `SameSite=Lax`.
            (&Method::POST, _) => asked::by_get(&request),
            _ => self.asked(&request).await,
        }
    }
}

impl Logout {
    async fn asked(&self, request: &Request) -> Result<Response> {
        let asked = Asked::of(request.query()?);
        let hint = asked.hint(&self.verifier)?;
        let client = self.client(&asked, hint.as_ref(), request).await?;
        let back = asked.back(client.as_ref())?;
        let named = hint.as_ref().and_then(|hint| request.session_of(hint.session.as_deref()?));
        // A request that only looks ends nothing.
        let looks = request.method() == Method::HEAD;
        match named {
            Some(_) if looks => Ok(Response::empty(StatusCode::OK)),
            Some(named) => self.end(&[named], back.as_ref(), request).await,
            None => match self.living(request).await?.as_slice() {
                [] => Ok(signed_out(request, back.as_ref()).without_sessions(request)),
                _ if looks => Ok(Response::empty(StatusCode::OK)),
                sessions => self.confirm(request, sessions, client.as_ref(), back.as_ref()).await,
            },
        }
    }

    /// The sessions that this browser has, first the one that acts.
    async fn living(&self, request: &Request) -> Result<Vec<Session>> {
        Ok(session::living(&self.table, &request.session_cookies(), request.now).await?)
    }

    /// Ends these sessions of the browser; others of it live on.
    async fn end(&self, cookies: &[Secret], back: Option<&Back>, request: &Request) -> Result<Response> {
        let mut response = signed_out(request, back);
        for cookie in cookies {
            let event = Event::new(What::SignOut, &request.visit()).way("app");
            self.sign_out.end(&self.table, cookie, event).await?;
            if let Some(cookie) = SessionCookie::parse(cookie) {
                response = response.without_session(request, cookie.sid());
            }
        }
        Ok(response)
    }
}

/// To where the app wants its person, or to our front page.
fn signed_out(request: &Request, back: Option<&Back>) -> Response {
    match back {
        Some(back) => Response::to_client(&back.answer(), &request.look()),
        None => Response::see(&ReturnTo::signed_out()),
    }
}
