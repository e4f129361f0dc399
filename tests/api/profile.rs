//! `GET /profile`

use tests::World;

#[tokio::test]
async fn with_the_scope_it_answers_the_name() {
    let world = World::start().await;
    let token = world.program().token("alan").await;
    let answer = world.program().bearer("/profile", &token).await.expect(200);
    assert_eq!(answer.body, r#"{"name":"Alan Turing"}"#);
}

#[tokio::test]
async fn without_the_scope_it_refuses() {
    // #75, #81
    let world = World::with(&[
        ("ROLES", "admin=users:read; member=users:read"),
        ("DEFAULT_ROLES", "member"),
        ("ADMINS", "x@example.com"),
    ])
    .await;
    let token = world.program().token("alan").await;
    let answer = world.program().bearer("/profile", &token).await.expect(403);
    assert_eq!(
        answer.header("www-authenticate"),
        r#"Bearer error="insufficient_scope", scope="get:profile""#
    );
    world.program().get("/profile").await.expect(401);
}
