//! `GET` and `POST /users/login/{provider}/callback`: the browser is back from the provider.
//!
//! The order is the point: the sealed cookie that belongs to `state`, its age, its provider, `iss`, an error answer, then the
//! claim that makes a login happen once, then one exchange (#6–#12). Whoever comes after the claim is a [`twin`].

use std::time::Duration;

use authenticate::{Answer, Login, Provider, Providers, Setup};
use http::{Method, StatusCode};
use oauth::{BaseUrl, Code, Error, Identity, Origins, Scope, Secret, Time};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Connection, Table};
use token::{Grant as Granted, Keys, Signer, session};
use tokio::time::timeout;
use user::{Rights, User};
use web::{
    Action, Cookie, Env, Face, Function, Grant, Guard, Request, Response, Result, Route, SealedCookies,
    Sealer, Settings, setting,
};

mod twin;

/// How long it may take to note that a login failed.
const NOTE_LIMIT: Duration = Duration::from_secs(1);

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
        Grant::on("LOGIN", &[Action::Get, Action::Put, Action::Update]),
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
        // The person who comes after it signs in.
        if request.is_prefetch() {
            return Ok(Response::not_ahead());
        }
        let provider =
            request.segment("provider").and_then(|name| self.providers.get(name)).ok_or_else(unknown)?;
        let Returned { state } = read(&request, provider)?;
        let forget = self.cookies.forget(&state);
        let login: Option<Login> = self.cookies.read(&request, &state, provider.name());
        let login = login.ok_or_else(|| web::Error::from(self.no_login(&request)).with_cookie(&forget))?;
        // Whoever only looks uses nothing up.
        if request.method() == Method::HEAD {
            return Ok(Response::empty(StatusCode::OK));
        }
        let arrival = Arrival { request: &request, provider, login: &login, forget: &forget };
        let answer = answer(&request, provider).map_err(|error| arrival.over(error))?;
        let introduced_as = answer.introduction(provider);
        match self.turn(&arrival, answer).await {
            Ok(Turn::First(code)) => self.first(&arrival, &code, introduced_as).await,
            Ok(Turn::Twin(used)) if !arrival.is_browsers() => Err(arrival.over(used)),
            Ok(Turn::Twin(_)) => self.twin(&arrival).await,
            // Nothing is decided: the login may be tried again.
            Err(fault @ authenticate::Error::Store(_)) => Err(fault.into()),
            Err(refused) => Err(arrival.over(refused)),
        }
    }
}

/// A browser that is back, or a program, with the sealed cookie of its login.
struct Arrival<'a> {
    request: &'a Request,
    provider: &'a Provider,
    login: &'a Login,
    /// What makes the browser forget this login.
    forget: &'a Cookie,
}

impl Arrival<'_> {
    fn now(&self) -> Time {
        self.request.now
    }

    /// Whether a person with a browser is there, now or at the start, who gets a session; or a program, which gets a token.
    fn is_browsers(&self) -> bool {
        self.request.wants_html() || self.login.is_browsers()
    }

    /// The login has come to nothing: its cookie goes, and the person may begin another one like it, with another account if
    /// this one may not come in.
    fn over(&self, error: impl Into<web::Error>) -> web::Error {
        let error = error.into();
        let denied = error.refusal().is_some_and(|refusal| refusal.code() == Code::AccessDenied);
        error.with_again(self.login.again(denied)).with_cookie(self.forget)
    }
}

/// Whose turn it is.
enum Turn {
    /// The first answer to its login, with this code.
    First(Secret),
    /// Another one, and what a program is told of that.
    Twin(authenticate::Error),
}

impl Callback {
    /// Judges the answer, and lets it claim its login. An answer without a code claims it too, and ends it.
    async fn turn(&self, at: &Arrival<'_>, answer: Answer) -> Result<Turn, authenticate::Error> {
        let judged = at.login.accept(at.provider, answer, at.now());
        let claimed = match &judged {
            Ok(_) => at.login.claim(&self.table, at.now()).await,
            Err(no @ authenticate::Error::NoCode(_)) => {
                at.login.claim_refused(&self.table, no, at.now()).await
            }
            Err(_) => Ok(()),
        };
        match claimed {
            Ok(()) => judged.map(Turn::First),
            Err(used @ authenticate::Error::Used(_)) => Ok(Turn::Twin(used)),
            Err(fault) => Err(fault),
        }
    }

    /// The one answer that is exchanged. If nobody comes in by it, its twins must not wait for it.
    async fn first(
        &self,
        at: &Arrival<'_>,
        code: &Secret,
        introduced_as: Option<String>,
    ) -> Result<Response> {
        let signed_in = self.sign_in(at, code, introduced_as).await;
        if let Err(error) = &signed_in {
            self.note(at, error).await;
        }
        signed_in.map_err(|error| at.over(error))
    }

    /// Notes that nobody came in. If that fails too, the twins find out by waiting: it is not worth much of this answer's time.
    async fn note(&self, at: &Arrival<'_>, error: &web::Error) {
        let noted = timeout(NOTE_LIMIT, at.login.failed(&self.table, error.refusal(), at.now())).await;
        if !matches!(noted, Ok(Ok(()))) {
            tracing::warn!("that a login failed could not be noted");
        }
    }

    async fn sign_in(
        &self,
        at: &Arrival<'_>,
        code: &Secret,
        introduced_as: Option<String>,
    ) -> Result<Response> {
        let identity = at.provider.finish(at.login, code, at.now()).await?;
        let identity = Identity { introduced_as, ..identity };
        let user = user::sign_in(&self.table, &self.rights, &identity, at.now()).await?;
        if at.is_browsers() { self.enter(at, &user).await } else { self.token(at, &user) }
    }

    /// The browser is given the session of this very login again, if it lives (#9, #25).
    async fn twin(&self, at: &Arrival<'_>) -> Result<Response> {
        match twin::outcome(&self.table, at.login, at.request).await? {
            twin::Outcome::SignedIn(session) => {
                let cookie = Cookie::session(&at.login.session_secret(), session.ends_at.since(at.now()));
                Ok(self.leave(at.login).cookie(&cookie))
            }
            twin::Outcome::Running => Ok(twin::wait(at.request, at.login)),
            twin::Outcome::Over(refusal) => Err(at.over(refusal)),
        }
    }

    /// A browser gets a new session, and its old one ends (#33): the one it has, or had when it set out.
    /// The login's cookie stays until it expires: if this answer does not arrive, its twin needs it.
    async fn enter(&self, at: &Arrival<'_>, user: &User) -> Result<Response> {
        if let Some(old) = at.request.session() {
            session::end(&self.table, &old, at.now()).await?;
        }
        if let Some(old) = at.login.old_session() {
            session::end_by_id(&self.table, old.as_str(), at.now()).await?;
        }
        let secret = at.login.session_secret();
        session::start(&self.table, &secret, &user.id, at.now()).await?;
        Ok(self.leave(at.login).cookie(&Cookie::session(&secret, session::ABSOLUTE)))
    }

    /// To where the person wanted to go, if that is still one of our places (#12, #22).
    fn leave(&self, login: &Login) -> Response {
        Response::see(&self.origins.check(login.return_to()))
    }

    /// A program gets a token and no session, once.
    fn token(&self, at: &Arrival<'_>, user: &User) -> Result<Response> {
        let scope = self.rights.scope(&user.roles);
        let token = self.signer.access_token(&granted(user, &scope), at.now())?;
        let response = Response::json(&Issued {
            message: "Authorization Success!",
            jwt: token.jwt.expose(),
            token_type: "Bearer",
            expires_in: token.expires_in,
            scope: &scope,
            user: user.profile(),
        })?;
        Ok(response.cookie(at.forget))
    }
}

impl Callback {
    /// Why there may be no cookie of this login. At an http address, which is on this machine, what comes back at another of
    /// its names, or by another site's form, has none.
    fn no_login(&self, request: &Request) -> Error {
        let text = "This sign-in was not started in this browser, or it took too long. Please start again here. A link that a \
                    program or somebody else gave you works only where it was started.";
        let base = self.origins.base();
        if base.is_https() {
            return Error::invalid_request(text);
        }
        let base = base.as_str();
        Error::invalid_request(if request.method() == Method::POST {
            format!(
                "{text} If you did start it here: this provider posts its answer from its own site, and browsers send the \
                 cookies of {base} along with that only where BASE_URL is an https address."
            )
        } else {
            format!(
                "{text} Open {base} and no other name or number of this machine, since each has cookies of its own, and look \
                 whether the browser is set to block cookies."
            )
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
    if request.method() != Method::POST {
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

fn unknown() -> Error {
    Error::invalid_request("there is no such provider here").with_status(404)
}
