//! Which second factors somebody has. What they are is in the crate `factor`, whose row belongs to the person and goes with them.

use serde::{Deserialize, Serialize};
use store::{Owner, Record, Write};

/// What somebody has beside their ways in. Where there is nothing, nothing is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Option<Stored>", into = "Option<Stored>")]
pub struct Factors {
    /// Whether an app on a device of theirs makes codes (RFC 6238).
    pub totp: bool,
    /// How many passkeys they have. A sign-in asks for none because of it. Who had some before this was counted has 0 here until they look
    /// at them, add one, remove one, or sign in with one.
    pub passkeys: u32,
}

impl Factors {
    /// Whether there is anything that they could show. Whoever has nothing sets something up where they must show it.
    pub fn has_any(self) -> bool {
        self.totp || self.passkeys > 0
    }

    /// Whether a sign-in asks for a code.
    pub fn asks_for_code(self) -> bool {
        self.totp
    }
}

/// The same as it is stored.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Stored {
    #[serde(default)]
    totp: bool,
    #[serde(default)]
    passkeys: u32,
}

impl From<Option<Stored>> for Factors {
    fn from(stored: Option<Stored>) -> Self {
        stored.map_or_else(Self::default, |Stored { totp, passkeys }| Self { totp, passkeys })
    }
}

impl From<Factors> for Option<Stored> {
    fn from(factors: Factors) -> Self {
        let Factors { totp, passkeys } = factors;
        (factors != Factors::default()).then_some(Stored { totp, passkeys })
    }
}

/// What a deletion has to know of the row of the crate `factor`: `FACTOR#<user id>`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FactorRow {
    user_id: String,
}

impl Record for FactorRow {
    const KIND: &'static str = "FACTOR";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

/// The write that removes somebody's second factor, whether there is one or not.
pub(crate) fn forget(user_id: &str) -> Write {
    Write::unpoint(user_id, &FactorRow { user_id: user_id.to_owned() })
}
