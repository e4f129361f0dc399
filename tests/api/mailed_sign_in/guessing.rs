//! Whoever guesses, and who comes in where many try at once.

use futures_util::future::join_all;
use serde_json::json;

use super::{ASK, CODE, GRACE, LINK, ask, code, enter, link, same, send, token, world, wrong};

#[tokio::test]
async fn five_codes_may_be_typed_and_the_link_counts_on() {
    // #85
    let world = world().await;
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    let (typed, path) = (code(&world, GRACE, 1).await, link(&world, GRACE, 1).await);
    for _ in 0..5 {
        browser.form(CODE, &[("code", &wrong(&typed))]).await.expect(401);
    }
    browser.form(CODE, &[("code", &typed)]).await.expect(401);
    browser.form(LINK, &[("token", &token(&path))]).await.expect(303);
}

#[tokio::test]
async fn what_cannot_be_a_code_uses_no_try_up() {
    let world = world().await;
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    let typed = code(&world, GRACE, 1).await;
    for bad in ["", "12345", "1234567", "abcdef", "12345a", "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}"] {
        browser.form(CODE, &[("code", bad)]).await.expect(401);
    }
    browser.form(CODE, &[("code", &typed)]).await.expect(303);
}

#[tokio::test]
async fn wrong_used_late_and_asked_for_elsewhere_are_one_answer() {
    // #84, #89
    let world = world().await;
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let first = code(&world, GRACE, 1).await;
    let is_wrong = same(&enter(&program, &wrong(&first)).await.expect(401));
    let elsewhere = enter(&world.program(), &first).await;
    // Asked for again: the first one counts no more.
    ask(&program, GRACE).await.expect(202);
    let second = code(&world, GRACE, 2).await;
    let replaced = enter(&program, if first == second { "x" } else { &first }).await;
    let kept = program.as_program();
    enter(&program, &second).await.expect(200);
    let used = enter(&kept, &second).await;
    ask(&program, "late@example.com").await.expect(202);
    let third = code(&world, "late@example.com", 1).await;
    let late_link = link(&world, "late@example.com", 1).await;
    world.pass(601);
    let late = enter(&program, &third).await;
    let all = [("elsewhere", elsewhere), ("replaced", replaced), ("used", used), ("late", late)];
    for (why, answer) in &all {
        assert_eq!(same(answer), is_wrong, "{why}");
    }
    world.browser().get(&late_link).await.expect(400);
    program.get(&late_link).await.expect(400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_who_type_one_code_at_once_one_comes_in() {
    // #89
    let world = world().await;
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let typed = code(&world, GRACE, 1).await;
    let answers = join_all((0..64).map(|_| enter(&program, &typed))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| [200, 401, 429].contains(&answer.status)), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_who_follow_one_link_at_once_one_comes_in() {
    // #89
    let world = world().await;
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let token = token(&link(&world, GRACE, 1).await);
    let body = json!({"token": token});
    let answers = join_all((0..64).map(|_| send(&program, LINK, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| [200, 400].contains(&answer.status)), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_wrong_codes_at_once_five_are_looked_at() {
    // #85: whoever has the right one afterwards finds it dead.
    let world = world().await;
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let typed = code(&world, GRACE, 1).await;
    let other = wrong(&typed);
    let answers = join_all((0..64).map(|_| enter(&program, &other))).await;
    assert!(answers.iter().all(|answer| [401, 429].contains(&answer.status)), "{answers:?}");
    world.pass(300);
    enter(&program, &typed).await.expect(401);
}

#[tokio::test]
async fn whoever_guesses_codes_has_ten_tries_in_all_and_keeps_nobody_out_who_is_known() {
    // #85
    let world = world().await;
    let known = world.program();
    ask(&known, GRACE).await.expect(202);
    enter(&known, &code(&world, GRACE, 1).await).await.expect(200);
    world.pass(1800);
    let mut statuses = Vec::new();
    for mails in 2..=4 {
        let guesser = world.program();
        ask(&guesser, GRACE).await.expect(202);
        let typed = wrong(&code(&world, GRACE, mails).await);
        for _ in 0..5 {
            statuses.push(enter(&guesser, &typed).await.status);
        }
    }
    assert_eq!(statuses, [[401; 5], [401; 5], [429; 5]].concat());
    ask(&known, GRACE).await.expect(202);
    enter(&known, &code(&world, GRACE, 5).await).await.expect(200);
    // Who is not known has the link, which nobody can guess.
    world.pass(1800);
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    browser.form(LINK, &[("token", &token(&link(&world, GRACE, 6).await))]).await.expect(303);
}
