//! Paths as gateways send them, and that none of them opens a guard. The shapes are those of the public captures and reports
//! whose addresses stand in tests/events/paths.json.

use oauth::Time;
use serde_json::{Value, json};
use setting::{Clock, Env, Permissions, Settings};
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};

use crate::{
    caller::mount,
    gate::{NOW, settings},
};

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../events/paths.json")).unwrap()
}

fn context(scope: &str) -> Value {
    json!({
        "iss": crate::gate::ISSUER, "sub": "u", "client_id": "c", "scope": scope, "name": "Ada",
        "exp": (NOW.epoch() + 60).to_string(),
    })
}

/// The event with what an authorizer said, in its place.
fn said(event: &Value, context: &Value) -> Value {
    let mut event = event.clone();
    let payload2 = event["requestContext"].get("http").is_some();
    event["requestContext"]["authorizer"] =
        if payload2 { json!({"lambda": context}) } else { context.clone() };
    event
}

#[tokio::test]
async fn a_guarded_function_answers_wherever_a_gateway_mounts_it() {
    // #79: and what is not its path is nobody's.
    let mount = mount("profile");
    for case in cases() {
        let mut values = settings();
        for (name, value) in case["settings"].as_object().unwrap() {
            values.insert(name.clone(), value.as_str().unwrap().to_owned());
        }
        let env = Env::new(values, Clock::from_fn(|| NOW), mount.settings);
        let function = mount.start(env).await.unwrap();
        let ask = async |event: &Value| function.invoke(event).await.unwrap()["statusCode"].as_u64().unwrap();
        let (what, event, found) = (&case["what"], &case["event"], case["status"] == 200);
        assert_eq!(ask(&said(event, &context("get:profile"))).await, case["status"], "{what}");
        // Its guard is the same everywhere.
        assert_eq!(ask(event).await, if found { 401 } else { 404 }, "{what}");
        assert_eq!(ask(&said(event, &context("users:read"))).await, if found { 403 } else { 404 }, "{what}");
    }
}

#[tokio::test]
async fn a_malformed_base_path_stops_the_start() {
    let mount = mount("profile");
    for bad in ["orders", "/", "/orders/", "/a//b", "/{proxy+}", "https://api.example.com/orders"] {
        let mut values = settings();
        values.insert("BASE_PATH".to_owned(), bad.to_owned());
        let error =
            mount.start(Env::new(values, Clock::from_fn(|| NOW), mount.settings)).await.err().unwrap();
        assert!(error.causes().starts_with("BASE_PATH"), "{bad}");
    }
}

/// A function with open routes beside guarded ones: it says which path it answered, and for whom.
struct House;

impl Function for House {
    const NAME: &'static str = "house";
    const ROUTES: &'static [Route] = &[
        Route::get("/open", Guard::Public),
        Route::get("/open/{name}", Guard::Public),
        Route::get("/inside", Guard::Scope("get:inside")),
        Route::get("/inside/{name}", Guard::Scope("get:inside")),
        Route::get("/inside/signed-in", Guard::SignedIn),
    ];
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(_: &Env) -> Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        Response::json(&json!({"path": request.path(), "caller": request.caller().is_ok()}))
    }
}

/// What the house answers to a gateway that has matched `route`, with `path` as the client sent it.
async fn ask(payload2: bool, route: &str, path: &str, value: &str, scope: Option<&str>) -> (u64, Value) {
    let values = json!({"name": value, "a": value, "b": "open", "proxy": value});
    let template = route.split_once(' ').map_or(route, |(_, template)| template);
    let event = if payload2 {
        json!({
            "version": "2.0", "routeKey": route, "rawPath": path, "pathParameters": values,
            "requestContext": {
                "apiId": "x", "domainName": "x.example.com", "stage": "open", "routeKey": route,
                "http": {"method": "GET", "path": path},
            },
        })
    } else {
        json!({
            "resource": template, "path": path, "httpMethod": "GET", "pathParameters": values,
            "requestContext": {"apiId": "x", "stage": "open", "resourcePath": template, "path": path},
        })
    };
    let event = scope.map_or_else(|| event.clone(), |scope| said(&event, &context(scope)));
    let answer = web::invoke(&House, &Clock::from_fn(|| NOW).into(), &event).await;
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    (answer["statusCode"].as_u64().unwrap(), body)
}

const MATCHED: [&str; 12] = [
    "GET /open",
    "GET /inside",
    "GET /open/{name}",
    "GET /inside/{name}",
    "GET /{a}",
    "GET /{a}/{b}",
    "GET /{b}/{a}",
    "ANY /{proxy+}",
    "ANY /open/{proxy+}",
    "ANY /inside/{proxy+}",
    "GET /elsewhere",
    "$default",
];

const SENT: [&str; 22] = [
    "/open",
    "/inside",
    "/open/",
    "/inside/",
    "//inside",
    "/open/x",
    "/inside/x",
    "/inside/signed-in",
    "/open/../inside",
    "/open/..%2finside",
    "/open%2f..%2finside",
    "/open;/inside",
    "/inside;x=1",
    "/inside%2fx",
    "/%69nside",
    "/INSIDE",
    "/open/inside",
    "/open/open/inside",
    "/inside?x",
    "/inside#x",
    "/open//inside",
    "/",
];

#[tokio::test]
async fn rule_79_whatever_the_path_the_guard_of_the_route_that_runs_is_enforced() {
    // #79, #80: the route that the gateway has matched, the path and the values that a client sends, in every combination. What
    // is inside is never reached without its scope, and what is open never takes its answer for one from inside.
    for payload2 in [true, false] {
        for route in MATCHED {
            for path in SENT {
                for value in [
                    "x",
                    "inside",
                    "open",
                    "inside/x",
                    "../inside",
                    "open/../inside",
                    "inside/",
                    "/inside",
                    "",
                ] {
                    let what = format!("{payload2} {route} {path} {value}");
                    let (status, body) = ask(payload2, route, path, value, None).await;
                    let inside =
                        |body: &Value| body["path"].as_str().is_some_and(|path| path.starts_with("/inside"));
                    assert!([200, 401, 404].contains(&status), "{what}: {status}");
                    assert!(status != 200 || !inside(&body), "{what}: {body}");
                    let (status, body) = ask(payload2, route, path, value, Some("get:open")).await;
                    let scoped = inside(&body) && body["path"] != "/inside/signed-in";
                    assert!(status != 200 || !scoped, "{what}: {body}");
                    let (status, body) = ask(payload2, route, path, value, Some("get:inside")).await;
                    assert!(status != 200 || inside(&body) == (body["caller"] == true), "{what}: {body}");
                }
            }
        }
    }
}

#[tokio::test]
async fn rule_79_the_matched_route_wins_over_the_clients_path() {
    // #79
    for payload2 in [true, false] {
        for (route, path, value, scope, status) in [
            // An open route that was matched runs as that one, and not as the one that the path looks like.
            ("GET /open", "/inside", "x", None, 200),
            ("GET /open/{name}", "/inside", "inside", None, 200),
            ("GET /open/{name}", "/inside/x", "../inside", None, 200),
            ("GET /inside", "/open", "x", None, 401),
            ("GET /inside", "/open", "x", Some("get:inside"), 200),
            // A greedy one leaves it to us.
            ("ANY /{proxy+}", "/open", "inside", None, 401),
            ("ANY /{proxy+}", "/open", "inside", Some("get:open"), 403),
            ("ANY /{proxy+}", "/open", "inside", Some("get:inside"), 200),
            ("ANY /{proxy+}", "/inside", "open", None, 200),
            ("ANY /{proxy+}", "/inside", "open/../inside", Some("get:inside"), 404),
            // A value is one segment, whatever slash was decoded in it, and no name of ours.
            ("GET /{a}", "/inside/x", "inside/x", Some("get:inside"), 404),
            ("GET /{a}", "/inside", "inside", Some("get:inside"), 404),
            ("GET /inside/{name}", "/inside/signed-in", "signed-in", Some("get:open"), 403),
            ("GET /inside/signed-in", "/inside/x", "x", Some("get:open"), 200),
            ("ANY /inside/{proxy+}", "/inside/x", "signed-in", Some("get:open"), 200),
            ("GET /elsewhere", "/inside", "x", Some("get:inside"), 404),
            ("GET /elsewhere", "/open", "x", None, 404),
        ] {
            let answer = ask(payload2, route, path, value, scope).await;
            assert_eq!(answer.0, status, "{payload2} {route} {path} {value}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_route_that_cannot_be_read_is_refused() {
    // #78, #79
    for route in [
        json!(null),
        json!(5),
        json!(""),
        json!("GET"),
        json!("GET inside"),
        json!("$connect"),
        json!(["GET /inside"]),
    ] {
        let event = json!({
            "routeKey": route, "rawPath": "/open",
            "requestContext": {"http": {"method": "GET"}, "authorizer": {"lambda": context("get:inside")}},
        });
        let answer = web::invoke(&House, &Clock::from_fn(|| Time::from_epoch(1)).into(), &event).await;
        assert_eq!(answer["statusCode"], 400, "{route}");
    }
}
