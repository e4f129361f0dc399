//! `GET` and `POST /account`: what apps have of the person who is signed in, and who is signed in in this browser. Here the person
//! takes an app's access away, chooses the account that acts, and signs out everywhere.

use http::{Method, header};
use logout::Queue;
use maud::Markup;
use oauth::Time;
use session::Session;
use setting::{Env, Permissions, Settings};
use store::{Batch, Row, Table};
use user::User;
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route, Sealer};

use self::apps::Cursor;

mod act;
mod apps;
mod view;

/// Where it is.
const PATH: &str = "/account";

/// Where somebody goes who is not signed in.
const SIGN_IN: &str = "/users/login?return_to=%2Faccount";

/// The function.
pub struct Account {
    sealer: Sealer,
    queue: Queue,
    table: Table,
}

/// Somebody who is signed in in this browser, and may be (#35).
pub(crate) struct Person {
    pub(crate) session: Session,
    pub(crate) user: User,
}

impl Person {
    /// What to call them.
    pub(crate) fn name(&self) -> &str {
        self.user.name.as_deref().or(self.user.email.as_deref()).unwrap_or("This account")
    }
}

impl Function for Account {
    const NAME: &'static str = "account";
    const ROUTES: &'static [Route] = &[Route::get(PATH, Guard::Public), Route::post(PATH, Guard::OwnPages)];
    const PERMISSIONS: &'static [Permissions] = &[
        session::LIVING,
        session::TOUCH,
        session::END_BY_ID,
        session::ended::NOTED_OF,
        session::grants::LIST,
        session::grants::END_OF_CLIENT,
        user::READ,
        user::END_EVERYWHERE,
        authorization::LIST_CONSENTS,
        authorization::REMOVE_CONSENT,
        client::READ,
        client::READ_API,
    ];
    const SETTINGS: Settings = &[&[&setting::BASE_URL], Table::SETTINGS, Sealer::SETTINGS, Queue::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        Ok(Self {
            sealer: Sealer::from_env(env)?,
            queue: Queue::from_env(env),
            table: Table::from_env(env).await?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.method() == Method::POST { self.act(&request).await } else { self.show(&request).await }
    }
}

impl Account {
    /// The page, for the person who acts. Where nobody does, those who are signed in can be chosen.
    async fn show(&self, request: &Request) -> Result<Response> {
        let cursor: Cursor = request.query()?;
        let people = self.people(request).await?;
        let acting = request.session().and_then(|cookie| oauth::SessionCookie::parse(&cookie));
        let acts = |person: &&Person| acting.as_ref().is_some_and(|it| it.sid() == person.session.id);
        let content = match people.iter().find(acts) {
            None if people.is_empty() => {
                return Ok(Response::see_own(SIGN_IN).without_sessions(request));
            }
            None => view::nobody_acts(&people),
            Some(person) => {
                session::touch(&self.table, person.session.clone(), request.now).await?;
                let apps = apps::find(&self.table, &person.user, &cursor, request.now).await?;
                let removed = request.text("removed").is_some();
                view::account(person, &people, &apps, removed, &self.forms(person, &apps, request.now)?)
            }
        };
        Ok(own_page(request, "Apps and sessions", &content))
    }

    /// Those who are signed in in this browser: first who acts.
    ///
    /// Two BatchGetItems.
    async fn people(&self, request: &Request) -> Result<Vec<Person>> {
        let sessions = session::living(&self.table, &request.session_cookies(), request.now).await?;
        let all = sessions.iter();
        let batch = all.fold(Batch::new(), |batch, session| batch.and::<User>(&*session.user_id));
        let rows = self.table.get_batch(batch, request.now).await?;
        let people = sessions.into_iter().filter_map(|session| {
            let user = rows.see::<User>(&*session.user_id)?.ok().map(Row::into_inner)?;
            user.is_active_in(session.epoch).then_some(Person { session, user })
        });
        Ok(people.collect())
    }

    /// The values of the forms on the page: of each app in turn, and the one that asks about signing out everywhere.
    fn forms(&self, person: &Person, apps: &apps::Apps, now: Time) -> Result<view::Forms> {
        let seal = |what| self.seal(&person.session, what, now);
        let remove = apps.apps.iter().map(|app| seal(act::What::Remove(app.client_id.clone())));
        Ok(view::Forms {
            remove: remove.collect::<Result<_>>()?,
            everywhere: seal(act::What::AskEverywhere)?,
        })
    }
}

/// With `no-referrer`, a browser sends `Origin: null` with the forms, and that is a stranger's (#27).
fn own_page(request: &Request, title: &str, content: &Markup) -> Response {
    request.look().page(title, content).header(header::REFERRER_POLICY, "same-origin")
}
