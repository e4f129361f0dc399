//! Who gets in where: every route that is mounted, with every kind of credential there is.

use std::collections::BTreeMap;

use latchkey::mount::FUNCTIONS;
use tests::{Agent, World};
use web::{Guard, Route};

/// Everybody who may are in front of a door.
struct Crowd {
    world: World,
    stranger: Agent,
    /// An admin's browser, whose cookie is no credential for the API.
    browser: Agent,
    tokens: BTreeMap<&'static str, String>,
}

impl Crowd {
    async fn gather() -> Self {
        let (world, other) = (World::start().await, World::start().await);
        let browser = world.browser();
        browser.sign_in("ada").await.expect(303);
        let admin = world.program().token("ada").await;
        let (header, rest) = admin.split_once('.').unwrap();
        let tokens = BTreeMap::from([
            ("member", world.program().token("alan").await),
            ("foreign", other.program().token("ada").await),
            ("unsigned", format!("{header}.{}.", rest.split('.').next().unwrap())),
            ("cookie", browser.cookie("__Host-session").unwrap()),
            ("garbage", "garbage".to_owned()),
            ("admin", admin),
        ]);
        Self { stranger: world.program(), browser, tokens, world }
    }

    /// The status of a route for a bearer of this.
    async fn status(&self, route: &Route, token: &str) -> u16 {
        let request = self.stranger.request(route.method, route.path).bearer_auth(&self.tokens[token]);
        self.world.program().send(request).await.status
    }
}

/// What a token may do, as the settings have it.
fn may(token: &str, guard: Guard) -> bool {
    match (token, guard) {
        (_, Guard::Public | Guard::OwnPages) | ("admin" | "member", Guard::SignedIn) => true,
        ("admin" | "member", Guard::Scope(scope)) => scopes(token).any(|held| held == scope),
        _ => false,
    }
}

/// The scopes of a role, from the words of the setting.
fn scopes(role: &str) -> impl Iterator<Item = &'static str> {
    let roles = user::settings::ROLES.default.unwrap().split(';');
    let of = roles.filter_map(|role| role.trim().split_once('=')).find(|(name, _)| *name == role);
    of.unwrap().1.split_whitespace()
}

fn routes() -> impl Iterator<Item = &'static Route> {
    FUNCTIONS.iter().flat_map(|mount| mount.routes)
}

#[tokio::test]
async fn a_guarded_route_refuses_everybody_without_its_scope() {
    // #81: the guard that a route declares is the one that holds.
    let crowd = Crowd::gather().await;
    let guarded: Vec<_> = routes().filter(|route| route.guard.needs_token()).collect();
    assert!(guarded.len() >= 2);
    for route in guarded {
        let key = route.key();
        let without = crowd.stranger.send(crowd.stranger.request(route.method, route.path)).await;
        assert_eq!(without.expect(401).body, r#"{"message":"Unauthorized"}"#, "{key}");
        for asked in route.by_method() {
            let without = crowd.stranger.send(crowd.stranger.request(asked.method, asked.path)).await;
            assert_eq!(without.status, 401, "{}", asked.key());
        }
        let cookie = crowd.browser.send(crowd.browser.request(route.method, route.path)).await;
        assert_eq!(cookie.status, 401, "{key}: a session opens no API");
        for token in crowd.tokens.keys() {
            let status = crowd.status(route, token).await;
            for asked in route.by_method() {
                assert_eq!(crowd.status(&asked, token).await, status, "{} for {token}", asked.key());
            }
            if may(token, route.guard) {
                assert!(![401, 403].contains(&status), "{key} for {token}: {status}");
            } else {
                assert_eq!(status, 403, "{key} for {token}");
            }
        }
    }
}

#[tokio::test]
async fn public_routes_are_these_and_a_token_changes_nothing_there() {
    // #80, #81: a new public route is a decision, and is written down beside this test; `cargo run -- new --public` does so.
    let public: Vec<_> = routes().filter(|route| !route.guard.needs_token()).map(Route::key).collect();
    let known: Vec<_> = include_str!("public.txt").lines().collect();
    for key in &public {
        assert!(known.contains(&key.as_str()), "{key} is public: is it meant to be?");
    }
    let crowd = Crowd::gather().await;
    // It makes a difference only where a token is itself what is asked about.
    let about_tokens = ["/users/verify", "/oauth/userinfo"];
    let others = |route: &&Route| !route.guard.needs_token() && !about_tokens.contains(&route.path);
    // What not every installation has is not there in this one.
    let off: Vec<_> = FUNCTIONS
        .iter()
        .filter(|it| it.only_with.is_some())
        .flat_map(|it| it.routes)
        .map(Route::key)
        .collect();
    for route in routes().filter(others).filter(|route| !off.contains(&route.key())) {
        let path = route.path.replace("{provider}", "google");
        let plain = crowd.stranger.send(crowd.stranger.request(route.method, &path)).await;
        let bearer = crowd.stranger.request(route.method, &path).bearer_auth(&crowd.tokens["admin"]);
        assert_eq!(crowd.world.program().send(bearer).await.status, plain.status, "{}", route.key());
    }
}

#[tokio::test]
async fn nobody_sees_more_of_another_than_the_list_shows() {
    // #81, #82: a member sees themselves, whatever they ask for.
    let crowd = Crowd::gather().await;
    let member = &crowd.tokens["member"];
    let own = crowd.stranger.bearer("/users/me", member).await.expect(200).json();
    for query in ["?id=1", "?sub=1", "?user=ada", "?limit=5"] {
        let asked = crowd.stranger.bearer(&format!("/users/me{query}"), member).await;
        assert!(asked.status == 400 || asked.json() == own, "{asked:?}");
    }
    for path in [format!("/users/{}", own["id"].as_str().unwrap()), "/users/1".to_owned()] {
        crowd.stranger.bearer(&path, member).await.expect(403);
    }
}
