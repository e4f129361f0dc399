//! Cookies: `__Host-` only, and the sealed ones a login travels in.

use std::{fmt::Write, time::Duration};

use http::HeaderValue;
use oauth::{Digest, Secret, Time};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Request, Sealer};

const SESSION: &str = "session";

impl Request {
    /// The secret of the browser's session, whether there is such a session or not.
    pub fn session(&self) -> Option<Secret> {
        self.cookie(&format!("__Host-{SESSION}")).map(Secret::new)
    }
}

/// `SameSite` (RFC 6265bis §5.6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Sent when a person follows a link to us, not on other sites' requests.
    Lax,
    /// Sent always: only for the login cookie of a provider that answers by a form it posts.
    None,
}

/// A cookie to set: always `__Host-`, `Secure`, `HttpOnly`, `Path=/`, without `Domain` (#31).
#[derive(Debug, Clone)]
pub struct Cookie {
    name: String,
    value: String,
    same_site: SameSite,
    max_age: Duration,
}

impl Cookie {
    /// The cookie `__Host-<name>`, for so long.
    pub fn new(name: &str, value: &str, max_age: Duration) -> Self {
        Self { name: format!("__Host-{name}"), value: value.to_owned(), same_site: SameSite::Lax, max_age }
    }

    /// Makes the browser forget `__Host-<name>`.
    pub fn forget(name: &str) -> Self {
        Self::new(name, "", Duration::ZERO)
    }

    /// The cookie of a browser's session, which a request shows by [`Request::session`].
    pub fn session(secret: &Secret, max_age: Duration) -> Self {
        Self::new(SESSION, secret.expose(), max_age)
    }

    /// Makes the browser forget its session.
    pub fn forget_session() -> Self {
        Self::forget(SESSION)
    }

    /// The same with another `SameSite`.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// The value of `Set-Cookie`.
    pub(crate) fn to_header(&self) -> HeaderValue {
        let Self { name, value, same_site, max_age } = self;
        let mut text = format!("{name}={value}; Path=/; Secure; HttpOnly; Max-Age={}", max_age.as_secs());
        let _ = write!(text, "; SameSite={same_site:?}");
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// Name and value of each cookie in a line of them (RFC 6265 §5.4). What is no pair is skipped. Only space and tab are white
/// around them: a browser keeps any other white space as part of a name, which only looks like ours then (#31).
pub(crate) fn pairs(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split(';').filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='))
}

/// A family of sealed cookies, one per login, called `__Host-<family>-<9 characters of hash(id)>`. The value is
/// `<time>.<sealed>`; name, time and context are sealed in with it, so that none can be exchanged for another (#32).
#[derive(Debug, Clone)]
pub struct SealedCookies {
    sealer: Sealer,
    family: &'static str,
    lifetime: Duration,
}

impl SealedCookies {
    /// A family whose cookies live for so long.
    pub fn new(sealer: Sealer, family: &'static str, lifetime: Duration) -> Self {
        Self { sealer, family, lifetime }
    }

    /// Seals `content` under `id`; it can be read again with the same id and context only.
    pub fn write<T: Serialize>(
        &self,
        id: &str,
        context: &str,
        content: &T,
        now: Time,
    ) -> crate::Result<Cookie> {
        let name = self.name(id);
        let time = now.epoch().to_string();
        let sealed = self.sealer.seal(&[&name, context, &time], &serde_json::to_vec(content)?);
        Ok(Cookie::new(&name, &format!("{time}.{sealed}"), self.lifetime))
    }

    /// What was sealed under `id` and context. Anything wrong with it, its age included, makes it no cookie at all.
    pub fn read<T: DeserializeOwned>(&self, request: &Request, id: &str, context: &str) -> Option<T> {
        let name = self.name(id);
        let (time, sealed) = request.cookie(&format!("__Host-{name}"))?.split_once('.')?;
        let born = Time::from_epoch(time.parse().ok()?);
        let content = self.sealer.open(&[&name, context, time], sealed)?;
        let fresh = request.now <= born.after(self.lifetime);
        fresh.then(|| serde_json::from_slice(&content).ok()).flatten()
    }

    /// Makes the browser forget the one under `id`.
    pub fn forget(&self, id: &str) -> Cookie {
        Cookie::forget(&self.name(id))
    }

    /// Makes the browser forget all but the newest `keep` it sent, so that many tabs cannot fill its header (#36).
    pub fn prune(&self, request: &Request, keep: usize) -> Vec<Cookie> {
        let prefix = format!("__Host-{}-", self.family);
        let mut ours: Vec<_> =
            request.cookies().filter(|(name, _)| name.starts_with(&prefix)).map(age_and_name).collect();
        ours.sort_unstable_by(|a, b| b.cmp(a));
        let old = ours.iter().skip(keep).filter(|(_, name)| name.bytes().all(|b| b.is_ascii_graphic()));
        old.map(|(_, name)| Cookie::forget(name.trim_start_matches("__Host-"))).collect()
    }

    fn name(&self, id: &str) -> String {
        let digest = Digest::of(id.as_bytes());
        format!("{}-{}", self.family, &digest.as_str()[..9])
    }
}

/// When it says it was born; what says nothing readable is the oldest.
fn age_and_name<'a>((name, value): (&'a str, &str)) -> (i64, &'a str) {
    let time = value.split_once('.').and_then(|(time, _)| time.parse().ok());
    (time.unwrap_or(i64::MIN), name)
}
