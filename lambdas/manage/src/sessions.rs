//! The sessions of a person.

use audit::What;
use serde::Serialize;
use serde_json::json;
use session::{Past, Session};
use store::{Batch, Row};
use web::{Response, Result};

use crate::{Call, done, missing, users::refused};

/// A session, living or ended. Its id opens nothing.
#[derive(Debug, Serialize)]
struct Shown {
    sid: String,
    device: Option<String>,
    from: Option<String>,
    started_at: String,
    signed_in_at: String,
    used_at: String,
    ended_at: Option<String>,
}

impl From<Past> for Shown {
    fn from(past: Past) -> Self {
        let session = past.session;
        Self {
            started_at: session.started_at.to_string(),
            signed_in_at: session.auth_time.to_string(),
            used_at: session.used_at().to_string(),
            ended_at: past.ended_at.map(|at| at.to_string()),
            sid: session.id,
            device: session.device,
            from: session.from,
        }
    }
}

impl Call<'_> {
    pub(crate) async fn list_sessions(&self) -> Result<Response> {
        let person = self.person().await?;
        let found = session::list_of(&self.manage.table, &person.id, self.request.now).await?;
        let sessions: Vec<_> = found.into_iter().map(Shown::from).collect();
        Response::json(&json!({"sessions": sessions}))
    }

    /// The row itself says whose it is (#81).
    pub(crate) async fn end_session(&self) -> Result<Response> {
        let person = self.subordinate().await?;
        let (table, now) = (&self.manage.table, self.request.now);
        let sid = self.request.segment("sid").unwrap_or_default();
        let mut rows = table.get_batch(Batch::new().and::<Session>(sid), now).await?;
        let session = rows.take::<Session>(sid).transpose()?.map(Row::into_inner);
        if session.is_none_or(|session| session.user_id != person.id) {
            return Err(missing("session of this person").into());
        }
        let event = self.event(What::SessionEnded, &person.id).session(sid);
        let noted = vec![self.manage.trail.write(&event)];
        if logout::end_by_id_noting(table, &self.manage.queue, sid, noted, now).await?.is_some() {
            event.log();
        }
        Ok(done())
    }

    pub(crate) async fn sign_out(&self) -> Result<Response> {
        let person = self.subordinate().await?;
        let (table, now) = (&self.manage.table, self.request.now);
        let event = self.event(What::SignOutEverywhere, &person.id);
        let written = |_: &str| vec![self.manage.trail.write(&event)];
        let ending = async {
            user::manage::sign_out(table, &person.id, &written, now).await.map_err(refused)?;
            event.log();
            Ok::<_, web::Error>(())
        };
        logout::end_everything_of(table, &self.manage.queue, &person.id, now, ending).await?;
        Ok(done())
    }
}
