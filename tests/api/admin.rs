//! `/admin`: the console.

use client::Kind;
use store::Change;
use tests::{Agent, Answer, World, oauth::Person};
use user::User;

pub const ROLES: &str = "admin=users:read users:write users:delete roles:read roles:write get:profile; \
                     helper=users:read users:write; keeper=roles:read roles:write; reader=users:read; member=get:profile";

pub async fn world() -> World {
    World::with(&[("ROLES", ROLES), ("PROVIDERS", "google,github")]).await
}

/// Somebody with these roles in a browser of their own: the browser, and their id. Ada is the administrator.
pub async fn somebody(world: &World, name: &str, roles: &[&str]) -> (Agent, String) {
    let Person { browser, session } = at_google(world, name).await;
    set_roles(world, &session.user_id, roles).await;
    (browser, session.user_id)
}

/// Signs in at Google, where there are several providers.
pub async fn enter(browser: &Agent, name: &str) -> Answer {
    let url = browser.start("/users/login/google").await;
    let back = browser.pick(&url, name).await;
    browser.get(&back).await
}

async fn at_google(world: &World, name: &str) -> Person {
    let browser = world.browser();
    enter(&browser, name).await.expect(303);
    world.person_in(&browser).await
}

pub async fn set_roles(world: &World, id: &str, roles: &[&str]) {
    let roles: Vec<_> = roles.iter().map(|role| (*role).to_owned()).collect();
    let change = user::manage::Change::roles(&roles);
    let rights = user::Rights::parse(ROLES, "", "").unwrap();
    let (table, now) = (world.table().await, world.now());
    user::manage::change(&table, &rights, id, None, &change, user::manage::NO_TRAIL, now).await.unwrap();
}

pub async fn row(world: &World, id: &str) -> Option<User> {
    user::manage::find(&world.table().await, id, world.now()).await.unwrap()
}

pub fn person(id: &str) -> String {
    format!("/admin/people/{id}")
}

/// The form whose button has these words, or this name for a screen reader.
pub fn form(page: &Answer, button: &str) -> String {
    let mark = [format!("aria-label=\"{button}\""), format!(">{button}</button>")];
    let mark =
        mark.iter().find(|mark| page.body.contains(*mark)).unwrap_or_else(|| panic!("{button}: {page:?}"));
    page.field_before("request", mark)
}

pub async fn press(browser: &Agent, page: &Answer, button: &str, typed: &[(&str, &str)]) -> Answer {
    let request = form(page, button);
    browser.form("/admin", &[&[("request", request.as_str())], typed].concat()).await
}

#[tokio::test]
async fn each_page_is_for_those_who_have_its_scope_at_this_moment() {
    // #81
    let world = world().await;
    let (admin, ada) = somebody(&world, "ada", &["admin"]).await;
    let (helper, _) = somebody(&world, "alan", &["helper"]).await;
    let (reader, _) = somebody(&world, "grace", &["reader"]).await;
    let (member, _) = somebody(&world, "katherine", &["member"]).await;
    let app = world.client(Kind::Web, |_| {}).await;
    for page in ::admin::PAGES {
        let id = if page.path.starts_with("/admin/apps") { &app.id } else { &ada };
        let path = page.path.replace("{id}", id);
        let nobody = world.browser().get(&path).await.expect(303);
        assert!(nobody.location().starts_with("/users/login?return_to=%2Fadmin"), "{path}");
        for (who, scopes, browser) in [
            (
                "admin",
                &["users:read", "users:write", "users:delete", "roles:read", "roles:write"][..],
                &admin,
            ),
            ("helper", &["users:read", "users:write"], &helper),
            ("reader", &["users:read"], &reader),
            ("member", &[], &member),
        ] {
            let expected = if scopes.contains(&page.scope) { 200 } else { 403 };
            let answer = browser.get(&path).await;
            assert_eq!(answer.status, expected, "{path} for {who}: {answer:?}");
            assert_eq!(
                answer.body.contains("name=\"request\""),
                expected == 200 && answer.body.contains("<form method=\"post\"")
            );
        }
        // What there is not, and what is not an id, are the same.
        if page.path.contains("{id}") {
            for id in ["x", "01a3185c-5000-7f8a-a3c2-5a13edb5c92a", "USER"] {
                admin.get(&page.path.replace("{id}", id)).await.expect(404);
                member.get(&page.path.replace("{id}", id)).await.expect(403);
            }
        }
    }
    // A reader has no form, and no link that leads to a refusal.
    let page = reader.get(&person(&ada)).await.expect(200);
    assert!(!page.body.contains("<form method=\"post\"") && !page.body.contains("/admin/roles"), "{page:?}");
    // Disabled, or without the role: at once.
    set_roles(&world, &ada, &["admin"]).await;
    let grace = world.session(&reader).await.user_id;
    set_roles(&world, &grace, &["member"]).await;
    reader.get("/admin").await.expect(403);
    user::disable(&world.table().await, &grace, world.now()).await.unwrap();
    assert!(reader.get("/admin").await.expect(303).location().starts_with("/users/login"));
}

#[tokio::test]
async fn people_are_changed_shut_out_let_in_and_deleted() {
    // #35, #82
    let world = world().await;
    let (admin, ada) = somebody(&world, "ada", &["admin"]).await;
    let (alans, alan) = somebody(&world, "alan", &["member"]).await;
    let page = admin.get(&person(&alan)).await.expect(200);
    assert!(page.body.contains("Alan Turing") && page.body.contains("Google"), "{page:?}");

    let answer = press(&admin, &page, "Give", &[("role", "reader")]).await.expect(303);
    assert_eq!(answer.location(), format!("{}?changed", person(&alan)));
    assert_eq!(row(&world, &alan).await.unwrap().roles, ["member", "reader"]);
    // The page is older than this change now.
    press(&admin, &page, "Give", &[("role", "helper")]).await.expect(412);
    press(&admin, &page, "Disable", &[]).await.expect(412);
    let page = admin.get(&person(&alan)).await.expect(200);
    press(&admin, &page, "Give", &[("role", "nonsense")]).await.expect(400);
    press(&admin, &page, "Take away reader", &[]).await.expect(303);
    assert_eq!(row(&world, &alan).await.unwrap().roles, ["member"]);

    let page = admin.get(&person(&alan)).await.expect(200);
    alans.post("/users/token").await.expect(200);
    press(&admin, &page, "Sign out everywhere", &[]).await.expect(303);
    alans.post("/users/token").await.expect(401);
    enter(&alans, "alan").await.expect(303);
    let page = admin.get(&person(&alan)).await.expect(200);
    let answer = press(&admin, &page, "Disable", &[]).await.expect(303);
    assert!(admin.get(answer.location()).await.expect(200).body.contains("shut out"));
    alans.post("/users/token").await.expect(401);
    enter(&alans, "alan").await.expect(403);
    let page = admin.get(&person(&alan)).await.expect(200);
    press(&admin, &page, "Let them sign in again", &[]).await.expect(303);
    enter(&alans, "alan").await.expect(303);

    let page = admin.get(&format!("{}/delete", person(&alan))).await.expect(200);
    for typed in [&[][..], &[("name", "")], &[("name", "alan turing")], &[("name", "Ada Lovelace")]] {
        let answer = press(&admin, &page, "Delete", typed).await.expect(303);
        assert!(answer.location().ends_with("/delete?wrong"), "{typed:?}");
    }
    let answer = press(&admin, &page, "Delete", &[("name", "Alan Turing")]).await.expect(303);
    assert_eq!(answer.location(), "/admin?deleted");
    admin.get(&person(&alan)).await.expect(404);
    alans.post("/users/token").await.expect(401);
    press(&admin, &page, "Delete", &[("name", "Alan Turing")]).await.expect(404);

    // Who did what to whom is written down.
    let page = admin.get("/admin/trail").await.expect(200).body;
    for what in
        ["Roles changed", "Signed out everywhere", "Person disabled", "Person enabled", "Person deleted"]
    {
        assert!(page.contains(&format!("<td>{what}</td>")), "{what}: {page}");
    }
    // People stand there by their names, and whoever is no more by the number that is left of them.
    assert!(page.contains(&format!("title=\"{ada}\">Ada Lovelace</a>")), "{page}");
    assert!(
        page.contains(&format!("title=\"{alan}\">{alan}</a>")) && !page.contains("Alan Turing"),
        "{page}"
    );
}

#[tokio::test]
async fn nobody_gives_or_touches_more_than_they_have() {
    // #81
    let world = world().await;
    let (_, ada) = somebody(&world, "ada", &["admin"]).await;
    let (helper, own) = somebody(&world, "alan", &["helper"]).await;
    let (_, grace) = somebody(&world, "grace", &["reader"]).await;
    let page = helper.get(&person(&ada)).await.expect(200);
    for button in ["Disable", "Sign out everywhere", "Take away admin"] {
        let said = press(&helper, &page, button, &[]).await.expect(403);
        assert!(said.body.contains("users:delete"), "{said:?}");
    }
    press(&helper, &page, "Give", &[("role", "reader")]).await.expect(403);
    let page = helper.get(&person(&grace)).await.expect(200);
    press(&helper, &page, "Give", &[("role", "admin")]).await.expect(403);
    press(&helper, &page, "Give", &[("role", "helper")]).await.expect(303);
    let page = helper.get(&person(&own)).await.expect(200);
    press(&helper, &page, "Give", &[("role", "admin")]).await.expect(403);
    let page = helper.get("/admin/new").await.expect(200);
    for button in ["Add", "Invite"] {
        let typed = [("email", "new@example.com"), ("role", "admin"), ("name", "")];
        press(&helper, &page, button, &typed).await.expect(403);
    }
    assert_eq!(row(&world, &ada).await.unwrap().roles, ["admin"]);
    assert_eq!(row(&world, &own).await.unwrap().roles, ["helper"]);
    helper.get(&format!("{}/delete", person(&grace))).await.expect(403);
}

#[tokio::test]
async fn nobody_gets_or_lets_in_a_service_that_may_do_more_than_they() {
    // #81: whoever has the secret of a service has its scope.
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (keeper, _) = somebody(&world, "alan", &["keeper"]).await;
    let scope: oauth::Scope = "users:delete".parse().unwrap();
    let service = world.client(Kind::Service, |new| {
        new.audiences = vec![world.cloud.url.clone()];
        new.scope = scope.clone();
        new.default_scope = scope.clone();
    });
    let path = format!("/admin/apps/{}", service.await.id);
    let page = keeper.get(&path).await.expect(200);
    let said = press(&keeper, &page, "Make a new secret", &[]).await.expect(403);
    assert!(said.body.contains("users:delete"), "{said:?}");
    press(&keeper, &page, "Disable", &[]).await.expect(303);
    let page = keeper.get(&path).await.expect(200);
    press(&keeper, &page, "Enable", &[]).await.expect(403);
    let page = admin.get(&path).await.expect(200);
    press(&admin, &page, "Make a new secret", &[]).await.expect(303);
    press(&admin, &page, "Enable", &[]).await.expect(303);
}

#[tokio::test]
async fn a_form_counts_in_its_session_for_somebody_who_still_may() {
    // #27, #29, #81
    let world = world().await;
    let (admin, ada) = somebody(&world, "ada", &["admin"]).await;
    let (other, grace) = somebody(&world, "grace", &["admin"]).await;
    let page = admin.get(&person(&grace)).await.expect(200);
    let delete = admin.get(&format!("{}/delete", person(&grace))).await.expect(200);
    let value = form(&page, "Disable");
    other.form("/admin", &[("request", &value)]).await.expect(400);
    world.browser().form("/admin", &[("request", &value)]).await.expect(400);
    let request = admin.request("POST", "/admin").header("sec-fetch-site", "cross-site");
    admin.send(request.form(&[("request", &value)])).await.expect(403);
    for fields in
        [&[][..], &[("request", "x")], &[("request", "")], &[("request", &*value), ("request", &*value)]]
    {
        admin.form("/admin", fields).await.expect(400);
    }
    admin.post("/admin").await.expect(415);
    // The role is gone since the page was made.
    set_roles(&world, &ada, &["member"]).await;
    for (page, button) in
        [(&page, "Disable"), (&page, "Sign out everywhere"), (&page, "Give"), (&delete, "Delete")]
    {
        press(&admin, page, button, &[("role", "member"), ("name", "Grace Hopper")]).await.expect(403);
    }
    assert!(row(&world, &grace).await.unwrap().is_active());
    set_roles(&world, &ada, &["admin"]).await;
    world.pass(3500);
    admin.get("/admin").await.expect(200);
    world.pass(101);
    press(&admin, &page, "Disable", &[]).await.expect(400);
}

#[tokio::test]
async fn what_cannot_be_undone_needs_a_sign_in_of_the_last_minutes() {
    // #26
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (_, alan) = somebody(&world, "alan", &["member"]).await;
    let app = world.client(Kind::Web, |_| {}).await;
    world.pass(301);
    let page = admin.get(&person(&alan)).await.expect(200);
    let delete = admin.get(&format!("{}/delete", person(&alan))).await.expect(200);
    let client = admin.get(&format!("/admin/apps/{}", app.id)).await.expect(200);
    let new = admin.get("/admin/new").await.expect(200);
    let typed = [("role", "reader"), ("name", "Alan Turing"), ("email", "x@example.com")];
    for (page, button) in [
        (&page, "Give"),
        (&delete, "Delete"),
        (&client, "Make a new secret"),
        (&new, "Add"),
        (&new, "Invite"),
    ] {
        assert_eq!(
            press(&admin, page, button, &typed).await.expect(303).location(),
            "/admin/again",
            "{button}"
        );
    }
    assert_eq!(row(&world, &alan).await.unwrap().roles, ["member"]);
    let page = admin.get("/admin/again").await.expect(200);
    assert!(page.body.contains("without asking who you are"), "{page:?}");
    enter(&admin, "ada").await.expect(303);
    let page = admin.get(&person(&alan)).await.expect(200);
    press(&admin, &page, "Give", &typed).await.expect(303);
    assert_eq!(row(&world, &alan).await.unwrap().roles, ["member", "reader"]);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    // #97
    let world = world().await;
    let (admin, ada) = somebody(&world, "ada", &["admin"]).await;
    let page = admin.get(&person(&ada)).await.expect(200);
    for button in ["Take away admin", "Disable"] {
        let said = press(&admin, &page, button, &[]).await.expect(409);
        assert!(said.body.contains("last administrator") && said.body.contains(&person(&ada)), "{said:?}");
    }
    let delete = admin.get(&format!("{}/delete", person(&ada))).await.expect(200);
    press(&admin, &delete, "Delete", &[("name", "Ada Lovelace")]).await.expect(409);
    assert!(row(&world, &ada).await.unwrap().is_active());
}

#[tokio::test]
async fn people_are_found_and_a_page_is_turned_only_by_whom_it_was_shown() {
    // #83
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (reader, _) = somebody(&world, "grace", &["reader"]).await;
    let rights = user::Rights::parse(ROLES, "", "").unwrap();
    let table = world.table().await;
    for number in 0..30 {
        let new = user::manage::NewPerson {
            name: Some(format!("Person {number:02}")),
            email: format!("p{number:02}@example.com"),
            roles: vec!["member".to_owned()],
        };
        user::manage::create(&table, &rights, &new, user::manage::NO_TRAIL, world.now()).await.unwrap();
    }
    let names = |page: &Answer| page.body.matches(">Person ").count();
    let found = admin.get("/admin?q=p0&by=email&role=&status=").await.expect(200);
    assert_eq!(names(&found), 10);
    assert_eq!(names(&admin.get("/admin?q=PERSON+1&by=name").await.expect(200)), 10);
    assert!(admin.get("/admin?q=nobody&by=email").await.expect(200).body.contains("Nobody is found"));
    assert!(
        admin
            .get("/admin?q=%3Cscript%3E&by=email")
            .await
            .expect(200)
            .body
            .contains("value=\"&lt;script&gt;\"")
    );
    let first = admin.get("/admin?role=member").await.expect(200);
    let next = first.link("Next page");
    let second = admin.get(&next).await.expect(200);
    assert_eq!((names(&first), names(&second)), (25, 5));
    reader.get(&next).await.expect(400);
    for wrong in
        [next.replace("role=member", "role=reader"), format!("{next}A"), next[..next.len() - 1].to_owned()]
    {
        admin.get(&wrong).await.expect(400);
    }
    admin.get("/admin?after=USER%23x").await.expect(400);
    world.pass(3540);
    admin.get(&next).await.expect(200);
    world.pass(61);
    admin.get(&next).await.expect(400);
}

#[tokio::test]
async fn people_are_added_and_invited() {
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let page = admin.get("/admin/new").await.expect(200);
    let typed = [("email", "alan@example.com"), ("name", "Alan M. Turing"), ("role", "reader")];
    let answer = press(&admin, &page, "Add", &typed).await.expect(303);
    assert!(admin.get(answer.location()).await.expect(200).body.contains("Alan M. Turing"));
    press(&admin, &page, "Add", &typed).await.expect(409);
    press(&admin, &page, "Add", &[("email", "nonsense"), ("role", "")]).await.expect(400);
    let typed = [("email", "grace@example.org"), ("role", "helper")];
    assert_eq!(press(&admin, &page, "Invite", &typed).await.expect(303).location(), "/admin?invited");
    press(&admin, &page, "Invite", &typed).await.expect(409);
    press(&admin, &page, "Take back", &[("email", "grace@example.org")]).await.expect(303);
    press(&admin, &page, "Take back", &[("email", "grace@example.org")]).await.expect(404);
    press(&admin, &page, "Invite", &typed).await.expect(303);
    let grace = world.browser();
    enter(&grace, "grace").await.expect(303);
    grace.get("/admin/new").await.expect(200);
}

#[tokio::test]
async fn an_app_gets_another_secret_which_is_shown_once_and_is_shut_out_and_let_in() {
    // #91, #103
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (other, _) = somebody(&world, "grace", &["admin"]).await;
    let app = world.client(Kind::Web, |new| new.name = "Orders".to_owned()).await;
    assert!(admin.get("/admin/apps").await.expect(200).body.contains("Orders"));
    let path = format!("/admin/apps/{}", app.id);
    let page = admin.get(&path).await.expect(200);
    assert!(!page.body.contains(&app.secret));
    let answer = press(&admin, &page, "Make a new secret", &[]).await.expect(303);
    let shown = admin.get(answer.location()).await.expect(200);
    let secret =
        shown.body.split("shown only now: <code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let row = client::get(&world.table().await, &app.id, world.now()).await.unwrap().unwrap();
    assert_eq!(row.secrets.len(), 2);
    assert_eq!(row.secrets[0].digest, oauth::Secret::new(&secret).digest());
    assert!(!answer.location().contains(&secret));
    // Not in another session, not for another client, and not for long.
    assert!(!other.get(answer.location()).await.expect(200).body.contains(&secret));
    world.pass(61);
    assert!(!admin.get(answer.location()).await.expect(200).body.contains("shown only now"));
    press(&admin, &page, "Disable", &[]).await.expect(303);
    assert!(client::get(&world.table().await, &app.id, world.now()).await.unwrap().unwrap().is_disabled());
    let page = admin.get(&path).await.expect(200);
    press(&admin, &page, "Enable", &[]).await.expect(303);
    let page = admin.get("/admin/trail?what=client_secret_changed").await.expect(200).body;
    assert!(
        page.contains("<td>Secret of an app changed</td>")
            && page.contains(&app.id)
            && !page.contains(&secret),
        "{page}"
    );
    // A row that somebody wrote by hand.
    let change = Change::new().set(client::Client::STATUS, &client::Status::Removed);
    world.table().await.update::<client::Client>(&app.id, change, world.now()).await.unwrap();
    admin.get(&path).await.expect(404);
    assert!(admin.get("/admin/keys").await.expect(200).body.contains("RS256"));
    assert!(admin.get("/admin/roles").await.expect(200).body.contains("users:delete"));
}

#[tokio::test]
async fn whoever_looks_after_rights_alone_begins_there_and_signs_in_again_for_them() {
    // #26: they see no people.
    let world = world().await;
    let (keeper, _) = somebody(&world, "alan", &["keeper"]).await;
    assert_eq!(keeper.get("/admin").await.expect(303).location(), "/admin/roles");
    world.pass(301);
    let page = keeper.get("/admin/roles/edit").await.expect(200);
    let typed = [("step", "save"), ("name", "odd"), ("scope", "")];
    let answer = press(&keeper, &page, "Show who would gain or lose what", &typed).await.expect(303);
    let page = keeper.get(answer.location()).await.expect(200);
    assert_eq!(page.link("Sign in again"), "/users/login?prompt=login&return_to=%2Fadmin");
    let (member, _) = somebody(&world, "grace", &["member"]).await;
    for path in ["/admin", "/admin/again"] {
        member.get(path).await.expect(403);
    }
}

#[tokio::test]
async fn nobody_withdraws_an_invitation_that_gives_more_than_they_have() {
    // #81
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (helper, _) = somebody(&world, "alan", &["helper"]).await;
    let (theirs, own) =
        (admin.get("/admin/new").await.expect(200), helper.get("/admin/new").await.expect(200));
    let boss = [("email", "boss@example.com"), ("role", "admin")];
    press(&admin, &theirs, "Invite", &boss).await.expect(303);
    let said = press(&helper, &own, "Take back", &boss).await.expect(403);
    assert!(said.body.contains("users:delete"), "{said:?}");
    press(&helper, &own, "Take back", &[("email", "nobody@example.com")]).await.expect(404);
    let reader = [("email", "reader@example.com"), ("role", "reader")];
    press(&admin, &theirs, "Invite", &reader).await.expect(303);
    press(&helper, &own, "Take back", &reader).await.expect(303);
    press(&admin, &theirs, "Take back", &boss).await.expect(303);
}

#[tokio::test]
async fn nobody_gets_or_lets_in_what_speaks_for_an_api_beyond_what_they_may() {
    // #81: it gets tokens for what people granted to others there.
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (keeper, _) = somebody(&world, "alan", &["keeper"]).await;
    let own = world.cloud.url.clone();
    let shop = world.client(Kind::Web, |new| {
        new.grants.push(oauth::server::GrantType::TokenExchange);
        new.exchange = client::Exchange::read(&[own], &[]).unwrap();
    });
    let path = format!("/admin/apps/{}", shop.await.id);
    let page = keeper.get(&path).await.expect(200);
    let said = press(&keeper, &page, "Make a new secret", &[]).await.expect(403);
    assert!(said.body.contains("users:delete"), "{said:?}");
    press(&keeper, &page, "Disable", &[]).await.expect(303);
    let page = keeper.get(&path).await.expect(200);
    press(&keeper, &page, "Enable", &[]).await.expect(403);
    let page = admin.get(&path).await.expect(200);
    press(&admin, &page, "Make a new secret", &[]).await.expect(303);
    press(&admin, &page, "Enable", &[]).await.expect(303);
}

#[tokio::test]
async fn a_persons_page_says_that_their_address_is_only_vouched_for() {
    // #93
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (_, alan) = somebody(&world, "alan", &["member"]).await;
    let is_said = async || {
        let page = admin.get(&person(&alan)).await.expect(200);
        page.body.contains("alan@example.com (vouched for by a provider that is no authority over it)")
    };
    assert!(!is_said().await);
    let mut proofs = row(&world, &alan).await.unwrap().proofs;
    proofs.values_mut().for_each(|proof| proof.domain = None);
    let change = Change::new().set(User::PROOFS, &proofs);
    world.table().await.update::<User>(&alan, change, world.now()).await.unwrap();
    assert!(is_said().await);
}
