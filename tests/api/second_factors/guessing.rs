//! Whoever guesses, repeats, or brings something that is not theirs.

use super::*;

#[tokio::test]
async fn wrong_used_and_late_codes_get_one_answer() {
    let world = world().await;
    let (_, device, _) = ada(&world).await;
    world.pass(300);
    let browser = arrived(&world).await;
    enter(&browser, &device.code(&world, 0)).await.expect(303);
    world.session(&browser).await;
    let browser = arrived(&world).await;
    let mut pages = BTreeSet::new();
    let codes = [
        device.code(&world, 0),
        device.code(&world, -1),
        device.code(&world, 2),
        device.code(&world, -9),
        "000000".to_owned(),
        String::new(),
        "aaaa-bbbb-cccc-dddd".to_owned(),
        "x".repeat(3000),
    ];
    for code in codes {
        let page = enter(&browser, &code).await.expect(401);
        assert!(page.body.contains("This code is wrong, used already, or too old."), "{code}");
        pages.insert(page.body);
    }
    assert_eq!(pages.len(), 1);
    assert!(browser.cookie(SESSION).is_none());
    // A neighbour of now counts.
    enter(&browser, &device.code(&world, 1)).await.expect(303);
}

#[tokio::test]
async fn attempts_are_counted_before_they_are_looked_at() {
    // #85: also in many browsers; and a code that is right does not help then.
    let world = world().await;
    let (_, device, codes) = ada(&world).await;
    world.pass(300);
    for _ in 0..10 {
        enter(&arrived(&world).await, "000000").await.expect(401);
    }
    let browser = arrived(&world).await;
    for code in [device.code(&world, 0), codes[0].clone()] {
        let refused = enter(&browser, &code).await.expect(429);
        assert!(refused.header("retry-after").parse::<u32>().unwrap() <= 300);
    }
    world.pass(300);
    enter(&browser, &device.code(&world, 0)).await.expect(303);
}

#[tokio::test]
async fn the_step_is_of_the_browser_and_the_person_who_arrived() {
    // #25, #32
    let world = world().await;
    let (_, device, _) = ada(&world).await;
    let other = world.browser();
    other.sign_in("alan").await.expect(303);
    let (alans, _) = set_up(&world, &other).await;
    world.pass(60);
    // Nobody has arrived here.
    world.browser().get(STEP).await.expect(401);
    enter(&world.browser(), &device.code(&world, 0)).await.expect(401);
    // Somebody else's code is nobody's here.
    let browser = arrived(&world).await;
    enter(&browser, &alans.code(&world, 0)).await.expect(401);
    // A cookie that was changed, or is of another kind, says nothing.
    let name = browser.cookie_names().into_iter().find(|name| name.contains("factor-")).unwrap();
    let good = browser.cookie(&name).unwrap();
    let login = world.browser();
    login.start("/users/login").await;
    let of_login = login.cookie(&login.cookie_names()[0]).unwrap();
    for bad in [format!("{good}A"), good.replacen('.', "", 1), of_login, "x".to_owned()] {
        browser.set_cookie(&name, &bad);
        enter(&browser, &device.code(&world, 0)).await.expect(401);
        browser.set_cookie(&name, &good);
    }
    // Nor does one that is too old.
    world.pass(601);
    enter(&browser, &device.code(&world, 0)).await.expect(401);
    assert!(browser.cookie(SESSION).is_none());
    // Another site cannot send the form.
    let browser = arrived(&world).await;
    let form = browser.post_from_elsewhere(STEP).body(format!("code={}", device.code(&world, 0)));
    browser.send(form).await.expect(403);
}

#[tokio::test]
async fn who_is_disabled_or_signed_out_everywhere_meanwhile_does_not_come_in() {
    // #34, #35
    let world = world().await;
    let (browser, device, codes) = ada(&world).await;
    let id = world.session(&browser).await.user_id;
    let table = world.table().await;
    let waiting = arrived(&world).await;
    user::end_everywhere(&table, &id, world.now()).await.unwrap();
    enter(&waiting, &device.code(&world, 0)).await.expect(401);
    assert!(waiting.cookie(SESSION).is_none());
    let waiting = arrived(&world).await;
    user::disable(&table, &id, world.now()).await.unwrap();
    enter(&waiting, &codes[0]).await.expect(401);
    assert!(waiting.cookie(SESSION).is_none());
}
