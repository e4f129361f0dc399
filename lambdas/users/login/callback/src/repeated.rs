//! Another answer to a login that is claimed already: of a double click, of Back or Reload, or of Back at the provider, which
//! then sends another code for the same state.
//!
//! Only the browser that holds the login's sealed cookie gets this far (#25). It is given the session that this very login
//! ended in, while that lives, and nothing else: no code is exchanged, nothing is written and no session ends (#9).

use std::time::Duration;

use authenticate::Login;
use http::StatusCode;
use maud::html;
use oauth::{Code, Error, Sentence, SessionCookie};
use session::{Session, State};
use store::Table;
use web::{Request, Response, Result};

use crate::arrival::Arrival;

/// How often it looks whether the first answer is done, and how long it waits in between: two seconds in all.
const LOOKS: u32 = 9;
const PAUSE: Duration = Duration::from_millis(250);

/// What became of the login.
pub(crate) enum Outcome {
    /// It ended in this session, which lives.
    SignedIn(Session),
    /// The first answer is still at work.
    Running,
    /// It ended without a session, or in one that has ended; this is the message that the person saw.
    Over(Error),
}

/// Finds out, and waits a little if it is not known yet.
pub(crate) async fn outcome(table: &Table, at: &Arrival<'_>) -> Result<Outcome> {
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        match state(table, at).await? {
            State::Alive(session) if is_elsewhere(table, at, &session).await? => {
                tracing::debug!(user_id = session.user_id, "a repeated callback of an older sign-in");
                return Ok(Outcome::Over(older()));
            }
            State::Alive(session) => return Ok(Outcome::SignedIn(session)),
            State::Renewed => return Ok(Outcome::Over(older())),
            State::Ended => return Ok(Outcome::Over(ended())),
            State::Unknown => {}
        }
        if let Some(refusal) = refusal(table, at.login, at.request).await? {
            return Ok(Outcome::Over(refusal));
        }
    }
    Ok(Outcome::Running)
}

/// What there is of the login's session: of its own, or of one that the person had and stayed in, which this browser shows, or
/// showed at the start. Only the login's secret opens it.
async fn state(table: &Table, at: &Arrival<'_>) -> Result<State> {
    let (sid, secret) = (at.login.sid(), at.login.session_secret());
    let own = session::state(table, &SessionCookie::of(sid.expose(), &secret), at.now()).await?;
    if own != State::Unknown {
        return Ok(own);
    }
    let shown: Vec<_> = at.shown().iter().map(|shown| SessionCookie::of(shown.sid(), &secret)).collect();
    // One that this login does not open may be of another sign-in.
    let stayed = session::living(table, &shown, at.now()).await?.into_iter().next();
    Ok(stayed.map_or(State::Unknown, State::Alive))
}

/// What the first answer came to, if not to a session.
pub(crate) async fn refusal(table: &Table, login: &Login, request: &Request) -> Result<Option<Error>> {
    Ok(match login.claimed(table, request.now).await? {
        Some(claim) if claim.may_be_running(request.now) => None,
        Some(claim) => Some(claim.refusal().unwrap_or_else(unfinished)),
        None => Some(unfinished()),
    })
}

/// Whether another session acts in the browser, and lives: its person signed in by another login since, or was chosen, and that
/// counts.
async fn is_elsewhere(table: &Table, at: &Arrival<'_>, session: &Session) -> Result<bool> {
    let Some(shown) = at.acting().filter(|shown| shown.sid() != session.id) else { return Ok(false) };
    Ok(matches!(session::state(table, &shown, at.now()).await?, State::Alive(_)))
}

/// The page for a person who has to wait. Its link holds no code: following it asks what became of the login.
pub(crate) fn wait(request: &Request, login: &Login, iss: Option<&str>) -> Response {
    let reload = format!("{}?{}", request.path(), login.without_code(iss));
    let look = request.look();
    let common = &look.words.common;
    let content = html! {
        h1 { (common.one_moment) }
        p { (look.words.sign_in.unfinished) }
        p.actions { a.button href=(reload) { (common.reload) } a href="/" { (common.home) } }
    };
    look.page(common.one_moment, &content).status(StatusCode::ACCEPTED)
}

fn ended() -> Error {
    Error::said(Code::InvalidRequest, Sentence::SessionEnded)
}

fn older() -> Error {
    Error::said(Code::InvalidRequest, Sentence::SignedInSince)
}

fn unfinished() -> Error {
    Error::said(Code::InvalidRequest, Sentence::NotFinished)
}
