//! The management API: people, their sessions, apps and identities, roles and rules, for administrators and for services. One
//! function, because all of it needs the same rights of the table, and each function costs a role, a log and a cold start.
//!
//! Every endpoint is an entry of [`ENDPOINTS`]. Whoever calls is read first (`Actor`): what they may do is what their token says and
//! what they still have at this moment.

use audit::Trail;
use authenticate::Button;
use http::StatusCode;
use logout::Queue;
use mail::Mailer;
use oauth::{BaseUrl, Error};
use setting::{Env, Permissions, Settings};
use store::Table;
use user::{
    Rights, User, WaysIn,
    rights::{self, Held},
};
use web::{Brand, Edge, ErrorFormat, Function, Request, Response, Result, Route, Sealer};

mod actor;
mod apps;
mod cursor;
pub mod document;
mod endpoint;
mod explain;
mod export;
mod factors;
mod identities;
mod page;
mod roles;
mod sessions;
mod trail;
mod trial;
mod users;

use actor::Actor;
use endpoint::{Act, ROUTES};
pub use endpoint::{ENDPOINTS, Endpoint, Kind, Parameter, Version};

/// How many are on a page if nobody says otherwise, and at most.
const USUAL: u32 = 20;
const MOST: u32 = 100;

/// The function.
pub struct Manage {
    base: BaseUrl,
    /// What people call the providers.
    buttons: Vec<Button>,
    table: Table,
    sealer: Sealer,
    queue: Queue,
    /// Where mails are on.
    mailer: Option<Mailer>,
    rights: Held,
    /// Whether people may have a second factor.
    second_factors: bool,
    trail: Trail,
    /// By what people sign in, so that the last one stays.
    ways: WaysIn,
}

impl Function for Manage {
    const NAME: &'static str = "manage";
    const ROUTES: &'static [Route] = &ROUTES;
    const PERMISSIONS: &'static [Permissions] = &[
        revocation::IS_REVOKED,
        user::SEARCH,
        user::FIND,
        rights::READ,
        rights::WRITE,
        client::FIND,
        user::CHANGE,
        user::CREATE,
        user::DELETE,
        session::END,
        session::ended::NOTED_OF,
        session::LIST_OF,
        authorization::apps::LIST,
        authorization::apps::REMOVE,
        user::IDENTITIES,
        user::UNLINK,
        user::TAKE_FACTORS,
        audit::READ,
        audit::WRITE,
        Mailer::PERMISSIONS,
    ];
    const SETTINGS: Settings = &[
        &[&setting::BASE_URL, &setting::SECOND_FACTORS],
        Table::SETTINGS,
        Sealer::SETTINGS,
        Queue::SETTINGS,
        Mailer::SETTINGS,
        // All of it: the first change of the rights writes it down.
        Rights::SIGN_IN_SETTINGS,
        Trail::SETTINGS,
        Button::SETTINGS,
        WaysIn::SETTINGS,
        Edge::SETTINGS,
        Brand::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    fn errors_at(path: &str) -> ErrorFormat {
        if path == page::PATH { ErrorFormat::Browser } else { Self::ERRORS }
    }

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let buttons = Button::from_env(env)?;
        Ok(Self {
            base: env.parsed(&setting::BASE_URL)?,
            table: Table::from_env(env).await?,
            sealer: Sealer::from_env(env)?,
            queue: Queue::from_env(env)?,
            mailer: Mailer::from_env(env)?,
            rights: Held::for_sign_in(env)?,
            second_factors: env.is_on(&setting::SECOND_FACTORS)?,
            trail: Trail::from_env(env)?,
            ways: WaysIn::from_env(env, buttons.iter().map(|button| &button.name))?,
            buttons,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let endpoint = Endpoint::of(&request).ok_or_else(|| missing("thing"))?;
        match endpoint.act {
            Act::Document => return Response::json(&document::of(self.base.as_str())),
            Act::Page => return Ok(page::of(&request.look_for(Some("en")), self.base.as_str())),
            _ => {}
        }
        // Before anything is read: the subject of another issuer is nobody here (#21).
        let caller = request.caller()?.from_issuer(self.base.as_str())?;
        let rights = self.rights.current(&self.table, request.now).await?;
        let actor = Actor::of(self, &rights, caller, request.now).await?;
        if let Some(scope) = endpoint.scope() {
            actor.needs(scope)?;
        }
        let call = Call { manage: self, rights: &rights, request: &request, actor: &actor };
        match endpoint.act {
            Act::ListUsers => call.list_users().await,
            Act::AddUser => call.add_user().await,
            Act::ShowUser => call.show_user().await,
            Act::ChangeUser => call.change_user().await,
            Act::DeleteUser => call.delete_user().await,
            Act::Export => call.export().await,
            Act::ListSessions => call.list_sessions().await,
            Act::EndSession => call.end_session().await,
            Act::SignOut => call.sign_out().await,
            Act::RemoveFactors => call.remove_factors().await,
            Act::ListApps => call.list_apps().await,
            Act::RemoveApp => call.remove_app().await,
            Act::ListIdentities => call.list_identities().await,
            Act::Unlink => call.unlink().await,
            Act::ListRoles => call.list_roles().await,
            Act::SetRole => call.set_role().await,
            Act::RemoveRole => call.remove_role().await,
            Act::ListRules => call.list_rules().await,
            Act::SetRule => call.set_rule().await,
            Act::RemoveRule => call.remove_rule().await,
            Act::SetDefaults => call.set_defaults().await,
            Act::TryRights => call.try_rights().await,
            Act::Explain => call.explain().await,
            Act::ListEvents => call.list_events().await,
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

/// It would break a rule.
pub(crate) fn conflict(why: &'static str) -> Error {
    Error::invalid_request(why).with_status(409)
}

/// How many are on a page: what was asked for, or what is usual.
pub(crate) fn page_limit(asked: Option<u32>) -> Result<u32, Error> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::invalid_request(format!("limit must be 1 to {MOST}")))
}

/// It is done, and there is nothing to say.
pub(crate) fn done() -> Response {
    Response::empty(StatusCode::NO_CONTENT)
}
