//! `POST /oauth/par`: an app pushes its authorization request, and gets a `request_uri` for the browser (RFC 9126).

use audit::{Event, What};
use authorization::{Asked, LimitError, Parameters, Pushed};
use client::{Authenticator, Client, Presented};
use http::StatusCode;
use oauth::{
    Error,
    server::{self, ClientAuth},
};
use serde_json::json;
use setting::{Env, Permissions, Settings};
use store::Table;
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct Par {
    clients: Authenticator,
    table: Table,
}

impl Function for Par {
    const NAME: &'static str = "oauth-par";
    const ROUTES: &'static [Route] =
        &[Route::post(server::PAR, Guard::Public), Route::get(server::PAR, Guard::Public)];
    const PERMISSIONS: &'static [Permissions] =
        &[client::FIND, client::SPEND, client::FETCH_KEYS, authorization::PUSH, authorization::COUNT_WAITING];
    const SETTINGS: Settings = &[Authenticator::SETTINGS, Table::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Client;

    async fn init(env: &Env) -> Result<Self> {
        let table = Table::from_env(env).await?;
        Ok(Self { clients: Authenticator::from_env(env, server::PAR, &table)?, table })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        request.only_post()?;
        let presented = Presented::read(request.authorization(), &request.client_form()?.read()?)?;
        let client = client::find(&self.table, presented.client_id(), request.now).await?;
        let verified = self.clients.verify(&presented, client.as_ref(), request.now).await?;
        client::spend_assertion(&self.table, &verified, request.now).await?;
        let parameters = Parameters::of(request.parameters()?).of_client(&verified.client_id);
        self.check(&parameters, client)?;
        if verified.method == ClientAuth::None {
            // Anybody can say that they are this client.
            authorization::count_waiting(&self.table, &verified.client_id, &request.network(), request.now)
                .await
                .map_err(|error| locked_out(error, &verified.client_id, &request))?;
        }
        let uri =
            Pushed::store(&self.table, &verified.client_id, &parameters, Pushed::TO_USE, request.now).await?;
        let answer = json!({"request_uri": uri, "expires_in": Pushed::TO_USE.as_secs()});
        Ok(Response::json(&answer)?.status(StatusCode::CREATED))
    }
}

/// Too many at once, or a fault.
fn locked_out(error: LimitError, client_id: &str, request: &Request) -> web::Error {
    let error = web::Error::from(error);
    let event = Event::new(What::Lockout, &request.visit()).client(client_id).way("par");
    match error.refusal() {
        Some(refusal) => {
            let line = event.line_for(Some(refusal));
            error.logged_by(line)
        }
        None => error,
    }
}

impl Par {
    /// Everything that does not depend on the person is checked now (RFC 9126 §2.1), and again when the request is used.
    fn check(&self, parameters: &Parameters, client: Option<Client>) -> Result<(), Error> {
        if parameters.text("request_uri")?.is_some() {
            return Err(Error::invalid_request("a pushed request cannot have a request_uri"));
        }
        let asked = Asked::new(parameters.clone(), None).for_client(client);
        let asked = asked.and_then(|asked| asked.with_redirect_uri(self.clients.issuer()));
        let checked = asked.map_err(|shown| shown.refusal().clone())?.check();
        checked.map(drop).map_err(|returned| returned.error().clone())
    }
}
