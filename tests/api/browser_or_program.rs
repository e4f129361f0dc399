//! Who reads an answer: a person with a browser, by whatever it is known, or a program.

use reqwest::RequestBuilder;
use serde_json::json;
use tests::{Agent, Answer, World, stub::Stub};

type Headers = &'static [(&'static str, &'static str)];

/// Navigations: a browser's own, and what some proxies leave of them.
const NAVIGATIONS: &[Headers] = &[
    &[("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")],
    &[("accept", "*/*"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
    &[("accept", "*/*"), ("sec-fetch-mode", "navigate")],
    &[("accept", "*/*"), ("sec-fetch-dest", "document"), ("sec-fetch-site", "cross-site")],
    &[("accept", ""), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
    &[("accept", "application/json"), ("sec-fetch-mode", "navigate")],
];

/// Programs, with headers that make none of them a person.
const PROGRAMS: &[Headers] = &[
    &[("accept", "application/json")],
    &[("accept", "*/*")],
    &[("accept", "text/*, application/json")],
    &[("accept", "*/*"), ("x-sec-fetch-mode", "navigate"), ("sec-purpose", "prefetch-not")],
];

/// Scripts in a page, which are of a browser and read JSON.
const SCRIPTS: &[Headers] = &[
    &[("accept", "*/*"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
    &[("accept", "application/json"), ("sec-fetch-site", "same-origin")],
    &[("accept", "*/*"), ("sec-fetch-mode", "navigate-not"), ("sec-fetch-dest", "documents")],
];

fn with(agent: &Agent, method: &str, path: &str, headers: Headers) -> RequestBuilder {
    let (client, request) = agent.request(method, path).build_split();
    let mut request = request.unwrap();
    request.headers_mut().remove("accept");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    RequestBuilder::from_parts(client, request)
}

async fn get(agent: &Agent, path: &str, headers: Headers) -> Answer {
    agent.send(with(agent, "GET", path, headers)).await
}

/// Starts with some headers, comes back with others.
async fn sign_in(world: &World, stub: &Stub, start: Headers, back: Headers) -> (Agent, Answer) {
    let agent = world.program();
    let answer = get(&agent, "/users/login", start).await;
    let url = match answer.status {
        303 => answer.location().to_owned(),
        _ => answer.expect(200).json()["url"].as_str().unwrap().to_owned(),
    };
    let answer = get(&agent, &stub.agree(&url, json!({}), world.now()), back).await;
    (agent, answer)
}

#[tokio::test]
async fn a_navigation_never_ends_in_a_token_on_the_screen() {
    // #12, #31
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    for back in NAVIGATIONS {
        get(&world.program(), "/users/login", back).await.expect(303);
        for start in NAVIGATIONS.iter().chain(PROGRAMS).chain(SCRIPTS) {
            let (agent, answer) = sign_in(&world, &stub, start, back).await;
            assert_eq!((answer.status, answer.body.as_str()), (303, ""), "{start:?} {back:?}");
            assert!(agent.cookie("__Host-session").is_some(), "{start:?} {back:?}");
        }
        let refused = get(&world.program(), "/users/login/evil/callback?state=x", back).await.expect(400);
        assert!(refused.body.contains("Start again") && refused.body.contains("<!DOCTYPE"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_login_that_a_browser_began_ends_in_a_session() {
    // #12, #31: even where a proxy takes away all by which the browser could be known when it is back.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    for start in NAVIGATIONS.iter().chain(SCRIPTS) {
        for back in PROGRAMS.iter().chain(SCRIPTS) {
            let (agent, answer) = sign_in(&world, &stub, start, back).await;
            assert_eq!((answer.status, answer.body.as_str()), (303, ""), "{start:?} {back:?}");
            assert!(agent.cookie("__Host-session").is_some(), "{start:?} {back:?}");
        }
    }
    // A script gets the page's next address in JSON.
    for headers in SCRIPTS {
        let started = get(&world.program(), "/users/login", headers).await.expect(200).json();
        assert!(started["url"].is_string());
    }
}

#[tokio::test]
async fn a_program_gets_json_and_a_token_and_no_session() {
    // #31
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    for start in PROGRAMS {
        for back in PROGRAMS {
            let (agent, answer) = sign_in(&world, &stub, start, back).await;
            assert!(answer.expect(200).json()["jwt"].is_string(), "{start:?} {back:?}");
            assert_eq!(agent.cookie("__Host-session"), None, "{start:?} {back:?}");
        }
        let refused = get(&world.program(), "/users/login/evil/callback?state=x", start).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_request");
    }
}

#[tokio::test]
async fn looking_like_a_navigation_opens_nothing() {
    // #27, #28: such headers choose the form of an answer, and nothing else.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let victim = world.browser();
    stub.sign_in(&victim, json!({}), world.now()).await.expect(303);
    for headers in NAVIGATIONS.iter().chain(SCRIPTS) {
        for path in ["/users/logout", "/users/token"] {
            for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example.com")] {
                let (client, request) = with(&victim, "POST", path, headers).build_split();
                let mut request = request.unwrap();
                request.headers_mut().remove("sec-fetch-site");
                request.headers_mut().insert(name, value.parse().unwrap());
                victim.send(RequestBuilder::from_parts(client, request)).await.expect(403);
            }
        }
        get(&victim, "/users/me", headers).await.expect(401);
    }
    victim.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn a_program_is_told_that_the_url_needs_its_cookie() {
    // #25: a program's link, opened in a person's browser, ends there with a sentence.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let (program, person) = (world.program(), world.browser());
    let started = program.get("/users/login").await.expect(200).json();
    let note = started["note"].as_str().unwrap();
    assert!(note.contains("cookie of this answer") && note.contains("/users/login"), "{note}");
    let back = stub.agree(started["url"].as_str().unwrap(), json!({}), world.now());
    let page = person.get(&back).await.expect(400).body;
    assert!(page.contains("not started in this browser") && page.contains("a program"), "{page}");
    assert_eq!(stub.hits("token"), 0);
    program.get(&back).await.expect(200);
}
