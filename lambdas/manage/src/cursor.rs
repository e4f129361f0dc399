//! Where the next page begins: sealed, for one caller and one query, for an hour (#83).

use std::time::Duration;

use oauth::{Error, Time};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use web::{Result, Sealer};

/// How long a page can be turned.
const LIFETIME: Duration = Duration::from_secs(3600);

/// What a cursor is good for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Who was given it.
    pub(crate) caller: &'a str,
    /// Of which list.
    pub(crate) list: &'a str,
    /// Everything by which the list was narrowed.
    pub(crate) query: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    after: T,
    until: Time,
}

impl Place<'_> {
    fn purpose(&self) -> [&str; 4] {
        ["cursor", self.list, self.caller, self.query]
    }

    /// The cursor that begins behind this.
    pub(crate) fn seal<T: Serialize>(&self, sealer: &Sealer, after: T, now: Time) -> Result<String> {
        let content = serde_json::to_vec(&Sealed { after, until: now.after(LIFETIME) })?;
        Ok(sealer.seal(&self.purpose(), &content))
    }

    /// What it begins behind; 400 for whatever is not a cursor of this place.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        sealer: &Sealer,
        cursor: &str,
        now: Time,
    ) -> Result<T, Error> {
        let content = sealer.open(&self.purpose(), cursor);
        let sealed: Option<Sealed<T>> = content.and_then(|content| serde_json::from_slice(&content).ok());
        let sealed = sealed.filter(|sealed| now <= sealed.until);
        sealed
            .map(|sealed| sealed.after)
            .ok_or_else(|| Error::invalid_request("the cursor is not valid: start with the first page"))
    }
}
