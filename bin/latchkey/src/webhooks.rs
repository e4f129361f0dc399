//! `latchkey webhook`: the sources of webhooks, in the local cloud's table or in a stack's.

mod arguments;
mod print;
mod sample;
mod wanted;

use std::path::Path;

use audit::What;
use oauth::{Secret, Time, Visit};
use seal::Sealer;
use setting::SettingError;
use store::{Row, Table};
use user::{Rights, rights as people};
use webhook::{Received, Receiver, Source, WEBHOOK_KEY, sources};

pub use self::arguments::{Add, Command, Webhooks};
use crate::{
    clients::{Operator, Place},
    home::{Home, WEBHOOK_KEY_FILE},
    rights,
    settings::Values,
};

/// Does what the arguments say; `read` reads a secret from standard input. The text is what it prints.
pub async fn run(
    wanted: &Webhooks,
    values: &Values,
    home: &Path,
    now: Time,
    read: impl FnOnce() -> Result<Secret, SettingError>,
) -> Result<String, SettingError> {
    let stack = wanted.stack.as_deref();
    let place = Place::open(stack, values, home).await?;
    let work = Work { place: &place, stack, home, now };
    match &wanted.command {
        Command::Add(add) => work.add(add, read).await,
        Command::List => Ok(print::list(&sources::list(work.table(), now).await.map_err(failed)?)),
        Command::Show { name } => {
            Ok(print::source(&work.find(name).await?.into_inner(), &work.address(name, None)))
        }
        Command::RotateSecret { name, finish: true, .. } => work.finish(name).await,
        Command::RotateSecret { name, secret_from_stdin, .. } => {
            let given = if *secret_from_stdin { Some(read()?) } else { None };
            work.rotate(name, given).await
        }
        Command::Remove { name } => work.remove(name).await,
        Command::Test { name, address, product, order, print } => {
            let source = work.find(name).await?.into_inner();
            let sample = sample::Wanted { address, product: product.as_deref(), order: order.as_deref() };
            let sample = sample::of(&source, &work.sealer().await?, &sample, now)?;
            let place = work.address(name, sample.key.as_ref());
            if *print { Ok(sample.curl(&place)) } else { sample.send(&place).await }
        }
        Command::Events { name, dead } => {
            let events = webhook::list(work.table(), name, *dead, now).await.map_err(failed)?;
            Ok(print::events(&events))
        }
        Command::Replay { id } => work.replay(id).await,
    }
}

struct Work<'a> {
    place: &'a Place,
    stack: Option<&'a str>,
    home: &'a Path,
    now: Time,
}

impl Work<'_> {
    fn table(&self) -> &Table {
        &self.place.table
    }

    /// Where a source is to send.
    fn address(&self, name: &str, key: Option<&Secret>) -> String {
        let key = key.map(|key| format!("/{}", key.expose())).unwrap_or_default();
        self.place.at(&format!("/webhooks/{name}{key}"))
    }

    fn operator(&self) -> Result<Operator, SettingError> {
        Operator::of(self.stack, &self.place.values, self.now)
    }

    /// What seals: of a stack, whoever may read its secret; here, the settings or the folder for keys.
    async fn sealer(&self) -> Result<Sealer, SettingError> {
        let given = self.place.values.get(WEBHOOK_KEY.name).filter(|key| !key.is_empty());
        let key = match (self.stack, given) {
            (Some(stack), _) => {
                let name = format!("{stack}/webhook-key");
                let read = vault::fetch(vec![name.clone()]).await.pop();
                let read = read.ok_or_else(|| SettingError::new(format!("{name} cannot be read")))?;
                read.map_err(|error| {
                    let why = oauth::causes(&error);
                    SettingError::new(format!(
                        "the secret {name} cannot be read: {why}. Is WEBHOOKS on in this stack?"
                    ))
                })?
            }
            (None, Some(key)) => Secret::new(key),
            (None, None) => {
                Home::open(self.home)?.secret(WEBHOOK_KEY_FILE, || Ok::<_, SettingError>(Secret::random()))?
            }
        };
        Sealer::new(&key).map_err(|error| SettingError::new(format!("WEBHOOK_KEY {error}")))
    }

    async fn rights(&self) -> Result<Rights, SettingError> {
        let row = people::read(self.table(), self.now).await;
        let row = row.map_err(|error| SettingError::new(oauth::causes(&error)))?;
        Ok(match row {
            Some(rights) => rights,
            None => rights::start(&self.place.values)?,
        })
    }

    async fn find(&self, name: &str) -> Result<Row<Source>, SettingError> {
        let found = sources::find(self.table(), name, self.now).await.map_err(failed)?;
        found.ok_or_else(|| SettingError::new(format!("there is no source {name:?}: latchkey webhook list")))
    }

    async fn add(
        &self,
        add: &Add,
        read: impl FnOnce() -> Result<Secret, SettingError>,
    ) -> Result<String, SettingError> {
        let old = sources::find(self.table(), &add.name, self.now).await.map_err(failed)?;
        if old.is_some() != add.replace {
            let sentence = if add.replace {
                "there is none: add it without --replace"
            } else {
                "there is one: --replace"
            };
            return Err(SettingError::new(format!("the source {:?}: {sentence}", add.name)));
        }
        let mut source = wanted::source(add, self.now)?;
        let fresh = match &old {
            Some(old) if old.scheme == source.scheme => {
                source.secrets = old.secrets.clone();
                source.created_at = old.created_at;
                None
            }
            _ => Some(if add.secret_from_stdin { trimmed(&read()?) } else { source.scheme.fresh() }),
        };
        source.check(&self.rights().await?).map_err(unfit)?;
        if let Some(secret) = &fresh {
            source = source.with_secret(secret, false, &self.sealer().await?).map_err(unfit)?;
        }
        self.save(old.as_ref(), &source, What::WebhookSet).await?;
        let shown = fresh.as_ref().filter(|_| !add.secret_from_stdin);
        Ok(self.told(&source, shown))
    }

    /// Where it is to send, and the secret where it was made here: this once.
    fn told(&self, source: &Source, secret: Option<&Secret>) -> String {
        let in_path = secret.filter(|_| source.scheme == webhook::Scheme::Path);
        print::added(source, &self.address(&source.name, in_path), secret.filter(|_| in_path.is_none()))
    }

    async fn save(&self, old: Option<&Row<Source>>, new: &Source, what: What) -> Result<(), SettingError> {
        let operator = self.operator()?;
        let noted = |name: &str| vec![operator.row(&operator.event(what).name(name))];
        match sources::save(self.table(), old, new, &noted, self.now).await.map_err(failed)? {
            true => Ok(()),
            false => Err(SettingError::new("somebody else changed it at the same moment: try again")),
        }
    }

    async fn rotate(&self, name: &str, given: Option<Secret>) -> Result<String, SettingError> {
        let old = self.find(name).await?;
        let is_ours = given.is_none();
        let secret = given.map_or_else(|| old.scheme.fresh(), |given| trimmed(&given));
        let new = (*old).clone().with_secret(&secret, true, &self.sealer().await?).map_err(unfit)?;
        self.save(Some(&old), &new, What::WebhookSecretChanged).await?;
        let told = self.told(&new, Some(&secret).filter(|_| is_ours));
        Ok(format!("{told}The secret before works too, until `webhook rotate-secret {name} --finish`.\n"))
    }

    async fn finish(&self, name: &str) -> Result<String, SettingError> {
        let old = self.find(name).await?;
        let mut new = (*old).clone();
        new.secrets.truncate(1);
        self.save(Some(&old), &new, What::WebhookSecretChanged).await?;
        Ok(format!("Only the newest secret of {name} works from now on.\n"))
    }

    async fn remove(&self, name: &str) -> Result<String, SettingError> {
        let old = self.find(name).await?;
        let operator = self.operator()?;
        let noted = |name: &str| vec![operator.row(&operator.event(What::WebhookRemoved).name(name))];
        match sources::remove(self.table(), &old, &noted, self.now).await.map_err(failed)? {
            true => Ok(format!("{name} is removed. What it gave stays.\n")),
            false => Err(SettingError::new("somebody else changed it at the same moment: try again")),
        }
    }

    async fn replay(&self, id: &str) -> Result<String, SettingError> {
        let (name, _) = id
            .split_once('/')
            .ok_or_else(|| SettingError::new("an id is SOURCE/…: latchkey webhook events SOURCE"))?;
        let source = self.find(name).await?;
        let receiver = Receiver::new(self.table().clone(), self.sealer().await?, self.operator()?.trail());
        let visit = Visit::here(self.now);
        let received = receiver.replay(&source, id, &visit, &self.rights().await?).await;
        let received = received.map_err(|error| SettingError::new(oauth::causes(&error)))?;
        Ok(match received {
            None => {
                return Err(SettingError::new(format!(
                    "no event {id:?} waits: latchkey webhook events {name} --dead"
                )));
            }
            Some(Received::Done(end)) => format!("{}\n", end.as_str()),
            Some(Received::Repeated) => "It was done before.\n".to_owned(),
            Some(Received::Ignored) => "Its kind is neither a sale nor a refund.\n".to_owned(),
            Some(Received::Kept(why)) => format!("It cannot be used: {}\n", print::reason(why)),
        })
    }
}

fn trimmed(secret: &Secret) -> Secret {
    Secret::new(secret.expose().trim())
}

fn unfit(error: webhook::Unfit) -> SettingError {
    SettingError::new(error.to_string())
}

fn failed(error: store::Error) -> SettingError {
    SettingError::new(oauth::causes(&error))
}
