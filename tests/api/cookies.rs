//! Cookies: what ours are like, and what becomes of those that others set.

use serde_json::json;
use tests::{Answer, World, stub::Stub};

/// What every cookie of ours must be (RFC 6265bis §4.1.3.2), and how long it may live.
fn judge(answer: &Answer) -> usize {
    for cookie in answer.cookies() {
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let mut attributes: Vec<_> = attributes.split("; ").collect();
        let age: u32 = attributes.iter().find_map(|a| a.strip_prefix("Max-Age=")).unwrap().parse().unwrap();
        attributes.retain(|attribute| !attribute.starts_with("Max-Age="));
        assert_eq!(attributes, ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"], "{cookie}");
        let longest = match name {
            "__Host-session" => 12 * 3600,
            _ if name.starts_with("__Host-login-") && name.len() == 22 => 600,
            _ => panic!("nobody knows {cookie}"),
        };
        assert!(age <= longest && (age == 0) == value.is_empty(), "{cookie}");
        assert!(cookie.len() <= 1200 + 100, "{} bytes: {cookie}", cookie.len());
    }
    answer.cookies().len()
}

#[tokio::test]
async fn each_is_for_our_host_alone_and_out_of_reach_of_scripts() {
    // #31, #36
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
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
    assert_eq!(answers.iter().map(judge).collect::<Vec<_>>(), [1, 1, 1, 1, 1]);
    // What nobody asked for is not set.
    for answer in [
        browser.get("/").await,
        world.program().get("/.well-known/jwks.json").await,
        browser.get("/users").await,
    ] {
        assert_eq!(judge(&answer), 0, "{answer:?}");
    }
}

#[tokio::test]
async fn what_others_set_hides_none_of_ours() {
    // #31; RFC 6265 §5.4: a site on another port, or a parent domain, sets what it likes.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
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
        let ours = |browser: &tests::Agent| {
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
        for evil in [&b"__Host-session=\xff"[..], b"__Host-session=", b"__Host-session=x"] {
            let doubled = [evil, b"; ", &ours(&browser), b"; ", odd].concat();
            let answer = browser.send(with("POST", "/users/token", doubled)).await;
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
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let browser = world.browser();
    stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
    let session = browser.cookie("__Host-session").unwrap();
    for cookies in [
        format!("session={session}"),
        format!("__host-session={session}"),
        format!("__Secure-session={session}"),
        format!("__Host-session=x; __Host-session={session}"),
        format!("__Host-session={session}; __Host-session=x"),
        format!("__Host-session={session}; __Host-session={session}"),
        format!("__Host-session=\"{session}\""),
        format!("x=__Host-session={session}"),
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
        format!("{}={cookie}", &name[7..]),
        format!("{name}x={cookie}"),
    ] {
        let stranger = world.browser();
        stranger.send(stranger.request("GET", &back).header("cookie", cookies)).await.expect(400);
    }
    assert_eq!(stub.hits("token"), 1);
    window.get(&back).await.expect(303);
}
