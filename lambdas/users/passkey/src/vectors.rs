//! The test vectors of the specification (W3C Web Authentication Level 3, §16.2, "ES256 Credential with No Attestation"), whose
//! authenticator lets anybody sign who is there.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth::{BaseUrl, Time};
use serde_json::{Value, json};
use user::{Status, User, passkey::Passkey};
use webauthn_rs_core::proto::UserVerificationPolicy;

use crate::ceremony::{Made, Party, Proven, Wrong};

const CREATED: (&str, &str, &str) = (
    "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130",
    "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d507434557878475453746e6364713431375944774246\
     6938767049612d7077386f4f755657345441222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e\
     223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e64656420776974682061646469746\
     96f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20426b5165446a646354427258426941774a544c4535\
     51227d",
    "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5\
     59000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001\
     215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290\
     af2e2664796b9220",
);
const SIGNED: (&str, &str, &str, &str) = (
    "39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408",
    "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c5455506f334a5558543049393770767a7a\
     59425039745a63685879617630314167222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e22\
     3a66616c73657d",
    "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000",
    "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f93\
     7295ea13653e331e87",
);
const ID: &str = "f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4";

fn text(hex: &str) -> String {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    URL_SAFE_NO_PAD.encode((0..hex.len()).step_by(2).map(byte).collect::<Vec<_>>())
}

fn credential(response: Value) -> Value {
    json!({"id": text(ID), "rawId": text(ID), "type": "public-key", "response": response})
}

fn party(policy: UserVerificationPolicy) -> Party {
    Party::with(&BaseUrl::parse("https://example.org").unwrap(), policy).unwrap()
}

fn user() -> User {
    serde_json::from_value(json!({
        "id": "u", "email_verified": false, "roles": [], "status": Status::Active, "created_at": Time::from_epoch(0), "identities": [],
    }))
    .unwrap()
}

fn made(party: &Party) -> Result<Made, Wrong> {
    let (challenge, client_data, object) = CREATED;
    let response = json!({"clientDataJSON": text(client_data), "attestationObject": text(object)});
    let answer = serde_json::from_value(credential(response)).unwrap();
    party.made(&text(challenge), &answer, &user(), &[])
}

fn proven(party: &Party, passkey: &Passkey, flip: bool) -> Result<Proven, Wrong> {
    let (challenge, client_data, data, signature) = SIGNED;
    // Another counter than the one that was signed.
    let data = if flip { data.replace("1900000000", "1900000001") } else { data.to_owned() };
    let response = json!({
        "clientDataJSON": text(client_data), "authenticatorData": text(&data), "signature": text(signature), "userHandle": null,
    });
    party.proven(&text(challenge), &serde_json::from_value(credential(response)).unwrap(), passkey)
}

fn passkey(made: &Made) -> Passkey {
    let (name, now) = (String::new(), Time::from_epoch(0));
    let credential = made.credential.clone();
    let user_id = "u".to_owned();
    Passkey { user_id, name, added_at: now, used_at: None, is_backed_up: true, counter: 0, credential }
}

#[test]
fn the_published_vectors_verify() {
    let lenient = party(UserVerificationPolicy::Discouraged_DO_NOT_USE);
    let made = made(&lenient).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(&made.id), text(ID));
    assert!(made.seen.is_backed_up && made.seen.counter == 0);
    let proven_ = proven(&lenient, &passkey(&made), false).unwrap();
    assert!(proven_.is_synced && proven_.seen.counter == 0);
    assert!(matches!(proven(&lenient, &passkey(&made), true), Err(Wrong::Other("the signature is wrong"))));
}

#[test]
fn nobody_comes_in_without_unlocking() {
    let strict = party(UserVerificationPolicy::Required);
    assert!(matches!(made(&strict), Err(Wrong::Other("nobody unlocked it"))));
    let made = made(&party(UserVerificationPolicy::Discouraged_DO_NOT_USE)).unwrap();
    assert!(matches!(proven(&strict, &passkey(&made), false), Err(Wrong::Other("nobody unlocked it"))));
}
