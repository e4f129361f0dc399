//! What asking for a mail says, costs and writes down, and how often somebody may.

use tests::{World, database::Wire};

use super::{ASK, CODE, GRACE, ask, by_code, code, enter, link, same, token, world, wrong};

#[tokio::test]
async fn asking_for_a_mail_says_nothing_of_anybody() {
    // #84: known, unknown, disabled, invited, somebody of a provider; by the answer and by the calls.
    let wire = Wire::start().await;
    let settings =
        [("MAILED_SIGN_IN", "on"), ("MAILED_SIGNUP", "off"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)];
    let world = World::with(&settings).await;
    let (table, rights) = (world.table().await, user::Rights::parse("member=a:b", "", "").unwrap());
    let member = ["member".to_owned()];
    for invited in [GRACE, "gone@example.com", "invited@example.com"] {
        user::invite(&table, &rights, invited, &member, world.now()).await.unwrap();
    }
    for known in [GRACE, "gone@example.com"] {
        let id = by_code(&world, known, 1).await["user"]["id"].as_str().unwrap().to_owned();
        if known != GRACE {
            user::disable(&table, &id, world.now()).await.unwrap();
        }
    }
    world.program().sign_in("ada").await.expect(200);
    let mut seen = Vec::new();
    let all = ["nobody@example.com", GRACE, "gone@example.com", "invited@example.com", "ada@example.com"];
    for email in all {
        wire.calls();
        let answer = ask(&world.program(), email).await.expect(202);
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-mailed");
        assert_eq!(answer.cookies().len(), 1, "{answer:?}");
        seen.push((same(&answer), calls.map(|call| call.action).collect::<Vec<_>>()));
    }
    let expected = ["UpdateItem", "BatchGetItem", "BatchGetItem", "UpdateItem", "UpdateItem", "PutItem"];
    assert!(seen.iter().all(|one| one.0 == seen[0].0 && one.1 == expected), "{seen:?}");
    for (email, mails) in [(GRACE, 2), ("invited@example.com", 1), ("ada@example.com", 1)] {
        world.mail(email, mails).await;
    }
    assert!(world.mails("nobody@example.com").await.is_empty());
    assert!(world.mails("nobody@mail.invalid").await.is_empty());
    assert_eq!(world.mails("gone@example.com").await.len(), 1, "that of before");
}

#[tokio::test]
async fn each_step_asks_the_table_so_often() {
    let wire = Wire::start().await;
    let world = World::with(&[("MAILED_SIGN_IN", "on"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)]).await;
    by_code(&world, GRACE, 1).await;
    let browser = world.browser();
    let calls = || {
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-mailed");
        calls.map(|call| call.action).collect::<Vec<_>>()
    };
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    let (typed, path) = (code(&world, GRACE, 2).await, link(&world, GRACE, 2).await);
    calls();
    browser.get(CODE).await.expect(200);
    assert_eq!(calls(), Vec::<&str>::new());
    browser.get(&path).await.expect(200);
    assert_eq!(calls(), ["GetItem"]);
    world.browser().get(&path).await.expect(400);
    world.browser().form(CODE, &[("code", &typed)]).await.expect(401);
    assert_eq!(calls(), Vec::<&str>::new(), "nothing is looked up for whoever did not ask (#105)");
    browser.form(CODE, &[("code", &wrong(&typed))]).await.expect(401);
    assert_eq!(calls(), ["UpdateItem", "GetItem", "PutItem", "UpdateItem"]);
    browser.form(CODE, &[("code", &typed)]).await.expect(303);
    let counted = ["UpdateItem", "GetItem", "PutItem", "UpdateItem", "UpdateItem"];
    let found = ["BatchGetItem", "BatchGetItem", "GetItem", "UpdateItem"];
    assert_eq!(calls(), [&counted[..], &found, &["PutItem"]].concat());
}

#[tokio::test]
async fn nobody_floods_an_inbox_and_whoever_is_known_there_gets_their_mail() {
    // #85: beyond a few, nothing is sent, and the answer is the same.
    let world = world().await;
    let known = world.program();
    ask(&known, GRACE).await.expect(202);
    enter(&known, &code(&world, GRACE, 1).await).await.expect(200);
    let stranger = world.program();
    for _ in 0..6 {
        ask(&stranger, GRACE).await.expect(202);
    }
    world.mail(GRACE, 3).await;
    assert_eq!(world.mails(GRACE).await.len(), 3, "of one place, with that of before");
    // The last one counts where it was asked for.
    enter(&stranger, &code(&world, GRACE, 3).await).await.expect(200);
    ask(&world.program(), GRACE).await.expect(202);
    assert_eq!(world.mails(GRACE).await.len(), 3);
    ask(&known, GRACE).await.expect(202);
    enter(&known, &code(&world, GRACE, 4).await).await.expect(200);
}

#[tokio::test]
async fn nobody_floods_a_mailbox_by_spellings_of_its_address() {
    // #85: many providers ignore what is behind a plus, and dots.
    let world = world().await;
    let spellings: Vec<_> =
        (0..6).flat_map(|n| [format!("grace+{n}@example.com"), format!("gr.ace+{n}@example.com")]).collect();
    for spelling in &spellings {
        ask(&world.program(), spelling).await.expect(202);
    }
    // The address itself has mails of its own: whoever asks for others keeps nobody out.
    assert!(!by_code(&world, GRACE, 1).await.is_null());
    let mut sent = 0;
    for spelling in &spellings {
        sent += world.mails(spelling).await.len();
    }
    assert_eq!(sent, 10);
}

#[tokio::test]
async fn a_place_has_so_many_requests_for_whatever_address() {
    // #85
    let world = world().await;
    for n in 0..100 {
        ask(&world.program(), &format!("person-{n}@example.com")).await.expect(202);
    }
    let late = ask(&world.program(), GRACE).await.expect(429);
    assert!(late.header("retry-after").parse::<u32>().unwrap() > 0);
    let page = world.browser().form(ASK, &[("email", GRACE)]).await.expect(429);
    assert!(page.body.contains("tried too often") && page.body.contains(GRACE), "{}", page.body);
}

#[tokio::test]
async fn the_table_has_neither_code_nor_link_nor_address() {
    // #89, #106: only HMACs under a key of the server.
    let wire = Wire::start().await;
    let world = World::with(&[("MAILED_SIGN_IN", "on"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)]).await;
    ask(&world.program(), GRACE).await.expect(202);
    let (typed, path) = (code(&world, GRACE, 1).await, link(&world, GRACE, 1).await);
    let rows = wire.rows_of("MAILEDSIGNIN").await;
    assert_eq!(rows.len(), 1);
    let row = format!("{rows:?}");
    for secret in [&typed, &token(&path), "grace"] {
        assert!(!row.contains(secret), "{secret}: {row}");
    }
}
