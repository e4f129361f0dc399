//! The apps that have something of a person.

use audit::What;
use authorization::apps::{self, Access, App, Cursor, Whose};
use oauth::Scope;
use serde::{Deserialize, Serialize};
use web::{Response, Result};

use crate::{Call, cursor::Place, done, missing};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    cursor: Option<String>,
}

#[derive(Debug, Serialize)]
struct Page {
    apps: Vec<Shown>,
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct Shown {
    client_id: String,
    name: Option<String>,
    scope: Scope,
    access: Access,
    since: String,
    renewed_at: Option<String>,
}

impl From<App> for Shown {
    fn from(app: App) -> Self {
        Self {
            client_id: app.client_id,
            name: app.name,
            scope: app.scope,
            access: app.access,
            since: app.since.to_string(),
            renewed_at: app.renewed_at.map(|at| at.to_string()),
        }
    }
}

impl Call<'_> {
    pub(crate) async fn list_apps(&self) -> Result<Response> {
        let query: PageQuery = self.request.whole_query()?;
        let person = self.person().await?;
        let (sealer, now) = (&self.manage.sealer, self.request.now);
        let place = Place { caller: &self.actor.id, list: "apps", query: &person.id };
        let cursor = query.cursor.map(|cursor| place.open::<Cursor>(sealer, &cursor, now)).transpose()?;
        let whose = Whose { user_id: &person.id, epoch: person.epoch };
        let found = apps::find(&self.manage.table, whose, &cursor.unwrap_or_default(), now).await?;
        let next = found.next.map(|after| place.seal(sealer, after, now)).transpose()?;
        Response::json(&Page { apps: found.apps.into_iter().map(Shown::from).collect(), next })
    }

    pub(crate) async fn remove_app(&self) -> Result<Response> {
        let person = self.subordinate().await?;
        let client_id = self.request.segment("client_id").unwrap_or_default();
        if !apps::remove(&self.manage.table, &person.id, client_id, self.request.now).await? {
            return Err(missing("app of this person").into());
        }
        // Many rows were written, each by itself: this one says that they were.
        let event = self.event(What::ConsentRemoved, &person.id).client(client_id);
        self.manage.trail.note(&self.manage.table, &event).await?;
        Ok(done())
    }
}
