//! The receiver of docs/events.md, as it is printed there.

use std::{fs, process::Command};

use tests::receiver::Receiver;

use super::{add, run, sign_in, world};

/// The example, from the page.
fn example() -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/events.md")).unwrap();
    let begin = page.split("```js\n").nth(1).expect("an example");
    begin.split("```").next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_the_documentation_verifies_what_is_sent() {
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    let secret = add(&world, "ours", &receiver).await;
    sign_in(&world, "alan").await;
    run(&world).await;
    let post = receiver.next().await;
    let header = |name: &str| post.headers[name].to_str().unwrap().to_owned();
    let headers = serde_json::json!({
        "webhook-id": header("webhook-id"),
        "webhook-timestamp": header("webhook-timestamp"),
        "webhook-signature": header("webhook-signature"),
    });
    let now = world.now().epoch();
    for (body, at, wanted) in [
        (post.body.clone(), now, "user.created\n"),
        (post.body.replace("created", "deleted"), now, "refused\n"),
        (post.body.clone(), now + 301, "refused\n"),
        (post.body.clone(), now - 301, "refused\n"),
    ] {
        let script = format!(
            "{}\ntry {{ console.log(verify({}, {headers}, {}, {at}).type) }} catch {{ console.log('refused') }}",
            example(),
            serde_json::json!(secret.expose()),
            serde_json::json!(body),
        );
        let node = Command::new("node").args(["--input-type=module", "-e", &script]).output().unwrap();
        let said = String::from_utf8_lossy(&node.stdout).into_owned();
        assert_eq!(said, wanted, "{}", String::from_utf8_lossy(&node.stderr));
    }
}
