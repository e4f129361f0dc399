//! `GET` and `POST /oauth/authorize`: an app asks for a code (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2), and
//! `POST /oauth/authorize/decision`: what the person says on our page.
//!
//! What is checked, and in which order, is in the crate `authorization`. Here the request is read, its people are looked up, and
//! the outcome becomes an answer.

use authorization::{AuthorizationRequest, Decision, Next, Parameters, Returned, Shown};
use client::Client;
use http::{Method, StatusCode};
use oauth::{BaseUrl, server};
use person::{Person, StepUp};
use setting::{Env, Permissions, Settings};
use store::Table;
use token::Verifier;
use web::{Brand, ErrorFormat, Function, Guard, Look, Request, Response, Result, Route, Sealer, page};

use self::{
    arrival::Arrival,
    there::{There, Wanted},
};

mod accounts;
mod arrival;
mod decision;
mod page_of;
mod sign_in;
mod there;

/// Where our own page posts what the person says.
const DECISION: &str = "/oauth/authorize/decision";

/// The function.
pub struct Authorize {
    base: BaseUrl,
    sealer: Sealer,
    verifier: Verifier,
    table: Table,
    step_up: StepUp,
    /// Whether apps are told when a session ends.
    tells_apps: bool,
}

impl Function for Authorize {
    const NAME: &'static str = "oauth-authorize";
    const ROUTES: &'static [Route] = &[
        Route::get(server::AUTHORIZE, Guard::Public),
        Route::post(server::AUTHORIZE, Guard::Public),
        Route::post(DECISION, Guard::OwnPages),
        Route::get(page::FORM_POST_SCRIPT, Guard::Public),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        client::READ,
        person::READ_ALONG,
        session::READ,
        session::TOUCH,
        user::FIND,
        user::READ,
        session::code::ISSUE,
        session::code::NOTE.only_with(&setting::BACKCHANNEL_LOGOUT),
        authorization::FIND_AGREEMENT,
        authorization::ADD_CONSENT,
        authorization::PUSH,
        authorization::COUNT_WAITING,
        authorization::FIND_PUSHED,
        authorization::SPEND_PUSHED,
    ];
    const SETTINGS: Settings = &[
        Verifier::SETTINGS,
        Table::SETTINGS,
        StepUp::SETTINGS,
        Sealer::SETTINGS,
        &[&setting::BACKCHANNEL_LOGOUT],
        Brand::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;
    const IN_POPUPS: bool = true;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        Ok(Self {
            base: env.parsed(&setting::BASE_URL)?,
            sealer: Sealer::from_env(env)?,
            verifier: Verifier::from_env(env)?,
            table: Table::from_env(env).await?,
            step_up: StepUp::from_env(env)?,
            tells_apps: setting::backchannel_logout(env)?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        // A code is issued to somebody who waits for it.
        if request.is_prefetch() {
            return Ok(Response::no_prefetch());
        }
        match (request.method(), request.path()) {
            (_, page::FORM_POST_SCRIPT) => {
                Ok(Response::of("text/javascript; charset=utf-8", include_str!("form_post.js")))
            }
            (&Method::HEAD, _) => self.looked_at(&request).await,
            (&Method::POST, DECISION) => self.decide(&request).await,
            (&Method::POST, _) => self.posted(&request).await,
            _ => {
                let arrival = self.arrive(&request).await?;
                self.answer(&request, &arrival).await
            }
        }
    }
}

impl Authorize {
    /// A request that another site posted: it came without the session's cookie, which is `SameSite=Lax`, so the browser asks
    /// again by GET. What cannot be written down again cannot be answered any better then.
    async fn posted(&self, request: &Request) -> Result<Response> {
        let parameters = Parameters::of(request.parameters()?);
        let encoded = parameters.encode();
        let arrival = Arrival::first(parameters);
        if arrival.is_flawed() {
            return self.answer(request, &arrival).await;
        }
        if encoded.len() <= arrival::LONGEST_QUERY {
            return Ok(Response::see_own(&format!("{}?{encoded}", server::AUTHORIZE)));
        }
        let there = self.look_up(request, &arrival, Wanted::Acting).await?;
        match self.check(&arrival, there.client)? {
            Ok(checked) => {
                let path = self.stored(&arrival, &checked.client().id, request).await?;
                Ok(Response::see_own(&path))
            }
            Err(returned) => Ok(Response::to_client(&returned.response(), &arrival.look(request))),
        }
    }

    /// A request that only looks gets no code, and nobody is sent anywhere.
    async fn looked_at(&self, request: &Request) -> Result<Response> {
        let arrival = self.arrive(request).await?;
        let there = self.look_up(request, &arrival, Wanted::Acting).await?;
        match self.check(&arrival, there.client)? {
            Ok(_) => Ok(Response::empty(StatusCode::OK)),
            Err(returned) => Ok(Response::to_client(&returned.response(), &arrival.look(request))),
        }
    }

    /// Answers a request for the person who is there.
    async fn answer(&self, request: &Request, arrival: &Arrival) -> Result<Response> {
        let there = self.look_up(request, arrival, arrival.wanted()).await?;
        self.proceed(request, arrival, there, None).await
    }

    /// The same with what the person said on our page, if it was shown.
    async fn proceed(
        &self,
        request: &Request,
        arrival: &Arrival,
        mut there: There,
        decision: Option<Decision>,
    ) -> Result<Response> {
        let look = arrival.look(request);
        let checked = match self.check(arrival, there.client.take())? {
            Ok(checked) => checked,
            Err(returned) => return Ok(Response::to_client(&returned.response(), &look)),
        };
        let hint = match self.hint(&checked) {
            Ok(hint) => hint,
            Err(returned) => return Ok(Response::to_client(&returned.response(), &look)),
        };
        let at = At { request, arrival, checked: &checked, look };
        let person = self.select(&at, &there, hint.as_ref()).await?;
        if decision.is_none()
            && must_choose(&checked, person.as_ref())
            && let Some(page) = self.choose(&at, &there).await?
        {
            return Ok(page);
        }
        let agreement = self.agreement(&at, person.as_ref()).await?;
        let factor = self.factor(&at, &there, person.as_ref());
        match (self.next(&at, person.as_ref(), hint.as_ref(), decision, factor, &agreement), person) {
            (Err(returned), _) => Ok(Response::to_client(&returned.response(), &at.look)),
            (Ok(Next::SignIn(why)), person) => self.sign_in(&at, why, person.as_ref()).await,
            (Ok(Next::StepUp), Some(person)) => self.step_up(&at, &person).await,
            (Ok(Next::Ask(question)), Some(person)) => self.ask(&at, question, &person, &agreement).await,
            (Ok(Next::Issue), Some(person)) => self.issue(&at, &person, decision, &agreement).await,
            (Ok(Next::StepUp | Next::Ask(_) | Next::Issue), None) => {
                Err("a question or a code for nobody".into())
            }
        }
    }

    /// Everything that does not depend on the person.
    fn check(
        &self,
        arrival: &Arrival,
        client: Option<Client>,
    ) -> Result<Result<AuthorizationRequest, Returned>, Shown> {
        Ok(arrival.asked().for_client(client)?.with_redirect_uri(self.base.as_str())?.check())
    }
}

/// Whether to ask which account it is to be: because the client wants that, or because nobody acts here who may, and somebody else
/// is signed in.
fn must_choose(checked: &AuthorizationRequest, person: Option<&Person>) -> bool {
    checked.must_choose(person.map(|person| &person.session)) || (person.is_none() && !checked.is_silent())
}

/// One request on its way to an answer.
struct At<'a> {
    request: &'a Request,
    arrival: &'a Arrival,
    checked: &'a AuthorizationRequest,
    look: Look,
}
