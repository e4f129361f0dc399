//! One more passkey, of somebody who is signed in and has just shown who they are (#26).

use mail::{Factor, What};
use oauth::{Code, Error, Sentence};
use person::Person;
use serde::Deserialize;
use serde_json::{Value, json};
use user::passkey::{self, Added, MOST, NewPasskey, Passkey};
use web::{Request, Response, Result};
use webauthn_rs_core::proto::RegisterPublicKeyCredential;

use crate::{
    PATH, Passkeys,
    ceremony::{Wrong, because},
    challenge::{ADDING, Challenges, Wanted},
    client_data::ClientData,
    manage::name,
    sign_in::{digest, malformed},
    trail,
};

/// Who is to have one more, as the page says for whom it was made (#29).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct For {
    session: String,
}

/// What a script sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    /// `PublicKeyCredential.toJSON()`.
    credential: Value,
    /// What its person calls it.
    name: Option<String>,
}

impl Passkeys {
    /// Gives a challenge for a new passkey.
    pub(crate) async fn begin(&self, request: &Request) -> Result<Response> {
        let sent: For = request.json()?;
        let person = self.acting_in(request, &sent.session).await?.ok_or_else(foreign)?;
        if !person.session.is_fresh(request.now) {
            return Err(stale().into());
        }
        self.may_change(request, &person).await?;
        let known = self.known_of(&person, request).await?;
        if known.len() >= MOST {
            return Err(too_many().into());
        }
        let called = &request.look().brand.name;
        let asked = self.party.new_passkey(called, &person.user, &known)?;
        let wanted = Wanted::New {
            sid: person.session.id.clone(),
            user_id: person.user.id.clone(),
            epoch: person.user.epoch,
        };
        let answer = Response::json(&json!({"publicKey": asked.options}))?;
        self.challenges.give(request, &asked.challenge, &wanted, answer)
    }

    /// Takes the new passkey. It is of who asked for it, in the session that still acts (#95).
    pub(crate) async fn add(&self, request: &Request) -> Result<Response> {
        let sent: Answer = request.json()?;
        let answer: RegisterPublicKeyCredential =
            serde_json::from_value(sent.credential).map_err(|_| malformed())?;
        let data = ClientData::of(&answer.response.client_data_json).ok_or_else(malformed)?;
        let wanted = self.challenges.of(request, &data.challenge, ADDING)?;
        let Wanted::New { sid, user_id, epoch } = wanted else { return Err(foreign().into()) };
        let person = self.acting_in(request, &sid).await?;
        let is_still = |person: &Person| person.user.id == user_id && person.user.epoch == epoch;
        let person = person.filter(is_still).ok_or_else(foreign)?;
        // They may have got another factor, or a role that demands one, since they asked.
        self.may_change(request, &person).await?;
        Challenges::claim(&self.table, &data.challenge, request.now).await?;
        self.take(request, &person, &data.challenge, &answer, &name(request, sent.name.as_deref())).await?;
        let answer = Response::json(&json!({"go": format!("{PATH}?added")}))?;
        Ok(self.challenges.forget(&data.challenge, answer))
    }

    async fn take(
        &self,
        request: &Request,
        person: &Person,
        challenge: &str,
        answer: &RegisterPublicKeyCredential,
        name: &str,
    ) -> Result<()> {
        let known = self.known_of(person, request).await?;
        let made = match self.party.made(challenge, answer, &person.user, &known) {
            Ok(made) => made,
            Err(Wrong::Other(why)) => return Err(because(why, not_added())),
            Err(Wrong::Copied) => return Err(not_added().into()),
        };
        let id = digest(&made.id);
        let new = NewPasskey {
            id: &id,
            name,
            is_backed_up: made.seen.is_backed_up,
            counter: made.seen.counter,
            credential: &made.credential,
        };
        let event = trail::added(request, &person.user.id);
        let trail = [self.trail.write(&event)];
        match passkey::add(&self.table, &person.user, &new, &trail, request.now).await? {
            Added::Done => {
                event.log();
                let what = Factor::Passkey { name: name.to_owned() };
                self.tell(request, person, What::FactorAdded { what }).await;
            }
            Added::TooMany => return Err(too_many().into()),
            Added::Known => return Err(not_added().into()),
            Added::SignedOut => return Err(foreign().into()),
        }
        Ok(())
    }

    async fn known_of(&self, person: &Person, request: &Request) -> Result<Vec<Passkey>> {
        let all = passkey::of(&self.table, &person.user.id, request.now).await?;
        Ok(all.into_iter().map(|(_, passkey)| passkey).collect())
    }
}

/// The page was made for another session, or nobody is signed in any more.
pub(crate) fn foreign() -> Error {
    Error::said(Code::InvalidRequest, Sentence::PageOfAnotherSignIn)
}

/// Too long ago since they showed who they are (#26).
fn stale() -> Error {
    Error::new(Code::LoginRequired, "sign in again first: it is too long ago")
}

fn too_many() -> Error {
    Error::said(Code::InvalidRequest, Sentence::PasskeyTooMany).with_status(409)
}

fn not_added() -> Error {
    Error::said(Code::InvalidRequest, Sentence::PasskeyNotAdded)
}
