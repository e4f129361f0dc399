//! One event, from its signature to what it gives.

use audit::{Actor, Trail, What};
use oauth::{Secret, Time, Visit};
use seal::Sealer;
use store::{Row, Table, Write};
use user::{
    Rights,
    purchase::{self, Applied, End, Purchase, Refused},
};

use crate::{
    Body, Delivery, Event, Kind, Scheme, Source, Unverified, Verified, event,
    facts::{facts, identity},
    source::is_name,
};

/// The longest body, in bytes: sealed, it fits into a row.
pub const LONGEST: usize = 128 * 1024;

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It was done.
    Done(End),
    /// It was done before.
    Repeated,
    /// It is of a kind that gives and takes nothing.
    Ignored,
    /// It is its sender's, and could not be used: why. The body is kept.
    Kept(&'static str),
}

/// Why a delivery was not looked at, or nothing is known of what became of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is nobody's: there is no such source, or it is not its.
    #[error("the delivery is not one of its source")]
    Unverified(#[source] Unverified),
    /// Try again.
    #[error("the table failed")]
    Table(#[from] store::Error),
}

/// A delivery and how it came.
pub struct Arrived<'a> {
    /// The name of the source, as the path has it.
    pub source: &'a str,
    /// What came.
    pub delivery: Delivery<'a>,
    /// When, from where and in which request.
    pub visit: Visit,
}

/// What receives events.
#[derive(Debug)]
pub struct Receiver {
    table: Table,
    sealer: Sealer,
    trail: Trail,
    /// In the place of a source that there is not, so that it costs what a source costs.
    nobody: Source,
}

impl Receiver {
    /// One that opens secrets with this.
    pub fn new(table: Table, sealer: Sealer, trail: Trail) -> Self {
        let nobody = Source::nobody(&sealer);
        Self { table, sealer, trail, nobody }
    }

    /// Whose this delivery is. Nothing of its body is read.
    ///
    /// One GetItem, where the name could be one.
    pub async fn verify(&self, arrived: &Arrived<'_>) -> Result<(Source, Verified), Error> {
        let now = arrived.delivery.now;
        let found = match is_name(arrived.source) {
            true => self.table.get::<Source>(arrived.source, now).await?.map(Row::into_inner),
            false => None,
        };
        let source = found.as_ref().unwrap_or(&self.nobody);
        let secrets = source.secrets(&self.sealer);
        let verified = source.scheme.verify(&secrets, &arrived.delivery).map_err(Error::Unverified)?;
        // Nobody's secret is known to nobody.
        let source = found.ok_or(Error::Unverified(Unverified::Signature))?;
        Ok((source, verified))
    }

    /// Does what a verified delivery says, once.
    ///
    /// One GetItem, and what [`purchase::apply`] does; where it cannot be used, one PutItem.
    pub async fn receive(
        &self,
        source: &Source,
        verified: &Verified,
        arrived: &Arrived<'_>,
        rights: &Rights,
    ) -> Result<Received, Error> {
        let bytes = arrived.delivery.body;
        let body = Body::read(source.format, bytes);
        let id = identity(source, verified, body.as_ref().ok(), bytes);
        let id = format!("{}/{id}", source.name);
        let one = One { receiver: self, source, id: &id, bytes, visit: &arrived.visit, rights };
        one.handle(body, true).await
    }

    /// Tries an event again that could not be used: its body was verified when it came. `None`: there is none that waits. What came before
    /// there was this source was verified by the secret of another one of its name, which somebody may have removed because it was known.
    pub async fn replay(
        &self,
        source: &Source,
        id: &str,
        visit: &Visit,
        rights: &Rights,
    ) -> Result<Option<Received>, Error> {
        let row = self.table.get::<Event>(id, visit.at).await?.filter(|row| row.at >= source.created_at);
        let Some(bytes) = row.as_ref().and_then(|row| row.body(id, &self.sealer)) else { return Ok(None) };
        let one = One { receiver: self, source, id, bytes: &bytes, visit, rights };
        // It happened when it came.
        one.handle(Body::read(source.format, &bytes), false).await.map(Some)
    }
}

/// One event that is its sender's.
struct One<'a> {
    receiver: &'a Receiver,
    source: &'a Source,
    id: &'a str,
    bytes: &'a [u8],
    visit: &'a Visit,
    rights: &'a Rights,
}

impl One<'_> {
    fn now(&self) -> Time {
        self.visit.at
    }

    async fn handle(&self, body: Result<Body, crate::Malformed>, is_fresh: bool) -> Result<Received, Error> {
        let read = body.and_then(|body| facts(self.source, &body, is_fresh.then(|| self.now())));
        let facts = match read {
            Ok(facts) if facts.kind == Kind::Other => return Ok(Received::Ignored),
            Ok(facts) => facts,
            Err(crate::Malformed::Time) => return Err(Error::Unverified(Unverified::Time)),
            Err(malformed) => return self.keep(malformed.as_str()).await,
        };
        let order = facts.order.as_deref().unwrap_or_default();
        let sale = match facts.kind {
            Kind::Sale => {
                let product = facts.product.as_deref().and_then(|product| self.source.gives(product));
                let Some(gives) = product else { return self.keep("product").await };
                let Some(address) = facts.address.as_deref() else { return self.keep("address").await };
                Some((address, gives))
            }
            _ => None,
        };
        self.apply(&Purchase { source: &self.source.name, order, sale }).await
    }

    async fn apply(&self, purchase: &Purchase<'_>) -> Result<Received, Error> {
        let (table, now) = (&self.receiver.table, self.now());
        let before = table.get::<Event>(self.id, now).await?;
        if before.as_ref().is_some_and(|event| !event.is_dead()) {
            return Ok(Received::Repeated);
        }
        let trail = |applied: &Applied| {
            let done = Event::done(&self.source.name, applied.end.as_str(), applied.whom.as_deref(), now);
            let mark = event::mark(self.id, before.as_ref(), &done, now);
            let row = self.event(applied).map(|event| self.receiver.trail.write(&event));
            [mark].into_iter().chain(row).collect::<Vec<Write>>()
        };
        match purchase::apply(table, self.rights, purchase, &trail, now).await {
            Ok(applied) => {
                if let Some(event) = self.event(&applied) {
                    event.log();
                }
                Ok(Received::Done(applied.end))
            }
            Err(Refused::Done) => Ok(Received::Repeated),
            Err(Refused::Address) => self.keep("address").await,
            Err(Refused::Manages) => self.keep("manages").await,
            Err(Refused::Failed(user::manage::Error::Table(error))) => Err(Error::Table(error)),
            // There is no room, or a name that cannot be stored: trying again changes nothing.
            Err(Refused::Failed(_)) => self.keep("refused").await,
        }
    }

    /// What the trail says: nothing where nobody gains or loses anything.
    fn event(&self, applied: &Applied) -> Option<audit::Event> {
        let what = match applied.end {
            End::Given | End::Waits => What::WebhookGave,
            End::Taken => What::WebhookTook,
            End::Held | End::Ahead | End::Nobody => return None,
        };
        let (before, after) = &applied.told;
        let event = audit::Event::new(what, self.visit).by(Actor::Latchkey).name(&self.source.name);
        let event = event.turned(Some(before.join(", ")), Some(after.join(", ")));
        let event = match &applied.roles {
            Some((before, after)) => event.roles(before, after),
            None => event,
        };
        Some(match &applied.whom {
            Some(id) => event.whom(id),
            None => event,
        })
    }

    /// Keeps the body for somebody to look at. One that is there already stays.
    async fn keep(&self, why: &'static str) -> Result<Received, Error> {
        let Receiver { table, sealer, .. } = self.receiver;
        let dead = Event::dead(self.id, &self.source.name, why, self.bytes, sealer, self.now());
        table.create(self.id, &dead, self.now()).await?;
        Ok(Received::Kept(why))
    }
}

impl Source {
    /// One that there is not.
    fn nobody(sealer: &Sealer) -> Self {
        let source = Self::new("nobody", Scheme::Standard, crate::Format::Json, Time::from_epoch(0));
        let secret: Secret = Scheme::Standard.fresh();
        source
            .with_secret(&secret, false, sealer)
            .unwrap_or_else(|_| unreachable!("a fresh secret fits its scheme"))
    }
}
