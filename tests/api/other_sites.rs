//! What other sites can make a browser do: nothing that counts.

use latchkey::mount::{FUNCTIONS, Mount};
use serde_json::{Value, json};
use tests::{Agent, World, stub::Stub};
use web::{Guard, Route};

/// A person who is signed in, as whom the page shows them.
async fn victim(world: &World, stub: &Stub) -> Agent {
    let browser = world.browser();
    let claims = json!({ "sub": "victim", "name": "The Victim", "email": "victim@example.com" });
    stub.sign_in(&browser, claims, world.now()).await.expect(303);
    browser
}

/// A request that a page of others sends is refused, however the browser says that it is.
pub(crate) async fn are_refused(program: &Agent, path: &str, body: &Value) {
    for (header, value) in [
        ("origin", "https://app.example.com"),
        ("origin", "https://evil.example.com"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = program.request("POST", path).header("content-type", "application/json");
        let answer = program.send(request.header(header, value).body(body.to_string())).await;
        assert_eq!(answer.status, 403, "{path} {header}: {value}: {answer:?}");
        assert_eq!(answer.cookies(), Vec::<&str>::new(), "{path} {header}: {value}");
    }
}

async fn is_themselves(browser: &Agent) {
    let page = browser.get("/").await.expect(200).body;
    assert!(page.contains("The Victim"), "{page}");
    browser.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn an_attackers_callback_address_does_nothing_in_a_victims_browser() {
    // #25
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let victim = victim(&world, &stub).await;
    let attacker = world.browser();
    let url = attacker.start("/users/login").await;
    let back = stub.agree(&url, json!({ "sub": "attacker", "name": "The Attacker" }), world.now());
    // Signed in, with a login of their own under way, and by a program in their name.
    victim.get(&back).await.expect(400);
    is_themselves(&victim).await;
    let own = victim.start("/users/login").await;
    victim.get(&back).await.expect(400);
    victim.as_program().get(&back).await.expect(400);
    is_themselves(&victim).await;
    assert_eq!(stub.hits("token"), 1, "the victim's own");
    // Their own login was not damaged by it.
    let own = stub.agree(&own, json!({ "sub": "victim", "name": "The Victim" }), world.now());
    victim.get(&own).await.expect(303);
    is_themselves(&victim).await;
}

#[tokio::test]
async fn a_planted_session_is_not_the_one_in_which_its_victim_signs_in() {
    // #33: it stays what it was, the attacker's, beside the victim's.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let attacker = world.browser();
    let claims = json!({ "sub": "attacker", "name": "The attacker", "email": "a@example.com" });
    stub.sign_in(&attacker, claims, world.now()).await.expect(303);
    let planted = attacker.cookie("__Host-session").unwrap();
    let browser = world.browser();
    browser.set_cookie("__Host-session", &planted);
    let claims = json!({ "sub": "victim", "name": "The Victim", "email": "victim@example.com" });
    stub.sign_in(&browser, claims, world.now()).await.expect(303);
    assert_ne!(browser.cookie("__Host-session").unwrap(), planted);
    is_themselves(&browser).await;
    assert!(attacker.get("/").await.expect(200).body.contains("attacker"));
    // One button ends both.
    browser.form("/users/logout", &[]).await.expect(303);
    attacker.post("/users/token").await.expect(401);
}

/// The functions that every installation has. What others have is tested where it is.
fn usual() -> impl Iterator<Item = &'static Mount> {
    FUNCTIONS.iter().filter(|mount| mount.only_with.is_none())
}

/// Public routes that are posted to and look at no cookie: there, another site's page is one more stranger.
const WITHOUT_COOKIES: [&str; 2] = ["POST /oauth/userinfo", "POST /users/verify"];

/// Those of a client, which proves by itself who it is.
const OF_CLIENTS: [&str; 5] = [
    "POST /oauth/device",
    "POST /oauth/introspect",
    "POST /oauth/par",
    "POST /oauth/revoke",
    "POST /oauth/token",
];

/// Those that another site's form may reach: they do nothing but make the browser ask again by GET.
const ASKED_AGAIN: [&str; 2] = ["POST /oauth/authorize", "POST /oauth/logout"];

/// The public routes that are more than a look; a login's end has a guard of its own, the state.
fn posted() -> impl Iterator<Item = &'static Route> {
    let routes = usual().flat_map(|mount| mount.routes);
    routes.filter(|r| r.method != "GET" && !r.guard.needs_token() && !r.path.ends_with("/callback"))
}

/// Those that act for the person whose cookie comes along.
fn changing() -> impl Iterator<Item = &'static Route> {
    let others = |key: String| [&WITHOUT_COOKIES[..], &ASKED_AGAIN, &OF_CLIENTS].concat().contains(&&*key);
    posted().filter(move |route| !others(route.key()))
}

fn is_page_of(other: &Route, route: &Route) -> bool {
    other.path == route.path && other.method == "GET"
}

#[tokio::test]
async fn the_api_ignores_cookies() {
    // #27
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let victim = victim(&world, &stub).await;
    for route in posted().filter(|route| WITHOUT_COOKIES.contains(&route.key().as_str())) {
        let with = victim.send(victim.request(route.method, route.path)).await;
        let without = world.program().send(world.program().request(route.method, route.path)).await;
        assert_eq!((with.status, &with.body, with.cookies()), (without.status, &without.body, vec![]));
        assert_eq!(with.status, 401, "{}", route.key());
    }
}

#[tokio::test]
async fn state_changing_requests_come_from_our_own_pages_only() {
    // #27, #28, #30
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let victim = victim(&world, &stub).await;
    assert!(changing().count() >= 2);
    for route in changing() {
        assert_eq!(route.guard, Guard::OwnPages, "{}: nothing else keeps strangers out", route.key());
        for (name, value) in [
            ("origin", "https://evil.example.com"),
            ("origin", "null"),
            ("origin", ""),
            ("origin", "http://localhost"),
            ("origin", &world.cloud.url.replace("http", "https")),
            ("origin", &format!("{}.evil.example.com", world.cloud.url)),
            ("origin", &format!("{0}, {0}", world.cloud.url)),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none, cross-site"),
            ("sec-fetch-site", "x"),
        ] {
            let answer = victim.send(victim.request(route.method, route.path).header(name, value)).await;
            assert_eq!(answer.status, 403, "{} {name}: {value}: {answer:?}", route.key());
        }
        for kind in
            ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded-x", ""]
        {
            let request = victim.request(route.method, route.path).header("content-type", kind).body("{}");
            let answer = victim.send(request).await;
            assert_eq!(answer.status, 415, "{} {kind}: {answer:?}", route.key());
        }
        // Under a policy against referrers a stranger's page says no more than ours.
        for site in ["cross-site", "same-site", "none"] {
            let request = victim.request(route.method, route.path).header("origin", "null");
            let answer = victim.send(request.header("sec-fetch-site", site)).await;
            assert_eq!(answer.status, 403, "{} {site}: {answer:?}", route.key());
        }
        // An image, a link, a script: whatever only gets. Some paths have a page of their own, which changes nothing either.
        let answer = victim.get(route.path).await;
        let has_page = usual().flat_map(|mount| mount.routes).any(|other| is_page_of(other, route));
        // At some others a program with a token finds somebody of that name: a browser has none.
        let is_name = |other: &&Route| other.method == "GET" && other.captures(route.path).is_some();
        let guarded = usual().flat_map(|mount| mount.routes).any(|it| it.guard.needs_token() && is_name(&it));
        let status = match (has_page, guarded) {
            // The console has nothing for somebody who looks after nobody.
            (true, _) if route.path == "/admin" => 403,
            (true, _) => 200,
            (false, true) => 401,
            (false, false) => 404,
        };
        assert_eq!(answer.status, status, "{}: {answer:?}", route.key());
        is_themselves(&victim).await;
    }
}

#[tokio::test]
async fn no_other_origin_reads_our_answers() {
    // #30
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let victim = victim(&world, &stub).await;
    let routes: Vec<_> = usual().flat_map(|mount| mount.routes).collect();
    for route in routes {
        let path = route.path.replace("{provider}", "evil");
        for origin in ["https://evil.example.com", "null", "http://localhost:1", &world.cloud.url] {
            for method in [route.method, "OPTIONS"] {
                let request = victim.as_program().request(method, &path).header("origin", origin);
                let request = request
                    .header("access-control-request-method", "POST")
                    .header("access-control-request-headers", "authorization");
                let answer = victim.send(request).await;
                for name in [
                    "access-control-allow-origin",
                    "access-control-allow-credentials",
                    "access-control-allow-headers",
                    "access-control-allow-methods",
                ] {
                    assert_eq!(answer.header(name), "", "{method} {path} from {origin}");
                }
            }
        }
        // The last one was our own page's: a new session is no part of this test.
        stub.sign_in(&victim, json!({ "sub": "victim", "name": "The Victim" }), world.now())
            .await
            .expect(303);
    }
}

#[tokio::test]
async fn the_newest_of_many_tabs_finish_in_any_order() {
    // #36: five, or as many as fit where they go far.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    for (length, newest) in [(1, &[9, 11, 7, 10, 8][..]), (480, &[10, 9, 11])] {
        let browser = world.browser();
        let mut backs = Vec::new();
        for tab in 0..12 {
            let url = browser.start(&format!("/users/login?return_to=/{tab}{}", "x".repeat(length))).await;
            backs.push(stub.agree(&url, json!({}), world.now()));
            world.pass(1);
        }
        for tab in newest {
            let answer = browser.get(&backs[*tab]).await.expect(303);
            assert!(answer.location().starts_with(&format!("/{tab}x")), "{answer:?}");
        }
        for back in &backs[..12 - newest.len()] {
            browser.get(back).await.expect(400);
        }
        browser.post("/users/token").await.expect(200);
    }
}
