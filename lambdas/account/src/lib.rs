//! `/account`: what is stored of the person who is signed in, how they sign in, what apps have of them, and who is signed in in this
//! browser. Here the person links and unlinks a way in, takes an app's access away, chooses the account that acts, and signs out
//! everywhere.

use audit::Trail;
use authenticate::Button;
use authorization::apps::{self, Whose};
use http::{Method, header};
use logout::Queue;
use mail::Mailer;
use maud::Markup;
use oauth::{Secret, SessionCookie, server::FIRST_PARTY};
use person::{Person, StepUp};
use setting::{Env, PASSWORDS, Permissions, Settings};
use store::Table;
use user::WaysIn;
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, Sealer};

mod about;
mod act;
mod confirm;
mod data;
mod sessions;
mod show;
mod trail;
mod view;

/// Where it is.
const PATH: &str = "/account";

/// Says that the person signs in again first.
const AGAIN: &str = "/account/again";

/// Asks about signing out everywhere.
const EVERYWHERE: &str = "/account/everywhere";

/// Asks about deleting the account.
const DELETE: &str = "/account/delete";

/// What is stored, as a file.
const DATA: &str = "/account/data.json";

/// What happened to the account.
const TRAIL: &str = "/account/trail";

/// From where one goes to the provider of another way in.
const LINK: &str = "/account/link";

/// Where somebody goes who is not signed in.
const SIGN_IN: &str = "/users/login?return_to=%2Faccount";

/// The function.
pub struct Account {
    buttons: Vec<Button>,
    /// Whether an address is proven by a mail.
    proves: bool,
    /// Whether people sign in with passwords too.
    passwords: bool,
    /// Whether people sign in with passkeys too.
    passkeys: bool,
    /// By what people sign in, so that the last one stays.
    ways: WaysIn,
    /// Where mails are on.
    mailer: Option<Mailer>,
    sealer: Sealer,
    queue: Queue,
    table: Table,
    trail: Trail,
    step_up: StepUp,
    /// Whether people may have a second factor.
    second_factors: bool,
}

/// Whose apps are asked for.
pub(crate) fn whose(person: &Person) -> Whose<'_> {
    Whose { user_id: &person.user.id, epoch: person.user.epoch }
}

impl Function for Account {
    const NAME: &'static str = "account";
    const ROUTES: &'static [Route] = &[
        Route::get(PATH, Guard::Public),
        Route::get(AGAIN, Guard::Public),
        Route::get(EVERYWHERE, Guard::Public),
        Route::get(LINK, Guard::Public),
        Route::get(DELETE, Guard::Public),
        Route::get(DATA, Guard::Public),
        Route::get(TRAIL, Guard::Public),
        Route::post(PATH, Guard::OwnPages),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        StepUp::READ,
        session::LIVING,
        session::TOUCH,
        session::END,
        session::LIST_OF,
        session::ended::NOTED_OF,
        user::READ,
        user::END_EVERYWHERE,
        user::IDENTITIES,
        user::UNLINK,
        user::DELETE,
        user::passkey::LIST.only_with(&setting::PASSKEYS),
        apps::LIST,
        apps::REMOVE,
        audit::READ_OF,
        audit::WRITE,
        Mailer::PERMISSIONS,
    ];
    const SETTINGS: Settings = &[
        &[&setting::BASE_URL, &setting::PASSKEYS, &setting::SECOND_FACTORS],
        Button::SETTINGS,
        WaysIn::SETTINGS,
        Mailer::SETTINGS,
        Table::SETTINGS,
        StepUp::SETTINGS,
        Sealer::SETTINGS,
        Queue::SETTINGS,
        Brand::SETTINGS,
        Trail::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let (buttons, mailer) = (Button::from_env(env)?, Mailer::from_env(env)?);
        Ok(Self {
            ways: WaysIn::from_env(env, buttons.iter().map(|button| &button.name))?,
            buttons,
            passwords: env.is_on(&PASSWORDS)?,
            proves: env.is_on(&PASSWORDS)? && mailer.is_some(),
            passkeys: env.is_on(&setting::PASSKEYS)?,
            mailer,
            sealer: Sealer::from_env(env)?,
            queue: Queue::from_env(env)?,
            table: Table::from_env(env).await?,
            trail: Trail::from_env(env)?,
            step_up: StepUp::from_env(env)?,
            second_factors: env.is_on(&setting::SECOND_FACTORS)?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.method() == Method::POST {
            return self.act(&request).await;
        }
        match request.path() {
            PATH => self.show(&request).await,
            DATA => self.download(&request).await,
            TRAIL => self.happened(&request).await,
            page => self.confirm(&request, page).await,
        }
    }
}

impl Account {
    /// Whose session acts; or where they go first: nobody is signed in, or they must show a second factor.
    pub(crate) async fn acting(&self, request: &Request) -> Result<Result<Person, Response>> {
        let Some(person) = self.seen(request.session(), request).await? else {
            return Ok(Err(Response::see_own(SIGN_IN)));
        };
        Ok(match self.first(request, &person).await? {
            Some(place) => Err(Response::see_own(&place)),
            None => Ok(person),
        })
    }

    /// Where they go first who must show a second factor.
    pub(crate) async fn first(&self, request: &Request, person: &Person) -> Result<Option<String>> {
        Ok(self.step_up.first(&self.table, person, FIRST_PARTY, PATH, request.now).await?)
    }

    /// Whose session this cookie opens.
    ///
    /// Two BatchGetItems.
    pub(crate) async fn seen(&self, cookie: Option<Secret>, request: &Request) -> Result<Option<Person>> {
        match cookie.as_ref().and_then(SessionCookie::parse) {
            Some(cookie) => Ok(Person::seen(&self.table, cookie, request.now).await?),
            None => Ok(None),
        }
    }
}

/// With `no-referrer`, a browser sends `Origin: null` with the forms, and that is a stranger's (#27).
pub(crate) fn own_page(request: &Request, title: &str, content: &Markup) -> Response {
    request.look().page(title, content).header(header::REFERRER_POLICY, "same-origin")
}
