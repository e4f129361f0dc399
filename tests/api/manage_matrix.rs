//! Who may do what with whom in the management API: everybody who may call × every endpoint × whom it is about.
//!
//! The endpoints are those of the function's own list, so one that has no row here fails. What is expected follows from three rules:
//! the scope, what is there, and that nobody acts on somebody who may do more. The answers are compared with the document that
//! describes the API, and printed into docs/management-api.md.

use std::{collections::BTreeMap, time::Duration};

use client::Kind;
use manage::{ENDPOINTS, Endpoint, Version};
use oauth::{Scope, Secret};
use serde_json::{Value, json};
use session::{Session, SignIn};
use tests::{Answer, TERMS, TestClient, World};
use token::{Claims, FIRST_PARTY, Keys, Signer};
use user::{
    Factors, Rights, Status, User,
    rights::{self, Actor, Edit, Rule},
};

use crate::manage_document::check;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/management-api.md");

/// `support` may change people, but not everybody: an administrator has more.
const ROLES: &str = "admin=users:read users:write users:delete roles:read roles:write get:profile; \
    support=users:read users:write get:profile; member=get:profile";

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Nobody,
    Person,
    OtherPerson,
    Support,
    Admin,
    DisabledPerson,
    Service,
    ServiceWithoutScope,
    StrongService,
}

const EVERYBODY: [(Who, &str); 9] = [
    (Who::Nobody, "nobody"),
    (Who::Person, "person"),
    (Who::OtherPerson, "other person"),
    (Who::Support, "support"),
    (Who::Admin, "admin"),
    (Who::DisabledPerson, "disabled admin"),
    (Who::Service, "service"),
    (Who::ServiceWithoutScope, "service without the scope"),
    (Who::StrongService, "service with all scopes"),
];

/// Whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whom {
    /// The caller; for a service, which is no person, the same as missing.
    Own,
    /// A member.
    Foreign,
    /// An administrator.
    Above,
    /// Nobody has this id.
    Missing,
}

const TARGETS: [Whom; 4] = [Whom::Own, Whom::Foreign, Whom::Above, Whom::Missing];

impl Who {
    /// What they may do, by role or by registration.
    fn scope(self) -> &'static str {
        match self {
            Self::Nobody => "",
            Self::Person | Self::OtherPerson => "get:profile",
            Self::Support | Self::Service => "get:profile users:read users:write",
            Self::Admin | Self::DisabledPerson | Self::StrongService => {
                "get:profile roles:read roles:write users:delete users:read users:write"
            }
            Self::ServiceWithoutScope => "get:profile",
        }
    }

    fn role(self) -> Option<&'static str> {
        match self {
            Self::Person | Self::OtherPerson => Some("member"),
            Self::Support => Some("support"),
            Self::Admin | Self::DisabledPerson => Some("admin"),
            Self::Nobody | Self::Service | Self::ServiceWithoutScope | Self::StrongService => None,
        }
    }

    fn holds(self, scope: &str) -> bool {
        self.scope().split(' ').any(|held| held == scope)
    }
}

/// What the rules say.
fn expected(who: Who, endpoint: &Endpoint, whom: Whom) -> u16 {
    let Some(scope) = endpoint.scope() else { return endpoint.answer.0 };
    if who == Who::Nobody {
        return 401;
    }
    if !who.holds(scope) {
        return 403;
    }
    if who == Who::DisabledPerson {
        return 401;
    }
    let of_person = endpoint.segments().any(|name| name == "id");
    let whom = if whom == Whom::Own && who.role().is_none() { Whom::Missing } else { whom };
    match whom {
        Whom::Missing if of_person => 404,
        // Their own they take away on a page of theirs, which asks for what a sign-in asks for.
        Whom::Own if ["removeFactors", "unlinkIdentity"].contains(&endpoint.name) => 403,
        Whom::Above if of_person && acts(endpoint) && !who.holds("users:delete") => 403,
        _ => endpoint.answer.0,
    }
}

/// Whether the caller needs all that the person has. To give out everything that is stored of somebody is an act too.
fn acts(endpoint: &Endpoint) -> bool {
    endpoint.writes() || endpoint.name == "exportUser"
}

/// A world with people, and what belongs to them.
struct Scene {
    world: World,
    signer: Signer,
    app: TestClient,
    services: BTreeMap<Who, TestClient>,
}

impl Scene {
    async fn start() -> Self {
        let world = World::with(&[("ROLES", ROLES)]).await;
        let keys = Keys::parse(&Secret::new(world.cloud.settings["SIGNING_KEYS"].clone())).unwrap();
        let signer = Signer::new(&world.cloud.url, &world.cloud.url, keys);
        // There is always another administrator, who has signed in.
        world.program().sign_in("ada").await.expect(200);
        let app = world.client(Kind::Web, |_| {}).await;
        let mut services = BTreeMap::new();
        for who in [Who::Service, Who::ServiceWithoutScope, Who::StrongService] {
            let scope: Scope = who.scope().parse().unwrap();
            let service = world.client(Kind::Service, |new| {
                new.audiences = vec![world.cloud.url.clone()];
                new.scope = scope.clone();
                new.default_scope = scope;
            });
            services.insert(who, service.await);
        }
        Self { world, signer, app, services }
    }

    /// Somebody new with this role.
    async fn person(&self, role: &str, status: Status) -> User {
        self.world.somebody(&[role], status).await
    }

    fn token(&self, subject: &str, client: &str, scope: &str) -> String {
        let scope = scope.parse().unwrap();
        let claims = Claims::of(subject, client, &scope);
        self.signer.access_token(&claims, self.world.now()).unwrap().jwt.expose().to_owned()
    }

    /// The caller's id, and their token.
    async fn caller(&self, who: Who) -> (String, Option<String>) {
        if let Some(service) = self.services.get(&who) {
            return (service.id.clone(), Some(self.token(&service.id, &service.id, who.scope())));
        }
        let Some(role) = who.role() else { return ("nobody".to_owned(), None) };
        let status = if who == Who::DisabledPerson { Status::Disabled } else { Status::Active };
        let person = self.person(role, status).await;
        let token = self.token(&person.id, FIRST_PARTY, who.scope());
        (person.id, Some(token))
    }

    /// The id of whom it is about.
    async fn target(&self, own: &str, whom: Whom) -> String {
        match whom {
            Whom::Own => own.to_owned(),
            Whom::Foreign => self.person("member", Status::Active).await.id,
            Whom::Above => self.person("admin", Status::Active).await.id,
            Whom::Missing => "01900000-0000-7000-8000-000000000000".to_owned(),
        }
    }

    /// Gives an app something of this person.
    async fn grant(&self, user_id: &str) {
        let table = self.world.table().await;
        if let Some(user) = user::find(&table, user_id, self.world.now()).await.unwrap() {
            self.world.grant_of(&self.app, &user.id, user.epoch, &TERMS).await;
        }
    }

    /// The id of a session of this person.
    async fn session(&self, user_id: &str) -> String {
        let (sid, secret) = (Secret::random(), Secret::random());
        let sign_in = SignIn {
            sid: sid.expose(),
            secret: &secret,
            user_id,
            epoch: 0,
            amr: &[],
            visit: None,
            keep: Duration::from_secs(86_400),
            via: None,
        };
        let session = Session::new(&sign_in, self.world.now());
        assert!(self.world.table().await.create(&session.id, &session, self.world.now()).await.unwrap());
        session.id
    }

    /// The name of a role that can be removed.
    async fn role(&self) -> String {
        let name = "gone".to_owned();
        self.edit(Edit::SetRole { name: name.clone(), scope: Scope::default(), second_factor: None }).await;
        name
    }

    /// The name of a rule that can be removed.
    async fn rule(&self) -> String {
        let (name, roles) = ("gone".to_owned(), vec!["member".to_owned()]);
        let entitlement = Some("extra".to_owned());
        self.edit(Edit::SetRule(Box::new(Rule {
            name: name.clone(),
            roles,
            entitlement,
            ..Rule::default()
        })))
        .await;
        name
    }

    async fn edit(&self, edit: Edit) {
        let (table, now) = (self.world.table().await, self.world.now());
        let start = Rights::parse(ROLES, "", "member").unwrap();
        rights::change(&table, &start, &edit, &Actor::Operator, None, rights::NO_TRAIL, now).await.unwrap();
    }

    /// The request that makes an endpoint do what it is for.
    async fn ask(&self, endpoint: &Endpoint, own: &str, whom: Whom, token: Option<&str>) -> Answer {
        let id = self.target(own, whom).await;
        let mut path = endpoint.route.path.replace("{id}", &id);
        let body = match endpoint.name {
            "listUsers" | "showUser" | "explainRights" | "exportUser" | "listRules" | "listSessions"
            | "signOut" | "listApps" | "listIdentities" | "listRoles" | "listEvents" | "document"
            | "page" => None,
            "setRole" => {
                path = path.replace("{name}", "extra");
                Some(json!({"scope": "get:profile"}))
            }
            "removeRole" => {
                path = path.replace("{name}", &self.role().await);
                None
            }
            "setRule" => {
                path = path.replace("{name}", "extra");
                Some(json!({"roles": ["member"], "entitlement": "extra"}))
            }
            "removeRule" => {
                path = path.replace("{name}", &self.rule().await);
                None
            }
            "setDefaults" => Some(json!({"roles": ["member"]})),
            "tryRights" => Some(json!({"roles": [{"name": "member", "scope": "get:profile users:read"}]})),
            "addUser" => {
                let random = Secret::random().expose().to_lowercase();
                let local: String = random.chars().filter(char::is_ascii_alphanumeric).collect();
                Some(json!({"email": format!("{local}@example.com"), "roles": ["member"]}))
            }
            "changeUser" => Some(json!({"status": "disabled"})),
            "deleteUser" => None,
            "removeFactors" => {
                let (table, now) = (self.world.table().await, self.world.now());
                let factors = Factors { totp: true, ..Factors::default() };
                let change = store::Change::new().set(User::FACTORS, &factors);
                table.update::<User>(&id, change, now).await.unwrap();
                None
            }
            "endSession" => {
                path = path.replace("{sid}", &self.session(&id).await);
                None
            }
            "unlinkIdentity" => {
                let found = user::find(&self.world.table().await, &id, self.world.now()).await.unwrap();
                let key = found.map_or_else(|| "none".to_owned(), |user| user.identities[0].to_string());
                path = path.replace("{key}", &key);
                None
            }
            "removeApp" => {
                self.grant(&id).await;
                path = path.replace("{client_id}", &self.app.id);
                None
            }
            other => panic!("{other} has no row in this matrix"),
        };
        self.send(endpoint, &path, body, token).await
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        path: &str,
        body: Option<Value>,
        token: Option<&str>,
    ) -> Answer {
        let program = self.world.program();
        let mut request = program.request(endpoint.route.method, path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        if endpoint.version == Version::Needed {
            request = request.header("if-match", "*");
        }
        program.send(request).await
    }
}

/// The statuses of one cell: one where all are the same, else those of own, foreign, above, missing.
fn cell(statuses: &[u16]) -> String {
    let mut all: Vec<_> = statuses.iter().map(u16::to_string).collect();
    all.dedup();
    if all.len() == 1 {
        return all.remove(0);
    }
    statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(" · ")
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_exactly_the_answer_of_the_rules_at_every_endpoint() {
    // #35, #45, #81, #82: the table in docs/management-api.md is made of these answers.
    let scene = Scene::start().await;
    let described = scene.world.program().get("/openapi.json").await.expect(200).json();
    let mut rows = Vec::new();
    for endpoint in ENDPOINTS {
        let of_person = endpoint.segments().any(|name| name == "id");
        let targets = if of_person { &TARGETS[..] } else { &TARGETS[..1] };
        let mut cells = Vec::new();
        for (who, name) in EVERYBODY {
            let mut statuses = Vec::new();
            for &whom in targets {
                let (own, token) = scene.caller(who).await;
                let answer = scene.ask(endpoint, &own, whom, token.as_deref()).await;
                let what = format!("{name}: {} of {whom:?}", endpoint.route.key());
                assert_eq!(answer.status, expected(who, endpoint, whom), "{what}: {answer:?}");
                check(&described, endpoint, &answer, &what);
                statuses.push(answer.status);
            }
            cells.push(cell(&statuses));
        }
        let scope = endpoint.scope().unwrap_or("–");
        rows.push(format!("| `{}` | {scope} | {} |", endpoint.route.key(), cells.join(" | ")));
    }
    let names: Vec<_> = EVERYBODY.iter().map(|(_, name)| *name).collect();
    let head =
        format!("| endpoint | scope | {} |\n|---|---|{}", names.join(" | "), "---|".repeat(names.len()));
    crate::manage_document::print(DOCUMENT, "matrix", &format!("{head}\n{}", rows.join("\n")));
}

#[tokio::test]
async fn a_service_asks_for_the_audience_and_gets_what_it_is_registered_for() {
    // #57, #81: by default a service's token is for another API, and opens nothing here.
    let scene = Scene::start().await;
    let service = &scene.services[&Who::Service];
    let fields = [("grant_type", "client_credentials")];
    let refused = tests::oauth::Ask::of(service, "/oauth/token", &fields).send(&scene.world).await;
    assert_eq!(refused.expect(400).json()["error"], "invalid_target");
    let fields = [("grant_type", "client_credentials"), ("resource", &*scene.world.cloud.url)];
    let token =
        tests::oauth::Ask::of(service, "/oauth/token", &fields).send(&scene.world).await.expect(200).json();
    assert_eq!(token["scope"], "get:profile users:read users:write");
    let token = token["access_token"].as_str().unwrap();
    scene.world.program().bearer("/users", token).await.expect(200);
    scene.world.program().bearer("/roles", token).await.expect(403);
    // #35: a service that is disabled has nothing any more.
    let table = scene.world.table().await;
    client::disable(&table, &service.id, client::manage::NOTHING, scene.world.now()).await.unwrap();
    let refused = scene.world.program().bearer("/users", token).await.expect(401);
    assert_eq!(refused.json()["error"], "invalid_token");
}

#[tokio::test]
async fn a_role_that_was_taken_away_gives_nothing_although_the_token_still_names_its_scopes() {
    // #81
    let scene = Scene::start().await;
    let person = scene.person("member", Status::Active).await;
    let token = scene.token(&person.id, FIRST_PARTY, Who::Admin.scope());
    let refused = scene.world.program().bearer("/users", &token).await.expect(403);
    assert_eq!(refused.json()["error"], "insufficient_scope");
    assert_eq!(
        refused.header("www-authenticate"),
        r#"Bearer error="insufficient_scope", scope="users:read""#
    );
}
