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
