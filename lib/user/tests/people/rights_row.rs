//! The row of the rights: written down once, changed once, held for seconds.

use std::time::Duration;

use oauth::{Identity, Time};
use store::{Table, Write};
use user::{
    Error, Facts, Rights, User,
    rights::{self, Actor, BOUND, ChangeError, Edit, FRESH, Held, NO_TRAIL, Rule, Trail},
};

use crate::{
    NOW, ann, rights as start,
    support::{Database, Fault},
};

fn after(seconds: u64) -> Time {
    NOW.after(Duration::from_secs(seconds))
}

fn set(name: &str, scope: &str) -> Edit {
    Edit::SetRole { name: name.to_owned(), scope: scope.parse().unwrap(), second_factor: None }
}

async fn change(table: &Table, edit: &Edit, if_revision: Option<u64>) -> Result<Rights, ChangeError> {
    let changed = rights::change(table, &start(), edit, &Actor::Operator, if_revision, NO_TRAIL, NOW).await?;
    Ok(changed.after)
}

async fn current(table: &Table) -> Rights {
    rights::read(table, NOW).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_first_change_writes_the_rights_of_the_settings_down_and_admins_become_invitations() {
    // #93, #97
    let database = Database::start().await;
    let table = &database.table;
    assert_eq!(rights::read(table, NOW).await.unwrap(), None);
    let after = change(table, &set("editor", "pages:write pages:read"), Some(0)).await.unwrap();
    assert_eq!((after.revision(), &after), (2, &current(table).await));
    assert_eq!(after.defaults(), ["member"]);
    let boss = Identity { subject: "boss".to_owned(), email: Some("boss@example.com".to_owned()), ..ann() };
    // Somebody who has the address by the word of a provider that is no authority over it.
    let squatter = Identity { subject: "squatter".to_owned(), email_authoritative: false, ..boss.clone() };
    assert_eq!(user::sign_in(table, &after, &squatter, NOW).await.unwrap().roles, ["member"]);
    let boss = |user: User| async move { user.roles };
    let identity =
        Identity { subject: "boss".to_owned(), email: Some("boss@example.com".to_owned()), ..ann() };
    let first = user::sign_in(table, &after, &identity, NOW).await.unwrap();
    assert_eq!(boss(first.clone()).await, ["admin", "member"]);
    // A demoted administrator stays demoted.
    let demoted = vec!["member".to_owned()];
    let demote = store::Change::new().set(User::ROLES, &demoted);
    table.update::<User>(&first.id, demote, NOW).await.unwrap();
    assert_eq!(user::sign_in(table, &after, &identity, NOW).await.unwrap().roles, ["member"]);
}

#[tokio::test]
async fn writing_them_down_again_changes_nothing() {
    let database = Database::start().await;
    let known = Identity { email: Some("boss@example.com".to_owned()), ..ann() };
    let nobodys = Rights::parse("member=get:profile", "", "member").unwrap();
    let user = user::sign_in(&database.table, &nobodys, &known, NOW).await.unwrap();
    let begun = rights::begin(&database.table, &start(), Vec::new(), NOW).await.unwrap();
    assert!(begun.is_new && begun.invited.is_empty());
    assert_eq!(begun.taken, [("boss@example.com".to_owned(), user.id)]);
    let again = rights::begin(&database.table, &start(), Vec::new(), NOW).await.unwrap();
    assert!(!again.is_new);
    assert_eq!(again.rights, begun.rights);
}

#[tokio::test]
async fn of_many_changes_of_one_revision_one_is_made() {
    // #97, P1
    let database = Database::start().await;
    let table = &database.table;
    rights::begin(table, &start(), Vec::new(), NOW).await.unwrap();
    let edits: Vec<_> = (0..16).map(|n| set(&format!("role-{n}"), "a")).collect();
    let changes = edits.iter().map(|edit| async { change(table, edit, Some(1)).await });
    let mut won = 0;
    for outcome in join(changes.collect()).await {
        match outcome {
            Ok(_) => won += 1,
            Err(ChangeError::Changed) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((won, current(table).await.revision()), (1, 2));
    assert!(matches!(change(table, &set("x", "a"), Some(1)).await, Err(ChangeError::Changed)));
}

async fn join<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut pinned: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut pinned {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *done = Some(value);
            }
        }
        match pinned.iter().all(|(_, done)| done.is_some()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    pinned.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test]
async fn a_change_and_its_trail_are_written_together_or_not_at_all() {
    // #97
    let database = Database::start().await;
    let table = &database.table;
    rights::begin(table, &start(), Vec::new(), NOW).await.unwrap();
    let user = user::sign_in(table, &start(), &ann(), NOW).await.unwrap();
    // A row that is there already stands for a trail that cannot be written.
    let refused = |_: &Rights, _: &Rights| vec![Write::create(&user.id, &user, NOW)];
    let refused = Trail { begun: &[], changed: &refused };
    let outcome =
        rights::change(table, &start(), &set("x", "a"), &Actor::Operator, Some(1), refused, NOW).await;
    assert!(outcome.is_err());
    assert_eq!(current(table).await.revision(), 1);
}

#[tokio::test]
async fn the_settings_rights_that_a_change_writes_first_are_written_down_once() {
    // #97, #99
    let database = Database::start().await;
    let table = &database.table;
    // Any rows stand for those of the trail.
    let row = |name: &str| Write::create(name, &start(), NOW);
    for (role, is_begun) in [("x", true), ("y", false)] {
        let changed = |_: &Rights, _: &Rights| vec![row(role)];
        let trail = Trail { begun: &[row("begun")], changed: &changed };
        let done = rights::change(table, &start(), &set(role, "a"), &Actor::Operator, None, trail, NOW).await;
        assert_eq!(done.unwrap().is_begun, is_begun, "{role}");
    }
    for name in ["begun", "x", "y"] {
        assert!(table.get::<Rights>(name, NOW).await.unwrap().is_some(), "{name}");
    }
}

#[tokio::test]
async fn what_is_refused_leaves_no_trace() {
    // #81
    let database = Database::start().await;
    let table = &database.table;
    let holder = Actor::Holder("get:profile".parse().unwrap());
    let refused =
        rights::change(table, &start(), &set("new", "users:write"), &holder, None, NO_TRAIL, NOW).await;
    assert!(matches!(refused, Err(ChangeError::Edit(_))));
    assert_eq!(rights::read(table, NOW).await.unwrap(), None, "not even the settings are written down");
}

#[tokio::test]
async fn a_change_is_in_force_within_its_bound_and_costs_a_look_every_twenty_seconds() {
    // #81
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let held = Held::new(start());
    let knows = async |now: Time| held.current(&table, now).await.map(|rights| rights.knows("new"));
    assert!(held.known(NOW).is_err(), "nobody has looked");
    assert!(!knows(NOW).await.unwrap());
    change(&database.table, &set("new", "a"), None).await.unwrap();
    proxy.plan(|_, _| Fault::None);
    for seconds in 0..FRESH.as_secs() {
        assert!(!knows(after(seconds)).await.unwrap());
    }
    assert!(proxy.calls().is_empty());
    assert!(knows(after(FRESH.as_secs())).await.unwrap());
    assert_eq!(proxy.calls().len(), 1);
    assert!(FRESH < BOUND);
}

#[tokio::test]
async fn rights_that_cannot_be_read_again_count_until_they_are_thirty_seconds_old() {
    // #81, #99
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let held = Held::new(start());
    held.current(&table, NOW).await.unwrap();
    proxy.plan(|_, _| Fault::Cut);
    let last = after(BOUND.as_secs() - 1);
    assert!(held.current(&table, last).await.is_ok() && held.known(last).is_ok());
    let old = after(BOUND.as_secs());
    assert!(matches!(held.current(&table, old).await, Err(Error::Table(_))));
    assert!(held.known(old).is_err());
}

#[tokio::test]
async fn a_sign_in_keeps_of_the_providers_claims_what_rules_look_at() {
    // #82
    let database = Database::start().await;
    let table = &database.table;
    let many: Vec<_> = (0..500).map(|n| format!("group-{n}")).collect();
    let said = Identity {
        upstream: [("groups".to_owned(), many), ("phone".to_owned(), vec!["1".to_owned()])].into(),
        ..ann()
    };
    let without = user::sign_in(table, &start(), &said, NOW).await.unwrap();
    let key = said.key().to_string();
    assert!(without.proofs[&key].claims.is_empty(), "nobody looks at any");
    let rule = Rule {
        name: "cooks".to_owned(),
        roles: vec!["editor".to_owned()],
        group: Some("group-7".to_owned()),
        ..Rule::default()
    };
    let with = change(table, &Edit::SetRule(Box::new(rule)), None).await.unwrap();
    let user = user::sign_in(table, &with, &said, after(60)).await.unwrap();
    let claims = &user.proofs[&key].claims;
    assert_eq!(claims.keys().collect::<Vec<_>>(), ["groups"]);
    assert_eq!(claims["groups"].len(), 100);
    let facts = Facts::of(&user, after(60)).via(Some(&key));
    assert!(with.scope(&facts).contains("pages:write"));
    // The next sign-in without the group takes it away.
    let gone = Identity { upstream: Default::default(), ..said };
    let user = user::sign_in(table, &with, &gone, after(120)).await.unwrap();
    assert!(!with.scope(&Facts::of(&user, after(120)).via(Some(&key))).contains("pages:write"));
    assert_eq!(user.roles, ["member"], "a rule writes no role into the row");
}

/// The rights of [`start`] with a rule about a group, which keeps what was known for a day.
async fn with_cooks(table: &Table) -> Rights {
    let rule = Rule {
        name: "cooks".to_owned(),
        roles: vec!["editor".to_owned()],
        group: Some("cooks".to_owned()),
        keep: Some(86_400),
        ..Rule::default()
    };
    change(table, &Edit::SetRule(Box::new(rule)), None).await.unwrap()
}

fn in_groups(groups: &[&str]) -> Identity {
    let groups = groups.iter().map(|&group| group.to_owned()).collect();
    Identity { upstream: [("groups".to_owned(), groups)].into(), ..ann() }
}

#[tokio::test]
async fn groups_that_could_not_be_asked_stay_as_they_were_known_with_their_age() {
    // #81
    let database = Database::start().await;
    let (table, rights) = (&database.table, with_cooks(&database.table).await);
    let (said, unknown) = (in_groups(&["cooks"]), Identity { groups_unknown: true, ..ann() });
    let key = said.key().to_string();
    let sign_in = async |identity: &Identity, at: Time| {
        let user = user::sign_in(table, &rights, identity, at).await.unwrap();
        let cooks = rights.scope(&Facts::of(&user, at).via(Some(&key))).contains("pages:write");
        (cooks, user.proofs[&key].missed.clone())
    };
    // Somebody new of whom nothing is known.
    let (cooks, missed) = sign_in(&unknown, NOW).await;
    assert!(!cooks && missed.unwrap().at.is_none());
    assert_eq!(sign_in(&said, after(10)).await, (true, None));
    // However often they could not be asked: their age is that of the last answer.
    for seconds in [20, 3600, 86_400] {
        let (cooks, missed) = sign_in(&unknown, after(seconds)).await;
        let missed = missed.unwrap();
        assert_eq!((cooks, missed.at, missed.groups), (true, Some(after(10)), vec!["cooks".to_owned()]));
    }
    assert!(!sign_in(&unknown, after(10 + 86_400)).await.0, "they are too old");
    // An answer counts, whatever it is.
    assert_eq!(sign_in(&in_groups(&["waiters"]), after(90_000)).await, (false, None));
    assert!(!sign_in(&unknown, after(90_001)).await.0);
    assert_eq!(sign_in(&ann(), after(90_002)).await, (false, None), "in no group");
}

#[tokio::test]
async fn only_a_sign_in_without_the_groups_costs_a_read_more() {
    // #97: one read and one write, as ever, but for groups that were to be known and are not.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let rights = with_cooks(&database.table).await;
    let known = in_groups(&["cooks"]);
    user::sign_in(&table, &rights, &known, NOW).await.unwrap();
    let unknown = Identity { groups_unknown: true, ..ann() };
    for (rights, identity, calls) in
        [(&rights, &known, 2), (&rights, &unknown, 3), (&start(), &unknown, 2), (&rights, &ann(), 2)]
    {
        proxy.plan(|_, _| Fault::None);
        user::sign_in(&table, rights, identity, after(60)).await.unwrap();
        assert_eq!(proxy.calls().len(), calls, "{identity:?}");
    }
}

#[tokio::test]
async fn of_ten_thousand_groups_those_are_kept_that_a_rule_names() {
    // #82
    let database = Database::start().await;
    let rights = with_cooks(&database.table).await;
    let mut many: Vec<_> = (0..10_000).map(|n| format!("group-{n}")).collect();
    many.push("cooks".to_owned());
    let said = Identity { upstream: [("groups".to_owned(), many)].into(), ..ann() };
    let user = user::sign_in(&database.table, &rights, &said, NOW).await.unwrap();
    let key = said.key().to_string();
    assert!(rights.scope(&Facts::of(&user, NOW).via(Some(&key))).contains("pages:write"));
    assert_eq!(user.proofs[&key].claims["groups"].len(), 100);
}
