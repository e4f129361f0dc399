//! What somebody gets who has signed in: a browser a session, a program a token.

use authenticate::Login;
use entrance::{Arrived, Leave, Seat};
use grant::TokenResponse;
use oauth::{Digest, ReturnTo, Scope, Secret};
use serde::Serialize;
use user::User;
use web::{Response, Result};

use crate::{Callback, arrival::Arrival};

impl Callback {
    /// A browser gets a new secret (#33): of the session of the same person that it has, or had when it set out; else of a new
    /// session, which acts from now on, beside those of other people.
    /// The login's cookie stays until it expires: if this answer does not arrive, a repeated callback needs it.
    pub(crate) async fn enter(&self, at: &Arrival<'_>, user: &User, via: &Digest) -> Result<Response> {
        let seat = Seat { sid: at.login.sid(), secret: at.login.session_secret(), shown: at.shown() };
        let place = self.place(at.login);
        let leave = Leave::AtOnce(&place);
        let response = self.entrance.browser(at.request, &arrived(at, user, via), &seat, leave).await?;
        Ok(response.last_provider(at.provider.name()))
    }

    /// To where the person wanted to go, if that is still one of our places (#12, #22).
    pub(crate) fn leave(&self, login: &Login) -> Response {
        Response::see(&self.place(login))
    }

    fn place(&self, login: &Login) -> ReturnTo {
        self.origins.check(login.return_to())
    }

    /// A program gets a token and no session, once.
    pub(crate) fn token(&self, at: &Arrival<'_>, user: &User, via: &Digest) -> Result<Response> {
        let tokens = self.entrance.program(&self.tokens, at.request, &arrived(at, user, via))?;
        let response = Response::json(&Welcome::of(&tokens, user.profile()))?;
        Ok(response.cookie(at.forget))
    }
}

fn arrived<'a>(at: &'a Arrival<'_>, user: &'a User, via: &'a Digest) -> Arrived<'a> {
    Arrived { user, way: at.provider.name(), via, amr: &[] }
}

/// What a program gets: the token under a name of its own, and the person.
#[derive(Serialize)]
struct Welcome<'a, U> {
    message: &'static str,
    jwt: &'a Secret,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    scope: &'a Scope,
    user: U,
}

impl<'a, U> Welcome<'a, U> {
    fn of(tokens: &'a TokenResponse, user: U) -> Self {
        Self {
            message: "Authorization Success!",
            jwt: &tokens.access_token,
            token_type: tokens.token_type,
            expires_in: tokens.expires_in,
            scope: &tokens.scope,
            user,
        }
    }
}
