//! The step of somebody who is signed in, and is to show more in the session that they have: since a role of theirs demands it, or an app.

use oauth::{ReturnTo, SessionCookie, server};
use person::Person;
use url::form_urlencoded::Serializer;
use web::{Request, Response, Result};

use crate::Factors;

/// Where somebody signs in.
const SIGN_IN: &str = "/users/login";

impl Factors {
    /// Asks for it in the session that is named, or else in the one that acts, and remembers where they go afterwards. Nothing changes by it
    /// but what the page asks.
    pub(crate) async fn begin_step_up(&self, request: &Request, to: &str) -> Result<Response> {
        let place = self.origins.check(to);
        let cookie = match request.text("session") {
            Some(sid) => request.session_of(&sid),
            None => request.session(),
        };
        let person = match cookie.as_ref().and_then(SessionCookie::parse) {
            Some(cookie) => Person::seen(&self.table, cookie, request.now).await?,
            None => None,
        };
        let Some(Person { session, user }) = person else { return Ok(sign_in(&place, false)) };
        if server::has_factors(&session.amr) {
            return Ok(Response::see(&place));
        }
        let begun = self.entrance.step_up(request, &session, &user, place.as_str())?;
        // They set one up after they have signed in again (#26).
        Ok(begun.unwrap_or_else(|| sign_in(&place, true)))
    }
}

fn sign_in(place: &ReturnTo, again: bool) -> Response {
    let mut query = Serializer::new(String::new());
    query.append_pair("return_to", place.as_str());
    if again {
        query.append_pair("prompt", server::Prompt::Login.as_str());
    }
    Response::see_own(&format!("{SIGN_IN}?{}", query.finish()))
}
