//! An API that was added, as docs/guard.md says: what is printed about it, and the people who call it.

use std::{collections::HashMap, path::Path, sync::atomic::Ordering};

use latchkey::{
    api::{self, Api},
    mount::Running,
};
use serde_json::Value;
use setting::Clock;
use tests::World;

use crate::gate::{allows, event, start};

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
