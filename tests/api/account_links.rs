//! `/account`: more than one way in.

use tests::{Agent, Answer, World};

const PROVIDERS: (&str, &str) = ("PROVIDERS", "google,github");

async fn world() -> World {
    World::with(&[PROVIDERS]).await
}

/// Signs in at this provider: who that is.
async fn sign_in_at(browser: &Agent, provider: &str, person: &str) -> String {
    let url = browser.start(&format!("/users/login/{provider}")).await;
    let back = browser.pick(&url, person).await;
    browser.get(&back).await.expect(303);
    id(browser).await
}

/// Somebody in a browser of their own who has signed in at Google.
async fn person(world: &World, name: &str) -> (Agent, String) {
    let browser = world.browser();
    let id = sign_in_at(&browser, "google", name).await;
    (browser, id)
}

/// Who acts in this browser.
async fn id(browser: &Agent) -> String {
    let token = browser.as_program().post("/users/token").await.expect(200).json();
    let token = token["access_token"].as_str().unwrap();
    browser.as_program().bearer("/users/me", token).await.expect(200).json()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn form(page: &Answer, button: &str) -> String {
    page.field_before("request", &format!(">{button}</button>"))
}

/// Presses *Link GitHub*: where the link of the page after it leads.
async fn wish(browser: &Agent) -> String {
    let page = browser.get("/account").await.expect(200);
    let answer = browser.form("/account", &[("request", &form(&page, "Link GitHub"))]).await.expect(303);
    assert!(answer.location().starts_with("/account/link?provider=github&wish="), "{answer:?}");
    let page = browser.get(answer.location()).await.expect(200);
    assert!(page.body.contains("Ada Lovelace"), "{page:?}");
    page.link("Go on to GitHub")
}

/// Goes to the provider, and picks this person: the callback's address.
async fn go(browser: &Agent, wish: &str, person: &str) -> String {
    let url = browser.start(wish).await;
    browser.pick(&url, person).await
}

/// The people in the table, and what leads to them.
async fn rows(world: &World) -> Vec<(String, usize)> {
    let table = world.table().await;
    let list = user::list(&table, 50, None).await.unwrap().items;
    let mut rows = Vec::new();
    for entry in list {
        let user = user::find(&table, &entry.id, world.now()).await.unwrap().unwrap();
        let known = user::identities_of(&table, &user, world.now()).await.unwrap();
        assert_eq!(known.len(), user.identities.len());
        rows.push((user.id, known.len()));
    }
    rows.sort();
    rows
}

/// The same as it should be.
fn sorted<const N: usize>(mut rows: [(String, usize); N]) -> Vec<(String, usize)> {
    rows.sort();
    rows.into()
}

#[tokio::test]
async fn one_more_provider_leads_to_the_same_person_until_it_is_removed() {
    // #26, #95
    let world = world().await;
    let (browser, ada) = person(&world, "ada").await;
    let page = browser.get("/account").await.expect(200).body;
    assert!(page.contains("Link GitHub") && !page.contains("Remove the sign-in"), "{page}");
    let back = go(&browser, &wish(&browser).await, "alan").await;
    let answer = browser.get(&back).await.expect(303);
    assert_eq!(answer.location(), "/account?linked");
    let page = browser.get(answer.location()).await.expect(200);
    assert!(
        page.body.contains("is linked") && page.body.contains("Remove the sign-in with GitHub"),
        "{page:?}"
    );
    // A double click, and Back: the same page, and nothing more.
    assert_eq!(browser.get(&back).await.expect(303).location(), "/account?linked");
    // Name and address stay those of the first one.
    let other = world.browser();
    assert_eq!(sign_in_at(&other, "github", "alan").await, ada);
    assert!(
        other.get("/account").await.expect(200).body.contains("You are signed in as <b>Ada Lovelace</b>")
    );
    assert_eq!(rows(&world).await, [(ada.clone(), 2)]);

    world.pass(1);
    let value = page.field_before("request", "aria-label=\"Remove the sign-in with GitHub\"");
    let answer = browser.form("/account", &[("request", &value)]).await.expect(303);
    assert_eq!(answer.location(), "/account?unlinked");
    assert!(browser.get(answer.location()).await.expect(200).body.contains("sign out everywhere too"));
    // Twice is once.
    browser.form("/account", &[("request", &value)]).await.expect(303);
    assert_eq!(rows(&world).await, [(ada.clone(), 1)]);
    let query = audit::Query { of: Some(&ada), ..audit::Query::default() };
    let events = audit::list(&world.table().await, &query, 10, None, world.now()).await.unwrap().events;
    let whats = events.iter().map(|event| event.what.as_str());
    let whats: Vec<_> = whats.filter(|what| *what != "roles_changed").collect();
    assert_eq!(whats, ["identity_unlinked", "identity_linked"], "each once");
    assert_ne!(sign_in_at(&world.browser(), "github", "alan").await, ada, "somebody new");
    assert_eq!(sign_in_at(&world.browser(), "google", "ada").await, ada);
}

#[tokio::test]
async fn the_first_one_may_go_and_the_last_one_stays() {
    // #95
    let world = world().await;
    let (browser, ada) = person(&world, "ada").await;
    let single = browser.get("/account").await.expect(200);
    assert!(!single.body.contains("Remove the sign-in"));
    let back = go(&browser, &wish(&browser).await, "ada").await;
    browser.get(&back).await.expect(303);
    let page = browser.get("/account").await.expect(200);
    let forms: Vec<_> = ["Google", "GitHub"]
        .map(|label| page.field_before("request", &format!("aria-label=\"Remove the sign-in with {label}\"")))
        .into();
    let answer = browser.form("/account", &[("request", &forms[0])]).await.expect(303);
    assert_eq!(answer.location(), "/account?unlinked");
    let answer = browser.form("/account", &[("request", &forms[1])]).await.expect(303);
    assert_eq!(answer.location(), "/account?last");
    assert!(browser.get(answer.location()).await.expect(200).body.contains("only way"));
    assert_eq!(sign_in_at(&world.browser(), "github", "ada").await, ada);
    assert_eq!(rows(&world).await, [(ada, 1)]);
}

#[tokio::test]
async fn linking_and_removing_need_a_sign_in_of_the_last_minutes() {
    // #26
    let world = world().await;
    let (browser, ada) = person(&world, "ada").await;
    let back = go(&browser, &wish(&browser).await, "ada").await;
    browser.get(&back).await.expect(303);
    let page = browser.get("/account").await.expect(200);
    world.pass(301);
    let remove = page.field_before("request", "aria-label=\"Remove the sign-in with GitHub\"");
    for value in [form(&page, "Link GitHub"), remove] {
        let answer = browser.form("/account", &[("request", &value)]).await.expect(303);
        assert_eq!(answer.location(), "/account/again");
    }
    assert_eq!(rows(&world).await, [(ada.clone(), 2)]);
    let page = browser.get("/account/again").await.expect(200);
    assert!(page.body.contains("without asking who you are") && page.body.contains("GitHub"), "{page:?}");
    assert_eq!(page.link("Sign in again"), "/users/login?prompt=login&return_to=%2Faccount");
    assert_eq!(sign_in_at(&browser, "google", "ada").await, ada);
    wish(&browser).await;
}

#[tokio::test]
async fn a_link_that_is_not_this_sessions_leads_nowhere() {
    // #26, #95
    let world = world().await;
    let (browser, ada) = person(&world, "ada").await;
    let good = wish(&browser).await;
    // Another browser, with a session or without one, and a program.
    world.browser().get(&good).await.expect(403);
    let (alans, alan) = person(&world, "alan").await;
    alans.get(&good).await.expect(403);
    browser.as_program().get(&good).await.expect(403);
    // Another provider, and what was changed or made up.
    browser.get(&good.replace("/github?", "/google?")).await.expect(400);
    for link in ["x", "", &good[good.len() - 40..], &format!("{}A", &good[good.find('=').unwrap() + 1..])] {
        browser.get(&format!("/users/login/github?link={link}")).await.expect(400);
    }
    // The callback in another browser has no login; with the cookie of the login but another session it links nothing.
    let back = go(&browser, &good, "grace").await;
    alans.get(&back).await.expect(400);
    let login = browser.cookie_names().into_iter().find(|name| name.starts_with("__Host-login-")).unwrap();
    for name in browser.cookie_names().iter().filter(|name| name.starts_with("__Host-login-")) {
        alans.set_cookie(name, &browser.cookie(name).unwrap());
    }
    let page = alans.get(&back).await.expect(403);
    assert!(page.body.contains("Nothing was linked") && !login.is_empty(), "{page:?}");
    // It was used up by that.
    browser.get(&back).await.expect(403);
    // Signed out before the way back.
    let back = go(&browser, &wish(&browser).await, "grace").await;
    browser.form("/users/logout", &[]).await.expect(303);
    browser.get(&back).await.expect(403);
    assert_eq!(sign_in_at(&browser, "google", "ada").await, ada);
    // Too old.
    let old = wish(&browser).await;
    world.pass(601);
    browser.get(&old).await.expect(400);
    assert_eq!(rows(&world).await, sorted([(alan, 1), (ada, 1)]));
}

#[tokio::test]
async fn a_proof_links_once_and_only_the_person_who_asked() {
    // #29, #95
    let world = world().await;
    let (browser, ada) = person(&world, "ada").await;
    let once = wish(&browser).await;
    let (first, second) = (go(&browser, &once, "grace").await, go(&browser, &once, "alan").await);
    // Somebody else acts in this browser by now.
    let alan = sign_in_at(&browser, "google", "alan").await;
    browser.get(&first).await.expect(303);
    let page = browser.get(&second).await.expect(400);
    assert!(page.body.contains("was used already"), "{page:?}");
    assert_eq!(rows(&world).await, sorted([(alan.clone(), 1), (ada.clone(), 2)]));
    assert_eq!(sign_in_at(&world.browser(), "github", "grace").await, ada);
    // Signing out everywhere voids what was begun.
    let (browser, _) = person(&world, "ada").await;
    let begun = go(&browser, &wish(&browser).await, "alan").await;
    user::end_everywhere(&world.table().await, &ada, world.now()).await.unwrap();
    browser.get(&begun).await.expect(400);
    assert_eq!(rows(&world).await, sorted([(alan, 1), (ada, 2)]));
}

#[tokio::test]
async fn what_leads_to_somebody_else_is_not_taken_from_them() {
    // #93, #95
    let world = world().await;
    let theirs = sign_in_at(&world.browser(), "github", "ada").await;
    // The same address at another provider is another person.
    let (browser, ada) = person(&world, "ada").await;
    assert_ne!(ada, theirs);
    let back = go(&browser, &wish(&browser).await, "ada").await;
    let page = browser.get(&back).await.expect(409);
    assert!(page.body.contains("belongs to somebody else here already"), "{page:?}");
    assert!(page.body.contains("href=\"/account\"") && !page.body.contains(&theirs), "{page:?}");
    assert_eq!(sign_in_at(&world.browser(), "github", "ada").await, theirs);
    // What they have already is no error.
    let back = go(&browser, &wish(&browser).await, "grace").await;
    browser.get(&back).await.expect(303);
    let back = go(&browser, &wish(&browser).await, "grace").await;
    browser.get(&back).await.expect(303);
    assert_eq!(rows(&world).await, sorted([(ada, 2), (theirs, 1)]));
    // A person who says no at the provider.
    let url = browser.start(&wish(&browser).await).await;
    let state = tests::query(&url)["state"].clone();
    let denied = format!("/users/login/github/callback?error=access_denied&state={state}");
    let page = browser.get(&denied).await.expect(403);
    assert!(page.body.contains("href=\"/account\""), "{page:?}");
}

#[tokio::test]
async fn its_person_is_told_by_mail_of_a_provider_more_and_of_one_less() {
    // #26: whoever has got into an account does not settle in it unseen.
    const ADA: &str = "ada@example.com";
    let world = world().await;
    let (browser, _) = person(&world, "ada").await;
    let back = go(&browser, &wish(&browser).await, "alan").await;
    browser.get(&back).await.expect(303);
    let mail = world.mail(ADA, 1).await;
    assert_eq!(mail.subject, "A way to sign in was added");
    assert!(mail.text.contains("\nThe sign-in with GitHub\n"), "{mail:?}");
    assert!(mail.text.contains("remove what you do not know"), "{mail:?}");
    assert_eq!(mail.link(), format!("{}/account", world.cloud.url));
    // Nobody is told again of what was done before, nor whoever is at the other end.
    browser.get(&back).await.expect(303);
    let page = browser.get("/account").await.expect(200);
    let remove = page.field_before("request", "aria-label=\"Remove the sign-in with GitHub\"");
    let request = browser.request("POST", "/account").header("accept-language", "de");
    let request = request.header("origin", &world.cloud.url).header("sec-fetch-site", "same-origin");
    browser.send(request.form(&[("request", &remove)])).await.expect(303);
    let mail = world.mail(ADA, 2).await;
    assert_eq!(mail.subject, "Eine Anmeldemöglichkeit wurde entfernt");
    assert!(mail.text.contains("\nDie Anmeldung mit GitHub\n"), "{mail:?}");
    browser.form("/account", &[("request", &remove)]).await.expect(303);
    assert_eq!((world.mails(ADA).await.len(), world.mails("alan@example.com").await.len()), (2, 0));
}

#[tokio::test]
async fn its_person_is_told_by_mail_that_others_have_removed_a_provider() {
    // #81: at the console, and by the management API.
    const ALAN: &str = "alan@example.com";
    let world = crate::admin::world().await;
    let (admin, _) = crate::admin::somebody(&world, "ada", &["admin"]).await;
    let (browser, alan) = crate::admin::somebody(&world, "alan", &["member"]).await;
    for (count, by_api) in [(0, false), (2, true)] {
        let page = browser.get("/account").await.expect(200);
        let form = form(&page, "Link GitHub");
        let page = browser.form("/account", &[("request", &form)]).await.expect(303);
        let page = browser.get(page.location()).await.expect(200);
        let back = go(&browser, &page.link("Go on to GitHub"), "grace").await;
        browser.get(&back).await.expect(303);
        world.mail(ALAN, count + 1).await;
        if by_api {
            let token = admin.as_program().post("/users/token").await.expect(200).json();
            let token = token["access_token"].as_str().unwrap();
            let path = format!("/users/{alan}/identities");
            let all = world.program().bearer(&path, token).await.expect(200).json()["identities"].clone();
            let all = all.as_array().unwrap().clone();
            let key = all.iter().find(|it| it["provider"] == "github").unwrap()["key"].as_str().unwrap();
            let request = world.program().request("DELETE", &format!("{path}/{key}"));
            world.program().send(request.bearer_auth(token)).await.expect(204);
        } else {
            let page = admin.get(&crate::admin::person(&alan)).await.expect(200);
            crate::admin::press(&admin, &page, "Remove the sign-in with GitHub", &[]).await.expect(303);
        }
        let mail = world.mail(ALAN, count + 2).await;
        assert_eq!(mail.subject, "A way to sign in was removed");
        assert!(mail.text.contains("\nThe sign-in with GitHub\n"), "{mail:?}");
        assert!(mail.text.contains("Somebody who looks after latchkey did this. If you"), "{mail:?}");
        world.pass(1);
        crate::admin::enter(&browser, "alan").await.expect(303);
    }
}
