//! Authorization codes.

use oauth::Secret;
use serde_json::json;
use session::{
    Code, Family,
    code::{self, Redeemed},
    family::{self, Terms},
};
use store::{Record, Table};

use crate::{NOW, at, families::TERMS, rows, sign_in, table};

/// A code of Ann's for the client `app`.
pub(crate) fn ann() -> Code {
    Code {
        client_id: "app".to_owned(),
        client_epoch: 5,
        redirect_uri: "https://app.example/back".to_owned(),
        redirect_uri_given: true,
        challenge: Some("x".repeat(43)),
        user_id: "ann".to_owned(),
        epoch: 3,
        sid: "sid".to_owned(),
        scope: "openid email".parse().unwrap(),
        resources: vec!["https://api.example".to_owned()],
        nonce: Some("n".to_owned()),
        auth_time: at(-100),
        acr: Some("1".to_owned()),
        amr: vec!["pwd".to_owned()],
        via: Some("identity".to_owned()),
        claims: None,
        consented: None,
        family_id: family::new_id(),
        spent: None,
        redeem_until: NOW.after(code::LIFETIME),
        expires_at: NOW.after(code::REMEMBERED),
    }
}

async fn read(table: &Table, secret: &Secret, now: oauth::Time) -> Option<Code> {
    table.get::<Code>(&code::key(secret).unwrap(), now).await.unwrap().map(store::Row::into_inner)
}

#[tokio::test]
async fn a_code_is_256_bits_of_which_only_the_digest_is_stored() {
    // #37
    let (table, database) = table().await;
    let issued = code::issue(&table, &ann(), NOW).await.unwrap();
    assert_eq!(issued.expose().len(), 43);
    let row = rows(&database).remove(0);
    assert_eq!(row["pk"], json!({ "S": format!("CODE#{}", issued.digest()) }));
    assert!(!row.to_string().contains(issued.expose()));
    assert_ne!(code::issue(&table, &ann(), NOW).await.unwrap().expose(), issued.expose());
}

#[tokio::test]
async fn a_code_comes_back_as_it_was_issued_until_its_row_ends() {
    // #37, #100
    let (table, _) = table().await;
    let code = ann();
    let issued = code::issue(&table, &code, NOW).await.unwrap();
    for seconds in [0, 59, 60, 599] {
        assert_eq!(read(&table, &issued, at(seconds)).await.as_ref(), Some(&code), "{seconds}");
    }
    assert_eq!(read(&table, &issued, at(600)).await, None);
    for bad in ["", "x", &"é".repeat(43), &issued.expose()[1..], &format!("{} ", issued.expose())] {
        assert_eq!(code::key(&Secret::new(bad)), None, "{bad}");
    }
}

#[test]
fn a_code_stands_for_a_minute_in_its_session_and_in_both_epochs() {
    // #34, #35, #37
    let (code, secret) = (ann(), Secret::random());
    let within =
        |user_id, epoch, sid: &str| session::Session::new(&sign_in(sid, &secret, user_id, epoch), at(-100));
    let session = within("ann", 3, "sid");
    assert!(code.stands(Some(&session), 3, 5, NOW) && code.stands(Some(&session), 3, 5, at(59)));
    for (session, user, client, seconds) in [
        (Some(&session), 3, 5, 60),
        (Some(&session), 4, 5, 0),
        (Some(&session), 3, 6, 0),
        (Some(&session), 2, 5, 0),
        (None, 3, 5, 0),
        (Some(&within("bob", 3, "sid")), 3, 5, 0),
        (Some(&within("ann", 2, "sid")), 3, 5, 0),
        (Some(&within("ann", 3, "other")), 3, 5, 0),
    ] {
        assert!(!code.stands(session, user, client, at(seconds)), "{session:?} {user} {client} {seconds}");
    }
    let late = Code { redeem_until: at(99_999), ..code };
    assert!(!late.stands(Some(&session), 3, 5, at(3600)), "the session has ended");
}

#[tokio::test]
async fn of_many_who_redeem_a_code_one_does() {
    // #41
    let (table, database) = table().await;
    let code = ann();
    let issued = code::issue(&table, &code, NOW).await.unwrap();
    let redeem = |_| {
        let (table, issued, code) = (table.clone(), issued.clone(), code.clone());
        tokio::spawn(async move {
            let (family, token) = Family::begin(&code, &TERMS, NOW);
            let redeemed = code::redeem(&table, &issued, &family, NOW).await.unwrap();
            (redeemed == Redeemed::Done).then(|| token.unwrap())
        })
    };
    let mut winners = Vec::new();
    for task in (0..32).map(redeem).collect::<Vec<_>>() {
        winners.extend(task.await.unwrap());
    }
    assert_eq!((winners.len(), rows(&database).len()), (1, 2));
    assert!(read(&table, &issued, NOW).await.unwrap().is_spent());
    // What the one got is good.
    let family = table.get::<Family>(&code.family_id, NOW).await.unwrap().unwrap();
    let rotated = family::rotate(&table, &family, &winners[0], std::time::Duration::ZERO, NOW).await.unwrap();
    assert!(matches!(rotated, family::Rotated::Done { .. }));
}

#[tokio::test]
async fn a_code_that_is_unknown_or_gone_begins_nothing() {
    // #41, #100: neither half of it is written.
    let (table, database) = table().await;
    let code = ann();
    let issued = code::issue(&table, &code, NOW).await.unwrap();
    let (family, _) = Family::begin(&code, &TERMS, NOW);
    for (secret, seconds) in [(Secret::random(), 0), (issued.clone(), 600), (issued.clone(), 9999)] {
        let redeemed = code::redeem(&table, &secret, &family, at(seconds)).await.unwrap();
        assert_eq!(redeemed, Redeemed::Spent, "{seconds}");
    }
    assert_eq!(rows(&database).len(), 1);
    assert!(!read(&table, &issued, NOW).await.unwrap().is_spent());
}

#[tokio::test]
async fn a_spent_code_does_not_bring_its_grant_back() {
    // #41: the grant was ended, because the code came twice.
    let (table, _) = table().await;
    let code = ann();
    let issued = code::issue(&table, &code, NOW).await.unwrap();
    let (family, _) = Family::begin(&code, &TERMS, NOW);
    assert_eq!(code::redeem(&table, &issued, &family, NOW).await.unwrap(), Redeemed::Done);
    assert!(family::end(&table, &code.family_id, NOW).await.unwrap());
    assert_eq!(code::redeem(&table, &issued, &family, NOW).await.unwrap(), Redeemed::Spent);
    assert!(table.get::<Family>(&code.family_id, NOW).await.unwrap().is_none());
}

#[test]
fn without_refresh_tokens_a_grant_has_a_row_all_the_same() {
    let terms = Terms { refresh: false, ..TERMS };
    let (family, token) = Family::begin(&ann(), &terms, NOW);
    assert!(token.is_none() && family.is_alive(NOW));
    assert_eq!(family.expires_at(), Some(at(3600).epoch()));
}
