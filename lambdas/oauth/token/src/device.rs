//! `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4).

use client::{Api, Client};
use grant::{Authorization, TokenResponse};
use oauth::{Code, Error, Time};
use session::{
    Device, Family, Session,
    code::Redeemed,
    device::{self, Approval, Polled, Progress},
};
use store::Batch;
use user::User;
use web::Result;

use crate::{Asked, Token, invalid_grant};

impl Token {
    /// Two calls while the person has not decided: client and request; the note that it polled. Three when they have agreed: client and
    /// request; person, session and API; the write. A poll that comes after that gets nothing, and ends nothing: only the device
    /// has the code, and it repeats a poll whose answer it did not get.
    pub(crate) async fn device(&self, asked: &Asked, now: Time) -> Result<TokenResponse> {
        let (key, id) = (device::key(asked.device_code()?), asked.client.client_id());
        let batch = Batch::new().and::<Client>(id).and::<Device>(key.as_deref());
        let mut rows = self.table.get_batch(batch, now).await?;
        let client = self.authenticated(asked, rows.take(id), now).await?;
        let device = rows.read::<Device>(key.as_deref()).filter(|device| device.client_id == client.id);
        let (key, device) = key.zip(device).ok_or_else(unknown)?;
        match (device.progress, &device.approval) {
            (Progress::Spent, _) => Err(unknown().into()),
            (Progress::Denied, _) => Err(denied().into()),
            _ if !device.is_in_time(now) => Err(late().into()),
            (Progress::Allowed, Some(approval)) => {
                self.redeem_device(asked, &client, &key, (&device, approval), now).await
            }
            _ if !device.is_open(client.epoch, now) => Err(unknown().into()),
            _ => Err(waiting(device::poll(&self.table, &key, &device, now).await?).into()),
        }
    }

    async fn redeem_device(
        &self,
        asked: &Asked,
        client: &Client,
        key: &str,
        (device, approval): (&Device, &Approval),
        now: Time,
    ) -> Result<TokenResponse> {
        let resource = self.tokens.granted_resource(client, &device.resources, asked.resource())?;
        let (user, sid) = (&*approval.user_id, &*approval.sid);
        let batch = Batch::new().and::<User>(user).and::<Session>(sid).and::<Api>(resource.row());
        let mut rows = self.table.get_batch(batch, now).await?;
        let user = rows.read::<User>(user).filter(User::is_active).ok_or_else(unknown)?;
        let session = rows.read::<Session>(sid);
        if !device.stands(session.as_ref(), user.epoch, client.epoch, now) {
            return Err(unknown().into());
        }
        let target = self.tokens.target(&resource, rows.take(resource.row()))?;
        let terms = grant::terms(client, &device.scope);
        let (family, refresh) = Family::begin(device.basis(approval), &terms, now);
        let answer = self.tokens.issue(&Authorization::of_grant(client, &user, &family, target), now)?;
        match device::redeem(&self.table, key, &family, now).await? {
            Redeemed::Done => {
                Ok(TokenResponse { refresh_token: refresh.map(|token| token.text()), ..answer })
            }
            Redeemed::Spent | Redeemed::Withdrawn => Err(unknown().into()),
        }
    }
}

/// RFC 8628 §3.5, as the next.
fn waiting(polled: Polled) -> Error {
    match polled {
        Polled::Pending => Error::new(Code::AuthorizationPending, "the person has not decided yet"),
        Polled::SlowDown => Error::new(Code::SlowDown, "wait five seconds longer than before, from now on"),
    }
}

fn denied() -> Error {
    Error::new(Code::AccessDenied, "the person did not agree").with_status(400)
}

fn late() -> Error {
    Error::new(Code::ExpiredToken, "the person did not agree in time: ask for another device code")
}

fn unknown() -> Error {
    invalid_grant("device code")
}
