//! Somebody has proven an address: whoever only wrote it down when they chose a password keeps nothing by it (#94).

use audit::{Actor, Event, Trail, What};
use user::{User, password};
use web::{Request, Result};

use crate::Entrance;

impl Entrance {
    /// Ends what somebody else has who only wrote down an address that is this person's.
    ///
    /// One GetItem, and more only where there is somebody like that.
    pub async fn expel_squatter(&self, request: &Request, trail: &Trail, owner: &User) -> Result<()> {
        let (table, now) = (&self.table, request.now);
        let Some(squatter) = password::squatter_of(table, owner, now).await? else { return Ok(()) };
        let expelling = async { Ok::<_, web::Error>(password::expel(table, &squatter, owner, now).await?) };
        logout::end_everything_of(table, &self.queue, &squatter, now, expelling).await?;
        let event = Event::new(What::SignOutEverywhere, &request.visit()).by(Actor::Latchkey);
        Ok(trail.note(table, &event.whom(&squatter).way(password::PROVIDER)).await?)
    }
}
