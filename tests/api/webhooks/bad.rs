//! What is not a sender's, and what is and cannot be used.

use super::*;

#[tokio::test]
async fn what_is_not_its_senders_is_one_answer_and_no_write() {
    // #90, #105
    for preset in ["standard", "stripe", "github-sponsors", "gumroad"] {
        let shop = Shop::open(preset).await;
        let body = order_body("order.paid", "1", "pro", BUYER);
        shop.wire.calls();
        let mut answers = Vec::new();
        answers.push(shop.deliver(&shop.scheme.fresh(), "1", &body).await);
        let program = shop.world.program();
        for path in [
            "/webhooks/shop",
            "/webhooks/nobody",
            "/webhooks/shop/nothing",
            "/webhooks/nobody/x",
            "/webhooks/SHOP",
            "/webhooks/%20",
        ] {
            answers.push(program.send(program.request("POST", path).body(body.clone())).await);
        }
        // Signed for another body, and too late.
        let program = shop.world.program();
        let signed = shop.scheme.sign(&shop.secret, "1", body.as_bytes(), shop.world.now());
        let path = if shop.scheme == Scheme::Path { "/webhooks/shop/wrong" } else { "/webhooks/shop" };
        let edited = signed.iter().fold(program.request("POST", path), |r, (n, v)| r.header(*n, v));
        answers.push(program.send(edited.body(body.replace("pro", "plus"))).await);
        if shop.scheme.signs_time() {
            shop.world.pass(301);
            let late = signed.iter().fold(program.request("POST", path), |r, (n, v)| r.header(*n, v));
            answers.push(program.send(late.body(body.clone())).await);
        }
        for answer in answers {
            let answer = answer.expect(401).json();
            assert_eq!(answer["detail"], "this is no delivery of this source", "{preset}");
        }
        let writes = shop.wire.calls().into_iter().filter(|call| call.action != "GetItem").count();
        assert_eq!(writes, 0, "{preset}");
    }
}

#[tokio::test]
async fn a_signed_body_that_says_nothing_is_kept_and_refused() {
    // #88, #90
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    let sale = |order: serde_json::Value, address: serde_json::Value| {
        json!({"type": "order.paid", "data": {"id": order, "product_id": "pro", "customer": {"email": address}}})
            .to_string()
    };
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let bodies = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{".to_owned(),
        format!("{{\"a\": {deep}}}"),
        "\u{feff}{}".to_owned(),
        r#"{"type": "order.paid", "type": "order.refunded", "data": {"id": "1"}}"#.to_owned(),
        sale(json!(null), json!(BUYER)),
        sale(json!([1]), json!(BUYER)),
        sale(json!(""), json!(BUYER)),
        // Two numbers that cannot be told apart once they are read are none.
        sale(json!("?"), json!(BUYER)).replace("\"?\"", "123456789012345678901234567890"),
        sale(json!("?"), json!(BUYER)).replace("\"?\"", "1e30"),
        sale(json!("a\u{202e}b"), json!(BUYER)),
        sale(json!("x".repeat(101)), json!(BUYER)),
        sale(json!("1"), json!(null)),
        sale(json!("2"), json!("buyer")),
        sale(json!("3"), json!("buyer\u{ff20}example.com")),
        sale(json!("4"), json!("\"e@attacker\"@victim.example")),
        sale(json!("5"), json!("buyer@example.com, eve@example.com")),
        sale(json!("6"), json!("bu\u{200b}yer@example.com")),
        sale(json!("7"), json!({"address": BUYER})),
    ];
    for (number, body) in bodies.iter().enumerate() {
        let answer = shop.deliver(&shop.secret, &format!("bad-{number}"), body).await.expect(400).json();
        assert_eq!(answer["result"], "kept", "{body}");
    }
    assert_eq!(shop.has().await, both(&["member"], &[]));
    let dead = shop.says(Command::Events { name: "shop".to_owned(), dead: true }).await.unwrap();
    assert_eq!(dead.lines().count(), bodies.len(), "{dead}");
    // An address in another spelling is the same one.
    assert_eq!(shop.tell("ok", "order.paid", "8", "plus", " BUYER@Example.COM ").await, "given");
    let large = format!("{{\"type\": \"{}\"}}", "x".repeat(128 * 1024));
    shop.deliver(&shop.secret, "large", &large).await.expect(413);
}

#[tokio::test]
async fn a_secret_in_the_path_is_in_no_answer_and_no_row() {
    // #103
    let shop = Shop::open("gumroad").await;
    let body = "resource_name=sale&sale_id=1&product_id=plus&email=buyer%40example.com";
    let answer = shop.deliver(&shop.secret, "", body).await.expect(200);
    assert!(!answer.body.contains(shop.secret.expose()));
    for kind in ["SOURCE", "HOOK", "ORDER", "AUDIT", "EMAIL"] {
        let rows = serde_json::to_string(&shop.wire.rows_of(kind).await).unwrap();
        assert!(!rows.contains(shop.secret.expose()), "{kind}");
    }
}
