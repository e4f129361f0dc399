//! The pages of mailed links, in each language.

use tests::World;
use web::Words;

use super::{Reader, check};

const GRACE: &str = "grace@example.com";
const GOOD: &str = "a horse that counts";

#[tokio::test]
async fn the_pages_of_mailed_links_speak_the_readers_language() {
    for words in Words::ALL {
        let world = World::with(&[("PASSWORDS", "on")]).await;
        let (reader, w) = (Reader::new(&world, words.tag), &words.passwords);
        let path = async |count: usize| {
            let mail = world.mail(GRACE, count).await;
            mail.link().strip_prefix(&world.cloud.url).unwrap().to_owned()
        };
        let registered = [("login", GRACE), ("password", GOOD), ("name", ""), ("return_to", "/account")];
        check(&reader.form("/users/password/register", &registered).await, 200, words, w.registered);
        let prove = path(1).await;
        check(&reader.get("/users/password/forgotten").await, 200, words, w.forgotten);
        check(&reader.form("/users/password/forgotten", &[("email", "x")]).await, 400, words, w.forgotten);
        check(&reader.form("/users/password/forgotten", &[("email", GRACE)]).await, 200, words, w.sent);
        let reset = path(2).await;
        let of = |path: &str| path.split_once("?token=").unwrap().1.to_owned();

        let form = [("login", GRACE), ("password", GOOD), ("return_to", "/account")];
        reader.form("/users/password/login", &form).await.expect(303);
        check(&reader.get("/account?mailed").await, 200, words, words.account.title);
        check(&reader.get(&prove).await, 200, words, w.prove);
        let wrong = [("token", of(&prove)), ("password", "wrong horse".to_owned())];
        let wrong = wrong.each_ref().map(|(name, value)| (*name, value.as_str()));
        check(&reader.form("/users/password/prove", &wrong).await, 401, words, w.prove);
        let right = [wrong[0], ("password", GOOD)];
        check(&reader.form("/users/password/prove", &right).await, 200, words, w.proven);
        check(&reader.get("/account/trail").await, 200, words, words.trail.title);

        check(&reader.get(&reset).await, 200, words, w.reset);
        let token = of(&reset);
        let set = |new: &'static str, again: &'static str| {
            [("token", token.clone()), ("new_password", new.to_owned()), ("again", again.to_owned())]
        };
        for (form, status, title) in [
            (set("x", "y"), 400, w.reset),
            (set(GRACE, GRACE), 400, w.reset),
            (set("another horse", "another horse"), 200, w.changed),
        ] {
            let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
            check(&reader.form("/users/password/reset", &form).await, status, words, title);
        }
        check(&reader.get(&reset).await, 400, words, words.errors.failed);
        add_a_password(&reader, words).await;
    }
}

/// The page on which somebody of a provider adds a password, before and after.
async fn add_a_password(reader: &Reader, words: &'static Words) {
    let w = &words.passwords;
    let url = reader.browser.start("/users/login/google").await;
    reader.browser.get(&reader.browser.pick(&url, "ada").await).await.expect(303);
    let page = reader.get("/users/password").await;
    let of = |name: &str| page.field_before(name, &format!(">{}</button>", w.add));
    let (session, address) = (of("session"), of("address"));
    check(&page, 200, words, w.add);
    for (new, status) in [("x", 400), ("another horse", 303)] {
        let form = [("session", &*session), ("address", &address), ("new_password", new), ("again", new)];
        let answer = reader.form("/users/password/add", &form).await.expect(status);
        if status == 400 {
            check(&answer, 400, words, w.add);
        }
    }
    check(&reader.get("/users/password?added").await, 200, words, w.change);
    let form = [("session", &*session), ("address", &address), ("new_password", GOOD), ("again", GOOD)];
    check(&reader.form("/users/password/add", &form).await, 409, words, words.errors.failed);
}

#[tokio::test]
async fn the_pages_of_mailed_codes_speak_the_readers_language() {
    for words in Words::ALL {
        let world = World::with(&[("MAILED_SIGN_IN", "on")]).await;
        let (reader, w) = (Reader::new(&world, words.tag), users_mailed::words::Words::of(words));
        check(&reader.get("/users/login").await, 200, words, words.common.sign_in);
        check(&reader.get("/users/mailed").await, 200, words, w.ask);
        check(
            &reader.form("/users/mailed", &[("email", "x"), ("return_to", "/account")]).await,
            400,
            words,
            w.ask,
        );
        let asked = [("email", GRACE), ("return_to", "/account")];
        reader.form("/users/mailed", &asked).await.expect(303);
        let mail = world.mail(GRACE, 1).await;
        let path = mail.link().strip_prefix(&world.cloud.url).unwrap().to_owned();
        check(&reader.get("/users/mailed/code").await, 200, words, w.code);
        check(&reader.form("/users/mailed/code", &[("code", "x")]).await, 401, words, w.code);
        check(&reader.get(&path).await, 200, words, words.common.sign_in);
        check(&reader.get("/users/mailed/link").await, 400, words, words.errors.failed);
        reader.form("/users/mailed/code", &[("code", mail.code())]).await.expect(303);
        check(&reader.get("/account").await, 200, words, words.account.title);
        check(
            &reader.form("/users/mailed/code", &[("code", mail.code())]).await,
            401,
            words,
            words.errors.sign_in,
        );
    }
}
