//! The vectors of Project Wycheproof (C2SP/wycheproof, Apache-2.0) as bearer tokens, from the gateway's event to the answer.
//! They are read where they lie beside the project; a file that is absent is named loudly and passed over.
//!
//! Their payloads are no claims, so whatever their label, none of them is accepted, and all of them for the same reason. That
//! alone would be said by an authorizer that refuses everybody. So each vector also comes with good claims in place of its
//! payload: once with its own signature, which is good for nothing then, and once with a signature over them by the private
//! key that its group brings along. Of these exactly those are accepted whose key and header the labels call good.

use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use forge::{Key, encode};
use latchkey::mount::Running;
use serde_json::{Value, json};
use setting::Clock;
use tracing_subscriber::{fmt::MakeWriter, util::SubscriberInitExt};

use crate::gate::{AUDIENCE, NOW, allows, event, settings, start, token};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors");
/// The issuer to whom the vectors' keys belong here.
const HOUSE: &str = "https://house.example.com";

/// A set of keys with its vectors.
struct Group {
    name: String,
    keys: Value,
    /// The private half, where there is one key.
    private: Value,
    vectors: Vec<Vector>,
}

/// One vector: its number, its label and the token.
struct Vector {
    id: u64,
    valid: bool,
    token: String,
}

/// The groups of a file that `wanted` takes. Nothing if the file is not there.
fn read(file: &str, member: &str, wanted: fn(&str) -> bool) -> Vec<Group> {
    let Ok(text) = fs::read_to_string(format!("{FOLDER}/{file}")) else {
        // Straight to the file descriptor: the test harness swallows what `eprintln!` says in a test that passes.
        let _ =
            writeln!(io::stderr(), "\nPASSED OVER: the vectors of {file} are absent, none of them was run\n");
        return Vec::new();
    };
    let file: Value = serde_json::from_str(&text).unwrap();
    let groups = file["testGroups"].as_array().unwrap().iter();
    groups.filter(|group| wanted(group["comment"].as_str().unwrap())).map(|g| group_of(g, member)).collect()
}

fn group_of(group: &Value, member: &str) -> Group {
    let keys = group.get("public").unwrap_or(&group["private"]);
    let keys = if keys.get("keys").is_some() { keys.clone() } else { json!({"keys": [keys]}) };
    let vector = |test: &Value| Vector {
        id: test["tcId"].as_u64().unwrap(),
        valid: test["result"] == "valid",
        // A JWS in the JSON serialization may be an object of the file.
        token: test[member].as_str().map_or_else(|| test[member].to_string(), str::to_owned),
    };
    let private = match &group["private"]["keys"] {
        Value::Array(keys) if keys.len() == 1 => keys[0].clone(),
        Value::Array(_) => Value::Null,
        _ => group["private"].clone(),
    };
    let vectors = group["tests"].as_array().unwrap().iter().map(vector).collect();
    Group { name: group["comment"].to_string(), keys, private, vectors }
}

/// What the authorizer writes down while this is alive, in this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// An authorizer, and the log in which it says why.
struct Gate {
    authorizer: Running,
    log: Log,
    _guard: Box<dyn Any>,
}

impl Gate {
    /// One that trusts us, and the house with these keys; nothing if it refuses such keys at its start.
    async fn with(keys: &Value) -> Option<Self> {
        let mut values: HashMap<String, String> = settings();
        let keys = keys.to_string();
        values.extend(
            [
                ("ISSUERS", "house"),
                ("HOUSE_ISSUER", HOUSE),
                ("HOUSE_AUDIENCES", AUDIENCE),
                ("HOUSE_ALGORITHMS", "RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,EdDSA"),
                ("HOUSE_KEYS", &keys),
                ("HOUSE_JWKS_URI", "none"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        match start(values, Clock::from_fn(|| NOW)).await {
            Ok(authorizer) => Some(Self::of(authorizer)),
            Err(why) => {
                assert!(why.contains("HOUSE_KEYS"), "{why}");
                None
            }
        }
    }

    fn of(authorizer: Running) -> Self {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone()).finish();
        Self { authorizer, log, _guard: Box::new(subscriber.set_default()) }
    }

    /// Lets every gateway ask about it: whether it was accepted, or why not, which is the same for all of them.
    async fn check(&self, token: &str) -> Result<(), String> {
        let mut verdicts = BTreeSet::new();
        for gateway in ["http-2.0", "rest-token"] {
            self.log.0.lock().unwrap().clear();
            let answer = self.authorizer.invoke(&event(gateway, &quoted(token))).await;
            let refused = answer == Ok(json!({"isAuthorized": false})) || answer == Err("Unauthorized");
            assert!(refused || allows(&answer), "{gateway}: {answer:?}");
            verdicts.insert(if refused { Err(self.reason()) } else { Ok(()) });
        }
        let verdict = verdicts.pop_first().unwrap();
        assert!(verdicts.is_empty(), "{verdict:?} {verdicts:?}");
        verdict
    }

    fn reason(&self) -> String {
        let text = String::from_utf8(self.log.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let reasons: Vec<_> =
            lines.filter_map(|line| line["fields"]["reason"].as_str().map(str::to_owned)).collect();
        let [reason] = reasons.as_slice() else { panic!("{text}") };
        reason.clone()
    }
}

/// The token as it stands within a JSON text.
fn quoted(token: &str) -> String {
    let json = json!(token).to_string();
    json[1..json.len() - 1].to_owned()
}

/// Claims of the house that satisfy everything, if it is for this audience.
fn claims(audience: &str) -> String {
    let now = NOW.epoch();
    let claims =
        json!({"iss": HOUSE, "sub": "s", "aud": audience, "client_id": "c", "iat": now, "exp": now + 600});
    encode(claims.to_string())
}

/// The token of this message, with a good signature.
fn signed(jwk: &Value, message: &str) -> Option<String> {
    Some(format!("{message}.{}", encode(sign(jwk, message.as_bytes())?)))
}

/// A signature with a private key of the vectors, by the algorithm that the key names; nothing if there is no such thing.
fn sign(jwk: &Value, message: &[u8]) -> Option<Vec<u8>> {
    let (alg, key) = (jwk["alg"].as_str()?, Key::from_jwk(jwk)?);
    let fits = match key {
        Key::Rsa(_) => ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].contains(&alg),
        Key::Ec(..) => alg == "ES256",
        Key::Ed(_) => false,
    };
    fits.then(|| key.sign(alg, message))
}

/// What became of a file's vectors.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    vectors: usize,
    /// Those whose keys are refused at the start.
    unusable: usize,
    /// Why the vectors were refused as they are.
    as_they_are: BTreeMap<String, usize>,
    /// Why those that came with good claims and their own signature were refused.
    foreign: BTreeMap<String, usize>,
    /// Let in with good claims, signed by the group's key.
    let_in: usize,
    /// The reasons for which others of these were refused.
    refused: BTreeMap<String, usize>,
    /// Where that differs from the labels.
    differ: Vec<u64>,
}

async fn evaluate(groups: &[Group]) -> Tally {
    let mut tally = Tally::default();
    for group in groups {
        tally.vectors += group.vectors.len();
        let Some(gate) = Gate::with(&group.keys).await else {
            tally.unusable += group.vectors.len();
            unknown(group, &mut tally).await;
            continue;
        };
        assert_eq!(gate.check(&token("a")).await, Ok(()), "{}: a token of ours", group.name);
        for vector in &group.vectors {
            let reason = gate.check(&vector.token).await.unwrap_err();
            *tally.as_they_are.entry(reason).or_default() += 1;
            check_with_claims(&gate, group, vector, &mut tally).await;
        }
    }
    tally
}

/// Vectors of keys that nobody can be told to trust: to an authorizer that trusts us alone they are nothing.
async fn unknown(group: &Group, tally: &mut Tally) {
    let gate = Gate::of(crate::gate::authorizer(&[]).await);
    for vector in &group.vectors {
        let reason = gate.check(&vector.token).await.unwrap_err();
        *tally.as_they_are.entry(reason).or_default() += 1;
    }
}

async fn check_with_claims(gate: &Gate, group: &Group, vector: &Vector, tally: &mut Tally) {
    let parts: Vec<_> = vector.token.split('.').collect();
    let [header, _, signature] = parts[..] else { return };
    let message = format!("{header}.{}", claims(AUDIENCE));
    let foreign = gate.check(&format!("{message}.{signature}")).await.unwrap_err();
    *tally.foreign.entry(foreign).or_default() += 1;
    let Some(token) = signed(&group.private, &message) else { return };
    let verdict = gate.check(&token).await;
    // A vector's header is good if some vector with that header is: the others of them have a bad signature or payload.
    let labelled = |v: &&Vector| v.valid && v.token.split('.').next() == Some(header);
    if verdict.is_ok() != group.vectors.iter().any(|vector| labelled(&vector)) {
        tally.differ.push(vector.id);
    }
    match verdict {
        Ok(()) => {
            tally.let_in += 1;
            // With the same signature over other claims, it is these that are wrong, and said to be.
            let other = signed(&group.private, &format!("{header}.{}", claims("other"))).unwrap();
            assert_eq!(gate.check(&other).await, Err("audience".to_owned()), "{}", vector.id);
        }
        Err(reason) => *tally.refused.entry(reason).or_default() += 1,
    }
}

/// Checks all groups and compares; without the file there is nothing to compare.
async fn check(groups: &[Group], expected: Tally) {
    if !groups.is_empty() {
        assert_eq!(evaluate(groups).await, expected);
    }
}

fn reasons<const N: usize>(counts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    counts.map(|(reason, count)| (reason.to_owned(), count)).into()
}

#[tokio::test]
async fn json_web_signature() {
    // #60, #61, #62, #63, #67, #68: no vector is accepted, and each one's header and key decide as its label says.
    let groups = read("wycheproof_json_web_signature_test.json", "jws", |_| true);
    let expected = Tally {
        vectors: 401,
        unusable: 46,
        as_they_are: reasons([("malformed", 385), ("no bearer token", 16)]),
        foreign: reasons([("algorithm", 5), ("key", 9), ("malformed", 4), ("signature", 327)]),
        let_in: 327,
        refused: reasons([("algorithm", 5), ("key", 9), ("malformed", 4)]),
        // A header may carry a key, which is not looked at; and a key for PS256 is for no header that says PS384.
        differ: vec![32, 346, 350],
    };
    check(&groups, expected).await;
}

#[tokio::test]
async fn json_web_key() {
    // #60, #62, #68
    let groups = read("wycheproof_json_web_key_test.json", "jws", |_| true);
    let expected = Tally {
        vectors: 26,
        unusable: 24,
        as_they_are: reasons([("malformed", 26)]),
        foreign: reasons([("signature", 2)]),
        let_in: 2,
        refused: reasons([]),
        // The ROCA weakness is not looked for.
        differ: vec![7],
    };
    check(&groups, expected).await;
}

#[tokio::test]
async fn json_web_crypto() {
    // #60, #61, #67
    let groups = read("wycheproof_json_web_crypto_test.json", "jws", |group| group.starts_with("jws_"));
    let expected = Tally {
        vectors: 49,
        unusable: 20,
        as_they_are: reasons([("malformed", 45), ("no bearer token", 4)]),
        foreign: reasons([("algorithm", 1), ("key", 2), ("malformed", 4), ("signature", 12)]),
        let_in: 12,
        refused: reasons([("algorithm", 1), ("key", 2), ("malformed", 4)]),
        // As above: a key in the header, and the ROCA weakness.
        differ: vec![32, 46],
    };
    check(&groups, expected).await;
}

#[tokio::test]
async fn json_web_encryption() {
    // #67: no JWE is a token, even with the right key; and none of these keys is one for verifying.
    let mut groups = read("wycheproof_json_web_encryption_test.json", "jwe", |_| true);
    groups.extend(read("wycheproof_json_web_crypto_test.json", "jwe", |group| group.starts_with("jwe_")));
    let expected = Tally {
        vectors: 173,
        unusable: 173,
        as_they_are: reasons([("malformed", 171), ("no bearer token", 2)]),
        ..Tally::default()
    };
    check(&groups, expected).await;
}
