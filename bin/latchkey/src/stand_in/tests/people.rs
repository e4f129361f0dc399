//! Who comes out: the ready people and the typed.

use oauth::server;

use super::*;

#[tokio::test]
async fn listed_people_have_the_claims_that_the_page_shows() {
    for (key, email, verified, hd, picture) in [
        ("ada", json!("ada@example.com"), json!(true), json!("example.com"), true),
        ("alan", json!("alan@example.com"), json!(true), json!("example.com"), true),
        ("grace", json!("grace@example.org"), json!(true), json!("example.org"), true),
        ("katherine", json!("katherine@example.com"), json!(false), Value::Null, true),
        ("hedy", Value::Null, Value::Null, Value::Null, false),
    ] {
        let claims = claims(&[], &[("person", key)]).await;
        let found =
            (&claims["email"], &claims["email_verified"], &claims["hd"], claims["picture"].is_string());
        assert_eq!(found, (&email, &verified, &hd, picture), "{key}");
    }
}

#[tokio::test]
async fn a_typed_person_has_the_typed_claims() {
    let form = [("name", " Jo Öz "), ("email", "Jo@Gmail.com"), ("email_verified", "yes")];
    let jo = claims(&[], &form).await;
    assert_eq!(
        (&jo["name"], &jo["email"], &jo["email_verified"]),
        (&json!("Jo Öz"), &json!("Jo@Gmail.com"), &json!(true))
    );
    assert_eq!(jo["hd"], Value::Null, "gmail.com is no organisation");

    // The subject stays with the address, whatever else changes.
    let again = claims(&[], &[("name", "Joanna"), ("email", "jo@gmail.com")]).await;
    assert_eq!((&again["sub"], &again["email_verified"]), (&jo["sub"], &json!(false)));
    let nameless = claims(&[], &[("name", "Jo Öz"), ("email_verified", "yes")]).await;
    assert_ne!(nameless["sub"], jo["sub"]);
    assert_eq!(nameless["email_verified"], Value::Null);
}

#[tokio::test]
async fn claims_follow_the_scope() {
    let all = server::PERSON_CLAIMS.map(|(name, _)| name);
    let bare = claims(&[("scope", "openid")], &[("person", "ada")]).await;
    assert!(["hd"].iter().chain(&all).all(|name| bare[name] == Value::Null), "{bare}");
    let everything = [("scope", "openid profile email address phone")];
    let ada = claims(&everything, &[("person", "ada")]).await;
    assert!(all.iter().all(|name| ada[name] != Value::Null), "{ada}");
    let hedy = claims(&everything, &[("person", "hedy")]).await;
    assert_eq!(
        (&hedy["given_name"], &hedy["address"], &hedy["phone_number"]),
        (&json!("Hedy"), &Value::Null, &Value::Null)
    );
}
