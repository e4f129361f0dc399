//! `POST /oauth/token`: services that prove who they are by a token of the platform on which they run.

use client::{Client, Kind, Workload};
use forge::Key;
use oauth::server::ClientAuth;
use serde_json::{Value, json};
use tests::{
    TestClient, World,
    database::{Call, Wire},
    oauth::{Ask, claims},
    platform::Platform,
};

const API: &str = "https://pets.example.com";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ROLE: &str = "arn:aws:iam::123456789012:role/importer";

/// A service that is these workloads.
async fn service(world: &World, workloads: &[String]) -> TestClient {
    let workloads = workloads.iter().map(|workload| Workload::parse(workload).unwrap()).collect();
    world
        .client(Kind::Service, |new| {
            new.auth = vec![ClientAuth::PrivateKeyJwt];
            new.workloads = workloads;
            new.audiences = vec![API.to_owned()];
            new.default_audience = Some(API.to_owned());
            new.scope = "pets:read".parse().unwrap();
            new.default_scope = "pets:read".parse().unwrap();
        })
        .await
}

async fn github_job(world: &World, github: &Platform) -> TestClient {
    world.api(API, &["pets:read"]).await;
    let rule =
        format!("github:issuer={},repository_id=74,environment=prod,ref=refs/heads/main", github.issuer);
    service(world, &[rule]).await
}

/// The claims of a job that is that workload.
fn job(world: &World, github: &Platform) -> Value {
    let now = world.now().epoch();
    json!({
        "iss": github.issuer, "aud": world.cloud.url, "sub": "repo:octo-org/octo-repo:environment:prod",
        "jti": oauth::Secret::random(), "iat": now, "nbf": now - 300, "exp": now + 300,
        "repository": "octo-org/octo-repo", "repository_id": "74", "repository_owner_id": "65",
        "environment": "prod", "ref": "refs/heads/main", "event_name": "push", "ref_type": "branch",
    })
}

/// The request of a service that shows this token of its platform.
fn ask(client: &TestClient, token: &str) -> Ask {
    let fields =
        [("grant_type", "client_credentials"), ("client_assertion_type", TYPE), ("client_assertion", token)];
    Ask::of(client, "/oauth/token", &fields)
}

/// What the function asked of the table.
fn actions(calls: &[Call]) -> Vec<&str> {
    let counts = |call: &&Call| call.function == "oauth-token" && !call.is_look_at_rights();
    calls.iter().filter(counts).map(|call| call.action.as_str()).collect()
}

#[tokio::test]
async fn a_job_gets_a_token_and_nobody_has_a_secret() {
    // #46, #57
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let github = Platform::start().await;
    let client = github_job(&world, &github).await;
    assert_eq!(client.secret, "");
    let token = github.token(&job(&world, &github));
    let answer = ask(&client, &token).send(&world).await.expect(200).json();
    let issued = claims(answer["access_token"].as_str().unwrap());
    assert_eq!((&issued["sub"], &issued["client_id"]), (&json!(client.id), &json!(client.id)));
    assert_eq!((&issued["aud"], &issued["scope"]), (&json!(API), &json!("pets:read")));
    // The keys are fetched once for all: then it is the calls of any service, and one that makes the token count once.
    wire.calls();
    ask(&client, &github.token(&job(&world, &github))).send(&world).await.expect(200);
    assert_eq!(actions(&wire.calls()), ["BatchGetItem", "PutItem", "BatchGetItem"]);
    assert_eq!((github.hits("/.well-known/openid-configuration"), github.hits("/keys")), (1, 1));
}

#[tokio::test]
async fn each_platform_proves_its_workloads() {
    let world = World::start().await;
    let platform = Platform::start().await;
    world.api(API, &["pets:read"]).await;
    let issuer = &platform.issuer;
    let client = service(
        &world,
        &[
            format!("github:issuer={issuer},repository_id=74,ref=refs/heads/main"),
            format!("aws:issuer={issuer},role={ROLE}"),
            format!("kubernetes:issuer={issuer},namespace=shop,service_account=importer"),
        ],
    )
    .await;
    let now = world.now().epoch();
    let aws = json!({
        "iss": issuer, "aud": world.cloud.url, "sub": ROLE, "iat": now, "exp": now + 300, "jti": "a-jti",
        "https://sts.amazonaws.com/": {"aws_account": "123456789012", "source_region": "eu-west-1"},
    });
    let pod = json!({
        "iss": issuer, "aud": [world.cloud.url], "sub": "system:serviceaccount:shop:importer", "iat": now,
        "nbf": now, "exp": now + 3600, "jti": "b-jti",
        "kubernetes.io": {"namespace": "shop", "serviceaccount": {"name": "importer", "uid": "14ee3fa4"}},
    });
    for claims in [job(&world, &platform), aws, pod.clone()] {
        ask(&client, &platform.token(&claims)).send(&world).await.expect(200);
    }
    // A file in a pod is read by every process of it, until another takes its place.
    let token = platform.token(&pod);
    for _ in 0..3 {
        ask(&client, &token).send(&world).await.expect(200);
    }
}

#[tokio::test]
async fn nobody_else_is_that_job() {
    // #14, #17, #60, #61, #62, #63, #64, #66, #92
    let world = World::start().await;
    let github = Platform::start().await;
    let client = github_job(&world, &github).await;
    let now = world.now().epoch();
    for (name, value) in [
        ("aud", json!("https://github.com/octo-org")),
        ("aud", json!(format!("{}/oauth/token", world.cloud.url))),
        ("aud", json!([world.cloud.url, "https://other.example.com"])),
        ("aud", json!([])),
        ("aud", json!(null)),
        ("repository_id", json!("75")),
        ("repository_id", json!(74)),
        ("environment", json!("staging")),
        ("ref", json!("refs/heads/topic")),
        ("ref", json!("refs/pull/1/merge")),
        ("event_name", json!("pull_request")),
        ("event_name", json!("pull_request_target")),
        ("sub", json!("repo:octo-org/octo-repo:pull_request")),
        ("iss", json!("https://token.actions.githubusercontent.com")),
        ("iss", json!(format!("{}/", github.issuer))),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!(now + 3631)),
        ("exp", json!(null)),
        ("iat", json!(now + 31)),
        ("nbf", json!(now + 31)),
        ("jti", json!(null)),
        ("jti", json!("")),
    ] {
        let mut claims = job(&world, &github);
        claims[name] = value.clone();
        let answer = ask(&client, &github.token(&claims)).send(&world).await;
        assert_eq!(answer.expect(401).json()["error"], "invalid_client", "{name} {value}");
    }
    let claims = job(&world, &github);
    let (stranger, text) = (Key::fresh("ES256"), claims.to_string());
    let header = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid, "typ": "JWT"}).to_string();
    let rsa = Key::fresh("RS256");
    for forged in [
        stranger.token(&json!({"alg": "ES256", "kid": "k1"}), &claims),
        stranger.token(&json!({"alg": "ES256", "kid": "k1", "jwk": stranger.jwk("k1")}), &claims),
        stranger.token(&json!({"alg": "ES256", "kid": "other", "jku": github.keys()}), &claims),
        rsa.token(&json!({"alg": "RS256", "kid": "k1"}), &claims),
        forge::unsigned(header("none", "k1"), &text),
        forge::hmac("HS256", github.jwk().to_string().as_bytes(), header("HS256", "k1"), &text),
        // Other kinds of tokens of the same issuer, and one of ours.
        "a.b.c".to_owned(),
    ] {
        let answer = ask(&client, &forged).send(&world).await;
        assert_eq!(answer.expect(401).json()["error"], "invalid_client", "{forged}");
    }
    let answer = ask(&client, &github.token(&claims)).send(&world).await.expect(200).json();
    let ours = answer["access_token"].as_str().unwrap();
    assert_eq!(ask(&client, ours).send(&world).await.expect(401).json()["error"], "invalid_client");
}

#[tokio::test]
async fn a_platform_that_no_client_names_costs_no_network() {
    // #69, #70, #71
    let world = World::start().await;
    let (github, other) = (Platform::start().await, Platform::start().await);
    let client = github_job(&world, &github).await;
    let secret = world.client(Kind::Web, |_| {}).await;
    let named = |id: &str| TestClient { id: id.to_owned(), secret: String::new() };
    // Another issuer, even one that publishes the same name for its key; a client without workloads; nobody.
    let foreign = other.token(&job(&world, &other));
    for client in [&client, &named(&secret.id), &named("nobody")] {
        assert_eq!(ask(client, &foreign).send(&world).await.expect(401).json()["error"], "invalid_client");
    }
    let mut claims = job(&world, &github);
    claims["iss"] = json!(github.issuer);
    assert_eq!(
        ask(&client, &other.token(&claims)).send(&world).await.expect(401).json()["error"],
        "invalid_client"
    );
    assert_eq!((other.hits("/keys"), other.hits("/.well-known/openid-configuration")), (0, 0));
    // A token that is wrong in itself is not worth a fetch either.
    let elsewhere = World::start().await;
    let client = github_job(&elsewhere, &github).await;
    let hits = github.hits("/keys");
    claims["exp"] = json!(elsewhere.now().epoch() - 1);
    ask(&client, &github.token(&claims)).send(&elsewhere).await.expect(401);
    assert_eq!(github.hits("/keys"), hits);
    // Without `client_id`, nobody says whose workload it is.
    let nameless = ask(&client, &github.token(&job(&elsewhere, &github))).without("client_id");
    assert_eq!(nameless.send(&elsewhere).await.expect(401).json()["error"], "invalid_client");
}

#[tokio::test]
async fn of_many_at_once_one_wins_and_a_token_counts_once() {
    // #92
    let world = World::start().await;
    let github = Platform::start().await;
    let client = github_job(&world, &github).await;
    let token = github.token(&job(&world, &github));
    let request = ask(&client, &token);
    let answers = futures_util::future::join_all((0..32).map(|_| request.send(&world))).await;
    let mut codes: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    codes.sort_unstable();
    assert_eq!(codes.iter().filter(|code| **code == 200).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 401).count(), 31, "{codes:?}");
    world.pass(299);
    assert_eq!(ask(&client, &token).send(&world).await.expect(401).json()["error"], "invalid_client");
}

#[tokio::test]
async fn a_disabled_service_is_nobody_and_keys_that_cannot_be_fetched_are_no_verdict() {
    // #35, #74, #78
    let world = World::start().await;
    let github = Platform::start().await;
    let client = github_job(&world, &github).await;
    github.break_down(true);
    let answer = ask(&client, &github.token(&job(&world, &github))).send(&world).await.expect(503);
    assert_eq!(answer.json()["error"], "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "2");
    github.break_down(false);
    world.pass(11);
    ask(&client, &github.token(&job(&world, &github))).send(&world).await.expect(200);
    // The last good keys serve while newer ones cannot be fetched.
    github.break_down(true);
    world.pass(3601);
    ask(&client, &github.token(&job(&world, &github))).send(&world).await.expect(200);
    client::disable(&world.table().await, &client.id, client::manage::NOTHING, world.now()).await.unwrap();
    let answer = ask(&client, &github.token(&job(&world, &github))).send(&world).await;
    assert_eq!(answer.expect(401).json()["error"], "invalid_client");
}

#[tokio::test]
async fn with_the_setting_off_a_workload_is_nobody() {
    let world = World::with(&[("FOREIGN_TOKENS", "off")]).await;
    let github = Platform::start().await;
    let client = github_job(&world, &github).await;
    let answer = ask(&client, &github.token(&job(&world, &github))).send(&world).await;
    assert_eq!(answer.expect(401).json()["error"], "invalid_client");
    assert_eq!(github.hits("/keys"), 0);
    let wrong = World::try_with(&[("FOREIGN_TOKENS", "yes")]).await;
    assert!(wrong.unwrap_err().to_string().contains("FOREIGN_TOKENS must be on or off"));
}

#[tokio::test]
async fn a_service_is_a_workload_or_has_a_key_and_not_both() {
    // #91, #92
    let workload = Workload::parse("github:repository_id=74,environment=prod").unwrap();
    let wrong = |change: &dyn Fn(&mut client::NewClient)| {
        let mut new = client::NewClient::new(Kind::Service, "Importer");
        new.auth = vec![ClientAuth::PrivateKeyJwt];
        new.workloads = vec![workload.clone()];
        change(&mut new);
        new.check().err().map(|why| why.to_string()).unwrap_or_default()
    };
    assert_eq!(wrong(&|_| {}), "");
    for (part, why) in [
        ("one of the three", wrong(&|new| new.jwks_uri = Some("https://a.example/keys".to_owned()))),
        ("one of the three", wrong(&|new| new.jwks = Some("{}".to_owned()))),
        ("does not use private_key_jwt", wrong(&|new| new.auth = vec![ClientAuth::Basic])),
        ("named twice", wrong(&|new| new.workloads.push(workload.clone()))),
        ("a workload is a service", wrong(&|new| new.kind = Kind::Api)),
        ("or its address, or a workload", wrong(&|new| new.workloads.clear())),
    ] {
        assert!(why.contains(part), "{part}: {why}");
    }
    // What a row says that cannot be registered is refused as well.
    let row = json!({"status": "active", "workloads": [{"platform": "elsewhere"}]});
    assert!(serde_json::from_value::<Client>(row).is_err());
}
