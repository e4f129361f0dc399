//! `GET /private`

use tests::World;

#[tokio::test]
async fn greets_anyone_signed_in() {
    let world = World::start().await;
    let token = world.program().token("alan").await;
    let answer = world.program().bearer("/private", &token).await.expect(200);
    assert_eq!(
        (answer.body.as_str(), answer.header("content-type")),
        ("Hello Alan Turing", "text/plain; charset=utf-8")
    );
    world.program().get("/private").await.expect(401);
    world.program().bearer("/private", "x").await.expect(403);
}
