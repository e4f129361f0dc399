//! `GET /profile`: an example of a function that decides by scope. It works behind any gateway with our authorizer, behind a
//! native JWT authorizer, and on a Function URL.

use oauth::{Caller, Time};
use serde_json::json;
use setting::{Env, Permissions, Settings};
use token::Verifier;
use web::{Edge, ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Profile {
    verifier: Verifier,
}

impl Function for Profile {
    const NAME: &'static str = "profile";
    const ROUTES: &'static [Route] = &[Route::get("/profile", Guard::Scope("get:profile"))];
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[Verifier::SETTINGS, Edge::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(env: &Env) -> Result<Self> {
        Ok(Self { verifier: Verifier::from_env(env)? })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        // The route's guard has asked for the scope already; a function of its own would say it here, like this.
        let caller = request.caller()?.needs("get:profile")?;
        Response::json(&json!({"name": caller.name}))
    }

    async fn verify(&self, token: &str, now: Time) -> Result<Option<Caller>> {
        Ok(Some(self.verifier.verify(token, now).map_err(oauth::Error::from)?))
    }
}
