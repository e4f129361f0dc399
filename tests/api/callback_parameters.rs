//! What providers send back to the callback beside the code: parameters of their own, errors in their own words, and who they say
//! they are. By GET through a gateway of payload 2.0 and of 1.0, and in the form that a provider's page posts.

use std::collections::HashMap;

use latchkey::mount::{FUNCTIONS, Running};
use rcgen::KeyPair;
use serde_json::{Value, json};
use setting::{Clock, Env};
use tests::{
    Agent, World,
    database::Wire,
    stub::{CLIENT_ID, Mood, Stub},
};

/// How the answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In the query, whole, as payload 2.0 has it.
    Query,
    /// In the query, taken apart and decoded, as payload 1.0 has it.
    Decoded,
    /// In a form that the provider's page posts.
    Form,
}

const WAYS: [Way; 3] = [Way::Query, Way::Decoded, Way::Form];

/// A provider and what is between it and the callback.
struct Scene {
    way: Way,
    world: World,
    stub: Stub,
    callback: Running,
}

/// Somebody on the way back: their browser, and the parameters of an honest answer.
struct Visitor {
    browser: Agent,
    good: HashMap<String, String>,
}

impl Scene {
    async fn of(way: Way) -> Self {
        let stub = Stub::start().await;
        let key = KeyPair::generate().unwrap().serialize_pem().replace('\n', "\\n");
        let mut settings = stub.settings();
        if way == Way::Form {
            settings = vec![
                ("PROVIDERS", "apple"),
                ("APPLE_ISSUER", &stub.issuer),
                ("APPLE_CLIENT_ID", CLIENT_ID),
                ("APPLE_TEAM_ID", "TEAM123456"),
                ("APPLE_KEY_ID", "KEY1234567"),
                ("APPLE_PRIVATE_KEY", &key),
            ];
        }
        let world = World::with(&settings).await;
        let now = world.now();
        let mount = FUNCTIONS.iter().find(|mount| mount.name == "users-login-callback").unwrap();
        let env = Env::new(world.cloud.settings.clone(), Clock::from_fn(move || now), mount.settings);
        let callback = mount.start_with_cookies(env, world.cookies).await.unwrap();
        Self { way, stub, callback, world }
    }

    fn path(&self) -> &'static str {
        if self.way == Way::Form { "/users/login/apple/callback" } else { "/users/login/evil/callback" }
    }

    async fn visitor(&self) -> Visitor {
        let browser = self.world.browser();
        let url = browser.start("/users/login").await;
        let back = self.stub.agree(&url, json!({}), self.world.now());
        let good = url::Url::parse(&back).unwrap().query_pairs().into_owned().collect();
        Visitor { browser, good }
    }

    /// The status of the answer to these parameters, its page, and whether the login's cookie is gone.
    async fn send(&self, visitor: &Visitor, parameters: &[u8]) -> (u16, String, bool) {
        let browser = &visitor.browser;
        let answer = match self.way {
            Way::Query => {
                let query = std::str::from_utf8(parameters).unwrap();
                browser.get(&format!("{}?{query}", self.path())).await
            }
            Way::Form => {
                let post = browser.post_from_elsewhere(self.path()).header("origin", "null");
                browser.send(post.body(parameters.to_vec())).await
            }
            Way::Decoded => return self.invoke(browser, parameters).await,
        };
        let is_gone = !browser.cookie_names().iter().any(|name| name.starts_with("__Host-login-"));
        (answer.status, answer.body, is_gone)
    }

    /// The same by an event of payload 1.0, for which the gateway decodes what there is.
    async fn invoke(&self, browser: &Agent, parameters: &[u8]) -> (u16, String, bool) {
        let mut all: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(parameters).into_owned() {
            all.entry(name).or_default().push(value);
        }
        let names = browser.cookie_names();
        let jar: Vec<_> =
            names.iter().map(|name| format!("{name}={}", browser.cookie(name).unwrap())).collect();
        let event = json!({
            "version": "1.0",
            "resource": "/users/login/{provider}/callback",
            "path": self.path(),
            "pathParameters": {"provider": "evil"},
            "httpMethod": "GET",
            "multiValueHeaders": {"accept": ["text/html"], "cookie": [jar.join("; ")]},
            "queryStringParameters": all.iter().map(|(name, values)| (name.clone(), values.last().cloned().into()))
                .collect::<serde_json::Map<String, Value>>(),
            "multiValueQueryStringParameters": all,
            "requestContext": {"requestId": "r-1", "httpMethod": "GET", "path": self.path()},
            "body": null,
            "isBase64Encoded": false,
        });
        let answer = self.callback.invoke(&event).await.unwrap();
        let cookies = answer["multiValueHeaders"]["set-cookie"].as_array().unwrap();
        let forgets = |cookie: &str, name: &str| {
            cookie.starts_with(&format!("{name}=;")) && cookie.contains("Max-Age=0")
        };
        let is_gone =
            names.iter().all(|name| cookies.iter().any(|cookie| forgets(cookie.as_str().unwrap(), name)));
        let status = answer["statusCode"].as_u64().unwrap().try_into().unwrap();
        (status, answer["body"].as_str().unwrap().to_owned(), is_gone)
    }
}

impl Visitor {
    /// The honest answer with one parameter changed, or left out.
    fn with(&self, name: &str, value: Option<&str>) -> String {
        let mut all = self.good.clone();
        all.remove(name);
        all.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish()
    }

    fn good(&self) -> String {
        self.with("", None)
    }

    /// An answer that is an error, of this login.
    fn error(&self, error: &str) -> String {
        format!("state={}&error={error}", self.good["state"])
    }
}

/// Parameters that real providers, gateways and browsers' extensions add, in the spellings that they send them in.
const UNREAD: [&str; 16] = [
    // Entra breaks the lines of its descriptions, and says where to read more.
    "error_description=AADSTS65004%3a+User+declined+to+consent.%0d%0aTrace+ID%3a+1%0d%0aTimestamp%3a+2&error_uri=https%3a%2f%2fx",
    "error_description=acc%E8s+refus%E9",
    "error_description=100%+refused",
    "error_description=%u00e9",
    "error_description=a&error_description=b",
    "error_description=%00%1b%5b31m",
    "session_state=1&session_state=2",
    // Google's, which say nothing that we ask.
    "scope=email+profile+openid&authuser=0&hd=example.com&prompt=consent",
    "client_info=%FF%FE",
    "utm_source=a&utm_source=b&fbclid=%",
    "%E9=1",
    "%=1",
    "=1&=2",
    "STATE=x&Code=x&ISS=x&Error=x",
    "state%00=x&code%20=x&+iss=x&error[]=x&state[]=x&codes=x",
    "id_token=x&access_token=x&token_type=x",
];

#[tokio::test]
async fn unknown_callback_parameters_have_no_effect() {
    // #4, #10: RFC 6749 §4.1.2.
    for way in WAYS {
        let scene = Scene::of(way).await;
        let mut unread: Vec<Vec<u8>> = UNREAD.iter().map(|text| text.as_bytes().to_vec()).collect();
        if way == Way::Form {
            unread.push(b"error_description=refus\xe9&other=\xff\xfe".to_vec());
        } else {
            // Only a provider that posts says who somebody is in this way.
            unread.push(b"user=1&user=%E9".to_vec());
        }
        for other in unread {
            let what = format!("{way:?} {}", other.escape_ascii());
            let visitor = scene.visitor().await;
            let all = [&other[..], b"&", visitor.good().as_bytes(), b"&", &other].concat();
            let (status, page, _) = scene.send(&visitor, &all).await;
            assert_eq!(status, 303, "{what}: {page}");
            // An error ends the login, whatever comes with it.
            let visitor = scene.visitor().await;
            let all = [&other[..], b"&", visitor.error("access_denied").as_bytes(), b"&", &other].concat();
            let (status, page, is_gone) = scene.send(&visitor, &all).await;
            assert_eq!((status, is_gone), (403, true), "{what}: {page}");
            assert!(!page.contains("AADSTS") && !page.contains("refus"), "{what}: {page}");
        }
    }
}

#[tokio::test]
async fn a_parameter_that_is_read_comes_once_and_complete() {
    // #4, #6, #8, #10
    for way in WAYS {
        let scene = Scene::of(way).await;
        let names = if way == Way::Form {
            vec!["code", "state", "iss", "error", "user"]
        } else {
            vec!["code", "state", "iss", "error"]
        };
        for name in names {
            // What is no escape is itself to a gateway that decodes.
            let broken: &[&str] = if way == Way::Decoded { &[] } else { &["%", "%zz", "%4"] };
            for value in ["%E9", "%0d%0a", "%00", "x%0aset-cookie:+a=b"].iter().chain(broken) {
                let visitor = scene.visitor().await;
                let all = format!("{}&{name}={value}", visitor.with(name, None));
                let (status, page, is_gone) = scene.send(&visitor, all.as_bytes()).await;
                assert_eq!(status, 400, "{way:?} {name} {value}: {page}");
                assert_eq!(is_gone, name != "state", "{way:?} {name} {value}: the login is over");
                assert!(page.contains("Start again"), "{way:?} {name} {value}: {page}");
            }
            let visitor = scene.visitor().await;
            let right = match name {
                "iss" => url::form_urlencoded::byte_serialize(scene.stub.issuer.as_bytes()).collect(),
                "error" => "access_denied".to_owned(),
                "user" => "%7B%7D".to_owned(),
                name => visitor.good[name].clone(),
            };
            let hidden = format!("%{:02x}{}", name.as_bytes()[0], &name[1..]);
            for (first, second) in [(name, name), (name, hidden.as_str())] {
                let visitor = scene.visitor().await;
                let right = visitor.good.get(name).unwrap_or(&right);
                let without = visitor.with(name, None);
                let all = format!("{first}={right}&{without}&{second}={right}");
                let (status, page, _) = scene.send(&visitor, all.as_bytes()).await;
                assert_eq!(status, 400, "{way:?} {first} {second}: {page}");
            }
        }
        assert_eq!(scene.stub.hits("token"), 0, "{way:?}");
        let visitor = scene.visitor().await;
        assert_eq!(scene.send(&visitor, visitor.good().as_bytes()).await.0, 303);
    }
}

/// What a provider answers instead of a code; its status here, and words of the sentence.
const ERRORS: [(&str, u16, &str); 27] = [
    ("error=access_denied", 403, "You did not allow"),
    (
        "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3a+x%0d%0aTrace+ID%3a+1",
        403,
        "You did not allow",
    ),
    (
        "error=access_denied&error_code=200&error_description=Permissions+error&error_reason=user_denied",
        403,
        "You did not allow",
    ),
    (
        "error=access_denied&error_description=The+user+has+denied+your+application+access.&error_uri=https%3A%2F%2Fx",
        403,
        "You did not allow",
    ),
    ("error=user_cancelled_authorize", 403, "You did not allow"),
    (
        "error=user_cancelled_login&error_description=The+user+cancelled+LinkedIn+login",
        403,
        "You did not allow",
    ),
    (
        "error=access_denied&error_description=User+is+not+assigned+to+the+client+application.",
        403,
        "does not let this account",
    ),
    ("error=unauthorized&error_description=user+is+blocked", 403, "does not let this account"),
    ("error=unauthorized&error_description=Please+verify+your+email", 403, "does not let this account"),
    (
        "error=admin_policy_enforced&error_description=Access+to+your+account+data+is+restricted",
        403,
        "does not let this account",
    ),
    ("error=consent_required&error_description=AADSTS65001%3a+x%0d%0a", 403, "does not let this account"),
    (
        "error=OAUTH_APP_BLOCKED&error_description=this+app+is+blocked+by+admin",
        403,
        "does not let this account",
    ),
    ("error=temporarily_unavailable&error_description=authentication_expired", 400, "took too long"),
    ("error=login_required&error_description=authentication_expired", 400, "wants to ask you"),
    ("error=interaction_required", 400, "wants to ask you"),
    (
        "error=application_suspended&error_description=Your+application+has+been+suspended.",
        400,
        "the administrator of this site",
    ),
    ("error=redirect_uri_mismatch", 400, "the administrator of this site"),
    ("error=unauthorized_client", 400, "the administrator of this site"),
    ("error=invalid_scope", 400, "the administrator of this site"),
    ("error=invalid_request&error_description=PreSignUp+failed+with+error+x.", 400, "could not sign you in"),
    ("error=something_new&error_description=authentication_expired", 400, "could not sign you in"),
    ("error=", 400, "could not sign you in"),
    ("error=Access_Denied", 400, "could not sign you in"),
    ("error=temporarily_unavailable", 503, "cannot be reached"),
    (
        "error=temporarily_unavailable&error_description=authentication_expired&error_description=x",
        503,
        "cannot be reached",
    ),
    ("error=temporarily_unavailable&error_description=Authentication_Expired", 503, "cannot be reached"),
    ("error=server_error&error_description=authentication_expired", 502, "do not understand"),
];

#[tokio::test]
async fn an_error_has_its_sentence_and_ends_the_login() {
    // #4, #6, #10
    for way in WAYS {
        let scene = Scene::of(way).await;
        for (error, expected, sentence) in ERRORS {
            let visitor = scene.visitor().await;
            // Anyone who does not hold the login's cookie or its state chooses no sentence.
            let stranger = Visitor { browser: scene.world.browser(), good: visitor.good.clone() };
            let all = format!("state={}&{error}", visitor.good["state"]);
            for (who, all) in [(&stranger, all.as_str()), (&visitor, &format!("state=x&{error}"))] {
                let (status, page, _) = scene.send(who, all.as_bytes()).await;
                assert_eq!(status, 400, "{way:?} {error}: {page}");
                assert!(page.contains("was not started in this browser"), "{way:?} {error}: {page}");
            }
            let (status, page, is_gone) = scene.send(&visitor, all.as_bytes()).await;
            assert_eq!((status, is_gone), (expected, true), "{way:?} {error}: {page}");
            assert!(page.contains(sentence) && page.contains("Start again"), "{way:?} {error}: {page}");
            // What is over is over, even where the browser has kept the cookie and a code comes after the error.
            let (status, page, _) = scene.send(&visitor, visitor.good().as_bytes()).await;
            let kept = !visitor.browser.cookie_names().is_empty();
            assert_eq!(status, if kept { expected } else { 400 }, "{way:?} {error}: {page}");
        }
        assert_eq!(scene.stub.hits("token"), 0, "{way:?}");
    }
}

#[tokio::test]
async fn github_has_its_own_iss_and_its_people_keep_their_identity() {
    // #8, #21
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let settings = stub.as_github();
    let mut settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    let named = format!("{}/login/oauth", stub.issuer);
    let with = |back: &str, iss: &str| {
        let iss: String = url::form_urlencoded::byte_serialize(iss.as_bytes()).collect();
        format!("{back}&iss={iss}")
    };
    // With that name, and without any, as an older Enterprise Server answers: the same person.
    for iss in [Some(named.as_str()), None] {
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now());
        browser.get(&iss.map_or_else(|| back.clone(), |iss| with(&back, iss))).await.expect(303);
    }
    let identities = wire.rows_of("IDENTITY").await;
    assert_eq!(identities.len(), 1, "{identities:?}");
    assert_eq!(
        (&identities[0]["issuer"]["S"], &identities[0]["subject"]["S"]),
        (&json!("https://github.com"), &json!("583231"))
    );
    let spent = stub.hits("token");
    for iss in [
        "https://github.com",
        "https://github.com/login/oauth",
        &stub.issuer,
        &format!("{named}/"),
        "https://evil.example.com",
        "",
    ] {
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now());
        browser.get(&with(&back, iss)).await.expect(400);
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now()).replace("code=", "error=access_denied&x=");
        browser.get(&with(&back, iss)).await.expect(400);
    }
    assert_eq!(stub.hits("token"), spent);
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    let back = stub.agree(&url, json!({}), world.now()).replace("code=", "error=access_denied&x=");
    browser.get(&with(&back, &named)).await.expect(403);
}

#[tokio::test]
async fn a_known_user_signs_in_without_their_address() {
    // #18, #19, #101
    let stub = Stub::start().await;
    let github = stub.as_github();
    let github: Vec<_> = github.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let evil = stub.settings();
    for (endpoint, settings, claims) in
        [("emails", github, json!({})), ("userinfo", evil, json!({"email": null, "email_verified": null}))]
    {
        let world = World::with(&settings).await;
        if endpoint == "userinfo" {
            stub.say("userinfo", json!({"id": null, "login": null}));
        }
        let sign_in = async || {
            let program = world.program();
            let url = program.start("/users/login").await;
            program.get(&stub.agree(&url, claims.clone(), world.now())).await
        };
        let moods = [401, 403, 404, 429, 500, 503].map(Mood::Status);
        for mood in moods.into_iter().chain([
            Mood::Reset,
            Mood::Html,
            Mood::Truncated,
            Mood::DuplicateKeys,
            Mood::Redirect,
        ]) {
            stub.mood(endpoint, mood);
            let user = sign_in().await.expect(200).json()["user"].clone();
            assert_eq!(
                (&user["email"], &user["roles"]),
                (&json!(null), &json!(["member"])),
                "{endpoint} {mood:?}"
            );
        }
        stub.mood(endpoint, Mood::Good);
        let user = sign_in().await.expect(200).json()["user"].clone();
        assert_eq!(user["email"], "eve@example.com", "{endpoint}");
        // What is known of them stays, if it is only not said again.
        stub.mood(endpoint, Mood::Status(503));
        let user = sign_in().await.expect(200).json()["user"].clone();
        assert_eq!(
            (&user["email"], &user["email_verified"]),
            (&json!("eve@example.com"), &json!(true)),
            "{endpoint}"
        );
        stub.mood(endpoint, Mood::Good);
        // Where a rule needs the address, silence refuses.
        let name = settings[0].1.to_uppercase();
        let mut settings = settings.clone();
        let rule = format!("{name}_HOSTED_DOMAIN");
        settings.push((&rule, "example.com"));
        let world = World::with(&settings).await;
        let program = world.program();
        for (mood, expected) in [(Mood::Good, 200), (Mood::Status(403), 502), (Mood::Reset, 502)] {
            stub.mood(endpoint, mood);
            let url = program.start("/users/login").await;
            program.get(&stub.agree(&url, claims.clone(), world.now())).await.expect(expected);
        }
        stub.mood(endpoint, Mood::Good);
    }
}
