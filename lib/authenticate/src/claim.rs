//! That a login was used, and what became of it.

use std::time::Duration;

use oauth::{Code, Sentence, Time};
use serde::{Deserialize, Serialize};
use store::{Change, Member, Record, Table, member};

use crate::{Error, Login, login::SKEW};

/// The longest that the answer which claimed a login can be at work: a function lives for fifteen seconds.
const LONGEST: Duration = Duration::from_secs(20);

/// That a login was used, `LOGIN#<id>`. Where it ended without a session, it holds the message that the person saw, so that anyone
/// who sees another answer to the same login in their browser reads the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claim {
    started_at: Time,
    claimed_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

/// A refusal as it is stored: a status, and a sentence of ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Failure {
    status: u16,
    text: String,
    /// The name of the sentence that people read in their language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sentence: Option<String>,
}

impl Record for Claim {
    const KIND: &'static str = "LOGIN";

    /// It outlives the login, and nothing else.
    fn expires_at(&self) -> Option<i64> {
        Some(self.started_at.after(Login::LIFETIME + 2 * SKEW).epoch())
    }
}

impl Claim {
    const TOLD: Member<Self, Option<Failure>> = member!(Self, failure);

    /// The message that the person saw, if the answer that claimed the login made no session.
    pub fn refusal(&self) -> Option<oauth::Error> {
        self.failure.as_ref().map(|failure| {
            let code = match failure.status {
                401 => Code::LoginRequired,
                403 => Code::AccessDenied,
                502 => Code::ServerError,
                503 | 504 => Code::TemporarilyUnavailable,
                _ => Code::InvalidRequest,
            };
            let refusal = oauth::Error::new(code, failure.text.clone()).with_status(failure.status);
            match failure.sentence.as_deref().and_then(Sentence::named) {
                Some(sentence) => refusal.for_people(sentence),
                None => refusal,
            }
        })
    }

    /// Whether the answer that claimed the login may be at work still.
    pub fn may_be_running(&self, now: Time) -> bool {
        self.failure.is_none() && now.since(self.claimed_at) <= LONGEST
    }
}

impl Failure {
    /// A fault of ours is not shown: it may be anything.
    fn of(refusal: Option<&oauth::Error>) -> Self {
        let unsaid = oauth::Error::said(Code::InvalidRequest, Sentence::CouldNotFinish);
        let refusal = refusal.unwrap_or(&unsaid);
        Self {
            status: refusal.status(),
            text: refusal.description().to_owned(),
            sentence: refusal.sentence().map(|sentence| sentence.name().to_owned()),
        }
    }
}

impl Login {
    /// Uses the login up: of all who try, however many at a time, one succeeds (#9). The others get [`Error::Used`].
    pub async fn claim(&self, table: &Table, now: Time) -> Result<(), Error> {
        self.create_claim(table, None, now).await
    }

    /// The same for an answer with which the login is over: the provider sent no code.
    pub async fn claim_refused(&self, table: &Table, why: &Error, now: Time) -> Result<(), Error> {
        self.create_claim(table, Some(Failure::of(why.refusal())), now).await
    }

    async fn create_claim(&self, table: &Table, failure: Option<Failure>, now: Time) -> Result<(), Error> {
        let claim = Claim { started_at: self.started_at(), claimed_at: now, failure };
        if table.create(&self.id(), &claim, now).await? { Ok(()) } else { Err(Error::used()) }
    }

    /// Notes that the answer which claimed this login made no session of it, and the message that the person saw.
    pub async fn failed(
        &self,
        table: &Table,
        refusal: Option<&oauth::Error>,
        now: Time,
    ) -> Result<(), Error> {
        let change = Change::new().set(Claim::TOLD, &Some(Failure::of(refusal)));
        table.update::<Claim>(&self.id(), change, now).await?;
        Ok(())
    }

    /// What is known of the answer that claimed this login.
    pub async fn claimed(&self, table: &Table, now: Time) -> Result<Option<Claim>, Error> {
        Ok(table.get::<Claim>(&self.id(), now).await?.map(store::Row::into_inner))
    }
}
