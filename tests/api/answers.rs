//! What providers send back to the callback beside the code: parameters of their own, errors in their own words, and who they say
//! they are. By GET through a gateway of payload 2.0 and of 1.0, and in the form that a provider's page posts.

use std::collections::HashMap;

use latchkey::mount::{FUNCTIONS, Running};
use rcgen::KeyPair;
use serde_json::{Value, json};
use tests::{
    Agent, World,
    stub::{CLIENT_ID, Stub},
};
use web::{Clock, Env};

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
        Self { way, stub, callback: mount.start(env).await.unwrap(), world }
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
async fn parameters_that_nobody_reads_decide_nothing() {
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
async fn what_is_read_comes_once_and_whole() {
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
