//! `GET /account/trail`: what happened to one's own account.

use client::Kind;
use tests::{World, oauth::Person};
use user::manage::{self, Change};
use web::Words;

const PATH: &str = "/account/trail";

/// Gives somebody these roles, as an administrator of this name.
async fn give(world: &World, person: &Person, admin: &str, roles: &[&str]) {
    let roles: Vec<_> = roles.iter().map(|role| (*role).to_owned()).collect();
    let rights =
        user::Rights::parse("admin=users:read; member=get:profile; staff=pets:read", "", "member").unwrap();
    let visit = oauth::Visit { from: Some("198.51.100.0/24".to_owned()), ..oauth::Visit::here(world.now()) };
    let event = audit::Event::new(audit::What::RolesChanged, &visit);
    let event =
        event.by(audit::Actor::Person(admin.to_owned())).whom(&person.session.user_id).roles(&[], &roles);
    let trail = |_: &str| vec![audit::Trail::of_days(365).write(&event)];
    let (table, change, now) = (world.table().await, Change::roles(&roles), world.now());
    manage::change(&table, &rights, &person.session.user_id, None, &change, &trail, now).await.unwrap();
}

#[tokio::test]
async fn a_person_reads_what_happened_to_them_and_nothing_of_others() {
    // #81: not who the administrator is, nor where they sit.
    let world = World::start().await;
    let (grace, alan) = (world.person("grace").await, world.person("alan").await);
    assert!(grace.browser.get("/account").await.expect(200).body.contains("href=\"/account/trail\""));
    let empty = grace.browser.get(PATH).await.expect(200);
    assert!(empty.body.contains("Nothing of the kind is written down about you."), "{empty:?}");
    let client = world.client(Kind::Web, |new| (new.name, new.grace) = ("Shop".to_owned(), 0)).await;
    let tokens = world.tokens(&client, &grace).await;
    let old = tokens["refresh_token"].as_str().unwrap();
    world.refreshing(&client, old).send(&world).await.expect(200);
    world.refreshing(&client, old).send(&world).await.expect(400);
    world.pass(60);
    give(&world, &grace, &alan.session.user_id, &["member", "staff"]).await;
    world.pass(60);
    let page = grace.browser.get("/account").await.expect(200);
    let other = world.person("grace").await;
    let page =
        if page.body.contains("End the session of") { page } else { grace.browser.get("/account").await };
    let end = page.field_before("request", "aria-label=\"End the session of");
    grace.browser.form("/account", &[("request", &end)]).await.expect(303);
    other.browser.post("/users/token").await.expect(401);

    let page = grace.browser.get(PATH).await.expect(200);
    let place = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{text}: {page:?}"));
    let ended = place("A session was ended.");
    let roles = place("Your roles from then on: member and staff.");
    let reused = place("A used token came again");
    assert!(ended < roles && roles < reused, "the newest first: {page:?}");
    assert!(page.body.contains("By you, from 127.0.0.0/24.") && page.body.contains("By an administrator."));
    assert!(page.body.contains("By the app Shop."), "{page:?}");
    for foreign in [&*alan.session.user_id, "198.51.100", &client.id] {
        assert!(!page.body.contains(foreign), "{foreign}: {page:?}");
    }
    assert!(alan.browser.get(PATH).await.expect(200).body.contains("Nothing of the kind"));

    let data = grace.browser.get("/account/data.json").await.expect(200);
    let trail = data.json()["trail"].clone();
    let whats: Vec<_> = trail.as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["session_ended", "roles_changed", "refresh_token_reused"]);
    assert_eq!((&trail[0]["by"], &trail[1]["by"]), (&"you".into(), &"person".into()));
    assert!(trail[1]["from"].is_null() && !data.body.contains(&alan.session.user_id), "{data:?}");
    // Nobody is sent away with nothing: they sign in first.
    let stranger = world.browser().get(PATH).await.expect(303);
    assert!(stranger.location().starts_with("/users/login"), "{stranger:?}");
}

#[tokio::test]
async fn a_long_trail_has_pages_and_a_place_that_is_none_begins_at_the_newest() {
    let world = World::start().await;
    let grace = world.person("grace").await;
    for n in 0..35 {
        world.pass(1);
        give(&world, &grace, "somebody", if n % 2 == 0 { &["staff"] } else { &["member"] }).await;
    }
    let first = grace.browser.get(PATH).await.expect(200);
    assert_eq!(first.body.matches("Your roles from then on").count(), 30, "{first:?}");
    let next = first.body.split("href=\"").find(|it| it.starts_with("/account/trail?before=")).unwrap();
    let second = grace.browser.get(next.split('"').next().unwrap()).await.expect(200);
    assert_eq!(second.body.matches("Your roles from then on").count(), 5, "{second:?}");
    assert!(!second.body.contains("before="), "the last one: {second:?}");
    for wrong in
        ["", "x", "..%2F", "00000000-0000-4000-8000-000000000000", "%00", "a&before=b", "%F0%9F%92%A9"]
    {
        let page = grace.browser.get(&format!("{PATH}?before={wrong}")).await.expect(200);
        assert_eq!(page.body.matches("Your roles from then on").count(), 30, "{wrong}: {page:?}");
    }
}

#[tokio::test]
async fn it_speaks_the_readers_language() {
    let world = World::start().await;
    let grace = world.person("grace").await;
    give(&world, &grace, "somebody", &["member", "staff"]).await;
    for words in Words::ALL {
        let request = grace.browser.request("GET", PATH).header("accept-language", words.tag);
        let page = grace.browser.send(request).await.expect(200);
        let roles = web::words::text(words.trail.roles, &[("roles", &words.list(&["member", "staff"]))]);
        for said in [words.trail.title, words.trail.text, &roles, words.trail.by_admin, words.trail.back] {
            assert!(page.body.contains(&said.replace('\'', "&#39;")), "{} {said}: {page:?}", words.tag);
        }
    }
}

/// Events that are kept and are not about one person, or about one who is gone.
const OF_OTHERS: &[audit::What] = {
    use audit::What::*;
    &[
        PersonInvited,
        InvitationRemoved,
        PersonDeleted,
        PeopleImported,
        WebhookSet,
        WebhookSecretChanged,
        WebhookRemoved,
        ReceiverSet,
        ReceiverRemoved,
        RightsBegun,
        RoleSet,
        RoleRemoved,
        RuleSet,
        RuleRemoved,
        DefaultsSet,
        ClientAdded,
        ClientChanged,
        ClientSecretChanged,
        ClientDisabled,
        ClientEnabled,
        ClientRemoved,
        ApiSet,
        ApiRemoved,
        KeysRotated,
        KeyRevoked,
        Restored,
    ]
};

#[tokio::test]
async fn every_event_about_a_person_has_a_sentence_of_its_own() {
    let world = World::start().await;
    let grace = world.person("grace").await;
    let table = world.table().await;
    let kept: Vec<_> = audit::What::ALL.iter().filter(|what| what.is_kept()).collect();
    let mut written = 0;
    for what in kept.into_iter().filter(|what| !OF_OTHERS.contains(what)) {
        let event = audit::Event::new(*what, &oauth::Visit::here(world.now()));
        let event = event.by_person(&grace.session.user_id).turned(None, Some("gold, silver".to_owned()));
        audit::Trail::of_days(365).note(&table, &event).await.unwrap();
        written += 1;
    }
    assert!(written >= 14, "{written}");
    for words in Words::ALL {
        let request = grace.browser.request("GET", PATH).header("accept-language", words.tag);
        let page = grace.browser.send(request).await.expect(200);
        let other = words.trail.other.split('{').next().unwrap().replace('\'', "&#39;");
        assert!(!page.body.contains(&other), "{} {other}: {page:?}", words.tag);
        let names = [("entitlements", &*words.list(&["gold", "silver"]))];
        let entitled = web::words::text(words.trail.entitlements, &names);
        for said in [words.trail.password, &entitled] {
            assert!(page.body.contains(&said.replace('\'', "&#39;")), "{} {said}: {page:?}", words.tag);
        }
        let list = page.body.split("class=\"rows\"").nth(1).unwrap();
        let said: std::collections::BTreeSet<_> =
            list.split("<li><p>").skip(1).map(|row| row.split('<').next().unwrap()).collect();
        assert_eq!(said.len(), written, "each another one: {said:?}");
    }
}
