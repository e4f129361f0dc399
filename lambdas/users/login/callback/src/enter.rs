//! What somebody gets who has signed in: a browser a session, a program a token.

use authenticate::Login;
use grant::{Authorization, TokenResponse};
use oauth::{Digest, Scope, Secret};
use serde::Serialize;
use session::SignIn;
use user::User;
use web::{Response, Result};

use crate::{Callback, arrival::Arrival, trail};

impl Callback {
    /// A browser gets a new secret (#33): of the session of the same person that it has, or had when it set out; else of a new
    /// session, which acts from now on, beside those of other people.
    /// The login's cookie stays until it expires: if this answer does not arrive, a repeated callback needs it.
    pub(crate) async fn enter(&self, at: &Arrival<'_>, user: &User, via: &Digest) -> Result<Response> {
        let (sid, secret) = (at.login.sid(), at.login.session_secret());
        let sign_in = SignIn {
            sid: sid.expose(),
            secret: &secret,
            user_id: &user.id,
            epoch: user.epoch,
            amr: &[],
            visit: Some(&at.request.visit()),
            keep: self.trail.keep(),
            via: Some(via.as_str()),
        };
        let shown = at.shown();
        let entered = session::enter(&self.table, &sign_in, &shown, at.now()).await?;
        logout::hand_over(&self.queue, entered.ended.iter()).await;
        trail::signed_in(at, user, Some(&entered.session.id));
        let stays = |sid: &str| sid == entered.session.id || entered.others.iter().any(|other| other == sid);
        let gone = shown.iter().filter(|cookie| !stays(cookie.sid()));
        let response = gone.fold(self.leave(at.login), |response, cookie| {
            response.without_session(at.request, cookie.sid())
        });
        let response = response.acting(at.request, &entered.session.id, &secret, session::ABSOLUTE);
        Ok(response.last_provider(at.provider.name()))
    }

    /// To where the person wanted to go, if that is still one of our places (#12, #22).
    pub(crate) fn leave(&self, login: &Login) -> Response {
        Response::see(&self.origins.check(login.return_to()))
    }

    /// A program gets a token and no session, once.
    pub(crate) fn token(&self, at: &Arrival<'_>, user: &User, via: &Digest) -> Result<Response> {
        let authorized = Authorization::of(user).via(via.as_str());
        let tokens = self.tokens.issue(&authorized, at.now())?;
        trail::signed_in(at, user, None);
        let response = Response::json(&Welcome::of(&tokens, user.profile()))?;
        Ok(response.cookie(at.forget))
    }
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
