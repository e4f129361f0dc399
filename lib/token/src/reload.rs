//! The signer's keys, which are read again every hour: so a signer has a key long before that one signs.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use oauth::{Secret, Time};
use setting::Env;

use crate::{Keys, RELOAD, Signer, settings::SIGNING_KEYS};

/// How long after a read that failed the next one comes.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(300);

type Reading = Pin<Box<dyn Future<Output = Result<Secret, String>> + Send>>;

/// The keys of a signer, and where they are read again.
pub(crate) struct Held {
    keys: RwLock<Arc<Keys>>,
    source: Option<Box<dyn Fn() -> Reading + Send + Sync>>,
    /// When they are due to be read again.
    due: Mutex<Time>,
}

/// What became of a look at the keys.
#[derive(Debug, PartialEq, Eq)]
pub enum Reload {
    /// They are not an hour old, or cannot be read again here.
    Fresh,
    /// They were read again.
    Read,
    /// They cannot be read: the old ones are used, and are looked for again in five minutes.
    Failed,
}

impl Held {
    pub(crate) fn new(keys: Keys) -> Self {
        let due = Mutex::new(Time::from_epoch(0));
        Self { keys: RwLock::new(Arc::new(keys)), source: None, due }
    }

    pub(crate) fn get(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it is this caller who reads them; nobody else does meanwhile.
    fn is_due(&self, now: Time) -> bool {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = *due <= now;
        if is_due {
            *due = now.after(RELOAD);
        }
        is_due
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("keys", &self.get()).finish_non_exhaustive()
    }
}

impl Signer {
    /// The same signer, which can read its keys again, if the settings name the secret that holds them. `fetch` gives the secrets of
    /// some ARNs.
    #[must_use]
    pub fn reloading<F, E>(self, env: &Env, fetch: fn(Vec<String>) -> F) -> Self
    where
        F: Future<Output = Vec<Result<Secret, E>>> + Send + 'static,
        E: fmt::Display,
    {
        let Some(arn) = env.arn(&SIGNING_KEYS) else { return self };
        let source = move || -> Reading {
            let secrets = fetch(vec![arn.clone()]);
            Box::pin(async move {
                let secret = secrets.await.pop().ok_or("it was not fetched")?;
                secret.map_err(|error| error.to_string())
            })
        };
        let keys = RwLock::new(self.keys.get());
        let due = Mutex::new(env.clock.now().after(RELOAD));
        Self { keys: Arc::new(Held { keys, source: Some(Box::new(source)), due }), ..self }
    }

    /// Reads the keys again if they are an hour old: one call per environment and hour, made by the request that finds them old.
    /// That they cannot be read is no outage.
    pub async fn refresh(&self, now: Time) -> Reload {
        let held = &self.keys;
        let Some(source) = held.source.as_ref().filter(|_| held.is_due(now)) else { return Reload::Fresh };
        let read = source().await.and_then(|secret| Keys::parse(&secret).map_err(|error| error.to_string()));
        match read {
            Ok(keys) => {
                *held.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                Reload::Read
            }
            Err(cause) => {
                *held.due.lock().unwrap_or_else(PoisonError::into_inner) = now.after(AGAIN);
                tracing::warn!(cause, "the signing keys cannot be read again: those of before go on");
                Reload::Failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use jose::Algorithm;
    use setting::Clock;

    use super::*;
    use crate::Keys;

    const ARN: &str = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:latchkey/signing-keys-abcdef";
    const START: Time = Time::from_epoch(1_800_000_000);

    fn env(secret: &str) -> Env {
        let values = [("SIGNING_KEYS", secret), ("BASE_URL", "https://id.example.com")];
        let values: HashMap<_, _> = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Env::new(values, Clock::from_fn(|| START), &[Signer::SETTINGS])
    }

    /// A signer that got its keys from the vault at `START`, as a deployed one does.
    async fn signer<F>(keys: &Keys, fetch: fn(Vec<String>) -> F) -> Signer
    where
        F: Future<Output = Vec<Result<Secret, &'static str>>> + Send + 'static,
    {
        let secret = keys.to_json();
        let env = env(ARN).unlocked(async |_| vec![Ok::<_, &str>(secret)]).await.unwrap();
        Signer::from_env(&env).unwrap().reloading(&env, fetch)
    }

    fn kid(signer: &Signer) -> String {
        signer.keys.get().list(START)[0].kid.clone()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn keys_are_read_again_once_an_hour_by_one_of_many_requests() {
        // #59
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        async fn fetch(arns: Vec<String>) -> Vec<Result<Secret, &'static str>> {
            assert_eq!(arns, [ARN]);
            CALLS.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            vec![Ok(Keys::generate_for(Algorithm::Es256).unwrap().to_json())]
        }
        let signer = signer(&Keys::generate_for(Algorithm::Es256).unwrap(), fetch).await;
        let before = kid(&signer);
        let hour = START.after(RELOAD);
        assert_eq!(signer.refresh(Time::from_epoch(hour.epoch() - 1)).await, Reload::Fresh);
        assert_eq!((CALLS.load(Ordering::SeqCst), kid(&signer)), (0, before.clone()));
        let all: Vec<_> = (0..64)
            .map(|_| {
                let signer = signer.clone();
                tokio::spawn(async move { signer.refresh(hour).await })
            })
            .collect();
        let mut read = 0;
        for each in all {
            read += usize::from(each.await.unwrap() == Reload::Read);
        }
        assert_eq!((read, CALLS.load(Ordering::SeqCst)), (1, 1));
        assert_ne!(kid(&signer), before);
        assert_eq!(signer.refresh(hour.after(RELOAD)).await, Reload::Read);
    }

    #[tokio::test]
    async fn keys_that_cannot_be_read_again_are_no_outage() {
        // #59, #99
        async fn nothing(_: Vec<String>) -> Vec<Result<Secret, &'static str>> {
            vec![Err("throttled")]
        }
        async fn rubbish(_: Vec<String>) -> Vec<Result<Secret, &'static str>> {
            vec![Ok(Secret::new("{}"))]
        }
        let keys = Keys::generate_for(Algorithm::Es256).unwrap();
        let hour = START.after(RELOAD);
        for signer in [signer(&keys, nothing).await, signer(&keys, rubbish).await] {
            let before = kid(&signer);
            assert_eq!(signer.refresh(hour).await, Reload::Failed);
            assert_eq!((kid(&signer), signer.refresh(hour).await), (before, Reload::Fresh));
            // Not at each request, and not for an hour either.
            assert_eq!(signer.refresh(Time::from_epoch(hour.epoch() + 299)).await, Reload::Fresh);
            assert_eq!(signer.refresh(hour.after(AGAIN)).await, Reload::Failed);
        }
    }

    #[tokio::test]
    async fn keys_that_are_no_secret_of_aws_are_not_read_again() {
        async fn never(_: Vec<String>) -> Vec<Result<Secret, &'static str>> {
            unreachable!("there is no ARN")
        }
        let keys = Keys::generate_for(Algorithm::Es256).unwrap();
        let env = env(keys.to_json().expose());
        let signer = Signer::from_env(&env).unwrap().reloading(&env, never);
        assert_eq!(signer.refresh(START.after(RELOAD * 100)).await, Reload::Fresh);
    }
}
