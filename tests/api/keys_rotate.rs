//! The function `keys-rotate`: what becomes of a secret and of the functions that hold its keys, whatever happens meanwhile.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::join_all;
use keys_rotate::Rotate;
use oauth::{Secret, Time};
use serde_json::{Value, json};
use setting::{Clock, Env};
use store::{Connection, Table};
use tests::{
    aws::{Aws, SECRET},
    database::{Fault, Wire},
};
use token::{Keys, State};
use web::EventFunction;

const START: Time = Time::from_epoch(1_800_000_000);
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const SIGNERS: [&str; 2] = ["latchkey-oauth-token", "latchkey-users-token"];
const VERIFIERS: [&str; 3] = ["latchkey-authorizer", "latchkey-oauth-introspect", "latchkey-well-known"];

fn after(seconds: i64) -> Time {
    Time::from_epoch(START.epoch() + seconds)
}

/// A stack as it was deployed with these keys.
struct Stack {
    aws: Aws,
    wire: Wire,
    rotate: Rotate,
}

impl Stack {
    async fn of(keys: &Keys) -> Self {
        Self::written(keys.to_json().expose(), &keys.published().to_json()).await
    }

    async fn written(secret: &str, public: &str) -> Self {
        let signs: &[(&str, &str)] = &[("SIGNING_KEYS", SECRET), ("TABLE", "latchkey")];
        let verifies: &[(&str, &str)] = &[("PUBLIC_KEYS", public), ("BASE_URL", "https://id.example.com")];
        let signers = SIGNERS.map(|name| (name, signs));
        let functions = [&signers[..], &VERIFIERS.map(|name| (name, verifies))].concat();
        let (aws, wire) = (Aws::start(secret, &functions).await, Wire::start().await);
        let connection = Connection { table: "latchkey".to_owned(), endpoint: Some(wire.endpoint.clone()) };
        Table::open(connection).await.provision().await.unwrap();
        let rotate = Self::function(&aws, &wire, "30");
        Self { aws, wire, rotate }
    }

    fn function(aws: &Aws, wire: &Wire, days: &str) -> Rotate {
        let endpoint = wire.endpoint.replace(latchkey::cloud::CALLER, Rotate::NAME);
        let values: HashMap<_, _> = [
            ("SIGNING_KEYS", SECRET),
            ("KEYS_ROTATE_DAYS", days),
            ("KEYS_SIGNERS", &SIGNERS.join(",")),
            ("KEYS_VERIFIERS", &VERIFIERS.join(",")),
            ("TABLE", "latchkey"),
            ("DYNAMODB_ENDPOINT", &endpoint),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let env = Env::new(values, Clock::from_fn(|| START), Rotate::SETTINGS).deployed();
        Rotate::of(&env, Some(&aws.config())).unwrap()
    }

    fn keys(&self) -> Keys {
        Keys::parse(&Secret::new(self.aws.secret())).unwrap()
    }

    fn states(&self, now: Time) -> Vec<(String, State)> {
        self.keys().list(now).into_iter().map(|key| (key.alg, key.state)).collect()
    }

    /// What it answers to an operator.
    async fn ask(&self, event: Value, now: Time) -> Value {
        self.rotate.handle(&event, now).await.unwrap()
    }

    async fn look(&self, now: Time) -> Result<(), String> {
        self.rotate.handle(&json!({}), now).await.map(drop).map_err(|error| error.causes())
    }

    /// Every function has what the secret says.
    fn is_done(&self) {
        let public = self.keys().published().to_json();
        for name in VERIFIERS {
            let found = self.aws.function(name).variables;
            assert_eq!(
                (&found["PUBLIC_KEYS"], found["BASE_URL"].as_str()),
                (&public, "https://id.example.com")
            );
        }
        assert!(!self.keys().waits());
    }

    fn kid(&self, state: State, now: Time) -> String {
        self.keys().list(now).into_iter().find(|key| key.state == state).unwrap().kid
    }
}

/// Everything that the function does with a table.
pub(crate) async fn take_the_lock_twice(wire: &Wire) {
    let stack = Stack::of(&elliptic()).await;
    let rotate = Stack::function(&stack.aws, wire, "30");
    let operator = "arn:aws:iam::123456789012:user/olga";
    let ask = async |action: &str| {
        rotate.handle(&json!({"action": action, "operator": operator}), START).await.unwrap()
    };
    assert_eq!(ask("rotate").await["changed"], true);
    // What happened to the keys is in the trail: by their names, and by whom as the command says it.
    let events = wire.rows_of("AUDIT").await;
    let rotated = events.iter().find(|event| event["what"]["S"] == "keys_rotated").expect("an event");
    assert_eq!(rotated["actor"]["M"]["id"]["S"], operator);
    assert_eq!(rotated["detail"]["M"]["keys"]["L"].as_array().unwrap().len(), stack.keys().list(START).len());
    wire.put("latchkey", &lock(after(60))).await;
    assert!(!ask("publish").await["error"].is_null());
}

/// The lock as `bin/deploy` takes it.
fn lock(until: Time) -> Value {
    json!({
        "pk": {"S": "LOCK#keys"}, "sk": {"S": "LOCK"}, "version": {"S": "x"}, "holder": {"S": "x"},
        "owner": {"S": "bin/deploy on laptop"}, "expires_at": {"N": until.epoch().to_string()},
    })
}

fn elliptic() -> Keys {
    Keys::generate_for(jose::Algorithm::Es256).unwrap()
}

/// One that has just begun to sign.
fn fresh() -> Keys {
    elliptic()
        .with_next(&[jose::Algorithm::Es256], after(-4 * HOUR))
        .unwrap()
        .scheduled(after(-4 * HOUR))
        .unwrap()
}

#[tokio::test]
async fn a_key_that_is_old_is_followed_by_another_and_nobody_needs_to_do_anything() {
    // #59
    let stack = Stack::of(&fresh()).await;
    stack.look(after(DAY)).await.unwrap();
    assert_eq!(stack.states(after(DAY)), [("ES256".to_owned(), State::Current)], "what is over is gone");
    stack.aws.changes();
    for day in 2..29 {
        stack.look(after(day * DAY)).await.unwrap();
        assert_eq!(stack.aws.changes(), Vec::<String>::new(), "day {day}");
    }
    let (now, old) = (after(30 * DAY), stack.kid(State::Current, after(DAY)));
    stack.look(now).await.unwrap();
    stack.is_done();
    let next = stack.kid(State::Next, now);
    // Everybody knows it before it has a time to sign, and then those that sign come first.
    let changes = stack.aws.changes();
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!((changes[0].as_str(), changes[4].as_str(), changes.len()), ("secret", "secret", 10));
    assert_eq!(changes[1..4].iter().cloned().collect::<BTreeSet<_>>(), set(&VERIFIERS));
    assert_eq!(changes[5..7].iter().cloned().collect::<BTreeSet<_>>(), set(&SIGNERS));
    assert_eq!(changes[7..].iter().cloned().collect::<BTreeSet<_>>(), set(&VERIFIERS));
    // At least once is once.
    for again in [0, 60, DAY] {
        stack.look(Time::from_epoch(now.epoch() + again)).await.unwrap();
    }
    assert_eq!(
        stack.aws.changes().iter().filter(|name| *name == "secret").count(),
        1,
        "the retired one goes"
    );
    let signs = stack.keys();
    let current = |now| signs.list(now).into_iter().find(|key| key.state == State::Current).unwrap().kid;
    assert_eq!(current(Time::from_epoch(now.epoch() + DAY)), next);
    assert_ne!(old, next);
}

#[tokio::test]
async fn wherever_a_run_is_interrupted_the_next_one_finishes_it() {
    // #59, #98: and no key has a time to sign before every function is seen to publish it.
    let keys = elliptic();
    let ended: Vec<_> = join_all((0..48).map(|calls| interrupted_after(&keys, calls))).await;
    let whole = ended.iter().position(|is_whole| *is_whole).unwrap();
    assert!(whole > 15 && ended[whole..].iter().all(|is_whole| *is_whole), "{ended:?}");
}

/// Whether a run came to its end that was cut after so many calls.
async fn interrupted_after(keys: &Keys, calls: usize) -> bool {
    let stack = Stack::of(keys).await;
    stack.aws.cut_after(Some(calls));
    let ended = stack.look(START).await;
    let public = VERIFIERS.map(|name| stack.aws.function(name).variables["PUBLIC_KEYS"].clone());
    for key in stack.keys().list(START).iter().filter(|key| key.state == State::Next) {
        let known = public.iter().all(|public| public.contains(&key.kid));
        assert!(key.signs_from.is_none() || known, "after {calls} calls");
    }
    stack.aws.cut_after(None);
    stack.look(after(60)).await.unwrap();
    stack.is_done();
    assert_eq!(stack.keys().list(after(60)).len(), 2, "one new key, after {calls} calls");
    ended.is_ok()
}

#[tokio::test]
async fn a_run_that_was_killed_leaves_no_lock_for_ever() {
    let stack = Stack::of(&elliptic()).await;
    // It takes the lock, and the table is gone when it would give it back.
    stack.wire.set(Fault::CutAfter(1));
    stack.aws.cut_after(Some(2));
    stack.look(START).await.unwrap_err();
    stack.wire.set(Fault::None);
    stack.aws.cut_after(None);
    let said = stack.ask(json!({"action": "rotate"}), after(1)).await["error"].as_str().unwrap().to_owned();
    assert_eq!(said, "the function keys-rotate has the lock until 2027-01-15T08:10:00Z: try again then");
    assert!(stack.look(after(599)).await.unwrap_err().contains("has the lock"), "a schedule tries again");
    stack.look(after(600)).await.unwrap();
    stack.is_done();
}

#[tokio::test]
async fn while_somebody_deploys_no_key_changes() {
    let stack = Stack::of(&elliptic()).await;
    stack.wire.put("latchkey", &lock(after(600))).await;
    for action in
        [json!({"action": "rotate"}), json!({"action": "revoke", "kid": "x"}), json!({"action": "publish"})]
    {
        let said = stack.ask(action, START).await;
        assert_eq!(
            said["error"],
            "bin/deploy on laptop has the lock until 2027-01-15T08:10:00Z: try again then"
        );
    }
    assert_eq!(stack.aws.changes(), Vec::<String>::new());
    // To look changes nothing and waits for nobody.
    assert_eq!(stack.ask(json!({"action": "list"}), START).await["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_revoked_key_goes_from_everywhere_and_those_that_sign_come_first() {
    // #59, P8
    let stack = Stack::of(&fresh()).await;
    let (gone, now) = (stack.kid(State::Current, START), START);
    let answer = stack.ask(json!({"action": "revoke", "kid": gone}), now).await;
    assert_eq!((&answer["changed"], answer.get("error")), (&json!(true), None));
    stack.is_done();
    let changes = stack.aws.changes();
    assert_eq!((changes[0].as_str(), changes.len()), ("secret", 6));
    assert!(SIGNERS.iter().all(|name| changes[1..3].contains(&(*name).to_owned())), "{changes:?}");
    assert!(!stack.aws.secret().contains(&gone) && !answer.to_string().contains(&gone));
    assert_eq!(stack.kid(State::Current, now).len(), 43);
    for name in VERIFIERS {
        assert!(!stack.aws.function(name).variables["PUBLIC_KEYS"].contains(&gone));
    }
    // Once more there is nothing to take away.
    let again = stack.ask(json!({"action": "revoke", "kid": gone}), now).await;
    assert_eq!(again["error"], format!("there is no signing key {gone:?}: `latchkey keys list` shows them"));
    assert!(!answer.to_string().contains("\"d\""), "nothing private is answered");
}

#[tokio::test]
async fn what_somebody_else_changes_meanwhile_is_not_overwritten() {
    // The revision tells, and the function is looked at again.
    let stack = Stack::of(&elliptic()).await;
    let theirs = || Some(("CORS_ORIGINS".to_owned(), "https://app.example.com".to_owned()));
    for name in [VERIFIERS[0], SIGNERS[0]] {
        stack.aws.change(name, |function| function.rival = theirs());
    }
    stack.ask(json!({"action": "rotate", "alg": "ES256"}), START).await;
    stack.is_done();
    for name in [VERIFIERS[0], SIGNERS[0]] {
        assert_eq!(stack.aws.function(name).variables["CORS_ORIGINS"], "https://app.example.com", "{name}");
    }
    // Nor is what the functions hold beside keys, or a description longer each time.
    let described = stack.aws.function(SIGNERS[0]).description;
    stack.ask(json!({"action": "revoke", "kid": stack.kid(State::Next, START)}), START).await;
    let again = stack.aws.function(SIGNERS[0]).description;
    assert!(
        again.starts_with("POST /somewhere (keys ") && again != described && again.len() == described.len()
    );
}

#[tokio::test]
async fn many_rotations_within_hours_fit_into_every_environment() {
    // #59: as often as somebody can, each time as soon as the key before signs, beside what a function of a large installation holds.
    let (stack, mut now) = (Stack::of(&Keys::generate_at(after(-DAY)).unwrap()).await, START);
    let others = |bytes: usize| {
        for name in VERIFIERS {
            let change = |function: &mut tests::aws::Deployed| {
                drop(function.variables.insert("ISSUERS".to_owned(), "x".repeat(bytes)));
            };
            stack.aws.change(name, change);
        }
    };
    others(1200);
    for _ in 0..12 {
        let retired = |keys: &Keys| keys.list(now).iter().filter(|key| key.state == State::Retired).count();
        let before = retired(&stack.keys());
        let said = stack.ask(json!({"action": "rotate"}), now).await;
        assert!(said["error"].is_null(), "{said}");
        stack.is_done();
        // Whatever verifies a token stays, also where hints have to go.
        let living = |state| stack.keys().list(now).iter().filter(|key| key.state == state).count();
        assert_eq!((living(State::Current), living(State::Next)), (2, 2));
        assert!(retired(&stack.keys()) <= before);
        now = Time::from_epoch(now.epoch() + 3 * HOUR);
    }
    // Where not even that makes room, nothing is changed, and the sentence says what to do.
    others(2600);
    stack.aws.changes();
    let said = stack.ask(json!({"action": "rotate"}), now).await["error"].as_str().unwrap().to_owned();
    assert!(
        said.starts_with("the function latchkey-") && said.contains(" has no room for another key"),
        "{said}"
    );
    assert!(said.contains("`latchkey keys retire`") && stack.look(now).await.is_ok());
    assert_eq!(stack.aws.changes(), Vec::<String>::new());
}

#[tokio::test]
async fn keys_that_a_rollback_brought_back_are_replaced() {
    let keys = elliptic();
    let stack = Stack::of(&keys).await;
    stack.ask(json!({"action": "rotate"}), START).await;
    let old = keys.published().to_json();
    for name in VERIFIERS {
        stack
            .aws
            .change(name, |function| drop(function.variables.insert("PUBLIC_KEYS".to_owned(), old.clone())));
    }
    let before = stack.aws.secret();
    stack.ask(json!({"action": "publish"}), after(60)).await;
    stack.is_done();
    assert_eq!(stack.aws.secret(), before);
}

#[tokio::test]
async fn an_old_set_gets_what_it_lacks_in_the_new_form() {
    // #59: a set with states, for RS256 alone.
    let keys = Keys::generate_for(jose::Algorithm::Rs256).unwrap();
    let mut set: Value = serde_json::from_str(keys.to_json().expose()).unwrap();
    set["keys"][0].as_object_mut().unwrap().remove("signs_from");
    set["keys"][0]["state"] = "current".into();
    let stack = Stack::written(&set.to_string(), &keys.public().to_json()).await;
    assert_eq!(stack.states(START), [("RS256".to_owned(), State::Current)]);
    let rotate = Stack::function(&stack.aws, &stack.wire, "0");
    rotate.handle(&json!({}), START).await.map_err(|error| error.causes()).unwrap();
    stack.is_done();
    assert_eq!(
        stack.states(START),
        [("RS256".to_owned(), State::Current), ("ES256".to_owned(), State::Next)],
        "no other key follows by itself"
    );
    assert!(!stack.aws.secret().contains("state"));
}

#[tokio::test]
async fn anything_else_is_refused_and_changes_nothing() {
    let stack = Stack::of(&fresh()).await;
    let previous = stack.kid(State::Previous, after(-HOUR));
    let current = stack.kid(State::Current, START);
    let unreadable = "there is no such action";
    let bits = "only a previous one can be retired";
    for (event, sentence) in [
        (json!({"action": "drop"}), unreadable),
        (json!({"action": ""}), unreadable),
        (json!({"action": null}), unreadable),
        (json!({"action": ["list"]}), unreadable),
        (json!({"action": "rotate", "alg": "HS256"}), unreadable),
        (json!({"action": "rotate", "kid": "x"}), unreadable),
        (json!({"action": "revoke"}), unreadable),
        (json!({"action": "revoke", "kid": 5}), unreadable),
        (json!({"action": "list", "kid": "x"}), unreadable),
        (json!({"action": "retire", "kid": "x"}), "there is no signing key \"x\""),
        (json!({"action": "retire", "kid": current}), bits),
    ] {
        let said = stack.ask(event.clone(), after(-HOUR)).await;
        assert!(said["error"].as_str().unwrap_or_default().contains(sentence), "{event}: {said}");
    }
    assert_eq!(stack.aws.changes(), Vec::<String>::new());
    stack.ask(json!({"action": "retire", "kid": previous}), after(-HOUR)).await;
    assert_eq!(stack.kid(State::Retired, after(-HOUR)), previous);
    stack.is_done();
    // A schedule's event, and what a deploy asks every function.
    let before = stack.aws.secret();
    for event in
        [json!(null), json!([]), json!({"version": "2.0", "type": "REQUEST"}), json!({"source": "x"})]
    {
        assert_eq!(stack.ask(event.clone(), START).await["error"], unreadable, "{event}");
    }
    assert_eq!(stack.aws.secret(), before);
    for event in [json!({}), json!({"source": "aws.events", "detail": {}})] {
        assert!(stack.ask(event.clone(), START).await["error"].is_null(), "{event}");
    }
}
