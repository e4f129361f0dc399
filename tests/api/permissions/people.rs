//! What people do with their account, and others with people: by the management API and in the console.

use client::Kind;
use serde_json::json;
use tests::{Agent, CALLBACK, TERMS, World, database::Wire, stub::Stub};
use user::Rights;

use super::{
    apps::{agree, have_an_app},
    have_bought, hold_a_passkey, note,
};

/// Everything that the management API does, with somebody whose session has an app that is told when it ends.
pub(super) async fn manage_people(world: &World, admin: &Agent, stub: &Stub) {
    let managed = world.browser();
    let claims = json!({"sub": "managed", "email": "managed@example.com"});
    stub.sign_in(&managed, claims, world.now()).await.expect(303);
    agree(world, &managed).await;
    let app = world.client(Kind::Web, |_| {}).await;
    world.grant(&app, &managed, &TERMS).await;
    note(world, &managed).await;
    let id = world.session(&managed).await.user_id;
    let token =
        admin.post("/users/token").await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    let program = world.program();
    let ask = async |method: &str, path: &str, status: u16| {
        program.send(program.request(method, path).bearer_auth(&token)).await.expect(status)
    };
    ask("GET", &format!("/users/{id}"), 200).await;
    ask("GET", &format!("/users/{id}/apps"), 200).await;
    ask("DELETE", &format!("/users/{id}/apps/{}", app.id), 204).await;
    ask("GET", &format!("/users/{id}/identities"), 200).await;
    ask("GET", &format!("/users/{id}/export"), 200).await;
    let other = world.somebody(&["member"], user::Status::Active).await;
    ask("DELETE", &format!("/users/{}/identities/{}", other.id, other.identities[0]), 204).await;
    // The first change of the rights writes them down: one of `ADMINS` is somebody, one is invited already, one is nobody yet.
    let (table, rights) = (world.table().await, Rights::parse("member=get:profile", "", "").unwrap());
    user::invite(&table, &rights, "waits@example.com", &["member".to_owned()], world.now()).await.unwrap();
    hold_a_passkey(world, &other.id).await;
    ask("DELETE", &format!("/users/{}/factors", other.id), 204).await;
    hold_a_passkey(world, &other.id).await;
    have_bought(world, &other.id).await;
    change_people(&program, &token, &other.id).await;
    ask("GET", "/audit", 200).await;
    ask("GET", &format!("/audit?user={}", other.id), 200).await;
    let ended = note(world, &managed).await;
    ask("GET", &format!("/users/{id}/sessions"), 200).await;
    ask("DELETE", &format!("/users/{id}/sessions/{ended}"), 204).await;
    ask("DELETE", &format!("/users/{id}/sessions"), 204).await;
    ask("GET", "/roles", 200).await;
    ask("GET", &format!("/users/{id}/explain?client={}", app.id), 200).await;
    let set =
        program.request("PUT", "/roles/extra").bearer_auth(&token).header("content-type", "application/json");
    program.send(set.header("if-match", "*").body(r#"{"scope": "get:profile"}"#)).await.expect(204);
}

/// Adds, invites, finds, changes and deletes people.
async fn change_people(program: &Agent, token: &str, id: &str) {
    let ask = async |method: &str, path: &str, body: &str, status: u16| {
        let request =
            program.request(method, path).bearer_auth(token).header("content-type", "application/json");
        program.send(request.header("if-match", "*").body(body.to_owned())).await.expect(status)
    };
    let new = r#"{"email": "added@example.com", "name": "Added", "roles": ["admin"]}"#;
    let added = ask("POST", "/users", new, 201).await.json()["id"].as_str().unwrap().to_owned();
    ask("POST", "/users", r#"{"email": "invited@example.com", "invite": true}"#, 202).await;
    for query in ["email=added", "name=ad", "role=admin", "disabled=false"] {
        ask("GET", &format!("/users?{query}"), "", 200).await;
    }
    let path = format!("/users/{id}");
    ask("PATCH", &path, r#"{"name": "Another Name", "roles": ["admin", "member"]}"#, 200).await;
    ask("PATCH", &path, r#"{"status": "disabled"}"#, 200).await;
    ask("DELETE", &path, "", 204).await;
    ask("DELETE", &format!("/users/{added}"), "", 204).await;
}

/// Somebody links one more way in.
async fn link(world: &World, stub: &Stub, browser: &Agent, subject: &str) {
    let page = browser.get("/account").await.expect(200);
    let link = page.field_before("request", ">Link ");
    let page = browser.form("/account", &[("request", &link)]).await.expect(303);
    let page = browser.get(page.location()).await.expect(200);
    let start = page.body.split("href=\"").find(|it| it.starts_with("/users/login/")).unwrap();
    let url = browser.start(start.split('"').next().unwrap()).await;
    let back = stub.agree(&url, json!({"sub": subject}), world.now());
    for _ in 0..2 {
        browser.get(&back).await.expect(303);
    }
}

/// Somebody links one more way in, removes the first one, ends a session, takes their data along, and deletes their account.
pub(super) async fn come_and_go(world: &World, stub: &Stub) {
    let browser = world.browser();
    let first = json!({"sub": "first", "email": "first@example.com", "name": "First"});
    stub.sign_in(&browser, first.clone(), world.now()).await.expect(303);
    stub.sign_in(&world.browser(), first, world.now()).await.expect(303);
    link(world, stub, &browser, "second").await;
    let page = browser.get("/account").await.expect(200);
    let end = page.field_before("request", "End the session of");
    browser.form("/account", &[("request", &end)]).await.expect(303);
    have_an_app(world, &browser, "First app").await;
    browser.get("/account/data.json").await.expect(200);
    browser.get("/account/trail").await.expect(200);
    let page = browser.get("/account").await.expect(200);
    let remove = page.field_before("request", "Remove the sign-in with");
    browser.form("/account", &[("request", &remove)]).await.expect(303);
    // One of two administrators.
    let rights = Rights::parse("admin=users:read; member=get:profile", "", "member").unwrap();
    let (table, id) = (world.table().await, world.session(&browser).await.user_id);
    let roles = user::manage::Change::roles(&["admin".to_owned(), "member".to_owned()]);
    user::manage::change(&table, &rights, &id, None, &roles, user::manage::NO_TRAIL, world.now())
        .await
        .unwrap();
    hold_a_passkey(world, &id).await;
    have_bought(world, &id).await;
    let page = browser.get("/account/delete").await.expect(200);
    let delete = page.field_before("request", ">Delete my account<");
    let typed = [("request", &*delete), ("name", "first@example.com")];
    browser.form("/account", &typed).await.expect(303);
}

/// Everything that an administrator does in the console.
pub(super) async fn look_after_people(world: &World, wire: &Wire, stub: &Stub) {
    // As if nobody had changed any rights yet, and somebody of `ADMINS` were invited already.
    let waits = |row: &serde_json::Value| row["pk"]["S"] == "EMAIL#waits@example.com";
    for row in
        wire.rows_of("RIGHTS").await.iter().chain(wire.rows_of("EMAIL").await.iter().filter(|row| waits(row)))
    {
        wire.delete("latchkey", row).await;
    }
    let (admin, lin) = (world.browser(), world.browser());
    let (rights, table) = (Rights::parse("member=get:profile", "", "member").unwrap(), world.table().await);
    let member = ["member".to_owned()];
    assert!(user::invite(&table, &rights, "waits@example.com", &member, world.now()).await.unwrap());
    stub.sign_in(&admin, json!({"email": "eve@example.com"}), world.now()).await.expect(303);
    let of_lin = json!({"sub": "lin", "email": "lin@example.com", "name": "Lin"});
    stub.sign_in(&lin, of_lin.clone(), world.now()).await.expect(303);
    stub.sign_in(&world.browser(), of_lin, world.now()).await.expect(303);
    link(world, stub, &lin, "lin-2").await;
    have_an_app(world, &lin, "Lin's app").await;
    note(world, &lin).await;
    let id = world.session(&lin).await.user_id;
    hold_a_passkey(world, &id).await;
    let person = format!("/admin/people/{id}");
    for path in
        ["/admin", "/admin?q=lin&by=email", "/admin?q=lin&by=name", "/admin?role=member", "/admin/roles"]
    {
        admin.get(path).await.expect(200);
    }
    let press = async |path: &str, mark: &str, typed: &[(&str, &str)]| {
        let page = admin.get(path).await.expect(200);
        let request = page.field_before("request", mark);
        admin.form("/admin", &[&[("request", request.as_str())], typed].concat()).await.expect(303)
    };
    press(&person, ">Give</button>", &[("role", "admin")]).await;
    press(&person, "Take away admin", &[]).await;
    press(&person, "End the session of", &[]).await;
    press(&person, "Remove access of", &[]).await;
    press(&person, "Remove the sign-in with", &[]).await;
    press(&person, ">Sign out everywhere</button>", &[]).await;
    press(&person, ">Disable</button>", &[]).await;
    press(&person, ">Let them sign in again</button>", &[]).await;
    press(&format!("{person}/factors"), ">Take second factors away</button>", &[("name", "Lin")]).await;
    hold_a_passkey(world, &id).await;
    have_bought(world, &id).await;
    press(&format!("{person}/delete"), ">Delete</button>", &[("name", "Lin")]).await;
    press(
        "/admin/new",
        ">Add</button>",
        &[("email", "new@example.com"), ("name", "New"), ("role", "member")],
    )
    .await;
    press("/admin/new", ">Invite</button>", &[("email", "later@example.com"), ("role", "member")]).await;
    press("/admin/new", ">Take back</button>", &[("email", "later@example.com")]).await;
    let page = admin.get("/admin/apps").await.expect(200);
    let with_secret = |it: &&str| it.starts_with("/admin/apps/") && it.contains(">Lin's app, granted<");
    let app = page.body.split("href=\"").find(with_secret).unwrap();
    let app = app.split('"').next().unwrap();
    press(app, ">Make a new secret</button>", &[]).await;
    press(app, ">Disable</button>", &[]).await;
    press(app, ">Enable</button>", &[]).await;
    press("/admin/register?kind=spa", ">Register</button>", &[("name", "App"), ("redirect_uris", CALLBACK)])
        .await;
    let pets = [("name", "Pets"), ("audience", "https://pets.example.com"), ("scope", "pets:read")];
    press("/admin/register?kind=api", ">Register</button>", &pets).await;
    press("/admin/apps", "Disable Pets", &[]).await;
    press("/admin/roles/edit", "name=\"step\" value=\"save\"", &[("step", "save"), ("name", "none")]).await;
    admin.get("/admin/trail").await.expect(200);
    admin.get(&format!("/admin/trail?of={}", person.rsplit('/').next().unwrap())).await.expect(200);
    world.pass(120);
    admin.get("/admin/keys").await.expect(200);
}
