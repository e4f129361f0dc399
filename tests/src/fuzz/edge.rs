//! F5, F6, F7, F7b: what a browser or a client sends that is read byte by byte.

use std::{sync::LazyLock, time::Duration};

use futures_util::FutureExt;
use latchkey::mount::{AUTHORIZER, Running};
use oauth::{BaseUrl, Origins, Secret};
use serde_json::{Value, json};
use setting::{Clock, Env, Permissions, Settings};
use url::Url;
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route, SealedCookies, Sealer};

use super::{events, tokens::NOW};

/// What the sealed texts are for, each for its own.
const PURPOSES: [&[&str]; 4] = [&["login", "google"], &["login"], &["cursor", "user-1"], &[]];

static KEY: LazyLock<Secret> = LazyLock::new(Secret::random);
static SEALER: LazyLock<Sealer> = LazyLock::new(|| Sealer::new(&KEY).unwrap());
static SEALED: LazyLock<[String; 4]> =
    LazyLock::new(|| PURPOSES.map(|purpose| SEALER.seal(purpose, b"content")));

/// A text opens for a purpose exactly if it is, exactly, what was sealed for it. The bytes as they are; and, by the
/// first two, some of them instead of others in a text that was sealed.
pub fn open_sealed(data: &[u8]) {
    only_its_own(&String::from_utf8_lossy(data));
    let [which, at, length, new @ ..] = data else { return };
    let sealed = &SEALED[usize::from(*which) % SEALED.len()];
    let from = usize::from(*at) % (sealed.len() + 1);
    let to = (from + usize::from(*length)).min(sealed.len());
    only_its_own(&format!("{}{}{}", &sealed[..from], String::from_utf8_lossy(new), &sealed[to..]));
}

fn only_its_own(text: &str) {
    for (purpose, sealed) in PURPOSES.iter().zip(SEALED.iter()) {
        assert_eq!(SEALER.open(purpose, text).is_some(), text == sealed, "{purpose:?} {text}");
    }
}

/// A function that tells what it reads of its cookies.
struct Probe(SealedCookies);

impl Function for Probe {
    const NAME: &'static str = "probe";
    const ROUTES: &'static [Route] = &[Route::get("/", Guard::Public)];
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(_: &Env) -> Result<Self> {
        Ok(Self(SealedCookies::new(SEALER.clone(), "login", Duration::from_secs(600))))
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let sealed: Option<Value> = self.0.read(&request, "id", "context");
        let read = json!({"plain": request.cookie("__Host-session"), "sealed": sealed});
        Ok(Response::json(&read)?.cookie(&self.0.write("id", "context", &json!("content"), NOW)?))
    }
}

static PROBE: LazyLock<Probe> = LazyLock::new(|| {
    let env = Env::new(std::collections::HashMap::new(), Clock::from_fn(|| NOW), Probe::SETTINGS);
    Probe::init(&env).now_or_never().expect("nobody is asked at the start").unwrap()
});

/// What the function answers to a `Cookie` header.
fn answer(header: &str) -> Value {
    let event = json!({
        "rawPath": "/", "headers": {"cookie": header}, "requestContext": {"http": {"method": "GET"}},
    });
    web::invoke(&*PROBE, &Clock::from_fn(|| NOW).into(), &event).now_or_never().expect("nobody is asked")
}

/// A sealed cookie as a browser sends it back: name and value.
static COOKIE: LazyLock<(String, String)> = LazyLock::new(|| {
    let answer = answer("");
    let pair = answer["cookies"][0].as_str().unwrap().split(';').next().unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    (name.to_owned(), value.to_owned())
});

/// A `Cookie` header, in which `SEALED` is a good one: of cookies of one name none is taken, what is taken came like that, and
/// a sealed one is as it was given out. Says whether it was taken.
pub fn cookies(data: &[u8]) -> bool {
    let (name, value) = &*COOKIE;
    let header = String::from_utf8_lossy(data).replace("SEALED", &format!("{name}={value}"));
    let answer = answer(&header);
    if answer["statusCode"] != 200 {
        assert_eq!(answer["statusCode"], 400, "{header:?}: {answer}");
        return false;
    }
    let read: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let came = |name: &str| -> Vec<&str> {
        let pairs = header.split(';').map(|pair| pair.trim_matches([' ', '\t']));
        pairs.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).collect()
    };
    if let Some(plain) = read["plain"].as_str() {
        assert_eq!(came("__Host-session"), [plain], "{header:?}");
    }
    let taken = !read["sealed"].is_null();
    assert!(!taken || came(name) == [value.as_str()], "{header:?}");
    taken
}

static GATE: LazyLock<Running> = LazyLock::new(|| events::start(&AUTHORIZER));

/// An `Authorization` header, in which `TOKEN` is a good token: nobody is accepted but by the one word and the one token.
pub fn authorization(data: &[u8]) {
    let header = String::from_utf8_lossy(data).replace("TOKEN", &events::TOKEN);
    let good = header.split_once(' ').is_some_and(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("bearer") && token == events::TOKEN.as_str()
    });
    let arn = "arn:aws:execute-api:eu-west-1:123456789012:abc/prod/GET/";
    for event in [
        json!({"type": "TOKEN", "methodArn": arn, "authorizationToken": header}),
        json!({
            "version": "2.0", "type": "REQUEST", "routeArn": arn, "requestContext": {"apiId": "abc", "http": {}},
            "headers": {"authorization": header}, "identitySource": [header],
        }),
    ] {
        let answer = GATE.invoke(&event).now_or_never().expect("nobody is asked");
        assert_eq!(events::is_yes(&answer), good, "{header:?}");
    }
    if let Some(token) = web::bearer(&header) {
        assert!(header.len() == "Bearer ".len() + token.len() && header.ends_with(token), "{header:?}");
        assert!(!token.contains([',', ' ', '"']) && token.is_ascii(), "{header:?}");
    }
}

const ALLOWED: &str = "https://app.example.com";

static ORIGINS: LazyLock<(Url, Origins)> = LazyLock::new(|| {
    let base = BaseUrl::parse("https://id.example.com").unwrap();
    (Url::parse(base.as_str()).unwrap(), Origins::new(base, ALLOWED).unwrap())
});

/// A place to return to: wherever a person is sent, a browser that reads it from us is on our origin, or on one that is
/// allowed and was written out; and anyone who asks for that place gets it.
pub fn return_to(data: &[u8]) {
    let wanted = String::from_utf8_lossy(data);
    let (base, origins) = &*ORIGINS;
    let place = origins.check(&wanted);
    let text = place.as_str();
    assert!(text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'), "{wanted:?}: {text:?}");
    let url = base.join(text).unwrap();
    let ours = url.origin() == base.origin();
    assert!(ours || url.origin().ascii_serialization() == ALLOWED, "{wanted:?}: {text:?}");
    assert!(ours || wanted.to_ascii_lowercase().starts_with("https:"), "{wanted:?}: {text:?}");
    assert!(url.username().is_empty() && url.password().is_none(), "{wanted:?}: {text:?}");
    assert_eq!(origins.check(text), place, "{wanted:?}");
}
