//! What an OAuth client can do wrong, at each endpoint that it posts to: the status and the code of every answer.

use client::Kind;
use oauth::{server, server::GrantType};
use tests::{
    TestClient, World,
    oauth::{Ask, VERIFIER},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// A request that is right, before it is spoiled.
struct Right {
    world: World,
    client: TestClient,
    ask: Ask,
}

/// What is wrong, how a right request becomes wrong, and the answer.
type Wrong = (&'static str, fn(&Right) -> Ask, u16, &'static str);

/// What can be wrong at every endpoint (#44, #45, #91).
const EVERYWHERE: &[Wrong] = &[
    ("no form", |it| Ask { content_type: None, ..it.ask.clone() }, 415, "invalid_request"),
    ("JSON", |it| Ask { content_type: Some("application/json"), ..it.ask.clone() }, 415, "invalid_request"),
    (
        "multipart",
        |it| Ask { content_type: Some("multipart/form-data; boundary=x"), ..it.ask.clone() },
        415,
        "invalid_request",
    ),
    ("text", |it| Ask { content_type: Some("text/plain"), ..it.ask.clone() }, 415, "invalid_request"),
    ("too long", |it| it.ask.clone().with("x", &"x".repeat(8192)), 413, "invalid_request"),
    ("parameters in the address", |it| in_address(&it.ask), 400, "invalid_request"),
    (
        "a query beside the form",
        |it| Ask { path: format!("{}?x=1", it.ask.path), ..it.ask.clone() },
        400,
        "invalid_request",
    ),
    ("NUL", |it| spoiled(&it.ask, b"%00"), 400, "invalid_request"),
    ("no UTF-8", |it| spoiled(&it.ask, b"\xff"), 400, "invalid_request"),
    ("no UTF-8, encoded", |it| spoiled(&it.ask, b"%ff"), 400, "invalid_request"),
    ("a broken escape", |it| spoiled(&it.ask, b"%zz"), 400, "invalid_request"),
    ("twice", |it| it.ask.clone().and(&it.ask.fields[0].0, &it.ask.fields[0].1), 400, "invalid_request"),
    (
        "client_id twice",
        |it| it.ask.clone().and("client_id", &it.client.id).and("client_id", &it.client.id),
        400,
        "invalid_request",
    ),
    ("nothing", |it| Ask { body: Some(Vec::new()), ..it.ask.clone() }, 400, "invalid_request"),
    ("no client", |it| Ask { authorization: None, ..it.ask.clone() }, 401, "invalid_client"),
    ("an unknown client", |it| it.ask.clone().basic("unknown", &it.client.secret), 401, "invalid_client"),
    (
        "another client's secret",
        |it| it.ask.clone().basic(&it.client.id, &"x".repeat(43)),
        401,
        "invalid_client",
    ),
    (
        "a secret that is cut",
        |it| it.ask.clone().basic(&it.client.id, &it.client.secret[..42]),
        401,
        "invalid_client",
    ),
    (
        "no secret",
        |it| Ask { authorization: None, ..it.ask.clone() }.with("client_id", &it.client.id),
        401,
        "invalid_client",
    ),
    ("an empty secret", |it| it.ask.clone().basic(&it.client.id, ""), 401, "invalid_client"),
    ("two secrets", |it| it.ask.clone().with("client_secret", &it.client.secret), 400, "invalid_request"),
    ("two clients", |it| it.ask.clone().with("client_id", "other"), 400, "invalid_request"),
    (
        "a secret and an assertion",
        |it| it.ask.clone().with("client_assertion", "a.b.c").with("client_assertion_type", "x"),
        400,
        "invalid_request",
    ),
    (
        "Bearer",
        |it| Ask { authorization: Some("Bearer x".to_owned()), ..it.ask.clone() },
        401,
        "invalid_client",
    ),
    (
        "bad base64",
        |it| Ask { authorization: Some("Basic !".to_owned()), ..it.ask.clone() },
        401,
        "invalid_client",
    ),
    (
        "no colon",
        |it| Ask { authorization: Some("Basic eA==".to_owned()), ..it.ask.clone() },
        401,
        "invalid_client",
    ),
    ("a broken escape in Basic", |it| it.ask.clone().basic("%zz", "x"), 401, "invalid_client"),
];

/// What can be wrong with a code (#37, #41, #42, #43, #47).
const WITH_A_CODE: &[Wrong] = &[
    ("no grant_type", |it| it.ask.clone().without("grant_type"), 400, "invalid_request"),
    (
        "the grant_type of passwords",
        |it| it.ask.clone().with("grant_type", "password"),
        400,
        "unsupported_grant_type",
    ),
    (
        "an unknown grant_type",
        |it| it.ask.clone().with("grant_type", "Authorization_Code"),
        400,
        "unsupported_grant_type",
    ),
    (
        "a grant_type that it has not",
        |it| it.ask.clone().with("grant_type", "client_credentials"),
        400,
        "unauthorized_client",
    ),
    ("no code", |it| it.ask.clone().without("code"), 400, "invalid_request"),
    ("an empty code", |it| it.ask.clone().with("code", ""), 400, "invalid_request"),
    ("an unknown code", |it| it.ask.clone().with("code", VERIFIER), 400, "invalid_grant"),
    ("no redirect_uri", |it| it.ask.clone().without("redirect_uri"), 400, "invalid_grant"),
    (
        "another redirect_uri",
        |it| it.ask.clone().with("redirect_uri", "https://evil.example.com"),
        400,
        "invalid_grant",
    ),
    ("no verifier", |it| it.ask.clone().without("code_verifier"), 400, "invalid_grant"),
    ("another verifier", |it| it.ask.clone().with("code_verifier", &"x".repeat(43)), 400, "invalid_grant"),
    ("a short verifier", |it| it.ask.clone().with("code_verifier", "x"), 400, "invalid_request"),
    (
        "an unknown resource",
        |it| it.ask.clone().with("resource", "https://x.example.com"),
        400,
        "invalid_target",
    ),
    (
        "two resources",
        |it| it.ask.clone().and("resource", "https://x").and("resource", "https://y"),
        400,
        "invalid_request",
    ),
];

/// What can be wrong with a refresh token (#47, #50).
const WITH_A_REFRESH_TOKEN: &[Wrong] = &[
    ("none", |it| it.ask.clone().without("refresh_token"), 400, "invalid_request"),
    ("an unknown one", |it| it.ask.clone().with("refresh_token", "x"), 400, "invalid_grant"),
    ("more scope", |it| it.ask.clone().with("scope", "openid users:read"), 400, "invalid_scope"),
    ("a malformed scope", |it| it.ask.clone().with("scope", "a\"b"), 400, "invalid_scope"),
    (
        "an unknown resource",
        |it| it.ask.clone().with("resource", "https://x.example.com"),
        400,
        "invalid_target",
    ),
];

/// What can be wrong with a device code (#40).
const WITH_A_DEVICE_CODE: &[Wrong] = &[
    ("none", |it| it.ask.clone().without("device_code"), 400, "invalid_request"),
    ("an unknown one", |it| it.ask.clone().with("device_code", VERIFIER), 400, "invalid_grant"),
    ("one that is none", |it| it.ask.clone().with("device_code", "x"), 400, "invalid_grant"),
    (
        "an unknown resource",
        |it| it.ask.clone().with("resource", "https://x.example.com"),
        400,
        "invalid_target",
    ),
];

/// What can be wrong with what a device asks for (#40, #47).
const FOR_A_DEVICE: &[Wrong] = &[
    ("a malformed scope", |it| it.ask.clone().with("scope", "a\"b"), 400, "invalid_scope"),
    ("no scope of its own", |it| it.ask.clone().with("scope", "users:read"), 400, "invalid_scope"),
    (
        "an unknown resource",
        |it| it.ask.clone().with("resource", "https://x.example.com"),
        400,
        "invalid_target",
    ),
];

/// What can be wrong with a question about a token, or its end.
const WITH_A_TOKEN: &[Wrong] = &[
    ("none", |it| it.ask.clone().without("token"), 400, "invalid_request"),
    ("an empty one", |it| it.ask.clone().with("token", ""), 400, "invalid_request"),
];

fn in_address(ask: &Ask) -> Ask {
    let query = String::from_utf8(ask.raw()).unwrap();
    Ask { path: format!("{}?{query}", ask.path), body: Some(Vec::new()), ..ask.clone() }
}

/// The same with these bytes at the end of its first value.
fn spoiled(ask: &Ask, bytes: &[u8]) -> Ask {
    let raw = ask.raw();
    let at = raw.iter().position(|b| *b == b'&').unwrap_or(raw.len());
    Ask { body: Some([&raw[..at], bytes, &raw[at..]].concat()), ..ask.clone() }
}

async fn right(endpoint: &str) -> Right {
    let world = World::start().await;
    let client = world.client(Kind::Web, |new| new.grants.push(GrantType::DeviceCode)).await;
    let person = world.person("ada").await;
    let codes = world.codes(&client, &[]).await;
    person.browser.allow_device(&codes).await;
    match endpoint {
        "device" => return Right { ask: world.polling(&client, &codes), world, client },
        server::DEVICE => {
            return Right { ask: world.asking(&client, &[("scope", "openid")]), world, client };
        }
        _ => {}
    }
    let code = world.fresh_code(&client, &person, |_| {}).await;
    let redeem = world.redeeming(&client, &code);
    if endpoint == "code" {
        return Right { world, client, ask: redeem };
    }
    let tokens = redeem.send(&world).await.expect(200).json();
    let token = tokens["refresh_token"].as_str().unwrap();
    let ask = match endpoint {
        "refresh" => world.refreshing(&client, token),
        path => Ask::of(&client, path, &[("token", token)]),
    };
    Right { world, client, ask }
}

/// Each of these is refused as it says, and changes nothing: the right request still works.
async fn all(endpoint: &str, own: &[Wrong]) {
    let right = right(endpoint).await;
    // A client that shows its secret in the header has said all that a device must say.
    let is_wrong = |wrong: &&Wrong| endpoint != server::DEVICE || wrong.0 != "nothing";
    for (what, spoil, status, code) in EVERYWHERE.iter().filter(is_wrong).chain(own) {
        let answer = spoil(&right).send(&right.world).await;
        assert_eq!(answer.status, *status, "{endpoint}, {what}: {answer:?}");
        let said = answer.json();
        assert_eq!(said["error"], *code, "{endpoint}, {what}");
        // RFC 6749 §5.2: printable ASCII without quote and backslash.
        let description = said["error_description"].as_str().unwrap();
        assert!(
            description.bytes().all(|b| matches!(b, 0x20..=0x7e) && b != b'"' && b != b'\\'),
            "{description}"
        );
        assert_eq!(
            (answer.header("cache-control"), answer.header("content-type")),
            ("no-store", "application/json")
        );
        let challenge = if *status == 401 { "Basic realm=\"latchkey\"" } else { "" };
        assert_eq!(answer.header("www-authenticate"), challenge, "{endpoint}, {what}");
    }
    let get = Ask { method: "GET", ..right.ask.clone() }.send(&right.world).await;
    assert!([404, 405].contains(&get.status), "{endpoint}: {get:?}");
    right.ask.send(&right.world).await.expect(200);
}

#[tokio::test]
async fn at_the_token_endpoint_with_a_code() {
    // #37, #42, #43, #44, #45, #91
    all("code", WITH_A_CODE).await;
}

#[tokio::test]
async fn at_the_token_endpoint_with_a_refresh_token() {
    // #44, #45, #47, #91
    all("refresh", WITH_A_REFRESH_TOKEN).await;
}

#[tokio::test]
async fn at_the_token_endpoint_with_a_device_code() {
    // #40, #44, #45, #91
    all("device", WITH_A_DEVICE_CODE).await;
}

#[tokio::test]
async fn at_the_device_authorization_endpoint() {
    // #40, #44, #45, #91
    all(server::DEVICE, FOR_A_DEVICE).await;
}

#[tokio::test]
async fn at_the_introspection_endpoint() {
    // #44, #45, #55, #91
    all("/oauth/introspect", WITH_A_TOKEN).await;
}

#[tokio::test]
async fn at_the_revocation_endpoint() {
    // #44, #45, #54, #91
    all("/oauth/revoke", WITH_A_TOKEN).await;
}

#[tokio::test]
async fn what_real_clients_send_is_accepted() {
    // #44, #91
    for endpoint in ["code", "refresh", "device", server::DEVICE, "/oauth/introspect", "/oauth/revoke"] {
        let id_too: fn(&Right) -> Ask = |it| it.ask.clone().with("client_id", &it.client.id);
        let shapes: [fn(&Right) -> Ask; 5] = [
            id_too,
            |it| Ask {
                content_type: Some("Application/X-WWW-Form-Urlencoded; charset=utf-8"),
                ..it.ask.clone()
            },
            |it| it.ask.clone().with("scope", "").with("resource", "").with("client_secret", ""),
            |it| it.ask.clone().and("unknown", "1").and("unknown", "2"),
            |it| {
                let ask = Ask { authorization: None, ..it.ask.clone() };
                ask.with("client_id", &it.client.id).with("client_secret", &it.client.secret)
            },
        ];
        for shape in shapes {
            let right = right(endpoint).await;
            assert_eq!(right.ask.content_type, Some(FORM));
            shape(&right).send(&right.world).await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_disabled_client_gets_nothing_anywhere() {
    // #35
    for endpoint in ["code", "refresh", "device", server::DEVICE, "/oauth/introspect", "/oauth/revoke"] {
        let right = right(endpoint).await;
        client::disable(&right.world.table().await, &right.client.id, right.world.now()).await.unwrap();
        let refused = right.ask.send(&right.world).await.expect(401);
        assert_eq!(refused.json()["error"], "invalid_client", "{endpoint}");
    }
}
