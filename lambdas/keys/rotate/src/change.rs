//! One change of the keys, from the secret to the functions.

use std::time::Duration;

use audit::Trail;
use aws_config::SdkConfig;
use oauth::Time;
use setting::{Env, SettingError};
use store::Table;
use token::{Keys, settings::SIGNING_KEYS};
use vault::{Stored, Vault};

use crate::{Action, Answer, DAY, Error, Functions, Rotate, Stack, settings};

impl Rotate {
    /// The function of these settings, at an AWS of the caller's choice.
    pub fn of(env: &Env, config: Option<&SdkConfig>) -> Result<Self, Error> {
        let days: u32 = env.parsed(&settings::KEYS_ROTATE_DAYS)?;
        let names = |setting| -> Result<Vec<String>, SettingError> {
            let text = env.get(setting)?.unwrap_or_default();
            Ok(text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect())
        };
        let (signers, verifiers) = (names(&settings::KEYS_SIGNERS)?, names(&settings::KEYS_VERIFIERS)?);
        let stack = |(config, secret)| Stack {
            secret,
            vault: Vault::of(config),
            functions: Functions::of(config, signers, verifiers),
        };
        Ok(Self {
            table: Table::unopened_from_env(env)?,
            trail: Trail::from_env(env)?,
            stack: config.zip(env.arn(&SIGNING_KEYS)).map(stack),
            age: if days == 0 { Duration::MAX } else { DAY * days },
        })
    }
}

impl Stack {
    pub(crate) async fn list(&self, now: Time) -> Result<Answer, Error> {
        let keys = Keys::parse(&self.vault.read(&self.secret).await?.secret)?;
        Ok(Answer::of(&keys, now, false))
    }

    /// Makes the change, and brings the functions to what the secret says then. Whatever an earlier run has left undone is done here.
    pub(crate) async fn change(&self, action: &Action, age: Duration, now: Time) -> Result<Answer, Error> {
        let stored = self.vault.read(&self.secret).await?;
        let before = Keys::parse(&stored.secret)?;
        let keys = match action {
            Action::Look => before.with_next(&before.due(age, now), now),
            Action::Rotate(None) => before.with_next(&Keys::ALGORITHMS, now),
            Action::Rotate(Some(algorithm)) => before.with_next(&[*algorithm], now),
            Action::Retire(kid) => before.retired(kid, now),
            Action::Revoke(kid) => before.revoked(kid, now),
            Action::Publish | Action::List => Ok(before.clone()),
        }?;
        let keys = if keys.waits() { self.with_room(keys, now).await? } else { keys };
        let stored = self.write(stored, &before, &keys, now).await?;
        let keys = if keys.waits() && *action != Action::Publish {
            // Nobody signs with it before everybody is seen to know it, and for longer than any cache lasts.
            self.functions.publish(&keys.published().to_json()).await?;
            let scheduled = keys.scheduled(now)?;
            self.finish(&self.write(stored, &keys, &scheduled, now).await?, &scheduled).await?;
            scheduled
        } else {
            self.finish(&stored, &keys).await?;
            keys
        };
        Ok(Answer::of(&keys, now, keys.list(now) != before.list(now)))
    }

    /// The set for which every function has room, when the key that waits has got its date. Where it is one too many, as after several
    /// rotations within some hours, retired keys go: to refuse would hold back what somebody may need, for hints that then are asked about.
    async fn with_room(&self, keys: Keys, now: Time) -> Result<Keys, Error> {
        let environments = self.functions.environments().await?;
        let without_room = |keys: &Keys| -> Result<_, Error> {
            Ok(environments.without_room_for(&keys.scheduled(now)?.published().to_json()).map(str::to_owned))
        };
        if without_room(&keys)?.is_none() {
            return Ok(keys);
        }
        let fewer = keys.without_retired(now)?;
        match without_room(&fewer)? {
            None => {
                tracing::info!("retired keys make room for the next one");
                Ok(fewer)
            }
            Some(name) => Err(Error::NoRoom { name }),
        }
    }

    /// The functions that sign first, because a key that was revoked must not make tokens any more; then those that verify.
    async fn finish(&self, stored: &Stored, keys: &Keys) -> Result<(), Error> {
        self.functions.restart_signers(&stored.version, &keys.published().to_json()).await?;
        self.functions.publish(&keys.published().to_json()).await
    }

    async fn write(&self, stored: Stored, old: &Keys, new: &Keys, now: Time) -> Result<Stored, Error> {
        if old.list(now) == new.list(now) {
            return Ok(stored);
        }
        let stored = self.vault.replace(&self.secret, &stored, new.to_json()).await?;
        tracing::info!(version = stored.version, "the signing keys changed");
        Ok(stored)
    }
}
