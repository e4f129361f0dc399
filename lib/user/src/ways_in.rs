//! What lets somebody in: one rule for whoever takes a way in away, the person themselves or those who look after people.

use setting::{Env, Group, MAILED_SIGN_IN, PASSWORDS, SettingError};

use crate::{LinkedIdentity, User, by_mail, password, password::LoginName};

/// The ways by which people sign in here: the providers of the settings, and what is ours where it is on. A passkey is none, because nobody
/// makes an account by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaysIn(Vec<String>);

impl WaysIn {
    /// What is read of them, beside the providers.
    pub const SETTINGS: Group = &[&PASSWORDS, &MAILED_SIGN_IN];

    /// Those of the settings, with these providers.
    pub fn from_env<T: ToString>(
        env: &Env,
        providers: impl IntoIterator<Item = T>,
    ) -> Result<Self, SettingError> {
        let own = [(&PASSWORDS, password::PROVIDER), (&MAILED_SIGN_IN, by_mail::PROVIDER)];
        let mut names: Vec<_> = providers.into_iter().map(|name| name.to_string()).collect();
        for (setting, name) in own {
            if env.is_on(setting)? {
                names.push(name.to_owned());
            }
        }
        Ok(Self(names))
    }

    /// Those of these names.
    pub fn of(names: &[&str]) -> Self {
        Self(names.iter().map(|&name| name.to_owned()).collect())
    }

    /// Whether this person could sign in by this identity of theirs. A mailed way in that was added counts only as long as its address is
    /// theirs: somebody else may read those mails by now (#93).
    pub(crate) fn lets_in(&self, user: &User, identity: &LinkedIdentity) -> bool {
        let is_there = self.0.contains(&identity.provider);
        is_there && (identity.provider != by_mail::PROVIDER || is_read_by(user, identity))
    }
}

fn is_read_by(user: &User, identity: &LinkedIdentity) -> bool {
    let own = user.verified_email().and_then(LoginName::email);
    identity.is_first || own.is_some_and(|own| by_mail::key(&own) == identity.key)
}
