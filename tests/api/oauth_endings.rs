//! Whatever ends what a client has of a person ends it at once, in every order of requests to the endpoints.

use std::collections::BTreeSet;

use authorization::Consent;
use client::{Kind, NewClient};
use serde_json::Value;
use tests::{
    TestClient, World,
    database::Wire,
    oauth::{Ask, Person},
};
use tokio::sync::Notify;

/// What ends something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Killer {
    /// `POST /oauth/revoke`: this grant.
    Revocation,
    /// `POST /users/logout`: what is not offline, in this session.
    SignOut,
    /// All of the person's.
    Everywhere,
    DisabledUser,
    DisabledClient,
    /// The code of this grant comes again.
    Replay,
    /// Its refresh token comes again, after the grace.
    Reuse,
    /// The person takes away what they agreed to, at `/account`.
    Removal,
}

impl Killer {
    /// Whether it ends this grant and no other.
    fn ends_one(self) -> bool {
        matches!(self, Self::Revocation | Self::Replay | Self::Reuse)
    }
}

const KILLERS: [Killer; 8] = [
    Killer::Revocation,
    Killer::SignOut,
    Killer::Everywhere,
    Killer::DisabledUser,
    Killer::DisabledClient,
    Killer::Replay,
    Killer::Reuse,
    Killer::Removal,
];

/// What a client does meanwhile, and the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Redeems a code that it has had since before.
    Redeem,
    /// Renews its tokens.
    Refresh,
    End,
}

/// A client of a person's, which has tokens and a code of the same session.
struct Scene<'a> {
    world: &'a World,
    client: TestClient,
    person: Person,
    tokens: Value,
    /// The code from which the tokens are.
    redeemed: Ask,
    code: Ask,
    /// The form that takes the access away.
    removal: String,
}

impl<'a> Scene<'a> {
    /// A grant that dies with its session and rests on a consent, so that each killer ends it.
    async fn start(world: &'a World) -> Self {
        let name = format!("App {}", &oauth::Secret::random().expose()[..8]);
        let wanted = |new: &mut NewClient| (new.name, new.consent) = (name.clone(), true);
        let client = world.client(Kind::Spa, wanted).await;
        let person = world.person("ada").await;
        let consent = Consent {
            user_id: person.session.user_id.clone(),
            client_id: client.id.clone(),
            scope: oauth::server::OPENID_SCOPES.join(" ").parse().unwrap(),
            resources: BTreeSet::new(),
            agreed_at: world.now(),
        };
        let id = Consent::id(&consent.user_id, &consent.client_id);
        assert!(world.table().await.create(&id, &consent, world.now()).await.unwrap());
        let first = world.fresh_code(&client, &person, |code| code.consented = Some(true)).await;
        let redeemed = world.redeeming(&client, &first);
        let tokens = redeemed.send(world).await.expect(200).json();
        let code = world.fresh_code(&client, &person, |code| code.consented = Some(true)).await;
        let code = world.redeeming(&client, &code);
        let page = person.browser.get("/account").await.expect(200);
        let removal = page.field_before("request", &format!("aria-label=\"Remove access of {name}\""));
        Self { world, client, person, tokens, redeemed, code, removal }
    }

    /// What came of it, if it came to something.
    async fn redeem(&self) -> Option<Value> {
        answered(self.code.send(self.world).await)
    }

    async fn refresh(&self) -> Option<Value> {
        let token = self.tokens["refresh_token"].as_str().unwrap();
        answered(self.world.refreshing(&self.client, token).send(self.world).await)
    }

    async fn end(&self, killer: Killer) {
        let (table, now) = (self.world.table().await, self.world.now());
        let id = &self.person.session.user_id;
        match killer {
            Killer::Revocation => {
                let token = self.tokens["refresh_token"].as_str().unwrap();
                let ask = Ask::of(&self.client, "/oauth/revoke", &[("token", token)]);
                ask.send(self.world).await.expect(200);
            }
            Killer::SignOut => drop(self.person.browser.form("/users/logout", &[]).await.expect(303)),
            Killer::Everywhere => assert!(user::end_everywhere(&table, id, now).await.unwrap().is_some()),
            Killer::DisabledUser => assert!(user::disable(&table, id, now).await.unwrap().is_some()),
            Killer::DisabledClient => {
                client::disable(&table, &self.client.id, client::manage::NOTHING, now).await.unwrap()
            }
            Killer::Replay => assert!(answered(self.redeemed.send(self.world).await).is_none()),
            Killer::Removal => {
                let form = [("request", &*self.removal)];
                self.person.browser.form("/account", &form).await.expect(303);
            }
            Killer::Reuse => {
                self.refresh().await;
                self.world.pass(11);
                assert!(self.refresh().await.is_none());
            }
        }
    }

    /// Whether a token is of use.
    async fn lives(&self, tokens: &Value) -> bool {
        let token = tokens["access_token"].as_str().unwrap();
        let answer = self.world.program().bearer("/oauth/userinfo", token).await;
        assert!([200, 401].contains(&answer.status), "{answer:?}");
        answer.status == 200
    }

    /// The person is there again for the next scene, and what is left of this one is not.
    async fn after(self, killer: Killer) {
        let (table, now, user) = (self.world.table().await, self.world.now(), &self.person.session.user_id);
        Consent::remove(&table, user, &self.client.id, now).await.unwrap();
        session::grants::end_of_client(&table, user, &self.client.id, now).await.unwrap();
        if killer == Killer::DisabledUser {
            let change = store::Change::new().set(user::User::STATUS, &user::Status::Active);
            table.update::<user::User>(user, change, now).await.unwrap();
        }
    }
}

/// The tokens, or nothing; and never anything but a refusal in place of them.
fn answered(answer: tests::Answer) -> Option<Value> {
    assert!([200, 400, 401].contains(&answer.status), "{answer:?}");
    (answer.status == 200).then(|| answer.json())
}

fn orders() -> Vec<[Step; 3]> {
    use Step::{End, Redeem, Refresh};
    let all = [Redeem, Refresh, End];
    let mut orders = Vec::new();
    for first in all {
        for second in all.into_iter().filter(|step| *step != first) {
            let last = all.into_iter().find(|step| *step != first && *step != second).unwrap();
            orders.push([first, second, last]);
        }
    }
    orders
}

#[tokio::test]
async fn in_every_order_nothing_that_was_ended_gives_or_keeps_a_token() {
    // #34, #35, #53, P6
    let world = World::start().await;
    for killer in KILLERS {
        for order in orders() {
            let scene = Scene::start(&world).await;
            assert!(scene.lives(&scene.tokens).await, "{killer:?} {order:?}");
            // The other code begins another grant.
            let spares = |step| killer.ends_one() && step == Step::Redeem;
            let (mut minted, mut ended) = (Vec::new(), false);
            for step in order {
                let tokens = match step {
                    Step::Redeem => scene.redeem().await,
                    Step::Refresh => scene.refresh().await,
                    Step::End => {
                        scene.end(killer).await;
                        ended = true;
                        continue;
                    }
                };
                assert_eq!(tokens.is_some(), !ended || spares(step), "{killer:?} {order:?}: {step:?}");
                minted.extend(tokens.map(|tokens| (step, tokens)));
            }
            assert!(!scene.lives(&scene.tokens).await, "{killer:?} {order:?}");
            for (step, tokens) in minted {
                assert_eq!(scene.lives(&tokens).await, spares(step), "{killer:?} {order:?}: {step:?}");
            }
            scene.after(killer).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_that_overlap_with_an_end_none_leaves_a_token_that_lives() {
    // #34, #35, #53, P6: as they come; what began before the end was told may answer, and its token is dead.
    let world = World::start().await;
    for killer in KILLERS {
        for round in 0..8 {
            let scene = Scene::start(&world).await;
            let (redeemed, refreshed, again, ()) =
                tokio::join!(scene.redeem(), scene.refresh(), scene.refresh(), scene.end(killer));
            let of_the_grant = [refreshed, again, Some(scene.tokens.clone())];
            let ends_all = !killer.ends_one();
            for tokens in of_the_grant.into_iter().flatten().chain(redeemed.filter(|_| ends_all)) {
                assert!(!scene.lives(&tokens).await, "{killer:?} {round}");
                let renewing = tokens["refresh_token"].as_str();
                let renewed = renewing.map(|token| world.refreshing(&scene.client, token));
                let renewed = renewed.expect("each answer has one").send(&world).await;
                assert!(answered(renewed).is_none(), "{killer:?} {round}");
            }
            // Nothing that begins later comes to anything.
            assert!(scene.refresh().await.is_none(), "{killer:?} {round}");
            assert!(!ends_all || scene.redeem().await.is_none(), "{killer:?} {round}");
            scene.after(killer).await;
        }
    }
}

/// The orders in which three calls of one and so many of another can come: the one, where it is `true`.
fn interleavings(others: u32) -> Vec<Vec<bool>> {
    let all = (0_u32..1 << (3 + others)).filter(|bits| bits.count_ones() == 3);
    all.map(|bits| (0..3 + others).map(|at| bits & (1 << at) != 0).collect()).collect()
}

#[tokio::test]
async fn however_the_calls_of_two_requests_interleave_the_end_wins() {
    // #34, #35, #53, P6: each call to the table waits for its turn, in every order of turns.
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    for (step, killer, function, calls) in [
        (Step::Refresh, Killer::Revocation, "oauth-revoke", 3),
        (Step::Refresh, Killer::SignOut, "users-logout", 3),
        (Step::Redeem, Killer::SignOut, "users-logout", 3),
        // The session, the person, the consent; the list, the grants, and one that is ended.
        (Step::Redeem, Killer::Removal, "account", 6),
        (Step::Refresh, Killer::Removal, "account", 6),
    ] {
        let (mut minted, mut refused) = (0, 0);
        for order in interleavings(calls) {
            let scene = Scene::start(&world).await;
            let turns = wire.hold(&["oauth-token", function]);
            let (client_is_done, end_is_done) = (Notify::new(), Notify::new());
            let client = async {
                let tokens = match step {
                    Step::Redeem => scene.redeem().await,
                    Step::Refresh | Step::End => scene.refresh().await,
                };
                client_is_done.notify_one();
                tokens
            };
            let end = async {
                scene.end(killer).await;
                end_is_done.notify_one();
            };
            let schedule = async {
                for first in order.clone() {
                    let (name, done) =
                        if first { ("oauth-token", &client_is_done) } else { (function, &end_is_done) };
                    tokio::select! {
                        () = turns.next(name) => {}
                        // It calls no more; the next to look must see that as well.
                        () = done.notified() => done.notify_one(),
                    }
                }
                turns.all();
            };
            let (tokens, (), ()) = tokio::join!(client, end, schedule);
            wire.hold(&[]);
            match tokens {
                Some(tokens) => {
                    minted += 1;
                    assert!(!scene.lives(&tokens).await, "{step:?} {killer:?} {order:?}");
                }
                None => refused += 1,
            }
            assert!(!scene.lives(&scene.tokens).await, "{step:?} {killer:?} {order:?}");
            assert!(scene.refresh().await.is_none(), "{step:?} {killer:?} {order:?}");
            assert!(killer.ends_one() || scene.redeem().await.is_none(), "{step:?} {killer:?} {order:?}");
            scene.after(killer).await;
        }
        assert!(minted > 0 && refused > 0, "{step:?} {killer:?}: {minted} {refused}");
    }
}
