//! Cookies: what ours are like, and what becomes of those that others set.

use serde_json::json;
use tests::{Agent, Answer, World, database::Wire, stub::Stub};
use web::CookieMode::{self, Host, Plain};

/// Those that ship, and those of `cargo run` at `http://localhost`.
const MODES: [CookieMode; 2] = [Host, Plain];

/// What every cookie of ours must be (RFC 6265bis §4.1.3.2), and how long it may live.
fn check(answer: &Answer, mode: CookieMode) -> usize {
    for cookie in answer.cookies() {
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let mut attributes: Vec<_> = attributes.split("; ").collect();
        let age: u32 = attributes.iter().find_map(|a| a.strip_prefix("Max-Age=")).unwrap().parse().unwrap();
        attributes.retain(|attribute| !attribute.starts_with("Max-Age="));
        match mode {
            Host => assert_eq!(attributes, ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"], "{cookie}"),
            Plain => assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax"], "{cookie}"),
        }
        let prefix = if mode == Host { "__Host-" } else { "latchkey-" };
        let longest = match name.strip_prefix(prefix) {
            Some("session") => 12 * 3600,
            // With which provider somebody signed in last; nothing of the person.
            Some("provider") => 180 * 24 * 3600,
            Some(name) if name.starts_with("session-") && name.len() == 17 => 12 * 3600,
            Some(name) if name.starts_with("login-") && name.len() == 15 => 600,
            _ => panic!("nobody knows {cookie}"),
        };
        assert!(age <= longest && (age == 0) == value.is_empty(), "{cookie}");
        assert!(cookie.len() <= 1200 + 100, "{} bytes: {cookie}", cookie.len());
    }
    answer.cookies().len()
}

#[tokio::test]
async fn every_cookie_is_host_only_and_http_only() {
    // #31, #36
    for mode in MODES {
        check_each(mode).await;
    }
}

async fn check_each(mode: CookieMode) {
    let stub = Stub::start().await;
    let world = World::with_cookies(mode, &stub.settings()).await;
    let browser = world.browser();
    let long = format!("/users/login?return_to=/{}", "x".repeat(500));
    let start = browser.get(&long).await.expect(303);
    let end = browser.get(&stub.agree(start.location(), json!({}), world.now())).await.expect(303);
    let answers = [
        start,
        end,
        browser.get("/users/login/evil/callback?state=x").await.expect(400),
        browser.form("/users/logout", &[]).await.expect(303),
        browser.post("/users/token").await.expect(401),
    ];
    assert_eq!(answers.iter().map(|answer| check(answer, mode)).collect::<Vec<_>>(), [1, 2, 1, 1, 1]);
    // What nobody asked for is not set.
    for answer in [
        browser.get("/").await,
        world.program().get("/.well-known/jwks.json").await,
        browser.get("/users").await,
    ] {
        assert_eq!(check(&answer, mode), 0, "{answer:?}");
    }
}

#[tokio::test]
async fn foreign_cookies_hide_none_of_ours() {
    // #31; RFC 6265 §5.4: a site on another port, or a parent domain, sets what it likes.
    for mode in MODES {
        hide_ours(mode).await;
    }
}

async fn hide_ours(mode: CookieMode) {
    let stub = Stub::start().await;
    let world = World::with_cookies(mode, &stub.settings()).await;
    for odd in [
        &b"x=gr\xc3\xb6\xc3\x9fe"[..],
        b"\xc3\xa9=1",
        b"x=\xff\xfe",
        b"x=gr\xf6\xdfe",
        b"x",
        b"=",
        b"=x",
        b"x=\"a",
        b"x={\"a\": [1, 2]}",
        b"x=\t",
        b"; ;;",
        b"$Version=1",
    ] {
        let ours = |browser: &Agent| {
            let names = browser.cookie_names();
            let pairs = names.iter().map(|name| format!("{name}={}", browser.cookie(name).unwrap()));
            pairs.collect::<Vec<_>>().join("; ").into_bytes()
        };
        let with = |method: &str, path: &str, cookies: Vec<u8>| {
            let request = world.browser().request(method, path).header("sec-fetch-site", "same-origin");
            request.header("cookie", http::HeaderValue::from_bytes(&cookies).unwrap())
        };
        let around = |ours: Vec<u8>| [odd, b"; ", &ours, b"; ", odd].concat();
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now());
        let answer = browser.send(with("GET", &back, around(ours(&browser)))).await;
        assert_eq!(answer.status, 303, "{}: {answer:?}", odd.escape_ascii());
        let answer = browser.send(with("POST", "/users/token", around(ours(&browser)))).await;
        assert_eq!(answer.status, 200, "{}: {answer:?}", odd.escape_ascii());
        // Still, of two of one name neither counts, and what only looks like ours is not.
        for evil in [&b"=\xff"[..], b"=", b"=x"] {
            let name = mode.full_name("session").into_bytes();
            let repeated = [&name, evil, b"; ", &ours(&browser), b"; ", odd].concat();
            let answer = browser.send(with("POST", "/users/token", repeated)).await;
            assert_eq!(answer.status, 401, "{}: {answer:?}", evil.escape_ascii());
        }
        for white in [&b"\xc2\xa0"[..], b"\xe2\x80\x80", b"\x85"] {
            let dressed = [white, &ours(&browser)].concat();
            let answer = browser.send(with("POST", "/users/token", dressed)).await;
            assert_eq!(answer.status, 401, "{}: {answer:?}", white.escape_ascii());
        }
    }
}

#[tokio::test]
async fn one_without_the_prefix_or_twice_of_a_name_is_ignored() {
    // #31: a neighbour's host or page may set the other one.
    for mode in MODES {
        ignore_others(mode).await;
    }
}

async fn ignore_others(mode: CookieMode) {
    let stub = Stub::start().await;
    let world = World::with_cookies(mode, &stub.settings()).await;
    let browser = world.browser();
    stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
    let ours = mode.full_name("session");
    let session = browser.cookie(&ours).unwrap();
    // Not even those of the other kind are taken.
    let other = if mode == Host { Plain } else { Host }.full_name("session");
    for cookies in [
        format!("session={session}"),
        format!("{other}={session}"),
        format!("__host-session={session}"),
        format!("__Secure-session={session}"),
        format!("Latchkey-session={session}"),
        format!("{ours}=x; {ours}={session}"),
        format!("{ours}={session}; {ours}=x"),
        format!("{ours}={session}; {ours}={session}"),
        format!("{ours}=\"{session}\""),
        format!("x={ours}={session}"),
    ] {
        let request = world.browser().request("POST", "/users/token").header("cookie", &cookies);
        let own = request.header("origin", &world.cloud.url).header("sec-fetch-site", "same-origin");
        let answer = world.browser().send(own).await;
        assert_eq!(answer.status, 401, "{cookies}");
    }
    browser.post("/users/token").await.expect(200);
    // The same for the cookie of a login.
    let window = world.browser();
    let url = window.start("/users/login").await;
    let back = stub.agree(&url, json!({}), world.now());
    let name = window.cookie_names().remove(0);
    let cookie = window.cookie(&name).unwrap();
    for cookies in [
        format!("{name}=x; {name}={cookie}"),
        format!("{}={cookie}", &name[mode.full_name("").len()..]),
        format!("{}={cookie}", name.replace(&mode.full_name(""), &other.replace("session", ""))),
        format!("{name}x={cookie}"),
    ] {
        let stranger = world.browser();
        stranger.send(stranger.request("GET", &back).header("cookie", cookies)).await.expect(400);
    }
    assert_eq!(stub.hits("token"), 1);
    window.get(&back).await.expect(303);
}

#[tokio::test]
async fn cargo_run_uses_plain_cookies_where_safari_keeps_no_others() {
    // #31: Safari drops `Secure` cookies from http://localhost, where other browsers keep them.
    for (settings, mode) in [
        (&[][..], Plain),
        (&[("BASE_URL", "http://localhost:1")], Plain),
        (&[("BASE_URL", "http://127.0.0.1:1")], Plain),
        (&[("BASE_URL", "http://[::1]:1")], Plain),
        (&[("BASE_URL", "https://localhost:1")], Host),
        (&[("BASE_URL", "https://id.example.com")], Host),
    ] {
        let wire = Wire::start().await;
        let mut settings: latchkey::settings::Values =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let own = [
            ("DYNAMODB_ENDPOINT", wire.endpoint.as_str()),
            ("GOOGLE_CLIENT_ID", "id.apps.googleusercontent.com"),
            ("GOOGLE_CLIENT_SECRET", "GOCSPX-0123456789abcdef"),
        ];
        settings.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let base = settings.get("BASE_URL").cloned();
        let options = latchkey::Options { settings, home: None, port: 0, clock: setting::Clock::system() };
        let cloud = latchkey::Cloud::start(options).await.unwrap();
        let listens = format!("http://localhost:{}", cloud.port);
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = client.get(format!("{listens}/users/login")).send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        assert_eq!(cookie.starts_with("latchkey-login-"), mode == Plain, "{base:?}: {cookie}");
        assert_eq!(cookie.contains("Secure"), mode == Host, "{base:?}: {cookie}");
        // Somebody who lost it reads where to look, where that may be the reason.
        let back = client.get(format!("{listens}/users/login/google/callback?state=x&code=x"));
        let page = back.header("accept", "application/json").send().await.unwrap().text().await.unwrap();
        assert_eq!(page.contains("block cookies"), mode == Plain, "{base:?}: {page}");
    }
}

#[tokio::test]
async fn a_sign_in_that_lost_its_cookie_says_where_to_look() {
    // #10
    for mode in MODES {
        let world = World::with_cookies(mode, &[("PROVIDERS", "apple,google")]).await;
        let browser = world.browser();
        let page = browser.get("/users/login/google/callback?state=x&code=x").await.expect(400).body;
        assert!(page.contains("not started in this browser"), "{page}");
        let address = format!("Open {} and no other", world.cloud.url);
        assert!(page.contains(&address) && page.contains("block cookies"), "{page}");
        let posted = browser.post_from_elsewhere("/users/login/apple/callback").body("state=x&code=x");
        let page = browser.send(posted).await.expect(400).body;
        assert!(page.contains("posts its answer from its own site"), "{page}");
        // The stand-in posts from here, so its answer lacks a cookie for the same reasons as one that comes by GET.
        let posted =
            browser.request("POST", "/users/login/apple/callback").header("sec-fetch-site", "same-origin");
        let form = posted.header("content-type", "application/x-www-form-urlencoded").body("state=x&code=x");
        let page = browser.send(form).await.expect(400).body;
        assert!(page.contains(&address) && !page.contains("from its own site"), "{page}");
    }
}

#[tokio::test]
async fn plain_cookies_sign_in_and_out() {
    // #31, #33, #34: the whole way, also where the stand-in posts the answer.
    let world = World::with_cookies(Plain, &[("PROVIDERS", "google,apple")]).await;
    let browser = world.browser();
    for name in ["google", "apple"] {
        let old = browser.cookie("latchkey-session");
        let url = browser.start(&format!("/users/login/{name}")).await;
        let answer = match name {
            "apple" => browser.pick_and_post(&url, "ada").await,
            _ => browser.get(&browser.pick(&url, "ada").await).await,
        };
        answer.expect(303);
        browser.post("/users/token").await.expect(200);
        assert!(browser.get("/").await.expect(200).body.contains("Ada"), "{name}");
        assert_ne!(browser.cookie("latchkey-session"), old, "{name}");
        if let Some(old) = old {
            let thief = world.browser();
            thief.set_cookie("latchkey-session", &old);
            thief.post("/users/token").await.expect(401);
        }
    }
    browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!(browser.cookie("latchkey-session"), None);
    browser.post("/users/token").await.expect(401);
    // Many tabs leave the five newest here too.
    for _ in 0..8 {
        browser.start("/users/login/google").await;
        world.pass(1);
    }
    let logins = browser.cookie_names().into_iter().filter(|name| name.starts_with("latchkey-login-"));
    assert_eq!(logins.count(), 5);
}
