//! Bad input, and the pages of others.

use serde_json::json;
use tests::World;

use super::{ASK, CODE, GRACE, LINK, code, link, send, world};
use crate::other_sites;

#[tokio::test]
async fn bad_input_is_refused_by_each_of_them() {
    let world = world().await;
    let program = world.program();
    let long = "x".repeat(300);
    for (path, body, status) in [
        (ASK, json!({}), 400),
        (ASK, json!({"email": ""}), 400),
        (ASK, json!({"email": "grace"}), 400),
        (ASK, json!({"email": "grace\u{ff20}example.com"}), 400),
        (ASK, json!({"email": "gr\u{200b}ace@example.com"}), 400),
        (ASK, json!({"email": "\"e@attacker\"@victim.example"}), 400),
        (ASK, json!({"email": "grace@example.com\r\nBcc: eve@example.com"}), 400),
        (ASK, json!({"email": "grace@example.com, eve@example.com"}), 400),
        (ASK, json!({"email": format!("{long}@example.com")}), 400),
        (ASK, json!({"email": [GRACE]}), 400),
        (ASK, json!({"email": null}), 400),
        (ASK, json!({"email": GRACE, "link": "https://evil.example.com"}), 400),
        (ASK, json!([GRACE]), 400),
        (CODE, json!({}), 400),
        (CODE, json!({"code": 123_456}), 400),
        (CODE, json!({"code": null}), 400),
        (CODE, json!({"code": "123456", "email": GRACE}), 400),
        (CODE, json!({"code": ""}), 401),
        (CODE, json!({"code": long}), 401),
        (CODE, json!({"code": "123456"}), 401),
        (LINK, json!({}), 400),
        (LINK, json!({"token": ""}), 400),
        (LINK, json!({"token": "x"}), 400),
        (LINK, json!({"token": long}), 400),
        (LINK, json!({"token": 1}), 400),
        (LINK, json!({"token": "x", "email": GRACE}), 400),
    ] {
        let answer = send(&program, path, &body).await;
        assert_eq!(answer.status, status, "{path} {body}: {answer:?}");
        assert!(!answer.body.contains(&long) && answer.cookies().is_empty(), "{path} {body}");
    }
    for path in [ASK, CODE, LINK] {
        for (kind, body, status) in [
            ("application/json", "", 400),
            ("application/json", r#"{"email": "a@example.com", "email": "b@example.com"}"#, 400),
            ("application/json", r#"{"code": "123456", "code": "123457"}"#, 400),
            (
                "application/x-www-form-urlencoded",
                "email=a@example.com&email=b@example.com&code=1&code=2&token=x&token=y",
                400,
            ),
            ("text/plain", "{}", 415),
        ] {
            let request = program.request("POST", path).header("content-type", kind).body(body);
            program.send(request).await.expect(status);
        }
    }
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    for query in ["", "?token=", "?token=x", "?token=a&token=b", "?other=x"] {
        let page = browser.get(&format!("{LINK}{query}")).await.expect(400);
        assert!(page.body.contains("only in the browser in which you asked"), "{query}");
    }
    // What a browser brings back changed is nobody's.
    let request = world.program().request("POST", CODE).header("content-type", "application/json");
    let request = request.header("cookie", "__Host-mailed-123456789=1800000000.AAAA");
    world.program().send(request.body(r#"{"code": "123456"}"#)).await.expect(401);
}

#[tokio::test]
async fn pages_of_others_ask_for_nothing() {
    // #27, #28
    let world = World::with(&[("MAILED_SIGN_IN", "on"), ("CORS_ORIGINS", "https://app.example.com")]).await;
    for path in [ASK, CODE, LINK] {
        other_sites::are_refused(&world.program(), path, &json!({"email": GRACE})).await;
    }
    assert!(world.mails(GRACE).await.is_empty());
}

#[tokio::test]
async fn the_link_leads_to_our_own_address_and_on_to_places_that_are_allowed() {
    // #22, #89
    let world = world().await;
    let program = world.program();
    let request = program.request("POST", ASK).header("content-type", "application/json");
    let request =
        request.header("x-forwarded-host", "evil.example.com").header("forwarded", "host=evil.example.com");
    program.send(request.body(json!({"email": GRACE}).to_string())).await.expect(202);
    link(&world, GRACE, 1).await;
    let browser = world.browser();
    for (count, evil) in [(1, "https://evil.example.com/"), (2, "//evil.example.com")] {
        let form = [("email", "eve@example.com"), ("return_to", evil)];
        browser.form(ASK, &form).await.expect(303);
        let entered = browser.form(CODE, &[("code", &code(&world, "eve@example.com", count).await)]).await;
        assert_eq!(entered.expect(303).location(), "/", "{evil}");
    }
}
