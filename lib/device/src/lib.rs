//! A device on which somebody has signed in before: it has tries of its own, so that nobody who guesses from elsewhere shuts its person
//! out (#85).

use std::time::Duration;

use credential::attempt::Account;
use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};
use web::{Cookie, Request, Result, SealedCookies, Sealer};

/// How long a device is known: as long as browsers keep a cookie.
const LIFETIME: Duration = Duration::from_secs(400 * 24 * 3600);

/// How many people a device is known for.
const MOST: usize = 5;

/// How long the id of a device is: of 132 bits. All cookies together have little room.
const LENGTH: usize = 22;

/// The only one of its family. Whichever way somebody signs in, it is the same device.
const ID: &str = "password";

/// The cookie of the device.
pub fn cookies(sealer: Sealer) -> SealedCookies {
    SealedCookies::new(sealer, "device", LIFETIME)
}

/// What its cookie says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Device {
    id: String,
    /// Of the accounts that signed in here, the latest first.
    accounts: Vec<String>,
}

impl Device {
    /// Whether this account has signed in here.
    pub fn knows(&self, account: &Account) -> bool {
        self.accounts.iter().any(|known| known == account.mark())
    }

    /// The device that asks, as far as it is known.
    pub fn of(cookies: &SealedCookies, request: &Request) -> Self {
        cookies.read(request, ID, "").unwrap_or_default()
    }

    /// Whose tries are counted: those of the device, if the account has signed in here.
    pub fn counted(&self, account: &Account) -> Account {
        if self.knows(account) { self.own(account) } else { account.clone() }
    }

    /// The tries of this device, of whoever has signed in here; of a device that is not known, those of everybody.
    pub fn own(&self, account: &Account) -> Account {
        if self.id.is_empty() { account.clone() } else { account.from_device(&self.id) }
    }

    /// The cookie after this account has signed in.
    pub fn knowing(self, account: &Account, cookies: &SealedCookies, now: Time) -> Result<Cookie> {
        let id = if self.id.is_empty() { Secret::random().expose()[..LENGTH].to_owned() } else { self.id };
        let others = self.accounts.into_iter().filter(|known| known != account.mark());
        let accounts = std::iter::once(account.mark().to_owned()).chain(others).take(MOST).collect();
        cookies.write(ID, "", &Self { id, accounts }, now)
    }
}
