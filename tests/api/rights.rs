//! Every way of getting a token, under every kind of rule: none of them leaves out the person's rights.

use std::collections::BTreeSet;

use client::{Exchange, Kind, NewClient};
use oauth::{Digest, Identity, server::GrantType};
use serde_json::{Value, json};
use store::{Change, Table, member};
use tests::{
    Agent, App, CALLBACK, TestClient, World,
    oauth::Ask,
    platform::Platform,
    stub::{Mood, Stub},
};
use user::{
    LinkProof, Rights, User,
    rights::{self, Actor, Claim, Edit, Rule},
};

const API: &str = "https://kitchen.example.com";
/// The scope of each kind of rule, and one that a role in the person's own row allows.
const SCOPES: &str = "own by:provider by:domain by:hd by:group by:claim by:client by:entitlement";
const ROLES: &str = "member=own; provider=by:provider; domain=by:domain; hd=by:hd; group=by:group; claim=by:claim; \
                     client=by:client; entitlement=by:entitlement";
/// For how many seconds a sign-in proves something here.
const AGE: u64 = 700;

struct Scene {
    world: World,
    table: Table,
    stub: Stub,
    app: App,
    device: TestClient,
}

fn wanted(new: &mut NewClient) {
    new.audiences = vec![API.to_owned()];
    new.default_audience = Some(API.to_owned());
    new.scope.extend(&format!("offline_access {SCOPES}").parse().unwrap());
}

impl Scene {
    /// A provider that signs domains, an app, a device, and one rule of each kind.
    async fn start() -> Self {
        let stub = Stub::start().await;
        let settings = google(&stub);
        Self::with(stub, settings).await
    }

    /// The same with these settings of the provider.
    async fn with(stub: Stub, settings: Vec<(String, String)>) -> Self {
        let mut settings: Vec<_> = settings.iter().map(|(name, value)| (&**name, &**value)).collect();
        settings.extend([("ROLES", ROLES), ("DEFAULT_ROLES", "member")]);
        let world = World::with(&settings).await;
        let table = world.table().await;
        world.api(API, &SCOPES.split(' ').collect::<Vec<_>>()).await;
        let exchanging = |new: &mut NewClient| {
            wanted(new);
            new.grants.push(GrantType::TokenExchange);
        };
        let app = App::of(&world, Kind::Web, CALLBACK, exchanging).await;
        let device = world.device_app(wanted).await;
        let scene = Self { world, table, stub, app, device };
        for rule in scene.rules() {
            scene.edit(&Edit::SetRule(Box::new(rule))).await;
        }
        scene
    }

    fn rules(&self) -> Vec<Rule> {
        let rule = |role: &str| Rule {
            name: role.to_owned(),
            roles: vec![role.to_owned()],
            max_age: Some(AGE),
            ..Rule::default()
        };
        let some = |text: &str| Some(text.to_owned());
        let claim = Claim { name: "department".to_owned(), value: "kitchen".to_owned() };
        vec![
            Rule { provider: some("google"), ..rule("provider") },
            Rule { domain: some("company.com"), ..rule("domain") },
            Rule { hd: some("company.com"), ..rule("hd") },
            Rule { group: some("cooks"), ..rule("group") },
            Rule { claim: Some(claim), ..rule("claim") },
            Rule { client: Some(self.app.id.clone()), ..rule("client") },
            Rule { entitlement: some("gold"), ..rule("entitlement") },
        ]
    }

    async fn edit(&self, edit: &Edit) {
        let start = Rights::parse(ROLES, "", "member").unwrap();
        let now = self.world.now();
        rights::change(&self.table, &start, edit, &Actor::Operator, None, rights::NO_TRAIL, now)
            .await
            .unwrap();
    }

    /// Ann, who has everything that a rule looks at, in a browser; and her id.
    async fn ann(&self, browser: &Agent) -> String {
        self.stub.sign_in(browser, ann(), self.world.now()).await.expect(303);
        let id = self.world.session(browser).await.user_id;
        let gold = Change::new().set(User::ENTITLEMENTS, &vec![user::Entitlement::manual("gold", None)]);
        self.table.update::<User>(&id, gold, self.world.now()).await.unwrap();
        id
    }

    async fn asked(&self, fields: &[(&str, &str)]) -> Value {
        let client = TestClient { id: self.app.id.clone(), secret: self.app.secret.clone() };
        Ask::of(&client, "/oauth/token", fields).send(&self.world).await.expect(200).json()
    }

    /// The first tokens of a grant of the app.
    async fn grant(&self, browser: &Agent) -> Value {
        let scope = format!("openid offline_access {SCOPES}");
        let code = self.app.code_of(browser, &[("scope", &scope), ("resource", API)]).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &*self.app.verifier),
        ];
        self.asked(&fields).await
    }

    async fn refreshed(&self, tokens: &Value) -> Value {
        let token = tokens["refresh_token"].as_str().unwrap();
        self.asked(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn exchanged(&self, tokens: &Value) -> Value {
        let fields = [
            ("grant_type", GrantType::TokenExchange.as_str()),
            ("subject_token", tokens["access_token"].as_str().unwrap()),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        self.asked(&fields).await
    }

    async fn of_device(&self, browser: &Agent) -> Value {
        let codes = self.world.codes(&self.device, &[("scope", SCOPES)]).await;
        browser.allow_device(&codes).await;
        self.world.polling(&self.device, &codes).send(&self.world).await.expect(200).json()
    }

    /// In each way in which somebody gets a token in this browser, and by this grant: what is in it, beside what is the same for all.
    async fn each_way(&self, browser: &Agent, tokens: &Value) -> Vec<(&'static str, BTreeSet<String>)> {
        let fresh = self.grant(browser).await;
        let exchanged = self.exchanged(&fresh).await;
        vec![
            ("users/token", scopes(&browser.post("/users/token").await.expect(200).json())),
            ("device", scopes(&self.of_device(browser).await)),
            ("code", scopes(&fresh)),
            ("exchange", scopes(&exchanged)),
            ("refresh", scopes(&self.refreshed(tokens).await)),
        ]
    }

    /// That each way gives `own`, and these; the app's ways also what the rule about the app gives.
    async fn gives(&self, browser: &Agent, tokens: &Value, kinds: &[&str], when: &str) {
        for (way, given) in self.each_way(browser, tokens).await {
            let of_app = !matches!(way, "users/token" | "device");
            let all = ["own"].into_iter().chain(of_app.then_some("by:client")).chain(kinds.iter().copied());
            assert_eq!(given, all.map(str::to_owned).collect(), "{way}: {when}");
        }
    }
}

/// The stub as the provider that signs domains.
fn google(stub: &Stub) -> Vec<(String, String)> {
    let named =
        |(name, value): (&str, &str)| (name.replace("EVIL_", "GOOGLE_"), value.replace("evil", "google"));
    let settings = stub.settings().into_iter().map(named);
    settings.filter(|(name, _)| name != "GOOGLE_AUTHORITATIVE_FOR").collect()
}

fn ann() -> Value {
    json!({
        "sub": "ann", "email": "ann@company.com", "hd": "company.com", "groups": ["waiters", "cooks"],
        "department": "kitchen",
    })
}

fn scopes(answer: &Value) -> BTreeSet<String> {
    let all = answer["scope"].as_str().unwrap().split(' ').map(str::to_owned);
    all.filter(|scope| !["openid", "offline_access"].contains(&scope.as_str())).collect()
}

const PROVEN: [&str; 6] = ["by:provider", "by:domain", "by:hd", "by:group", "by:claim", "by:entitlement"];
const UNPROVEN: [&str; 1] = ["by:entitlement"];

#[tokio::test]
async fn each_way_of_getting_a_token_gives_what_each_rule_gives() {
    // #35, #81, #93
    let scene = Scene::start().await;
    let browser = scene.world.browser();
    scene.ann(&browser).await;
    let tokens = scene.grant(&browser).await;
    scene.gives(&browser, &tokens, &PROVEN, "what was proven a moment ago").await;
    let program = scene.world.program();
    let answer = scene.stub.sign_in(&program, ann(), scene.world.now()).await.expect(200).json();
    let all = ["own"].into_iter().chain(PROVEN);
    assert_eq!(scopes(&answer), all.map(str::to_owned).collect(), "a program");
}

#[tokio::test]
async fn what_is_too_old_gives_nothing_in_any_way() {
    // #81, #93
    let scene = Scene::start().await;
    let browser = scene.world.browser();
    scene.ann(&browser).await;
    let tokens = scene.grant(&browser).await;
    scene.world.pass(AGE as i64);
    scene.gives(&browser, &tokens, &UNPROVEN, "too old").await;
}

#[tokio::test]
async fn an_identity_that_is_gone_gives_nothing_in_any_way() {
    // #26, #93
    let scene = Scene::start().await;
    let browser = scene.world.browser();
    let id = scene.ann(&browser).await;
    let tokens = scene.grant(&browser).await;
    let none: Vec<Digest> = Vec::new();
    let change = Change::new().set(member!(User, identities), &none);
    scene.table.update::<User>(&id, change, scene.world.now()).await.unwrap();
    scene.gives(&browser, &tokens, &UNPROVEN, "unlinked").await;
}

#[tokio::test]
async fn what_another_identity_proved_gives_nothing_in_any_way() {
    // #93
    let scene = Scene::start().await;
    let (anns, others) = (scene.world.browser(), scene.world.browser());
    let id = scene.ann(&anns).await;
    let tokens = scene.grant(&anns).await;
    let issuer = scene.world.cloud.settings["GOOGLE_ISSUER"].clone();
    let identity = Identity::bare("google", &issuer, "private");
    let proof = LinkProof { id: "a-proof", user_id: &id, epoch: 0 };
    user::link(&scene.table, proof, &identity, &[], scene.world.now()).await.unwrap();
    scene.stub.sign_in(&others, json!({"sub": "private"}), scene.world.now()).await.expect(303);
    assert_eq!(scene.world.session(&others).await.user_id, id);
    let private = scene.grant(&others).await;
    scene.gives(&others, &private, &["by:provider", "by:entitlement"], "by the other identity").await;
    scene.gives(&anns, &tokens, &PROVEN, "by the identity that proved it").await;
}

#[tokio::test]
async fn a_change_of_the_rights_is_in_every_way_within_thirty_seconds() {
    // #81
    let scene = Scene::start().await;
    let browser = scene.world.browser();
    scene.ann(&browser).await;
    let tokens = scene.grant(&browser).await;
    for rule in scene.rules() {
        scene.edit(&Edit::RemoveRule { name: rule.name }).await;
    }
    scene
        .edit(&Edit::SetRole {
            name: "member".to_owned(),
            scope: "by:hd".parse().unwrap(),
            second_factor: None,
        })
        .await;
    scene.world.pass(rights::BOUND.as_secs() as i64);
    for (way, given) in scene.each_way(&browser, &tokens).await {
        assert_eq!(given, ["by:hd".to_owned()].into(), "{way}");
    }
}

#[tokio::test]
async fn somebody_who_comes_by_an_id_token_has_what_that_proves_and_for_as_long() {
    // #81, #93: RFC 8693
    let phone = Platform::start().await;
    let settings = [("ROLES", "member=own; staff=by:domain"), ("DEFAULT_ROLES", "member")];
    let world = World::with(&[&phone.settings()[..], &settings].concat()).await;
    world.api(API, &["own", "by:domain"]).await;
    let app = world
        .client(Kind::Native, |new| {
            new.grants.push(GrantType::TokenExchange);
            new.offline_access = true;
            new.audiences = vec![API.to_owned()];
            new.default_audience = Some(API.to_owned());
            new.scope.extend(&"offline_access own by:domain".parse().unwrap());
            new.exchange = Exchange::read(&[], &["phone=app".to_owned()]).unwrap();
        })
        .await;
    let rule = Rule {
        name: "staff".to_owned(),
        roles: vec!["staff".to_owned()],
        provider: Some("phone".to_owned()),
        domain: Some("company.com".to_owned()),
        max_age: Some(AGE),
        ..Rule::default()
    };
    let (start, table) = (Rights::parse(settings[0].1, "", "member").unwrap(), world.table().await);
    let edit = Edit::SetRule(Box::new(rule));
    rights::change(&table, &start, &edit, &Actor::Operator, None, rights::NO_TRAIL, world.now())
        .await
        .unwrap();
    let now = world.now().epoch();
    let token = phone.token(&json!({
        "iss": phone.issuer, "aud": "app", "sub": "ann", "iat": now, "exp": now + 300,
        "email": "ann@company.com", "email_verified": true,
    }));
    let fields = [
        ("grant_type", GrantType::TokenExchange.as_str()),
        ("subject_token", token.as_str()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("scope", "offline_access own by:domain"),
    ];
    let tokens = Ask::of(&app, "/oauth/token", &fields).send(&world).await.expect(200).json();
    assert_eq!(scopes(&tokens), ["by:domain".to_owned(), "own".to_owned()].into());
    world.pass(AGE as i64);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let renewed = world.refreshing(&app, refresh).send(&world).await.expect(200).json();
    assert_eq!(scopes(&renewed), ["own".to_owned()].into(), "nobody upstream was asked again");
}

#[tokio::test]
async fn a_group_that_google_says_gives_its_role_and_where_it_cannot_be_asked_as_long_as_the_rule_keeps_it() {
    // #81, #93
    let stub = Stub::start().await;
    let mut settings = google(&stub);
    settings.push(("GOOGLE_GROUPS".to_owned(), "on".to_owned()));
    settings.push(("GOOGLE_GROUPS_ENDPOINT".to_owned(), format!("{}/groups", stub.issuer)));
    let scene = Scene::with(stub, settings).await;
    let rule = |name: &str, keep: Option<u64>| Rule {
        name: name.to_owned(),
        roles: vec![name.to_owned()],
        group: Some("cooks@company.com".to_owned()),
        max_age: Some(AGE),
        keep,
        ..Rule::default()
    };
    scene.edit(&Edit::SetRule(Box::new(rule("group", None)))).await;
    scene.edit(&Edit::SetRule(Box::new(rule("claim", Some(3600))))).await;
    scene.world.pass(rights::BOUND.as_secs() as i64);
    let given = async |keeps: &[&str], when: &str| {
        let browser = scene.world.browser();
        let claims = json!({"sub": "ann", "email": "ann@company.com", "hd": "company.com"});
        scene.stub.sign_in(&browser, claims, scene.world.now()).await.expect(303);
        let got = scopes(&scene.grant(&browser).await);
        let of_group: Vec<_> =
            ["by:claim", "by:group"].into_iter().filter(|one| got.contains(*one)).collect();
        assert_eq!(of_group, keeps, "{when}");
    };
    given(&["by:claim", "by:group"], "it says the group").await;
    for mood in [Mood::ServerError, Mood::Status(429), Mood::Status(403), Mood::Reset, Mood::DuplicateKeys] {
        scene.stub.mood("groups", mood);
        given(&["by:claim"], "it cannot be asked").await;
    }
    scene.world.pass(3600);
    given(&[], "it cannot be asked for longer than the rule keeps what was known").await;
    scene.stub.mood("groups", Mood::Good);
    given(&["by:claim", "by:group"], "it says the group again").await;
    scene.stub.say("groups", json!({"memberships": []}));
    given(&[], "it says another thing").await;
    assert_eq!(scene.stub.hits("groups"), 9, "once for each sign-in");
}
