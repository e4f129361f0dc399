//! Secrets on every route there is, and everything that can go wrong on the way.

use std::sync::Mutex;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{
    Agent, Answer, World,
    database::{Fault, Wire},
    stub::{CLIENT_SECRET, Mood, Stub},
};

use crate::{sink::Sink, spellings::Secrets};

/// Everything that must not be written down or repeated, and what was answered.
#[derive(Default)]
struct Witness {
    secrets: Mutex<Vec<String>>,
    answers: Mutex<Vec<Answer>>,
}

impl Witness {
    fn secret(&self, secret: impl Into<String>) {
        self.secrets.lock().unwrap().push(secret.into());
    }

    fn answer(&self, answer: Answer) -> Answer {
        self.answers.lock().unwrap().push(answer.clone());
        answer
    }

    /// What an agent's jar holds.
    fn jar(&self, agent: &Agent) {
        for name in agent.cookie_names() {
            // With which provider somebody signed in last is no secret.
            if !name.ends_with("-provider") {
                self.secret(agent.cookie(&name).unwrap());
            }
        }
    }

    /// State, nonce and code of an address.
    fn address(&self, url: &str) {
        for (name, value) in url::Url::parse(url).unwrap().query_pairs() {
            if ["state", "nonce", "code"].contains(&name.as_ref()) && value.len() >= 8 {
                self.secret(value);
            }
        }
    }

    /// Starts a login: where the person must go.
    async fn start(&self, agent: &Agent) -> String {
        let url =
            agent.start("/users/login?return_to=/canary-return-to&login_hint=canary-hint@example.com").await;
        self.address(&url);
        self.jar(agent);
        url
    }

    /// A whole sign-in, of which the provider says this.
    async fn sign_in(&self, stub: &Stub, agent: &Agent, claims: Value, world: &World) -> Answer {
        let back = stub.agree(&self.start(agent).await, claims, world.now());
        self.address(&back);
        let answer = self.answer(agent.get(&back).await);
        self.jar(agent);
        if answer.status == 200 {
            self.token(answer.json()["jwt"].as_str().unwrap());
        }
        answer
    }

    /// A token, and its signature alone.
    fn token(&self, token: &str) {
        self.secret(token);
        self.secret(token.rsplit('.').next().unwrap());
    }

    /// What the settings keep secret, and every private member of a key.
    fn settings(&self, world: &World) {
        let settings = &world.cloud.settings;
        self.secret(&settings["COOKIE_KEY"]);
        let keys: Value = serde_json::from_str(&settings["SIGNING_KEYS"]).unwrap();
        for name in ["d", "p", "q", "dp", "dq", "qi"] {
            self.secret(keys["keys"][0][name].as_str().unwrap());
        }
    }

    /// What was sent to the provider, and what it gave.
    fn upstream(&self, stub: &Stub) {
        for body in stub.bodies("token") {
            for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
                if ["code", "code_verifier"].contains(&name.as_ref()) {
                    self.secret(value);
                }
            }
        }
        stub.id_tokens().iter().for_each(|token| self.token(token));
    }

    /// Neither the log nor any refusal holds any of it.
    fn check(&self, sink: &Sink) {
        let mut secrets = self.secrets.lock().unwrap().clone();
        secrets.sort();
        secrets.dedup();
        let log = sink.text();
        assert!(sink.lines().len() > 100, "every line is an object");
        assert!(log.len() > 10_000 && secrets.len() > 100, "{} {}", log.len(), secrets.len());
        let secrets = Secrets::new(&secrets);
        assert_eq!(secrets.found(&log), [], "in the log");
        for answer in self.answers.lock().unwrap().iter().filter(|answer| answer.status >= 400) {
            // But for the way back that the person asked for themselves: starting again keeps it.
            let body = answer.body.replace("return_to=%2Fcanary-return-to", "");
            let whole = format!("{body} {:?}", answer.headers);
            assert_eq!(secrets.found(&whole), [], "in {answer:?}");
        }
    }
}

/// Words that stand in what strangers and providers say, and belong into no log and no refusal.
const CANARIES: [&str; 12] = [
    "canary-access-token",
    "canary-agent",
    "canary-body",
    "canary-description",
    "canary-header",
    "canary-hint",
    "canary-name",
    "canary-path",
    "canary-query",
    "canary-return-to",
    "canary-sub",
    "canary@example.com",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_logged_or_repeated() {
    // #103, #10
    let (sink, witness) = (Sink::open(), Witness::default());
    CANARIES.into_iter().chain([CLIENT_SECRET]).for_each(|word| witness.secret(word));
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.extend([
        ("DYNAMODB_ENDPOINT", wire.endpoint.as_str()),
        ("ADMINS", "eve@example.com"),
        ("EVIL_TIMEOUT", "3"),
    ]);
    let world = World::with(&settings).await;
    witness.settings(&world);

    people_come_in(&witness, &world, &stub).await;
    strangers_try(&witness, &world).await;
    forgers_try(&witness, &world, &stub).await;
    join_all(["token", "jwks", "userinfo"].map(|endpoint| an_endpoint_fails(&witness, endpoint))).await;
    the_provider_refuses(&witness, &world, &stub).await;
    the_database_fails(&witness, &world, &wire, &stub).await;

    witness.upstream(&stub);
    witness.check(&sink);
}

/// Browsers and programs sign in, look around, and leave.
async fn people_come_in(witness: &Witness, world: &World, stub: &Stub) {
    let (browser, program) = (world.browser(), world.program());
    witness.sign_in(stub, &browser, json!({ "name": "canary-name" }), world).await.expect(303);
    let person = json!({ "sub": "canary-sub-2", "email": "canary@example.com" });
    witness.sign_in(stub, &program, person, world).await.expect(200);
    browser.get("/").await.expect(200);
    let renewed = browser.post("/users/token").await.expect(200).json();
    let token = renewed["access_token"].as_str().unwrap();
    witness.token(token);
    let page = program.bearer("/users?limit=1", token).await.expect(200).json();
    let cursor = page["next"].as_str().unwrap();
    witness.secret(cursor);
    program.bearer(&format!("/users?limit=1&cursor={cursor}"), token).await.expect(200);
    program.bearer("/users/me", token).await.expect(200);
    witness.answer(program.bearer(&format!("/users?cursor={cursor}x"), token).await.expect(400));
    witness.answer(program.bearer("/users/me", &format!("{token}x")).await.expect(403));
    browser.form("/users/logout", &[]).await.expect(303);
    witness.answer(browser.post("/users/token").await.expect(401));
    world.pass(700);
    witness.answer(program.bearer("/users/me", token).await.expect(403));
}

/// Canaries wherever somebody can put one.
async fn strangers_try(witness: &Witness, world: &World) {
    let (browser, program) = (world.browser(), world.program());
    let paths =
        ["/", "/users", "/users/me", "/users/login", "/users/login/evil", "/users/token", "/users/logout"];
    let callback = "/users/login/evil/callback";
    for path in
        paths.into_iter().chain([callback, "/users/login/canary-path", "/users/login/canary-path/callback"])
    {
        for agent in [&browser, &program] {
            for method in ["GET", "POST"] {
                let address = format!(
                    "{path}?canary-query=canary-query&state=canary-query&error_description=canary-description"
                );
                let request = agent
                    .request(method, &address)
                    .header(
                        "cookie",
                        "__Host-session=canary-header; __Host-login-canary-header=1.canary-header",
                    )
                    .header("authorization", "Bearer canary-header.canary-header.canary-header")
                    .header("user-agent", "canary-agent")
                    .header("x-canary-header", "canary-header")
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body("code=canary-body&state=canary-body&user=canary-body");
                witness.answer(agent.send(request).await);
            }
        }
    }
    for (name, value) in [
        ("authorization", "Basic Y2FuYXJ5LWhlYWRlcjpjYW5hcnktaGVhZGVy"),
        ("origin", "https://canary-header.example"),
    ] {
        for path in ["/users/me", "/users/token", "/users/logout"] {
            witness.answer(program.send(program.request("POST", path).header(name, value)).await);
            witness.answer(program.send(program.request("GET", path).header(name, value)).await);
        }
    }
}

/// Spoilt callbacks, and ID tokens that nobody should accept.
async fn forgers_try(witness: &Witness, world: &World, stub: &Stub) {
    for agent in [world.browser(), world.program()] {
        let url = witness.start(&agent).await;
        let back = stub.agree(&url, json!({}), world.now());
        witness.address(&back);
        let state =
            url::Url::parse(&url).unwrap().query_pairs().find(|(n, _)| n == "state").unwrap().1.into_owned();
        for damaged in [
            back.replace(&state, "canary-query-state"),
            format!("{back}&iss=https://canary-query.example"),
            format!("{back}&error=canary-query&error_description=canary-description"),
            back.replace("code=", "code=canary-query%00"),
            format!(
                "/users/login/evil/callback?state={state}&error=canary-query&error_description=canary-description"
            ),
        ] {
            let jar: Vec<_> =
                agent.cookie_names().into_iter().map(|n| (agent.cookie(&n).unwrap(), n)).collect();
            witness.answer(agent.get(&damaged).await);
            jar.into_iter().for_each(|(value, name)| agent.set_cookie(&name, &value));
        }
    }
    for claims in [
        json!({ "nonce": "canary-query-nonce" }),
        json!({ "aud": "canary-query-audience" }),
        json!({ "iss": "https://canary-query.example" }),
        json!({ "exp": 1 }),
        json!({ "sub": "canary-sub".repeat(30) }),
        json!({ "sub": "canary-sub\r\nINFO nobody" }),
    ] {
        witness.sign_in(stub, &world.program(), claims, world).await.expect(401);
    }
}

/// An endpoint of a provider in every mood. Much of it is waiting, so each endpoint has a world of its own, beside the others.
async fn an_endpoint_fails(witness: &Witness, endpoint: &'static str) {
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("EVIL_TIMEOUT", "3"));
    let world = World::with(&settings).await;
    witness.settings(&world);
    for mood in Mood::BAD {
        // Old keys would be used as long as they are cached.
        world.pass(100_000);
        stub.mood(endpoint, mood);
        let claims = json!({ "email": null, "name": null });
        let answer = witness.sign_in(&stub, &world.browser(), claims, &world).await;
        // A sign-in does without userinfo.
        assert!(answer.status >= 400 || endpoint == "userinfo", "{endpoint} {mood:?}: {answer:?}");
    }
    witness.upstream(&stub);
}

/// The provider has much to say about what went wrong.
async fn the_provider_refuses(witness: &Witness, world: &World, stub: &Stub) {
    for error in ["invalid_grant", "invalid_client", "access_denied", "canary-body", "canary-body\r\nINFO x"]
    {
        let said = json!({ "error": error, "error_description": "canary-description", "error_uri": "https://canary-body.example" });
        stub.say("token", said);
        let answer = witness.sign_in(stub, &world.program(), json!({}), world).await;
        assert!(answer.status >= 400, "{error}: {answer:?}");
    }
    stub.say("token", json!({}));
}

/// The database, busy and gone, in the middle of everything.
async fn the_database_fails(witness: &Witness, world: &World, wire: &Wire, stub: &Stub) {
    let (browser, program) = (world.browser(), world.program());
    witness.sign_in(stub, &browser, json!({}), world).await.expect(303);
    let answer = witness.sign_in(stub, &program, json!({}), world).await.expect(200).json();
    let token = answer["jwt"].as_str().unwrap();
    for fault in [
        Fault::Refuse("ValidationException"),
        Fault::Refuse("AccessDeniedException"),
        Fault::Refuse("ThrottlingException"),
        Fault::CutAfter(0),
    ] {
        wire.set(fault);
        witness.answer(browser.get("/").await);
        witness.answer(browser.post("/users/token").await);
        witness.answer(program.bearer("/users", token).await);
        witness.answer(program.bearer("/users/me", token).await);
        witness.sign_in(stub, &world.browser(), json!({}), world).await;
        wire.set(Fault::None);
    }
}
