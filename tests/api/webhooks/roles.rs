//! Roles by what somebody bought, and which are never given.

use user::rights::NO_TRAIL;

use super::*;

#[tokio::test]
async fn nothing_that_manages_people_is_given_by_a_webhook() {
    // #90
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    let add = |product: &str, may_give: &str| {
        Command::Add(Add {
            name: "other".to_owned(),
            preset: Preset::find("standard"),
            product: texts(&[product]),
            may_give: texts(&[may_give]),
            ..Add::default()
        })
    };
    for (product, may_give, why) in [
        ("pro=role:admin", "admin", "no webhook gives what manages people or rights"),
        ("pro=role:support", "support", "no webhook gives what manages people or rights"),
        ("pro=role:backer", "member", "which the source may not give"),
        ("pro=role:nobody", "nobody", "there is no role"),
        ("pro=", "backer", "gives nothing"),
    ] {
        let refused = shop.says(add(product, may_give)).await.unwrap_err();
        assert!(refused.contains(why), "{product}: {refused}");
    }
    // Roles change after a source is saved, and so do rules.
    let (table, now) = (shop.world.table().await, shop.world.now());
    let start =
        user::Rights::of_settings([shop.values["ROLES"].clone(), String::new(), String::new()]).unwrap();
    let actor = user::rights::Actor::Operator;
    let set = |name: &str, scope: &str| user::rights::Edit::SetRole {
        name: name.to_owned(),
        scope: scope.parse().unwrap(),
        second_factor: None,
    };
    user::rights::change(&table, &start, &set("backer", "users:write"), &actor, None, NO_TRAIL, now)
        .await
        .unwrap();
    shop.world.pass(60);
    assert_eq!(shop.buys("1", "pro").await, "kept");
    assert_eq!(shop.has().await, both(&["member"], &[]));
    let dead = shop.says(Command::Events { name: "shop".to_owned(), dead: true }).await.unwrap();
    assert!(dead.contains("would give what manages people or rights"), "{dead}");
    let id = dead.split_whitespace().find(|word| word.starts_with("shop/")).unwrap().to_owned();
    let said = shop.says(Command::Replay { id: id.clone() }).await.unwrap();
    assert!(said.contains("cannot be used"), "{said}");
    let now = shop.world.now();
    user::rights::change(&table, &start, &set("backer", "get:profile"), &actor, None, NO_TRAIL, now)
        .await
        .unwrap();
    assert_eq!(shop.says(Command::Replay { id: id.clone() }).await.unwrap(), "given\n");
    assert_eq!(shop.has().await, both(&["backer", "member"], &["gold", BACKER]));
    assert!(shop.says(Command::Replay { id }).await.unwrap_err().contains("waits"));
    // And a rule by the entitlement.
    let rule = user::rights::Rule {
        name: "gold".to_owned(),
        roles: texts(&["admin"]),
        entitlement: Some("gold".to_owned()),
        ..user::rights::Rule::default()
    };
    let rule = user::rights::Edit::SetRule(Box::new(rule));
    user::rights::change(&table, &start, &rule, &actor, None, NO_TRAIL, now).await.unwrap();
    shop.world.pass(60);
    assert_eq!(shop.buys("2", "pro").await, "kept");
}

#[tokio::test]
async fn a_role_that_somebody_has_anyway_is_not_taken_with_a_refund() {
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    let (table, now) = (shop.world.table().await, shop.world.now());
    let person = user::manage::find_by_address(&table, BUYER, now).await.unwrap().unwrap();
    let rights =
        user::Rights::of_settings([shop.values["ROLES"].clone(), String::new(), String::new()]).unwrap();
    let change = user::manage::Change::roles(&texts(&["backer", "member"]));
    user::manage::change(&table, &rights, &person.id, None, &change, user::manage::NO_TRAIL, now)
        .await
        .unwrap();
    assert_eq!(shop.buys("1", "pro").await, "given");
    assert_eq!(shop.refunds("1").await, "taken");
    assert_eq!(shop.has().await, both(&["backer", "member"], &[]));
}

#[tokio::test]
async fn what_is_on_nobodys_list_is_no_write_of_rights() {
    // #90
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    assert_eq!(shop.tell("1", "order.created", "1", "pro", BUYER).await, "ignored");
    assert_eq!(shop.buys("2", "unknown").await, "kept");
    assert_eq!(shop.has().await, both(&["member"], &[]));
    // Once the product is there, the event can be tried again.
    let add = Add {
        name: "shop".to_owned(),
        preset: Preset::find("standard"),
        product: texts(&["unknown=silver"]),
        replace: true,
        ..Add::default()
    };
    shop.says(Command::Add(add)).await.unwrap();
    assert_eq!(shop.tell("sale-2", "order.paid", "2", "unknown", BUYER).await, "given");
    assert_eq!(shop.has().await, both(&["member"], &["silver"]));
    // What waits is sealed, and ends.
    assert_eq!(shop.buys("3", "other").await, "kept");
    let rows = serde_json::to_string(&shop.wire.rows_of("HOOK").await).unwrap();
    assert!(!rows.contains(BUYER), "{rows}");
    shop.world.pass(14 * 24 * 60 * 60);
    let dead = shop.says(Command::Events { name: "shop".to_owned(), dead: true }).await.unwrap();
    assert!(!dead.contains("shop/"), "{dead}");
}
