//! A wish to have one more way in: it lets the identity in which a login ends lead to a person who is signed in already (#26, #95).

use std::time::Duration;

use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};

/// What the account page hands to the start of a login, sealed for [`LinkWish::PURPOSE`] and the provider. It names the session in
/// which a person asked for it, freshly signed in, and opens nothing without the cookie of that session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinkWish {
    /// The session. Whoever is back without it has linked nothing.
    pub sid: String,
    /// The id of the proof, which links once.
    pub id: String,
    asked_at: Time,
}

impl LinkWish {
    /// What it is sealed for, together with the name of the provider.
    pub const PURPOSE: &'static str = "link";

    /// How long a login may begin with it.
    pub const LIFETIME: Duration = Duration::from_secs(600);

    /// One in this session.
    pub fn new(sid: &str, now: Time) -> Self {
        let id = Secret::random().expose()[..22].to_owned();
        Self { sid: sid.to_owned(), id, asked_at: now }
    }

    /// Whether a login may begin with it.
    pub fn is_open(&self, now: Time) -> bool {
        self.asked_at <= now && now.since(self.asked_at) <= Self::LIFETIME
    }

    /// What of it goes with the login.
    pub fn link(self) -> Link {
        Link { sid: self.sid, id: self.id }
    }
}

/// What a login has of the wish with which it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The session that must be there when the browser is back.
    pub sid: String,
    /// The id of the proof.
    pub id: String,
}
