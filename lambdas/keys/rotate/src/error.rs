//! Why keys are not changed.

use aws_sdk_lambda::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use token::KeysError;

use crate::functions::Environments;

/// Why keys were not changed, or not everywhere.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The event is nothing that can be asked.
    #[error("there is no such action")]
    Unreadable,
    /// There is no secret to change: this is no deployed function.
    #[error("the signing keys are in no secret of AWS here")]
    NoStack,
    /// Somebody else is changing keys or functions.
    #[error("{owner} has the lock until {until}: try again then")]
    Locked {
        /// Who, in words.
        owner: String,
        /// Until when at most.
        until: oauth::Time,
    },
    /// The keys do not take the change.
    #[error("{0}")]
    Keys(#[from] KeysError),
    /// The secret cannot be read or written.
    #[error("the secret of the signing keys: {0}")]
    Vault(#[from] vault::Error),
    /// The table does not answer.
    #[error("the lock cannot be taken")]
    Store(#[from] store::Error),
    /// A function cannot be changed. The next run goes on from there.
    #[error("the function {name} did not get the keys ({why}): run the same again")]
    Function {
        /// Its name.
        name: String,
        /// What AWS says.
        why: String,
    },
    /// Another key is more than a function's environment takes.
    #[error(
        "the function {name} has no room for another key, because its environment may have {most} bytes: wait until a previous key is \
         over, or end one with `latchkey keys retire`",
        most = Environments::MOST
    )]
    NoRoom {
        /// Its name.
        name: String,
    },
    /// A setting is wrong.
    #[error("{0}")]
    Setting(#[from] setting::SettingError),
}

impl Error {
    /// Whether whoever asked for it may read it: a table that does not answer is a fault for the log.
    pub(crate) fn is_told(&self) -> bool {
        !matches!(self, Self::Store(_))
    }

    pub(crate) fn of_function<E>(name: &str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let why = match (error.code(), error.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            _ => DisplayErrorContext(error).to_string(),
        };
        Self::Function { name: name.to_owned(), why }
    }
}
