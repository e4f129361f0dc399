//! Challenges: each in a sealed cookie of its own, for five minutes, and answered once.

use std::time::Duration;

use oauth::{Code, Digest, Error, Sentence, Time};
use serde::{Deserialize, Serialize};
use store::Table;
use user::passkey;
use web::{Request, Response, Result, SealedCookies, Sealer};

/// How long a challenge may be answered.
pub(crate) const LIFETIME: Duration = Duration::from_secs(300);

/// How many may be open in one browser (#36): each page of a sign-in has one.
const TABS: usize = 5;

/// For what a challenge is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wanted {
    /// For a sign-in, of whomever.
    SignIn,
    /// For the second factor of whoever has arrived in this browser with this session to come: of nobody else, nor of the same person at
    /// their next sign-in.
    Step { sid: String },
    /// For one more passkey of this person, in this session, in this epoch (#95).
    New { sid: String, user_id: String, epoch: u64 },
}

impl Wanted {
    const fn context(&self) -> &'static str {
        match self {
            Self::SignIn => SIGN_IN,
            Self::Step { .. } => STEP,
            Self::New { .. } => ADDING,
        }
    }
}

/// What the cookies are sealed for.
pub(crate) const SIGN_IN: &str = "sign-in";
pub(crate) const STEP: &str = "step";
pub(crate) const ADDING: &str = "new";

/// The cookies.
pub(crate) struct Challenges(SealedCookies);

impl Challenges {
    pub(crate) fn new(sealer: Sealer) -> Self {
        Self(SealedCookies::new(sealer, "passkey", LIFETIME))
    }

    /// Lets the browser keep a challenge (base64url) along with this answer.
    pub(crate) fn give(
        &self,
        request: &Request,
        challenge: &str,
        wanted: &Wanted,
        answer: Response,
    ) -> Result<Response> {
        let cookie = self.0.write(challenge, wanted.context(), wanted, request.now)?;
        let old = self.0.make_room(request, &cookie, TABS);
        Ok(old.iter().fold(answer.cookie(&cookie), Response::cookie))
    }

    /// For what this challenge was given to this browser, not longer ago than five minutes. It costs nothing (#105).
    pub(crate) fn of(&self, request: &Request, challenge: &str, context: &str) -> Result<Wanted, Error> {
        self.0.read(request, challenge, context).ok_or_else(over)
    }

    /// Claims it, so that it is answered once (#9): whatever comes of the answer, the browser needs another one for the next.
    pub(crate) async fn claim(table: &Table, challenge: &str, now: Time) -> Result<()> {
        let digest = Digest::of_parts(&["passkey", challenge]);
        if passkey::claim(table, &digest, now).await? { Ok(()) } else { Err(over().into()) }
    }

    /// Makes the browser forget it.
    pub(crate) fn forget(&self, challenge: &str, answer: Response) -> Response {
        answer.cookie(&self.0.forget(challenge))
    }
}

/// There is no such challenge in this browser, or not any more.
pub(crate) fn over() -> Error {
    Error::said(Code::InvalidRequest, Sentence::PasskeyOver)
}
