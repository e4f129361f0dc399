//! `GET` and `POST /users/login/{provider}/callback`: the browser is back from the provider.
//!
//! The order is the point: the sealed cookie that belongs to `state`, its age, its provider, `iss`, an error answer, then the
//! claim that makes a login happen once, then one exchange (#6–#12).

use authenticate::{Answer, Login, Provider, Providers, Setup};
use http::Method;
use oauth::{BaseUrl, Error, Identity, Origins, Scope};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Connection, Table};
use token::{Grant as Granted, Keys, Signer, session};
use user::{Rights, User};
use web::{
    Action, Cookie, Env, Face, Function, Grant, Guard, Request, Response, Result, Route, SealedCookies,
    Sealer, Settings, setting,
};

/// The function.
pub struct Callback {
    providers: Providers,
    cookies: SealedCookies,
    origins: Origins,
    rights: Rights,
    signer: Signer,
    table: Table,
}

impl Function for Callback {
    const NAME: &'static str = "users-login-callback";
    const ROUTES: &'static [Route] = &[
        Route::get("/users/login/{provider}/callback", Guard::Public),
        Route::post("/users/login/{provider}/callback", Guard::Public),
    ];
    const GRANTS: &'static [Grant] = &[
        Grant::on("CACHE", &[Action::Get, Action::Put]),
        Grant::on("LOGIN", &[Action::Put]),
        Grant::on("IDENTITY", &[Action::Get, Action::Put, Action::Update]),
        Grant::on("USER", &[Action::Put, Action::Update]),
        Grant::on("EMAIL", &[Action::Get, Action::Put, Action::Update, Action::Delete]),
        Grant::on("SESSION", &[Action::Get, Action::Put, Action::Update]),
    ];
    const SETTINGS: Settings = &[
        &[
            &setting::BASE_URL,
            &setting::AUDIENCE,
            &setting::TABLE,
            &setting::DYNAMODB_ENDPOINT,
            &setting::RETURN_TO,
        ],
        &[&setting::COOKIE_KEY, &setting::SIGNING_KEYS],
        &[&setting::ROLES, &setting::ADMINS, &setting::DEFAULT_ROLES],
        setting::PROVIDER,
        setting::PROVIDER_SECRETS,
    ];
    const FACE: Face = Face::Browser;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let base = env.base_url()?;
        let connection =
            Connection { table: env.text(&setting::TABLE)?, endpoint: env.get(&setting::DYNAMODB_ENDPOINT) };
        let table = Table::open(connection).await;
        let providers = Providers::load(Setup {
            names: &env.text(&setting::PROVIDERS)?,
            setting: &|name| env.named(name),
            base: &base,
            ca_pem: env.file(&setting::CA_FILE)?,
            table: table.clone(),
        })?;
        Ok(Self {
            providers,
            cookies: SealedCookies::new(
                Sealer::new(&env.secret(&setting::COOKIE_KEY)?)?,
                Login::COOKIE,
                Login::LIFETIME,
            ),
            rights: rights(env)?,
            signer: signer(env, &base)?,
            origins: Origins::new(base, &env.get(&setting::RETURN_TO).unwrap_or_default())?,
            table,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let provider =
            request.segment("provider").and_then(|name| self.providers.get(name)).ok_or_else(unknown)?;
        let Returned { state } = read(&request, provider)?;
        // Whatever comes of it, this login is over: its cookie goes.
        let cookie = self.cookies.forget(&state);
        let login: Option<Login> = self.cookies.read(&request, &state, provider.name());
        let signed_in = match login {
            Some(login) => self.finish(&request, provider, &login).await,
            None => Err(no_login().into()),
        };
        signed_in.map(|response| response.cookie(&cookie)).map_err(|error| error.with_cookie(&cookie))
    }
}

impl Callback {
    async fn finish(&self, request: &Request, provider: &Provider, login: &Login) -> Result<Response> {
        let answer = answer(request, provider)?;
        let introduced_as = answer.introduction(provider);
        let code = login.accept(provider, answer, request.now)?;
        login.claim(&self.table, request.now).await?;
        let identity = provider.finish(login, &code, request.now).await?;
        let identity = Identity { introduced_as, ..identity };
        let user = user::sign_in(&self.table, &self.rights, &identity, request.now).await?;
        if request.wants_html() {
            self.enter(request, login, &user).await
        } else {
            self.token(request, &user)
        }
    }

    /// A browser gets a new session, and its old one ends (#33): the one it has, or had when it set out.
    async fn enter(&self, request: &Request, login: &Login, user: &User) -> Result<Response> {
        if let Some(old) = request.session() {
            session::end(&self.table, &old, request.now).await?;
        }
        if let Some(old) = login.session() {
            session::end_by_id(&self.table, old.as_str(), request.now).await?;
        }
        let (secret, _) = session::start(&self.table, &user.id, request.now).await?;
        let cookie = Cookie::session(&secret, session::ABSOLUTE);
        Ok(Response::see(&self.origins.check(login.return_to())).cookie(&cookie))
    }

    /// A program gets a token and no session.
    fn token(&self, request: &Request, user: &User) -> Result<Response> {
        let scope = self.rights.scope(&user.roles);
        let token = self.signer.access_token(&granted(user, &scope), request.now)?;
        Response::json(&Issued {
            message: "Authorization Success!",
            jwt: token.jwt.expose(),
            token_type: "Bearer",
            expires_in: token.expires_in,
            scope: &scope,
            user: user.profile(),
        })
    }
}

/// What a program gets.
#[derive(Serialize)]
struct Issued<'a, U> {
    message: &'static str,
    jwt: &'a str,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    scope: &'a Scope,
    user: U,
}

fn granted<'a>(user: &'a User, scope: &'a Scope) -> Granted<'a> {
    Granted {
        subject: &user.id,
        client_id: token::FIRST_PARTY,
        scope,
        roles: &user.roles,
        session: None,
        name: user.name.as_deref(),
        email: user.verified_email(),
    }
}

/// By what the login is found.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Returned {
    state: String,
}

/// What Apple adds when somebody agrees for the first time.
#[derive(Default, Deserialize)]
struct Introduced {
    user: Option<String>,
}

/// What came back. Only what is read is judged: `user` where a provider posts it; and the text of an error, which may choose a
/// sentence of ours, is taken as it is (#4).
fn answer(request: &Request, provider: &Provider) -> Result<Answer, Error> {
    let Introduced { user } =
        if provider.answers_by_post() { read(request, provider)? } else { Introduced::default() };
    Ok(Answer { user, error_description: request.text("error_description"), ..read(request, provider)? })
}

/// Only a provider that answers by a form it posts may post.
fn read<T: DeserializeOwned>(request: &Request, provider: &Provider) -> Result<T, Error> {
    if request.method() == Method::GET {
        return request.query();
    }
    if provider.answers_by_post() {
        request.form()
    } else {
        Err(Error::invalid_request("this provider answers by GET").with_status(405))
    }
}

fn rights(env: &Env) -> Result<Rights> {
    let [roles, admins, defaults] = [&setting::ROLES, &setting::ADMINS, &setting::DEFAULT_ROLES]
        .map(|setting| env.get(setting).unwrap_or_default());
    Ok(Rights::parse(&roles, &admins, &defaults)?)
}

fn signer(env: &Env, base: &BaseUrl) -> Result<Signer> {
    Ok(Signer::new(base.as_str(), &env.audience()?, Keys::parse(&env.secret(&setting::SIGNING_KEYS)?)?))
}

fn no_login() -> Error {
    Error::invalid_request(
        "This sign-in was not started in this browser, or it took too long. Please start again.",
    )
}

fn unknown() -> Error {
    Error::invalid_request("there is no such provider here").with_status(404)
}
