//! Why an act did not happen.

use std::io;

use oauth::Sentence;

/// Nothing was changed, and this is why. All but the last may be shown to whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none, or not any more.
    #[error("there is no such person")]
    NoSuchPerson,
    /// The caller has seen another revision: 412.
    #[error("somebody has changed this person since: read them again")]
    Changed,
    /// Without them, nobody could administrate: 409.
    #[error("this is the last administrator: give somebody else the role admin first")]
    LastAdmin,
    /// Somebody has it, or is invited by it: 409.
    #[error("somebody has this e-mail address, or is invited by it")]
    AddressTaken,
    /// There is none, or not any more.
    #[error("nobody is invited by this address")]
    NoSuchInvitation,
    /// There is nothing to take away from them.
    #[error("this person has no second factor and no passkey")]
    NoFactors,
    /// No role with this name exists.
    #[error("there is no role {0:?}")]
    NoSuchRole(String),
    /// What somebody typed cannot be stored.
    #[error("{}", .0.english())]
    Unfit(Sentence),
    /// What was given cannot be stored.
    #[error("{0}")]
    Wrong(&'static str),
    /// A fault, which passes if there is an I/O error behind it.
    #[error("the table of users failed")]
    Table(#[from] store::Error),
}

impl Error {
    /// What a person reads of it, if there is something for them.
    pub fn sentence(&self) -> Option<Sentence> {
        match self {
            Self::NoSuchPerson => Some(Sentence::NoSuchPerson),
            // A page shows what there is.
            Self::Changed | Self::NoFactors => Some(Sentence::ChangedSince),
            Self::LastAdmin => Some(Sentence::LastAdmin),
            Self::AddressTaken => Some(Sentence::AddressTaken),
            Self::NoSuchInvitation => Some(Sentence::NoSuchInvitation),
            Self::NoSuchRole(_) => Some(Sentence::NoSuchRole),
            Self::Unfit(sentence) => Some(*sentence),
            Self::Wrong(_) | Self::Table(_) => None,
        }
    }

    /// Others changed the same rows again and again, faster than we could.
    pub(crate) fn contended() -> Self {
        let busy = io::Error::new(io::ErrorKind::ResourceBusy, "too many changes of one person at once");
        Self::Table(store::Error::Unavailable(busy))
    }
}

impl From<crate::Error> for Error {
    fn from(error: crate::Error) -> Self {
        match error {
            crate::Error::Table(error) => Self::Table(error),
            // Only a sign-in refuses.
            crate::Error::Refused(_) => Self::Wrong("this person cannot sign in"),
        }
    }
}
