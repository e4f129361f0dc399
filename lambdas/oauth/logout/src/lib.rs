//! `GET` and `POST /oauth/logout`: an app asks that its person is signed out (OpenID Connect RP-Initiated Logout), and
//! `POST /oauth/logout/decision`: the person says so on our page.
//!
//! Nobody can be signed out by a link (#28): without an ID token of the very session of this browser, the person is asked.

use http::{Method, StatusCode};
use oauth::{ReturnTo, server};
use session::Session;
use setting::{Env, Permissions, Settings};
use store::Table;
use token::Verifier;
use web::{Cookie, ErrorFormat, Function, Guard, Request, Response, Result, Route, Sealer};

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
    const PERMISSIONS: &'static [Permissions] = &[client::FIND, session::FIND, session::END, user::FIND];
    const SETTINGS: Settings = &[Verifier::SETTINGS, Table::SETTINGS, Sealer::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        Ok(Self {
            sealer: Sealer::from_env(env)?,
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
        match self.session(request).await? {
            // A request that only looks ends nothing.
            Some(_) if request.method() == Method::HEAD => Ok(Response::empty(StatusCode::OK)),
            Some(session) if hint.is_some_and(|hint| hint.session.as_deref() == Some(&session.id)) => {
                self.end(Some(&session), back.as_ref(), request).await
            }
            Some(session) => self.confirm(request, &session, client.as_ref(), back.as_ref()).await,
            None => Ok(signed_out(back.as_ref())),
        }
    }

    /// The session that this browser has.
    async fn session(&self, request: &Request) -> Result<Option<Session>> {
        let Some(secret) = request.session() else { return Ok(None) };
        Ok(session::find(&self.table, &secret, request.now).await?)
    }

    /// Ends the browser's session, whose cookie was compared when it was read.
    async fn end(
        &self,
        session: Option<&Session>,
        back: Option<&Back>,
        request: &Request,
    ) -> Result<Response> {
        if let Some(session) = session {
            session::end_by_id(&self.table, &session.id, request.now).await?;
        }
        Ok(signed_out(back))
    }
}

/// To where the app wants its person, or to our front page.
fn signed_out(back: Option<&Back>) -> Response {
    let response = match back {
        Some(back) => Response::to_client(&back.answer()),
        None => Response::see(&ReturnTo::signed_out()),
    };
    response.cookie(&Cookie::forget_session())
}
