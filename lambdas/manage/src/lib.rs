//! The management API: people, their sessions, apps and identities, roles and rules, for administrators and for services. One
//! function, because all of it needs the same rights of the table, and each function costs a role, a log and a cold start.
//!
//! Every endpoint is an entry of [`ENDPOINTS`]. Whoever calls is read first ([`Actor`]): what they may do is what their token says and
//! what they still have at this moment.

use http::StatusCode;
use logout::Queue;
use oauth::{BaseUrl, Error};
use setting::{Env, Permissions, Settings};
use store::Table;
use user::{
    Rights, User,
    rights::{self, Held},
};
use web::{Brand, Edge, ErrorFormat, Function, Request, Response, Result, Route, Sealer};

mod actor;
mod apps;
mod cursor;
pub mod document;
mod endpoint;
mod page;
mod roles;
mod sessions;
mod users;

use actor::Actor;
use endpoint::{Act, ROUTES};
pub use endpoint::{ENDPOINTS, Endpoint, Kind, Parameter, Version};

/// The function.
pub struct Manage {
    base: BaseUrl,
    table: Table,
    sealer: Sealer,
    queue: Queue,
    rights: Held,
}

impl Function for Manage {
    const NAME: &'static str = "manage";
    const ROUTES: &'static [Route] = &ROUTES;
    const PERMISSIONS: &'static [Permissions] = &[
        revocation::IS_REVOKED,
        user::LIST,
        user::FIND,
        rights::READ,
        user::END_EVERYWHERE,
        session::END_BY_ID,
        session::ended::NOTED_OF,
        authorization::apps::LIST,
        authorization::apps::REMOVE,
    ];
    const SETTINGS: Settings = &[
        &[&setting::BASE_URL],
        Table::SETTINGS,
        Sealer::SETTINGS,
        Queue::SETTINGS,
        Rights::SETTINGS,
        Edge::SETTINGS,
        Brand::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    fn errors_at(path: &str) -> ErrorFormat {
        if path == page::PATH { ErrorFormat::Browser } else { Self::ERRORS }
    }

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        Ok(Self {
            base: env.parsed(&setting::BASE_URL)?,
            table: Table::from_env(env).await?,
            sealer: Sealer::from_env(env)?,
            queue: Queue::from_env(env),
            rights: Held::from_env(env)?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let endpoint = Endpoint::of(&request).ok_or_else(|| missing("thing"))?;
        match endpoint.act {
            Act::Document => return Response::json(&document::of(self.base.as_str())),
            Act::Page => return Ok(page::of(&request.look_for(Some("en")), self.base.as_str())),
            _ => {}
        }
        let rights = self.rights.current(&self.table, request.now).await?;
        let actor = Actor::of(self, &rights, &request).await?;
        if let Some(scope) = endpoint.scope() {
            actor.needs(scope)?;
        }
        let call = Call { manage: self, rights: &rights, request: &request, actor: &actor };
        match endpoint.act {
            Act::ListUsers => call.list_users().await,
            Act::ShowUser => call.show_user().await,
            Act::SignOut => call.sign_out().await,
            Act::ListApps => call.list_apps().await,
            Act::RemoveApp => call.remove_app().await,
            Act::ListRoles => call.list_roles(),
            Act::Document | Act::Page => Err(missing("thing").into()),
        }
    }
}

/// One request of somebody who may make it.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) manage: &'a Manage,
    /// As they are at this moment.
    pub(crate) rights: &'a Rights,
    pub(crate) request: &'a Request,
    pub(crate) actor: &'a Actor,
}

impl Call<'_> {
    /// The person in the path.
    pub(crate) async fn person(&self) -> Result<User> {
        let id = self.request.segment("id").unwrap_or_default();
        let found = user::find(&self.manage.table, id, self.request.now).await?;
        Ok(found.ok_or_else(|| missing("person"))?)
    }

    /// The same, if the caller may act on them.
    pub(crate) async fn subordinate(&self) -> Result<User> {
        let person = self.person().await?;
        self.actor.may_act_on(&person, self.rights, self.request.now)?;
        Ok(person)
    }
}

/// There is none, or none that the caller may know of: the answer is the same (#81).
pub(crate) fn missing(what: &str) -> Error {
    Error::invalid_request(format!("there is no such {what}")).with_status(404)
}

/// It is done, and there is nothing to say.
pub(crate) fn done() -> Response {
    Response::empty(StatusCode::NO_CONTENT)
}
