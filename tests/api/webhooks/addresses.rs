//! Buyers who have another address by the time of a refund.

use tests::database::Fault;

use super::*;

const OTHER: &str = "other@example.com";

impl Shop {
    /// The buyer signs in, and their provider says another address than before.
    async fn signs_in_as(&self, sub: &str, address: &str) -> String {
        let browser = self.world.browser();
        let claims = json!({"sub": sub, "email": address, "name": "Buyer"});
        self.stub.sign_in(&browser, claims, self.world.now()).await.expect(303);
        self.world.session(&browser).await.user_id
    }

    async fn of(&self, id: &str) -> (Vec<String>, Vec<String>) {
        let user = user::find(&self.world.table().await, id, self.world.now()).await.unwrap().unwrap();
        (user.roles, user::entitlement::names(&user.entitlements))
    }
}

#[tokio::test]
async fn a_refund_finds_the_buyer_who_has_another_address() {
    // #93
    let shop = Shop::open("standard").await;
    let id = shop.signs_in_as("buyer", BUYER).await;
    assert_eq!(shop.buys("1", "pro").await, "given");
    assert_eq!(shop.signs_in_as("buyer", OTHER).await, id);
    // Somebody else has the old address by now, and nothing of theirs changes.
    let heir = shop.signs_in_as("heir", BUYER).await;
    assert_ne!(heir, id);
    assert_eq!(shop.tell("late", "order.paid", "1", "plus", BUYER).await, "given");
    assert_eq!(shop.of(&id).await, both(&["member"], &["plus"]), "a sale of the same order is still theirs");
    assert_eq!(shop.buys("2", "plus").await, "given");
    assert_eq!(shop.refunds("1").await, "taken");
    assert_eq!(shop.of(&id).await, both(&["member"], &[]));
    assert_eq!(shop.of(&heir).await, both(&["member"], &["plus"]));
    assert_eq!(shop.tell("again", "order.paid", "1", "plus", BUYER).await, "held");
}

#[tokio::test]
async fn what_waited_is_looked_for_by_its_address_alone() {
    let shop = Shop::open("standard").await;
    assert_eq!(shop.buys("1", "pro").await, "waits");
    let id = shop.signs_in_as("buyer", BUYER).await;
    assert_eq!(shop.of(&id).await, both(&["backer", "member"], &["gold", BACKER]));
    // Another event of the order while they have the address makes it theirs.
    assert_eq!(shop.tell("renewed", "order.paid", "1", "pro", BUYER).await, "given");
    shop.signs_in_as("buyer", OTHER).await;
    assert_eq!(shop.refunds("1").await, "taken");
    assert_eq!(shop.of(&id).await, both(&["member"], &[]));
    // Without one, it is not.
    assert_eq!(shop.tell("2", "order.paid", "2", "pro", "third@example.com").await, "waits");
    shop.signs_in_as("buyer", "third@example.com").await;
    shop.signs_in_as("buyer", OTHER).await;
    assert_eq!(shop.refunds("2").await, "nobody");
    assert_eq!(shop.of(&id).await, both(&["backer", "member"], &["gold", BACKER]));
}

#[tokio::test]
async fn an_order_of_somebody_who_was_deleted_is_nobodys_and_waits_again() {
    // #95
    let shop = Shop::open("standard").await;
    let id = shop.signs_in_as("buyer", BUYER).await;
    assert_eq!(shop.buys("1", "pro").await, "given");
    assert_eq!(shop.buys("2", "plus").await, "given");
    let (table, now) = (shop.world.table().await, shop.world.now());
    let (trail, told) = (user::manage::NO_TRAIL, user::manage::NOBODY_TOLD);
    user::manage::delete(&table, &id, None, trail, told, now).await.unwrap();
    assert_eq!(shop.refunds("1").await, "nobody");
    assert_eq!(shop.tell("late", "order.paid", "2", "plus", BUYER).await, "waits");
    let new = shop.signs_in_as("buyer", BUYER).await;
    assert_ne!(new, id);
    assert_eq!(shop.of(&new).await, both(&["member"], &["plus"]));
    assert_eq!(shop.refunds("2").await, "taken");
    assert_eq!(shop.of(&new).await, both(&["member"], &[]));
}

#[tokio::test]
async fn whoever_is_deleted_is_in_no_order_any_more() {
    let shop = Shop::open("standard").await;
    let orders = async || serde_json::to_string(&shop.wire.rows_of("ORDER").await).unwrap();
    // One waited for them, one they had at once, and one is taken back.
    assert_eq!(shop.buys("1", "pro").await, "waits");
    let id = shop.signs_in_as("buyer", BUYER).await;
    assert_eq!(shop.buys("2", "plus").await, "given");
    assert_eq!(shop.buys("3", "plus").await, "given");
    assert!(orders().await.contains(BUYER) && orders().await.contains(&id));
    assert_eq!(shop.refunds("3").await, "taken");
    let (table, now) = (shop.world.table().await, shop.world.now());
    let (trail, told) = (user::manage::NO_TRAIL, user::manage::NOBODY_TOLD);
    user::manage::delete(&table, &id, None, trail, told, now).await.unwrap();
    assert_eq!(shop.wire.rows_of("ORDER").await.len(), 3);
    assert!(!orders().await.contains(BUYER), "{}", orders().await);
    for order in ["1", "2"] {
        assert_eq!(shop.refunds(order).await, "nobody");
    }
    for order in ["1", "2", "3"] {
        assert_eq!(shop.tell(&format!("late {order}"), "order.paid", order, "plus", BUYER).await, "held");
    }
}

#[tokio::test]
async fn sales_refunds_and_a_change_of_address_at_once_leave_nothing() {
    // #90, #98
    let shop = Shop::open("standard").await;
    let id = shop.signs_in_as("buyer", BUYER).await;
    let sale = order_body("order.paid", "1", "pro", BUYER);
    let refund = order_body("order.refunded", "1", "", "");
    let each = (0..64).map(async |n: usize| {
        let (event, body) = if n.is_multiple_of(2) { ("sale", &sale) } else { ("refund", &refund) };
        if n == 20 {
            shop.signs_in_as("buyer", OTHER).await;
        }
        shop.deliver(&shop.secret, event, body).await
    });
    for answer in futures_util::future::join_all(each).await {
        assert!([200, 503].contains(&answer.status), "{answer:?}");
    }
    for (event, body) in [("sale", &sale), ("refund", &refund)] {
        shop.deliver(&shop.secret, event, body).await.expect(200);
    }
    assert_eq!(shop.of(&id).await, both(&["member"], &[]));
}

#[tokio::test]
async fn a_refund_that_stops_at_any_call_is_done_when_it_comes_again() {
    // #99
    let shop = Shop::open("standard").await;
    let id = shop.signs_in_as("buyer", BUYER).await;
    for cut in 0..8 {
        let (order, event) = (format!("order-{cut}"), format!("refund-{cut}"));
        assert_eq!(
            shop.tell(&format!("sale-{cut}"), "order.paid", &order, "plus", &owner(cut)).await,
            "given"
        );
        shop.signs_in_as("buyer", &owner(cut + 1)).await;
        let body = order_body("order.refunded", &order, "", "");
        shop.wire.set(Fault::CutAfter(cut));
        let answer = shop.deliver(&shop.secret, &event, &body).await;
        shop.wire.set(Fault::None);
        let is_taken = shop.of(&id).await.1.is_empty();
        assert_eq!(is_taken, answer.status == 200, "{cut}: {answer:?}");
        if answer.status != 200 {
            let again = shop.deliver(&shop.secret, &event, &body).await.expect(200).json();
            assert_eq!(again["result"], "taken", "{cut}");
        }
        assert_eq!(shop.of(&id).await, both(&["member"], &[]), "{cut}");
    }
}

/// The address that the buyer has then.
fn owner(step: usize) -> String {
    if step == 0 { BUYER.to_owned() } else { format!("buyer{step}@example.com") }
}

fn rights(shop: &Shop) -> user::Rights {
    user::Rights::of_settings([shop.values["ROLES"].clone(), String::new(), String::new()]).unwrap()
}

#[tokio::test]
async fn an_invitation_and_what_was_bought_wait_beside_one_another() {
    // #90, #93
    let shop = Shop::open("standard").await;
    let (table, rights) = (shop.world.table().await, rights(&shop));
    let invite = async || {
        let (roles, now) = (texts(&["backer"]), shop.world.now());
        user::manage::invite(&table, &rights, BUYER, &roles, user::manage::NO_TRAIL, now).await
    };
    let uninvite =
        async || user::manage::uninvite(&table, BUYER, None, user::manage::NO_TRAIL, shop.world.now()).await;
    assert_eq!(shop.buys("1", "plus").await, "waits");
    assert!(uninvite().await.is_err(), "nobody was invited");
    invite().await.unwrap();
    assert!(invite().await.is_err(), "they are invited already");
    uninvite().await.unwrap();
    assert!(uninvite().await.is_err());
    // An invitation lapses, and what was bought does not.
    invite().await.unwrap();
    assert_eq!(shop.buys("2", "plus").await, "waits");
    shop.world.pass(31 * 24 * 60 * 60);
    assert!(uninvite().await.is_err());
    invite().await.unwrap();
    assert_eq!(shop.refunds("2").await, "taken");
    shop.signs_in().await;
    assert_eq!(shop.has().await, both(&["backer", "member"], &["plus"]));
}

#[tokio::test]
async fn what_was_bought_is_an_accounts_that_is_made_for_the_address_afterwards() {
    // #90
    let shop = Shop::open("standard").await;
    let (table, rights) = (shop.world.table().await, rights(&shop));
    let make = async || {
        let (email, roles) = ("Buyer@Example.com".to_owned(), texts(&["member"]));
        let new = user::manage::NewPerson { email, roles, ..Default::default() };
        user::manage::create(&table, &rights, &new, user::manage::NO_TRAIL, shop.world.now()).await
    };
    assert_eq!(shop.buys("1", "pro").await, "waits");
    assert_eq!(shop.buys("2", "plus").await, "waits");
    make().await.unwrap();
    assert!(make().await.is_err());
    assert_eq!(shop.has().await, both(&["backer", "member"], &["gold", "plus", BACKER]));
    assert_eq!(shop.refunds("1").await, "taken");
    shop.signs_in().await;
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    assert_eq!(shop.refunds("2").await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
}
