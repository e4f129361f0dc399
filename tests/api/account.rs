//! `GET` and `POST /account`

use std::collections::BTreeSet;

use authorization::Consent;
use client::{Client, Kind, NewClient};
use oauth::Time;
use session::family::Terms;
use tests::{
    Agent, Answer, App, CALLBACK, TERMS, TestClient, World,
    database::Wire,
    oauth::{Ask, Person},
    receiver::Receiver,
};

/// An app of somebody else's, which asks for consent.
async fn app(world: &World, name: &str) -> App {
    let api = world.api("https://orders.example.com", &["orders:read"]).await;
    let wanted = |new: &mut NewClient| {
        new.name = name.to_owned();
        new.consent = true;
        new.audiences = vec![api.audience];
        new.scope = "openid profile email orders:read offline_access".parse().unwrap();
    };
    App::of(world, Kind::Web, CALLBACK, wanted).await
}

const SCOPE: &str = "openid email orders:read offline_access";

/// The tokens of an app to which the person in this browser agrees.
async fn tokens(world: &World, app: &App, browser: &Agent) -> serde_json::Value {
    app.redeeming(browser, SCOPE).await.send(world).await.expect(200).json()
}

/// Whether the gate lets this token of a grant through.
async fn passes(world: &World, token: &str) -> bool {
    let program = world.program();
    let answer = program.send(program.request("POST", "/users/verify").bearer_auth(token)).await;
    match answer.json()["reason"].as_str() {
        None => true,
        reason => {
            assert_eq!(reason, Some("revoked"));
            false
        }
    }
}

/// What an app can still do with its tokens: userinfo, introspection, and the refresh token.
async fn works(world: &World, app: &App, tokens: &serde_json::Value) -> [bool; 3] {
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let introspected =
        Ask::of(&app.client(), "/oauth/introspect", &[("token", access)]).send(world).await.expect(200);
    let program = world.program();
    let renewed = world.refreshing(&app.client(), refresh).send(world).await;
    [
        program.bearer("/oauth/userinfo", access).await.status == 200,
        introspected.json()["active"] == true,
        renewed.status == 200,
    ]
}

/// The value of the form that removes the access of this app.
fn form(page: &Answer, app: &str) -> String {
    page.field_before("request", &format!("aria-label=\"Remove access of {app}\""))
}

async fn remove(browser: &Agent, page: &Answer, app: &str) -> Answer {
    browser.form("/account", &[("request", &form(page, app))]).await
}

#[tokio::test]
async fn shows_what_apps_have_in_the_words_in_which_it_was_asked_for() {
    let world = World::start().await;
    let orders = app(&world, "Orders").await;
    let Person { browser, .. } = world.person("ada").await;
    assert!(browser.get("/").await.expect(200).body.contains("href=\"/account\""));
    let empty = browser.get("/account").await.expect(200);
    assert!(empty.body.contains("No app has access") && !empty.body.contains("Orders"), "{empty:?}");
    let asked = browser.get(&orders.path(&[("scope", SCOPE)])).await.expect(200);
    tokens(&world, &orders, &browser).await;
    let page = browser.get("/account").await.expect(200);
    let list =
        |body: &str| body.split_once("<ul>").unwrap().1.split("</ul>").next().unwrap().replace("<ul>", "");
    assert_eq!(list(&page.body.replace("class=\"rows\"", "")), list(&asked.body));
    assert!(page.body.contains("<code>orders:read</code> at Test API"), "{page:?}");
    assert!(page.body.contains("Orders") && page.body.contains("stays when you sign out"), "{page:?}");
    let today = world.now().to_string();
    assert!(page.body.contains(today.split('T').next().unwrap()), "{page:?}");
    assert!(!page.body.contains("Renewed"), "{page:?}");
}

#[tokio::test]
async fn says_what_ends_with_the_session_and_when_it_was_renewed() {
    let world = World::start().await;
    let Person { browser, .. } = world.person("ada").await;
    let kept = world.client(Kind::Web, |new| new.name = "Kept".to_owned()).await;
    let within = world.client(Kind::Web, |new| new.name = "Within".to_owned()).await;
    let grant = world.grant(&kept, &browser, &TERMS).await;
    world.grant(&within, &browser, &Terms { offline: false, ..TERMS }).await;
    world.pass(60);
    let refresh = grant.refresh.unwrap().text();
    world.refreshing(&kept, refresh.expose()).send(&world).await.expect(200);
    let page = browser.get("/account").await.expect(200).body;
    let about = |name: &str| {
        page.split("<h3>").find(|part| part.starts_with(name)).unwrap_or_else(|| panic!("{page}")).to_owned()
    };
    assert!(about("Kept").contains("stays when you sign out") && about("Kept").contains("Renewed last"));
    assert!(about("Within").contains("ends when you sign out") && !about("Within").contains("Renewed"));
    // The session is over, and what was granted within it with it.
    browser.form("/users/logout", &[]).await.expect(303);
    browser.sign_in("ada").await.expect(303);
    let page = browser.get("/account").await.expect(200).body;
    assert!(page.contains("Kept") && !page.contains("Within"), "{page}");
}

#[tokio::test]
async fn removing_access_ends_it_at_once_and_nobody_elses() {
    // #34, #35, #81
    let world = World::start().await;
    let orders = app(&world, "Orders").await;
    let other = App::of(&world, Kind::Web, CALLBACK, |new| new.name = "Shop".to_owned()).await;
    let (ada, alan) = (world.person("ada").await, world.person("alan").await);
    let mine = tokens(&world, &orders, &ada.browser).await;
    let again = tokens(&world, &orders, &ada.browser).await;
    let theirs = tokens(&world, &orders, &alan.browser).await;
    let kept = world.grant(&other.client(), &ada.browser, &TERMS).await.access;
    let gone = world.grant(&orders.client(), &ada.browser, &TERMS).await.access;
    for tokens in [&mine, &again, &theirs] {
        assert_eq!(works(&world, &orders, tokens).await, [true; 3]);
    }
    assert!(passes(&world, &kept).await && passes(&world, &gone).await);
    let page = ada.browser.get("/account").await.expect(200);
    let answer = remove(&ada.browser, &page, "Orders").await.expect(303);
    let after = ada.browser.get(answer.location()).await.expect(200);
    assert!(after.body.contains("The access was removed") && !after.body.contains("of Orders"), "{after:?}");
    for tokens in [&mine, &again] {
        assert_eq!(works(&world, &orders, tokens).await, [false; 3]);
    }
    assert_eq!(works(&world, &orders, &theirs).await, [true; 3]);
    assert!(passes(&world, &kept).await && !passes(&world, &gone).await);
    // Twice is once, and the app has to ask again.
    remove(&ada.browser, &page, "Orders").await.expect(303);
    let asked = ada.browser.get(&orders.path(&[("scope", SCOPE)])).await.expect(200);
    assert!(asked.body.contains("asks for access"), "{asked:?}");
    assert_eq!(alan.browser.get(&orders.path(&[("scope", SCOPE)])).await.status, 303);
}

#[tokio::test]
async fn a_form_acts_for_the_person_for_whom_the_page_was_made() {
    // #27, #29, #81
    let world = World::start().await;
    let orders = app(&world, "Orders").await;
    let Person { browser, .. } = world.person("ada").await;
    let adas = tokens(&world, &orders, &browser).await;
    let page = browser.get("/account").await.expect(200);
    // Somebody else acts in this browser by now, who uses the same app.
    browser.sign_in("alan").await.expect(303);
    let alans = tokens(&world, &orders, &browser).await;
    let value = form(&page, "Orders");
    // Another browser, another site, and what was made up.
    let stranger = world.person("grace").await.browser;
    stranger.form("/account", &[("request", &value)]).await.expect(400);
    let request = browser.request("POST", "/account").header("sec-fetch-site", "cross-site");
    browser.send(request.form(&[("request", &value)])).await.expect(403);
    for fields in [
        &[][..],
        &[("request", "x")],
        &[("request", "")],
        &[("request", &*value), ("session", "x")],
        &[("request", &*value), ("request", &*value)],
    ] {
        let status = browser.form("/account", fields).await.status;
        assert_eq!(status, 400, "{fields:?}");
    }
    browser.post("/account").await.expect(415);
    assert_eq!(works(&world, &orders, &adas).await, [true; 3]);
    remove(&browser, &page, "Orders").await.expect(303);
    assert_eq!(works(&world, &orders, &adas).await, [false; 3]);
    assert_eq!(works(&world, &orders, &alans).await, [true; 3]);
    // A page that is too old, and one whose session is over.
    let page = browser.get("/account").await.expect(200);
    world.pass(1800);
    browser.post("/users/token").await.expect(200);
    world.pass(1801);
    remove(&browser, &page, "Orders").await.expect(400);
    let page = browser.get("/account").await.expect(200);
    browser.form("/users/logout", &[]).await.expect(303);
    remove(&browser, &page, "Orders").await.expect(400);
}

#[tokio::test]
async fn signing_out_everywhere_is_asked_for_twice_and_ends_everything() {
    // #34
    let world = World::start().await;
    let orders = app(&world, "Orders").await;
    let (here, there) = (world.person("ada").await.browser, world.person("ada").await.browser);
    let tokens = tokens(&world, &orders, &here).await;
    // An app that is told when a session ends has one here and one there.
    let receiver = Receiver::start().await;
    let told = |new: &mut NewClient| new.backchannel_logout_uri = Some(receiver.uri.clone());
    let told = App::of(&world, Kind::Web, CALLBACK, told).await;
    let mut sids = Vec::new();
    for browser in [&here, &there] {
        told.code(browser).await;
        sids.push(world.session(browser).await.id);
    }
    let last = |page: &Answer| page.field_before("request", "</main>");
    let page = here.get("/account").await.expect(200);
    let page = here.get(&page.link("Sign out everywhere")).await.expect(200);
    assert!(page.body.contains("Sign out everywhere?") && page.body.contains("Ada Lovelace"), "{page:?}");
    assert_eq!(works(&world, &orders, &tokens).await, [true; 3]);
    there.post("/users/token").await.expect(200);
    let answer = here.form("/account", &[("request", &last(&page))]).await.expect(303);
    assert_eq!((answer.location(), here.cookie("__Host-session")), ("/?signed_out", None));
    assert_eq!(works(&world, &orders, &tokens).await, [false; 3]);
    there.post("/users/token").await.expect(401);
    let ended = [receiver.next().await.claims(), receiver.next().await.claims()];
    assert!(sids.iter().all(|sid| ended.iter().any(|claims| claims["sid"] == sid.as_str())), "{ended:?}");
}

#[tokio::test]
async fn the_accounts_of_a_browser_are_chosen_and_signed_out_here() {
    let world = World::start().await;
    let browser = world.browser();
    assert!(browser.get("/account").await.expect(303).location().starts_with("/users/login?"));
    browser.sign_in("ada").await.expect(303);
    let ada = world.session(&browser).await.id;
    assert!(!browser.get("/").await.expect(200).body.contains("all accounts"));
    browser.sign_in("alan").await.expect(303);
    let alan = world.session(&browser).await.id;
    let front = browser.get("/").await.expect(200).body;
    assert!(front.contains("Sign out of all accounts") && front.contains("Sign out of Alan Turing only"));
    let page = browser.get("/account").await.expect(200).body;
    assert!(page.contains("Ada Lovelace") && page.contains("Use this account"), "{page}");
    browser.form("/account", &[("session", &ada)]).await.expect(303);
    assert_eq!(world.session(&browser).await.id, ada);
    // Somebody else's session is not to be had by its id: the same answer, and nothing changes (#81).
    let stranger = world.person("grace").await.session.id;
    for sid in [&stranger, "", "x"] {
        browser.form("/account", &[("session", sid)]).await.expect(303);
        assert_eq!(world.session(&browser).await.id, ada);
    }
    browser.form("/users/logout", &[("session", &ada)]).await.expect(303);
    let page = browser.get("/account").await.expect(200).body;
    assert!(page.contains("Choose an account") && page.contains("Alan Turing"), "{page}");
    assert!(!page.contains("Ada") && browser.get("/").await.expect(200).body.contains("/account"));
    browser.form("/account", &[("session", &alan)]).await.expect(303);
    assert_eq!(world.session(&browser).await.id, alan);
}

#[tokio::test]
async fn many_apps_are_shown_in_parts_and_each_part_costs_a_few_calls() {
    // #105
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let Person { browser, session } = world.person("ada").await;
    for number in 0..35 {
        let client = world.client(Kind::Web, |new| new.name = format!("App {number:02}")).await;
        world.grant(&client, &browser, &Terms { offline: number % 2 == 0, ..TERMS }).await;
        let consent = consent(&session.user_id, &client.id, world.now());
        let id = Consent::id(&session.user_id, &client.id);
        assert!(world.table().await.create(&id, &consent, world.now()).await.unwrap());
    }
    wire.calls();
    let first = browser.get("/account").await.expect(200);
    let calls: Vec<_> = wire.calls().into_iter().map(|call| call.action).collect();
    let expected =
        ["BatchGetItem", "BatchGetItem", "BatchGetItem", "Query", "Query", "BatchGetItem", "BatchGetItem"];
    let what = "sessions, people, identities, consents, grants, their rows, their clients";
    assert_eq!(calls[..7], expected, "{what}");
    assert!(calls.len() <= 10, "the names of APIs, and the person's sessions: {calls:?}");
    let second = browser.get(&first.link("More apps")).await.expect(200);
    let apps = |page: &Answer| page.body.matches("aria-label=\"Remove access").count();
    assert_eq!((apps(&first), apps(&second)), (30, 5));
    assert!(!second.body.contains("More apps"));
    for number in 0..35 {
        let name = format!("of App {number:02}\"");
        assert_eq!(usize::from(first.body.contains(&name)) + usize::from(second.body.contains(&name)), 1);
    }
    // What is on the second part is removed there.
    let label = second.body.split("Remove access of ").nth(1).unwrap().split('"').next().unwrap();
    remove(&browser, &second, label).await.expect(303);
    let second = browser.get(&first.link("More apps")).await.expect(200);
    assert!(!second.body.contains(label), "{second:?}");
    // A cursor that somebody makes up shows them nothing of anybody else.
    let other = world.person("alan").await.browser;
    for cursor in [first.link("More apps").as_str(), "/account?after=x", "/account?after=%2F"] {
        assert!(!other.get(cursor).await.expect(200).body.contains("Remove access"), "{cursor}");
    }
}

fn consent(user_id: &str, client_id: &str, now: Time) -> Consent {
    let (user_id, client_id) = (user_id.to_owned(), client_id.to_owned());
    let (scope, resources) = ("openid".parse().unwrap(), BTreeSet::new());
    Consent { user_id, client_id, scope, resources, agreed_at: now }
}

#[tokio::test]
async fn an_app_is_shown_once_and_whole_whatever_it_has() {
    let world = World::start().await;
    let Person { browser, .. } = world.person("ada").await;
    let [many, one] = [world.client(Kind::Web, |_| {}).await, world.client(Kind::Web, |_| {}).await];
    for _ in 0..45 {
        world.grant(&many, &browser, &Terms { offline: false, ..TERMS }).await;
    }
    world.grant(&many, &browser, &TERMS).await;
    world.grant(&one, &browser, &Terms { offline: false, ..TERMS }).await;
    let page = browser.get("/account").await.expect(200);
    assert_eq!(page.body.matches("aria-label=\"Remove access").count(), 2);
    assert!(!page.body.contains("More apps"), "{page:?}");
    let data = browser.get("/account/data.json").await.expect(200).json();
    let access = |app: &TestClient| {
        let apps = data["apps"].as_array().unwrap();
        apps.iter().find(|shown| shown["client_id"] == app.id).unwrap()["access"].clone()
    };
    assert_eq!((access(&many), access(&one)), ("stays".into(), "until_sign_out".into()));
}

#[tokio::test]
async fn what_was_agreed_to_with_an_app_that_is_gone_can_still_be_removed() {
    let world = World::start().await;
    let orders = app(&world, "Orders").await;
    let Person { browser, .. } = world.person("ada").await;
    tokens(&world, &orders, &browser).await;
    let table = world.table().await;
    table.take::<Client>(&orders.id, world.now()).await.unwrap().unwrap();
    let page = browser.get("/account").await.expect(200);
    assert!(page.body.contains("not registered any more") && page.body.contains(&orders.id), "{page:?}");
    remove(&browser, &page, &orders.id).await.expect(303);
    assert!(browser.get("/account").await.expect(200).body.contains("No app has access"));
}

#[tokio::test]
async fn a_person_sees_where_they_are_signed_in_and_ends_one_of_these_sessions() {
    // #34, #81
    let world = World::start().await;
    let (here, there) = (world.person("grace").await.browser, world.person("grace").await.browser);
    let theirs = world.person("alan").await;
    let page = here.get("/account").await.expect(200);
    assert_eq!(page.body.matches("aria-label=\"End the session of").count(), 1, "not its own: {page:?}");
    assert!(page.body.contains("(this browser)") && page.body.contains("Since <time"), "{page:?}");
    assert!(!page.body.contains(&theirs.session.id) && !page.body.contains("Earlier"), "{page:?}");
    there.post("/users/token").await.expect(200);
    let value = page.field_before("request", "aria-label=\"End the session of");
    theirs.browser.form("/account", &[("request", &value)]).await.expect(400);
    let answer = here.form("/account", &[("request", &value)]).await.expect(303);
    let page = here.get(answer.location()).await.expect(200);
    assert!(page.body.contains("The session has ended") && page.body.contains("Earlier"), "{page:?}");
    there.post("/users/token").await.expect(401);
    here.post("/users/token").await.expect(200);
    here.form("/account", &[("request", &value)]).await.expect(303);
    // Each act once in the trail.
    let query = audit::Query { of: Some(&world.session(&here).await.user_id), ..audit::Query::default() };
    let events = audit::list(&world.table().await, &query, 10, None, world.now()).await.unwrap().events;
    let whats: Vec<_> = events.iter().map(|event| event.what.as_str()).collect();
    assert_eq!(whats, ["session_ended"]);
}

#[tokio::test]
async fn a_person_takes_along_what_is_stored_and_deletes_their_account() {
    // #26, #35, #82
    let world = World::start().await;
    let orders = app(&world, "Orders").await;
    let Person { browser, session } = world.person("alan").await;
    let tokens = tokens(&world, &orders, &browser).await;
    let data = browser.get("/account/data.json").await.expect(200);
    assert!(data.header("content-disposition").starts_with("attachment"), "{data:?}");
    let json = data.json();
    assert_eq!(json["person"]["email"], "alan@example.com");
    assert_eq!(
        (&json["apps"][0]["name"], &json["sign_ins"][0]["provider"]),
        (&"Orders".into(), &"google".into())
    );
    assert_eq!(json["sessions"][0]["counts"], true);
    for secret in ["digest", "epoch", "secret", "revision"] {
        assert!(!data.body.contains(secret), "{secret}: {data:?}");
    }
    world.browser().get("/account/data.json").await.expect(303);

    let page = browser.get("/account/delete").await.expect(200);
    let value = page.field_before("request", ">Delete my account<");
    for typed in ["", "ada@example.com", "delete"] {
        let answer = browser.form("/account", &[("request", &value), ("name", typed)]).await.expect(303);
        assert_eq!(answer.location(), "/account/delete?wrong", "{typed}");
    }
    let other = world.person("alan").await.browser;
    other.form("/account", &[("request", &value), ("name", "alan@example.com")]).await.expect(400);
    world.pass(301);
    assert_eq!(browser.get("/account/delete").await.expect(303).location(), "/account/again");
    let typed = [("request", &*value), ("name", "Alan@example.com ")];
    assert_eq!(browser.form("/account", &typed).await.expect(303).location(), "/account/again");
    assert_eq!(works(&world, &orders, &tokens).await, [true; 3]);
    browser.sign_in("alan").await.expect(303);
    assert_eq!(browser.form("/account", &typed).await.expect(303).location(), "/?signed_out");
    assert_eq!(works(&world, &orders, &tokens).await, [false; 3]);
    other.post("/users/token").await.expect(401);
    assert!(user::find(&world.table().await, &session.user_id, world.now()).await.unwrap().is_none());
    browser.sign_in("alan").await.expect(303);
    assert_ne!(world.session(&browser).await.user_id, session.user_id, "#93: somebody new");

    // The last administrator cannot.
    let ada = world.person("ada").await.browser;
    let page = ada.get("/account/delete").await.expect(200);
    let value = page.field_before("request", ">Delete my account<");
    let said = ada.form("/account", &[("request", &value), ("name", "ada@example.com")]).await.expect(409);
    assert!(said.body.contains("last administrator"), "{said:?}");
}

#[tokio::test]
async fn what_a_provider_says_is_shown_as_people_read_it() {
    let world = World::start().await;
    let ada = world.person("ada").await;
    for words in web::Words::ALL {
        let request = ada.browser.request("GET", "/account").header("accept-language", words.tag);
        let page = ada.browser.send(request).await.expect(200);
        let day = words.day(Time::from_epoch(1_700_000_000)).into_string();
        for shown in ["12 Example Square<br>London<br>United Kingdom", &day, "<dd>+44 20 7946 0000</dd>"] {
            assert!(page.body.contains(shown), "{} {shown}: {page:?}", words.tag);
        }
        for raw in ["1700000000", "formatted", "{&quot;"] {
            assert!(!page.body.contains(raw), "{} {raw}: {page:?}", words.tag);
        }
    }
}

#[tokio::test]
async fn a_hostile_address_of_a_provider_is_text() {
    // #104
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let ada = world.person("ada").await;
    let mut row = wire.rows_of("USER").await.into_iter().find(|row| row["claims"].is_object()).unwrap();
    let address = "<b>1</b>\n<script>2</script>";
    row["claims"]["M"]["said"]["M"]["address"]["M"]["formatted"]["S"] = address.into();
    wire.put("latchkey", &row).await;
    let page = ada.browser.get("/account").await.expect(200);
    let shown = "&lt;b&gt;1&lt;/b&gt;<br>&lt;script&gt;2&lt;/script&gt;";
    assert!(page.body.contains(shown), "{page:?}");
}
