//! Whatever ends what a client has of a person ends what it gets by an exchange and by a device code too, also where both overlap.

use client::{Kind, NewClient};
use oauth::server::{GrantType, TokenType};
use serde_json::Value;
use tests::{
    TestClient, World,
    oauth::{Ask, Person},
};

/// How a client gets tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// An access token of its own, for another of the same grant.
    Exchange,
    /// A device code to which the person has agreed.
    Device,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Killer {
    SignOut,
    Everywhere,
    DisabledUser,
    DisabledClient,
    /// The grant whose token is exchanged.
    Revocation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    GrantFirst,
    EndFirst,
    AtOnce,
}

struct Scene<'a> {
    world: &'a World,
    client: TestClient,
    person: Person,
    /// An access token of a grant that dies with its session.
    token: String,
    ask: Ask,
}

impl<'a> Scene<'a> {
    async fn start(world: &'a World, way: Way) -> Self {
        let wanted = |new: &mut NewClient| {
            new.grants.extend([GrantType::TokenExchange, GrantType::DeviceCode]);
            new.scope = "openid profile email".parse().unwrap();
        };
        // So that the codes that are entered are never too many.
        world.pass(600);
        let client = world.client(Kind::Web, wanted).await;
        let person = world.person("ada").await;
        let code = world.fresh_code(&client, &person, |code| code.scope = "openid".parse().unwrap()).await;
        let tokens = world.redeeming(&client, &code).send(world).await.expect(200).json();
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        let ask = match way {
            Way::Exchange => {
                let fields = [
                    ("grant_type", GrantType::TokenExchange.as_str()),
                    ("subject_token", &*token),
                    ("subject_token_type", TokenType::AccessToken.as_str()),
                ];
                Ask::of(&client, "/oauth/token", &fields)
            }
            Way::Device => {
                let codes = world.codes(&client, &[("scope", "openid")]).await;
                person.browser.allow_device(&codes).await;
                world.polling(&client, &codes)
            }
        };
        Self { world, client, person, token, ask }
    }

    /// What came of it, if it came to something.
    async fn get(&self) -> Option<Value> {
        let answer = self.ask.send(self.world).await;
        assert!([200, 400, 401].contains(&answer.status), "{answer:?}");
        (answer.status == 200).then(|| answer.json())
    }

    async fn end(&self, killer: Killer) {
        let (table, now) = (self.world.table().await, self.world.now());
        let id = &self.person.session.user_id;
        match killer {
            Killer::SignOut => drop(self.person.browser.form("/users/logout", &[]).await.expect(303)),
            Killer::Everywhere => assert!(user::end_everywhere(&table, id, now).await.unwrap().is_some()),
            Killer::DisabledUser => assert!(user::disable(&table, id, now).await.unwrap().is_some()),
            Killer::DisabledClient => {
                client::disable(&table, &self.client.id, client::manage::NOTHING, now).await.unwrap()
            }
            Killer::Revocation => {
                let ask = Ask::of(&self.client, "/oauth/revoke", &[("token", &self.token)]);
                ask.send(self.world).await.expect(200);
            }
        }
    }

    async fn lives(&self, token: &str) -> bool {
        let answer = self.world.program().bearer("/oauth/userinfo", token).await;
        assert!([200, 401].contains(&answer.status), "{answer:?}");
        answer.status == 200
    }

    /// The person is there again for the next scene.
    async fn after(self) {
        let change = store::Change::new().set(user::User::STATUS, &user::Status::Active);
        let (table, now) = (self.world.table().await, self.world.now());
        table.update::<user::User>(&self.person.session.user_id, change, now).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_exchange_or_a_device_gets_does_not_outlive_what_ends_it() {
    // #34, #35, #53, P6
    let world = World::start().await;
    let common = [Killer::SignOut, Killer::Everywhere, Killer::DisabledUser, Killer::DisabledClient];
    let orders = [&[Order::GrantFirst, Order::EndFirst][..], &[Order::AtOnce; 6]].concat();
    for way in [Way::Exchange, Way::Device] {
        let own = [Killer::Revocation].into_iter().filter(|_| way == Way::Exchange);
        for killer in common.into_iter().chain(own) {
            for (round, order) in orders.iter().enumerate() {
                let scene = Scene::start(&world, way).await;
                assert!(scene.lives(&scene.token).await, "{way:?} {killer:?} {order:?}");
                let got = match order {
                    Order::GrantFirst => {
                        let got = scene.get().await;
                        assert!(got.is_some(), "{way:?} {killer:?}");
                        scene.end(killer).await;
                        got
                    }
                    Order::EndFirst => {
                        scene.end(killer).await;
                        let got = scene.get().await;
                        assert!(got.is_none(), "{way:?} {killer:?}: {got:?}");
                        got
                    }
                    Order::AtOnce => tokio::join!(scene.get(), scene.end(killer)).0,
                };
                for token in got.iter().map(|got| got["access_token"].as_str().unwrap()) {
                    assert!(!scene.lives(token).await, "{way:?} {killer:?} {order:?} {round}");
                }
                assert!(!scene.lives(&scene.token).await, "{way:?} {killer:?} {order:?} {round}");
                assert!(scene.get().await.is_none(), "{way:?} {killer:?} {order:?} {round}");
                scene.after().await;
            }
        }
    }
}
