//! Whether a password is right: counted, looked up, and checked with the same work whatever there is.

use credential::{
    Password, Weak, accept,
    attempt::{self, Account, Try},
};
use device::Device;
use oauth::{Code, Digest, Error, Sentence};
use user::{
    User,
    password::{self, Found, Holder, LoginName, NewAccount},
};
use web::{Request, Result};

use crate::{Passwords, SignUp, trail};

/// Somebody whose password was right.
pub(crate) struct Known {
    pub(crate) user: User,
    /// The key of the identity that the name is.
    pub(crate) via: Digest,
}

impl Passwords {
    /// Who signs in with this name and this password.
    ///
    /// Two BatchGetItems, what counting costs, and what [`password::enter`] does.
    pub(crate) async fn known(&self, request: &Request, login: &LoginName, typed: &str) -> Result<Known> {
        let found = password::find(&self.table, login, request.now).await?;
        self.count(request, &account(&found.holder, login)).await?;
        let checked = self.hasher.check(&Password::given(typed), found.holder.hash());
        let via = found.key.clone();
        if checked.is_right && found.holder.user.as_ref().is_some_and(User::is_active) {
            let replace_by = checked.replace_by.as_deref();
            let entered = password::enter(&self.table, login, found, replace_by, request.now).await;
            let user = entered.map_err(|error| match error {
                // Disabled, or changed, at this very moment.
                user::Error::Refused(_) => web::Error::from(wrong()),
                fault => fault.into(),
            });
            return Ok(Known { user: user?, via });
        }
        match self.sign_up {
            SignUp::FirstLogin => self.first(request, login, typed, &found).await,
            SignUp::On | SignUp::Off => Err(wrong().into()),
        }
    }

    /// Somebody of a name that is not known yet, where that is enough to get an account: the one place in which an answer says that a
    /// name is known, and which an installation asks for (#84).
    async fn first(&self, request: &Request, login: &LoginName, typed: &str, found: &Found) -> Result<Known> {
        if found.holder.user.is_some() || self.acceptable(request, typed, &[login.as_str()]).is_err() {
            return Err(wrong().into());
        }
        let user = self.create(request, login, typed, None).await?.ok_or_else(wrong)?;
        self.mail_registered(request, login, found, Some(&user)).await?;
        Ok(Known { user, via: found.key.clone() })
    }

    /// Makes an account. Nothing if the name is somebody's.
    pub(crate) async fn create(
        &self,
        request: &Request,
        login: &LoginName,
        typed: &str,
        name: Option<&str>,
    ) -> Result<Option<User>> {
        let hash = self.hasher.hash(&Password::given(typed));
        let rights = self.tokens.refresh(&self.table, request.now).await?;
        let new = NewAccount { login, name, hash: &hash };
        let trail = |id: &str| vec![self.trail.write(&trail::added(request, id))];
        let made = password::register(&self.table, &rights, new, &trail, request.now).await?;
        if let Some(user) = &made {
            trail::added(request, &user.id).log();
        }
        Ok(made)
    }

    /// Counts one try, before anything is hashed.
    pub(crate) async fn count(&self, request: &Request, account: &Account) -> Result<()> {
        let counted = Device::of(&self.devices, request).counted(account);
        go(request, attempt::count(&self.table, &counted, &request.network(), request.now).await?)
    }

    /// Whether this may become somebody's password, whose words these are.
    pub(crate) fn acceptable(&self, request: &Request, password: &str, words: &[&str]) -> Result<(), Error> {
        let look = request.look();
        let own = words.iter().copied().chain([look.brand.name.as_str(), "latchkey"]);
        accept(password, own).map_err(|weak| {
            Error::said(
                Code::InvalidRequest,
                match weak {
                    Weak::Short => Sentence::PasswordShort,
                    Weak::Long => Sentence::PasswordLong,
                    Weak::Common => Sentence::PasswordCommon,
                    Weak::Own => Sentence::PasswordOwn,
                },
            )
        })
    }
}

/// Goes on if there was a try left.
pub(crate) fn go(request: &Request, tried: Try) -> Result<()> {
    match tried {
        Try::Go => Ok(()),
        Try::Wait(end) => {
            let left = u32::try_from(end.since(request.now).as_secs()).unwrap_or(u32::MAX).max(1);
            let refusal = Error::too_many(Sentence::TriedTooOften, left);
            Err(entrance::locked(request, password::PROVIDER, refusal))
        }
    }
}

/// Whose tries they are: those of the person, whatever they were called; else those of the name.
pub(crate) fn account(holder: &Holder, login: &LoginName) -> Account {
    match &holder.user {
        Some(user) => Account::of(&user.id),
        None => Account::of_nobody(login.as_str()),
    }
}

/// One answer for a name that nobody has, a wrong password, somebody who has none, and somebody who is disabled (#84).
pub(crate) fn wrong() -> Error {
    Error::said(Code::LoginRequired, Sentence::BadCombination)
}
