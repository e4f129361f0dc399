//! What a mail is about.

use std::{fmt, time::Duration};

use oauth::Secret;
use serde::{Deserialize, Serialize};

/// For how long a link counts by which a password is reset or an address is proven (#89).
pub const LINK_COUNTS: Duration = Duration::from_secs(30 * 60);
/// For how long a code and a link count by which somebody signs in.
pub const SIGN_IN_COUNTS: Duration = Duration::from_secs(10 * 60);

/// A mail to somebody, before it is written. `Debug` shows neither whom it is to nor what is secret in it (#103).
#[derive(Clone, Serialize, Deserialize)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// The language in which it is to be written, such as `de`; of one that we do not have, English.
    pub language: String,
    /// What it is about.
    pub what: What,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("language", &self.language)
            .field("what", &self.what)
            .finish_non_exhaustive()
    }
}

/// What a mail is about. Links must be below our own address, `BASE_URL`; how long what is in it counts is said in the mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody wants another password: the link counts for [`LINK_COUNTS`].
    Reset {
        /// Where they choose one.
        link: Secret,
    },
    /// Whether an address is theirs: the link counts for [`LINK_COUNTS`].
    Prove {
        /// Where they say so.
        link: Secret,
    },
    /// A sign-in: the code and the link count for [`SIGN_IN_COUNTS`].
    SignIn {
        /// What they type: up to 16 letters and digits.
        code: Secret,
        /// Where they sign in without typing it.
        link: Secret,
    },
    /// Nothing: it is sent to nobody, and stands in the queue for a letter where there is nobody to write to, so that whoever waits for
    /// the answer learns nothing of that (#84).
    Nothing,
    /// Somebody tried to register with an address that has an account.
    Known,
    /// The password was changed.
    PasswordChanged,
    /// There is another second factor, or another passkey.
    FactorAdded {
        /// What it is.
        what: Factor,
    },
    /// A second factor is gone, or a passkey.
    FactorRemoved {
        /// What it was.
        what: Factor,
        /// Whether somebody else did it, who looks after people.
        by_others: bool,
    },
}

/// What somebody shows when they sign in, beside a password or a provider or in place of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// The codes of an app, with the recovery codes that belong to them.
    App,
    /// A passkey.
    Passkey {
        /// What its person calls it; shown as a text, and cut off at 60 characters.
        name: String,
    },
    /// A password, beside the way in that they had.
    Password,
    /// A provider by which they sign in.
    Provider {
        /// What it is called on its button; shown as a text, and cut off at 60 characters.
        name: String,
    },
    /// Codes and links that are mailed to their address.
    Mail,
    /// All that they had.
    All,
}

impl What {
    /// What it is, as the log may say it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Reset { .. } => "reset",
            Self::Prove { .. } => "prove",
            Self::SignIn { .. } => "sign_in",
            Self::Nothing => "nothing",
            Self::Known => "known",
            Self::PasswordChanged => "password_changed",
            Self::FactorAdded { .. } => "factor_added",
            Self::FactorRemoved { .. } => "factor_removed",
        }
    }

    /// For how long what is in it counts, if anything is.
    pub fn counts(&self) -> Option<Duration> {
        match self {
            Self::Reset { .. } | Self::Prove { .. } => Some(LINK_COUNTS),
            Self::SignIn { .. } => Some(SIGN_IN_COUNTS),
            Self::Nothing
            | Self::Known
            | Self::PasswordChanged
            | Self::FactorAdded { .. }
            | Self::FactorRemoved { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_address_nor_link_nor_code() {
        // #103
        for what in [
            What::Reset { link: Secret::new("canary") },
            What::Prove { link: Secret::new("canary") },
            What::SignIn { code: Secret::new("canary"), link: Secret::new("canary") },
        ] {
            let letter = Letter { to: "canary@example.com".to_owned(), language: "de".to_owned(), what };
            assert!(!format!("{letter:?}").contains("canary"), "{letter:?}");
            let text = serde_json::to_string(&letter).unwrap();
            let read: Letter = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
