//! `POST /webhooks/{source}`: shops and others who sell say what somebody bought, and what was refunded.
//!
//! The order is the point: the body is bounded, then verified, and only then read (#90, #105). Whoever is not the source learns nothing,
//! not even whether there is such a source.

use audit::Trail;
use http::StatusCode;
use oauth::{Code, Error};
use seal::Sealer;
use serde_json::json;
use setting::{Env, Permissions, Setting, Settings, WEBHOOKS};
use store::Table;
use user::{
    Rights, purchase,
    rights::{self, Held},
};
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};
use webhook::{Arrived, Delivery, LONGEST, Received, Receiver, WEBHOOK_KEY};

/// The function.
pub struct Webhooks {
    receiver: Receiver,
    rights: Held,
    table: Table,
}

impl Function for Webhooks {
    const NAME: &'static str = "webhooks";
    const ROUTES: &'static [Route] = &[
        Route::post("/webhooks/{source}", Guard::Public),
        // For senders that cannot sign: the secret is in the path.
        Route::post("/webhooks/{source}/{key}", Guard::Public),
    ];
    const PERMISSIONS: &'static [Permissions] =
        &[webhook::RECEIVE, purchase::APPLY, rights::READ, audit::WRITE];
    const SETTINGS: Settings =
        &[&[&WEBHOOKS, &WEBHOOK_KEY], Table::SETTINGS, Rights::SETTINGS, Trail::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Api;
    const ONLY_WITH: Option<&'static Setting> = Some(&WEBHOOKS);

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let (table, sealer) = (Table::from_env(env).await?, Sealer::of(env, &WEBHOOK_KEY)?);
        let receiver = Receiver::new(table.clone(), sealer, Trail::from_env(env)?);
        Ok(Self { receiver, rights: Held::from_env(env)?, table })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let body = request.body();
        if body.len() > LONGEST {
            return Err(Error::invalid_request("the body is larger than 128 KiB").with_status(413).into());
        }
        let header = |name: &str| request.header(name);
        let delivery = Delivery { header: &header, key: request.segment("key"), body, now: request.now };
        let source = request.segment("source").unwrap_or_default();
        let arrived = Arrived { source, delivery, visit: request.visit() };
        let (source, verified) = self.receiver.verify(&arrived).await.map_err(refused)?;
        let rights = self.rights.current(&self.table, request.now).await?;
        let received = self.receiver.receive(&source, &verified, &arrived, &rights).await;
        answer(&received.map_err(refused)?)
    }
}

/// What the sender reads. Anything but a 2xx is sent again.
fn answer(received: &Received) -> Result<Response> {
    let (status, result) = match received {
        Received::Done(end) => (StatusCode::OK, end.as_str()),
        Received::Repeated => (StatusCode::OK, "repeated"),
        Received::Ignored => (StatusCode::OK, "ignored"),
        Received::Kept("body" | "order" | "address") => (StatusCode::BAD_REQUEST, "kept"),
        Received::Kept(_) => (StatusCode::OK, "kept"),
    };
    let why = if let Received::Kept(why) = received { Some(*why) } else { None };
    Ok(Response::json(&json!({"result": result, "why": why}))?.status(status))
}

/// One answer, whatever is not right about a delivery.
fn refused(error: webhook::Error) -> web::Error {
    match error {
        webhook::Error::Unverified(_) => {
            Error::new(Code::AccessDenied, "this is no delivery of this source").with_status(401).into()
        }
        failed => failed.into(),
    }
}
