//! What becomes of a client after it is registered.

use client::{
    Api, ApiScope, Client, Kind, NewApi, Presented, Status, add, add_api, disable, enable, find,
    manage::NOTHING, remove, rotate_secret,
};
use oauth::{Scope, Secret, Time};

use crate::{ENDPOINT, NOW, find_api, form, new, support::Database};

/// A moment later.
const LATER: Time = Time::from_epoch(NOW.epoch() + 3600);

async fn works(database: &Database, id: &str, secret: &Secret, now: Time) -> bool {
    let form = form(&[("client_id", id), ("client_secret", secret.expose())]);
    let client = find(&database.table, id, now).await.unwrap();
    Presented::read(None, &form).unwrap().verify(client.as_ref(), &ENDPOINT, now).is_ok()
}

async fn registered(database: &Database) -> (Client, Secret) {
    let (client, secret) = add(&database.table, &new(Kind::Web), NOTHING, NOW).await.unwrap();
    (client, secret.unwrap())
}

#[tokio::test]
async fn two_secrets_work_while_one_replaces_the_other() {
    // #91
    let database = Database::start().await;
    let (client, first) = registered(&database).await;
    let rotate =
        async |finish| rotate_secret(&database.table, &client.id, finish, NOTHING, LATER).await.unwrap();
    let working = async |secrets: &[&Secret]| {
        let mut working = Vec::new();
        for secret in secrets {
            working.push(works(&database, &client.id, secret, LATER).await);
        }
        working
    };
    let second = rotate(false).await.unwrap();
    assert_eq!(working(&[&first, &second]).await, [true, true]);
    let third = rotate(false).await.unwrap();
    assert_eq!(working(&[&first, &second, &third]).await, [false, true, true]);
    assert!(rotate(true).await.is_none());
    assert_eq!(working(&[&first, &second, &third]).await, [false, false, true]);
    let row = find(&database.table, &client.id, LATER).await.unwrap().unwrap();
    assert_eq!((row.epoch, row.secrets.len()), (client.epoch, 1), "nobody is signed out by it");
    let (spa, _) = add(&database.table, &new(Kind::Spa), NOTHING, NOW).await.unwrap();
    assert!(
        rotate_secret(&database.table, &spa.id, false, NOTHING, NOW).await.is_err(),
        "a public client has none"
    );
}

#[tokio::test]
async fn a_disabled_client_is_out_at_once_and_what_it_had_stays_dead() {
    // #35
    let database = Database::start().await;
    let (client, secret) = registered(&database).await;
    disable(&database.table, &client.id, NOTHING, NOW).await.unwrap();
    assert!(!works(&database, &client.id, &secret, NOW).await);
    assert_eq!(find(&database.table, &client.id, NOW).await.unwrap(), None);
    enable(&database.table, &client.id, NOTHING, NOW).await.unwrap();
    assert!(works(&database, &client.id, &secret, NOW).await);
    let row = find(&database.table, &client.id, NOW).await.unwrap().unwrap();
    assert_eq!(row, Client { epoch: client.epoch + 1, ..client.clone() });
}

#[tokio::test]
async fn a_removed_client_is_dead_and_its_name_begins_anew() {
    // #35: the row that is left revokes what a removed client still has.
    let database = Database::start().await;
    let mut wanted = new(Kind::Web);
    wanted.id = Some("shop".to_owned());
    let (client, secret) = add(&database.table, &wanted, NOTHING, NOW).await.unwrap();
    remove(&database.table, "shop", NOTHING, NOW).await.unwrap();
    assert!(!works(&database, "shop", &secret.unwrap(), NOW).await);
    assert_eq!(client::get(&database.table, "shop", LATER).await.unwrap(), None);
    let row = database.table.get::<Client>("shop", LATER).await.unwrap().unwrap();
    assert!(row.is_disabled() && row.status == Status::Removed && row.secrets.is_empty());
    for again in [
        remove(&database.table, "shop", NOTHING, NOW).await,
        enable(&database.table, "shop", NOTHING, NOW).await,
    ] {
        assert!(again.unwrap_err().to_string().contains("there is no"));
    }
    assert!(
        add(&database.table, &wanted, NOTHING, LATER).await.is_err(),
        "for as long as a token of it may live"
    );
    let much_later = Time::from_epoch(NOW.epoch() + 7201);
    let (new, _) = add(&database.table, &wanted, NOTHING, much_later).await.unwrap();
    assert_ne!(new.epoch, client.epoch);
    assert_eq!(client::list(&database.table, much_later).await.unwrap(), (vec![new], Vec::new()));
}

#[tokio::test]
async fn nothing_is_done_to_a_client_that_is_not_there() {
    let database = Database::start().await;
    for id in ["nobody", "", "a b", &"x".repeat(5000)] {
        for result in [
            disable(&database.table, id, NOTHING, NOW).await,
            enable(&database.table, id, NOTHING, NOW).await,
            remove(&database.table, id, NOTHING, NOW).await,
            rotate_secret(&database.table, id, false, NOTHING, NOW).await.map(drop),
            client::disable_api(&database.table, id, NOTHING, NOW).await,
            client::remove_api(&database.table, id, NOTHING, NOW).await,
        ] {
            assert!(result.unwrap_err().to_string().contains("there is no"), "{id}");
        }
        assert_eq!(find(&database.table, id, NOW).await.unwrap(), None);
    }
    assert!(database.rows().is_empty());
}

#[tokio::test]
async fn lists_have_all_clients_and_all_apis() {
    let database = Database::start().await;
    let mut ids = Vec::new();
    for at in 0..3 {
        let now = Time::from_epoch(NOW.epoch() + at);
        ids.push(add(&database.table, &new(Kind::Spa), NOTHING, now).await.unwrap().0.id);
    }
    disable(&database.table, &ids[1], NOTHING, NOW).await.unwrap();
    let (listed, _) = client::list(&database.table, NOW).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|client| (client.id.as_str(), client.is_disabled())).collect();
    assert_eq!(listed, [(&*ids[0], false), (&*ids[1], true), (&*ids[2], false)]);
    let own = Api::own("https://id.example.com", &Scope::default());
    for name in ["b", "a"] {
        let new = NewApi {
            audience: format!("https://{name}.example.com/"),
            name: name.to_owned(),
            scopes: vec![ApiScope { name: format!("{name}:read"), consent: true }],
            access_token_alg: jose::Algorithm::Rs256,
        };
        add_api(&database.table, &new, &own, NOTHING, NOW).await.unwrap();
    }
    let apis = client::apis(&database.table, NOW).await.unwrap();
    let audiences: Vec<_> = apis.iter().map(|api| api.audience.as_str()).collect();
    assert_eq!(audiences, ["https://a.example.com/", "https://b.example.com/"]);
    client::disable_api(&database.table, "https://a.example.com", NOTHING, NOW).await.unwrap();
    assert_eq!(find_api(&database.table, "https://a.example.com", NOW).await.unwrap(), None);
    client::enable_api(&database.table, "https://a.example.com/", NOTHING, NOW).await.unwrap();
    assert!(find_api(&database.table, "https://a.example.com", NOW).await.unwrap().is_some());
    client::remove_api(&database.table, "https://a.example.com", NOTHING, NOW).await.unwrap();
    assert_eq!(client::apis(&database.table, NOW).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_shuts_its_client_out_and_can_be_removed() {
    // #78
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Broken {
        status: String,
        auth: u8,
    }
    impl store::Record for Broken {
        const KIND: &'static str = "CLIENT";
        const LIST: Option<&'static str> = Some("CLIENTS");
        fn expires_at(&self) -> Option<i64> {
            None
        }
    }
    let database = Database::start().await;
    let broken = Broken { status: "active".to_owned(), auth: 1 };
    assert!(database.table.create("broken", &broken, NOW).await.unwrap());
    let (client, _) = registered(&database).await;
    assert_eq!(find(&database.table, "broken", NOW).await.unwrap(), None);
    assert_eq!(client::list(&database.table, NOW).await.unwrap(), (vec![client], vec!["broken".to_owned()]));
    disable(&database.table, "broken", NOTHING, NOW).await.unwrap();
    remove(&database.table, "broken", NOTHING, NOW).await.unwrap();
    let row = database.table.get::<Client>("broken", NOW).await.unwrap().unwrap();
    assert!(row.is_disabled());
}
