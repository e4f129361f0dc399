//! What a logout token says, and that nobody takes it for another token.

use jose::Algorithm;
use serde_json::{Value, json};
use token::{Error, Keys, LogoutClaims, Signer, Verifier};

use crate::hand::{AUDIENCE, ISSUER, NOW};

const CLAIMS: LogoutClaims<'_> = LogoutClaims {
    subject: "user",
    client_id: "app",
    algorithm: Algorithm::Es256,
    session: "sid",
    id: "jti",
};

#[test]
fn has_the_claims_of_back_channel_logout_and_no_other() {
    // #28: Back-Channel Logout §2.4
    let keys = Keys::generate().unwrap();
    let signer = Signer::new(ISSUER, AUDIENCE, keys.clone());
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let token = signer.logout_token(&LogoutClaims { algorithm, ..CLAIMS }, NOW).unwrap();
        let parts: Vec<_> = token.expose().split('.').collect();
        let json = |part: &str| serde_json::from_slice::<Value>(&forge::decode(part)).unwrap();
        let kid = keys.public().keys().iter().find(|key| key.to_json()["alg"] == algorithm.as_str()).unwrap();
        assert_eq!(json(parts[0]), json!({"alg": algorithm.as_str(), "typ": "logout+jwt", "kid": kid.kid()}));
        let expected = json!({
            "iss": ISSUER, "sub": "user", "aud": "app", "iat": 1_800_000_000, "exp": 1_800_000_120, "jti": "jti",
            "sid": "sid", "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        assert_eq!(json(parts[1]), expected);
    }
}

#[test]
fn is_no_access_token_and_no_id_token() {
    // #56, #66
    let keys = Keys::generate_for(Algorithm::Es256).unwrap();
    let token = Signer::new(ISSUER, AUDIENCE, keys.clone()).logout_token(&CLAIMS, NOW).unwrap();
    let own = Signer::new(ISSUER, "app", keys.clone()).logout_token(&CLAIMS, NOW).unwrap();
    for (token, audience) in [(&token, AUDIENCE), (&token, "app"), (&own, "app")] {
        let verifier = Verifier::new(ISSUER, audience, keys.public().clone());
        assert!(verifier.verify(token.expose(), NOW).is_err());
        assert!(verifier.verify_hint(token.expose()).is_err());
    }
}

#[test]
fn is_about_somebody_and_for_somebody() {
    let signer = Signer::new(ISSUER, AUDIENCE, Keys::generate_for(Algorithm::Es256).unwrap());
    let long = "x".repeat(256);
    for wrong in [
        LogoutClaims { subject: "", ..CLAIMS },
        LogoutClaims { client_id: "", ..CLAIMS },
        LogoutClaims { subject: &long, ..CLAIMS },
    ] {
        assert!(matches!(signer.logout_token(&wrong, NOW), Err(Error::Claims(_))));
    }
    let no_key = signer.logout_token(&LogoutClaims { algorithm: Algorithm::Rs256, ..CLAIMS }, NOW);
    assert!(matches!(no_key, Err(Error::NoKey(Algorithm::Rs256))));
}
