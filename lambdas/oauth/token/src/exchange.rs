//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693): another token, for one of ours.

use client::{Api, Client, same_audience, usable};
use grant::{Authorization, TokenResponse};
use oauth::{Code, Error, Scope, Secret, Time, server::openid_scopes};
use session::{Family, Session};
use store::Batch;
use token::Verified;
use user::User;
use web::Result;

use crate::{
    Asked, Exchanges, Token,
    asked::{Exchange, Subject, unsupported},
    unauthorized,
};

impl Token {
    pub(crate) async fn exchange(&self, asked: &Asked, now: Time) -> Result<TokenResponse> {
        let with = self.exchange.as_ref().ok_or_else(unsupported)?;
        let exchange = asked.exchange()?;
        match &exchange.subject {
            Subject::AccessToken(token) => self.exchange_ours(with, asked, exchange, token, now).await,
            Subject::IdToken(token) => self.exchange_of_person(with, asked, exchange, token, now).await,
        }
    }

    /// An access token of ours, for one of the same grant: two calls, and nothing is written. Its client may have it for less; and a client
    /// that speaks for the API to which it was sent may go on with it, in which case the token says so (`act`).
    async fn exchange_ours(
        &self,
        with: &Exchanges,
        asked: &Asked,
        exchange: &Exchange,
        token: &Secret,
        now: Time,
    ) -> Result<TokenResponse> {
        let (client, shown, family) = self.shown(with, asked, token, now).await?;
        let own = family.client_id == client.id;
        let place = own.then_some(&*shown.audience);
        let resource = self.tokens.exchanged_resource(&client, exchange.target.as_deref(), place)?;
        let holder = (!own).then_some(&*family.client_id);
        let batch = Batch::new()
            .and::<User>(&*family.user_id)
            .and::<Session>(family.sid.as_deref())
            .and::<Client>(holder)
            .and::<Api>(resource.row());
        let mut rows = self.table.get_batch(batch, now).await?;
        let user = rows.read::<User>(&*family.user_id).filter(User::is_active).ok_or_else(unacceptable)?;
        let session = rows.read::<Session>(family.sid.as_deref());
        let other = holder.and_then(|holder| usable(rows.take(holder), holder));
        let holder = if own { Some(&client) } else { other.as_ref() }.ok_or_else(unacceptable)?;
        if !family.stands(session.as_ref(), user.epoch, holder.epoch, now) {
            return Err(unacceptable().into());
        }
        let target = self.tokens.target(&resource, rows.take(resource.row()))?;
        let scope = no_more(asked.scope()?, &shown, &family, target.audience());
        let scope = scope.intersection(&client.scope);
        let demands = grant::Exchange {
            ends: Some(shown.caller.expires_at),
            actor: (!own).then_some(&*client.id),
            elsewhere: !same_audience(target.audience(), &shown.audience),
        };
        let authorized = Authorization::of_exchange(holder, &user, &family, target, scope, demands);
        Ok(self.tokens.issue(&authorized, now)?)
    }

    /// Who asks, the token that is shown, and the grant that it is of: one call.
    async fn shown(
        &self,
        with: &Exchanges,
        asked: &Asked,
        token: &Secret,
        now: Time,
    ) -> Result<(Client, Verified, Family)> {
        let shown = with.verifier.verify_for_any_audience(token.expose(), now).ok();
        let grant = shown.as_ref().and_then(|shown| shown.caller.grant.as_deref());
        let id = asked.client.client_id();
        let batch = Batch::new().and::<Client>(id).and::<Family>(grant);
        let mut rows = self.table.get_batch(batch, now).await?;
        let client = self.authenticated(asked, rows.take(id), now).await?;
        if client.is_public() {
            return Err(unauthorized().into());
        }
        let family = rows.read::<Family>(grant);
        let (shown, family) = shown.zip(family).ok_or_else(unacceptable)?;
        may_show(&client, &shown, &family)?;
        Ok((client, shown, family))
    }
}

/// Whether this client may show this token: its own, or one that was sent to an API that it speaks for. Both are of the grant that they
/// name.
fn may_show(client: &Client, shown: &Verified, family: &Family) -> Result<(), Error> {
    let caller = &shown.caller;
    let is_of_grant = (&family.user_id, &family.client_id) == (&caller.subject, &caller.client_id);
    let may = caller.client_id == client.id || client.exchange.speaks_for(&shown.audience);
    if is_of_grant && may { Ok(()) } else { Err(unacceptable()) }
}

/// What was asked for, of what can be had: what the token has; and at another API what was granted there. Of the scopes of OpenID Connect
/// those that the token has, whatever it is for (#47).
fn no_more(asked: Option<Scope>, shown: &Verified, family: &Family, audience: &str) -> Scope {
    let (mut most, openid) = (shown.caller.scope.clone(), openid_scopes());
    if !same_audience(audience, &shown.audience) {
        most.extend(&family.scope.iter().filter(|scope| !openid.contains(scope)).collect());
    }
    asked.map_or_else(|| most.clone(), |asked| asked.intersection(&most))
}

/// Whatever is wrong with the token that is shown, the same answer (RFC 8693 §2.2.2).
pub(crate) fn unacceptable() -> Error {
    Error::new(
        Code::InvalidRequest,
        "the subject_token is unknown, expired, used before, revoked, or none that this client may exchange",
    )
}
