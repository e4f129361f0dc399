//! `GET` and `POST /oauth/userinfo` (OpenID Connect Core §5.3): what a client may learn of the person who signed in.

use grant::{Place, person_claims};
use http::Method;
use oauth::{Caller, Code, Error, Secret, server::OPENID};
use serde::Deserialize;
use web::{Request, Response, Result};

use crate::Introspect;

#[derive(Deserialize)]
struct Form {
    access_token: Option<Secret>,
}

impl Introspect {
    /// One call. Every access token with `openid` opens it, whatever API it is for: that is the only token that some clients have.
    pub(crate) async fn userinfo(&self, request: &Request) -> Result<Response> {
        let token = presented(request)?.ok_or_else(Caller::missing)?;
        let caller =
            self.verifier.verify_for_any_audience(token.expose(), request.now).map_err(Error::from)?.caller;
        caller.needs(OPENID)?;
        let mut rows = self.table.get_batch(revocation::batch(&caller), request.now).await?;
        let standing = revocation::standing(&mut rows, &caller, request.now).ok_or_else(revoked)?;
        let (Some(user), Some(client), Some(family)) = (standing.user, standing.client, standing.family)
        else {
            return Err(revoked().into());
        };
        let asked = family.claims.as_deref();
        let mut claims = person_claims(&user, &client, &caller.scope, asked, Place::Userinfo);
        claims.insert("sub".to_owned(), user.id.into());
        Response::json(&claims)
    }
}

/// The token in the header, or in the form; one of them, since a request with two says two things (RFC 6750 §2).
fn presented(request: &Request) -> Result<Option<Secret>, Error> {
    let in_header = match request.authorization() {
        Some(_) => Some(Secret::new(request.bearer().ok_or_else(no_bearer)?)),
        None => None,
    };
    let in_form = if request.method() == Method::POST && request.has_body() {
        request.client_form()?.read::<Form>()?.access_token
    } else {
        None
    };
    match (in_header, in_form) {
        (Some(_), Some(_)) => Err(Error::invalid_request("the access token comes in more than one way")),
        (header, form) => Ok(header.or(form)),
    }
}

fn no_bearer() -> Error {
    Error::new(Code::InvalidToken, "Authorization must be Bearer, with an access token")
}

fn revoked() -> Error {
    Error::new(Code::InvalidToken, "the access token is revoked")
}
