//! Everything that we or a provider hand out, in every place but its own: it is nothing there.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use tests::{Agent, Replica, World, stub::Stub};

/// What somebody holds who has signed in, and has a second login under way.
struct Pockets {
    world: World,
    stub: Stub,
    things: Vec<(&'static str, String)>,
    /// The login under way: its cookie's name, and the address it ends at.
    login: String,
    back: String,
}

impl Pockets {
    async fn fill() -> Self {
        let stub = Stub::start().await;
        let mut settings = stub.settings();
        settings.push(("ADMINS", "eve@example.com"));
        let world = World::with(&settings).await;
        let (browser, program) = (world.browser(), world.program());
        stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
        let other = json!({ "sub": "other", "email": "other@example.com" });
        stub.sign_in(&program, other, world.now()).await.expect(200);
        let token = browser.post("/users/token").await.expect(200).json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        let cursor = program.bearer("/users?limit=1", &token).await.expect(200).json()["next"]
            .as_str()
            .unwrap()
            .to_owned();
        let window = world.browser();
        let url = window.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now());
        let login = window.cookie_names().remove(0);
        let of = |name: &str| {
            url::Url::parse(&back).unwrap().query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned()
        };
        let cookie = window.cookie(&login).unwrap();
        let things = vec![
            ("access token", token),
            ("ID token", stub.id_tokens().remove(0)),
            ("session", browser.cookie("__Host-session").unwrap()),
            ("cursor", cursor),
            ("sealed login", cookie.split_once('.').unwrap().1.to_owned()),
            ("login cookie", cookie),
            ("code", of("code")),
            ("state", of("state")),
        ];
        Self { world, stub, things, login, back }
    }

    fn but(&self, own: &'static str) -> impl Iterator<Item = &(&'static str, String)> {
        self.things.iter().filter(move |(what, _)| *what != own)
    }
}

#[tokio::test]
async fn nothing_else_is_an_access_token() {
    // #56, #66
    let pockets = Pockets::fill().await;
    for (what, thing) in pockets.but("access token") {
        let answer = pockets.world.program().bearer("/users/me", thing).await;
        assert_eq!(answer.status, 403, "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn nothing_else_is_a_session() {
    // #32, #56
    let pockets = Pockets::fill().await;
    for (what, thing) in pockets.but("session") {
        let browser = pockets.world.browser();
        browser.set_cookie("__Host-session", thing);
        let answer = browser.post("/users/token").await;
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn nothing_else_is_a_cursor() {
    // #32, #83
    let pockets = Pockets::fill().await;
    let (_, token) = &pockets.things[0];
    for (what, thing) in pockets.but("cursor") {
        let answer = pockets.world.program().bearer(&format!("/users?cursor={thing}"), token).await;
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn nothing_else_is_the_cookie_of_a_login_its_state_or_its_code() {
    // #6, #32, #56
    let pockets = Pockets::fill().await;
    let get = async |agent: &Agent, url: &str| agent.get(url).await.status;
    let of = |what: &str| pockets.things.iter().find(|(name, _)| *name == what).unwrap().1.clone();
    let before = pockets.stub.hits("token");
    for (what, thing) in pockets.but("login cookie") {
        let browser = pockets.world.browser();
        for value in [thing.clone(), format!("{}.{thing}", pockets.world.now().epoch())] {
            if value != of("login cookie") {
                browser.set_cookie(&pockets.login, &value);
                assert_eq!(get(&browser, &pockets.back).await, 400, "{what}");
            }
        }
    }
    for (what, thing) in pockets.but("state") {
        let browser = pockets.world.browser();
        browser.set_cookie(&pockets.login, &of("login cookie"));
        assert_eq!(get(&browser, &pockets.back.replace(&of("state"), thing)).await, 400, "{what}");
    }
    assert_eq!(pockets.stub.hits("token"), before);
    // As a code they go to the provider, which knows none of them; and with the first, the login is over.
    let browser = pockets.world.browser();
    browser.set_cookie(&pockets.login, &of("login cookie"));
    assert_eq!(get(&browser, &pockets.back.replace(&of("code"), &of("session"))).await, 400);
    browser.set_cookie(&pockets.login, &of("login cookie"));
    assert_eq!(get(&browser, &pockets.back).await, 400);
    assert_eq!(pockets.stub.hits("token"), before + 1);
}

#[tokio::test]
async fn a_cookie_key_can_be_replaced_while_cookies_are_in_use() {
    // #32, #106
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let old = world.cloud.settings["COOKIE_KEY"].clone();
    let new = URL_SAFE_NO_PAD
        .encode(oauth::Secret::random().digest().as_str().as_bytes().first_chunk::<32>().unwrap());
    let both = Replica::of(&world, &[("COOKIE_KEY", &format!("{new},{old}"))]).await;
    let only = Replica::of(&world, &[("COOKIE_KEY", &new)]).await;
    for (repeated, status) in [(&both, 303), (&only, 400)] {
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        browser.get(&repeated.here(&stub.agree(&url, json!({}), world.now()))).await.expect(status);
    }
    // What was sealed with the new one is read where both are known.
    let browser = world.browser();
    let start = browser.get(&only.here("/users/login")).await.expect(303);
    browser.get(&both.here(&stub.agree(start.location(), json!({}), world.now()))).await.expect(303);
}
