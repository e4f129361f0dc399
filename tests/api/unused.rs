//! What the ways in cost those who do not take them (#105).

use std::collections::BTreeMap;

use tests::{
    World,
    database::{Call, Wire},
};

/// All that can be turned on, and is asked of a sign-in at a provider.
const WAYS: [(&str, &str); 6] = [
    ("PASSWORDS", "on"),
    ("MAILED_SIGN_IN", "on"),
    ("PASSKEYS", "on"),
    ("SECOND_FACTORS", "on"),
    ("WEBHOOKS", "on"),
    ("EVENTS", "on"),
];

/// The calls to the table of somebody known who signs in at a provider: how many of each, by the function.
async fn sign_in(ways: &[(&str, &str)]) -> BTreeMap<(String, String), usize> {
    let wire = Wire::start().await;
    let world = World::with(&[ways, &[("DYNAMODB_ENDPOINT", wire.endpoint.as_str())]].concat()).await;
    for _ in 0..2 {
        world.pass(60);
        wire.calls();
        let browser = world.browser();
        let back = browser.start("/users/login/google").await;
        browser.get(&browser.pick(&back, "ada").await).await.expect(303);
        assert!(browser.cookie("__Host-session").is_some());
    }
    let mut counted = BTreeMap::new();
    let of_the_sign_in = |call: &Call| call.function.starts_with("users-login") && !call.is_look_at_rights();
    for call in wire.calls().into_iter().filter(of_the_sign_in) {
        *counted.entry((call.function, call.action)).or_default() += 1;
    }
    counted
}

#[tokio::test]
async fn a_way_that_somebody_does_not_take_costs_their_sign_in_nothing() {
    let nothing = sign_in(&[]).await;
    assert!(nothing.values().sum::<usize>() > 2, "{nothing:?}");
    for way in WAYS.iter().skip(1) {
        assert_eq!(sign_in(&[*way]).await, nothing, "{}", way.0);
    }
    // Whether somebody chose a password for an address that the provider vouches for.
    let mut more = nothing;
    *more.entry(("users-login-callback".to_owned(), "GetItem".to_owned())).or_default() += 1;
    assert_eq!(sign_in(&WAYS).await, more);
}
