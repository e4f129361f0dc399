//! The binary as Lambda runs it: what it posts to the runtime's API, exactly.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use setting::Clock;
use token::{Claims, Keys, Signer};

const ISSUER: &str = "https://id.example.com";
const AUDIENCE: &str = "https://api.example.com";
/// An issuer whose keys cannot be fetched: nobody listens there.
const AWAY: &str = "http://127.0.0.1:1";

const EVENTS: [(&str, &str); 5] = [
    ("rest-token", include_str!("../../../tests/events/rest-token.json")),
    ("rest-request", include_str!("../../../tests/events/rest-request.json")),
    ("http-1.0", include_str!("../../../tests/events/http-1.0.json")),
    ("http-2.0", include_str!("../../../tests/events/http-2.0.json")),
    ("websocket-connect", include_str!("../../../tests/events/websocket-connect.json")),
];

/// What the binary posted: `response` or `error`, and the body.
type Posted = (String, Value);

/// The running binary. It ends with the test.
struct Lambda {
    child: Child,
    posted: Receiver<Posted>,
}

impl Lambda {
    /// Starts the binary and hands it these events, one after the other.
    fn start(events: Vec<Value>, keys: &Keys) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, posted) = channel();
        thread::spawn(move || serve(&listener, events.into_iter(), &sender));
        let child = Command::new(env!("CARGO_BIN_EXE_authorizer"))
            .env_clear()
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", "authorizer"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
                ("BASE_URL", ISSUER),
                ("AUDIENCE", AUDIENCE),
                ("PUBLIC_KEYS", &keys.public().to_json()),
                ("ISSUERS", "away"),
                ("AWAY_ISSUER", AWAY),
                ("AWAY_AUDIENCES", AUDIENCE),
            ])
            .stdout(Stdio::null())
            .spawn();
        Self { child: child.unwrap(), posted }
    }

    fn next(&self) -> Posted {
        self.posted.recv_timeout(Duration::from_secs(60)).unwrap()
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lambda's runtime API, as far as the tests need it. A request for an event waits when there is none left.
fn serve(listener: &TcpListener, mut events: impl Iterator<Item = Value>, posted: &Sender<Posted>) {
    let mut waiting = Vec::new();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let Some((path, body)) = request(&stream) else { continue };
        if path.ends_with("/next") {
            match events.next() {
                Some(event) => answer(&mut stream, "200 OK", &event.to_string()),
                None => waiting.push(stream),
            }
            continue;
        }
        let kind = path.rsplit('/').next().unwrap().to_owned();
        answer(&mut stream, "202 Accepted", "");
        if posted.send((kind, serde_json::from_str(&body).unwrap())).is_err() {
            return;
        }
    }
}

fn request(stream: &TcpStream) -> Option<(String, String)> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    stream.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).ok()?;
        let Some((name, value)) = header.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).unwrap()))
}

fn answer(stream: &mut TcpStream, status: &str, body: &str) {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nlambda-runtime-aws-request-id: 1\r\n\
         lambda-runtime-deadline-ms: 9999999999999\r\nlambda-runtime-invoked-function-arn: arn:aws:lambda:x\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + body).as_bytes());
}

fn event(text: &str, token: &str) -> Value {
    serde_json::from_str(&text.replace("Bearer TOKEN", &format!("Bearer {token}"))).unwrap()
}

fn token(issuer: &str, keys: &Keys) -> String {
    let scope = "read:data".parse().unwrap();
    let claims = Claims::of("user-1", "app", &scope);
    let now = Clock::system().now();
    let token = Signer::new(issuer, AUDIENCE, keys.clone()).access_token(&claims, now).unwrap();
    token.jwt.expose().to_owned()
}

/// The body of an error, of which a REST API compares one member exactly.
fn message((kind, body): &Posted) -> &str {
    assert_eq!(kind, "error", "{body}");
    body["errorMessage"].as_str().unwrap()
}

#[test]
fn rule_77_a_refusal_is_posted_byte_for_byte() {
    // #77, #78: of the text `Unauthorized` a REST API makes a 401, of any other a 500.
    let keys = Keys::generate().unwrap();
    let mut events: Vec<_> = EVENTS.map(|(_, text)| event(text, "x")).into();
    events.extend([json!({}), json!(null), json!("x")]);
    let lambda = Lambda::start(events, &keys);
    for (name, _) in EVENTS {
        let posted = lambda.next();
        match name {
            "http-1.0" => {
                assert_eq!(posted.0, "response");
                assert_eq!(posted.1["policyDocument"]["Statement"][0]["Effect"], "Deny");
            }
            "http-2.0" => assert_eq!(posted, ("response".to_owned(), json!({"isAuthorized": false}))),
            _ => assert_eq!(message(&posted), "Unauthorized", "{name}"),
        }
    }
    for _ in 0..3 {
        assert_eq!(message(&lambda.next()), "Unauthorized");
    }
}

#[test]
fn rule_77_an_allow_is_posted_as_it_is_and_no_decision_is_an_error() {
    // #77, #78: nobody can say whose issuer's keys cannot be fetched. It is no refusal, which would be cached.
    let keys = Keys::generate().unwrap();
    let (good, undecided) = (token(ISSUER, &keys), token(AWAY, &keys));
    let mut events: Vec<_> = EVENTS.map(|(_, text)| event(text, &good)).into();
    events.extend(EVENTS.map(|(_, text)| event(text, &undecided)));
    let lambda = Lambda::start(events, &keys);
    for (name, _) in EVENTS {
        let (kind, body) = lambda.next();
        assert_eq!(kind, "response", "{name}: {body}");
        let yes = if name == "http-2.0" {
            body["isAuthorized"] == true
        } else {
            body["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        };
        assert!(yes && body["context"]["sub"] == "user-1", "{name}: {body}");
        assert!(body["context"].as_object().unwrap().values().all(Value::is_string), "{body}");
    }
    for (name, _) in EVENTS {
        assert_eq!(message(&lambda.next()), "failed", "{name}");
    }
}
