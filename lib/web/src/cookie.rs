//! Cookies: how ours are set, and the sealed ones a login travels in.

use std::time::Duration;

use http::HeaderValue;
use oauth::{BaseUrl, Digest, Time, is_local_address};
use serde::{Serialize, de::DeserializeOwned};
use setting::{Env, Setting, SettingError, Settings};

use crate::{Request, Sealer};

/// How many bytes of a request line the cookies of logins may take in all. With those of five sessions it is less than 4 KB, and a
/// gateway takes 10,240 for the request line and all headers (#36).
pub(crate) const MOST_LOGIN_BYTES: usize = 3300;

/// How our cookies are set (#31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CookieMode {
    /// `__Host-<name>` with `Secure`: whatever is deployed, and everything at an https address.
    #[default]
    Host,
    /// `latchkey-<name>` without `Secure` and always `SameSite=Lax`: the local cloud at `http://localhost`, where Safari keeps no
    /// other. Cookies do not know ports, so the name tells ours from those of other servers on the machine.
    Plain,
}

/// Where AWS answers, if not at AWS. It is the SDK's own, and none of our settings.
static AWS_ENDPOINT_URL: Setting =
    Setting::new("AWS_ENDPOINT_URL", None, "Where AWS answers, if not at AWS.");

impl CookieMode {
    /// How cookies are set here. An address where a deployed function's would not be safe stops the start.
    pub(crate) fn from_env(env: &Env) -> Result<Self, SettingError> {
        static EDGE: Settings = &[&[&setting::BASE_URL, &AWS_ENDPOINT_URL]];
        let env = env.declared_by(EDGE);
        let emulated = env.get(&AWS_ENDPOINT_URL)?.is_some_and(|text| is_local_address(&text));
        match env.get(&setting::BASE_URL)?.and_then(|text| BaseUrl::parse(&text).ok()) {
            Some(base) => Self::of(&base, env.is_deployed(), emulated),
            // It has no address, so nobody brings it cookies.
            None => Ok(Self::default()),
        }
    }

    /// How cookies are set by a function that lives at `base`. What is deployed never sets plain ones: it does not start at
    /// an http address, unless all of AWS is `emulated` on this machine.
    fn of(base: &BaseUrl, deployed: bool, emulated: bool) -> Result<Self, SettingError> {
        match (base.is_https(), deployed) {
            (true, _) => Ok(Self::Host),
            (false, false) => Ok(Self::Plain),
            (false, true) if emulated => Ok(Self::Host),
            (false, true) => Err(SettingError::new(format!(
                "BASE_URL is {}, where no browser keeps the cookies of a deployed function safe: write the https address that \
                 people open",
                base.as_str()
            ))),
        }
    }

    /// The name under which the browser has the cookie `name`.
    pub fn full_name(self, name: &str) -> String {
        match self {
            Self::Host => format!("__Host-{name}"),
            Self::Plain => format!("latchkey-{name}"),
        }
    }
}

impl Request {
    /// The value of a cookie of ours, under the name it has in this mode and no other.
    pub(crate) fn own_cookie(&self, name: &str) -> Option<&str> {
        self.cookie(&self.cookie_mode.full_name(name))
    }

    /// Names without what the mode adds, and values, of all cookies that are called like ours.
    pub(crate) fn own_cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        let prefix = self.cookie_mode.full_name("");
        self.cookies().filter_map(move |(name, value)| Some((name.strip_prefix(&*prefix)?, value)))
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

/// A cookie to set: always `HttpOnly`, `Path=/`, without `Domain`; the edge writes it as [`CookieMode`] says (#31).
#[derive(Debug, Clone)]
pub struct Cookie {
    name: String,
    value: String,
    same_site: SameSite,
    max_age: Duration,
}

impl Cookie {
    /// The cookie `name`, for so long.
    pub fn new(name: &str, value: &str, max_age: Duration) -> Self {
        Self { name: name.to_owned(), value: value.to_owned(), same_site: SameSite::Lax, max_age }
    }

    /// Makes the browser forget `name`.
    pub fn forget(name: &str) -> Self {
        Self::new(name, "", Duration::ZERO)
    }

    /// How many bytes of a request's `Cookie` header it takes.
    fn length(&self, mode: CookieMode) -> usize {
        length(&mode.full_name(&self.name), &self.value)
    }

    /// The same with another `SameSite`.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// The value of `Set-Cookie`. Without `Secure` there is no `SameSite=None`, so what another site posts comes without
    /// cookies there; the stand-in is no other site.
    pub(crate) fn to_header(&self, mode: CookieMode) -> HeaderValue {
        let Self { name, value, same_site, max_age } = self;
        let (secure, same_site) = match mode {
            CookieMode::Host => ("Secure; ", *same_site),
            CookieMode::Plain => ("", SameSite::Lax),
        };
        let (name, age) = (mode.full_name(name), max_age.as_secs());
        let text = format!("{name}={value}; Path=/; {secure}HttpOnly; Max-Age={age}; SameSite={same_site:?}");
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// Name and value of each cookie in a line of them (RFC 6265 §5.4). What is no pair is skipped. Only space and tab are white
/// around them: a browser keeps any other white space as part of a name, which only looks like ours then (#31).
pub(crate) fn pairs(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split(';').filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='))
}

/// A family of sealed cookies, one per login, called `<family>-<9 characters of hash(id)>`. The value is
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
        let (time, sealed) = request.own_cookie(&name)?.split_once('.')?;
        let born = Time::from_epoch(time.parse().ok()?);
        let content = self.sealer.open(&[&name, context, time], sealed)?;
        let fresh = request.now <= born.after(self.lifetime);
        fresh.then(|| serde_json::from_slice(&content).ok()).flatten()
    }

    /// Makes the browser forget the one under `id`.
    pub fn forget(&self, id: &str) -> Cookie {
        Cookie::forget(&self.name(id))
    }

    /// Makes the browser forget the oldest ones, so that many tabs cannot fill its header (#36): with the `new` one there are at
    /// most `most`, and they take no more bytes than a request has for them.
    pub fn make_room(&self, request: &Request, new: &Cookie, most: usize) -> Vec<Cookie> {
        let mode = request.cookie_mode;
        let family = |name: &str| name.strip_prefix(self.family).is_some_and(|rest| rest.starts_with('-'));
        let of_family = request.own_cookies().filter(|(name, _)| family(name) && *name != new.name);
        let mut all: Vec<_> = of_family.map(|(name, value)| (born(value), name, value)).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        let (mut count, mut bytes, mut old) = (1, new.length(mode), Vec::new());
        for (_, name, value) in all {
            count += 1;
            bytes += length(&mode.full_name(name), value);
            if (count > most || bytes > MOST_LOGIN_BYTES) && name.bytes().all(|b| b.is_ascii_graphic()) {
                old.push(Cookie::forget(name));
            }
        }
        old
    }

    fn name(&self, id: &str) -> String {
        let digest = Digest::of(id.as_bytes());
        format!("{}-{}", self.family, &digest.as_str()[..9])
    }
}

/// When a cookie says it was born; what says nothing readable is the oldest.
fn born(value: &str) -> i64 {
    value.split_once('.').and_then(|(time, _)| time.parse().ok()).unwrap_or(i64::MIN)
}

/// How many bytes a pair takes in a `Cookie` header, with what is between it and the next one.
pub(crate) fn length(full_name: &str, value: &str) -> usize {
    full_name.len() + "=".len() + value.len() + "; ".len()
}

#[cfg(test)]
mod tests {
    use setting::Clock;

    use super::*;

    fn env(values: &[(&str, &str)]) -> Env {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Env::new(values, Clock::system(), &[])
    }

    #[test]
    fn a_deployed_function_never_sets_plain_cookies() {
        // #31
        const LOCAL: &str = "http://localhost:4566";
        for (base, aws, laptop, deployed) in [
            ("https://id.example.com", None, CookieMode::Host, true),
            ("https://localhost:3000", None, CookieMode::Host, true),
            ("http://localhost:3000", None, CookieMode::Plain, false),
            ("http://127.0.0.1:3000", None, CookieMode::Plain, false),
            ("http://localhost:3000", Some("https://aws.example.com"), CookieMode::Plain, false),
            // All of AWS is on this machine.
            ("http://localhost:3000", Some(LOCAL), CookieMode::Plain, true),
        ] {
            let mut values = vec![("BASE_URL", base)];
            values.extend(aws.map(|aws| (AWS_ENDPOINT_URL.name, aws)));
            let env = env(&values);
            assert_eq!(CookieMode::from_env(&env).unwrap(), laptop, "{base}");
            match CookieMode::from_env(&env.deployed()) {
                Ok(mode) => assert_eq!((mode, deployed), (CookieMode::Host, true), "{base} {aws:?}"),
                Err(error) => {
                    assert!(!deployed && error.to_string().starts_with("BASE_URL is http://"), "{error}");
                }
            }
        }
        assert_eq!(CookieMode::from_env(&env(&[]).deployed()).unwrap(), CookieMode::Host);
    }
}
