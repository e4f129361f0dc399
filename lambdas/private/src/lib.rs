//! `GET /private`: an example of a function for anyone who is signed in.

use oauth::{Caller, Time};
use setting::{Env, Permissions, Settings};
use token::Verifier;
use web::{Edge, ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Private {
    verifier: Verifier,
}

impl Function for Private {
    const NAME: &'static str = "private";
    const ROUTES: &'static [Route] = &[Route::get("/private", Guard::SignedIn)];
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[Verifier::SETTINGS, Edge::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(env: &Env) -> Result<Self> {
        Ok(Self { verifier: Verifier::from_env(env)? })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let caller = request.caller()?;
        let name = caller.name.as_deref().unwrap_or(&caller.subject);
        Ok(Response::of("text/plain; charset=utf-8", format!("Hello {name}")))
    }

    async fn verify(&self, token: &str, now: Time) -> Result<Option<Caller>> {
        Ok(Some(self.verifier.verify(token, now).map_err(oauth::Error::from)?))
    }
}
