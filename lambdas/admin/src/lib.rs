//! `/admin`: the console, for those who look after people. Pages are made here and work without a script; one makes the search quicker.
//!
//! Each page is an entry of [`PAGES`], each act one of [`Act`]: both say which scope they need. Whoever looks is read at each
//! request, so a role that was taken away opens nothing any more (#81). The acts are the same library calls as those of the management
//! API, and are refused for the same reasons.

use ::person::StepUp;
use audit::Trail;
use authenticate::Button;
use http::Method;
use logout::Queue;
use mail::Mailer;
use oauth::{Code, Sentence};
use setting::{Env, Permissions, Settings};
use store::Table;
use token::PublicKeys;
use user::{
    Rights, WaysIn,
    rights::{self, Held},
};
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, Sealer};

mod act;
mod apps;
mod clients;
mod confirm;
mod cursor;
mod edit;
mod edit_page;
mod editing;
mod entitlements;
mod factors;
mod fields;
mod form;
mod frame;
mod invalid;
mod keys;
mod new;
mod people;
mod perform;
mod perform_apps;
mod person;
mod register;
mod registering;
mod roles;
mod sessions;
mod trail;
mod trial;
mod viewer;
mod why;
mod words;

pub use act::Act;
use viewer::Viewer;
pub use words::Words;

/// Where it is.
const ROOT: &str = "/admin";

/// The script of the search.
const SCRIPT: &str = "/admin/console.js";

/// Says that the person signs in again first.
const AGAIN: &str = "/admin/again";

/// A page, and what it needs.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Where it is.
    pub path: &'static str,
    /// The scope without which it is not shown.
    pub scope: &'static str,
    kind: Kind,
}

/// What a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    People,
    New,
    Person,
    Delete,
    Factors,
    Roles,
    EditRole,
    EditRule,
    EditDefaults,
    Clients,
    Register,
    Client,
    Keys,
    Trail,
    Again,
}

const fn page(path: &'static str, scope: &'static str, kind: Kind) -> Page {
    Page { path, scope, kind }
}

/// Where those begin who may not look at people.
const ROLES: Page = page("/admin/roles", "roles:read", Kind::Roles);

/// Every page, and the scope that it needs (#81).
pub const PAGES: [Page; 15] = [
    page(ROOT, "users:read", Kind::People),
    page("/admin/new", "users:write", Kind::New),
    page("/admin/people/{id}", "users:read", Kind::Person),
    page("/admin/people/{id}/delete", "users:delete", Kind::Delete),
    page("/admin/people/{id}/factors", "users:write", Kind::Factors),
    ROLES,
    page("/admin/roles/edit", "roles:write", Kind::EditRole),
    page("/admin/rules/edit", "roles:write", Kind::EditRule),
    page("/admin/defaults", "roles:write", Kind::EditDefaults),
    page("/admin/apps", "roles:read", Kind::Clients),
    page("/admin/register", "roles:write", Kind::Register),
    page("/admin/apps/{id}", "roles:read", Kind::Client),
    page("/admin/keys", "roles:read", Kind::Keys),
    page("/admin/trail", "users:read", Kind::Trail),
    page(AGAIN, "users:read", Kind::Again),
];

const fn routes() -> [Route; PAGES.len() + 2] {
    let mut routes = [Route::post(ROOT, Guard::OwnPages); PAGES.len() + 2];
    let mut at = 0;
    while at < PAGES.len() {
        routes[at] = Route::get(PAGES[at].path, Guard::Public);
        at += 1;
    }
    routes[at] = Route::get(SCRIPT, Guard::Public);
    routes
}

/// The function.
pub struct Admin {
    /// The audience of our own API.
    audience: String,
    buttons: Vec<Button>,
    /// By what people sign in, so that the last one stays.
    ways: WaysIn,
    keys: PublicKeys,
    queue: Queue,
    /// Where mails are on.
    mailer: Option<Mailer>,
    rights: Held,
    step_up: StepUp,
    /// Whether people may have a second factor.
    second_factors: bool,
    sealer: Sealer,
    table: Table,
    trail: Trail,
}

impl Function for Admin {
    const NAME: &'static str = "admin";
    const ROUTES: &'static [Route] = &routes();
    const PERMISSIONS: &'static [Permissions] = &[
        session::LIVING,
        session::TOUCH,
        session::END,
        session::LIST_OF,
        session::ended::NOTED_OF,
        rights::READ,
        rights::WRITE,
        user::READ,
        user::FIND,
        user::SEARCH,
        user::CHANGE,
        user::CREATE,
        user::DELETE,
        user::IDENTITIES,
        user::UNLINK,
        user::TAKE_FACTORS,
        authorization::apps::LIST,
        authorization::apps::REMOVE,
        client::LIST,
        client::ADD,
        client::CHANGE,
        client::CHANGE_API,
        audit::READ,
        audit::WRITE,
        Mailer::PERMISSIONS,
    ];
    const SETTINGS: Settings = &[
        &[&setting::BASE_URL, &setting::SECOND_FACTORS],
        Button::SETTINGS,
        WaysIn::SETTINGS,
        Table::SETTINGS,
        Sealer::SETTINGS,
        Queue::SETTINGS,
        Mailer::SETTINGS,
        Rights::SIGN_IN_SETTINGS,
        &[&token::settings::AUDIENCE, &token::settings::PUBLIC_KEYS],
        Trail::SETTINGS,
        Brand::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let (buttons, rights) = (Button::from_env(env)?, Held::for_sign_in(env)?);
        Ok(Self {
            audience: token::settings::audience(env, &env.parsed(&setting::BASE_URL)?)?,
            ways: WaysIn::from_env(env, buttons.iter().map(|button| &button.name))?,
            buttons,
            keys: token::public_keys(env)?,
            queue: Queue::from_env(env)?,
            mailer: Mailer::from_env(env)?,
            step_up: StepUp::with(env, rights.clone())?,
            rights,
            second_factors: env.is_on(&setting::SECOND_FACTORS)?,
            sealer: Sealer::from_env(env)?,
            table: Table::from_env(env).await?,
            trail: Trail::from_env(env)?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.path() == SCRIPT {
            return Ok(Response::of("text/javascript; charset=utf-8", include_str!("console.js")));
        }
        if request.method() == Method::POST {
            return self.act(&request).await;
        }
        let found =
            PAGES.iter().find(|page| Route::get(page.path, Guard::Public).captures(request.path()).is_some());
        let Some(page) = found else { return Err(missing(Sentence::NothingHere).into()) };
        let Some(viewer) = self.viewer(&request).await? else {
            return Ok(Response::see_own(&sign_in(request.path())));
        };
        if let Some(place) = &viewer.step_up {
            return Ok(Response::see_own(place));
        }
        // Whoever looks after rights alone begins there; and whoever sees anything here may sign in again for it.
        if page.kind == Kind::People && !viewer.may(page.scope) && viewer.may(ROLES.scope) {
            return Ok(Response::see_own(ROLES.path));
        }
        if page.kind != Kind::Again || !PAGES.iter().any(|page| viewer.may(page.scope)) {
            viewer.needs(page.scope)?;
        }
        session::touch(&self.table, viewer.session.clone(), request.now).await?;
        self.show(View::new(self, &request, &viewer), page.kind).await
    }
}

impl Admin {
    async fn show(&self, view: View<'_>, kind: Kind) -> Result<Response> {
        match kind {
            Kind::People => view.people().await,
            Kind::New => view.new_person(),
            Kind::Person => view.person().await,
            Kind::Delete => view.confirm_delete().await,
            Kind::Factors => view.confirm_factors().await,
            Kind::Roles => view.roles().await,
            Kind::EditRole => view.edit_role().await,
            Kind::EditRule => view.edit_rule().await,
            Kind::EditDefaults => view.edit_defaults().await,
            Kind::Register => view.register().await,
            Kind::Clients => view.clients().await,
            Kind::Client => view.client().await,
            Kind::Keys => Ok(view.keys()),
            Kind::Trail => view.trail().await,
            Kind::Again => Ok(view.again()),
        }
    }
}

/// One look at a page, of somebody who may.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) admin: &'a Admin,
    pub(crate) request: &'a Request,
    pub(crate) viewer: &'a Viewer,
    /// In the language of whoever looks.
    pub(crate) words: &'static Words,
}

impl<'a> View<'a> {
    pub(crate) fn new(admin: &'a Admin, request: &'a Request, viewer: &'a Viewer) -> Self {
        Self { admin, request, viewer, words: Words::of(request.look().words) }
    }
}

/// There is none, as the sentence says.
pub(crate) fn missing(sentence: Sentence) -> oauth::Error {
    oauth::Error::said(Code::InvalidRequest, sentence).with_status(404)
}

/// The sign-in after which they are back.
fn sign_in(path: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", path);
    format!("/users/login?{}", query.finish())
}
