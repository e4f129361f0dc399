//! `latchkey user …` on the people of a latchkey that runs.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use latchkey::users::{Command, Entitle, Format, Import, List, Promote, Who};
use serde_json::{Value, json};
use tests::{World, stub::Stub};

use crate::operator::Operator;

impl Operator<'_> {
    async fn list(&self, wanted: impl FnOnce(&mut List)) -> Vec<Value> {
        let mut list =
            List { email: None, name: None, role: None, disabled: false, enabled: false, limit: 100 };
        wanted(&mut list);
        let lines = self.prints(Command::List(list), true).await.unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn who(who: &str) -> Who {
    Who { who: who.to_owned() }
}

fn role(name: &str, role: &str) -> Promote {
    Promote { who: who(name), role: role.to_owned() }
}

#[tokio::test]
async fn the_first_administrator_is_invited_and_stays_the_last() {
    // #93
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let operator = Operator::of(&world);
    let roles = vec!["admin".to_owned()];
    let invite = || Command::Invite { address: "ann@example.com".to_owned(), roles: roles.clone() };
    assert!(operator.says(invite()).await.unwrap().contains("is invited for 30 days"));
    assert!(operator.says(invite()).await.unwrap_err().contains("is invited by it"));
    let ann = world.browser();
    stub.sign_in(&ann, json!({"sub": "ann", "email": "ann@example.com"}), world.now()).await.expect(303);
    let listed = operator.list(|list| list.role = Some("admin".to_owned())).await;
    assert_eq!((listed.len(), &listed[0]["email"]), (1, &json!("ann@example.com")));
    for refused in [
        Command::Demote(role("ann@example.com", "admin")),
        Command::Disable(who("ann@example.com")),
        Command::Delete { who: who("ann@example.com"), yes: true },
    ] {
        assert!(operator.says(refused).await.unwrap_err().contains("this is the last administrator"));
    }
    let unknown = operator.says(Command::Promote(role("ann@example.com", "owner"))).await;
    assert!(unknown.unwrap_err().contains("there is no role \"owner\""));
}

#[tokio::test]
async fn somebody_is_entitled_and_not_any_more() {
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let operator = Operator::of(&world);
    let bob = world.browser();
    stub.sign_in(&bob, json!({"sub": "bob", "email": "bob@example.com"}), world.now()).await.expect(303);
    let gold = |name: &str| Entitle { who: who("bob@example.com"), name: name.to_owned() };
    for _ in 0..2 {
        let said = operator.says(Command::Entitle(gold("gold"))).await.unwrap();
        assert_eq!(said, "bob@example.com is entitled to gold.\n");
    }
    let refused = operator.says(Command::Entitle(gold(""))).await.unwrap_err();
    assert!(refused.contains("an entitlement has 1 to 100 characters"), "{refused}");
    let listed = operator.list(|_| ()).await;
    let held = json!([{"name": "gold", "source": "manual", "order": null}]);
    assert_eq!(listed[0]["entitlements"], held);
    let shown = operator.says(Command::Show(who("bob@example.com"))).await.unwrap();
    assert!(shown.contains("entitlements    gold (manual)\n"), "{shown}");
    world.pass(1);
    operator.says(Command::Unentitle(gold("gold"))).await.unwrap();
    assert_eq!(operator.list(|_| ()).await[0]["entitlements"], json!([]));
    let asked = audit::Query { what: Some(audit::What::EntitlementsChanged), ..audit::Query::default() };
    let trail = audit::list(&world.table().await, &asked, 10, None, world.now()).await.unwrap();
    let told = trail.events.into_iter().map(|event| (event.detail.before, event.detail.after));
    let state = |text: &str| Some(text.to_owned());
    assert_eq!(told.collect::<Vec<_>>(), [(state("gold"), state("")), (state(""), state("gold"))]);
}

#[tokio::test]
async fn disabling_works_at_once_and_deleting_leaves_nobody() {
    // #34, #35
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let operator = Operator::of(&world);
    let bob = world.browser();
    let claims = || json!({"sub": "bob", "email": "bob@example.com"});
    stub.sign_in(&bob, claims(), world.now()).await.expect(303);
    bob.post("/users/token").await.expect(200);
    assert!(
        operator
            .says(Command::Disable(who("bob@example.com")))
            .await
            .unwrap()
            .contains("signed out everywhere")
    );
    bob.post("/users/token").await.expect(401);
    stub.sign_in(&world.browser(), claims(), world.now()).await.expect(403);
    assert_eq!(operator.list(|list| list.disabled = true).await.len(), 1);
    operator.says(Command::Enable(who("bob@example.com"))).await.unwrap();
    bob.post("/users/token").await.expect(401);
    stub.sign_in(&bob, claims(), world.now()).await.expect(303);
    operator.says(Command::SignOut(who("bob@example.com"))).await.unwrap();
    bob.post("/users/token").await.expect(401);

    let asked = operator.says(Command::Delete { who: who("bob@example.com"), yes: false }).await.unwrap();
    assert!(asked.contains("--yes") && operator.list(|_| ()).await.len() == 1, "nothing happens yet");
    operator.says(Command::Delete { who: who("bob@example.com"), yes: true }).await.unwrap();
    assert!(operator.list(|_| ()).await.is_empty());
    let gone = operator.says(Command::Show(who("bob@example.com"))).await;
    assert!(gone.unwrap_err().contains("there is nobody"));
    stub.sign_in(&bob, claims(), world.now()).await.expect(303);
}

#[tokio::test]
async fn people_go_into_a_file_and_come_back() {
    let world = World::start().await;
    let operator = Operator::of(&world);
    let file = operator.folder.join("in.csv");
    let lines = "email,name,roles,password_hash\nann@example.com,Ann,admin,$2b$10$secret\nbob@example.com,Bob,,\nno address,Eve,,\n";
    fs::write(&file, lines).unwrap();
    let import = |file: &Path, format, dry_run| {
        Command::Import(Import { file: file.to_owned(), format, hash_config: None, dry_run, silent: false })
    };
    for (dry_run, expected) in [
        (true, "2 new would be, 0 known already, 1 wrong"),
        (false, "2 new, 0 known"),
        (false, "0 new, 2 known"),
    ] {
        let said = operator.says(import(&file, Format::Csv, dry_run)).await.unwrap_err();
        assert!(said.contains(expected) && said.contains("person 3 of the file"), "{said}");
        assert!(!said.contains("no address"), "values are not repeated: {said}");
    }
    let out = operator.folder.join("out.json");
    let export = || Command::Export { file: out.clone(), csv: false };
    assert!(operator.says(export()).await.unwrap().contains("2 people"));
    assert!(operator.says(export()).await.is_err(), "a file that is there is not overwritten");
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o077, 0, "nobody else reads it");
    let written = fs::read_to_string(&out).unwrap();
    assert!(written.lines().count() == 2 && !written.contains("secret"), "{written}");
    let again = import(&out, Format::Json, false);
    assert!(operator.says(again).await.unwrap().contains("0 new, 2 known"));
    assert_eq!(operator.says(Command::Index { once: false }).await.unwrap(), "2 people are in the lists.\n");
    assert_eq!(operator.says(Command::Index { once: true }).await.unwrap(), "The lists are there.\n");
    assert_eq!(operator.says(Command::Sweep).await.unwrap(), "0 deletions were finished.\n");
}

#[tokio::test]
async fn a_lost_factor_is_taken_away_and_its_person_is_told() {
    // #34
    let world = World::with(&[("SECOND_FACTORS", "on")]).await;
    let mut operator = Operator::of(&world);
    let ada = world.browser();
    ada.sign_in("ada").await.expect(303);
    let who = || who("ada@example.com");
    let none = operator.says(Command::ForgetFactor(who())).await.unwrap_err();
    assert_eq!(none, "this person has no second factor and no passkey");
    ada.post("/users/token").await.expect(200);
    crate::second_factors::set_up(&world, &ada).await;
    // Without a queue, the operator is told that nobody is.
    let said = operator.says(Command::ForgetFactor(who())).await.unwrap();
    assert!(
        said.contains("has no second factor and no passkey any more, and is signed out everywhere."),
        "{said}"
    );
    assert!(said.contains("nobody tells them"), "{said}");
    ada.post("/users/token").await.expect(401);
    assert_ne!(ada.sign_in("ada").await.expect(303).location(), "/users/factor");
    crate::second_factors::set_up(&world, &ada).await;
    for name in ["MAIL_QUEUE", "SQS_ENDPOINT"] {
        operator.values.insert(name.to_owned(), world.cloud.settings[name].clone());
    }
    let said = operator.says(Command::ForgetFactor(who())).await.unwrap();
    assert!(said.contains("A mail to ada@example.com tells them."), "{said}");
    // Two that she added, and this one.
    let mail = world.mail("ada@example.com", 3).await;
    assert_eq!(mail.subject, "A way to sign in was removed");
    assert!(mail.text.contains("Somebody who looks after"), "{mail:?}");
    let elsewhere = format!("{}/x/mails", world.cloud.settings["SQS_ENDPOINT"]);
    operator.values.insert("MAIL_QUEUE".to_owned(), elsewhere);
    ada.sign_in("ada").await.expect(303);
    crate::second_factors::set_up(&world, &ada).await;
    let said = operator.says(Command::ForgetFactor(who())).await.unwrap();
    assert!(said.contains("No mail could be handed over"), "{said}");
}

#[tokio::test]
async fn who_turns_second_factors_off_is_told_how_many_people_have_one() {
    let world = World::with(&[("SECOND_FACTORS", "on")]).await;
    let operator = Operator::of(&world);
    let (ada, alan) = (world.browser(), world.browser());
    ada.sign_in("ada").await.expect(303);
    alan.sign_in("alan").await.expect(303);
    let table = world.table().await;
    let said = async |value: Option<&str>| {
        let mut values = operator.values.clone();
        values.extend(value.map(|value| ("SECOND_FACTORS".to_owned(), value.to_owned())));
        latchkey::idle::factors(&table, &values, world.now()).await.unwrap()
    };
    assert_eq!(said(None).await, None);
    crate::second_factors::set_up(&world, &ada).await;
    for off in [None, Some("off"), Some("")] {
        let said = said(off).await.unwrap();
        assert!(said.starts_with("SECOND_FACTORS is off, and 1 of 2 people have a second factor"), "{said}");
    }
    assert_eq!(said(Some("on")).await, None);
}

#[tokio::test]
async fn an_operator_is_told_that_an_address_by_which_they_give_a_role_is_only_vouched_for() {
    // #93: whoever has an account at such a provider may be anybody.
    let stub = Stub::start().await;
    let world =
        World::with(&[&stub.settings()[..], &[("EVIL_AUTHORITATIVE_FOR", "own.example")]].concat()).await;
    let operator = Operator::of(&world);
    for (sub, email) in [("eve", "ann@company.example"), ("bob", "bob@own.example")] {
        let browser = world.browser();
        stub.sign_in(&browser, json!({"sub": sub, "email": email}), world.now()).await.expect(303);
    }
    let vouched = "vouched for by a provider that is no authority over it";
    let eve = operator.list(|list| list.email = Some("ann@".to_owned())).await[0]["id"].clone();
    let eve = eve.as_str().unwrap();
    for (name, is_said) in [("ann@company.example", true), (eve, false), ("bob@own.example", false)] {
        let said = operator.says(Command::Promote(role(name, "admin"))).await.unwrap();
        assert!(said.contains("has the role admin."), "{said}");
        assert_eq!(said.contains(vouched) && said.contains(eve), is_said, "{name}: {said}");
        let said = operator.says(Command::Show(who(name))).await.unwrap();
        assert_eq!(said.contains(vouched), name != "bob@own.example", "{name}: {said}");
    }
}
