//! More than one identity for one person.

use oauth::Identity;
use store::Table;
use user::{Error, Gone, LinkProof, Unlinked, User, WaysIn};

use crate::{
    LATER, NOW, ann, disable,
    invariants::{check, count},
    sign_in,
    support::{Database, Fault},
};

const PROVIDERS: [&str; 2] = ["test", "other"];

/// An identity at another provider, which says other things of the person.
fn other(subject: &str) -> Identity {
    Identity {
        provider: "other".to_owned(),
        issuer: "https://other.example".to_owned(),
        subject: subject.to_owned(),
        name: Some("Somebody Else".to_owned()),
        email: Some(format!("{subject}@other.example")),
        picture: None,
        ..ann()
    }
}

fn bob() -> Identity {
    Identity { subject: "bob".to_owned(), email: Some("bob@example.com".to_owned()), ..ann() }
}

fn proof<'a>(id: &'a str, user: &'a User) -> LinkProof<'a> {
    LinkProof { id, user_id: &user.id, epoch: user.epoch }
}

async fn link(table: &Table, id: &str, user: &User, identity: &Identity) -> Result<bool, Error> {
    Ok(user::link(table, proof(id, user), identity, &[], LATER).await?.is_some())
}

async fn unlink(table: &Table, user: &User, identity: &Identity) -> Result<Unlinked, Error> {
    user::unlink(table, &user.id, identity.key().as_str(), &WaysIn::of(&PROVIDERS), &[], LATER).await
}

fn status(result: Result<bool, Error>) -> u16 {
    match result {
        Ok(_) => 200,
        Err(Error::Refused(refusal)) => refusal.status(),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_linked_identity_says_who_it_is_and_changes_nothing_else() {
    // #93, #95
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    link(table, "p1", &user, &other("x")).await.unwrap();
    check(&database);
    // The boss's address in it makes nobody an administrator.
    let boss = Identity { email: Some("boss@example.com".to_owned()), ..other("x") };
    let again = sign_in(table, &boss, LATER).await.unwrap();
    assert_eq!(
        (again.id, again.name, again.email, again.roles),
        (user.id.clone(), user.name.clone(), user.email.clone(), user.roles.clone())
    );
    assert_eq!(count(&database), (1, 2, 1));
    disable(table, &user.id).await;
    assert!(sign_in(table, &boss, LATER).await.is_err(), "#35");
    check(&database);
}

#[tokio::test]
async fn when_the_first_one_goes_another_one_is_the_first() {
    // #95
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    link(table, "p1", &user, &other("x")).await.unwrap();
    assert_eq!(
        unlink(table, &user, &ann()).await.unwrap(),
        Unlinked::Done(Gone::Provider("test".to_owned()))
    );
    assert_eq!(unlink(table, &user, &ann()).await.unwrap(), Unlinked::NotLinked);
    assert_eq!(unlink(table, &user, &other("x")).await.unwrap(), Unlinked::LastWayIn);
    check(&database);
    let again = sign_in(table, &other("x"), LATER).await.unwrap();
    assert_eq!((again.id.as_str(), again.name.as_deref()), (user.id.as_str(), Some("Somebody Else")));
    assert_eq!(again.email.as_deref(), Some("x@other.example"));
    check(&database);
    // Ann's old identity is somebody new, and may be linked again by nobody but them.
    let new = sign_in(table, &ann(), LATER).await.unwrap();
    assert_ne!(new.id, user.id);
    assert_eq!(status(link(table, "p2", &again, &ann()).await), 409);
    check(&database);
}

#[tokio::test]
async fn a_way_in_counts_only_while_its_provider_is_there() {
    // #95
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    link(table, "p1", &user, &other("x")).await.unwrap();
    let key = ann().key();
    let unlink = async |id: &str, ways: &[&str]| {
        user::unlink(table, id, key.as_str(), &WaysIn::of(ways), &[], LATER).await.unwrap()
    };
    assert_eq!(unlink(&user.id, &["test"]).await, Unlinked::LastWayIn);
    assert_eq!(unlink("nobody", &PROVIDERS).await, Unlinked::NotLinked);
    check(&database);
}

#[tokio::test]
async fn a_proof_is_one_persons_and_of_their_epoch() {
    // #34, #35, #95
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    link(table, "p1", &user, &other("x")).await.unwrap();
    assert_eq!(status(link(table, "p1", &user, &other("y")).await), 400);
    assert!(user::is_link_used(table, "p1", LATER).await.unwrap());
    // Also one that had nothing to do.
    link(table, "p2", &user, &other("x")).await.unwrap();
    assert_eq!(status(link(table, "p2", &user, &other("y")).await), 400);
    user::end_everywhere(table, &user.id, LATER).await.unwrap();
    assert_eq!(status(link(table, "p3", &user, &other("y")).await), 400);
    disable(table, &user.id).await;
    let disabled = user::find(table, &user.id, LATER).await.unwrap().unwrap();
    assert_eq!(status(link(table, "p4", &disabled, &other("y")).await), 400);
    assert_eq!(count(&database), (1, 2, 1));
    check(&database);
}

#[tokio::test]
async fn there_is_an_end_to_it() {
    // #105
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    for n in 1..user::MOST_IDENTITIES {
        link(table, &format!("p{n}"), &user, &other(&n.to_string())).await.unwrap();
    }
    assert_eq!(status(link(table, "one more", &user, &other("one more")).await), 400);
    check(&database);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_who_link_one_identity_at_once_one_gets_it() {
    // #95, P1
    let database = Database::start().await;
    let (ann, bob) = (
        sign_in(&database.table, &ann(), NOW).await.unwrap(),
        sign_in(&database.table, &bob(), NOW).await.unwrap(),
    );
    for round in 0..8 {
        let running: Vec<_> = (0..32)
            .map(|n| {
                let (table, user) =
                    (database.table.clone(), if n % 2 == 0 { ann.clone() } else { bob.clone() });
                let wanted = other(&format!("x{round}"));
                tokio::spawn(async move {
                    (n % 2, status(link(&table, &format!("{round}-{n}"), &user, &wanted).await))
                })
            })
            .collect();
        let mut outcomes = Vec::new();
        for task in running {
            outcomes.push(task.await.unwrap());
        }
        let all = |who: i32, wanted: u16| {
            outcomes.iter().filter(|(it, _)| *it == who).all(|(_, status)| *status == wanted)
        };
        assert!((all(0, 200) && all(1, 409)) || (all(0, 409) && all(1, 200)), "{outcomes:?}");
        check(&database);
        for user in [&ann, &bob] {
            unlink(&database.table, user, &other(&format!("x{round}"))).await.unwrap();
        }
        check(&database);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_proof_links_one_identity_however_many_come_at_once() {
    // #95, P1
    let database = Database::start().await;
    let user = sign_in(&database.table, &ann(), NOW).await.unwrap();
    let running: Vec<_> = (0..32)
        .map(|n| {
            let (table, user) = (database.table.clone(), user.clone());
            tokio::spawn(async move { status(link(&table, "once", &user, &other(&n.to_string())).await) })
        })
        .collect();
    let mut linked = 0;
    for task in running {
        linked += u16::from(task.await.unwrap() == 200);
    }
    assert_eq!((linked, count(&database)), (1, (1, 2, 1)));
    check(&database);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_ways_in_one_stays_however_many_remove_them() {
    // #95, P1
    let database = Database::start().await;
    for round in 0..8 {
        let first = Identity { subject: round.to_string(), email: None, ..ann() };
        let second = other(&format!("x{round}"));
        let user = sign_in(&database.table, &first, NOW).await.unwrap();
        link(&database.table, &round.to_string(), &user, &second).await.unwrap();
        let running: Vec<_> = (0..32)
            .map(|n| {
                let (table, user) = (database.table.clone(), user.clone());
                let identity = if n % 2 == 0 { first.clone() } else { second.clone() };
                tokio::spawn(async move { unlink(&table, &user, &identity).await.unwrap() })
            })
            .collect();
        let mut done = 0;
        for task in running {
            done += u16::from(matches!(task.await.unwrap(), Unlinked::Done(_)));
        }
        assert_eq!(done, 1);
        check(&database);
        assert_eq!(user::find(&database.table, &user.id, LATER).await.unwrap().unwrap().identities.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sign_in_beside_a_link_ends_with_one_owner() {
    // #96, P1
    let database = Database::start().await;
    let user = sign_in(&database.table, &ann(), NOW).await.unwrap();
    for round in 0..8 {
        let identity = other(&format!("x{round}"));
        let running: Vec<_> = (0..16)
            .map(|n| {
                let (table, user, identity) = (database.table.clone(), user.clone(), identity.clone());
                tokio::spawn(async move {
                    if n % 2 == 0 {
                        link(&table, &format!("{round}-{n}"), &user, &identity).await.ok().map(|_| user.id)
                    } else {
                        Some(sign_in(&table, &identity, LATER).await.unwrap().id)
                    }
                })
            })
            .collect();
        let mut owners = Vec::new();
        for task in running {
            owners.extend(task.await.unwrap());
        }
        owners.dedup();
        assert_eq!(owners.len(), 1, "{owners:?}");
        check(&database);
        unlink(&database.table, &user, &identity).await.unwrap();
    }
}

/// Does something with every call from the nth on cut, the nth itself after or before it did its work, and then again undisturbed.
async fn dies_everywhere(
    linked: bool,
    act: impl AsyncFn(&Table, &User) -> Result<(), Error>,
    after: (usize, usize, usize),
) {
    for served in [false, true] {
        for n in 0.. {
            let database = Database::start().await;
            let user = sign_in(&database.table, &ann(), NOW).await.unwrap();
            if linked {
                link(&database.table, "before", &user, &other("x")).await.unwrap();
            }
            let (proxy, table) = database.proxy().await;
            proxy.plan(move |call, _| match call.cmp(&n) {
                std::cmp::Ordering::Less => Fault::None,
                std::cmp::Ordering::Equal if served => Fault::LostAnswer,
                _ => Fault::Cut,
            });
            let died = act(&table, &user).await.is_err();
            check(&database);
            proxy.plan(|_, _| Fault::None);
            act(&table, &user).await.unwrap();
            check(&database);
            assert_eq!(count(&database), after);
            if !died {
                assert!(n >= 2, "there were calls to die at");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_link_that_dies_anywhere_leaves_nothing_half_made() {
    // #99, P5
    let act = async |table: &Table, user: &User| match link(table, "p", user, &other("x")).await {
        // The first try was whole, and only its answer was lost.
        Err(Error::Refused(_)) if user::is_link_used(table, "p", LATER).await? => Ok(()),
        done => done.map(drop),
    };
    dies_everywhere(false, act, (1, 2, 1)).await;
}

#[tokio::test]
async fn a_removal_that_dies_anywhere_leaves_nothing_half_made() {
    // #99, P5
    for identity in [ann(), other("x")] {
        let act = async |table: &Table, user: &User| unlink(table, user, &identity).await.map(drop);
        dies_everywhere(true, act, (1, 1, 1)).await;
    }
}
