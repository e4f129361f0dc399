//! Whoever guesses.

use futures_util::future::join_all;
use serde_json::json;
use tests::{World, database::Wire};

use super::{GOOD, ask, register, same, sign_in, world};

#[tokio::test]
async fn every_refusal_is_the_same() {
    // #84: nobody of that name, a wrong password, no password, and somebody who is disabled, with the right one and with another.
    let world = world().await;
    world.program().sign_in("ada").await.expect(200);
    for name in ["grace", "gone"] {
        register(&world, name).await.expect(201);
    }
    register(&world, "grace@example.com").await.expect(202);
    let gone = sign_in(&world.program(), "gone", GOOD).await.expect(200).json();
    user::disable(&world.table().await, gone["user"]["id"].as_str().unwrap(), world.now()).await.unwrap();
    let nobody = sign_in(&world.program(), "nobody", GOOD).await.expect(401);
    for (name, password) in [
        ("grace", "another horse"),
        ("grace", ""),
        ("grace", &"x".repeat(2000)),
        ("grace@example.com", "another horse"),
        ("nobody@example.com", GOOD),
        ("ada@example.com", GOOD),
        ("gone", GOOD),
        ("gone", "another horse"),
    ] {
        let answer = sign_in(&world.program(), name, password).await;
        assert_eq!(same(&answer), same(&nobody), "{name} {password}");
        assert_eq!(answer.cookies(), Vec::<&str>::new(), "{name}");
    }
}

#[tokio::test]
async fn every_refusal_asks_the_table_the_same() {
    // #84: known and unknown, by the calls.
    let wire = Wire::start().await;
    let world = World::with(&[("PASSWORDS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    world.program().sign_in("ada").await.expect(200);
    register(&world, "grace").await.expect(201);
    register(&world, "grace@example.com").await.expect(202);
    world.pass(300);
    let mut seen = Vec::new();
    for name in ["grace", "nobody", "grace@example.com", "nobody@example.com", "ada@example.com"] {
        wire.calls();
        sign_in(&world.program(), name, "another horse").await.expect(401);
        seen.push(wire.calls().into_iter().map(|call| call.action).collect::<Vec<_>>());
    }
    let expected = ["BatchGetItem", "BatchGetItem", "UpdateItem", "GetItem", "PutItem"];
    assert!(seen.iter().all(|calls| calls == &expected), "{seen:?}");
}

#[tokio::test]
async fn registering_with_an_address_asks_the_table_the_same_whosever_it_is() {
    // #84: nobody's, somebody's who registered, somebody's of a provider, one that an account waits for, one that is invited, and somebody's
    // who is disabled.
    let wire = Wire::start().await;
    let world = World::with(&[("PASSWORDS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let (table, rights) = (world.table().await, user::Rights::parse("member=a:b", "", "").unwrap());
    world.program().sign_in("ada").await.expect(200);
    for known in ["grace@example.com", "gone@example.com"] {
        register(&world, known).await.expect(202);
    }
    let gone = sign_in(&world.program(), "gone@example.com", GOOD).await.expect(200).json();
    user::disable(&table, gone["user"]["id"].as_str().unwrap(), world.now()).await.unwrap();
    let waits = user::manage::NewPerson { email: "waits@example.com".to_owned(), ..Default::default() };
    user::manage::create(&table, &rights, &waits, user::manage::NO_TRAIL, world.now()).await.unwrap();
    user::invite(&table, &rights, "invited@example.com", &[], world.now()).await.unwrap();
    let all =
        ["nobody", "grace", "ada", "waits", "invited", "gone"].map(|name| format!("{name}@example.com"));
    let mut seen = Vec::new();
    for name in &all {
        wire.calls();
        let answer = register(&world, name).await.expect(202);
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-password");
        seen.push((same(&answer), calls.map(|call| call.action).collect::<Vec<_>>()));
    }
    assert!(seen[0].1.contains(&"TransactWriteItems".to_owned()), "{seen:?}");
    assert!(seen.iter().all(|one| one == &seen[0]), "{seen:?}");
    // And nobody has taken an address that is somebody's.
    for name in &all[2..4] {
        sign_in(&world.program(), name, GOOD).await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_guesses_at_once_ten_are_looked_at() {
    // P7, #85
    let world = world().await;
    register(&world, "grace").await.expect(201);
    world.pass(300);
    let spellings = ["grace", "GRACE", "Grace", "\u{ff27}race"];
    let guesses = (0..200).map(|n| {
        let program = world.program();
        async move { sign_in(&program, spellings[n % 4], &format!("wrong horse {n}")).await }
    });
    let answers = join_all(guesses).await;
    let of = |status: u16| answers.iter().filter(|it| it.status == status).map(same).collect::<Vec<_>>();
    let (wrong, late) = (of(401), of(429));
    assert_eq!((wrong.len(), late.len()), (10, 190));
    assert!(wrong.iter().all(|answer| answer == &wrong[0]) && late.iter().all(|answer| answer == &late[0]));
    let wait =
        answers.iter().find(|it| it.status == 429).unwrap().header("retry-after").parse::<i64>().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    // By no other way either, until it is over: and then the right one is right.
    let body = json!({"username": "grace", "password": GOOD, "new_password": "another good horse"});
    ask(&world.program(), "/users/password", &body).await.expect(429);
    let form = [("login", "grace"), ("password", GOOD)];
    let page = world.browser().form("/users/password/login", &form).await.expect(429);
    assert!(page.header("retry-after").parse::<i64>().unwrap() > 0 && page.body.contains("tried too often"));
    sign_in(&world.program(), "grace", GOOD).await.expect(429);
    world.pass(300);
    sign_in(&world.program(), "grace", GOOD).await.expect(200);
}

#[tokio::test]
async fn nobody_who_guesses_shuts_somebody_out_of_a_device_of_theirs() {
    // #85
    let world = world().await;
    register(&world, "grace").await.expect(201);
    world.pass(300);
    let (own, other) = (world.browser(), world.program());
    own.form("/users/password/login", &[("login", "grace"), ("password", GOOD)]).await.expect(303);
    register(&world, "eve").await.expect(201);
    sign_in(&other, "eve", GOOD).await.expect(200);
    for _ in 0..9 {
        sign_in(&other, "grace", "wrong horse").await.expect(401);
    }
    // The attacker's own device is known for the attacker alone.
    sign_in(&other, "grace", GOOD).await.expect(429);
    own.form("/users/password/login", &[("login", "grace"), ("password", GOOD)]).await.expect(303);
    sign_in(&own.as_program(), "grace", GOOD).await.expect(200);
    // That is bounded too: two of its ten are gone.
    for _ in 0..8 {
        sign_in(&own.as_program(), "grace", "wrong horse").await.expect(401);
    }
    sign_in(&own.as_program(), "grace", GOOD).await.expect(429);
}

#[tokio::test]
async fn somebody_without_a_name_is_counted_like_anybody() {
    // #84, #85
    let world = world().await;
    for _ in 0..10 {
        sign_in(&world.program(), "nobody@example.com", GOOD).await.expect(401);
    }
    sign_in(&world.program(), "NOBODY@example.com", GOOD).await.expect(429);
    sign_in(&world.program(), "other@example.com", GOOD).await.expect(401);
}
