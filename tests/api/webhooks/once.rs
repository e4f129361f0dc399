//! However often and in whatever order events come, and whatever fails in between: each is done once.

use tests::database::Fault;

use super::*;

#[tokio::test]
async fn a_refund_before_its_sale_holds_and_a_late_sale_gives_nothing_back() {
    // #90
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    assert_eq!(shop.refunds("1").await, "ahead");
    assert_eq!(shop.buys("1", "pro").await, "held");
    assert_eq!(shop.has().await, both(&["member"], &[]));
    assert_eq!(shop.buys("2", "pro").await, "given");
    assert_eq!(shop.refunds("2").await, "taken");
    assert_eq!(shop.tell("late", "order.paid", "2", "pro", BUYER).await, "held");
    assert_eq!(shop.tell("again", "order.refunded", "2", "", "").await, "held");
    assert_eq!(shop.has().await, both(&["member"], &[]));
}

#[tokio::test]
async fn an_event_is_done_once_however_often_and_in_parallel_it_comes() {
    // #90, #98
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    let body = order_body("order.paid", "1", "pro", BUYER);
    let all = (0..64).map(|_| shop.deliver(&shop.secret, "evt", &body));
    let mut done = 0;
    for answer in futures_util::future::join_all(all).await {
        // Whoever is told to come back does.
        let answer =
            if answer.status == 503 { shop.deliver(&shop.secret, "evt", &body).await } else { answer };
        match answer.expect(200).json()["result"].as_str().unwrap() {
            "given" => done += 1,
            other => assert_eq!(other, "repeated"),
        }
    }
    assert_eq!(done, 1);
    let asked = audit::Query { what: Some(audit::What::WebhookGave), ..audit::Query::default() };
    let trail = audit::list(&shop.world.table().await, &asked, 10, None, shop.world.now()).await.unwrap();
    assert_eq!(trail.events.len(), 1);
    assert_eq!(shop.has().await, both(&["backer", "member"], &["gold", BACKER]));
    shop.world.pass(3 * 24 * 60 * 60);
    assert_eq!(shop.tell("evt", "order.paid", "1", "pro", BUYER).await, "repeated");
}

#[tokio::test]
async fn a_crash_at_any_call_leaves_all_of_it_or_nothing_and_the_sender_comes_back() {
    // #99
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    for cut in 0..8 {
        let (order, id) = (format!("order-{cut}"), format!("evt-{cut}"));
        let body = order_body("order.paid", &order, "plus", BUYER);
        shop.wire.set(Fault::CutAfter(cut));
        let answer = shop.deliver(&shop.secret, &id, &body).await;
        shop.wire.set(Fault::None);
        let before = shop.has().await.1.contains(&"plus".to_owned());
        assert_eq!(before, answer.status == 200, "{cut}: {answer:?}");
        if answer.status != 200 {
            assert_eq!(answer.expect(503).header("retry-after"), "2");
            let again = shop.deliver(&shop.secret, &id, &body).await.expect(200).json();
            assert_eq!(again["result"], "given", "{cut}");
        }
        assert_eq!(shop.refunds(&order).await, "taken");
        assert!(!shop.has().await.1.contains(&"plus".to_owned()), "{cut}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_gives_nothing_twice() {
    // #98
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    shop.wire.set(Fault::LoseAnswers);
    assert_eq!(shop.buys("1", "pro").await, "given");
    shop.wire.set(Fault::None);
    assert_eq!(shop.buys("1", "pro").await, "repeated");
}

#[tokio::test]
async fn what_waits_is_tried_again_once_and_only_by_the_source_that_believed_it() {
    // #90, #106
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    let replay = async |id: &str| shop.says(Command::Replay { id: id.to_owned() }).await;
    let dead = async || {
        let listed = shop.says(Command::Events { name: "shop".to_owned(), dead: true }).await.unwrap();
        let ids = listed.split_whitespace().filter(|word| word.starts_with("shop/")).map(str::to_owned);
        ids.collect::<Vec<_>>()
    };
    let add = |replace: bool| Add {
        name: "shop".to_owned(),
        preset: Preset::find("standard"),
        product: texts(&["ultra=ultra"]),
        secret_from_stdin: !replace,
        replace,
        ..Add::default()
    };
    for order in ["1", "2", "3"] {
        assert_eq!(shop.buys(order, "ultra").await, "kept");
    }
    let all = dead().await;
    assert_eq!(all.len(), 3);
    assert!(replay(&all[0]).await.unwrap().contains("does not have its product"));
    assert!(replay("shop/other").await.is_err() && replay("other/x").await.is_err());
    assert_eq!(shop.has().await, both(&["member"], &[]));
    // Once it has the product.
    shop.says(Command::Add(add(true))).await.unwrap();
    let once = futures_util::future::join_all((0..8).map(|_| replay(&all[0]))).await;
    assert_eq!(once.iter().filter(|said| said.as_deref() == Ok("given\n")).count(), 1, "{once:?}");
    assert!(replay(&all[0]).await.is_err());
    assert_eq!((dead().await.len(), shop.has().await.1), (2, texts(&["ultra"])));
    // After its refund it gives nothing.
    for order in ["1", "2", "3"] {
        shop.refunds(order).await;
    }
    assert_eq!(replay(&all[1]).await.unwrap(), "held\n");
    // Whoever had the secret of a source that was removed has nothing of the next one of its name.
    assert_eq!(shop.buys("4", "other").await, "kept");
    shop.says(Command::Remove { name: "shop".to_owned() }).await.unwrap();
    shop.world.pass(1);
    shop.says(Command::Add(Add { product: texts(&["other=other"]), ..add(false) })).await.unwrap();
    for id in dead().await {
        assert!(replay(&id).await.unwrap_err().contains("waits"), "{id}");
    }
    assert_eq!(shop.has().await, both(&["member"], &[]));
}

#[tokio::test]
async fn the_latest_events_are_listed_however_many_there_are() {
    let shop = Shop::open("standard").await;
    for order in 0..700 {
        assert_eq!(shop.refunds(&format!("old-{order}")).await, "ahead");
    }
    assert_eq!(shop.buys("kept", "unknown").await, "kept");
    // In another month.
    shop.world.pass(10 * 24 * 60 * 60);
    for order in 0..10 {
        assert_eq!(shop.refunds(&format!("new-{order}")).await, "ahead");
    }
    let listed = async |dead| shop.says(Command::Events { name: "shop".to_owned(), dead }).await.unwrap();
    let (all, today) = (listed(false).await, shop.world.now().to_string());
    assert!(all.lines().take(10).all(|line| line.starts_with(&today)), "{}", all.lines().next().unwrap());
    assert_eq!(all.lines().count(), 500);
    assert!(all.contains("waits: the source does not have its product"));
    assert_eq!(listed(true).await.lines().count(), 1);
}
