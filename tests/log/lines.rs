//! A line for every refusal and every fault, by which its cause can be found; and one line it stays.

use latchkey::mount::{AUTHORIZER, EVENTS, FUNCTIONS};
use mail::{Factor, What};
use oauth::{Secret, Time};
use serde_json::{Value, json};
use setting::{Clock, Env, Permissions, Settings};
use tests::{
    Answer, World,
    database::{Fault, Wire},
    mails::{Ses, bounce, letter},
    stub::{Mood, Stub, fresh_key},
};
use web::EventFunction;

use crate::sink::Sink;

/// The one line about an answer, which has its status and says why.
fn line_of(sink: &Sink, answer: &Answer) -> Value {
    let id = answer.header("apigw-requestid");
    let lines = sink.about(id);
    let line = lines.iter().find(|line| line["status"] == answer.status);
    let line = line.unwrap_or_else(|| panic!("no line about {id}: {answer:?}"));
    assert!(line["cause"].as_str().is_some_and(|cause| cause.len() > 10), "{line}");
    assert_eq!(line["level"], if answer.status >= 500 { "ERROR" } else { "INFO" }, "{line}");
    assert!(line["span"]["function"].is_string(), "{line}");
    line.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_and_a_fault_have_a_line_with_the_request_and_the_cause() {
    // #103
    let (sink, wire, stub) = (Sink::open(), Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    let (browser, program) = (world.browser(), world.program());
    let token = stub.sign_in(&program, json!({}), world.now()).await.expect(200).jwt();

    for answer in [
        browser.get("/users/login?return_to=/a&return_to=/b").await.expect(400),
        browser.get("/users/login/nobody").await.expect(404),
        browser.get("/users/login/evil/callback?state=x&code=y").await.expect(400),
        browser.post("/users/token").await.expect(401),
        program.bearer("/users", &token).await.expect(403),
        program.bearer("/users/me?", &token).await,
        stub.sign_in(&browser, json!({ "nonce": "x" }), world.now()).await.expect(401),
    ] {
        if answer.status >= 400 {
            line_of(&sink, &answer);
        }
    }
    let wrong = stub.sign_in(&browser, json!({ "aud": "x" }), world.now()).await.expect(401);
    let cause = line_of(&sink, &wrong)["cause"].to_string();
    assert!(cause.contains("evil: the ID token is refused") && cause.contains("aud"), "{cause}");

    stub.mood("token", Mood::ServerError);
    let failed = stub.sign_in(&browser, json!({}), world.now()).await.expect(502);
    let cause = line_of(&sink, &failed)["cause"].to_string();
    assert!(cause.contains("evil") && cause.contains("500"), "{cause}");

    wire.set(Fault::CutAfter(0));
    line_of(&sink, &program.bearer("/users/me", &token).await.expect(503));
    wire.set(Fault::Refuse("AccessDeniedException"));
    let fault = program.bearer("/users/me", &token).await.expect(500);
    let cause = line_of(&sink, &fault)["cause"].to_string();
    assert!(cause.contains("AccessDenied"), "{cause}");
}

#[tokio::test]
async fn the_authorizer_says_why_it_refused() {
    // #103
    let (sink, world) = (Sink::open(), World::start().await);
    let program = world.program();
    let token = program.token("ada").await;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{first}{}", &signature[1..]);
    for (token, reason) in [("nonsense", "malformed"), (&forged, "signature")] {
        let answer = program.bearer("/users/me", token).await.expect(403);
        let lines = sink.about(answer.header("apigw-requestid"));
        let line = lines
            .iter()
            .find(|line| line["span"]["function"] == "authorizer")
            .expect("a line of the authorizer's");
        assert!(line["reason"].as_str().unwrap().contains(reason), "{line}");
    }
}

/// A function that no browser and no client reads, and that always fails.
struct Broken;

impl EventFunction for Broken {
    const NAME: &'static str = "broken";
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[];

    async fn init(_: &Env) -> web::Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, _: &Value, _: oauth::Time) -> web::Result<Value> {
        Err("the cause of it all".into())
    }
}

#[tokio::test]
async fn a_hidden_fault_has_a_log_line_with_message_and_cause() {
    // #103
    let sink = Sink::open();
    let event = json!({"requestContext": {"requestId": "of-broken"}});
    assert_eq!(web::invoke_event(&Broken, &Clock::system(), &event).await, Err("failed"));
    let lines = sink.about("of-broken");
    let line = lines.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert_eq!((&line["message"], &line["cause"]), (&json!("failed"), &json!("the cause of it all")));
    assert_eq!(line["span"]["function"], "broken");
}

#[tokio::test]
async fn values_that_an_authorizer_leaves_out_are_a_warning() {
    // #77, #103: by the names of the claims, and without what they say.
    let sink = Sink::open();
    let (key, jwk) = fresh_key("k");
    let settings = [
        ("ISSUERS", "id"),
        ("ID_ISSUER", "https://id.example.com"),
        ("ID_AUDIENCES", "us"),
        ("ID_SCOPE_CLAIMS", "roles"),
        ("ID_JWKS_URI", "none"),
        ("ID_KEYS", &json!({"keys": [jwk]}).to_string()),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let clock = Clock::from_fn(|| Time::from_epoch(1_800_000_000));
    let authorizer = AUTHORIZER.start(Env::new(settings, clock, AUTHORIZER.settings)).await.unwrap();
    let ask = async |id: &str, roles: usize, name: usize, sub: &str| {
        let roles: Vec<_> = (0..roles).map(|n| format!("secret-{n:0243}")).collect();
        let claims = json!({
            "iss": "https://id.example.com", "aud": "us", "sub": sub, "name": "N".repeat(name), "roles": roles,
            "iat": 1_800_000_000, "exp": 1_800_000_060,
        });
        let token = key.token(&json!({"alg": "RS256", "typ": "JWT"}), &claims);
        let event = json!({
            "type": "REQUEST", "methodArn": format!("arn:aws:execute-api:eu-west-1:123456789012:abc/{}/GET/", "s".repeat(200)), "resource": "/",
            "path": "/", "httpMethod": "GET", "headers": {"authorization": format!("Bearer {token}")},
            "requestContext": {"apiId": "abc", "requestId": id},
        });
        let answer = authorizer.invoke(&event).await;
        let lines = sink.about(id);
        assert!(!lines.iter().any(|line| line.to_string().contains("secret-0")), "{lines:?}");
        let warning = lines.into_iter().find(|line| line["level"] == "WARN");
        (answer.is_ok(), warning)
    };
    assert_eq!(ask("of-all", 1, 10, "u").await, (true, None));
    let (allowed, warning) = ask("of-roles", 17, 10, "u").await;
    assert_eq!((allowed, &warning.unwrap()["left_out"]), (true, &json!("roles")));
    let (allowed, warning) = ask("of-name", 3, 6200, "u").await;
    assert_eq!((allowed, &warning.unwrap()["left_out"]), (true, &json!("name")));
    let (allowed, warning) = ask("of-scope", 26, 10, &"\"".repeat(255)).await;
    let warning = warning.unwrap();
    assert_eq!((allowed, &warning["message"]), (false, &json!("refused")));
    assert!(warning["bytes"].as_u64().unwrap() > 8_000, "{warning}");
}

#[tokio::test]
async fn input_cannot_start_a_log_line() {
    // #103
    let sink = Sink::open();
    let world = World::start().await;
    let fake = "x\r\n{\"level\":\"ERROR\",\"message\":\"forged-line\"}\n\u{2028}\u{1b}[31m";
    for mount in FUNCTIONS.iter().chain(EVENTS).chain([&AUTHORIZER]) {
        let env = Env::new(world.cloud.settings.clone(), Clock::system(), mount.settings);
        let running = mount.start_with_cookies(env, world.cookies).await.unwrap();
        for path in
            [mount.routes.first().map_or("/", |route| route.path), fake, "/users/login/google/callback"]
        {
            let _ = running.invoke(&event(path, fake)).await;
        }
    }
    assert!(sink.lines().iter().all(|line| line["message"] != "forged-line"));
    for line in sink.text().lines() {
        assert!(!line.contains(['\r', '\u{1b}']), "{line}");
    }
}

/// An event with the same text in every place that takes one.
fn event(path: &str, text: &str) -> Value {
    json!({
        "version": "2.0", "type": "REQUEST", "routeKey": text, "rawPath": path,
        "rawQueryString": format!("state={text}&error={text}"),
        "headers": { "authorization": format!("Bearer {text}"), "accept": text, "user-agent": text, "origin": text },
        "cookies": [format!("__Host-session={text}")],
        "requestContext": { "requestId": text, "http": { "method": "GET", "path": path }, "authorizer": { "lambda": { "sub": text, "exp": text } } },
        "body": text,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_is_named_by_its_key_alone() {
    // #103
    let (sink, wire) = (Sink::open(), Wire::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let (program, token) = (world.program(), world.program().token("ada").await);
    let mut row = wire.rows_of("USER").await.remove(0);
    row["created_at"] = json!({"S": "canary-created-at"});
    wire.put("latchkey", &row).await;
    let id = row["id"]["S"].as_str().unwrap();
    let line_of = |answer: &Answer| {
        let lines = sink.about(answer.header("apigw-requestid"));
        assert!(
            lines.iter().any(|line| line["level"] == "WARN" && line.to_string().contains(id)),
            "{lines:?}"
        );
    };
    line_of(&program.bearer("/users", &token).await.expect(401));
    line_of(&program.bearer("/users/me", &token).await.expect(401));
    line_of(&program.send(program.request("POST", "/users/verify").bearer_auth(&token)).await.expect(401));
    assert!(!sink.text().contains("canary-created-at"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_choice_at_the_provider_is_no_error_in_the_log() {
    // #10, #103
    let (sink, stub) = (Sink::open(), Stub::start().await);
    let world = World::with(&stub.settings()).await;
    for (error, status, levels) in [
        ("error=access_denied", 403, &["INFO"][..]),
        ("error=user_cancelled_authorize", 403, &["INFO"]),
        ("error=temporarily_unavailable&error_description=authentication_expired", 400, &["INFO"]),
        ("error=login_required", 400, &["INFO"]),
        ("error=canary_new&error_description=canary-text%0d%0acanary", 400, &["INFO"]),
        ("error=redirect_uri_mismatch&error_description=canary-text", 400, &["WARN", "INFO"]),
        ("error=temporarily_unavailable&error_description=canary-text", 503, &["ERROR"]),
        ("error=server_error", 502, &["ERROR"]),
    ] {
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now());
        let state = back.rsplit_once("state=").unwrap().1;
        let answer =
            browser.get(&format!("/users/login/evil/callback?state={state}&{error}")).await.expect(status);
        let cause = line_of(&sink, &answer)["cause"].to_string();
        assert!(cause.contains("evil: the provider answers"), "{cause}");
        let lines = sink.about(answer.header("apigw-requestid"));
        let heard: Vec<_> = lines.iter().map(|line| line["level"].as_str().unwrap()).collect();
        assert_eq!(heard, levels, "{error}: {lines:?}");
        assert!(!format!("{lines:?}").contains("canary"), "{error}: {lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_userinfo_is_one_warning() {
    // #18, #103
    let (sink, stub) = (Sink::open(), Stub::start().await);
    let world = World::with(&stub.settings()).await;
    let nameless = json!({ "email": null, "email_verified": null });
    for (mood, why) in
        [(Mood::Status(403), "403"), (Mood::Html, "JSON"), (Mood::Reset, ""), (Mood::Truncated, "")]
    {
        stub.mood("userinfo", mood);
        let answer = stub.sign_in(&world.browser(), nameless.clone(), world.now()).await.expect(303);
        let lines = sink.about(answer.header("apigw-requestid"));
        let loud: Vec<_> = lines
            .iter()
            .filter(|line| ["WARN", "ERROR"].contains(&line["level"].as_str().unwrap()))
            .collect();
        let [warning] = loud.as_slice() else { panic!("{mood:?}: {lines:?}") };
        assert_eq!((&warning["level"], &warning["provider"]), (&json!("WARN"), &json!("evil")), "{warning}");
        let error = warning["error"].as_str().unwrap();
        assert!(error.starts_with("userinfo: ") && error.contains(why), "{error}");
        assert!(!format!("{lines:?}").contains("canary-"), "{lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_addresses_that_github_does_not_show_is_one_warning() {
    // #19, #103: which no person sees, and which is the only sign of it.
    let (sink, stub) = (Sink::open(), Stub::start().await);
    let settings = stub.as_github();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let world = World::with(&settings).await;
    for status in [401, 403, 404, 429, 500, 503] {
        stub.mood("emails", Mood::Status(status));
        let answer = stub.sign_in(&world.browser(), json!({}), world.now()).await.expect(303);
        let lines = sink.about(answer.header("apigw-requestid"));
        let loud: Vec<_> = lines
            .iter()
            .filter(|line| ["WARN", "ERROR"].contains(&line["level"].as_str().unwrap()))
            .collect();
        let [warning] = loud.as_slice() else { panic!("{status}: {lines:?}") };
        assert_eq!(
            (&warning["level"], &warning["provider"]),
            (&json!("WARN"), &json!("github")),
            "{warning}"
        );
        assert!(warning["error"].as_str().unwrap().contains(&status.to_string()), "{warning}");
        assert!(!format!("{lines:?}").contains("canary"), "{lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_about_a_mail_has_its_address_its_link_or_its_code() {
    // #103
    let (sink, ses) = (Sink::open(), Ses::start().await);
    let settings = [("MAIL", "ses"), ("MAIL_FROM", "login@example.com"), ("SES_ENDPOINT", &*ses.url)];
    let world = World::with(&settings).await;
    let link = || Secret::new(format!("{}/users/mailcanary", world.cloud.url));
    let letters = [
        letter("mailcanary@example.com", "en", What::Reset { link: link() }),
        letter(
            "mailcanary@example.com",
            "en",
            What::SignIn { code: Secret::new("MAILCANARY"), link: link() },
        ),
        letter(
            "mailcanary@example.com",
            "en",
            What::FactorAdded { what: Factor::Passkey { name: "mailcanary".to_owned() } },
        ),
        letter("mailcanary@", "en", What::Known),
    ];
    for (status, error) in [(200, ""), (400, "MessageRejected"), (429, "TooManyRequestsException"), (418, "")]
    {
        ses.answer(status, error);
        world.deliver(&letters).await;
    }
    world.cloud.invoke("mail-send", &bounce("mailcanary@example.com")).await.unwrap();
    world.deliver(&letters).await;
    let text = sink.text();
    for said in
        ["a mail was sent", "MessageRejected", "TooManyRequestsException", "an address gets no more mails"]
    {
        assert!(text.contains(said), "{said}");
    }
    assert!(!text.to_ascii_lowercase().contains("mailcanary"));
}
