//! The management API: roles, rules, defaults, and what follows from them.

use serde_json::{Value, json};
use tests::World;
use user::Status;

use crate::management::Scene;

const ROLES: &str = "admin=users:read users:write users:delete roles:read roles:write get:profile; \
    keeper=users:read roles:read roles:write get:profile; member=get:profile";

impl Scene {
    /// A token of this person with this scope.
    fn token_of(&self, id: &str, scope: &str) -> String {
        let keys = token::Keys::parse(&oauth::Secret::new(self.world.cloud.settings["SIGNING_KEYS"].clone()));
        let (url, scope) = (&self.world.cloud.url, scope.parse().unwrap());
        let claims = token::Claims::of(id, token::FIRST_PARTY, &scope);
        let signer = token::Signer::new(url, url, keys.unwrap());
        signer.access_token(&claims, self.world.now()).unwrap().jwt.expose().to_owned()
    }

    async fn etag(&self) -> String {
        self.ask("GET", "/roles", None, None).await.expect(200).header("etag").to_owned()
    }
}

#[tokio::test]
async fn a_role_demands_a_second_factor_until_that_is_taken_back_and_only_where_people_can_show_one() {
    // #81, #82
    let body = |demands: Value| Some(json!({"scope": "get:profile", "second_factor": demands}));
    let off = Scene::with(ROLES).await;
    off.ask("PUT", "/roles/editor", Some(&off.etag().await), body(json!(true))).await.expect(409);
    off.ask("PUT", "/roles/editor", Some(&off.etag().await), body(json!(false))).await.expect(204);
    let trial = Some(json!({"roles": [{"name": "member", "scope": "", "second_factor": true}]}));
    off.ask("POST", "/rights/try", None, trial).await.expect(409);
    let scene = Scene::of(World::with(&[("ROLES", ROLES), ("SECOND_FACTORS", "on")]).await).await;
    let demands = async || {
        let roles = scene.ask("GET", "/roles", None, None).await.expect(200).json()["roles"].clone();
        let all = roles.as_array().unwrap().clone();
        all.into_iter().find(|role| role["name"] == "editor").map(|role| role["second_factor"].clone())
    };
    let trial = Some(json!({"roles": [{"name": "member", "scope": "get:profile", "second_factor": true}]}));
    let tried = scene.ask("POST", "/rights/try", None, trial).await.expect(200).json();
    assert_eq!(tried["people"][0]["second_factor"], true, "{tried}");
    assert_eq!((&tried["people"][0]["gains"], &tried["people"][0]["loses"]), (&json!(""), &json!("")));
    for (said, is) in [
        (body(json!(true)), true),
        // What is not said stays as it was.
        (Some(json!({"scope": "get:profile"})), true),
        (body(json!(false)), false),
    ] {
        scene.ask("PUT", "/roles/editor", Some(&scene.etag().await), said).await.expect(204);
        assert_eq!(demands().await, Some(json!(is)));
    }
    for wrong in [json!("true"), json!(1), json!({})] {
        scene.ask("PUT", "/roles/editor", Some(&scene.etag().await), body(wrong)).await.expect(400);
    }
}

#[tokio::test]
async fn roles_and_rules_change_one_by_one_and_no_change_is_lost() {
    // #81, #97
    let scene = Scene::with(ROLES).await;
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
    let editor = json!({"name": "editor", "scope": "get:profile users:read", "second_factor": false});
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
    let begun = scene.ask("GET", "/audit?what=rights_begun", None, None).await.expect(200).json();
    assert_eq!(begun["events"].as_array().unwrap().len(), 1, "#99: once, with the first change: {begun}");
    let events = scene.ask("GET", "/audit?what=rule_set", None, None).await.expect(200).json();
    let detail = &events["events"][0]["detail"];
    assert_eq!((&detail["name"], &detail["before"]), (&json!("editors"), &Value::Null));
    assert_eq!(detail["after"], "--role editor --entitlement editors --max-age 60");
    let events = scene.ask("GET", "/audit?what=defaults_set", None, None).await.expect(200).json();
    let detail = &events["events"][0]["detail"];
    assert_eq!((&detail["before"], &detail["after"]), (&json!("member"), &json!("keeper member")));
    let events = scene.ask("GET", "/audit?what=role_removed", None, None).await.expect(200).json();
    let detail = &events["events"][0]["detail"];
    assert_eq!((&detail["before"], &detail["after"]), (&json!("get:profile users:read"), &Value::Null));
}

#[tokio::test]
async fn what_is_no_role_and_no_rule_is_refused_and_changes_nothing() {
    // #82
    let scene = Scene::with(ROLES).await;
    let seen = scene.etag().await;
    for (path, body) in [
        ("/roles/Editor", json!({"scope": "get:profile"})),
        ("/roles/editor", json!({"scope": "a\"b"})),
        ("/roles/editor", json!({"scope": ["a"]})),
        ("/rules/sales", json!({"roles": ["member"], "claim": ["department", "sales"]})),
        ("/roles/editor", json!({})),
        ("/roles/editor", json!({"scope": "get:profile", "name": "x"})),
        ("/rules/x", json!({"roles": ["member"]})),
        ("/rules/x", json!({"roles": [], "group": "a"})),
        ("/rules/x", json!({"roles": ["member"], "group": ""})),
        ("/rules/x", json!({"roles": ["member"], "group": "a", "grup": "b"})),
        ("/rules/x", json!({"roles": ["member"], "domain": "*.example.com"})),
        ("/rules/x", json!({"roles": ["member"], "group": "a", "max_age": 0})),
        ("/rules/x", json!({"roles": ["member"], "group": "a", "keep": 0})),
        ("/rules/x", json!({"roles": ["member"], "group": "a", "keep": "7d"})),
        ("/rules/x", json!({"roles": ["member"], "hd": "a.b", "keep": 60})),
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
    let scene = Scene::with(ROLES).await;
    let id = scene.world.somebody(&["keeper"], Status::Active).await.id;
    let keeper = scene.token_of(&id, "users:read roles:read roles:write get:profile");
    let ask = async |path: &str, body: Value| {
        scene.ask_as(&keeper, "PUT", path, Some("*"), Some(body.to_string())).await.status
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
async fn a_change_is_tried_before_it_is_made_and_changes_nothing() {
    let scene = Scene::with(ROLES).await;
    let seen = scene.etag().await;
    let person = scene.world.somebody(&["member"], Status::Active).await;
    let disabled = scene.world.somebody(&["member"], Status::Disabled).await;
    let tried = async |body: Value| scene.ask("POST", "/rights/try", None, Some(body)).await.expect(200);
    let answer = tried(json!({"roles": [{"name": "member", "scope": "get:profile users:read"}]})).await;
    assert_eq!(answer.header("etag"), seen);
    let said = answer.json();
    let about = |said: &Value, id: &str| {
        said["people"].as_array().unwrap().iter().find(|one| one["id"] == id).cloned()
    };
    let gains = about(&said, &person.id).unwrap();
    assert_eq!((&gains["gains"], &gains["loses"]), (&json!("users:read"), &json!("")));
    assert_eq!(about(&said, &disabled.id), None, "whoever is disabled has nothing to gain");
    assert_eq!((&said["looked_at"], &said["complete"]), (&json!(3), &json!(true)));
    // Several changes at once: what one gives and another takes is no difference.
    let moved = json!({
        "roles": [{"name": "member", "scope": ""}, {"name": "reader", "scope": "get:profile"}],
        "rules": [{"name": "all", "roles": ["reader"], "client": "latchkey"}],
        "defaults": [],
    });
    assert_eq!(about(&tried(moved).await.json(), &person.id), None);
    let gone = json!({"defaults": [], "remove_roles": ["member"]});
    assert_eq!(about(&tried(gone).await.json(), &person.id).unwrap()["loses"], "get:profile");
    assert_eq!(tried(json!({})).await.json()["people"], json!([]));
    assert_eq!(scene.etag().await, seen);
    let events = scene.ask("GET", "/audit?what=role_set", None, None).await.expect(200).json();
    assert_eq!(events["events"], json!([]));
}

#[tokio::test]
async fn what_may_not_be_made_may_not_be_tried() {
    // #81, #82
    let scene = Scene::with(ROLES).await;
    for (body, status) in [
        (json!([]), 400),
        (json!({"role": []}), 400),
        (json!({"roles": {"member": "get:profile"}}), 400),
        (json!({"roles": [{"name": "Member", "scope": ""}]}), 400),
        (json!({"roles": [{"name": "member", "scope": "a\"b"}]}), 400),
        (json!({"roles": [{"name": "member"}]}), 400),
        (json!({"rules": [{"name": "x", "roles": ["member"]}]}), 400),
        (json!({"rules": [{"roles": ["member"], "group": "a"}]}), 400),
        (json!({"rules": [{"name": "x", "roles": ["member"], "grup": "a"}]}), 400),
        (json!({"rules": [{"name": "x", "roles": ["none"], "group": "a"}]}), 404),
        (json!({"defaults": ["none"]}), 404),
        (json!({"remove_rules": ["none"]}), 404),
        (json!({"remove_roles": ["none"]}), 404),
        (json!({"remove_roles": ["member"]}), 409),
        (json!({"remove_roles": ["admin"]}), 409),
    ] {
        let refused = scene.ask("POST", "/rights/try", None, Some(body.clone())).await;
        assert_eq!(refused.status, status, "{body} {refused:?}");
    }
    scene.ask("POST", "/rights/try", None, None).await.expect(415);
    let keeper = scene.world.somebody(&["keeper"], Status::Active).await.id;
    let (all, some) = ("users:read roles:read roles:write", "roles:read roles:write");
    for (scope, body, status) in [
        (all, json!({"roles": [{"name": "extra", "scope": "users:read"}]}), 200),
        (all, json!({"roles": [{"name": "extra", "scope": "users:delete"}]}), 403),
        (all, json!({"roles": [{"name": "admin", "scope": ""}]}), 403),
        (some, json!({}), 403),
        ("users:read", json!({}), 403),
    ] {
        let token = scene.token_of(&keeper, scope);
        let answer = scene.ask_as(&token, "POST", "/rights/try", None, Some(body.to_string())).await;
        assert_eq!(answer.status, status, "{scope} {body} {answer:?}");
    }
}

#[tokio::test]
async fn entitlements_are_given_by_hand_and_rules_give_roles_by_them() {
    // #81, #97
    let scene = Scene::with(ROLES).await;
    let person = scene.world.somebody(&["member"], Status::Active).await;
    let path = format!("/users/{}", person.id);
    let give = |names: Value| Some(json!({"entitlements": names}));
    let rule = json!({"roles": ["keeper"], "entitlement": "gold"});
    scene.ask("PUT", "/rules/gold", Some("*"), Some(rule)).await.expect(204);
    scene.world.pass(31);
    let shown = scene.ask("PATCH", &path, Some("*"), give(json!(["plus", "gold", "gold"]))).await.expect(200);
    let names = |shown: &Value| {
        let all = shown["entitlements"].as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let seen = shown.header("etag").to_owned();
    let shown = shown.json();
    assert_eq!(names(&shown), ["gold", "plus"]);
    assert_eq!(
        (&shown["entitlements"][0]["source"], &shown["entitlements"][0]["order"]),
        (&json!("manual"), &Value::Null)
    );
    let explain = format!("{path}/explain");
    let said = scene.ask("GET", &explain, None, None).await.expect(200).json()["sentences"].to_string();
    assert!(said.contains("the entitlement gold, given by hand"), "{said}");
    assert!(said.contains("the role keeper: the rule gold gives it, by the entitlement gold"), "{said}");
    // The same again is no change.
    let again = scene.ask("PATCH", &path, Some(&seen), give(json!(["gold", "plus"]))).await.expect(200);
    assert_eq!(again.header("etag"), seen);
    // What a shop's order gave stays, whatever is done by hand.
    let (table, now) = (scene.world.table().await, scene.world.now());
    let rights = user::rights::read(&table, now).await.unwrap().unwrap();
    let bought = user::Granted {
        source: "shop".to_owned(),
        order: Some("7".to_owned()),
        names: vec!["gold".to_owned()],
    };
    let change = user::manage::Change { entitlements: Some(bought), ..Default::default() };
    let none = user::manage::NO_TRAIL;
    user::manage::change(&table, &rights, &person.id, None, &change, none, now).await.unwrap();
    scene.world.pass(1);
    scene.ask("PATCH", &path, Some(&seen), give(json!([]))).await.expect(412);
    let left = scene.ask("PATCH", &path, Some("*"), give(json!([]))).await.expect(200).json();
    assert_eq!((names(&left), &left["entitlements"][0]["order"]), (vec!["gold".to_owned()], &json!("7")));
    let events = scene.ask("GET", "/audit?what=entitlements_changed", None, None).await.expect(200).json();
    let detail = |n: usize| {
        let detail = &events["events"][n]["detail"];
        (detail["before"].clone(), detail["after"].clone())
    };
    assert_eq!(events["events"].as_array().unwrap().len(), 2);
    assert_eq!(detail(0), (json!("gold, plus"), json!("gold")));
    assert_eq!(detail(1), (json!(""), json!("gold, plus")));
}

#[tokio::test]
async fn nobody_gives_an_entitlement_by_which_a_rule_gives_what_they_do_not_have() {
    // #81
    let scene = Scene::with(ROLES).await;
    for (name, role) in [("gold", "admin"), ("plus", "member")] {
        let rule = json!({"roles": [role], "entitlement": name, "provider": "nobody-came-by-this"});
        scene.ask("PUT", &format!("/rules/{name}"), Some("*"), Some(rule)).await.expect(204);
    }
    let set = json!({"scope": "users:read users:write get:profile"});
    scene.ask("PUT", "/roles/helper", Some("*"), Some(set)).await.expect(204);
    scene.world.pass(31);
    let helper = scene.world.somebody(&["helper"], Status::Active).await.id;
    let token = scene.token_of(&helper, "users:read users:write get:profile");
    let person = scene.world.somebody(&["member"], Status::Active).await;
    let give = async |id: &str, names: Value| {
        let body = Some(json!({"entitlements": names}).to_string());
        scene.ask_as(&token, "PATCH", &format!("/users/{id}"), Some("*"), body).await.status
    };
    assert_eq!(give(&person.id, json!(["plus", "of-no-rule"])).await, 200);
    assert_eq!(give(&person.id, json!(["plus", "gold"])).await, 403);
    assert_eq!(give(&helper, json!(["gold"])).await, 403);
    // Nobody takes it either.
    let all = Some(json!({"entitlements": ["gold", "plus"]}));
    scene.ask("PATCH", &format!("/users/{}", person.id), Some("*"), all).await.expect(200);
    assert_eq!(give(&person.id, json!(["plus"])).await, 403);
    assert_eq!(give(&person.id, json!(["gold"])).await, 200);
}

#[tokio::test]
async fn rights_are_explained_in_sentences() {
    let scene = Scene::with(ROLES).await;
    let person = scene.world.somebody(&["member"], Status::Active).await;
    let explain = format!("/users/{}/explain", person.id);
    let sentences = scene.ask("GET", &explain, None, None).await.expect(200).json()["sentences"].to_string();
    assert!(sentences.contains("They have the role member"), "{sentences}");
    for wrong in ["client=none", "scope=%22", "more=1"] {
        scene.ask("GET", &format!("{explain}?{wrong}"), None, None).await.expect(400);
    }
}
