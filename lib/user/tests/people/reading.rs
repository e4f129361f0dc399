//! Finding and listing people.

use oauth::{Identity, Time};
use serde_json::json;

use crate::{LATER, NOW, ann, disable, sign_in, support::Database};

#[tokio::test]
async fn only_the_active_are_active() {
    // #35
    let table = Database::start().await.table;
    let id = sign_in(&table, &ann(), NOW).await.unwrap().id;
    assert!(user::active(&table, &id, NOW).await.unwrap().is_some());
    disable(&table, &id).await;
    assert!(user::active(&table, &id, NOW).await.unwrap().is_none());
    assert!(user::find(&table, &id, NOW).await.unwrap().is_some());
    for nobody in ["", "nobody", "a#b", "\0", &"x".repeat(5000)] {
        assert!(user::find(&table, nobody, NOW).await.unwrap().is_none());
        assert!(user::active(&table, nobody, NOW).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn the_list_is_newest_first_and_page_by_page() {
    let table = Database::start().await.table;
    for n in 0..5 {
        let identity = Identity { subject: n.to_string(), name: Some(format!("Person {n}")), ..ann() };
        sign_in(&table, &identity, Time::from_epoch(NOW.epoch() + n)).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = user::list(&table, 2, after.as_deref()).await.unwrap();
        seen.extend(page.items.into_iter().filter_map(|entry| entry.name));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["Person 4", "Person 3", "Person 2", "Person 1", "Person 0"]);
}

#[tokio::test]
async fn the_list_follows_what_changes() {
    let table = Database::start().await.table;
    let id = sign_in(&table, &ann(), NOW).await.unwrap().id;
    disable(&table, &id).await;
    let entry = user::list(&table, 5, None).await.unwrap().items.remove(0);
    assert_eq!(entry.status, user::Status::Disabled);
}

#[tokio::test]
async fn what_the_api_shows_is_listed_field_by_field() {
    // #82
    let table = Database::start().await.table;
    let user = sign_in(&table, &Identity { picture: None, ..ann() }, NOW).await.unwrap();
    let user = sign_in(&table, &Identity { picture: None, ..ann() }, LATER)
        .await
        .map(|again| (user.id, again))
        .unwrap();
    let shown = serde_json::to_value(user.1.profile()).unwrap();
    let expected = json!({
        "id": user.0,
        "name": "Ann Lee",
        "email": "Ann@example.com",
        "email_verified": true,
        "picture": null,
        "roles": ["member"],
        "created_at": "2023-11-14T22:13:20Z",
        "last_login_at": "2023-11-15T22:13:20Z",
    });
    assert_eq!(shown, expected);

    let entry = user::list(&table, 5, None).await.unwrap().items.remove(0);
    let expected = json!({
        "id": user.0,
        "name": "Ann Lee",
        "email": "Ann@example.com",
        "roles": ["member"],
        "status": "active",
        "created_at": "2023-11-14T22:13:20Z",
    });
    assert_eq!(serde_json::to_value(entry).unwrap(), expected);
}
