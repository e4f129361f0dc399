//! `grant_type=refresh_token` (RFC 6749 §6, RFC 9700 §4.14.2).

use std::time::Duration;

use authorization::Consent;
use client::{Api, Client};
use grant::{Authorization, TokenResponse};
use oauth::{Code, Error, Scope, Time};
use session::{
    Family, RefreshToken, Session,
    family::{Rotated, rotate_noting},
};
use store::Batch;
use user::User;
use web::Result;

use crate::{Asked, Token, code::has_all, invalid_grant};

impl Token {
    /// Three calls: client and grant; person, session, API and consent; the write. Everything else is checked before the token is renewed (#47),
    /// and whose it is before anything (#50).
    pub(crate) async fn refresh(&self, asked: &Asked, now: Time) -> Result<TokenResponse> {
        let (token, id) = (RefreshToken::parse(asked.refresh_token()?.expose()), asked.client.client_id());
        let family = token.as_ref().map(RefreshToken::family_id);
        let batch = Batch::new().and::<Client>(id).and::<Family>(family);
        let mut rows = self.table.get_batch(batch, now).await?;
        let client = self.authenticated(asked, rows.take(id), now).await?;
        let family = rows.read::<Family>(family).filter(|family| family.client_id == client.id);
        let (token, family) = token.zip(family).ok_or_else(unknown)?;
        let scope = less(asked.scope()?, &family)?;
        let resource = self.tokens.granted_resource(&client, &family.resources, asked.resource())?;
        let consent = family.is_consented().then(|| Consent::id(&family.user_id, &family.client_id));
        let batch = Batch::new()
            .and::<User>(&*family.user_id)
            .and::<Session>(family.sid.as_deref())
            .and::<Api>(resource.row())
            .and::<Consent>(consent.as_deref());
        let mut rows = self.table.get_batch(batch, now).await?;
        let user = rows.read::<User>(&*family.user_id).filter(User::is_active).ok_or_else(unknown)?;
        let session = rows.read::<Session>(family.sid.as_deref());
        let has = |id: &String| has_all(rows.read::<Consent>(&**id), &family.scope, &family.resources);
        let agrees = consent.as_ref().is_none_or(has);
        if !family.stands(session.as_ref(), user.epoch, client.epoch, now) || !agrees {
            return Err(unknown().into());
        }
        let target = self.tokens.target(&resource, rows.take(resource.row()))?;
        let authorized = Authorization::of_refresh(&client, &user, &family, target, scope);
        let answer = self.tokens.issue(&authorized, now)?;
        let grace = Duration::from_secs(client.grace.into());
        // One event, in the table and in the log: it has one id.
        let reuse = asked.reused_token(&family);
        let noted = || self.kept(&reuse);
        match rotate_noting(&self.table, &family, &token, grace, &noted, now).await? {
            Rotated::Done { token, .. } => {
                self.touch(&family, session, now).await?;
                Ok(TokenResponse { refresh_token: Some(token.text()), ..answer })
            }
            Rotated::Invalid => Err(unknown().into()),
            Rotated::Reused => {
                reuse.log();
                Err(unknown().into())
            }
        }
    }
}

impl Token {
    /// An app that ends with its session uses it by renewing its tokens: a write at most once a minute.
    async fn touch(&self, family: &Family, session: Option<Session>, now: Time) -> Result<()> {
        if let Some(session) = session.filter(|_| !family.offline) {
            session::touch(&self.table, session, now).await?;
        }
        Ok(())
    }
}

/// What was asked for, of what was granted: the same or less, never more (#47).
fn less(asked: Option<Scope>, family: &Family) -> Result<Scope, Error> {
    let Some(scope) = asked else { return Ok(family.scope.clone()) };
    if scope.is_subset_of(&family.scope) {
        return Ok(scope);
    }
    Err(Error::new(Code::InvalidScope, "the scope is more than was granted"))
}

fn unknown() -> Error {
    invalid_grant("refresh token")
}
