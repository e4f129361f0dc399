//! The management API: adding, changing and deleting people.

use serde_json::{Value, json};
use user::Status;

use crate::management::Scene;

const ROLES: &str = "admin=users:read users:write users:delete roles:read roles:write get:profile; \
    support=users:read users:write get:profile; blind=users:write get:profile; member=get:profile";

impl Scene {
    /// Somebody with this role who has signed in, their id and their token.
    async fn holder(&self, person: &str, role: &str) -> (String, String) {
        let id = self.id(&self.program.token(person).await).await;
        self.ask("PATCH", &format!("/users/{id}"), Some("*"), Some(json!({"roles": [role]})))
            .await
            .expect(200);
        (id, self.world.program().token(person).await)
    }

    async fn id(&self, token: &str) -> String {
        self.program.bearer("/users/me", token).await.expect(200).json()["id"].as_str().unwrap().to_owned()
    }

    async fn shown(&self, id: &str) -> Value {
        self.ask("GET", &format!("/users/{id}"), None, None).await.expect(200).json()
    }
}

#[tokio::test]
async fn only_the_listed_members_can_be_written_and_a_refusal_changes_nothing() {
    // #82
    let scene = Scene::with(ROLES).await;
    let person = scene.world.somebody(&["member"], Status::Active).await;
    let (path, before) = (format!("/users/{}", person.id), scene.shown(&person.id).await);
    let members = [
        "id",
        "email",
        "email_verified",
        "picture",
        "claims",
        "epoch",
        "created_at",
        "last_login_at",
        "identities",
        "revision",
        "version",
        "proofs",
        "pk",
        "sk",
        "gsi",
        "belongs_to",
        "expires_at",
        "Roles",
        "role",
    ];
    for member in members {
        for value in [json!(1), json!("x"), json!(null), json!(true), json!([])] {
            let body = Value::Object(
                [("name".to_owned(), json!("New")), (member.to_owned(), value)].into_iter().collect(),
            );
            scene.ask("PATCH", &path, Some("*"), Some(body)).await.expect(400);
        }
    }
    for body in [
        "",
        "{",
        "[]",
        r#"["New"]"#,
        "null",
        "1",
        "\"x\"",
        r#"{"name": 1}"#,
        r#"{"roles": null}"#,
        r#"{"roles": "admin"}"#,
        r#"{"roles": [1]}"#,
        r#"{"roles": ["none"]}"#,
        r#"{"entitlements": null}"#,
        r#"{"entitlements": "gold"}"#,
        r#"{"entitlements": [1]}"#,
        r#"{"entitlements": [{"name": "gold", "source": "shop"}]}"#,
        r#"{"entitlements": [""]}"#,
        r#"{"entitlements": ["\u0000"]}"#,
        "{\"entitlements\": [\"a\u{202e}b\"]}",
        r#"{"status": "deleted"}"#,
        r#"{"status": null}"#,
        r#"{"status": "Active"}"#,
        r#"{"name": "a", "name": "b"}"#,
        r#"{"name": ""}"#,
        r#"{"name": "\u0000"}"#,
        "{\"name\": \"\u{202e}x\"}",
        r#"{"name": "x"} {}"#,
    ] {
        let refused = scene.ask_as(&scene.token, "PATCH", &path, Some("*"), Some(body.to_owned())).await;
        assert_eq!(refused.expect(400).header("content-type"), "application/problem+json", "{body}");
    }
    let long = json!({"name": "x".repeat(201)});
    scene.ask("PATCH", &path, Some("*"), Some(long)).await.expect(400);
    let larger = format!("{{\"name\": \"{}\"}}", "x".repeat(200_000));
    scene.ask_as(&scene.token, "PATCH", &path, Some("*"), Some(larger)).await.expect(413);
    let form = scene.program.request("PATCH", &path).bearer_auth(&scene.token).header("if-match", "*");
    scene.program.send(form.header("content-type", "text/plain").body("{}")).await.expect(415);
    assert_eq!(scene.shown(&person.id).await, before);
}

#[tokio::test]
async fn an_update_is_not_lost() {
    // #97: RFC 9110 §13.1.1, RFC 6585 §3.
    let scene = Scene::with(ROLES).await;
    let person = scene.world.somebody(&["member"], Status::Active).await;
    let path = format!("/users/{}", person.id);
    let seen = scene.ask("GET", &path, None, None).await.expect(200).header("etag").to_owned();
    let renamed = |name: &str| Some(json!({"name": name}));
    scene.ask("PATCH", &path, None, renamed("A")).await.expect(428);
    let changed = scene.ask("PATCH", &path, Some(&seen), renamed("A")).await.expect(200);
    assert_eq!(changed.json()["name"], "A");
    assert_ne!(changed.header("etag"), seen);
    scene.ask("PATCH", &path, Some(&seen), renamed("B")).await.expect(412);
    scene.ask("DELETE", &path, Some(&seen), None).await.expect(412);
    for wrong in ["x", "", "\"", "\"1"] {
        scene.ask("PATCH", &path, Some(wrong), renamed("B")).await.expect(400);
    }
    scene.ask("PATCH", &path, Some(&format!("W/{}", changed.header("etag"))), renamed("B")).await.expect(412);
    assert_eq!(scene.shown(&person.id).await["name"], "A");
    let both = format!("{seen}, {}", changed.header("etag"));
    scene.ask("PATCH", &path, Some(&both), renamed("B")).await.expect(200);
    // What changes nothing raises nothing.
    let again = scene.ask("PATCH", &path, Some("*"), renamed("B")).await.expect(200);
    assert_eq!(again.header("etag"), scene.ask("GET", &path, None, None).await.header("etag"));
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_have_and_nobody_acts_on_who_has_more() {
    // #81
    let scene = Scene::with(ROLES).await;
    let (own, support) = scene.holder("alan", "support").await;
    let (_, blind) = scene.holder("grace", "blind").await;
    let member = scene.world.somebody(&["member"], Status::Active).await.id;
    let admin = scene.world.somebody(&["admin"], Status::Active).await.id;
    let give = async |token: &str, id: &str, roles: Value| {
        let body = Some(json!({"roles": roles}).to_string());
        scene.ask_as(token, "PATCH", &format!("/users/{id}"), Some("*"), body).await.status
    };
    assert_eq!(give(&support, &member, json!(["member", "support"])).await, 200);
    assert_eq!(give(&support, &member, json!(["admin"])).await, 403);
    assert_eq!(give(&support, &own, json!(["admin", "support"])).await, 403);
    assert_eq!(give(&support, &admin, json!([])).await, 403);
    assert_eq!(scene.shown(&admin).await["roles"], json!(["admin"]));
    for (method, path) in [
        ("DELETE", format!("/users/{admin}/sessions")),
        ("DELETE", format!("/users/{admin}/sessions/x")),
        ("DELETE", format!("/users/{admin}/apps/x")),
        ("DELETE", format!("/users/{admin}/identities/x")),
        ("DELETE", format!("/users/{admin}")),
    ] {
        scene.ask_as(&support, method, &path, None, None).await.expect(403);
    }
    // Who may not list people does not learn who there is.
    assert_eq!(give(&blind, &admin, json!([])).await, 404);
    assert_eq!(give(&blind, "nobody", json!([])).await, 404);
    for roles in [json!(["admin"]), json!(["admin", "member"])] {
        for invite in [false, true] {
            let body = json!({"email": "new@example.com", "roles": roles, "invite": invite}).to_string();
            scene.ask_as(&support, "POST", "/users", None, Some(body)).await.expect(403);
        }
    }
    let body = json!({"email": "new@example.com"}).to_string();
    scene.ask_as(&blind, "POST", "/users", None, Some(body)).await.expect(403);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    // P1, #97
    let scene = Scene::with(ROLES).await;
    let path = format!("/users/{}", scene.id(&scene.token).await);
    for (method, body) in [
        ("PATCH", Some(json!({"roles": ["member"]}))),
        ("PATCH", Some(json!({"status": "disabled"}))),
        ("DELETE", None),
    ] {
        let refused = scene.ask(method, &path, Some("*"), body).await.expect(409);
        assert!(refused.json()["detail"].as_str().unwrap().contains("last administrator"), "{refused:?}");
    }
    scene.ask("GET", &path, None, None).await.expect(200);
    scene.holder("grace", "admin").await;
    scene.ask("PATCH", &path, Some("*"), Some(json!({"roles": ["member"]}))).await.expect(200);
    // From now on they are a member, whatever their token says.
    scene.ask("GET", &path, None, None).await.expect(403);
}

#[tokio::test]
async fn who_is_disabled_or_deleted_has_nothing_from_this_moment_on() {
    // #34, #35
    let scene = Scene::with(ROLES).await;
    let browser = scene.world.browser();
    browser.sign_in("alan").await.expect(303);
    let token =
        browser.post("/users/token").await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    let id = scene.id(&token).await;
    let path = format!("/users/{id}");
    let disabled =
        scene.ask("PATCH", &path, Some("*"), Some(json!({"status": "disabled"}))).await.expect(200);
    assert_eq!(disabled.json()["status"], "disabled");
    browser.post("/users/token").await.expect(401);
    scene.program.bearer("/users/me", &token).await.expect(401);
    let found = scene.ask("GET", "/users?disabled=true", None, None).await.expect(200).json();
    assert_eq!((found["users"].as_array().unwrap().len(), &found["users"][0]["id"]), (1, &id.clone().into()));
    scene.ask("PATCH", &path, Some("*"), Some(json!({"status": "active"}))).await.expect(200);
    // What was issued before stays ended.
    browser.post("/users/token").await.expect(401);
    let export = scene.ask("GET", &format!("{path}/export"), None, None).await.expect(200).json();
    assert_eq!((&export["id"], &export["identities"][0]["provider"]), (&id.clone().into(), &"google".into()));
    assert!(!export.to_string().contains("password"), "{export}");
    scene.ask("DELETE", &path, None, None).await.expect(204);
    for method in ["GET", "DELETE"] {
        scene.ask(method, &path, None, None).await.expect(404);
    }
    scene.ask("PATCH", &path, Some("*"), Some(json!({"status": "active"}))).await.expect(404);
    scene.program.bearer("/users/me", &token).await.expect(401);
    // #93: who comes back is somebody new.
    assert_ne!(scene.id(&scene.world.program().token("alan").await).await, id);
    let events = scene.ask("GET", &format!("/audit?user={id}"), None, None).await.expect(200).json();
    let events = events["events"].as_array().unwrap().iter().map(|event| event["what"].as_str().unwrap());
    let mut events: Vec<_> = events.collect();
    events.sort_unstable();
    assert_eq!(events, ["person_deleted", "person_disabled", "person_enabled", "person_exported"]);
}

#[tokio::test]
async fn somebody_is_added_or_invited_and_found() {
    let scene = Scene::with(ROLES).await;
    let new = json!({"email": "zoe@example.com", "name": "Zoë Straße", "roles": ["support"]});
    let made = scene.ask("POST", "/users", None, Some(new.clone())).await.expect(201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("/users/{id}"));
    assert_eq!((&made.json()["name"], &made.json()["last_login_at"]), (&new["name"], &Value::Null));
    scene.ask("POST", "/users", None, Some(new)).await.expect(409);
    for query in [
        "name=zoe%20stras",
        "email=ZOE@",
        "role=support",
        "role=support&name=zo",
        "name=Zo%C3%AB&disabled=false",
    ] {
        let found = scene.ask("GET", &format!("/users?{query}"), None, None).await.expect(200).json();
        assert_eq!((&found["users"][0]["id"], &found["next"]), (&id.clone().into(), &Value::Null), "{query}");
    }
    for query in ["name=zoex", "email=zoe@example.org", "role=support&disabled=true"] {
        let found = scene.ask("GET", &format!("/users?{query}"), None, None).await.expect(200).json();
        assert_eq!(found["users"], json!([]), "{query}");
    }
    let invited = json!({"email": "ann@example.com", "roles": ["support"], "invite": true});
    let answer = scene.ask("POST", "/users", None, Some(invited.clone())).await.expect(202);
    assert_eq!(answer.json(), json!({"email": "ann@example.com", "roles": ["support"]}));
    scene.ask("POST", "/users", None, Some(invited)).await.expect(409);
    for body in [
        json!({}),
        json!(["a@example.com"]),
        json!({"email": 1}),
        json!({"email": "not an address"}),
        json!({"email": ""}),
        json!({"email": "a@example.com", "id": "1"}),
        json!({"email": "a@example.com", "status": "active"}),
        json!({"email": "a@example.com", "email_verified": true}),
        json!({"email": "a@example.com", "roles": ["none"]}),
        json!({"email": "a@example.com", "invite": "yes"}),
        json!({"email": "a@example.com", "invite": true, "name": "A"}),
    ] {
        scene.ask("POST", "/users", None, Some(body)).await.expect(400);
    }
    for query in ["disabled=yes", "mail=a", "role=a&role=b"] {
        scene.ask("GET", &format!("/users?{query}"), None, None).await.expect(400);
    }
}

#[tokio::test]
async fn what_changes_nothing_writes_nothing_and_what_is_added_is_written_down_with_its_roles() {
    // #99
    let scene = Scene::with(ROLES).await;
    let new = json!({"email": "zoe@example.com", "name": "Zoe"});
    let made = scene.ask("POST", "/users", None, Some(new)).await.expect(201);
    let (id, etag) = (made.json()["id"].as_str().unwrap().to_owned(), made.header("etag"));
    assert_eq!(made.json()["roles"], json!(["member"]), "those of everybody who is new");
    let path = format!("/users/{id}");
    for same in [
        json!({}),
        json!({"name": "Zoe"}),
        json!({"roles": ["member"]}),
        json!({"roles": ["member", "member"]}),
        json!({"status": "active"}),
        json!({"name": "Zoe", "roles": ["member"], "status": "active"}),
    ] {
        let answer = scene.ask("PATCH", &path, Some(etag), Some(same)).await.expect(200);
        assert_eq!((answer.header("etag"), answer.json()), (etag, made.json()));
    }
    let events = scene.ask("GET", &format!("/audit?user={id}"), None, None).await.expect(200).json();
    let events = events["events"].as_array().unwrap();
    assert_eq!((events.len(), &events[0]["what"]), (1, &json!("person_added")), "{events:?}");
    assert_eq!(events[0]["detail"]["roles"], json!(["member"]), "{events:?}");
}

#[tokio::test]
async fn who_is_in_admins_and_lost_the_role_does_not_get_it_back_at_the_next_sign_in() {
    // #81
    let scene = Scene::with(ROLES).await;
    let ada = scene.id(&scene.token).await;
    let (_, grace) = scene.holder("grace", "admin").await;
    let body = json!({"roles": ["member"]}).to_string();
    scene.ask_as(&grace, "PATCH", &format!("/users/{ada}"), Some("*"), Some(body)).await.expect(200);
    // Other functions hold the rights for half a minute at most.
    scene.world.pass(31);
    let token = scene.program.token("ada").await;
    let me = scene.program.bearer("/users/me", &token).await.expect(200).json();
    assert_eq!(me["roles"], json!(["member"]));
}
