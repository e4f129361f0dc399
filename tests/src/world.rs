//! A local cloud for one test.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use latchkey::{Cloud, Options};
use oauth::Time;
use web::Clock;

use crate::Agent;

/// A cloud on a free port, in memory, whose clock the test moves.
#[derive(Debug)]
pub struct World {
    pub cloud: Cloud,
    clock: Arc<AtomicI64>,
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
        Self::beginning(Clock::system().now().epoch(), settings).await.unwrap()
    }

    pub async fn try_with(settings: &[(&str, &str)]) -> Result<Self, web::SettingError> {
        Self::beginning(BEGINNING, settings).await
    }

    async fn beginning(at: i64, settings: &[(&str, &str)]) -> Result<Self, web::SettingError> {
        let clock = Arc::new(AtomicI64::new(at));
        let settings: HashMap<_, _> =
            settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let time = clock.clone();
        let options = Options {
            settings,
            home: None,
            port: 0,
            clock: Clock::from_fn(move || Time::from_epoch(time.load(Ordering::SeqCst))),
        };
        Ok(Self { cloud: Cloud::start(options).await?, clock })
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
        Agent::new(&self.cloud.url, true)
    }

    /// A program with an empty jar.
    pub fn program(&self) -> Agent {
        Agent::new(&self.cloud.url, false)
    }
}
