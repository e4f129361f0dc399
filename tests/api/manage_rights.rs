//! The management API: roles, rules, defaults, and what follows from them.

use serde_json::{Value, json};
use tests::{Agent, Answer, World};
use user::Status;

const ROLES: &str = "admin=users:read users:write users:delete roles:read roles:write get:profile; \
    keeper=users:read roles:read roles:write get:profile; member=get:profile";

struct Scene {
    world: World,
    program: Agent,
    token: String,
}

impl Scene {
    async fn start() -> Self {
        let world = World::with(&[("ROLES", ROLES)]).await;
        let token = world.program().token("ada").await;
        Self { program: world.program(), world, token }
    }

    async fn ask(&self, method: &str, path: &str, etag: Option<&str>, body: Option<Value>) -> Answer {
        self.ask_as(&self.token, method, path, etag, body).await
    }

    async fn ask_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        etag: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let mut request = self.program.request(method, path).bearer_auth(token);
        if let Some(etag) = etag {
            request = request.header("if-match", etag);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.program.send(request).await
    }

    async fn etag(&self) -> String {
        self.ask("GET", "/roles", None, None).await.expect(200).header("etag").to_owned()
    }
}

#[tokio::test]
async fn roles_and_rules_change_one_by_one_and_no_change_is_lost() {
    // #81, #97
    let scene = Scene::start().await;
    let seen = scene.etag().await;
    let scope = |text: &str| Some(json!({"scope": text}));
    scene.ask("PUT", "/roles/editor", None, scope("get:profile")).await.expect(428);
    let set =
        scene.ask("PUT", "/roles/editor", Some(&seen), scope("get:profile users:read")).await.expect(204);
    assert_ne!(set.header("etag"), seen);
    scene.ask("PUT", "/roles/editor", Some(&seen), scope("get:profile")).await.expect(412);
    let roles = scene.ask("GET", "/roles", None, None).await.expect(200);
    assert_eq!(roles.header("etag"), set.header("etag"));
    assert_eq!(roles.json()["defaults"], json!(["member"]), "what the settings said is written down whole");
    let editor = json!({"name": "editor", "scope": "get:profile users:read"});
    assert!(roles.json()["roles"].as_array().unwrap().contains(&editor), "{roles:?}");
    let rule = json!({"roles": ["editor"], "entitlement": "editors", "max_age": 60});
    scene.ask("PUT", "/rules/editors", Some("*"), Some(rule)).await.expect(204);
    let rules = scene.ask("GET", "/rules", None, None).await.expect(200).json();
    let rule = json!({"name": "editors", "roles": ["editor"], "entitlement": "editors", "max_age": 60});
    assert_eq!(rules["rules"], json!([rule]));
    assert!(
        scene
            .ask("DELETE", "/roles/editor", Some("*"), None)
            .await
            .expect(409)
            .body
            .contains("change that first")
    );
    scene.ask("DELETE", "/roles/admin", Some("*"), None).await.expect(409);
    scene.ask("DELETE", "/rules/editors", Some("*"), None).await.expect(204);
    scene.ask("DELETE", "/rules/editors", Some("*"), None).await.expect(404);
    scene.ask("DELETE", "/roles/editor", Some("*"), None).await.expect(204);
    scene.ask("DELETE", "/roles/editor", Some("*"), None).await.expect(404);
    scene.ask("PUT", "/defaults", Some("*"), Some(json!({"roles": ["keeper", "member"]}))).await.expect(204);
    let roles = scene.ask("GET", "/roles", None, None).await.expect(200).json();
    assert_eq!(roles["defaults"], json!(["keeper", "member"]));
    let events = scene.ask("GET", "/audit?what=rule_set", None, None).await.expect(200).json();
    assert_eq!(events["events"][0]["detail"]["name"], "editors");
}

#[tokio::test]
async fn what_is_no_role_and_no_rule_is_refused_and_changes_nothing() {
    // #82
    let scene = Scene::start().await;
    let seen = scene.etag().await;
    for (path, body) in [
        ("/roles/Editor", json!({"scope": "get:profile"})),
        ("/roles/editor", json!({"scope": "a\"b"})),
        ("/roles/editor", json!({"scope": ["a"]})),
        ("/roles/editor", json!({})),
        ("/roles/editor", json!({"scope": "get:profile", "name": "x"})),
        ("/rules/x", json!({"roles": ["member"]})),
        ("/rules/x", json!({"roles": [], "group": "a"})),
        ("/rules/x", json!({"roles": ["member"], "group": ""})),
        ("/rules/x", json!({"roles": ["member"], "group": "a", "grup": "b"})),
        ("/rules/x", json!({"roles": ["member"], "domain": "*.example.com"})),
        ("/rules/x", json!({"roles": ["member"], "group": "a", "max_age": 0})),
        ("/rules/x", json!({"name": "y", "roles": ["member"], "group": "a"})),
        ("/rules/X", json!({"roles": ["member"], "group": "a"})),
        ("/defaults", json!({"roles": "member"})),
        ("/defaults", json!({"roles": ["member"], "more": 1})),
    ] {
        let refused = scene.ask("PUT", path, Some("*"), Some(body.clone())).await;
        assert_eq!(refused.status, 400, "{path} {body} {refused:?}");
    }
    for (path, body) in
        [("/rules/x", json!({"roles": ["none"], "group": "a"})), ("/defaults", json!({"roles": ["none"]}))]
    {
        scene.ask("PUT", path, Some("*"), Some(body)).await.expect(404);
    }
    assert_eq!(scene.etag().await, seen);
}

#[tokio::test]
async fn nobody_makes_a_role_of_what_they_do_not_have() {
    // #81
    let scene = Scene::start().await;
    let id = scene.world.somebody(&["keeper"], Status::Active).await.id;
    let keys =
        token::Keys::parse(&oauth::Secret::new(scene.world.cloud.settings["SIGNING_KEYS"].clone())).unwrap();
    let url = &scene.world.cloud.url;
    let scope = "users:read roles:read roles:write get:profile".parse().unwrap();
    let claims = token::Claims::of(&id, token::FIRST_PARTY, &scope);
    let keeper = token::Signer::new(url, url, keys).access_token(&claims, scene.world.now()).unwrap().jwt;
    let ask = async |path: &str, body: Value| {
        scene.ask_as(keeper.expose(), "PUT", path, Some("*"), Some(body)).await.status
    };
    assert_eq!(ask("/roles/extra", json!({"scope": "users:read"})).await, 204);
    assert_eq!(ask("/roles/extra", json!({"scope": "users:read users:delete"})).await, 403);
    assert_eq!(ask("/roles/keeper", json!({"scope": "users:write"})).await, 403);
    assert_eq!(ask("/roles/admin", json!({"scope": ""})).await, 403, "to take away is to change as well");
    assert_eq!(ask("/rules/x", json!({"roles": ["admin"], "entitlement": "x"})).await, 403);
    assert_eq!(ask("/defaults", json!({"roles": ["admin"]})).await, 403);
    assert_eq!(ask("/rules/x", json!({"roles": ["extra"], "entitlement": "x"})).await, 204);
}

#[tokio::test]
async fn rights_are_explained_in_sentences() {
    let scene = Scene::start().await;
    let person = scene.world.somebody(&["member"], Status::Active).await;
    let explain = format!("/users/{}/explain", person.id);
    let sentences = scene.ask("GET", &explain, None, None).await.expect(200).json()["sentences"].to_string();
    assert!(sentences.contains("They have the role member"), "{sentences}");
    for wrong in ["client=none", "scope=%22", "more=1"] {
        scene.ask("GET", &format!("{explain}?{wrong}"), None, None).await.expect(400);
    }
}
