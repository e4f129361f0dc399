//! Events that no gateway sends, straight into every function: an answer in 4xx or in the order of things, never a panic,
//! and nothing of the event in it.

use latchkey::mount::{FUNCTIONS, Mount, Running};
use serde_json::{Value, json};
use setting::{Clock, Env};
use tests::{World, database::Wire};

/// What is in events and in no answer.
const CANARY: &str = "canary-event";

async fn start(mount: &Mount, world: &World) -> Running {
    let now = world.now();
    let clock = Clock::from_fn(move || now);
    let env = Env::new(world.cloud.settings.clone(), clock, mount.settings);
    mount.start_with_cookies(env, world.cookies).await.unwrap()
}

/// A good event for a route: with every field that a gateway sends, and what a guarded route needs.
fn event(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": format!("{method} {path}"),
        "rawPath": path,
        "rawQueryString": "",
        "cookies": [format!("__Host-session={CANARY}")],
        "headers": {
            "accept": "application/json", "content-type": "application/x-www-form-urlencoded",
            "host": "evil.example.com", "x-forwarded-for": CANARY, "user-agent": CANARY,
        },
        "queryStringParameters": {},
        "pathParameters": {},
        "requestContext": {
            "accountId": "0", "apiId": "x", "domainName": "x", "requestId": "id-1", "routeKey": "x", "stage": "$default",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": CANARY },
            "authorizer": { "lambda": {
                "sub": "user-1", "client_id": "latchkey", "scope": "users:read get:profile", "exp": "1800000600", "sid": "s",
            } },
        },
        "body": "",
        "isBase64Encoded": false,
    })
}

/// Values that stand where others are expected.
fn odd() -> Vec<Value> {
    let text = |text: &str| Value::String(text.to_owned());
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e308),
        json!([]),
        json!([null, 5, {}, [CANARY]]),
        json!({}),
        json!({ CANARY: CANARY }),
        json!({ "": null, "\u{0}": [], "é": {} }),
        text(""),
        text(CANARY),
        text(&format!("<script>{CANARY}</script>\r\nx: y\u{0}\u{202e}%00%zz%ff")),
        text(&CANARY.repeat(20_000)),
        text("/../..//%2e%2e/\\"),
        text("@evil.example.com"),
        text("=;=;==&&&=%"),
        text("////8AAA==!!"),
    ]
}

/// The paths to every member of a JSON value, as JSON pointers.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    if let Value::Object(map) = value {
        for (name, inner) in map {
            let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            pointers(inner, &at, all);
            all.push(at);
        }
    }
}

/// Every event that differs from a good one in one place: by an odd value, or by having nothing there.
fn mutations(good: &Value) -> Vec<Value> {
    let mut places = Vec::new();
    pointers(good, "", &mut places);
    let mut all = odd();
    for place in &places {
        // The request's id is the gateway's own word, and whom to greet is the authorizer's: they are repeated.
        let ours = ["requestId", "/lambda/sub", "/lambda/name"].iter().any(|name| place.ends_with(name));
        for value in odd().into_iter().filter(|value| !(ours && value.is_string())) {
            let mut event = good.clone();
            *event.pointer_mut(place).unwrap() = value;
            all.push(event);
        }
        let (parent, name) = place.rsplit_once('/').unwrap();
        let mut event = good.clone();
        event.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        all.push(event);
    }
    for (body, encoded) in [
        ("%%%", true),
        ("a", true),
        ("=", true),
        ("AAAA", true),
        ("/////w==", true),
        ("{", false),
        ("a=%ff&a=1", false),
    ] {
        let mut event = good.clone();
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(encoded);
        all.push(event);
    }
    all
}

/// G1, G2, G3, G4 of one answer: no fault, no session, no longer than it must be, and nothing of what was sent.
fn check(answer: &Value, what: &str) {
    let status = answer["statusCode"].as_u64().unwrap_or_else(|| panic!("{what}: {answer}"));
    assert!((200..500).contains(&status), "{what}: {answer}");
    let body = answer["body"].as_str().unwrap();
    let sets_session = answer["cookies"].as_array().unwrap().iter().any(|c| {
        let cookie = c.as_str().unwrap();
        cookie.starts_with("__Host-session=") && !cookie.starts_with("__Host-session=;")
    });
    assert!(!sets_session, "{what}: {answer}");
    if status >= 400 {
        let repeats = body.contains(CANARY) || answer["headers"].to_string().contains(CANARY);
        assert!(!repeats, "{what}: {answer}");
        // A page brings its style sheet along; what it says is short.
        let said = body.split("</style>").last().unwrap();
        assert!(said.len() <= 2048 && body.len() <= 8 * 1024, "{what}: {} bytes: {answer}", body.len());
        assert_eq!(answer["headers"]["cache-control"], "no-store", "{what}: {answer}");
    }
}

#[tokio::test]
async fn the_host_of_an_event_has_no_effect() {
    // #2
    let world = World::with(&[]).await;
    for mount in FUNCTIONS {
        let running = start(mount, &world).await;
        for route in mount.routes {
            let mut event = event(route.method, &route.path.replace("{provider}", "google"));
            for name in ["host", "x-forwarded-host", "x-original-host", "origin-host"] {
                event["headers"][name] = json!("evil.example.com");
            }
            event["headers"]["forwarded"] = json!("host=evil.example.com;proto=http");
            event["requestContext"]["domainName"] = json!("evil.example.com");
            let answer = running.invoke(&event).await.unwrap().to_string();
            assert!(!answer.contains("evil"), "{}: {answer}", route.key());
        }
    }
}

#[tokio::test]
async fn no_event_causes_a_fault_or_is_repeated() {
    // G1, G2, G3, G4, #10, #78
    let world = World::with(&[("PROVIDERS", "google,gitlab")]).await;
    for mount in FUNCTIONS {
        let running = start(mount, &world).await;
        for route in mount.routes {
            let path = route.path.replace("{provider}", "google");
            for (at, mutation) in mutations(&event(route.method, &path)).iter().enumerate() {
                for accept in ["application/json", "text/html"] {
                    let mut event = mutation.clone();
                    if let Some(place) =
                        event.pointer_mut("/headers/accept").filter(|accept| accept.is_string())
                    {
                        *place = json!(accept);
                    }
                    let answer = running.invoke(&event).await.expect("a function never fails as a whole");
                    check(&answer, &format!("{} {accept} {at}", route.key()));
                }
            }
        }
    }
}

#[tokio::test]
async fn other_methods_never_act() {
    // #27: a function that is asked in a way it does not know asks nobody else and changes nothing.
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    for mount in FUNCTIONS {
        let running = start(mount, &world).await;
        wire.calls();
        for path in mount.routes.iter().map(|route| route.path) {
            let known = |method: &&str| mount.routes.iter().any(|it| it.path == path && it.method == *method);
            let others = ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "get", "X"];
            for method in others.into_iter().filter(|method| !known(method)) {
                let event = event(method, &tests::filled(path));
                let answer = running.invoke(&event).await.unwrap();
                assert_eq!(answer["statusCode"], 405, "{method} {path}: {answer}");
                assert_eq!(answer["cookies"], json!([]), "{method} {path}: {answer}");
            }
        }
        assert!(wire.calls().is_empty(), "{}", mount.name);
    }
}

#[tokio::test]
async fn garbage_causes_no_write_fetch_or_signature() {
    // #105: without a good cookie, a login's state or a token, nothing is written, and nothing is looked up but a session.
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    wire.calls();
    let (browser, program) = (world.browser(), world.program());
    for cookie in ["", "x", &"A".repeat(44), &"A".repeat(5000), "é"] {
        browser.set_cookie("__Host-session", cookie);
        browser.get("/").await.expect(200);
        browser.set_cookie("__Host-session", cookie);
        browser.post("/users/token").await.expect(401);
    }
    for state in ["", "x", &"A".repeat(43), &"A".repeat(4000)] {
        browser.clear();
        browser.set_cookie("__Host-login-AAAAAAAAA", state);
        browser.get(&format!("/users/login/google/callback?state={state}&code=x")).await.expect(400);
        program.bearer("/users", state).await;
    }
    let calls = wire.calls();
    assert!(calls.is_empty(), "{calls:?}");
}
