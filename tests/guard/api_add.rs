//! An API that was added, as docs/guard.md says: what is printed about it, and the people who call it.

use std::{collections::HashMap, path::Path, sync::atomic::Ordering};

use client::{ApiScope, Kind, NewApi, NewClient};
use jose::{Algorithm, Jws};
use latchkey::{
    api::{self, Api},
    mount::Running,
};
use serde_json::{Value, json};
use setting::Clock;
use tests::{World, oauth::Ask};

use crate::gate::{QUESTIONS, allows, event, start};

const AUDIENCE: &str = "https://pets.example.com";

/// The page for anyone who guards an API.
const PAGE: &str = include_str!("../../docs/guard.md");

/// A setting of the page's example.
fn written(name: &str) -> &'static str {
    let (_, after) = PAGE.split_once(&format!("export {name}=")).unwrap();
    after.lines().next().unwrap().trim_matches('\'')
}

/// An authorizer with the settings that are printed, in this world's time.
async fn authorizer(world: &World) -> Running {
    let scopes = ["read:data", "write:data"].map(str::to_owned);
    let api = Api { name: "pets", audience: AUDIENCE, scopes: &scopes, algorithm: Some("RS256") };
    let text = api::add(&api, &world.cloud.settings, Path::new("/nonexistent"), world.now()).unwrap();
    let settings = text.lines().find(|line| line.starts_with('{')).unwrap();
    let settings: HashMap<String, String> = serde_json::from_str(settings).unwrap();
    let time = world.clock();
    start(settings, Clock::from_fn(move || oauth::Time::from_epoch(time.load(Ordering::SeqCst))))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_person_gets_a_token_for_the_api_with_the_scopes_of_their_roles() {
    // #57, #77
    assert_eq!(written("AUDIENCE"), AUDIENCE);
    let world = World::with(&[("AUDIENCE", AUDIENCE), ("ROLES", written("ROLES"))]).await;
    let authorizer = authorizer(&world).await;
    for (person, scopes) in [("ada", &["read:data", "write:data"][..]), ("alan", &["read:data"])] {
        let token = world.program().token(person).await;
        let answer = authorizer.invoke(&event("http-2.0", &token)).await.unwrap();
        let said = answer["context"]["scope"].as_str().unwrap();
        let of_the_api: Vec<_> = said.split(' ').filter(|scope| scope.ends_with(":data")).collect();
        assert_eq!((&answer["isAuthorized"], &*of_the_api), (&Value::Bool(true), scopes), "{person}");
        // Latchkey's own API is for the same audience.
        world.program().bearer("/users/me", &token).await.expect(200);
    }
}

#[tokio::test]
async fn without_the_audience_a_token_is_for_latchkey_alone() {
    // #57, #64
    let world = World::with(&[("ROLES", written("ROLES"))]).await;
    let token = world.program().token("ada").await;
    assert!(!allows(&authorizer(&world).await.invoke(&event("http-2.0", &token)).await));
}

#[tokio::test]
async fn the_token_of_an_api_with_es256_is_good_at_every_gateway_and_each_other_spelling_is_not() {
    // #13, #57, #58
    let world = World::start().await;
    let authorizer = authorizer(&world).await;
    let api = NewApi {
        audience: AUDIENCE.to_owned(),
        name: "Pets".to_owned(),
        scopes: vec![ApiScope { name: "read:data".to_owned(), consent: false }],
        access_token_alg: Algorithm::Es256,
    };
    let own = client::Api::own("", &oauth::Scope::default());
    client::add_api(&world.table().await, &api, &own, client::manage::NOTHING, world.now()).await.unwrap();
    let wanted = |new: &mut NewClient| {
        new.audiences = vec![AUDIENCE.to_owned()];
        new.default_audience = Some(AUDIENCE.to_owned());
        new.scope = "read:data".parse().unwrap();
        new.default_scope = "read:data".parse().unwrap();
    };
    let service = world.client(Kind::Service, wanted).await;
    let ask = Ask::of(&service, "/oauth/token", &[("grant_type", "client_credentials")]);
    let answer = ask.send(&world).await.expect(200).json();
    let token = answer["access_token"].as_str().unwrap();
    let header = Jws::parse(token).unwrap().header().clone();
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
    for question in QUESTIONS {
        assert!(allows(&authorizer.invoke(&event(question, token)).await), "{question}");
    }
    // The key is for this algorithm, and the token for this API.
    let (parts, signed) = (token.split('.').collect::<Vec<_>>(), token.rsplit_once('.').unwrap().0);
    let said = |alg: &str| {
        let mut header = header.clone();
        header.insert("alg".to_owned(), json!(alg));
        let header = forge::encode(serde_json::to_string(&header).unwrap());
        format!("{header}.{}.{}", parts[1], parts[2])
    };
    for other in [
        said("RS256"),
        said("ES384"),
        said("none"),
        format!("{signed}."),
        format!("{signed}.{}", "A".repeat(86)),
    ] {
        assert!(!allows(&authorizer.invoke(&event("http-2.0", &other)).await), "{other}");
    }
    let time = world.clock();
    let clock = Clock::from_fn(move || oauth::Time::from_epoch(time.load(Ordering::SeqCst)));
    let latchkeys = start(world.cloud.settings.clone(), clock).await.unwrap();
    assert!(!allows(&latchkeys.invoke(&event("http-2.0", token)).await), "for another API");
}

#[test]
fn the_documented_role_of_an_own_authorizer_is_latchkeys() {
    // #107: the statement for a role is that of the template, but for the way to name the table.
    let (_, after) = PAGE.split_once("```json\n").unwrap();
    let mut written: Value = serde_json::from_str(after.split_once("```").unwrap().0).unwrap();
    let table = written.as_object_mut().unwrap().remove("Resource").unwrap();
    let arn = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/latchkey";
    assert_eq!(table["Fn::Sub"], arn);
    let settings = HashMap::from([("REVOCATION".to_owned(), "closed".to_owned())]);
    let template = latchkey::template::template(&settings).unwrap().to_json();
    let role = &template["Resources"]["AuthorizerRole"]["Properties"]["Policies"];
    let statements = role
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap().iter().cloned());
    let mut asking: Vec<Value> =
        statements.filter(|statement| statement["Action"][0] == "dynamodb:BatchGetItem").collect();
    asking.iter_mut().for_each(|statement| drop(statement.as_object_mut().unwrap().remove("Resource")));
    assert_eq!(asking, [written]);
}
