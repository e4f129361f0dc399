//! Setting one up, and taking it away.

use super::*;

#[tokio::test]
async fn the_page_shows_a_picture_and_a_key_and_the_recovery_codes_once() {
    let world = world().await;
    let browser = world.browser();
    assert!(browser.get(SETUP).await.expect(303).location().starts_with("/users/login?"));
    browser.sign_in("ada").await.expect(303);
    let page = browser.get(SETUP).await.expect(200);
    assert!(page.body.contains("<svg viewBox=") && page.body.contains("one-time-code"), "{}", page.body);
    let device = Device::of(&page);
    let sealed = page.field("setup");
    let wrong = browser.form(SETUP, &[("setup", &*sealed), ("code", "000000")]).await.expect(401);
    // The same picture again: the app has it already.
    assert_eq!(Device::of(&wrong).0, device.0);
    let form = [("setup", &*sealed), ("code", &*device.code(&world, 0))];
    let page = browser.form(SETUP, &form).await.expect(200);
    let recovery = codes(&page);
    assert_eq!(page.header("cache-control"), "no-store");
    // Once: neither the form nor the page shows them again.
    browser.form(SETUP, &form).await.expect(401);
    let page = browser.get(SETUP).await.expect(200);
    assert!(!page.body.contains(&recovery[0]) && page.body.contains("Recovery codes that are left: 10."));
}

#[tokio::test]
async fn only_who_has_just_signed_in_changes_anything_and_only_from_our_pages() {
    // #26, #27, #29
    let world = world().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let page = browser.get(SETUP).await.expect(200);
    let (device, sealed) = (Device::of(&page), page.field("setup"));
    // A page that was made for somebody else.
    let other = world.browser();
    other.sign_in("alan").await.expect(303);
    let form = [("setup", &*sealed), ("code", &*device.code(&world, 0))];
    other.form(SETUP, &form).await.expect(400);
    let strange = browser.post_from_elsewhere(SETUP).body("code=1");
    browser.send(strange).await.expect(403);
    world.pass(301);
    let form = [("setup", &*sealed), ("code", &*device.code(&world, 0))];
    browser.form(SETUP, &form).await.expect(400);
    let page = browser.get(SETUP).await.expect(200);
    assert!(page.body.contains("prompt=login") && !page.body.contains("<svg viewBox"), "{}", page.body);
    for path in ["/users/factor/remove", "/users/factor/codes"] {
        browser.form(path, &[("code", "000000")]).await.expect(400);
    }
}

#[tokio::test]
async fn it_is_removed_only_with_a_code_and_nothing_asks_afterwards() {
    let world = world().await;
    let (_, device, codes) = ada(&world).await;
    let browser = arrived(&world).await;
    enter(&browser, &device.code(&world, 0)).await.expect(303);
    for code in ["", "000000", &*device.code(&world, 0)] {
        browser.form("/users/factor/remove", &[("code", code)]).await.expect(401);
        assert!(browser.get(SETUP).await.expect(200).body.contains("Remove the second factor"));
    }
    let gone = browser.form("/users/factor/remove", &[("code", &*codes[0])]).await.expect(303);
    assert!(browser.get(gone.location()).await.expect(200).body.contains("Your second factor was removed."));
    let browser = world.browser();
    assert_ne!(browser.sign_in("ada").await.expect(303).location(), STEP);
    assert_eq!(world.session(&browser).await.amr, Vec::<String>::new());
    let trail = browser.get("/account/trail").await.expect(200);
    for text in ["A second factor was added.", "Your second factor was removed."] {
        assert!(trail.body.contains(text), "{text}: {}", trail.body);
    }
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_the_old_ones() {
    let world = world().await;
    let (browser, device, old) = ada(&world).await;
    let page = browser.form("/users/factor/codes", &[("code", &*device.code(&world, 0))]).await.expect(200);
    let new = codes(&page);
    assert!(new.iter().all(|code| !old.contains(code)));
    let browser = arrived(&world).await;
    enter(&browser, &old[0]).await.expect(401);
    enter(&browser, &new[0]).await.expect(200);
}

#[tokio::test]
async fn the_table_has_neither_the_seed_nor_a_code_and_it_goes_with_its_person() {
    // #106, #103
    let wire = Wire::start().await;
    let world = World::with(&[("SECOND_FACTORS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let (_, device, codes) = ada(&world).await;
    let rows: String = wire.rows("latchkey").await.iter().map(ToString::to_string).collect();
    let hex: String = device.0.iter().map(|byte| format!("{byte:02x}")).collect();
    let plain = |code: &String| rows.contains(code.as_str()) || rows.contains(&code.replace('-', ""));
    assert!(!codes.iter().any(plain) && !rows.contains(&hex));
    // One person's seed is nothing in another's row: neither opens.
    let row = wire.rows_of("FACTOR").await.remove(0);
    assert!(row["seed"]["S"].as_str().unwrap().len() > 60, "{row}");
    let other = world.browser();
    other.sign_in("alan").await.expect(303);
    set_up(&world, &other).await;
    let id = world.session(&other).await.user_id;
    let mut moved = wire.rows_of("FACTOR").await.into_iter().find(|it| *it != row).unwrap();
    assert_eq!(moved["user_id"]["S"], id.as_str());
    moved["seed"] = row["seed"].clone();
    wire.put("latchkey", &moved).await;
    world.pass(60);
    let waiting = world.browser();
    assert_eq!(waiting.sign_in("alan").await.expect(303).location(), STEP);
    enter(&waiting, &device.code(&world, 0)).await.expect(500);
    // It goes with him.
    let (table, now) = (world.table().await, world.now());
    user::manage::delete(&table, &id, None, &|_| Vec::new(), user::manage::NOBODY_TOLD, now).await.unwrap();
    let rows = wire.rows_of("FACTOR").await;
    assert!(rows.iter().all(|row| row["user_id"]["S"] != id.as_str()), "{rows:?}");
}

#[tokio::test]
async fn who_has_lost_everything_is_asked_for_nothing_once_it_is_taken_away() {
    let world = world().await;
    let (browser, _, _) = ada(&world).await;
    let (id, table) = (world.session(&browser).await.user_id, world.table().await);
    assert!(factor::remove(&table, &id, &[], world.now()).await.unwrap());
    assert!(!factor::remove(&table, &id, &[], world.now()).await.unwrap());
    let user = user::find(&table, &id, world.now()).await.unwrap().unwrap();
    assert_eq!(user.factors, user::Factors::default());
    assert_ne!(world.browser().sign_in("ada").await.expect(303).location(), STEP);
}
