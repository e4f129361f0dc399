//! Code that panics: anyone who asked gets an answer, and the log gets the place, not the words.

use oauth::Time;
use serde_json::{Value, json};
use setting::{Clock, Env, Permissions, Settings};
use web::{ErrorFormat, EventFunction, Function, Guard, Request, Response, Result, Route};

use crate::{sink::Sink, spellings::Secrets};

/// Panics with what it was sent.
struct Clumsy;

impl Function for Clumsy {
    const NAME: &'static str = "clumsy";
    const ROUTES: &'static [Route] = &[Route::get("/", Guard::Public)];
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    async fn init(_: &Env) -> Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let sent = request.cookie("__Host-session").unwrap_or_default();
        match sent {
            "" => Ok(Response::json(&json!({}))?),
            _ => panic!("cannot read {sent}\r\nand a second line"),
        }
    }
}

/// The same for what AWS itself sends.
struct ClumsyEvent;

impl EventFunction for ClumsyEvent {
    const NAME: &'static str = "clumsy-event";
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[];

    async fn init(_: &Env) -> Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, event: &Value, _: Time) -> Result<Value> {
        panic!("cannot read {event}")
    }
}

fn event(id: &str, cookie: &str) -> Value {
    json!({
        "rawPath": "/", "requestContext": { "requestId": id, "http": { "method": "GET" } },
        "headers": { "accept": "text/html" }, "cookies": [format!("__Host-session={cookie}")],
    })
}

#[tokio::test]
async fn a_panic_logs_its_source_location_and_nothing_of_the_request() {
    // #103, #108
    let (sink, secret) = (Sink::open(), "canary-of-a-panic-0123456789".to_owned());
    let clock = Clock::from_fn(|| Time::from_epoch(0));
    let answer = web::invoke(&Clumsy, &clock.clone().into(), &event("panic-1", &secret)).await;
    assert_eq!(answer["statusCode"], 500);
    assert!(answer["body"].as_str().unwrap().contains("panic-1"), "{answer}");
    assert!(web::invoke_event(&ClumsyEvent, &clock, &event("panic-2", &secret)).await.is_err());

    for id in ["panic-1", "panic-2"] {
        let lines = sink.about(id);
        let line = lines.iter().find(|line| line["message"] == "panicked").expect("a line about the panic");
        assert!(line["place"].as_str().unwrap().contains("panics.rs:"), "{line}");
        assert_eq!(line["level"], "ERROR");
    }
    let fault = sink.about("panic-1").into_iter().find(|line| line["status"] == 500);
    assert_eq!(fault.expect("a line about the fault")["cause"], "the handler panicked");
    let secrets = Secrets::new([&secret]);
    assert_eq!(secrets.found(&sink.text()), []);
    assert_eq!(secrets.found(&answer.to_string()), []);

    // And the next one is answered.
    assert_eq!(web::invoke(&Clumsy, &clock.clone().into(), &event("panic-3", "")).await["statusCode"], 200);
}
