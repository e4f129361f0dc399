//! People: listing and showing them.

use oauth::{Error, Time};
use serde::{Deserialize, Serialize};
use user::{Status, User};
use web::{Response, Result};

use crate::{Call, cursor::Place, page_limit};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    limit: Option<u32>,
    cursor: Option<String>,
}

/// One page.
#[derive(Debug, Serialize)]
struct Page {
    users: Vec<user::Entry>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A person as those who manage people see them: these members and no others (#82).
#[derive(Debug, Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    email_verified: bool,
    picture: Option<&'a str>,
    roles: &'a [String],
    status: Status,
    created_at: String,
    last_login_at: Option<String>,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(user: &'a User) -> Self {
        Self {
            id: &user.id,
            name: user.name.as_deref(),
            email: user.email.as_deref(),
            email_verified: user.email_verified,
            picture: user.picture.as_deref(),
            roles: &user.roles,
            status: user.status,
            created_at: user.created_at.to_string(),
            last_login_at: user.last_login_at.map(|at| at.to_string()),
        }
    }
}

impl Call<'_> {
    pub(crate) async fn list_users(&self) -> Result<Response> {
        let query: PageQuery = self.request.whole_query()?;
        let (limit, now) = (page_limit(query.limit)?, self.request.now);
        let place = Place { caller: &self.actor.id, list: "users", query: "" };
        let after = self.after(&place, query.cursor.as_deref(), now)?;
        let page = user::list(&self.manage.table, limit, after.as_deref()).await?;
        let next = page.next.map(|after| place.seal(&self.manage.sealer, after, now)).transpose()?;
        Response::json(&Page { users: page.items, next })
    }

    fn after(&self, place: &Place<'_>, cursor: Option<&str>, now: Time) -> Result<Option<String>, Error> {
        cursor.map(|cursor| place.open(&self.manage.sealer, cursor, now)).transpose()
    }

    pub(crate) async fn show_user(&self) -> Result<Response> {
        let person = self.person().await?;
        Response::json(&Shown::of(&person))
    }
}
