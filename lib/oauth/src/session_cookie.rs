//! What the cookie of a browser's session is made of.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Digest, Secret};

/// The id of a session, and the digest of the secret with which a browser proves that the session is its own. The cookie is
/// `<sid>.<secret>`: the id stands in tokens, and opens nothing without the secret (#32).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionCookie {
    sid: String,
    digest: Digest,
}

impl SessionCookie {
    /// The most sessions that one browser may have, each with a cookie of its own.
    pub const MOST: usize = 5;

    /// How long a session lives at most, from the last sign-in. No cookie of one is kept longer.
    pub const LONGEST: Duration = Duration::from_secs(12 * 3600);

    /// For the session with this id and this secret.
    pub fn of(sid: &str, secret: &Secret) -> Self {
        Self { sid: sid.to_owned(), digest: secret.digest() }
    }

    /// Reads the value of a cookie. What cannot be one of ours is none, and costs no read of the table (#105).
    pub fn parse(cookie: &Secret) -> Option<Self> {
        let (sid, secret) = cookie.expose().split_once('.')?;
        (Secret::is_random(sid) && Secret::is_random(secret)).then(|| Self::of(sid, &Secret::new(secret)))
    }

    /// The value of the cookie for the session with this id and this secret.
    pub fn value(sid: &str, secret: &Secret) -> Secret {
        Secret::new(format!("{sid}.{}", secret.expose()))
    }

    /// The id of the session, whether there is such a session or not.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// The digest of the secret.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_and_a_secret_of_ours_are_read() {
        // #105
        let (sid, secret) = (Secret::random(), Secret::random());
        let value = SessionCookie::value(sid.expose(), &secret);
        assert_eq!(SessionCookie::parse(&value), Some(SessionCookie::of(sid.expose(), &secret)));
        let good = value.expose();
        for bad in [
            "",
            ".",
            sid.expose(),
            &good[1..],
            &good[..86],
            &format!("{good}."),
            &format!("{good} "),
            &format!(" {good}"),
            &format!("{good}.{good}"),
            &good.replace('.', ""),
            &format!("{}.{}", "é".repeat(21), secret.expose()),
            &"x".repeat(1 << 20),
        ] {
            assert_eq!(SessionCookie::parse(&Secret::new(bad)), None, "{bad:.100}");
        }
    }

    #[test]
    fn the_secret_is_not_kept() {
        // #32
        let secret = Secret::random();
        let text = serde_json::to_string(&SessionCookie::of("sid", &secret)).unwrap();
        assert!(text.contains(secret.digest().as_str()) && !text.contains(secret.expose()));
    }
}
