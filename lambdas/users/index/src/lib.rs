//! `GET /users`: everybody, page by page, newest first.

use std::time::Duration;

use oauth::{BaseUrl, Error, Time};
use serde::{Deserialize, Serialize};
use setting::{Env, Permissions, Settings};
use store::Table;
use web::{Edge, ErrorFormat, Function, Guard, Request, Response, Result, Route, Sealer};

/// How many people are on a page if nobody says otherwise, and at most.
const USUAL: u32 = 20;
const MOST: u32 = 100;
/// How long a page can be turned.
const CURSOR_LIFETIME: Duration = Duration::from_secs(3600);

/// The function.
pub struct Index {
    base: BaseUrl,
    table: Table,
    sealer: Sealer,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    limit: Option<u32>,
    cursor: Option<String>,
}

/// One page.
#[derive(Debug, Serialize)]
struct Listing {
    users: Vec<user::Entry>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// Where the next page begins: sealed, for one caller, for an hour (#83).
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    after: String,
    until: Time,
}

impl Function for Index {
    const NAME: &'static str = "users-index";
    const ROUTES: &'static [Route] = &[Route::get("/users", Guard::Scope("users:read"))];
    const PERMISSIONS: &'static [Permissions] = &[user::LIST];
    const SETTINGS: Settings = &[&[&setting::BASE_URL], Table::SETTINGS, Sealer::SETTINGS, Edge::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        Ok(Self {
            base: env.parsed(&setting::BASE_URL)?,
            table: Table::from_env(env).await?,
            sealer: Sealer::from_env(env)?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let subject = &request.caller()?.from_issuer(self.base.as_str())?.subject;
        let query: PageQuery = request.whole_query()?;
        let limit = query.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Error::invalid_request(format!("limit must be 1 to {MOST}")).into());
        }
        let after = query.cursor.map(|cursor| self.open(&cursor, subject, request.now)).transpose()?;
        let page = user::list(&self.table, limit, after.as_deref()).await?;
        let next = page.next.map(|after| self.seal(after, subject, request.now)).transpose()?;
        Response::json(&Listing { users: page.items, next })
    }
}

impl Index {
    fn seal(&self, after: String, subject: &str, now: Time) -> Result<String> {
        let cursor = Cursor { after, until: now.after(CURSOR_LIFETIME) };
        Ok(self.sealer.seal(&["cursor", "users", subject], &serde_json::to_vec(&cursor)?))
    }

    fn open(&self, sealed: &str, subject: &str, now: Time) -> Result<String, Error> {
        let content = self.sealer.open(&["cursor", "users", subject], sealed);
        let cursor: Option<Cursor> = content.and_then(|content| serde_json::from_slice(&content).ok());
        let cursor = cursor.filter(|cursor| now <= cursor.until);
        cursor
            .map(|cursor| cursor.after)
            .ok_or_else(|| Error::invalid_request("the cursor is not valid: start with the first page"))
    }
}
