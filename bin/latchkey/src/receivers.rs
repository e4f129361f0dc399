//! `latchkey events`: the systems that are told what happens to people, in the local cloud's table or in a stack's.

mod print;

use std::path::Path;

use audit::What;
use clap::Subcommand;
use notice::{Error, Kind, Manager, New, settings::EVENTS_KEY};
use oauth::{Secret, Time};
use seal::Sealer;
use setting::SettingError;
use store::Write;
use url::Url;

use crate::{
    clients::{Operator, Place},
    home::{EVENTS_KEY_FILE, Home},
    of_stack::OfStack,
    settings::Values,
};

/// `latchkey events …`
pub type Events = OfStack<Command>;

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Registers a receiver, and prints its secret
    Add {
        /// What you call it: a-z, 0-9 and -
        name: String,
        /// Where it listens
        url: String,
        /// What it is told of, such as user.created; once for each
        #[arg(long = "event", value_name = "TYPE", required = true, value_parser = kind)]
        kinds: Vec<Kind>,
    },
    /// Prints all receivers
    List,
    /// Prints one receiver, and how much waits for it
    Show {
        /// Its name
        name: String,
    },
    /// Makes a new secret. The one before signs too, until the next rotation
    RotateSecret {
        /// Its name
        name: String,
        /// Makes none, and ends the one before: only the newest signs from now on
        #[arg(long)]
        finish: bool,
    },
    /// Tells it nothing from now on
    Disable {
        /// Its name
        name: String,
    },
    /// Tells it again what happens from now on
    Enable {
        /// Its name
        name: String,
    },
    /// Removes it for good
    Remove {
        /// Its name
        name: String,
    },
    /// Sends it a signed sample within a minute
    Test {
        /// Its name
        name: String,
    },
    /// Prints what could not be told for a day
    Failed,
    /// Sends one of these again
    Resend {
        /// Its id, as `events failed` prints it
        id: String,
    },
}

fn kind(text: &str) -> Result<Kind, String> {
    let all = Kind::ALL.map(Kind::as_str).join(", ");
    Kind::parse(text).ok_or_else(|| format!("there are these: {all}"))
}

/// Does what the arguments say; the text is what it prints.
pub async fn run(wanted: &Events, values: &Values, home: &Path, now: Time) -> Result<String, SettingError> {
    if let Command::Add { url, .. } = &wanted.command {
        check(url, wanted.stack.is_none(), values)?;
    }
    let place = Place::open(wanted.stack.as_deref(), values, home).await?;
    let work = Work { wanted, place: &place, home, now };
    let said = Box::pin(work.done()).await?;
    let is_on = place.values.get(setting::EVENTS.name).is_some_and(|value| value == "on");
    let note = match &wanted.command {
        Command::Add { .. } | Command::Test { .. } if !is_on => {
            "# EVENTS is off: nothing is sent until it is on.\n"
        }
        _ => "",
    };
    Ok(said + note)
}

/// Whether an address may be called (#90): https, to no private address unless `CA_FILE` allows that; this machine alone also at http.
fn check(url: &str, is_local: bool, values: &Values) -> Result<(), SettingError> {
    let private = values.get(setting::CA_FILE.name).is_some_and(|file| !file.is_empty());
    let parsed = Url::parse(url).ok().filter(|url| fetch::may_be_called(url, private));
    match parsed {
        Some(url) if url.scheme() == "https" || is_local => Ok(()),
        _ => Err(SettingError::new(
            "the address must be https, with no user and no #, and not in a private network; at this machine, http is accepted",
        )),
    }
}

/// One run of the command.
struct Work<'a> {
    wanted: &'a Events,
    place: &'a Place,
    home: &'a Path,
    now: Time,
}

impl Work<'_> {
    async fn done(&self) -> Result<String, SettingError> {
        let (table, now) = (&self.place.table, self.now);
        let manager = Manager { table, now };
        match &self.wanted.command {
            Command::Add { name, url, kinds } => {
                let new = New { name: name.clone(), url: url.clone(), kinds: kinds.clone() };
                let (sealer, noted) = (self.sealer().await?, self.noted(What::ReceiverSet, name)?);
                let secret = manager.add(&new, &sealer, noted).await.map_err(failed)?;
                Ok(print::secret(&secret))
            }
            Command::List => Ok(print::list(&notice::list(table, now).await.map_err(failed)?)),
            Command::Show { name } => {
                let receiver = notice::find(table, name, now).await.map_err(failed)?;
                let due =
                    notice::waiting(table, &receiver, now).await.map_err(|error| failed(error.into()))?;
                Ok(print::one(&receiver, due.len()))
            }
            Command::RotateSecret { name, finish: true } => {
                manager.finish(name, self.noted(What::ReceiverSet, name)?).await.map_err(failed)?;
                Ok(format!("Only the newest secret of {name} signs from now on.\n"))
            }
            Command::RotateSecret { name, finish: false } => {
                let (sealer, noted) = (self.sealer().await?, self.noted(What::ReceiverSet, name)?);
                let secret = manager.rotate(name, &sealer, noted).await.map_err(failed)?;
                Ok(print::secret(&secret))
            }
            Command::Disable { name } => self.disable(name, true).await,
            Command::Enable { name } => self.disable(name, false).await,
            Command::Remove { name } => {
                manager.remove(name, self.noted(What::ReceiverRemoved, name)?).await.map_err(failed)?;
                Ok(format!("{name} is removed.\n"))
            }
            Command::Test { name } => {
                let message = manager.test(name).await.map_err(failed)?;
                Ok(format!("{name} gets the sample {message} within a minute.\n"))
            }
            Command::Failed => {
                let all = notice::failed(table, now).await.map_err(|error| failed(error.into()))?;
                Ok(print::failed(&all))
            }
            Command::Resend { id } => {
                let found = notice::resend(table, id, now).await.map_err(|error| failed(error.into()))?;
                match found {
                    true => Ok(format!("{id} is sent within a minute.\n")),
                    false => Err(SettingError::new(
                        "nothing with this id has failed: `latchkey events failed` shows what has",
                    )),
                }
            }
        }
    }

    async fn disable(&self, name: &str, disabled: bool) -> Result<String, SettingError> {
        let manager = Manager { table: &self.place.table, now: self.now };
        let noted = self.noted(What::ReceiverSet, name)?;
        manager.disable(name, disabled, noted).await.map_err(failed)?;
        Ok(format!("{name} is {}.\n", if disabled { "disabled" } else { "enabled" }))
    }

    /// The row of the trail.
    fn noted(&self, what: What, name: &str) -> Result<Vec<Write>, SettingError> {
        let operator = Operator::of(self.wanted.stack.as_deref(), &self.place.values, self.now)?;
        Ok(vec![operator.row(&operator.event(what).name(name))])
    }

    /// With the key of the stack, which its operator can read, or of the local cloud.
    async fn sealer(&self) -> Result<Sealer, SettingError> {
        let key = match &self.wanted.stack {
            Some(stack) => stack_key(stack).await?,
            None => match self.place.values.get(EVENTS_KEY.name).filter(|key| !key.is_empty()) {
                Some(key) => Secret::new(key.clone()),
                None => Home::open(self.home)?
                    .secret(EVENTS_KEY_FILE, || Ok::<_, SettingError>(Secret::random()))?,
            },
        };
        Sealer::new(&key).map_err(|error| SettingError::new(format!("EVENTS_KEY {error}")))
    }
}

async fn stack_key(stack: &str) -> Result<Secret, SettingError> {
    let name = format!("{stack}/{EVENTS_KEY_FILE}");
    let found = vault::fetch(vec![name.clone()]).await.pop();
    found.and_then(Result::ok).ok_or_else(|| {
        SettingError::new(format!(
            "the secret {name} cannot be read: has the stack EVENTS=on, and may you read its secrets?"
        ))
    })
}

/// A sentence for the operator, with all that the table said.
fn failed(error: Error) -> SettingError {
    SettingError::new(oauth::causes(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_may_be_called_is_registered() {
        // #90, #71
        let none = Values::new();
        for (url, at_aws, here) in [
            ("https://hooks.example.com/latchkey?x=1", true, true),
            ("http://127.0.0.1:8080/hook", false, true),
            ("http://localhost:8080/hook", false, true),
            ("http://hooks.example.com/", false, false),
            ("https://10.0.0.1/", false, false),
            ("https://192.168.1.1/", false, false),
            ("https://169.254.169.254/latest/meta-data/", false, false),
            ("https://[::1]/", false, false),
            ("https://[fd00:ec2::254]/", false, false),
            ("https://2130706433/", false, false),
            ("https://user:password@hooks.example.com/", false, false),
            ("https://hooks.example.com/#part", false, false),
            ("ftp://hooks.example.com/", false, false),
            ("file:///etc/passwd", false, false),
            ("hooks.example.com", false, false),
            ("", false, false),
        ] {
            assert_eq!(check(url, false, &none).is_ok(), at_aws, "{url}");
            assert_eq!(check(url, true, &none).is_ok(), here, "{url}");
        }
    }
}
