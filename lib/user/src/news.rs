//! What a sign-in makes of somebody, for whoever writes it down.

use store::Write;

use crate::User;

/// What is new of somebody.
#[derive(Debug, Clone, Copy)]
pub enum News<'a> {
    /// There was nobody like that.
    Added {
        /// Who they are.
        user: &'a User,
        /// Whether they have roles that not everybody gets who is new: they were invited, or are an administrator of the settings.
        has_more: bool,
    },
    /// Something that others see of them is not what it was.
    Changed {
        /// As they were.
        old: &'a User,
        /// As they are.
        new: &'a User,
    },
}

/// What is written along with it.
pub type Noted<'a> = &'a (dyn Fn(News<'_>) -> Vec<Write> + Sync);

impl<'a> News<'a> {
    /// What is new of somebody who was known, if others see it.
    pub(crate) fn between(old: &'a User, new: &'a User) -> Option<Self> {
        let news = Self::Changed { old, new };
        (!news.changed().is_empty() || old.roles != new.roles).then_some(news)
    }

    /// Who they are now.
    pub fn user(&self) -> &'a User {
        match self {
            Self::Added { user, .. } | Self::Changed { new: user, .. } => user,
        }
    }

    /// The names of what changed of what is known of them. When they were here last, and claims that are only passed on, do not count.
    pub fn changed(&self) -> Vec<&'static str> {
        let Self::Changed { old, new } = self else { return Vec::new() };
        let all = [
            ("name", old.name != new.name),
            ("email", old.email != new.email),
            ("email_verified", old.email_verified != new.email_verified),
            ("picture", old.picture != new.picture),
            ("identities", old.identities != new.identities),
            ("entitlements", old.entitlements != new.entitlements),
        ];
        all.into_iter().filter(|(_, is_new)| *is_new).map(|(name, _)| name).collect()
    }

    /// The roles that they had, and that they have, where these differ; of somebody new, where they have more than everybody.
    pub fn roles(&self) -> Option<(&'a [String], &'a [String])> {
        match self {
            Self::Changed { old, new } if old.roles != new.roles => Some((&old.roles, &new.roles)),
            Self::Added { user, has_more: true } => Some((&[], &user.roles)),
            Self::Changed { .. } | Self::Added { .. } => None,
        }
    }
}
