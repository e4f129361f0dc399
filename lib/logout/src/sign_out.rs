//! A person signs out of a browser.

use audit::{Event, Trail, settings::AUDIT_DAYS};
use oauth::Secret;
use queue::settings::SQS_ENDPOINT;
use session::{Error, Session};
use setting::{EVENTS, Env, Group, Permissions, SettingError};
use store::{Table, Write};

use crate::{Queue, hand_over, settings::LOGOUT_QUEUE};

/// What signing out writes for those who are told what happens to people, beside what ends the session.
pub const TELL: Permissions = audit::WRITE.only_with(&EVENTS);

/// What signs people out: their apps learn of it, and systems of the team where [`EVENTS`] is on.
#[derive(Debug)]
pub struct SignOut {
    queue: Queue,
    /// Where it is written down for those systems. Without them, a sign-out is in the log alone.
    trail: Option<Trail>,
}

impl SignOut {
    /// What it reads.
    pub const SETTINGS: Group = &[&LOGOUT_QUEUE, &SQS_ENDPOINT, &EVENTS, &AUDIT_DAYS];

    /// With the queue and the trail of the settings.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        let trail = env.is_on(&EVENTS)?.then(|| Trail::from_env(env)).transpose()?;
        Ok(Self { queue: Queue::from_env(env)?, trail })
    }

    /// Ends the session that this cookie opens, as [`session::end_noting`], and hands over that it has ended. What has happened is logged:
    /// `event`, about the person and the session. Whether there was one.
    pub async fn end(&self, table: &Table, cookie: &Secret, event: Event) -> Result<bool, Error> {
        let now = event.at;
        let about = |session: &Session| event.clone().by_person(&session.user_id).session(&session.id);
        let noted = |session: &Session| -> Vec<Write> {
            self.trail.iter().map(|trail| trail.write(&about(session))).collect()
        };
        let ended = session::end_noting(table, cookie, &noted, now).await?;
        hand_over(&self.queue, ended.iter()).await;
        if let Some(session) = &ended {
            about(session).log();
        }
        Ok(ended.is_some())
    }
}
