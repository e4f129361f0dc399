//! `grant_type=authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.6).

use audit::What;
use authorization::Consent;
use client::{Api, Client};
use grant::{Authorization, TokenResponse};
use oauth::{Error, Scope, Time};
use session::{Code, Family, Session, code::Redeemed, family};
use store::Batch;
use user::User;
use web::Result;

use crate::{Asked, Token, invalid_grant};

impl Token {
    /// Three calls: client and code; person, session, API and consent; the write.
    pub(crate) async fn redeem(&self, asked: &Asked, now: Time) -> Result<TokenResponse> {
        let (secret, id) = (asked.code()?, asked.client.client_id());
        let key = session::code::key(secret);
        let batch = Batch::new().and::<Client>(id).and::<Code>(key.as_deref());
        let mut rows = self.table.get_batch(batch, now).await?;
        let client = self.authenticated(asked, rows.take(id), now).await?;
        let code = rows.read::<Code>(key.as_deref()).ok_or_else(unknown)?;
        fits(&code, &client, asked)?;
        let resource = self.tokens.granted_resource(&client, &code.resources, asked.resource())?;
        if code.is_spent() {
            return Err(self.replayed(asked, &code, now).await?.into());
        }
        let consent = code.is_consented().then(|| Consent::id(&code.user_id, &code.client_id));
        let batch = Batch::new()
            .and::<User>(&*code.user_id)
            .and::<Session>(&*code.sid)
            .and::<Api>(resource.row())
            .and::<Consent>(consent.as_deref());
        let mut rows = self.table.get_batch(batch, now).await?;
        let user = rows.read::<User>(&*code.user_id).filter(User::is_active).ok_or_else(unknown)?;
        let session = rows.read::<Session>(&*code.sid);
        let has = |id: &String| has_all(rows.read::<Consent>(&**id), &code.scope, &code.resources);
        let agrees = consent.as_ref().is_none_or(has);
        if !code.stands(session.as_ref(), user.epoch, client.epoch, now) || !agrees {
            return Err(unknown().into());
        }
        let target = self.tokens.target(&resource, rows.take(resource.row()))?;
        let (family, refresh) = Family::begin(&code, &grant::terms(&client, &code.scope), now);
        let authorized = Authorization::of_code(&client, &user, &code, &family, target);
        let answer = self.tokens.issue(&authorized, now)?;
        let rests_on = consent.map(|id| Consent::is_there(&id, now));
        match session::code::redeem_while(&self.table, secret, &family, rests_on, now).await? {
            Redeemed::Done => {
                Ok(TokenResponse { refresh_token: refresh.map(|token| token.text()), ..answer })
            }
            Redeemed::Spent => Err(self.replayed(asked, &code, now).await?.into()),
            // The person took it back a moment ago.
            Redeemed::Withdrawn => Err(unknown().into()),
        }
    }

    /// A second request that is right in everything: somebody else has the code too, so what it gave ends (#41).
    async fn replayed(&self, asked: &Asked, code: &Code, now: Time) -> Result<Error> {
        let event = asked.reused(What::CodeReused, &code.user_id, &code.family_id);
        if family::end_noting(&self.table, &code.family_id, self.kept(&event), now).await? {
            event.log();
        }
        Ok(unknown())
    }
}

/// Whether the person still agrees to all of this.
pub(crate) fn has_all(consent: Option<Consent>, scope: &Scope, resources: &[String]) -> bool {
    consent.is_some_and(|consent| consent.has(scope, resources))
}

/// Whether the request is of the client to which the code was sent, and of the very request for it. If not, nothing happens to the code
/// (#42).
fn fits(code: &Code, client: &Client, asked: &Asked) -> Result<(), Error> {
    if code.client_id != client.id {
        return Err(unknown());
    }
    match asked.redirect_uri() {
        Some(uri) if uri != code.redirect_uri => {
            return Err(unsuitable("redirect_uri differs from that of the authorization request"));
        }
        None if code.redirect_uri_given => return Err(unsuitable("redirect_uri is missing")),
        _ => {}
    }
    match (&code.challenge, asked.verifier()?) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if verifier.fits(challenge) => Ok(()),
        (Some(_), Some(_)) => Err(unsuitable("code_verifier does not belong to the code_challenge")),
        (Some(_), None) => Err(unsuitable("code_verifier is missing")),
        // RFC 9700 §4.8.2
        (None, Some(_)) => Err(unsuitable("the authorization request had no code_challenge")),
    }
}

fn unsuitable(why: &'static str) -> Error {
    Error::new(oauth::Code::InvalidGrant, why)
}

fn unknown() -> Error {
    invalid_grant("code")
}
