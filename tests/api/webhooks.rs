//! Webhooks: shops that say what people bought, those who would like to be one, and everything that happens twice or in the wrong order.

use std::path::PathBuf;

use latchkey::{
    settings::Values,
    webhooks::{self, Add, Command, Webhooks},
};
use oauth::Secret;
use serde_json::{Value, json};
use tests::{Answer, World, database::Wire, stub::Stub};
use webhook::{Preset, Scheme};

mod addresses;
mod bad;
mod once;
mod roles;
mod senders;

const BUYER: &str = "buyer@example.com";
const BACKER: &str = "role:backer";

/// A world with one shop.
struct Shop {
    world: World,
    stub: Stub,
    wire: Wire,
    values: Values,
    scheme: Scheme,
    secret: Secret,
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|&text| text.to_owned()).collect()
}

impl Shop {
    /// One of a sender that is known, whose product `pro` gives the entitlement `gold` and the role `member2`, and `plus` only `plus`.
    async fn open(preset: &str) -> Self {
        Self::open_with(preset, &[]).await
    }

    /// The same with more settings.
    async fn open_with(preset: &str, more: &[(&str, &str)]) -> Self {
        let (stub, wire) = (Stub::start().await, Wire::start().await);
        let mut settings = stub.settings();
        settings.extend([
            ("DYNAMODB_ENDPOINT", wire.endpoint.as_str()),
            ("WEBHOOKS", "on"),
            (
                "ROLES",
                "admin=users:read users:write; member=get:profile; backer=get:profile; support=users:read",
            ),
        ]);
        settings.extend(more);
        let world = World::with(&settings).await;
        let names = ["DYNAMODB_ENDPOINT", "BASE_URL", "WEBHOOK_KEY", "ROLES"];
        let values = names.map(|name| (name.to_owned(), world.cloud.settings[name].clone())).into();
        let scheme = Preset::find(preset).unwrap().scheme;
        let shop = Self { stub, wire, values, scheme, secret: scheme.fresh(), world };
        let add = Add {
            name: "shop".to_owned(),
            preset: Preset::find(preset),
            product: texts(&["pro=gold,role:backer", "plus=plus"]),
            may_give: texts(&["backer"]),
            secret_from_stdin: true,
            ..Add::default()
        };
        shop.says(Command::Add(add)).await.unwrap();
        shop
    }

    async fn says(&self, command: Command) -> Result<String, String> {
        let (wanted, folder) = (Webhooks { command, stack: None }, PathBuf::from("/nowhere"));
        let read = || Ok(self.secret.clone());
        let said = webhooks::run(&wanted, &self.values, &folder, self.world.now(), read).await;
        said.map_err(|error| error.to_string())
    }

    async fn deliver(&self, secret: &Secret, id: &str, body: &str) -> Answer {
        let path = match self.scheme {
            Scheme::Path => format!("/webhooks/shop/{}", secret.expose()),
            _ => "/webhooks/shop".to_owned(),
        };
        let program = self.world.program();
        let mut request = program.request("POST", &path).header("content-type", "application/json");
        for (name, value) in self.scheme.sign(secret, id, body.as_bytes(), self.world.now()) {
            request = request.header(name, value);
        }
        program.send(request.body(body.to_owned())).await
    }

    /// An event of the preset `standard`: its answer in one word.
    async fn tell(&self, id: &str, kind: &str, order: &str, product: &str, address: &str) -> String {
        let body = order_body(kind, order, product, address);
        let answer = self.deliver(&self.secret, id, &body).await.expect(200).json();
        answer["result"].as_str().unwrap().to_owned()
    }

    async fn buys(&self, order: &str, product: &str) -> String {
        self.tell(&format!("sale-{order}"), "order.paid", order, product, BUYER).await
    }

    async fn refunds(&self, order: &str) -> String {
        self.tell(&format!("refund-{order}"), "order.refunded", order, "", "").await
    }

    async fn signs_in(&self) {
        let browser = self.world.browser();
        let claims = json!({"sub": "buyer", "email": BUYER, "name": "Buyer"});
        self.stub.sign_in(&browser, claims, self.world.now()).await.expect(303);
    }

    /// Roles and names of entitlements of whoever has the address.
    async fn has(&self) -> (Vec<String>, Vec<String>) {
        let table = self.world.table().await;
        let user = user::manage::find_by_address(&table, BUYER, self.world.now()).await.unwrap().unwrap();
        (user.roles, user::entitlement::names(&user.entitlements))
    }
}

fn order_body(kind: &str, order: &str, product: &str, address: &str) -> String {
    let data = json!({"id": order, "product_id": product, "customer": {"email": address}});
    json!({"type": kind, "timestamp": "2026-11-30T07:00:00Z", "data": data}).to_string()
}

fn both(roles: &[&str], names: &[&str]) -> (Vec<String>, Vec<String>) {
    (texts(roles), texts(names))
}

/// Everything that the function does: for somebody who is known, for one who is not, with and without an invitation, twice, too early, and what
/// cannot be used.
pub(crate) async fn everything() -> Wire {
    let shop = Shop::open("standard").await;
    assert_eq!(shop.buys("1", "pro").await, "waits");
    assert_eq!(shop.buys("2", "plus").await, "waits");
    assert_eq!(shop.refunds("1").await, "taken");
    assert_eq!(shop.refunds("2").await, "taken");
    shop.signs_in().await;
    assert_eq!(shop.buys("3", "pro").await, "given");
    assert_eq!(shop.tell("changed", "order.paid", "3", "plus", BUYER).await, "given");
    assert_eq!(shop.refunds("3").await, "taken");
    assert_eq!(shop.refunds("4").await, "ahead");
    assert_eq!(shop.buys("5", "unknown").await, "kept");
    shop.wire
}

#[tokio::test]
async fn where_webhooks_are_off_there_are_none() {
    let world = World::start().await;
    let program = world.program();
    let answer = program.send(program.request("POST", "/webhooks/shop")).await;
    assert!([404, 405].contains(&answer.status), "{answer:?}");
}

#[test]
fn a_stack_has_it_only_where_it_is_on_and_its_routes_are_throttled() {
    // #105, #107
    let template = |value: &str| {
        let values = [("WEBHOOKS".to_owned(), value.to_owned())].into();
        latchkey::template::template(&values).unwrap().to_json()
    };
    let on = template("on");
    let routes = &on["Resources"]["Stage"]["Properties"]["RouteSettings"];
    for route in ["POST /webhooks/{source}", "POST /webhooks/{source}/{key}"] {
        assert_eq!(routes[route]["ThrottlingRateLimit"], 50, "{route}");
    }
    let functions = on["Resources"].as_object().unwrap().iter();
    let readers = functions.filter(|(_, it)| {
        it["Type"] == "AWS::Lambda::Function" && it.to_string().contains("WebhookKeySecret")
    });
    assert_eq!(readers.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["WebhooksFunction"]);
    let off = template("off").to_string();
    assert!(!off.contains("WebhookKeySecret") && !off.contains("/webhooks/"));
}

#[tokio::test]
async fn who_buys_has_it_until_the_refund_and_another_order_stays() {
    // #90
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    assert_eq!(shop.buys("1", "pro").await, "given");
    assert_eq!(shop.has().await, both(&["backer", "member"], &["gold", BACKER]));
    assert_eq!(shop.buys("2", "pro").await, "given");
    assert_eq!(shop.refunds("1").await, "taken");
    assert_eq!(shop.has().await, both(&["backer", "member"], &["gold", BACKER]), "by the other order");
    assert_eq!(shop.buys("3", "plus").await, "given");
    shop.world.pass(1);
    assert_eq!(shop.refunds("2").await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &["plus"]));
    let asked = audit::Query { what: Some(audit::What::WebhookTook), ..audit::Query::default() };
    let trail = audit::list(&shop.world.table().await, &asked, 10, None, shop.world.now()).await.unwrap();
    assert_eq!(trail.events.len(), 2);
    let event = &trail.events[0];
    assert_eq!(event.detail.name.as_deref(), Some("shop"));
    assert_eq!(event.detail.after.as_deref(), Some("plus"));
    assert!(event.whom.is_some());
    let listed = shop.says(Command::Events { name: "shop".to_owned(), dead: false }).await.unwrap();
    assert_eq!(listed.lines().count(), 5, "{listed}");
    assert!(!listed.contains(BUYER));
}

#[tokio::test]
async fn what_somebody_unknown_buys_waits_for_whoever_proves_the_address() {
    // #93
    let shop = Shop::open("standard").await;
    assert_eq!(shop.buys("1", "pro").await, "waits");
    assert_eq!(shop.buys("2", "plus").await, "waits");
    assert_eq!(shop.refunds("2").await, "taken");
    shop.world.pass(40 * 24 * 60 * 60);
    // Another who only says that it is theirs gets nothing.
    let stranger = shop.world.browser();
    let claims = json!({"sub": "stranger", "email": BUYER, "email_verified": false});
    shop.stub.sign_in(&stranger, claims, shop.world.now()).await.expect(303);
    shop.signs_in().await;
    assert_eq!(shop.has().await, both(&["backer", "member"], &["gold", BACKER]));
    assert_eq!(shop.refunds("1").await, "taken");
    assert_eq!(shop.has().await, both(&["member"], &[]));
}

/// What a program of the buyer's sends to this address of passwords.
async fn send(shop: &Shop, path: &str, body: Value, status: u16) -> Value {
    let program = shop.world.program();
    let path = format!("/users/{path}");
    let request = program.request("POST", &path).header("content-type", "application/json");
    program.send(request.body(body.to_string())).await.expect(status).json()
}

/// The token of the newest of this many mails to the buyer.
async fn token(shop: &Shop, count: usize) -> String {
    shop.world.mail(BUYER, count).await.link().split_once("?token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn what_waits_is_whose_who_proves_the_address_by_a_mail() {
    // #93: by the link and the password with which they registered, and by the link for whoever forgot theirs.
    for by_reset in [false, true] {
        let shop = Shop::open_with("standard", &[("PASSWORDS", "on")]).await;
        let (table, now) = (shop.world.table().await, shop.world.now());
        let known = json!({"email": BUYER, "password": "a horse that counts"});
        assert_eq!(shop.buys("1", "pro").await, "waits");
        send(&shop, "register", known.clone(), 202).await;
        // Whoever only wrote it down has nothing of it, also of what is bought now.
        let user = send(&shop, "login", known.clone(), 200).await["user"].clone();
        assert_eq!(shop.buys("2", "plus").await, "waits");
        let id = user["id"].as_str().unwrap();
        let before = user::find(&table, id, now).await.unwrap().unwrap();
        assert!(before.entitlements.is_empty() && before.roles == ["member"], "{before:?}");
        if by_reset {
            send(&shop, "password/forgotten", json!({"email": BUYER}), 202).await;
            let body = json!({"token": token(&shop, 2).await, "new_password": "another horse"});
            send(&shop, "password/reset", body, 200).await;
        } else {
            let body = json!({"token": token(&shop, 1).await, "password": "a horse that counts"});
            send(&shop, "password/prove", body, 200).await;
        }
        assert_eq!(shop.has().await, both(&["backer", "member"], &["gold", "plus", BACKER]), "{by_reset}");
        assert_eq!(user::holder_of(&table, BUYER, now).await.unwrap().as_deref(), Some(id));
        let found = user::search::Search { role: Some("backer".to_owned()), ..Default::default() };
        let found = user::search::search(&table, &found, 10, None, now).await.unwrap().people;
        assert_eq!(found.len(), 1, "they are in the list of the role");
        // It waits no more, and what comes of an order later is theirs too.
        assert_eq!(shop.buys("3", "plus").await, "given");
        assert_eq!(shop.refunds("1").await, "taken");
        assert_eq!(shop.refunds("2").await, "taken");
        assert_eq!(shop.has().await, both(&["member"], &["plus"]), "{by_reset}");
    }
}

#[tokio::test]
async fn the_old_secret_works_until_the_rotation_is_finished() {
    // #106
    let shop = Shop::open("standard").await;
    shop.signs_in().await;
    let rotate = |finish| Command::RotateSecret { name: "shop".to_owned(), finish, secret_from_stdin: false };
    let said = shop.says(rotate(false)).await.unwrap();
    let line = said.lines().find_map(|line| line.strip_prefix("secret")).unwrap();
    let new = Secret::new(line.trim());
    let body = |order: &str| order_body("order.paid", order, "plus", BUYER);
    shop.deliver(&shop.secret, "a", &body("1")).await.expect(200);
    shop.deliver(&new, "b", &body("2")).await.expect(200);
    shop.says(rotate(true)).await.unwrap();
    shop.deliver(&shop.secret, "c", &body("3")).await.expect(401);
    shop.deliver(&new, "d", &body("4")).await.expect(200);
    // No row has a secret in it.
    let rows = serde_json::to_string(&shop.wire.rows_of("SOURCE").await).unwrap();
    assert!(!rows.contains(new.expose()) && !rows.contains(shop.secret.expose()));
    let shown = shop.says(Command::Show { name: "shop".to_owned() }).await.unwrap();
    assert!(!shown.contains(new.expose()), "{shown}");
    // A secret that is copied into another row opens nothing.
    let mut row = shop.wire.rows_of("SOURCE").await.remove(0);
    row["pk"] = json!({"S": "SOURCE#other"});
    row["name"] = json!({"S": "other"});
    shop.wire.put("latchkey", &row).await;
    let headers = shop.scheme.sign(&new, "e", body("5").as_bytes(), shop.world.now());
    let program = shop.world.program();
    let request =
        headers.into_iter().fold(program.request("POST", "/webhooks/other"), |r, (n, v)| r.header(n, v));
    program.send(request.body(body("5"))).await.expect(401);
    shop.says(Command::Remove { name: "shop".to_owned() }).await.unwrap();
    shop.deliver(&new, "f", &body("6")).await.expect(401);
}

#[tokio::test]
async fn a_sample_says_what_the_sender_would() {
    for preset in webhook::PRESETS {
        let shop = Shop::open(preset.name).await;
        shop.signs_in().await;
        let test = Command::Test {
            name: "shop".to_owned(),
            address: BUYER.to_owned(),
            product: Some("plus".to_owned()),
            order: Some("1".to_owned()),
            print: true,
        };
        let line = shop.says(test).await.unwrap();
        assert!(line.starts_with("curl ") && line.contains(&shop.world.cloud.url), "{line}");
        let done = tokio::process::Command::new("sh").args(["-c", &line]).output().await.unwrap();
        let answer: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(answer["result"], "given", "{}", preset.name);
    }
}
