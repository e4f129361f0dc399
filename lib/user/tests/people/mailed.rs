//! Mailed links: what they open, for whom, and how often.

use std::time::Duration;

use oauth::{Digest, Identity, Secret, Time};
use store::{Change, Table};
use user::{
    Factors, Facts, User,
    bulk::{self, Account, Hash},
    passkey::{self, Added, NewPasskey},
    password::{
        self, LoginName, NewAccount,
        mailed::{self, Purpose},
    },
    rights::{Actor, Edit, Rule},
};

use crate::{NOW, ann, rights, sign_in, support::Database};

/// While a link counts.
const LATER: Time = Time::from_epoch(NOW.epoch() + 600);

const ANN: &str = "ann@example.com";

fn name(text: &str) -> LoginName {
    LoginName::any(text).unwrap()
}

async fn register(table: &Table, text: &str) -> User {
    let new = NewAccount { login: &name(text), name: None, hash: "$a" };
    password::register(table, &rights(), new, &|_| Vec::new(), NOW).await.unwrap().unwrap()
}

/// The link of a mail, if one may go to the address.
async fn ask(table: &Table, purpose: Purpose, address: &str, now: Time) -> Option<Secret> {
    let name = name(address);
    let found = password::find(table, &name, now).await.unwrap();
    let user = match purpose {
        Purpose::Reset => mailed::resettable(&found, &name),
        _ => mailed::provable(&found, &name),
    };
    let link = mailed::begin(table, purpose, &name, user, now).await.unwrap();
    user.is_some().then_some(link)
}

async fn opens(table: &Table, purpose: Purpose, link: &Secret, now: Time) -> Option<mailed::Opened> {
    mailed::open(table, purpose, link.expose(), now).await.unwrap()
}

async fn reset(table: &Table, link: &Secret, hash: &str) -> Option<User> {
    let opened = opens(table, Purpose::Reset, link, LATER).await?;
    mailed::reset(table, &rights(), &opened, hash, &|_| Vec::new(), LATER).await.unwrap()
}

async fn prove(table: &Table, link: &Secret) -> Option<User> {
    let opened = opens(table, Purpose::Proof, link, LATER).await?;
    mailed::prove(table, &rights(), &opened, &|_| Vec::new(), LATER).await.unwrap()
}

async fn hash_of(table: &Table, address: &str) -> Option<String> {
    let found = password::find(table, &name(address), LATER).await.unwrap();
    found.holder.hash().map(str::to_owned)
}

#[tokio::test]
async fn a_link_is_for_one_purpose_one_address_half_an_hour_and_once() {
    // #89
    let database = Database::start().await;
    let table = &database.table;
    let made = register(table, "Ann@Example.com").await;
    register(table, "bob@example.com").await;
    let link = ask(table, Purpose::Reset, ANN, NOW).await.unwrap();
    let bobs = ask(table, Purpose::Reset, "bob@example.com", NOW).await.unwrap();
    // The row has a digest, and nothing from which the link follows.
    let rows = serde_json::to_string(&database.rows()).unwrap();
    let (id, secret) = link.expose().split_once('.').unwrap();
    assert!(secret.len() == 43 && !rows.contains(secret) && rows.contains(id));
    let (_, bobs_secret) = bobs.expose().split_once('.').unwrap();
    for wrong in [
        "",
        ".",
        id,
        secret,
        &format!("{id}.{id}"),
        &format!("{id}.{bobs_secret}"),
        &format!("{}.{secret}", &id[1..]),
        &format!("{}a", link.expose()),
        &format!(" {}", link.expose()),
    ] {
        assert!(mailed::open(table, Purpose::Reset, wrong, NOW).await.unwrap().is_none(), "{wrong}");
    }
    assert!(opens(table, Purpose::Proof, &link, NOW).await.is_none(), "another purpose");
    let end = NOW.after(Duration::from_secs(30 * 60));
    assert!(opens(table, Purpose::Reset, &link, end).await.is_none(), "too old");
    // To look at it uses nothing up.
    for _ in 0..3 {
        let opened = opens(table, Purpose::Reset, &link, LATER).await.unwrap();
        assert_eq!((opened.user.id.as_str(), opened.address.as_str()), (made.id.as_str(), ANN));
    }
    let user = reset(table, &link, "$b").await.unwrap();
    assert_eq!((user.epoch, user.email_verified), (made.epoch + 1, true));
    assert_eq!(user::find(table, &made.id, LATER).await.unwrap(), Some(user));
    assert_eq!(user::holder_of(table, ANN, LATER).await.unwrap(), Some(made.id));
    assert_eq!(hash_of(table, ANN).await.as_deref(), Some("$b"));
    assert!(reset(table, &link, "$c").await.is_none(), "used");
    assert_eq!(hash_of(table, ANN).await.as_deref(), Some("$b"));
}

#[tokio::test]
async fn a_link_ends_with_a_newer_one_another_password_and_another_address() {
    // #89
    let database = Database::start().await;
    let table = &database.table;
    let ann = register(table, ANN).await;
    let old = ask(table, Purpose::Reset, ANN, NOW).await.unwrap();
    let link = ask(table, Purpose::Reset, ANN, NOW).await.unwrap();
    assert!(opens(table, Purpose::Reset, &old, LATER).await.is_none());
    assert!(opens(table, Purpose::Reset, &link, LATER).await.is_some());
    // Who opened it before the password changed comes too late as well.
    let opened = opens(table, Purpose::Reset, &link, LATER).await.unwrap();
    let found = password::find(table, &name(ANN), LATER).await.unwrap();
    password::change(table, &found.holder, "$b", &[], LATER).await.unwrap().unwrap();
    assert!(opens(table, Purpose::Reset, &link, LATER).await.is_none());
    assert!(mailed::reset(table, &rights(), &opened, "$c", &|_| Vec::new(), LATER).await.unwrap().is_none());
    assert_eq!(hash_of(table, ANN).await.as_deref(), Some("$b"));

    let link = ask(table, Purpose::Reset, ANN, LATER).await.unwrap();
    let email = store::Change::new().set(store::member!(User, email), &Some("other@example.com".to_owned()));
    table.update::<User>(&ann.id, email, LATER).await.unwrap();
    assert!(opens(table, Purpose::Reset, &link, LATER).await.is_none());
    assert!(ask(table, Purpose::Reset, ANN, LATER).await.is_none(), "their address is another one");
    user::disable(table, &ann.id, LATER).await.unwrap();
    assert!(ask(table, Purpose::Reset, "other@example.com", LATER).await.is_none(), "#35");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_who_use_a_link_at_once_one_does() {
    // #89
    let database = Database::start().await;
    register(&database.table, ANN).await;
    for purpose in [Purpose::Proof, Purpose::Reset] {
        let link = ask(&database.table, purpose, ANN, NOW).await.unwrap();
        let all: Vec<_> = (0..16)
            .map(|n| {
                let (table, link) = (database.table.clone(), link.clone());
                tokio::spawn(async move {
                    match purpose {
                        Purpose::Reset => reset(&table, &link, &format!("$ {n}")).await,
                        _ => prove(&table, &link).await,
                    }
                })
            })
            .collect();
        let mut won = 0;
        for one in all {
            won += usize::from(one.await.unwrap().is_some());
        }
        assert_eq!(won, 1, "{purpose:?}");
    }
}

#[tokio::test]
async fn an_address_gets_few_mails() {
    // #85
    let database = Database::start().await;
    let within = async |purpose, address: &str, now| {
        mailed::is_within(&database.table, purpose, &name(address), now).await.unwrap()
    };
    let start = Time::from_epoch(NOW.epoch() - NOW.epoch() % 1800);
    let mut of = Vec::new();
    for spelling in [ANN, "ANN@example.com", "Ann@Example.com", ANN, ANN] {
        of.push(within(Purpose::Reset, spelling, start).await);
    }
    assert_eq!(of, [true, true, true, false, false]);
    // What a registration sends counts together, whether there was somebody or not (#84).
    let mut of = Vec::new();
    for purpose in [Purpose::Proof, Purpose::Known, Purpose::Proof, Purpose::Known] {
        of.push(within(purpose, ANN, start).await);
    }
    assert_eq!(of, [true, true, true, false]);
    assert!(within(Purpose::Reset, "bob@example.com", start).await);
    assert!(within(Purpose::Reset, ANN, start.after(mailed::LIFETIME)).await);
}

#[tokio::test]
async fn who_proves_an_address_has_what_waits_for_it() {
    // #93
    let database = Database::start().await;
    let table = &database.table;
    user::invite(table, &rights(), ANN, &["editor".to_owned()], NOW).await.unwrap();
    let made = register(table, ANN).await;
    assert_eq!(made.roles, ["member"]);
    let link = ask(table, Purpose::Proof, ANN, NOW).await.unwrap();
    let proven = prove(table, &link).await.unwrap();
    assert_eq!((proven.roles.join(" "), proven.email_verified), ("editor member".to_owned(), true));
    assert_eq!(proven.epoch, made.epoch, "nobody is signed out by it");
    assert_eq!(user::find(table, &made.id, LATER).await.unwrap(), Some(proven));
    assert_eq!(user::holder_of(table, ANN, LATER).await.unwrap(), Some(made.id.clone()));
    // Rules by domain see it, also after they signed in again.
    let found = password::find(table, &name(ANN), LATER).await.unwrap();
    let key = found.key.clone();
    let entered = password::enter(table, &name(ANN), found, None, LATER).await.unwrap();
    assert_eq!(entered.proofs[key.as_str()].domain.as_deref(), Some("example.com"));
    let rule = Rule {
        name: "ours".to_owned(),
        provider: Some(password::PROVIDER.to_owned()),
        domain: Some("example.com".to_owned()),
        roles: vec!["editor".to_owned()],
        ..Rule::default()
    };
    let rights = rights().edited(&Edit::SetRule(Box::new(rule)), &Actor::Operator).unwrap();
    let alone = User { roles: Vec::new(), ..entered };
    let facts = Facts::of(&alone, LATER).via(Some(key.as_str()));
    assert!(rights.scope(&facts).to_string().contains("pages:write"));
    // Nobody proves it twice, and nobody else has it by a provider.
    assert!(ask(table, Purpose::Proof, ANN, LATER).await.is_none());
    let other = sign_in(table, &ann_at(ANN), LATER).await.unwrap();
    assert_ne!(other.id, made.id);
    assert_eq!(user::holder_of(table, ANN, LATER).await.unwrap(), Some(made.id));
}

/// Somebody whose provider vouches for this address.
fn ann_at(email: &str) -> Identity {
    Identity { email: Some(email.to_owned()), subject: email.to_owned(), ..ann() }
}

#[tokio::test]
async fn the_true_owner_who_came_meanwhile_leaves_nothing_to_a_link() {
    // #94
    let database = Database::start().await;
    let table = &database.table;
    register(table, ANN).await;
    let proof = ask(table, Purpose::Proof, ANN, NOW).await.unwrap();
    let again = ask(table, Purpose::Reset, ANN, NOW).await.unwrap();
    let opened = opens(table, Purpose::Proof, &proof, NOW).await.unwrap();
    let owner = sign_in(table, &ann_at(ANN), NOW).await.unwrap();
    assert!(opens(table, Purpose::Proof, &proof, LATER).await.is_none());
    assert!(opens(table, Purpose::Reset, &again, LATER).await.is_none());
    // Nor to whoever had opened it before.
    assert!(mailed::prove(table, &rights(), &opened, &|_| Vec::new(), LATER).await.unwrap().is_none());
    assert_eq!(user::holder_of(table, ANN, LATER).await.unwrap(), Some(owner.id));
}

#[tokio::test]
async fn whose_address_is_not_proven_and_who_has_another_way_in_shares_it_with_nobody() {
    // #93, #94: whoever reads the mails would have an account that somebody else opens too.
    let database = Database::start().await;
    let table = &database.table;
    let squatter = register(table, ANN).await;
    let eve = Identity { subject: "eve".to_owned(), email: None, ..ann() };
    let proof = user::LinkProof { id: "proof", user_id: &squatter.id, epoch: 0 };
    assert!(ask(table, Purpose::Reset, ANN, NOW).await.is_some());
    assert!(user::link(table, proof, &eve, &[], NOW).await.unwrap().is_some());
    assert!(ask(table, Purpose::Reset, ANN, NOW).await.is_none());
    // They may prove it, because they know the password too.
    assert!(ask(table, Purpose::Proof, ANN, NOW).await.is_some());
}

#[tokio::test]
async fn who_only_wrote_an_address_down_keeps_neither_passkey_nor_factor() {
    // #94: the owner has the account by a mail, and nobody else opens it or keeps them out.
    let database = Database::start().await;
    let table = &database.table;
    let squatter = register(table, ANN).await;
    let key = Digest::of(b"a credential");
    add_passkey(table, &squatter, &key).await;
    let change = Change::new().set(User::FACTORS, &Factors { totp: true, passkeys: 0 });
    table.update::<User>(&squatter.id, change, NOW).await.unwrap();
    let link = ask(table, Purpose::Reset, ANN, NOW).await.unwrap();
    let owner = reset(table, &link, "$b").await.unwrap();
    assert_eq!((&owner.id, owner.factors), (&squatter.id, Factors::default()));
    assert_eq!(user::find(table, &owner.id, LATER).await.unwrap().unwrap().factors, Factors::default());
    assert!(passkey::of(table, &owner.id, LATER).await.unwrap().is_empty());
    assert!(passkey::find(table, &key, &owner.id, LATER).await.unwrap().is_none());
    // Their own stay at the next one: a mail takes the place of the password, and of nothing else.
    add_passkey(table, &owner, &key).await;
    let change = Change::new().set(User::FACTORS, &Factors { totp: true, passkeys: 1 });
    table.update::<User>(&owner.id, change, LATER).await.unwrap();
    let link = ask(table, Purpose::Reset, ANN, LATER).await.unwrap();
    let again = reset(table, &link, "$c").await.unwrap();
    assert_eq!(again.factors, Factors { totp: true, passkeys: 1 });
    assert_eq!(passkey::of(table, &owner.id, LATER).await.unwrap().len(), 1);
}

async fn add_passkey(table: &Table, user: &User, id: &Digest) {
    let new = NewPasskey { id, name: "a key", is_backed_up: false, counter: 0, credential: "{}" };
    assert_eq!(passkey::add(table, user, &new, &[], NOW).await.unwrap(), Added::Done);
}

#[tokio::test]
async fn somebody_of_a_provider_has_a_password_only_if_the_address_is_proven() {
    // #93
    let database = Database::start().await;
    let table = &database.table;
    let proven = sign_in(table, &ann_at(ANN), NOW).await.unwrap();
    let unproven = Identity { email_verified: false, ..ann_at("bob@example.com") };
    sign_in(table, &unproven, NOW).await.unwrap();
    assert!(ask(table, Purpose::Reset, "bob@example.com", NOW).await.is_none());
    let link = ask(table, Purpose::Reset, ANN, NOW).await.unwrap();
    let user = reset(table, &link, "$a").await.unwrap();
    assert_eq!((&user.id, user.identities.len()), (&proven.id, 2));
    let found = password::find(table, &name(ANN), LATER).await.unwrap();
    let entered = password::enter(table, &name(ANN), found, None, LATER).await.unwrap();
    assert_eq!((entered.id, entered.identities.len()), (user.id, 2));
    let again = sign_in(table, &ann_at(ANN), LATER).await.unwrap();
    assert_eq!(again.id, proven.id);
}

#[tokio::test]
async fn an_account_that_waits_is_had_by_whoever_reads_its_mails() {
    let database = Database::start().await;
    let table = &database.table;
    for (email, hash) in [(ANN, None), ("bob@example.com", Some(Hash("$2b$theirs".to_owned())))] {
        let account = Account { email: Some(email.to_owned()), password_hash: hash, ..Account::default() };
        bulk::import(table, &rights(), &[account], false, NOW).await.unwrap().remove(0).unwrap();
        let link = ask(table, Purpose::Reset, email, NOW).await.unwrap();
        let user = reset(table, &link, "$b").await.unwrap();
        assert_eq!(user::holder_of(table, email, LATER).await.unwrap().as_ref(), Some(&user.id));
        let found = password::find(table, &name(email), LATER).await.unwrap();
        assert_eq!(found.holder.hash(), Some("$b"));
        let entered = password::enter(table, &name(email), found, None, LATER).await.unwrap();
        assert_eq!((entered.id, entered.email_verified), (user.id, true));
    }
}

#[tokio::test]
async fn a_link_for_nobody_opens_nothing() {
    // #84
    let database = Database::start().await;
    let table = &database.table;
    for purpose in [Purpose::Reset, Purpose::Proof, Purpose::Known] {
        let link = mailed::begin(table, purpose, &name(ANN), None, NOW).await.unwrap();
        assert!(opens(table, purpose, &link, NOW).await.is_none());
    }
    // Not even once somebody has the address.
    let link = mailed::begin(table, Purpose::Reset, &name(ANN), None, NOW).await.unwrap();
    register(table, ANN).await;
    assert!(opens(table, Purpose::Reset, &link, LATER).await.is_none());
}
