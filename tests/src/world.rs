//! A local cloud for one test.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use latchkey::{Cloud, Options};
use oauth::Time;
use setting::Clock;
use web::CookieMode;

use crate::{Agent, database::Wire};

/// A cloud on a free port, in memory, whose clock the test moves.
#[derive(Debug)]
pub struct World {
    pub cloud: Cloud,
    /// How its cookies are set: as those that ship, unless it is to be as `cargo run` starts it.
    pub cookies: CookieMode,
    clock: Arc<AtomicI64>,
    /// Its own, if the test brought none.
    _wire: Option<Wire>,
    /// Likewise.
    _keys: Option<SigningKeys>,
}

/// The signing keys of one world. RSA keys take long to make, so another world has them when this one is gone: those that are there
/// at the same time have different ones.
#[derive(Debug)]
struct SigningKeys(String);

static FREE: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl SigningKeys {
    fn take() -> Self {
        let free = FREE.lock().unwrap().pop();
        Self(free.unwrap_or_else(|| token::Keys::generate().unwrap().to_json().expose().to_owned()))
    }
}

impl Drop for SigningKeys {
    fn drop(&mut self) {
        FREE.lock().unwrap().push(std::mem::take(&mut self.0));
    }
}

/// The moment at which every world begins.
const BEGINNING: i64 = 1_800_000_000;

impl World {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::try_with(settings).await.unwrap()
    }

    /// One that begins now, for a provider that has a clock of its own.
    pub async fn today(settings: &[(&str, &str)]) -> Self {
        Self::beginning(Clock::system().now().epoch(), settings, CookieMode::Host).await.unwrap()
    }

    /// One with these cookies, which are plain where `cargo run` starts it.
    pub async fn with_cookies(mode: CookieMode, settings: &[(&str, &str)]) -> Self {
        Self::beginning(BEGINNING, settings, mode).await.unwrap()
    }

    pub async fn try_with(settings: &[(&str, &str)]) -> Result<Self, setting::SettingError> {
        Self::beginning(BEGINNING, settings, CookieMode::Host).await
    }

    async fn beginning(
        at: i64,
        settings: &[(&str, &str)],
        cookies: CookieMode,
    ) -> Result<Self, setting::SettingError> {
        let clock = Arc::new(AtomicI64::new(at));
        let mut settings: HashMap<_, _> =
            settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let wire = match settings.get("DYNAMODB_ENDPOINT") {
            Some(_) => None,
            None => Some(Wire::start().await),
        };
        settings.extend(wire.iter().map(|wire| ("DYNAMODB_ENDPOINT".to_owned(), wire.endpoint.clone())));
        let keys = (!settings.contains_key("SIGNING_KEYS")).then(SigningKeys::take);
        settings.extend(keys.iter().map(|keys| ("SIGNING_KEYS".to_owned(), keys.0.clone())));
        let time = clock.clone();
        let options = Options {
            settings,
            home: None,
            port: 0,
            clock: Clock::from_fn(move || Time::from_epoch(time.load(Ordering::SeqCst))),
        };
        let cloud = match cookies {
            CookieMode::Host => Cloud::start_with_deployed_cookies(options).await?,
            CookieMode::Plain => Cloud::start(options).await?,
        };
        Ok(Self { cloud, cookies, clock, _wire: wire, _keys: keys })
    }

    pub fn now(&self) -> Time {
        Time::from_epoch(self.clock.load(Ordering::SeqCst))
    }

    /// The world's clock, for others that live in it.
    pub fn clock(&self) -> Arc<AtomicI64> {
        self.clock.clone()
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A browser with an empty jar.
    pub fn browser(&self) -> Agent {
        Agent::new(&self.cloud.url, true, self.cookies)
    }

    /// A program with an empty jar.
    pub fn program(&self) -> Agent {
        Agent::new(&self.cloud.url, false, self.cookies)
    }
}

/// Fresh processes that answer in a world's name, as when a function wakes up elsewhere.
#[derive(Debug)]
pub struct Replica {
    cloud: Cloud,
    address: String,
}

impl Replica {
    /// With the world's settings and clock, but for these settings.
    pub async fn of(world: &World, but: &[(&str, &str)]) -> Self {
        let mut settings = world.cloud.settings.clone();
        settings.extend(but.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let time = world.clock();
        let clock = Clock::from_fn(move || Time::from_epoch(time.load(Ordering::SeqCst)));
        let options = Options { settings, home: None, port: 0, clock };
        let cloud = Cloud::start_with_deployed_cookies(options).await.unwrap();
        let address = format!("http://localhost:{}", cloud.port);
        Self { cloud, address }
    }

    /// An address of the world's, at these processes.
    pub fn here(&self, url: &str) -> String {
        format!("{}{}", self.address, url.strip_prefix(&self.cloud.url).unwrap_or(url))
    }
}
