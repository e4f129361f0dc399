//! Grants and their refresh tokens behind a connection that fails.

use std::{collections::HashSet, time::Duration};

use client::{Client, Kind};
use session::{
    Error, Family, RefreshToken, Session,
    code::{self, Redeemed},
    family::{self, Rotated, Terms},
};
use store::{Batch, Connection, Row, Table};
use tests::{
    TERMS, TestGrant, World,
    database::{Fault, Wire},
};
use user::User;

const GRACE: Duration = Duration::from_secs(10);

/// A person in a browser, and a client of theirs.
struct Scene {
    wire: Wire,
    world: World,
    browser: tests::Agent,
    client: tests::TestClient,
    table: Table,
}

impl Scene {
    async fn start() -> Self {
        let wire = Wire::start().await;
        let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
        let browser = world.browser();
        browser.sign_in("ada").await.expect(303);
        let client = world.client(Kind::Web, |_| {}).await;
        let connection = Connection { table: "latchkey".to_owned(), endpoint: Some(wire.endpoint.clone()) };
        let table = Table::open(connection).await;
        Self { wire, world, browser, client, table }
    }

    async fn grant(&self) -> (Family, RefreshToken) {
        let TestGrant { family, refresh, .. } = self.world.grant(&self.client, &self.browser, &TERMS).await;
        (family, refresh.unwrap())
    }

    async fn read(&self, id: &str) -> Option<Family> {
        self.table.get::<Family>(id, self.world.now()).await.unwrap().map(Row::into_inner)
    }

    /// The refresh token that comes of this one.
    async fn renew(&self, token: &RefreshToken, grace: Duration) -> Result<Option<RefreshToken>, Error> {
        let Some(family) = self.read(token.family_id()).await else { return Ok(None) };
        match family::rotate(&self.table, &family, token, grace, self.world.now()).await? {
            Rotated::Done { token, .. } => Ok(Some(token)),
            Rotated::Reused | Rotated::Invalid => Ok(None),
        }
    }

    fn actions(&self) -> Vec<String> {
        self.wire.calls().into_iter().map(|call| call.action).collect()
    }
}

fn text(token: Option<RefreshToken>) -> Option<String> {
    token.map(|token| token.text().expose().to_owned())
}

#[tokio::test]
async fn p4_a_lost_answer_of_the_table_is_no_theft() {
    // #52, #98, P4: the renewal is written, its answer is lost, and our own second attempt finds it; even without a grace.
    let scene = Scene::start().await;
    for grace in [Duration::ZERO, GRACE] {
        let (family, mut token) = scene.grant().await;
        scene.wire.set(Fault::LoseAnswers);
        for generation in 1..=3 {
            token = scene.renew(&token, grace).await.unwrap().unwrap();
            assert_eq!(scene.read(&family.id).await.unwrap().generation, generation);
        }
        scene.wire.set(Fault::None);
        assert!(scene.renew(&token, grace).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn p4_a_lost_answer_of_a_redeemed_code_is_no_second_use() {
    // #41, #98, P4
    let scene = Scene::start().await;
    let (code, now) = (scene.world.code(&scene.client, &scene.browser).await, scene.world.now());
    scene.wire.set(Fault::LoseAnswers);
    let issued = code::issue(&scene.table, &code, now).await.unwrap();
    let (family, token) = Family::begin(&code, &TERMS, now);
    assert_eq!(code::redeem(&scene.table, &issued, &family, now).await.unwrap(), Redeemed::Done);
    assert_eq!(code::redeem(&scene.table, &issued, &family, now).await.unwrap(), Redeemed::Spent);
    assert!(family::end(&scene.table, &family.id, now).await.unwrap());
    scene.wire.set(Fault::None);
    assert!(scene.renew(&token.unwrap(), GRACE).await.unwrap().is_none());
    assert_eq!(scene.wire.rows_of("CODE").await.len(), 1);
}

#[tokio::test]
async fn a_client_that_did_not_get_its_answer_asks_again() {
    // #52, P4: the answer is lost between us and the client, or the table does not answer us in time.
    let scene = Scene::start().await;
    let (family, token) = scene.grant().await;
    let seen = scene.read(&family.id).await.unwrap();
    scene.wire.set(Fault::CutAfter(0));
    let cut = family::rotate(&scene.table, &seen, &token, GRACE, scene.world.now()).await;
    assert!(matches!(cut, Err(Error::Store(store::Error::Unavailable(_)))), "{cut:?}");
    scene.wire.set(Fault::None);
    let first = text(scene.renew(&token, GRACE).await.unwrap());
    for seconds in [0, 5, 4] {
        scene.world.pass(seconds);
        scene.actions();
        assert_eq!(text(scene.renew(&token, GRACE).await.unwrap()), first);
        assert_eq!(scene.actions(), ["GetItem"], "it is read, and not written");
    }
    // The window is over, and the client goes on.
    scene.world.pass(1000);
    let next = RefreshToken::parse(&first.unwrap()).unwrap();
    assert!(scene.renew(&next, GRACE).await.unwrap().is_some());
}

#[tokio::test]
async fn conflicts_and_throttles_of_the_table_sign_nobody_out() {
    // #99: the embedded engine has none of them.
    let scene = Scene::start().await;
    for kind in [
        "TransactionConflictException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "InternalServerError",
    ] {
        let (family, token) = scene.grant().await;
        scene.wire.set(Fault::RefuseAll("UpdateItem", kind));
        let refused = scene.renew(&token, Duration::ZERO).await;
        assert!(matches!(refused, Err(Error::Store(store::Error::Unavailable(_)))), "{kind}: {refused:?}");
        // Whoever revokes learns that it did not happen (#54).
        let ended = family::end(&scene.table, &family.id, scene.world.now()).await;
        assert!(matches!(ended, Err(Error::Store(store::Error::Unavailable(_)))), "{kind}: {ended:?}");
        scene.wire.set(Fault::None);
        assert!(scene.renew(&token, Duration::ZERO).await.unwrap().is_some(), "{kind}");
    }
}

#[tokio::test]
async fn a_code_whose_transaction_collides_can_still_be_redeemed() {
    // #41, #99: both rows are written, or none.
    let scene = Scene::start().await;
    let (code, now) = (scene.world.code(&scene.client, &scene.browser).await, scene.world.now());
    let issued = code::issue(&scene.table, &code, now).await.unwrap();
    let (family, _) = Family::begin(&code, &TERMS, now);
    scene.wire.set(Fault::RefuseAll("TransactWriteItems", "TransactionConflict"));
    let refused = code::redeem(&scene.table, &issued, &family, now).await;
    assert!(matches!(refused, Err(Error::Store(store::Error::Unavailable(_)))), "{refused:?}");
    assert!(scene.read(&code.family_id).await.is_none());
    scene.wire.set(Fault::None);
    assert_eq!(code::redeem(&scene.table, &issued, &family, now).await.unwrap(), Redeemed::Done);
    assert!(scene.read(&code.family_id).await.is_some());
}

#[tokio::test]
async fn a_renewal_is_one_write_whatever_happened_before_it() {
    // #48: the row that was in the way comes with the refusal.
    let scene = Scene::start().await;
    let (family, token) = scene.grant().await;
    let seen = scene.read(&family.id).await.unwrap();
    let mut tokens = HashSet::new();
    for n in 0..3 {
        scene.actions();
        let rotated = family::rotate(&scene.table, &seen, &token, GRACE, scene.world.now()).await.unwrap();
        let Rotated::Done { token, family } = rotated else { panic!("{n}") };
        assert_eq!((scene.actions(), family.generation), (vec!["UpdateItem".to_owned()], 1), "{n}");
        tokens.insert(token.text().expose().to_owned());
    }
    assert_eq!(tokens.len(), 1);
}

/// What ends a grant, one way or another.
#[derive(Debug, Clone, Copy)]
enum Killer {
    Revocation,
    SignOut,
    SignOutEverywhere,
    DisabledUser,
    DisabledClient,
}

impl Killer {
    async fn strike(self, scene: &Scene, family: &Family) {
        let (table, now) = (&scene.table, scene.world.now());
        let struck = match self {
            Self::Revocation => family::end(table, &family.id, now).await.unwrap(),
            Self::SignOut => {
                session::end_by_id(table, family.sid.as_deref().unwrap(), now).await.unwrap().is_some()
            }
            Self::SignOutEverywhere => {
                user::end_everywhere(table, &family.user_id, now).await.unwrap().is_some()
            }
            Self::DisabledUser => user::disable(table, &family.user_id, now).await.unwrap().is_some(),
            Self::DisabledClient => {
                client::disable(table, &family.client_id, client::manage::NOTHING, now).await.is_ok()
            }
        };
        assert!(struck, "{self:?}");
    }
}

#[tokio::test]
async fn whatever_ends_a_grant_wins_over_a_renewal_that_overlaps() {
    // #34, #35, #53, P6: the renewal has checked everything; the grant ends; then the renewal writes and answers.
    for killer in [
        Killer::Revocation,
        Killer::SignOut,
        Killer::SignOutEverywhere,
        Killer::DisabledUser,
        Killer::DisabledClient,
    ] {
        for written in [false, true] {
            let scene = Scene::start().await;
            let terms = Terms { offline: false, ..TERMS };
            let grant = scene.world.grant(&scene.client, &scene.browser, &terms).await;
            let (family, token) = (grant.family, grant.refresh.unwrap());
            let rotate = family::rotate(&scene.table, &family, &token, GRACE, scene.world.now());
            if written {
                rotate.await.unwrap();
                killer.strike(&scene, &family).await;
            } else {
                killer.strike(&scene, &family).await;
                rotate.await.unwrap();
            }
            // The access token that comes with the answer, and one from before, are dead, as the grant is for any later renewal.
            for access in [grant.access, scene.world.access_token(&family)] {
                let program = scene.world.program();
                let request = program.request("POST", "/users/verify").bearer_auth(&access);
                let answer = program.send(request).await.expect(401).json();
                assert_eq!(answer["reason"], "revoked", "{killer:?} {written}");
            }
            assert!(!scene.stands(&family).await, "{killer:?} {written}");
        }
    }
}

impl Scene {
    /// Whether the token endpoint would renew under this grant now.
    async fn stands(&self, family: &Family) -> bool {
        let now = self.world.now();
        let batch = Batch::new()
            .and::<Session>(family.sid.as_deref())
            .and::<User>(&*family.user_id)
            .and::<Client>(&*family.client_id)
            .and::<Family>(&*family.id);
        let mut rows = self.table.get_batch(batch, now).await.unwrap();
        let (session, user) =
            (rows.take::<Session>(family.sid.as_deref()), rows.take::<User>(&*family.user_id));
        let (client, family) = (rows.take::<Client>(&*family.client_id), rows.take::<Family>(&*family.id));
        let (user, client) = (user.unwrap().unwrap(), client.unwrap().unwrap());
        let session = session.map(|row| row.unwrap().into_inner());
        let stands = |family: Family| family.stands(session.as_ref(), user.epoch, client.epoch, now);
        user.is_active()
            && !client.is_disabled()
            && family.is_some_and(|row| stands(row.unwrap().into_inner()))
    }
}
