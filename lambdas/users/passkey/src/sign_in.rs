//! Signing in: a challenge, and its answer.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use credential::attempt::{self, Account, Try};
use entrance::{Arrived, Leave, Seat};
use oauth::{Code, Digest, Error, Sentence};
use serde::Deserialize;
use serde_json::{Value, json};
use user::{
    User,
    passkey::{self, Found, PROVIDER},
};
use web::{Request, Response, Result};
use webauthn_rs_core::proto::PublicKeyCredential;

use crate::{
    Passkeys,
    ceremony::{Proven, Wrong, because},
    challenge::{Challenges, SIGN_IN, Wanted},
    client_data::ClientData,
    trail,
};

/// What a script sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    /// `PublicKeyCredential.toJSON()`.
    credential: Value,
    return_to: Option<String>,
}

/// Somebody whose passkey has signed.
struct Known {
    user: User,
    is_synced: bool,
}

impl Passkeys {
    /// Gives a challenge. Nothing is written, and nothing is read.
    pub(crate) fn challenge(&self, request: &Request) -> Result<Response> {
        let asked = self.party.signature(&[])?;
        let answer = Response::json(&json!({"publicKey": asked.options}))?;
        self.challenges.give(request, &asked.challenge, &Wanted::SignIn, answer)
    }

    /// Takes the answer, and gives a session and the place to go on to.
    pub(crate) async fn sign_in(&self, request: &Request) -> Result<Response> {
        let sent: Answer = request.json()?;
        let (answer, data) = read(sent.credential)?;
        self.challenges.of(request, &data.challenge, SIGN_IN)?;
        self.count(request, None).await?;
        Challenges::claim(&self.table, &data.challenge, request.now).await?;
        let known = self.known(request, &data.challenge, &answer).await;
        let known = known.map_err(|error| trail::refused(request, error))?;
        let go = self.origins.check(sent.return_to.as_deref().unwrap_or("/"));
        let leave = self.challenges.forget(&data.challenge, Response::json(&json!({"go": go.as_str()}))?);
        let via = passkey::key(&known.user.id);
        let arrived = Arrived { user: &known.user, way: PROVIDER, via: &via, amr: amr(known.is_synced) };
        self.entrance.browser(request, &arrived, &Seat::of(request), Leave::ByScript(&go, leave)).await
    }

    /// Counts one try, before it is looked at (#85): of where it comes from, and at the step of this person as one with a code. In a
    /// sign-in nobody's own tries are counted: a passkey cannot be guessed, and a stranger could use them up.
    pub(crate) async fn count(&self, request: &Request, step_of: Option<&str>) -> Result<()> {
        let (table, network, now) = (&self.table, request.network(), request.now);
        let counted = match step_of {
            Some(id) => attempt::count(table, &Account::of_factor(id), &network, now).await?,
            None => attempt::count_from(table, &network, now).await?,
        };
        match counted {
            Try::Go => Ok(()),
            Try::Wait(end) => {
                let left = u32::try_from(end.since(now).as_secs()).unwrap_or(u32::MAX).max(1);
                Err(trail::locked(request, step_of, Error::too_many(Sentence::TriedTooOften, left)))
            }
        }
    }

    /// Whose passkey it is, if it has signed this challenge.
    ///
    /// What [`Self::proven`] and [`passkey::enter`] cost.
    async fn known(&self, request: &Request, challenge: &str, answer: &PublicKeyCredential) -> Result<Known> {
        let handle = answer.response.user_handle.as_deref().and_then(|it| std::str::from_utf8(it).ok());
        let handle = handle.filter(|handle| !handle.is_empty()).ok_or_else(refused)?;
        let (found, proven) = self.proven(request, challenge, answer, handle).await?;
        let user = passkey::enter(&self.table, &found, proven.seen, request.now).await?;
        Ok(Known { user: user.ok_or_else(refused)?, is_synced: proven.is_synced })
    }

    /// The passkey that has signed this challenge, if it is of the person with this id.
    ///
    /// One BatchGetItem.
    pub(crate) async fn proven(
        &self,
        request: &Request,
        challenge: &str,
        answer: &PublicKeyCredential,
        id: &str,
    ) -> Result<(Found, Proven)> {
        let credential = digest(&answer.raw_id);
        let found = passkey::find(&self.table, &credential, id, request.now).await?.ok_or_else(refused)?;
        match self.party.proven(challenge, answer, &found.passkey) {
            Ok(proven) => Ok((found, proven)),
            Err(Wrong::Copied) => {
                self.trail.note(&self.table, &trail::copied(request, &found.user.id)).await?;
                Err(refused().into())
            }
            Err(Wrong::Other(why)) => Err(because(why, refused())),
        }
    }
}

/// What the script sent, and what was signed.
pub(crate) fn read(credential: Value) -> Result<(PublicKeyCredential, ClientData), Error> {
    let answer: PublicKeyCredential = serde_json::from_value(credential).map_err(|_| malformed())?;
    let data = ClientData::of(&answer.response.client_data_json).ok_or_else(malformed)?;
    Ok((answer, data))
}

/// The digest by which a credential is filed.
pub(crate) fn digest(id: &[u8]) -> Digest {
    Digest::of_parts(&["passkey", &URL_SAFE_NO_PAD.encode(id)])
}

/// How they have shown who they are (RFC 8176): with a key that stays in its hardware or one that may be copied, by being there, and by
/// what unlocks it, which is the second factor.
pub(crate) const fn amr(is_synced: bool) -> &'static [&'static str] {
    if is_synced { &["swk", "user", "mfa"] } else { &["hwk", "user", "mfa"] }
}

/// One answer for a passkey that nobody has, one whose signature is wrong, and somebody who is disabled (#84).
pub(crate) fn refused() -> Error {
    Error::said(Code::LoginRequired, Sentence::PasskeyRefused)
}

/// What was sent is no answer of an authenticator.
pub(crate) fn malformed() -> Error {
    Error::invalid_request("credential must be what PublicKeyCredential.toJSON() gives")
}
