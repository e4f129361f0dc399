//! More than one answer to one login: a double click at the consent page, Back, Reload, and Back at the provider.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{
    Agent, Answer, World,
    database::{Fault, Wire},
    stub::{Mood, Stub},
};
use url::form_urlencoded;

const COOKIE: &str = "__Host-session";

/// A cloud, the provider `evil`, and the wire between the cloud and its table.
struct Scene {
    world: World,
    stub: Stub,
    wire: Wire,
}

impl Scene {
    async fn with(more: &[(&str, &str)]) -> Self {
        let (wire, stub) = (Wire::start().await, Stub::start().await);
        let mut settings = stub.settings();
        settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
        settings.extend_from_slice(more);
        let world = World::with(&settings).await;
        Self { world, stub, wire }
    }

    async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A browser at the provider.
    async fn login(&self) -> Login {
        let browser = self.world.browser();
        let url = browser.start("/users/login?return_to=/users/me%3Fa%3Db").await;
        let name = browser.cookie_names().remove(0);
        let (name, cookie) = (name.clone(), browser.cookie(&name).unwrap());
        Login { browser, url, name, cookie }
    }

    /// Somebody agrees, with what the ID token says beside the usual.
    fn agree(&self, login: &Login, claims: Value) -> String {
        self.stub.agree(&login.url, claims, self.world.now())
    }

    /// The same browser, to which no answer since the start has arrived.
    fn deaf(&self, login: &Login) -> Agent {
        let window = self.world.browser();
        window.set_cookie(&login.name, &login.cookie);
        window
    }

    /// Every row, for comparison.
    async fn rows(&self) -> Vec<String> {
        let rows = self.wire.rows("latchkey").await;
        let mut rows: Vec<_> = rows.iter().map(Value::to_string).collect();
        rows.sort();
        rows
    }
}

struct Login {
    browser: Agent,
    url: String,
    name: String,
    cookie: String,
}

impl Login {
    fn state(&self) -> String {
        let url = url::Url::parse(&self.url).unwrap();
        url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
    }

    /// Every way to answer this login: the same answer again, another code, an error, and no more than the state.
    fn answers(&self, scene: &Scene, back: &str) -> Vec<String> {
        let at = |rest: &str| format!("/users/login/evil/callback?state={}{rest}", self.state());
        vec![
            back.to_owned(),
            scene.agree(self, json!({"sub": "somebody-else"})),
            at("&code=made-up"),
            at("&error=access_denied&error_description=canary"),
            at("&error=temporarily_unavailable"),
            at(""),
        ]
    }
}

#[track_caller]
fn is_in(answer: &Answer, agent: &Agent, session: &str) {
    assert_eq!((answer.status, answer.location()), (303, "/users/me?a=b"), "{answer:?}");
    assert_eq!(agent.cookie(COOKIE).as_deref(), Some(session), "{answer:?}");
}

/// Nobody came in, and anyone who starts again keeps provider and way back.
#[track_caller]
fn is_out(answer: &Answer, status: u16, said: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(!answer.cookies().iter().any(|cookie| cookie.starts_with(COOKIE)), "{answer:?}");
    assert!(answer.body.contains(said), "{said}: {answer:?}");
    // Where an account may not come in, another one can be chosen.
    let choose = if status == 403 { "prompt=select_account&amp;" } else { "" };
    let again = format!("href=\"/users/login/evil?{choose}return_to=%2Fusers%2Fme%3Fa%3Db\"");
    assert!(answer.body.contains(&again), "{answer:?}");
    assert!(!answer.body.contains("canary"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_ends_signed_in() {
    // #9, #33: the browser gives up the first request, and its answer never arrives.
    let scene = Scene::start().await;
    scene.stub.delay("token", Duration::from_millis(700));
    let login = scene.login().await;
    let back = scene.agree(&login, json!({}));
    let (first, second) = (scene.deaf(&login), scene.deaf(&login));
    let begun = tokio::join!(first.get(&back), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        second.get(&back).await
    });
    let session = first.cookie(COOKIE).unwrap();
    is_in(&begun.0, &first, &session);
    is_in(&begun.1, &second, &session);
    second.post("/users/token").await.expect(200);
    assert_eq!(scene.stub.hits("token"), 1);
    assert_eq!(scene.wire.rows_of("SESSION").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_hangs_up_stops_nothing() {
    // #9: the first click's request is gone before the provider has answered.
    let scene = Scene::start().await;
    scene.stub.delay("token", Duration::from_millis(1000));
    let login = scene.login().await;
    let back = scene.agree(&login, json!({}));
    let first = scene.deaf(&login);
    let request = first.request("GET", &back).timeout(Duration::from_millis(300)).send().await;
    assert!(request.is_err_and(|error| error.is_timeout()));
    let second = scene.deaf(&login);
    let answer = second.get(&back).await;
    is_in(&answer, &second, &second.cookie(COOKIE).unwrap_or_default());
    second.post("/users/token").await.expect(200);
    assert_eq!(scene.stub.hits("token"), 1);
}

#[tokio::test]
async fn back_and_reload_lead_to_the_same_session_and_write_nothing() {
    // #9, #22, #33: at our address and at the provider's, which then sends another code for the same state.
    let scene = Scene::start().await;
    let login = scene.login().await;
    let back = scene.agree(&login, json!({}));
    login.browser.get(&back).await.expect(303);
    let session = login.browser.cookie(COOKIE).unwrap();
    let before = scene.rows().await;
    for answer in login.answers(&scene, &back) {
        // With the session's cookie, and where it never arrived.
        for browser in [login.browser.clone(), scene.deaf(&login)] {
            scene.wire.calls();
            is_in(&browser.get(&answer).await, &browser, &session);
            let calls: Vec<_> = scene.wire.calls().into_iter().map(|call| call.action).collect();
            assert_eq!(calls, ["PutItem", "GetItem"], "a claim that fails, and the session: {answer}");
        }
    }
    assert_eq!(scene.rows().await, before);
    assert_eq!(scene.stub.hits("token"), 1);
    // The cookie ends with the session, and not later.
    scene.world.pass(500);
    let window = scene.deaf(&login);
    let again = window.get(&back).await;
    assert!(again.cookies()[0].contains("Max-Age=42700;"), "{again:?}");
    // And nothing of it works once the login is over.
    scene.world.pass(101);
    scene.deaf(&login).get(&back).await.expect(400);
}

#[tokio::test]
async fn a_session_that_was_ended_stays_ended() {
    // #9, #34
    let scene = Scene::start().await;
    let login = scene.login().await;
    let back = scene.agree(&login, json!({}));
    login.browser.get(&back).await.expect(303);
    let session = login.browser.cookie(COOKIE).unwrap();
    login.browser.form("/users/logout", &[]).await.expect(303);
    let before = scene.rows().await;
    for answer in login.answers(&scene, &back) {
        for shown in [None, Some(&session)] {
            let browser = scene.deaf(&login);
            if let Some(session) = shown {
                browser.set_cookie(COOKIE, session);
            }
            is_out(&browser.get(&answer).await, 400, "session of this sign-in has ended");
            assert_eq!(browser.cookie(&login.name), None, "the login's cookie goes");
        }
    }
    assert_eq!(scene.rows().await, before);
    assert_eq!(scene.stub.hits("token"), 1);
    let thief = scene.world.browser();
    thief.set_cookie(COOKIE, &session);
    thief.post("/users/token").await.expect(401);
}

#[tokio::test]
async fn a_later_sign_in_in_the_same_browser_counts() {
    // #9, #25: that there is some living session proves nothing, and it is left alone.
    let scene = Scene::start().await;
    let login = scene.login().await;
    let back = scene.agree(&login, json!({"sub": "first"}));
    scene.world.browser().get("/").await.expect(200);
    // The answer to the first login does not arrive, and the person signs in once more, as somebody else.
    scene.deaf(&login).get(&back).await.expect(303);
    scene.stub.sign_in(&login.browser, json!({"sub": "second"}), scene.world.now()).await.expect(303);
    let second = login.browser.cookie(COOKIE).unwrap();
    let before = scene.rows().await;
    for answer in login.answers(&scene, &back) {
        login.browser.set_cookie(&login.name, &login.cookie);
        is_out(&login.browser.get(&answer).await, 400, "signed in again in this browser");
        assert_eq!(login.browser.cookie(COOKIE).as_deref(), Some(second.as_str()));
    }
    assert_eq!(scene.rows().await, before);
    login.browser.post("/users/token").await.expect(200);
    // Where the first one's session was shown at the second sign-in, another acts beside it, or it goes on under another secret.
    for second in ["other", "eve"] {
        let said = "signed in again in this browser";
        let login = scene.login().await;
        let back = scene.agree(&login, json!({"sub": "eve"}));
        login.browser.get(&back).await.expect(303);
        scene.stub.sign_in(&login.browser, json!({"sub": second}), scene.world.now()).await.expect(303);
        is_out(&login.browser.get(&back).await, 400, said);
        login.browser.post("/users/token").await.expect(200);
    }
}

#[tokio::test]
async fn another_browser_gets_nothing_and_learns_nothing() {
    // #6, #25: whatever became of the login, the answer is the one to a login that never was.
    let scene = Scene::start().await;
    let login = scene.login().await;
    let back = scene.agree(&login, json!({}));
    let other = scene.login().await;
    let victim = scene.world.browser();
    scene.stub.sign_in(&victim, json!({"sub": "victim"}), scene.world.now()).await.expect(303);
    let own = victim.cookie(COOKIE).unwrap();
    let text = |answer: &Answer| answer.body.split("<p class=\"small\">").next().unwrap().to_owned();
    let unknown = victim.get("/users/login/evil/callback?state=never-was&code=x").await.expect(400);
    let spy = async || {
        for answer in login.answers(&scene, &back) {
            for (name, cookie) in [
                ("unrelated", ""),
                (other.name.as_str(), other.cookie.as_str()),
                (login.name.as_str(), other.cookie.as_str()),
                (login.name.as_str(), "1800000000.AAAA"),
            ] {
                victim.set_cookie(name, cookie);
                scene.wire.calls();
                let seen = victim.get(&answer).await.expect(400);
                assert_eq!(text(&seen), text(&unknown), "{answer}");
                assert_eq!(victim.cookie(COOKIE).as_deref(), Some(own.as_str()));
                assert!(scene.wire.calls().is_empty(), "{answer}");
            }
        }
    };
    spy().await;
    login.browser.get(&back).await.expect(303);
    spy().await;
    login.browser.form("/users/logout", &[]).await.expect(303);
    spy().await;
    victim.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn a_repeated_callback_of_a_failed_one_shows_the_same_error() {
    // #9, #11
    let scene = Scene::with(&[("EVIL_HOSTED_DOMAIN", "example.com")]).await;
    for (mood, claims, status, said) in [
        (Mood::Good, json!({"email": "eve@elsewhere.example"}), 403, "another one"),
        (Mood::Good, json!({"nonce": "another"}), 401, "could not be verified"),
        (Mood::ServerError, json!({}), 502, "do not understand"),
    ] {
        scene.stub.mood("token", mood);
        let login = scene.login().await;
        let back = scene.agree(&login, claims);
        let hits = scene.stub.hits("token");
        is_out(&login.browser.get(&back).await, status, said);
        assert_eq!(login.browser.cookie(&login.name), None, "its cookie goes");
        scene.stub.mood("token", Mood::Good);
        let before = scene.rows().await;
        for answer in login.answers(&scene, &back) {
            is_out(&scene.deaf(&login).get(&answer).await, status, said);
        }
        assert_eq!(scene.rows().await, before);
        assert_eq!(scene.stub.hits("token"), hits + 1);
    }
    assert!(scene.wire.rows_of("SESSION").await.is_empty());
}

#[tokio::test]
async fn an_error_ends_a_login_that_is_not_claimed() {
    // #9, #10
    let scene = Scene::start().await;
    for (error, status) in [("access_denied", 403), ("login_required", 400), ("server_error", 502)] {
        let login = scene.login().await;
        let refused = format!("/users/login/evil/callback?state={}&error={error}", login.state());
        is_out(&login.browser.get(&refused).await, status, "tart again");
        assert_eq!(login.browser.cookie(&login.name), None, "its cookie goes");
        // Nothing brings it back.
        for answer in login.answers(&scene, &scene.agree(&login, json!({}))) {
            is_out(&scene.deaf(&login).get(&answer).await, status, "tart again");
        }
    }
    assert_eq!(scene.stub.hits("token"), 0);
    assert!(scene.wire.rows_of("SESSION").await.is_empty());
}

#[tokio::test]
async fn start_again_keeps_return_to_from_the_cookie() {
    // #22, #25: the link is made of what the cookie has sealed, and of nothing that came along with the answer.
    let scene = Scene::start().await;
    let more = "&return_to=/evil&return_to=https://evil.example/&provider=other&prompt=none&login_hint=x";
    let login = scene.login().await;
    let refused = format!("/users/login/evil/callback?state={}&error=access_denied{more}", login.state());
    is_out(&login.browser.get(&refused).await, 403, "tart again");
    for answer in login.answers(&scene, &scene.agree(&login, json!({}))) {
        is_out(&scene.deaf(&login).get(&format!("{answer}{more}")).await, 403, "tart again");
    }
    // Of a session that has ended, whose page is another.
    let login = scene.login().await;
    let back = format!("{}{more}", scene.agree(&login, json!({})));
    is_in(&login.browser.get(&back).await, &login.browser, &login.browser.cookie(COOKIE).unwrap());
    login.browser.form("/users/logout", &[]).await.expect(303);
    is_out(&scene.deaf(&login).get(&back).await, 400, "session of this sign-in has ended");
    // Without the cookie there is nothing to keep.
    let stranger = scene.world.browser();
    for answer in [back, refused] {
        let page = stranger.get(&answer).await.expect(400);
        assert_eq!(page.body.matches("/users/login").count(), 1, "{page:?}");
        assert!(page.body.contains("href=\"/users/login\""), "{page:?}");
        assert!(!page.body.contains("evil.example"), "{page:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_callback_that_waits_too_long_offers_a_reload() {
    // #9, #12
    is_offered_a_reload(&Scene::start().await, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reload_keeps_iss_if_the_provider_promises_it() {
    // #8, #9, #12
    let scene = Scene::start().await;
    scene.stub.say("discovery", json!({"authorization_response_iss_parameter_supported": true}));
    let issuer = scene.stub.issuer.clone();
    is_offered_a_reload(&scene, Some(&issuer)).await;
}

/// The second of two answers waits too long, and then comes in by the page's link, which has no code.
async fn is_offered_a_reload(scene: &Scene, iss: Option<&str>) {
    scene.stub.delay("token", Duration::from_millis(3500));
    let login = scene.login().await;
    let iss = iss
        .map(|iss| format!("&iss={}", form_urlencoded::byte_serialize(iss.as_bytes()).collect::<String>()));
    let iss = iss.unwrap_or_default();
    let back = format!("{}{iss}", scene.agree(&login, json!({})));
    let (first, second) = (scene.deaf(&login), scene.deaf(&login));
    let (answer, page) = tokio::join!(first.get(&back), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        second.get(&back).await
    });
    answer.expect(303);
    let page = page.expect(202);
    assert!(page.cookies().is_empty() && second.cookie(&login.name).is_some(), "{page:?}");
    assert!(page.body.contains("Reload") && !page.body.contains("code="), "{page:?}");
    let link = format!("/users/login/evil/callback?state={}{iss}", login.state());
    assert!(page.body.contains(&format!("href=\"{}\"", link.replace('&', "&amp;"))), "{page:?}");
    is_in(&second.get(&link).await, &second, &first.cookie(COOKIE).unwrap());
    assert_eq!(scene.stub.hits("token"), 1);
}

#[tokio::test]
async fn a_dead_first_callback_is_not_waited_for_forever() {
    // #9, P5
    let scene = Scene::start().await;
    let login = scene.login().await;
    let back = scene.agree(&login, json!({}));
    scene.wire.set(Fault::CutAfter(1));
    scene.deaf(&login).get(&back).await.expect(503);
    scene.wire.set(Fault::None);
    scene.deaf(&login).get(&back).await.expect(202);
    scene.world.pass(21);
    is_out(&scene.deaf(&login).get(&back).await, 400, "was not finished");
    assert_eq!(scene.stub.hits("token"), 1);
}

#[tokio::test]
async fn an_unreachable_table_uses_up_no_login() {
    // #9, #99
    let scene = Scene::start().await;
    let login = scene.login().await;
    let back = scene.agree(&login, json!({}));
    scene.wire.set(Fault::Refuse("ThrottlingException"));
    login.browser.get(&back).await.expect(503);
    scene.wire.set(Fault::None);
    login.browser.get(&back).await.expect(303);
    let session = login.browser.cookie(COOKIE).unwrap();
    // Nor does it spoil the way of a repeated callback.
    let window = scene.deaf(&login);
    scene.wire.set(Fault::Refuse("ThrottlingException"));
    window.get(&back).await.expect(503);
    scene.wire.set(Fault::None);
    is_in(&window.get(&back).await, &window, &session);
}

#[tokio::test]
async fn a_program_gets_its_token_once() {
    // #9
    let scene = Scene::start().await;
    let program = scene.world.program();
    let url = program.start("/users/login").await;
    let name = program.cookie_names().remove(0);
    let cookie = program.cookie(&name).unwrap();
    let login = Login { browser: program, url, name, cookie };
    let back = scene.agree(&login, json!({}));
    login.browser.get(&back).await.expect(200);
    assert!(login.browser.cookie_names().is_empty(), "the login's cookie is gone");
    for answer in login.answers(&scene, &back) {
        let again = scene.deaf(&login).as_program().get(&answer).await.expect(400);
        assert_eq!(again.json()["detail"], "This login was already used. Please start again.");
    }
    assert_eq!(scene.stub.hits("token"), 1);
    assert!(scene.wire.rows_of("SESSION").await.is_empty());
}
