//! What somebody gets whose password was right: a browser a session, a program a token.

use credential::attempt::Account;
use grant::Authorization;
use http::header::HeaderName;
use oauth::{ReturnTo, Scope, Secret};
use serde::Serialize;
use session::SignIn;
use user::User;
use web::{Request, Response, Result};

use crate::{Passwords, check::Known, device::Device, trail, view};

/// How they have shown who they are (RFC 8176).
const AMR: &str = "pwd";

/// Pages of ours that send nobody to another's.
const OWN_PAGES: [&str; 4] = ["/account", "/admin", "/device", crate::CHANGE];

/// Shows the next page after so many seconds. After a form a browser follows only to places that the page's policy names, and nobody
/// knows to which app a sign-in leads.
const REFRESH: HeaderName = HeaderName::from_static("refresh");

impl Passwords {
    /// A browser gets a session, or a new secret of the one that the same person has here (#33).
    pub(crate) async fn enter(&self, request: &Request, known: &Known, return_to: &str) -> Result<Response> {
        let (sid, secret, visit) = (Secret::random(), Secret::random(), request.visit());
        let sign_in = SignIn {
            sid: sid.expose(),
            secret: &secret,
            user_id: &known.user.id,
            epoch: known.user.epoch,
            amr: &[AMR.to_owned()],
            visit: Some(&visit),
            keep: self.trail.keep(),
            via: Some(known.via.as_str()),
        };
        let shown = request.session_cookies();
        let entered = session::enter(&self.table, &sign_in, &shown, request.now).await?;
        logout::hand_over(&self.queue, entered.ended.iter()).await;
        trail::signed_in(request, &known.user, Some(&entered.session.id));
        let stays = |sid: &str| sid == entered.session.id || entered.others.iter().any(|other| other == sid);
        let gone = shown.iter().filter(|cookie| !stays(cookie.sid()));
        let response = gone.fold(leave(request, &self.origins.check(return_to)), |response, cookie| {
            response.without_session(request, cookie.sid())
        });
        let response = response.acting(request, &entered.session.id, &secret, session::ABSOLUTE);
        self.remember(request, &known.user, response)
    }

    /// A program gets a token and no session.
    pub(crate) async fn token(&self, request: &Request, known: &Known) -> Result<Response> {
        self.tokens.refresh(&self.table, request.now).await?;
        let authorized = Authorization::of(&known.user).via(known.via.as_str());
        let tokens = self.tokens.issue(&authorized, request.now)?;
        trail::signed_in(request, &known.user, None);
        let welcome = Welcome {
            user: known.user.profile(),
            token: &tokens.access_token,
            token_type: tokens.token_type,
            expires_in: tokens.expires_in,
            scope: &tokens.scope,
        };
        self.remember(request, &known.user, Response::json(&welcome)?)
    }

    /// The device has tries of its own from now on.
    fn remember(&self, request: &Request, user: &User, response: Response) -> Result<Response> {
        let device = Device::of(&self.devices, request);
        Ok(response.cookie(&device.knowing(&Account::of(&user.id), &self.devices, request.now)?))
    }
}

/// To where the person wanted to go (#12, #22): at once where that is a page of ours, and by way of a page that goes on by itself where
/// it is, or may lead to, another's.
fn leave(request: &Request, place: &ReturnTo) -> Response {
    let wanted = place.as_str();
    let path = wanted.split(['?', '#']).next().unwrap_or_default();
    let below = |page: &&str| path.strip_prefix(*page).is_some_and(|rest| rest.starts_with('/'));
    if path == "/" || OWN_PAGES.iter().any(|page| path == *page || below(page)) {
        return Response::see(place);
    }
    view::go_on(request, wanted).header(REFRESH, &format!("0; url={wanted}"))
}

/// What a program gets.
#[derive(Serialize)]
struct Welcome<'a, U> {
    user: U,
    token: &'a Secret,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    scope: &'a Scope,
}
