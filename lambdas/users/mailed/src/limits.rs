//! How often: mails to one address, and tries of one code, counted before anything happens (#85).

use credential::attempt::{self, Account, Try};
use device::Device;
use oauth::{Digest, Error, Sentence};
use setting::{Action::Update, Permission, Permissions};
use store::{Counted, Limit};
use user::{by_mail::PROVIDER, password::LoginName};
use web::{Request, Result};

use crate::{Mailed, challenge::Asked};

/// Mails to an address, of one place: while no other one is sent, the last one counts.
const FROM_PLACE: Limit = Limit::new("MAILS", 3, 30 * 60);
/// Mails to an address, of whoever asks; and to all other spellings of its mailbox together.
const IN_ALL: Limit = Limit::new("MAILS", 10, 60 * 60);

/// What counting mails does with the table.
pub(crate) const COUNT: Permissions = Permissions::new(&[Permission::on("MAILS", &[Update])]);

impl Mailed {
    /// Counts one request of this place, whatever it is about.
    pub(crate) async fn count_place(&self, request: &Request) -> Result<()> {
        let tried = attempt::count_from(&self.table, &request.network(), request.now).await?;
        go(request, tried)
    }

    /// Counts one mail to the address. A device on which its person has signed in has mails of its own, so whoever asks for many from
    /// elsewhere keeps nobody out who is there. Beyond what there may be, nothing is to be sent, and nothing of this is said.
    ///
    /// Two UpdateItems, and one more for an address that may be another spelling of a mailbox; one beyond the first limit.
    pub(crate) async fn is_within(
        &self,
        request: &Request,
        address: &LoginName,
        own: Option<&str>,
    ) -> Result<bool> {
        let (network, mailbox) = (request.network(), address.mailbox());
        let (place, all, address) = (own.unwrap_or(&network), own.unwrap_or_default(), address.as_str());
        let id = |parts: &[&str]| Some(Digest::of_parts(parts));
        let limits = [
            (&FROM_PLACE, id(&["sign in", address, place])),
            (&IN_ALL, id(&["sign in", address, all])),
            (&IN_ALL, mailbox.and_then(|mailbox| id(&["sign in", "in all", &mailbox, all]))),
        ];
        for (limit, id) in limits.into_iter().filter_map(|(limit, id)| Some((limit, id?))) {
            if let Counted::Beyond(_) = self.table.count(limit, id.as_str(), request.now).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Counts one try of a code, for its address and for where it comes from. They are counted apart from those with a password: who guesses
    /// one from elsewhere must not shut a person out who reads the mails.
    pub(crate) async fn count_try(&self, request: &Request, asked: &Asked) -> Result<()> {
        let account = Account::of_mailbox(&asked.address);
        let device = Device::of(&self.devices, request);
        let account = if asked.is_known { device.own(&account) } else { account };
        go(request, attempt::count(&self.table, &account, &request.network(), request.now).await?)
    }
}

/// Goes on if there was a try left.
fn go(request: &Request, tried: Try) -> Result<()> {
    match tried {
        Try::Go => Ok(()),
        Try::Wait(end) => {
            let left = u32::try_from(end.since(request.now).as_secs()).unwrap_or(u32::MAX).max(1);
            Err(entrance::locked(request, PROVIDER, Error::too_many(Sentence::TriedTooOften, left)))
        }
    }
}
