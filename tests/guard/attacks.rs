//! What has been tried against other verifiers, through the authorizer, against every issuer that it trusts.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
        KeyPair,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use forge::{decode, encode};
use futures_util::FutureExt;
use serde_json::{Value, json};
use setting::Clock;
use tests::stub::fresh_key;

use crate::{
    gate::{NOW, QUESTIONS, allows, event, start},
    issuer_tokens::{ISSUERS, Issuer, authorizer, issuer, settings},
};

const NO: Result<Value, &str> = Err("Unauthorized");

fn changed(base: &Value, name: &str, value: Option<&Value>) -> Value {
    let mut changed = base.clone();
    match value {
        Some(value) => changed[name] = value.clone(),
        None => drop(changed.as_object_mut().unwrap().remove(name)),
    }
    changed
}

/// The texts by which a public key is known to everybody.
fn public_texts(issuer: &Issuer) -> Vec<Vec<u8>> {
    let set: Value = serde_json::from_str(&issuer.keys()).unwrap();
    let key = &set["keys"][0];
    let n = key["n"].as_str().unwrap();
    let modulus = decode(n);
    // RFC 8017 A.1.1 for 2048 bits and 65537, and the SubjectPublicKeyInfo around it (RFC 3279 §2.3.1).
    let integer = [&[0x02, 0x82, 0x01, 0x01, 0x00], &*modulus, &[0x02, 0x03, 0x01, 0x00, 0x01]].concat();
    let pkcs1 = [&[0x30, 0x82, 0x01, 0x0a], &*integer].concat();
    let algorithm =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = [&[0x03, 0x82, 0x01, 0x0f, 0x00], &*pkcs1].concat();
    let spki = [&[0x30, 0x82, 0x01, 0x22], &algorithm[..], &*bits].concat();
    let lines = STANDARD.encode(&spki).as_bytes().chunks(64).collect::<Vec<_>>().join(&b'\n');
    let pem = [b"-----BEGIN PUBLIC KEY-----\n", &*lines, b"\n-----END PUBLIC KEY-----"].concat();
    let line = [&*pem, b"\n"].concat();
    vec![pem, line, spki, pkcs1, modulus, n.into(), key.to_string().into(), issuer.keys().into(), vec![]]
}

#[tokio::test]
async fn rule_60_a_public_key_is_no_hmac_secret() {
    // #60: CVE-2016-10555, for each issuer, with the key's name and without.
    let authorizer = authorizer().await;
    for issuer in ISSUERS.iter() {
        for secret in public_texts(issuer) {
            for alg in ["HS256", "HS384", "HS512"] {
                for kid in [Some(&json!("k")), None] {
                    let header = changed(&changed(&issuer.header, "alg", Some(&json!(alg))), "kid", kid);
                    let token = forge::hmac(alg, &secret, header.to_string(), issuer.claims.to_string());
                    let answer = authorizer.invoke(&event("rest-token", &token)).await;
                    assert_eq!(answer, NO, "{} {alg}", issuer.name);
                }
            }
        }
    }
}

#[tokio::test]
async fn rule_60_alg_none_is_refused() {
    // #60: CVE-2015-9235
    let authorizer = authorizer().await;
    for issuer in ISSUERS.iter() {
        let claims = encode(issuer.claims.to_string());
        let good = issuer.good();
        let signature = good.rsplit('.').next().unwrap();
        for alg in ["none", "None", "NONE", "nOnE", "", " none", "null", "RS256 ", "rs256"] {
            for kid in [Some(&json!("k")), None] {
                let header = changed(&changed(&issuer.header, "alg", Some(&json!(alg))), "kid", kid);
                let header = encode(header.to_string());
                for signature in ["", "AA", signature] {
                    let token = format!("{header}.{claims}.{signature}");
                    let answer = authorizer.invoke(&event("rest-token", &token)).await;
                    assert_eq!(answer, NO, "{} {alg:?}", issuer.name);
                }
            }
        }
    }
}

#[tokio::test]
async fn rule_64_required_claims_are_present_and_of_their_type() {
    // #64: each of them missing, and as everything that it is not.
    let authorizer = authorizer().await;
    for issuer in ISSUERS.iter() {
        let whom = if issuer.claims.get("aud").is_some() { "aud" } else { "client_id" };
        for name in ["iss", "sub", "exp", "iat", whom] {
            let good = &issuer.claims[name];
            let mut wrong = vec![
                json!(null),
                json!(true),
                json!({}),
                json!({"a": good}),
                json!([]),
                json!([[good]]),
                json!([good, 5]),
                json!([5]),
                json!(""),
                json!(-1),
                json!(0.5),
                json!(1e300),
            ];
            wrong.push(if good.is_number() { json!(good.to_string()) } else { json!(5) });
            // Of these, only whom it is for may be several, and of Cognito, which says so by a name, not even that.
            if name != "aud" {
                wrong.extend([json!([good]), json!(["https://evil.example.com", good])]);
            }
            for value in wrong.iter().map(Some).chain([None]) {
                let claims = changed(&issuer.claims, name, value);
                let token = issuer.sign(&issuer.header.to_string(), &claims.to_string());
                let answer = authorizer.invoke(&event("rest-token", &token)).await;
                assert_eq!(answer, NO, "{}: {name} as {value:?}", issuer.name);
            }
        }
    }
}

#[tokio::test]
async fn rule_65_json_is_utf_8_and_sixteen_levels_deep() {
    // #65: beside the good one, so that nothing but the bytes is at fault.
    let authorizer = authorizer().await;
    for issuer in ISSUERS.iter() {
        let (header, claims) = (issuer.header.to_string(), issuer.claims.to_string());
        let with =
            |json: &str, value: &[u8]| [&json.as_bytes()[..json.len() - 1], b",\"x\":", value, b"}"].concat();
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth)).into_bytes();
        for (value, good) in [
            (b"\"\xc3\xa9\"".to_vec(), true),
            (b"\"\xe9\"".to_vec(), false),
            (b"\"\xc0\xaf\"".to_vec(), false),
            (b"\"\xed\xa0\x80\"".to_vec(), false),
            (b"\"\\ud800\"".to_vec(), false),
            (nested(15), true),
            (nested(16), false),
        ] {
            for token in [
                issuer.sign_bytes(&header, with(&claims, &value)),
                issuer.sign_bytes(with(&header, &value), &claims),
            ] {
                let answer = authorizer.invoke(&event("rest-token", &token)).await;
                let value = String::from_utf8_lossy(&value);
                assert_eq!(allows(&answer), good, "{} {value}: {answer:?}", issuer.name);
            }
        }
        let marked = [b"\xef\xbb\xbf", claims.as_bytes()].concat();
        let wide: Vec<u8> = claims.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for claims in
            [marked, wide, format!("{claims} {{}}").into_bytes(), format!("[{claims}]").into_bytes()]
        {
            let token = issuer.sign_bytes(&header, claims);
            assert_eq!(authorizer.invoke(&event("rest-token", &token)).await, NO, "{}", issuer.name);
        }
    }
}

/// A good token in other shapes.
fn shapes(good: &str, issuer: &Issuer) -> Vec<String> {
    let parts: Vec<_> = good.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("{good}") };
    let json = json!({"payload": claims, "signatures": [{"protected": header, "signature": signature}]});
    let flat = json!({"payload": claims, "protected": header, "signature": signature});
    // The last character of 256 bytes holds four bits that are not used: another spelling of the same signature.
    let (rest, last) = signature.split_at(signature.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    let other = &alphabet[at + 1..at + 2];
    let encrypted = encode(
        json!({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2_147_483_647, "p2s": "AA"}).to_string(),
    );
    // `{}`, deflated: what is said to be packed is read as it stands.
    let zipped = issuer.sign_bytes(
        changed(&issuer.header, "zip", Some(&json!("DEF"))).to_string(),
        vec![0xab, 0xae, 0x05, 0x00],
    );
    vec![
        json.to_string(),
        flat.to_string(),
        format!("{header}.{claims}.{rest}{other}"),
        format!("{header}.{claims}.{signature}="),
        format!("{header}.{claims}=.{signature}"),
        format!("{header}.{claims}.{signature}."),
        format!(".{good}"),
        format!("{header}.{claims}"),
        format!("{header}..{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.{signature}.AA.AA"),
        format!("{encrypted}.AA.AA.AA.AA"),
        format!("{encrypted}.{claims}.{signature}"),
        format!("{good}\n"),
        format!(" {good}"),
        format!("{header}.{claims} .{signature}"),
        good.replace('.', "%2e"),
        STANDARD.encode(good),
        zipped,
    ]
}

#[tokio::test]
async fn rule_67_a_token_has_one_form() {
    // #67
    let authorizer = authorizer().await;
    for issuer in ISSUERS.iter() {
        let good = issuer.good();
        for gateway in QUESTIONS {
            let ask = async |token: &str| {
                // As it stands within a JSON text.
                let quoted = json!(token).to_string();
                authorizer.invoke(&event(gateway, &quoted[1..quoted.len() - 1])).await
            };
            assert!(allows(&ask(&good).await), "{gateway} {}", issuer.name);
            for (n, shape) in shapes(&good, issuer).iter().enumerate() {
                assert!(!allows(&ask(shape).await), "{gateway} {}: shape {n}", issuer.name);
            }
        }
    }
}

#[tokio::test]
async fn rule_67_a_megabyte_costs_nothing() {
    // #67: CVE-2025-30204, CVE-2025-27144. Nothing is made of it: the answer costs as many bytes as that to an empty token,
    // give or take, and no wait.
    let authorizer = authorizer().await;
    let cost = |token: &str| {
        let question = event("rest-token", token);
        let made = allocation_counter::measure(|| {
            assert_eq!(authorizer.invoke(&question).now_or_never(), Some(NO));
        });
        made.bytes_total
    };
    let little = cost("A.A.A");
    for fill in [".", "A.", "e30.", "A", "AAA=", "{", "~"] {
        let much = cost(&fill.repeat((1 << 20) / fill.len()));
        assert!(much <= little + 4096, "{fill}: {much} bytes beside {little}");
    }
}

/// A key for ES256, its public half under the name `k`, and a token of it in two spellings of its signature.
fn elliptic(issuer: &Issuer) -> (Value, String, String) {
    let random = SystemRandom::new();
    let header = changed(&issuer.header, "alg", Some(&json!("ES256"))).to_string();
    let claims = issuer.claims.to_string();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = |algorithm: &'static EcdsaSigningAlgorithm| {
        EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref()).unwrap()
    };
    let sign = |pair: &EcdsaKeyPair| {
        forge::compact(&header, &claims, |message| pair.sign(&random, message).unwrap())
    };
    let raw = pair(&ECDSA_P256_SHA256_FIXED_SIGNING);
    let (x, y) = raw.public_key().as_ref()[1..].split_at(32);
    let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "k", "use": "sig", "x": encode(x), "y": encode(y)});
    (jwk, sign(&raw), sign(&pair(&ECDSA_P256_SHA256_ASN1_SIGNING)))
}

#[tokio::test]
async fn rule_68_an_elliptic_signature_is_two_numbers_of_32_bytes_within_the_order() {
    // #68: RFC 7518 §3.4; CVE-2022-21449. The order of P-256 is the last of them that is none.
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let keycloak = issuer("keycloak");
    let (jwk, raw, der) = elliptic(keycloak);
    let mut values = settings();
    values.insert("KEYCLOAK_KEYS".to_owned(), json!({"keys": [jwk]}).to_string());
    let authorizer = start(values, Clock::from_fn(|| NOW)).await.unwrap();
    assert!(allows(&authorizer.invoke(&event("rest-token", &raw)).await));
    let (message, signature) = raw.rsplit_once('.').unwrap();
    let signature = decode(signature);
    let (r, s) = signature.split_at(32);
    let zero = [0; 32];
    let with = |r: &[u8], s: &[u8]| format!("{message}.{}", encode([r, s].concat()));
    for (what, token) in [
        ("DER", der),
        ("nothing", with(&[], &[])),
        ("both zero", with(&zero, &zero)),
        ("r zero", with(&zero, s)),
        ("s zero", with(r, &zero)),
        ("r the order", with(&ORDER, s)),
        ("s the order", with(r, &ORDER)),
        ("both the order", with(&ORDER, &ORDER)),
        ("all ones", with(&[0xff; 32], &[0xff; 32])),
        ("turned round", with(s, r)),
        ("a byte less", with(r, &s[..31])),
        ("a byte more", with(r, &[s, &[0]].concat())),
        ("33 bytes each", with(&[&[0], r].concat(), &[&[0], s].concat())),
    ] {
        assert_eq!(authorizer.invoke(&event("rest-token", &token)).await, NO, "{what}");
    }
}

#[tokio::test]
async fn rule_68_a_weak_or_malformed_key_is_refused() {
    // #68: what is signed with it would verify, if it were one. Alone it stops the start, unless it is a good key for something
    // else, and a private one does in any company; beside a good key it is passed over, and never lets in.
    let keycloak = issuer("keycloak");
    let set: Value = serde_json::from_str(&keycloak.keys()).unwrap();
    let good = &set["keys"][0];
    let (point, raw, _) = elliptic(keycloak);
    let (_, spare) = fresh_key("spare");
    for (token, key, name, value) in [
        (keycloak.good(), good, "e", json!("AQ")),
        (keycloak.good(), good, "e", json!("Aw")),
        (keycloak.good(), good, "n", json!("_".repeat(171))),
        (keycloak.good(), good, "use", json!("enc")),
        (keycloak.good(), good, "key_ops", json!(["sign"])),
        (keycloak.good(), good, "alg", json!("PS256")),
        (keycloak.good(), good, "kty", json!("EC")),
        (keycloak.good(), good, "d", json!("AQAB")),
        (raw.clone(), &point, "crv", json!("P-384")),
        (raw.clone(), &point, "crv", json!("secp256k1")),
        (raw.clone(), &point, "y", point["x"].clone()),
        (raw.clone(), &point, "x", json!("AA")),
        (raw, &point, "alg", json!("ES384")),
    ] {
        let bad = changed(key, name, Some(&value));
        for (keys, starts) in [(json!([bad]), value == "PS256"), (json!([bad, spare]), name != "d")] {
            let mut values = settings();
            values.insert("KEYCLOAK_KEYS".to_owned(), json!({"keys": keys}).to_string());
            match start(values, Clock::from_fn(|| NOW)).await {
                Ok(authorizer) => {
                    assert!(starts, "{name} {value}");
                    assert_eq!(authorizer.invoke(&event("rest-token", &token)).await, NO, "{name} {value}");
                }
                Err(why) => assert!(!starts && why.starts_with("KEYCLOAK_KEYS"), "{name} {value}: {why}"),
            }
        }
    }
}

#[tokio::test]
async fn rule_62_an_ambiguous_or_private_key_set_stops_the_start() {
    // #62, #60: what an operator wrote down can be put right. The same key twice is one, and so is one beside a key of its name
    // that signs nothing.
    let set: Value = serde_json::from_str(&issuer("auth0").keys()).unwrap();
    let (good, (_, other)) = (&set["keys"][0], fresh_key("k"));
    let secret = json!({"kty": "oct", "k": "AQAB", "kid": "o"});
    let encrypting = changed(&other, "use", Some(&json!("enc")));
    for (keys, starts) in [
        (json!([good, other]), false),
        (json!([other, good]), false),
        (json!([good, secret]), false),
        (json!([secret, good]), false),
        (json!([good, good]), true),
        (json!([encrypting, good]), true),
    ] {
        let mut values = settings();
        values.insert("AUTH0_KEYS".to_owned(), json!({"keys": keys}).to_string());
        match start(values, Clock::from_fn(|| NOW)).await {
            Ok(authorizer) => {
                let token = event("rest-token", &issuer("auth0").good());
                assert!(starts && allows(&authorizer.invoke(&token).await), "{keys}");
            }
            Err(error) => assert!(!starts && error.contains("AUTH0_KEYS"), "{error}"),
        }
    }
}
