//! Deliveries in the shapes that senders document.

use super::*;

/// Stripe API reference: *The Event object*, with *Checkout Session*, *Charge* and *Subscription* as its `data.object`.
fn stripe(id: &str, kind: &str, object: &Value) -> String {
    json!({
        "id": id, "object": "event", "api_version": "2024-04-10", "created": 1_719_411_304, "livemode": false,
        "pending_webhooks": 2, "request": {"id": null, "idempotency_key": null}, "type": kind,
        "data": {"object": object},
    })
    .to_string()
}

fn checkout(order: &str, status: &str) -> Value {
    json!({
        "id": "cs_test_a1uS9U7mL0zDhvwzkx6k7YhmITcD9dQUVp1gkQsMSE4hITV5tzQ7aR4Z9L", "object": "checkout.session",
        "amount_subtotal": 10000, "amount_total": 10000, "automatic_tax": {"enabled": false, "status": null},
        "client_reference_id": null, "currency": "usd", "customer": "cus_00000000000000",
        "customer_details": {"address": null, "email": "Buyer@Example.com", "name": null, "tax_exempt": "none", "tax_ids": []},
        "customer_email": null, "metadata": {"product": "plus"}, "mode": "payment", "payment_intent": order,
        "payment_method_types": ["card"], "payment_status": status, "status": "complete", "subscription": null,
    })
}

#[tokio::test]
async fn stripe_sells_and_refunds() {
    // #90
    let shop = Shop::open("stripe").await;
    shop.signs_in().await;
    let send = async |body: String| {
        shop.deliver(&shop.secret, "", &body).await.expect(200).json()["result"].as_str().unwrap().to_owned()
    };
    let unpaid = stripe("evt_1", "checkout.session.completed", &checkout("pi_1", "unpaid"));
    assert_eq!(send(unpaid).await, "ignored");
    let paid = stripe("evt_2", "checkout.session.completed", &checkout("pi_1", "paid"));
    assert_eq!(send(paid.clone()).await, "given");
    assert_eq!(send(paid).await, "repeated");
    let charge = |refunded: bool| {
        json!({
            "id": "ch_1E6dduBZDNnKdQEE0LmsuO0q", "object": "charge", "amount": 10000,
            "amount_refunded": if refunded { 10000 } else { 173 }, "billing_details": {"email": null},
            "customer": "cus_00000000000000", "payment_intent": "pi_1", "refunded": refunded, "status": "succeeded",
        })
    };
    assert_eq!(send(stripe("evt_3", "charge.refunded", &charge(false))).await, "ignored", "a part of it");
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    assert_eq!(send(stripe("evt_4", "charge.refunded", &charge(true))).await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
    // A subscription: its checkout names it, and its end is its own.
    let mut subscribed = checkout("", "paid");
    subscribed["payment_intent"] = Value::Null;
    subscribed["subscription"] = json!("sub_1");
    assert_eq!(send(stripe("evt_5", "checkout.session.completed", &subscribed)).await, "given");
    let ended = json!({"id": "sub_1", "object": "subscription", "customer": "cus_00000000000000", "status": "canceled"});
    assert_eq!(send(stripe("evt_6", "customer.subscription.deleted", &ended)).await, "taken");
    assert_eq!(send(stripe("evt_7", "invoice.upcoming", &json!({"object": "invoice"}))).await, "ignored");
}

/// GitHub Docs, *Webhook events and payloads: sponsorship*.
fn sponsorship(action: &str, tier: &str, email: Value) -> String {
    json!({
        "action": action,
        "sponsorship": {
            "node_id": "MDExOlNwb25zb3JzaGlwMQ==", "created_at": "2019-12-20T19:24:46+00:00",
            "sponsorable": {"login": "octocat", "id": 5, "node_id": "MDQ6VXNlcjU=", "type": "User", "site_admin": false},
            "sponsor": {"login": "monalisa", "id": 2, "node_id": "MDQ6VXNlcjI=", "type": "User", "site_admin": false, "email": email},
            "privacy_level": "public",
            "tier": {
                "node_id": tier, "created_at": "2019-12-20T19:17:05Z",
                "description": "foo", "monthly_price_in_cents": 500, "monthly_price_in_dollars": 5, "name": "$5 a month",
            },
        },
        "sender": {"login": "monalisa", "id": 2, "node_id": "MDQ6VXNlcjI=", "type": "User"},
    })
    .to_string()
}

#[tokio::test]
async fn github_sponsors_change_their_tier_and_leave() {
    // #90
    let shop = Shop::open("github-sponsors").await;
    shop.signs_in().await;
    let send = async |body: String, status: u16| {
        shop.deliver(&shop.secret, "", &body).await.expect(status).json()["result"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(send(sponsorship("created", "plus", Value::Null), 400).await, "kept", "most have no address");
    assert_eq!(send(sponsorship("created", "plus", json!(BUYER)), 200).await, "given");
    assert_eq!(
        send(sponsorship("created", "plus", json!(BUYER)), 200).await,
        "repeated",
        "known by its body"
    );
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    assert_eq!(send(sponsorship("tier_changed", "pro", json!(BUYER)), 200).await, "given");
    assert_eq!(shop.has().await, both(&["backer", "member"], &["gold", BACKER]));
    assert_eq!(send(sponsorship("pending_cancellation", "pro", json!(BUYER)), 200).await, "ignored");
    assert_eq!(send(sponsorship("cancelled", "pro", json!(BUYER)), 200).await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
}

/// Gumroad, *Ping*: the parameters in its table.
fn ping(kind: &str, order: &str, more: &str) -> String {
    format!(
        "seller_id=ljG-NULhOJLpnhwmTWdOag%3D%3D&product_id=plus&product_name=Pro&permalink=pro\
         &product_permalink=https%3A%2F%2Fexample.gumroad.com%2Fl%2Fpro&short_product_id=pro\
         &email=buyer%40example.com&full_name=Buyer&price=500&currency=usd&quantity=1&order_number=524459935\
         &sale_id={order}&sale_timestamp=2026-11-30T07%3A00%3A00Z&ip_country=Germany\
         &url_params%5Bsource_url%5D=https%3A%2F%2Fgumroad.com&resource_name={kind}{more}"
    )
}

#[tokio::test]
async fn gumroad_pings_with_the_secret_in_the_path() {
    // #90
    let shop = Shop::open("gumroad").await;
    shop.signs_in().await;
    let send = async |body: String| {
        shop.deliver(&shop.secret, "", &body).await.expect(200).json()["result"].as_str().unwrap().to_owned()
    };
    assert_eq!(send(ping("sale", "A1==", "&test=true")).await, "ignored");
    assert_eq!(send(ping("sale", "A1==", "&refunded=false")).await, "given");
    assert_eq!(send(ping("sale", "A1==", "&refunded=false")).await, "repeated");
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    assert_eq!(send(ping("dispute", "A1==", "")).await, "ignored");
    assert_eq!(send(ping("refund", "A1==", "&refunded=true")).await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
    let twice = ping("sale", "A2==", "&email=eve%40example.com");
    shop.deliver(&shop.secret, "", &twice).await.expect(400);
}

/// Gumroad, *Resource subscriptions: `subscription_ended`*: the subscription, its charges as a list, and neither a sale nor an `email`.
fn ended(subscription: &str, charges: &[&str]) -> String {
    let charges: String = charges.iter().map(|charge| format!("&purchase_ids%5B%5D={charge}")).collect();
    format!(
        "subscription_id={subscription}&product_id=plus&product_name=Pro&user_id=G_-mnBf9b1j9A7a4ub4nFQ%3D%3D\
         &user_email=buyer%40example.com{charges}&created_at=2026-10-30T07%3A00%3A00Z&charge_occurrence_count=\
         &recurrence=monthly&free_trial_ends_at=&resource_name=subscription_ended&ended_at=2026-11-30T07%3A00%3A00Z\
         &ended_reason=cancelled"
    )
}

#[tokio::test]
async fn a_membership_of_gumroad_is_one_order_until_it_ends() {
    // #90
    let shop = Shop::open("gumroad").await;
    shop.signs_in().await;
    let send = async |body: String| {
        shop.deliver(&shop.secret, "", &body).await.expect(200).json()["result"].as_str().unwrap().to_owned()
    };
    let charge =
        |sale: &str, more: &str| ping("sale", sale, &format!("&subscription_id=S1&recurrence=monthly{more}"));
    assert_eq!(send(charge("A1", "")).await, "given");
    assert_eq!(send(charge("A2", "&is_recurring_charge=true")).await, "given");
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    // Another membership of theirs stays.
    assert_eq!(send(ping("sale", "A3", "&subscription_id=S2")).await, "given");
    assert_eq!(send(ended("S1", &["A1", "A2"])).await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    assert_eq!(send(ended("S2", &["A3"])).await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
    // A charge that comes late gives nothing back.
    assert_eq!(send(charge("A4", "&is_recurring_charge=true")).await, "held");
    // What is looked at and comes twice means nothing, and neither does a test that says both.
    for twice in ["&subscription_id=S4&subscription_id=S5", "&test=false&test=true"] {
        shop.deliver(&shop.secret, "", &ping("sale", "A5", twice)).await.expect(400);
    }
    assert_eq!(shop.has().await, both(&["member"], &[]));
}

/// A sender that has no preset, as the documentation describes it by options.
async fn described(scheme: &str, change: impl FnOnce(&mut Add)) -> Shop {
    let mut shop = Shop::open(if scheme == "standard" { "standard" } else { "gumroad" }).await;
    let mut add = Add {
        name: "shop".to_owned(),
        preset: (scheme == "standard").then(|| Preset::find("standard")).flatten(),
        scheme: Scheme::parse(scheme),
        product: texts(&["42=plus"]),
        secret_from_stdin: true,
        ..Add::default()
    };
    change(&mut add);
    shop.says(Command::Remove { name: "shop".to_owned() }).await.unwrap();
    shop.scheme = Scheme::parse(scheme).unwrap();
    shop.says(Command::Add(add)).await.unwrap();
    shop.signs_in().await;
    shop
}

impl Shop {
    async fn gets(&self, id: &str, body: &Value) -> String {
        let answer = self.deliver(&self.secret, id, &body.to_string()).await.expect(200).json();
        answer["result"].as_str().unwrap().to_owned()
    }
}

/// Polar, *Webhook events: `order.paid`, `order.refunded`*, which is Standard Webhooks.
#[tokio::test]
async fn polar_sells_and_refunds_in_parts() {
    // #90
    let shop = described("standard", |add| add.unless = texts(&["/data/status=partially_refunded"])).await;
    let order = |kind: &str, status: &str| {
        json!({
            "type": kind, "timestamp": "2026-11-30T07:00:00Z",
            "data": {
                "id": "57107b74-8400-4d80-a2fc-54c2b4239cb3", "created_at": "2026-11-30T07:00:00Z", "status": status,
                "paid": true, "subtotal_amount": 1000, "net_amount": 1000, "currency": "usd", "billing_reason": "purchase",
                "customer_id": "992fae2a-2a17-4b7a-8d9e-e287cf90131b", "product_id": "42", "subscription_id": null,
                "customer": {"id": "992fae2a-2a17-4b7a-8d9e-e287cf90131b", "email": BUYER, "email_verified": true},
                "product": {"id": "42", "name": "Pro", "is_recurring": false}, "items": [],
            },
        })
    };
    assert_eq!(shop.gets("msg_1", &order("order.created", "pending")).await, "ignored");
    assert_eq!(shop.gets("msg_2", &order("order.paid", "paid")).await, "given");
    assert_eq!(shop.gets("msg_3", &order("order.refunded", "partially_refunded")).await, "ignored");
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    assert_eq!(shop.gets("msg_4", &order("order.refunded", "refunded")).await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
}

/// Lemon Squeezy, *Webhook requests: order events*. Its `X-Signature` is not looked at: the secret is in the address.
#[tokio::test]
async fn lemon_squeezy_sells_and_refunds_by_an_address_that_is_secret() {
    // #90
    let shop = described("path", |add| {
        add.address = texts(&["/data/attributes/user_email"]);
        add.order = texts(&["/data/id"]);
        add.product_at = texts(&["/data/attributes/first_order_item/variant_id"]);
        add.kind = texts(&["/meta/event_name"]);
        add.sale = texts(&["order_created"]);
        add.refund = texts(&["order_refunded"]);
        add.unless = texts(&["/meta/test_mode=true", "/data/attributes/status=partial_refund"]);
    })
    .await;
    let order = |kind: &str, status: &str, is_test: bool| {
        json!({
            "meta": {"event_name": kind, "test_mode": is_test, "custom_data": {"user": "1"}},
            "data": {
                "type": "orders", "id": "1",
                "attributes": {
                    "store_id": 1, "customer_id": 1, "identifier": "104e18a2-d755-4d4b-80c4-a6c1dcbe1c10",
                    "order_number": 1, "user_name": "Buyer", "user_email": BUYER, "currency": "USD", "total": 999,
                    "status": status, "refunded": status == "refunded", "refunded_at": null,
                    "first_order_item": {"id": 1, "order_id": 1, "product_id": 1, "variant_id": 42, "price": 999},
                },
            },
        })
    };
    assert_eq!(shop.gets("", &order("order_created", "paid", true)).await, "ignored");
    assert_eq!(shop.gets("", &order("order_created", "paid", false)).await, "given");
    assert_eq!(shop.gets("", &order("order_created", "paid", false)).await, "repeated");
    assert_eq!(shop.gets("", &order("order_refunded", "partial_refund", false)).await, "ignored");
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    assert_eq!(shop.gets("", &order("order_refunded", "refunded", false)).await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
}

/// Shopify, *Webhooks: `orders/updated`*, whose body is an order: what kind of event it is says its state of payment.
#[tokio::test]
async fn shopify_sells_and_refunds_by_an_address_that_is_secret() {
    // #90
    let shop = described("path", |add| {
        add.address = texts(&["/email", "/contact_email"]);
        add.order = texts(&["/id"]);
        add.product_at = texts(&["/line_items/0/product_id"]);
        add.kind = texts(&["/financial_status"]);
        add.sale = texts(&["paid"]);
        add.refund = texts(&["refunded", "voided"]);
        add.unless = texts(&["/test=true"]);
    })
    .await;
    let order = |status: &str, updated: &str| {
        json!({
            "id": 820_982_911_946_154_508_u64, "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
            "confirmed": true, "contact_email": BUYER, "email": BUYER, "currency": "USD", "created_at": "2026-11-30T07:00:00-05:00",
            "updated_at": updated, "financial_status": status, "fulfillment_status": null, "name": "#9999", "test": false,
            "customer": {"id": 115_310_627_314_723_954_u64, "email": BUYER},
            "line_items": [{"id": 1, "product_id": 42, "variant_id": 43, "quantity": 1, "sku": "PRO", "title": "Pro"}],
        })
    };
    assert_eq!(shop.gets("", &order("pending", "1")).await, "ignored");
    assert_eq!(shop.gets("", &order("paid", "2")).await, "given");
    assert_eq!(
        shop.gets("", &order("paid", "3")).await,
        "given",
        "an order is updated often, and gives once"
    );
    assert_eq!(shop.gets("", &order("partially_refunded", "4")).await, "ignored");
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    assert_eq!(shop.gets("", &order("refunded", "5")).await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
}
