//! Groups that a provider says to the person's own access token.

use std::time::{Duration, Instant};

use oauth::Identity;
use serde_json::{Value, json};

use crate::{
    support::{
        NOW, SECRET, Settings, World, begin, status,
        stub::{Reply, Stub},
    },
    upstream::troubles,
};

/// Seconds. Who does not answer is given up when nine tenths of it are over, and the rest must be enough on a busy machine.
const PATIENCE: &str = "4";
const GOOGLES: &str = "https://www.googleapis.com/auth/cloud-identity.groups.readonly";

/// The stub as this provider, of which groups are asked or not.
fn as_provider(name: &str, stub: &Stub) -> Settings {
    Settings::default()
        .set(&format!("{name}_CLIENT_ID"), "client")
        .set(&format!("{name}_CLIENT_SECRET"), SECRET)
        .set(&format!("{name}_ISSUER"), stub.url(""))
        .endpoints(name, stub)
}

fn asking(name: &str, stub: &Stub) -> Settings {
    as_provider(name, stub)
        .set(&format!("{name}_GROUPS"), "on")
        .set(&format!("{name}_GROUPS_ENDPOINT"), stub.url("/groups"))
        .set(&format!("{name}_TIMEOUT"), PATIENCE)
}

async fn google() -> World {
    World::of("google", |stub| asking("GOOGLE", stub)).await
}

async fn entra() -> World {
    World::of("entra", |stub| asking("ENTRA", stub)).await
}

/// Somebody with a Workspace account.
async fn sign_in(world: &World) -> Identity {
    world.sign_in(|claims| claims["hd"] = "example.com".into()).await.unwrap()
}

/// What is known of somebody's groups; nothing if that is not known.
fn known(identity: &Identity) -> Option<Vec<&str>> {
    let groups = identity.upstream.get("groups").into_iter().flatten().map(String::as_str);
    (!identity.groups_unknown).then(|| groups.collect())
}

fn memberships(ids: impl IntoIterator<Item = String>, next: Option<&str>) -> Reply {
    let ids = ids.into_iter().map(|id| json!({ "groupKey": { "id": id } }));
    Reply::json(&json!({ "memberships": ids.collect::<Vec<_>>(), "nextPageToken": next.unwrap_or_default() }))
}

fn objects(ids: impl IntoIterator<Item = String>, next: Option<String>) -> Reply {
    let ids = ids.into_iter().map(|id| json!({ "@odata.type": "#microsoft.graph.group", "id": id }));
    let mut page = json!({ "@odata.context": "x", "value": ids.collect::<Vec<_>>() });
    if let Some(next) = next {
        page["@odata.nextLink"] = next.into();
    }
    let metadata = "application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8";
    Reply::text(200, metadata, &page.to_string())
}

#[tokio::test]
async fn the_groups_of_a_workspace_account_are_asked_once_with_its_own_token() {
    let world = google().await;
    world.stub.set("/groups", memberships(["Cooks@example.com".to_owned()], None));
    let begun = world.begin().await;
    assert_eq!(begun.params["scope"], format!("openid email profile {GOOGLES}"));
    let identity = sign_in(&world).await;
    assert_eq!(known(&identity), Some(vec!["cooks@example.com"]));
    let hits = world.stub.hits("/groups");
    let [hit] = hits.as_slice() else { panic!("{hits:?}") };
    assert_eq!((&*hit.method, &*hit.headers["authorization"]), ("GET", "Bearer access"));
    let url = url::Url::parse(&world.stub.url(&hit.path)).unwrap();
    let query: Vec<_> = url.query_pairs().into_owned().collect();
    let expected = [
        ("query", "member_key_id == 'ada@example.com'"),
        ("pageSize", "999"),
        ("fields", "nextPageToken,memberships/groupKey"),
    ];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    // Nothing of the token stays.
    assert!(!serde_json::to_string(&identity).unwrap().contains("\"access\""), "#103");
}

#[tokio::test]
async fn what_is_switched_off_costs_nothing() {
    for off in [None, Some("off")] {
        let world = World::of("google", |stub| match off {
            Some(off) => as_provider("GOOGLE", stub).set("GOOGLE_GROUPS", off),
            None => as_provider("GOOGLE", stub),
        })
        .await;
        let begun = world.begin().await;
        assert_eq!(begun.params["scope"], "openid email profile");
        let identity = sign_in(&world).await;
        assert_eq!(known(&identity), Some(vec![]));
        // The code, and the keys.
        assert_eq!(world.stub.all_hits(), 2);
    }
}

#[tokio::test]
async fn nobody_is_asked_about_an_account_of_no_organization_or_one_that_is_not_admitted() {
    // #20
    let world = google().await;
    assert_eq!(known(&world.sign_in(|_| ()).await.unwrap()), Some(vec![]));
    assert_eq!(world.stub.hits("/groups").len(), 0);
    let closed =
        World::of("google", |stub| asking("GOOGLE", stub).set("GOOGLE_HOSTED_DOMAIN", "company.com"));
    let closed = closed.await;
    let refused = closed.sign_in(|claims| claims["hd"] = "example.com".into()).await;
    assert_eq!((status(&refused), closed.stub.hits("/groups").len()), (403, 0));
}

#[tokio::test]
async fn entra_is_asked_for_the_groups_that_are_not_in_the_id_token() {
    let id = "7d1c9f0e-5a0e-4b7c-9c3d-0a4f4f5f2b11";
    let overage = json!({
        "_claim_names": { "groups": "src1" },
        "_claim_sources": { "src1": { "endpoint": "https://graph.windows.net/t/users/u/getMemberObjects" } },
    });
    for (claims, asked, groups) in [
        (json!({ "groups": ["in-the-token"] }), 0, vec!["in-the-token"]),
        (json!({ "groups": [] }), 0, vec![]),
        (overage, 1, vec![id]),
        (json!({ "hasgroups": true }), 1, vec![id]),
        // No group claim is configured.
        (json!({}), 1, vec![id]),
    ] {
        let world = entra().await;
        world.stub.set("/groups", objects([id.to_owned()], None));
        assert_eq!(world.begin().await.params["scope"], "openid email profile User.Read");
        let identity = world.sign_in(|all| extend(all, &claims)).await.unwrap();
        assert_eq!(known(&identity), Some(groups), "{claims}");
        let hits = world.stub.hits("/groups");
        assert_eq!(hits.len(), asked, "{claims}");
        for hit in hits {
            assert_eq!(hit.path, "/groups?%24select=id&%24count=true&%24top=999");
            assert_eq!(hit.headers["authorization"], "Bearer access");
            assert_eq!(hit.headers["consistencylevel"], "eventual");
        }
    }
}

fn extend(claims: &mut Value, more: &Value) {
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
}

#[tokio::test]
async fn ten_thousand_groups_are_known() {
    let page = |number: usize| (0..999.min(10_000 - number * 999)).map(move |n| format!("{number}-{n}"));
    let world = google().await;
    world.stub.set("/groups", memberships(page(0), Some("1")));
    let base = "/groups?query=member_key_id+%3D%3D+%27ada%40example.com%27&pageSize=999\
                &fields=nextPageToken%2Cmemberships%2FgroupKey&pageToken=";
    for number in 1..=10 {
        let next = (number < 10).then(|| (number + 1).to_string());
        world.stub.set(&format!("{base}{number}"), memberships(page(number), next.as_deref()));
    }
    let identity = sign_in(&world).await;
    assert_eq!(known(&identity).map(|all| all.len()), Some(10_000));
    assert_eq!(world.stub.hits("/groups").len(), 11);
    let world = entra().await;
    let at = |number: usize| world.stub.url(&format!("/groups?%24skiptoken={number}"));
    world.stub.set("/groups", objects(page(0), Some(at(1))));
    for number in 1..=10 {
        let next = (number < 10).then(|| at(number + 1));
        world.stub.set(&format!("/groups?%24skiptoken={number}"), objects(page(number), next));
    }
    let identity = world.sign_in(|_| ()).await.unwrap();
    assert_eq!(known(&identity).map(|all| all.len()), Some(10_000));
    assert_eq!(world.stub.hits("/groups").len(), 11);
}

#[tokio::test]
async fn pages_without_end_are_given_up() {
    // #72
    let world = google().await;
    world.stub.set("/groups", memberships(["cooks@example.com".to_owned()], Some("again")));
    assert_eq!(known(&sign_in(&world).await), None);
    assert_eq!(world.stub.hits("/groups").len(), 12);
    let world = entra().await;
    world.stub.set("/groups", objects(["1".to_owned()], Some(world.stub.url("/groups?x"))));
    assert_eq!(known(&world.sign_in(|_| ()).await.unwrap()), None);
    assert_eq!(world.stub.hits("/groups").len(), 12);
}

#[tokio::test]
async fn the_token_goes_to_no_other_host() {
    // #71
    let canary = Stub::start().await;
    let port = canary.address.port();
    for next in [
        canary.url("/groups"),
        format!("http://localhost:{port}/groups"),
        format!("https://127.0.0.1:{port}/groups"),
        "https://graph.microsoft.com.evil.example/v1.0/me".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "data:application/json,{}".to_owned(),
        "//evil.example/".to_owned(),
        String::new(),
    ] {
        let world = entra().await;
        world.stub.set("/groups", objects(["1".to_owned()], Some(next.clone())));
        assert_eq!(known(&world.sign_in(|_| ()).await.unwrap()), None, "{next}");
        assert_eq!(world.stub.hits("/groups").len(), 1, "{next}");
    }
    // Nor by an address that names the host for a user, which is none that may be called.
    let world = entra().await;
    let with_user = world.stub.url("/groups?more").replace("http://", "http://eve@");
    world.stub.set("/groups", objects(["1".to_owned()], Some(with_user)));
    assert_eq!(known(&world.sign_in(|_| ()).await.unwrap()), None);
    assert_eq!((world.stub.hits("/groups").len(), canary.all_hits()), (1, 0));
}

#[tokio::test]
async fn groups_that_cannot_be_asked_are_unknown_and_the_sign_in_goes_on() {
    // #11, #72, #101, P10
    let canary = Stub::start().await;
    let more = [401, 403, 429].map(|status| ("another status", Reply::status(status), 0));
    let page = objects(["1".to_owned()], None);
    let late = Reply::Late(Duration::from_millis(3800), Box::new(page));
    let mut running = Vec::new();
    for (what, reply, _) in troubles(&canary).into_iter().chain(more).chain([("late", late, 0)]) {
        let world = entra().await;
        running.push(tokio::spawn(async move {
            world.stub.set("/groups", reply);
            let started = Instant::now();
            let identity = world.sign_in(|_| ()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!((known(&identity), &*identity.subject), (None, "person-1"), "{what}");
            assert!(started.elapsed() < Duration::from_secs(10), "{what}");
            assert_eq!(world.stub.hits("/groups").len(), 1, "{what}: it is asked once");
            world.stub.set("/groups", objects(["1".to_owned()], None));
            let identity = world.sign_in(|_| ()).await.unwrap();
            assert_eq!(known(&identity), Some(vec!["1"]), "{what}: the next sign-in");
        }));
    }
    for done in running {
        done.await.unwrap();
    }
    assert_eq!(canary.all_hits(), 0);
}

#[tokio::test]
async fn groups_cannot_be_asked_of_anyone_who_has_no_place_for_it() {
    // #102: of somebody who stands in for a provider, only where the settings say.
    let stub = Stub::start().await;
    let table = crate::support::table().await;
    for (names, settings, said) in [
        (
            "google",
            as_provider("GOOGLE", &stub).set("GOOGLE_GROUPS", "on"),
            "GOOGLE_GROUPS_ENDPOINT is not set",
        ),
        ("okta", as_provider("OKTA", &stub).set("OKTA_GROUPS", "on"), "only google and entra"),
        ("google", as_provider("GOOGLE", &stub).set("GOOGLE_GROUPS", "maybe"), "must be on or off"),
    ] {
        let error = settings.load(names, None, &table).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let real = Settings::default()
        .set("GOOGLE_CLIENT_ID", "client")
        .set("GOOGLE_CLIENT_SECRET", "0123456789abcdef-secret")
        .set("GOOGLE_GROUPS", "on")
        .set("GOOGLE_SCOPES", format!("openid email {GOOGLES}"));
    let providers = real.load("google", None, &table).unwrap();
    let begun = begin(providers.only().unwrap(), NOW).await.unwrap();
    assert_eq!(begun.params["scope"], format!("openid email {GOOGLES}"), "once");
}
