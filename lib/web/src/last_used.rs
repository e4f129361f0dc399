//! With which provider somebody signed in last in this browser, for a note on its button: a cookie of ours that holds the provider's
//! name and nothing of the person. Signing out leaves it, because then it helps.

use std::time::Duration;

use crate::{Cookie, Request, Response};

/// What it is called.
const PROVIDER: &str = "provider";

/// How long it is kept after the last sign-in: somebody who comes twice a year still finds it.
const KEPT: Duration = Duration::from_secs(180 * 24 * 3600);

impl Request {
    /// The name of the provider that was used last in this browser, as the browser says. It is only compared with those that there
    /// are.
    pub fn last_provider(&self) -> Option<&str> {
        self.own_cookie(PROVIDER)
    }
}

impl Response {
    /// The same, with the note that this provider was used.
    #[must_use]
    pub fn last_provider(self, name: &str) -> Self {
        self.cookie(&Cookie::new(PROVIDER, name, KEPT))
    }
}
