//! One event in, one answer out, whatever happens in between.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use http::StatusCode;
use oauth::{BaseUrl, Sentence};
use serde_json::Value;
use setting::{Clock, Env, SettingError};
use tracing::Instrument;

use crate::{
    Brand, CookieMode, Error, EventFunction, Function, Guard, Request, Response, Result, base_path::BasePath,
    error::Reader, event, event::Answer, page, response, settings::BASE_PATH,
};

/// What is between a gateway and any function: the clock, where we live, where the gateway has put the function's
/// paths, and how cookies are set.
#[derive(Debug, Clone)]
pub struct Edge {
    clock: Clock,
    /// Known wherever a guard compares it.
    base: Option<BaseUrl>,
    base_path: BasePath,
    cookies: CookieMode,
    /// How its pages look.
    brand: Arc<Brand>,
}

impl Edge {
    /// The edge in front of a function, as the settings say.
    pub fn new<F: Function>(env: &Env) -> Result<Self, SettingError> {
        let compared = F::ROUTES.iter().any(|route| route.guard == Guard::OwnPages);
        let base_path = if env.declares(&BASE_PATH) { env.get(&BASE_PATH)? } else { None };
        let base_path = base_path.map(|path| BasePath::parse(&path)).transpose()?;
        Ok(Self {
            clock: env.clock.clone(),
            base: if compared { Some(env.parsed(&setting::BASE_URL)?) } else { None },
            base_path: base_path.unwrap_or_default(),
            cookies: CookieMode::from_env(env)?,
            brand: Arc::new(Brand::from_env(env)?),
        })
    }

    /// The same with cookies of this kind, whatever the settings say: so the local cloud can be tried with those that ship.
    #[must_use]
    pub fn with_cookies(self, cookies: CookieMode) -> Self {
        Self { cookies, ..self }
    }
}

impl From<Clock> for Edge {
    /// With the cookies of whatever is deployed.
    fn from(clock: Clock) -> Self {
        Self {
            clock,
            base: None,
            base_path: BasePath::default(),
            cookies: CookieMode::Host,
            brand: Arc::default(),
        }
    }
}

/// Lets `function` answer an HTTP event. It never fails: an error, and even a panic, becomes an answer (#108).
pub async fn invoke<F: Function>(function: &F, edge: &Edge, event: &Value) -> Value {
    serde_json::to_value(respond(function, edge, event).await).unwrap_or_default()
}

/// The same as what is sent to the gateway is written from.
pub(crate) async fn respond<F: Function>(function: &F, edge: &Edge, event: &Value) -> Answer {
    let id = event::id(event);
    // Of the highest level, so that it is there, and names the request, whatever else is not to be logged.
    let span = tracing::error_span!("request", function = F::NAME, id);
    let answer = AssertUnwindSafe(answer(function, edge, event).instrument(span)).catch_unwind().await;
    let mut response = answer.unwrap_or_else(|_| {
        // Where it panicked is in the log already: see `log`.
        let reader = Reader::of_event(event, &edge.brand);
        Error::from("the handler panicked").render(F::errors_at(event::path(event)), &reader)
    });
    if event::is_head(event) {
        response.cut_to_head();
    }
    response.set_cookies(edge.cookies);
    if F::IN_POPUPS {
        response::leave_opener(&mut response.headers);
    }
    Answer::new(response, event)
}

async fn answer<F: Function>(function: &F, edge: &Edge, event: &Value) -> Response {
    let errors = F::errors_at(event::path(event));
    let read = event::read(event, &edge.base_path, edge.clock.now());
    let mut request = match read {
        Ok(request) => Request { cookie_mode: edge.cookies, brand: edge.brand.clone(), ..request },
        Err(refusal) => {
            return Error::from(refusal).render(errors, &Reader::of_error(errors, event, &edge.brand));
        }
    };
    if let Err(error) = enter(function, edge, &mut request).await {
        return request.refuse(error, errors);
    }
    // Boxed, so that the type of one handler's future does not grow through everything around it.
    match Box::pin(function.handle(request)).await {
        Ok(response) => {
            tracing::info!(status = response.status.as_u16(), "answered");
            response
        }
        Err(error) => error.render(errors, &Reader::of_error(errors, event, &edge.brand)),
    }
}

/// What a front door of our own answers in place of a function, to a browser: a page in the look of the others, from which
/// one goes on at `again` or else to sign in. Nothing for a program, which reads what the gateway says. With
/// no sentence for people, `detail` says it.
pub fn refusal(
    event: &Value,
    status: StatusCode,
    sentence: Option<Sentence>,
    detail: &str,
    again: Option<&str>,
) -> Option<Value> {
    let reader = Reader::of_event(event, &Arc::default());
    reader.wants_html.then(|| {
        let again = again.unwrap_or(page::SIGN_IN);
        let refused = page::Refused { status, sentence, detail, more: None, request_id: &reader.id, again };
        let page = page::error(&reader.look, &refused).status(status);
        serde_json::to_value(Answer::new(page, event)).unwrap_or_default()
    })
}

/// Finds the route and lets the caller in, or not. The word of the gateway's authorizer counts; only where there is none, the
/// function itself may verify the token.
async fn enter<F: Function>(function: &F, edge: &Edge, request: &mut Request) -> Result<()> {
    let guard = request.find(F::ROUTES)?;
    if let Some(token) = request.unasked(guard) {
        let caller = function.verify(token, request.now).await?;
        request.authorized = caller.map(|caller| caller.as_through_context());
    }
    Ok(request.admit(guard, edge.base.as_ref())?)
}

/// Lets `function` answer an event of AWS's own. An error is logged here, and the invoker reads `failed`, unless the error
/// is a [`Failure`]: that one's text is the answer, exactly (#77).
pub async fn invoke_event<F: EventFunction>(
    function: &F,
    clock: &Clock,
    event: &Value,
) -> Result<Value, &'static str> {
    const FAILED: &str = "failed";
    let span = tracing::error_span!("event", function = F::NAME, id = event::id(event));
    let work = async {
        Box::pin(function.handle(event, clock.now())).await.map_err(|error| match error.find::<Failure>() {
            Some(Failure(text)) => *text,
            None => {
                tracing::error!(cause = error.causes(), "{FAILED}");
                FAILED
            }
        })
    };
    AssertUnwindSafe(work.instrument(span)).catch_unwind().await.unwrap_or(Err(FAILED))
}

/// The failure of an [`EventFunction`] as its invoker is to read it, exactly: a REST API makes a 401 of the text
/// `Unauthorized` and a 500 of any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure(pub &'static str);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{ErrorFormat, Route};
    use setting::{Permissions, Settings};

    /// Panics on one path and answers on the other.
    struct Moody;

    impl Function for Moody {
        const NAME: &'static str = "moody";
        const ROUTES: &'static [Route] = &[
            Route::get("/panic", Guard::Public),
            Route::get("/fine", Guard::Public),
            Route::get("/inside", Guard::Scope("a:b")),
            Route::post("/inside", Guard::Scope("a:b")),
            Route::put("/inside", Guard::Scope("a:b")),
            Route::patch("/inside", Guard::Scope("a:b")),
            Route::delete("/inside", Guard::Scope("a:b")),
            Route::post("/ours", Guard::OwnPages),
        ];
        const PERMISSIONS: &'static [Permissions] = &[];
        const SETTINGS: Settings = &[];
        const ERRORS: ErrorFormat = ErrorFormat::Api;

        async fn init(_: &Env) -> Result<Self> {
            Ok(Self)
        }

        async fn handle(&self, request: Request) -> Result<Response> {
            assert!(request.path() != "/panic", "an internal word");
            Response::json(&json!({"caller": request.caller().map(|caller| caller.subject.clone()).ok()}))
        }
    }

    fn event(path: &str) -> Value {
        json!({"rawPath": path, "requestContext": {"http": {"method": "GET"}, "requestId": "r-1"}})
    }

    async fn ask(event: &Value) -> (u64, String) {
        let answer = invoke(&Moody, &Clock::from_fn(|| oauth::Time::from_epoch(100)).into(), event).await;
        (answer["statusCode"].as_u64().unwrap(), answer["body"].as_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn a_panic_is_a_500_and_the_next_request_works() {
        // #108
        let (status, body) = ask(&event("/panic")).await;
        assert_eq!(status, 500);
        assert!(body.contains("r-1") && !body.contains("internal word"), "{body}");
        assert_eq!(ask(&event("/fine")).await.0, 200);
    }

    #[tokio::test]
    async fn a_guarded_route_never_runs_without_the_authorizers_word() {
        // #80, #81
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
            let mut inside = event("/inside");
            inside["requestContext"]["http"]["method"] = json!(method);
            assert_eq!(ask(&inside).await.0, 401, "{method}");
            for (context, status) in [
                (json!({"sub": "u", "client_id": "c", "exp": "101", "scope": "x a:b"}), 200),
                (json!({"sub": "u", "client_id": "c", "exp": "101", "scope": "a"}), 403),
                (json!({"sub": "u", "client_id": "c", "exp": "101", "scope": "a:bc aa:b a:b:c"}), 403),
                (json!({"sub": "u", "client_id": "c", "exp": "101", "scope": ""}), 403),
                (json!({"sub": "u", "client_id": "c", "exp": "100", "scope": "a:b"}), 401),
                (json!("a:b"), 401),
            ] {
                inside["requestContext"]["authorizer"] = json!({"lambda": context});
                assert_eq!(ask(&inside).await.0, status, "{inside}");
            }
        }
    }

    #[tokio::test]
    async fn a_strangers_page_never_reaches_a_handler_that_is_for_our_own() {
        // #27, #28: and where nobody knows where we live, nobody does.
        let edge = |base: Option<&str>| Edge {
            base: base.map(|base| BaseUrl::parse(base).unwrap()),
            ..Clock::from_fn(|| oauth::Time::from_epoch(100)).into()
        };
        let ours = "https://id.example.com";
        for (base, headers, status) in [
            (Some(ours), json!({}), 200),
            (Some(ours), json!({"origin": ours}), 200),
            (Some(ours), json!({"origin": "null", "sec-fetch-site": "same-origin"}), 200),
            (Some(ours), json!({"origin": "https://evil.example.com"}), 403),
            (Some(ours), json!({"sec-fetch-site": "cross-site"}), 403),
            (Some(ours), json!({"sec-fetch-site": "same-site", "origin": ours}), 403),
            (None, json!({}), 403),
            (None, json!({"sec-fetch-site": "same-origin"}), 403),
        ] {
            let mut event = event("/ours");
            event["requestContext"]["http"]["method"] = json!("POST");
            event["headers"] = headers;
            let answer = invoke(&Moody, &edge(base), &event).await;
            assert_eq!(answer["statusCode"], status, "{base:?} {event}");
        }
    }

    #[tokio::test]
    async fn head_is_get_without_a_body() {
        // #80, #81; RFC 9110 §9.3.2
        let clock = Clock::from_fn(|| oauth::Time::from_epoch(100)).into();
        for path in ["/fine", "/inside", "/nothing", "/panic"] {
            let mut event = event(path);
            let get = invoke(&Moody, &clock, &event).await;
            event["requestContext"]["http"]["method"] = json!("HEAD");
            let mut head = invoke(&Moody, &clock, &event).await;
            assert_eq!((&head["statusCode"], &head["body"]), (&get["statusCode"], &json!("")), "{path}");
            let length = head["headers"].as_object_mut().unwrap().remove("content-length");
            let body = get["body"].as_str().unwrap().len().to_string();
            assert_eq!(length, Some(json!(body)), "{path}");
            assert_eq!(head["headers"], get["headers"], "{path}");
        }
    }

    /// Fails as its test wants.
    struct Gate;

    impl EventFunction for Gate {
        const NAME: &'static str = "gate";
        const PERMISSIONS: &'static [Permissions] = &[];
        const SETTINGS: Settings = &[];

        async fn init(_: &Env) -> Result<Self> {
            Ok(Self)
        }

        async fn handle(&self, event: &Value, _: oauth::Time) -> Result<Value> {
            match event.as_str() {
                Some("say") => Err(Failure("Unauthorized").into()),
                Some("fault") => Err("an internal word".into()),
                Some("panic") => panic!("an internal word"),
                _ => Ok(json!("fine")),
            }
        }
    }

    #[tokio::test]
    async fn only_a_fixed_error_text_is_sent_to_the_invoker() {
        // #77, #78
        let clock = Clock::from_fn(|| oauth::Time::from_epoch(100));
        for (event, answer) in [
            ("say", Err("Unauthorized")),
            ("fault", Err("failed")),
            ("panic", Err("failed")),
            ("", Ok(json!("fine"))),
        ] {
            assert_eq!(invoke_event(&Gate, &clock, &json!(event)).await, answer, "{event}");
        }
        // What Lambda is sent of it.
        let said = serde_json::to_value(lambda_runtime::Diagnostic::from("Unauthorized")).unwrap();
        assert_eq!(said["errorMessage"], "Unauthorized");
    }

    #[tokio::test]
    async fn every_event_gets_an_answer() {
        for broken in
            [json!(null), json!({}), json!([]), json!({"requestContext": null}), json!({"rawPath": 1})]
        {
            assert_eq!(ask(&broken).await.0, 400, "{broken}");
        }
        assert_eq!(ask(&event("/nothing")).await.0, 404);
        let mut post = event("/fine");
        post["requestContext"]["http"]["method"] = json!("POST");
        assert_eq!(ask(&post).await.0, 405);
    }
}
