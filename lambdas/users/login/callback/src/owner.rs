//! Somebody has proven an address: whoever only wrote it down when they chose a password keeps nothing by it (#94).

use audit::{Actor, Event, What};
use user::{User, password};
use web::Result;

use crate::{Callback, arrival::Arrival};

impl Callback {
    /// One GetItem, and none where nobody signs in with a password.
    pub(crate) async fn expel_squatter(&self, at: &Arrival<'_>, owner: &User) -> Result<()> {
        if !self.passwords {
            return Ok(());
        }
        let (table, now) = (&self.table, at.now());
        let Some(squatter) = password::squatter_of(table, owner, now).await? else { return Ok(()) };
        let expelling = async { Ok::<_, web::Error>(password::expel(table, &squatter, owner, now).await?) };
        logout::end_everything_of(table, &self.queue, &squatter, now, expelling).await?;
        let event = Event::new(What::SignOutEverywhere, &at.request.visit()).by(Actor::Latchkey);
        Ok(self.trail.note(table, &event.whom(&squatter).way(password::PROVIDER)).await?)
    }
}
