//! The step in a sign-in: somebody who came by another way shows a passkey in place of a code. Who they are is in the cookie of the step. So
//! only theirs are asked for, which tells nobody anything: they have shown who they are (#84).

use entrance::{Pending, too_late};
use serde::Deserialize;
use serde_json::{Value, json};
use user::{User, passkey};
use web::{Request, Response, Result};
use webauthn_rs_core::proto::PublicKeyCredential;

use crate::{
    Passkeys,
    challenge::{Challenges, STEP, Wanted, over},
    sign_in::{amr, read, refused},
    trail,
};

/// What a script sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    /// `PublicKeyCredential.toJSON()`.
    credential: Value,
}

impl Passkeys {
    /// Gives a challenge for the passkeys of whoever has arrived, and for no other sign-in than this one.
    pub(crate) async fn step_challenge(&self, request: &Request) -> Result<Response> {
        let pending = self.entrance.pending(request).ok_or_else(too_late)?;
        let known = passkey::of(&self.table, &pending.user_id, request.now).await?;
        let known: Vec<_> = known.into_iter().map(|(_, passkey)| passkey).collect();
        if known.is_empty() {
            return Err(refused().into());
        }
        let asked = self.party.signature(&known)?;
        let wanted = Wanted::Step { sid: pending.sid().to_owned() };
        let answer = Response::json(&json!({"publicKey": asked.options}))?;
        self.challenges.give(request, &asked.challenge, &wanted, answer)
    }

    /// Takes the answer, and lets in whose passkey it is.
    pub(crate) async fn take_step(&self, request: &Request) -> Result<Response> {
        let sent: Answer = request.json()?;
        let (answer, data) = read(sent.credential)?;
        let pending = self.entrance.pending(request).ok_or_else(too_late)?;
        let wanted = self.challenges.of(request, &data.challenge, STEP)?;
        if wanted != (Wanted::Step { sid: pending.sid().to_owned() }) {
            return Err(over().into());
        }
        self.count(request, Some(&pending.user_id)).await?;
        Challenges::claim(&self.table, &data.challenge, request.now).await?;
        let shown = self.shown(request, &pending, &data.challenge, &answer).await;
        let (user, shown) = shown.map_err(|error| trail::not_shown(request, &pending.user_id, error))?;
        trail::shown(request, &user.id).log();
        let go = self.origins.check(&pending.to);
        let leave = self.challenges.forget(&data.challenge, Response::json(&json!({"go": go.as_str()}))?);
        self.entrance.finish(request, &pending, &user, shown, leave).await
    }

    /// Who is at the step, as they are now, and what their passkey adds to how they have shown who they are (RFC 8176).
    ///
    /// One BatchGetItem and one UpdateItem.
    async fn shown(
        &self,
        request: &Request,
        pending: &Pending,
        challenge: &str,
        answer: &PublicKeyCredential,
    ) -> Result<(User, &'static [&'static str])> {
        // It says whose it is, or nothing (W3C §7.2, step 6).
        let says = answer.response.user_handle.as_deref().unwrap_or_default();
        if !says.is_empty() && says != pending.user_id.as_bytes() {
            return Err(refused().into());
        }
        let (found, proven) = self.proven(request, challenge, answer, &pending.user_id).await?;
        // They may have been disabled, or signed out everywhere, since they arrived (#34, #35).
        if !found.user.is_active_in(pending.epoch) {
            return Err(too_late().into());
        }
        if !passkey::note_use(&self.table, &found, proven.seen, request.now).await? {
            return Err(refused().into());
        }
        Ok((found.user, amr(proven.is_synced)))
    }
}
