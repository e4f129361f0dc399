//! The management API: lists and their cursors.

use serde_json::Value;
use tests::{Agent, World};

async fn people(world: &World, count: usize) {
    let names = ["ada", "alan", "grace", "katherine", "hedy"];
    for name in &names[..count] {
        world.program().sign_in(name).await.expect(200);
        world.pass(1);
    }
}

async fn page(agent: &Agent, token: &str, query: &str) -> Value {
    agent.bearer(&format!("/users{query}"), token).await.expect(200).json()
}

#[tokio::test]
async fn pages_through_everybody_once_newest_first() {
    let world = World::start().await;
    people(&world, 5).await;
    let (program, token) = (world.program(), world.program().token("ada").await);
    let (mut query, mut seen) = ("?limit=2".to_owned(), Vec::new());
    loop {
        let page = page(&program, &token, &query).await;
        seen.extend(
            page["users"].as_array().unwrap().iter().map(|u| u["created_at"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=2&cursor={next}");
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|a, b| a >= b), "{seen:?}");
}

#[tokio::test]
async fn shows_the_listed_fields_only() {
    // #82
    let world = World::start().await;
    let token = world.program().token("ada").await;
    let page = page(&world.program(), &token, "").await;
    let mut fields: Vec<_> = page["users"][0].as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(fields, ["created_at", "email", "id", "name", "roles", "status"]);
    assert_eq!(page["next"], Value::Null);
}

#[tokio::test]
async fn needs_a_token_with_the_scope() {
    // #81
    let world = World::start().await;
    let program = world.program();
    assert_eq!(program.get("/users").await.expect(401).body, r#"{"message":"Unauthorized"}"#);
    assert_eq!(program.bearer("/users", "nonsense").await.expect(403).body, r#"{"message":"Forbidden"}"#);
    let member = program.token("alan").await;
    let refused = program.bearer("/users", &member).await.expect(403);
    assert_eq!(refused.json()["error"], "insufficient_scope");
    assert_eq!(
        refused.header("www-authenticate"),
        r#"Bearer error="insufficient_scope", scope="users:read""#
    );
    program.bearer("/users", &program.token("ada").await).await.expect(200);
}

#[tokio::test]
async fn the_session_cookie_is_not_a_token() {
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    browser.get("/users").await.expect(401);
}

#[tokio::test]
async fn refuses_unknown_parameters() {
    let world = World::start().await;
    let (program, token) = (world.program(), world.program().token("ada").await);
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=1&limit=2",
        "other=1",
        "cursor=",
        "cursor=x",
        "limit=%zz",
        "limit=99999999999",
    ] {
        let refused = program.bearer(&format!("/users?{query}"), &token).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_request", "{query}");
        assert_eq!(refused.header("content-type"), "application/problem+json", "{query}");
    }
}

#[tokio::test]
async fn a_cursor_is_for_one_caller_for_an_hour_and_cannot_be_made() {
    // #83
    let world = World::with(&[("ADMINS", "ada@example.com,alan@example.com")]).await;
    people(&world, 3).await;
    let program = world.program();
    let (ada, alan) = (program.token("ada").await, program.token("alan").await);
    let cursor = page(&program, &ada, "?limit=1").await["next"].as_str().unwrap().to_owned();
    program.bearer(&format!("/users?cursor={cursor}"), &ada).await.expect(200);
    program.bearer(&format!("/users?cursor={cursor}"), &alan).await.expect(400);
    let mut edited = cursor.clone().into_bytes();
    edited[20] = if edited[20] == b'A' { b'B' } else { b'A' };
    let edited = String::from_utf8(edited).unwrap();
    for broken in
        [&edited, &cursor[..cursor.len() - 1], r#"{"pk":"USER%23x"}"#, "USER%23x", &format!("{cursor}A")]
    {
        program.bearer(&format!("/users?cursor={broken}"), &ada).await.expect(400);
    }
    world.pass(3601);
    let ada = program.token("ada").await;
    program.bearer(&format!("/users?cursor={cursor}"), &ada).await.expect(400);
}

#[tokio::test]
async fn a_cursor_turns_the_page_of_its_own_list_and_query_only() {
    // #83
    let world = World::start().await;
    people(&world, 2).await;
    let (program, token) = (world.program(), world.program().token("ada").await);
    for _ in 0..2 {
        let other = world.somebody(&["member"], user::Status::Active).await;
        let path = format!("/users/{}/identities/{}", other.id, other.identities[0]);
        program.send(program.request("DELETE", &path).bearer_auth(&token)).await.expect(204);
    }
    let next = async |path: &str| {
        program.bearer(path, &token).await.expect(200).json()["next"].as_str().unwrap().to_owned()
    };
    let users = next("/users?limit=1").await;
    let audit = next("/audit?limit=1").await;
    let unlinked = next("/audit?limit=1&what=identity_unlinked").await;
    for (path, own, others) in [
        ("/users?limit=1", &users, [&audit, &unlinked]),
        ("/audit?limit=1", &audit, [&users, &unlinked]),
        ("/audit?limit=1&what=identity_unlinked", &unlinked, [&users, &audit]),
    ] {
        program.bearer(&format!("{path}&cursor={own}"), &token).await.expect(200);
        for other in others {
            program.bearer(&format!("{path}&cursor={other}"), &token).await.expect(400);
        }
    }
}

#[tokio::test]
async fn an_identity_is_removed_and_written_down_but_never_the_last_one() {
    // #81
    let world = World::start().await;
    let (program, token) = (world.program(), world.program().token("ada").await);
    let ada = program.bearer("/users/me", &token).await.expect(200).json()["id"].as_str().unwrap().to_owned();
    let other = world.somebody(&["member"], user::Status::Active).await;
    let list = format!("/users/{}/identities", other.id);
    let found = program.bearer(&list, &token).await.expect(200).json();
    assert_eq!(found["identities"].as_array().unwrap().len(), 2);
    let remove = async |at: usize| {
        let path = format!("{list}/{}", other.identities[at]);
        program.send(program.request("DELETE", &path).bearer_auth(&token)).await
    };
    remove(0).await.expect(204);
    remove(0).await.expect(404);
    assert!(remove(1).await.expect(409).json()["detail"].as_str().unwrap().contains("could not sign in"));
    let events = program.bearer(&format!("/audit?user={}", other.id), &token).await.expect(200).json();
    let events = events["events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["what"], "identity_unlinked");
    assert_eq!(events[0]["actor"], serde_json::json!({"kind": "person", "id": ada}));
}

#[tokio::test]
async fn an_app_whose_access_is_taken_away_has_nothing_and_it_is_written_down() {
    // #34
    let world = World::start().await;
    let (program, token) = (world.program(), world.program().token("ada").await);
    let browser = world.browser();
    browser.sign_in("alan").await.expect(303);
    let app = world.client(client::Kind::Web, |_| {}).await;
    let grant = world.grant(&app, &browser, &tests::TERMS).await;
    let id = grant.family.user_id;
    let apps = program.bearer(&format!("/users/{id}/apps"), &token).await.expect(200).json();
    assert_eq!(
        (&apps["apps"][0]["client_id"], &apps["apps"][0]["access"]),
        (&app.id.clone().into(), &"stays".into())
    );
    program.bearer("/oauth/userinfo", &grant.access).await.expect(200);
    let path = format!("/users/{id}/apps/{}", app.id);
    program.send(program.request("DELETE", &path).bearer_auth(&token)).await.expect(204);
    program.bearer("/oauth/userinfo", &grant.access).await.expect(401);
    program.send(program.request("DELETE", &path).bearer_auth(&token)).await.expect(404);
    let events = program.bearer("/audit?what=consent_removed", &token).await.expect(200).json();
    assert_eq!(events["events"][0]["client"], app.id);
    for wrong in ["what=x", "since=yesterday", "user=a&user=b", "limit=0", "more=1"] {
        program.bearer(&format!("/audit?{wrong}"), &token).await.expect(400);
    }
    let later = program.bearer("/audit?since=2100-01-01T00:00:00Z", &token).await.expect(200).json();
    assert_eq!(later, serde_json::json!({"events": [], "next": null}));
}

#[tokio::test]
async fn a_session_is_shown_and_ended_by_who_may_and_only_as_one_of_its_person() {
    // #34, #81
    let world = World::start().await;
    let (program, token) = (world.program(), world.program().token("ada").await);
    let (alan, grace) = (world.browser(), world.browser());
    alan.sign_in("alan").await.expect(303);
    grace.sign_in("grace").await.expect(303);
    let (ours, other) = (world.session(&alan).await, world.session(&grace).await);
    let list = format!("/users/{}/sessions", ours.user_id);
    let shown = program.bearer(&list, &token).await.expect(200).json();
    assert_eq!(shown["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&shown["sessions"][0]["sid"], &shown["sessions"][0]["ended_at"]),
        (&ours.id.clone().into(), &Value::Null)
    );
    let end = async |sid: &str| {
        program.send(program.request("DELETE", &format!("{list}/{sid}")).bearer_auth(&token)).await
    };
    end(&other.id).await.expect(404);
    grace.post("/users/token").await.expect(200);
    end(&ours.id).await.expect(204);
    end(&ours.id).await.expect(404);
    alan.post("/users/token").await.expect(401);
    let shown = program.bearer(&list, &token).await.expect(200).json();
    assert!(shown["sessions"][0]["ended_at"].is_string(), "{shown}");
    let everywhere = format!("/users/{}/sessions", other.user_id);
    program.send(program.request("DELETE", &everywhere).bearer_auth(&token)).await.expect(204);
    grace.post("/users/token").await.expect(401);
    let events = program.bearer(&format!("/audit?user={}", other.user_id), &token).await.expect(200).json();
    assert_eq!(events["events"][0]["what"], "sign_out_everywhere");
}
