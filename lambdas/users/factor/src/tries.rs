//! Attempts: each is counted before anything is looked at (#85).

use credential::attempt::{self, Account, Try};
use factor::Checked;
use oauth::{Code, Error, Sentence};
use web::{Request, Result};

use crate::{Factors, trail};

impl Factors {
    /// What somebody has shown by what they typed. One sentence for what is wrong, used, and too late.
    pub(crate) async fn checked(&self, request: &Request, user_id: &str, typed: &str) -> Result<Checked> {
        self.count(request, user_id).await?;
        let checked = factor::check(&self.table, &self.seeds, user_id, typed, request.now).await?;
        let checked = checked.ok_or_else(wrong)?;
        trail::used(request, user_id, checked).log();
        Ok(checked)
    }

    /// Counts one attempt. They are counted apart from those with a password: who guesses a password from elsewhere must not shut a person
    /// out of a step to which only whoever knows it comes.
    pub(crate) async fn count(&self, request: &Request, user_id: &str) -> Result<()> {
        let account = Account::of_factor(user_id);
        match attempt::count(&self.table, &account, &request.network(), request.now).await? {
            Try::Go => Ok(()),
            Try::Wait(end) => {
                let left = u32::try_from(end.since(request.now).as_secs()).unwrap_or(u32::MAX).max(1);
                Err(trail::locked(request, user_id, Error::too_many(Sentence::TriedTooOften, left)))
            }
        }
    }
}

/// Wrong, used already, or too late.
pub(crate) fn wrong() -> Error {
    Error::said(Code::LoginRequired, Sentence::FactorWrong)
}
