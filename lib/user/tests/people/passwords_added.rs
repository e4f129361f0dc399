//! A password for somebody who comes in another way.

use oauth::Identity;
use store::Table;
use tokio::task::JoinSet;
use user::{
    Error, Gone, LinkProof, Unlinked, User, WaysIn,
    password::{self, Added, LoginName, NewAccount, NewPassword},
};

use crate::{LATER, NOW, ann, disable, invariants::check, rights, sign_in, support::Database};

const ANN: &str = "ann@example.com";

async fn add(table: &Table, id: &str, user: &User, address: &str) -> Result<Added, Error> {
    let proof = LinkProof { id, user_id: &user.id, epoch: user.epoch };
    let new = NewPassword { proof, address: &LoginName::email(address).unwrap(), hash: "$a" };
    password::add(table, new, &[], LATER).await
}

async fn remove(table: &Table, user: &User) {
    let key = Identity::bare(password::PROVIDER, password::ISSUER, ANN).key();
    let done = user::unlink(table, &user.id, key.as_str(), &WaysIn::of(&["test"]), &[], LATER).await.unwrap();
    assert_eq!(done, Unlinked::Done(Gone::Password));
}

fn status(result: Result<Added, Error>) -> u16 {
    match result {
        Ok(done) => panic!("{done:?}"),
        Err(Error::Refused(refusal)) => refusal.status(),
        Err(error) => panic!("{error:?}"),
    }
}

/// Somebody else, for whom another provider vouches with the same address.
fn namesake() -> Identity {
    Identity {
        provider: "other".to_owned(),
        issuer: "https://other.example".to_owned(),
        email_authoritative: false,
        ..ann()
    }
}

#[tokio::test]
async fn a_proof_adds_one_password_and_not_another_one_after_that_was_removed() {
    // #95
    let database = Database::start().await;
    let table = &database.table;
    let owner = sign_in(table, &ann(), NOW).await.unwrap();
    let Added::Done(after) = add(table, "p1", &owner, ANN).await.unwrap() else { panic!("it is added") };
    assert_eq!((after.epoch, after.identities.len()), (owner.epoch, 2), "nothing ends by it");
    check(&database);
    let found = password::find(table, &LoginName::email("ANN@example.com").unwrap(), LATER).await.unwrap();
    assert_eq!((found.holder.user.as_ref().unwrap(), found.holder.hash()), (&after, Some("$a")));
    // There is one: neither this proof nor another one replaces it.
    for proof in ["p1", "p2"] {
        assert_eq!(status(add(table, proof, &owner, ANN).await), 409, "{proof}");
    }
    remove(table, &after).await;
    assert_eq!(add(table, "p1", &owner, ANN).await.unwrap(), Added::Used);
    assert!(matches!(add(table, "p2", &owner, ANN).await.unwrap(), Added::Done(_)));
    // One sign-in is one proof.
    let proofs = [("sid", NOW), ("sid", LATER), ("other", NOW)].map(|(sid, at)| password::proof_of(sid, at));
    assert!(proofs[0] != proofs[1] && proofs[0] != proofs[2] && proofs[0] == password::proof_of("sid", NOW));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_adds_a_password() {
    // #95, #96
    let database = Database::start().await;
    let table = &database.table;
    let owner = sign_in(table, &ann(), NOW).await.unwrap();
    let mut all = JoinSet::new();
    for n in 0..8 {
        let (table, owner) = (table.clone(), owner.clone());
        all.spawn(async move { add(&table, &format!("p{}", n / 2), &owner, ANN).await });
    }
    let done = all.join_all().await;
    assert_eq!(done.iter().filter(|it| matches!(it, Ok(Added::Done(_)))).count(), 1, "{done:?}");
    check(&database);
}

#[tokio::test]
async fn who_may_not_act_and_what_is_not_theirs_gets_none() {
    // #34, #35, #93
    let database = Database::start().await;
    let table = &database.table;
    let owner = sign_in(table, &ann(), NOW).await.unwrap();
    let other = sign_in(table, &namesake(), NOW).await.unwrap();
    assert_ne!(other.id, owner.id);
    for (what, user, address) in [("vouched for too", &other, ANN), ("not theirs", &owner, "bob@example.com")]
    {
        assert_eq!(status(add(table, "p", user, address).await), 409, "{what}");
    }
    let unproven = Identity { subject: "eve".to_owned(), email_verified: false, ..ann() };
    let eve = sign_in(table, &unproven, NOW).await.unwrap();
    assert_eq!(status(add(table, "p", &eve, ANN).await), 409);
    // What waits for an address is for whoever proves it by an authority over it.
    let waits =
        Identity { subject: "joe".to_owned(), email: Some("joe@example.com".to_owned()), ..namesake() };
    user::invite(table, &rights(), "joe@example.com", &["editor".to_owned()], NOW).await.unwrap();
    let joe = sign_in(table, &waits, NOW).await.unwrap();
    assert!(joe.email_verified);
    assert_eq!(status(add(table, "p", &joe, "joe@example.com").await), 409);

    let before = User { epoch: owner.epoch + 1, ..owner.clone() };
    assert_eq!(status(add(table, "p", &before, ANN).await), 400, "another epoch");
    for n in 0..9 {
        let more = Identity { subject: n.to_string(), email: None, ..namesake() };
        let id = format!("link-{n}");
        let proof = LinkProof { id: &id, user_id: &owner.id, epoch: owner.epoch };
        assert!(user::link(table, proof, &more, &[], NOW).await.unwrap().is_some());
    }
    assert_eq!(status(add(table, "p", &owner, ANN).await), 400, "the most identities");
    disable(table, &owner.id).await;
    assert_eq!(status(add(table, "p", &owner, ANN).await), 400, "disabled");
    check(&database);
}

#[tokio::test]
async fn whoever_wrote_the_address_down_is_named_and_whoever_has_it_is_not() {
    // #93, #94
    let database = Database::start().await;
    let table = &database.table;
    let login = LoginName::email(ANN).unwrap();
    let new = NewAccount { login: &login, name: None, hash: "$b" };
    let squatter = password::register(table, &rights(), new, &|_| Vec::new(), NOW).await.unwrap().unwrap();
    let owner = sign_in(table, &ann(), NOW).await.unwrap();
    assert_eq!(add(table, "p", &owner, ANN).await.unwrap(), Added::Squatted(owner.clone()));
    password::expel(table, &squatter.id, &owner, LATER).await.unwrap();
    assert!(matches!(add(table, "p", &owner, ANN).await.unwrap(), Added::Done(_)));
    // Somebody else for whom the address is vouched takes nothing from whose it is.
    let other = sign_in(table, &namesake(), LATER).await.unwrap();
    assert_eq!(other.verified_email(), owner.verified_email());
    assert_eq!(password::squatter_of(table, &other, LATER).await.unwrap(), None);
    check(&database);
}
