//! What somebody gets whose password was right: a browser a session, a program a token.

use credential::attempt::Account;
use device::Device;
use entrance::{Arrived, Leave, Seat};
use user::{User, password::PROVIDER};
use web::{Request, Response, Result};

use crate::{Passwords, check::Known};

/// How they have shown who they are (RFC 8176).
const AMR: &[&str] = &["pwd"];

impl Passwords {
    /// A browser gets a session, or a new secret of the one that the same person has here (#33).
    pub(crate) async fn enter(&self, request: &Request, known: &Known, return_to: &str) -> Result<Response> {
        let place = self.origins.check(return_to);
        let leave = Leave::AfterForm(&place);
        let response = self.entrance.browser(request, &arrived(known), &Seat::of(request), leave).await?;
        self.remember(request, &known.user, response)
    }

    /// A program gets a token and no session.
    pub(crate) async fn token(&self, request: &Request, known: &Known) -> Result<Response> {
        self.tokens.refresh(&self.table, request.now).await?;
        let tokens = self.entrance.program(&self.tokens, request, &arrived(known))?;
        self.remember(request, &known.user, entrance::welcome(&known.user, &tokens)?)
    }

    /// The device has tries of its own from now on.
    pub(crate) fn remember(&self, request: &Request, user: &User, response: Response) -> Result<Response> {
        let device = Device::of(&self.devices, request);
        Ok(response.cookie(&device.knowing(&Account::of(&user.id), &self.devices, request.now)?))
    }
}

fn arrived(known: &Known) -> Arrived<'_> {
    Arrived { user: &known.user, way: PROVIDER, via: &known.via, amr: AMR }
}
