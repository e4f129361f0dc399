//! HEAD, and those who load a page before anybody wants it: monitors, mail scanners, previews, a browser that looks ahead. Nothing
//! is spent on them, so the person who comes after them signs in.

use http::HeaderMap;
use latchkey::mount::FUNCTIONS;
use serde_json::json;
use tests::{Agent, Answer, World, database::Wire, stub::Stub};

/// The head of an answer without what is new in each one.
fn shape(answer: &Answer) -> (u16, HeaderMap) {
    let mut headers = answer.headers.clone();
    for fresh in ["apigw-requestid", "date", "set-cookie", "content-length"] {
        headers.remove(fresh);
    }
    if let Some(location) = headers.remove("location") {
        let place = location.to_str().unwrap().split('?').next().unwrap().to_owned();
        headers.insert("location", place.parse().unwrap());
    }
    (answer.status, headers)
}

async fn ask(agent: &Agent, method: &str, path: &str) -> Answer {
    agent.send(agent.request(method, path)).await
}

#[tokio::test]
async fn every_route_of_get_answers_head_and_sends_no_body() {
    // #80; RFC 9110 §9.3.2
    let world = World::start().await;
    let usual = FUNCTIONS.iter().filter(|mount| mount.only_with.is_none());
    let routes = usual.flat_map(|mount| mount.routes).filter(|route| route.method == "GET");
    for route in routes {
        let path = tests::filled(route.path);
        for agent in [world.browser(), world.program()] {
            let get = ask(&agent, "GET", &path).await;
            agent.clear();
            let head = ask(&agent, "HEAD", &path).await;
            assert_eq!(shape(&head), shape(&get), "{path}");
            assert_eq!((head.body.as_str(), head.cookies()), ("", vec![]), "{path}");
            assert_ne!(head.status, 404, "{path}");
            let length = head.header("content-length");
            assert!(length.is_empty() || length != "0" || get.body.is_empty(), "{path}: {head:?}");
        }
        // Where a token opens GET, it opens HEAD, and nothing else does.
        if route.guard.needs_token() {
            let token = world.program().token("ada").await;
            let bearer = |method| world.program().request(method, &path).bearer_auth(&token);
            // Nobody is called like a provider.
            let status = if route.path.contains('{') { 404 } else { 200 };
            let get = world.program().send(bearer("GET")).await.expect(status);
            let head = world.program().send(bearer("HEAD")).await.expect(status);
            assert_eq!((shape(&head), head.body.as_str()), (shape(&get), ""), "{path}");
            let bad = world.program().request("HEAD", &path).bearer_auth("nonsense");
            world.program().send(bad).await.expect(403);
        }
    }
    // What is there for POST alone is not there for HEAD.
    for path in ["/oauth/nothing", "/nothing"] {
        assert_eq!(ask(&world.program(), "HEAD", path).await.expect(404).body, "");
    }
}

/// What says that nobody waits for the answer yet.
const AHEAD: [(&str, &str); 9] = [
    ("sec-purpose", "prefetch"),
    ("sec-purpose", "prefetch;prerender"),
    ("sec-purpose", "prefetch;anonymous-client-ip"),
    ("sec-purpose", "Prefetch ; prerender"),
    ("purpose", "prefetch"),
    ("purpose", "preview"),
    ("x-purpose", "preview"),
    ("x-moz", "prefetch"),
    ("sec-purpose", "x, prefetch"),
];

#[tokio::test]
async fn a_prefetch_uses_nothing_up_and_the_person_signs_in() {
    // #9, #36, #105
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", wire.endpoint.as_str()));
    let world = World::with(&settings).await;
    let looks = || {
        let ahead = AHEAD.map(|(name, value)| ("GET", Some((name, value))));
        ahead.into_iter().chain([("HEAD", None), ("HEAD", Some(AHEAD[0]))])
    };
    for look in looks() {
        let browser = world.browser();
        let ask = async |path: &str| {
            let (method, header) = look;
            let request = browser.request(method, path);
            let request =
                header.into_iter().fold(request, |request, (name, value)| request.header(name, value));
            let answer = browser.send(request).await;
            assert_eq!(answer.cookies(), Vec::<&str>::new(), "{look:?} {path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{look:?} {path}");
            assert_eq!(answer.body, "", "{look:?} {path}");
            assert_eq!(answer.status == 503, header.is_some(), "{look:?} {path}: {answer:?}");
            answer
        };
        ask("/users/login").await;
        ask(&format!("/users/login/{}", world.cloud.providers[0].name)).await;
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now());
        let hits = stub.hits("token");
        wire.calls();
        for _ in 0..3 {
            ask(&back).await;
        }
        // Nor does what comes without its cookie, or is broken, forget anything.
        ask(&format!("{back}&error=access_denied")).await;
        assert!(wire.calls().is_empty(), "{look:?}");
        assert_eq!(stub.hits("token"), hits, "{look:?}");
        browser.get(&back).await.expect(303);
        browser.post("/users/token").await.expect(200);
    }
}

#[tokio::test]
async fn without_a_prefetch_the_person_signs_in_at_once() {
    // #9
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    for (name, value) in [
        ("sec-purpose", ""),
        ("sec-purpose", "navigate"),
        ("purpose", "x"),
        ("x-moz", "x"),
        ("prefetch", "prefetch"),
    ] {
        let browser = world.browser();
        let with = |path: &str| browser.request("GET", path).header(name, value);
        let start = browser.send(with("/users/login")).await.expect(303);
        let back = stub.agree(start.location(), json!({}), world.now());
        browser.send(with(&back)).await.expect(303);
    }
}
