//! How often something may happen here (RFC 8628 §5.1, §5.2).

use audit::{Event, What};
use oauth::{Digest, Error, Sentence};
use setting::{Action, Permission, Permissions};
use store::{Counted, Limit};
use user::User;
use web::{Request, Result};

use crate::Device;

const REQUESTS: &str = "DEVICEREQUESTS";
const GUESSES: &str = "DEVICEGUESSES";

/// Requests of one client: what is stored before anybody has proven anything is bounded.
const REQUESTS_OF_CLIENT: Limit = Limit::new(REQUESTS, 1000, 300);
/// Requests of one client from one place: nobody alone uses up what a client has.
const REQUESTS_FROM_PLACE: Limit = Limit::new(REQUESTS, 60, 600);
/// Codes that one person enters, in all their sessions. That makes guessing useless: of 20^8 codes, with a thousand of them waiting
/// all the time, somebody who never stops trying finds one in about fifty years.
const GUESSES_OF_PERSON: Limit = Limit::new(GUESSES, 10, 600);
/// Codes that are entered from one place, by whomever. A whole office may be behind one address.
const GUESSES_FROM_PLACE: Limit = Limit::new(GUESSES, 100, 600);

/// What counting does with the table.
pub(crate) const COUNT: Permissions = Permissions::new(&[
    Permission::on(REQUESTS, &[Action::Update]),
    Permission::on(GUESSES, &[Action::Update]),
]);

impl Device {
    /// Counts a request of a client. Two UpdateItems.
    pub(crate) async fn count_requests(&self, client_id: &str, request: &Request) -> Result<()> {
        let place = request.network();
        self.count(&REQUESTS_FROM_PLACE, &[client_id, &place], request).await?;
        self.count(&REQUESTS_OF_CLIENT, &[client_id], request).await
    }

    /// Counts a code before it is looked up, whether or not it is right: else one guess too many would still be answered (#85). Two
    /// UpdateItems.
    pub(crate) async fn count_guesses(&self, person: &User, request: &Request) -> Result<()> {
        self.count(&GUESSES_OF_PERSON, &[&person.id], request).await?;
        self.count(&GUESSES_FROM_PLACE, &[&request.network()], request).await
    }

    /// Of what is counted, the table has the digest.
    async fn count(&self, limit: &Limit, of: &[&str], request: &Request) -> Result<()> {
        let id = Digest::of_parts(of);
        match self.table.count(limit, id.as_str(), request.now).await? {
            Counted::Within(_) => Ok(()),
            Counted::Beyond(end) => {
                let left = u32::try_from(end.saturating_sub(request.now.epoch())).unwrap_or(1).max(1);
                let refusal = Error::too_many(Sentence::TriedTooOften, left);
                let line = Event::new(What::Lockout, &request.visit()).way("device").line_for(Some(&refusal));
                Err(web::Error::from(refusal).logged_by(line))
            }
        }
    }
}
