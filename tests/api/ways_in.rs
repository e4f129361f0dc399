//! Every way in, for somebody who may come in and for somebody who may not: none is forgotten where one is closed.

use crate::passkeys;
use client::{Exchange, Kind};
use oauth::server::GrantType;
use serde_json::{Value, json};
use tests::{
    Agent, Answer, App, TestClient, World,
    authenticator::Authenticator,
    database::Wire,
    devices::Codes,
    oauth::{Ask, claims},
    platform::Platform,
    stub::Stub,
};
use user::{
    Rights,
    bulk::{self, Account, AccountIdentity, Hash},
};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const ADDRESS: &str = "eve@example.com";
const PASSWORD: &str = "password";
/// Of [`PASSWORD`], with little work.
const HASH: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

/// Each way in, and what comes of it where nothing is in the way.
const WAYS: [&str; 13] = [
    "a password, as a program",
    "a password, as a person",
    "a mailed code, as a program",
    "a mailed code, as a person",
    "a mailed link",
    "a provider, as a program",
    "a provider, as a person",
    "a provider's token",
    "a code",
    "a device",
    "a refresh token",
    "a token of ours",
    "a passkey",
];

/// One person who knows every way, and what they have begun.
struct Doors {
    wire: Wire,
    world: World,
    stub: Stub,
    phone: Platform,
    id: String,
    app: App,
    native: TestClient,
    code: String,
    device: Codes,
    refresh: String,
    access: String,
    passkey: Authenticator,
}

impl Doors {
    async fn open() -> Self {
        Self::open_with("on", true).await
    }

    /// Second factors are on or off, and the address was proven or only written down.
    async fn open_with(factors: &str, proven: bool) -> Self {
        let (stub, phone) = (Stub::start().await, Platform::start().await);
        let wire = Wire::start().await;
        let more = [
            ("DYNAMODB_ENDPOINT", wire.endpoint.as_str()),
            ("MAILED_SIGN_IN", "on"),
            ("PASSWORDS", "on"),
            ("SECOND_FACTORS", factors),
            ("PASSKEYS", "on"),
            ("PROVIDERS", "evil,phone"),
            ("PHONE_AUTHORITATIVE_FOR", "*"),
        ];
        let settings = [&stub.settings()[..], &phone.settings(), &more].concat();
        let world = World::with(&settings).await;
        let identities = [("evil", &stub.issuer), ("phone", &phone.issuer)];
        let id = imported(&world, if proven { &identities } else { &[] }).await;
        let app = App::of(&world, Kind::Web, tests::CALLBACK, |new| {
            new.grants =
                vec![GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::TokenExchange];
        });
        let app = app.await;
        let native = world.client(Kind::Native, |new| {
            new.grants.extend([GrantType::TokenExchange, GrantType::DeviceCode]);
            new.exchange = Exchange::read(&[], &["phone=the-app".to_owned()]).unwrap();
        });
        let native = native.await;
        let browser = world.browser();
        let form = [("login", ADDRESS), ("password", PASSWORD)];
        browser.form("/users/password/login", &form).await.expect(303);
        let mut passkey = Authenticator::new(&world.cloud.url);
        passkeys::add(&world, &browser, &mut passkey).await.expect(200);
        // They are told of it, where the address is theirs.
        if proven {
            world.mail(ADDRESS, 1).await;
        }
        let first = app.code_of(&browser, &[("scope", "openid offline_access")]).await;
        let tokens = redeem(&world, &app, &first).await.expect(200).json();
        let device = world.codes(&native, &[]).await;
        browser.allow_device(&device).await;
        let [refresh, access] =
            ["refresh_token", "access_token"].map(|name| tokens[name].as_str().unwrap().to_owned());
        let code = app.code(&browser).await;
        Self { wire, stub, phone, id, app, native, code, device, refresh, access, passkey, world }
    }

    /// What came of each way, in the order of [`WAYS`].
    async fn tried(&self) -> Vec<String> {
        self.answers().await.iter().map(|answer| self.outcome(answer)).collect()
    }

    /// What each way answers.
    async fn answers(&self) -> Vec<Answer> {
        let world = &self.world;
        let form = [("login", ADDRESS), ("password", PASSWORD)];
        vec![
            send(world, "/users/login").await,
            world.browser().form("/users/password/login", &form).await,
            self.by_mail(&world.program(), "code").await,
            self.by_mail(&world.browser(), "code").await,
            self.by_mail(&world.browser(), "link").await,
            self.by_provider(&world.program()).await,
            self.by_provider(&world.browser()).await,
            self.exchange().send(world).await,
            redeem(world, &self.app, &self.code).await,
            world.polling(&self.native, &self.device).send(world).await,
            refresh(world, &self.app, &self.refresh).await,
            self.exchange_ours().send(world).await,
            passkeys::enter(world, &world.browser(), &self.passkey).await,
        ]
    }

    /// By what is in the mail; where none comes, by what could be in one. As if nobody had asked for a mail before.
    async fn by_mail(&self, agent: &Agent, what: &str) -> Answer {
        let world = &self.world;
        for row in self.wire.rows_of("MAILS").await {
            self.wire.delete("latchkey", &row).await;
        }
        let accept = agent.request("GET", "/").build().unwrap().headers()["accept"].clone();
        let is_program = accept == "application/json";
        let before = world.mails(ADDRESS).await.len();
        let send = async |path: &str, name: &str, value: &str| {
            if !is_program {
                return agent.form(path, &[(name, value)]).await;
            }
            let request = agent.request("POST", path).header("content-type", "application/json");
            agent.send(request.body(json!({name: value}).to_string())).await
        };
        send("/users/mailed", "email", ADDRESS).await;
        let user = user::find(&world.table().await, &self.id, world.now()).await.unwrap().unwrap();
        let mail = if user.is_active() { Some(world.mail(ADDRESS, before + 1).await) } else { None };
        let token = mail.as_ref().map_or("none", |mail| mail.link().split_once("?token=").unwrap().1);
        match what {
            "code" => {
                send("/users/mailed/code", "code", mail.as_ref().map_or("000000", |mail| mail.code())).await
            }
            _ => send("/users/mailed/link", "token", token).await,
        }
    }

    async fn by_provider(&self, agent: &Agent) -> Answer {
        let said = json!({"sub": "eve", "email": ADDRESS});
        let begun = agent.start("/users/login/evil").await;
        agent.get(&self.stub.agree(&begun, said, self.world.now())).await
    }

    /// They remove this provider; the other one stays.
    async fn unlink(&self, provider: &str, other: &str) {
        let (table, now) = (self.world.table().await, self.world.now());
        let user = user::find(&table, &self.id, now).await.unwrap().unwrap();
        let all = user::identities_of(&table, &user, now).await.unwrap();
        let key = all.into_iter().find(|identity| identity.provider == provider).unwrap().key;
        let done = user::unlink(&table, &self.id, key.as_str(), &user::WaysIn::of(&[other]), &[], now).await;
        assert_eq!(done.unwrap(), user::Unlinked::Done(user::Gone::Provider(provider.to_owned())));
    }

    fn exchange(&self) -> Ask {
        let now = self.world.now().epoch();
        let said = json!({
            "iss": self.phone.issuer, "aud": "the-app", "sub": "eve", "iat": now, "exp": now + 3600,
            "jti": oauth::Secret::random(), "email": ADDRESS, "email_verified": true,
        });
        let token = self.phone.token(&said);
        let fields = [("grant_type", EXCHANGE), ("subject_token", &token), ("subject_token_type", ID_TOKEN)];
        Ask::of(&self.native, "/oauth/token", &fields)
    }

    fn exchange_ours(&self) -> Ask {
        let fields =
            [("grant_type", EXCHANGE), ("subject_token", &self.access), ("subject_token_type", ACCESS_TOKEN)];
        Ask::of(&client_of(&self.app), "/oauth/token", &fields)
    }

    /// `in`, as this very person, or as somebody else; or the status and the error.
    fn outcome(&self, answer: &Answer) -> String {
        let json: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if answer.status == 303 && answer.location() == "/users/factor" {
            assert!(answer.cookies().iter().all(|cookie| !cookie.contains("session=")), "{answer:?}");
            return "asked for a second factor".to_owned();
        }
        if matches!(answer.status, 200 | 303) {
            let token = ["token", "jwt", "access_token"].iter().find_map(|name| json[*name].as_str());
            let is_session = answer.cookies().iter().any(|cookie| cookie.contains("session="));
            assert!(token.is_some() || is_session, "{answer:?}");
            let is_theirs = token.is_none_or(|token| claims(token)["sub"] == *self.id);
            return if is_theirs { "in" } else { "in, as somebody else" }.to_owned();
        }
        assert!(answer.cookies().iter().all(|cookie| !cookie.contains("session=")), "{answer:?}");
        format!("{} {}", answer.status, json["error"].as_str().unwrap_or("page"))
    }
}

/// Somebody with a password, and with these identities: the address of whoever has some was proven where they come from.
async fn imported(world: &World, identities: &[(&str, &String)]) -> String {
    let (table, rights) = (world.table().await, Rights::parse("member=get:profile", "", "member").unwrap());
    let account = Account {
        email: Some(ADDRESS.to_owned()),
        email_verified: !identities.is_empty(),
        identities: identities
            .iter()
            .map(|&(provider, issuer)| AccountIdentity {
                provider: provider.to_owned(),
                issuer: issuer.clone(),
                subject: "eve".to_owned(),
            })
            .collect(),
        password_hash: Some(Hash(HASH.to_owned())),
        ..Default::default()
    };
    let done = bulk::import(&table, &rights, &[account], false, world.now()).await.unwrap().remove(0);
    done.unwrap();
    send(world, "/users/login").await.expect(200).json()["user"]["id"].as_str().unwrap().to_owned()
}

/// A program shows address and password.
async fn send(world: &World, path: &str) -> Answer {
    let program = world.program();
    let request = program.request("POST", path).header("content-type", "application/json");
    program.send(request.body(json!({"email": ADDRESS, "password": PASSWORD}).to_string())).await
}

async fn redeem(world: &World, app: &App, code: &str) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &app.redirect_uri),
        ("code_verifier", &app.verifier),
    ];
    Ask::of(&client_of(app), "/oauth/token", &fields).send(world).await
}

async fn refresh(world: &World, app: &App, token: &str) -> Answer {
    world.refreshing(&client_of(app), token).send(world).await
}

fn client_of(app: &App) -> TestClient {
    TestClient { id: app.id.clone(), secret: app.secret.clone() }
}

/// What came of each way, as it has to be.
#[track_caller]
fn are(tried: &[String], expected: [&str; WAYS.len()]) {
    let pairs: Vec<_> = WAYS.iter().zip(tried).collect();
    let wanted = expected.map(str::to_owned);
    assert_eq!(pairs, WAYS.iter().zip(&wanted).collect::<Vec<_>>());
}

#[tokio::test]
async fn every_way_leads_in() {
    let doors = Doors::open().await;
    are(&doors.tried().await, ["in"; WAYS.len()]);
}

#[tokio::test]
async fn no_way_leads_in_who_is_disabled() {
    // #35, #84
    let doors = Doors::open().await;
    user::disable(&doors.world.table().await, &doors.id, doors.world.now()).await.unwrap();
    let expected = [
        "401 login_required",
        "401 page",
        "401 login_required",
        "401 page",
        "400 page",
        "403 access_denied",
        "403 page",
        "400 invalid_request",
        "400 invalid_grant",
        "400 invalid_grant",
        "400 invalid_grant",
        "400 invalid_request",
        "401 login_required",
    ];
    are(&doors.tried().await, expected);
}

#[tokio::test]
async fn what_was_begun_before_signing_out_everywhere_leads_nowhere() {
    // #34
    let doors = Doors::open().await;
    user::end_everywhere(&doors.world.table().await, &doors.id, doors.world.now()).await.unwrap();
    let mut expected = ["in"; WAYS.len()];
    expected[8..11].fill("400 invalid_grant");
    expected[11] = "400 invalid_request";
    are(&doors.tried().await, expected);
}

#[tokio::test]
async fn who_is_guessed_at_comes_in_by_every_other_way() {
    // #85: the wait is for the password, from devices that are not known.
    let doors = Doors::open().await;
    let world = &doors.world;
    for _ in 0..12 {
        let form = [("login", "EVE@example.com"), ("password", "a wrong one")];
        let answer = world.browser().form("/users/password/login", &form).await;
        assert!([401, 429].contains(&answer.status), "{answer:?}");
    }
    let mut expected = ["in"; WAYS.len()];
    expected[0] = "429 temporarily_unavailable";
    expected[1] = "429 page";
    are(&doors.tried().await, expected);
}

#[tokio::test]
async fn who_guesses_mailed_codes_shuts_out_whoever_comes_by_one_from_there_and_nobody_else() {
    // #85
    let doors = Doors::open().await;
    let world = &doors.world;
    for _ in 0..2 {
        let browser = world.browser();
        browser.form("/users/mailed", &[("email", "EVE@example.com")]).await.expect(303);
        for _ in 0..5 {
            browser.form("/users/mailed/code", &[("code", "000000")]).await.expect(401);
        }
    }
    let mut expected = ["in"; WAYS.len()];
    expected[2] = "429 temporarily_unavailable";
    expected[3] = "429 page";
    are(&doors.tried().await, expected);
}

#[tokio::test]
async fn who_guesses_at_the_second_factor_is_stopped_there_by_whichever_way_they_came() {
    // #85: the tries are the person's, and no way has others. What rests on a session from before, and a passkey, wait for nothing.
    let doors = Doors::open().await;
    let world = &doors.world;
    let has = store::Change::new().set(user::User::FACTORS, &user::Factors { totp: true, passkeys: 1 });
    world.table().await.update(&doors.id, has, world.now()).await.unwrap();
    let form = [("login", ADDRESS), ("password", PASSWORD)];
    let code = [("code", "000000")];
    let browsers = [0; 4].map(|_| world.browser());
    browsers[0].form("/users/password/login", &form).await.expect(303);
    doors.by_mail(&browsers[1], "code").await.expect(303);
    doors.by_mail(&browsers[2], "link").await.expect(303);
    doors.by_provider(&browsers[3]).await.expect(303);
    for n in 0..10 {
        browsers[n % 4].form("/users/factor", &code).await.expect(401);
    }
    for browser in &browsers {
        browser.form("/users/factor", &code).await.expect(429);
    }
    let mut expected = ["asked for a second factor"; WAYS.len()];
    for program in [0, 2, 5] {
        expected[program] = "403 interaction_required";
    }
    expected[7] = "400 invalid_request";
    expected[8..].fill("in");
    are(&doors.tried().await, expected);
}

#[tokio::test]
async fn whatever_was_begun_with_an_address_that_nobody_proved_ends_once_its_owner_came_by_any_way() {
    // #94: the passkey stays with whoever made it, and leads to nothing of the owner's.
    for way in ["a provider", "a provider's token", "a mailed code", "a mailed link"] {
        let doors = Doors::open_with("on", false).await;
        let world = &doors.world;
        let answer = match way {
            "a provider" => doors.by_provider(&world.program()).await,
            "a provider's token" => doors.exchange().send(world).await,
            "a mailed code" => doors.by_mail(&world.program(), "code").await,
            _ => doors.by_mail(&world.browser(), "link").await,
        };
        let came = if way == "a mailed link" { "in" } else { "in, as somebody else" };
        assert_eq!(doors.outcome(&answer), came, "{way}");
        let mut expected = ["in"; WAYS.len()];
        (expected[0], expected[1]) = ("401 login_required", "401 page");
        for program in [2, 5, 7] {
            expected[program] = "in, as somebody else";
        }
        expected[8..11].fill("400 invalid_grant");
        expected[11] = "400 invalid_request";
        are(&doors.tried().await, expected);
        let browser = world.browser();
        passkeys::enter(world, &browser, &doors.passkey).await.expect(200);
        assert_eq!(world.session(&browser).await.user_id, doors.id, "{way}");
    }
}

#[tokio::test]
async fn an_address_that_nobody_proved_leads_to_nobody_elses_account() {
    // #93, #94: whoever wrote it down has a password, and the person of the provider has an account of their own.
    let stub = Stub::start().await;
    let world =
        World::with(&[&stub.settings()[..], &[("PASSWORDS", "on"), ("PASSKEYS", "on")]].concat()).await;
    let program = world.program();
    let send = async |path: &str, body: Value| {
        let request = program.request("POST", path).header("content-type", "application/json");
        program.send(request.body(body.to_string())).await
    };
    let known = json!({"email": ADDRESS, "password": "a horse that counts"});
    send("/users/register", known.clone()).await.expect(202);
    let squatter = send("/users/login", known.clone()).await.expect(200).json();
    assert_eq!(squatter["user"]["email_verified"], false);
    let (browser, mut passkey) = (world.browser(), Authenticator::new(&world.cloud.url));
    let form = [("login", ADDRESS), ("password", "a horse that counts")];
    browser.form("/users/password/login", &form).await.expect(303);
    passkeys::add(&world, &browser, &mut passkey).await.expect(200);
    let said = json!({"sub": "eve", "email": ADDRESS});
    let owner = stub.sign_in(&world.program(), said, world.now()).await.expect(200).json();
    assert_ne!(owner["user"]["id"], squatter["user"]["id"]);
    send("/users/login", known).await.expect(401);
    // Their passkey leads where it led before, and not to the owner.
    let browser = world.browser();
    passkeys::enter(&world, &browser, &passkey).await.expect(200);
    assert_eq!(world.session(&browser).await.user_id, squatter["user"]["id"]);
}

#[tokio::test]
async fn every_way_but_a_provider_that_leads_elsewhere_leads_to_its_person() {
    // #95: the identity is somebody else's by now, and what came with it is not.
    let doors = Doors::open().await;
    let world = &doors.world;
    doors.unlink("evil", "phone").await;
    let mut expected = ["in"; WAYS.len()];
    expected[5] = "in, as somebody else";
    are(&doors.tried().await, expected);
    // As a person, they are the same somebody else.
    let (by_provider, by_passkey) = (world.browser(), world.browser());
    assert_eq!(doors.outcome(&doors.by_provider(&by_provider).await), "in");
    passkeys::enter(world, &by_passkey, &doors.passkey).await.expect(200);
    assert_ne!(world.session(&by_provider).await.user_id, doors.id);
    assert_eq!(world.session(&by_passkey).await.user_id, doors.id);
}

#[tokio::test]
async fn every_way_but_a_providers_token_that_leads_elsewhere_leads_to_its_person() {
    // #95: though the provider is an authority over the address.
    let doors = Doors::open().await;
    doors.unlink("phone", "evil").await;
    let mut expected = ["in"; WAYS.len()];
    expected[7] = "in, as somebody else";
    are(&doors.tried().await, expected);
}

#[tokio::test]
async fn an_app_is_told_that_it_was_a_mailed_code() {
    // RFC 8176: a code that counts once.
    let doors = Doors::open().await;
    let browser = doors.world.browser();
    browser.form("/users/mailed", &[("email", ADDRESS)]).await.expect(303);
    let code = doors.world.mail(ADDRESS, 2).await.code().to_owned();
    browser.form("/users/mailed/code", &[("code", &code)]).await.expect(303);
    let code = doors.app.code(&browser).await;
    let answer = redeem(&doors.world, &doors.app, &code).await.expect(200).json();
    let claims = claims(answer["id_token"].as_str().unwrap());
    assert_eq!((&claims["amr"], &claims["sub"]), (&json!(["otp"]), &json!(doors.id)));
}

#[tokio::test]
async fn an_app_is_told_that_it_was_a_password() {
    // OpenID Connect Core §2: `amr` of the session, in the ID token.
    let doors = Doors::open().await;
    let answer = redeem(&doors.world, &doors.app, &doors.code).await.expect(200).json();
    let claims = claims(answer["id_token"].as_str().unwrap());
    assert_eq!((&claims["amr"], &claims["sub"]), (&json!(["pwd"]), &json!(doors.id)));
}

#[tokio::test]
async fn whoever_has_a_role_that_demands_a_second_factor_is_asked_for_it_by_every_way_or_refused() {
    // #81, #85: with and without a factor, and what was begun before the role demanded one is refused too, without being used up.
    let doors = Doors::open().await;
    let (table, world) = (doors.world.table().await, &doors.world);
    world.demand_factor("member", "get:profile", true).await;
    let expected = [
        "403 interaction_required",
        "asked for a second factor",
        "403 interaction_required",
        "asked for a second factor",
        "asked for a second factor",
        "403 interaction_required",
        "asked for a second factor",
        "400 invalid_request",
        "400 invalid_grant",
        "400 invalid_grant",
        "400 invalid_grant",
        "400 invalid_request",
        // It is two factors already.
        "in",
    ];
    are(&doors.tried().await, expected);
    let has = store::Change::new().set(user::User::FACTORS, &user::Factors { totp: true, passkeys: 0 });
    table.update(&doors.id, has, world.now()).await.unwrap();
    are(&doors.tried().await, expected);
    let none = store::Change::new().set(user::User::FACTORS, &user::Factors::default());
    table.update(&doors.id, none, world.now()).await.unwrap();
    world.demand_factor("member", "get:profile", false).await;
    are(&doors.tried().await, ["in"; WAYS.len()]);
}

#[tokio::test]
async fn where_second_factors_are_off_nobody_is_asked_and_the_role_that_demands_one_is_withheld_by_every_way()
{
    // #81: it fails towards less.
    let doors = Doors::open_with("off", true).await;
    doors.world.demand_factor("member", "get:profile", true).await;
    let answers = doors.answers().await;
    for (way, answer) in WAYS.iter().zip(&answers) {
        assert_eq!(doors.outcome(answer), "in", "{way}");
        let json: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let token = ["token", "jwt", "access_token"].iter().find_map(|name| json[*name].as_str());
        if let Some(token) = token {
            let claims = claims(token);
            assert!(claims.get("roles").is_none_or(|roles| roles == &json!([])), "{way}: {claims}");
            assert!(!claims["scope"].as_str().unwrap_or_default().contains("get:profile"), "{way}: {claims}");
        }
    }
    // But by a passkey, which is two factors by itself.
    let browser = doors.world.browser();
    passkeys::enter(&doors.world, &browser, &doors.passkey).await.expect(200);
    assert_eq!(browser.post("/users/token").await.expect(200).json()["scope"], "get:profile");
}

#[tokio::test]
async fn whoever_has_a_second_factor_is_asked_for_it_by_every_way_or_refused() {
    // What rests on a session from before goes on with it.
    let doors = Doors::open().await;
    let has = store::Change::new().set(user::User::FACTORS, &user::Factors { totp: true, passkeys: 1 });
    doors.world.table().await.update(&doors.id, has, doors.world.now()).await.unwrap();
    let expected = [
        "403 interaction_required",
        "asked for a second factor",
        "403 interaction_required",
        "asked for a second factor",
        "asked for a second factor",
        "403 interaction_required",
        "asked for a second factor",
        "400 invalid_request",
        "in",
        "in",
        "in",
        "in",
        // It is two factors already.
        "in",
    ];
    are(&doors.tried().await, expected);
}
