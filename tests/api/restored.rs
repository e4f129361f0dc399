//! A backup is restored, and what ended after it is done again by the trail: nothing revives.

use std::fs;

use audit::{Event, What};
use client::Kind;
use latchkey::{
    clients::{self, Clients},
    restore::{self, Restore},
    rights::{self, RoleCommand, Roles},
    trail::{self, Trail},
    users::{Command, Promote, Who},
};
use oauth::Visit;
use serde_json::{Value, json};
use tests::{App, CALLBACK, TestClient, World, database::Wire, oauth::Person};

use crate::operator::Operator;

impl Operator<'_> {
    async fn client(&self, command: clients::Command) {
        let wanted = Clients { command, stack: None };
        Box::pin(clients::run(&wanted, &self.values, &self.folder, self.world.now())).await.unwrap();
    }

    async fn role(&self, command: RoleCommand) {
        let wanted = Roles { command, stack: None };
        Box::pin(rights::role(&wanted, &self.values, &self.folder, self.world.now())).await.unwrap();
    }

    /// The lines of `latchkey audit --json`.
    async fn exported(&self) -> String {
        let wanted = Trail { user: None, what: None, since: None, limit: None, json: true, stack: None };
        let mut lines = String::new();
        let print = |line: &str| {
            lines.push_str(line);
            Ok(())
        };
        Box::pin(trail::run(&wanted, &self.values, &self.folder, self.world.now(), print)).await.unwrap();
        lines
    }

    async fn replay(&self, text: &str, yes: bool, restored_at: Option<i64>) -> Result<String, String> {
        let file = self.folder.join("since.jsonl");
        fs::write(&file, text).unwrap();
        let wanted = Restore { command: restore::Command::Replay { file, yes, table: None }, stack: None };
        let mut values = self.values.clone();
        values.extend(restored_at.map(|at| ("RESTORED_AT".to_owned(), at.to_string())));
        let said = Box::pin(restore::run(&wanted, &values, &self.folder, self.world.now())).await;
        said.map_err(|error| error.to_string())
    }
}

fn who(person: &Person) -> Who {
    Who { who: person.session.user_id.clone() }
}

fn promote(person: &Person, role: &str) -> Promote {
    Promote { who: who(person), role: role.to_owned() }
}

/// The table as it was: what is there goes, and the rows of the backup come.
async fn restore_rows(wire: &Wire, backup: &[Value]) {
    for row in wire.rows("latchkey").await {
        wire.delete("latchkey", &row).await;
    }
    for row in backup {
        wire.put("latchkey", row).await;
    }
}

async fn rows(wire: &Wire) -> Vec<String> {
    let mut rows: Vec<_> = wire.rows("latchkey").await.iter().map(Value::to_string).collect();
    rows.sort();
    rows
}

/// Whether the browser of this person is signed in, in this world.
async fn is_signed_in(world: &World, person: &Person) -> bool {
    let browser = world.browser();
    for name in person.browser.cookie_names() {
        browser.set_cookie(&name, &person.browser.cookie(&name).unwrap());
    }
    browser.post("/users/token").await.status == 200
}

async fn renews(world: &World, client: &TestClient, tokens: &Value) -> u16 {
    world.refreshing(client, tokens["refresh_token"].as_str().unwrap()).send(world).await.status
}

/// A line of the log, as the function writes it.
fn logged(event: &Event) -> String {
    let line = json!({
        "target": "audit", "event": event.id, "what": event.what, "outcome": event.outcome, "actor": event.actor.kind(),
        "actor_id": event.actor.id(), "whom": event.whom, "client": event.client, "at": event.at.epoch(),
    });
    format!("{line}\n")
}

#[test]
fn what_ended_after_the_backup_stays_ended_after_the_restore_and_the_replay() {
    // #34, #35, #53: all of it is one future, which a test's usual stack is too small for.
    let run = || tokio::runtime::Runtime::new().unwrap().block_on(rehearse());
    std::thread::Builder::new().stack_size(32 << 20).spawn(run).unwrap().join().unwrap();
}

async fn rehearse() {
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let operator = Operator::of(&world);
    let (ada, alan) = (world.person("ada").await, world.person("alan").await);
    let (grace, katherine) = (world.person("grace").await, world.person("katherine").await);
    let stays = world.client(Kind::Web, |_| {}).await;
    let (disabled, removed) = (world.client(Kind::Web, |_| {}).await, world.client(Kind::Web, |_| {}).await);
    let asks = App::of(&world, Kind::Web, CALLBACK, |new| new.consent = true).await;
    let page = ada.browser.get(&asks.path(&[("scope", "openid")])).await.expect(200);
    ada.browser.decide(&page, "allow").await.expect(303);
    for name in ["staff", "cooks"] {
        operator
            .role(RoleCommand::Set {
                name: name.to_owned(),
                scopes: vec!["users:read".to_owned()],
                second_factor: None,
                is_trial: false,
            })
            .await;
    }
    operator.says(Command::Promote(promote(&grace, "staff"))).await.unwrap();
    let of_alan = world.tokens(&stays, &alan).await;
    let of_ada = world.tokens(&stays, &ada).await;
    let of_disabled = world.tokens(&disabled, &ada).await;
    let of_removed = world.tokens(&removed, &ada).await;
    let backup = wire.rows("latchkey").await;

    // After the backup.
    world.pass(60);
    operator.says(Command::Delete { who: who(&alan), yes: true }).await.unwrap();
    operator.says(Command::Disable(who(&katherine))).await.unwrap();
    operator.says(Command::Demote(promote(&grace, "staff"))).await.unwrap();
    operator.says(Command::SignOut(who(&ada))).await.unwrap();
    operator.client(clients::Command::Disable { id: disabled.id.clone() }).await;
    operator.client(clients::Command::Remove { id: removed.id.clone() }).await;
    operator.client(clients::Command::RotateSecret { id: stays.id.clone(), finish: false }).await;
    operator.role(RoleCommand::Remove { name: "cooks".to_owned(), is_trial: false }).await;
    // The consent is in the log alone.
    let consent = Event::new(What::ConsentRemoved, &Visit::here(world.now()));
    let consent = consent.by_person(&ada.session.user_id).client(&asks.id);
    let since = operator.exported().await + &logged(&consent);

    // The backup comes back, and with it whatever ended.
    world.pass(60);
    restore_rows(&wire, &backup).await;
    assert!(is_signed_in(&world, &alan).await && is_signed_in(&world, &katherine).await, "they are back");
    restore_rows(&wire, &backup).await;

    let before = rows(&wire).await;
    let said = operator.replay(&since, false, None).await.unwrap();
    assert_eq!(rows(&wire).await, before, "it only says what it would do");
    for part in [
        "would be done again, with --yes",
        &format!("delete the person {}", alan.session.user_id),
        &format!("disable the person {}", katherine.session.user_id),
        &format!("sign the person {} out everywhere", ada.session.user_id),
        &format!("from the person {} but member", grace.session.user_id),
        &format!("disable the client {}", disabled.id),
        &format!("remove the client {}", removed.id),
        "remove the role cooks",
        &format!("let the client {} have", asks.id),
        "Set RESTORED_AT",
        &format!("latchkey client rotate-secret {}", stays.id),
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let restored_at = world.now().epoch();
    let said = operator.replay(&since, true, Some(restored_at)).await.unwrap();
    assert!(said.starts_with("Done again:\n") && !said.contains("RESTORED_AT"), "{said}");
    let done = rows(&wire).await;
    let again = operator.replay(&since, true, Some(restored_at)).await.unwrap();
    assert_eq!((again.as_str(), rows(&wire).await), ("There is nothing to do again.\n", done));

    // Everybody's processes know of the restore.
    let restored = [("DYNAMODB_ENDPOINT", &*wire.endpoint), ("RESTORED_AT", &*restored_at.to_string())];
    let world = World::with(&restored).await;
    world.pass(180);
    for person in [&ada, &alan, &grace, &katherine] {
        assert!(!is_signed_in(&world, person).await, "{person:?}");
    }
    for (client, tokens, status) in [
        (&stays, &of_alan, 400),
        (&stays, &of_ada, 400),
        (&disabled, &of_disabled, 401),
        (&removed, &of_removed, 401),
    ] {
        assert_eq!(renews(&world, client, tokens).await, status);
    }
    world.browser().sign_in("katherine").await.expect(403);
    let id = async |name: &str| world.person(name).await.session.user_id;
    assert_ne!(id("alan").await, alan.session.user_id, "somebody new");
    assert_eq!(
        (id("ada").await, id("grace").await),
        (ada.session.user_id.clone(), grace.session.user_id.clone())
    );
    let (table, now) = (world.table().await, world.now());
    let grace = user::find(&table, &grace.session.user_id, now).await.unwrap().unwrap();
    assert_eq!(grace.roles, ["member"]);
    let ada = world.person("ada").await;
    let page = ada.browser.get(&asks.path(&[("scope", "openid")])).await.expect(200);
    assert!(page.body.contains("Orders"), "it asks again: {page:?}");
    // What it was given now, it keeps: the same file says nothing about that.
    ada.browser.decide(&page, "allow").await.expect(303);
    let operator = Operator::of(&world);
    let again = operator.replay(&since, true, Some(restored_at)).await.unwrap();
    assert_eq!(again, "There is nothing to do again.\n");
    ada.browser.get(&asks.path(&[("scope", "openid")])).await.expect(303);

    // And the trail is whole, with what was done about it.
    let exported = operator.exported().await;
    for line in since.lines().filter(|line| !line.contains("consent_removed")) {
        let wanted: Value = serde_json::from_str(line).unwrap();
        let found = exported.lines().filter(|it| it.contains(wanted["id"].as_str().unwrap())).count();
        assert_eq!(found, 1, "{line}");
    }
    assert_eq!(exported.matches("\"restored\"").count(), 1, "{exported}");
}

#[tokio::test]
async fn a_step_that_cannot_be_taken_is_said_and_tried_again() {
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let (operator, ada, alan) = (Operator::of(&world), world.person("ada").await, world.person("alan").await);
    let visit = Visit::here(world.now());
    let of = |what, person: &Person| logged(&Event::new(what, &visit).whom(&person.session.user_id));
    let since = [of(What::PersonDisabled, &ada), of(What::PersonDisabled, &alan)].concat();
    for (done, failed) in [(1, 1), (0, 1)] {
        let said = operator.replay(&since, true, None).await.unwrap_err();
        assert_eq!(said.matches("the last administrator").count(), failed, "{said}");
        assert_eq!(
            said.contains(&format!("disable the person {}", alan.session.user_id)),
            done == 1,
            "{said}"
        );
    }
    for nothing in ["", "{}", "START RequestId: 1\n"] {
        assert!(operator.replay(nothing, true, None).await.unwrap_err().contains("has no event"));
    }
}
