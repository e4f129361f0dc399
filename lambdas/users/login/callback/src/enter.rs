//! What somebody gets who has signed in: a browser a session, a program a token.

use authenticate::Login;
use oauth::Scope;
use serde::Serialize;
use token::Grant;
use user::User;
use web::{Cookie, Response, Result};

use crate::{Callback, arrival::Arrival};

impl Callback {
    /// A browser gets a new session, and its old one ends (#33): the one it has, or had when it set out.
    /// The login's cookie stays until it expires: if this answer does not arrive, its twin needs it.
    pub(crate) async fn enter(&self, at: &Arrival<'_>, user: &User) -> Result<Response> {
        if let Some(old) = at.request.session() {
            session::end(&self.table, &old, at.now()).await?;
        }
        if let Some(old) = at.login.old_session() {
            session::end_by_id(&self.table, old.as_str(), at.now()).await?;
        }
        let secret = at.login.session_secret();
        session::start(&self.table, &secret, &user.id, at.now()).await?;
        Ok(self.leave(at.login).cookie(&Cookie::session(&secret, session::ABSOLUTE)))
    }

    /// To where the person wanted to go, if that is still one of our places (#12, #22).
    pub(crate) fn leave(&self, login: &Login) -> Response {
        Response::see(&self.origins.check(login.return_to()))
    }

    /// A program gets a token and no session, once.
    pub(crate) fn token(&self, at: &Arrival<'_>, user: &User) -> Result<Response> {
        let scope = self.rights.scope(&user.roles);
        let token = self.signer.access_token(&granted(user, &scope), at.now())?;
        let response = Response::json(&Issued {
            message: "Authorization Success!",
            jwt: token.jwt.expose(),
            token_type: "Bearer",
            expires_in: token.expires_in,
            scope: &scope,
            user: user.profile(),
        })?;
        Ok(response.cookie(at.forget))
    }
}

/// What a program gets.
#[derive(Serialize)]
struct Issued<'a, U> {
    message: &'static str,
    jwt: &'a str,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    scope: &'a Scope,
    user: U,
}

fn granted<'a>(user: &'a User, scope: &'a Scope) -> Grant<'a> {
    Grant {
        subject: &user.id,
        client_id: token::FIRST_PARTY,
        scope,
        roles: &user.roles,
        session: None,
        name: user.name.as_deref(),
        email: user.verified_email(),
    }
}
