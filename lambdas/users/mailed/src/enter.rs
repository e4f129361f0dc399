//! What somebody gets who has shown that they read the mails of an address: a browser a session, a program a token.

use audit::Along;
use credential::attempt::Account;
use device::Device;
use entrance::{Arrived, Leave, Seat};
use oauth::Error;
use user::{
    by_mail::{self, Entered, PROVIDER, Trails},
    password::LoginName,
};
use web::{Request, Response, Result};

use crate::{Mailed, challenge::Asked, trail};

/// How they have shown it (RFC 8176): by something that counts once. Link and code are the same proof.
const AMR: &[&str] = &["otp"];

impl Mailed {
    /// Lets in whoever the address leads to. To whom that is nobody, or somebody who is disabled, it says what `refusal` says of a code that
    /// does not count (#84).
    pub(crate) async fn enter(
        &self,
        request: &Request,
        asked: &Asked,
        refusal: fn() -> Error,
    ) -> Result<Response> {
        let address = LoginName::email(&asked.address).ok_or_else(refusal)?;
        let entered = self.known(request, &address, refusal).await?;
        let Entered { user, via } = &entered;
        if self.passwords {
            self.entrance.expel_squatter(request, &self.trail, user).await?;
        }
        let arrived = Arrived { user, way: PROVIDER, via, amr: AMR };
        let response = match request.is_form() {
            true => {
                let place = self.origins.check(&asked.return_to);
                let leave = Leave::AfterForm(&place);
                self.entrance.browser(request, &arrived, &Seat::of(request), leave).await?
            }
            false => entrance::welcome(user, &self.entrance.program(&self.tokens, request, &arrived)?)?,
        };
        let device = Device::of(&self.devices, request);
        let device = device.knowing(&Account::of(&user.id), &self.devices, request.now)?;
        Ok(response.cookie(&device).cookie(&self.challenges.forget()))
    }

    async fn known(&self, request: &Request, address: &LoginName, refusal: fn() -> Error) -> Result<Entered> {
        let rights = self.tokens.refresh(&self.table, request.now).await?;
        let along = Along::default();
        let trails = Trails {
            noted: &|news| along.write(self.trail, trail::news(request, news, self.events)),
            linked: &|id| along.write(self.trail, vec![trail::linked(request, id)]),
        };
        let entered = by_mail::enter(&self.table, &rights, address, self.is_open, trails, request.now).await;
        let entered = entered.map_err(|error| match error {
            // Disabled at this very moment.
            user::Error::Refused(_) => web::Error::from(refusal()),
            fault => fault.into(),
        })?;
        let entered = entered.ok_or_else(refusal)?;
        along.log(&entered.user.id);
        Ok(entered)
    }
}
