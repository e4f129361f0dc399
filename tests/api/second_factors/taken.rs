//! An administrator takes a lost factor away: who may, what ends, and who is told.

use serde_json::Value;

use super::*;
use crate::admin::{ROLES, form, person, press, somebody};

const ALAN: &str = "alan@example.com";

/// Ada looks after people, and Alan has a second factor: their browsers, his id, his device and his recovery codes.
struct Scene {
    world: World,
    ada: Agent,
    alan: Agent,
    id: String,
    device: Device,
    codes: Vec<String>,
}

impl Scene {
    async fn start() -> Self {
        let world =
            World::with(&[("SECOND_FACTORS", "on"), ("ROLES", ROLES), ("PROVIDERS", "google,github")]).await;
        let (ada, _) = somebody(&world, "ada", &["admin"]).await;
        let (alan, id) = somebody(&world, "alan", &["member"]).await;
        let (device, codes) = set_up(&world, &alan).await;
        world.pass(60);
        Self { world, ada, alan, id, device, codes }
    }

    async fn ask(&self, browser: &Agent, method: &str, path: &str, etag: Option<&str>) -> Answer {
        let token = browser.post("/users/token").await.expect(200).json();
        let request = self.world.program().request(method, path);
        let request = request.bearer_auth(token["access_token"].as_str().unwrap());
        let request = etag.into_iter().fold(request, |request, etag| request.header("if-match", etag));
        self.world.program().send(request).await
    }

    async fn shown(&self) -> Answer {
        self.ask(&self.ada, "GET", &format!("/users/{}", self.id), None).await.expect(200)
    }

    /// A browser in which Alan has come back from his provider.
    async fn arrived(&self) -> Agent {
        let browser = self.world.browser();
        crate::admin::enter(&browser, "alan").await.expect(303);
        browser
    }
}

#[tokio::test]
async fn a_factor_is_taken_away_over_the_api_and_everything_of_its_person_ends() {
    // #34, #81, #82
    let scene = Scene::start().await;
    let path = format!("/users/{}/factors", scene.id);
    let seen = scene.shown().await;
    assert_eq!(seen.json()["factors"], json!({"totp": true, "passkeys": 0}));
    assert!(scene.codes.iter().all(|code| !seen.body.contains(code)) && !seen.body.contains("seed"));
    let waits = scene.arrived().await;
    waits.get(STEP).await.expect(200);

    scene.ask(&scene.ada, "DELETE", &path, Some("\"77\"")).await.expect(412);
    scene.ask(&scene.ada, "DELETE", &path, Some("none")).await.expect(400);
    assert_eq!(scene.shown().await.json()["factors"]["totp"], true);
    scene.alan.post("/users/token").await.expect(200);
    let etag = seen.header("etag");
    scene.ask(&scene.ada, "DELETE", &path, Some(etag)).await.expect(204);

    let after = scene.shown().await;
    assert_eq!(after.json()["factors"], json!({"totp": false, "passkeys": 0}));
    assert_ne!(after.header("etag"), etag);
    // The device that is lost may have been signed in, and whoever waits at the step begins anew.
    scene.alan.post("/users/token").await.expect(401);
    for code in [&scene.device.code(&scene.world, 0), &scene.codes[0]] {
        enter(&waits, code).await.expect(401);
    }
    nothing_yet(&waits).await;
    let browser = scene.arrived().await;
    assert_eq!(scene.world.session(&browser).await.amr, Vec::<String>::new());
    // There is nothing left to take.
    scene.ask(&scene.ada, "DELETE", &path, None).await.expect(404);

    let trail = scene.ask(&scene.ada, "GET", &format!("/audit?user={}", scene.id), None).await.expect(200);
    let trail: Value = trail.json();
    let taken: Vec<_> =
        trail["events"].as_array().unwrap().iter().filter(|it| it["what"] == "factor_removed").collect();
    let ada = scene.world.session(&scene.ada).await.user_id;
    assert_eq!(taken.len(), 1, "{trail}");
    assert!(taken[0].to_string().contains(&ada) && taken[0].to_string().contains(&scene.id), "{trail}");
    // One letter when he added it, and one of this.
    let mail = scene.world.mail(ALAN, 2).await;
    assert_eq!(mail.subject, "A way to sign in was removed");
    assert!(mail.text.contains("All second factors and passkeys"), "{mail:?}");
    assert!(mail.text.contains("Somebody who looks after latchkey did this"), "{mail:?}");
}

#[tokio::test]
async fn a_factor_is_taken_away_in_the_console_by_somebody_who_has_just_signed_in_and_types_the_name() {
    // #26, #81
    let scene = Scene::start().await;
    let (ada, path) = (&scene.ada, person(&scene.id));
    let page = ada.get(&path).await.expect(200);
    assert!(page.body.contains("Codes of an app, and recovery codes"), "{}", page.body);
    let link = format!("{path}/factors");
    assert!(page.body.contains(&link));
    let page = ada.get(&link).await.expect(200);
    let take = "Take second factors away";
    let wrong = press(ada, &page, take, &[("name", "alan")]).await.expect(303);
    assert_eq!(wrong.location(), format!("{link}?wrong"));
    let said = ada.get(wrong.location()).await.expect(200);
    assert!(said.body.contains("is not their name. Nothing was changed."), "{}", said.body);
    // Somebody changed him since the page was made.
    let old = form(&page, take);
    crate::admin::set_roles(&scene.world, &scene.id, &["reader"]).await;
    ada.form("/admin", &[("request", &old), ("name", "Alan Turing")]).await.expect(412);
    assert!(scene.shown().await.json()["factors"]["totp"] == true);

    scene.world.pass(301);
    let page = ada.get(&link).await.expect(200);
    let again = press(ada, &page, take, &[("name", "Alan Turing")]).await.expect(303);
    assert_eq!(again.location(), "/admin/again");
    crate::admin::enter(ada, "ada").await.expect(303);
    let page = ada.get(&link).await.expect(200);
    let done = press(ada, &page, take, &[("name", "Alan Turing")]).await.expect(303);
    assert_eq!(done.location(), format!("{path}?factors-taken"));
    let page = ada.get(done.location()).await.expect(200);
    for text in ["The second factors are taken away", "Second factor removed"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(!page.body.contains(&link));
    scene.alan.post("/users/token").await.expect(401);
    let browser = scene.arrived().await;
    assert!(browser.cookie(SESSION).is_some());
    assert_eq!(scene.world.mail(ALAN, 2).await.subject, "A way to sign in was removed");
}

#[tokio::test]
async fn nobody_takes_away_their_own_or_of_somebody_who_may_do_more() {
    // #81: a lost phone has a path that nobody of lesser rights can use.
    let scene = Scene::start().await;
    let (helper, _) = somebody(&scene.world, "grace", &["helper"]).await;
    let (reader, _) = somebody(&scene.world, "katherine", &["reader"]).await;
    let (ada, alan) = (scene.world.session(&scene.ada).await.user_id, &scene.id);
    crate::admin::enter(&scene.ada, "ada").await.expect(303);
    set_up(&scene.world, &scene.ada).await;
    let own = format!("{}/factors", person(&ada));
    // Her own: the page leads to where a code is asked for.
    let page = scene.ada.get(&own).await.expect(200);
    assert!(page.body.contains("/users/factor/setup") && !page.body.contains("name=\"request\""));
    scene.ask(&scene.ada, "DELETE", &format!("/users/{ada}/factors"), None).await.expect(403);
    // A helper has users:write, and less than she.
    let page = helper.get(&own).await.expect(200);
    let typed = [("name", "Ada Lovelace")];
    press(&helper, &page, "Take second factors away", &typed).await.expect(403);
    scene.ask(&helper, "DELETE", &format!("/users/{ada}/factors"), None).await.expect(403);
    // A reader sees that there is one, and no more.
    let page = reader.get(&person(alan)).await.expect(200);
    assert!(page.body.contains("Codes of an app") && !page.body.contains("/factors"), "{}", page.body);
    reader.get(&format!("{}/factors", person(alan))).await.expect(403);
    for id in [&ada, alan] {
        scene.ask(&reader, "DELETE", &format!("/users/{id}/factors"), None).await.expect(403);
        let row = crate::admin::row(&scene.world, id).await.unwrap();
        assert!(row.factors.totp, "{row:?}");
    }
}

#[tokio::test]
async fn an_administrator_shows_their_own_factor_before_they_remove_a_way_in_or_themselves() {
    // #26, #81: as on their own page, in a session that is older than the factor.
    let world =
        World::with(&[("SECOND_FACTORS", "on"), ("ROLES", ROLES), ("PROVIDERS", "google,github")]).await;
    let (ada, id) = somebody(&world, "ada", &["admin"]).await;
    somebody(&world, "grace", &["admin"]).await;
    let page = ada.get("/account").await.expect(200);
    let link = page.field_before("request", ">Link GitHub</button>");
    let page = ada.form("/account", &[("request", &link)]).await.expect(303);
    let page = ada.get(page.location()).await.expect(200);
    let url = ada.start(&page.link("Go on to GitHub")).await;
    ada.get(&ada.pick(&url, "ada").await).await.expect(303);
    let (page, delete) = (ada.get(&person(&id)).await.expect(200), format!("{}/delete", person(&id)));
    let (unlink, delete) = ("Remove the sign-in with GitHub", ada.get(&delete).await.expect(200));
    let other = world.browser();
    crate::admin::enter(&other, "ada").await.expect(303);
    let (device, _) = set_up(&world, &other).await;
    let before = crate::admin::row(&world, &id).await.unwrap();
    let named = [("name", "Ada Lovelace")];
    for (page, button, typed) in [(&page, unlink, &[][..]), (&delete, "Delete", &named)] {
        let said = press(&ada, page, button, typed).await.expect(403);
        assert!(said.body.contains("show your second factor first"), "{button}: {said:?}");
        assert!(said.body.contains("/users/factor?return_to=%2Fadmin&amp;session="), "{button}: {said:?}");
    }
    assert_eq!(crate::admin::row(&world, &id).await.unwrap(), before);
    // What is others' is theirs to do: their own factor is not about that.
    let token = ada.as_program().post("/users/token").await.expect(200).json();
    let token = token["access_token"].as_str().unwrap();
    let key = before.identities[1].as_str();
    let request = world.program().request("DELETE", &format!("/users/{id}/identities/{key}"));
    let said = world.program().send(request.bearer_auth(token)).await.expect(403);
    assert!(said.json()["detail"].as_str().unwrap().contains("/account does"), "{said:?}");
    assert_eq!(crate::admin::row(&world, &id).await.unwrap(), before);

    let step = ada.get("/users/factor?return_to=%2Fadmin").await.expect(303).location().to_owned();
    assert_eq!(step, STEP);
    world.pass(30);
    enter(&ada, &device.code(&world, 0)).await.expect(303);
    // And who has not signed in for a while does so first.
    world.pass(301);
    for (page, button, typed) in [(&page, unlink, &[][..]), (&delete, "Delete", &named)] {
        let again = press(&ada, page, button, typed).await.expect(303);
        assert_eq!(again.location(), "/admin/again", "{button}");
    }
    crate::admin::enter(&ada, "ada").await.expect(303);
    world.pass(30);
    enter(&ada, &device.code(&world, 0)).await.expect(303);
    press(&ada, &page, unlink, &[]).await.expect(303);
    assert_eq!(crate::admin::row(&world, &id).await.unwrap().identities.len(), 1);
    press(&ada, &delete, "Delete", &named).await.expect(303);
    assert_eq!(crate::admin::row(&world, &id).await, None);
}
